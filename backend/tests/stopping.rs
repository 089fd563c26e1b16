//! The end of a server: whoever is connected is told, however little it has said or read, and nobody is waited for.

mod support;

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use duologue::Settings;
use duologue::journal::Journal as _;
use shared::{CloseCode, MAX_SEALED_BYTES, Seq, ServerFrame, Turn};
use support::slow::{Held, Slow};
use support::{TestServer, long_talk};
use test_client::{Client, Ended, conversation, entry_id, person};
use tokio::net::TcpStream;
use tokio::time::interval;

#[tokio::test]
async fn who_has_not_said_hello_is_told_too() {
    let hub = TestServer::start().await;
    let mut silent = Client::connect(hub.address).await;
    let told = async { assert_eq!(silent.ended().await, Ended::Closed(CloseCode::DRAINING)) };
    tokio::join!(hub.stop(), told);
}

#[tokio::test]
async fn a_replay_is_broken_off() {
    // More than the system's own buffers hold for a reader that stands still.
    const LENGTH: u64 = 2_000;
    let journal = long_talk(
        conversation(1),
        [1, 2].map(person),
        LENGTH,
        MAX_SEALED_BYTES,
    )
    .await;
    let hub = TestServer::start_on(Settings::default(), journal).await;
    let (mut other, _) = Client::sit(hub.address, conversation(2), &person(2)).await;
    // The welcome comes with the first page. From here on it stands still until the hub stops.
    let (mut reader, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.head, Seq(LENGTH));

    let told = async {
        assert_eq!(other.ended().await, Ended::Closed(CloseCode::DRAINING));
        let (frames, ended) = reader.to_the_end().await;
        assert_eq!(ended, Ended::Closed(CloseCode::DRAINING));
        let pages = frames.iter().map(|frame| match frame {
            ServerFrame::Entries { entries } => entries.len() as u64,
            _ => 0,
        });
        assert!(pages.sum::<u64>() < LENGTH, "the replay went on to its end");
    };
    tokio::join!(hub.stop(), told);
}

#[tokio::test]
async fn an_entry_on_its_way_into_the_journal_is_waited_for() {
    let journal = Arc::new(Slow::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let address = hub.address;
    let (mut one, _) = Client::sit(address, conversation(1), &person(1)).await;
    journal.hold(Held::Writes);
    one.say(entry_id(1), Turn::FIRST, "last words").await;
    journal.somebody_waits().await;

    let all_else_has_ended = async {
        assert_eq!(one.ended().await, Ended::Closed(CloseCode::DRAINING));
        let mut pace = interval(Duration::from_millis(10));
        while TcpStream::connect(address).await.is_ok() {
            pace.tick().await;
        }
    };
    let mut stopping = pin!(hub.stop());
    tokio::select! {
        biased;
        () = &mut stopping => panic!("it ended before its journal had answered"),
        () = all_else_has_ended => {}
    }
    journal.hold(Held::Nothing);
    stopping.await;
    let position = journal.position(conversation(1)).await;
    let position = position.expect("the journal answers");
    assert_eq!(position.map(|position| position.seq), Some(Seq(2)));
}
