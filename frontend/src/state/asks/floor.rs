//! What the view answers about the floor: how it is shared, and what can be done about that.

use shared::{Mode, Presence, Proposal, Turn};

use crate::state::{Seating, View};

impl View {
    /// How the floor is shared.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.seating
            .map_or(Mode::Strict, |seating| seating.floor.mode)
    }

    /// What I propose to change, and what the other does.
    #[must_use]
    pub fn proposals(&self) -> [Option<Proposal>; 2] {
        let (Some(record), Some(me)) = (self.record(), self.my_seat()) else {
            return [None; 2];
        };
        [me, me.other()].map(|seat| record.proposal(seat))
    }

    /// Whether something can be proposed now.
    #[must_use]
    pub fn may_propose(&self) -> bool {
        let [mine, _] = self.proposals();
        self.is_current() && self.keys().is_some() && mine.is_none()
    }

    /// The turn I wait for, if I have not asked for it yet.
    #[must_use]
    pub fn may_ask(&self) -> Option<Turn> {
        let Seating {
            floor, seat, peer, ..
        } = self.seating.filter(|_| self.is_current())?;
        let there = peer != Presence::Vacant {};
        let waits = there && floor.check_waiting(seat, floor.turn).is_ok();
        (waits && self.asked != Some(floor.turn)).then_some(floor.turn)
    }

    /// The turn I can take from somebody who is away.
    #[must_use]
    pub fn may_claim(&self) -> Option<Turn> {
        let Seating { floor, seat, .. } = self.seating.filter(|_| self.is_current())?;
        self.claimable
            .filter(|turn| floor.check_waiting(seat, *turn).is_ok())
    }

    /// Whether the other asks for the turn I have.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.seating
            .zip(self.peer_asks)
            .is_some_and(|(seating, turn)| {
                let other = seating.seat.other();
                seating.floor.check_waiting(other, turn).is_ok()
            })
    }
}
