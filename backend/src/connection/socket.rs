//! A WebSocket in the hub's words: text in, text out, and every way it can end as a close code.

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt as _;
use shared::{CloseCode, ServerFrame};

use super::{Ending, encode};
use crate::websocket::{self, code_of};

/// Something the other side sent.
#[derive(Debug)]
pub(super) enum Received {
    /// A text frame.
    Text(Utf8Bytes),
    /// A WebSocket ping or pong: a sign of life.
    Heartbeat,
}

/// In a box: a future that hands a socket on has a place for it at every step.
pub(super) struct Socket(Box<WebSocket>);

impl Socket {
    pub(super) fn new(socket: Box<WebSocket>) -> Self {
        Self(socket)
    }

    /// The next message. Dropping the future loses nothing.
    pub(super) async fn receive(&mut self) -> Result<Received, Ending> {
        match self.0.recv().await {
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
        websocket::close(*self.0, code).await;
    }

    /// See [`websocket::finish`].
    pub(super) async fn finish(self) {
        websocket::finish(*self.0).await;
    }
}
