//! What the hub answers over plain HTTP.

mod support;

use std::net::SocketAddr;

use shared::RoomId;
use support::TestServer;
use test_client::{Client, person};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Status line and headers in lower case, and the body.
async fn get(hub: SocketAddr, path: &str) -> (String, String) {
    let mut stream = TcpStream::connect(hub).await.expect("the hub listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {hub}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .expect("the hub reads");
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .await
        .expect("the hub answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn health_and_readiness_are_told() {
    let hub = TestServer::start().await;
    let (head, body) = get(hub.address, "/healthz").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, "alive\n");
    let (head, body) = get(hub.address, "/readyz").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, "ready\n");
}

#[tokio::test]
async fn metrics_count_what_happens() {
    let hub = TestServer::start().await;
    let (_one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (_, text) = get(hub.address, "/metrics").await;
    for line in [
        "duologue_connections 1",
        "duologue_rooms 1",
        "duologue_entries_total 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(!text.contains(&person(1).key().to_string()));
}

#[tokio::test]
async fn the_page_is_never_cached_and_answers_at_every_address() {
    let hub = TestServer::start().await;
    for (path, status) in [
        ("/", 200),
        ("/c/AAAAAAAAAAAAAAAAAAAAAA", 200),
        ("/nowhere", 404),
    ] {
        let (head, body) = get(hub.address, path).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{path}: {head}"
        );
        assert!(head.contains("cache-control: no-cache"), "{path}: {head}");
        assert!(head.contains("content-type: text/html"), "{path}: {head}");
        assert!(body.contains("<title>"), "{path}: {body}");
    }
}

#[tokio::test]
async fn half_a_request_does_not_keep_the_server_from_ending() {
    let hub = TestServer::start().await;
    let mut stream = TcpStream::connect(hub.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: half\r\n")
        .await
        .unwrap();
    // The hub has seen the other, later connection, so it has this one.
    get(hub.address, "/healthz").await;
    hub.stop().await;
}
