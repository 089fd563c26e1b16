//! The frames that are signed, and the events that they bring to the hub.

use serde::{Deserialize, Serialize};

use super::ClientFrame;
use crate::entry::{Event, LeaveReason};
use crate::ids::EntryHash;
use crate::seat_key::Signature;

/// What somebody wants to stand in the journal: signed after the last entry they have seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// What is to happen.
    pub event: Event,
    /// The last entry seen.
    pub prev: EntryHash,
    /// The signature.
    pub sig: Signature,
}

/// Frames and events that are the same but for what every frame adds: one list for both ways.
macro_rules! both_ways {
    ($($name:ident { $($field:ident),+ })+) => {
        impl ClientFrame {
            /// The frame that brings a signed event to the hub. `None` for a `sit`, which `hello` brings.
            #[must_use]
            pub fn signed(event: Event, prev: EntryHash, sig: Signature) -> Option<Self> {
                Some(match event {
                    Event::Sit { .. } => return None,
                    $(Event::$name { $($field),+ } => Self::$name { $($field),+, prev, sig },)+
                    // Why is not the person's to say.
                    Event::Leave { .. } => Self::Leave { prev, sig },
                })
            }

            /// What the frame wants to stand in the journal.
            ///
            /// # Errors
            /// The frame itself, when it is none of the signed ones.
            #[expect(
                clippy::result_large_err,
                reason = "the frame is handed back, not copied"
            )]
            pub fn into_wish(self) -> Result<Wish, Self> {
                let (event, prev, sig) = match self {
                    $(Self::$name { $($field),+, prev, sig } => {
                        (Event::$name { $($field),+ }, prev, sig)
                    })+
                    Self::Leave { prev, sig } => {
                        let reason = LeaveReason::Asked;
                        (Event::Leave { reason }, prev, sig)
                    }
                    other => return Err(other),
                };
                Ok(Wish { event, prev, sig })
            }
        }
    };
}

both_ways! {
    Say { id, turn, end_turn, seen, sealed }
    Pass { turn }
    Claim { turn }
    Propose { change }
    Accept { proposal }
    Decline { proposal }
    Withdraw { proposal }
    Invite { invite }
    Reseat { key, keyring }
}
