//! What people propose, and how it is answered: mostly what stands, and now and then what does no more.

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use shared::{Change, ClientFrame, ConnectionId, Event, Mode, Pace, Seat, Seq, Store};

use crate::model::{Verdict, Way};
use crate::world::World;

impl World {
    pub(super) fn propose(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let change = self.some_change(rng);
        let (prev, sig) = self.sign(connection, &Event::Propose { change }, way);
        let expected = self.expect(connection, |model, seat| model.propose(seat, change, way));
        (ClientFrame::Propose { change, prev, sig }, expected)
    }

    /// A change that somebody may want: now and then what the other wants already, or what is so.
    pub(super) fn some_change(&self, rng: &mut StdRng) -> Change {
        let proposed = self.model.proposals.iter().flatten().next();
        match (proposed, rng.random_range(0..10)) {
            _ if self.model.direct_only.is_some() && rng.random_bool(0.7) => {
                Change::Store(Store::Server)
            }
            (Some((_, change)), 0..4) => *change,
            (_, 4) => Change::Store(Store::Pages),
            (_, 0..7) => Change::Mode(match self.model.mode() {
                Mode::Strict => Mode::Free,
                Mode::Free => Mode::Strict,
            }),
            (_, 7) => Change::Mode(self.model.mode()),
            _ => Change::Pace(*Pace::ALL.choose(rng).expect("there are some")),
        }
    }

    pub(super) fn answer(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let seat = self.live(connection).unwrap_or(Seat::One);
        let kind = rng.random_range(0..5);
        let by = if kind == 4 { seat } else { seat.other() };
        let number = self.some_proposal(rng, by);
        let proposal = Seq(number);
        let event = match kind {
            0..3 => Event::Accept { proposal },
            3 => Event::Decline { proposal },
            _ => Event::Withdraw { proposal },
        };
        let (prev, sig) = self.sign(connection, &event, way);
        let expected = self.expect(connection, |model, seat| match kind {
            0..3 => model.accept(seat, number, way),
            3 => model.decline(seat, number, way),
            _ => model.withdraw(seat, number, way),
        });
        let frame = ClientFrame::signed(event, prev, sig).expect("an answer");
        (frame, expected)
    }

    /// The number of a proposal: what `by` has open, or an older one, or none.
    pub(super) fn some_proposal(&self, rng: &mut StdRng, by: Seat) -> u64 {
        match self.model.proposals[by.index()] {
            Some((seq, _)) if rng.random_bool(0.8) => seq,
            _ => rng.random_range(0..=self.log.len() as u64 + 1),
        }
    }
}
