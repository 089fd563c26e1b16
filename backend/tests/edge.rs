//! What the hub does before anybody has said a word: headers, and whose page may open a socket.

mod support;

use duologue::Settings;
use support::{TestServer, ask, upgrade};

fn at(public_url: &str) -> Settings {
    Settings {
        public_url: Some(public_url.to_owned()),
        ..Settings::default()
    }
}

#[tokio::test]
async fn every_answer_says_what_the_page_may_do() {
    let hub = TestServer::start().await;
    for path in [
        "/",
        "/c/AAAAAAAAAAAAAAAAAAAAAA",
        "/nowhere",
        "/healthz",
        "/ws",
    ] {
        let (head, _) = ask(hub.address, &format!("GET {path}"), "").await;
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cross-origin-opener-policy: same-origin",
            "permissions-policy: ",
        ] {
            assert!(head.contains(header), "{header} at {path}: {head}");
        }
        assert!(!head.contains("unsafe-inline"), "{head}");
        assert!(!head.contains("strict-transport-security"), "{head}");
    }
}

#[tokio::test]
async fn where_people_come_by_https_they_are_told_to_stay() {
    let hub = TestServer::start_with(at("https://talk.example.org")).await;
    let (head, _) = ask(hub.address, "GET /", "").await;
    assert!(
        head.contains("strict-transport-security: max-age="),
        "{head}"
    );
    assert!(
        head.contains("connect-src 'self' wss://talk.example.org;"),
        "{head}"
    );
}

#[tokio::test]
async fn another_sites_page_opens_no_socket() {
    let hub = TestServer::start_with(at("https://talk.example.org")).await;
    let own = format!("http://{}", hub.address);
    for (origin, status) in [
        ("https://evil.example", "403"),
        ("null", "403"),
        ("http://talk.example.org", "403"),
        ("https://talk.example.org", "101"),
        (own.as_str(), "101"),
    ] {
        let origin = format!("Origin: {origin}\r\n");
        let (head, body) = upgrade(hub.address, &origin).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{origin}: {head}"
        );
        if status == "403" {
            assert_eq!(body.lines().count(), 1, "{body}");
            assert!(body.contains("--public-url"), "{body}");
        }
    }
    // What is no browser has no page to name.
    let (head, _) = upgrade(hub.address, "").await;
    assert!(head.starts_with("http/1.1 101"), "{head}");
}

/// The fault room's second page comes by the machine's other name, which nobody else may open a socket from.
#[tokio::test]
async fn only_where_there_is_a_fault_room_its_second_page_may_open_a_socket() {
    for (demo, origin, status) in [
        (true, "http://localhost:8081", 101),
        (false, "http://localhost:8081", 403),
        (true, "http://localhost:9999", 403),
        (true, "https://evil.example", 403),
        (true, "http://127.0.0.1:8081", 101),
    ] {
        let hub = TestServer::start_with(Settings {
            demo,
            ..at("http://127.0.0.1:8081")
        });
        let (head, _) = upgrade(hub.await.address, &format!("Origin: {origin}\r\n")).await;
        let expected = format!("http/1.1 {status}");
        assert!(head.starts_with(&expected), "demo {demo}, {origin}: {head}");
    }
}
