//! A connection that shows no sign of life is taken for dead; one that answers pings lives on.

mod support;

use std::time::Duration;

use duologue::{Limits, Settings};
use shared::{CloseCode, Presence, Seat};
use support::TestServer;
use test_client::{Client, Ended, conversation, person};

#[tokio::test]
async fn silence_ends_a_connection_and_an_answered_ping_keeps_one() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            ping_after: Duration::from_millis(50),
            silent_after: Duration::from_millis(500),
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    // Nobody reads this socket, so nothing answers the hub's pings.
    let (mut dead, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    // This one is read while it waits, for many times the limit, and reading answers pings.
    let (mut alive, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    let (seat, presence) = alive.presence().await;
    assert_eq!(seat, Seat::One);
    assert!(matches!(presence, Presence::Away { .. }), "{presence:?}");
    alive.ping().await;
    assert_eq!(dead.ended().await, Ended::Closed(CloseCode::SILENT));
}
