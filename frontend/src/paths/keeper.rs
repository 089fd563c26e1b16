//! Brings the server what was said without it, and finds out whether its journal went on differently.

use std::time::Duration;

use shared::{
    ClientFrame, Entry, EntryHash, Event, Fault, MAX_FRAME_BYTES, Record, Rejection, ResyncReason,
    Seq, ServerFrame, Timestamp,
};

use crate::state::{Begun, View};

/// The pause before something is brought again that the server could not take.
const RETRY: Duration = Duration::from_secs(1);

/// How long the server may take to have what it was brought.
const ANSWER: Duration = Duration::from_secs(5);

/// A server that has not told all it has says something by then.
const QUIET: Duration = Duration::from_secs(10);

/// Bytes of one upload, as text. A frame may have more: this is reckoned by the bodies alone.
const UPLOAD: usize = MAX_FRAME_BYTES / 4 * 3;
/// Bytes of an entry besides its body.
const AROUND: usize = 700;

/// As many entries that only the journal has are kept; the rest comes again.
const MAX_AHEAD: usize = 64;

/// How much is known of the journal on this connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    Nothing,
    Upto(Seq),
    Done,
}

/// What this page knows of the server's journal while something else orders what is said.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    /// Up to here the journal has what this page has.
    pub(super) saved: Seq,
    reading: Reading,
    /// When the server spoke last, or was reached.
    heard: Timestamp,
    /// What the journal has and this page has not, in order.
    ahead: Vec<Entry>,
    /// As many of them were handed on.
    handed: usize,
    /// There were more of them than can be kept here.
    left_out: bool,
    /// How far what was brought last reaches, until the journal has it, and how long that may take.
    asked: Option<(Seq, Timestamp)>,
    not_before: Timestamp,
    /// The journal has something else than this page.
    pub(super) apart: bool,
    /// The server will not have what this page has.
    pub(super) refused: bool,
    /// The journal tells of something that ends, or never was, what the two keep to themselves: the server is wanted
    /// back, or somebody sits there or has left.
    pub(super) ended: bool,
    /// The server shows something that nobody can have said.
    pub(super) fault: Option<Fault>,
    /// It is another journal altogether: the server has begun anew.
    pub(super) anew: bool,
}

impl Keeper {
    /// Of a journal that has all up to `saved`.
    pub(super) fn new(saved: Seq) -> Self {
        Self {
            saved,
            ..Self::default()
        }
    }

    /// The connection is gone; the next one begins anew.
    pub(super) fn lost(&mut self) {
        (self.reading, self.asked) = (Reading::Nothing, None);
        (self.handed, self.left_out, self.ended) = (0, false, false);
        self.ahead.clear();
    }

    /// Whether the journal has all that this page has, and no more.
    pub(super) fn is_done(&self, view: &View) -> bool {
        self.reading == Reading::Done && self.ahead.is_empty() && self.saved == view.log.head()
    }

    /// When the next try is due.
    pub(super) fn wake(&self) -> Option<Timestamp> {
        let answer = self.asked.map(|(_, until)| until);
        let reading = (self.reading != Reading::Done).then(|| self.heard.after(QUIET));
        answer.or(reading).or(Some(self.not_before))
    }

    /// There is a connection.
    pub(super) fn linked(&mut self, now: Timestamp) {
        self.heard = now;
    }

    /// The server spoke.
    pub(super) fn hear(&mut self, now: Timestamp, view: &View, frame: ServerFrame) {
        self.heard = now;
        match frame {
            // It has less than it had, or something else: all of it is read again, and it is brought what it lacks.
            ServerFrame::Resync {
                why: ResyncReason::AheadOfJournal | ResyncReason::OtherHistory,
            } => self.saved = outset(view),
            ServerFrame::Welcome { epoch, head, .. } => {
                self.anew = view.log.begun().is_none_or(|begun| begun.epoch != epoch);
                self.reading = Reading::Upto(head);
            }
            ServerFrame::Entries { entries } => {
                for entry in entries {
                    self.note(view, entry);
                }
            }
            ServerFrame::Entry(entry) => self.note(view, entry),
            ServerFrame::Rejected {
                id: None,
                rejection,
            } => self.refused(now, &rejection),
            _ => {}
        }
        if let Reading::Upto(head) = self.reading
            && self.saved.max(self.last_ahead()) >= head
        {
            self.reading = Reading::Done;
        }
    }

    fn note(&mut self, view: &View, entry: Entry) {
        let seq = entry.seq;
        if self.anew {
            return;
        }
        let (Some(record), expected) = (view.record(), self.last_ahead().max(view.log.head()))
        else {
            return;
        };
        if seq > view.log.head() {
            self.ended |= entry.event.is_back_to_server() || entry.event.needs_server();
            if seq == expected.next() && self.ahead.len() < MAX_AHEAD {
                self.ahead.push(entry);
            } else {
                self.left_out = true;
            }
        } else if let Some(known) = view.log.hash_of(seq) {
            self.compare(view, record, &entry, known);
        }
    }

