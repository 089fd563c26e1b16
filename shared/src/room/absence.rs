//! Who is away while it is their turn: counted only while the other is here, and never to anything but the turn's loss.

use super::{Outputs, Room};
use crate::ids::{ConnectionId, Seat, Timestamp, Turn};
use crate::rejection::Rejection;
use crate::turn::Mode;
use crate::wire::ServerFrame;

impl Room {
    /// When the floor can be taken from its holder: once nobody in that seat has been here for as long as the pace says,
    /// in this turn, with the other here all that time. Starting anew is always in favour of the absent.
    fn claim_at(&self) -> Option<Timestamp> {
        let floor = self.floor();
        let (gone_since, bye) = self.attendance(floor.holder)?.away_since()?;
        let here_since = self.attendance(floor.holder.other())?.here_since()?;
        let wait = floor.pace.claim_after(bye)?;
        let since = gone_since.max(here_since).max(self.floor_since);
        let here = self.witnessed && floor.direct_only.is_none();
        (here && floor.mode == Mode::Strict).then(|| since.after(wait))
    }

    /// When the other is to be told that the floor can be taken, if that has not been told yet.
    pub(super) fn claimable_at(&self) -> Option<Timestamp> {
        self.claim_at()
            .filter(|at| self.claimable_told != Some(*at))
    }

    /// Tells whoever waits that they need not.
    pub(super) fn tell_claimable(&mut self, now: Timestamp, outputs: &mut Outputs) {
        let due = self.claimable_at().filter(|&at| at <= now);
        if due.is_some() {
            self.claimable_told = due;
            let turn = self.floor().turn;
            let waiting = self.connections(self.floor().holder.other());
            outputs.send(waiting, ServerFrame::Claimable { turn });
        }
    }

    /// Tells a connection that came after it was told. Another of the same seat may have heard it.
    pub(super) fn tell_claimable_again(
        &self,
        now: Timestamp,
        connection: ConnectionId,
        outputs: &mut Outputs,
    ) {
        let told = self.claim_at().filter(|&at| at <= now);
        let floor = self.floor();
        if told.is_some()
            && told == self.claimable_told
            && self.seat_of(connection) == Some(floor.holder.other())
        {
            let turn = floor.turn;
            outputs.send([connection], ServerFrame::Claimable { turn });
        }
    }

    /// Whether the holder has been away for long enough.
    ///
    /// # Errors
    /// [`Rejection::NotAway`].
    pub(super) fn check_away(&self, now: Timestamp) -> Result<(), Rejection> {
        let due = self.claim_at().is_some_and(|at| at <= now);
        due.then_some(()).ok_or(Rejection::NotAway {})
    }

    /// Passes on that `seat` would like to speak, once a turn. Whoever comes back later hears it then.
    pub(super) fn ask(&mut self, seat: Seat, turn: Turn) -> Result<Outputs, Rejection> {
        self.floor().check_waiting(seat, turn)?;
        if self.asked == Some(turn) {
            return Err(Rejection::AskedAlready {});
        }
        self.asked = Some(turn);
        let holder = self.connections(seat.other());
        Ok(Outputs::frame(holder, ServerFrame::Ask { seat, turn }))
    }

    /// The question that is open, told to its addressee.
    pub(super) fn tell_ask(&self, seat: Seat, connection: ConnectionId, outputs: &mut Outputs) {
        let floor = self.floor();
        if let Some(turn) = self.asked
            && floor.check_waiting(seat.other(), turn).is_ok()
        {
            let seat = seat.other();
            outputs.send([connection], ServerFrame::Ask { seat, turn });
        }
    }

    /// The clock has leapt ahead: the machine slept, or had the wrong time. What was seen before says nothing of how long
    /// anybody was away, so every absence counts anew.
    pub fn leapt(&mut self, now: Timestamp) {
        self.floor_since = now;
        for attendance in self.attendance.iter_mut().flatten() {
            attendance.recount(now);
        }
    }

    /// Whoever sits in `seat` said that they go.
    pub(super) fn bye(&mut self, now: Timestamp, seat: Seat) -> Outputs {
        if let Some(attendance) = self.attendance[seat.index()].as_mut() {
            attendance.bye(now);
        }
        Outputs::default()
    }
}
