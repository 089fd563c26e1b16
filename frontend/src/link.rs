//! The path to the hub as a state machine: when to connect, ask for a sign of life, give up a socket, and try again.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use shared::{CloseCode, Rejection, ServerFrame, Timestamp};

use crate::backoff;
use crate::json::{FromJson, of, variant};

/// A socket that has not brought a frame by then is given up.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Silence after which the hub is asked whether it is there.
const IDLE: Duration = Duration::from_secs(20);
/// How long it may take to answer; with [`IDLE`], silence of 45 seconds is the end.
const PATIENCE: Duration = Duration::from_secs(25);
/// How long it may take when there is reason for doubt: the network or the page came back.
const PROBE: Duration = Duration::from_secs(4);
/// A page nobody looks at waits at least this long between two tries, and up to half as long again, by chance.
const HIDDEN_WAIT: Duration = Duration::from_secs(20);
/// A connection that lasted this long makes the next waits short again.
const STEADY: Duration = Duration::from_secs(5);

/// After more failures than this, "it restarts" is no longer a likely explanation.
const RESTART_TRIES: u32 = 5;

/// Why there will be no further try of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Stop {
    /// The seat was opened elsewhere.
    Superseded,
    /// Both seats are taken by others.
    RoomFull,
    /// This server keeps no table.
    NoTable,
    /// The link was used or replaced.
    NotInvited,
    /// The person gave the seat up.
    Left,
    /// Whoever made the link took the seat back.
    Withdrawn,
    /// The seat goes on under another key, on another device.
    Reseated,
    /// The conversation is over for good.
    Over,
    /// The hub showed what cannot be believed.
    Doubt,
    /// The browser cannot make a key to sit with.
    NoKey,
    /// Anything else that says "do not come back".
    Ended(CloseCode),
}

impl From<CloseCode> for Stop {
    fn from(code: CloseCode) -> Self {
        match code {
            CloseCode::SUPERSEDED => Stop::Superseded,
            CloseCode::ROOM_FULL => Stop::RoomFull,
            CloseCode::NO_TABLE => Stop::NoTable,
            CloseCode::LEFT => Stop::Left,
            CloseCode::NOT_INVITED => Stop::NotInvited,
            CloseCode::WITHDRAWN => Stop::Withdrawn,
            CloseCode::RESEATED => Stop::Reseated,
            CloseCode::ROOM_OVER => Stop::Over,
            other => Stop::Ended(other),
        }
    }
}

/// What the page shows of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Path {
    /// Connecting, for the first time or again.
    Connecting {
        /// Whether a try failed before.
        again: bool,
    },
    /// The hub speaks.
    Up,
    /// Between two tries.
    Waiting {
        /// When the next one is due.
        until: Timestamp,
        /// Whether the hub said that it restarts.
        restarting: bool,
    },
    /// No further try of its own accord.
    Stopped(Stop),
}

impl FromJson for Stop {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "Superseded" => Self::Superseded,
            "RoomFull" => Self::RoomFull,
            "NoTable" => Self::NoTable,
            "NotInvited" => Self::NotInvited,
            "Left" => Self::Left,
            "Withdrawn" => Self::Withdrawn,
            "Reseated" => Self::Reseated,
            "Over" => Self::Over,
            "Doubt" => Self::Doubt,
            "NoKey" => Self::NoKey,
            "Ended" => Self::Ended(FromJson::from_json(content)?),
            _ => return None,
        })
    }
}

impl FromJson for Path {
    fn from_json(json: &Value) -> Option<Self> {
        let (name, content) = variant(json)?;
        Some(match name {
            "Connecting" => of!(content, Self::Connecting { again }),
            "Up" => Self::Up,
            "Waiting" => of!(content, Self::Waiting { until, restarting }),
            "Stopped" => Self::Stopped(FromJson::from_json(content)?),
            _ => return None,
        })
    }
}

