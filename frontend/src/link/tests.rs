//! How the path behaves, told as happenings at seconds.

use super::*;

const LOST: Happening = Happening::Closed(CloseCode(1006));

fn at(seconds: f64) -> Timestamp {
    Timestamp::default().after(Duration::from_secs_f64(seconds))
}

struct Told(Link);

impl Told {
    fn new() -> Self {
        let mut told = Self(Link::new(true));
        assert_eq!(told.step(0.0, Happening::Wanted), [Deed::Open]);
        told
    }

    fn up(seconds: f64) -> Self {
        let mut told = Self::new();
        assert_eq!(told.step(seconds, Happening::Heard), []);
        assert_eq!(told.0.path(), Path::Up);
        told
    }

    fn step(&mut self, seconds: f64, happening: Happening) -> Vec<Deed> {
        self.0.handle(at(seconds), 0.5, happening)
    }
}

#[test]
fn a_socket_without_a_frame_is_given_up_after_five_seconds() {
    let mut told = Told::new();
    assert_eq!(told.step(4.9, Happening::Woke), []);
    assert_eq!(told.step(5.0, Happening::Woke), [Deed::Drop]);
    assert_eq!(
        told.0.path(),
        Path::Waiting {
            until: at(5.3),
            restarting: false
        }
    );
    assert_eq!(told.step(5.3, Happening::Woke), [Deed::Open]);
    assert_eq!(told.0.path(), Path::Connecting { again: true });
}

#[test]
fn silence_is_asked_about_and_then_the_end() {
    let mut told = Told::up(1.0);
    assert_eq!(told.0.next_wake(), Some(at(21.0)));
    assert_eq!(told.step(21.0, Happening::Woke), [Deed::Ping]);
    assert_eq!(told.0.next_wake(), Some(at(46.0)));
    assert_eq!(told.step(46.0, Happening::Woke), [Deed::Drop]);
}

#[test]
fn any_frame_is_a_sign_of_life() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(21.0, Happening::Woke), [Deed::Ping]);
    assert_eq!(told.step(30.0, Happening::Heard), []);
    assert_eq!(told.0.next_wake(), Some(at(50.0)));
}

#[test]
fn a_page_that_slept_asks_before_it_gives_up() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(500.0, Happening::Woke), [Deed::Ping]);
    assert_eq!(told.0.path(), Path::Up);
}

#[test]
fn doubt_is_settled_within_four_seconds() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(10.0, Happening::Doubt), [Deed::Ping]);
    assert_eq!(told.step(14.0, Happening::Woke), [Deed::Drop]);
}

#[test]
fn coming_back_into_view_or_online_tries_at_once() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(2.0, Happening::Visible(false)), []);
    assert_eq!(told.step(3.0, LOST), [Deed::Drop]);
    assert_eq!(
        told.0.next_wake(),
        Some(at(28.0)),
        "a hidden page tries slowly, and not all of them at once"
    );
    assert_eq!(told.step(4.0, Happening::Visible(true)), [Deed::Open]);

    assert_eq!(told.step(4.1, LOST), [Deed::Drop]);
    assert_eq!(told.step(4.2, Happening::Doubt), [Deed::Open]);
}

#[test]
fn waits_grow_until_a_connection_proves_steady() {
    let mut told = Told::up(0.0);
    told.step(1.0, LOST);
    assert_eq!(told.0.next_wake(), Some(at(1.3)));
    told.step(1.3, Happening::Woke);
    told.step(1.4, Happening::Heard);
    told.step(1.5, LOST);
    assert_eq!(told.0.next_wake(), Some(at(2.01)), "it did not last");
    told.step(2.01, Happening::Woke);
    told.step(3.0, Happening::Heard);
    told.step(60.0, LOST);
    assert_eq!(told.0.next_wake(), Some(at(60.3)), "it did");
}

#[test]
fn codes_that_say_so_end_it_until_the_person_wants_it_again() {
    for (code, stop) in [
        (CloseCode::SUPERSEDED, Stop::Superseded),
        (CloseCode::ROOM_FULL, Stop::RoomFull),
        (CloseCode::NO_TABLE, Stop::NoTable),
        (CloseCode::LEFT, Stop::Left),
        (CloseCode::NOT_INVITED, Stop::NotInvited),
        (CloseCode::WITHDRAWN, Stop::Withdrawn),
        (CloseCode::RESEATED, Stop::Reseated),
        (CloseCode::ROOM_OVER, Stop::Over),
        (CloseCode::TOO_BIG, Stop::Ended(CloseCode::TOO_BIG)),
    ] {
        let mut told = Told::up(1.0);
        assert_eq!(told.step(2.0, Happening::Closed(code)), [Deed::Drop]);
        assert_eq!(told.0.path(), Path::Stopped(stop));
        assert_eq!(told.0.next_wake(), None);
        assert_eq!(told.step(3.0, Happening::Doubt), []);
        assert_eq!(told.step(3.0, Happening::Visible(true)), []);
        assert_eq!(told.step(4.0, Happening::Wanted), [Deed::Open]);
    }
}

