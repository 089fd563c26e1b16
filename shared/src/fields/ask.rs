//! The frames a page can take from a page.

use serde::Deserialize;

use super::Missing;
use crate::entry::{Entry, Sealed};
use crate::ids::{EntryHash, EntryId, Epoch, Seq, Turn};
use crate::receipt::Receipt;
use crate::seat_key::Signature;
use crate::turn::Change;
use crate::wire::ClientFrame;

/// `type` of a frame to the page that keeps the room. There is no `hello`: the path itself proves who is at its other end,
/// and whoever answered a page's challenge would prove themselves to a server that had sent the same.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AskKind {
    Say,
    Pass,
    Claim,
    Propose,
    Accept,
    Decline,
    Withdraw,
    Ask,
    Bye,
    Typing,
    Receipt,
    Upload,
    Leave,
    Ping,
}

/// The fields of every such [`ClientFrame`].
#[derive(Deserialize)]
pub(crate) struct AskFields {
    r#type: AskKind,
    sig: Option<Signature>,
    id: Option<EntryId>,
    turn: Option<Turn>,
    end_turn: Option<bool>,
    seen: Option<Seq>,
    sealed: Option<Sealed>,
    prev: Option<EntryHash>,
    change: Option<Change>,
    proposal: Option<Seq>,
    epoch: Option<Epoch>,
    delivered: Option<Seq>,
    read: Option<Seq>,
    entries: Option<Vec<Entry>>,
}

impl TryFrom<AskFields> for ClientFrame {
    type Error = Missing;

    fn try_from(fields: AskFields) -> Result<Self, Missing> {
        Ok(match fields.r#type {
            AskKind::Say => Self::Say {
                id: take!(fields.id),
                turn: take!(fields.turn),
                end_turn: take!(fields.end_turn),
                seen: fields.seen,
                sealed: take!(fields.sealed),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Pass => Self::Pass {
                turn: take!(fields.turn),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Claim => Self::Claim {
                turn: take!(fields.turn),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Propose => Self::Propose {
                change: take!(fields.change),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Accept => Self::Accept {
                proposal: take!(fields.proposal),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Decline => Self::Decline {
                proposal: take!(fields.proposal),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Withdraw => Self::Withdraw {
                proposal: take!(fields.proposal),
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Ask => Self::Ask {
                turn: take!(fields.turn),
            },
            AskKind::Bye => Self::Bye {},
            AskKind::Typing => Self::Typing {},
            AskKind::Receipt => Self::Receipt(Receipt {
                epoch: take!(fields.epoch),
                delivered: take!(fields.delivered),
                read: fields.read,
                sig: take!(fields.sig),
            }),
            AskKind::Upload => Self::Upload {
                entries: take!(fields.entries),
            },
            AskKind::Leave => Self::Leave {
                prev: take!(fields.prev),
                sig: take!(fields.sig),
            },
            AskKind::Ping => Self::Ping {},
        })
    }
}
