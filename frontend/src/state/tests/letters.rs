//! What a message is sent as: the same bytes at each try, and sealed anew when the talk has gone on.

use super::*;

#[test]
fn every_try_sends_the_same_bytes() {
    for room in [TABLE, CONVERSATION] {
        let mut world = World::with_bea(room, Seat::One);
        world.say(ID, "hello");
        let first = world.give_in_vain();
        assert!(first.is_some());
        world.down().up();
        assert_eq!(world.give_in_vain(), first, "after the path broke");
        world.hear(no(ID, Rejection::JournalUnavailable {}));
        world.wait(Duration::from_secs(1));
        assert_eq!(world.give_in_vain(), first, "after a refusal");
        world.reload().up();
        assert_eq!(world.give(), first, "after a reload");
        assert!(world.view.outbox.is_empty());
        assert_eq!(world.heard_by(BEA), ["hello"]);
    }
}

#[test]
fn what_is_kept_of_a_message_is_all_of_it() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.say(ID, "hello");
    let unsealed = Outbox::from_text(&world.view.outbox.to_text());
    assert_eq!(unsealed, *world.view.outbox);
    world.give_in_vain();
    world.down();
    let sealed = Outbox::from_text(&world.view.outbox.to_text());
    assert_eq!(sealed, *world.view.outbox);
    assert!(sealed.get(ID).is_some_and(|kept| kept.letter.is_some()));
}

#[test]
fn a_message_for_a_talk_that_has_gone_on_is_sealed_anew_under_its_name() {
    let mut world = World::alone(CONVERSATION);
    world.say(ID, "anybody?");
    let first = world.give_in_vain().expect("it is due");
    world.down();
    world.sits(BEA);
    world.up();
    assert_eq!(world.give().as_ref(), Some(&first));
    assert!(matches!(world.progress(ID), Some(Progress::Queued { .. })));
    let second = world.give().expect("it is due");
    assert_ne!(second, first);
    assert!(matches!(second, ClientFrame::Say { id: ID, .. }));
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.heard_by(BEA), ["anybody?"]);
    assert_eq!(world.texts(), ["anybody?"]);
}

#[test]
fn what_crosses_somebody_sitting_down_reaches_them() {
    let mut world = World::alone(CONVERSATION);
    world.say(ID, "anybody?").slow();
    // The page has not heard of Bea when it sends.
    world.sits(BEA);
    world.give().expect("it is due");
    world.deliver();
    world.give().expect("it is due again");
    assert_eq!(world.heard_by(BEA), ["anybody?"]);
    assert_eq!(world.doubts(), []);
}

#[test]
fn alone_at_the_table_a_message_waits_for_somebody_to_seal_it_for() {
    let mut world = World::alone(TABLE);
    world.say(ID, "hello");
    assert!(world.view.waits_for_company());
    assert_eq!(world.view.due(), None);
    assert!(!world.view.is_slow());
    world.sits(BEA);
    assert!(!world.view.waits_for_company());
    world.give().expect("it is due");
    assert_eq!(world.heard_by(BEA), ["hello"]);
}

#[test]
fn what_waits_at_the_table_waits_over_a_reload_too() {
    let mut world = World::alone(TABLE);
    world.say(ID, "hello");
    world.reload().up();
    assert_eq!(world.view.due(), None);
    world.sits(BEA);
    world.give().expect("it is due");
    assert_eq!(world.heard_by(BEA), ["hello"]);
}

#[test]
fn alone_in_a_conversation_a_message_goes_at_once_and_waits_for_whoever_comes() {
    let mut world = World::alone(CONVERSATION);
    assert!(!world.view.waits_for_company());
    world.says("come in");
    world.sits(BEA);
    assert_eq!(world.heard_by(BEA), ["come in"]);
    world.speaks(BEA, "here I am");
    assert_eq!(world.texts(), ["come in", "here I am"]);
}

#[test]
fn a_message_that_is_stored_twice_over_is_shown_once() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.slow();
    world.say(ID, "hello").give().expect("it is due");
    // The hub was busy with something unnamed meanwhile, so the page tries again before the answer comes.
    world.hear(ServerFrame::Rejected {
        id: None,
        rejection: Rejection::RateLimited { after: 0 },
    });
    world.give().expect("it is due again");
    world.deliver();
    assert_eq!(world.texts(), ["hello"]);
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.doubts(), []);
    assert!(world.view.is_current());
}

#[test]
fn what_another_tab_has_said_meanwhile_comes_back_as_said() {
    // The drawer was read while the other tab's message was on its way, so this tab keeps it too.
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "said there");
    let unsent = world.kept();
    world.give().expect("it is due");
    world.down().act(Action::Reread(unsent));
    assert_eq!(world.view.outbox.iter().count(), 1);
    world.up();
    world.give().expect("the hub is asked what became of it");
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.texts(), ["said there"]);
    assert_eq!(world.doubts(), []);
}
