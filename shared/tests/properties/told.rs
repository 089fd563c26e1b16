//! The floor as the journal alone tells it.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use shared::{Change, Entry, Event, Floor, MAX_ENTRIES_A_TURN, Mode, Pace, RoomId, Seat, Store};

#[derive(Clone, Debug)]
pub(crate) struct Told {
    turn: u64,
    holder: Seat,
    mode: Mode,
    pace: Pace,
    direct_only: Option<u64>,
    said_in_turn: u8,
    proposed: [Option<(u64, Change)>; 2],
}

/// By what everybody is told. What is proposed the floor does not say.
impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        let floor = |of: &Self| (of.turn, of.holder, of.mode, of.pace, of.direct_only);
        floor(self) == floor(other)
    }
}

fn usual(room: RoomId) -> Pace {
    match room {
        RoomId::Table => Pace::Live,
        RoomId::Conversation(_) => Pace::Relaxed,
    }
}

impl Told {
    pub(crate) fn new(room: RoomId) -> Self {
        Self {
            turn: 1,
            holder: Seat::One,
            mode: Mode::Strict,
            pace: usual(room),
            direct_only: None,
            said_in_turn: 0,
            proposed: [None; 2],
        }
    }

    pub(crate) fn by(floor: &Floor) -> Self {
        Self {
            turn: floor.turn.0,
            holder: floor.holder,
            mode: floor.mode,
            pace: floor.pace,
            direct_only: floor.direct_only.map(|seq| seq.0),
            said_in_turn: floor.said,
            proposed: [None; 2],
        }
    }

    /// Takes in an entry that is neither an arrival nor a departure.
    pub(crate) fn read(&mut self, entry: &Entry) -> Result<(), TestCaseError> {
        let seat = entry.seat;
        let [mine, theirs] = [seat.index(), seat.other().index()];
        match entry.event {
            Event::Say {
                turn,
                end_turn,
                seen,
                ..
            } => {
                prop_assert_eq!(turn.0, self.turn, "I3: now");
                prop_assert!(
                    seen.is_none_or(|seen| seen < entry.seq),
                    "nobody sees the future"
                );
                if self.mode == Mode::Free {
                    self.holder = seat.other();
                    return Ok(());
                }
                prop_assert_eq!(seat, self.holder, "I2: the holder");
                self.said_in_turn += 1;
                if end_turn || self.said_in_turn == MAX_ENTRIES_A_TURN {
                    self.hand_over();
                }
            }
            Event::Pass { turn } => {
                prop_assert_eq!((turn.0, seat), (self.turn, self.holder), "I2, I3");
                prop_assert_eq!(self.mode, Mode::Strict);
                self.hand_over();
            }
            Event::Claim { turn } => {
                prop_assert_eq!((turn.0, seat.other()), (self.turn, self.holder), "I3");
                prop_assert_eq!(self.mode, Mode::Strict);
                self.hand_over();
            }
            Event::Propose { change } => {
                prop_assert!(!self.is_so(change), "something to change");
                if change == Change::Store(Store::Server) {
                    self.agree(change, entry);
                    return Ok(());
                }
                prop_assert_eq!(self.proposed[mine], None, "one at a time");
                self.proposed[mine] = Some((entry.seq.0, change));
                if self.proposed[theirs].is_some_and(|(_, other)| other == change) {
                    self.agree(change, entry);
                }
            }
            Event::Accept { proposal } => {
                let standing = self.proposed[theirs].filter(|(seq, _)| *seq == proposal.0);
                prop_assert!(standing.is_some(), "I7: nothing changes by itself");
                self.agree(standing.expect("looked at").1, entry);
            }
            Event::Decline { proposal } => {
                let standing = self.proposed[theirs].take();
                prop_assert_eq!(standing.map(|(seq, _)| seq), Some(proposal.0));
            }
            Event::Withdraw { proposal } => {
                let standing = self.proposed[mine].take();
                prop_assert_eq!(standing.map(|(seq, _)| seq), Some(proposal.0));
            }
            ref other => panic!("of who sits: {other:?}"),
        }
        Ok(())
    }

    /// One of the two is gone.
    pub(crate) fn part(&mut self, room: RoomId) {
        self.proposed = [None; 2];
        (self.pace, self.direct_only) = (usual(room), None);
        if self.mode == Mode::Free {
            self.take_turns();
        }
    }

    fn is_so(&self, change: Change) -> bool {
        let store = match self.direct_only {
            Some(_) => Store::Pages,
            None => Store::Server,
        };
        [
            Change::Mode(self.mode),
            Change::Pace(self.pace),
            Change::Store(store),
        ]
        .contains(&change)
    }

    fn agree(&mut self, change: Change, with: &Entry) {
        match change {
            Change::Store(Store::Pages) => self.direct_only = Some(with.seq.0),
            Change::Store(Store::Server) => self.direct_only = None,
            Change::Pace(pace) => self.pace = pace,
            Change::Mode(Mode::Free) => (self.mode, self.holder) = (Mode::Free, Seat::One),
            Change::Mode(Mode::Strict) => self.take_turns(),
        }
        self.proposed = self
            .proposed
            .map(|proposed| proposed.filter(|(_, change)| !self.is_so(*change)));
    }

    fn take_turns(&mut self) {
        (self.mode, self.turn, self.said_in_turn) = (Mode::Strict, self.turn + 1, 0);
    }

    fn hand_over(&mut self) {
        (self.turn, self.holder, self.said_in_turn) = (self.turn + 1, self.holder.other(), 0);
    }
}
