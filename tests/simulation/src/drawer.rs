//! What a browser keeps of a room, written and read as the page's storage does it.

use std::cell::RefCell;

use frontend::state::{Alarm, Kept, Log, Outbox, View};
use shared::{Bookmark, EntryId, LinkSecret, Receipt, SeatKey, SeatSecret, Seq};

/// The drawer of one person's room.
#[derive(Clone, Debug)]
pub(crate) struct Drawer {
    pub(crate) secret: SeatSecret,
    pub(crate) links: Vec<LinkSecret>,
    pub(crate) draft: String,
    outbox: String,
    /// The same, read: it is looked at after every step.
    waiting: RefCell<Option<Outbox>>,
    known: Option<Bookmark>,
    verified: Option<[SeatKey; 2]>,
    seen: Option<[SeatKey; 2]>,
    alarm: Option<Alarm>,
    tells_reading: bool,
    heard: Option<Receipt>,
    log: Log,
    saved: Option<Seq>,
}

impl Drawer {
    pub(crate) fn new(secret: SeatSecret) -> Self {
        Self {
            secret,
            links: Vec::new(),
            draft: String::new(),
            outbox: String::new(),
            waiting: RefCell::default(),
            known: None,
            verified: None,
            seen: None,
            alarm: None,
            tells_reading: false,
            heard: None,
            log: Log::default(),
            saved: None,
        }
    }

    pub(crate) fn outbox(&self) -> Outbox {
        let mut waiting = self.waiting.borrow_mut();
        let read = || Outbox::from_text(&self.outbox);
        waiting.get_or_insert_with(read).clone()
    }

    pub(crate) fn has(&self, id: EntryId) -> bool {
        !self.outbox.is_empty() && self.outbox().get(id).is_some()
    }

    pub(crate) fn kept(&self) -> Kept {
        Kept {
            draft: self.draft.clone(),
            outbox: self.outbox(),
            known: self.known,
            verified: self.verified,
            links: self.links.clone(),
            seen: self.seen,
            alarm: self.alarm,
            tells_reading: self.tells_reading,
            heard: self.heard,
            log: self.log.kept(),
            saved: self.saved,
            wants_server: false,
            lost: Vec::new(),
            allows: None,
        }
    }

    /// Comes by a link, as the page's `identity` does.
    pub(crate) fn come_by(&mut self, link: LinkSecret) {
        self.links.retain(|kept| *kept != link);
        self.links.insert(0, link);
    }

    /// Keeps what is on its way, before it leaves.
    pub(crate) fn keep_outbox(&mut self, outbox: &Outbox) {
        self.waiting.take();
        self.outbox = if outbox.is_empty() {
            String::new()
        } else {
            outbox.to_text()
        };
    }

    /// Keeps what changed between two looks of the page, as its `use_keeping` does.
    pub(crate) fn keep(&mut self, before: &View, now: &View) {
        if now.restored && (!before.restored || before.draft != now.draft) {
            self.draft = now.draft.to_string();
        }
        if now.restored && (!before.restored || before.outbox != now.outbox) {
            self.keep_outbox(&now.outbox);
        }
        if now.restored && (!before.restored || before.receipts.willing != now.receipts.willing) {
            self.tells_reading = now.receipts.willing;
        }
        let links = |view: &View| view.person.as_ref().map(|person| person.links().to_vec());
        if let Some(links) = links(now).filter(|now| Some(now) != links(before).as_ref()) {
            self.links = links;
        }
        self.verified = now.verified.or(self.verified);
        self.heard = now.receipts.heard().or(self.heard);
        if now.log.begun().is_some() {
            self.log = now.log.clone();
        }
        if now.restored {
            self.saved = now.saved;
        }
        if before.seen != now.seen {
            self.seen = now.seen.or(self.seen);
        }
        if now.restored && (!before.restored || before.alarm != now.alarm) {
            self.alarm = now.alarm;
        }
        if known(now) != known(before) {
            self.known = known(now).or(self.known);
        }
    }
}

/// What an earlier visit knew is kept until this one knows as much.
fn known(view: &View) -> Option<Bookmark> {
    view.bookmark()
        .filter(|_| view.known.is_none() && view.alarm.is_none())
}
