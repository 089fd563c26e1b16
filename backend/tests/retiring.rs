//! Rooms come into memory and go out of it, and nobody who comes back can tell.

mod support;

use std::sync::Arc;
use std::time::Duration;

use duologue::journal::SqliteJournal;
use duologue::{Settings, Table};
use shared::{RoomId, Seat, Seq, Turn};
use support::certificate::folder;
use support::{TestServer, ask, long_talk, until_counted};
use test_client::{Client, conversation, entry_id, person, words};

#[tokio::test]
async fn a_room_that_nobody_is_in_leaves_the_memory_and_is_as_it_was_when_somebody_comes() {
    let hub = TestServer::start().await;
    let (mut one, before) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    one.say(entry_id(1), Turn::FIRST, "keep this").await;
    let seq = one.stored(entry_id(1)).await;
    until_counted(hub.address, "duologue_rooms 1").await;
    drop((one, two));
    until_counted(hub.address, "duologue_rooms 0").await;

    let (mut one, after) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!((after.epoch, after.head), (before.epoch, seq));
    one.say(entry_id(1), Turn::FIRST, "keep this").await;
    assert_eq!(one.stored(entry_id(1)).await, seq);
}

#[tokio::test]
async fn a_table_that_both_went_away_from_stays_until_their_seats_are_free() {
    let hold = Duration::from_millis(200);
    let hub = TestServer::start_with(Settings {
        table: Some(Table { hold }),
        ..Settings::default()
    })
    .await;
    let (one, before) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    drop((one, two));
    until_counted(hub.address, "duologue_rooms 0").await;
    let (_three, after) = Client::sit(hub.address, RoomId::Table, &person(3)).await;
    assert_ne!(after.epoch, before.epoch);
    assert_eq!((after.seat, after.head), (Seat::One, Seq(1)));
}

#[tokio::test]
async fn a_talk_of_any_length_is_opened_whole() {
    // More than is read from a journal at once.
    const LENGTH: u64 = 2_501;
    let journal = long_talk(conversation(1), [1, 2].map(person), LENGTH, 8).await;
    let hub = TestServer::start_on(Settings::default(), journal).await;
    let (mut one, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.head, Seq(LENGTH));
    one.say(entry_id(LENGTH), Turn::FIRST, "and then").await;
    assert_eq!(one.stored(entry_id(LENGTH)).await, Seq(LENGTH));
}

/// On disk as in memory: what a server holds is who is there, not who ever was.
#[tokio::test]
async fn many_rooms_on_disk_leave_the_memory_and_come_back_whole() {
    const ROOMS: u8 = 200;
    let journal = SqliteJournal::open(&folder("many-rooms")).expect("a new journal");
    let mut settings = Settings::default();
    settings.limits.rooms_per_address_per_minute = u32::from(ROOMS) * 2;
    let hub = TestServer::start_on(settings, Arc::new(journal)).await;
    let mut before = Vec::new();
    for number in 0..ROOMS {
        let (mut one, welcome) =
            Client::sit(hub.address, conversation(number), &person(number)).await;
        one.say(entry_id(1), Turn::FIRST, "keep this").await;
        assert_eq!(one.stored(entry_id(1)).await, Seq(2));
        before.push(welcome.epoch);
    }
    until_counted(hub.address, "duologue_rooms 0").await;
    let (_, text) = ask(hub.address, "GET /metrics", "").await;
    let counted = format!(
        "duologue_journal_append_seconds_count {}",
        2 * u16::from(ROOMS)
    );
    assert!(text.lines().any(|line| line == counted), "{text}");
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let value = line.and_then(|value| value.trim().parse::<u64>().ok());
        value.unwrap_or_else(|| panic!("no {name} in {text}"))
    };
    assert!(value("duologue_journal_commit_seconds_count ") > 0);
    assert!(value("duologue_journal_bytes ") > u64::from(ROOMS) * 1_000);

    for (number, epoch) in (0..ROOMS).zip(before) {
        let (mut one, after) =
            Client::sit(hub.address, conversation(number), &person(number)).await;
        assert_eq!((after.epoch, after.head), (epoch, Seq(2)));
        assert_eq!(words(&one.entries().await[1]), "keep this");
    }
    until_counted(hub.address, "duologue_rooms 0").await;
}
