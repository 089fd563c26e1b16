//! What every WebSocket of this server has in common, whatever is said over it: sizes, and how it ends.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocketUpgrade};
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use shared::CloseCode;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

/// Read buffer of a socket; most frames are smaller. The default of 128 KiB costs 130 KiB a connection and four times the
/// CPU: it is there from the beginning, kept, and cleared before each read.
const READ: usize = 1024;

/// What is written at once; what it takes grows with what is written.
const WRITE: usize = 2 * 1024;

/// How long the closing handshake may take (RFC 6455, section 7.1.1).
/// Longer than a reader that was closed as slow needs to notice.
const GOODBYE: Duration = Duration::from_secs(10);

/// What brings messages and takes them: a WebSocket of axum's, or whatever acts like one.
pub trait Carrier:
    Stream<Item = Result<Message, axum::Error>> + Sink<Message, Error = axum::Error> + Send + 'static
{
}

impl<T> Carrier for T where
    T: Stream<Item = Result<Message, axum::Error>>
        + Sink<Message, Error = axum::Error>
        + Send
        + 'static
{
}

/// An upgrade with small buffers, to a socket whose messages have `most` bytes at most.
pub fn sized(upgrade: WebSocketUpgrade, most: usize) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ)
        .write_buffer_size(WRITE)
        .max_message_size(most)
        .max_frame_size(most)
}

/// Says why and waits for the other side's goodbye, so that the code arrives before the connection goes.
pub async fn close(mut socket: impl Carrier + Unpin, code: CloseCode) {
    let close = Message::Close(Some(CloseFrame {
        code: code.0,
        reason: code.name().into(),
    }));
    // Whatever fails here, the connection ends all the same.
    let _ = timeout(GOODBYE, async {
        socket.send(close).await?;
        drain(&mut socket).await;
        Ok::<_, axum::Error>(())
    })
    .await;
}

/// The other side said goodbye: answers, and reads to the end.
pub async fn finish(mut socket: impl Carrier + Unpin) {
    let _ = timeout(GOODBYE, drain(&mut socket)).await;
}

async fn drain(socket: &mut (impl Carrier + Unpin)) {
    while let Some(Ok(_)) = socket.next().await {}
}

/// What to tell the other side about an error in what it sent; nothing where the connection itself broke.
#[must_use]
pub fn code_of(error: axum::Error) -> Option<CloseCode> {
    let error = error.into_inner();
    match error.downcast_ref::<tungstenite::Error>()? {
        tungstenite::Error::Capacity(_) => Some(CloseCode::TOO_BIG),
        tungstenite::Error::Utf8(_) => Some(CloseCode::NOT_UTF8),
        tungstenite::Error::Protocol(_) => Some(CloseCode::PROTOCOL),
        _ => None,
    }
}
