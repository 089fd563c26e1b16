//! How tagged objects are read: all fields that any kind may have, once, and then the kind's own. Serde's way for tagged
//! and flattened enums keeps every object aside before it reads it, for each kind anew.

/// Takes a field out of the fields.
macro_rules! take {
    ($fields:ident.$name:ident) => {
        $fields.$name.ok_or(Missing(stringify!($name)))?
    };
}

use serde::Deserialize;

use crate::entry::{Entry, Event, LeaveReason, Sealed};
use crate::ids::{EntryHash, EntryId, Epoch, Seat, Seq, Timestamp, Turn};
use crate::invite::Invite;
use crate::presence::Presence;
use crate::receipt::Receipt;
use crate::record::{Fault, Outset};
use crate::rejection::Rejection;
use crate::seat_key::{Nonce, SeatKey, Signature};
use crate::turn::{Change, Floor, Mode, Pace, TurnCause};
use crate::wire::{IceServer, ResyncReason, ServerFrame};

/// A field that an object of this kind must have is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("missing field `{0}`")]
pub struct Missing(&'static str);

/// `type` of a frame from the hub.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum FrameKind {
    Challenge,
    Welcome,
    Entries,
    Entry,
    Turn,
    Presence,
    Stored,
    Rejected,
    Ask,
    Claimable,
    Signal,
    Ice,
    Typing,
    Receipt,
    Resync,
    Draining,
    Pong,
}

/// `code` of a refusal.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Code {
    Malformed,
    TooLarge,
    HelloFirst,
    HelloTwice,
    BadProof,
    RoomFull,
    NoTable,
    RoomOver,
    NotSeated,
    NotYourTurn,
    StaleTurn,
    NoTurns,
    YourTurn,
    AskedAlready,
    NotAway,
    NothingToChange,
    AlreadyProposed,
    NoProposal,
    Behind,
    NotBelieved,
    BadSignature,
    NotInvited,
    NotAtTable,
    SeatTaken,
    SeatVacant,
    NeedsServer,
    DirectOnly,
    RateLimited,
    JournalUnavailable,
}

/// `state` of a presence.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Vacant,
    Here,
    Away,
}

/// The fields of every [`ServerFrame`].
#[derive(Deserialize)]
pub(crate) struct FrameFields {
    r#type: FrameKind,
    nonce: Option<Nonce>,
    seat: Option<Seat>,
    epoch: Option<Epoch>,
    head: Option<Seq>,
    outset: Option<Outset>,
    floor: Option<Floor>,
    peer: Option<Presence>,
    entries: Option<Vec<Entry>>,
    seq: Option<Seq>,
    at: Option<Timestamp>,
    prev: Option<EntryHash>,
    event: Option<Event>,
    sig: Option<Signature>,
    turn: Option<Turn>,
    holder: Option<Seat>,
    mode: Option<Mode>,
    cause: Option<TurnCause>,
    said: Option<u8>,
    pace: Option<Pace>,
    direct_only: Option<Seq>,
    state: Option<State>,
    since: Option<Timestamp>,
    id: Option<EntryId>,
    code: Option<Code>,
    detail: Option<String>,
    limit: Option<usize>,
    after: Option<u64>,
    why: Option<ResyncReason>,
    payload: Option<Sealed>,
    servers: Option<Vec<IceServer>>,
    fault: Option<Fault>,
    delivered: Option<Seq>,
    read: Option<Seq>,
}

impl TryFrom<FrameFields> for ServerFrame {
    type Error = Missing;

    fn try_from(fields: FrameFields) -> Result<Self, Missing> {
        Ok(match fields.r#type {
            FrameKind::Challenge => Self::Challenge {
                nonce: take!(fields.nonce),
            },
            FrameKind::Welcome => Self::Welcome {
                seat: take!(fields.seat),
                epoch: take!(fields.epoch),
                head: take!(fields.head),
                outset: take!(fields.outset),
                floor: take!(fields.floor),
                peer: take!(fields.peer),
            },
            FrameKind::Entries => Self::Entries {
                entries: take!(fields.entries),
            },
            FrameKind::Entry => Self::Entry(Entry {
                seq: take!(fields.seq),
                at: take!(fields.at),
                seat: take!(fields.seat),
                prev: take!(fields.prev),
                event: take!(fields.event),
                sig: fields.sig,
            }),
            FrameKind::Turn => Self::Turn(Floor {
                turn: take!(fields.turn),
                holder: take!(fields.holder),
                mode: take!(fields.mode),
                cause: take!(fields.cause),
                said: take!(fields.said),
                pace: take!(fields.pace),
                direct_only: fields.direct_only,
            }),
            FrameKind::Presence => Self::Presence {
                seat: take!(fields.seat),
                presence: presence(take!(fields.state), fields.since)?,
            },
            FrameKind::Stored => Self::Stored {
                id: take!(fields.id),
                seq: take!(fields.seq),
                at: take!(fields.at),
            },
            FrameKind::Rejected => Self::Rejected {
                id: fields.id,
                rejection: rejection(fields)?,
            },
            FrameKind::Ask => Self::Ask {
                seat: take!(fields.seat),
                turn: take!(fields.turn),
            },
            FrameKind::Claimable => Self::Claimable {
                turn: take!(fields.turn),
            },
            FrameKind::Signal => Self::Signal {
                payload: take!(fields.payload),
            },
            FrameKind::Ice => Self::Ice {
                servers: take!(fields.servers),
            },
            FrameKind::Typing => Self::Typing {
                seat: take!(fields.seat),
            },
            FrameKind::Receipt => Self::Receipt {
                seat: take!(fields.seat),
                receipt: Receipt {
                    epoch: take!(fields.epoch),
                    delivered: take!(fields.delivered),
                    read: fields.read,
                    sig: take!(fields.sig),
                },
            },
            FrameKind::Resync => Self::Resync {
                why: take!(fields.why),
            },
            FrameKind::Draining => Self::Draining {},
            FrameKind::Pong => Self::Pong {},
        })
    }
}

