//! The names of things: rooms, seats, entries, and places in a journal. Newtypes, never bare strings or integers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base64url::{DecodeError, serde_as_text, text_form};

/// A conversation's public name: 128 random bits, made by the browser that opens it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub [u8; 16]);
text_form!(ConversationId);

/// One conversation of two people; in text `table`, or a conversation's 22 characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoomId {
    /// The room at `/`, shared by whoever opens the page first.
    Table,
    /// A room of its own at `/c/<room>`, reached by link.
    Conversation(ConversationId),
}

/// The table's name in text.
const TABLE: &str = "table";

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RoomId::Table => f.write_str(TABLE),
            RoomId::Conversation(id) => id.fmt(f),
        }
    }
}

impl FromStr for RoomId {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == TABLE {
            return Ok(RoomId::Table);
        }
        text.parse().map(RoomId::Conversation)
    }
}

serde_as_text!(RoomId);

/// A place in a room, held by a person across reconnects; on the wire `1` or `2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Seat {
    /// Taken by the first to arrive; speaks first.
    One,
    /// Taken by the second to arrive.
    Two,
}

impl Seat {
    /// Both seats, in order of arrival.
    pub const BOTH: [Seat; 2] = [Seat::One, Seat::Two];

    /// The seat across from this one.
    #[must_use]
    pub const fn other(self) -> Seat {
        match self {
            Seat::One => Seat::Two,
            Seat::Two => Seat::One,
        }
    }

    /// 0 or 1, to index what is kept per seat.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl From<Seat> for u8 {
    fn from(seat: Seat) -> u8 {
        match seat {
            Seat::One => 1,
            Seat::Two => 2,
        }
    }
}

/// A number that is neither 1 nor 2 where a seat was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no seat {0}, only 1 and 2")]
pub struct NoSuchSeat(u8);

impl TryFrom<u8> for Seat {
    type Error = NoSuchSeat;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Seat::One),
            2 => Ok(Seat::Two),
            other => Err(NoSuchSeat(other)),
        }
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        u8::from(*self).fmt(f)
    }
}

/// The name a message has from the moment it is written: 128 random bits from its author's browser.
/// A repeat of the same id gets the first answer again, so sending twice is harmless.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub [u8; 16]);
text_form!(EntryId);

/// An entry's number in its room's journal, from 1, without gaps; 0 is "before the first".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first entry.
    pub const START: Seq = Seq(0);

    /// The number after this one. Nobody gets to the last one honestly; a hub can claim it, and nothing follows then.
    #[must_use]
    pub const fn next(self) -> Seq {
        Seq(self.0.saturating_add(1))
    }
}

/// Which life of a room's journal a [`Seq`] belongs to: 64 random bits, in text 16 lower-case
/// hexadecimal digits. Another epoch means that the numbers known so far name nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A text that is not 16 hexadecimal digits where an epoch was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an epoch is 16 lower-case hexadecimal digits")]
pub struct NotAnEpoch;

impl FromStr for Epoch {
    type Err = NotAnEpoch;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // `from_str_radix` alone would take a sign, any length and capitals: one epoch has one text.
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let canonical = text.len() == 16 && text.bytes().all(digit);
        let number = u64::from_str_radix(text, 16).map_err(|_| NotAnEpoch)?;
        if canonical {
            Ok(Epoch(number))
        } else {
            Err(NotAnEpoch)
        }
    }
}

serde_as_text!(Epoch);

/// A place in a room's journal: the epoch, and the last entry before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The journal's life.
    pub epoch: Epoch,
    /// The last entry.
    pub seq: Seq,
}

/// The hash of an entry and, through its `prev`, of all before it: two people with the same hash have the same talk.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryHash(pub [u8; 32]);
text_form!(EntryHash);

/// How far someone has come in a room's journal, and what it was: the position, and the hash of its last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// The journal's life.
    pub epoch: Epoch,
    /// The last entry known.
    pub seq: Seq,
    /// Its hash.
    pub hash: EntryHash,
}

/// The number of a holding of the floor, from 1. It only grows (invariant I3) and fences off what comes too late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Turn(pub u64);

impl Turn {
    /// The first turn of a room.
    pub const FIRST: Turn = Turn(1);

    /// The turn after this one. Nobody gets to the last one honestly; a hub can claim it.
    #[must_use]
    pub const fn next(self) -> Turn {
        Turn(self.0.saturating_add(1))
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Milliseconds since the Unix epoch. The core never reads a clock: time is an argument.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// The moment `duration` later.
    #[must_use]
    pub fn after(self, duration: std::time::Duration) -> Timestamp {
        let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Timestamp(self.0.saturating_add(millis))
    }
}

/// One live connection to the hub, as the hub counts them. A connection is not a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_their_text_form() {
        let room = RoomId::Conversation(ConversationId([7; 16]));
        assert_eq!(room.to_string().parse(), Ok(room));
        assert_eq!("table".parse(), Ok(RoomId::Table));
        assert_eq!("00000000000000ff".parse(), Ok(Epoch(255)));
    }

    #[test]
    fn other_texts_of_an_epoch_are_refused() {
        for text in [
            "ff",
            "+0000000000000ff",
            "00000000000000fg",
            "00000000000000FF",
            "",
        ] {
            assert_eq!(text.parse::<Epoch>(), Err(NotAnEpoch), "{text}");
        }
    }

    #[test]
    fn a_room_of_another_length_is_refused() {
        assert!("AAAA".parse::<RoomId>().is_err());
        assert!("".parse::<RoomId>().is_err());
        assert!("Table".parse::<RoomId>().is_err());
    }
}
