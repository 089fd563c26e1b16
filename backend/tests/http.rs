//! What the hub answers over plain HTTP.

mod support;

use shared::RoomId;
use support::{TestServer, ask};
use test_client::{Client, person};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

#[tokio::test]
async fn health_and_readiness_are_told() {
    let hub = TestServer::start().await;
    let (head, body) = ask(hub.address, "GET /healthz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, "alive\n");
    let (head, body) = ask(hub.address, "GET /readyz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, "ready\n");
}

#[tokio::test]
async fn metrics_count_what_happens() {
    let hub = TestServer::start().await;
    let (_one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (_, text) = ask(hub.address, "GET /metrics", "").await;
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
        let (head, body) = ask(hub.address, &format!("GET {path}"), "").await;
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
async fn what_keeps_the_page_is_asked_for_anew_each_time() {
    let hub = TestServer::start().await;
    for (path, kind) in [
        ("/sw.js", "text/javascript"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let (head, body) = ask(hub.address, &format!("GET {path}"), "").await;
        assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
        assert!(
            head.contains(&format!("content-type: {kind}")),
            "{path}: {head}"
        );
        assert!(head.contains("cache-control: no-cache"), "{path}: {head}");
        assert!(head.contains("content-security-policy: "), "{path}: {head}");
        assert!(!body.is_empty(), "{path}");
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
    ask(hub.address, "GET /healthz", "").await;
    hub.stop().await;
}
