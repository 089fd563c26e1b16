//! Two who have agreed that the server stores nothing of what they say.

use std::time::Duration;

use frontend::paths::Ways;
use frontend::state::{Held, Progress};
use shared::{
    Change, ClientFrame, EntryId, Event, Fault, Mode, Pace, Rejection, Seq, ServerFrame, Store,
};
use simulation::between::{Post, World};

const A_WHILE: Duration = Duration::from_secs(3);
const DIRECT_ONLY: Change = Change::Store(Store::Pages);

/// Both see the server and each other, have said something, and agree.
fn agreed() -> World {
    agreed_in(World::new())
}

fn agreed_in(mut world: World) -> World {
    world.open();
    world.deliver();
    world.speak("for the server");
    world.agree(DIRECT_ONLY);
    world.wait(A_WHILE);
    for page in &world.pages {
        let Ways { server, alone, .. } = page.paths.ways();
        assert_eq!((server, alone), (true, true));
        assert_eq!(page.view.direct_only(), Some(Seq(5)));
    }
    assert_eq!(
        world.journal.len(),
        5,
        "two seats, a message, and the agreement"
    );
    world
}

fn said(world: &World) -> [Vec<String>; 2] {
    [0, 1].map(|who| world.texts(who))
}

#[test]
fn the_server_gets_nothing_until_one_of_them_wants_it_back() {
    for who in 0..2 {
        let mut world = agreed();
        for turn in 0..20 {
            world.speak(&turn.to_string());
            world.wait(Duration::from_secs(1));
        }
        assert_eq!(said(&world)[0], said(&world)[1]);
        assert_eq!(said(&world)[0].len(), 21);
        assert_eq!(world.journal.len(), 5);
        world.want_server(who);
        world.wait(A_WHILE);
        world.assert_one_talk();
        assert_eq!(world.stored().len(), 21);
        assert_eq!(world.pages[who].view.wants_server, None);
        world.speak("for the server again");
        world.assert_one_talk();
        assert_eq!(world.stored().len(), 22);
    }
}

#[test]
fn what_they_had_said_before_it_still_gets() {
    let mut world = World::new();
    world.open();
    world.deliver();
    world.kill(0);
    world.wait(A_WHILE);
    world.speak("before");
    world.agree(DIRECT_ONLY);
    world.speak("after");
    world.start();
    world.wait(A_WHILE);
    assert_eq!(world.journal.len(), 5);
    assert_eq!(world.stored().len(), 1);
    assert_eq!(
        said(&world),
        [["before", "after"]; 2].map(|said| said.map(String::from).to_vec())
    );
}

#[test]
fn without_a_direct_path_what_they_write_waits() {
    let mut world = agreed();
    world.speak("heard");
    world.cut();
    world.wait(A_WHILE);
    let who = world.holder(0).expect("somebody speaks").index();
    let id = world.say(who, "waits").expect("it is taken");
    world.wait(Duration::from_secs(30));
    assert!(world.pages[who].view.outbox.get(id).is_some());
    assert_eq!(world.journal.len(), 5);
    world.open();
    world.wait(Duration::from_secs(12));
    assert!(world.pages[who].view.outbox.get(id).is_none());
    assert_eq!(said(&world)[0], said(&world)[1]);
    assert_eq!(said(&world)[0], ["for the server", "heard", "waits"]);
    assert_eq!(world.journal.len(), 5);
}

#[test]
fn one_alone_can_have_the_server_back_and_the_other_follows() {
    for who in 0..2 {
        let mut world = agreed();
        world.speak("heard");
        world.speak("heard too");
        world.cut();
        world.wait(A_WHILE);
        world.unlink(1 - who);
        world.want_server(who);
        world.wait(A_WHILE);
        assert_eq!(world.stored().len(), 3);
        assert_eq!(world.pages[1 - who].view.direct_only(), Some(Seq(5)));
        world.link(1 - who);
        world.wait(A_WHILE);
        world.assert_one_talk();
        world.speak("on");
        world.assert_one_talk();
    }
}

#[test]
fn a_reload_changes_nothing_of_it() {
    for who in 0..2 {
        let mut world = agreed();
        world.speak("heard");
        for _ in 0..2 {
            world.reload(who);
            world.wait(A_WHILE);
            assert_eq!(world.texts(who).len(), 2);
            assert_eq!(world.journal.len(), 5);
        }
        world.open();
        world.wait(Duration::from_secs(12));
        world.speak("heard again");
        assert_eq!(said(&world)[0], said(&world)[1]);
        assert_eq!(world.journal.len(), 5);
    }
}

