//! Duologue's vocabulary and rules, the same in the server, in both browsers and in tests.
//!
//! Two people share a [`RoomId`]: each holds a [`Seat`], known by a [`SeatKey`], and the [`Floor`] says who may
//! speak. What a browser sends is a [`ClientFrame`], what it hears a [`ServerFrame`]; what happened stands in the
//! journal as an [`Entry`]. [`Room`] decides: an [`Input`] goes in, [`Outputs`] come out. What the entries add up to is a
//! [`Record`], which a page also uses to check what it is shown. A [`Person`] signs, seals and reads.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, keys and ids are arguments, so that the same
//! steps give the same result everywhere. The invariants it keeps are numbered I1–I8 in `docs/ARCHITECTURE.md`, and
//! the tests cite them.

pub mod base64url;
mod chain;
mod close;
mod derive;
mod entry;
mod fields;
mod ids;
mod invite;
mod person;
mod presence;
mod receipt;
mod record;
mod rejection;
mod room;
mod sealing;
mod seat_key;
mod signal;
mod turn;
mod wire;
mod words;

pub use chain::{Header, Scope, signed_bytes};
pub use close::CloseCode;
pub use entry::{Entry, Event, LeaveReason, Sealed};
pub use ids::{
    Bookmark, ConnectionId, ConversationId, EntryHash, EntryId, Epoch, NoSuchSeat, NotAnEpoch,
    Position, RoomId, Seat, Seq, Timestamp, Turn,
};
pub use invite::{Invite, InviteKey, LinkSecret};
pub use person::{Person, Reading, Saying, Unable};
pub use presence::{Presence, SILENT_BYE, SILENT_DROP};
pub use receipt::Receipt;
pub use record::{Fault, Opening, Outset, Proposal, Record, Sitter};
pub use rejection::Rejection;
pub use room::{BrokenJournal, Delivery, Input, Outputs, Room, Rules, Sit};
pub use sealing::{BodyKey, BodyNonce, Keyring, MAX_TEXT_BYTES, NotOpened, TooLong};
pub use seat_key::{Nonce, Proof, SeatKey, SeatSecret, Signature};
pub use signal::Signal;
pub use turn::{Change, Floor, MAX_ENTRIES_A_TURN, Mode, Pace, Store, TurnCause};
pub use wire::{
    ClientFrame, IceServer, MAX_FRAME_BYTES, MAX_SEALED_BYTES, ResyncReason, SUBPROTOCOL,
    ServerFrame, Standing, Wish, Word,
};
pub use words::{SAFETY_WORDS, safety_words};
