//! Coming back: after an outage, a reload, a restart of the hub.

use super::*;

#[test]
fn a_lost_acknowledgement_shows_the_message_once() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.slow();
    world.say(ID, "hello").give().expect("it is due");
    world.down();
    assert!(matches!(world.progress(ID), Some(Progress::Queued { .. })));
    world.up().deliver_one();
    assert!(world.view.welcomed);
    assert_eq!(world.view.due(), None, "the talk is not complete yet");
    world.deliver();
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.texts(), ["hello"]);
}

#[test]
fn a_message_the_hub_never_got_goes_again_under_its_name() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "hello").give_in_vain();
    world.down().up();
    assert_eq!(world.view.due(), Some(ID));
}

#[test]
fn a_page_that_knows_more_than_its_greeting_shows_nothing_twice() {
    let mut world = World::with_bea(TABLE, Seat::Two);
    let greeting = world.view.person.clone().expect("somebody");
    world.speaks(BEA, "hello");
    world.down();
    world.leaves(BEA);
    world.up_as(&greeting);
    assert_eq!(world.texts(), ["hello"]);
    assert_eq!(world.doubts(), []);
    assert!(world.view.is_current());
    assert_eq!(world.view.talk.last(), world.head());
}

#[test]
fn a_restart_that_loses_nothing_changes_nothing() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.says("before");
    world.restart();
    world.sits(BEA);
    world.up();
    world.speaks(BEA, "after");
    assert_eq!(world.texts(), ["before", "after"]);
    assert_eq!(world.whats().len(), 4, "two sat, two spoke");
}

#[test]
fn a_new_seat_after_an_absence_begins_where_the_hub_says() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.down().wait(Duration::from_secs(60));
    world.up();
    assert!(!world.view.unseated);
    assert!(world.view.is_current());
    let whats = world.whats();
    assert_eq!(whats[whats.len() - 2], &What::Gap);
    world.sits(BEA);
    world.says("here again");
    assert_eq!(world.heard_by(BEA), ["here again"]);
}

#[test]
fn a_journal_that_began_anew_stands_below_a_line() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.pass();
    world.speaks(BEA, "old");
    world.say(ID, "unsent").restart_anew();
    world.sits(BEA);
    world.up();
    assert_eq!(world.texts(), ["old"]);
    assert!(world.tells(&What::Anew));
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::TalkOver)));
    assert_eq!(world.view.my_seat(), Some(Seat::Two));
    let mark = world.view.bookmark().expect("something is known");
    assert_eq!((mark.epoch, mark.seq), (Epoch(8), Seq(2)));
}

#[test]
fn messages_a_hub_has_lost_stay_in_sight() {
    let mut world = World::with_bea(TABLE, Seat::Two);
    world.speaks(BEA, "kept");
    world.pass();
    world.speaks(BEA, "lost");
    world.restart_without_last(1);
    world.up();
    world.sits(BEA);
    world.speaks(BEA, "new");
    assert_eq!(world.texts(), ["kept", "lost", "new"]);
    assert!(world.tells(&What::Lost { messages: 1 }));
    assert_eq!(world.doubts(), []);
}

#[test]
fn nothing_is_sent_before_a_shortened_talk_is_told_again() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.passes(BEA);
    world.goes(BEA);
    world.pass();
    world.restart_without_last(1);
    world.slow();
    world.up().deliver_one();
    world.deliver_one();
    assert!(world.view.welcomed && !world.view.is_current());
    world.say(ID, "once more");
    while !world.view.is_current() {
        assert_eq!(world.view.due(), None);
        assert!(!world.view.may_invite(), "nobody knows who sits there");
        assert!(!world.view.waits_for_company());
        world.deliver_one();
    }
    world.deliver();
    world.give().expect("it is due");
    assert_eq!(world.texts(), ["once more"]);
    assert_eq!(world.doubts(), []);
}

#[test]
fn what_is_kept_over_a_reload_comes_back() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "unsent").give_in_vain();
    world.act(Action::Write("half a".into()));
    world.reload();
    assert_eq!(&*world.view.draft, "half a");
    world.up();
    assert_eq!(world.view.due(), Some(ID));
    assert!(Outbox::from_text("not json").is_empty());
}

#[test]
fn what_is_typed_during_the_start_joins_what_was_kept() {
    for (kept, typed, draft) in [
        ("half a", "thought", "half a\n\nthought"),
        ("half a", "", "half a"),
        ("", "thought", "thought"),
    ] {
        let secret = world::secret(0);
        let person = Box::new(Person::new(TABLE, secret, vec![]));
        let kept = Kept {
            draft: kept.into(),
            ..Kept::default()
        };
        let view = Rc::new(View::new(TABLE, world::T0))
            .reduce(Action::Write(typed.into()))
            .reduce(Action::Restored(person, kept));
        assert_eq!(&*view.draft, draft);
    }
}

#[test]
fn what_another_tab_has_sent_is_not_kept_here() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.down().say(ID, "said there");
    world.act(Action::Write("half".into()));
    let there = Kept {
        draft: "half a thought".into(),
        ..Kept::default()
    };
    world.act(Action::Reread(there));
    assert!(world.view.outbox.is_empty());
    assert_eq!(&*world.view.draft, "half a thought");
}

#[test]
fn the_same_name_in_another_life_of_the_journal_is_another_line() {
    let mut world = World::with_bea(TABLE, Seat::Two);
    world.speaks_as(BEA, ID, "old");
    world.restart_anew();
    world.sits(BEA);
    world.up();
    world.speaks_as(BEA, ID, "new");
    let lines = world.view.talk.lines().iter();
    let lives: Vec<_> = lines
        .filter(|line| matches!(line.what, What::Said(_)))
        .map(|line| line.epoch)
        .collect();
    assert_eq!(lives, [Some(world::EPOCH), Some(Epoch(8))]);
}

#[test]
fn another_seat_is_another_talk() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.down().say(ID, "as seat 1");
    // The seat is lost, somebody else has it, and the other one is free.
    world.wait(Duration::from_secs(60));
    world.sits(CYD);
    world.leaves(BEA);
    world.up();
    assert_eq!(world.view.my_seat(), Some(Seat::Two));
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::TalkOver)));
    assert_eq!(world.view.due(), None);
}
