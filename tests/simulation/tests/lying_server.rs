//! A server that lies, or loses what it had, to pages that may go on without it.

use std::time::Duration;

use frontend::state::Action;
use shared::{
    Entry, EntryHash, Epoch, Event, Presence, ResyncReason, Seat, Seq, ServerFrame, Timestamp, Turn,
};
use simulation::between::World;

const A_WHILE: Duration = Duration::from_secs(3);

/// A welcome to the talk that this page knows, as if there were no more of it than this.
fn welcome(world: &World, who: usize, head: Seq) -> ServerFrame {
    let begun = *world.pages[who].view.log.begun().expect("it is known");
    ServerFrame::Welcome {
        seat: begun.seat,
        epoch: begun.epoch,
        head,
        outset: begun.outset,
        floor: begun.outset.floor,
        peer: Presence::Here {},
    }
}

fn forged(seq: u64) -> ServerFrame {
    ServerFrame::Entry(Entry {
        seq: Seq(seq),
        at: Timestamp(1),
        seat: Seat::One,
        prev: EntryHash([9; 32]),
        event: Event::Pass { turn: Turn(1) },
        sig: None,
    })
}

#[test]
fn a_server_that_forges_is_found_out_before_anything_is_forgotten() {
    for told_less in [false, true] {
        let mut world = World::new();
        for text in ["one", "two", "three", "four"] {
            world.speak(text);
        }
        world.dishonest = true;
        if told_less {
            let welcome = welcome(&world, 0, Seq(0));
            world.hears(0, welcome);
        }
        let why = ResyncReason::OtherHistory;
        world.hears(0, ServerFrame::Resync { why });
        world.hears(0, forged(1));
        let view = &world.pages[0].view;
        assert!(view.alarm.is_some());
        assert_eq!(view.log.head(), Seq(6));
    }
}

#[test]
fn what_a_page_takes_back_it_says_again_whatever_the_server_pretended_before() {
    let mut world = World::new();
    for text in ["one", "two", "three", "four"] {
        world.speak(text);
    }
    let begun = *world.pages[0].view.log.begun().expect("it is known");
    let welcome = welcome(&world, 0, Seq(0));
    world.hears(0, welcome);
    world.act(0, Action::Yield(begun.outset.seq, world.now));
    let view = &world.pages[0].view;
    let waits: Vec<_> = view.outbox.iter().map(|pending| &*pending.text).collect();
    assert_eq!(waits, ["one", "three"]);
}

#[test]
fn in_another_life_of_the_server_only_what_was_not_stored_is_said_again() {
    let mut world = World::new();
    for text in ["1", "2", "3", "4", "5", "6"] {
        world.speak(text);
    }
    world.open();
    world.deliver();
    world.kill(0);
    world.wait(A_WHILE);
    world.speak("7");
    world.speak("8");
    world.start_anew(Epoch(77));
    world.wait(A_WHILE);
    for who in 0..2 {
        let waits = world.pages[who].view.outbox.iter();
        assert_eq!(waits.count(), 1, "page {who}");
        assert!(world.texts(who).len() >= 6, "page {who}");
    }
}

#[test]
fn a_server_that_keeps_losing_everything_is_not_asked_without_a_pause() {
    let mut world = World::new();
    world.speak("one");
    let before = world.connects;
    let why = ResyncReason::AheadOfJournal;
    for _ in 0..100 {
        if world.pages[0].paths.is_served() {
            world.hears(0, ServerFrame::Resync { why });
            let welcome = welcome(&world, 0, Seq(3));
            world.hears(0, welcome);
            let entries = world.journal.clone();
            world.hears(0, ServerFrame::Entries { entries });
        }
        world.deliver();
    }
    assert!(world.connects - before < 4, "{}", world.connects - before);
    world.wait(A_WHILE);
    world.assert_one_talk();
}

#[test]
fn a_server_that_falls_silent_in_what_it_tells_is_asked_again() {
    let mut world = World::new();
    world.speak("one");
    let why = ResyncReason::AheadOfJournal;
    world.hears(0, ServerFrame::Resync { why });
    world.wait(A_WHILE);
    assert!(!world.pages[0].view.is_current());
    world.wait(Duration::from_secs(12));
    world.assert_one_talk();
}
