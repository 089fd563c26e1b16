//! Seats by arrival, over real sockets.

mod support;

use std::time::Duration;

use duologue::{Settings, Table};
use shared::{
    CloseCode, Event, LeaveReason, Presence, Proof, Rejection, RoomId, Seat, ServerFrame, Turn,
};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, person, words};

#[tokio::test]
async fn seats_are_given_by_arrival_and_a_third_is_refused() {
    let hub = TestServer::start().await;
    let (mut one, first) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    assert_eq!((first.seat, first.peer), (Seat::One, Presence::Vacant {}));
    let (_two, second) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    assert_eq!((second.seat, second.peer), (Seat::Two, Presence::Here {}));
    assert_eq!(one.presence().await, (Seat::Two, Presence::Here {}));

    let mut third = Client::connect(hub.address).await;
    third.hello(RoomId::Table, &person(3)).await;
    assert_eq!(third.rejected().await, (None, Rejection::RoomFull {}));
    assert_eq!(third.ended().await, Ended::Closed(CloseCode::ROOM_FULL));

    // The refused visitor was seen by nobody: one heard of itself and of seat 2, and of nothing else.
    one.ping().await;
    let seen = one.take_passed();
    assert!(
        matches!(
            seen[..],
            [ServerFrame::Entries { .. }, ServerFrame::Entry(_)]
        ),
        "{seen:?}"
    );
}

#[tokio::test]
async fn rooms_do_not_hear_each_other() {
    let hub = TestServer::start().await;
    let (mut here, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut there, welcome) = Client::sit(hub.address, conversation(2), &person(2)).await;
    assert_eq!(welcome.seat, Seat::One);
    here.say(entry_id(1), Turn::FIRST, "only here").await;
    here.stored(entry_id(1)).await;
    there.ping().await;
    let heard = there.take_passed();
    assert!(
        heard
            .iter()
            .all(|frame| !format!("{frame:?}").contains("Say"))
    );
}

#[tokio::test]
async fn what_one_says_alone_is_there_when_two_arrives() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    one.say(entry_id(1), Turn::FIRST, "is anybody there?").await;
    one.stored(entry_id(1)).await;
    let (mut two, welcome) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    assert_eq!(welcome.floor.holder, Seat::Two);
    let entries = two.entries().await;
    assert_eq!(words(&entries[1]), "is anybody there?");
    assert_eq!(entries.last().unwrap().seq, welcome.head);
}

#[tokio::test]
async fn a_seat_is_not_given_to_a_false_proof() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;

    // A thief knows the key (it is public in the journal) and has overheard a proof, but does not hold the secret.
    let overheard = person(1).prove(&one.nonce, &RoomId::Table);
    let by_own_key = |thief: &Client| person(9).prove(&thief.nonce, &RoomId::Table);
    let elsewhere = |thief: &Client| person(1).prove(&thief.nonce, &conversation(1));
    let forgeries: [&dyn Fn(&Client) -> Proof; 4] =
        [&|_| overheard, &by_own_key, &elsewhere, &|_| Proof([0; 64])];
    for forge in forgeries {
        let mut thief = Client::connect(hub.address).await;
        let proof = forge(&thief);
        thief.hello_with(RoomId::Table, &person(1), proof).await;
        assert_eq!(thief.rejected().await, (None, Rejection::BadProof {}));
        assert_eq!(thief.ended().await, Ended::Closed(CloseCode::BAD_PROOF));
    }
    // The true holder was not disturbed: a ping still comes back.
    one.ping().await;
}

#[tokio::test]
async fn the_newest_connection_of_a_seat_wins() {
    let hub = TestServer::start().await;
    let (mut old, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut peer, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    let (mut new, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.seat, Seat::One);
    assert_eq!(old.ended().await, Ended::Closed(CloseCode::SUPERSEDED));
    new.say(entry_id(1), Turn::FIRST, "still me").await;
    new.stored(entry_id(1)).await;
    // The other side noticed nothing of the change.
    assert_eq!(words(&peer.entry().await), "still me");
    assert!(
        !peer
            .take_passed()
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Presence { .. }))
    );
}

#[tokio::test]
async fn whoever_leaves_makes_room_and_takes_the_talk_along() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    one.say(entry_id(1), Turn::FIRST, "between us").await;
    one.stored(entry_id(1)).await;
    two.leave().await;
    assert_eq!(two.ended().await, Ended::Closed(CloseCode::LEFT));
    one.pick("vacant", |frame| {
        let vacant = ServerFrame::Presence {
            seat: Seat::Two,
            presence: Presence::Vacant {},
        };
        (*frame == vacant).then_some(())
    })
    .await;

    let (mut next, welcome) = Client::sit(hub.address, RoomId::Table, &person(3)).await;
    assert_eq!(welcome.seat, Seat::Two);
    // Not a word of the talk before.
    let entries = next.entries().await;
    assert!(
        entries
            .iter()
            .all(|entry| !matches!(entry.event, Event::Say { .. })),
        "{entries:?}"
    );
}

#[tokio::test]
async fn the_table_frees_an_absent_seat_and_a_conversation_never_does() {
    let hold = Duration::from_millis(200);
    let hub = TestServer::start_with(Settings {
        table: Some(Table { hold }),
        ..Settings::default()
    })
    .await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    drop(two);
    let left = one
        .pick("the seat to be freed", |frame| match frame {
            ServerFrame::Entry(entry) => match entry.event {
                Event::Leave { reason } => Some((entry.seat, reason)),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(left, (Seat::Two, LeaveReason::Absent));
    let (_new, welcome) = Client::sit(hub.address, RoomId::Table, &person(3)).await;
    assert_eq!(welcome.seat, Seat::Two);

    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    drop(two);
    // Away is told after five seconds, long after the table's hold, and the seat is still taken.
    one.pick("away", |frame| {
        matches!(
            frame,
            ServerFrame::Presence {
                presence: Presence::Away { .. },
                ..
            }
        )
        .then_some(())
    })
    .await;
    let mut third = Client::connect(hub.address).await;
    third.hello(conversation(1), &person(3)).await;
    assert_eq!(third.rejected().await.1, Rejection::RoomFull {});
}

#[tokio::test]
async fn an_empty_table_begins_anew() {
    let hub = TestServer::start().await;
    let (mut one, before) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    one.say(entry_id(1), Turn::FIRST, "gone soon").await;
    one.stored(entry_id(1)).await;
    one.leave().await;
    assert_eq!(one.ended().await, Ended::Closed(CloseCode::LEFT));
    let (mut next, after) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    assert_ne!(after.epoch, before.epoch);
    assert_eq!((after.seat, after.head.0), (Seat::One, 1));
    assert!(matches!(
        next.entries().await[..],
        [shared::Entry {
            event: Event::Sit { .. },
            ..
        }]
    ));
}

#[tokio::test]
async fn a_server_without_a_table_offers_conversations_only() {
    let hub = TestServer::start_with(Settings {
        table: None,
        ..Settings::default()
    })
    .await;
    let mut client = Client::connect(hub.address).await;
    client.hello(RoomId::Table, &person(1)).await;
    assert_eq!(client.rejected().await, (None, Rejection::NoTable {}));
    assert_eq!(client.ended().await, Ended::Closed(CloseCode::NO_TABLE));
    let (_, welcome) = Client::sit(hub.address, conversation(1), &person(1)).await;
    assert_eq!(welcome.seat, Seat::One);
}
