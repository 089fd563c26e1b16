//! The sentences, seen as a person sees them.

use std::rc::Rc;
use std::time::Duration;

use shared::{
    CloseCode, EntryId, Rejection, RoomId, SILENT_DROP, Seat, Seq, ServerFrame, Timestamp,
};
use yew::Reducible as _;

use super::*;
use crate::calendar::Local;
use crate::state::Action;
use crate::state::tests::world::{BEA, CONVERSATION, World};

mod lines;

const T0: Timestamp = crate::state::tests::world::T0;
const TABLE: RoomId = RoomId::Table;

fn clock(_: Timestamp) -> Local {
    Local {
        day: 0,
        hour: 14,
        minute: 3,
    }
}

/// Whether and how somebody sits across.
#[derive(Clone, Copy)]
enum Peer {
    Nobody,
    Here,
    Away,
    Left,
}

/// The page in `seat` of a room, and the floor with `holder`.
fn world(room: RoomId, seat: Seat, holder: Seat, peer: Peer) -> World {
    let mut world = match peer {
        Peer::Nobody => World::alone(room),
        _ => World::with_bea(room, seat),
    };
    if world
        .view
        .seating
        .is_some_and(|seating| seating.floor.holder != holder)
    {
        if seat == Seat::One {
            world.pass();
        } else {
            world.passes(BEA);
        }
    }
    match peer {
        Peer::Nobody | Peer::Here => {}
        Peer::Away => {
            world.goes(BEA);
            world.wait(SILENT_DROP);
        }
        Peer::Left => world.leaves(BEA),
    }
    world
}

fn seated(seat: Seat, holder: Seat, peer: Peer) -> Rc<View> {
    world(TABLE, seat, holder, peer).view
}

fn heard(view: &View) -> String {
    status(view, clock).spoken()
}

#[test]
fn the_line_says_whose_turn_it_is_and_what_can_be_done() {
    for (room, seat, holder, peer, words) in [
        (
            CONVERSATION,
            Seat::One,
            Seat::One,
            Peer::Nobody,
            "You are seat 1. Waiting for someone to take seat 2 — you may already speak.",
        ),
        (
            TABLE,
            Seat::One,
            Seat::One,
            Peer::Nobody,
            "You are seat 1. Waiting for someone to take seat 2 — you may already write.",
        ),
        (
            TABLE,
            Seat::One,
            Seat::One,
            Peer::Here,
            "Your turn. Say something, or pass.",
        ),
        (
            TABLE,
            Seat::Two,
            Seat::Two,
            Peer::Away,
            "Your turn. Seat 1 is away (since 14:03). Their seat is kept for a while.",
        ),
        (
            TABLE,
            Seat::Two,
            Seat::One,
            Peer::Here,
            "Seat 1’s turn. You can write; it can be sent when the turn is yours.",
        ),
        (
            TABLE,
            Seat::One,
            Seat::Two,
            Peer::Nobody,
            "Seat 2’s turn. Nobody has taken the seat yet. What you said waits there.",
        ),
        (
            TABLE,
            Seat::One,
            Seat::Two,
            Peer::Away,
            "Seat 2’s turn. Seat 2 is away (since 14:03). Their seat is kept for a while.",
        ),
        (
            CONVERSATION,
            Seat::One,
            Seat::Two,
            Peer::Away,
            "Seat 2’s turn. Seat 2 is away (since 14:03). Their seat is kept.",
        ),
    ] {
        assert_eq!(heard(&world(room, seat, holder, peer).view), words);
    }
}

#[test]
fn the_line_tells_a_seat_that_was_left_from_one_that_was_never_taken() {
    for (holder, words) in [
        (
            Seat::One,
            "Your turn. Seat 2 left. Whoever sits down next begins afresh.",
        ),
        (
            Seat::Two,
            "Seat 2’s turn. Seat 2 left. Whoever sits down next begins afresh.",
        ),
    ] {
        assert_eq!(heard(&seated(Seat::One, holder, Peer::Left)), words);
    }
    let second = seated(Seat::Two, Seat::Two, Peer::Left);
    assert!(heard(&second).contains("Seat 1 left."));
}

#[test]
fn the_line_tells_trouble_before_anything_else() {
    let view = seated(Seat::One, Seat::One, Peer::Here);
    let waiting = |restarting| Path::Waiting {
        until: T0.after(Duration::from_millis(2_100)),
        restarting,
    };
    let lost = view.clone().reduce(Action::Path(waiting(false), T0));
    assert_eq!(
        heard(&lost),
        "The server cannot be reached. What you wrote is kept."
    );
    assert_eq!(status(&lost, clock).seen, "Trying again in 3 s.");
    let restarting = view.clone().reduce(Action::Path(waiting(true), T0));
    assert_eq!(
        heard(&restarting),
        "The server is restarting. What you wrote is kept."
    );
    let ended = Path::Stopped(Stop::Ended(CloseCode(4999)));
    let ended = view.reduce(Action::Path(ended, T0));
    assert!(heard(&ended).contains("code 4999"));
}

