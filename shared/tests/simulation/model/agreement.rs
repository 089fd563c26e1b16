//! What the two propose to each other and agree on.

use shared::{Change, Mode, Pace, Seat, Store};

use super::{Fact, Model, Refusal, Verdict, Way, refused};

impl Model {
    /// At the table the two are there at the same time.
    pub(super) fn usual_pace(table: bool) -> Pace {
        if table { Pace::Live } else { Pace::Relaxed }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.free_since.is_some()
    }

    pub(crate) fn mode(&self) -> Mode {
        if self.is_free() {
            Mode::Free
        } else {
            Mode::Strict
        }
    }

    fn is_so(&self, change: Change) -> bool {
        match change {
            Change::Mode(mode) => mode == self.mode(),
            Change::Pace(pace) => pace == self.pace,
            Change::Store(Store::Pages) => self.direct_only.is_some(),
            Change::Store(Store::Server) => self.direct_only.is_none(),
        }
    }

    /// Whoever did not speak last while both could; if nobody did, whoever has seat 1.
    pub(super) fn owes_an_answer(&self) -> Seat {
        let since = self.free_since.unwrap_or_default();
        let last = self.facts[since..]
            .iter()
            .rev()
            .find_map(|fact| match fact {
                Fact::Said(seat, ..) => Some(*seat),
                _ => None,
            });
        last.map_or(Seat::One, Seat::other)
    }

    pub(crate) fn propose(&mut self, seat: Seat, change: Change, way: Way) -> Verdict {
        let (other, back) = (seat.other().index(), change == Change::Store(Store::Server));
        let may = if self.stores().is_err() && !back {
            self.stores()
        } else if self.seated[other].is_none() {
            refused("seat_vacant")
        } else if self.is_so(change) {
            refused("nothing_to_change")
        } else if self.proposals[seat.index()].is_some() && !back {
            refused("already_proposed")
        } else {
            self.accepts(way, false)
        };
        if let Err(refusal) = may {
            return refusal;
        }
        self.facts.push(Fact::Proposed(seat, change));
        let crossing = self.proposals[other].is_some_and(|(_, theirs)| theirs == change);
        if crossing || back {
            self.agree(change);
        } else {
            self.proposals[seat.index()] = Some((self.facts.len() as u64, change));
        }
        Verdict::Proposed
    }

    /// What `by` has proposed, if it is the one that is meant.
    fn meant(&self, by: Seat, proposal: u64) -> Result<Change, Verdict> {
        match self.proposals[by.index()] {
            Some((seq, change)) if seq == proposal => Ok(change),
            _ => Err(Verdict::Refused("no_proposal")),
        }
    }

    fn answers(&self, by: Seat, proposal: u64, way: Way) -> Result<Change, Verdict> {
        self.stores()?;
        let change = self.meant(by, proposal)?;
        let may: Refusal = self.accepts(way, false);
        may.map(|()| change)
    }

    pub(crate) fn accept(&mut self, seat: Seat, proposal: u64, way: Way) -> Verdict {
        match self.answers(seat.other(), proposal, way) {
            Err(refusal) => refusal,
            Ok(change) => {
                self.facts.push(Fact::Accepted(seat, proposal));
                self.agree(change);
                Verdict::Accepted
            }
        }
    }

    pub(crate) fn decline(&mut self, seat: Seat, proposal: u64, way: Way) -> Verdict {
        match self.answers(seat.other(), proposal, way) {
            Err(refusal) => refusal,
            Ok(_) => {
                self.facts.push(Fact::Declined(seat, proposal));
                self.proposals[seat.other().index()] = None;
                Verdict::Declined
            }
        }
    }

    pub(crate) fn withdraw(&mut self, seat: Seat, proposal: u64, way: Way) -> Verdict {
        match self.answers(seat, proposal, way) {
            Err(refusal) => refusal,
            Ok(_) => {
                self.facts.push(Fact::Withdrew(seat, proposal));
                self.proposals[seat.index()] = None;
                Verdict::Withdrew
            }
        }
    }

    fn agree(&mut self, change: Change) {
        match change {
            Change::Pace(pace) => self.pace = pace,
            Change::Store(Store::Pages) => self.direct_only = Some(self.facts.len() as u64),
            Change::Store(Store::Server) => self.direct_only = None,
            Change::Mode(Mode::Free) => {
                self.free_since = Some(self.facts.len());
                self.holder = Seat::One;
            }
            Change::Mode(Mode::Strict) => self.take_turns(),
        }
        for at in 0..2 {
            // Whatever else somebody proposed still stands; only what is so already is no proposal.
            let settled = self.proposals[at].is_some_and(|(_, change)| self.is_so(change));
            if settled {
                self.proposals[at] = None;
            }
        }
    }

    fn take_turns(&mut self) {
        self.holder = self.owes_an_answer();
        self.free_since = None;
        self.turn += 1;
        self.turn_since = self.now;
        self.said_in_turn = 0;
    }

    /// `gone` has left, or was sent away: nothing is agreed any more.
    pub(super) fn part(&mut self, gone: Seat) {
        self.proposals = [None; 2];
        (self.pace, self.direct_only) = (Self::usual_pace(self.table), None);
        if self.is_free() {
            self.take_turns();
        }
        if gone != self.holder {
            self.asked = None;
        }
    }
}
