//! What the pages are made of.

mod badge;
mod composer;
mod entry;
mod header;
mod icons;
mod invite;
mod new_conversation;
mod notice;
mod transcript;

pub use badge::{Badge, Brand};
pub use composer::Composer;
pub use entry::Bubble;
pub use header::Header;
pub use invite::{Alone, Invite};
pub use new_conversation::NewConversation;
pub use notice::Notice;
pub use transcript::Transcript;
