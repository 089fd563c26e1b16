//! What a story keeps. That it comes to the same as all that happened is held against the view after every step of the
//! tests in `state/tests`.

use std::time::Duration;

use shared::Seat;

use super::*;
use crate::state::tests::world::{BEA, CONVERSATION, World};

const T0: Timestamp = Timestamp(1_000_000);

#[test]
fn of_drafts_and_tries_to_connect_the_last_one_counts() {
    let mut story = Story::default();
    let path = |path| Action::Path(path, T0);
    story.note(Action::Write("a".into()));
    story.note(path(Path::Connecting { again: false }));
    story.note(Action::Write("ab".into()));
    story.note(path(Path::Connecting { again: true }));
    story.note(path(Path::Up));
    story.note(Action::Frame(ServerFrame::Typing { seat: Seat::Two }, T0));
    story.note(Action::TakeBack(EntryId([1; 16])));
    story.note(Action::Write("c".into()));
    assert!(matches!(
        &story.actions[..],
        [
            Action::Write(ab),
            Action::Path(Path::Connecting { again: true }, _),
            Action::Path(Path::Up, _),
            Action::TakeBack(_),
            Action::Write(_),
        ] if ab == "ab"
    ));
}

#[test]
fn a_talk_takes_no_more_than_its_entries() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    let mut sizes = Vec::new();
    for round in 0..6 {
        world.says("one");
        world.act(Action::Write("two, while I wait".into()));
        world.opened_by(BEA, 3 + 2 * round, None);
        world.speaks(BEA, "three");
        world.wait(Duration::from_secs(1));
        if let Some(word) = world.view.receipt_due() {
            world.tells_word(word);
        }
        sizes.push(world.story().actions.len());
    }
    let grown: Vec<_> = sizes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(grown, [2; 5], "{:#?}", world.story().actions);
}

#[test]
fn a_message_that_is_held_keeps_its_way() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.slow();
    world.say(EntryId([9; 16]), "one").give();
    let before = world.story().actions.len();
    world.deliver();
    let way = |action: &Action| matches!(action, Action::Send { .. } | Action::Sent(..));
    assert!(!world.story().actions.iter().any(way), "it is on record");
    assert!(before > world.story().actions.len() - 2);
    world.speaks(BEA, "two");
    world.say(EntryId([8; 16]), "three").give_in_vain();
    world.down();
    assert_eq!(
        world
            .story()
            .actions
            .iter()
            .filter(|action| way(action))
            .count(),
        2
    );
}
