//! The server speaking TLS itself: the page and the socket by https, and no harm from what is no TLS.

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use duologue::{Limits, Settings, Tls};
use futures_util::{SinkExt as _, Stream, StreamExt as _};
use shared::{Person, RoomId, SUBPROTOCOL, ServerFrame};
use support::certificate::{Certificate, NAME, folder};
use support::{TestServer, ask_over};
use test_client::person;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

fn with(certificate: &Certificate) -> Settings {
    let tls = Tls::read(&certificate.certificate, &certificate.key);
    Settings {
        tls: Some(tls.expect("a certificate")),
        limits: Limits {
            head_within: Duration::from_secs(1),
            ..Limits::default()
        },
        ..Settings::default()
    }
}

/// Opens a WebSocket for a page that came from `origin`.
async fn open<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    origin: &str,
) -> Result<WebSocketStream<S>, Error> {
    let mut request = format!("wss://{NAME}/ws").into_client_request()?;
    for (name, value) in [("sec-websocket-protocol", SUBPROTOCOL), ("origin", origin)] {
        let value = HeaderValue::from_str(value).expect("a header");
        request.headers_mut().insert(name, value);
    }
    Ok(client_async(request, stream).await?.0)
}

async fn frame(socket: &mut (impl Stream<Item = Result<Message, Error>> + Unpin)) -> ServerFrame {
    match timeout(PATIENCE, socket.next()).await {
        Ok(Some(Ok(Message::Text(text)))) => serde_json::from_str(&text).expect("a frame"),
        other => panic!("expected a frame, got {other:?}"),
    }
}

#[tokio::test]
async fn the_page_comes_by_https_and_browsers_are_told_to_stay() {
    let certificate = Certificate::write(&folder("tls-page"));
    let hub = TestServer::start_with(with(&certificate)).await;
    let stream = certificate.offering(hub.address, &["h2", "http/1.1"]).await;
    let stream = stream.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    let (head, body) = ask_over(stream, NAME, "GET /", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(
        head.contains("strict-transport-security: max-age="),
        "{head}"
    );
    assert!(head.contains("connect-src 'self'"), "{head}");
    assert!(!body.is_empty());
}

#[tokio::test]
async fn a_seat_is_taken_over_wss_from_a_page_that_came_by_https() {
    let certificate = Certificate::write(&folder("tls-socket"));
    let hub = TestServer::start_with(with(&certificate)).await;
    let stream = certificate.connect(hub.address).await;
    let socket = open(stream.expect("a handshake"), "https://localhost").await;
    let mut socket = socket.expect("an upgrade");
    let ServerFrame::Challenge { nonce } = frame(&mut socket).await else {
        panic!("the challenge comes first");
    };
    let hello = Person::new(RoomId::Table, person(1), Vec::new()).hello(&nonce);
    let hello = serde_json::to_string(&hello).expect("JSON");
    socket.send(Message::text(hello)).await.expect("it reads");
    let welcome = frame(&mut socket).await;
    assert!(matches!(welcome, ServerFrame::Welcome { .. }));

    // A page that came by http may have been written by anybody on the way.
    for origin in ["http://localhost", "https://evil.example"] {
        let stream = certificate.connect(hub.address).await;
        match open(stream.expect("a handshake"), origin).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 403, "{origin}"),
            other => panic!("{origin}: {other:?}"),
        }
    }
    let told = async {
        while !matches!(frame(&mut socket).await, ServerFrame::Draining {}) {}
        // Reading on answers the hub's goodbye.
        while let Some(Ok(_)) = socket.next().await {}
    };
    tokio::join!(hub.stop(), told);
}

#[tokio::test]
async fn what_is_no_tls_is_closed_and_harms_nobody() {
    let certificate = Certificate::write(&folder("tls-plain"));
    let hub = TestServer::start_with(with(&certificate)).await;
    // Plain HTTP; and nothing at all, which gets no more time than a request's head.
    for said in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""] {
        let mut plain = TcpStream::connect(hub.address).await.unwrap();
        plain.write_all(said.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, plain.read_to_end(&mut answer)).await;
        if let Err(error) = read.expect("the hub ends the connection") {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("HTTP"), "{answer}");
    }
    let stream = certificate.connect(hub.address).await;
    let (head, body) = ask_over(stream.expect("a handshake"), NAME, "GET /healthz", "").await;
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert_eq!(body, "alive\n");
}

#[tokio::test]
async fn half_a_handshake_does_not_hold_up_the_end() {
    let certificate = Certificate::write(&folder("tls-end"));
    let mut settings = with(&certificate);
    settings.limits.head_within = 10 * PATIENCE;
    let hub = TestServer::start_with(settings).await;
    let mut half = TcpStream::connect(hub.address).await.unwrap();
    half.write_all(&[22, 3, 1]).await.unwrap();
    timeout(PATIENCE, hub.stop()).await.expect("it stops");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_whoever_comes_next() {
    let folder = folder("tls-renewal");
    let first = Certificate::write(&folder);
    let settings = with(&first);
    let tls = settings.tls.clone().expect("a certificate");
    let hub = TestServer::start_with(settings).await;
    let stream = first.connect(hub.address).await;
    let mut early = open(stream.expect("a handshake"), "https://localhost")
        .await
        .expect("an upgrade");

    let second = Certificate::write(&folder);
    first.connect(hub.address).await.expect("not yet read");
    tls.renew().expect("both files are good");
    second.connect(hub.address).await.expect("the new one");
    let error = first.connect(hub.address).await.expect_err("no longer");
    assert!(error.to_string().contains("certificate"), "{error}");

    // What cannot be used changes nothing, and whoever is connected stays.
    std::fs::write(&second.key, "").unwrap();
    let error = tls.renew().expect_err("there is no key");
    assert!(error.to_string().contains("no private key"), "{error}");
    second
        .connect(hub.address)
        .await
        .expect("still the new one");
    assert!(matches!(
        frame(&mut early).await,
        ServerFrame::Challenge { .. }
    ));
}
