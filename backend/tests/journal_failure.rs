//! When the journal does not answer, nobody is told that it did, and nothing has changed.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use duologue::Settings;
use duologue::health;
use duologue::journal::{AppendError, Journal, MemoryJournal, Unavailable};
use shared::{
    CloseCode, Entry, Epoch, Event, Position, Rejection, RoomId, Seat, Seq, ServerFrame, Timestamp,
    Turn,
};
use support::{TestServer, ask};
use test_client::{Client, Ended, conversation, entry_id, person, words};
use tokio::time::timeout;

/// A journal on a disk that is full now and then, and behind a line that may break before the answer.
#[derive(Debug, Default)]
struct Disk {
    journal: MemoryJournal,
    full: AtomicBool,
    unreadable: AtomicBool,
    answer_is_lost: AtomicBool,
    keeps_everything: AtomicBool,
}

impl Disk {
    fn check_space(&self) -> Result<(), Unavailable> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Unavailable("no space left".to_owned()));
        }
        Ok(())
    }
}

#[async_trait]
impl Journal for Disk {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        if self.unreadable.load(Ordering::SeqCst) {
            return Err(Unavailable("the disk is gone".to_owned()));
        }
        self.journal.position(room).await
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        self.check_space()?;
        self.journal.append(room, expected, entries).await?;
        if self.answer_is_lost.load(Ordering::SeqCst) {
            return Err(Unavailable("the line broke".to_owned()).into());
        }
        Ok(())
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        self.journal.replay(room, epoch, after, limit).await
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        if self.keeps_everything.load(Ordering::SeqCst) {
            return Err(Unavailable("it cannot be deleted now".to_owned()));
        }
        self.journal.forget(room, epoch).await
    }

    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable> {
        self.journal.is_over(room).await
    }

    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable> {
        self.journal.stale(before, after, limit).await
    }

    async fn check(&self) -> Result<(), Unavailable> {
        self.check_space()
    }
}

#[tokio::test]
async fn what_is_not_stored_is_refused_and_can_be_sent_again() {
    let disk = Arc::new(Disk::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    two.entries().await;

    disk.full.store(true, Ordering::SeqCst);
    one.say(entry_id(1), Turn::FIRST, "is there room?").await;
    let (id, rejection) = one.rejected().await;
    assert_eq!(id, Some(entry_id(1)));
    assert_eq!(rejection, Rejection::JournalUnavailable {});
    assert!(rejection.is_retryable());
    two.ping().await;
    assert_eq!(two.take_passed(), [], "seat 2 saw nothing of it");

    let mut late = Client::connect(hub.address).await;
    late.hello(conversation(2), &person(3)).await;
    assert_eq!(late.rejected().await.1, Rejection::JournalUnavailable {});
    assert_eq!(late.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));

    disk.full.store(false, Ordering::SeqCst);
    one.say(entry_id(1), Turn::FIRST, "is there room?").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
    assert_eq!(words(&two.entry().await), "is there room?");
    let told = one.take_passed();
    assert!(
        !told
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Stored { .. })),
        "stored is said once: {told:?}"
    );
}

