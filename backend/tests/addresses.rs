//! What one address may have open, and whose address it is behind a proxy.

mod support;

use std::sync::Arc;
use std::time::Duration;

use duologue::journal::MemoryJournal;
use duologue::{Limits, Settings};
use shared::{CloseCode, Rejection};
use support::{TestServer, upgrade, upgrade_and_stay};
use test_client::{Client, Ended, conversation, person};

fn narrow(trusted: &[&str]) -> Settings {
    Settings {
        limits: Limits {
            connections_per_address: 2,
            rooms_per_address_per_minute: 2,
            ..Limits::default()
        },
        trusted_proxies: trusted
            .iter()
            .map(|net| net.parse().expect("a network"))
            .collect(),
        ..Settings::default()
    }
}

#[tokio::test]
async fn one_connection_too_many_is_refused_until_another_ends() {
    let hub = TestServer::start_with(narrow(&[])).await;
    let (first, ..) = upgrade_and_stay(hub.address, "").await;
    let (_second, ..) = upgrade_and_stay(hub.address, "").await;
    // Nobody is believed who is not trusted.
    let (head, body) = upgrade(hub.address, "X-Forwarded-For: 192.0.2.7\r\n").await;
    assert!(head.starts_with("http/1.1 429"), "{head}");
    assert_eq!(body.lines().count(), 1, "{body}");
    drop(first);
    let again = async {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        while !upgrade(hub.address, "").await.0.starts_with("http/1.1 101") {
            pace.tick().await;
        }
    };
    let patience = Duration::from_secs(30);
    let admitted = tokio::time::timeout(patience, again).await;
    admitted.expect("a place is free again");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_visitor_counts_alone() {
    let hub = TestServer::start_with(narrow(&["127.0.0.0/8"])).await;
    let mut held = Vec::new();
    for (visitor, status) in [
        ("192.0.2.1", "101"),
        ("192.0.2.1", "101"),
        // What a visitor claims stands to the left of what the proxy saw.
        ("198.51.100.9, 192.0.2.1", "429"),
        ("192.0.2.2", "101"),
        ("2001:db8::1", "101"),
        ("2001:db8::2", "101"),
        ("2001:db8::3", "429"),
    ] {
        let header = format!("X-Forwarded-For: {visitor}\r\n");
        let (stream, head, _) = upgrade_and_stay(hub.address, &header).await;
        assert!(
            head.starts_with(&format!("http/1.1 {status}")),
            "{visitor}: {head}"
        );
        held.push(stream);
    }
}

#[tokio::test]
async fn rooms_are_opened_at_a_measured_pace_and_joined_freely() {
    let mut settings = narrow(&[]);
    settings.limits.connections_per_address = 16;
    let hub = TestServer::start_with(settings).await;
    let (_one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (_two, _) = Client::sit(hub.address, conversation(2), &person(2)).await;

    let mut third = Client::connect(hub.address).await;
    third.hello(conversation(3), &person(3)).await;
    let (id, rejection) = third.rejected().await;
    assert!(id.is_none());
    assert!(
        matches!(rejection, Rejection::RateLimited { after } if (1..=30_001).contains(&after)),
        "{rejection:?}"
    );
    assert_eq!(third.ended().await, Ended::Closed(CloseCode::FLOOD));

    let (_guest, welcome) = Client::sit(hub.address, conversation(1), &person(4)).await;
    assert_eq!(welcome.head.0, 2);
    Client::sit(hub.address, shared::RoomId::Table, &person(5)).await;
}

#[tokio::test]
async fn after_a_restart_everybody_comes_back_to_the_rooms_there_are() {
    let journal = Arc::new(MemoryJournal::default());
    let rooms = [1, 2, 3];
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    for room in rooms {
        Client::sit(hub.address, conversation(room), &person(room)).await;
    }
    hub.stop().await;

    let mut settings = narrow(&[]);
    settings.limits.connections_per_address = 16;
    settings.limits.rooms_per_address_per_minute = 1;
    let hub = TestServer::start_on(settings, journal).await;
    for room in rooms {
        Client::sit(hub.address, conversation(room), &person(room)).await;
    }
    // They took nothing of what new rooms are made from.
    Client::sit(hub.address, conversation(4), &person(4)).await;
    let mut fifth = Client::connect(hub.address).await;
    fifth.hello(conversation(5), &person(5)).await;
    let (_, rejection) = fifth.rejected().await;
    let limited = matches!(rejection, Rejection::RateLimited { .. });
    assert!(limited, "{rejection:?}");
}
