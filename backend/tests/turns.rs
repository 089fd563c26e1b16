//! Strict turns, over real sockets.

mod support;

use shared::{
    ClientFrame, Event, MAX_ENTRIES_A_TURN, Rejection, RoomId, Seat, Seq, Turn, TurnCause,
};
use support::TestServer;
use test_client::{Client, entry_id, person, words};

async fn two_people(hub: &TestServer) -> (Client, Client) {
    let (one, _) = Client::sit(hub.address, RoomId::Table, &person(1)).await;
    let (two, _) = Client::sit(hub.address, RoomId::Table, &person(2)).await;
    (one, two)
}

#[tokio::test]
async fn ten_turns_go_back_and_forth() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    // The arrival of seat 2 is the first thing seat 1 hears.
    assert!(matches!(one.entry().await.event, Event::Sit { .. }));
    let mut last = Seq(2);
    for number in 1..=10 {
        let (speaker, listener) = if number % 2 == 1 {
            (&mut one, &mut two)
        } else {
            (&mut two, &mut one)
        };
        let text = format!("message {number}");
        speaker.say(entry_id(number), Turn(number), &text).await;
        let seq = speaker.stored(entry_id(number)).await;
        assert_eq!(seq, last.next(), "numbers have no gaps");
        last = seq;
        let entry = listener.entry().await;
        assert_eq!((entry.seq, words(&entry)), (seq, text));
        for side in [speaker, listener] {
            let floor = side.turn().await;
            assert_eq!(floor.turn, Turn(number + 1));
            assert_eq!(floor.cause, TurnCause::Said);
        }
    }
}

#[tokio::test]
async fn out_of_turn_is_refused_and_the_room_untouched() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    two.say(entry_id(1), Turn::FIRST, "me first").await;
    let present = (Turn::FIRST, Seat::One);
    let (turn, holder) = present;
    let not_yours = Rejection::NotYourTurn { turn, holder };
    assert_eq!(two.rejected().await, (Some(entry_id(1)), not_yours.clone()));
    two.pass(turn).await;
    assert_eq!(two.rejected().await, (None, not_yours));
    one.say(entry_id(2), Turn(7), "from the future").await;
    let stale = Rejection::StaleTurn { turn, holder };
    assert_eq!(one.rejected().await, (Some(entry_id(2)), stale));

    // Seat 1 speaks as if nothing had happened, and is the first to be heard.
    one.say(entry_id(3), Turn::FIRST, "hello").await;
    assert_eq!(one.stored(entry_id(3)).await, Seq(3));
    assert_eq!(words(&two.entry().await), "hello");
}

#[tokio::test]
async fn a_turn_that_is_over_cannot_be_spoken_in() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.say(entry_id(1), Turn(1), "one").await;
    one.stored(entry_id(1)).await;
    two.say(entry_id(2), Turn(2), "two").await;
    two.stored(entry_id(2)).await;
    // It is seat 1's turn again, but not that one.
    one.say(entry_id(3), Turn(1), "late").await;
    let (turn, holder) = (Turn(3), Seat::One);
    let stale = Rejection::StaleTurn { turn, holder };
    assert_eq!(one.rejected().await, (Some(entry_id(3)), stale));
}

#[tokio::test]
async fn the_same_message_twice_is_one_message() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.say(entry_id(1), Turn(1), "once").await;
    let first = one.stored(entry_id(1)).await;
    one.say(entry_id(1), Turn(1), "once").await;
    assert_eq!(one.stored(entry_id(1)).await, first);
    two.entry().await;
    two.ping().await;
    let more = two.take_passed();
    assert!(
        !more
            .iter()
            .any(|frame| matches!(frame, shared::ServerFrame::Entry(_))),
        "{more:?}"
    );
}

#[tokio::test]
async fn the_floor_can_be_passed_without_a_word() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.entry().await;
    one.pass(Turn(1)).await;
    for side in [&mut one, &mut two] {
        let entry = side.entry().await;
        assert_eq!(entry.event, Event::Pass { turn: Turn(1) });
        let floor = side.turn().await;
        assert_eq!((floor.turn, floor.holder), (Turn(2), Seat::Two));
        assert_eq!(floor.cause, TurnCause::Passed);
    }
}

#[tokio::test]
async fn several_messages_may_be_one_turn_up_to_a_limit() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    for number in 1..=u64::from(MAX_ENTRIES_A_TURN) {
        one.ping().await;
        let say = one.say_frame(entry_id(number), Turn(1), false, b"and then");
        one.send(&say).await;
        one.stored(entry_id(number)).await;
        two.entry().await;
    }
    // The last of them moved the floor by itself.
    assert_eq!(two.turn().await.holder, Seat::Two);
}

#[tokio::test]
async fn writing_is_shown_to_the_other_alone() {
    let hub = TestServer::start().await;
    let (mut one, mut two) = two_people(&hub).await;
    one.send(&ClientFrame::Typing {}).await;
    two.pick("typing", |frame| {
        (*frame == shared::ServerFrame::Typing { seat: Seat::One }).then_some(())
    })
    .await;
    one.ping().await;
    let own = one.take_passed();
    assert!(
        !own.iter()
            .any(|frame| matches!(frame, shared::ServerFrame::Typing { .. }))
    );
}
