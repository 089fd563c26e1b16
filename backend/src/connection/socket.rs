//! A WebSocket in the hub's words: text in, text out, and every way it can end as a close code.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt as _;
use shared::{CloseCode, ServerFrame};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use super::{Ending, encode};

/// How long the closing handshake may take (RFC 6455, section 7.1.1).
/// Longer than a reader that was closed as slow needs to notice.
const GOODBYE: Duration = Duration::from_secs(10);

/// Something the other side sent.
#[derive(Debug)]
pub(super) enum Received {
    /// A text frame.
    Text(Utf8Bytes),
    /// A WebSocket ping or pong: a sign of life.
    Heartbeat,
}

pub(super) struct Socket(WebSocket);

impl Socket {
    pub(super) fn new(socket: WebSocket) -> Self {
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

    /// Says why and waits for the other side's goodbye, so that the code arrives before the connection goes.
    pub(super) async fn close(mut self, code: CloseCode) {
        let close = Message::Close(Some(CloseFrame {
            code: code.0,
            reason: code.name().into(),
        }));
        // Whatever fails here, the connection ends all the same.
        let _ = timeout(GOODBYE, async {
            self.0.send(close).await?;
            self.drain().await;
            Ok::<_, axum::Error>(())
        })
        .await;
    }

    /// The other side said goodbye: answers, and reads to the end.
    pub(super) async fn finish(mut self) {
        let _ = timeout(GOODBYE, self.drain()).await;
    }

    async fn drain(&mut self) {
        while let Some(Ok(_)) = self.0.recv().await {}
    }
}

/// What to tell the other side about an error in what it sent; nothing where the connection itself broke.
fn code_of(error: axum::Error) -> Ending {
    let error = error.into_inner();
    match error.downcast_ref::<tungstenite::Error>()? {
        tungstenite::Error::Capacity(_) => Some(CloseCode::TOO_BIG),
        tungstenite::Error::Utf8(_) => Some(CloseCode::NOT_UTF8),
        tungstenite::Error::Protocol(_) => Some(CloseCode::PROTOCOL),
        _ => None,
    }
}
