//! New keys for the same people: what can be read under them, and whether they are to be trusted.

use shared::SeatSecret;

use super::*;

/// The key of the page's person on another device.
const NEW: u8 = 20;

fn new() -> SeatSecret {
    world::secret(NEW)
}

#[test]
fn a_page_under_a_new_key_reads_all_that_was_said_once_it_has_the_keys() {
    for seat in Seat::BOTH {
        let mut world = World::with_bea(CONVERSATION, seat);
        match seat {
            Seat::One => {
                world.says("one");
                world.speaks(BEA, "two");
            }
            Seat::Two => {
                world.speaks(BEA, "one");
                world.says("two");
            }
        }
        world.open_elsewhere(NEW).up();
        assert_eq!(world.view.stop(), Some(crate::link::Stop::RoomFull));
        world.lets_in(BEA, new().key());

        world.slow();
        world.up();
        while world.texts().len() < 2 {
            world.deliver_one();
        }
        assert_eq!(world.texts(), ["…", "…"]);
        assert!(!world.view.is_current());
        world.deliver();
        assert_eq!(world.texts(), ["one", "two"]);
        assert!(world.tells(&What::Reseated { seat, mine: true }));
        assert!(
            world
                .view
                .talk
                .lines()
                .iter()
                .all(|line| { !matches!(&line.what, What::Said(said) if said.closed.is_some()) })
        );

        let (mine, hers) = ("three", "four");
        match seat {
            Seat::One => {
                world.says(mine);
                world.speaks(BEA, hers);
                assert_eq!(world.texts(), ["one", "two", mine, hers]);
            }
            Seat::Two => {
                world.speaks(BEA, hers);
                world.says(mine);
                assert_eq!(world.texts(), ["one", "two", hers, mine]);
            }
        }
        assert!(world.heard_by(BEA).contains(&mine));
        assert_eq!(world.doubts(), []);
    }
}

#[test]
fn what_was_said_to_nobody_is_read_by_the_link_before_any_keys_come() {
    let mut world = World::alone(CONVERSATION);
    world.says("come in");
    world.sits(BEA);
    world.speaks(BEA, "here");
    world.open_elsewhere(NEW);
    world.lets_in(BEA, new().key());
    world.slow();
    world.up();
    while world.texts().len() < 2 {
        world.deliver_one();
    }
    assert_eq!(world.texts(), ["come in", "…"]);
    world.deliver();
    assert_eq!(world.texts(), ["come in", "here"]);
}

#[test]
fn a_page_goes_on_reading_when_it_lets_the_other_in_again() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    world.speaks(BEA, "two");
    world.reseat(new().key());
    let told = What::Reseated {
        seat: Seat::Two,
        mine: false,
    };
    assert!(world.tells(&told));
    world.comes_back_as(BEA, new());
    world.says("three");
    world.speaks(BEA, "four");
    assert_eq!(world.texts(), ["one", "two", "three", "four"]);
    world.reload().up();
    assert_eq!(world.texts(), ["one", "two", "three", "four"]);
    assert_eq!(world.doubts(), []);
}

/// The person compares the words of the two who sit.
fn verify(world: &mut World) {
    let keys = world.view.keys().expect("both sit");
    world.act(Action::Verify(keys));
}

#[test]
fn a_key_that_changes_is_noticed_by_who_has_compared_nothing() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    world.speaks(BEA, "two");
    assert_eq!(world.view.trust(), Trust::Unverified);
    let before = world.view.keys().expect("both sit");
    world.reseat(new().key());
    assert_eq!(world.view.trust(), Trust::Changed);
    world.reload().up();
    assert_eq!(world.view.trust(), Trust::Changed);
    // The words that were compared are those of the old key.
    world.act(Action::Verify(before));
    assert_eq!(world.view.trust(), Trust::Changed);
    verify(&mut world);
    assert_eq!(world.view.trust(), Trust::Verified);
}

#[test]
fn trust_is_in_two_keys_and_no_others() {
    let mut world = World::alone(CONVERSATION);
    assert_eq!(world.view.trust(), Trust::Alone);
    world.sits(BEA);
    assert_eq!(world.view.trust(), Trust::Unverified);
    verify(&mut world);
    assert_eq!(world.view.trust(), Trust::Verified);
    world.reload_bare();
    assert_eq!(world.view.trust(), Trust::Alone, "nobody is known to sit");
    world.up();
    assert_eq!(world.view.trust(), Trust::Verified);
    world.reload();
    assert_eq!(world.view.trust(), Trust::Verified, "as the entries tell");
    world.up();
    assert_eq!(world.view.trust(), Trust::Verified);
    world.says("one");
    world.speaks(BEA, "two");

    world.reseat(new().key());
    assert_eq!(world.view.trust(), Trust::Changed);
    world.reload().up();
    assert_eq!(world.view.trust(), Trust::Changed);
    verify(&mut world);
    assert_eq!(world.view.trust(), Trust::Verified);
}

#[test]
fn somebody_else_in_the_seat_is_not_trusted_for_who_sat_there() {
    let mut world = World::with_bea(TABLE, Seat::One);
    verify(&mut world);
    world.leaves(BEA);
    assert_eq!(world.view.trust(), Trust::Alone);
    world.sits(CYD);
    assert_eq!(world.view.trust(), Trust::Changed);
}

#[test]
fn words_compared_in_another_tab_are_known_when_this_one_goes_on() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    let there = Kept {
        verified: world.view.keys(),
        ..world.kept()
    };
    world.down().act(Action::Reread(there)).up();
    assert_eq!(world.view.trust(), Trust::Verified);
}
