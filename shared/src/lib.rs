//! Duologue's vocabulary and rules, the same in the server, in both browsers and in tests.
//!
//! Two people share a [`RoomId`]: each holds a [`Seat`], known by a [`SeatKey`], and the [`Floor`] says who may
//! speak. What a browser sends is a [`ClientFrame`], what it hears a [`ServerFrame`]; what happened stands in the
//! journal as an [`Entry`]. [`Room`] decides: an [`Input`] goes in, [`Outputs`] come out.
//!
//! Nothing here does I/O, reads a clock or draws a random number: time, keys and ids are arguments, so that the same
//! steps give the same result everywhere. The invariants it keeps are numbered I1–I8 in `docs/ARCHITECTURE.md`, and
//! the tests cite them.

pub mod base64url;
mod close;
mod entry;
mod ids;
mod presence;
mod rejection;
mod room;
mod seat_key;
mod turn;
mod wire;

pub use close::CloseCode;
pub use entry::{Entry, Event, LeaveReason, Sealed};
pub use ids::{
    ConnectionId, ConversationId, EntryId, Epoch, LinkSecret, NoSuchSeat, NotAnEpoch, Position,
    RoomId, Seat, Seq, Timestamp, Turn,
};
pub use presence::{Presence, SILENT_DROP};
pub use rejection::Rejection;
pub use room::{BrokenJournal, Delivery, Input, Outputs, Room, Rules};
pub use seat_key::{Nonce, Proof, SeatKey, SeatSecret};
pub use turn::{Floor, MAX_ENTRIES_A_TURN, Mode, TurnCause};
pub use wire::{
    ClientFrame, MAX_FRAME_BYTES, MAX_SEALED_BYTES, ResyncReason, SUBPROTOCOL, ServerFrame,
};
