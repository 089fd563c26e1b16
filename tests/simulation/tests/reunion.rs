//! Two pages that lose the server, each other, or both.

use std::time::Duration;

use shared::{Change, Mode, Seat};

use frontend::paths::Ways;
use simulation::between::{Post, World};
use simulation::storm;

const A_WHILE: Duration = Duration::from_secs(3);

fn ways(world: &World) -> [(bool, bool, bool); 2] {
    world.pages.each_ref().map(|page| {
        let Ways {
            server,
            direct,
            alone,
            ..
        } = page.paths.ways();
        (server, direct, alone)
    })
}

#[test]
fn with_both_paths_the_server_orders() {
    let mut world = World::new();
    world.open();
    world.deliver();
    assert_eq!(ways(&world), [(true, true, false); 2]);
    for text in ["one", "two", "three"] {
        world.speak(text);
    }
    world.assert_one_talk();
    assert_eq!(world.texts(1), ["one", "two", "three"]);
}

#[test]
fn what_comes_over_the_other_path_first_is_shown_first_and_once() {
    let mut world = World::new();
    world.open();
    world.deliver();
    world.say(0, "fast");
    let post = Post::FromPeer(1);
    assert!(world.posts().contains(&post));
    world.bring(post);
    assert_eq!(world.pages[1].view.ahead.len(), 1);
    assert!(world.texts(1).is_empty(), "nobody has ordered it");
    world.deliver();
    assert!(world.pages[1].view.ahead.is_empty());
    assert_eq!(world.texts(1), ["fast"]);
    world.assert_one_talk();
}

#[test]
fn the_two_go_on_without_the_server_and_bring_it_all_they_said() {
    let mut world = World::alone();
    for turn in 0..20 {
        world.speak(&turn.to_string());
    }
    assert_eq!(world.journal.len(), 3);
    assert_eq!(world.texts(0), world.texts(1));
    assert_eq!(world.texts(0).len(), 21);
    assert!(world.pages[0].view.saved.is_some());
    world.start();
    world.wait(A_WHILE);
    world.assert_one_talk();
    assert_eq!(world.journal.len(), 23);
    assert_eq!(ways(&world), [(true, true, false); 2]);
    world.speak("and on");
    world.assert_one_talk();
}

#[test]
fn only_the_holder_can_speak_in_turns() {
    let mut world = World::alone();
    assert_eq!(world.holder(0), Some(Seat::Two));
    assert_eq!(world.say(0, "out of turn"), None);
    world.give(0, |person| person.pass(shared::Turn(2)));
    world.deliver();
    assert_eq!(world.holder(1), Some(Seat::Two));
}

#[test]
fn both_may_agree_to_speak_freely_and_cross() {
    let mut world = World::alone();
    world.agree(Change::Mode(Mode::Free));
    for round in 0..100 {
        for who in 0..2 {
            assert!(world.say(who, &format!("{who} {round}")).is_some());
        }
        world.wait(Duration::from_millis(500));
    }
    assert_eq!(world.texts(0), world.texts(1));
    assert_eq!(world.texts(0).len(), 201);
    world.start();
    world.wait(Duration::from_secs(10));
    world.assert_one_talk();
}

#[test]
fn one_who_sees_the_server_brings_it_what_both_say() {
    for who in 0..2 {
        let mut world = World::new();
        world.open();
        world.deliver();
        world.unlink(who);
        world.wait(A_WHILE);
        for text in ["one", "two", "three"] {
            world.speak(text);
        }
        world.wait(A_WHILE);
        assert_eq!(world.stored().len(), 3, "{who}");
        world.link(who);
        world.wait(A_WHILE);
        world.assert_one_talk();
        assert_eq!(ways(&world), [(true, true, false); 2]);
    }
}