    fn compare(&mut self, view: &View, record: &Record, entry: &Entry, known: EntryHash) {
        let seq = entry.seq;
        if entry.hash(record.scope()) == known {
            self.saved = self.saved.max(seq);
            self.asked = self.asked.filter(|&(asked, _)| asked > self.saved);
        } else if self.apart {
            // What follows on another history is another, too.
        } else if record_before(view, seq).is_some_and(|record| record.check(entry).is_ok()) {
            self.apart = true;
        } else {
            self.fault = Some(Fault::OtherHistory { seq });
        }
    }

    fn last_ahead(&self) -> Seq {
        self.ahead.last().map_or(Seq::START, |entry| entry.seq)
    }

    fn refused(&mut self, now: Timestamp, rejection: &Rejection) {
        // Of nothing that was not brought.
        if self.asked.take().is_none() {
            return;
        }
        let wait = match rejection {
            Rejection::RateLimited { after } => Duration::from_millis(*after),
            Rejection::NotBelieved {
                fault: Fault::Gap { expected, .. },
            } => {
                self.saved = self.saved.min(Seq(expected.0.saturating_sub(1)));
                RETRY
            }
            Rejection::NotBelieved { .. } | Rejection::TooLarge { .. } => {
                self.refused = true;
                RETRY
            }
            _ => RETRY,
        };
        self.not_before = now.after(wait);
    }

    /// This page knows more than before.
    pub(super) fn catch_up(&mut self, view: &View) {
        let head = view.log.head();
        let known = self.ahead.iter().take_while(|entry| entry.seq <= head);
        let known = known.count();
        self.handed = self.handed.saturating_sub(known);
        for entry in self.ahead.drain(..known).collect::<Vec<_>>() {
            if let (Some(record), Some(hash)) = (view.record(), view.log.hash_of(entry.seq)) {
                self.compare(view, record, &entry, hash);
            }
        }
    }

    /// What the journal has and this page has not, as far as that is news.
    pub(super) fn news(&mut self) -> Vec<Entry> {
        let news = self.ahead[self.handed..].to_vec();
        self.handed = self.ahead.len();
        news
    }

    /// Whether all is to be read anew: what was brought, or what is to be read, has been waited for too long, or there is
    /// more to read.
    pub(super) fn is_stale(&self, now: Timestamp) -> bool {
        let more = self.left_out && self.ahead.is_empty();
        let silent = self.reading != Reading::Done && self.heard.after(QUIET) <= now;
        more || silent || self.asked.is_some_and(|(_, until)| until <= now)
    }

    /// What to bring the server now.
    pub(super) fn upload(&mut self, now: Timestamp, view: &View) -> Option<ClientFrame> {
        let due = self.reading == Reading::Done
            && self.asked.is_none()
            && self.ahead.is_empty()
            && !(self.apart || self.refused || self.anew)
            && self.not_before <= now;
        let limit = view.direct_only();
        let unsaved = view.log.entries_after(self.saved);
        let unsaved = unsaved.take_while(|entry| limit.is_none_or(|limit| entry.seq <= limit));
        let entries = due.then(|| pages(unsaved).into_iter().next())??;
        self.asked = Some((entries.last()?.seq, now.after(ANSWER)));
        self.not_before = Timestamp::default();
        Some(ClientFrame::Upload { entries })
    }
}

/// Where what this page knows begins.
fn outset(view: &View) -> Seq {
    view.log
        .begun()
        .map_or(Seq::START, |begun| begun.outset.seq)
}

/// What the entries before `seq` add up to, as this page knows them.
fn record_before(view: &View, seq: Seq) -> Option<Record> {
    let Begun { seat, outset, .. } = *view.log.begun()?;
    let mut record = Record::begin(*view.record()?.scope(), seat, outset).ok()?;
    let before = view.log.entries_after(outset.seq);
    before
        .take_while(|entry| entry.seq < seq)
        .for_each(|entry| record.apply(entry));
    Some(record)
}

/// As many entries as one frame can hold, again and again.
pub(super) fn pages<'e>(entries: impl Iterator<Item = &'e Entry>) -> Vec<Vec<Entry>> {
    let mut pages: Vec<Vec<Entry>> = Vec::new();
    let mut left = 0;
    for entry in entries {
        let body = match &entry.event {
            Event::Say { sealed, .. } => sealed.0.len().div_ceil(3) * 4,
            _ => 0,
        };
        let size = body + AROUND;
        match pages.last_mut().filter(|_| size <= left) {
            Some(page) => page.push(entry.clone()),
            None => {
                left = UPLOAD;
                pages.push(vec![entry.clone()]);
            }
        }
        left = left.saturating_sub(size);
    }
    pages
}
