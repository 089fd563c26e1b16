//! What follows from a fact: an append that succeeded or failed, a time that has come.

use std::time::Duration;

use super::{Cause, Delivery, Outputs, Pending, Room};
use crate::close::CloseCode;
use crate::entry::{Entry, Event, LeaveReason};
use crate::ids::{Seat, Seq, Timestamp};
use crate::rejection::Rejection;
use crate::turn::Floor;
use crate::wire::ServerFrame;

/// A journal that failed is asked again after this long, where nobody waits for the answer.
const RETRY: Duration = Duration::from_secs(1);

impl Room {
    pub(super) fn appended(&mut self, now: Timestamp) -> Outputs {
        let Some(Pending { entries, cause }) = self.pending.take() else {
            return Outputs::default();
        };
        let (before, known) = (*self.floor(), self.position().seq);
        let mut outputs = Outputs::default();
        for entry in entries {
            outputs.merge(self.happened(now, entry, cause));
        }
        if let Cause::Upload { .. } = cause {
            self.replay_to_all(known, &mut outputs);
        }
        let told = |of: &Floor| (of.turn, of.mode, of.pace, of.direct_only);
        if told(self.floor()) != told(&before) {
            outputs.send(self.everyone(), ServerFrame::Turn(*self.floor()));
        }
        outputs.finished = self.is_over();
        outputs
    }

    /// Folds an entry in, and tells everybody what it is for them.
    fn happened(&mut self, now: Timestamp, entry: Entry, cause: Cause) -> Outputs {
        let [mine, theirs] = [entry.seat, entry.seat.other()].map(|seat| self.connections(seat));
        self.apply(&entry, now);
        if let Cause::Upload { .. } = cause {
            return Outputs::default();
        }
        let seat = entry.seat;
        let peer = self.connections(seat.other());
        match (&entry.event, cause) {
            (
                Event::Sit { .. },
                Cause::Join {
                    connection,
                    position,
                },
            ) => {
                let mut outputs = Outputs::frame(peer, ServerFrame::Entry(entry));
                outputs.merge(self.admit(now, seat, connection, position));
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
        }
    }

    /// Shows everybody what there is since `after`. In pages, as each can take them: as frames of their own, the entries
    /// of an upload would be more than may wait for a reader.
    fn replay_to_all(&self, after: Seq, outputs: &mut Outputs) {
        let upto = self.position().seq;
        let everyone = self.everyone().into_iter();
        let replays = everyone.map(|to| Delivery::Replay { to, after, upto });
        outputs.deliveries.extend(replays);
    }

    pub(super) fn not_appended(&mut self, now: Timestamp) -> Outputs {
        let Some(Pending { entries, cause }) = self.pending.take() else {
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
                let id = entries.first().and_then(Entry::message);
                Outputs::reject(connection, id, rejection)
            }
            Cause::Upload { connection } => Outputs::reject(connection, None, rejection),
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
        self.tell_claimable(now, &mut outputs);
        let expired = Seat::BOTH
            .into_iter()
            .find(|&seat| self.expires_at(seat).is_some_and(|at| at <= now));
        if let Some(seat) = expired
            && self.retry_at <= now
        {
            let reason = LeaveReason::Absent;
            // Nobody is there to sign it.
            let entry = self.next_entry(now, seat, Event::Leave { reason }, None);
            outputs.merge(self.append(vec![entry], Cause::Absence));
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
