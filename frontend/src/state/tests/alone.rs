//! What a browser has kept: shown without a server, and held against what the server has.

use super::*;

fn talked() -> World {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("one");
    world.speaks(BEA, "two");
    world
}

#[test]
fn what_was_kept_is_shown_before_there_is_a_connection() {
    for room in [TABLE, CONVERSATION] {
        let mut world = World::with_bea(room, Seat::Two);
        world.speaks(BEA, "one");
        world.says("two");
        let before = world.view.bookmark();
        world.reload();
        assert_eq!(world.texts(), ["one", "two"]);
        assert_eq!(world.view.bookmark(), before);
        assert_eq!(world.view.my_seat(), Some(Seat::Two));
        assert!(!world.view.is_current());
        assert!(!world.view.is_my_turn());
        world.up();
        assert!(world.view.is_current());
        assert_eq!(world.texts(), ["one", "two"], "nothing twice");
        assert_eq!(world.view.known, None);
    }
}

#[test]
fn what_came_meanwhile_comes_after_what_was_kept() {
    let mut world = talked();
    let kept = world.kept();
    world.says("three");
    world.speaks(BEA, "four");
    world.reload_with(kept);
    assert_eq!(world.texts(), ["one", "two"]);
    world.up();
    assert_eq!(world.texts(), ["one", "two", "three", "four"]);
    assert_eq!(world.doubts(), []);
}

#[test]
fn what_a_disk_has_spoilt_comes_from_the_hub() {
    let mut world = talked();
    let kept = world.kept();
    for at in 0..4 {
        let mut spoilt = kept.clone();
        let log = spoilt.log.as_mut().expect("entries are kept");
        assert_eq!(log.entries.len(), 4);
        log.entries[at].prev.0[0] ^= 1;
        world.reload_with(spoilt);
        let intact = world.view.bookmark().map_or(0, |mark| mark.seq.0);
        assert_eq!(intact, u64::try_from(at).expect("few"));
        world.up();
        assert_eq!(world.texts(), ["one", "two"]);
        assert_eq!(world.doubts(), []);
    }
    let mut spoilt = kept.clone();
    spoilt
        .log
        .as_mut()
        .expect("entries are kept")
        .begun
        .outset
        .hash
        .0[0] ^= 1;
    world.reload_with(spoilt);
    assert!(world.texts().is_empty());
    world.up();
    assert_eq!(world.texts(), ["one", "two"]);
}

#[test]
fn what_the_hub_has_lost_stays_in_sight() {
    let mut world = talked();
    world.restart_without_last(1);
    world.reload().up();
    assert_eq!(world.texts(), ["one", "two"]);
    assert!(world.tells(&What::Lost { messages: 1 }));
    assert_eq!(world.doubts(), []);
    // Also when the page is loaded again.
    for _ in 0..2 {
        world.reload().up();
        assert_eq!(world.texts(), ["one", "two"]);
        assert_eq!(world.lost(), 1);
    }
}

#[test]
fn what_the_journal_does_not_have_is_said_again() {
    let mut world = talked();
    world.says("three");
    world.speaks(BEA, "four");
    world.down().act(Action::Yield(Seq(4), Timestamp(0)));
    // What was mine waits under its name, what was hers is shown until she has said it again.
    assert_eq!(world.texts(), ["one", "two", "four"]);
    assert!(world.tells(&What::Yielded));
    let waiting: Vec<_> = world.view.outbox.iter().map(|p| &*p.text).collect();
    assert_eq!(waiting, ["three"]);
    assert_eq!(world.view.bookmark().map(|mark| mark.seq), Some(Seq(4)));
    assert!(world.view.is_my_turn());
    world.reload();
    assert_eq!(world.texts(), ["one", "two", "four"]);
    // Here the hub has both, and so they come back as they were.
    world.up();
    assert_eq!(world.texts(), ["one", "two", "three", "four"]);
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.doubts(), []);
}