#[test]
fn the_line_says_why_nothing_goes_on() {
    let view = seated(Seat::One, Seat::One, Peer::Here);
    for (stop, words, name) in [
        (
            Stop::Superseded,
            "Not connected in this tab. What you wrote is kept.",
            "Open in another tab",
        ),
        (
            Stop::RoomFull,
            "Both seats are taken. What you wrote is kept.",
            "Both seats are taken",
        ),
        (Stop::NoTable, "This server keeps no table.", "No table"),
        (
            Stop::NotInvited,
            "This link opens no seat any more.",
            "Not invited",
        ),
        (Stop::Over, "This conversation is over.", "Not connected"),
        (Stop::Left, "You gave your seat up.", "Not connected"),
        (
            Stop::Withdrawn,
            "Whoever made the link took this seat back.",
            "Not connected",
        ),
        (
            Stop::Reseated,
            "Your seat goes on under another key, on another device.",
            "Not connected",
        ),
        (
            Stop::Doubt,
            "Not connected: what the server showed cannot be believed.",
            "Not to be believed",
        ),
        (
            Stop::NoKey,
            "This browser cannot make a key to sit with. A newer one can.",
            "Not connected",
        ),
    ] {
        let view = view.clone().reduce(Action::Path(Path::Stopped(stop), T0));
        assert_eq!(heard(&view), words);
        assert_eq!(title(&view), format!("{name} — Duologue"));
        assert_eq!(turn(&view), None, "{stop:?}");
    }
}

#[test]
fn the_line_tells_that_a_message_waits_for_somebody_to_seal_it_for() {
    let mut world = world(TABLE, Seat::One, Seat::One, Peer::Nobody);
    world.say(EntryId([1; 16]), "hello");
    for seconds in [0, 5] {
        world.wait(Duration::from_secs(seconds));
        assert_eq!(
            heard(&world.view),
            "Not sent yet: it is sealed and sent when someone takes seat 2."
        );
        assert_eq!(turn(&world.view).as_deref(), Some("Not sent yet"));
    }
    world.sits(BEA);
    world.give();
    assert_eq!(turn(&world.view).as_deref(), Some("Seat 2’s turn"));
}

#[test]
fn what_was_refused_is_told_in_the_servers_words() {
    for (rejection, words) in [
        (
            Rejection::Behind { head: Seq(3) },
            "The server says: something happened in between; try again.",
        ),
        (
            Rejection::SeatTaken {},
            "The server says: the other cannot be sent away from their seat.",
        ),
        (
            Rejection::SeatVacant {},
            "The server says: nobody sits in the other seat.",
        ),
        (
            Rejection::NotAtTable {},
            "The server says: the table has no links.",
        ),
        (
            Rejection::BadSignature {},
            "The server says: the signature is not this seat's.",
        ),
    ] {
        let view = seated(Seat::One, Seat::One, Peer::Here);
        let id = None;
        let rejected = ServerFrame::Rejected { id, rejection };
        let view = view.reduce(Action::Frame(rejected, T0));
        assert_eq!(heard(&view), words);
    }
}

#[test]
fn a_message_is_mentioned_when_it_takes_long() {
    let view = seated(Seat::One, Seat::One, Peer::Here)
        .reduce(Action::Write("hello".into()))
        .reduce(Action::Send {
            id: EntryId([1; 16]),
            at: T0,
            more: false,
        });
    assert_eq!(turn(&view).as_deref(), Some("Seat 2’s turn"));
    let later = view.reduce(Action::Tick(Timestamp(T0.0 + 1_500)));
    assert_eq!(heard(&later), "Your message is on its way…");
    assert_eq!(turn(&later).as_deref(), Some("Sending…"));
}

#[test]
fn asking_for_what_cannot_be_done_is_answered() {
    let view = seated(Seat::One, Seat::Two, Peer::Here)
        .reduce(Action::Write("me too".into()))
        .reduce(Action::Send {
            id: EntryId([1; 16]),
            at: T0,
            more: false,
        });
    assert_eq!(
        heard(&view),
        "Not yet: it is seat 2’s turn. What you wrote is kept."
    );
    assert_eq!(&*view.draft, "me too");
}

#[test]
fn the_title_shows_the_turn() {
    assert_eq!(title(&View::new(RoomId::Table, T0)), "Duologue");
    let mine = seated(Seat::One, Seat::One, Peer::Here);
    assert_eq!(title(&mine), "Your turn — Duologue");
    assert_eq!(turn(&mine).as_deref(), Some("Your turn"));
    let theirs = seated(Seat::One, Seat::Two, Peer::Here);
    assert_eq!(title(&theirs), "Waiting — Duologue");
    assert_eq!(turn(&theirs).as_deref(), Some("Seat 2’s turn"));
    let full = mine.reduce(Action::Path(Path::Stopped(Stop::RoomFull), T0));
    assert_eq!(title(&full), "Both seats are taken — Duologue");
}

#[test]
fn presence_is_told_with_its_length() {
    let now = Timestamp(T0.0 + 130_000);
    let told = |state| presence(state, false, Path::Up, now);
    assert_eq!(told(Presence::Vacant {}), "nobody yet");
    assert_eq!(presence(Presence::Vacant {}, true, Path::Up, now), "left");
    assert_eq!(told(Presence::Away { since: T0 }), "away 2 min");
    assert_eq!(told(Presence::Away { since: now }), "away");
    let trying = Path::Connecting { again: true };
    assert_eq!(
        presence(Presence::Here {}, false, trying, now),
        "not known now"
    );
}

#[test]
fn the_count_appears_near_the_limit() {
    assert_eq!(room_left(100), None);
    assert_eq!(
        room_left(MAX_TEXT_BYTES - 5).as_deref(),
        Some("5 bytes left")
    );
    assert_eq!(room_left(MAX_TEXT_BYTES).as_deref(), Some("0 bytes left"));
    assert_eq!(
        room_left(MAX_TEXT_BYTES + 5).as_deref(),
        Some("5 bytes too long")
    );
}
