//! What is brought again, or too late, and clocks that are set back.

use super::*;

#[test]
fn what_seat_two_took_back_is_not_wanted_again_by_bringing_its_old_word() {
    let mut one = Told::seated(Seat::One);
    assert_eq!(one.hear(1.0, ready(5)), []);
    assert_eq!(one.0.way(), Way::AskedByOther);
    assert_eq!(one.hear(2.0, no(5)), []);
    assert_eq!(one.0.way(), Way::Off);
    assert_eq!(one.hear(3.0, ready(5)), []);
    assert_eq!(one.0.way(), Way::Off);
    // It may be wanted again in earnest.
    assert_eq!(one.hear(4.0, ready(6)), []);
    assert_eq!(one.0.way(), Way::AskedByOther);
}

#[test]
fn nothing_is_offered_under_a_number_that_was_taken_back() {
    let mut one = Told::allowed(Seat::One);
    assert_eq!(one.hear(1.0, ready(5)), [Deed::Offer { session: 5 }]);
    assert_eq!(one.hear(3.0, no(5)), [Deed::Drop]);
    for second in [10.0, 400.0, 800.0] {
        let deeds = one.hear(second, ready(5));
        assert!(!deeds.contains(&Deed::Offer { session: 5 }), "{deeds:?}");
    }
    let deeds = one.hear(900.0, ready(6));
    assert!(deeds.contains(&Deed::Offer { session: 6 }), "{deeds:?}");
}

#[test]
fn seat_two_names_what_it_takes_back() {
    let mut two = Told::allowed(Seat::Two);
    let deeds = two.step(5.0, Happening::Allowed(false));
    assert_eq!(deeds, [Deed::Signal(no(CHANCE))]);
}

#[test]
fn where_two_restarts_were_lost_seat_two_has_the_path_mended_all_the_same() {
    let next = CHANCE + 1;
    let mut one = Told::open(Seat::One, 20.0);
    assert_eq!(one.step(30.0, Happening::Network), [Deed::Restart]);
    assert_eq!(one.step(33.0, Happening::Network), [Deed::Restart]);
    let mut two = Told::open(Seat::Two, 20.0);
    let deeds = two.step(36.0, Happening::Shaky);
    assert_eq!(deeds, [Deed::Signal(ready(next))]);
    assert_eq!(one.hear(36.1, ready(next)), [Deed::Restart]);
    // It is no number for another path.
    let deeds = one.step(37.0, Happening::Closed);
    let offered = |deed: &Deed| matches!(deed, Deed::Offer { .. });
    assert!(!deeds.iter().any(offered), "{deeds:?}");
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_silent() {
    let now = Timestamp(10_000_000_000);
    let back = Timestamp(now.0 - 3_600_000);
    let begin = |seat| {
        let mut direct = Direct::default();
        for happening in [
            Happening::Seated(seat),
            Happening::Hub(true),
            Happening::Allowed(true),
        ] {
            drop(direct.handle(now, CHANCE, happening));
        }
        direct
    };
    let mut waiting = begin(Seat::Two);
    drop(waiting.handle(back, CHANCE, Happening::Woke));
    assert!(waiting.next_wake() <= Some(back.after(LONGEST_WAIT)));
    let mut trying = begin(Seat::One);
    drop(trying.handle(now, CHANCE, Happening::Signalled(ready(5))));
    assert_eq!(trying.way(), Way::Trying);
    drop(trying.handle(back, CHANCE, Happening::Woke));
    assert!(trying.next_wake() <= Some(back.after(ATTEMPT)));
}

#[test]
fn a_code_that_was_not_used_is_not_blamed_on_the_network() {
    let mut two = Told::seated(Seat::Two);
    let deeds = two.step(1.0, Happening::Handed(offer(7)));
    assert_eq!(deeds, [accept(7)]);
    let end = at(1.0).after(BY_HAND);
    drop(two.0.handle(end, CHANCE, Happening::Woke));
    drop(two.0.handle(end, CHANCE, Happening::Allowed(true)));
    assert_eq!(two.0.why, Some(Why::NotUsed));
}

#[test]
fn an_old_code_is_of_no_use() {
    let mut one = Told::seated(Seat::One);
    let deeds = one.step(1.0, Happening::ByHand);
    assert_eq!(deeds, [Deed::Offer { session: CHANCE }]);
    assert_eq!(one.step(2.0, Happening::Handed(answer(CHANCE + 40))), []);
    let used = one.step(3.0, Happening::Handed(answer(CHANCE)));
    assert_eq!(used, [Deed::Take(answer(CHANCE))]);
}
