//! What happened in a room, as the journal keeps it and both seats see it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base64url::{DecodeError, decode, serde_as_text, write};
use crate::fields::EventFields;
use crate::ids::{EntryHash, EntryId, Seat, Seq, Timestamp, Turn};
use crate::invite::Invite;
use crate::seat_key::{SeatKey, Signature};
use crate::turn::Change;

/// One accepted event of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number: one more than the entry before.
    pub seq: Seq,
    /// When it was accepted. A label for people: no rule reads it, and no hash covers it.
    pub at: Timestamp,
    /// Whose doing it was.
    pub seat: Seat,
    /// The hash of the entry before.
    pub prev: EntryHash,
    /// What happened.
    pub event: Event,
    /// The author's signature; only a departure for absence has none, since nobody was there to sign it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<Signature>,
}

impl Entry {
    /// The name of the message it is, if it is one.
    #[must_use]
    pub fn message(&self) -> Option<EntryId> {
        match self.event {
            Event::Say { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// The kinds of [`Entry`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "EventFields")]
pub enum Event {
    /// The seat was taken by whoever holds this key.
    Sit {
        /// The sitter's public key.
        key: SeatKey,
        /// The link they came by. At the table there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite: Option<Invite>,
    },
    /// The seat was given up and is vacant.
    Leave {
        /// Why.
        reason: LeaveReason,
    },
    /// Something was said.
    Say {
        /// The message's own name.
        id: EntryId,
        /// The turn it was said in (invariant I3).
        turn: Turn,
        /// Whether the floor passed with it.
        end_turn: bool,
        /// While both may speak: the last entry its author had been shown when they sent it. What the other said after
        /// that crossed it on the way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seq>,
        /// The words, opaque to the hub.
        sealed: Sealed,
    },
    /// The floor was handed over without a word.
    Pass {
        /// The turn that ended.
        turn: Turn,
    },
    /// The floor was taken from a holder who is away.
    Claim {
        /// The turn that ended.
        turn: Turn,
    },
    /// A change was proposed. When the other has proposed the same already, it is agreed.
    Propose {
        /// The change.
        change: Change,
    },
    /// What the other proposed is agreed, from here on.
    Accept {
        /// The number of the entry that proposed it.
        proposal: Seq,
    },
    /// What the other proposed is not wanted.
    Decline {
        /// The number of the entry that proposed it.
        proposal: Seq,
    },
    /// What this seat proposed is proposed no more.
    Withdraw {
        /// The number of the entry that proposed it.
        proposal: Seq,
    },
    /// The other seat is open to whoever has this link, and to nobody who had another. Who sat there and had said
    /// nothing yet is out.
    Invite {
        /// The link's word for the inviter.
        invite: Invite,
    },
    /// The person in the other seat goes on under another key: theirs was lost.
    Reseat {
        /// The new key.
        key: SeatKey,
        /// The keys to what was said so far, sealed for the new key.
        keyring: Sealed,
    },
}

impl Event {
    /// Whether it takes a server: who sits, and who is away, two pages alone cannot say.
    #[must_use]
    pub const fn needs_server(&self) -> bool {
        match self {
            Event::Say { .. }
            | Event::Pass { .. }
            | Event::Propose { .. }
            | Event::Accept { .. }
            | Event::Decline { .. }
            | Event::Withdraw { .. } => false,
            Event::Sit { .. }
            | Event::Leave { .. }
            | Event::Claim { .. }
            | Event::Invite { .. }
            | Event::Reseat { .. } => true,
        }
    }

    /// Whether it has the server store again what is said.
    #[must_use]
    pub fn is_back_to_server(&self) -> bool {
        matches!(self, Event::Propose { change } if change.is_back_to_server())
    }
}

/// Why a seat became vacant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// The person said so.
    Asked,
    /// Nobody was there for the table's holding time. Only the table gives up seats this way (invariant I7).
    Absent,
}

/// A message body as it travels: bytes the hub orders and cannot read. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Arc<[u8]>);

impl Sealed {
    /// Wraps a body.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }
}

/// Bodies stay out of logs; their size is enough to find a problem.
impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(&self.0, f)
    }
}

impl FromStr for Sealed {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decode(text).map(Self::new)
    }
}

serde_as_text!(Sealed);
