//! The entries this page believes, as they were signed: to go on from after a reload, and to bring them to whoever lacks
//! them.

use std::rc::Rc;

use serde::Serialize;
use shared::{Entry, EntryHash, Epoch, Outset, Seat, Seq};

use crate::json;

/// Where they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Begun {
    /// My seat.
    pub seat: Seat,
    /// The journal's life.
    pub epoch: Epoch,
    /// What is not shown to me, and what it came to.
    pub outset: Outset,
}

json::objects! {
    Begun { seat, epoch, outset }
    KeptLog { begun, entries }
}

/// All entries of one sitting, from its outset on. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    begun: Option<Begun>,
    entries: Rc<Vec<Rc<Entry>>>,
    /// The hash after the last of them.
    hash: Option<EntryHash>,
}

impl Log {
    /// Where it begins, if anything is known.
    #[must_use]
    pub fn begun(&self) -> Option<&Begun> {
        self.begun.as_ref()
    }

    /// The number of the last entry known.
    #[must_use]
    pub fn head(&self) -> Seq {
        let outset = self.begun.map_or(Seq::START, |begun| begun.outset.seq);
        self.entries.last().map_or(outset, |entry| entry.seq)
    }

    /// The entries after `seq`, in order.
    pub fn entries_after(&self, seq: Seq) -> impl Iterator<Item = &Entry> {
        let known = self.place(seq).unwrap_or_default();
        self.entries.iter().skip(known).map(Rc::as_ref)
    }

    /// The hash after the entry `seq`, which may be the last one before the outset.
    #[must_use]
    pub fn hash_of(&self, seq: Seq) -> Option<EntryHash> {
        if seq == self.head() {
            return self.hash;
        }
        let next = self.entries.get(self.place(seq)?)?;
        Some(next.prev)
    }

    /// What is to be kept of it.
    #[must_use]
    pub fn kept(&self) -> Option<KeptLog> {
        let begun = self.begun?;
        let entries = self.entries.iter().map(|entry| Entry::clone(entry));
        let entries = entries.collect();
        Some(KeptLog { begun, entries })
    }

    /// As many entries there are up to `seq`, if it is not before the outset.
    fn place(&self, seq: Seq) -> Option<usize> {
        let outset = self.begun?.outset.seq;
        usize::try_from(seq.0.checked_sub(outset.0)?).ok()
    }

    /// Nothing is known any more.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// A seat was given, and what is known begins here, unless it goes on.
    pub(super) fn begin(&mut self, begun: Begun) {
        self.begun = Some(begun);
        self.entries = Rc::default();
        self.hash = Some(begun.outset.hash);
    }

    /// The next entry; `hash`: that after it.
    pub(super) fn push(&mut self, entry: Rc<Entry>, hash: EntryHash) {
        Rc::make_mut(&mut self.entries).push(entry);
        self.hash = Some(hash);
    }

    /// Forgets what comes after `seq`, and answers it.
    pub(super) fn cut_after(&mut self, seq: Seq) -> Vec<Rc<Entry>> {
        let hash = self.hash_of(seq);
        let (Some(place), Some(hash)) = (self.place(seq), hash) else {
            return Vec::new();
        };
        self.hash = Some(hash);
        let entries = Rc::make_mut(&mut self.entries);
        entries.split_off(place.min(entries.len()))
    }
}

/// What a browser keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptLog {
    /// Where it begins.
    pub begun: Begun,
    /// The entries.
    pub entries: Vec<Entry>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::{Event, Record, RoomId, Scope, Timestamp, Turn};

    fn entry(seq: u64, prev: u8) -> Rc<Entry> {
        Rc::new(Entry {
            seq: Seq(seq),
            at: Timestamp(seq),
            seat: Seat::One,
            prev: EntryHash([prev; 32]),
            event: Event::Pass { turn: Turn(1) },
            sig: None,
        })
    }

    fn log() -> Log {
        let (room, epoch) = (RoomId::Table, Epoch(1));
        let mut outset = Record::new(Scope { room, epoch }).outset(Seat::One);
        (outset.seq, outset.hash) = (Seq(4), EntryHash([4; 32]));
        let seat = Seat::One;
        let mut log = Log::default();
        log.begin(Begun {
            seat,
            epoch,
            outset,
        });
        for seq in 5..8 {
            log.push(entry(u64::from(seq), seq - 1), EntryHash([seq; 32]));
        }
        log
    }

    #[test]
    fn every_hash_is_known_from_the_outset_on() {
        let log = log();
        assert_eq!(log.head(), Seq(7));
        for seq in 4..8 {
            let hash = log.hash_of(Seq(u64::from(seq)));
            assert_eq!(hash, Some(EntryHash([seq; 32])), "{seq}");
        }
        assert_eq!(log.hash_of(Seq(3)), None);
        assert_eq!(log.hash_of(Seq(8)), None);
    }

    #[test]
    fn what_comes_after_a_number_is_found_by_it() {
        let log = log();
        let after = |seq| log.entries_after(Seq(seq)).map(|entry| entry.seq.0);
        assert!(after(4).eq([5, 6, 7]));
        assert!(after(6).eq([7]));
        assert_eq!(after(7).count(), 0);
        // All there is comes after what was before it.
        assert!(after(1).eq([5, 6, 7]));
    }

    #[test]
    fn what_is_cut_off_is_handed_back() {
        let mut log = log();
        let cut = log.cut_after(Seq(5));
        assert!(cut.iter().map(|entry| entry.seq.0).eq([6, 7]));
        assert_eq!(
            (log.head(), log.hash_of(Seq(5))),
            (Seq(5), Some(EntryHash([5; 32])))
        );
        assert_eq!(log.cut_after(Seq(9)), vec![]);
        assert_eq!(log.head(), Seq(5));
    }
}
