//! A page or a server that lies, and accidents that look like it: nothing signed is forgotten, and nobody is stuck.

use std::time::Duration;

use frontend::paths::{Deed, PeerFrame};
use frontend::state::Progress;
use shared::{
    Change, ClientFrame, Entry, EntryId, Epoch, Mode, Presence, Record, Saying, Scope, Seat, Seq,
    ServerFrame, Signature, Standing, Turn, Word,
};
use simulation::between::{Post, World};

const A_WHILE: Duration = Duration::from_secs(3);
const SECOND: Duration = Duration::from_secs(1);

/// Time passes for one page, which the other keeps saying something to.
fn seconds_go_by(
    world: &mut World,
    who: usize,
    seconds: u32,
    mut each: impl FnMut(&mut World, u32),
) {
    for second in 0..seconds {
        world.now = world.now.after(SECOND);
        world.hears_other(who, &PeerFrame::Word(Word::Ping(second)));
        each(world, second);
        world.wake_page(who);
        while let Some(post) = world
            .posts()
            .into_iter()
            .find(|post| [Post::ToServer(who), Post::FromServer(who)].contains(post))
        {
            world.bring(post);
        }
    }
}

/// What seat 2 would say in turn 2.
fn say_of_two(world: &World) -> ClientFrame {
    let person = world.pages[1].view.person.clone().expect("a person");
    let saying = Saying {
        id: EntryId([9; 16]),
        turn: Turn(2),
        end_turn: false,
        seen: None,
    };
    person.say(saying, "words", &[7; 24]).expect("a key")
}

#[test]
fn a_page_is_welcomed_to_the_talk_it_knows_or_not_at_all() {
    let mut world = World::alone();
    world.speak("two");
    let scope = Scope {
        room: world.pages[1].view.room,
        epoch: Epoch(99),
    };
    let record = Record::new(scope);
    let welcome = ServerFrame::Welcome {
        seat: Seat::Two,
        epoch: scope.epoch,
        head: Seq(5),
        outset: record.outset(Seat::Two),
        floor: *record.floor(),
        peer: Presence::Here {},
    };
    world.hears_other(1, &PeerFrame::Server(welcome));
    assert_eq!(world.pages[1].view.log.head(), Seq(4));
}

#[test]
fn a_page_takes_nothing_of_the_other_that_takes_a_server() {
    let mut world = World::alone();
    let person = world.pages[0].view.person.clone().expect("a person");
    let claim = person.claim(Turn(2)).expect("a seat");
    let wish = claim.into_wish().expect("it is signed");
    let entry = Entry {
        seq: Seq(4),
        at: world.now,
        seat: Seat::One,
        prev: wish.prev,
        event: wish.event,
        sig: Some(wish.sig),
    };
    world.hears_other(1, &PeerFrame::Server(ServerFrame::Entry(entry)));
    assert_eq!(world.pages[1].view.log.head(), Seq(3));
    assert_eq!(world.holder(1), Some(Seat::Two));
}

#[test]
fn what_nobody_signed_is_not_kept() {
    let mut world = World::alone();
    let mut frame = say_of_two(&world);
    if let ClientFrame::Say { sig, .. } = &mut frame {
        *sig = Signature([1; 64]);
    }
    let word = Word::of(frame).expect("a word");
    let deeds = world.would_do(0, &PeerFrame::Word(word));
    let kept = deeds.iter().any(|deed| matches!(deed, Deed::Keep(_)));
    assert!(!kept, "{deeds:?}");
}

#[test]
fn a_standing_that_cannot_be_makes_nobody_give_way() {
    let mut world = World::alone();
    world.speak("two");
    world.speak("three");
    world.hears_other(0, &PeerFrame::Word(Word::Bye {}));
    let head = world.pages[0].view.bookmark().expect("it is known");
    let standing = Standing {
        server: true,
        saved: Seq(u64::MAX),
        head,
        apart: true,
    };
    world.hears_other(0, &PeerFrame::Word(Word::Standing(standing)));
    assert_eq!(world.pages[0].view.log.head(), Seq(5));
}

#[test]
fn a_page_that_slept_asks_before_it_gives_the_path_up() {
    let mut world = World::alone();
    world.now = world.now.after(Duration::from_secs(11));
    world.wake();
    world.deliver();
    assert!(world.direct);
    world.wait(A_WHILE);
    world.speak("still here");
}

