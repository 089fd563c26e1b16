//! The log, read by itself: who sits, whose turn it is and what was said, as plainly as it can be told.

use std::collections::BTreeSet;

use shared::{
    Change, Entry, EntryId, Event, LeaveReason, MAX_ENTRIES_A_TURN, Mode, Pace, Room, RoomId,
    Rules, Seat, SeatKey, Seq, Store,
};

fn usual(rules: Rules) -> Pace {
    match rules.room {
        RoomId::Table => Pace::Live,
        RoomId::Conversation(_) => Pace::Relaxed,
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Tally {
    rules: Rules,
    seated: [Option<SeatKey>; 2],
    turn: u64,
    holder: Seat,
    mode: Mode,
    pace: Pace,
    direct_only: Option<Seq>,
    proposed: [Option<(u64, Change)>; 2],
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
            mode: Mode::Strict,
            pace: usual(rules),
            direct_only: None,
            proposed: [None; 2],
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
                self.part();
            }
            Event::Say {
                id,
                turn,
                end_turn,
                seen,
                ..
            } => {
                assert!(seen.is_none_or(|seen| seen < entry.seq), "the future");
                assert!(self.names.insert((seat, *id)), "I5: said twice");
                self.said_in_turn = self.said_in_turn.saturating_add(1);
                if self.mode == Mode::Free {
                    assert_eq!(turn.0, self.turn, "I3: now");
                    self.holder = seat.other();
                    return;
                }
                self.in_turn(seat, turn.0);
                if *end_turn || self.said_in_turn == MAX_ENTRIES_A_TURN {
                    self.hand_over();
                }
            }
            Event::Claim { turn } => {
                assert!(self.seated[theirs].is_some(), "nobody is away");
                self.in_turn(seat.other(), turn.0);
                self.hand_over();
            }
            Event::Propose { change } => self.propose(entry, *change),
            Event::Accept { proposal } => {
                let change = self.answered(seat.other(), *proposal);
                self.agree(entry, change);
            }
            Event::Decline { proposal } => {
                self.answered(seat.other(), *proposal);
                self.proposed[theirs] = None;
            }
            Event::Withdraw { proposal } => {
                self.answered(seat, *proposal);
                self.proposed[mine] = None;
            }
            Event::Pass { turn } => {
                self.in_turn(seat, turn.0);
                self.hand_over();
            }
            Event::Invite { .. } => {
                self.seated[theirs] = None;
                self.part();
            }
            Event::Reseat { key, .. } => {
                assert!(self.seated[theirs].is_some(), "I1: nobody sat there");
                self.seated[theirs] = Some(*key);
            }
        }
        let [one, two] = self.seated;
        assert!(one.is_none() || one != two, "I1: nobody sits twice");
    }

    fn propose(&mut self, entry: &Entry, change: Change) {
        let [mine, theirs] = [entry.seat, entry.seat.other()].map(Seat::index);
        assert!(self.seated[theirs].is_some(), "it takes two to agree");
        assert!(!self.is_so(change), "nothing would change");
        if change == Change::Store(Store::Server) {
            return self.agree(entry, change);
        }
        assert!(self.proposed[mine].is_none(), "one at a time");
        self.proposed[mine] = Some((entry.seq.0, change));
        if self.proposed[theirs].is_some_and(|(_, other)| other == change) {
            self.agree(entry, change);
        }
    }

    /// What `by` had proposed under this number.
    fn answered(&self, by: Seat, proposal: Seq) -> Change {
        let standing = self.proposed[by.index()];
        let (seq, change) = standing.expect("I7: nothing changes by itself");
        assert_eq!(seq, proposal.0, "another proposal");
        change
    }

    fn is_so(&self, change: Change) -> bool {
        match change {
            Change::Mode(mode) => mode == self.mode,
            Change::Pace(pace) => pace == self.pace,
            Change::Store(store) => (store == Store::Pages) == self.direct_only.is_some(),
        }
    }

    fn agree(&mut self, with: &Entry, change: Change) {
        match change {
            Change::Store(Store::Pages) => self.direct_only = Some(with.seq),
            Change::Store(Store::Server) => self.direct_only = None,
            Change::Pace(pace) => self.pace = pace,
            Change::Mode(Mode::Free) => {
                (self.mode, self.holder, self.said_in_turn) = (Mode::Free, Seat::One, 0);
            }
            Change::Mode(Mode::Strict) => self.take_turns(),
        }
        let proposed = self.proposed;
        self.proposed = proposed.map(|one| one.filter(|(_, change)| !self.is_so(*change)));
    }

    fn take_turns(&mut self) {
        (self.mode, self.turn, self.said_in_turn) = (Mode::Strict, self.turn + 1, 0);
    }

    /// One of the two is gone, and what was agreed with them.
    fn part(&mut self) {
        self.proposed = [None; 2];
        (self.pace, self.direct_only) = (usual(self.rules), None);
        if self.mode == Mode::Free {
            self.take_turns();
        }
    }

    fn in_turn(&self, seat: Seat, turn: u64) {
        assert_eq!(self.mode, Mode::Strict, "no turns in free talk");
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
        let agreed = (floor.mode, floor.pace, floor.direct_only);
        let told = (self.mode, self.pace, self.direct_only);
        assert_eq!(agreed, told, "what was agreed");
        for seat in Seat::BOTH {
            let proposal = room.record().proposal(seat);
            let proposed = proposal.map(|it| (it.seq.0, it.change));
            assert_eq!(proposed, self.proposed[seat.index()], "what is proposed");
        }
        assert_eq!(
            Seat::BOTH.map(|seat| room.key(seat)),
            self.seated,
            "I1: who sits"
        );
    }
}
