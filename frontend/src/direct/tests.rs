//! How the path behaves, told as happenings at seconds.

mod again;
mod open;
mod two;

use super::*;

fn at(seconds: f64) -> Timestamp {
    Timestamp(1_000_000).after(Duration::from_secs_f64(seconds))
}

fn ready(session: impl Into<Option<u32>>) -> Signal {
    let session = session.into();
    Signal::Ready { session }
}

fn no(session: impl Into<Option<u32>>) -> Signal {
    let session = session.into();
    Signal::No { session }
}

fn offer(session: u32) -> Signal {
    let sdp = "offer".to_owned();
    Signal::Offer { session, sdp }
}

fn answer(session: u32) -> Signal {
    let sdp = "answer".to_owned();
    Signal::Answer { session, sdp }
}

fn candidate(session: u32, port: u32) -> Signal {
    Signal::Candidate {
        session,
        candidate: format!("candidate:1 1 udp 1 192.0.2.1 {port} typ host"),
        mid: None,
        line: Some(0),
    }
}

fn accept(session: u32) -> Deed {
    let sdp = "offer".to_owned();
    Deed::Accept { session, sdp }
}

fn failed(why: Why) -> Way {
    Way::Failed { why }
}

const GAVE_UP: Deed = Deed::Report { opened: None };

/// What seat 2 would choose as a number, in every test.
const CHANCE: u32 = 70;

struct Told(Direct);

impl Told {
    /// A page with a seat and the hub.
    fn seated(seat: Seat) -> Self {
        let mut told = Self(Direct::default());
        assert_eq!(told.step(0.0, Happening::Seated(seat)), []);
        assert_eq!(told.step(0.0, Happening::Hub(true)), []);
        told
    }

    /// One whose person allows the path.
    fn allowed(seat: Seat) -> Self {
        let mut told = Self::seated(seat);
        let number = (seat == Seat::Two).then_some(CHANCE);
        let deeds = told.step(0.0, Happening::Allowed(true));
        assert_eq!(deeds, [Deed::Signal(ready(number))]);
        told
    }

    /// Seat 1 has offered at this time.
    fn offering(seconds: f64, session: u32) -> Self {
        let mut told = Self::allowed(Seat::One);
        let deeds = told.hear(seconds, ready(session));
        assert_eq!(deeds, [Deed::Offer { session }]);
        told
    }

    /// A path that opened at this time, for an offer a second before.
    fn open(seat: Seat, seconds: f64) -> Self {
        let before = seconds - 1.0;
        let mut told = match seat {
            Seat::One => {
                let mut told = Self::offering(before, CHANCE);
                assert_eq!(told.hear(before, answer(CHANCE)).len(), 1);
                told
            }
            Seat::Two => {
                let mut told = Self::allowed(Seat::Two);
                assert_eq!(told.hear(before, offer(CHANCE)), [accept(CHANCE)]);
                told
            }
        };
        let opened = Some(1000);
        let deeds = told.step(seconds, Happening::Opened);
        assert_eq!(deeds, [Deed::Report { opened }]);
        told
    }

    fn step(&mut self, seconds: f64, happening: Happening) -> Vec<Deed> {
        self.0.handle(at(seconds), CHANCE, happening)
    }

    fn hear(&mut self, seconds: f64, signal: Signal) -> Vec<Deed> {
        self.step(seconds, Happening::Signalled(signal))
    }

    fn woken(&mut self, seconds: f64) -> Vec<Deed> {
        assert_eq!(self.0.next_wake(), Some(at(seconds)));
        self.step(seconds, Happening::Woke)
    }
}

#[test]
fn nothing_is_said_before_the_person_allows_it() {
    for seat in Seat::BOTH {
        let mut told = Told::seated(seat);
        assert_eq!(told.0.way(), Way::Off);
        assert_eq!(told.0.next_wake(), None);
        for signal in [ready(None), ready(5)] {
            assert_eq!(told.hear(1.0, signal), []);
            assert_eq!(told.0.way(), Way::AskedByOther);
        }
        for signal in [offer(5), offer(CHANCE), answer(5), candidate(5, 1)] {
            assert_eq!(told.hear(1.0, signal), []);
        }
        assert_eq!(told.step(2.0, Happening::Network), []);
        assert_eq!(told.hear(3.0, no(None)), []);
        assert_eq!(told.0.way(), Way::Off);
    }
}

