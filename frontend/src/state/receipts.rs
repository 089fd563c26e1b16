//! How far each of the two has come with the talk: what I tell of it, and what I am told.

use std::rc::Rc;
use std::time::Duration;

use shared::{Epoch, Receipt, Seat, Seq, Timestamp};

use super::{Talk, View};

/// I tell it at most so often; the latest says it all.
const EVERY: Duration = Duration::from_millis(300);

/// The words of both, and what mine will be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Receipts {
    /// Whether I tell what I have read, if the other does too.
    pub willing: bool,
    /// My last word.
    told: Option<Receipt>,
    /// The other's last word. It was proven.
    heard: Option<Receipt>,
    /// The same from before this connection, or before a reload: to be proven by what is told now.
    recalled: Option<Receipt>,
    /// The last words as the hub tells them, by seat, not looked at yet.
    came: [Option<Receipt>; 2],
    /// Up to here all that the other said was opened.
    opened: Seq,
    /// And up to here it was read.
    read: Seq,
    /// Whether this connection has been told.
    told_here: bool,
    not_before: Timestamp,
}

/// What a receipt says: how far all was opened, and how far it was read.
pub type Word = (Seq, Option<Seq>);

impl Receipts {
    /// A new connection: it knows nothing of my word, and what I heard is held against the talk it tells. `anew`: that is
    /// another talk, of which nothing was read.
    pub(super) fn begin(&mut self, other: Seat, anew: bool) {
        self.told_here = false;
        if anew {
            self.read = Seq::START;
        }
        self.recalled = self.heard.take().or(self.recalled);
        self.came[other.index()] = None;
    }

    /// What an earlier visit of this browser had heard.
    pub(super) fn recall(&mut self, heard: Option<Receipt>) {
        self.recalled = heard;
    }

    /// The other's last word that was proven.
    #[must_use]
    pub fn heard(&self) -> Option<Receipt> {
        self.heard
    }

    /// Whoever sits across is somebody else, or has another key.
    pub(super) fn forget_theirs(&mut self) {
        self.heard = None;
    }

    /// Whether the other tells what they have read.
    #[must_use]
    pub fn other_tells(&self) -> bool {
        self.heard.is_some_and(|word| word.read.is_some())
    }

    /// What I would tell now of the talk's life that my last word is about, or of a new one.
    fn word(&self, told: Option<Receipt>) -> Word {
        let before = told.and_then(|told| told.read).unwrap_or_default();
        let before = before.min(self.opened);
        let read = if self.other_tells() {
            before.max(self.read.min(self.opened))
        } else {
            before
        };
        (self.opened, self.willing.then_some(read))
    }
}

impl View {
    /// The talk of which it is of use to know what is in view: both tell what they have read.
    #[must_use]
    pub fn tells_reading(&self) -> Option<Epoch> {
        let both = self.receipts.willing && self.receipts.other_tells();
        self.seating.filter(|_| both).map(|seating| seating.epoch)
    }

    /// How far I have come, if it has changed since I told it last.
    fn news(&self) -> Option<Word> {
        let receipts = &self.receipts;
        if !self.is_current() || self.alarm.is_some() || receipts.opened == Seq::START {
            return None;
        }
        let told = receipts.told;
        let told = told.filter(|told| self.seating.is_some_and(|s| s.epoch == told.epoch));
        let word = receipts.word(told);
        let known = told.filter(|_| receipts.told_here);
        let known = known.map(|told| (told.delivered, told.read));
        (known != Some(word)).then_some(word)
    }

    /// What is to be told now, if anything.
    #[must_use]
    pub fn receipt_due(&self) -> Option<Word> {
        self.news().filter(|_| self.receipts.not_before <= self.now)
    }

    /// When something is to be told, where it waits.
    pub(super) fn receipt_due_at(&self) -> Option<Timestamp> {
        self.news().map(|_| self.receipts.not_before)
    }

    /// The same, signed.
    #[must_use]
    pub fn receipt(&self, (delivered, read): Word) -> Option<Receipt> {
        let hash = self.talk.hash_of(delivered)?;
        self.person.as_ref()?.receipt(delivered, &hash, read)
    }

    pub(super) fn told(&mut self, word: Receipt, at: Timestamp) {
        self.receipts.told = Some(word);
        self.receipts.told_here = true;
        self.receipts.not_before = at.after(EVERY);
    }

    /// What the other said up to `seq` was in view, and somebody there.
    pub(super) fn read_upto(&mut self, seq: Seq) {
        self.receipts.read = self.receipts.read.max(seq);
    }

    pub(super) fn receipt_came(&mut self, seat: Seat, word: Receipt) {
        self.receipts.came[seat.index()] = Some(word);
    }

    /// Takes in how far I have come, and how far the other says to have come. A word that cannot be proven, or that takes
    /// something back, is none.
    pub(super) fn settle_receipts(&mut self) {
        self.receipts.opened = self.talk.opened();
        let (recalled, came) = (
            self.receipts.recalled.take(),
            std::mem::take(&mut self.receipts.came),
        );
        let (Some(person), Some(seat)) = (&self.person, self.my_seat()) else {
            return;
        };
        let talk = &mut self.talk;
        let proven = |talk: &Talk, seat: Seat, word: Option<Receipt>, from: Option<Receipt>| {
            let word = word?;
            let from = from.filter(|from| from.epoch == word.epoch);
            let goes_on = from.is_none_or(|from| word.goes_on_from(&from));
            let hash = talk.hash_of(word.delivered).filter(|_| goes_on)?;
            person.confirms(seat, &word, &hash).then_some(word)
        };
        // Before a reload, or on another device, I came so far.
        let Receipts { told, heard, .. } = &mut self.receipts;
        *told = proven(talk, seat, came[seat.index()], *told).or(*told);
        let other = seat.other();
        for word in [recalled, came[other.index()]] {
            if let Some(word) = proven(talk, other, word, *heard) {
                let outset = person.record().map(|record| record.outset(other).seq);
                Rc::make_mut(talk).mark(outset.unwrap_or_default(), &word);
                *heard = Some(word);
            }
        }
    }
}
