//! Two machines that talk through a hub which loses, repeats and delays what it carries, each with a browser that makes
//! ends of paths.

use super::*;

/// A plain generator of chance (Knuth's numbers), so that each run can be had again.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 32).expect("32 bits")
    }

    /// Whether something that happens so often in a hundred times happens now.
    fn is_of_hundred(&mut self, often: u32) -> bool {
        self.next() % 100 < often
    }
}

/// What a browser has made: one end, which hears the other when each took a description and a candidate of the other's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Made {
    /// Which end, of all that were made.
    name: u32,
    /// The last round of descriptions that this end has begun.
    round: u32,
    /// The end, and its round, whose description was taken.
    other: Option<(u32, u32)>,
    reached: bool,
    open: bool,
}

struct World {
    now: u64,
    chance: Chance,
    pages: [Direct; 2],
    ends: [Option<Made>; 2],
    /// On its way: when it arrives, where, and what.
    mail: Vec<(u64, usize, Signal)>,
    /// Of a hundred signals, so many are lost, repeated or late.
    weather: u32,
    /// Deeds of this second.
    busy: usize,
}

impl World {
    fn new(seed: u64, weather: u32) -> Self {
        let mut world = Self {
            now: 1_000_000,
            chance: Chance(seed),
            pages: [Direct::default(), Direct::default()],
            ends: [None; 2],
            mail: Vec::new(),
            weather,
            busy: 0,
        };
        for (page, seat) in Seat::BOTH.into_iter().enumerate() {
            world.happen(page, Happening::Seated(seat));
            world.happen(page, Happening::Hub(true));
            world.happen(page, Happening::Allowed(true));
        }
        world
    }

    fn happen(&mut self, page: usize, happening: Happening) {
        let (now, chance) = (Timestamp(self.now), self.chance.next());
        for deed in self.pages[page].handle(now, chance, happening) {
            self.busy += 1;
            self.done(page, deed);
        }
    }

    fn done(&mut self, page: usize, deed: Deed) {
        match deed {
            Deed::Signal(signal) => self.send(1 - page, &signal),
            Deed::Offer { session } => {
                self.make(page);
                self.describe(page, session, true);
            }
            Deed::Accept { session, sdp } => {
                self.make(page);
                self.take_description(page, &sdp);
                self.describe(page, session, false);
            }
            Deed::Take(signal) => self.take(page, signal),
            Deed::Restart => {
                let end = self.ends[page].as_mut().expect("an end to mend");
                (end.round, end.reached) = (end.round + 1, false);
                let session = self.pages[page].end.session;
                self.describe(page, session, true);
            }
            Deed::Drop => {
                let end = self.ends[page].take().expect("an end to drop");
                let heard = self.ends[1 - page].filter(|other| other.open && end.open);
                if heard.is_some() {
                    // The other browser hears of it, now or never.
                    if !self.chance.is_of_hundred(self.weather) {
                        self.happen(1 - page, Happening::Closed);
                    }
                }
            }
            Deed::Report { .. } => {}
        }
    }

    fn make(&mut self, page: usize) {
        assert_eq!(self.ends[page], None, "one end at a time");
        self.ends[page] = Some(Made {
            name: self.chance.next(),
            round: 0,
            other: None,
            reached: false,
            open: false,
        });
    }

    /// The browser makes a description and finds a candidate.
    fn describe(&mut self, page: usize, session: u32, offers: bool) {
        let end = self.ends[page].expect("an end to describe");
        let sdp = format!("{} {}", end.name, end.round);
        let candidate = sdp.clone();
        let described = if offers {
            Signal::Offer { session, sdp }
        } else {
            Signal::Answer { session, sdp }
        };
        let found = Signal::Candidate {
            session,
            candidate,
            mid: None,
            line: Some(0),
        };
        for signal in [described, found] {
            self.happen(page, Happening::Ready(signal));
        }
    }

    fn take_description(&mut self, page: usize, sdp: &str) {
        let (name, round) = sdp.split_once(' ').expect("a description");
        let named = (name.parse().expect("it"), round.parse().expect("it"));
        self.ends[page].as_mut().expect("an end").other = Some(named);
    }

    fn take(&mut self, page: usize, signal: Signal) {
        match signal {
            Signal::Offer { session, sdp } => {
                self.take_description(page, &sdp);
                let end = self.ends[page].as_mut().expect("an end");
                (end.round, end.reached) = (end.round + 1, false);
                self.describe(page, session, false);
            }
            Signal::Answer { sdp, .. } => self.take_description(page, &sdp),
            Signal::Candidate { .. } => {
                self.ends[page].as_mut().expect("an end").reached = true;
            }
            other => panic!("no browser takes {other:?}"),
        }
    }

    fn send(&mut self, to: usize, signal: &Signal) {
        let times = match self.chance.is_of_hundred(self.weather) {
            true => self.chance.next() % 3,
            false => 1,
        };
        for _ in 0..times {
            let most = if self.chance.is_of_hundred(self.weather) {
                3000
            } else {
                50
            };
            let delay = u64::from(1 + self.chance.next() % most);
            self.mail.push((self.now + delay, to, signal.clone()));
        }
    }

