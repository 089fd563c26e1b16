//! Links: a conversation is entered by the standing one only, each works once, and its maker can take it back until the
//! other has spoken.

mod support;

use shared::{
    ClientFrame, CloseCode, Event, LinkSecret, Person, Presence, Rejection, RoomId, Seat, Seq,
    ServerFrame, Turn,
};
use support::TestServer;
use test_client::{Client, Ended, conversation, entry_id, link, person, words};

/// The link that is made in place of the first.
const SECOND: LinkSecret = LinkSecret([200; 32]);

/// Somebody who knows these links of the conversation, and no others.
fn visitor(number: u8, links: &[LinkSecret]) -> Person {
    Person::new(conversation(1), person(number), links.to_vec())
}

fn first() -> LinkSecret {
    link(conversation(1)).expect("a conversation has a link")
}

/// The one who opens the conversation, and one who came by the first link.
async fn two_people(hub: &TestServer) -> (Client, Client) {
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    let (mut two, _) = Client::sit(hub.address, conversation(1), &person(2)).await;
    one.entry().await;
    two.entries().await;
    (one, two)
}

/// Comes, is refused and closed, and is shown nothing.
async fn is_refused(hub: &TestServer, visitor: Person, why: Rejection, code: CloseCode) {
    let mut client = Client::connect(hub.address).await;
    client.hello_as(visitor).await;
    assert_eq!(client.rejected().await, (None, why));
    assert_eq!(client.ended().await, Ended::Closed(code));
    assert_eq!(client.take_passed(), [], "no entries, no presence");
}

async fn is_not_invited(hub: &TestServer, visitor: Person) {
    is_refused(
        hub,
        visitor,
        Rejection::NotInvited {},
        CloseCode::NOT_INVITED,
    )
    .await;
}

fn makes(entry: &shared::Entry, link: LinkSecret) -> bool {
    let key = link.invite_key(&conversation(1));
    matches!(entry.event, Event::Invite { invite } if invite.key == key)
}

#[tokio::test]
async fn a_conversation_is_entered_by_its_link_only() {
    let hub = TestServer::start().await;
    is_not_invited(&hub, visitor(1, &[])).await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    is_not_invited(&hub, visitor(2, &[])).await;
    is_not_invited(&hub, visitor(2, &[SECOND])).await;
    // The link's word for somebody else is nobody's but theirs.
    let mut thief = Client::connect(hub.address).await;
    let vouched = first().vouch(&conversation(1), &person(2).key());
    let mut hello = visitor(3, &[first()]).hello(&thief.nonce);
    if let ClientFrame::Hello { invite, sig, .. } = &mut hello {
        *invite = Some(vouched);
        *sig = person(3).sign_sit(&conversation(1), Some(&vouched));
    }
    thief.send(&hello).await;
    assert_eq!(thief.rejected().await, (None, Rejection::BadSignature {}));
    assert_eq!(thief.ended().await, Ended::Closed(CloseCode::BAD_PROOF));

    // Nobody saw them, and the seat is free for the one with the link.
    one.entries().await;
    one.ping().await;
    assert_eq!(one.take_passed(), []);
    let (_two, welcome) = Client::resume(hub.address, visitor(2, &[first()])).await;
    assert_eq!(welcome.seat, Seat::Two);
}

#[tokio::test]
async fn a_stolen_link_is_worth_nothing_once_both_sit() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    let full = Rejection::RoomFull {};
    is_refused(&hub, visitor(3, &[first()]), full, CloseCode::ROOM_FULL).await;
    for side in [&mut one, &mut two] {
        side.ping().await;
        let heard = side.take_passed();
        assert!(
            heard
                .iter()
                .all(|frame| !matches!(frame, ServerFrame::Entry(_))),
            "{heard:?}"
        );
    }
}

#[tokio::test]
async fn whoever_came_by_a_leaked_link_can_be_sent_away_before_they_speak() {
    let hub = TestServer::start().await;
    let (mut one, mut stranger) = two_people(&hub).await;
    one.say(entry_id(1), Turn(1), "who are you?").await;
    one.stored(entry_id(1)).await;
    assert_eq!(words(&stranger.entry().await), "who are you?");

    one.invite(SECOND).await;
    assert_eq!(stranger.ended().await, Ended::Closed(CloseCode::WITHDRAWN));
    assert!(makes(&one.entry().await, SECOND));
    one.pick("vacant", |frame| {
        let vacant = ServerFrame::Presence {
            seat: Seat::Two,
            presence: Presence::Vacant {},
        };
        (*frame == vacant).then_some(())
    })
    .await;

    // Neither the stranger nor anybody else comes in by the old link.
    is_not_invited(&hub, visitor(2, &[first()])).await;
    is_not_invited(&hub, visitor(3, &[first()])).await;

    let (mut friend, welcome) = Client::resume(hub.address, visitor(4, &[SECOND])).await;
    assert_eq!((welcome.seat, welcome.outset.seq), (Seat::Two, Seq(4)));
    let seen = friend.entries().await;
    assert!(
        matches!(&seen[..], [arrival] if matches!(arrival.event, Event::Sit { .. })),
        "not a word of what was said to the stranger: {seen:?}"
    );
    friend.say(entry_id(2), Turn(2), "it is me").await;
    friend.stored(entry_id(2)).await;
    assert!(matches!(one.entry().await.event, Event::Sit { .. }));
    assert_eq!(words(&one.entry().await), "it is me");
}

