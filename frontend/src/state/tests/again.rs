//! What was not said: withdrawn, changed, or said after all.

use super::*;

/// A message that the hub refused, and the turn is the other's indeed.
fn held() -> World {
    let mut world = refused(CONVERSATION);
    assert!(world.view.outbox.get(ID).unwrap().is_held());
    world.pass();
    world
}

fn queue_again(world: &mut World) {
    let at = world.now;
    world.act(Action::QueueAgain { id: ID, at });
}

#[test]
fn what_waits_for_the_path_can_be_taken_back() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.down().say(ID, "helo");
    assert!(world.view.outbox.get(ID).unwrap().is_recallable());
    world.act(Action::TakeBack(ID));
    assert!(world.view.outbox.is_empty());
    assert_eq!(&*world.view.draft, "helo");
    world.act(Action::Write("hello".into()));
    let at = world.now;
    world
        .act(Action::Send {
            id: ID,
            at,
            more: false,
        })
        .up()
        .give();
    assert_eq!(
        world.heard_by(BEA),
        ["hello"],
        "once, and as it was changed"
    );
}

#[test]
fn what_may_have_reached_the_hub_cannot_be_taken_back() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "hello").give_in_vain();
    for what in ["on its way", "after the path broke", "after a reload"] {
        assert!(
            !world.view.outbox.get(ID).unwrap().is_recallable(),
            "{what}"
        );
        world.act(Action::TakeBack(ID));
        assert!(world.view.outbox.get(ID).is_some(), "{what}");
        assert_eq!(&*world.view.draft, "", "{what}");
        match what {
            "on its way" => world.down(),
            _ => world.reload(),
        };
    }
}

#[test]
fn what_is_sealed_and_not_sent_can_be_taken_back_and_is_not_sent() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "hello");
    let frame = world.view.frame_of(ID, &[1; 24]).expect("it is due");
    let letter = Letter::of(&frame).expect("a message");
    world.act(Action::Sealed(ID, letter));
    assert_eq!(
        world.view.frame_of(ID, &[2; 24]),
        Some(frame),
        "the same bytes"
    );
    assert_eq!(world.view.due(), Some(ID), "kept, and not sent yet");
    world.act(Action::TakeBack(ID));
    assert_eq!(world.view.due(), None);
    assert_eq!(&*world.view.draft, "hello");
}

#[test]
fn what_was_sealed_goes_with_the_same_bytes_after_a_reload() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "hello");
    let frame = world.view.frame_of(ID, &[1; 24]).expect("it is due");
    let letter = Letter::of(&frame).expect("a message");
    world.act(Action::Sealed(ID, letter));
    world.reload().up();
    assert_eq!(world.give(), Some(frame));
    assert_eq!(world.heard_by(BEA), ["hello"]);
}

#[test]
fn a_held_message_goes_in_the_next_turn_when_the_person_says_so() {
    let mut world = held();
    world.speaks(BEA, "meanwhile");
    assert_eq!(world.view.due(), None, "nothing goes by itself");
    queue_again(&mut world);
    let said = world.give().expect("it is my turn");
    assert!(matches!(
        said,
        ClientFrame::Say {
            id: ID,
            turn: Turn(3),
            ..
        }
    ));
    assert_eq!(world.heard_by(BEA), ["meanwhile", "hello"]);
    assert!(world.view.outbox.is_empty());
}

#[test]
fn it_can_be_queued_ahead_for_the_turn_to_come() {
    let mut world = held();
    queue_again(&mut world);
    assert_eq!(world.view.due(), None, "not in the other's turn");
    assert!(world.view.waits_for_turn() && !world.view.is_slow());
    assert_eq!(world.view.may_send(), Err(Refusal::NotYourTurn(Seat::Two)));
    world.reload().up();
    assert!(world.view.waits_for_turn(), "kept as it was");
    world.speaks(BEA, "meanwhile");
    assert_eq!(world.view.due(), Some(ID));
    world.give();
    assert_eq!(world.heard_by(BEA), ["meanwhile", "hello"]);
}

#[test]
fn what_is_queued_ahead_can_be_taken_back() {
    let mut world = held();
    queue_again(&mut world);
    world.act(Action::TakeBack(ID));
    assert_eq!(&*world.view.draft, "hello");
    world.speaks(BEA, "meanwhile");
    assert_eq!(world.view.due(), None);
}

#[test]
fn what_is_queued_ahead_is_not_for_a_stranger() {
    let mut world = held();
    queue_again(&mut world);
    world.leaves(BEA);
    world.invite(LinkSecret([8; 32]));
    world.sits_by(CYD, LinkSecret([8; 32]));
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerLeft)));
}

#[test]
fn one_at_a_time_also_again() {
    let mut world = held();
    world.speaks(BEA, "meanwhile");
    let other = EntryId([1; 16]);
    world.down().say(other, "something else");
    queue_again(&mut world);
    assert_eq!(world.view.refusal, Some(Refusal::Underway));
    assert!(world.view.outbox.get(ID).unwrap().is_held());
}

#[test]
fn what_the_hub_has_after_all_is_not_said_twice() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "hello").slow();
    world.give();
    // The hub has it, and its answer is lost; then it tells another talk, and the page does not know who sits there.
    world.down().act(Action::Afresh);
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerUnsure)));
    queue_again(&mut world);
    world.up();
    world.deliver();
    assert!(world.view.outbox.is_empty(), "it stands in the talk");
    assert_eq!(world.heard_by(BEA), ["hello"]);
    assert_eq!(world.texts(), ["hello"]);
}

#[test]
fn a_browser_that_keeps_nothing_is_told_of_once() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world
        .act(Action::Unkept(world::T0))
        .act(Action::Unkept(world::T0));
    let told = world
        .whats()
        .iter()
        .filter(|what| ***what == What::Unkept)
        .count();
    assert_eq!(told, 1);
    world.says("all the same");
    assert_eq!(world.heard_by(BEA), ["all the same"]);
}
