//! A path that is open: what leaves it alone, what mends it, and what follows when it breaks.

use super::*;

#[test]
fn a_page_loaded_anew_gets_a_new_path() {
    // Seat 1 was: it has nothing, and asks. Seat 2 goes on until it is offered what it has just made up.
    let mut told = Told::open(Seat::Two, 2.0);
    let number = CHANCE + 100;
    let asked = Happening::Signalled(ready(None));
    let deeds = told.0.handle(at(60.0), number, asked);
    assert_eq!(deeds, [Deed::Signal(ready(number))]);
    assert_eq!(told.0.way(), Way::Open);
    let deeds = told.hear(60.1, offer(number));
    assert_eq!(deeds, [Deed::Drop, accept(number)]);

    // Seat 2 was. Seat 1 waits until its path tells so too, and is then as quick.
    let mut told = Told::open(Seat::One, 2.0);
    assert_eq!(told.hear(60.0, ready(500)), []);
    let deeds = told.step(61.0, Happening::Closed);
    assert_eq!(deeds, [Deed::Drop, Deed::Offer { session: 500 }]);
}

#[test]
fn words_heard_before_do_not_end_an_open_path() {
    let mut told = Told::open(Seat::Two, 2.0);
    for old in [offer(CHANCE), offer(5), no(None), no(5), answer(CHANCE)] {
        assert_eq!(told.hear(60.0, old), []);
    }
    let mut told = Told::open(Seat::One, 2.0);
    for old in [ready(CHANCE), ready(5), no(None), no(5), answer(CHANCE)] {
        assert_eq!(told.hear(60.0, old), []);
    }
    assert_eq!(told.0.way(), Way::Open);
}

#[test]
fn losing_the_hub_leaves_an_open_path_alone() {
    for seat in Seat::BOTH {
        let mut told = Told::open(seat, 2.0);
        assert_eq!(told.step(3.0, Happening::Hub(false)), []);
        assert_eq!(told.step(4.0, Happening::Shaky), []);
        assert_eq!(told.step(5.0, Happening::Network), []);
        assert_eq!(told.0.next_wake(), None, "the browser says when it is over");
        assert_eq!(told.step(6.0, Happening::Opened), []);
        assert_eq!(told.step(7.0, Happening::Hub(true)), [], "all is well");
    }
}

#[test]
fn a_shaky_path_is_mended_by_a_new_offer_or_begun_anew() {
    let mut told = Told::open(Seat::One, 20.0);
    assert_eq!(told.step(30.0, Happening::Shaky), [Deed::Restart]);
    let next = CHANCE + 1;
    let made = told.step(30.1, Happening::Ready(offer(next)));
    assert_eq!(made, [Deed::Signal(offer(next))]);
    assert_eq!(told.hear(30.2, answer(CHANCE)), [], "that was the last one");
    assert_eq!(told.hear(30.3, answer(next)), [Deed::Take(answer(next))]);
    assert_eq!(told.step(30.4, Happening::Opened), []);
    assert_eq!(told.0.next_wake(), None);

    assert_eq!(told.step(40.0, Happening::Shaky), [Deed::Restart]);
    assert_eq!(told.0.way(), Way::Open);
    let deeds = told.woken(48.0);
    assert_eq!(deeds, [Deed::Drop, Deed::Signal(ready(None))]);
    assert_eq!(told.0.way(), failed(Why::Lost));
}

#[test]
fn seat_2_asks_for_the_new_offer() {
    let next = CHANCE + 1;
    let mut two = Told::open(Seat::Two, 20.0);
    let asked = two.step(30.0, Happening::Network);
    assert_eq!(asked, [Deed::Signal(ready(next))]);
    let mut one = Told::open(Seat::One, 20.0);
    assert_eq!(one.hear(30.1, ready(next)), [Deed::Restart]);
    assert_eq!(one.hear(30.2, ready(next)), []);
    assert_eq!(one.woken(32.1), [Deed::Restart], "it was not answered");

    let early = candidate(next + 1, 1);
    assert_eq!(two.hear(32.2, early.clone()), []);
    let again = offer(next + 1);
    let deeds = two.hear(32.3, again.clone());
    assert_eq!(deeds, [Deed::Take(again), Deed::Take(early)]);
    assert_eq!(two.hear(32.4, offer(next)), [], "that one is old");
}

#[test]
fn the_network_changing_all_the_time_is_mended_now_and_then() {
    let mut told = Told::open(Seat::One, 20.0);
    let restarts = (0..100)
        .map(|step| told.step(30.0 + f64::from(step) / 10.0, Happening::Network))
        .filter(|deeds| deeds.contains(&Deed::Restart));
    assert_eq!(restarts.count(), 5);
}

#[test]
fn a_path_that_breaks_soon_is_not_begun_anew_at_once() {
    let mut told = Told::open(Seat::One, 2.0);
    assert_eq!(told.step(3.0, Happening::Closed), [Deed::Drop]);
    assert_eq!(told.0.next_wake(), Some(at(18.0)));

    let mut told = Told::open(Seat::One, 2.0);
    let deeds = told.step(12.0, Happening::Closed);
    assert_eq!(deeds, [Deed::Drop, Deed::Signal(ready(None))]);
}
