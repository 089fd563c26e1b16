//! What two pages say over a path of their own besides the frames that go to and come from a hub: a few words about the
//! path itself. Where the server is not, seat 1's page is the hub, and seat 2's its client.

use serde::{Deserialize, Serialize};

use super::ClientFrame;
use crate::fields::{AskFields, Missing};
use crate::ids::{Bookmark, Seq};

/// How a page stands, told whenever it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether it sees the server.
    pub server: bool,
    /// Up to here the server is known to have the talk.
    pub saved: Seq,
    /// Up to here the page has it.
    pub head: Bookmark,
    /// Whether the talk that the other told of last is another one.
    pub apart: bool,
}

/// A word about the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// How the page stands.
    Standing(Standing),
    /// From seat 1: the room is kept by this page from now on.
    Come {},
    /// The answer of seat 2: it goes on from here. What seat 1 lacks it has uploaded just before.
    Join(Bookmark),
    /// A sign of life, to be answered with the same number.
    Ping(u32),
    /// The answer.
    Pong(u32),
}

/// A frame that a page takes from a page: what `serde` makes to read [`ClientFrame`] itself weighs too much there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "AskFields")]
pub struct Asked(pub ClientFrame);

impl TryFrom<AskFields> for Asked {
    type Error = Missing;

    fn try_from(fields: AskFields) -> Result<Self, Missing> {
        ClientFrame::try_from(fields).map(Self)
    }
}

#[cfg(test)]
mod tests;
