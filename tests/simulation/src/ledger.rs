//! What the disk holds of one epoch of a room, and whether it may hold it: the rules again, in few lines of their own,
//! so that a mistake in the code that is tested does not also blind the test.

use std::collections::BTreeMap;

use shared::{
    Change, Entry, EntryHash, EntryId, Epoch, Event, LeaveReason, MAX_ENTRIES_A_TURN, Mode,
    Position, Record, RoomId, Scope, Seat, SeatKey, Seq, Turn,
};

/// One life of a room's journal.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) epoch: Epoch,
    pub(crate) entries: Vec<Entry>,
    /// When the last was to be written, by the world's time.
    pub(crate) written: u64,
    /// The hash after each entry, the first at 0.
    hashes: Vec<EntryHash>,
    record: Record,
    room: RoomId,
    turn: u64,
    holder: Seat,
    in_turn: u8,
    /// Both may speak, and who spoke last since.
    free: bool,
    last: Option<Seat>,
    proposed: [Option<(Seq, Change)>; 2],
    seats: [Option<SeatKey>; 2],
    said: BTreeMap<EntryId, (Seat, Seq)>,
}

impl Ledger {
    pub(crate) fn new(room: RoomId, epoch: Epoch) -> Self {
        let record = Record::new(Scope { room, epoch });
        Self {
            epoch,
            entries: Vec::new(),
            written: 0,
            hashes: vec![record.bookmark().hash],
            record,
            room,
            turn: Turn::FIRST.0,
            holder: Seat::One,
            in_turn: 0,
            free: false,
            last: None,
            proposed: [None, None],
            seats: [None, None],
            said: BTreeMap::new(),
        }
    }

    pub(crate) fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            seq: Seq(self.entries.len() as u64),
        }
    }

    /// Where a message stands.
    pub(crate) fn said(&self, id: EntryId) -> Option<(Seat, Seq)> {
        self.said.get(&id).copied()
    }

    pub(crate) fn entry(&self, seq: Seq) -> Option<&Entry> {
        let at = usize::try_from(seq.0).ok()?.checked_sub(1)?;
        self.entries.get(at)
    }

    pub(crate) fn hash(&self, seq: Seq) -> Option<EntryHash> {
        self.hashes.get(usize::try_from(seq.0).ok()?).copied()
    }

    /// Who sits.
    pub(crate) fn seats(&self) -> [Option<SeatKey>; 2] {
        self.seats
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// The invariant that it breaks.
    pub(crate) fn push(&mut self, entry: Entry) -> Result<(), String> {
        let seat = entry.seat;
        match &entry.event {
            Event::Sit { key, .. } => {
                if self.seats[seat.index()].is_some() {
                    return Err(format!("I1: seat {seat} has two keys"));
                }
                if self.seats.contains(&Some(*key)) {
                    return Err("I1: one key has both seats".to_owned());
                }
                self.seats[seat.index()] = Some(*key);
            }
            Event::Leave { reason } => {
                let told = *reason == LeaveReason::Asked || self.room == RoomId::Table;
                if !told {
                    return Err("I7: a timer freed the seat of a conversation".to_owned());
                }
                self.seats[seat.index()] = None;
                self.part();
            }
            Event::Say {
                id, turn, end_turn, ..
            } => {
                self.check_floor(seat, *turn)?;
                if let Some((_, seq)) = self.said.get(id) {
                    let (one, two) = (seq.0, entry.seq.0);
                    return Err(format!("I5: message {id} stands at {one} and at {two}"));
                }
                self.said.insert(*id, (seat, entry.seq));
                self.in_turn = self.in_turn.saturating_add(1);
                if self.free {
                    self.last = Some(seat);
                } else if *end_turn || self.in_turn == MAX_ENTRIES_A_TURN {
                    self.hand_over();
                }
            }
            Event::Pass { turn } | Event::Claim { turn } => {
                let holder = match &entry.event {
                    Event::Pass { .. } => seat,
                    _ => seat.other(),
                };
                if self.free {
                    return Err("I7: a turn was handed over while there are none".to_owned());
                }
                self.check_floor(holder, *turn)?;
                self.hand_over();
            }
            Event::Propose { change } => {
                self.proposed[seat.index()] = Some((entry.seq, *change));
                let other = self.proposed[seat.other().index()];
                if other.is_some_and(|(_, theirs)| theirs == *change) {
                    self.agree(*change);
                }
            }
            Event::Accept { proposal } => match self.proposed[seat.other().index()] {
                Some((seq, change)) if seq == *proposal => self.agree(change),
                _ => return Err(format!("I7: accepted what nobody proposed: {proposal:?}")),
            },
            Event::Decline { .. } => self.proposed[seat.other().index()] = None,
            Event::Withdraw { .. } => self.proposed[seat.index()] = None,
            Event::Invite { .. } => {
                self.seats[seat.other().index()] = None;
                self.part();
            }
            Event::Reseat { key, .. } => self.seats[seat.other().index()] = Some(*key),
        }
        self.record
            .check(&entry)
            .map_err(|fault| format!("I6: the journal is not one chain: {fault}"))?;
        self.record.apply(&entry);
        self.hashes.push(self.record.bookmark().hash);
        self.entries.push(entry);
        Ok(())
    }

    fn check_floor(&self, seat: Seat, turn: Turn) -> Result<(), String> {
        if !self.free && seat != self.holder {
            return Err(format!("I2: seat {seat} spoke, seat {} held", self.holder));
        }
        if turn.0 != self.turn {
            return Err(format!("I3: said for turn {turn} in turn {}", self.turn));
        }
        Ok(())
    }

    fn hand_over(&mut self) {
        self.turn += 1;
        self.holder = self.holder.other();
        self.in_turn = 0;
    }

    /// Both wanted it.
    fn agree(&mut self, change: Change) {
        match change {
            Change::Mode(Mode::Free) => (self.free, self.last) = (true, None),
            Change::Mode(Mode::Strict) => self.take_turns(),
            Change::Pace(_) | Change::Store(_) => {}
        }
        self.proposed = self
            .proposed
            .map(|proposed| proposed.filter(|(_, other)| *other != change));
    }

    /// Whoever did not speak last begins; seat 1, if nobody spoke.
    fn take_turns(&mut self) {
        if self.free {
            self.turn += 1;
            self.holder = self.last.map_or(Seat::One, Seat::other);
            (self.free, self.in_turn) = (false, 0);
        }
    }

    /// One of the two is gone, and with them what they had agreed on.
    fn part(&mut self) {
        self.proposed = [None, None];
        self.take_turns();
    }
}
