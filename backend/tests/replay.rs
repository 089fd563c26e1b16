//! A replay runs beside the talk: in pages of bounded size, without gap or repetition, and only for its own epoch.

mod support;

use std::sync::Arc;

use duologue::{Limits, Settings};
use shared::{CloseCode, Seq, ServerFrame, Turn};
use support::slow::{Held, Slow};
use support::{TestServer, until_counted};
use test_client::{Client, Ended, conversation, entry_id, person, words};

#[tokio::test]
async fn what_is_said_during_a_replay_comes_after_it_and_once() {
    let journal = Arc::new(Slow::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    drop(two);

    journal.hold(Held::Reads);
    let mut back = Client::connect(hub.address).await;
    back.hello(conversation(1), &person(2)).await;
    journal.somebody_waits().await;
    one.say(entry_id(1), Turn::FIRST, "meanwhile").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
    journal.hold(Held::Nothing);

    assert_eq!(back.welcome().await.head, Seq(2));
    let page = back.entries().await;
    let seqs: Vec<_> = page.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [Seq(1), Seq(2)]);
    assert_eq!(words(&back.entry().await), "meanwhile");
    back.turn().await;
    back.ping().await;
    assert_eq!(back.take_passed(), []);
}

#[tokio::test]
async fn a_replay_whose_talk_is_over_ends_its_connection() {
    let journal = Arc::new(Slow::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let (mut one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.ping().await;

    journal.hold(Held::Reads);
    let mut reading = Client::connect(hub.address).await;
    reading.hello(conversation(1), &person(1)).await;
    journal.somebody_waits().await;
    assert_eq!(one.ended().await, Ended::Closed(CloseCode::SUPERSEDED));
    // This one has missed nothing, so it need not read the journal to be heard.
    let known = one.knew_at(welcome.head);
    let (mut leaving, _) = Client::resume(hub.address, known).await;
    leaving.leave().await;
    assert_eq!(leaving.ended().await, Ended::Closed(CloseCode::LEFT));
    until_counted(hub.address, "duologue_rooms 0").await;

    journal.hold(Held::Nothing);
    assert_eq!(reading.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
}

#[tokio::test]
async fn a_page_ends_before_it_holds_too_many_bytes() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            page_bytes: 10,
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.ping().await;
    for (number, bytes) in (1..).zip([4, 4, 4, 20, 4]) {
        let say = one.say_frame(entry_id(number), Turn::FIRST, false, &vec![b'x'; bytes]);
        one.send(&say).await;
        one.stored(entry_id(number)).await;
    }
    let (mut back, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    back.ping().await;
    let pages: Vec<_> = back
        .take_passed()
        .iter()
        .map(|frame| match frame {
            ServerFrame::Entries { entries } => entries.len(),
            other => panic!("only pages: {other:?}"),
        })
        .collect();
    // The arrival and eight bytes, four before a long one, the long one by itself, the rest.
    assert_eq!(pages, [3, 1, 1, 1]);
}