#[test]
fn a_guest_that_never_comes_keeps_no_host() {
    let mut world = World::new();
    world.open();
    world.deliver();
    let head = world.pages[1].view.bookmark().expect("it is known");
    let standing = Standing {
        server: false,
        saved: head.seq,
        head,
        apart: false,
    };
    world.hears_other(0, &PeerFrame::Word(Word::Standing(standing)));
    world.hears_other(0, &PeerFrame::Word(Word::Upload(Vec::new())));
    assert!(!world.pages[0].view.is_current());
    let mut there = 0;
    seconds_go_by(&mut world, 0, 60, |world, _| {
        there += u32::from(world.pages[0].view.is_current());
    });
    assert!(there > 25, "there for {there} of 60 s");
}

#[test]
fn a_host_that_only_calls_keeps_no_guest_from_the_server() {
    let mut world = World::new();
    world.speak("one");
    world.open();
    world.deliver();
    let mut there = 0;
    seconds_go_by(&mut world, 1, 60, |world, second| {
        if second.is_multiple_of(2) {
            world.hears_other(1, &PeerFrame::Word(Word::Come {}));
        }
        there += u32::from(world.pages[1].view.is_current());
    });
    assert!(there > 25, "there for {there} of 60 s");
}

#[test]
fn a_guest_cannot_fill_the_hosts_memory() {
    let mut world = World::alone();
    let word = Word::of(say_of_two(&world)).expect("a word");
    // The browser of the host keeps nothing of it yet.
    for _ in 0..5_000 {
        world.would_do(0, &PeerFrame::Word(word.clone()));
    }
    let size = format!("{:?}", world.pages[0].paths).len();
    assert!(size < 500_000, "{size}");
}

#[test]
fn what_did_not_go_into_the_path_goes_again() {
    let mut world = World::new();
    world.speak("one");
    world.open();
    world.deliver();
    world.unlink(0);
    world.wait(A_WHILE);
    world.clog(1);
    assert!(world.say(1, "two").is_some());
    world.wait(Duration::from_secs(60));
    let view = &world.pages[1].view;
    let stuck = view.outbox.iter().any(|it| it.progress == Progress::Sent);
    assert!(!stuck);
    assert_eq!(world.stored().len(), 2);
}

#[test]
fn a_guest_reads_on_where_there_is_more_than_it_can_hold() {
    let mut world = World::new();
    world.agree(Change::Mode(Mode::Free));
    // One is away while the other says a hundred things to the server.
    world.unlink(1);
    for number in 0..100 {
        world.say(0, &number.to_string());
        world.wait(Duration::from_millis(500));
    }
    assert_eq!(world.stored().len(), 100);
    world.unlink(0);
    world.wait(A_WHILE);
    // They come together by hand, and page 1 reads the server before it hears all of the other.
    world.open();
    let bring_some = |world: &mut World, wanted: &dyn Fn(&World, Post) -> bool| {
        for _ in 0..500 {
            let posts = world.posts();
            match posts.into_iter().find(|post| wanted(world, *post)) {
                Some(post) => world.bring(post),
                None => break,
            }
        }
    };
    bring_some(&mut world, &|world, post| match post {
        Post::FromPeer(0) | Post::Kept(_) => true,
        Post::FromPeer(1) => !world.pages[1].paths.ways().alone,
        _ => false,
    });
    world.link(1);
    bring_some(&mut world, &|_, post| {
        matches!(post, Post::FromServer(1) | Post::ToServer(1))
    });
    world.deliver();
    world.wait(A_WHILE);
    world.say(1, "unsaved");
    world.wait(Duration::from_secs(20));
    assert_eq!(world.stored().len(), 101);
    world.link(0);
    world.wait(Duration::from_secs(60));
    world.assert_one_talk();
}

#[test]
fn a_claim_that_the_other_has_not_seen_waits_for_the_server() {
    let mut world = World::new();
    world.unlink(0);
    world.wait(Duration::from_secs(700));
    world.give(1, |person| person.claim(Turn(1)));
    world.deliver();
    assert_eq!(world.journal.len(), 3);
    world.open();
    let before = world.connects;
    world.wait(Duration::from_secs(60));
    assert_eq!(world.connects, before, "who sees the server stays there");
    assert!(world.pages[1].view.is_current());
    world.link(0);
    world.wait(A_WHILE);
    world.assert_one_talk();
}

#[test]
fn whoever_floods_the_path_loses_it() {
    let mut world = World::new();
    world.open();
    world.deliver();
    for number in 0..2_000 {
        world.hears_other(0, &PeerFrame::Word(Word::Ping(number)));
    }
    assert!(!world.direct);
    // What an honest page can have to say is no flood.
    world.open();
    world.deliver();
    for number in 0..2_000 {
        world.now = world.now.after(Duration::from_millis(6));
        world.hears_other(0, &PeerFrame::Word(Word::Ping(number)));
        world.deliver();
    }
    assert!(world.direct);
}