/// What happens to the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The person wants it: at the start, or once more after a stop.
    Wanted,
    /// A frame came.
    Heard,
    /// The hub said that it is going down.
    Draining,
    /// This connection has no seat any more; coming back gets it again.
    Unseated,
    /// What the hub showed cannot be believed.
    Doubted,
    /// Another connection is wanted in place of the one there is.
    Anew,
    /// The socket closed.
    Closed(CloseCode),
    /// The network came back, or the page was shown again from the browser's memory.
    Doubt,
    /// The page was shown or hidden.
    Visible(bool),
    /// The time that [`Link::next_wake`] named has come.
    Woke,
}

impl Happening {
    /// What a frame says of the path itself, besides that it came.
    #[must_use]
    pub fn told_by(frame: &ServerFrame) -> Option<Self> {
        match frame {
            ServerFrame::Draining {} => Some(Happening::Draining),
            // The refusal says all; its close code may get lost on the way.
            ServerFrame::Rejected {
                id: None,
                rejection,
            } => {
                let code = match rejection {
                    Rejection::RoomFull {} => CloseCode::ROOM_FULL,
                    Rejection::NoTable {} => CloseCode::NO_TABLE,
                    Rejection::RoomOver {} => CloseCode::ROOM_OVER,
                    Rejection::NotInvited {} => CloseCode::NOT_INVITED,
                    _ => return None,
                };
                Some(Happening::Closed(code))
            }
            _ => None,
        }
    }
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Open a socket.
    Open,
    /// Drop the socket; it will not be heard of again.
    Drop,
    /// Ask for a sign of life.
    Ping,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Connecting {
        until: Timestamp,
    },
    Up {
        since: Timestamp,
        heard: Timestamp,
        answer_by: Option<Timestamp>,
    },
    Waiting {
        until: Timestamp,
    },
    Stopped(Option<Stop>),
}

/// The path to the hub. Time and chance are arguments, so that it can be tested without either.
#[derive(Clone, Debug)]
pub struct Link {
    phase: Phase,
    failures: u32,
    visible: bool,
    draining: bool,
}

impl Link {
    /// A path nobody has asked for yet.
    #[must_use]
    pub fn new(visible: bool) -> Self {
        Self {
            phase: Phase::Stopped(None),
            failures: 0,
            visible,
            draining: false,
        }
    }

    /// What to show.
    #[must_use]
    pub fn path(&self) -> Path {
        let again = self.failures > 0;
        match self.phase {
            Phase::Connecting { .. } | Phase::Stopped(None) => Path::Connecting { again },
            Phase::Up { .. } => Path::Up,
            Phase::Waiting { until } => Path::Waiting {
                until,
                restarting: self.draining,
            },
            Phase::Stopped(Some(stop)) => Path::Stopped(stop),
        }
    }

