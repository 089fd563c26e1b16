//! What is on disk: there after reopening, one process's at a time, and left alone when it cannot be trusted.

mod support;

use std::fs::{self, OpenOptions};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use duologue::journal::{Journal, SqliteJournal};
use rusqlite::Connection;
use shared::{
    Entry, EntryHash, Epoch, Event, Position, Sealed, Seat, Seq, Signature, Timestamp, Turn,
};
use support::certificate::folder;
use test_client::{conversation, entry_id};

const EPOCH: Epoch = Epoch(u64::MAX);

/// Long enough for several pages of the file.
const LENGTH: u64 = 200;

fn entry(seq: u64) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Timestamp(seq),
        seat: Seat::Two,
        prev: EntryHash([3; 32]),
        event: Event::Say {
            id: entry_id(seq),
            turn: Turn(seq),
            end_turn: true,
            seen: None,
            sealed: Sealed::new(vec![b'x'; 300]),
        },
        sig: Some(Signature([4; 64])),
    }
}

fn file(home: &Path) -> PathBuf {
    home.join("journal.sqlite3")
}

/// A journal with a talk in it, closed.
async fn written(test: &str) -> PathBuf {
    let home = folder(test);
    let journal = SqliteJournal::open(&home).expect("a new journal");
    let start = Position {
        epoch: EPOCH,
        seq: Seq::START,
    };
    let entries = (1..=LENGTH).map(entry).collect();
    let appended = journal.append(conversation(1), start, entries).await;
    appended.expect("the journal answers");
    home
}

fn serve(data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duologue"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// The binary refuses to start, in one line with these words.
fn refuses(data: &Path, hints: &[&str]) {
    let output = serve(data);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert_eq!(output.stdout, b"");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
    for hint in hints {
        assert!(complaint.contains(hint), "{hint:?} in {complaint:?}");
    }
}

/// As [`refuses`], and what is there stays as it is, byte for byte.
fn refuses_and_keeps(home: &Path, hints: &[&str]) {
    let before = fs::read(file(home)).expect("a journal");
    refuses(home, hints);
    assert_eq!(fs::read(file(home)).expect("a journal"), before);
}

#[tokio::test]
async fn what_was_appended_is_there_after_reopening() {
    let home = written("reopened").await;
    let journal = SqliteJournal::open(&home).expect("the journal again");
    let room = conversation(1);
    let head = journal.position(room).await.expect("the journal answers");
    let seq = Seq(LENGTH);
    assert_eq!(head, Some(Position { epoch: EPOCH, seq }));
    let found = journal.replay(room, EPOCH, Seq::START, 1_000).await;
    let expected: Vec<_> = (1..=LENGTH).map(entry).collect();
    assert_eq!(found.expect("the journal answers"), expected);
}

#[tokio::test]
async fn the_folder_is_made_for_its_owner_only() {
    let home = folder("private").join("deep").join("duologue");
    let _journal = SqliteJournal::open(&home).expect("a new journal");
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode(&home), 0o700);
    assert_eq!(mode(&file(&home)), 0o600);
}

#[tokio::test]
async fn two_servers_never_share_a_folder() {
    let home = written("locked").await;
    let journal = SqliteJournal::open(&home).expect("the journal again");
    let name = home.to_str().expect("a path in words");
    refuses(&home, &[name, "in use", "--data"]);
    drop(journal);
    SqliteJournal::open(&home).expect("free again");
}

#[test]
fn a_folder_that_cannot_be_used_is_told() {
    let home = folder("unusable");
    let plain = home.join("plain");
    fs::write(&plain, "").unwrap();
    refuses(&plain, &["is not a directory", "--data", "--memory"]);
    refuses(&plain.join("below"), &["is not a directory", "--data"]);
    // Nobody can make a directory there, not even the superuser.
    refuses(
        Path::new("/proc/duologue"),
        &["cannot write to /proc/duologue", "--data"],
    );
}

