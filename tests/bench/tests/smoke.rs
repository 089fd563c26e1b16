//! The load against the server and the relay, in this process and only for a moment.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use duologue::journal::MemoryJournal;
use duologue::{Server, Settings};
use relay_bench::figures::Figures;
use relay_bench::load::{self, Load};
use relay_bench::{Kind, relay};
use tokio::net::TcpListener;

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    (listener, address)
}

async fn measure(kind: Kind, address: SocketAddr, rate: Option<f64>) -> Figures {
    let load = Load {
        rooms: 4,
        warm_up: Duration::from_millis(50),
        window: Duration::from_millis(300),
        rate,
    };
    let figures = load::run(load, kind, address, std::process::id()).await;
    figures.expect("a load that runs")
}

#[tokio::test]
async fn every_message_of_the_load_is_taken_by_the_server() {
    let (listener, address) = listen().await;
    let server = Server::new(Settings::default(), Arc::new(MemoryJournal::default()));
    let serving = tokio::spawn(server.serve(listener, std::future::pending()));
    let figures = measure(Kind::Server, address, None).await;
    assert!(figures.messages > 0, "{figures:?}");
    assert!(figures.p50_us <= figures.p99_us, "{figures:?}");
    serving.abort();
}

#[tokio::test]
async fn the_relay_hands_every_message_to_the_partner() {
    let (listener, address) = listen().await;
    let relaying = tokio::spawn(relay::serve(listener, false));
    let figures = measure(Kind::Relay, address, Some(200.0)).await;
    assert!(figures.messages > 0, "{figures:?}");
    relaying.abort();
}
