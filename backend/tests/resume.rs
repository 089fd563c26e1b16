//! Coming back: exactly what was missed, or a plain word that the position names nothing.

mod support;

use std::sync::Arc;

use duologue::journal::MemoryJournal;
use duologue::{Limits, Settings};
use shared::{Bookmark, CloseCode, EntryHash, Epoch, ResyncReason, Seat, Seq, ServerFrame, Turn};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, person, words};

/// Both sit, then `count` messages go back and forth.
async fn talk(hub: &TestServer, count: u64) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    for number in 1..=count {
        let speaker = if number % 2 == 1 { &mut one } else { &mut two };
        speaker
            .say(entry_id(number), Turn(number), &format!("{number}"))
            .await;
        speaker.stored(entry_id(number)).await;
    }
    (one, two)
}

async fn resync(client: &mut Client) -> ResyncReason {
    client
        .pick("resync", |frame| match frame {
            ServerFrame::Resync { why } => Some(*why),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn one_gets_exactly_what_one_missed() {
    let hub = TestServer::start().await;
    let (one, _two) = talk(&hub, 5).await;
    let known = one.knew_at(Seq(4));
    drop(one);
    let (mut back, welcome) = Client::resume(hub.address, known).await;
    assert_eq!((welcome.seat, welcome.head), (Seat::One, Seq(7)));
    assert_eq!(welcome.floor.turn, Turn(6));
    let missed: Vec<_> = back.entries().await.iter().map(words).collect();
    assert_eq!(missed, ["3", "4", "5"]);
    back.ping().await;
    assert_eq!(back.take_passed(), [], "no resync, no second page");
}

#[tokio::test]
async fn nothing_missed_is_nothing_sent() {
    let hub = TestServer::start().await;
    let (mut one, _two) = talk(&hub, 2).await;
    one.entry().await;
    one.entry().await;
    let known = one.knew_at(Seq(4));
    drop(one);
    let (mut back, _) = Client::resume(hub.address, known).await;
    back.ping().await;
    assert_eq!(back.take_passed(), []);
}

#[tokio::test]
async fn a_long_talk_comes_in_pages_without_gaps() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            page_entries: 4,
            frames_per_second: 1_000_000,
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    let (one, _two) = talk(&hub, 21).await;
    drop(one);
    let (mut back, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let mut seen = Vec::new();
    while seen.last() != Some(&welcome.head) {
        let page = back.entries().await;
        assert!(page.len() <= 4);
        seen.extend(page.iter().map(|entry| entry.seq));
    }
    let expected: Vec<_> = (1..=23).map(Seq).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_position_of_another_epoch_beyond_the_end_or_of_another_talk_is_told() {
    let hub = TestServer::start().await;
    let (one, _two) = talk(&hub, 1).await;
    let known = one.person().bookmark().expect("a talk");
    drop(one);
    let elsewhere = Bookmark {
        epoch: Epoch(known.epoch.0 ^ 1),
        ..known
    };
    let beyond = Bookmark {
        seq: Seq(99),
        ..known
    };
    let other = Bookmark {
        hash: EntryHash([0; 32]),
        ..known
    };
    for (position, why) in [
        (elsewhere, ResyncReason::EpochChanged),
        (beyond, ResyncReason::AheadOfJournal),
        (other, ResyncReason::OtherHistory),
    ] {
        let mut back = Client::connect(hub.address).await;
        back.hello_from(conversation(1), &person(1), position).await;
        assert_eq!(resync(&mut back).await, why);
        let welcome = back.welcome().await;
        assert_eq!(back.entries().await.len() as u64, welcome.head.0);
    }
}

#[tokio::test]
async fn a_message_sent_again_after_a_break_is_stored_once() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = talk(&hub, 0).await;
    // Sent, and the connection breaks before the answer is read.
    one.say(entry_id(1), Turn(1), "did it arrive?").await;
    let entry = two.entry().await;
    drop(one);
    let (mut back, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    back.say(entry_id(1), Turn(1), "did it arrive?").await;
    assert_eq!(back.stored(entry_id(1)).await, entry.seq);
}

#[tokio::test]
async fn a_stopping_server_says_so_and_a_new_one_goes_on_with_the_journal() {
    let journal = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let (mut one, mut two) = talk(&hub, 3).await;
    let told = async {
        for side in [&mut one, &mut two] {
            side.pick("draining", |frame| {
                (*frame == ServerFrame::Draining {}).then_some(())
            })
            .await;
            assert_eq!(side.ended().await, Ended::Closed(CloseCode::DRAINING));
        }
    };
    tokio::join!(hub.stop(), told);

    let hub = TestServer::start_on(Settings::default(), journal).await;
    let (mut two, welcome) = Client::resume(hub.address, two.person().clone()).await;
    assert_eq!((welcome.seat, welcome.floor.turn), (Seat::Two, Turn(4)));
    two.say(entry_id(4), Turn(4), "where were we?").await;
    assert_eq!(two.stored(entry_id(4)).await, Seq(6));
    // What was said before the restart is still known by its name.
    two.say(entry_id(2), Turn(2), "2").await;
    assert_eq!(two.stored(entry_id(2)).await, Seq(4));
}

#[tokio::test]
async fn a_room_that_nobody_attends_is_opened_again_from_its_journal() {
    let hub = TestServer::start().await;
    let (mut one, two) = talk(&hub, 2).await;
    one.pass(Turn(3)).await;
    one.turn().await;
    drop((one, two));
    let (_, welcome) = Client::sit(hub.address, conversation(1), &person(2)).await;
    assert_eq!((welcome.seat, welcome.head), (Seat::Two, Seq(5)));
    assert_eq!(welcome.floor.turn, Turn(4));
}
