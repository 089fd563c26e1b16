//! Whatever goes between two pages, written down: the frames of a client and of a hub as a WebSocket would carry them,
//! and the words about the path.

use shared::{Asked, ClientFrame, Seat, ServerFrame, Word};

/// A frame between two pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerFrame {
    /// About the path.
    Word(Word),
    /// To the page that keeps the room; or, while the server does, the copy of what the server was sent.
    Client(ClientFrame),
    /// From the page that keeps the room.
    Server(ServerFrame),
}

impl PeerFrame {
    /// The frame as it goes: JSON, one frame a message.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text = match self {
            PeerFrame::Word(word) => serde_json::to_string(word),
            PeerFrame::Client(frame) => serde_json::to_string(frame),
            PeerFrame::Server(frame) => serde_json::to_string(frame),
        };
        // Plain data with string keys: there is nothing in it that JSON cannot hold.
        text.unwrap_or_default()
    }

    /// What came from the page in seat `from`; only that of seat 1 can keep the room. `None`: nothing that is known here.
    #[must_use]
    pub fn read(text: &str, from: Seat) -> Option<Self> {
        if let Ok(word) = serde_json::from_str(text) {
            return Some(Self::Word(word));
        }
        let from_room = || serde_json::from_str(text).ok().map(Self::Server);
        let server = (from == Seat::One).then(from_room).flatten();
        server.or_else(|| read_asked(text).map(Self::Client))
    }
}

/// A client's frame, if it is one that two pages can do with.
#[must_use]
pub fn read_asked(text: &str) -> Option<ClientFrame> {
    let Asked(frame) = serde_json::from_str(text).ok()?;
    Some(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{Bookmark, EntryHash, EntryId, Epoch, Seq, Standing, Timestamp};

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
    fn what_the_server_was_sent_comes_from_both() {
        let frame = PeerFrame::Client(ClientFrame::Typing {});
        for seat in Seat::BOTH {
            let read = PeerFrame::read(&frame.to_text(), seat);
            // Both kinds of frames have this name; that of the hub says whose it is.
            assert_eq!(read, Some(frame.clone()));
        }
    }

    #[test]
    fn words_about_the_path_are_no_frames() {
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
        let join = Word::Join(head);
        for word in [standing, Word::Come {}, join, Word::Ping(1), Word::Pong(7)] {
            let text = PeerFrame::Word(word).to_text();
            for seat in Seat::BOTH {
                assert_eq!(PeerFrame::read(&text, seat), Some(PeerFrame::Word(word)));
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
