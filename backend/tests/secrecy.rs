//! What the hub stores, logs and sends on holds no word of the talk and no secret.

mod support;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use duologue::Settings;
use duologue::journal::{Journal, MemoryJournal};
use shared::{Seq, ServerFrame, Turn, base64url};
use support::{TestServer, ask};
use test_client::{Client, conversation, entry_id, link, person};
use tracing_subscriber::fmt::MakeWriter;

const SENTENCE: &str = "The heron stands where the river bends at dusk";

/// All that was logged.
#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A frame in every form in which a program might write it down.
fn written(frame: &ServerFrame) -> String {
    let json = serde_json::to_string(frame).expect("it is JSON");
    format!("{frame:?}\n{frame:#?}\n{json}")
}

#[tokio::test]
async fn the_journal_the_log_and_the_frames_hold_no_word() {
    let log = Log::default();
    let logging = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    // This process runs one test, so that the whole of it is written down.
    tracing::subscriber::set_global_default(logging).expect("nothing else logs here");

    let journal = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    let room = conversation(1);
    let (mut one, welcome) = Client::sit(hub.address, room, &person(1)).await;
    // Alone, under the link's secret; then under both keys; then handed on to a new key.
    one.say_sealed(entry_id(1), Turn(1), SENTENCE).await;
    one.stored(entry_id(1)).await;
    let (mut two, _) = Client::sit(hub.address, room, &person(2)).await;
    two.say_sealed(entry_id(2), Turn(2), SENTENCE).await;
    two.stored(entry_id(2)).await;
    one.reseat(person(3).key()).await;
    let (mut new, _) = Client::sit(hub.address, room, &person(3)).await;
    let told = new.entries().await;
    assert_eq!(new.read(&told[1]), SENTENCE, "the right ones can read it");
    assert_eq!(new.read(&told[3]), SENTENCE);

    let entries = journal.replay(room, welcome.epoch, Seq::START, 100).await;
    let entries = entries.expect("the journal answers");
    assert_eq!(entries.len(), 5);
    let (_, metrics) = ask(hub.address, "GET /metrics", "").await;
    let logged = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let logged = String::from_utf8(logged).expect("a log is text");
    let frames = written(&ServerFrame::Entries {
        entries: entries.clone(),
    });
    let kept = format!("{journal:?}");
    let bodies: Vec<u8> = entries.iter().flat_map(body).collect();

    let secrets = [person(1), person(2), person(3)].map(|secret| secret.to_bytes());
    let secrets = secrets.into_iter().chain(link(room).map(|link| link.0));
    let mut forbidden = vec![SENTENCE.to_owned(), base64url::encode(SENTENCE.as_bytes())];
    forbidden.extend(secrets.map(|secret| base64url::encode(&secret)));
    for (name, text) in [
        ("the frames", frames),
        ("the journal", kept),
        ("the log", logged),
        ("the metrics", metrics),
        ("the bodies", String::from_utf8_lossy(&bodies).into_owned()),
    ] {
        assert!(!text.is_empty(), "{name}: nothing to look through");
        for word in &forbidden {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

fn body(entry: &shared::Entry) -> Vec<u8> {
    match &entry.event {
        shared::Event::Say { sealed, .. } => sealed.0.to_vec(),
        shared::Event::Reseat { keyring, .. } => keyring.0.to_vec(),
        _ => Vec::new(),
    }
}
