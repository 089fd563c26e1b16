//! The sentences, seen as a person sees them.

use shared::{
    CloseCode, Entry, EntryId, Epoch, Event, Floor, LeaveReason, RoomId, Seat, SeatKey, Seq,
    ServerFrame, Timestamp, Turn,
};
use std::rc::Rc;
use yew::Reducible as _;

use super::*;
use crate::calendar::Local;
use crate::state::Action;

const T0: Timestamp = Timestamp(1_000_000);

fn clock(_: Timestamp) -> Local {
    Local {
        day: 0,
        hour: 14,
        minute: 3,
    }
}

fn seated(seat: Seat, holder: Seat, peer: Presence) -> Rc<View> {
    let mut floor = Floor::default();
    (floor.turn, floor.holder) = (Turn(7), holder);
    let welcome = ServerFrame::Welcome {
        seat,
        epoch: Epoch(1),
        head: Seq::START,
        floor,
        peer,
    };
    Rc::new(View::new(RoomId::Table, T0))
        .reduce(Action::Path(Path::Up, T0))
        .reduce(Action::Frame(welcome, T0))
}

fn heard(view: &View) -> String {
    status(view, clock).spoken()
}

#[test]
fn the_line_says_whose_turn_it_is_and_what_can_be_done() {
    let here = Presence::Here {};
    let away = Presence::Away { since: T0 };
    for (seat, holder, peer, words) in [
        (
            Seat::One,
            Seat::One,
            Presence::Vacant {},
            "You are seat 1. Waiting for someone to take seat 2 — you may already speak.",
        ),
        (
            Seat::One,
            Seat::One,
            here,
            "Your turn. Say something, or pass.",
        ),
        (
            Seat::Two,
            Seat::Two,
            away,
            "Your turn. Seat 1 is away (since 14:03). Their seat is kept for a while.",
        ),
        (
            Seat::Two,
            Seat::One,
            here,
            "Seat 1’s turn. You can write; it can be sent when the turn is yours.",
        ),
        (
            Seat::One,
            Seat::Two,
            Presence::Vacant {},
            "Seat 2’s turn. Nobody has taken the seat yet. What you said waits there.",
        ),
        (
            Seat::One,
            Seat::Two,
            away,
            "Seat 2’s turn. Seat 2 is away (since 14:03). Their seat is kept for a while.",
        ),
    ] {
        assert_eq!(heard(&seated(seat, holder, peer)), words);
    }
}

#[test]
fn the_line_tells_a_seat_that_was_left_from_one_that_was_never_taken() {
    let entry = |seq, event| {
        let (seat, at) = (Seat::Two, T0);
        let seq = Seq(seq);
        Action::Frame(
            ServerFrame::Entry(Entry {
                seq,
                at,
                seat,
                event,
            }),
            T0,
        )
    };
    let key = SeatKey([2; 32]);
    let reason = LeaveReason::Absent;
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
        let view = seated(Seat::One, holder, Presence::Vacant {})
            .reduce(entry(1, Event::Sit { key }))
            .reduce(entry(2, Event::Leave { reason }));
        assert_eq!(heard(&view), words);
    }
    let second = seated(Seat::Two, Seat::Two, Presence::Vacant {});
    assert!(heard(&second).contains("Seat 1 left."));
}

#[test]
fn the_line_tells_trouble_before_anything_else() {
    let view = seated(Seat::One, Seat::One, Presence::Here {});
    let waiting = |restarting| Path::Waiting {
        until: T0.after(std::time::Duration::from_millis(2_100)),
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
fn a_message_is_mentioned_when_it_takes_long() {
    let view = seated(Seat::One, Seat::One, Presence::Here {})
        .reduce(Action::Write("hello".into()))
        .reduce(Action::Send {
            id: EntryId([1; 16]),
            at: T0,
        });
    assert_eq!(turn(&view).as_deref(), Some("Seat 2’s turn"));
    let later = view.reduce(Action::Tick(Timestamp(T0.0 + 1_500)));
    assert_eq!(heard(&later), "Your message is on its way…");
    assert_eq!(turn(&later).as_deref(), Some("Sending…"));
}

#[test]
fn asking_for_what_cannot_be_done_is_answered() {
    let view = seated(Seat::One, Seat::Two, Presence::Here {})
        .reduce(Action::Write("me too".into()))
        .reduce(Action::Send {
            id: EntryId([1; 16]),
            at: T0,
        });
    assert_eq!(
        heard(&view),
        "Not yet: it is seat 2’s turn. What you wrote is kept."
    );
    assert_eq!(&*view.draft, "me too");
}

#[test]
fn the_title_shows_the_turn() {
    let here = Presence::Here {};
    assert_eq!(title(&View::new(RoomId::Table, T0)), "Duologue");
    let mine = seated(Seat::One, Seat::One, here);
    assert_eq!(title(&mine), "Your turn — Duologue");
    assert_eq!(turn(&mine).as_deref(), Some("Your turn"));
    let theirs = seated(Seat::One, Seat::Two, here);
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
        room_left(MAX_SEALED_BYTES - 5).as_deref(),
        Some("5 bytes left")
    );
    assert_eq!(room_left(MAX_SEALED_BYTES).as_deref(), Some("0 bytes left"));
    assert_eq!(
        room_left(MAX_SEALED_BYTES + 5).as_deref(),
        Some("5 bytes too long")
    );
}