#[test]
fn a_restart_is_told_apart_from_a_loss() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(9.0, Happening::Draining), []);
    assert_eq!(
        told.step(9.1, Happening::Closed(CloseCode::DRAINING)),
        [Deed::Drop]
    );
    assert!(matches!(
        told.0.path(),
        Path::Waiting {
            restarting: true,
            ..
        }
    ));
    told.step(10.0, Happening::Woke);
    told.step(10.1, Happening::Heard);
    told.step(11.0, LOST);
    assert!(matches!(
        told.0.path(),
        Path::Waiting {
            restarting: false,
            ..
        }
    ));
}

#[test]
fn a_restart_that_never_ends_is_a_loss() {
    let mut told = Told::up(1.0);
    told.step(9.1, Happening::Closed(CloseCode::DRAINING));
    // One try opens, and the next wake is its end.
    for _ in 0..2 * RESTART_TRIES {
        let at = told.0.next_wake().expect("it goes on");
        let _ = told.0.handle(at, 0.5, Happening::Woke);
    }
    assert!(matches!(
        told.0.path(),
        Path::Waiting {
            restarting: false,
            ..
        }
    ));
}

#[test]
fn a_lost_seat_means_coming_back() {
    let mut told = Told::up(1.0);
    assert_eq!(told.step(9.0, Happening::Unseated), [Deed::Drop]);
    assert_eq!(told.step(9.3, Happening::Woke), [Deed::Open]);
}

#[test]
fn what_cannot_be_believed_ends_it_until_the_person_wants_it_again() {
    let told = |before: fn(&mut Told)| {
        let mut told = Told::up(1.0);
        before(&mut told);
        told
    };
    for mut told in [
        told(|_| ()),
        // The path may have gone down, or been tried again, before the page could say so.
        told(|told| drop(told.step(2.0, LOST))),
        told(|told| {
            told.step(2.0, LOST);
            told.step(2.3, Happening::Woke);
        }),
        told(|told| drop(told.step(2.0, Happening::Closed(CloseCode::SUPERSEDED)))),
    ] {
        assert_eq!(told.step(3.0, Happening::Doubted), [Deed::Drop]);
        assert_eq!(told.0.path(), Path::Stopped(Stop::Doubt));
        assert_eq!(told.0.next_wake(), None);
        for happening in [
            Happening::Heard,
            Happening::Draining,
            LOST,
            Happening::Doubt,
            Happening::Visible(false),
            Happening::Visible(true),
            Happening::Woke,
        ] {
            assert_eq!(told.step(600.0, happening), [], "{happening:?}");
            assert_eq!(told.0.path(), Path::Stopped(Stop::Doubt));
        }
        assert_eq!(told.step(601.0, Happening::Wanted), [Deed::Open]);
        assert_eq!(told.step(601.1, Happening::Heard), []);
        assert_eq!(told.0.path(), Path::Up);
    }
}

#[test]
fn what_a_dropped_socket_says_late_changes_nothing() {
    let mut told = Told::up(1.0);
    told.step(9.0, LOST);
    let before = told.0.path();
    assert_eq!(told.step(9.1, Happening::Heard), []);
    assert_eq!(told.step(9.1, LOST), []);
    assert_eq!(told.0.path(), before);
}

#[test]
fn a_refusal_that_is_about_the_seat_ends_the_path_before_its_close_code_comes() {
    let refused = |id, rejection| Happening::told_by(&ServerFrame::Rejected { id, rejection });
    assert_eq!(
        refused(None, Rejection::RoomFull {}),
        Some(Happening::Closed(CloseCode::ROOM_FULL))
    );
    let of_a_message = Some(shared::EntryId([1; 16]));
    assert_eq!(refused(of_a_message, Rejection::RoomFull {}), None);
    assert_eq!(refused(None, Rejection::RateLimited { after: 1 }), None);
    assert_eq!(Happening::told_by(&ServerFrame::Pong {}), None);
}
