//! Who has the floor, and what moves it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{RoomId, Seat, Seq, Turn};
use crate::rejection::Rejection;

/// Messages one may say in one turn before the floor passes by itself.
pub const MAX_ENTRIES_A_TURN: u8 = 20;

/// How the floor is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One speaks, the other waits; the floor changes hands.
    Strict,
    /// Both speak as they like.
    Free,
}

/// How long who holds the floor may be away before the other may take it. Thinking is never measured, only absence
/// while the other is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// A minute.
    Live,
    /// Ten minutes.
    Relaxed,
    /// A day.
    Correspondence,
    /// For ever.
    Letters,
}

/// A minute becomes this after somebody said that they go. Where longer times were agreed on, going is what one does.
const AFTER_BYE: Duration = Duration::from_secs(15);

impl Pace {
    /// All of them, the quickest first.
    pub const ALL: [Pace; 4] = [
        Pace::Live,
        Pace::Relaxed,
        Pace::Correspondence,
        Pace::Letters,
    ];

    /// How long the holder of the floor has to be away; `None`: the floor is never taken. `bye`: they said that they go.
    #[must_use]
    pub fn claim_after(self, bye: bool) -> Option<Duration> {
        Some(match self {
            Pace::Live if bye => AFTER_BYE,
            Pace::Live => Duration::from_secs(60),
            Pace::Relaxed => Duration::from_secs(10 * 60),
            Pace::Correspondence => Duration::from_secs(24 * 60 * 60),
            Pace::Letters => return None,
        })
    }
}

/// Where what is said is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// On the server, and in both pages.
    Server,
    /// In the two pages alone, which talk directly. The server passes their signals on.
    Pages,
}

/// What the two can agree to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// How the floor is shared.
    Mode(Mode),
    /// How long an absence holds it.
    Pace(Pace),
    /// Where what is said is kept.
    Store(Store),
}

impl Change {
    /// Whether it is the server that is wanted back. That is for one alone to say: the two may find no other path to each
    /// other, and nobody could answer.
    #[must_use]
    pub fn is_back_to_server(self) -> bool {
        self == Change::Store(Store::Server)
    }
}

/// What began the present turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TurnCause {
    /// The room's first turn.
    Start,
    /// The other spoke and was done.
    Said,
    /// The other handed the floor over without a word.
    Passed,
    /// The other was away, and the floor was taken.
    Claimed,
    /// Talking freely came to an end.
    ModeChange,
}

/// The right to speak: in strict turns at most one seat holds it (invariant I2), under a turn number that only grows (I3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// The present turn.
    pub turn: Turn,
    /// Who may speak. While both may: who is to begin when turns are taken again, which is whoever did not speak last.
    pub holder: Seat,
    /// How the floor is shared.
    pub mode: Mode,
    /// What began this turn.
    pub cause: TurnCause,
    /// Messages said in this turn so far.
    pub said: u8,
    /// How long an absence holds the floor.
    pub pace: Pace,
    /// While the two have the server store nothing: the entry since which it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_only: Option<Seq>,
}

impl Floor {
    /// Of a new room. At the table the two are there at the same time; a conversation is come back to.
    #[must_use]
    pub fn new(room: RoomId) -> Self {
        Self {
            turn: Turn::FIRST,
            holder: Seat::One,
            mode: Mode::Strict,
            cause: TurnCause::Start,
            said: 0,
            pace: Self::pace_of(room),
            direct_only: None,
        }
    }

    fn pace_of(room: RoomId) -> Pace {
        match room {
            RoomId::Table => Pace::Live,
            RoomId::Conversation(_) => Pace::Relaxed,
        }
    }

    /// Whether `seat` may speak now.
    #[must_use]
    pub fn is_open_to(&self, seat: Seat) -> bool {
        self.mode == Mode::Free || self.holder == seat
    }

    /// Whether `seat` may speak in `turn`.
    ///
    /// # Errors
    /// [`Rejection::NotYourTurn`] when the other seat holds the floor, [`Rejection::StaleTurn`] when this seat may speak,
    /// but in another turn (invariant I3).
    pub fn check(&self, seat: Seat, turn: Turn) -> Result<(), Rejection> {
        let Floor {
            turn: present,
            holder,
            ..
        } = *self;
        if !self.is_open_to(seat) {
            return Err(Rejection::NotYourTurn {
                turn: present,
                holder,
            });
        }
        if turn != present {
            return Err(Rejection::StaleTurn {
                turn: present,
                holder,
            });
        }
        Ok(())
    }

