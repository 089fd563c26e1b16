//! What the pages are made of.

mod badge;
mod composer;
mod entry;
mod header;
mod icons;
mod invite;
mod link;
mod new_conversation;
mod notice;
mod people;
mod transcript;

pub use badge::{Badge, Brand};
pub use composer::Composer;
pub use entry::Bubble;
pub use header::Header;
pub use invite::{Alone, Invite};
pub use link::LinkCard;
pub use new_conversation::NewConversation;
pub use notice::Notice;
pub use people::People;
pub use transcript::Transcript;
