//! How the floor is shared, and how that changes.

use super::*;

const FREE: Change = Change::Mode(Mode::Free);
const STRICT: Change = Change::Mode(Mode::Strict);

/// Free from the start, then these speak, then turns are taken again.
fn after_free_talk(said: &[Seat]) -> Floor {
    let mut floor = Floor::new(RoomId::Table);
    floor.change(FREE, Seq(9));
    for &seat in said {
        floor.say(seat, true);
    }
    floor.change(STRICT, Seq(9));
    floor
}

#[test]
fn after_free_talk_whoever_did_not_speak_last_owes_the_answer() {
    use Seat::{One, Two};
    for (said, holder) in [
        (&[][..], One),
        (&[One], Two),
        (&[Two], One),
        (&[One, One, Two], One),
        (&[Two, Two, One], Two),
    ] {
        assert_eq!(after_free_talk(said).holder, holder, "{said:?}");
    }
}

#[test]
fn who_held_the_floor_before_is_forgotten_in_free_talk() {
    let mut floor = Floor::new(RoomId::Table);
    floor.say(Seat::One, true);
    assert_eq!(floor.holder, Seat::Two);
    floor.change(FREE, Seq(9));
    floor.change(STRICT, Seq(9));
    assert_eq!(floor.holder, Seat::One);
}

#[test]
fn a_turn_keeps_its_number_into_free_talk_and_gets_a_new_one_after_it() {
    let mut floor = Floor::new(RoomId::Table);
    floor.say(Seat::One, true);
    floor.change(FREE, Seq(9));
    assert_eq!((floor.turn, floor.mode), (Turn(2), Mode::Free));
    for seat in [Seat::Two, Seat::One] {
        floor.say(seat, true);
        assert_eq!(floor.turn, Turn(2), "nobody's turn ends");
        assert!(Seat::BOTH.iter().all(|&seat| floor.is_open_to(seat)));
    }
    floor.change(STRICT, Seq(9));
    assert_eq!((floor.turn, floor.mode), (Turn(3), Mode::Strict));
    assert_eq!((floor.cause, floor.said), (TurnCause::ModeChange, 0));
}

#[test]
fn free_talk_has_no_end_by_its_length() {
    let mut floor = Floor::new(RoomId::Table);
    floor.change(FREE, Seq(9));
    for _ in 0..1000 {
        floor.say(Seat::Two, false);
    }
    assert_eq!(floor.check(Seat::Two, floor.turn), Ok(()));
    floor.change(STRICT, Seq(9));
    assert_eq!((floor.holder, floor.said), (Seat::One, 0));
}

#[test]
fn free_talk_has_no_turn_to_pass_or_to_wait_for() {
    let mut floor = Floor::new(RoomId::Table);
    floor.change(FREE, Seq(9));
    for seat in Seat::BOTH {
        let turn = floor.turn;
        assert_eq!(floor.check_pass(seat, turn), Err(Rejection::NoTurns {}));
        assert_eq!(floor.check_waiting(seat, turn), Err(Rejection::NoTurns {}));
    }
}

#[test]
fn a_departure_ends_what_was_agreed() {
    let mut floor = Floor::new(RoomId::Table);
    floor.change(Change::Pace(Pace::Letters), Seq(9));
    floor.change(FREE, Seq(9));
    floor.say(Seat::One, true);
    floor.part(RoomId::Table);
    assert_eq!((floor.mode, floor.pace), (Mode::Strict, Pace::Live));
    assert_eq!((floor.turn, floor.holder), (Turn(2), Seat::Two));
    assert!(floor.is_unagreed(RoomId::Table));
    let before = floor;
    floor.part(RoomId::Table);
    assert_eq!(floor, before, "a turn is not ended by a departure");
}

#[test]
fn a_goodbye_shortens_the_wait_and_never_makes_one() {
    for pace in Pace::ALL {
        let [silent, bye] = [false, true].map(|bye| pace.claim_after(bye));
        assert!(bye <= silent, "{pace:?}");
        assert_eq!(bye.is_none(), silent.is_none(), "{pace:?}");
    }
}
