//! What must hold for any bytes. `cargo xtask fuzz` looks for bytes for which it does not, and the tests replay those
//! worth keeping.
//!
//! Each function takes any bytes and panics when a property is broken. Nothing else here is for others.

mod frame;
mod open;
mod room;
mod wanted;

pub use frame::frame;
pub use open::open;
pub use room::room;
