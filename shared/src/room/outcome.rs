//! What follows from a fact: an append that succeeded or failed, a time that has come.

use std::time::Duration;

use super::{Cause, Outputs, Pending, Room};
use crate::close::CloseCode;
use crate::entry::{Event, LeaveReason};
use crate::ids::{Seat, Timestamp};
use crate::rejection::Rejection;
use crate::wire::ServerFrame;

/// A journal that failed is asked again after this long, where nobody waits for the answer.
const RETRY: Duration = Duration::from_secs(1);

impl Room {
    pub(super) fn appended(&mut self, now: Timestamp) -> Outputs {
        let Some(Pending { entry, cause }) = self.pending.take() else {
            return Outputs::default();
        };
        let [mine, theirs] = [entry.seat, entry.seat.other()].map(|seat| self.connections(seat));
        let turn_before = self.floor().turn;
        self.apply(&entry, now);

        let seat = entry.seat;
        let peer = self.connections(seat.other());
        let mut outputs = match (&entry.event, cause) {
            (
                Event::Sit { .. },
                Cause::Join {
                    connection,
                    position,
                },
            ) => {
                let mut outputs = Outputs::frame(peer, ServerFrame::Entry(entry));
                outputs.merge(self.admit(seat, connection, position));
                outputs
            }
            (&Event::Say { id, .. }, Cause::Frame { connection }) => {
                let (seq, at) = (entry.seq, entry.at);
                let mut outputs = Outputs::frame([connection], ServerFrame::Stored { id, seq, at });
                outputs.send(peer, ServerFrame::Entry(entry));
                outputs
            }
            (Event::Leave { .. }, _) => {
                let mut outputs = Outputs::frame(peer, ServerFrame::Entry(entry));
                self.tell_presence(&mut outputs, seat);
                outputs.close_all(mine, CloseCode::LEFT);
                outputs
            }
            (Event::Invite { .. } | Event::Reseat { .. }, _) => {
                let code = match entry.event {
                    Event::Invite { .. } => CloseCode::WITHDRAWN,
                    _ => CloseCode::RESEATED,
                };
                let mut outputs = Outputs::frame(mine, ServerFrame::Entry(entry));
                self.tell_presence(&mut outputs, seat.other());
                outputs.close_all(theirs, code);
                outputs
            }
            _ => Outputs::frame(self.everyone(), ServerFrame::Entry(entry)),
        };
        if self.floor().turn != turn_before {
            outputs.send(self.everyone(), ServerFrame::Turn(*self.floor()));
        }
        outputs.finished = self.is_over();
        outputs
    }

    pub(super) fn not_appended(&mut self, now: Timestamp) -> Outputs {
        let Some(Pending { entry, cause }) = self.pending.take() else {
            return Outputs::default();
        };
        let rejection = Rejection::JournalUnavailable {};
        match cause {
            Cause::Join { connection, .. } => {
                let mut outputs = Outputs::reject(connection, None, rejection);
                outputs.close(connection, CloseCode::UNAVAILABLE);
                outputs
            }
            Cause::Frame { connection } => {
                let id = match entry.event {
                    Event::Say { id, .. } => Some(id),
                    _ => None,
                };
                Outputs::reject(connection, id, rejection)
            }
            Cause::Absence => {
                self.retry_at = now.after(RETRY);
                Outputs::default()
            }
        }
    }

    pub(super) fn wake(&mut self, now: Timestamp) -> Outputs {
        let mut outputs = Outputs::default();
        for seat in Seat::BOTH {
            let Some(attendance) = self.attendance[seat.index()].as_mut() else {
                continue;
            };
            if attendance.announce_at().is_some_and(|at| at <= now) {
                attendance.announce();
                self.tell_presence(&mut outputs, seat);
            }
        }
        let expired = Seat::BOTH
            .into_iter()
            .find(|&seat| self.expires_at(seat).is_some_and(|at| at <= now));
        if let Some(seat) = expired
            && self.retry_at <= now
        {
            let reason = LeaveReason::Absent;
            // Nobody is there to sign it.
            let entry = self.next_entry(now, seat, Event::Leave { reason }, None);
            outputs.merge(self.append(entry, Cause::Absence));
        }
        outputs
    }

    pub(super) fn tell_presence(&self, outputs: &mut Outputs, seat: Seat) {
        let presence = self.presence(seat);
        outputs.send(
            self.connections(seat.other()),
            ServerFrame::Presence { seat, presence },
        );
    }
}