#[test]
fn seat_1_offers_once_seat_2_has_told_a_number() {
    let mut told = Told::allowed(Seat::One);
    assert_eq!(told.0.way(), Way::Waiting);
    assert_eq!(told.hear(1.0, ready(5)), [Deed::Offer { session: 5 }]);
    assert_eq!(told.0.way(), Way::Trying);
    let made = told.step(1.1, Happening::Ready(offer(5)));
    assert_eq!(made, [Deed::Signal(offer(5))]);
    assert_eq!(told.hear(1.2, ready(5)), [], "an echo");
    assert_eq!(
        told.hear(1.3, candidate(5, 1)),
        [Deed::Take(candidate(5, 1))]
    );
    assert_eq!(told.hear(1.4, answer(5)), [Deed::Take(answer(5))]);
    assert_eq!(told.hear(1.5, answer(5)), [], "one answer is enough");
    let opened = Some(700);
    let deeds = told.step(1.7, Happening::Opened);
    assert_eq!(deeds, [Deed::Report { opened }]);
    assert_eq!(told.0.way(), Way::Open);
    assert_eq!(told.0.next_wake(), None);
}

#[test]
fn seat_2_answers_the_offer_it_asked_for_and_no_other() {
    let mut told = Told::allowed(Seat::Two);
    for stray in [offer(5), answer(CHANCE), candidate(5, 1)] {
        assert_eq!(told.hear(0.5, stray), []);
    }
    let early = candidate(CHANCE, 1);
    assert_eq!(told.hear(0.6, early.clone()), [], "it waits for its offer");
    let deeds = told.hear(0.7, offer(CHANCE));
    assert_eq!(deeds, [accept(CHANCE), Deed::Take(early)]);
    assert_eq!(told.0.way(), Way::Trying);
    assert_eq!(told.hear(0.8, offer(CHANCE)), [], "it came before");
    let made = told.step(0.9, Happening::Ready(answer(CHANCE)));
    assert_eq!(made, [Deed::Signal(answer(CHANCE))]);
    assert_eq!(told.step(0.9, Happening::Ready(answer(6))), []);
}

#[test]
fn whoever_allows_it_later_begins_at_once() {
    let mut told = Told::seated(Seat::One);
    assert_eq!(told.hear(1.0, ready(5)), []);
    let deeds = told.step(2.0, Happening::Allowed(true));
    assert_eq!(deeds, [Deed::Signal(ready(None))]);

    let mut told = Told::seated(Seat::Two);
    assert_eq!(told.hear(1.0, ready(None)), []);
    let deeds = told.step(2.0, Happening::Allowed(true));
    assert_eq!(deeds, [Deed::Signal(ready(CHANCE))]);
}

#[test]
fn an_attempt_has_eight_seconds_and_its_reason_is_kept() {
    let mut told = Told::offering(1.0, 5);
    assert_eq!(told.woken(9.0), [GAVE_UP, Deed::Drop]);
    assert_eq!(told.0.way(), failed(Why::NotAnswered));

    let mut told = Told::offering(1.0, 5);
    assert_eq!(told.hear(2.0, answer(5)).len(), 1);
    assert_eq!(told.woken(9.0), [GAVE_UP, Deed::Drop]);
    assert_eq!(told.0.way(), failed(Why::NoRoute));

    let mut told = Told::allowed(Seat::Two);
    assert_eq!(told.hear(1.0, offer(CHANCE)).len(), 1);
    assert_eq!(told.woken(9.0), [GAVE_UP, Deed::Drop]);
    assert_eq!(told.0.way(), failed(Why::NoRoute));

    let mut told = Told::offering(1.0, 5);
    let deeds = told.step(3.0, Happening::Closed);
    assert_eq!(deeds, [GAVE_UP, Deed::Drop], "the browser gave up sooner");
    assert_eq!(told.step(3.0, Happening::Closed), []);
}

