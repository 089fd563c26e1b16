//! Who is there: live connections counted per seat, and since when there are none.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fields::PresenceFields;

use crate::ids::{ConnectionId, Timestamp};

/// A lost connection is not mentioned for this long: a reload or a change of network is back before.
pub const SILENT_DROP: Duration = Duration::from_secs(5);

/// The same after a page said that it goes, since one that is loaded anew says so too.
pub const SILENT_BYE: Duration = Duration::from_secs(2);

/// What one seat is told about the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", try_from = "PresenceFields")]
pub enum Presence {
    /// Nobody holds the seat.
    Vacant {},
    /// Somebody holds the seat and is connected.
    Here {},
    /// Somebody holds the seat and is not connected. The seat is kept.
    Away {
        /// When the last connection went.
        since: Timestamp,
    },
}

/// The connections of one taken seat.
#[derive(Clone, Debug)]
pub(crate) struct Attendance {
    connections: BTreeSet<ConnectionId>,
    /// When the last connection went; meaningful while there is none.
    gone_since: Timestamp,
    /// Whether the other seat was told of the absence, or needs no telling.
    announced: bool,
    /// Since when somebody has been connected; meaningful while there is a connection.
    here_since: Timestamp,
    /// Whether they said that they go.
    bye: bool,
}

impl Attendance {
    /// A seat whose person has yet to connect, counted as absent from now. Nobody is told: nobody saw it here.
    pub(crate) fn absent(now: Timestamp) -> Self {
        Self {
            connections: BTreeSet::new(),
            gone_since: now,
            announced: true,
            here_since: now,
            bye: false,
        }
    }

    /// Adds a connection and answers those it takes the place of: the newest wins.
    pub(crate) fn arrive(
        &mut self,
        connection: ConnectionId,
        now: Timestamp,
    ) -> BTreeSet<ConnectionId> {
        // Of a connection that is superseded nobody knows how long it has been dead.
        self.here_since = now;
        (self.announced, self.bye) = (false, false);
        let mut superseded = std::mem::replace(&mut self.connections, BTreeSet::from([connection]));
        superseded.remove(&connection);
        superseded
    }

    /// Takes a connection out.
    pub(crate) fn depart(&mut self, connection: ConnectionId, now: Timestamp) {
        if self.connections.remove(&connection) && self.connections.is_empty() {
            self.gone_since = now;
        }
    }

    /// Takes everybody out: they said that they go.
    pub(crate) fn bye(&mut self, now: Timestamp) {
        self.connections.clear();
        (self.gone_since, self.bye) = (now, true);
    }

    /// Nobody knows how much time has passed: all of it counts from now.
    pub(crate) fn recount(&mut self, now: Timestamp) {
        (self.gone_since, self.here_since) = (now, now);
    }

    /// Since when somebody has been here.
    pub(crate) fn here_since(&self) -> Option<Timestamp> {
        (!self.connections.is_empty()).then_some(self.here_since)
    }

    /// Since when nobody has been here, and whether they said that they go.
    pub(crate) fn away_since(&self) -> Option<(Timestamp, bool)> {
        self.connections
            .is_empty()
            .then_some((self.gone_since, self.bye))
    }

    /// The live connections.
    pub(crate) fn connections(&self) -> &BTreeSet<ConnectionId> {
        &self.connections
    }

    /// What the other seat is to see.
    pub(crate) fn presence(&self) -> Presence {
        if self.connections.is_empty() && self.announced {
            Presence::Away {
                since: self.gone_since,
            }
        } else {
            Presence::Here {}
        }
    }

    /// When the other seat is to be told that this one is away.
    pub(crate) fn announce_at(&self) -> Option<Timestamp> {
        let silent = if self.bye { SILENT_BYE } else { SILENT_DROP };
        (self.connections.is_empty() && !self.announced).then(|| self.gone_since.after(silent))
    }

    /// Notes that the absence is told from here on.
    pub(crate) fn announce(&mut self) {
        self.announced = true;
    }

    /// When the absence has lasted for `hold`.
    pub(crate) fn absent_for(&self, hold: Duration) -> Option<Timestamp> {
        self.connections
            .is_empty()
            .then(|| self.gone_since.after(hold))
    }
}
