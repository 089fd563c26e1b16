//! The documented sample client, `docs/client.py`, talks with ours over a real hub.

mod support;

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use shared::{Event, LeaveReason, Presence, RoomId, Seat, ServerFrame, Turn};
use support::TestServer;
use test_client::{Client, conversation, entry_id, person, words};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// What should come comes within this time, or the test has failed. Generous: only a failure waits it out.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is said from one side and from the other, a turn each.
const TALK: [(&str, &str); 4] = [
    ("hello", "hello to you"),
    ("👩🏽‍🚀 and 🏳️‍🌈 are one sign each", "e\u{301} is not \u{e9}"),
    ("שלום, מה שלומך?", "مرحبًا، أنا بخير (42)"),
    ("\"quoted\\\", <b>not bold</b>", "last"),
];

/// The interpreter that `cargo xtask test` names, or else the one that `cargo xtask setup` made, found as it is there.
fn python() -> PathBuf {
    let set = |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("DUOLOGUE_PYTHON")
        .or_else(|| {
            let cache = set("DUOLOGUE_CACHE")
                .or_else(|| Some(set("XDG_CACHE_HOME")?.join("duologue")))
                .or_else(|| Some(env::home_dir()?.join(".cache/duologue")))?;
            Some(cache.join("python/bin/python")).filter(|python| python.is_file())
        })
        .expect(
            "no Python with websockets and PyNaCl: run `cargo xtask setup`, or set DUOLOGUE_PYTHON",
        )
}

/// A running `docs/client.py`.
struct Sample {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Sample {
    fn start(hub: SocketAddr, room: RoomId) -> Self {
        let mut child = Command::new(python())
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/client.py"))
            .arg(format!("ws://{hub}/ws"))
            .arg(format!("--room={room}"))
            // Neither the machine's locale nor its proxy is under test.
            .env("PYTHONUTF8", "1")
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self {
            child,
            input,
            output,
        }
    }

    /// Waits for the next line, which must be this one.
    async fn prints(&mut self, expected: &str) {
        let line = timeout(PATIENCE, self.output.next_line()).await;
        match line.expect("the sample client prints").expect("UTF-8") {
            Some(line) => assert_eq!(line, expected),
            None => panic!("waited for {expected:?}; {:?}", self.ended().await),
        }
    }

    async fn types(&mut self, line: &str) {
        let input = self.input.as_mut().expect("input has not ended");
        input
            .write_all(format!("{line}\n").as_bytes())
            .await
            .expect("the sample client reads");
    }

    /// Waits for its end: exit status, and what it complained of.
    async fn ended(&mut self) -> (ExitStatus, String) {
        let mut complaint = String::new();
        let mut errors = self.child.stderr.take().expect("a pipe");
        let read = timeout(PATIENCE, errors.read_to_string(&mut complaint)).await;
        read.expect("the sample client ends").expect("UTF-8");
        let status = timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the sample client ends");
        (status.expect("a child of ours"), complaint)
    }

    /// One turn of the sample client: what is typed arrives.
    async fn speaks(&mut self, listener: &mut Client, text: &str) {
        self.prints("Your turn:").await;
        self.types(text).await;
        let said = listener
            .pick("what was typed", |frame| match frame {
                ServerFrame::Entry(entry) if matches!(entry.event, Event::Say { .. }) => {
                    Some(words(entry))
                }
                _ => None,
            })
            .await;
        assert_eq!(said, text);
    }

    /// One turn of the other side: what is said is printed.
    async fn hears(&mut self, speaker: &mut Client, seat: Seat, turn: Turn, text: &str) {
        let id = entry_id(turn.0);
        speaker.say(id, turn, text).await;
        speaker.stored(id).await;
        self.prints(&format!("Seat {seat}: {text}")).await;
    }

    /// With its input at an end it gives the seat up, and that is no failure.
    async fn leaves(&mut self, other: &mut Client) {
        self.prints("Your turn:").await;
        self.input = None;
        let reason = other
            .pick("the departure", |frame| match frame {
                ServerFrame::Entry(entry) => match entry.event {
                    Event::Leave { reason } => Some(reason),
                    _ => None,
                },
                _ => None,
            })
            .await;
        assert_eq!(reason, LeaveReason::Asked);
        let (status, complaint) = self.ended().await;
        assert_eq!((status.code(), complaint.as_str()), (Some(0), ""));
    }
}

#[tokio::test]
async fn it_takes_the_first_seat_and_talks() {
    let hub = TestServer::start().await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 1.").await;
    let (mut two, welcome) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    assert_eq!((welcome.seat, welcome.peer), (Seat::Two, Presence::Here {}));
    let mut turn = Turn::FIRST;
    for (typed, said) in TALK {
        sample.speaks(&mut two, typed).await;
        sample.hears(&mut two, Seat::Two, turn.next(), said).await;
        turn = turn.next().next();
    }
    sample.leaves(&mut two).await;
}

#[tokio::test]
async fn it_takes_the_second_seat_of_a_conversation_and_talks() {
    let hub = TestServer::start().await;
    // This room's name begins with a hyphen, as a flag would.
    let room = conversation(0xfb);
    assert!(room.to_string().starts_with('-'), "{room}");
    let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
    let mut turn = Turn::FIRST;

    // What was said before it came is the first that it shows.
    one.say(entry_id(1), turn, "is anybody there?").await;
    one.stored(entry_id(1)).await;
    let mut sample = Sample::start(hub.address, room);
    sample.prints("You have seat 2.").await;
    sample.prints("Seat 1: is anybody there?").await;
    sample.speaks(&mut one, "I am").await;
    for (said, typed) in TALK {
        turn = turn.next().next();
        sample.hears(&mut one, Seat::One, turn, said).await;
        sample.speaks(&mut one, typed).await;
    }
    let turn = turn.next().next();
    sample.hears(&mut one, Seat::One, turn, "goodbye").await;
    sample.leaves(&mut one).await;
}

#[tokio::test]
async fn as_a_third_it_is_refused_in_words() {
    let hub = TestServer::start().await;
    let (_one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (_two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    let mut third = Sample::start(hub.address, RoomId::Table);
    let (status, complaint) = third.ended().await;
    assert_eq!(status.code(), Some(1), "{complaint}");
    assert_eq!(complaint.trim_end(), "The hub refused: room full.");
}

#[tokio::test]
async fn when_the_hub_stops_it_says_so() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    sample
        .hears(&mut one, Seat::One, Turn::FIRST, "goodbye")
        .await;
    sample.speaks(&mut one, "goodbye").await;
    let stopped = tokio::spawn(hub.stop());
    // Without its goodbye the hub would wait for this one.
    one.ended().await;
    drop(one);
    let (status, complaint) = sample.ended().await;
    assert_eq!(status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("draining"), "{complaint}");
    stopped.await.unwrap();
}

#[tokio::test]
async fn a_strangers_control_characters_do_not_reach_the_terminal() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let mut sample = Sample::start(hub.address, RoomId::Table);
    sample.prints("You have seat 2.").await;
    one.say(entry_id(1), Turn::FIRST, "\u{1b}[2J\u{9b}2J\r\tgone?")
        .await;
    sample.prints("Seat 1: ?[2J?2J??gone?").await;
}
