//! The log, read by itself: who sits, whose turn it is and what was said, as plainly as it can be told.

use std::collections::BTreeSet;

use shared::{Entry, EntryId, Event, LeaveReason, MAX_ENTRIES_A_TURN, Room, Rules, Seat, SeatKey};

#[derive(Clone, Debug)]
pub(crate) struct Tally {
    rules: Rules,
    seated: [Option<SeatKey>; 2],
    turn: u64,
    holder: Seat,
    said_in_turn: u8,
    names: BTreeSet<(Seat, EntryId)>,
}

impl Tally {
    pub(crate) fn new(rules: Rules) -> Self {
        Self {
            rules,
            seated: [None; 2],
            turn: 1,
            holder: Seat::One,
            said_in_turn: 0,
            names: BTreeSet::new(),
        }
    }

    /// Takes in the next entry, which must be allowed.
    pub(crate) fn read(&mut self, entry: &Entry) {
        let seat = entry.seat;
        let [mine, theirs] = [seat, seat.other()].map(Seat::index);
        match &entry.event {
            Event::Sit { key, .. } => {
                assert!(
                    self.seated[mine].is_none(),
                    "I1: a taken seat is not given away"
                );
                self.seated[mine] = Some(*key);
            }
            Event::Leave { reason } => {
                assert!(self.seated[mine].take().is_some(), "I1: nobody sat there");
                let by_time = *reason == LeaveReason::Absent;
                assert!(
                    !by_time || self.rules.hold.is_some(),
                    "I7: no timer frees a seat"
                );
            }
            Event::Say {
                id, turn, end_turn, ..
            } => {
                self.in_turn(seat, turn.0);
                assert!(self.names.insert((seat, *id)), "I5: said twice");
                self.said_in_turn += 1;
                if *end_turn || self.said_in_turn == MAX_ENTRIES_A_TURN {
                    self.hand_over();
                }
            }
            Event::Pass { turn } => {
                self.in_turn(seat, turn.0);
                self.hand_over();
            }
            Event::Invite { .. } => self.seated[theirs] = None,
            Event::Reseat { key, .. } => {
                assert!(self.seated[theirs].is_some(), "I1: nobody sat there");
                self.seated[theirs] = Some(*key);
            }
        }
        let [one, two] = self.seated;
        assert!(one.is_none() || one != two, "I1: nobody sits twice");
    }

    fn in_turn(&self, seat: Seat, turn: u64) {
        assert_eq!(
            (turn, seat),
            (self.turn, self.holder),
            "I2, I3: the holder, now"
        );
    }

    fn hand_over(&mut self) {
        (self.turn, self.holder, self.said_in_turn) = (self.turn + 1, self.holder.other(), 0);
    }

    /// The room tells the same story.
    pub(crate) fn agrees_with(&self, room: &Room) {
        let floor = room.floor();
        assert_eq!(
            (floor.turn.0, floor.holder, floor.said),
            (self.turn, self.holder, self.said_in_turn),
            "I2, I3: whose turn it is"
        );
        assert_eq!(
            Seat::BOTH.map(|seat| room.key(seat)),
            self.seated,
            "I1: who sits"
        );
    }
}
