//! A WebSocket in the hub's words: text in, text out, and every way it can end as a close code.

use std::pin::Pin;

use axum::extract::ws::{Message, Utf8Bytes};
use futures_util::{SinkExt as _, StreamExt as _};
use shared::{CloseCode, ServerFrame};

use super::{Ending, encode};
use crate::websocket::{self, Carrier, code_of};

/// Something the other side sent.
#[derive(Debug)]
pub(super) enum Received {
    /// A text frame.
    Text(Utf8Bytes),
    /// A WebSocket ping or pong: a sign of life.
    Heartbeat,
}

/// Behind a pointer, so that all else is the same code whatever carries it, and a future that hands it on has no place for
/// all of it at every step.
pub(super) struct Socket(Pin<Box<dyn Carrier>>);

impl Socket {
    pub(super) fn new(socket: Pin<Box<dyn Carrier>>) -> Self {
        Self(socket)
    }

    /// The next message. Dropping the future loses nothing.
    pub(super) async fn receive(&mut self) -> Result<Received, Ending> {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Ok(Received::Text(text)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(Received::Heartbeat),
            Some(Ok(Message::Binary(_))) => Err(Some(CloseCode::UNSUPPORTED)),
            Some(Ok(Message::Close(_))) | None => Err(None),
            Some(Err(error)) => Err(code_of(error)),
        }
    }

    /// The next text.
    pub(super) async fn receive_text(&mut self) -> Result<Utf8Bytes, Ending> {
        loop {
            if let Received::Text(text) = self.receive().await? {
                return Ok(text);
            }
        }
    }

    /// Sends one frame now.
    pub(super) async fn send(&mut self, frame: &ServerFrame) -> Result<(), Ending> {
        self.feed(encode(frame)).await?;
        self.flush().await
    }

    /// Puts a frame into the write buffer; [`Socket::flush`] sends what is there.
    pub(super) async fn feed(&mut self, text: Utf8Bytes) -> Result<(), Ending> {
        self.0.feed(Message::Text(text)).await.map_err(code_of)
    }

    pub(super) async fn flush(&mut self) -> Result<(), Ending> {
        self.0.flush().await.map_err(code_of)
    }

    pub(super) async fn ping(&mut self) -> Result<(), Ending> {
        let ping = Message::Ping(Default::default());
        self.0.send(ping).await.map_err(code_of)
    }

    /// See [`websocket::close`].
    pub(super) async fn close(self, code: CloseCode) {
        websocket::close(self.0, code).await;
    }

    /// See [`websocket::finish`].
    pub(super) async fn finish(self) {
        websocket::finish(self.0).await;
    }
}
