//! The direct path to the other page as a state machine: when to say that one is ready, offer, take an offer, mend and
//! give up. What carries it is `transport/peer.rs`; what the two tell each other meanwhile is [`Signal`].

mod io;
mod offers;

use std::time::Duration;

use shared::{Seat, Signal, Timestamp};

pub use io::{Deed, Happening, Way, Why};

/// A path that is not open by then will not be.
const ATTEMPT: Duration = Duration::from_secs(8);
/// The same where people carry the signals.
const BY_HAND: Duration = Duration::from_secs(600);
/// One that was, and is not mended by then, is begun anew.
const MENDING: Duration = Duration::from_secs(8);
/// Attempts, and mendings of one path, are at least this far apart, whatever comes from outside.
const SPACING: Duration = Duration::from_secs(2);
/// This page says that it is ready no more often.
const SAYING: Duration = Duration::from_secs(1);
/// How long until it says so again, for the first time; each further wait is twice as long, up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(15);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// A path that was open for so long makes the next waits short again.
const STEADY: Duration = Duration::from_secs(10);
/// Candidates may come before the offer that they belong to; so many are kept.
const EARLY: usize = 32;
/// Of one end, so many candidates are taken.
const CANDIDATES: u8 = 64;
/// So many numbers that seat 2 has taken back are remembered.
const REFUSED: usize = 16;
/// Offers may get lost: so far ahead may the number of the next one for the same path be.
const AHEAD: u32 = 16;

#[derive(Clone, Copy, Debug, Default)]
enum Phase {
    #[default]
    Idle,
    Trying {
        since: Timestamp,
        until: Timestamp,
    },
    Open {
        since: Timestamp,
        /// The browser does not hear the other end.
        shaky: bool,
        /// Whether it is to be mended as soon as may be.
        mend: bool,
        /// Mending is under way, and has until then.
        until: Option<Timestamp>,
    },
}

/// The end of a path that there is, while the phase is not idle.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// The number of the last offer.
    session: u32,
    answered: bool,
    candidates: u8,
}

/// The direct path of one page. Time and chance are arguments, so that it can be tested without either.
#[derive(Clone, Debug, Default)]
pub struct Direct {
    allowed: bool,
    unsupported: bool,
    hub: bool,
    seat: Option<Seat>,
    /// The other has said that it is ready, and not taken that back.
    other: bool,
    phase: Phase,
    end: End,
    why: Option<Why>,
    /// In seat 2: the number of the offer that would be taken. In seat 1: the one that seat 2 has told.
    number: Option<u32>,
    /// In seat 1: the numbers that seat 2 has taken back. Whoever carries its words may bring old ones again.
    refused: Vec<u32>,
    /// People carry the signals of the attempt that runs.
    by_hand: bool,
    early: Vec<Signal>,
    /// When to say that this page is ready.
    say_at: Option<Timestamp>,
    /// Not before this.
    quiet_until: Timestamp,
    /// How often it was said since a path was last there.
    said: u32,
    /// When the next attempt or mending may begin.
    not_before: Timestamp,
    deeds: Vec<Deed>,
}

impl Direct {
    /// What to show.
    #[must_use]
    pub fn way(&self) -> Way {
        match self.phase {
            Phase::Trying { .. } => Way::Trying,
            Phase::Open { .. } => Way::Open,
            Phase::Idle if self.unsupported => Way::Failed {
                why: Why::Unsupported,
            },
            Phase::Idle if self.allowed => self.why.map_or(Way::Waiting, |why| Way::Failed { why }),
            Phase::Idle if self.other => Way::AskedByOther,
            Phase::Idle => Way::Off,
        }
    }

