//! What an earlier visit of this browser knew, held against what the hub shows now: where the entries themselves were not
//! kept.

use super::doubt::{check, talked};
use super::*;

/// The page has been reloaded, and the hub has lost the answer.
fn reloaded_without_answer(room: RoomId) -> World {
    let mut world = talked(room);
    world.restart_without_last(1);
    world.reload_bare();
    world
}

#[test]
fn less_than_an_earlier_visit_knew_is_told() {
    for room in [TABLE, CONVERSATION] {
        let mut world = reloaded_without_answer(room);
        world.up();
        assert!(world.tells(&What::Lost { messages: 0 }));
        assert_eq!(world.texts(), ["kept"]);
        assert_eq!(world.doubts(), []);
        // What is there now is what the next visit expects.
        assert_eq!(world.kept().known, world.view.bookmark());
        world.reload_bare().up();
        assert!(!world.tells(&What::Lost { messages: 0 }));
    }
}

#[test]
fn something_else_than_an_earlier_visit_knew_is_doubted() {
    for room in [TABLE, CONVERSATION] {
        let mut world = reloaded_without_answer(room);
        world.sits(BEA);
        world.leaves(BEA);
        world.up();
        assert_eq!(world.head(), Seq(4), "as far as was known");
        check(&mut world, Fault::OtherHistory { seq: Seq(4) });
    }
}

#[test]
fn an_earlier_visit_is_remembered_until_this_one_has_come_as_far() {
    let mut world = talked(TABLE);
    world.speaks(BEA, "more");
    let known = world.kept().known;
    world.reload_bare();
    world.slow();
    world.up();
    for _welcome_and_two_pages in 0..3 {
        world.deliver_one();
    }
    assert_eq!(world.texts(), ["kept", "answer"]);
    assert_eq!(world.kept().known, known);
    // The path breaks in the middle of the replay, and the hub loses what came after.
    world.restart_without_last(2);
    world.up();
    world.deliver();
    let lost = |what: &&What| matches!(what, What::Lost { .. });
    let whats = world.whats();
    assert_eq!(
        whats.iter().filter(|what| lost(what)).count(),
        1,
        "{whats:?}"
    );
}

#[test]
fn a_visit_that_has_come_as_far_is_what_the_next_one_expects() {
    let mut world = talked(TABLE);
    world.reload_bare().up();
    assert_eq!(world.view.known, None);
    world.speaks(BEA, "more");
    assert_eq!(world.kept().known, world.view.bookmark());
    assert_eq!(world.kept().known.map(|known| known.seq), Some(Seq(5)));
}

#[test]
fn a_talk_that_begins_with_something_else_than_was_known_is_doubted() {
    let mut world = talked(TABLE);
    let known = world.kept().known.expect("something is known");
    world.reload_bare();
    world.lie(move |mut frame| {
        if let ServerFrame::Welcome { outset, .. } = &mut frame {
            outset.seq = known.seq;
            outset.hash = known.hash;
            outset.hash.0[0] ^= 1;
        }
        vec![frame]
    });
    world.up();
    check(&mut world, Fault::OtherHistory { seq: known.seq });
}

#[test]
fn a_conversation_that_began_anew_while_the_page_was_closed_is_told() {
    for (room, told) in [(TABLE, false), (CONVERSATION, true)] {
        let mut world = talked(room);
        world.restart_anew();
        world.reload_bare();
        world.sits(BEA);
        world.up();
        assert_eq!(world.tells(&What::Anew), told, "the table often does");
        assert_eq!(world.doubts(), []);
        assert_eq!(world.kept().known, world.view.bookmark());
    }
}

#[test]
fn a_seat_taken_again_after_a_reload_begins_where_the_hub_says() {
    let mut world = talked(TABLE);
    world.down().wait(Duration::from_secs(60));
    world.reload_bare().up();
    assert!(world.tells(&What::Gap));
    assert_eq!(world.doubts(), []);
    assert_eq!(world.view.known, None, "it names nothing in sight");
    assert_eq!(world.kept().known, world.view.bookmark());
}