#[test]
fn a_reload_before_anything_is_said_changes_nothing_of_it() {
    let mut world = agreed();
    world.reload(0);
    world.reload(1);
    world.wait(A_WHILE);
    let who = world.holder(0).expect("somebody speaks").index();
    assert!(world.say(who, "waits").is_some());
    world.wait(A_WHILE);
    assert_eq!(world.journal.len(), 5);
}

#[test]
fn a_server_that_forgets_is_of_no_account() {
    let mut world = agreed();
    world.speak("heard");
    world.kill(2);
    world.start();
    world.wait(A_WHILE);
    world.speak("on");
    world.wait(A_WHILE);
    assert_eq!(said(&world)[0], ["for the server", "heard", "on"]);
    assert_eq!(said(&world)[0], said(&world)[1]);
    assert_eq!(world.journal.len(), 5, "what is its own it gets back");
    world.want_server(1);
    world.wait(A_WHILE);
    world.assert_one_talk();
    assert_eq!(world.stored().len(), 3);
}

#[test]
fn they_speak_freely_and_change_their_ways_directly() {
    let mut world = agreed();
    world.agree(Change::Mode(Mode::Free));
    for round in 0..10 {
        for who in 0..2 {
            assert!(world.say(who, &format!("{who} {round}")).is_some());
        }
        world.wait(Duration::from_millis(500));
    }
    assert_eq!(said(&world)[0].len(), 21);
    assert_eq!(world.journal.len(), 5);
    world.want_server(0);
    world.wait(A_WHILE);
    world.assert_one_talk();
}

#[test]
fn what_takes_a_server_waits_for_it() {
    let mut world = agreed();
    let before = world.pages[0].view.bookmark();
    world.give(0, shared::Person::leave);
    world.deliver();
    assert_eq!(world.pages[0].view.bookmark(), before);
    assert!(world.pages[0].view.refusal.is_some());
}

#[test]
fn a_message_that_was_on_its_way_to_the_server_goes_to_the_other() {
    let mut world = World::new();
    world.open();
    world.deliver();
    world.give(0, |person| person.propose(DIRECT_ONLY));
    world.deliver();
    let proposal = world.pages[1].view.bookmark().expect("it is known").seq;
    world.give(1, |person| person.accept(proposal));
    // It is signed after the proposal, and the server has the consent before it.
    world.say(0, "between").expect("it is taken");
    world.wait(A_WHILE);
    assert_eq!(
        said(&world),
        [["between"]; 2].map(|said| said.map(String::from).to_vec())
    );
    assert_eq!(world.journal.len(), 4);
}

fn is_held(world: &World, who: usize, id: EntryId) -> bool {
    let pending = world.pages[who].view.outbox.get(id);
    pending.is_some_and(|pending| pending.progress == Progress::Held(Held::NotAlone))
}

#[test]
fn what_was_said_directly_only_is_not_said_again_to_the_server() {
    for free in [true, false] {
        let mut world = World::new();
        if free {
            world.agree(Change::Mode(Mode::Free));
        }
        // The server stores something and dies before it answers.
        if free {
            world.say(1, "stored and never told").expect("it is taken");
        } else {
            world.give(1, |person| person.propose(Change::Pace(Pace::Letters)));
        }
        world.bring_all(&[Post::ToServer(1)]);
        let stored = world.stored().len();
        world.kill(0);
        world.open();
        world.say(0, "in its place").expect("it is taken");
        world.wait(2 * A_WHILE);
        world.agree(DIRECT_ONLY);
        world.wait(A_WHILE);
        let who = world.holder(0).expect("somebody speaks").index();
        let id = world.say(who, "for you alone").expect("it is taken");
        world.wait(A_WHILE);
        // The journal has something else than the two have agreed to.
        world.start();
        world.wait(Duration::from_secs(20));
        assert!(!world.stored().contains(&id));
        assert!(world.stored().len() <= stored + 1, "{free}");
        assert!(is_held(&world, who, id), "{free}");
    }
}

