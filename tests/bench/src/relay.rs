//! The yardstick: a relay that checks nothing and keeps nothing, on the WebSocket library that the server uses too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::small_buffers;

/// As long as what the server tells the author of a message.
const ACK: &str = r#"{"type":"stored","id":"AAAAAAAAAAAAAAAAAAAAAA","seq":1,"at":1700000000000}"#;

type Socket = WebSocketStream<TcpStream>;

/// Who waits for a partner, by path.
type Waiting = Arc<Mutex<HashMap<String, Socket>>>;

/// Pairs the connections that ask for the same path, and forwards what either says. With `acks`, says so to who said it.
///
/// # Errors
/// When accepting fails.
pub async fn serve(listener: TcpListener, acks: bool) -> Result<()> {
    let waiting = Waiting::default();
    loop {
        let (stream, _) = listener.accept().await.context("the relay cannot accept")?;
        let waiting = Arc::clone(&waiting);
        tokio::spawn(async move {
            // A pair that breaks is seen at its other end, by the load.
            let _ = join(stream, &waiting, acks).await;
        });
    }
}

async fn join(stream: TcpStream, waiting: &Waiting, acks: bool) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut path = String::new();
    // The signature is the library's.
    #[allow(clippy::result_large_err)]
    let note_path = |request: &Request, response: Response| -> Result<_, ErrorResponse> {
        path.push_str(request.uri().path());
        Ok(response)
    };
    let socket = accept_hdr_async_with_config(stream, note_path, Some(small_buffers())).await?;
    match partner(waiting, path, socket) {
        Some((one, other)) => forward(one, other, acks).await,
        None => Ok(()),
    }
}

/// Both sockets of a pair; the first to come is left to wait.
fn partner(waiting: &Waiting, path: String, socket: Socket) -> Option<(Socket, Socket)> {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    match waiting.remove(&path) {
        Some(first) => Some((first, socket)),
        None => {
            waiting.insert(path, socket);
            None
        }
    }
}

/// One task for both directions: nothing is handed from task to task.
async fn forward(mut one: Socket, mut other: Socket, acks: bool) -> Result<(), Error> {
    loop {
        let (said, by, to) = tokio::select! {
            said = one.next() => (said, &mut one, &mut other),
            said = other.next() => (said, &mut other, &mut one),
        };
        let Some(message) = said.transpose()? else {
            return Ok(());
        };
        if message.is_text() {
            to.send(message).await?;
            if acks {
                by.send(Message::text(ACK)).await?;
            }
        }
    }
}
