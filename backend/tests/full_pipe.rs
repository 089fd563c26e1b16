//! Connections that read nothing, with all that lies between them and the hub filled to the last byte. It is filled
//! with answers to WebSocket pings, which the library sends by itself: then the hub waits for no write, and finds out
//! with the next. In memory and on the runtime's own clock, so that a minute is over at once.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use duologue::journal::MemoryJournal;
use duologue::{Server, Settings};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use shared::{Person, Presence, RoomId, SUBPROTOCOL, SeatSecret, ServerFrame};
use test_client::person;
use tokio::io::{DuplexStream, duplex};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// Bytes that the way from the hub holds, and as many the way to it.
const PIPE: usize = 4 * 1024;

/// Beyond every limit there is. Only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(300);

struct Pipe(WebSocketStream<DuplexStream>);

impl Pipe {
    async fn connect(routes: &Router) -> Self {
        let (near, far) = duplex(PIPE);
        let service = TowerToHyperService::new(routes.clone());
        let serving = http1::Builder::new().serve_connection(TokioIo::new(far), service);
        tokio::spawn(serving.with_upgrades());
        let mut request = "ws://hub/ws".into_client_request().expect("an address");
        let protocol = HeaderValue::from_static(SUBPROTOCOL);
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", protocol);
        let connected = tokio_tungstenite::client_async(request, near).await;
        Self(connected.expect("the hub takes the upgrade").0)
    }

    async fn sit(routes: &Router, secret: &SeatSecret) -> Self {
        let mut pipe = Self::connect(routes).await;
        let nonce = pipe.until(|frame| match frame {
            ServerFrame::Challenge { nonce } => Some(nonce),
            _ => None,
        });
        let nonce = nonce.await;
        let hello = Person::new(RoomId::Table, secret.clone(), Vec::new()).hello(&nonce);
        let hello = serde_json::to_string(&hello).expect("a frame is JSON");
        pipe.send(Message::text(hello)).await;
        pipe.until(|frame| matches!(frame, ServerFrame::Welcome { .. }).then_some(()))
            .await;
        pipe
    }

    async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("the hub reads");
    }

    /// Reads up to the frame that `choose` wants.
    async fn until<T>(&mut self, choose: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            let message = self.0.next().await.expect("no end").expect("no error");
            if let Message::Text(text) = message {
                let frame = serde_json::from_str(&text).expect("a frame");
                if let Some(chosen) = choose(frame) {
                    return chosen;
                }
            }
        }
    }

    /// Asks for more answers than there is place for, and reads none.
    async fn fill(&mut self) {
        let payload = vec![b'x'; 125];
        // Twice what both ways hold: when the last is sent, the hub has answered enough of them.
        for _ in 0..4 * PIPE / payload.len() {
            self.send(Message::Ping(payload.clone().into())).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn they_do_not_hold_up_the_end() {
    let server = Server::new(Settings::default(), Arc::new(MemoryJournal::default()));
    let routes = server.routes();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(server.serve(listener, async {
        let _ = stopped.await;
    }));

    let mut silent = Pipe::connect(&routes).await;
    silent.fill().await;
    let mut refused = Pipe::connect(&routes).await;
    refused.fill().await;
    refused.send(Message::text("no hello")).await;
    let mut seated = Pipe::sit(&routes, &person(1)).await;
    let mut nonsense = Pipe::sit(&routes, &person(2)).await;
    nonsense.fill().await;
    nonsense.send(Message::text("no frame")).await;
    // It has heard of the other before it stands still, so nothing more is on the way to it.
    seated
        .until(|frame| matches!(frame, ServerFrame::Presence { .. }).then_some(()))
        .await;
    seated.fill().await;

    let _ = stop.send(());
    // The time for a goodbye and some more, and less than any other limit.
    let ended = timeout(Duration::from_secs(15), serving).await;
    ended.expect("it stops").expect("it does not panic");
}

#[tokio::test(start_paused = true)]
async fn they_are_given_up() {
    let server = Server::new(Settings::default(), Arc::new(MemoryJournal::default()));
    let routes = server.routes();
    let mut peer = Pipe::sit(&routes, &person(1)).await;
    let mut still = Pipe::sit(&routes, &person(2)).await;
    still.fill().await;
    let away = peer.until(|frame| match frame {
        ServerFrame::Presence {
            presence: Presence::Away { .. },
            ..
        } => Some(()),
        _ => None,
    });
    timeout(PATIENCE, away).await.expect("the other is told");
}
