//! What people do about somebody who is away, and that they go away themselves.

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{
    ClientFrame, CloseCode, ConnectionId, Event, Input, MAX_SEALED_BYTES, Sealed, Seat, Turn,
};

use crate::model::{Verdict, Way};
use crate::world::World;

impl World {
    pub(super) fn claim(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
        way: Way,
    ) -> (ClientFrame, Verdict) {
        let number = self.some_turn(rng);
        let turn = Turn(number);
        let (prev, sig) = self.sign(connection, &Event::Claim { turn }, way);
        let expected = self.expect(connection, |model, seat| model.claim(seat, number, way));
        (ClientFrame::Claim { turn, prev, sig }, expected)
    }

    pub(super) fn ask(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
    ) -> (ClientFrame, Verdict) {
        let turn = self.some_turn(rng);
        let expected = self.expect(connection, |model, seat| model.ask(seat, turn));
        (ClientFrame::Ask { turn: Turn(turn) }, expected)
    }

    /// Something for the other page.
    pub(super) fn signal(
        &mut self,
        rng: &mut StdRng,
        connection: ConnectionId,
    ) -> (ClientFrame, Verdict) {
        let most = MAX_SEALED_BYTES;
        let size = if rng.random_bool(0.1) { most + 1 } else { 7 };
        let payload = Sealed::new(vec![9; size]);
        let seat = self.live(connection).unwrap_or(Seat::One);
        self.signalled = Some((seat, payload.clone()));
        let expected = if size > most {
            Verdict::Refused("too_large")
        } else {
            Verdict::Nothing
        };
        (ClientFrame::Signal { payload }, expected)
    }

    /// Somebody's page goes away and says so, and the connection with it.
    pub(crate) fn bye(&mut self, connection: ConnectionId) {
        let live = self.live(connection);
        let expected = match live {
            Some(seat) => {
                self.model.go(seat);
                Verdict::Nothing
            }
            None => Verdict::Refused("not_seated"),
        };
        let frame = ClientFrame::Bye {};
        let verdict = self.run(Input::Frame { connection, frame }, connection, true);
        assert_eq!(verdict, expected, "bye of {live:?}");
        self.close(connection, CloseCode::NORMAL);
    }
}
