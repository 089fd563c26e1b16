//! What is over is gone, and its name with it: by both leaving, or by time where the server was asked for it.

mod support;

use std::sync::Arc;
use std::time::Duration;

use duologue::Settings;
use duologue::clock::Clock;
use duologue::journal::{Journal, MemoryJournal, SqliteJournal};
use rusqlite::Connection;
use shared::{
    CloseCode, Entry, EntryHash, Epoch, Event, Position, Rejection, RoomId, Seat, Seq, Turn,
};
use support::certificate::folder;
use support::{TestServer, long_talk, talk_from, until_counted};
use test_client::{Client, Ended, conversation, entry_id, person};

/// Both kinds of journal.
fn journals(test: &str) -> [Arc<dyn Journal>; 2] {
    let disk = SqliteJournal::open(&folder(test)).expect("a new journal");
    [Arc::new(MemoryJournal::default()), Arc::new(disk)]
}

async fn is_turned_away(hub: &TestServer, room: RoomId, number: u8) {
    let mut late = Client::connect(hub.address).await;
    late.hello(room, &person(number)).await;
    let (id, rejection) = late.rejected().await;
    assert_eq!((id, rejection), (None, Rejection::RoomOver {}));
    assert_eq!(late.ended().await, Ended::Closed(CloseCode::ROOM_OVER));
}

#[tokio::test]
async fn a_conversation_that_both_left_is_over_for_ever() {
    for journal in journals("left") {
        let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
        let room = conversation(1);
        let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
        let (mut two, before) = Client::sit(hub.address, room, &person(2)).await;
        one.leave().await;
        assert_eq!(one.ended().await, Ended::Closed(CloseCode::LEFT));
        // The other is still there, and so is what was said.
        let head = journal.position(room).await.expect("the journal answers");
        assert!(head.is_some_and(|head| head.epoch == before.epoch));
        two.leave().await;
        assert_eq!(two.ended().await, Ended::Closed(CloseCode::LEFT));
        for number in [1, 3] {
            is_turned_away(&hub, room, number).await;
        }
        until_counted(hub.address, "duologue_rooms 0").await;
        let head = journal.position(room).await.expect("the journal answers");
        assert_eq!(head, None);
        hub.stop().await;
        // It is not only this server that knows.
        let hub = TestServer::start_on(Settings::default(), journal).await;
        is_turned_away(&hub, room, 1).await;
        hub.stop().await;
    }
}

#[tokio::test]
async fn what_is_older_than_its_time_is_gone_when_the_clock_is_believed() {
    // Its entries are of 1970.
    let old = long_talk(conversation(1), [1, 2].map(person), 9, 8).await;
    let kept = TestServer::start_on(Settings::default(), old.clone()).await;
    let (one, welcome) = Client::sit(kept.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.head, Seq(9), "kept, where nothing else was asked");
    drop(one);
    kept.stop().await;

    let hub = TestServer::start_on(keeping(1), old.clone()).await;
    until_counted(hub.address, "duologue_purged_total 1").await;
    is_turned_away(&hub, conversation(1), 1).await;
    let head = old.position(conversation(1)).await;
    assert_eq!(head.expect("the journal answers"), None);
}

/// What says how old a room is, and its last entry, are held against each other before anything is deleted.
#[tokio::test]
async fn a_room_that_only_its_row_says_is_old_is_refused_and_kept() {
    let home = folder("made-old");
    let journal = SqliteJournal::open(&home).expect("a new journal");
    let recent = Clock::start().now().after(Duration::from_secs(3_600));
    for (number, from) in [(1, recent.0), (2, 1_000), (3, recent.0)] {
        let people = [1, 2].map(person);
        talk_from(&journal, conversation(number), people, 5, 8, from).await;
    }
    drop(journal);
    let damaged = Connection::open(home.join("journal.sqlite3")).unwrap();
    let damage = "UPDATE rooms SET at = 1 WHERE room = ?1";
    let name = conversation(1).to_string();
    assert_eq!(damaged.execute(damage, [&name]).unwrap(), 1);
    drop(damaged);

    let journal = Arc::new(SqliteJournal::open(&home).expect("the journal again"));
    let hub = TestServer::start_on(keeping(1), journal.clone()).await;
    // In the order of their names: when the second is gone, the first has been looked at.
    until_counted(hub.address, "duologue_purged_total 1").await;
    is_turned_away(&hub, conversation(2), 1).await;
    let mut refused = Client::connect(hub.address).await;
    refused.hello(conversation(1), &person(1)).await;
    let closed = refused.ended().await;
    assert_eq!(closed, Ended::Closed(CloseCode::UNAVAILABLE));
    let (other, welcome) = Client::sit(hub.address, conversation(3), &person(1)).await;
    assert_eq!(welcome.head, Seq(5));
    drop((refused, other));
    hub.stop().await;
    for room in [1, 3].map(conversation) {
        let kept = journal.replay(room, Epoch(7), Seq::START, 10).await;
        assert_eq!(kept.expect("the journal answers").len(), 5);
    }
}

fn keeping(seconds: u64) -> Settings {
    Settings {
        retention: Some(Duration::from_secs(seconds)),
        ..Settings::default()
    }
}

/// Somebody came to a room just now, and went.
async fn begin(journal: &dyn Journal, room: RoomId) {
    let start = Position {
        epoch: Epoch(7),
        seq: Seq::START,
    };
    let entry = Entry {
        seq: Seq(1),
        at: Clock::start().now(),
        seat: Seat::One,
        prev: EntryHash([0; 32]),
        event: Event::Pass { turn: Turn::FIRST },
        sig: None,
    };
    let begun = journal.append(room, start, vec![entry]).await;
    begun.expect("the journal answers");
}

#[tokio::test]
async fn nothing_is_purged_where_somebody_is() {
    for journal in journals("attended") {
        let hub = TestServer::start_on(keeping(1), journal.clone()).await;
        let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
        let (table, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
        begin(&*journal, conversation(2)).await;
        // The other one is older still: what this one is purged for holds for it as well.
        until_counted(hub.address, "duologue_purged_total 1").await;
        is_turned_away(&hub, conversation(2), 1).await;
        one.say(entry_id(1), Turn::FIRST, "still here").await;
        assert_eq!(one.stored(entry_id(1)).await, Seq(2));
        drop((one, table));
        hub.stop().await;
    }
}
