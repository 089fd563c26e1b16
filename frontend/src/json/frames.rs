//! The vocabulary that is shared with the server.

use serde_json::Value;
use shared::{
    Bookmark, Change, CloseCode, Entry, EntryHash, EntryId, Epoch, Event, Fault, Floor, IceServer,
    Invite, InviteKey, LeaveReason, Mode, Nonce, Opening, Outset, Pace, Presence, Receipt,
    Rejection, ResyncReason, RoomId, Sealed, SeatKey, Seq, ServerFrame, Signal, Signature, Sitter,
    Standing, Store, Timestamp, Turn, TurnCause, Wish, Word,
};

use super::{FromJson, field, objects, of, variant, words};

/// What is a text.
macro_rules! texts {
    ($($kind:ty),+) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                json.as_str()?.parse().ok()
            }
        })+
    };
}

/// What is a number under a name of its own.
macro_rules! numbers {
    ($($kind:ident),+) => {
        $(impl FromJson for $kind {
            fn from_json(json: &Value) -> Option<Self> {
                FromJson::from_json(json).map($kind)
            }
        })+
    };
}

texts!(
    EntryHash, EntryId, Epoch, InviteKey, Nonce, RoomId, Sealed, SeatKey, Signature
);
numbers!(CloseCode, Seq, Timestamp, Turn);

words! {
    Mode { Strict "strict", Free "free" }
    Pace {
        Live "live",
        Relaxed "relaxed",
        Correspondence "correspondence",
        Letters "letters"
    }
    TurnCause {
        Start "start",
        Said "said",
        Passed "passed",
        Claimed "claimed",
        ModeChange "mode_change"
    }
    Store { Server "server", Pages "pages" }
    LeaveReason { Asked "asked", Absent "absent" }
    ResyncReason {
        EpochChanged "epoch_changed",
        AheadOfJournal "ahead_of_journal",
        OtherHistory "other_history"
    }
}

objects! {
    Bookmark { epoch, seq, hash }
    Entry { seq, at, seat, prev, event, sig }
    Floor { turn, holder, mode, cause, said, pace, direct_only }
    IceServer { urls, username, credential }
    Invite { key, sig }
    Opening { prev, invite, sig }
    Outset { seq, hash, floor, peer }
    Receipt { epoch, delivered, read, sig }
    Sitter { key, opened }
    Standing { server, saved, head, apart }
    Wish { event, prev, sig }
}

impl FromJson for Change {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "mode" => Self::Mode(FromJson::from_json(content)?),
            "pace" => Self::Pace(FromJson::from_json(content)?),
            "store" => Self::Store(FromJson::from_json(content)?),
            _ => return None,
        })
    }
}

impl FromJson for Fault {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "gap" => of!(content, Self::Gap { expected, found }),
            "repeated" => of!(content, Self::Repeated { seq }),
            "other_history" => of!(content, Self::OtherHistory { seq }),
            "forged" => of!(content, Self::Forged { seq }),
            "against_rules" => of!(content, Self::AgainstRules { seq }),
            "other_link" => of!(content, Self::OtherLink { seq }),
            _ => return None,
        })
    }
}

impl FromJson for Event {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.get("type")?.as_str()? {
            "sit" => of!(json, Self::Sit { key, invite }),
            "leave" => of!(json, Self::Leave { reason }),
            "say" => of!(
                json,
                Self::Say {
                    id,
                    turn,
                    end_turn,
                    seen,
                    sealed
                }
            ),
            "pass" => of!(json, Self::Pass { turn }),
            "claim" => of!(json, Self::Claim { turn }),
            "propose" => of!(json, Self::Propose { change }),
            "accept" => of!(json, Self::Accept { proposal }),
            "decline" => of!(json, Self::Decline { proposal }),
            "withdraw" => of!(json, Self::Withdraw { proposal }),
            "invite" => of!(json, Self::Invite { invite }),
            "reseat" => of!(json, Self::Reseat { key, keyring }),
            _ => return None,
        })
    }
}

impl FromJson for Presence {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.get("state")?.as_str()? {
            "vacant" => Self::Vacant {},
            "here" => Self::Here {},
            "away" => of!(json, Self::Away { since }),
            _ => return None,
        })
    }
}