#[test]
fn a_server_that_believes_nothing_is_told_nothing() {
    let mut world = agreed();
    let who = world.holder(0).expect("somebody speaks").index();
    let id = world.say(who, "for you alone").expect("it is taken");
    world.wait(A_WHILE);
    for fault in [
        Fault::Gap {
            expected: Seq(4),
            found: Seq(9),
        },
        Fault::AgainstRules { seq: Seq(3) },
    ] {
        for page in 0..2 {
            let (id, rejection) = (None, Rejection::NotBelieved { fault });
            world.hears(page, ServerFrame::Rejected { id, rejection });
        }
    }
    world.wait(A_WHILE);
    world.kill(2);
    world.start();
    world.wait(Duration::from_secs(20));
    assert!(!world.stored().contains(&id));
    assert_eq!(said(&world)[0], said(&world)[1]);
    assert_eq!(said(&world)[0], ["for the server", "for you alone"]);
}

#[test]
fn the_server_is_asked_again_that_could_not_take_it_back() {
    let mut world = agreed();
    world.cut();
    world.wait(A_WHILE);
    world.want_server(0);
    let proposes = |frames: &[ClientFrame]| {
        frames
            .iter()
            .any(|frame| matches!(frame, ClientFrame::Propose { .. }))
    };
    while !proposes(&world.going(0, false)) {
        let post = world.posts().first().copied();
        world.bring(post.expect("it is proposed in the end"));
    }
    world.going(0, true);
    let (id, rejection) = (None, Rejection::JournalUnavailable {});
    world.hears(0, ServerFrame::Rejected { id, rejection });
    world.wait(A_WHILE);
    world.assert_one_talk();
    assert_eq!(world.pages[0].view.wants_server, None);
}

#[test]
fn what_one_wrote_for_the_other_alone_is_held_where_the_other_has_the_server_back() {
    let mut world = agreed();
    world.cut();
    world.wait(A_WHILE);
    let who = world.holder(0).expect("somebody speaks").index();
    let id = world.say(who, "for you alone").expect("it is taken");
    world.want_server(1 - who);
    world.wait(A_WHILE);
    assert!(is_held(&world, who, id));
    assert!(!world.stored().contains(&id));
    // Whoever wants it stored has it stored.
    let mut world = agreed();
    world.cut();
    world.wait(A_WHILE);
    let who = world.holder(0).expect("somebody speaks").index();
    let id = world.say(who, "for both").expect("it is taken");
    world.want_server(who);
    world.wait(A_WHILE);
    assert!(world.stored().contains(&id));
}

#[test]
fn the_wish_for_the_server_survives_a_reload() {
    let mut world = agreed();
    world.speak("heard");
    world.cut();
    world.unlink(0);
    world.want_server(0);
    world.wait(A_WHILE);
    world.reload(0);
    world.link(0);
    world.wait(Duration::from_secs(10));
    world.assert_one_talk();
    assert_eq!(world.stored().len(), 2);
}

#[test]
fn whoever_is_far_behind_follows_all_the_same() {
    let mut world = agreed();
    for number in 0..70 {
        world.speak(&number.to_string());
        world.wait(Duration::from_millis(500));
    }
    world.cut();
    world.reload_without_memory(1);
    world.wait(A_WHILE);
    world.want_server(0);
    world.wait(Duration::from_secs(30));
    world.assert_one_talk();
}

#[test]
fn a_long_talk_that_seat_one_has_lost_comes_back_to_it() {
    let mut world = agreed();
    let text = "x".repeat(12_000);
    for _ in 0..600 {
        world.speak(&text);
        world.now = world.now.after(Duration::from_millis(100));
    }
    world.wait(A_WHILE);
    world.reload_without_memory(0);
    world.wait(A_WHILE);
    world.open();
    world.wait(Duration::from_secs(30));
    assert_eq!(world.texts(0).len(), 601);
    assert_eq!(world.journal.len(), 5);
}

#[test]
fn at_the_table_whoever_stays_sees_the_other_leave() {
    for silent in [true, false] {
        let mut world = agreed_in(World::at_table());
        if !silent {
            world.speak("for you alone");
            world.wait(A_WHILE);
        }
        world.cut();
        world.unlink(1);
        world.wait(Duration::from_secs(90));
        let left = world.journal.last().map(|entry| &entry.event);
        assert!(matches!(left, Some(Event::Leave { .. })), "{left:?}");
        let view = &world.pages[0].view;
        assert!(view.is_current(), "{silent}");
        assert!(view.peer_left(), "{silent}");
        assert_eq!(world.stored().len(), 1, "{silent}");
    }
}
