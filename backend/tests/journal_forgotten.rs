//! What is forgotten is in none of the journal's files any more, also while the server runs.

mod support;

use std::fs;
use std::path::Path;

use duologue::journal::{Journal, SqliteJournal};
use rusqlite::Connection;
use shared::{
    Entry, EntryHash, Epoch, Event, Position, RoomId, Sealed, Seat, Seq, Timestamp, Turn,
};
use support::certificate::folder;
use test_client::{conversation, entry_id};

const EPOCH: Epoch = Epoch(7);

fn body(room: u8, seq: u64) -> Sealed {
    // Some are long enough for pages of their own.
    let length = if seq.is_multiple_of(5) { 9_000 } else { 90 };
    let mut bytes = format!("{room:02} says {seq:03} ").into_bytes();
    bytes.resize(length, b'a' + room);
    Sealed::new(bytes)
}

fn entry(room: u8, seq: u64) -> Entry {
    Entry {
        seq: Seq(seq),
        at: Timestamp(seq),
        seat: Seat::One,
        prev: EntryHash([3; 32]),
        event: Event::Say {
            id: entry_id(seq),
            turn: Turn(seq),
            end_turn: true,
            seen: None,
            sealed: body(room, seq),
        },
        sig: None,
    }
}

const ROOMS: u8 = 5;
const LENGTH: u64 = 25;

/// The rooms speak by turns, so that their entries share pages.
async fn talk(journal: &dyn Journal) {
    for seq in 1..=LENGTH {
        for room in 1..=ROOMS {
            let before = Position {
                epoch: EPOCH,
                seq: Seq(seq - 1),
            };
            let appended = journal.append(conversation(room), before, vec![entry(room, seq)]);
            appended.await.expect("the journal answers");
        }
    }
}

async fn forget(journal: &dyn Journal, room: RoomId) {
    let forgotten = journal.forget(room, EPOCH).await;
    forgotten.expect("the journal answers");
    // Asked after the log was seen to: the writer does one thing after the other.
    journal.check().await.expect("the journal answers");
}

/// How many of a room's bodies can be read in the journal's files.
fn legible(home: &Path, room: u8) -> usize {
    let read = |name| fs::read(home.join(name)).unwrap_or_default();
    let files = [read("journal.sqlite3"), read("journal.sqlite3-wal")]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let is_there = |seq: &u64| {
        // As it lies there: in JSON, the first of its letters.
        let json = serde_json::to_string(&body(room, *seq)).expect("JSON");
        files.iter().any(|file| file.contains(&json[1..20]))
    };
    (1..=LENGTH).filter(is_there).count()
}

#[tokio::test]
async fn no_body_is_left_in_the_file_or_its_log() {
    let home = folder("forgotten");
    let journal = SqliteJournal::open(&home).expect("a new journal");
    talk(&journal).await;
    let all = usize::try_from(LENGTH).expect("a number");
    for room in [2, 5] {
        assert_eq!(legible(&home, room), all);
        forget(&journal, conversation(room)).await;
        assert_eq!(legible(&home, room), 0, "{room}");
    }
    assert_eq!(legible(&home, 3), all, "others are as they were");
}

#[tokio::test]
async fn while_somebody_reads_the_log_waits() {
    let home = folder("forgotten-late");
    let journal = SqliteJournal::open(&home).expect("a new journal");
    talk(&journal).await;
    let reader = Connection::open(home.join("journal.sqlite3")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM rooms;").unwrap();
    forget(&journal, conversation(2)).await;
    assert!(legible(&home, 2) > 0, "whoever reads may finish");
    drop(reader);
    // Whoever asks how the journal is gets it done.
    for _ in 0..2 {
        journal.check().await.expect("the journal answers");
    }
    assert_eq!(legible(&home, 2), 0);
}