impl FromJson for Rejection {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.get("code")?.as_str()? {
            "malformed" => of!(json, Self::Malformed { detail }),
            "too_large" => Self::TooLarge {
                limit: usize::try_from(field::<u32>(json, "limit")?).ok()?,
            },
            "hello_first" => Self::HelloFirst {},
            "hello_twice" => Self::HelloTwice {},
            "bad_proof" => Self::BadProof {},
            "room_full" => Self::RoomFull {},
            "no_table" => Self::NoTable {},
            "room_over" => Self::RoomOver {},
            "not_seated" => Self::NotSeated {},
            "not_your_turn" => of!(json, Self::NotYourTurn { turn, holder }),
            "stale_turn" => of!(json, Self::StaleTurn { turn, holder }),
            "no_turns" => Self::NoTurns {},
            "your_turn" => Self::YourTurn {},
            "asked_already" => Self::AskedAlready {},
            "not_away" => Self::NotAway {},
            "nothing_to_change" => Self::NothingToChange {},
            "already_proposed" => Self::AlreadyProposed {},
            "no_proposal" => Self::NoProposal {},
            "behind" => of!(json, Self::Behind { head }),
            "not_believed" => of!(json, Self::NotBelieved { fault }),
            "bad_signature" => Self::BadSignature {},
            "not_invited" => Self::NotInvited {},
            "not_at_table" => Self::NotAtTable {},
            "seat_taken" => Self::SeatTaken {},
            "seat_vacant" => Self::SeatVacant {},
            "needs_server" => Self::NeedsServer {},
            "direct_only" => Self::DirectOnly {},
            "rate_limited" => of!(json, Self::RateLimited { after }),
            "journal_unavailable" => Self::JournalUnavailable {},
            _ => return None,
        })
    }
}

impl FromJson for ServerFrame {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.get("type")?.as_str()? {
            "challenge" => of!(json, Self::Challenge { nonce }),
            "welcome" => of!(
                json,
                Self::Welcome {
                    seat,
                    epoch,
                    head,
                    outset,
                    floor,
                    peer
                }
            ),
            "entries" => of!(json, Self::Entries { entries }),
            "entry" => Self::Entry(FromJson::from_json(json)?),
            "turn" => Self::Turn(FromJson::from_json(json)?),
            "presence" => of!(json, Self::Presence { seat; presence }),
            "stored" => of!(json, Self::Stored { id, seq, at }),
            "rejected" => of!(json, Self::Rejected { id; rejection }),
            "ask" => of!(json, Self::Ask { seat, turn }),
            "claimable" => of!(json, Self::Claimable { turn }),
            "signal" => of!(json, Self::Signal { payload }),
            "ice" => of!(json, Self::Ice { servers }),
            "typing" => of!(json, Self::Typing { seat }),
            "receipt" => of!(json, Self::Receipt { seat; receipt }),
            "resync" => of!(json, Self::Resync { why }),
            "draining" => Self::Draining {},
            "pong" => Self::Pong {},
            _ => return None,
        })
    }
}

impl FromJson for Signal {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.get("type")?.as_str()? {
            "ready" => of!(json, Self::Ready { session }),
            "offer" => of!(json, Self::Offer { session, sdp }),
            "answer" => of!(json, Self::Answer { session, sdp }),
            "candidate" => of!(
                json,
                Self::Candidate {
                    session,
                    candidate,
                    mid,
                    line
                }
            ),
            "no" => of!(json, Self::No { session }),
            _ => return None,
        })
    }
}

impl FromJson for Word {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "standing" => Self::Standing(FromJson::from_json(content)?),
            "come" => Self::Come {},
            "join" => Self::Join(FromJson::from_json(content)?),
            "wish" => Self::Wish(FromJson::from_json(content)?),
            "upload" => Self::Upload(FromJson::from_json(content)?),
            "receipt" => Self::Receipt(FromJson::from_json(content)?),
            "ask" => Self::Ask(FromJson::from_json(content)?),
            "typing" => Self::Typing {},
            "bye" => Self::Bye {},
            "ping" => Self::Ping(FromJson::from_json(content)?),
            "pong" => Self::Pong(FromJson::from_json(content)?),
            _ => return None,
        })
    }
}
