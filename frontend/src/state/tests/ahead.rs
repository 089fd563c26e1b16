//! What is shown before it is ordered: it becomes what was said, or stays in sight as something that was not.

use shared::{ClientFrame, Entry, EntryId, Saying, Seat, Wish};

use super::*;

const NAME: EntryId = EntryId([9; 16]);

/// Bea, in seat 1, shows this in turn 1 and keeps it from the server. Answers the frame that she would send.
fn shows(world: &mut World, words: &str) -> ClientFrame {
    let (mut frame, last) = (None, world.view.bookmark().expect("a talk"));
    world.looks(BEA, |bea| {
        let saying = Saying::in_turn(NAME, Turn(1), true);
        frame = bea.say(saying, words, &[5; 24]).ok();
    });
    let frame = frame.expect("a key");
    let Wish { event, prev, sig } = frame.clone().into_wish().expect("it is signed");
    let entry = Entry {
        seq: last.seq.next(),
        at: world.now,
        seat: Seat::One,
        prev,
        event,
        sig: Some(sig),
    };
    world.act(Action::Ahead(entry, world.now));
    frame
}

fn world() -> World {
    World::with_bea(CONVERSATION, Seat::Two)
}

fn ahead(world: &World) -> Vec<&str> {
    let ahead = world.view.ahead.iter();
    ahead.map(|ahead| &*ahead.said.text).collect()
}

#[test]
fn it_becomes_the_entry() {
    let mut world = world();
    let frame = shows(&mut world, "one");
    assert_eq!(ahead(&world), ["one"]);
    assert!(world.texts().is_empty());
    world.does(BEA, |_| Some(frame));
    assert_eq!(world.texts(), ["one"]);
    assert!(ahead(&world).is_empty());
    assert_eq!(world.lost(), 0);
}

#[test]
fn it_stays_through_what_does_not_keep_it_from_being_said() {
    let mut world = world();
    shows(&mut world, "one");
    world.does(BEA, |bea| {
        bea.propose(shared::Change::Mode(shared::Mode::Free))
    });
    world.down().up();
    assert_eq!(ahead(&world), ["one"]);
    // Shown again after it was signed anew, it is the same.
    shows(&mut world, "one");
    assert_eq!(ahead(&world), ["one"]);
}

#[test]
fn what_was_shown_and_not_said_stays_in_sight_as_that() {
    let mut world = world();
    shows(&mut world, "I owe you 100");
    world.does(BEA, |bea| bea.pass(Turn(1)));
    assert!(ahead(&world).is_empty());
    assert_eq!(world.texts(), ["I owe you 100"]);
    assert_eq!(world.lost(), 1);
}

#[test]
fn other_words_under_its_name_do_not_take_its_place() {
    let mut world = world();
    shows(&mut world, "I owe you 100");
    world.does(BEA, |bea| {
        let saying = Saying::in_turn(NAME, Turn(1), true);
        bea.say(saying, "I owe you 1", &[6; 24]).ok()
    });
    assert_eq!(world.texts(), ["I owe you 1", "I owe you 100"]);
    assert_eq!(world.lost(), 1);
}

#[test]
fn in_free_talk_what_its_author_said_after_it_has_overtaken_it() {
    let mut world = world();
    let free = shared::Change::Mode(shared::Mode::Free);
    world.does(BEA, |bea| bea.propose(free));
    let [_, theirs] = world.view.proposals();
    let proposal = theirs.expect("bea proposes").seq;
    world.sign(|me| me.accept(proposal));
    shows(&mut world, "never sent");
    world.says("mine");
    assert_eq!(ahead(&world), ["never sent"]);
    world.speaks(BEA, "later");
    assert!(ahead(&world).is_empty());
    assert_eq!(world.lost(), 1);
}
