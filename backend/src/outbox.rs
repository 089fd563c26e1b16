//! The bounded queue of one connection. When it is full the reader is too slow: it is told so and closed, and the
//! room goes on; it comes back with its position and gets what it missed from the journal.

use axum::extract::ws::Utf8Bytes;
use shared::{CloseCode, Epoch, Seq};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::CancellationToken;

/// Something on its way out.
#[derive(Debug)]
pub(crate) enum Outgoing {
    /// A frame, already encoded, shared by all who get it.
    Frame(Utf8Bytes),
    /// Journal entries with `after < seq <= upto`, to be read at the pace of the connection.
    Replay { epoch: Epoch, after: Seq, upto: Seq },
    /// The end.
    Close(CloseCode),
}

/// The room's end.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    queue: mpsc::Sender<Outgoing>,
    overflow: CancellationToken,
}

/// The connection's end.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(crate) queue: mpsc::Receiver<Outgoing>,
    /// Cancelled when something did not fit: what is queued no longer matters.
    pub(crate) overflow: CancellationToken,
}

/// The connection cannot take any more, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreachable;

/// A queue for `frames` frames.
pub(crate) fn outbox(frames: usize) -> (Outbox, Inbox) {
    let (sender, receiver) = mpsc::channel(frames);
    let overflow = CancellationToken::new();
    let outbox = Outbox {
        queue: sender,
        overflow: overflow.clone(),
    };
    let inbox = Inbox {
        queue: receiver,
        overflow,
    };
    (outbox, inbox)
}

impl Outbox {
    /// Queues without waiting: a room never waits for a reader.
    pub(crate) fn push(&self, item: Outgoing) -> Result<(), Unreachable> {
        self.queue.try_send(item).map_err(|error| {
            if let TrySendError::Full(_) = error {
                self.overflow.cancel();
            }
            Unreachable
        })
    }
}
