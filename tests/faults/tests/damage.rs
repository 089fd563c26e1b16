//! Damaged files: a server that does not start and says so, a room that is refused, or all that was acknowledged. Never a
//! room that is shorter, emptier or other than it was.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fault_tests::folder;
use fault_tests::server::{SERVE, Server, binary, was_refused};
use fault_tests::talk::{Answer, Pair, read};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared::{CloseCode, RoomId, ServerFrame};
use test_client::{Client, Ended, conversation, person};

const ROOMS: u8 = 6;

/// Messages in each room that are in the file, and then those that are in the write-ahead log only.
const IN_FILE: u64 = 12;
const IN_LOG: u64 = 4;

const FILE: &str = "journal.sqlite3";
const LOG: &str = "journal.sqlite3-wal";

fn said(number: u8) -> String {
    format!("{number} ").repeat(120)
}

async fn talk_on(server: &Server, messages: u64) {
    for number in 1..=ROOMS {
        let mut pair = Pair::sit(server.address, conversation(number)).await;
        for _ in 0..messages {
            assert_eq!(pair.say(&said(number)).await, Answer::Stored);
        }
    }
}

/// A folder whose server was stopped, had another, and lost that one to SIGKILL.
async fn written(test: &str) -> PathBuf {
    let home = folder(test);
    let server = Server::start(&home);
    talk_on(&server, IN_FILE).await;
    server.stop();
    assert!(!home.join(LOG).exists(), "all is in the file");
    let server = Server::start(&home);
    talk_on(&server, IN_LOG).await;
    server.kill();
    assert!(home.join(LOG).exists());
    home
}

/// How long the talk in a room is; `None` where the room is refused.
async fn length(server: &Server, room: RoomId, said: &str) -> Option<u64> {
    let mut client = Client::connect(server.address).await;
    client.hello(room, &person(1)).await;
    let answer = client.frame_or_end().await;
    match answer {
        Ok(ServerFrame::Welcome { head, .. }) => Some(read(client, head, said).await),
        Ok(other) => panic!("{other:?}"),
        Err(ended) => {
            assert_eq!(ended, Ended::Closed(CloseCode::UNAVAILABLE));
            None
        }
    }
}

/// What a start on damaged files came to.
#[derive(Debug, Default)]
struct Outcomes {
    refused: u32,
    rooms_refused: u32,
    whole: u32,
}

impl Outcomes {
    /// Starts on `home`, and finds at least `least` messages in each room that is not refused.
    async fn look(&mut self, home: &Path, least: u64, what: &str) {
        let before = fs::read(home.join(FILE)).ok();
        let mut command = Command::new(binary());
        command.args(SERVE).arg(home);
        let server = match Server::try_launch(command) {
            Ok(server) => server,
            Err(output) => {
                was_refused(&output, &["--data"]);
                let after = fs::read(home.join(FILE)).ok();
                assert_eq!(before, after, "{what}: left as it was");
                self.refused += 1;
                return;
            }
        };
        for number in 1..=ROOMS {
            match length(&server, conversation(number), &said(number)).await {
                None => self.rooms_refused += 1,
                Some(length) => {
                    let all = least..=IN_FILE + IN_LOG;
                    assert!(all.contains(&length), "{what}: {length} in room {number}");
                    self.whole += 1;
                }
            }
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a folder");
    for name in [FILE, LOG] {
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).expect("a copy");
        }
    }
}

/// Damages bytes in one of several ways, and says how.
fn damage(bytes: &mut Vec<u8>, random: &mut StdRng) -> String {
    const PAGE: usize = 4096;
    let pages = bytes.len() / PAGE;
    let at = random.random_range(0..bytes.len());
    let page = at / PAGE * PAGE;
    let end = (page + PAGE).min(bytes.len());
    match random.random_range(0..6) {
        0 => {
            bytes.truncate(at);
            format!("cut off at {at}")
        }
        1 => {
            bytes[page..end].fill(0);
            format!("zeros from {page}")
        }
        2 => {
            random.fill(&mut bytes[page..end]);
            format!("noise from {page}")
        }
        3 if pages > 1 => {
            let other = random.random_range(0..pages) * PAGE;
            let stale = bytes[other..other + PAGE].to_vec();
            bytes[page..end].copy_from_slice(&stale[..end - page]);
            format!("{other} once more at {page}")
        }
        _ => {
            bytes[at] ^= 1 << random.random_range(0..8);
            format!("one bit at {at}")
        }
    }
}

