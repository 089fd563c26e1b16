//! What the pages are made of.

mod badge;
mod by_hand;
mod composer;
mod entry;
mod floor;
mod header;
mod icons;
mod invite;
mod link;
mod new_conversation;
mod notice;
mod path;
mod people;
mod transcript;
mod wish_button;

pub use badge::{badge, brand};
pub use composer::Composer;
pub use entry::{Bubble, Offers};
pub use floor::{mode, offers};
pub use header::header;
pub use invite::{alone, invite};
pub use link::LinkCard;
pub use new_conversation::new_conversation;
pub use notice::notice;
pub use path::{path, path_offers};
pub use people::People;
pub use transcript::Transcript;
