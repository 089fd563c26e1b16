//! Who has the floor, and what moves it.

use serde::{Deserialize, Serialize};

use crate::ids::{Seat, Turn};
use crate::rejection::Rejection;

/// Messages one may say in one turn before the floor passes by itself.
pub const MAX_ENTRIES_A_TURN: u8 = 20;

/// How the floor is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One speaks, the other waits; the floor changes hands.
    Strict,
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
}

/// The right to speak: at most one seat holds it (invariant I2), under a turn number that only grows (I3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    /// The present turn.
    pub turn: Turn,
    /// Who may speak.
    pub holder: Seat,
    /// How the floor is shared.
    pub mode: Mode,
    /// What began this turn.
    pub cause: TurnCause,
    /// Messages said in this turn so far.
    pub said: u8,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            turn: Turn::FIRST,
            holder: Seat::One,
            mode: Mode::Strict,
            cause: TurnCause::Start,
            said: 0,
        }
    }
}

impl Floor {
    /// Whether `seat` may speak or pass in `turn`.
    ///
    /// # Errors
    /// [`Rejection::NotYourTurn`] when the other seat holds the floor, [`Rejection::StaleTurn`] when this seat does,
    /// but in another turn (invariant I3).
    pub fn check(&self, seat: Seat, turn: Turn) -> Result<(), Rejection> {
        let Floor {
            turn: present,
            holder,
            ..
        } = *self;
        if seat != holder {
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

    /// The holder said something; with `end_turn`, or at the limit, the floor passes.
    pub(crate) fn say(&mut self, end_turn: bool) {
        // A hub can claim any number.
        self.said = self.said.saturating_add(1);
        if end_turn || self.said >= MAX_ENTRIES_A_TURN {
            self.hand_over(TurnCause::Said);
        }
    }

    /// The holder handed the floor over.
    pub(crate) fn pass(&mut self) {
        self.hand_over(TurnCause::Passed);
    }

    fn hand_over(&mut self, cause: TurnCause) {
        *self = Floor {
            turn: self.turn.next(),
            holder: self.holder.other(),
            mode: self.mode,
            cause,
            said: 0,
        };
    }
}
