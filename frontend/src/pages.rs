//! The pages.

mod ask_in;
mod plain;
mod room;

pub use plain::{link_lost, not_found};
pub use room::RoomPage;
