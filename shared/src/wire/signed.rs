//! The frames that are signed, and the events that they bring to the hub.

use super::ClientFrame;
use crate::entry::{Event, LeaveReason};
use crate::ids::EntryHash;
use crate::seat_key::Signature;

/// What somebody wants to stand in the journal: signed after the last entry they have seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What is to happen.
    pub event: Event,
    /// The last entry seen.
    pub prev: EntryHash,
    /// The signature.
    pub sig: Signature,
}

impl ClientFrame {
    /// The frame that brings a signed event to the hub. `None` for a `sit`, which `hello` brings.
    #[must_use]
    pub fn signed(event: Event, prev: EntryHash, sig: Signature) -> Option<Self> {
        Some(match event {
            Event::Sit { .. } => return None,
            Event::Say {
                id,
                turn,
                end_turn,
                seen,
                sealed,
            } => Self::Say {
                id,
                turn,
                end_turn,
                seen,
                sealed,
                prev,
                sig,
            },
            Event::Pass { turn } => Self::Pass { turn, prev, sig },
            Event::Claim { turn } => Self::Claim { turn, prev, sig },
            Event::Propose { change } => Self::Propose { change, prev, sig },
            Event::Accept { proposal } => Self::Accept {
                proposal,
                prev,
                sig,
            },
            Event::Decline { proposal } => Self::Decline {
                proposal,
                prev,
                sig,
            },
            Event::Withdraw { proposal } => Self::Withdraw {
                proposal,
                prev,
                sig,
            },
            Event::Invite { invite } => Self::Invite { invite, prev, sig },
            Event::Reseat { key, keyring } => Self::Reseat {
                key,
                keyring,
                prev,
                sig,
            },
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
            Self::Say {
                id,
                turn,
                end_turn,
                seen,
                sealed,
                prev,
                sig,
            } => (
                Event::Say {
                    id,
                    turn,
                    end_turn,
                    seen,
                    sealed,
                },
                prev,
                sig,
            ),
            Self::Pass { turn, prev, sig } => (Event::Pass { turn }, prev, sig),
            Self::Claim { turn, prev, sig } => (Event::Claim { turn }, prev, sig),
            Self::Propose { change, prev, sig } => (Event::Propose { change }, prev, sig),
            Self::Accept {
                proposal,
                prev,
                sig,
            } => (Event::Accept { proposal }, prev, sig),
            Self::Decline {
                proposal,
                prev,
                sig,
            } => (Event::Decline { proposal }, prev, sig),
            Self::Withdraw {
                proposal,
                prev,
                sig,
            } => (Event::Withdraw { proposal }, prev, sig),
            Self::Invite { invite, prev, sig } => (Event::Invite { invite }, prev, sig),
            Self::Reseat {
                key,
                keyring,
                prev,
                sig,
            } => (Event::Reseat { key, keyring }, prev, sig),
            Self::Leave { prev, sig } => {
                let reason = LeaveReason::Asked;
                (Event::Leave { reason }, prev, sig)
            }
            other => return Err(other),
        };
        Ok(Wish { event, prev, sig })
    }
}
