//! A hub on a port of its own, for one test.

// Each test file is a crate of its own and uses its part of this.
#![allow(dead_code, unreachable_pub)]

pub mod certificate;

use std::net::SocketAddr;
use std::sync::Arc;

use duologue::journal::{Journal, MemoryJournal};
use duologue::{Server, Settings};
use shared::SUBPROTOCOL;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running hub.
pub struct TestServer {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl TestServer {
    /// A hub with the settings of `duologue serve` and a journal of its own.
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub async fn start_with(settings: Settings) -> Self {
        Self::start_on(settings, Arc::new(MemoryJournal::default())).await
    }

    /// A hub on a journal that may outlive it.
    pub async fn start_on(settings: Settings, journal: Arc<dyn Journal>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(settings, journal);
        let serving = tokio::spawn(server.serve(listener, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            serving,
        }
    }

    /// Stops as on SIGTERM and waits until all is closed.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.expect("the server does not panic");
    }
}

/// Asks `GET /path` over plain HTTP, with further header lines: the head of the answer in lower case, and the body.
pub async fn ask(hub: SocketAddr, request: &str, headers: &str) -> (String, String) {
    let stream = TcpStream::connect(hub).await.expect("the hub listens");
    ask_over(stream, &hub.to_string(), request, headers).await
}

/// As [`ask`], over a connection that is there.
pub async fn ask_over(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    host: &str,
    request: &str,
    headers: &str,
) -> (String, String) {
    let request =
        format!("{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    let sent = stream.write_all(request.as_bytes()).await;
    sent.expect("the hub reads");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    read.expect("the hub answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_lowercase(), body.to_owned())
}

/// Asks for a WebSocket and reads the answer, up to the first frame if there is one.
pub async fn upgrade(hub: SocketAddr, headers: &str) -> (String, String) {
    let (_, head, body) = upgrade_and_stay(hub, headers).await;
    (head, body)
}

/// As [`upgrade`], with the connection, which goes on while it is held.
pub async fn upgrade_and_stay(hub: SocketAddr, headers: &str) -> (TcpStream, String, String) {
    let request = format!(
        "GET /ws HTTP/1.1\r\nHost: {hub}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
         Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(hub).await.expect("the hub listens");
    let sent = stream.write_all(request.as_bytes()).await;
    sent.expect("the hub reads");
    let mut answer = Vec::new();
    loop {
        let read = stream.read_buf(&mut answer).await.expect("the hub answers");
        assert_ne!(read, 0, "the hub answers before it ends the connection");
        let text = String::from_utf8_lossy(&answer);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let (head, body) = (head.to_lowercase(), body.to_owned());
            return (stream, head, body);
        }
    }
}