#[test]
fn data_and_memory_exclude_each_other() {
    let output = Command::new(env!("CARGO_BIN_EXE_duologue"))
        .args(["serve", "--memory", "--data", "here"])
        .output()
        .expect("the binary runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("--data") && complaint.contains("--memory"));
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

#[tokio::test]
async fn a_damaged_journal_is_not_opened() {
    let home = written("overwritten").await;
    let bytes = OpenOptions::new().write(true).open(file(&home)).unwrap();
    let length = bytes.metadata().unwrap().len();
    assert!(length > 20 * 4096);
    for page in 2..20 {
        bytes.write_all_at(&[0xa5; 4096], page * 4096).unwrap();
    }
    refuses_and_keeps(&home, &["damaged", "backup"]);

    let home = written("truncated").await;
    let bytes = OpenOptions::new().write(true).open(file(&home)).unwrap();
    bytes.set_len(length / 2).unwrap();
    refuses_and_keeps(&home, &["damaged", "backup"]);
    bytes.set_len(0).unwrap();
    refuses_and_keeps(&home, &["damaged", "empty"]);
}

#[tokio::test]
async fn a_journal_that_is_lost_beside_its_log_is_not_begun_anew() {
    let home = written("lost").await;
    fs::write(home.join("journal.sqlite3-wal"), "the rest").unwrap();
    fs::remove_file(file(&home)).unwrap();
    refuses(&home, &["damaged", "write-ahead log"]);
    assert!(!file(&home).exists());
}

#[tokio::test]
async fn what_is_no_journal_or_a_newer_one_is_left_alone() {
    let home = folder("foreign");
    fs::write(
        file(&home),
        "a letter to a friend, and nothing else\n".repeat(20),
    )
    .unwrap();
    refuses_and_keeps(&home, &["no journal of Duologue's"]);

    // The version is at byte 60 of the file, the program's mark at byte 68.
    let home = written("newer").await;
    let bytes = OpenOptions::new().write(true).open(file(&home)).unwrap();
    bytes.write_all_at(&99_u32.to_be_bytes(), 60).unwrap();
    refuses_and_keeps(&home, &["newer", "99"]);
    let home = written("other-program").await;
    let bytes = OpenOptions::new().write(true).open(file(&home)).unwrap();
    bytes.write_all_at(b"else", 68).unwrap();
    refuses_and_keeps(&home, &["no journal of Duologue's"]);
}

/// What was changed where SQLite does not look is noticed when its room is asked for; other rooms go on.
#[tokio::test]
async fn a_damaged_room_is_refused_and_the_others_go_on() {
    let home = folder("one-room");
    let journal = SqliteJournal::open(&home).expect("a new journal");
    let start = Position {
        epoch: EPOCH,
        seq: Seq::START,
    };
    for number in 1..=6 {
        let entries = (1..=LENGTH).map(entry).collect();
        let appended = journal.append(conversation(number), start, entries).await;
        appended.expect("the journal answers");
    }
    drop(journal);
    let damaged = Connection::open(file(&home)).unwrap();
    for damage in [
        "UPDATE entries SET entry = replace(entry, 'eHh4', 'eHh5') WHERE room = 1 AND seq = 200",
        "UPDATE rooms SET seq = 199 WHERE id = 2",
        "DELETE FROM entries WHERE room = 3 AND seq = 200",
        "UPDATE entries SET entry = 'x' WHERE room = 4 AND seq = 200",
        // Only the room's row knows when that was.
        "UPDATE entries SET entry = replace(entry, '\"at\":200', '\"at\":100') WHERE room = 5 AND seq = 200",
    ] {
        assert_eq!(damaged.execute(damage, []).unwrap(), 1, "{damage}");
    }
    drop(damaged);
    let journal = SqliteJournal::open(&home).expect("the journal again");
    for number in 1..=5 {
        let refused = journal.position(conversation(number)).await;
        let reason = refused.expect_err("it is damaged").to_string();
        let name = conversation(number).to_string();
        assert!(reason.contains(&name), "{reason}");
    }
    let whole = journal.position(conversation(6)).await;
    assert_eq!(
        whole.expect("it is whole").map(|at| at.seq),
        Some(Seq(LENGTH))
    );
    assert_eq!(journal.failure(), None);
}
