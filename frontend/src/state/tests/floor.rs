//! How the floor is shared: agreed on, asked for, kept, taken.

use std::time::Duration;

use shared::{Change, Mode, Pace};

use super::*;

const FREE: Change = Change::Mode(Mode::Free);
const STRICT: Change = Change::Mode(Mode::Strict);

fn free() -> World {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.does(BEA, |bea| bea.propose(FREE));
    let [_, theirs] = world.view.proposals();
    let proposal = theirs.expect("bea proposes").seq;
    world.sign(|me| me.accept(proposal));
    world
}

fn back_to_turns(world: &mut World) {
    world.sign(|me| me.propose(STRICT));
    world.does(BEA, |bea| bea.propose(STRICT));
}

/// Long enough for the other to come in between.
const SLOWLY: Duration = Duration::from_millis(60);

#[test]
fn both_agree_and_speak_at_once() {
    let mut world = free();
    assert_eq!(world.view.mode(), Mode::Free);
    assert_eq!(world.view.proposals(), [None; 2]);
    assert!(world.tells(&What::Agreed(FREE)));
    world.says("one");
    world.says("two");
    world.speaks(BEA, "three");
    world.says("four");
    assert_eq!(world.texts(), ["one", "two", "three", "four"]);
    assert_eq!(world.heard_by(BEA), ["one", "two", "three", "four"]);
    assert!(world.view.may_pass().is_err(), "there is no turn to pass");
}

#[test]
fn what_waits_for_the_path_goes_in_order() {
    let mut world = free();
    world.down();
    for number in 0..3 {
        world.say(EntryId([number; 16]), &number.to_string());
    }
    world.up();
    while !world.view.outbox.is_empty() {
        assert!(world.give().is_some(), "it is due");
        assert_eq!(world.give(), None, "the other may come in between");
        world.wait(SLOWLY);
    }
    assert_eq!(world.heard_by(BEA), ["0", "1", "2"]);
}

#[test]
fn nothing_that_waits_reaches_somebody_else() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.does(BEA, |bea| bea.propose(FREE));
    let [_, theirs] = world.view.proposals();
    world.sign(|me| me.accept(theirs.expect("bea proposes").seq));
    world.down();
    for number in 0..3 {
        world.say(EntryId([number; 16]), "for bea");
    }
    world.leaves(BEA);
    world.sits(CYD);
    world.up();
    assert_eq!(world.give(), None, "nothing is sealed anew for Cyd");
    for number in 0..3 {
        let progress = world.progress(EntryId([number; 16]));
        assert!(
            matches!(progress, Some(Progress::Held(_))),
            "message {number} is {progress:?}"
        );
    }
}

#[test]
fn the_outbox_is_bounded() {
    let mut world = free();
    world.down();
    for number in 0..60 {
        world.say(EntryId([number; 16]), "more");
    }
    assert_eq!(world.view.outbox.iter().count(), 50);
    assert_eq!(world.view.may_send(), Err(Refusal::Underway));
    assert_eq!(&*world.view.draft, "more", "nothing is lost");
}

#[test]
fn a_message_that_crosses_another_is_said_and_shown_so() {
    let mut world = free();
    world.speaks(BEA, "seen");
    world.say(ID, "mine");
    // It comes between my sending and the hub's answer.
    world.slow();
    world.speaks(BEA, "theirs");
    world.give();
    world.deliver();
    assert!(matches!(world.progress(ID), Some(Progress::Queued { .. })));
    world.give();
    world.deliver();
    let crossed: Vec<_> = world
        .whats()
        .into_iter()
        .filter_map(|what| match what {
            What::Said(said) => Some((&*said.text, said.crossed)),
            _ => None,
        })
        .collect();
    assert_eq!(
        crossed,
        [("seen", false), ("theirs", false), ("mine", true)]
    );
    assert_eq!(world.heard_by(BEA), ["seen", "theirs", "mine"], "once");
}

#[test]
fn whoever_did_not_speak_last_begins_the_turns_again() {
    let mut world = free();
    world.says("mine");
    back_to_turns(&mut world);
    assert_eq!(world.view.mode(), Mode::Strict);
    assert!(!world.view.may_speak(), "I spoke last");

    let mut world = free();
    world.says("mine");
    world.speaks(BEA, "theirs");
    back_to_turns(&mut world);
    assert!(world.view.may_speak());
}

#[test]
fn what_was_written_freely_is_held_when_the_turn_is_the_others() {
    let mut world = free();
    world.speaks(BEA, "theirs");
    world.says("mine");
    world.say(ID, "late");
    world.slow();
    back_to_turns(&mut world);
    world.give();
    world.deliver();
    world.give();
    world.deliver();
    assert!(
        matches!(world.progress(ID), Some(Progress::Held(_))),
        "{:?}",
        world.progress(ID)
    );
    assert_eq!(world.heard_by(BEA), ["theirs", "mine"]);
}

#[test]
fn a_proposal_is_declined_or_taken_back_and_changes_nothing() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.does(BEA, |bea| bea.propose(FREE));
    let [_, theirs] = world.view.proposals();
    world.sign(|me| me.decline(theirs.unwrap().seq));
    assert_eq!(world.view.proposals(), [None; 2]);
    world.sign(|me| me.propose(Change::Pace(Pace::Letters)));
    let [mine, _] = world.view.proposals();
    assert!(!world.view.may_propose());
    world.sign(|me| me.withdraw(mine.unwrap().seq));
    assert!(world.view.may_propose());
    assert_eq!(world.view.mode(), Mode::Strict);
}

#[test]
fn several_messages_in_one_turn() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.sends_off(EntryId([1; 16]), "first", true);
    assert!(world.view.may_speak(), "the turn goes on");
    world.sends_off(EntryId([2; 16]), "last", false);
    assert!(!world.view.may_speak());
    while world.give().is_some() {}
    assert_eq!(world.heard_by(BEA), ["first", "last"]);
    assert!(!world.view.is_my_turn());
}

#[test]
fn the_floor_is_asked_for_once_a_turn() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    let turn = world.view.may_ask();
    assert_eq!(turn, None, "it is mine");
    world.does(BEA, |_| Some(ClientFrame::Ask { turn: Turn(1) }));
    assert!(world.view.is_asked());
    world.says("well");
    assert!(!world.view.is_asked(), "that was the turn before");
    assert_eq!(world.view.may_ask(), Some(Turn(2)));
    world.act(Action::Asked(Turn(2)));
    assert_eq!(world.view.may_ask(), None);
}

#[test]
fn the_floor_can_be_taken_from_somebody_away_but_need_not() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("your turn");
    world.goes(BEA);
    world.wait(Duration::from_secs(9 * 60));
    assert_eq!(world.view.may_claim(), None);
    world.wait(Duration::from_secs(2 * 60));
    let turn = world.view.may_claim().expect("ten minutes have passed");
    assert!(!world.view.may_speak(), "no timer moves the floor");
    world.sign(|me| me.claim(turn));
    assert!(world.view.may_speak());
    assert!(world.view.may_claim().is_none());
    let seat = Seat::One;
    assert!(world.tells(&What::Claimed { seat, mine: true }));
}

#[test]
fn whoever_comes_back_in_time_keeps_the_floor() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("your turn");
    world.goes(BEA);
    world.wait(Duration::from_secs(11 * 60));
    assert!(world.view.may_claim().is_some());
    world.sits(BEA);
    assert_eq!(world.view.may_claim(), None);
    world.speaks(BEA, "here I am");
    assert_eq!(world.texts(), ["your turn", "here I am"]);
}
