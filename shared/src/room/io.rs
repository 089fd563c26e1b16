//! What goes into a room and what comes out of it.

use crate::close::CloseCode;
use crate::entry::Entry;
use crate::ids::{Bookmark, ConnectionId, EntryId, Seq};
use crate::invite::Invite;
use crate::rejection::Rejection;
use crate::seat_key::{SeatKey, Signature};
use crate::wire::{ClientFrame, ServerFrame};

/// The wish to sit: what stands in the journal if it is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sit {
    /// The seat's key.
    pub key: SeatKey,
    /// The link's word for it.
    pub invite: Option<Invite>,
    /// Its signature.
    pub sig: Signature,
}

/// What can happen to a room.
#[derive(Clone, Debug)]
pub enum Input {
    /// A connection has proved that it holds a seat's key.
    Join {
        /// The connection.
        connection: ConnectionId,
        /// The proven key, and what it brings to sit down with.
        sit: Sit,
        /// How far it knows the journal.
        position: Option<Bookmark>,
    },
    /// A connection sent a frame.
    Frame {
        /// The connection.
        connection: ConnectionId,
        /// The frame.
        frame: ClientFrame,
    },
    /// A connection ended.
    Gone {
        /// The connection.
        connection: ConnectionId,
    },
    /// What was asked for last is durable.
    Appended,
    /// What was asked for last is not in the journal, and nothing of it.
    NotAppended,
    /// The time that [`Room::next_wake`](super::Room::next_wake) named has come.
    Wake,
}

/// What is to be done about it: deliver, then append.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a room's outputs are its only effect"]
pub struct Outputs {
    /// To be delivered, in order.
    pub deliveries: Vec<Delivery>,
    /// To be made durable, all or none; if there is any, the next input must be [`Input::Appended`] or
    /// [`Input::NotAppended`].
    pub append: Vec<Entry>,
    /// Both seats are vacant after a talk: the room is over, and its journal with it. A later visitor begins anew.
    pub finished: bool,
}

/// Something for a connection.
#[expect(
    clippy::large_enum_variant,
    reason = "most are frames, and none lives long"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// One frame for each of these.
    Frame {
        /// The connections.
        to: Vec<ConnectionId>,
        /// The frame.
        frame: ServerFrame,
    },
    /// The journal's entries with `after < seq <= upto`, in pages.
    Replay {
        /// The connection.
        to: ConnectionId,
        /// The last entry known there.
        after: Seq,
        /// The last entry to send.
        upto: Seq,
    },
    /// End the connection.
    Close {
        /// The connection.
        connection: ConnectionId,
        /// Why.
        code: CloseCode,
    },
}

impl Outputs {
    pub(super) fn frame(to: impl Into<Vec<ConnectionId>>, frame: ServerFrame) -> Self {
        let mut outputs = Self::default();
        outputs.send(to, frame);
        outputs
    }

    pub(super) fn reject(
        connection: ConnectionId,
        id: Option<EntryId>,
        rejection: Rejection,
    ) -> Self {
        Self::frame([connection], ServerFrame::Rejected { id, rejection })
    }

    pub(super) fn send(&mut self, to: impl Into<Vec<ConnectionId>>, frame: ServerFrame) {
        let to = to.into();
        if !to.is_empty() {
            // A message has three. Grown by itself it would take places for four, which are just too many bytes for an
            // allocator to have at hand.
            if self.deliveries.is_empty() {
                self.deliveries.reserve_exact(3);
            }
            self.deliveries.push(Delivery::Frame { to, frame });
        }
    }

    pub(super) fn close(&mut self, connection: ConnectionId, code: CloseCode) {
        self.deliveries.push(Delivery::Close { connection, code });
    }

    pub(super) fn close_all(&mut self, connections: Vec<ConnectionId>, code: CloseCode) {
        for connection in connections {
            self.close(connection, code);
        }
    }

    pub(super) fn merge(&mut self, mut later: Outputs) {
        self.deliveries.append(&mut later.deliveries);
        self.append.append(&mut later.append);
        self.finished |= later.finished;
    }
}