    /// When [`Happening::Woke`] is due, if nothing happens before.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        let mut due = [None; 3];
        match self.phase {
            Phase::Idle => {}
            Phase::Trying { until, .. } => due[0] = Some(until),
            Phase::Open { until, .. } => due[0] = until,
        }
        if self.can_signal() {
            due[1] = self.say_at.map(|at| at.max(self.quiet_until));
            due[2] = (self.is_to_offer() || self.is_to_mend()).then_some(self.not_before);
        }
        due.into_iter().flatten().min()
    }

    /// Takes in what happened and says what to do, in order. `chance` is a random number.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, chance: u32, happening: Happening) -> Vec<Deed> {
        self.wait_no_longer_than_ever(now);
        match happening {
            Happening::Allowed(allowed) => self.allow(now, allowed),
            Happening::Seated(seat) => {
                if self.seat != Some(seat) {
                    self.forget();
                    self.seat = Some(seat);
                    self.say_at = Some(now);
                }
            }
            Happening::Vacant => {
                self.forget();
                // Whoever sits there next is told anew.
                self.seat = None;
            }
            Happening::Hub(hub) => self.hub(now, hub),
            Happening::Signalled(signal) => self.signalled(now, signal),
            Happening::ByHand => self.by_hand(now, chance),
            Happening::Handed(signal) => self.handed(now, signal),
            Happening::Ready(signal) => {
                if self.hub && self.is_of_end(&signal) {
                    self.deeds.push(Deed::Signal(signal));
                }
            }
            Happening::Opened => self.opened(now),
            Happening::Shaky => {
                if let Phase::Open { shaky, mend, .. } = &mut self.phase {
                    (*shaky, *mend) = (true, true);
                }
            }
            Happening::Closed => self.over(now),
            Happening::Network => {
                self.said = 0;
                match &mut self.phase {
                    Phase::Idle => self.say_at = Some(now),
                    Phase::Trying { .. } => {}
                    Phase::Open { mend, .. } => *mend = true,
                }
            }
            Happening::Unsupported => self.unsupported(),
            Happening::Woke => {}
        }
        self.due(now, chance);
        std::mem::take(&mut self.deeds)
    }

    /// A clock that was set back must not make this page silent, nor an attempt endless.
    fn wait_no_longer_than_ever(&mut self, now: Timestamp) {
        self.quiet_until = self.quiet_until.min(now.after(SAYING));
        self.not_before = self.not_before.min(now.after(SPACING));
        self.say_at = self.say_at.map(|at| at.min(now.after(LONGEST_WAIT)));
        let attempt = if self.by_hand { BY_HAND } else { ATTEMPT };
        match &mut self.phase {
            Phase::Idle => {}
            Phase::Trying { until, .. } => *until = (*until).min(now.after(attempt)),
            Phase::Open { until, .. } => *until = until.map(|at| at.min(now.after(MENDING))),
        }
    }

    fn can_signal(&self) -> bool {
        self.allowed && !self.unsupported && self.hub && self.seat.is_some()
    }

    fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Idle)
    }

    fn is_to_offer(&self) -> bool {
        let open = matches!(self.phase, Phase::Open { .. });
        self.seat == Some(Seat::One) && self.number.is_some() && !open
    }

    fn is_to_mend(&self) -> bool {
        matches!(self.phase, Phase::Open { mend: true, .. })
    }

    fn allow(&mut self, now: Timestamp, allowed: bool) {
        if self.allowed == allowed {
            return;
        }
        if allowed {
            self.said = 0;
            self.say_at = Some(now);
        } else {
            self.say_no();
            self.drop_end();
            self.number = None;
            self.early.clear();
        }
        self.allowed = allowed;
        self.why = None;
    }

    fn unsupported(&mut self) {
        self.say_no();
        self.unsupported = true;
        self.number = None;
        if !self.is_idle() {
            self.deeds.push(Deed::Report { opened: None });
        }
        self.drop_end();
    }

    fn say_no(&mut self) {
        if self.can_signal() {
            let session = match self.phase {
                Phase::Idle => self.number,
                _ => Some(self.end.session),
            };
            self.deeds.push(Deed::Signal(Signal::No { session }));
        }
    }

    /// Nothing is left of what was between this page and another.
    fn forget(&mut self) {
        self.drop_end();
        self.other = false;
        self.number = None;
        self.refused.clear();
        self.early.clear();
        self.say_at = None;
        self.why = None;
        self.said = 0;
    }

    fn drop_end(&mut self) {
        if !self.is_idle() {
            self.phase = Phase::Idle;
            self.deeds.push(Deed::Drop);
        }
    }

    fn hub(&mut self, now: Timestamp, hub: bool) {
        if hub && !self.hub {
            match &mut self.phase {
                Phase::Idle => self.say_at = Some(now),
                Phase::Trying { .. } => {}
                Phase::Open { shaky, mend, .. } => *mend |= *shaky,
            }
        }
        self.hub = hub;
    }

    fn opened(&mut self, now: Timestamp) {
        match &mut self.phase {
            Phase::Idle => {}
            Phase::Trying { since, .. } => {
                let took = u32::try_from(now.0.saturating_sub(since.0)).unwrap_or(u32::MAX);
                self.deeds.push(Deed::Report { opened: Some(took) });
                self.phase = Phase::Open {
                    since: now,
                    shaky: false,
                    mend: false,
                    until: None,
                };
                self.why = None;
            }
            Phase::Open {
                shaky, mend, until, ..
            } => (*shaky, *mend, *until) = (false, false, None),
        }
    }

    /// The end that there was is over.
    fn over(&mut self, now: Timestamp) {
        match self.phase {
            Phase::Idle => return,
            Phase::Trying { .. } => {
                let heard = self.end.answered || self.seat == Some(Seat::Two);
                let why = if self.by_hand {
                    Why::NotUsed
                } else if heard {
                    Why::NoRoute
                } else {
                    Why::NotAnswered
                };
                self.why = Some(why);
                self.deeds.push(Deed::Report { opened: None });
                self.say_at = Some(now.after(self.wait()));
            }
            Phase::Open { since, .. } => {
                self.why = Some(Why::Lost);
                self.say_at = Some(now.after(self.wait()));
                if since.after(STEADY) <= now {
                    self.said = 0;
                    self.say_at = Some(now);
                }
            }
        }
        self.drop_end();
    }

    fn wait(&self) -> Duration {
        let doublings = self.said.clamp(1, 8) - 1;
        LONGEST_WAIT.min(FIRST_WAIT * (1 << doublings))
    }

    /// What is due by now.
    fn due(&mut self, now: Timestamp, chance: u32) {
        let given_up = match self.phase {
            Phase::Idle => false,
            Phase::Trying { until, .. } => until <= now,
            Phase::Open { until, .. } => until.is_some_and(|until| until <= now),
        };
        if given_up {
            self.over(now);
        }
        if !self.can_signal() {
            return;
        }
        if self.not_before <= now {
            if self.is_to_offer()
                && let Some(session) = self.number.take()
            {
                self.begin(now, session);
                self.deeds.push(Deed::Offer { session });
            }
            if self.is_to_mend() {
                self.mend(now);
            }
        }
        if self
            .say_at
            .is_some_and(|at| at.max(self.quiet_until) <= now)
        {
            self.say_ready(now, chance);
        }
    }

    fn say_ready(&mut self, now: Timestamp, chance: u32) {
        let session = match self.seat {
            Some(Seat::Two) => {
                if self.number.is_none() {
                    self.early.clear();
                }
                Some(*self.number.get_or_insert(chance))
            }
            _ => None,
        };
        self.deeds.push(Deed::Signal(Signal::Ready { session }));
        self.quiet_until = now.after(SAYING);
        self.say_at = None;
        if self.is_idle() {
            self.said = self.said.saturating_add(1);
            self.say_at = Some(now.after(self.wait()));
        }
    }
}

#[cfg(test)]
mod tests;