#[test]
fn waits_between_tries_grow_to_five_minutes() {
    let mut told = Told::allowed(Seat::One);
    let mut now = 0.0;
    for wait in [15.0, 30.0, 60.0, 120.0, 240.0, 300.0, 300.0] {
        now += wait;
        assert_eq!(told.woken(now), [Deed::Signal(ready(None))]);
    }
    // The last of them was heard, and comes to nothing.
    let offered = told.hear(now, ready(5));
    assert_eq!(offered, [Deed::Offer { session: 5 }]);
    assert_eq!(told.woken(now + 8.0), [GAVE_UP, Deed::Drop]);
    assert_eq!(told.woken(now + 308.0), [Deed::Signal(ready(None))]);
}

#[test]
fn it_is_tried_at_once_when_there_is_reason_for_hope() {
    let fail = || {
        let mut told = Told::offering(1.0, 5);
        assert_eq!(told.woken(9.0), [GAVE_UP, Deed::Drop]);
        assert_eq!(told.0.next_wake(), Some(at(24.0)));
        told
    };
    let say = [Deed::Signal(ready(None))];
    assert_eq!(fail().step(10.0, Happening::Network), say);
    let again = [Deed::Offer { session: 5 }];
    assert_eq!(fail().hear(10.0, ready(5)), again);

    let mut told = fail();
    assert_eq!(told.step(10.0, Happening::Hub(false)), []);
    assert_eq!(told.0.next_wake(), None, "nobody would hear it");
    assert_eq!(told.step(99.0, Happening::Woke), []);
    assert_eq!(told.step(100.0, Happening::Hub(true)), say);
}

#[test]
fn no_flood_of_signals_makes_it_hurry_or_grow() {
    let mut one = Told::offering(0.0, 1);
    let mut two = Told::allowed(Seat::Two);
    let (mut offers, mut words) = (0, 0);
    for step in 0_u32..10_000 {
        let seconds = f64::from(step) / 1000.0;
        let deeds = one.hear(seconds, ready(1000 + 20 * step));
        offers += deeds
            .iter()
            .filter(|deed| matches!(deed, Deed::Offer { .. }))
            .count();
        words += two.hear(seconds, ready(None)).len();
        assert_eq!(two.hear(seconds, candidate(CHANCE, step)), []);
        assert_eq!(two.hear(seconds, candidate(step, step)), []);
    }
    assert_eq!(offers, 4, "one in two seconds");
    assert_eq!(words, 9, "one in a second");
    assert_eq!(two.0.early.len(), EARLY);
    assert_eq!(two.hear(10.0, offer(CHANCE)).len(), 1 + EARLY);
    let taken = (0..1000)
        .filter(|&port| !two.hear(10.1, candidate(CHANCE, port)).is_empty())
        .count();
    assert_eq!(taken + EARLY, usize::from(CANDIDATES));
}

#[test]
fn either_may_take_it_back() {
    let mut told = Told::open(Seat::One, 2.0);
    let deeds = told.step(3.0, Happening::Allowed(false));
    assert_eq!(deeds, [Deed::Signal(no(CHANCE)), Deed::Drop]);
    assert_eq!(told.0.way(), Way::AskedByOther);
    assert_eq!(told.0.next_wake(), None);

    let mut told = Told::open(Seat::Two, 2.0);
    assert_eq!(told.hear(3.0, no(CHANCE)), [Deed::Drop]);
    assert_eq!(told.0.way(), Way::Waiting);
    assert_eq!(told.step(4.0, Happening::Allowed(false)).len(), 1);
    assert_eq!(told.0.way(), Way::Off);
    assert_eq!(told.step(5.0, Happening::Allowed(false)), []);
}

#[test]
fn a_path_is_between_two_people_in_their_seats() {
    let mut told = Told::open(Seat::One, 2.0);
    assert_eq!(told.step(3.0, Happening::Seated(Seat::One)), []);
    assert_eq!(told.step(3.0, Happening::Vacant), [Deed::Drop]);
    assert_eq!(told.0.way(), Way::Waiting);
    assert_eq!(told.step(4.0, Happening::Network), []);
    let deeds = told.step(9.0, Happening::Seated(Seat::One));
    assert_eq!(deeds, [Deed::Signal(ready(None))], "to somebody new");

    let mut told = Told::open(Seat::One, 2.0);
    let deeds = told.step(3.0, Happening::Seated(Seat::Two));
    assert_eq!(deeds, [Deed::Drop, Deed::Signal(ready(CHANCE))]);
}