    /// Whether `seat` may hand over the floor it holds in `turn`.
    ///
    /// # Errors
    /// As for [`Floor::check`]; [`Rejection::NoTurns`] while both may speak.
    pub fn check_pass(&self, seat: Seat, turn: Turn) -> Result<(), Rejection> {
        match self.mode {
            Mode::Free => Err(Rejection::NoTurns {}),
            Mode::Strict => self.check(seat, turn),
        }
    }

    /// Whether `seat` waits for the floor in `turn`: then it can ask for it, or take it from somebody who is away.
    ///
    /// # Errors
    /// [`Rejection::NoTurns`] while both may speak, [`Rejection::YourTurn`] from the holder, [`Rejection::StaleTurn`] in
    /// another turn.
    pub fn check_waiting(&self, seat: Seat, turn: Turn) -> Result<(), Rejection> {
        let Floor {
            turn: present,
            holder,
            ..
        } = *self;
        if self.mode == Mode::Free {
            return Err(Rejection::NoTurns {});
        }
        if turn != present {
            return Err(Rejection::StaleTurn {
                turn: present,
                holder,
            });
        }
        if seat == holder {
            return Err(Rejection::YourTurn {});
        }
        Ok(())
    }

    /// Where what is said is kept.
    #[must_use]
    pub fn store(&self) -> Store {
        match self.direct_only {
            Some(_) => Store::Pages,
            None => Store::Server,
        }
    }

    /// Whether `change` would change nothing.
    #[must_use]
    pub fn is_already(&self, change: Change) -> bool {
        match change {
            Change::Mode(mode) => self.mode == mode,
            Change::Pace(pace) => self.pace == pace,
            Change::Store(store) => self.store() == store,
        }
    }

    /// `seat` said something; in strict turns the floor passes with `end_turn`, or at the limit.
    pub(crate) fn say(&mut self, seat: Seat, end_turn: bool) {
        // A hub can claim any number.
        self.said = self.said.saturating_add(1);
        match self.mode {
            Mode::Free => self.holder = seat.other(),
            Mode::Strict if end_turn || self.said >= MAX_ENTRIES_A_TURN => {
                self.hand_over(TurnCause::Said);
            }
            Mode::Strict => {}
        }
    }

    /// The holder handed the floor over.
    pub(crate) fn pass(&mut self) {
        self.hand_over(TurnCause::Passed);
    }

    /// The other took the floor from a holder who is away.
    pub(crate) fn claim(&mut self) {
        self.hand_over(TurnCause::Claimed);
    }

    /// The two agreed, with entry `seq`.
    pub(crate) fn change(&mut self, change: Change, seq: Seq) {
        match change {
            _ if self.is_already(change) => {}
            Change::Store(Store::Pages) => self.direct_only = Some(seq),
            Change::Store(Store::Server) => self.direct_only = None,
            Change::Pace(pace) => self.pace = pace,
            // The turn's number stays, so that what was written for it can still be said.
            Change::Mode(Mode::Free) => {
                (self.mode, self.holder, self.said) = (Mode::Free, Seat::One, 0);
            }
            // What was written while both spoke is no message of the turn that begins.
            Change::Mode(Mode::Strict) => self.take_turns(),
        }
    }

    /// Whether nothing is agreed, as when one of the two is gone.
    pub(crate) fn is_unagreed(&self, room: RoomId) -> bool {
        (self.mode, self.pace, self.direct_only) == (Mode::Strict, Self::pace_of(room), None)
    }

    /// One of the two is gone, and with them what they had agreed on.
    pub(crate) fn part(&mut self, room: RoomId) {
        self.pace = Self::pace_of(room);
        self.direct_only = None;
        if self.mode == Mode::Free {
            self.take_turns();
        }
    }

    fn take_turns(&mut self) {
        *self = Floor {
            turn: self.turn.next(),
            mode: Mode::Strict,
            cause: TurnCause::ModeChange,
            said: 0,
            ..*self
        };
    }

    fn hand_over(&mut self, cause: TurnCause) {
        *self = Floor {
            turn: self.turn.next(),
            holder: self.holder.other(),
            cause,
            said: 0,
            ..*self
        };
    }
}

#[cfg(test)]
mod tests;