    /// Both ends know each other, as they are now.
    fn is_joined(&self) -> bool {
        let [Some(one), Some(two)] = self.ends else {
            return false;
        };
        let knows = |end: Made, other: Made| end.other.is_some_and(|(name, _)| name == other.name);
        one.reached && two.reached && knows(one, two) && knows(two, one)
    }

    /// When something is due next, after this moment.
    fn next(&self) -> Option<u64> {
        let mail = self.mail.iter().map(|mail| mail.0);
        let wakes = self.pages.iter().filter_map(Direct::next_wake);
        let due = mail.chain(wakes.map(|at| at.0)).min();
        due.map(|at| at.max(self.now + 1))
    }

    /// What is due at this moment happens.
    fn turn_to(&mut self, now: u64) {
        if now / 1000 > self.now / 1000 {
            assert!(self.busy < 80, "{} deeds in a second", self.busy);
            self.busy = 0;
        }
        self.now = now;
        while let Some(at) = self.mail.iter().position(|mail| mail.0 <= now) {
            let (_, page, signal) = self.mail.remove(at);
            self.happen(page, Happening::Signalled(signal));
        }
        for page in 0..2 {
            let due = self.pages[page].next_wake();
            if due.is_some_and(|at| at.0 <= now) {
                self.happen(page, Happening::Woke);
            }
        }
        if self.is_joined() {
            for page in 0..2 {
                let end = self.ends[page].as_mut().expect("joined");
                if !std::mem::replace(&mut end.open, true) {
                    self.happen(page, Happening::Opened);
                }
            }
        }
    }

    /// So many milliseconds pass.
    fn pass(&mut self, millis: u64) {
        let end = self.now + millis;
        while let Some(next) = self.next().filter(|&next| next <= end) {
            self.turn_to(next);
        }
        self.turn_to(end);
    }

    fn is_open(&self) -> bool {
        let open = |page: &Direct| matches!(page.way(), Way::Open);
        self.pages.iter().all(open) && self.is_joined()
    }

    /// Passes until it is open on both sides, and says after how many milliseconds.
    fn until_open(&mut self) -> u64 {
        let begun = self.now;
        while !self.is_open() {
            let next = self.next().expect("somebody tries");
            assert!(next - begun < 3_600_000, "{:?}", self.pages);
            self.turn_to(next);
        }
        self.now - begun
    }

    /// A page is loaded anew, and its choice was kept.
    fn reload(&mut self, page: usize) {
        let other = 1 - page;
        let told = self.ends[page].take().is_some_and(|end| end.open);
        self.pages[page] = Direct::default();
        if told && self.ends[other].is_some_and(|end| end.open) {
            self.happen(other, Happening::Closed);
        }
        self.happen(page, Happening::Allowed(true));
        self.happen(page, Happening::Seated(Seat::BOTH[page]));
        self.happen(page, Happening::Hub(true));
    }
}

#[test]
fn with_a_good_hub_it_opens_at_once() {
    for seed in 0..100 {
        let mut world = World::new(seed, 0);
        let took = world.until_open();
        assert!(took < 300, "{took} ms with seed {seed}");
        world.pass(600_000);
        assert!(world.is_open(), "and stays open");
        assert_eq!(world.mail, [], "without a word more");
    }
}

#[test]
fn a_page_loaded_anew_is_back_soon() {
    for seed in 0..100 {
        let mut world = World::new(seed, 0);
        world.until_open();
        world.pass(60_000);
        for page in [0, 1] {
            world.reload(page);
            // Where a late word of before leads to an offer for nobody, one more follows.
            let took = world.until_open();
            assert!(took < 3000, "{took} ms, page {page}, seed {seed}");
            world.pass(20_000);
        }
    }
}

#[test]
fn through_a_bad_hub_it_opens_in_the_end() {
    for seed in 0..100 {
        let mut world = World::new(seed, 40);
        world.until_open();
        for page in [0, 1] {
            world.reload(page);
            world.until_open();
        }
        world.happen(0, Happening::Allowed(false));
        world.pass(5000);
        assert_eq!(world.ends[0], None, "seed {seed}");
        world.happen(0, Happening::Allowed(true));
        world.until_open();
    }
}

#[test]
fn a_change_of_network_is_mended_from_either_side() {
    for seed in 0..100 {
        for page in [0, 1] {
            let mut world = World::new(seed, 0);
            world.until_open();
            world.pass(20_000);
            let before = world.ends;
            world.happen(page, Happening::Shaky);
            world.pass(300);
            let mended = world.ends.map(|end| end.expect("an end").round);
            assert_eq!(mended, [1, 1], "seed {seed}");
            assert!(world.is_joined());
            world.happen(page, Happening::Opened);
            world.pass(20_000);
            let names = |ends: [Option<Made>; 2]| ends.map(|end| end.map(|end| end.name));
            assert_eq!(names(world.ends), names(before), "the same path");
        }
    }
}
