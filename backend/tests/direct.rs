//! What the hub does for two pages that look for a path of their own.

mod support;

use std::time::Duration;

use duologue::Settings;
use duologue::ice::{Ice, TurnSecret};
use shared::{ClientFrame, IceServer, ServerFrame};
use support::{TestServer, ask};
use test_client::{Client, conversation, person};

async fn servers(client: &mut Client) -> Vec<IceServer> {
    client.send(&ClientFrame::Ice {}).await;
    client
        .pick("servers", |frame| match frame {
            ServerFrame::Ice { servers } => Some(servers.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn each_who_asks_gets_a_password_of_their_own() {
    let ice = Ice {
        stun: vec!["stun:stun.example.org".into()],
        turn: vec!["turn:turn.example.org".into()],
        secret: TurnSecret::new("north").ok(),
        good_for: Duration::from_secs(3600),
    };
    let settings = Settings {
        ice,
        ..Settings::default()
    };
    let hub = TestServer::start_with(settings).await;
    let (mut client, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (first, second) = (servers(&mut client).await, servers(&mut client).await);
    assert_eq!(first[0].urls, ["stun:stun.example.org"]);
    assert_eq!(first[0].username, None);
    assert_eq!(first[1].urls, ["turn:turn.example.org"]);
    assert!(first[1].credential.is_some());
    let name = |servers: &[IceServer]| {
        let name = servers[1].username.clone().expect("a name");
        name.split_once(':').expect("a time before it").1.to_owned()
    };
    assert_eq!(
        name(&first),
        name(&second),
        "a relay can count what one takes"
    );
    let (mut other, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    assert_ne!(name(&servers(&mut other).await), name(&first));
}

#[tokio::test]
async fn a_stranger_gets_no_password_and_counts_for_nothing() {
    let hub = TestServer::start().await;
    let room = conversation(1);
    let (_one, _) = Client::sit(hub.address, room, &person(1)).await;
    let (_two, _) = Client::sit(hub.address, room, &person(2)).await;
    let mut third = Client::connect(hub.address).await;
    third.hello(room, &person(3)).await;
    for frame in [ClientFrame::Ice {}, ClientFrame::Direct { opened: None }] {
        third.send(&frame).await;
    }
    let (told, _) = third.to_the_end().await;
    assert!(
        !told
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Ice { .. })),
        "{told:?}"
    );
    let (_, text) = ask(hub.address, "GET /metrics", "").await;
    assert!(
        text.lines()
            .any(|line| line == "duologue_direct_tries_total 0"),
        "{text}"
    );
}

#[tokio::test]
async fn a_hub_that_knows_no_servers_says_so() {
    let hub = TestServer::start().await;
    let (mut client, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(servers(&mut client).await, []);
}

#[tokio::test]
async fn tries_are_counted_and_told_to_nobody() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    for opened in [Some(300), None, Some(u32::MAX)] {
        one.send(&ClientFrame::Direct { opened }).await;
    }
    one.ping().await;
    two.ping().await;
    let (_, text) = ask(hub.address, "GET /metrics", "").await;
    for line in [
        "duologue_direct_tries_total 3",
        "duologue_direct_opened_total 2",
        "duologue_direct_opening_seconds_count 2",
        // What nobody waits for is not believed.
        "duologue_direct_opening_seconds_sum 10.3",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
}
