//! What two pages say over a path of their own besides the frames that go to and come from a hub: a few words about the
//! path itself. Where the server is not, seat 1's page is the hub, and seat 2's its client.

use serde::{Deserialize, Serialize};

use super::{ClientFrame, Wish};
use crate::entry::Entry;
use crate::ids::{Bookmark, Seq, Turn};
use crate::receipt::Receipt;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// How the page stands.
    Standing(Standing),
    /// From seat 1: the room is kept by this page from now on.
    Come {},
    /// The answer of seat 2: it goes on from here. What seat 1 lacks it has uploaded just before.
    Join(Bookmark),
    /// What is to stand in the talk, as a signed frame has it.
    Wish(Wish),
    /// What was said elsewhere, as in the frame `upload`.
    Upload(Vec<Entry>),
    /// How far the person has come.
    Receipt(Receipt),
    /// The floor is asked for in this turn.
    Ask(Turn),
    /// The person is writing.
    Typing {},
    /// From seat 2: it goes on no longer here.
    Bye {},
    /// A sign of life, to be answered with the same number.
    Ping(u32),
    /// The answer.
    Pong(u32),
}

impl Word {
    /// What a client's frame is to the page that keeps the room. `None`: it takes a server.
    #[must_use]
    pub fn of(frame: ClientFrame) -> Option<Self> {
        let other = match frame.into_wish() {
            Ok(wish) => return Some(Self::Wish(wish)),
            Err(other) => other,
        };
        Some(match other {
            ClientFrame::Upload { entries } => Self::Upload(entries),
            ClientFrame::Receipt(receipt) => Self::Receipt(receipt),
            ClientFrame::Ask { turn } => Self::Ask(turn),
            ClientFrame::Typing {} => Self::Typing {},
            ClientFrame::Bye {} => Self::Bye {},
            _ => return None,
        })
    }

    /// The frame that it is, where it is one.
    #[must_use]
    pub fn into_frame(self) -> Option<ClientFrame> {
        Some(match self {
            Self::Wish(Wish { event, prev, sig }) => ClientFrame::signed(event, prev, sig)?,
            Self::Upload(entries) => ClientFrame::Upload { entries },
            Self::Receipt(receipt) => ClientFrame::Receipt(receipt),
            Self::Ask(turn) => ClientFrame::Ask { turn },
            Self::Typing {} => ClientFrame::Typing {},
            Self::Bye {} => ClientFrame::Bye {},
            Self::Standing(_) | Self::Come {} | Self::Join(_) | Self::Ping(_) | Self::Pong(_) => {
                return None;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Event;
    use crate::ids::EntryHash;
    use crate::seat_key::Signature;

    #[test]
    fn a_frame_that_takes_no_server_is_a_word_and_back() {
        let (turn, prev, sig) = (Turn(3), EntryHash([1; 32]), Signature([2; 64]));
        let entries = Vec::new();
        for frame in [
            ClientFrame::Pass { turn, prev, sig },
            ClientFrame::Ask { turn },
            ClientFrame::Typing {},
            ClientFrame::Bye {},
            ClientFrame::Upload { entries },
        ] {
            let word = Word::of(frame.clone()).expect("a word");
            assert_eq!(word.into_frame(), Some(frame));
        }
        assert_eq!(Word::of(ClientFrame::Ping {}), None);
        let sit = Wish {
            event: Event::Pass { turn },
            prev,
            sig,
        };
        let text = serde_json::to_string(&Word::Wish(sit.clone())).expect("JSON");
        let read: Word = serde_json::from_str(&text).expect("a word");
        assert_eq!(read, Word::Wish(sit));
    }
}
