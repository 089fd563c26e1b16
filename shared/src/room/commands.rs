//! What a person asks for: answered at once, refused, or turned into the entry to append.

use super::{Cause, Delivery, Outputs, Pending, Room};
use crate::close::CloseCode;
use crate::entry::{Entry, Event, LeaveReason};
use crate::ids::{ConnectionId, Position, Seat, Seq, Timestamp};
use crate::rejection::Rejection;
use crate::seat_key::SeatKey;
use crate::wire::{ClientFrame, MAX_SEALED_BYTES, ResyncReason, ServerFrame};

impl Room {
    pub(super) fn join(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        key: SeatKey,
        position: Option<Position>,
    ) -> Outputs {
        if let Some(seat) = self.seat_of_key(key) {
            return self.admit(seat, connection, position);
        }
        let Some(seat) = self.first_vacant() else {
            let mut outputs = Outputs::reject(connection, None, Rejection::RoomFull {});
            outputs.close(connection, CloseCode::ROOM_FULL);
            return outputs;
        };
        let cause = Cause::Join {
            connection,
            position,
        };
        self.append(now, seat, Event::Sit { key }, cause)
    }

    /// Lets the holder of `seat` in through `connection`, in place of any older connection.
    pub(super) fn admit(
        &mut self,
        seat: Seat,
        connection: ConnectionId,
        position: Option<Position>,
    ) -> Outputs {
        let mut outputs = Outputs::default();
        let before = self.presence(seat);
        let Some(sitter) = self.places[seat.index()].sitter.as_mut() else {
            return outputs;
        };
        let sees_after = sitter.sees_after;
        for old in sitter.attendance.arrive(connection) {
            outputs.close(old, CloseCode::SUPERSEDED);
        }

        let after = match self.resume(position) {
            Ok(seq) => seq.max(sees_after),
            Err(why) => {
                outputs.send([connection], ServerFrame::Resync { why });
                sees_after
            }
        };
        let welcome = ServerFrame::Welcome {
            seat,
            epoch: self.epoch,
            head: self.head,
            floor: self.floor,
            peer: self.presence(seat.other()),
        };
        outputs.send([connection], welcome);
        if after < self.head {
            outputs.deliveries.push(Delivery::Replay {
                to: connection,
                after,
                upto: self.head,
            });
        }
        if before != self.presence(seat) {
            self.tell_presence(&mut outputs, seat);
        }
        outputs
    }

    /// The last entry a returning client can be believed to have.
    pub(super) fn resume(&self, position: Option<Position>) -> Result<Seq, ResyncReason> {
        match position {
            None => Ok(Seq::START),
            Some(Position { epoch, .. }) if epoch != self.epoch => Err(ResyncReason::EpochChanged),
            Some(Position { seq, .. }) if seq > self.head => Err(ResyncReason::AheadOfJournal),
            Some(Position { seq, .. }) => Ok(seq),
        }
    }

    pub(super) fn frame(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        frame: ClientFrame,
    ) -> Outputs {
        let id = match &frame {
            ClientFrame::Say { id, .. } => Some(*id),
            _ => None,
        };
        let Some(seat) = self.seat_of(connection) else {
            return Outputs::reject(connection, id, Rejection::NotSeated {});
        };
        match self.command(now, connection, seat, frame) {
            Ok(outputs) => outputs,
            Err(rejection) => Outputs::reject(connection, id, rejection),
        }
    }

    pub(super) fn command(
        &mut self,
        now: Timestamp,
        connection: ConnectionId,
        seat: Seat,
        frame: ClientFrame,
    ) -> Result<Outputs, Rejection> {
        let cause = Cause::Frame { connection };
        match frame {
            ClientFrame::Hello { .. } => Err(Rejection::HelloTwice {}),
            ClientFrame::Ping {} => Ok(Outputs::frame([connection], ServerFrame::Pong {})),
            ClientFrame::Typing {} => Ok(Outputs::frame(
                self.connections(seat.other()),
                ServerFrame::Typing { seat },
            )),
            ClientFrame::Leave {} => {
                let reason = LeaveReason::Asked;
                Ok(self.append(now, seat, Event::Leave { reason }, cause))
            }
            ClientFrame::Pass { turn } => {
                self.floor.check(seat, turn)?;
                Ok(self.append(now, seat, Event::Pass { turn }, cause))
            }
            ClientFrame::Say {
                id,
                turn,
                end_turn,
                sealed,
            } => {
                // Before the floor is looked at: the first answer holds although the turn has moved since (I5).
                if let Some(&(seq, at)) = self.said.get(&(seat, id)) {
                    let stored = ServerFrame::Stored { id, seq, at };
                    return Ok(Outputs::frame([connection], stored));
                }
                if sealed.0.len() > MAX_SEALED_BYTES {
                    let limit = MAX_SEALED_BYTES;
                    return Err(Rejection::TooLarge { limit });
                }
                self.floor.check(seat, turn)?;
                let say = Event::Say {
                    id,
                    turn,
                    end_turn,
                    sealed,
                };
                Ok(self.append(now, seat, say, cause))
            }
        }
    }

    /// Asks for the next entry to be made durable.
    pub(super) fn append(
        &mut self,
        now: Timestamp,
        seat: Seat,
        event: Event,
        cause: Cause,
    ) -> Outputs {
        debug_assert!(
            self.pending.is_none(),
            "an append is answered before the next input"
        );
        let entry = Entry {
            seq: self.head.next(),
            at: now,
            seat,
            event,
        };
        self.pending = Some(Pending {
            entry: entry.clone(),
            cause,
        });
        Outputs {
            append: Some(entry),
            ..Outputs::default()
        }
    }
}
