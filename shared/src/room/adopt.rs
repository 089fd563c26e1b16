//! A room between two pages that talk without a server: one of them keeps it, and goes on where both stand.

use super::{Outputs, Room, Rules};
use crate::ids::{Bookmark, ConnectionId, EntryHash, Seat, Seq, Timestamp};
use crate::presence::Attendance;
use crate::record::Record;

impl Room {
    /// Goes on from what a page knows. `hashes`: the hash after each entry it knows, up to the last, with that of the
    /// entry before the first of them in front. `dated`: what the last is dated.
    ///
    /// Nobody comes or goes in such a room, and nobody's absence is held against them: that takes a server (see
    /// [`Event::needs_server`](crate::Event::needs_server)).
    #[must_use]
    pub fn adopt(record: Record, hashes: Vec<EntryHash>, dated: Timestamp, now: Timestamp) -> Self {
        let scope = *record.scope();
        let rules = Rules {
            room: scope.room,
            hold: None,
        };
        let known = u64::try_from(hashes.len()).unwrap_or_default();
        let base = (record.position().seq.0 + 1).saturating_sub(known);
        let attendance = Seat::BOTH.map(|seat| record.key(seat).map(|_| Attendance::absent(now)));
        Self {
            base: Seq(base),
            hashes,
            witnessed: false,
            record,
            dated,
            attendance,
            floor_since: now,
            ..Self::new(rules, scope.epoch)
        }
    }

    /// Lets the page of `seat` in, which goes on from `position`. Who it is the path to it has proven.
    pub fn arrive(
        &mut self,
        now: Timestamp,
        seat: Seat,
        connection: ConnectionId,
        position: Bookmark,
    ) -> Outputs {
        self.admit(now, seat, connection, Some(position))
    }
}
