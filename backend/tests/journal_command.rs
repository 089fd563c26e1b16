//! `duologue journal`: check, export and backup, on a journal that a server writes and on one that lies still.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use duologue::Settings;
use duologue::journal::{Journal, SqliteJournal};
use rusqlite::Connection;
use shared::{CloseCode, Entry, Epoch, Rejection, RoomId, Seq, Turn};
use support::TestServer;
use support::certificate::folder;
use test_client::{Client, Ended, conversation, entry_id, person};

/// Talks in three rooms, one of which ends; answers the server and the people who are still there.
async fn talked(home: &Path) -> (TestServer, Vec<Client>) {
    let journal = SqliteJournal::open(home).expect("a journal");
    let hub = TestServer::start_on(Settings::default(), Arc::new(journal)).await;
    let mut people = Vec::new();
    for room in [RoomId::Table, conversation(1), conversation(2)] {
        let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
        let (mut two, _) = Client::sit(hub.address, room, &person(2)).await;
        one.say(entry_id(1), Turn(1), "a word").await;
        one.stored(entry_id(1)).await;
        two.say(entry_id(2), Turn(2), "another").await;
        two.stored(entry_id(2)).await;
        people.extend([one, two]);
    }
    for mut leaving in people.drain(4..) {
        leaving.leave().await;
        assert_eq!(leaving.ended().await, Ended::Closed(CloseCode::LEFT));
    }
    // Both hear that they left before the talk is forgotten, and whoever comes only after.
    let mut late = Client::connect(hub.address).await;
    late.hello(conversation(2), &person(1)).await;
    assert_eq!(late.rejected().await.1, Rejection::RoomOver {});
    (hub, people)
}

