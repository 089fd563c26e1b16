//! An echo server with the hub's WebSockets, for `cargo xtask autobahn`: the test suite wants back what it sends, and
//! the hub says nothing of the kind. It prints its address and serves until it is ended.

use std::io::Write as _;
use std::net::Ipv4Addr;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::get;
use duologue::websocket;
use tokio::net::TcpListener;

/// As much as the suite sends at once.
const MOST: usize = 16 * 1024 * 1024;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    axum::serve(listener, Router::new().route("/", get(upgrade))).await?;
    Ok(())
}

async fn upgrade(upgrade: WebSocketUpgrade) -> Response {
    websocket::sized(upgrade, MOST).on_upgrade(echo)
}

/// The hub's habits: pings are answered by the library, errors by a close code, and a goodbye is read to the end.
async fn echo(mut socket: WebSocket) {
    let code = loop {
        match socket.recv().await {
            Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                if let Err(error) = socket.send(message).await {
                    break websocket::code_of(error);
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => break None,
            Some(Err(error)) => break websocket::code_of(error),
        }
    };
    match code {
        Some(code) => websocket::close(socket, code).await,
        None => websocket::finish(socket).await,
    }
}
