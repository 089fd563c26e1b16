//! The real binary with a journal on disk, killed: what was acknowledged is there, once, and everybody goes on.

use std::fs;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fault_tests::folder;
use fault_tests::server::{SERVE, Server, binary, is_in_order};
use fault_tests::talk::{holds, talk};
use rand::RngExt as _;
use shared::{Seat, Seq, ServerFrame, Turn};
use test_client::{Client, conversation, entry_id, person, words};
use tokio::task::JoinHandle;
use tokio::time::{interval, sleep};

/// Rooms that talk while the server is killed.
const ROOMS: u8 = 8;

/// What is said in a room: the longer the higher its number.
fn said(number: u8) -> String {
    "x".repeat(100 * usize::from(number))
}

/// Past what the test harness captures: a long run should show that it lives, and what it came to.
fn aloud(line: &str) {
    // Nobody may be reading.
    let _ = writeln!(io::stderr(), "{line}");
}

#[tokio::test]
async fn a_killed_server_comes_back_with_all_it_acknowledged() {
    let home = folder("killed");
    let server = Server::start(&home);
    let room = conversation(1);
    let (mut one, before) = Client::sit(server.address, room, &person(1)).await;
    let (mut two, _) = Client::sit(server.address, room, &person(2)).await;
    one.say(entry_id(1), Turn(1), "are you there?").await;
    one.stored(entry_id(1)).await;
    two.say(entry_id(2), Turn(2), "still").await;
    two.stored(entry_id(2)).await;
    one.ping().await;
    let (known, all) = (one.knew_at(Seq(3)), two.person().clone());
    server.kill();

    let server = Server::start(&home);
    let (mut one, after) = Client::resume(server.address, known).await;
    assert_eq!((after.seat, after.epoch), (Seat::One, before.epoch));
    assert_eq!((after.head, after.floor.turn), (Seq(4), Turn(3)));
    let missed: Vec<_> = one.entries().await.iter().map(words).collect();
    assert_eq!(missed, ["still"]);
    let (mut two, after) = Client::resume(server.address, all).await;
    assert_eq!(after.seat, Seat::Two);
    two.ping().await;
    let told = two.take_passed();
    let resync = |frame: &ServerFrame| matches!(frame, ServerFrame::Resync { .. });
    assert!(!told.iter().any(resync), "{told:?}");
    // The first answer holds across the restart.
    two.say(entry_id(2), Turn(2), "still").await;
    assert_eq!(two.stored(entry_id(2)).await, Seq(4));
    one.say(entry_id(3), Turn(3), "good").await;
    assert_eq!(one.stored(entry_id(3)).await, Seq(5));
    server.kill();
}

/// Kills under load; `DUOLOGUE_KILLS` asks for more than the ordinary run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_loses_or_doubles_what_was_acknowledged() {
    let kills = std::env::var("DUOLOGUE_KILLS").map_or(20, |text| text.parse().expect("a number"));
    let home = folder("kills");
    let counts: Vec<Arc<AtomicU64>> = (0..ROOMS).map(|_| Arc::default()).collect();
    let sum = || -> u64 {
        counts
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .sum()
    };
    // Killed while they started, and how many had reached the disk when their answer was cut off.
    let (mut early, mut unanswered) = (0, 0);
    for kill in 1..=kills {
        // Now and then one that has hardly begun: it may be at any step of finding the journal after the last kill.
        if rand::rng().random_ratio(1, 4) {
            let mut command = Command::new(binary());
            command.args(SERVE).arg(&home);
            command.stdout(Stdio::null());
            let mut child = command.spawn().expect("the binary runs");
            sleep(Duration::from_micros(rand::rng().random_range(0..40_000))).await;
            child.kill().expect("a child");
            child.wait().expect("it ends");
            early += 1;
        }
        let server = Server::start(&home);
        let address = server.address;
        let log = fs::metadata(home.join("journal.sqlite3-wal"));
        // However many were killed before.
        assert_eq!(log.map_or(0, |log| log.len()), 0, "it starts with a log");
        for (number, count) in (1..).zip(&counts) {
            let acknowledged = count.load(Ordering::SeqCst);
            if acknowledged > 0 {
                let room = conversation(number);
                let length = holds(address, room, acknowledged, &said(number)).await;
                unanswered += length - acknowledged;
                count.store(length, Ordering::SeqCst);
            }
        }
        let before = sum();
        let talks: Vec<_> = (1..)
            .zip(&counts)
            .map(|(number, count)| {
                let talking = talk(address, conversation(number), count.clone(), said(number));
                tokio::spawn(talking)
            })
            .collect();
        // At a random moment of the talk, not of the clock: a slow machine talks as long as a fast one.
        let enough = before + rand::rng().random_range(1..60);
        let mut pace = interval(Duration::from_millis(1));
        while sum() < enough && !talks.iter().all(JoinHandle::is_finished) {
            pace.tick().await;
        }
        assert!(sum() >= enough, "all talks ended before kill {kill}");
        // And at any step of a commit, not right after an answer.
        sleep(Duration::from_micros(rand::rng().random_range(0..3_000))).await;
        server.kill();
        if kill % 20 == 0 {
            aloud(&format!("{kill} kills, {} messages", sum()));
        }
        for talk in talks {
            talk.await.expect("it catches its own panic");
        }
    }
    let server = Server::start(&home);
    for (number, count) in (1..).zip(&counts) {
        let acknowledged = count.load(Ordering::SeqCst);
        holds(
            server.address,
            conversation(number),
            acknowledged,
            &said(number),
        )
        .await;
    }
    server.stop();
    is_in_order(&home);
    let acknowledged = sum() - unanswered;
    aloud(&format!(
        "{kills} kills under load and {early} at the start: {acknowledged} messages acknowledged in {ROOMS} rooms, none \
         lost, none twice; {unanswered} more were stored when their answer was cut off"
    ));
}
