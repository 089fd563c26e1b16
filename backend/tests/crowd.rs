//! More connections than there is room for, of one address or in all: closed at once, and who is there stays.

mod support;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use duologue::{Limits, Settings};
use support::{TestServer, ask, upgrade_and_stay};
use test_client::{Client, conversation, person};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many connections in all, and so many from one address that are no sockets. None ends for asking nothing.
fn room_for(connections: u32, plain_per_address: u32) -> Settings {
    Settings {
        limits: Limits {
            connections,
            plain_per_address,
            head_within: 10 * PATIENCE,
            ..Limits::default()
        },
        ..Settings::default()
    }
}

async fn connect(hub: SocketAddr) -> TcpStream {
    TcpStream::connect(hub).await.expect("the system takes it")
}

/// The hub ends the connection without a word.
async fn turned_away(mut stream: TcpStream) {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    if let Err(error) = read.expect("the hub ends the connection") {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
    assert!(answer.is_empty());
}

/// Comes back until there is room, and answers what the hub counts.
async fn metrics_when_there_is_room(hub: SocketAddr) -> String {
    let request = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut pace = tokio::time::interval(Duration::from_millis(10));
    let answered = async {
        loop {
            pace.tick().await;
            let mut stream = connect(hub).await;
            let mut answer = String::new();
            let sent = stream.write_all(request).await;
            let read = stream.read_to_string(&mut answer).await;
            if sent.and(read).is_ok() && !answer.is_empty() {
                return answer;
            }
        }
    };
    timeout(PATIENCE, answered).await.expect("room again")
}

#[tokio::test]
async fn one_address_has_so_many_and_gets_their_room_back() {
    let hub = TestServer::start_with(room_for(100, 2)).await;
    // What became a socket counts as one, and no longer as this.
    let mut sockets = Vec::new();
    for _ in 0..4 {
        let (socket, head, _) = upgrade_and_stay(hub.address, "").await;
        assert!(head.starts_with("http/1.1 101"), "{head}");
        sockets.push(socket);
    }
    let (first, second) = (connect(hub.address).await, connect(hub.address).await);
    turned_away(connect(hub.address).await).await;
    drop((first, second));
    let counted = metrics_when_there_is_room(hub.address).await;
    assert!(counted.contains("duologue_turned_away_total"), "{counted}");
    assert!(!counted.contains("turned_away_total 0"), "{counted}");
}

#[tokio::test]
async fn a_trusted_proxy_carries_everybody() {
    let mut settings = room_for(100, 1);
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let hub = TestServer::start_with(settings).await;
    let mut waiting = Vec::new();
    for _ in 0..5 {
        waiting.push(connect(hub.address).await);
    }
    let (head, _) = ask(hub.address, "GET /healthz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[tokio::test]
async fn all_together_have_so_many_and_whoever_talks_is_not_disturbed() {
    let hub = TestServer::start_with(room_for(3, 100)).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    let last = connect(hub.address).await;
    for _ in 0..3 {
        turned_away(connect(hub.address).await).await;
    }
    one.ping().await;
    two.ping().await;
    drop(last);
    let counted = metrics_when_there_is_room(hub.address).await;
    assert!(counted.contains("duologue_connections 2"), "{counted}");
}
