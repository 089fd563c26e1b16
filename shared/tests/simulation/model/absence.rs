//! Who is here, since when, and what that means for whoever waits for the floor.

use shared::{Seat, Timestamp};

use super::{Fact, Model, Refusal, Verdict, Way, refused};

/// A question for the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    turn: u64,
    /// Tells it from the one before.
    pub(crate) number: u64,
}

impl Model {
    /// Somebody connects to a seat.
    pub(super) fn arrive(&mut self, seat: Seat) {
        let at = seat.index();
        self.empty_since[at] = None;
        self.here_since[at] = Some(self.now);
        self.bye[at] = false;
    }

    /// The last connection of a seat is gone, or there is none yet.
    pub(crate) fn depart(&mut self, seat: Seat) {
        let at = seat.index();
        (self.empty_since[at], self.here_since[at]) = (Some(self.now), None);
        self.bye[at] = false;
    }

    /// Somebody said that they go.
    pub(crate) fn go(&mut self, seat: Seat) {
        self.depart(seat);
        self.bye[seat.index()] = true;
    }

    /// The server was started anew: who sits is away since now, as far as anybody knows, and has asked for nothing.
    pub(crate) fn restart(&mut self) {
        for seat in Seat::BOTH {
            if self.seated[seat.index()].is_some() {
                self.depart(seat);
            }
            self.receipts[seat.index()] = None;
        }
        self.turn_since = self.now;
        self.asked = None;
    }

    /// From when on the floor can be taken, as things are now.
    fn claim_at(&self) -> Option<Timestamp> {
        let (holder, waiting) = (self.holder.index(), self.holder.other().index());
        if self.is_free() || self.direct_only.is_some() {
            return None;
        }
        let gone = self.empty_since[holder]?;
        let here = self.here_since[waiting]?;
        let seconds = match self.pace {
            shared::Pace::Live if self.bye[holder] => 15,
            shared::Pace::Live => 60,
            shared::Pace::Relaxed => 600,
            shared::Pace::Correspondence => 86_400,
            shared::Pace::Letters => return None,
        };
        let since = gone.0.max(here.0).max(self.turn_since.0);
        Some(Timestamp(since + 1000 * seconds))
    }

    /// Who can take the floor now, in which turn, and since when.
    pub(crate) fn claimable(&self) -> Option<(Seat, u64, Timestamp)> {
        let since = self.claim_at().filter(|at| *at <= self.now)?;
        Some((self.holder.other(), self.turn, since))
    }

    fn waits(&self, seat: Seat, turn: u64) -> Refusal {
        if self.is_free() {
            refused("no_turns")
        } else if turn != self.turn {
            refused("stale_turn")
        } else if seat == self.holder {
            refused("your_turn")
        } else {
            Ok(())
        }
    }

    pub(crate) fn claim(&mut self, seat: Seat, turn: u64, way: Way) -> Verdict {
        let may = self.stores().and_then(|()| self.waits(seat, turn));
        let may = may.and_then(|()| {
            if self.seated[seat.other().index()].is_none() {
                refused("seat_vacant")
            } else if self.claimable().is_none() {
                refused("not_away")
            } else {
                self.accepts(way, false)
            }
        });
        if let Err(refusal) = may {
            return refusal;
        }
        self.facts.push(Fact::Claimed(seat, turn));
        self.move_floor();
        Verdict::Claimed
    }

    pub(crate) fn ask(&mut self, seat: Seat, turn: u64) -> Verdict {
        if let Err(refusal) = self.waits(seat, turn) {
            return refusal;
        }
        if self.asked.is_some_and(|asked| asked.turn == turn) {
            return Verdict::Refused("asked_already");
        }
        self.questions += 1;
        let number = self.questions;
        self.asked = Some(Asked { turn, number });
        Verdict::Nothing
    }

    /// The question that whoever holds the floor should know of.
    pub(crate) fn open_question(&self) -> Option<Asked> {
        self.asked
            .filter(|asked| asked.turn == self.turn && !self.is_free())
    }
}
