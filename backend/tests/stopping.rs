//! The end of a server: whoever is connected is told, however little it has said or read, and nobody is waited for.

mod support;

use duologue::Settings;
use shared::{CloseCode, MAX_SEALED_BYTES, Seq, ServerFrame};
use support::{TestServer, long_talk};
use test_client::{Client, Ended, conversation, person};

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
    let journal = long_talk(conversation(1), person(1).key(), LENGTH, MAX_SEALED_BYTES).await;
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