#[test]
fn what_was_said_alone_survives_a_reload_of_either() {
    for who in 0..2 {
        let mut world = World::alone();
        for text in ["a", "b", "c"] {
            world.speak(text);
        }
        world.reload(who);
        assert_eq!(world.texts(who).len(), 4);
        // Without the other and without the server nobody orders.
        world.wait(A_WHILE);
        assert!(!world.pages[who].view.is_current());
        world.open();
        world.wait(Duration::from_secs(12));
        world.speak("d");
        assert_eq!(world.texts(0), world.texts(1));
        world.start();
        world.wait(A_WHILE);
        world.assert_one_talk();
        assert_eq!(world.stored().len(), 5);
    }
}

#[test]
fn each_brings_what_it_has_where_they_have_lost_each_other() {
    let mut world = World::alone();
    world.speak("a");
    world.speak("b");
    world.cut();
    world.start();
    world.wait(A_WHILE);
    world.assert_one_talk();
    assert_eq!(world.stored().len(), 3);
}

#[test]
fn a_server_that_lost_its_last_seconds_gets_them_back() {
    let mut world = World::new();
    world.open();
    for text in ["one", "two", "three", "four"] {
        world.speak(text);
    }
    world.kill(2);
    world.wait(A_WHILE);
    world.speak("five");
    world.start();
    world.wait(Duration::from_secs(10));
    world.assert_one_talk();
    assert_eq!(world.stored().len(), 5);
}

#[test]
fn it_gets_them_back_from_one_page_alone() {
    let mut world = World::new();
    for text in ["one", "two", "three"] {
        world.speak(text);
    }
    world.unlink(1);
    world.kill(2);
    world.start();
    world.wait(A_WHILE);
    assert_eq!(world.stored().len(), 3);
    world.link(1);
    world.deliver();
    world.assert_one_talk();
}

#[test]
fn where_the_journal_went_on_differently_it_wins_and_nothing_is_lost() {
    let mut world = World::alone();
    world.agree(Change::Mode(Mode::Free));
    world.start();
    world.wait(A_WHILE);
    // Page 0 loses the server and says something that never reaches the other.
    world.unlink(0);
    world.wait(A_WHILE);
    assert!(world.say(0, "unheard").is_some());
    while world.posts().contains(&Post::Kept(0)) {
        world.bring(Post::Kept(0));
    }
    world.cut();
    // The other goes on with the server.
    world.wait(A_WHILE);
    assert!(world.say(1, "meanwhile").is_some());
    world.deliver();
    world.link(0);
    world.wait(Duration::from_secs(5));
    world.assert_one_talk();
    assert_eq!(world.texts(0), ["one", "meanwhile", "unheard"]);
}

#[test]
fn what_takes_a_server_is_refused() {
    let mut world = World::alone();
    let before = world.pages[0].view.bookmark();
    world.give(0, shared::Person::leave);
    world.give(0, |person| person.claim(shared::Turn(2)));
    world.deliver();
    assert_eq!(world.pages[0].view.bookmark(), before);
    assert!(world.pages[0].view.refusal.is_some());
}

#[test]
fn the_table_gives_up_the_seat_of_whoever_it_has_not_seen_also_while_the_two_talk_directly() {
    let mut world = World::at_table();
    world.open();
    world.deliver();
    world.unlink(0);
    world.wait(A_WHILE);
    for text in ["one", "two", "three"] {
        world.speak(text);
        world.wait(Duration::from_secs(10));
    }
    world.wait(Duration::from_secs(30));
    let before = world.connects;
    assert!(world.pages[1].view.peer_left());
    assert!(world.pages[1].view.is_current());
    world.wait(Duration::from_secs(60));
    assert_eq!(world.connects, before, "nobody comes and goes");
    // Whoever was away sits down as somebody new.
    world.link(0);
    world.wait(A_WHILE);
    assert!(world.pages[0].view.keys().is_some());
    assert_eq!(world.stored().len(), 3);
}

/// Storms in the ordinary run; `cargo xtask simulate` has as many as one likes.
const STORMS: u64 = 400;

#[test]
fn in_the_end_all_have_the_same_whatever_was_cut() {
    let mut stored = 0;
    for seed in 0..STORMS {
        match storm(seed) {
            Ok(messages) => stored += messages,
            Err(broken) => panic!("storm {seed}: {broken}"),
        }
    }
    assert!(stored > 2 * 400, "people talk");
}
