//! The real binary with a journal on disk, killed: what was acknowledged is there, once, and everybody goes on.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::RngExt as _;
use shared::{Event, RoomId, Seat, Seq, ServerFrame, Turn};
use support::ask;
use support::certificate::folder;
use test_client::{Client, conversation, entry_id, person, words};
use tokio::task::JoinHandle;
use tokio::time::interval;

/// Rooms that talk while the server is killed.
const ROOMS: u8 = 8;

/// A server on a folder.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_duologue"));
        command.args(FLAGS).arg(data);
        Self::launch(command)
    }

    fn launch(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the binary runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("words");
        let address = line
            .split_whitespace()
            .find_map(|word| word.strip_prefix("http://"));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}"));
        let address = address.parse().expect("an address");
        Self { child, address }
    }

    /// SIGKILL: nothing is flushed, nobody is told.
    fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }
}

const FLAGS: [&str; 6] = [
    "serve",
    "--rooms-per-address",
    "100000",
    "--listen",
    "127.0.0.1:0",
    "--data",
];

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

/// Talks from both seats until the server is gone, and says in `acknowledged` how far it was told as stored.
async fn talk(address: SocketAddr, room: RoomId, acknowledged: Arc<AtomicU64>, words: String) {
    let ends = tokio::spawn(async move {
        let (mut one, _) = Client::sit(address, room, &person(1)).await;
        let (mut two, welcome) = Client::sit(address, room, &person(2)).await;
        let mut turn = welcome.floor.turn;
        loop {
            let speaker = if turn.0 % 2 == 1 { &mut one } else { &mut two };
            let id = entry_id(turn.0);
            speaker.say(id, turn, &words).await;
            speaker.stored(id).await;
            acknowledged.store(turn.0, Ordering::SeqCst);
            turn = turn.next();
        }
    });
    // Its clients panic when the server is killed, as they should.
    let _: Result<(), _> = ends.await;
}

/// Everything acknowledged in `room` is there and nothing is there twice: the talk is 1, 2, 3 … without a gap. Answers
/// how long it is.
async fn check(address: SocketAddr, room: RoomId, acknowledged: u64) -> u64 {
    let (mut client, welcome) = Client::sit(address, room, &person(1)).await;
    let mut said = Vec::new();
    let mut last = Seq::START;
    while last < welcome.head {
        for entry in client.entries().await {
            last = entry.seq;
            if let Event::Say { id, turn, .. } = entry.event {
                assert_eq!(id, entry_id(turn.0));
                said.push(turn.0);
            }
        }
    }
    let length = said.len() as u64;
    assert_eq!(said, (1..=length).collect::<Vec<_>>());
    assert!(
        length >= acknowledged,
        "{length} of {acknowledged} in {room}"
    );
    // At most the one whose answer the kill cut off.
    assert!(
        length <= acknowledged + 1,
        "{length} of {acknowledged} in {room}"
    );
    length
}

/// Kills under load; `DUOLOGUE_KILLS` asks for more than the ordinary run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_kill_loses_or_doubles_what_was_acknowledged() {
    let kills = std::env::var("DUOLOGUE_KILLS").map_or(20, |text| text.parse().expect("a number"));
    let home = folder("kills");
    let counts: Vec<Arc<AtomicU64>> = (0..ROOMS).map(|_| Arc::default()).collect();
    for kill in 1..=kills {
        let server = Server::start(&home);
        let address = server.address;
        for (number, count) in (1..).zip(&counts) {
            let acknowledged = count.load(Ordering::SeqCst);
            if acknowledged > 0 {
                let length = check(address, conversation(number), acknowledged).await;
                count.store(length, Ordering::SeqCst);
            }
        }
        let before: u64 = counts
            .iter()
            .map(|count| count.load(Ordering::SeqCst))
            .sum();
        let talks: Vec<_> = (1..)
            .zip(&counts)
            .map(|(number, count)| {
                let words = "x".repeat(100 * usize::from(number));
                tokio::spawn(talk(address, conversation(number), count.clone(), words))
            })
            .collect();
        // At a random moment of the talk, not of the clock: a slow machine talks as long as a fast one.
        let enough = before + rand::rng().random_range(1..60);
        let said = || {
            counts
                .iter()
                .map(|count| count.load(Ordering::SeqCst))
                .sum::<u64>()
        };
        let mut pace = interval(Duration::from_millis(1));
        while said() < enough && !talks.iter().all(JoinHandle::is_finished) {
            pace.tick().await;
        }
        assert!(said() >= enough, "all talks ended before kill {kill}");
        server.kill();
        for talk in talks {
            talk.await.expect("it catches its own panic");
        }
    }
    let total: u64 = counts
        .iter()
        .map(|count| count.load(Ordering::SeqCst))
        .sum();
    assert!(total > 0);
}

/// A limit on the size of files stands for a disk that breaks: the system refuses the write, and not because it is full.
#[tokio::test]
async fn after_a_failed_write_nothing_is_acknowledged_and_the_process_ends() {
    let home = folder("broken");
    let mut command = Command::new("sh");
    let serve = "trap '' XFSZ; ulimit -f 400; exec \"$@\"";
    command
        .args(["-c", serve, "sh", env!("CARGO_BIN_EXE_duologue")])
        .args(FLAGS)
        .arg(&home)
        .stderr(Stdio::piped());
    let mut server = Server::launch(command);
    let room = conversation(1);
    let acknowledged = Arc::<AtomicU64>::default();
    let long = "x".repeat(8_000);
    talk(server.address, room, acknowledged.clone(), long).await;
    let acknowledged = acknowledged.load(Ordering::SeqCst);
    assert!(acknowledged > 0, "nothing was stored before the limit");
    let mut complaint = String::new();
    let mut errors = server.child.stderr.take().expect("a pipe");
    errors.read_to_string(&mut complaint).expect("words");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(1));
    let last = complaint.lines().last().unwrap_or_default();
    assert!(
        last.contains("duologue: the disk has failed"),
        "{complaint}"
    );

    let server = Server::start(&home);
    let (ready, _) = ask(server.address, "GET /readyz", "").await;
    assert!(ready.starts_with("http/1.1 200"), "{ready}");
    check(server.address, room, acknowledged).await;
    server.kill();
}
