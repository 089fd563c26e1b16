//! Journals of earlier forms: conversations that were chained otherwise are refused and kept, and without any the folder
//! goes on.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use duologue::journal::{Journal, SqliteJournal};
use rusqlite::Connection;
use shared::{Epoch, Position, Seq};
use support::certificate::folder;
use support::talk_from;
use test_client::{conversation, person};

/// What brought form 1 to form 2.
const SECOND: &str = "
    ALTER TABLE rooms ADD COLUMN at INTEGER;
    ALTER TABLE rooms ADD COLUMN hash BLOB;
    CREATE TABLE ended (room TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 2;
";

fn file(home: &Path) -> PathBuf {
    home.join("journal.sqlite3")
}

fn log(home: &Path) -> PathBuf {
    home.join("journal.sqlite3-wal")
}

/// A journal of this form, with the talk that a server of form 1 wrote.
fn earlier(home: &Path, form: usize) -> Connection {
    let old = Connection::open(file(home)).expect("a file");
    old.execute_batch(include_str!("fixtures/journal-v1.sql"))
        .expect("tables");
    if form == 2 {
        old.execute_batch(SECOND).expect("tables");
    }
    old
}

fn run(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duologue"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// A server does not start on it, nothing is looked at in it, and it stays as it is, byte for byte.
fn is_refused_and_kept(home: &Path) {
    let bytes = || {
        (
            fs::read(file(home)).expect("a file"),
            fs::read(log(home)).ok(),
        )
    };
    let before = bytes();
    let [serve, listen, any, data] = ["serve", "--listen", "127.0.0.1:0", "--data"].map(Path::new);
    let [journal, check, export, backup] = ["journal", "check", "export", "backup"].map(Path::new);
    let copy = home.with_extension("copy");
    for (arguments, advice) in [
        (&[serve, listen, any, data, home][..], "--data"),
        (&[journal, check, home], "keep the folder"),
        (&[journal, export, home], "keep the folder"),
        (&[journal, backup, home, &copy], "keep the folder"),
    ] {
        let output = run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{complaint}");
        assert_eq!(output.stdout, b"");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
        for hint in ["holds conversations of an earlier state", advice] {
            assert!(complaint.contains(hint), "{hint:?} in {complaint:?}");
        }
        assert!(!complaint.contains("damage"), "{complaint}");
        assert!(bytes() == before, "{arguments:?}");
        assert!(!copy.exists());
    }
}

#[test]
fn conversations_of_an_earlier_form_are_refused_and_kept() {
    for form in [1, 2] {
        let home = folder(&format!("earlier-{form}"));
        earlier(&home, form).close().unwrap();
        is_refused_and_kept(&home);
    }
}

/// What was said last is in the log only, which opening and closing would move into the file.
#[test]
fn what_a_killed_server_of_an_earlier_form_left_is_kept() {
    let home = folder("earlier-killed");
    let old = earlier(&folder("earlier-running"), 2);
    let mode = |row: &rusqlite::Row<'_>| row.get(0);
    let mode: String = old
        .query_row("PRAGMA journal_mode = wal", [], mode)
        .unwrap();
    assert_eq!(mode, "wal");
    old.execute_batch("UPDATE rooms SET at = 7").unwrap();
    let running = PathBuf::from(old.path().expect("a file"));
    let running = running.parent().expect("a folder");
    fs::copy(file(running), file(&home)).unwrap();
    fs::copy(log(running), log(&home)).unwrap();
    assert!(fs::metadata(log(&home)).unwrap().len() > 0);
    is_refused_and_kept(&home);
}

#[tokio::test]
async fn without_conversations_an_earlier_form_goes_on() {
    for form in [1, 2] {
        let home = folder(&format!("earlier-empty-{form}"));
        let old = earlier(&home, form);
        old.execute_batch("DELETE FROM entries; DELETE FROM rooms;")
            .unwrap();
        let over = usize::from(form == 2);
        if over == 1 {
            let name = conversation(9).to_string();
            old.execute("INSERT INTO ended VALUES (?1)", [name])
                .unwrap();
        }
        old.close().unwrap();
        let check = |talk: &str| {
            let output = run(&[Path::new("journal"), Path::new("check"), &home]);
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            let order = format!("all is in order: {talk}, {over} conversations that are over\n");
            assert_eq!(told, order, "{output:?}");
        };
        check("0 rooms with 0 entries");
        let room = conversation(1);
        let journal = SqliteJournal::open(&home).expect("an older journal");
        talk_from(&journal, room, [1, 2].map(person), 5, 8, 1_000).await;
        drop(journal);
        check("1 rooms with 5 entries");
        let journal = SqliteJournal::open(&home).expect("the journal again");
        let head = journal.position(room).await.expect("the journal answers");
        let (epoch, seq) = (Epoch(7), Seq(5));
        assert_eq!(head, Some(Position { epoch, seq }));
        let is_over = journal.is_over(conversation(9)).await;
        assert_eq!(is_over.expect("the journal answers"), over == 1);
    }
}
