//! `duologue health` asks as a container's health check would: every way to be unwell has a line of its own.

mod support;

use duologue::health::{self, Unwell};
use duologue::{Settings, Tls};
use support::TestServer;
use support::certificate::{Certificate, folder};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_ready_server_is_well_by_whatever_name_it_listens() {
    let hub = TestServer::start().await;
    let port = hub.address.port();
    for listen in ["127.0.0.1", "0.0.0.0", "localhost"] {
        let asked = health::ask(&format!("{listen}:{port}"), false).await;
        assert!(asked.is_ok(), "{listen}: {asked:?}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_tls_is_asked_over_tls() {
    let certificate = Certificate::write(&folder("health"));
    let tls = Tls::read(&certificate.certificate, &certificate.key).expect("a certificate");
    let hub = TestServer::start_with(Settings {
        tls: Some(tls),
        ..Settings::default()
    })
    .await;
    let listen = hub.address.to_string();
    assert!(health::ask(&listen, true).await.is_ok());
    assert!(health::ask(&listen, false).await.is_err());
}

#[tokio::test]
async fn nobody_there_is_unwell() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let listen = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let asked = health::ask(&listen, false).await;
    assert!(
        matches!(asked, Err(Unwell::Unreachable { .. })),
        "{asked:?}"
    );
}

/// Takes one connection, reads, and answers with these bytes; without any it keeps it open.
async fn stranger(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let listen = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut asked = [0; 1024];
        let length = stream.read(&mut asked).await.expect("a request");
        assert!(asked[..length].starts_with(b"GET /readyz "));
        if answer.is_empty() {
            std::future::pending::<()>().await;
        }
        stream.write_all(answer).await.expect("an answer");
    });
    listen
}

#[tokio::test]
async fn something_else_there_is_unwell() {
    let asked = health::ask(&stranger(b"220 mail.example.org\r\n").await, false).await;
    assert!(
        matches!(asked, Err(Unwell::Unintelligible { .. })),
        "{asked:?}"
    );
    let busy = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 5\r\n\r\nbusy\n";
    let asked = health::ask(&stranger(busy).await, false).await;
    let words = asked.expect_err("not ready").to_string();
    assert!(words.ends_with("is not ready: busy"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn silence_is_unwell() {
    // Paused time jumps to the end of the wait when there is nothing else to do.
    let asked = health::ask(&stranger(b"").await, false).await;
    assert!(matches!(asked, Err(Unwell::Silent { .. })), "{asked:?}");
}
