//! A clock that was set, between two runs of the server or under a running one: what was said before is believed, the
//! talk goes on, and nothing in it is dated before what it follows upon.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use duologue::clock::Clock;
use duologue::journal::{Journal, MemoryJournal, SqliteJournal};
use duologue::outside::Outside;
use duologue::{Settings, Table};
use shared::{Entry, Presence, RoomId, Seat, Seq, Timestamp, Turn};
use support::certificate::folder;
use support::{TestServer, talk_from, until_counted};
use test_client::{Client, conversation, entry_id, person};

/// A day in 2100, and one in 1970: seen from now, a clock that was set back since and one that was set ahead.
const TIMES: [u64; 2] = [4_102_444_800_000, 86_400_000];

const LENGTH: u64 = 9;

#[tokio::test]
async fn a_room_with_entries_of_another_time_goes_on() {
    let journal = SqliteJournal::open(&folder("other-times")).expect("a new journal");
    let journal = Arc::new(journal);
    for (number, time) in (1..).zip(TIMES) {
        let people = [1, 2].map(person);
        talk_from(&*journal, conversation(number), people, LENGTH, 8, time).await;
    }
    let hub = TestServer::start_on(Settings::default(), journal.clone()).await;
    for (number, time) in (1..).zip(TIMES) {
        let room = conversation(number);
        let (mut one, welcome) = Client::sit(hub.address, room, &person(1)).await;
        assert_eq!(welcome.head, Seq(LENGTH));
        // Since now, not since a time that was never or is to come.
        let Presence::Away { since } = welcome.peer else {
            panic!("{:?}", welcome.peer);
        };
        assert_ne!(since.0 / 1_000, time / 1_000);
        let (mut two, _) = Client::sit(hub.address, room, &person(2)).await;
        for (turn, speaker) in [(8, &mut two), (9, &mut one)] {
            speaker
                .say(entry_id(turn + 100), Turn(turn), "a word")
                .await;
            assert_eq!(speaker.stored(entry_id(turn + 100)).await, Seq(turn + 2));
        }
        // Times are labels, and the page believes the entry whatever its is.
        let entry = two.pick("the other's word", |frame| match frame {
            shared::ServerFrame::Entry(entry) if entry.seat == Seat::One => Some(entry.clone()),
            _ => None,
        });
        let entry = entry.await;
        assert_eq!(
            (entry.seq, two.person().bookmark().map(|known| known.seq)),
            (Seq(11), Some(Seq(11)))
        );
        let found = journal.replay(room, welcome.epoch, Seq(LENGTH), 9).await;
        let found = found.expect("the journal answers");
        let last = Timestamp(time + LENGTH);
        // As the clock says, but never before what was said last.
        let is_ahead = time == TIMES[0];
        let expected = |entry: &Entry| (entry.at == last) == is_ahead && entry.at >= last;
        assert!(found.iter().all(expected), "{found:?}");
        drop((one, two));
    }
}

#[tokio::test]
async fn entries_follow_the_clock_forward_and_never_back() {
    const HOUR: u64 = 3_600_000;
    let shown = Arc::new(AtomicU64::new(1_000 * HOUR));
    let wall = Arc::clone(&shown);
    let outside = Outside {
        clock: Clock::following(move || Timestamp(wall.load(Ordering::SeqCst))),
        ..Outside::default()
    };
    let journal = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_within(Settings::default(), journal.clone(), outside).await;
    let room = conversation(1);
    let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
    let (mut two, welcome) = Client::sit(hub.address, room, &person(2)).await;
    // The machine boots without the time and hears of it, sleeps, and is set back.
    for (turn, hour) in [(1, 1_000), (2, 500_000), (3, 500_007), (4, 2)] {
        shown.store(hour * HOUR, Ordering::SeqCst);
        let speaker = if turn % 2 == 1 { &mut one } else { &mut two };
        speaker.say(entry_id(turn), Turn(turn), "a word").await;
        speaker.stored(entry_id(turn)).await;
    }
    let found = journal.replay(room, welcome.epoch, Seq(2), 9).await;
    let found = found.expect("the journal answers");
    let hours: Vec<_> = found.iter().map(|entry| entry.at.0 / HOUR).collect();
    assert_eq!(hours, [1_000, 500_000, 500_007, 500_007]);
    assert!(found.is_sorted_by_key(|entry| entry.at));
}

#[tokio::test]
async fn a_leap_of_the_clock_is_nobodys_absence() {
    let shown = Arc::new(AtomicU64::new(TIMES[1]));
    let wall = Arc::clone(&shown);
    let outside = Outside {
        clock: Clock::following(move || Timestamp(wall.load(Ordering::SeqCst))),
        ..Outside::default()
    };
    let table = Table {
        hold: Duration::from_secs(60),
    };
    let settings = Settings {
        table: Some(table),
        ..Settings::default()
    };
    let journal = Arc::new(MemoryJournal::default());
    let hub = TestServer::start_within(settings, journal, outside).await;
    let (one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    drop(one);
    assert!(matches!(
        two.presence().await,
        (Seat::One, Presence::Away { .. })
    ));
    // The machine sleeps for a day.
    shown.store(TIMES[1] + 86_400_000, Ordering::SeqCst);
    two.ping().await;
    two.ping().await;
    let (_one, welcome) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    assert_eq!((welcome.seat, welcome.head), (Seat::One, Seq(2)));
}

#[tokio::test]
async fn a_table_with_entries_of_another_time_is_given_up_after_its_own_time() {
    for time in TIMES {
        let journal = Arc::new(MemoryJournal::default());
        talk_from(
            &*journal,
            RoomId::Table,
            [1, 2].map(person),
            LENGTH,
            8,
            time,
        )
        .await;
        let hub = TestServer::start_on(
            Settings {
                table: Some(Table {
                    hold: Duration::from_millis(500),
                }),
                ..Settings::default()
            },
            journal.clone(),
        )
        .await;
        // Somebody who comes back in time finds their seat; nobody's is lost to the years between.
        let (one, welcome) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
        assert_eq!((welcome.seat, welcome.head), (Seat::One, Seq(LENGTH)));
        drop(one);
        until_counted(hub.address, "duologue_rooms 0").await;
        let head = journal.position(RoomId::Table).await;
        assert_eq!(
            head.expect("the journal answers"),
            None,
            "both were away long enough"
        );
    }
}

#[tokio::test]
async fn a_clock_that_is_behind_purges_nothing() {
    let journal = Arc::new(MemoryJournal::default());
    for (number, time) in (1..).zip(TIMES) {
        let people = [1, 2].map(person);
        talk_from(&*journal, conversation(number), people, LENGTH, 8, time).await;
    }
    let hub = TestServer::start_on(
        Settings {
            retention: Some(Duration::from_secs(1)),
            ..Settings::default()
        },
        journal.clone(),
    )
    .await;
    until_counted(hub.address, "duologue_purged_total 1").await;
    for (number, kept) in [(1, true), (2, false)] {
        let head = journal.position(conversation(number)).await;
        assert_eq!(
            head.expect("the journal answers").is_some(),
            kept,
            "{number}"
        );
    }
}
