//! What outlives every process: the journal's entries, and what the checks need to know of them.

use std::collections::BTreeMap;

use shared::{Entry, EntryId, Epoch, Position, Rejection, RoomId, Seq, ServerFrame, Timestamp};

use crate::ledger::Ledger;

/// The disk.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// Each room's epochs, the present one last.
    rooms: BTreeMap<RoomId, Vec<Ledger>>,
    /// Rooms whose last epoch is forgotten.
    forgotten: Vec<(RoomId, Epoch)>,
    /// The names that people gave to what they said.
    pub(crate) named: BTreeMap<EntryId, RoomId>,
    /// Milliseconds for which a conversation is kept at least, where not for ever.
    pub(crate) kept: Option<u64>,
    /// How many conversations were purged.
    pub(crate) purged: u64,
    /// The first invariant that was broken.
    pub(crate) broken: Option<String>,
}

impl Disk {
    pub(crate) fn breaks(&mut self, what: String) {
        self.broken.get_or_insert(what);
    }

    /// The present epoch of a room.
    pub(crate) fn present(&self, room: RoomId) -> Option<&Ledger> {
        let last = self.rooms.get(&room)?.last()?;
        let over = self.forgotten.contains(&(room, last.epoch));
        (!over).then_some(last)
    }

    /// Whether this was a conversation that is over.
    pub(crate) fn is_over(&self, room: RoomId) -> bool {
        let over = |(of, _): &(RoomId, Epoch)| *of == room;
        room != RoomId::Table && self.forgotten.iter().any(over)
    }

    /// All epochs there ever were.
    pub(crate) fn all(&self, room: RoomId) -> impl DoubleEndedIterator<Item = &Ledger> {
        self.rooms.get(&room).into_iter().flatten()
    }

    pub(crate) fn epoch(&self, room: RoomId, epoch: Epoch) -> Option<&Ledger> {
        self.all(room).find(|ledger| ledger.epoch == epoch)
    }

    pub(crate) fn position(&self, room: RoomId) -> Option<Position> {
        self.present(room).map(Ledger::position)
    }

    /// Whether a message was ever stored.
    pub(crate) fn has(&self, room: RoomId, id: EntryId) -> bool {
        self.all(room).any(|ledger| ledger.said(id).is_some())
    }

    /// Whether one of these is in the present epoch already.
    pub(crate) fn duplicate(&self, room: RoomId, entries: &[Entry]) -> Option<EntryId> {
        let present = self.present(room)?;
        let mut ids = entries
            .iter()
            .filter_map(|entry| Some((entry.message()?, entry.seat)));
        let there = ids.find(|(id, seat)| present.said(*id).is_some_and(|(by, _)| by == *seat));
        there.map(|(id, _)| id)
    }

    /// Writes entries behind the present end; the first begin an epoch.
    pub(crate) fn write(&mut self, room: RoomId, epoch: Epoch, entries: Vec<Entry>, now: u64) {
        if self.present(room).is_none() {
            if self.is_over(room) {
                return self.breaks("I7: a conversation began again".to_owned());
            }
            if self.epoch(room, epoch).is_some() {
                return self.breaks(format!("I5: epoch {epoch} of a room began twice"));
            }
            let ledger = Ledger::new(room, epoch);
            self.rooms.entry(room).or_default().push(ledger);
        }
        for entry in entries {
            if let Some(id) = entry.message()
                && self.named.get(&id) != Some(&room)
            {
                return self.breaks(format!("I5: {id} was stored, a name that nobody gave"));
            }
            let ledger = self.rooms.get_mut(&room).and_then(|all| all.last_mut());
            let Some(ledger) = ledger else { continue };
            ledger.written = now;
            if let Err(what) = ledger.push(entry) {
                return self.breaks(what);
            }
        }
    }

    /// The conversations in which nothing was said since `before`, by what their entries say.
    pub(crate) fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
    ) -> impl Iterator<Item = (RoomId, Position)> {
        let next = self.rooms.keys().filter(move |room| Some(**room) > after);
        next.filter_map(move |&room| {
            let ledger = self.present(room)?;
            let last = ledger.entries.last()?;
            let stale = room != RoomId::Table && last.at < before;
            stale.then(|| (room, ledger.position()))
        })
    }

    /// Ends an epoch. Only one that both have left may end, and a conversation whose time is up.
    pub(crate) fn forget(&mut self, room: RoomId, epoch: Epoch, now: u64) {
        let Some(present) = self.present(room).filter(|there| there.epoch == epoch) else {
            return;
        };
        let (seated, age) = (present.seats() != [None, None], now - present.written);
        if seated {
            self.purged += 1;
            let kept = self.kept.filter(|_| room != RoomId::Table);
            if kept.is_none() {
                self.breaks("I7: a talk was forgotten while somebody had a seat in it".to_owned());
            } else if kept > Some(age) {
                self.breaks(format!(
                    "I7: a talk was purged {age} ms after its last entry"
                ));
            }
        }
        self.forgotten.push((room, epoch));
    }

    /// Whether the hub may say this now to somebody in `room`.
    pub(crate) fn hear(&mut self, room: RoomId, frame: &ServerFrame) {
        let there = |entry: &Entry| {
            let mut all = self.all(room);
            all.any(|ledger| ledger.entry(entry.seq) == Some(entry))
        };
        let lie = match frame {
            ServerFrame::Stored { id, seq, .. } => {
                let stored = |ledger: &Ledger| ledger.said(*id).is_some_and(|(_, at)| at == *seq);
                (!self.all(room).any(stored))
                    .then(|| format!("I4: {id} was told as stored and is not in the journal"))
            }
            ServerFrame::Entry(entry) => (!there(entry))
                .then(|| format!("I4: entry {} was shown before it was stored", entry.seq.0)),
            ServerFrame::Entries { entries } => entries
                .iter()
                .find(|entry| !there(entry))
                .map(|entry| format!("I4: entry {} was shown, not stored", entry.seq.0)),
            ServerFrame::Welcome { epoch, head, .. } if *head > Seq::START => {
                let known = self.epoch(room, *epoch).map(Ledger::position);
                known
                    .is_none_or(|known| known.seq < *head)
                    .then(|| format!("I4: a welcome to entry {}, which is not stored", head.0))
            }
            ServerFrame::Rejected {
                id: Some(id),
                rejection,
            } if is_of_the_turn(rejection) => self
                .present(room)
                .and_then(|ledger| ledger.said(*id))
                .map(|_| format!("I5: a repeat of {id} was answered by {rejection:?}")),
            ServerFrame::Rejected {
                rejection: Rejection::RoomOver {},
                ..
            } => {
                (!self.is_over(room)).then(|| "I7: a talk was told as over that is not".to_owned())
            }
            _ => None,
        };
        if let Some(lie) = lie {
            self.breaks(lie);
        }
    }
}

/// Whether a refusal is one that a repeat must not get. Others may have waited in a queue since before the message was
/// stored.
fn is_of_the_turn(rejection: &Rejection) -> bool {
    matches!(
        rejection,
        Rejection::NotYourTurn { .. } | Rejection::StaleTurn { .. }
    )
}
