//! A connection that does not read is closed as slow; it costs the hub a bounded queue and the room nothing.

mod support;

use std::time::Duration;

use duologue::{Limits, Rate, Settings};
use shared::{
    ClientFrame, CloseCode, Event, MAX_SEALED_BYTES, Presence, Seat, Seq, ServerFrame, Turn,
};
use support::{TestServer, long_talk, until_counted};
use test_client::{Client, Ended, conversation, entry_id, person};
use tokio_tungstenite::tungstenite::Message;

const CLOSED_AS_SLOW: &str = "duologue_closed_total{code=\"4001\"} 1";

/// No bound on what is read: much must go to and fro until the system's own buffers are full.
const AT_WILL: Rate = Rate {
    per_second: u32::MAX,
    at_once: u32::MAX,
};

/// Settings of a hub that soon gives up whoever stands still.
fn impatient() -> Settings {
    Settings {
        limits: Limits {
            silent_after: Duration::from_millis(300),
            frames_per_second: 1_000_000,
            bytes: AT_WILL,
            address_bytes: AT_WILL,
            ..Limits::default()
        },
        ..Settings::default()
    }
}

/// Whether seat 2's pass arrived. Meanwhile seat 1 is writing, which fills the outbox of a reader that stands still;
/// given up by the hub, seat 2 is told as away.
async fn floor_comes_back(one: &mut Client) -> bool {
    loop {
        one.send(&ClientFrame::Typing {}).await;
        one.ping().await;
        for frame in one.take_passed() {
            match frame {
                ServerFrame::Turn(_) => return true,
                ServerFrame::Presence {
                    presence: Presence::Away { .. },
                    ..
                } => return false,
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_comes_back_to_everything() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            outbox_frames: 4,
            frames_per_second: 1_000_000,
            bytes: AT_WILL,
            address_bytes: AT_WILL,
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut slow, _) = Client::sit(hub.address, conversation(1), &person(2)).await;

    // Both talk, and seat 2 never reads what it is told, until the system's own buffers are full and then the outbox.
    // It knows what happened from seat 1. Bounded: the loopback's buffers hold some megabytes.
    let large = vec![b'x'; 16 * 1024];
    let mut said = 0;
    loop {
        said += 1;
        assert!(said < 5_000, "a reader that never reads was never closed");
        let turn = Turn(2 * said - 1);
        one.ping().await;
        let say = one.say_frame(entry_id(said), turn, true, &large);
        one.send(&say).await;
        one.stored(entry_id(said)).await;
        assert_eq!(one.turn().await.turn, turn.next());
        let turn = turn.next();
        let record = one.person().record().expect("a seat");
        let prev = record.bookmark().hash;
        let pass = Event::Pass { turn };
        let sig = person(2).sign_event(record.scope(), &prev, Seat::Two, &pass);
        slow.send(&ClientFrame::Pass { turn, prev, sig }).await;
        if !floor_comes_back(&mut one).await {
            break;
        }
    }
    // Long before the time of silence, and while it still stands still.
    until_counted(hub.address, CLOSED_AS_SLOW).await;
    assert_eq!(slow.ended().await, Ended::Closed(CloseCode::SLOW));

    // The room went on, and the reader misses nothing.
    let (mut back, welcome) = Client::sit(hub.address, conversation(1), &person(2)).await;
    let mut last = Seq::START;
    let mut messages = 0;
    while last < welcome.head {
        for entry in back.entries().await {
            assert_eq!(entry.seq, last.next());
            last = entry.seq;
            messages += u64::from(matches!(entry.event, shared::Event::Say { .. }));
        }
    }
    assert_eq!(messages, said);
}

#[tokio::test]
async fn a_reader_that_stands_still_in_a_replay_is_given_up() {
    // More than the system's own buffers hold.
    let journal = long_talk(conversation(1), [1, 2].map(person), 2_000, MAX_SEALED_BYTES).await;
    let hub = TestServer::start_on(impatient(), journal).await;
    let (mut still, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    until_counted(hub.address, CLOSED_AS_SLOW).await;
    assert_eq!(still.ended().await, Ended::Closed(CloseCode::SLOW));
}

#[tokio::test]
async fn who_reads_no_refusal_is_given_up() {
    let hub = TestServer::start_with(impatient()).await;
    let (mut deaf, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    // Each is answered by a refusal that names what is wrong, as long as the frame itself.
    let shout = format!("{{\"type\":\"{}\"}}", "x".repeat(60 * 1024));
    let shouting = async {
        while deaf
            .try_send_raw(Message::text(shout.as_str()))
            .await
            .is_ok()
        {}
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = until_counted(hub.address, CLOSED_AS_SLOW) => {}
        () = shouting => {}
    }
}

#[tokio::test]
async fn what_waits_in_an_outbox_that_overflowed_is_not_sent() {
    let hub = TestServer::start_with(Settings {
        limits: Limits {
            // No place for what a newcomer is told.
            outbox_frames: 1,
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    for _ in 0..10 {
        let mut client = Client::connect(hub.address).await;
        client.hello(conversation(1), &person(1)).await;
        let slow = Ended::Closed(CloseCode::SLOW);
        assert_eq!(client.to_the_end().await, (vec![], slow));
    }
}