fn journal(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_duologue"))
        .arg("journal")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn checks(home: &Path, code: i32) -> String {
    let output = journal(&[Path::new("check"), home]);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    assert_eq!(output.stderr, b"");
    told(&output)
}

fn file(home: &Path) -> PathBuf {
    home.join("journal.sqlite3")
}

/// What `check`, `export` and `backup` make of a whole journal of so many entries.
async fn looked_at(home: &Path, name: &str, entries: usize) {
    let in_order =
        format!("all is in order: 2 rooms with {entries} entries, 1 conversations that are over\n");
    assert_eq!(checks(home, 0), in_order, "{name}");
    let exported = journal(&[Path::new("export"), home]);
    assert_eq!(exported.status.code(), Some(0), "{exported:?}");
    let mut rooms = BTreeMap::<(RoomId, Epoch), Vec<Entry>>::new();
    for line in told(&exported).lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let room = line["room"].as_str().and_then(|room| room.parse().ok());
        let epoch = line["epoch"].as_str().and_then(|epoch| epoch.parse().ok());
        let entry = serde_json::from_value(line["entry"].clone()).expect("an entry");
        let key = (room.expect("a room"), epoch.expect("an epoch"));
        rooms.entry(key).or_default().push(entry);
    }
    assert_eq!(rooms.values().map(Vec::len).sum::<usize>(), entries);

    let copy = folder(name).join("copy of it?");
    let backup = [Path::new("backup"), home, &copy];
    let copied = journal(&backup);
    assert_eq!(copied.status.code(), Some(0), "{copied:?}");
    assert_eq!(checks(&copy, 0), in_order, "{name}");
    // Never over anything.
    let before = fs::read(file(&copy)).expect("the copy");
    let again = journal(&backup);
    let complaint = String::from_utf8_lossy(&again.stderr);
    assert_eq!(again.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("is there already"), "{complaint}");
    assert_eq!(fs::read(file(&copy)).expect("the copy"), before);
    // A server starts on it, and finds what was exported.
    let restored = SqliteJournal::open(&copy).expect("a journal");
    for ((room, epoch), entries) in rooms {
        let found = restored.replay(room, epoch, Seq::START, 100).await;
        assert_eq!(found.expect("the journal answers"), entries, "{name}");
    }
    let over = restored.is_over(conversation(2)).await;
    assert!(over.expect("the journal answers"), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_looked_at_while_a_server_writes_it_and_after() {
    let home = folder("looked-at");
    let (hub, mut people) = talked(&home).await;
    looked_at(&home, "copied-live", 8).await;
    // None of it was in the server's way.
    people[0].say(entry_id(3), Turn(3), "as ever").await;
    people[0].stored(entry_id(3)).await;
    drop(people);
    hub.stop().await;
    looked_at(&home, "copied-still", 9).await;
}

#[tokio::test]
async fn damage_is_told_by_room_and_the_rest_is_written_out() {
    let home = folder("damaged-rooms");
    let (hub, people) = talked(&home).await;
    drop(people);
    hub.stop().await;
    let name = conversation(1).to_string();
    let damage = |sql: &str| {
        let connection = Connection::open(file(&home)).unwrap();
        assert_eq!(connection.execute(sql, [&name]).unwrap(), 1, "{sql}");
    };
    const ROOM: &str = "room = (SELECT id FROM rooms WHERE room = ?1)";
    let whole = fs::read(file(&home)).unwrap();
    for (sql, hint) in [
        (
            format!("DELETE FROM entries WHERE seq = 2 AND {ROOM}"),
            "entry 2 is missing",
        ),
        (
            format!("DELETE FROM entries WHERE seq = 4 AND {ROOM}"),
            "it ends at entry 3, not 4",
        ),
        (
            format!("UPDATE entries SET entry = '{{' WHERE seq = 3 AND {ROOM}"),
            "entry 3 cannot be read",
        ),
        (
            format!("UPDATE entries SET seat = 2 WHERE seq = 3 AND {ROOM}"),
            "entry 3 is filed as what it is not",
        ),
        (
            // The second letter of "a word", sealed as it is: nothing but its hash tells.
            format!(
                "UPDATE entries SET entry = replace(entry, 'YSB3b3Jk', 'YTB3b3Jk') WHERE seq = 3 AND {ROOM}"
            ),
            "entry 4 follows upon another talk",
        ),
        (
            format!(
                "UPDATE entries SET entry = replace(entry, 'YW5vdGhlcg', 'YX5vdGhlcg') WHERE seq = 4 AND {ROOM}"
            ),
            "entry 4 is not the one that was written",
        ),
        (
            "UPDATE rooms SET at = 1 WHERE room = ?1".to_owned(),
            "entry 4 is of another time than its room",
        ),
        (
            "INSERT INTO ended VALUES (?1)".to_owned(),
            "over, and yet there",
        ),
    ] {
        fs::write(file(&home), &whole).unwrap();
        damage(&sql);
        let told = checks(&home, 2);
        let line = format!("damaged: room {name}: {hint}");
        assert!(told.starts_with(&line), "{line} in {told}");
        assert!(told.contains("\n1 damage: 2 rooms"), "{told}");
    }

    fs::write(file(&home), &whole).unwrap();
    damage(&format!(
        "UPDATE entries SET entry = '{{' WHERE seq = 3 AND {ROOM}"
    ));
    let output = journal(&[Path::new("export"), &home]);
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains(&name), "{complaint}");
    assert_eq!(told(&output).lines().count(), 7);
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let home = folder("damaged-file");
    let (hub, people) = talked(&home).await;
    drop(people);
    hub.stop().await;
    let bytes = fs::OpenOptions::new()
        .write(true)
        .open(file(&home))
        .unwrap();
    let pages = bytes.metadata().unwrap().len() / 4096;
    for page in 2..pages {
        bytes.write_all_at(&[0xa5; 4096], page * 4096).unwrap();
    }
    let told = checks(&home, 2);
    assert!(told.starts_with("damaged: the file: "), "{told}");
    let copy = folder("bad-copy").join("copy");
    let output = journal(&[Path::new("backup"), &home, &copy]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(!copy.exists(), "half a copy is none");
}

#[test]
fn what_is_no_journal_is_told() {
    let home = folder("nothing-there");
    let foreign = folder("a-letter");
    fs::write(file(&foreign), "a letter to a friend, ".repeat(40)).unwrap();
    let newer = folder("from-the-future");
    drop(SqliteJournal::open(&newer).expect("a new journal"));
    let connection = Connection::open(file(&newer)).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    for (home, hint) in [
        (&home, "there is no journal in"),
        (&foreign, "is no journal of Duologue's"),
        (&newer, "newer"),
    ] {
        for task in ["check", "export", "backup"] {
            let target = home.join("copy");
            let mut arguments = vec![Path::new(task), home];
            arguments.extend((task == "backup").then_some(target.as_path()));
            let output = journal(&arguments);
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{complaint}");
            assert_eq!(complaint.lines().count(), 1, "{complaint}");
            assert!(complaint.contains(hint), "{hint} in {complaint}");
            assert!(!target.exists());
        }
    }
    let output = journal(&[Path::new("check")]);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("duologue journal --help"), "{complaint}");
}