fn rejection(fields: FrameFields) -> Result<Rejection, Missing> {
    Ok(match take!(fields.code) {
        Code::Malformed => Rejection::Malformed {
            detail: take!(fields.detail),
        },
        Code::TooLarge => Rejection::TooLarge {
            limit: take!(fields.limit),
        },
        Code::HelloFirst => Rejection::HelloFirst {},
        Code::HelloTwice => Rejection::HelloTwice {},
        Code::BadProof => Rejection::BadProof {},
        Code::RoomFull => Rejection::RoomFull {},
        Code::NoTable => Rejection::NoTable {},
        Code::RoomOver => Rejection::RoomOver {},
        Code::NotSeated => Rejection::NotSeated {},
        Code::NotYourTurn => Rejection::NotYourTurn {
            turn: take!(fields.turn),
            holder: take!(fields.holder),
        },
        Code::StaleTurn => Rejection::StaleTurn {
            turn: take!(fields.turn),
            holder: take!(fields.holder),
        },
        Code::NoTurns => Rejection::NoTurns {},
        Code::YourTurn => Rejection::YourTurn {},
        Code::AskedAlready => Rejection::AskedAlready {},
        Code::NotAway => Rejection::NotAway {},
        Code::NothingToChange => Rejection::NothingToChange {},
        Code::AlreadyProposed => Rejection::AlreadyProposed {},
        Code::NoProposal => Rejection::NoProposal {},
        Code::Behind => Rejection::Behind {
            head: take!(fields.head),
        },
        Code::NotBelieved => Rejection::NotBelieved {
            fault: take!(fields.fault),
        },
        Code::BadSignature => Rejection::BadSignature {},
        Code::NotInvited => Rejection::NotInvited {},
        Code::NotAtTable => Rejection::NotAtTable {},
        Code::SeatTaken => Rejection::SeatTaken {},
        Code::SeatVacant => Rejection::SeatVacant {},
        Code::NeedsServer => Rejection::NeedsServer {},
        Code::DirectOnly => Rejection::DirectOnly {},
        Code::RateLimited => Rejection::RateLimited {
            after: take!(fields.after),
        },
        Code::JournalUnavailable => Rejection::JournalUnavailable {},
    })
}

/// The fields of every [`Presence`].
#[derive(Deserialize)]
pub(crate) struct PresenceFields {
    state: State,
    since: Option<Timestamp>,
}

impl TryFrom<PresenceFields> for Presence {
    type Error = Missing;

    fn try_from(fields: PresenceFields) -> Result<Self, Missing> {
        presence(fields.state, fields.since)
    }
}

fn presence(state: State, since: Option<Timestamp>) -> Result<Presence, Missing> {
    Ok(match state {
        State::Vacant => Presence::Vacant {},
        State::Here => Presence::Here {},
        State::Away => Presence::Away {
            since: since.ok_or(Missing("since"))?,
        },
    })
}

/// `type` of an event.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventKind {
    Sit,
    Leave,
    Say,
    Pass,
    Claim,
    Propose,
    Accept,
    Decline,
    Withdraw,
    Invite,
    Reseat,
}

/// The fields of every [`Event`].
#[derive(Deserialize)]
pub(crate) struct EventFields {
    r#type: EventKind,
    key: Option<SeatKey>,
    invite: Option<Invite>,
    reason: Option<LeaveReason>,
    id: Option<EntryId>,
    turn: Option<Turn>,
    end_turn: Option<bool>,
    seen: Option<Seq>,
    change: Option<Change>,
    proposal: Option<Seq>,
    sealed: Option<Sealed>,
    keyring: Option<Sealed>,
}

impl TryFrom<EventFields> for Event {
    type Error = Missing;

    fn try_from(fields: EventFields) -> Result<Self, Missing> {
        Ok(match fields.r#type {
            EventKind::Sit => Self::Sit {
                key: take!(fields.key),
                invite: fields.invite,
            },
            EventKind::Leave => Self::Leave {
                reason: take!(fields.reason),
            },
            EventKind::Say => Self::Say {
                id: take!(fields.id),
                turn: take!(fields.turn),
                end_turn: take!(fields.end_turn),
                seen: fields.seen,
                sealed: take!(fields.sealed),
            },
            EventKind::Pass => Self::Pass {
                turn: take!(fields.turn),
            },
            EventKind::Claim => Self::Claim {
                turn: take!(fields.turn),
            },
            EventKind::Propose => Self::Propose {
                change: take!(fields.change),
            },
            EventKind::Accept => Self::Accept {
                proposal: take!(fields.proposal),
            },
            EventKind::Decline => Self::Decline {
                proposal: take!(fields.proposal),
            },
            EventKind::Withdraw => Self::Withdraw {
                proposal: take!(fields.proposal),
            },
            EventKind::Invite => Self::Invite {
                invite: take!(fields.invite),
            },
            EventKind::Reseat => Self::Reseat {
                key: take!(fields.key),
                keyring: take!(fields.keyring),
            },
        })
    }
}
