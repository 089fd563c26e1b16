//! Disks that are full or cannot be written: a clear word, nothing acknowledged that is not stored, and on it goes.

use std::fs;
use std::path::Path;

use fault_tests::disk::Disk;
use fault_tests::folder;
use fault_tests::server::was_refused;
use fault_tests::talk::{Answer, Pair, holds, length};
use shared::{CloseCode, Rejection};
use test_client::{Client, Ended, conversation, person};

/// Enough for a journal and its log, and soon full.
const KIB: u32 = 4 * 1024;

const WORDS: usize = 4_000;

#[tokio::test]
async fn a_full_disk_refuses_and_takes_again_when_there_is_room() {
    let Some(disk) = Disk::new(&folder("full-disk"), KIB) else {
        return;
    };
    let server = disk.serve().expect("there is room");
    let words = "x".repeat(WORDS);
    let room = conversation(1);
    let mut pair = Pair::sit(server.address, room).await;
    let mut stored = 0;
    let full = |answer| answer == Answer::Refused(Rejection::JournalUnavailable {});
    // Somebody else takes what is left, up to the last byte.
    for _ in 0..20 {
        assert_eq!(pair.say(&words).await, Answer::Stored);
        stored += 1;
    }
    disk.fill("ballast");
    // What was given to files before is used up first.
    let refused = loop {
        match pair.say(&words).await {
            Answer::Stored => stored += 1,
            refused => break refused,
        }
        assert!(stored < 2_000, "it is never full");
    };
    assert!(full(refused));
    let (ready, why) = server.ready().await;
    assert!(!ready && why.contains("full"), "{why}");
    // Whoever comes is told, and to come back.
    let mut late = Client::connect(server.address).await;
    late.hello(conversation(2), &person(1)).await;
    assert_eq!(late.rejected().await.1, Rejection::JournalUnavailable {});
    assert_eq!(late.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
    // Nothing is told as stored as long as it is full, and what was said can still be read.
    for _ in 0..3 {
        assert!(full(pair.say(&words).await));
    }
    drop(pair);
    assert_eq!(length(server.address, room, &words).await, stored);

    fs::remove_file(disk.path("ballast")).expect("it was there");
    let (ready, why) = server.ready().await;
    assert!(ready, "{why}");
    let mut pair = Pair::sit(server.address, room).await;
    assert_eq!(pair.turn.0, stored + 1);
    for _ in 0..5 {
        assert_eq!(pair.say(&words).await, Answer::Stored);
        stored += 1;
    }
    server.kill();
    let server = disk.serve().expect("there is room");
    holds(server.address, room, stored, &words).await;
    server.stop();
    let checked = disk.journal("check", None);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
}

#[tokio::test]
async fn on_a_full_disk_it_does_not_start_and_says_so() {
    let Some(disk) = Disk::new(&folder("full-from-the-start"), KIB) else {
        return;
    };
    disk.fill("ballast");
    let refused = disk.serve().expect_err("there is no room");
    was_refused(&refused, &["full", "--data"]);
    // What it began is no journal, and in nobody's way.
    fs::remove_file(disk.path("ballast")).expect("it was there");
    let server = disk.serve().expect("there is room");
    let words = "x".repeat(WORDS);
    let mut pair = Pair::sit(server.address, conversation(1)).await;
    assert_eq!(pair.say(&words).await, Answer::Stored);
    server.kill();

    disk.fill("ballast");
    match disk.serve() {
        Err(refused) => was_refused(&refused, &["--data"]),
        // It needs no room to read.
        Ok(server) => assert_eq!(length(server.address, conversation(1), &words).await, 1),
    }
    fs::remove_file(disk.path("ballast")).expect("it was there");
    let server = disk.serve().expect("there is room");
    holds(server.address, conversation(1), 1, &words).await;
}

#[tokio::test]
async fn on_a_disk_that_cannot_be_written_it_does_not_start_and_the_journal_can_be_read() {
    let Some(disk) = Disk::new(&folder("read-only"), KIB) else {
        return;
    };
    let server = disk.serve().expect("there is room");
    let mut pair = Pair::sit(server.address, conversation(1)).await;
    for _ in 0..3 {
        assert_eq!(pair.say("a word").await, Answer::Stored);
    }
    drop(pair);
    server.stop();
    disk.remount("ro");
    let refused = disk.serve().expect_err("it cannot be written");
    was_refused(&refused, &["Read-only file system", "--data"]);
    for (task, lines) in [("check", 1), ("export", 5)] {
        let output = disk.journal(task, None);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(told.lines().count(), lines, "{told}");
    }
    let copy = folder("from-read-only").join("copy");
    let output = disk.journal("backup", Some(&copy));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    fault_tests::server::is_in_order(Path::new(&copy));
    disk.remount("rw");
    let server = disk.serve().expect("it can be written again");
    holds(server.address, conversation(1), 3, "a word").await;
}
