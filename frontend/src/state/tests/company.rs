//! Whom a message is meant for, and who sits there when it could be sent.

use super::*;

/// Offline, seat 1 has said something to Bea in seat 2.
fn said_while_away(room: RoomId) -> World {
    let mut world = World::with_bea(room, Seat::One);
    world.down().say(ID, "for Bea only");
    world
}

fn come_back(world: &mut World) {
    world.slow();
    world.up();
    while !world.view.welcomed {
        world.deliver_one();
    }
    let all_is_known = world.view.is_current();
    assert!(all_is_known || world.view.due().is_none());
    world.deliver();
    assert!(world.view.is_current());
}

#[test]
fn what_was_meant_for_one_person_is_not_sent_to_another() {
    let mut world = said_while_away(TABLE);
    world.leaves(BEA);
    world.sits(CYD);
    come_back(&mut world);
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerChanged)));
    assert_eq!(world.view.due(), None);
    world.act(Action::TakeBack(ID));
    assert_eq!(&*world.view.draft, "for Bea only");
    // Said again, knowing who sits there.
    let at = world.now;
    world.act(Action::Send {
        id: ID,
        at,
        more: false,
    });
    assert_eq!(world.view.due(), Some(ID));
}

#[test]
fn what_was_meant_for_somebody_who_left_waits_for_the_person() {
    for room in [TABLE, CONVERSATION] {
        let mut world = said_while_away(room);
        world.leaves(BEA);
        come_back(&mut world);
        assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerLeft)));
        assert_eq!(world.view.due(), None);
    }
}

#[test]
fn the_same_person_gets_it() {
    for room in [TABLE, CONVERSATION] {
        let mut world = said_while_away(room);
        world.goes(BEA);
        come_back(&mut world);
        world.give().expect("it is due");
        world.sits(BEA);
        assert_eq!(world.heard_by(BEA), ["for Bea only"]);
    }
}

#[test]
fn it_is_remembered_over_a_reload() {
    for changed in [false, true] {
        let mut world = said_while_away(TABLE);
        if changed {
            world.leaves(BEA);
            world.sits(CYD);
        }
        world.reload();
        come_back(&mut world);
        assert_eq!(world.view.due().is_none(), changed);
        let held = Progress::Held(Held::PeerChanged);
        assert_eq!(world.progress(ID) == Some(held), changed);
    }
}

#[test]
fn what_is_said_to_nobody_is_for_whoever_comes_first() {
    for room in [TABLE, CONVERSATION] {
        let mut world = World::alone(room);
        world.down().say(ID, "anybody?");
        world.sits(BEA);
        come_back(&mut world);
        world.give().expect("it is due");
        assert_eq!(world.heard_by(BEA), ["anybody?"]);
    }
}

#[test]
fn after_a_time_without_a_seat_nobody_can_tell_who_sits_there() {
    let mut world = said_while_away(TABLE);
    world.wait(Duration::from_secs(60));
    come_back(&mut world);
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerUnsure)));
}

#[test]
fn after_the_hub_has_lost_how_somebody_sat_down_nobody_can_tell_who_sits_there() {
    // Cyd sits where Bea sat, by the hub's present talk, which may be longer than the page's or not.
    for comes_first in [false, true] {
        let mut world = said_while_away(TABLE);
        world.restart_without_last(1);
        world.wait(Duration::from_secs(1));
        if comes_first {
            world.sits(CYD);
            come_back(&mut world);
            assert!(world.tells(&What::Afresh));
        } else {
            come_back(&mut world);
            world.sits(CYD);
        }
        assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerUnsure)));
        assert_eq!(world.doubts(), []);
    }
}

#[test]
fn what_was_stored_before_the_seat_was_lost_stands_in_its_place() {
    let mut world = World::with_bea(TABLE, Seat::One);
    world.slow();
    world.say(ID, "hello").give().expect("it is due");
    // The seat is lost before the answer comes, and taken again. The turn is over: nobody new can get it.
    world.down().wait(Duration::from_secs(60));
    come_back(&mut world);
    assert_eq!(
        world.view.due(),
        Some(ID),
        "the hub is asked what became of it"
    );
    world.give();
    assert!(world.view.outbox.is_empty());
    assert_eq!(world.texts(), ["hello"]);
    let whats = world.whats();
    let place = |is: fn(&What) -> bool| whats.iter().position(|what| is(what));
    let said = place(|what| matches!(what, What::Said(_)));
    assert!(said < place(|what| *what == What::Gap), "{whats:?}");
    let lines = world.view.talk.lines();
    let mut keys: Vec<_> = lines.iter().map(|line| line.key).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), lines.len());
    let at = world.now;
    world.hear(ServerFrame::Stored {
        id: ID,
        seq: Seq(3),
        at,
    });
    assert_eq!(world.texts(), ["hello"], "once");
    assert_eq!(world.doubts(), []);
}

#[test]
fn a_seat_that_was_left_is_told_from_one_that_was_never_taken() {
    let mut world = World::alone(TABLE);
    assert!(!world.view.peer_left());
    world.sits(BEA);
    assert!(!world.view.peer_left());
    world.stays_away(BEA);
    assert!(world.view.peer_left());
    world.sits(CYD);
    assert!(!world.view.peer_left());
}