#[test]
fn a_browser_that_cannot_says_so_once() {
    let mut told = Told::offering(1.0, 5);
    let deeds = told.step(1.0, Happening::Unsupported);
    assert_eq!(deeds, [Deed::Signal(no(5)), GAVE_UP, Deed::Drop]);
    assert_eq!(told.0.way(), failed(Why::Unsupported));
    assert_eq!(told.0.next_wake(), None);
    assert_eq!(told.hear(2.0, ready(6)), []);
    assert_eq!(told.step(3.0, Happening::Network), []);
}

#[test]
fn a_clock_that_is_set_back_silences_nobody() {
    let mut told = Told::allowed(Seat::One);
    let early = Timestamp(5000);
    let deeds = told.0.handle(early, CHANCE, Happening::Network);
    assert_eq!(deeds, [], "it may have spoken just now");
    assert_eq!(told.0.next_wake(), Some(early.after(SAYING)));
}

#[test]
fn every_way_is_told_from_tab_to_tab() {
    let whys = [
        Why::NotAnswered,
        Why::NoRoute,
        Why::Lost,
        Why::Unsupported,
        Why::NotUsed,
    ];
    let ways = [Way::Off, Way::AskedByOther, Way::Waiting, Way::Trying];
    let tried = [Way::Open].into_iter().chain(whys.map(failed));
    for way in ways.into_iter().chain(tried) {
        let text = serde_json::to_string(&way).expect("JSON");
        let read: Way = crate::json::read(&text).expect("its own");
        assert_eq!(read, way, "{text}");
    }
}

#[test]
fn people_can_carry_what_the_two_have_to_tell() {
    let [mut one, mut two] = [Direct::default(), Direct::default()];
    let now = Timestamp(1_000);
    for (direct, seat) in [(&mut one, Seat::One), (&mut two, Seat::Two)] {
        assert_eq!(direct.handle(now, 0, Happening::Seated(seat)), []);
    }
    let session = 7;
    assert_eq!(
        two.handle(now, session, Happening::ByHand),
        [],
        "seat 1 begins"
    );
    let begun = one.handle(now, session, Happening::ByHand);
    assert_eq!(begun, [Deed::Offer { session }]);
    let sdp = || "described".to_owned();
    let offer = Signal::Offer {
        session,
        sdp: sdp(),
    };
    let taken = two.handle(now, 0, Happening::Handed(offer));
    assert_eq!(
        taken,
        [Deed::Accept {
            session,
            sdp: sdp()
        }]
    );
    // That takes its time.
    let later = now.after(Duration::from_secs(500));
    for direct in [&mut one, &mut two] {
        assert_eq!(direct.handle(later, 0, Happening::Woke), []);
        assert_eq!(direct.way(), Way::Trying);
    }
    let answer = |session| Signal::Answer {
        session,
        sdp: sdp(),
    };
    let stale = Happening::Handed(answer(6));
    assert_eq!(one.handle(later, 0, stale), [], "of another offer");
    let taken = one.handle(later, 0, Happening::Handed(answer(session)));
    assert_eq!(taken, [Deed::Take(answer(session))]);
    for direct in [&mut one, &mut two] {
        drop(direct.handle(later, 0, Happening::Opened));
        assert_eq!(direct.way(), Way::Open);
    }
}

#[test]
fn a_code_that_nobody_answers_is_given_up() {
    let mut one = Direct::default();
    let now = Timestamp(1_000);
    drop(one.handle(now, 0, Happening::Seated(Seat::One)));
    drop(one.handle(now, 7, Happening::ByHand));
    let end = one.next_wake().expect("it ends");
    assert_eq!(end, now.after(Duration::from_secs(600)));
    assert!(one.handle(end, 0, Happening::Woke).contains(&Deed::Drop));
    assert_ne!(one.way(), Way::Trying);
}