    /// When [`Happening::Woke`] is due, if nothing happens before.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Connecting { until } | Phase::Waiting { until } => Some(until),
            Phase::Up {
                answer_by, heard, ..
            } => Some(answer_by.unwrap_or_else(|| heard.after(IDLE))),
            Phase::Stopped(_) => None,
        }
    }

    /// Takes in what happened and says what to do, in order. `chance` is a random number from 0 to 1.
    #[must_use]
    pub fn handle(&mut self, now: Timestamp, chance: f64, happening: Happening) -> Vec<Deed> {
        match happening {
            Happening::Wanted => self.wanted(now),
            Happening::Heard => {
                self.heard(now);
                vec![]
            }
            Happening::Draining => {
                self.draining = true;
                vec![]
            }
            Happening::Unseated => self.fail(now, chance),
            Happening::Doubted => {
                self.phase = Phase::Stopped(Some(Stop::Doubt));
                vec![Deed::Drop]
            }
            Happening::Anew => self.anew(now),
            Happening::Closed(code) => self.closed(now, chance, code),
            Happening::Doubt => self.doubt(now),
            Happening::Visible(visible) => {
                let shown = visible && !self.visible;
                self.visible = visible;
                if shown { self.doubt(now) } else { vec![] }
            }
            Happening::Woke => self.woke(now, chance),
        }
    }

    fn wanted(&mut self, now: Timestamp) -> Vec<Deed> {
        match self.phase {
            Phase::Stopped(_) | Phase::Waiting { .. } => self.connect(now),
            Phase::Connecting { .. } | Phase::Up { .. } => vec![],
        }
    }

    /// No failure: whoever looks at the path need not be told of one.
    fn anew(&mut self, now: Timestamp) -> Vec<Deed> {
        match self.phase {
            Phase::Connecting { .. } | Phase::Up { .. } => {
                self.failures = 0;
                let mut deeds = vec![Deed::Drop];
                deeds.append(&mut self.connect(now));
                deeds
            }
            Phase::Waiting { .. } | Phase::Stopped(_) => vec![],
        }
    }

    fn connect(&mut self, now: Timestamp) -> Vec<Deed> {
        let until = now.after(CONNECT_LIMIT);
        self.phase = Phase::Connecting { until };
        vec![Deed::Open]
    }

    fn heard(&mut self, now: Timestamp) {
        let since = match self.phase {
            Phase::Connecting { .. } => {
                self.draining = false;
                now
            }
            Phase::Up { since, .. } => since,
            Phase::Waiting { .. } | Phase::Stopped(_) => return,
        };
        self.phase = Phase::Up {
            since,
            heard: now,
            answer_by: None,
        };
    }

    fn closed(&mut self, now: Timestamp, chance: f64, code: CloseCode) -> Vec<Deed> {
        match self.phase {
            Phase::Connecting { .. } | Phase::Up { .. } => {}
            Phase::Waiting { .. } | Phase::Stopped(_) => return vec![],
        }
        self.draining |= code == CloseCode::DRAINING;
        if code.should_reconnect() {
            self.fail(now, chance)
        } else {
            self.phase = Phase::Stopped(Some(code.into()));
            vec![Deed::Drop]
        }
    }

    fn doubt(&mut self, now: Timestamp) -> Vec<Deed> {
        match &mut self.phase {
            Phase::Waiting { .. } => self.connect(now),
            Phase::Up { answer_by, .. } => {
                let probe = now.after(PROBE);
                *answer_by = Some(answer_by.map_or(probe, |by| by.min(probe)));
                vec![Deed::Ping]
            }
            Phase::Connecting { .. } | Phase::Stopped(_) => vec![],
        }
    }

    /// Only a question that stays without an answer ends a socket: the clock of a hidden page is slow, and a late
    /// look at it must not take its own sleep for the hub's silence.
    fn woke(&mut self, now: Timestamp, chance: f64) -> Vec<Deed> {
        if self.next_wake().is_none_or(|at| at > now) {
            return vec![];
        }
        match &mut self.phase {
            Phase::Waiting { .. } => self.connect(now),
            Phase::Up {
                answer_by: answer_by @ None,
                ..
            } => {
                *answer_by = Some(now.after(PATIENCE));
                vec![Deed::Ping]
            }
            Phase::Connecting { .. } | Phase::Up { .. } => self.fail(now, chance),
            Phase::Stopped(_) => vec![],
        }
    }

    fn fail(&mut self, now: Timestamp, chance: f64) -> Vec<Deed> {
        if let Phase::Up { since, .. } = self.phase
            && since.after(STEADY) <= now
        {
            self.failures = 0;
        }
        let mut wait = backoff::wait(self.failures, chance);
        if !self.visible {
            wait = HIDDEN_WAIT.mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0);
        }
        self.failures = self.failures.saturating_add(1);
        self.draining &= self.failures <= RESTART_TRIES;
        let until = now.after(wait);
        self.phase = Phase::Waiting { until };
        vec![Deed::Drop]
    }
}

#[cfg(test)]
mod tests;
