//! What is signed by another, or after another entry than the last, changes nothing.

mod support;

use shared::{
    ClientFrame, CloseCode, Event, LeaveReason, Person, Rejection, RoomId, Seat, SeatSecret, Seq,
    ServerFrame, Turn,
};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, person, words};

async fn two_people(hub: &TestServer, room: RoomId) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, room, &person(1)).await;
    let (two, _) = Client::sit(hub.address, room, &person(2)).await;
    one.entry().await;
    (one, two)
}

#[tokio::test]
async fn a_message_signed_before_the_last_was_seen_is_said_again_under_its_name() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.entries().await;
    let early = one.say_frame(entry_id(1), Turn(1), true, b"is anybody there?");
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;

    // It was signed alone, and somebody has sat down since.
    one.send(&early).await;
    let behind = Rejection::Behind { head: Seq(2) };
    assert_eq!(one.rejected().await, (Some(entry_id(1)), behind));
    one.say(entry_id(1), Turn(1), "is anybody there?").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
    assert_eq!(words(&two.entry().await), "is anybody there?");
}

#[tokio::test]
async fn the_turn_is_looked_at_before_what_was_seen() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub, RoomId::Table).await;
    two.ping().await;
    let early = two.say_frame(entry_id(1), Turn(1), true, b"me first");
    one.pass(Turn(1)).await;
    one.turn().await;
    two.send(&early).await;
    let (turn, holder) = (Turn(2), Seat::Two);
    let stale = Rejection::StaleTurn { turn, holder };
    assert_eq!(two.rejected().await, (Some(entry_id(1)), stale));
}

/// A departure by this seat, signed by somebody.
fn departure(client: &Client, seat: Seat, by: &SeatSecret) -> ClientFrame {
    let record = client.person().record().expect("a seat");
    let reason = LeaveReason::Asked;
    let prev = record.bookmark().hash;
    let sig = by.sign_event(record.scope(), &prev, seat, &Event::Leave { reason });
    ClientFrame::Leave { prev, sig }
}

#[tokio::test]
async fn a_departure_signed_by_another_frees_no_seat() {
    let hub = TestServer::start().await;
    for room in [RoomId::Table, conversation(1)] {
        let (mut one, mut two) = two_people(&hub, room).await;
        two.ping().await;
        let forged = departure(&two, Seat::Two, &person(9));
        let of_the_other = departure(&two, Seat::One, &person(2));
        for leave in [forged, of_the_other] {
            two.send(&leave).await;
            assert_eq!(two.rejected().await, (None, Rejection::BadSignature {}));
        }
        let mut third = Client::connect(hub.address).await;
        third.hello(room, &person(3)).await;
        assert_eq!(third.rejected().await, (None, Rejection::RoomFull {}));
        one.ping().await;
        let heard = one.take_passed();
        let nothing = |frame: &ServerFrame| !matches!(frame, ServerFrame::Entry(_));
        assert!(heard.iter().all(nothing), "{heard:?}");
    }
}

#[tokio::test]
async fn nobody_sits_whose_arrival_is_signed_by_another() {
    let hub = TestServer::start().await;
    for room in [RoomId::Table, conversation(1)] {
        let mut client = Client::connect(hub.address).await;
        let links = test_client::link(room).into_iter().collect();
        let mut hello = Person::new(room, person(1), links).hello(&client.nonce);
        if let ClientFrame::Hello { invite, sig, .. } = &mut hello {
            *sig = person(9).sign_sit(&room, invite.as_ref());
        }
        client.send(&hello).await;
        assert_eq!(client.rejected().await, (None, Rejection::BadSignature {}));
        assert_eq!(client.ended().await, Ended::Closed(CloseCode::BAD_PROOF));
        let (_one, welcome) = Client::sit(hub.address, room, &person(1)).await;
        assert_eq!((welcome.seat, welcome.head), (Seat::One, Seq(1)));
    }
}

#[tokio::test]
async fn a_new_link_signed_by_another_changes_nothing() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.entries().await;
    let invite = shared::LinkSecret([200; 32]).vouch(&conversation(1), &person(1).key());
    let record = one.person().record().expect("a seat");
    let prev = record.bookmark().hash;
    let sig = person(9).sign_event(record.scope(), &prev, Seat::One, &Event::Invite { invite });
    one.send(&ClientFrame::Invite { invite, prev, sig }).await;
    assert_eq!(one.rejected().await, (None, Rejection::BadSignature {}));
    let (_two, welcome) = Client::sit(hub.address, conversation(1), &person(2)).await;
    assert_eq!(welcome.seat, Seat::Two, "the old link works");
}
