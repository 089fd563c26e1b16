//! The bounded queue of one connection. When it is full the reader is too slow: it is told so and closed, and the
//! room goes on; it comes back with its position and gets what it missed from the journal.
//!
//! It takes no more memory than what waits in it. A channel of tokio's has places for 32 from its beginning, and nearly
//! all connections are silent nearly always: that was a fifth of what each took.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::extract::ws::Utf8Bytes;
use shared::{CloseCode, Epoch, Seq};

/// Places that an empty queue keeps: what follows from one message.
const FEW: usize = 4;

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
#[derive(Debug)]
pub(crate) struct Outbox(Arc<Queue>);

/// The connection's end.
#[derive(Debug)]
pub(crate) struct Inbox(Arc<Queue>);

/// The connection cannot take any more, or is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreachable;

#[derive(Debug)]
struct Queue {
    most: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Outgoing>,
    /// One of the two ends is gone.
    ended: bool,
    /// Something did not fit: what is queued no longer matters.
    overflowed: bool,
    /// Whoever reads it has a seat.
    seated: bool,
    /// Whoever waits for an item, and whoever waits for the overflow: apart, so that an item wakes nobody who writes.
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// A queue for `frames` frames.
pub(crate) fn outbox(frames: usize) -> (Outbox, Inbox) {
    let queue = Arc::new(Queue {
        most: frames,
        state: Mutex::default(),
    });
    (Outbox(Arc::clone(&queue)), Inbox(queue))
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        // A push or a pop is whole or not at all.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outbox {
    /// Queues without waiting: a room never waits for a reader.
    pub(crate) fn push(&self, item: Outgoing) -> Result<(), Unreachable> {
        let mut state = self.0.state();
        if state.ended || state.overflowed {
            return Err(Unreachable);
        }
        let fits = state.items.len() < self.0.most;
        let waiting = if fits {
            state.items.push_back(item);
            state.reader.take()
        } else {
            state.overflowed = true;
            state.writer.take()
        };
        // Not under the lock, which the first thing that is woken would wait for.
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        if fits { Ok(()) } else { Err(Unreachable) }
    }

    /// Whoever reads it was given a seat.
    pub(crate) fn seat(&self) {
        self.0.state().seated = true;
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.ended = true;
        let waiting = state.reader.take();
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
    }
}

impl Inbox {
    /// The next item; nothing when the room has let go. Dropping the future loses nothing.
    pub(crate) async fn receive(&self) -> Option<Outgoing> {
        poll_fn(|cx| {
            let mut state = self.0.state();
            match state.pop() {
                None if !state.ended => wait(&mut state.reader, cx),
                item => Poll::Ready(item),
            }
        })
        .await
    }

    /// The next item if there is one by now.
    pub(crate) fn ready(&self) -> Option<Outgoing> {
        self.0.state().pop()
    }

    /// Whether the room has given a seat to whoever reads this.
    pub(crate) fn is_seated(&self) -> bool {
        self.0.state().seated
    }

    /// Whether something did not fit.
    pub(crate) fn has_overflowed(&self) -> bool {
        self.0.state().overflowed
    }

    /// Ends when something does not fit.
    pub(crate) async fn overflow(&self) {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.overflowed {
                return Poll::Ready(());
            }
            wait(&mut state.writer, cx)
        })
        .await;
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut state = self.0.state();
        let unread = std::mem::take(&mut *state);
        state.ended = true;
        state.overflowed = unread.overflowed;
        drop(state);
        drop(unread);
    }
}

impl State {
    fn pop(&mut self) -> Option<Outgoing> {
        let item = self.items.pop_front();
        if self.items.is_empty() && self.items.capacity() > FEW {
            self.items.shrink_to(FEW);
        }
        item
    }
}

/// Leaves word whom to wake.
fn wait<T>(waiting: &mut Option<Waker>, cx: &Context<'_>) -> Poll<T> {
    match waiting {
        Some(waiting) => waiting.clone_from(cx.waker()),
        None => *waiting = Some(cx.waker().clone()),
    }
    Poll::Pending
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    fn close(code: u16) -> Outgoing {
        Outgoing::Close(CloseCode(code))
    }

    #[tokio::test]
    async fn items_come_in_order_and_then_the_end() {
        let (outbox, inbox) = outbox(2);
        let mut first = pin!(inbox.receive());
        assert!(poll!(first.as_mut()).is_pending());
        assert_eq!(outbox.push(close(1)), Ok(()));
        assert_eq!(outbox.push(close(2)), Ok(()));
        assert!(matches!(first.await, Some(Outgoing::Close(CloseCode(1)))));
        drop(outbox);
        let second = inbox.receive().await;
        assert!(matches!(second, Some(Outgoing::Close(CloseCode(2)))));
        assert!(inbox.receive().await.is_none());
        assert!(!inbox.has_overflowed());
    }

    #[tokio::test]
    async fn what_does_not_fit_is_told_to_both() {
        let (outbox, inbox) = outbox(1);
        assert_eq!(outbox.push(close(1)), Ok(()));
        let mut overflow = pin!(inbox.overflow());
        assert!(poll!(overflow.as_mut()).is_pending());
        assert_eq!(outbox.push(close(2)), Err(Unreachable));
        overflow.await;
        assert!(inbox.has_overflowed());
    }

    #[tokio::test]
    async fn the_end_wakes_who_waits_and_the_other_end_is_refused() {
        let (outbox, inbox) = self::outbox(1);
        let waiting = tokio::spawn(async move { (inbox.receive().await.is_none(), inbox) });
        tokio::task::yield_now().await;
        drop(outbox);
        assert!(waiting.await.is_ok_and(|(ended, _)| ended));
        let (outbox, inbox) = self::outbox(1);
        drop(inbox);
        assert_eq!(outbox.push(close(1)), Err(Unreachable));
    }

    #[test]
    fn an_empty_queue_gives_back_what_it_took() {
        let (outbox, inbox) = outbox(64);
        for _ in 0..64 {
            assert_eq!(outbox.push(close(1)), Ok(()));
        }
        while inbox.ready().is_some() {}
        assert!(inbox.0.state().items.capacity() <= FEW);
    }
}
