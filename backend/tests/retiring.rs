//! Rooms come into memory and go out of it, and nobody who comes back can tell.

mod support;

use std::time::Duration;

use duologue::{Settings, Table};
use shared::{RoomId, Seat, Seq, Turn};
use support::{TestServer, long_talk, until_counted};
use test_client::{Client, conversation, entry_id, person};

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
