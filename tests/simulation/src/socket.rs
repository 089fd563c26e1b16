//! The hub's end of a connection, as axum's WebSocket would act: messages in, messages out, and a window beyond which
//! the writer waits.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::Error;
use axum::extract::ws::Message;
use futures_util::{Sink, Stream};
use shared::{CloseCode, RoomId, ServerFrame};

use crate::journal::{Shared, lock};
use crate::life::Life;

/// What leaves the hub.
#[derive(Clone, Debug)]
pub(crate) enum Post {
    Frame(String),
    Ping,
    Close(CloseCode),
    /// The connection is closed.
    End,
}

/// What the two ends share.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) id: u64,
    room: RoomId,
    /// Messages that may be in the air before the writer waits.
    window: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    arrived: VecDeque<Message>,
    ended: bool,
    in_air: usize,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Wire {
    pub(crate) fn new(id: u64, room: RoomId, window: usize) -> Arc<Self> {
        Arc::new(Self {
            id,
            room,
            window,
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something arrives at the hub.
    pub(crate) fn arrive(&self, message: Message) {
        let mut state = self.state();
        if !state.ended {
            state.arrived.push_back(message);
        }
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    /// The hub learns that there is nobody at the other end.
    pub(crate) fn end(&self) {
        let mut state = self.state();
        state.ended = true;
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
    }

    /// The other end has read something.
    pub(crate) fn read(&self) {
        let mut state = self.state();
        state.in_air = state.in_air.saturating_sub(1);
        if let Some(writer) = state.writer.take() {
            writer.wake();
        }
    }
}

/// The hub's end.
pub(crate) struct HubEnd {
    wire: Arc<Wire>,
    life: Arc<Life>,
    device: Shared,
}

impl HubEnd {
    pub(crate) fn new(wire: &Arc<Wire>, life: &Arc<Life>, device: &Shared) -> Self {
        Self {
            wire: Arc::clone(wire),
            life: Arc::clone(life),
            device: Arc::clone(device),
        }
    }
}

impl Drop for HubEnd {
    fn drop(&mut self) {
        self.life.send(self.wire.id, Post::End);
    }
}

impl Stream for HubEnd {
    type Item = Result<Message, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.wire.state();
        if let Some(message) = state.arrived.pop_front() {
            return Poll::Ready(Some(Ok(message)));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        state.reader = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Sink<Message> for HubEnd {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let mut state = self.wire.state();
        if state.ended {
            return Poll::Ready(Err(Error::new("the connection is gone")));
        }
        if state.in_air > self.wire.window {
            state.writer = Some(context.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        let post = match message {
            Message::Text(text) => {
                let mut device = lock(&self.device);
                match serde_json::from_str::<ServerFrame>(&text) {
                    _ if self.life.is_dead() => {}
                    Ok(frame) => device.disk.hear(self.wire.room, &frame),
                    Err(error) => device.disk.breaks(format!("the hub said {text}: {error}")),
                }
                Post::Frame(text.to_string())
            }
            Message::Ping(_) => Post::Ping,
            Message::Close(close) => {
                let code = close.map_or(CloseCode(1005), |close| CloseCode(close.code));
                Post::Close(code)
            }
            Message::Binary(_) | Message::Pong(_) => return Ok(()),
        };
        self.wire.state().in_air += 1;
        self.life.send(self.wire.id, post);
        Ok(())
    }

    /// As a WebSocket's: what is written waits for the window, and one message more fits into its own buffer.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_ready(context)
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }
}