/// `DUOLOGUE_DAMAGES` asks for more than the ordinary run, `DUOLOGUE_SEED` for another.
fn number(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).map_or(ordinary, |text| text.parse().expect("a number"))
}

async fn sweep(test: &str, damaged: &str, whole: &Path, least: u64) -> Outcomes {
    let seed = number("DUOLOGUE_SEED", rand::rng().random());
    let mut random = StdRng::seed_from_u64(seed);
    let mut outcomes = Outcomes::default();
    let home = folder(test);
    for _ in 0..number("DUOLOGUE_DAMAGES", 25) {
        copy(whole, &home);
        let file = home.join(damaged);
        let mut bytes = fs::read(&file).expect("a file");
        let how = damage(&mut bytes, &mut random);
        fs::write(&file, bytes).expect("a file");
        let what = format!("DUOLOGUE_SEED={seed}: {damaged}, {how}");
        println!("{what}");
        outcomes.look(&home, least, &what).await;
    }
    println!("{damaged}: {outcomes:?}");
    outcomes
}

#[tokio::test]
async fn no_damage_of_the_file_makes_a_room_shorter() {
    let home = written("damaged-file").await;
    // Once more, so that all is in the file: what is in the log covers what is damaged.
    Server::start(&home).stop();
    let outcomes = sweep("damaged-file-copy", FILE, &home, IN_FILE + IN_LOG).await;
    assert!(outcomes.refused > 0, "{outcomes:?}");
}

/// The one thing by which a room is found: in the table of rooms, and in that table's index.
#[tokio::test]
async fn a_room_whose_name_is_damaged_is_not_begun_anew() {
    let whole = written("damaged-name").await;
    Server::start(&whole).stop();
    let home = folder("damaged-name-copy");
    let bytes = fs::read(whole.join(FILE)).expect("a file");
    let name = conversation(1).to_string().into_bytes();
    let places: Vec<_> = (0..bytes.len())
        .filter(|&at| bytes[at..].starts_with(&name))
        .collect();
    assert!(
        places.len() >= 2,
        "in the table and in its index: {places:?}"
    );
    let mut outcomes = Outcomes::default();
    for at in places {
        copy(&whole, &home);
        let mut bytes = bytes.clone();
        bytes[at + 7] ^= 1;
        fs::write(home.join(FILE), bytes).expect("a file");
        let what = format!("the name at {at}");
        outcomes.look(&home, IN_FILE + IN_LOG, &what).await;
    }
    assert!(outcomes.refused > 0, "{outcomes:?}");
}

/// A write-ahead log ends where it is damaged: that much SQLite guarantees, and no more.
#[tokio::test]
async fn a_damaged_log_takes_away_no_more_than_what_was_in_it() {
    let home = written("damaged-log").await;
    sweep("damaged-log-copy", LOG, &home, IN_FILE).await;
}

/// What is done to the file.
type Spoil = Box<dyn Fn(&Path)>;

#[tokio::test]
async fn files_that_are_gone_empty_or_anothers_are_refused() {
    let whole = written("gone").await;
    Server::start(&whole).stop();
    let home = folder("gone-copy");
    let log = home.join(LOG);
    let cases: [(&str, Spoil); 4] = [
        (
            "empty",
            Box::new(|file| fs::write(file, "").expect("a file")),
        ),
        (
            "log",
            Box::new(move |file| {
                fs::write(&log, "the rest").expect("a file");
                fs::remove_file(file).expect("a file");
            }),
        ),
        (
            "no journal",
            Box::new(|file| fs::write(file, "Dear Ana, ".repeat(999)).expect("a file")),
        ),
        (
            "no journal",
            Box::new(|file| {
                let mut bytes = fs::read(file).expect("a file");
                // The mark of whose it is.
                bytes[68..72].copy_from_slice(b"else");
                fs::write(file, bytes).expect("a file");
            }),
        ),
    ];
    for (hint, spoil) in cases {
        copy(&whole, &home);
        spoil(&home.join(FILE));
        let before = fs::read(home.join(FILE)).ok();
        let mut command = Command::new(binary());
        command.args(SERVE).arg(&home);
        let output = Server::try_launch(command).expect_err("it is spoilt");
        was_refused(&output, &[hint, "--data"]);
        assert_eq!(fs::read(home.join(FILE)).ok(), before, "{hint}");
    }
}
