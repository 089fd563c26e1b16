//! The hooks that tie the pure parts, the browser and the components together.

mod desk;
mod use_address;
mod use_later;
mod use_outgoing;
mod use_part;
mod use_room;

pub use use_later::use_later;
pub use use_room::{LineWish, Room, Wish, use_room};
