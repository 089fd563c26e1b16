//! The pages.

mod plain;
mod room;

pub use plain::{Ended, Full, LinkLost, NoTable, NotFound};
pub use room::RoomPage;
