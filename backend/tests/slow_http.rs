//! Connections that ask nothing, or never finish asking: they end, and cost nobody else anything.

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use duologue::{Limits, Settings};
use support::{TestServer, ask, upgrade_and_stay};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

async fn impatient() -> TestServer {
    TestServer::start_with(Settings {
        limits: Limits {
            head_within: Duration::from_millis(100),
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await
}

/// What comes until the hub ends the connection.
async fn to_the_end(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    match read.expect("the hub ends the connection") {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
    String::from_utf8(answer).expect("words")
}

#[tokio::test]
async fn half_a_request_is_not_waited_for() {
    let hub = impatient().await;
    for half in ["", "GET", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "] {
        let mut stream = TcpStream::connect(hub.address).await.unwrap();
        stream.write_all(half.as_bytes()).await.unwrap();
        let answer = to_the_end(&mut stream).await;
        assert!(!answer.contains("200 OK"), "{half}: {answer}");
    }
    let (head, _) = ask(hub.address, "GET /healthz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[tokio::test]
async fn a_trickle_does_not_win_time() {
    let hub = impatient().await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let trickle = async {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        while writing.write_all(b"X-Slow: 1\r\n").await.is_ok() {
            pace.tick().await;
        }
    };
    let mut answer = Vec::new();
    let ended = async {
        tokio::select! {
            _ = reading.read_to_end(&mut answer) => {}
            () = trickle => {}
        }
    };
    timeout(PATIENCE, ended).await.expect("the hub ends it");
}

#[tokio::test]
async fn an_idle_connection_ends_after_its_last_answer_and_a_socket_does_not() {
    let hub = impatient().await;
    let (mut socket, head, _) = upgrade_and_stay(hub.address, "").await;
    assert!(head.starts_with("http/1.1 101"), "{head}");
    let mut idle = TcpStream::connect(hub.address).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", hub.address);
    idle.write_all(request.as_bytes()).await.unwrap();
    let answer = to_the_end(&mut idle).await;
    assert!(answer.ends_with("alive\n"), "{answer}");
    // The socket, opened before, is still there: a ping (masked, empty) is answered.
    socket.write_all(&[0x89, 0x80, 0, 0, 0, 0]).await.unwrap();
    let mut heard = Vec::new();
    while !heard.ends_with(&[0x8a, 0]) {
        let read = timeout(PATIENCE, socket.read_buf(&mut heard)).await;
        assert_ne!(read.expect("an answer").unwrap(), 0);
    }
}

#[tokio::test]
async fn a_head_beyond_all_measure_is_refused() {
    let hub = TestServer::start().await;
    let long = format!("X-Long: {}\r\n", "x".repeat(17 * 1024));
    let many: String = (0..65).map(|n| format!("X-{n}: 1\r\n")).collect();
    let (head, _) = ask(hub.address, "GET /healthz", &many).await;
    assert!(head.starts_with("http/1.1 431"), "{head}");
    // What the hub leaves unread may take its answer along.
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{long}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let answer = to_the_end(&mut stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
}

#[tokio::test]
async fn half_a_request_does_not_hold_up_the_end() {
    let hub = impatient().await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    timeout(PATIENCE, hub.stop()).await.expect("it stops");
}
