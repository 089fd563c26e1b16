//! Whatever goes between two pages, written down: the frames of a hub as a WebSocket would carry them, and the words of the
//! page that is its client.

use shared::{Seat, ServerFrame, Word};

use crate::json;

/// A frame between two pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerFrame {
    /// About the path, or to the page that keeps the room; or, while the server does, the copy of what the server was sent.
    Word(Word),
    /// From the page that keeps the room.
    Server(ServerFrame),
}

impl PeerFrame {
    /// The frame as it goes: JSON, one frame a message.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            PeerFrame::Word(word) => json::write(word),
            PeerFrame::Server(frame) => json::write(frame),
        }
    }

    /// What came from the page in seat `from`; only that of seat 1 can keep the room. `None`: nothing that is known here.
    #[must_use]
    pub fn read(text: &str, from: Seat) -> Option<Self> {
        let word = json::read(text).map(Self::Word);
        let from_room = || json::read(text).map(Self::Server);
        word.or_else(|| (from == Seat::One).then(from_room).flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{Bookmark, EntryHash, EntryId, Epoch, Seq, Standing, Timestamp, Turn};

    #[test]
    fn what_comes_from_the_room_comes_from_seat_one_alone() {
        let frame = PeerFrame::Server(ServerFrame::Stored {
            id: EntryId([3; 16]),
            seq: Seq(4),
            at: Timestamp(5),
        });
        let text = frame.to_text();
        assert_eq!(PeerFrame::read(&text, Seat::One), Some(frame));
        assert_eq!(PeerFrame::read(&text, Seat::Two), None);
    }

    #[test]
    fn words_come_from_both() {
        let head = Bookmark {
            epoch: Epoch(1),
            seq: Seq(3),
            hash: EntryHash([7; 32]),
        };
        let standing = Word::Standing(Standing {
            server: true,
            saved: Seq(2),
            head,
            apart: false,
        });
        for word in [
            standing,
            Word::Come {},
            Word::Join(head),
            Word::Ask(Turn(4)),
            Word::Upload(Vec::new()),
            Word::Typing {},
            Word::Bye {},
            Word::Ping(1),
            Word::Pong(7),
        ] {
            let frame = PeerFrame::Word(word);
            for seat in Seat::BOTH {
                assert_eq!(PeerFrame::read(&frame.to_text(), seat), Some(frame.clone()));
            }
        }
        for noise in [
            "",
            "{}",
            "null",
            "[]",
            r#"{"type":"dance"}"#,
            r#"{"ping":-1}"#,
        ] {
            for seat in Seat::BOTH {
                assert_eq!(PeerFrame::read(noise, seat), None, "{noise}");
            }
        }
    }
}
