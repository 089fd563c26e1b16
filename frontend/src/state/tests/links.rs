//! The links to the other seat: who may make a new one, who is out then, and what becomes of what was meant for them.

use super::*;

const ANOTHER: LinkSecret = LinkSecret([8; 32]);

/// The page's person in another tab.
const TAB: u8 = 9;

/// Offline, seat 1 has said something to Bea, who has said nothing yet.
fn said_while_away() -> World {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.down().say(ID, "for Bea only");
    world
}

#[test]
fn a_new_link_can_be_made_until_the_other_has_spoken() {
    assert!(!World::alone(TABLE).view.may_invite(), "it has no links");
    assert!(!World::with_bea(TABLE, Seat::One).view.may_invite());
    let mut world = World::alone(CONVERSATION);
    assert!(world.view.may_invite());
    world.sits(BEA);
    assert!(world.view.may_invite());
    world.says("are you Bea?");
    assert!(world.view.may_invite());
    world.down();
    assert!(!world.view.may_invite(), "not now");
    world.up();
    world.speaks(BEA, "yes");
    assert!(!world.view.may_invite());
    world.leaves(BEA);
    assert!(world.view.may_invite());
}

#[test]
fn whoever_came_by_the_link_cannot_send_its_maker_away() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    assert!(!world.view.may_invite());
    world.leaves(BEA);
    assert!(world.view.may_invite());
}

#[test]
fn a_seat_taken_back_is_open_to_the_new_link_alone() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.says("for Bea only");
    world.invite(ANOTHER);
    let opened = What::Invited {
        seat: Seat::One,
        mine: true,
    };
    assert!(world.tells(&opened));
    assert!(!world.is_connected(BEA));
    let person = world.view.person.clone().expect("somebody");
    assert_eq!(person.standing_link(), Some(&ANOTHER));
    assert_eq!(
        world.view.seating.map(|seating| seating.peer),
        Some(Presence::Vacant {})
    );
    assert!(!world.view.peer_left(), "nobody left of their own");

    world.sits_by(CYD, ANOTHER);
    world.speaks(CYD, "hello");
    assert_eq!(world.heard_by(CYD), ["hello"], "and nothing before");
    assert_eq!(world.texts(), ["for Bea only", "hello"]);
    world.says("hello Cyd");
    assert_eq!(world.heard_by(CYD), ["hello", "hello Cyd"]);
    assert_eq!(world.doubts(), []);
}

#[test]
fn a_new_link_lets_somebody_in_after_a_departure() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.speaks(BEA, "goodbye");
    world.leaves(BEA);
    world.invite(ANOTHER);
    world.says("anybody?");
    world.sits_by(CYD, ANOTHER);
    assert_eq!(world.heard_by(CYD), ["anybody?"]);
    world.reload().up();
    assert_eq!(world.texts(), ["goodbye", "anybody?"]);
    assert_eq!(world.doubts(), []);
}

#[test]
fn a_seat_that_was_left_and_opened_anew_waits_for_somebody_new() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.leaves(BEA);
    assert!(world.view.peer_left());
    world.invite(ANOTHER);
    assert!(!world.view.peer_left());
}

#[test]
fn what_was_meant_for_somebody_who_was_sent_away_waits_for_the_person() {
    for (comes, why) in [(false, Held::PeerLeft), (true, Held::PeerChanged)] {
        let mut world = said_while_away();
        world.opens_tab(TAB);
        world.opens(TAB, ANOTHER);
        world.goes(TAB);
        if comes {
            world.sits_by(CYD, ANOTHER);
        }
        world.up();
        assert_eq!(world.progress(ID), Some(Progress::Held(why)));
        assert_eq!(world.view.due(), None);
    }
}

#[test]
fn what_pauses_when_the_seat_is_taken_back_waits_for_the_person() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.say(ID, "for Bea only").give_in_vain();
    world.hear(no(ID, Rejection::RateLimited { after: 500 }));
    world.invite(ANOTHER);
    assert_eq!(world.progress(ID), Some(Progress::Held(Held::PeerLeft)));
    world.sits_by(CYD, ANOTHER);
    world.wait(Duration::from_secs(1));
    assert_eq!(world.view.due(), None);
}

#[test]
fn what_was_meant_for_somebody_reaches_them_under_their_new_key() {
    let mut world = said_while_away();
    world.opens_tab(TAB);
    let new = world::secret(20);
    world.lets_in(TAB, new.key());
    world.goes(TAB);
    world.comes_back_as(BEA, new);
    world.up();
    world.give().expect("it is due");
    assert_eq!(world.heard_by(BEA), ["for Bea only"]);
}

#[test]
fn what_was_said_to_nobody_is_for_whoever_comes_by_the_new_link() {
    let mut world = World::alone(CONVERSATION);
    world.down().say(ID, "anybody?");
    world.up().invite(ANOTHER);
    world.sits_by(BEA, ANOTHER);
    world.give().expect("it is due");
    assert_eq!(world.heard_by(BEA), ["anybody?"]);
}

#[test]
fn a_link_made_in_another_tab_is_known_when_this_one_goes_on() {
    let mut world = World::with_bea(CONVERSATION, Seat::One);
    world.opens_tab(TAB);
    let stop = crate::link::Stop::Superseded;
    assert_eq!(world.view.stop(), Some(stop));
    world.opens(TAB, ANOTHER);
    world.sits_by(CYD, ANOTHER);
    let there = Kept {
        links: vec![ANOTHER, world::LINK],
        ..Kept::default()
    };
    world.act(Action::Reread(there)).up();
    world.says("hello Cyd");
    assert_eq!(world.heard_by(CYD), ["hello Cyd"]);
    world.speaks(CYD, "hello");
    assert_eq!(world.texts(), ["hello Cyd", "hello"]);
    let person = world.view.person.clone().expect("somebody");
    assert_eq!(person.links(), [world::LINK, ANOTHER], "each once");
}

#[test]
fn who_is_out_is_told_why() {
    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.opens(BEA, ANOTHER);
    assert_eq!(world.view.stop(), Some(crate::link::Stop::Withdrawn));

    let mut world = World::with_bea(CONVERSATION, Seat::Two);
    world.lets_in(BEA, world::secret(20).key());
    assert_eq!(world.view.stop(), Some(crate::link::Stop::Reseated));

    let mut world = World::alone(CONVERSATION);
    world.invite(ANOTHER);
    world.open_elsewhere(21).up();
    assert_eq!(world.view.stop(), Some(crate::link::Stop::NotInvited));
}
