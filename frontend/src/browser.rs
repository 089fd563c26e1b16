//! The browser's small services, one module each. Outside of here, [`crate::storage`] and [`crate::transport`],
//! nothing calls JavaScript.

pub mod channel;
pub mod clock;
pub mod database;
pub mod focus;
pub mod locks;
pub mod page;
pub mod random;
pub mod reading;
pub mod share;
pub mod view;
