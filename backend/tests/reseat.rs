//! Somebody who has lost their key is let in again by the other, and reads on.

mod support;

use shared::{
    ClientFrame, CloseCode, Entry, EntryId, Event, Person, Presence, Rejection, Saying, Seat, Seq,
    ServerFrame, Turn,
};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, link, person};

/// Both sit, and both have said something, sealed.
async fn two_who_spoke(hub: &TestServer) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    say_sealed(&mut one, entry_id(1), Turn(1), "do you read me?").await;
    say_sealed(&mut two, entry_id(2), Turn(2), "loud and clear").await;
    two.entry().await;
    (one, two)
}

/// Says something as a page does, readable for the two alone.
async fn say_sealed(client: &mut Client, id: EntryId, turn: Turn, text: &str) {
    client.ping().await;
    let nonce = [u8::try_from(turn.0).expect("a short talk"); 24];
    let say = client
        .person()
        .say(Saying::in_turn(id, turn, true), text, &nonce);
    client.send(&say.expect("a key to seal with")).await;
    client.stored(id).await;
}

/// What a page with this knowledge shows of an entry that was said after `generation`.
fn shown(person: &Person, generation: u64, entry: &Entry) -> Option<String> {
    person.read(Seq(generation), entry)
}

/// Waits for entry `seq`, whatever came before.
async fn entry(client: &mut Client, seq: u64) -> Entry {
    client
        .pick("an entry", |frame| match frame {
            ServerFrame::Entry(entry) if entry.seq == Seq(seq) => Some(entry.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_and_reads_the_whole_talk() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_who_spoke(&hub).await;
    one.reseat(person(3).key()).await;
    assert_eq!(two.ended().await, Ended::Closed(CloseCode::RESEATED));
    let new_key = entry(&mut one, 5).await.event;
    assert!(matches!(new_key, Event::Reseat { key, .. } if key == person(3).key()));

    // The old key is a stranger's now.
    let mut old = Client::connect(hub.address).await;
    old.hello(conversation(1), &person(2)).await;
    assert_eq!(old.rejected().await, (None, Rejection::RoomFull {}));
    assert_eq!(old.ended().await, Ended::Closed(CloseCode::ROOM_FULL));

    // Whoever is let in believes it by the link only: anything could be made up for them otherwise.
    let links = link(conversation(1)).into_iter().collect();
    let anew = Person::new(conversation(1), person(3), links);
    let (mut back, welcome) = Client::resume(hub.address, anew).await;
    assert_eq!((welcome.seat, welcome.outset.seq), (Seat::Two, Seq(0)));
    let talk = back.entries().await;
    assert_eq!(talk.len(), 5);
    for (entry, words) in [(&talk[2], "do you read me?"), (&talk[3], "loud and clear")] {
        assert_eq!(shown(back.person(), 2, entry).as_deref(), Some(words));
    }

    // And both go on, under a key of the two.
    say_sealed(&mut one, entry_id(3), Turn(3), "welcome back").await;
    let heard = entry(&mut back, 6).await;
    assert_eq!(
        shown(back.person(), 5, &heard).as_deref(),
        Some("welcome back")
    );
    say_sealed(&mut back, entry_id(4), Turn(4), "thank you").await;
    let heard = entry(&mut one, 7).await;
    assert_eq!(shown(one.person(), 5, &heard).as_deref(), Some("thank you"));
    assert_eq!(one.person().safety_words(), back.person().safety_words());
}

#[tokio::test]
async fn the_one_who_is_there_sees_the_other_as_away_until_they_come() {
    let hub = TestServer::start().await;
    let (mut one, two) = two_who_spoke(&hub).await;
    assert_eq!(one.presence().await, (Seat::Two, Presence::Here {}));
    drop(two);
    one.reseat(person(3).key()).await;
    let (seat, presence) = one.presence().await;
    assert!(matches!(
        (seat, presence),
        (Seat::Two, Presence::Away { .. })
    ));
    let (_back, _) = Client::sit(hub.address, conversation(1), &person(3)).await;
    assert_eq!(one.presence().await, (Seat::Two, Presence::Here {}));
}

#[tokio::test]
async fn a_new_key_signed_by_another_is_refused() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_who_spoke(&hub).await;
    one.ping().await;
    let mut forged = one
        .person()
        .reseat(person(3).key(), &[9; 24])
        .expect("a seat");
    if let ClientFrame::Reseat {
        key,
        keyring,
        prev,
        sig,
    } = &mut forged
    {
        let event = Event::Reseat {
            key: *key,
            keyring: keyring.clone(),
        };
        let scope = *one.person().record().expect("a seat").scope();
        *sig = person(9).sign_event(&scope, prev, Seat::One, &event);
    }
    one.send(&forged).await;
    assert_eq!(one.rejected().await, (None, Rejection::BadSignature {}));
    two.ping().await;
    let (_still, welcome) = Client::sit(hub.address, conversation(1), &person(2)).await;
    assert_eq!(welcome.seat, Seat::Two, "the old key sits");
}

#[tokio::test]
async fn a_key_that_sits_already_or_is_no_key_is_refused() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_who_spoke(&hub).await;
    for taken in [person(1).key(), person(2).key()] {
        one.reseat(taken).await;
        assert_eq!(one.rejected().await, (None, Rejection::BadSignature {}));
    }
    // No page can make a keyring for a key that agrees with everybody; a frame without one is refused as well.
    let mut weak = person(3).key();
    weak.0[32..].fill(0);
    one.ping().await;
    assert_eq!(one.person().reseat(weak, &[9; 24]), None);
    let keyring = shared::Sealed::new([0; 128]);
    let event = Event::Reseat {
        key: weak,
        keyring: keyring.clone(),
    };
    let (prev, sig) = one.person().sign(&event).expect("a seat");
    one.send(&ClientFrame::Reseat {
        key: weak,
        keyring,
        prev,
        sig,
    })
    .await;
    assert_eq!(one.rejected().await, (None, Rejection::BadSignature {}));
    two.ping().await;
}

#[tokio::test]
async fn nobody_is_let_in_again_into_a_seat_that_nobody_holds() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.reseat(person(3).key()).await;
    assert_eq!(one.rejected().await, (None, Rejection::SeatVacant {}));
}

/// Else whoever came by a leaked link would put a key of their own in the inviter's seat before being sent away.
#[tokio::test]
async fn whoever_can_still_be_sent_away_sends_nobody_away() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut stranger, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    stranger.reseat(person(3).key()).await;
    assert_eq!(stranger.rejected().await, (None, Rejection::SeatTaken {}));
    say_sealed(&mut one, entry_id(1), Turn(1), "still mine").await;
}
