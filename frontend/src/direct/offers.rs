//! Which signals belong to the path that there is, or to the next, and what they change. All others are passed over:
//! whoever carries them may bring old ones again, and may lose any.

use shared::{Seat, Signal, Timestamp};

use super::{
    AHEAD, ATTEMPT, BY_HAND, CANDIDATES, Deed, Direct, EARLY, End, LONGEST_WAIT, MENDING, Phase,
    REFUSED, SPACING,
};

/// The offer that a signal belongs to.
fn session(signal: &Signal) -> Option<u32> {
    match signal {
        Signal::Ready { session } | Signal::No { session } => *session,
        Signal::Offer { session, .. }
        | Signal::Answer { session, .. }
        | Signal::Candidate { session, .. } => Some(*session),
    }
}

impl Direct {
    pub(super) fn is_of_end(&self, signal: &Signal) -> bool {
        !self.is_idle() && session(signal) == Some(self.end.session)
    }

    /// Whether it is the number of an offer for the path that there is.
    fn is_of_this(&self, session: u32) -> bool {
        !self.is_idle() && session.wrapping_sub(self.end.session) <= AHEAD
    }

    /// Whether it may be that of an offer for this path which seat 2 had and this page has gone beyond: what came after it
    /// was lost.
    fn is_behind(&self, session: u32) -> bool {
        let behind = self.end.session.wrapping_sub(session);
        !self.is_idle() && !self.end.answered && behind <= AHEAD
    }

    /// Whether it is that of a next one.
    fn is_ahead(&self, session: u32) -> bool {
        session != self.end.session && self.is_of_this(session)
    }

    pub(super) fn signalled(&mut self, now: Timestamp, signal: Signal) {
        match (self.seat, signal) {
            (Some(seat), Signal::Ready { session }) => {
                if session.is_some_and(|session| self.refused.contains(&session)) {
                    return;
                }
                self.other = true;
                if self.allowed {
                    self.heard_ready(now, seat, session);
                }
            }
            (_, signal @ Signal::No { .. }) => {
                self.other = false;
                // One that names another path is an old one, and must not end this.
                if self.is_of_end(&signal) {
                    self.drop_end();
                }
                if self.is_idle() {
                    self.why = None;
                    self.say_at = Some(now.after(LONGEST_WAIT));
                }
                if self.seat == Some(Seat::One) {
                    let number = self.number.take();
                    self.refused
                        .extend(number.into_iter().chain(session(&signal)));
                    let old = self.refused.len().saturating_sub(REFUSED);
                    self.refused.drain(..old);
                }
            }
            (Some(Seat::Two), Signal::Offer { session, sdp }) => self.offered(now, session, sdp),
            (Some(Seat::One), signal @ Signal::Answer { .. })
                if self.is_of_end(&signal) && !self.end.answered =>
            {
                self.end.answered = true;
                self.deeds.push(Deed::Take(signal));
            }
            (_, signal @ Signal::Candidate { .. }) => self.candidate(signal),
            _ => {}
        }
    }

    fn heard_ready(&mut self, now: Timestamp, seat: Seat, session: Option<u32>) {
        match (seat, session) {
            // Seat 1 asks. While there is a path here it may have lost its end of it.
            (Seat::Two, None) => self.say_at = Some(now),
            (Seat::One, Some(session)) => {
                let is_behind = self.is_behind(session);
                if !self.is_of_this(session) && !is_behind {
                    // Should a path be open, it ends by what is heard of it, and not by what others say.
                    self.number = Some(session);
                } else if let Phase::Open { mend, .. } = &mut self.phase {
                    // Seat 2 wants it mended; what was heard already is an echo.
                    *mend |= session != self.end.session || !self.end.answered;
                }
            }
            _ => {}
        }
    }

    /// An end is made, for this offer.
    pub(super) fn begin(&mut self, now: Timestamp, session: u32) {
        if !self.is_idle() {
            if matches!(self.phase, Phase::Trying { .. }) {
                self.deeds.push(Deed::Report { opened: None });
            }
            self.deeds.push(Deed::Drop);
        }
        self.phase = Phase::Trying {
            since: now,
            until: now.after(ATTEMPT),
        };
        self.end = End {
            session,
            ..End::default()
        };
        self.by_hand = false;
        self.number = None;
        self.say_at = None;
        self.not_before = now.after(SPACING);
    }

    /// People carry the signals: whoever asks for that allows it.
    pub(super) fn by_hand(&mut self, now: Timestamp, session: u32) {
        if self.seat == Some(Seat::One) && !self.unsupported {
            self.begin_by_hand(now, session);
            self.deeds.push(Deed::Offer { session });
        }
    }

    pub(super) fn handed(&mut self, now: Timestamp, signal: Signal) {
        match signal {
            Signal::Offer { session, sdp } if self.seat == Some(Seat::Two) && !self.unsupported => {
                self.begin_by_hand(now, session);
                self.deeds.push(Deed::Accept { session, sdp });
            }
            other => self.signalled(now, other),
        }
    }

    fn begin_by_hand(&mut self, now: Timestamp, session: u32) {
        self.allowed = true;
        self.why = None;
        self.begin(now, session);
        self.by_hand = true;
        let until = now.after(BY_HAND);
        self.phase = Phase::Trying { since: now, until };
    }

    fn offered(&mut self, now: Timestamp, session: u32, sdp: String) {
        // The number was made here by chance and told only now: seat 1 has no path any more, if there was one.
        if self.number == Some(session) {
            self.begin(now, session);
            self.deeds.push(Deed::Accept { session, sdp });
        } else if self.is_ahead(session) {
            self.end = End {
                session,
                ..End::default()
            };
            self.deeds.push(Deed::Take(Signal::Offer { session, sdp }));
        } else {
            return;
        }
        for signal in std::mem::take(&mut self.early) {
            self.candidate(signal);
        }
    }

    fn candidate(&mut self, signal: Signal) {
        if self.is_of_end(&signal) {
            if self.end.candidates < CANDIDATES {
                self.end.candidates += 1;
                self.deeds.push(Deed::Take(signal));
            }
            return;
        }
        let session = session(&signal);
        let of_next = self.seat == Some(Seat::Two)
            && session
                .is_some_and(|session| self.number == Some(session) || self.is_ahead(session));
        if of_next && self.early.len() < EARLY {
            self.early.push(signal);
        }
    }

    /// The path is offered anew, or seat 1 is asked to.
    pub(super) fn mend(&mut self, now: Timestamp) {
        let Phase::Open {
            shaky, mend, until, ..
        } = &mut self.phase
        else {
            return;
        };
        *mend = false;
        if *shaky && until.is_none() {
            *until = Some(now.after(MENDING));
        }
        self.not_before = now.after(SPACING);
        let next = self.end.session.wrapping_add(1);
        if self.seat == Some(Seat::One) {
            self.end = End {
                session: next,
                ..End::default()
            };
            self.deeds.push(Deed::Restart);
        } else {
            let session = Some(next);
            self.deeds.push(Deed::Signal(Signal::Ready { session }));
        }
    }
}