#[tokio::test]
async fn an_entry_whose_fate_is_unknown_is_looked_up_in_the_journal() {
    let disk = Arc::new(Disk::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;

    // The entry is in the journal, and the hub is told that it failed. It must neither refuse it nor go on without it.
    disk.answer_is_lost.store(true, Ordering::SeqCst);
    one.say(entry_id(1), Turn::FIRST, "did you get that?").await;
    for side in [&mut one, &mut two] {
        assert_eq!(side.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
    }
    disk.answer_is_lost.store(false, Ordering::SeqCst);

    let (mut one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!((welcome.head, welcome.floor.turn), (Seq(3), Turn(2)));
    one.say(entry_id(1), Turn::FIRST, "did you get that?").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    assert_eq!(two.entries().await.len(), 3, "once, and nothing else");
    two.say(entry_id(2), Turn(2), "yes").await;
    assert_eq!(two.stored(entry_id(2)).await, Seq(4));
}

#[tokio::test]
async fn while_the_journal_cannot_be_read_no_room_goes_on() {
    let disk = Arc::new(Disk::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;

    // Whether the entry is in cannot be told, so it is neither refused nor told as stored.
    disk.answer_is_lost.store(true, Ordering::SeqCst);
    disk.unreadable.store(true, Ordering::SeqCst);
    one.say(entry_id(1), Turn::FIRST, "did you get that?").await;
    let (heard, ended) = one.to_the_end().await;
    assert_eq!(ended, Ended::Closed(CloseCode::UNAVAILABLE));
    assert!(
        !heard.iter().any(|frame| matches!(
            frame,
            ServerFrame::Stored { .. } | ServerFrame::Rejected { .. }
        )),
        "{heard:?}"
    );
    assert_eq!(two.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
    let mut early = Client::connect(hub.address).await;
    early.hello(conversation(1), &person(1)).await;
    assert_eq!(early.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));

    disk.answer_is_lost.store(false, Ordering::SeqCst);
    disk.unreadable.store(false, Ordering::SeqCst);
    let (mut one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!((welcome.head, welcome.floor.turn), (Seq(3), Turn(2)));
    one.say(entry_id(1), Turn::FIRST, "did you get that?").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
}

#[tokio::test]
async fn readiness_is_the_journals() {
    let disk = Arc::new(Disk::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    for (full, status, body) in [
        (false, "200", "ready\n"),
        (true, "503", "no space left\n"),
        (false, "200", "ready\n"),
    ] {
        disk.full.store(full, Ordering::SeqCst);
        let (head, told) = ask(hub.address, "GET /readyz", "").await;
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert_eq!(told, body);
        let asked = health::ask(&hub.address.to_string(), false).await;
        let words = asked.map_or_else(|unwell| unwell.to_string(), |()| "ready".to_owned());
        assert!(words.ends_with(body.trim_end()), "{words}");
        // It is alive all the same: a restart would mend nothing.
        let (head, _) = ask(hub.address, "GET /healthz", "").await;
        assert!(head.starts_with("http/1.1 200"), "{head}");
    }
}

#[tokio::test]
async fn a_journal_whose_entries_were_changed_is_not_served() {
    let disk = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    let room = conversation(1);
    let (mut one, welcome) = Client::sit(hub.address, room, &person(1)).await;
    let (two, _) = Client::sit(hub.address, room, &person(2)).await;
    one.say(entry_id(1), Turn::FIRST, "as it was").await;
    one.stored(entry_id(1)).await;
    drop((one, two));
    hub.stop().await;

    let epoch = welcome.epoch;
    let entries = disk.replay(room, epoch, Seq::START, 10).await;
    let mut entries = entries.expect("the journal answers");
    assert_eq!(entries.len(), 3);
    // Not its time, which the hash of none covers.
    entries[1].event = Event::Pass { turn: Turn::FIRST };
    let tampered = Arc::new(MemoryJournal::default());
    let empty = Position {
        epoch,
        seq: Seq::START,
    };
    let copied = tampered.append(room, empty, entries).await;
    copied.expect("the journal answers");
    let hub = TestServer::start_on(Settings::default(), tampered).await;
    let mut back = Client::connect(hub.address).await;
    back.hello(room, &person(1)).await;
    assert_eq!(back.ended().await, Ended::Closed(CloseCode::UNAVAILABLE));
    assert_eq!(back.take_passed(), [], "nothing of it is shown");
    // Other rooms are as ever.
    let (_elsewhere, welcome) = Client::sit(hub.address, conversation(2), &person(1)).await;
    assert_eq!(welcome.head, Seq(1));
}

#[tokio::test]
async fn a_talk_that_could_not_be_forgotten_when_it_ended_is_forgotten_before_the_next() {
    let disk = Arc::new(Disk::default());
    let hub = TestServer::start_on(Settings::default(), disk.clone()).await;
    for room in [RoomId::Table, conversation(1)] {
        let (mut one, before) = Client::sit(hub.address, room, &person(1)).await;
        disk.keeps_everything.store(true, Ordering::SeqCst);
        one.leave().await;
        assert_eq!(one.ended().await, Ended::Closed(CloseCode::LEFT));
        // Nobody is let into what is over; whoever comes is told to come back.
        let mut early = Client::connect(hub.address).await;
        early.hello(room, &person(2)).await;
        // Somebody who was let in after all would be kept alive by the hub's pings, and the test with them.
        let ended = timeout(Duration::from_secs(30), early.ended()).await;
        assert_eq!(ended, Ok(Ended::Closed(CloseCode::UNAVAILABLE)));

        disk.keeps_everything.store(false, Ordering::SeqCst);
        if room == RoomId::Table {
            let (_next, after) = Client::sit(hub.address, room, &person(2)).await;
            assert_ne!(after.epoch, before.epoch);
            assert_eq!((after.seat, after.head), (Seat::One, Seq(1)));
        } else {
            let mut late = Client::connect(hub.address).await;
            late.hello(room, &person(2)).await;
            assert_eq!(late.rejected().await.1, Rejection::RoomOver {});
            assert_eq!(late.ended().await, Ended::Closed(CloseCode::ROOM_OVER));
        }
    }
}
