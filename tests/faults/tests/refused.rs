//! Writes that the system refuses under a running server. Want of room, in whatever form, is refused and passes; a disk
//! that breaks or turns read-only ends the process, in order.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fault_tests::folder;
use fault_tests::server::{SERVE, Server, binary, is_in_order};
use fault_tests::talk::{Answer, Pair, holds, length, talk};
use shared::{CloseCode, Rejection, RoomId, ServerFrame, Turn};
use test_client::{Client, Ended, conversation, entry_id, person};

const WORDS: usize = 8_000;

/// Room for some messages after the tables.
const BYTES: u64 = 200 * 1024;

/// A server for which the system refuses what lies beyond so many bytes of a file.
#[cfg(target_os = "linux")]
fn refusing(errno: i32, home: &Path) -> Server {
    refusing_to(&BYTES.to_string(), errno, home)
}

#[cfg(target_os = "linux")]
fn refusing_to(what: &str, errno: i32, home: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_refusing"));
    command
        .args([&errno.to_string(), what])
        .arg(binary())
        .args(SERVE)
        .arg(home);
    Server::launch(command)
}

/// Starts on what a server left: all of it is there, and in order.
async fn starts_again(home: &Path, room: RoomId, stored: u64, words: &str) {
    let server = Server::start(home);
    holds(server.address, room, stored, words).await;
    server.stop();
    is_in_order(home);
}

/// Talks until it is refused; how much was stored.
async fn until_full(pair: &mut Pair, words: &str) -> u64 {
    let mut stored = 0;
    loop {
        match pair.say(words).await {
            Answer::Stored => stored += 1,
            Answer::Refused(rejection) => {
                assert_eq!(rejection, Rejection::JournalUnavailable {});
                return stored;
            }
        }
        assert!(stored < 2_000, "it is never full");
    }
}

#[tokio::test]
async fn a_limit_on_the_size_of_files_is_like_a_full_disk() {
    let home = folder("file-size");
    let mut command = Command::new("sh");
    let serve = "trap '' XFSZ; ulimit -S -f 400; exec \"$@\"";
    command
        .args(["-c", serve, "sh"])
        .arg(binary())
        .args(SERVE)
        .arg(&home);
    let server = Server::launch(command);
    let room = conversation(1);
    let words = "x".repeat(WORDS);
    let mut pair = Pair::sit(server.address, room).await;
    let mut stored = until_full(&mut pair, &words).await;
    assert!(stored > 0, "nothing was stored before the limit");
    let (ready, why) = server.ready().await;
    assert!(!ready && why.contains("too large"), "{why}");
    // Whoever comes is told, and to come back; what was said can be read.
    let mut late = Client::connect(server.address).await;
    late.hello(conversation(2), &person(1)).await;
    assert_eq!(late.rejected().await.1, Rejection::JournalUnavailable {});
    assert_eq!(late.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
    assert_eq!(until_full(&mut pair, &words).await, 0);
    drop(pair);
    assert_eq!(length(server.address, room, &words).await, stored);

    if !server.lifts_limit() {
        return;
    }
    let (ready, why) = server.ready().await;
    assert!(ready, "{why}");
    let mut pair = Pair::sit(server.address, room).await;
    for _ in 0..5 {
        assert_eq!(pair.say(&words).await, Answer::Stored);
        stored += 1;
    }
    server.kill();
    assert!(!home.join("journal.sqlite3-trial").exists());
    starts_again(&home, room, stored, &words).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_quota_that_is_used_up_is_like_a_full_disk() {
    let home = folder("quota");
    let server = refusing(libc::EDQUOT, &home);
    let room = conversation(1);
    let words = "x".repeat(WORDS);
    let mut pair = Pair::sit(server.address, room).await;
    let stored = until_full(&mut pair, &words).await;
    assert!(stored > 0, "nothing was stored before the limit");
    let (ready, why) = server.ready().await;
    assert!(!ready && why.contains("uota exceeded"), "{why}");
    drop(pair);
    assert_eq!(length(server.address, room, &words).await, stored);
    server.stop();
    // What the log holds goes into the file where there is room.
    starts_again(&home, room, stored, &words).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn after_a_failed_write_nothing_is_acknowledged_and_the_process_ends() {
    for (errno, name, hint) in [
        (libc::EROFS, "turned-read-only", "Read-only file system"),
        (libc::EIO, "broken", "Input/output error"),
    ] {
        let home = folder(name);
        let server = refusing(errno, &home);
        let room = conversation(1);
        let (mut other, _) = Client::sit(server.address, conversation(2), &person(1)).await;
        let acknowledged = Arc::<AtomicU64>::default();
        let long = "x".repeat(WORDS);
        talk(server.address, room, acknowledged.clone(), long.clone()).await;
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        assert!(acknowledged > 0, "nothing was stored before the limit");
        // Also who has asked for nothing is told to come back.
        assert_eq!(other.ended().await, Ended::Closed(CloseCode::DRAINING));
        let (code, complaint) = server.end();
        assert_eq!(code, Some(1), "{name}");
        let last = complaint.lines().last().unwrap_or_default();
        assert!(
            last.contains("duologue: the disk has failed") && last.contains(hint),
            "{complaint}"
        );

        let server = Server::start(&home);
        let (ready, words) = server.ready().await;
        assert!(ready, "{words}");
        holds(server.address, room, acknowledged, &long).await;
        server.kill();
        is_in_order(&home);
    }
}

/// All is written, and only the sync fails: what has been told as stored by then was told too early. This is the first commit
/// of a log, which SQLite syncs whenever it syncs at all; that every one is synced is looked at where the journal is opened.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn nothing_is_acknowledged_before_its_sync() {
    let home = folder("no-sync");
    let room = conversation(1);
    let words = "x".repeat(WORDS);
    // To open a journal that is in order needs no sync, and neither does whoever comes back to their seat.
    let server = Server::start(&home);
    let mut pair = Pair::sit(server.address, room).await;
    let elsewhere = Pair::sit(server.address, conversation(2)).await;
    assert_eq!(pair.say(&words).await, Answer::Stored);
    drop((pair, elsewhere));
    server.stop();

    let server = refusing_to("sync", libc::EIO, &home);
    let (mut other, _) = Client::sit(server.address, conversation(2), &person(1)).await;
    let (mut one, _) = Client::sit(server.address, room, &person(1)).await;
    let (mut two, welcome) = Client::sit(server.address, room, &person(2)).await;
    let (turn, before) = (welcome.floor.turn, welcome.head);
    assert_eq!(turn, Turn(2));
    two.say(entry_id(2), turn, &words).await;
    for client in [&mut one, &mut two] {
        let (heard, ended) = client.to_the_end().await;
        // By the room, which cannot tell whether it was stored, or by the server, whichever is first.
        let reasons = [CloseCode::UNAVAILABLE, CloseCode::DRAINING].map(Ended::Closed);
        assert!(reasons.contains(&ended), "{ended:?}");
        let told = |frame: &ServerFrame| match frame {
            ServerFrame::Stored { .. } => true,
            ServerFrame::Entries { entries, .. } => entries.iter().any(|one| one.seq > before),
            _ => false,
        };
        assert!(!heard.iter().any(told), "{heard:?}");
    }
    assert_eq!(other.ended().await, Ended::Closed(CloseCode::DRAINING));
    let (code, complaint) = server.end();
    assert_eq!(code, Some(1), "{complaint}");
    let last = complaint.lines().last().unwrap_or_default();
    assert!(
        last.contains("duologue: the disk has failed"),
        "{complaint}"
    );

    starts_again(&home, room, 1, &words).await;
}
