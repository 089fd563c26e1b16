//! The frames of `duologue.v1`: JSON text, one frame a WebSocket message. `docs/PROTOCOL.md` shows an example of each.

mod between;
mod signed;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::entry::{Entry, Sealed};
use crate::fields::FrameFields;
use crate::ids::{Bookmark, EntryHash, EntryId, Epoch, RoomId, Seat, Seq, Timestamp, Turn};
use crate::invite::Invite;
use crate::presence::Presence;
use crate::receipt::Receipt;
use crate::record::Outset;
use crate::rejection::Rejection;
use crate::seat_key::{Nonce, Proof, SeatKey, Signature};
use crate::turn::{Change, Floor};

pub use between::{Standing, Word};
pub use signed::Wish;

/// The WebSocket subprotocol (RFC 6455, section 1.9) that names this protocol and its version.
pub const SUBPROTOCOL: &str = "duologue.v1";

/// Bytes a message body may have, decoded.
pub const MAX_SEALED_BYTES: usize = 16 * 1024;

/// Bytes a frame from a client may have.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;

/// What a browser sends. What is to stand in the journal is signed after `prev`, the last entry its author has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// The first frame: which room, who I am, the proof, and how far I know the journal.
    Hello {
        /// The room.
        room: RoomId,
        /// The seat's public key.
        seat_key: SeatKey,
        /// The key's signature over the server's challenge.
        proof: Proof,
        /// The link's word for the key, for whoever wants a seat in a conversation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invite: Option<Invite>,
        /// The signature of the `sit` that stands in the journal if a seat is taken.
        sig: Signature,
        /// The last entry known, when coming back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        position: Option<Bookmark>,
    },
    /// Say something in a turn.
    Say {
        /// The message's own name; a repeat gets the first answer again.
        id: EntryId,
        /// The turn it is meant for.
        turn: Turn,
        /// Whether the floor passes with it.
        end_turn: bool,
        /// While both may speak: the last entry shown when it was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<Seq>,
        /// The words.
        sealed: Sealed,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Hand the floor over without a word.
    Pass {
        /// The turn that ends.
        turn: Turn,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Take the floor from a holder who has been away for long enough.
    Claim {
        /// The turn that ends.
        turn: Turn,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Propose a change; the other decides.
    Propose {
        /// The change.
        change: Change,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Agree to what the other proposed.
    Accept {
        /// The number of the entry that proposed it.
        proposal: Seq,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Refuse what the other proposed.
    Decline {
        /// The number of the entry that proposed it.
        proposal: Seq,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Take back what was proposed here.
    Withdraw {
        /// The number of the entry that proposed it.
        proposal: Seq,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Ask whoever holds the floor for it, once a turn. Passed on, never kept in the journal.
    Ask {
        /// The turn it is about.
        turn: Turn,
    },
    /// The page goes away: it is told sooner than of a lost connection, and the floor is held for less long.
    Bye {},
    /// Open the other seat to whoever has a new link; a silent stranger in it is out.
    Invite {
        /// The new link's word for me.
        invite: Invite,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Let the other person in again under a new key.
    Reseat {
        /// Their new key.
        key: SeatKey,
        /// The keys to what was said so far, sealed for them.
        keyring: Sealed,
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// The person is writing. Passed on, never kept.
    Typing {},
    /// How far the person has come. Passed on; the latest is kept while the room is in memory, and told to whoever
    /// comes later.
    Receipt(Receipt),
    /// What the two said while there was no server, as they signed it: all of it is taken over, or nothing.
    Upload {
        /// In order, without gaps, each with the number it got between the two.
        entries: Vec<Entry>,
    },
    /// Something for the other page alone, about a path of their own. Passed on, never kept.
    Signal {
        /// Sealed for it: whoever passes it on can neither read nor change it.
        payload: Sealed,
    },
    /// Ask for the servers that help two pages find a path of their own.
    Ice {},
    /// A try for such a path has ended. Counted, and neither kept nor passed on.
    Direct {
        /// Milliseconds until it was open, if it opened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        opened: Option<u32>,
    },
    /// Give the seat up.
    Leave {
        /// The last entry seen.
        prev: EntryHash,
        /// The signature.
        sig: Signature,
    },
    /// Ask for a sign of life.
    Ping {},
}

/// What the hub sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "FrameFields")]
pub enum ServerFrame {
    /// The first frame: sign this in `hello`.
    Challenge {
        /// 32 random bytes.
        nonce: Nonce,
    },
    /// You have a seat. The entries up to `head` that you do not know follow in `entries` frames.
    Welcome {
        /// Your seat.
        seat: Seat,
        /// The journal's life.
        epoch: Epoch,
        /// The last entry there is.
        head: Seq,
        /// Where what this seat may see begins.
        outset: Outset,
        /// Who may speak.
        floor: Floor,
        /// The other seat.
        peer: Presence,
    },
    /// A page of entries that were there before you came, or that were uploaded.
    Entries {
        /// In order, without gaps.
        entries: Vec<Entry>,
    },
    /// Something happened just now.
    Entry(Entry),
    /// The floor moved.
    Turn(Floor),
    /// The other seat came or went.
    Presence {
        /// Whose presence it is.
        seat: Seat,
        /// What is known of it.
        #[serde(flatten)]
        presence: Presence,
    },
    /// Your message is in the journal and stays there.
    Stored {
        /// Which message.
        id: EntryId,
        /// The number it got.
        seq: Seq,
        /// When it was accepted.
        at: Timestamp,
    },
    /// No, and why.
    Rejected {
        /// Which message, where it was about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<EntryId>,
        /// Why.
        #[serde(flatten)]
        rejection: Rejection,
    },
    /// The other asks for the floor.
    Ask {
        /// Who asks.
        seat: Seat,
        /// In which turn.
        turn: Turn,
    },
    /// Whoever holds the floor has been away for long enough: you can take it, or wait.
    Claimable {
        /// The turn that would end.
        turn: Turn,
    },
    /// The other page has something for this one, about a path of their own.
    Signal {
        /// Sealed for this one.
        payload: Sealed,
    },
    /// Servers that help two pages find a path of their own, as many as this hub knows.
    Ice {
        /// As a browser takes them.
        servers: Vec<IceServer>,
    },
    /// The other is writing.
    Typing {
        /// Who writes.
        seat: Seat,
    },
    /// How far the other has come, in their own word.
    Receipt {
        /// Whose word it is.
        seat: Seat,
        /// The word.
        #[serde(flatten)]
        receipt: Receipt,
    },
    /// Your position names nothing here; what follows is the whole talk.
    Resync {
        /// Why.
        why: ResyncReason,
    },
    /// The server is going down; come back in a moment.
    Draining {},
    /// I am here.
    Pong {},
}

/// A STUN or TURN server, as a browser takes it (`RTCIceServer`, WebRTC, section 4.2.2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// Where it is: URLs as in RFC 7064 and RFC 7065.
    pub urls: Vec<String>,
    /// For TURN: who is let in, and until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For TURN: the password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// The password stays out of logs.
impl fmt::Debug for IceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IceServer({:?})", self.urls)
    }
}

/// Why a position could not be resumed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResyncReason {
    /// The journal began anew: another epoch.
    EpochChanged,
    /// The position is beyond the journal's end: the server lost its last entries.
    AheadOfJournal,
    /// The journal has another entry there: what was known is not what the server knows.
    OtherHistory,
}
