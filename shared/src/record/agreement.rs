//! What the two want to change, and what they have agreed on. A proposal stands until it is answered, taken back or
//! overtaken; time does nothing to it (invariant I7).

use super::Record;
use crate::entry::Event;
use crate::ids::{Seat, Seq};
use crate::rejection::Rejection;
use crate::turn::{Change, Floor};

/// A change that one of the two would like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The entry that proposed it.
    pub seq: Seq,
    /// The change.
    pub change: Change,
}

/// What is proposed, by seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Proposals([Option<Proposal>; 2]);

impl Proposals {
    fn of(&self, seat: Seat) -> Option<Proposal> {
        self.0[seat.index()]
    }

    /// The change that an entry, number `seq` and done by `seat`, brings about.
    pub(super) fn apply(&mut self, seat: Seat, seq: Seq, event: &Event) -> Option<Change> {
        match *event {
            Event::Propose { change } if change.is_back_to_server() => Some(change),
            Event::Propose { change } => {
                self.0[seat.index()] = Some(Proposal { seq, change });
                let both = self
                    .of(seat.other())
                    .is_some_and(|other| other.change == change);
                both.then_some(change)
            }
            Event::Accept { .. } => self.of(seat.other()).map(|Proposal { change, .. }| change),
            Event::Decline { .. } => {
                self.0[seat.other().index()] = None;
                None
            }
            Event::Withdraw { .. } => {
                self.0[seat.index()] = None;
                None
            }
            _ => None,
        }
    }

    /// Forgets what would change nothing any more.
    pub(super) fn settle(&mut self, floor: &Floor) {
        for proposal in &mut self.0 {
            *proposal = proposal.filter(|proposal| !floor.is_already(proposal.change));
        }
    }
}

impl Record {
    /// What `seat` proposes.
    #[must_use]
    pub fn proposal(&self, seat: Seat) -> Option<Proposal> {
        self.proposals.of(seat)
    }

    pub(super) fn allows_proposal(&self, seat: Seat, change: Change) -> Result<(), Rejection> {
        if self.key(seat.other()).is_none() {
            return Err(Rejection::SeatVacant {});
        }
        if self.floor.is_already(change) {
            return Err(Rejection::NothingToChange {});
        }
        match self.proposal(seat) {
            Some(_) if !change.is_back_to_server() => Err(Rejection::AlreadyProposed {}),
            _ => Ok(()),
        }
    }

    /// Whether `by` proposes what is meant: an answer to one proposal is none to the next.
    pub(super) fn allows_answer(&self, by: Seat, proposal: Seq) -> Result<(), Rejection> {
        let meant = self
            .proposal(by)
            .is_some_and(|standing| standing.seq == proposal);
        meant.then_some(()).ok_or(Rejection::NoProposal {})
    }
}
