//! The pages.

mod ask_in;
mod plain;
mod room;

pub use plain::{Ended, Full, LinkLost, NoTable, NotFound, NotInvited};
pub use room::RoomPage;
