//! Whether an entry is what it says: the next one, by whom it says, and allowed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Record;
use crate::entry::{Entry, Event, LeaveReason};
use crate::ids::{RoomId, Seq};

/// What is wrong with an entry, or with the one who shows it: an honest server never has one for an honest page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Entries are missing before it.
    Gap {
        /// The number that should have come.
        expected: Seq,
        /// The number that came.
        found: Seq,
    },
    /// It was shown before.
    Repeated {
        /// Its number.
        seq: Seq,
    },
    /// It follows upon something else than what was shown: something was dropped, added, changed or reordered.
    OtherHistory {
        /// Its number.
        seq: Seq,
    },
    /// Whoever it is said to be by has not signed it.
    Forged {
        /// Its number.
        seq: Seq,
    },
    /// The rules do not allow it.
    AgainstRules {
        /// Its number.
        seq: Seq,
    },
    /// It gives a seat in a talk that no link known here leads to.
    OtherLink {
        /// Its number.
        seq: Seq,
    },
}

impl Fault {
    /// The entry with which it began.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        match *self {
            Fault::Gap { expected: seq, .. }
            | Fault::Repeated { seq }
            | Fault::OtherHistory { seq }
            | Fault::Forged { seq }
            | Fault::AgainstRules { seq }
            | Fault::OtherLink { seq } => seq,
        }
    }
}

/// In words that say what, not who: that can be the server, something in between, or the other's program.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Gap { expected, found } if found.0 == expected.0 + 1 => {
                write!(f, "entry {} is missing", expected.0)
            }
            Fault::Gap { expected, found } => {
                write!(f, "entries {} to {} are missing", expected.0, found.0 - 1)
            }
            Fault::Repeated { seq } => write!(f, "entry {} was shown twice", seq.0),
            Fault::OtherHistory { seq } => write!(
                f,
                "entry {} follows upon another talk than the one shown here",
                seq.0
            ),
            Fault::Forged { seq } => {
                write!(
                    f,
                    "entry {} was not written by the one it is said to be by",
                    seq.0
                )
            }
            Fault::OtherLink { seq } => {
                write!(
                    f,
                    "entry {} is of a talk by another link than the one that led here",
                    seq.0
                )
            }
            Fault::AgainstRules { seq } => {
                write!(
                    f,
                    "entry {} is against the rules of the conversation",
                    seq.0
                )
            }
        }
    }
}

impl Record {
    /// Whether `entry` follows upon what is known, by number and by hash. Cheap; says nothing of who wrote it.
    ///
    /// # Errors
    /// The [`Fault`].
    pub fn follows(&self, entry: &Entry) -> Result<(), Fault> {
        let (seq, expected) = (entry.seq, self.head.next());
        if seq > expected {
            return Err(Fault::Gap {
                expected,
                found: seq,
            });
        }
        // Not `seq < expected`: nothing follows upon the last number there is.
        if seq <= self.head {
            return Err(Fault::Repeated { seq });
        }
        if entry.prev != self.hash {
            return Err(Fault::OtherHistory { seq });
        }
        Ok(())
    }

    /// Whether `entry` can be believed.
    ///
    /// # Errors
    /// The [`Fault`].
    pub fn check(&self, entry: &Entry) -> Result<(), Fault> {
        self.follows(entry)?;
        let seq = entry.seq;
        if let Some(id) = entry.message()
            && self.answered(entry.seat, id).is_some()
        {
            return Err(Fault::Repeated { seq });
        }
        if !self.is_authentic(entry) {
            return Err(Fault::Forged { seq });
        }
        self.allows(entry.seat, &entry.event)
            .map_err(|_| Fault::AgainstRules { seq })
    }

    /// Whether an entry was signed by whose doing it is said to be, and so was what it hands on.
    #[must_use]
    pub fn is_authentic(&self, entry: &Entry) -> bool {
        let room = &self.scope.room;
        let author = match &entry.event {
            Event::Sit { key, .. } => Some(*key),
            _ => self.key(entry.seat),
        };
        let Some(author) = author else {
            return false;
        };
        match &entry.event {
            // Nobody was there to sign it, and only the table gives a seat up by itself (invariant I7).
            Event::Leave {
                reason: LeaveReason::Absent,
            } => *room == RoomId::Table && entry.sig.is_none(),
            Event::Sit { key, invite } => {
                key.is_sound()
                    && invite.is_none_or(|invite| invite.vouches_for(room, key))
                    && entry.is_signed_by(&self.scope, key)
            }
            Event::Invite { invite } => {
                invite.vouches_for(room, &author) && entry.is_signed_by(&self.scope, &author)
            }
            Event::Reseat { key, .. } => key.is_sound() && entry.is_signed_by(&self.scope, &author),
            _ => entry.is_signed_by(&self.scope, &author),
        }
    }
}