#[tokio::test]
async fn whoever_has_spoken_keeps_the_seat() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.pass(Turn(1)).await;
    two.say(entry_id(1), Turn(2), "good morning").await;
    two.stored(entry_id(1)).await;
    one.invite(SECOND).await;
    assert_eq!(one.rejected().await, (None, Rejection::SeatTaken {}));
    // Both talk on.
    one.say(entry_id(2), Turn(3), "good morning").await;
    one.stored(entry_id(2)).await;
    two.pick("the answer", |frame| match frame {
        ServerFrame::Entry(entry) if matches!(entry.event, Event::Say { .. }) => Some(()),
        _ => None,
    })
    .await;
    is_refused(
        &hub,
        visitor(3, &[SECOND]),
        Rejection::RoomFull {},
        CloseCode::ROOM_FULL,
    )
    .await;
}

#[tokio::test]
async fn only_whoever_made_the_link_can_take_it_back() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    two.invite(SECOND).await;
    assert_eq!(two.rejected().await, (None, Rejection::SeatTaken {}));
    one.say(entry_id(1), Turn(1), "still here").await;
    assert_eq!(one.stored(entry_id(1)).await, Seq(3));
}

#[tokio::test]
async fn a_link_can_be_replaced_before_anybody_came() {
    let hub = TestServer::start().await;
    let (mut one, _) = Client::sit(hub.address, conversation(1), &person(1)).await;
    one.invite(SECOND).await;
    assert!(makes(&one.entry().await, SECOND));
    is_not_invited(&hub, visitor(2, &[first()])).await;
    let (_two, welcome) = Client::resume(hub.address, visitor(2, &[SECOND])).await;
    assert_eq!((welcome.seat, welcome.outset.seq), (Seat::Two, Seq(2)));
}

#[tokio::test]
async fn a_seat_that_was_left_is_closed_until_there_is_a_new_link() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.pass(Turn(1)).await;
    two.say(entry_id(1), Turn(2), "farewell").await;
    two.stored(entry_id(1)).await;
    two.leave().await;
    assert_eq!(two.ended().await, Ended::Closed(CloseCode::LEFT));
    // By the used link nobody comes, not even the one who left.
    is_not_invited(&hub, visitor(2, &[first()])).await;
    is_not_invited(&hub, visitor(3, &[first()])).await;

    one.invite(SECOND).await;
    one.pick("the new link", |frame| match frame {
        ServerFrame::Entry(entry) if makes(entry, SECOND) => Some(()),
        _ => None,
    })
    .await;
    is_not_invited(&hub, visitor(3, &[first()])).await;
    let (mut three, welcome) = Client::resume(hub.address, visitor(3, &[SECOND])).await;
    assert_eq!((welcome.seat, welcome.outset.seq), (Seat::Two, Seq(6)));
    assert_eq!(three.entries().await.len(), 1, "the arrival alone");
}

#[tokio::test]
async fn whoever_was_invited_can_invite_once_the_inviter_has_left() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.leave().await;
    assert_eq!(one.ended().await, Ended::Closed(CloseCode::LEFT));
    two.invite(SECOND).await;
    two.pick("the new link", |frame| match frame {
        ServerFrame::Entry(entry) if makes(entry, SECOND) => Some(()),
        _ => None,
    })
    .await;
    let (_three, welcome) = Client::resume(hub.address, visitor(3, &[SECOND])).await;
    assert_eq!((welcome.seat, welcome.peer), (Seat::One, Presence::Here {}));
}

#[tokio::test]
async fn the_table_has_no_links() {
    let hub = TestServer::start().await;
    let guest = |number| Person::new(RoomId::Table, person(number), vec![SECOND]);
    let not_here = Rejection::NotAtTable {};
    is_refused(&hub, guest(1), not_here.clone(), CloseCode::NOT_INVITED).await;
    let (mut one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (_two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    one.invite(SECOND).await;
    assert_eq!(one.rejected().await, (None, not_here.clone()));
    one.reseat(person(3).key()).await;
    assert_eq!(one.rejected().await, (None, not_here));
}
