//! A connection that does not read is closed as slow; it costs the hub a bounded queue and the room nothing.

mod support;

use duologue::{Limits, Rate, Settings};
use shared::{ClientFrame, CloseCode, Position, Presence, Sealed, Seq, ServerFrame, Turn};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, person};

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
            bytes: Rate {
                per_second: u32::MAX,
                at_once: u32::MAX,
            },
            ..Limits::default()
        },
        ..Settings::default()
    })
    .await;
    let (mut one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut slow, _) = Client::sit(hub.address, conversation(1), &person(2)).await;

    // Both talk, and seat 2 never reads what it is told, until the system's own buffers are full and then the outbox.
    // It knows the turns by counting. Bounded: the loopback's buffers hold some megabytes.
    let large = Sealed::new(vec![b'x'; 16 * 1024]);
    let mut said = 0;
    loop {
        said += 1;
        assert!(said < 5_000, "a reader that never reads was never closed");
        let turn = Turn(2 * said - 1);
        one.send(&ClientFrame::Say {
            id: entry_id(said),
            turn,
            end_turn: true,
            sealed: large.clone(),
        })
        .await;
        one.stored(entry_id(said)).await;
        assert_eq!(one.turn().await.turn, turn.next());
        let pass = ClientFrame::Pass { turn: turn.next() };
        slow.send(&pass).await;
        if !floor_comes_back(&mut one).await {
            break;
        }
    }
    assert_eq!(slow.ended().await, Ended::Closed(CloseCode::SLOW));

    // The room went on, and the reader misses nothing.
    let position = Position {
        epoch: welcome.epoch,
        seq: Seq::START,
    };
    let (mut back, welcome) =
        Client::resume(hub.address, conversation(1), &person(2), Some(position)).await;
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
