//! Connections that ask nothing, never finish asking, or never read the answer: they end, and cost nobody else anything.

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use duologue::{Limits, Rate, Settings};
use support::{TestServer, ask, upgrade_and_stay};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

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

/// A hub whose answers may stand still for so long, and that takes requests as fast as they come.
async fn pressing(write_within: Duration) -> TestServer {
    let free = Rate {
        per_second: u32::MAX,
        at_once: u32::MAX,
    };
    TestServer::start_with(Settings {
        limits: Limits {
            write_within,
            head_within: 10 * PATIENCE,
            bytes: free,
            address_bytes: free,
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await
}

const ASKED: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn whoever_asks_and_never_reads_is_not_answered_for_ever() {
    let hub = pressing(Duration::from_millis(100)).await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    // Until all buffers on the way are full, and then until the hub gives up.
    let asking = async { while stream.write_all(ASKED).await.is_ok() {} };
    let ended = timeout(PATIENCE, asking).await;
    ended.expect("the hub ends the connection");
    let (head, _) = ask(hub.address, "GET /healthz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
}

#[tokio::test]
async fn whoever_reads_slowly_gets_all_of_it() {
    let within = Duration::from_secs(1);
    let hub = pressing(within).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 * 1024).unwrap();
    let mut stream = socket.connect(hub.address).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    // More than fits into the buffers on the way.
    let times = 6_000;
    let asking = async {
        for _ in 1..times {
            writing.write_all(ASKED).await.unwrap();
        }
        let last = b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        writing.write_all(last).await.unwrap();
    };
    let mut answers = Vec::new();
    let slowly = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        let mut some = vec![0; 64 * 1024];
        loop {
            pace.tick().await;
            match reading.read(&mut some).await.unwrap() {
                0 => break,
                read => answers.extend_from_slice(&some[..read]),
            }
        }
    };
    let start = Instant::now();
    let both = async { tokio::join!(asking, slowly) };
    timeout(PATIENCE, both).await.expect("it ends");
    assert!(start.elapsed() > within, "{:?}", start.elapsed());
    let answers = String::from_utf8(answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), times);
}

#[tokio::test]
async fn half_a_request_does_not_hold_up_the_end() {
    let hub = impatient().await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    timeout(PATIENCE, hub.stop()).await.expect("it stops");
}
