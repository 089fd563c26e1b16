//! A hub on a port of its own, for one test.

// Each test file is a crate of its own and uses its part of this.
#![allow(dead_code, unreachable_pub)]

pub mod certificate;
pub mod slow;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use duologue::journal::{Journal, MemoryJournal};
use duologue::outside::Outside;
use duologue::{Server, Settings};
use shared::{
    Entry, Epoch, Event, Floor, Record, RoomId, SUBPROTOCOL, Scope, Sealed, SeatSecret, Seq,
    Timestamp,
};
use test_client::{entry_id, link};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

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
        Self::start_within(settings, journal, Outside::default()).await
    }

    /// A hub with a time of its own.
    pub async fn start_within(
        settings: Settings,
        journal: Arc<dyn Journal>,
        outside: Outside,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (stop, stopped) = oneshot::channel();
        let server = Server::within(settings, journal, outside);
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

/// Waits until the hub's metrics have this line: what no connection is told of can be seen there.
pub async fn until_counted(hub: SocketAddr, line: &str) {
    let mut last = String::new();
    let counted = async {
        let mut pace = interval(Duration::from_millis(10));
        while !last.lines().any(|found| found == line) {
            pace.tick().await;
            (_, last) = ask(hub, "GET /metrics", "").await;
        }
    };
    if timeout(PATIENCE, counted).await.is_err() {
        panic!("{line} never came: {last}");
    }
}

/// A journal in which two have sat down in `room` and talked in turns, in messages of `bytes` each, up to entry
/// `length`. Entry `n` is message `n`, and from the third on every second one is seat 1's.
pub async fn long_talk(
    room: RoomId,
    secrets: [SeatSecret; 2],
    length: u64,
    bytes: usize,
) -> Arc<MemoryJournal> {
    let journal = Arc::new(MemoryJournal::default());
    talk_from(&*journal, room, secrets, length, bytes, 0).await;
    journal
}

/// As [`long_talk`], in any journal, with entry `n` accepted `n` milliseconds after `from`.
pub async fn talk_from(
    journal: &dyn Journal,
    room: RoomId,
    secrets: [SeatSecret; 2],
    length: u64,
    bytes: usize,
    from: u64,
) {
    let sealed = Sealed::new(vec![b'x'; bytes]);
    let epoch = Epoch(7);
    let mut record = Record::new(Scope { room, epoch });
    let start = record.position();
    let entries = (1..=length).map(|number| {
        let Floor { holder, turn, .. } = *record.floor();
        let seat = record.first_vacant().unwrap_or(holder);
        let secret = &secrets[seat.index()];
        let key = secret.key();
        let event = match record.key(seat) {
            None => Event::Sit {
                key,
                invite: link(room).map(|link| link.vouch(&room, &key)),
            },
            Some(_) => Event::Say {
                id: entry_id(number),
                turn,
                end_turn: true,
                seen: None,
                sealed: sealed.clone(),
            },
        };
        let prev = record.bookmark().hash;
        let entry = Entry {
            seq: Seq(number),
            at: Timestamp(from + number),
            seat,
            prev,
            sig: Some(secret.sign_event(record.scope(), &prev, seat, &event)),
            event,
        };
        record.apply(&entry);
        entry
    });
    let written = journal.append(room, start, entries.collect()).await;
    written.expect("the journal answers");
}
