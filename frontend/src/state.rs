//! What the page knows, and the reducer, its only writer. No browser calls.

mod action;
mod ahead;
mod alone;
mod asks;
mod direct_only;
mod frames;
mod log;
mod mirrored;
mod outbox;
mod receipts;
mod talk;
mod writing;

use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;
use shared::{
    Bookmark, Epoch, Fault, Floor, LinkSecret, Person, Presence, Receipt, RoomId, Seat, SeatKey,
    Seq, Timestamp, Turn,
};
use yew::{AttrValue, Reducible};

use crate::link::Path;
use crate::paths::Ways;
pub(crate) use writing::joined;

pub use action::Action;
pub use ahead::Ahead;
pub use asks::Trust;
pub use log::{Begun, KeptLog, Log};
pub use outbox::{Held, Letter, Outbox, Pending, Progress};
pub use receipts::{Receipts, Word};
pub use talk::{Closed, Line, Lost, Rank, Reach, Said, Talk, What};

/// A typing notice is shown for this long.
const WRITES_FOR: Duration = Duration::from_secs(5);

/// What a `welcome` told, kept current by what followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seating {
    /// My seat.
    pub seat: Seat,
    /// The journal's life.
    pub epoch: Epoch,
    /// The entries before this were there when I came; what is missing of them is on its way.
    pub head: Seq,
    /// Who may speak.
    pub floor: Floor,
    /// The other seat.
    pub peer: Presence,
}

/// Everything the page shows of one room.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The room.
    pub room: RoomId,
    /// The present, as precisely as anything shown depends on it.
    pub now: Timestamp,
    /// The path to the hub: to the server, or to the page that keeps the room while there is none.
    pub path: Path,
    /// Which paths there are.
    pub ways: Ways,
    /// Where I sit; the last known while the path is down.
    pub seating: Option<Seating>,
    /// Whether this connection has been welcomed.
    pub welcomed: bool,
    /// Who I am here, and what I know and believe.
    pub person: Option<Rc<Person>>,
    /// How far an earlier visit of this browser knew the talk, until this one has come as far.
    pub known: Option<Bookmark>,
    /// The two keys whose safety words the person has compared.
    pub verified: Option<[SeatKey; 2]>,
    /// The two keys that sat here when all was known last; nobody while a seat is free.
    pub seen: Option<[SeatKey; 2]>,
    /// What the hub showed cannot be believed: nothing more is taken from it until the person says so.
    pub alarm: Option<Alarm>,
    /// What was said.
    pub talk: Rc<Talk>,
    /// The same, as it was signed.
    pub log: Log,
    /// How far the server is known to have it; `None`: all of it.
    pub saved: Option<Seq>,
    /// The person wants the server to store again what is said, and it does not yet: from when on that is to be proposed.
    pub wants_server: Option<Timestamp>,
    /// What the other has said, and nobody has ordered yet.
    pub ahead: Rc<Vec<Ahead>>,
    /// What is on its way.
    pub outbox: Rc<Outbox>,
    /// How far each of the two has come with the talk.
    pub receipts: Receipts,
    /// What is being written.
    pub draft: AttrValue,
    /// Whether what an earlier life of this page left is in here: until then it must not be overwritten.
    pub restored: bool,
    /// The other was writing, and is taken to write until then.
    pub peer_writes_until: Option<Timestamp>,
    /// The turn for which I asked.
    pub asked: Option<Turn>,
    /// The turn for which the other asks.
    pub peer_asks: Option<Turn>,
    /// The turn that I can take, since the other has been away for long enough.
    pub claimable: Option<Turn>,
    /// Why the last thing asked for was not done.
    pub refusal: Option<Refusal>,
    /// This connection has no seat any more; coming back gets it again.
    pub unseated: bool,
    /// This browser keeps nothing, and the person was told.
    pub unkept: bool,
    /// Whether the person lets the other page know this one's addresses, if they have said so or the contrary.
    pub allows: Option<bool>,
    /// What people are to carry to the other page, so that the two find each other without a server.
    pub code: Option<AttrValue>,
}

/// Something that an honest hub does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// What.
    pub fault: Fault,
    /// Since when.
    pub at: Timestamp,
}

/// What this browser has kept of a room.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Kept {
    /// What was being written.
    pub draft: String,
    /// What was on its way.
    #[serde(serialize_with = "mirrored::outbox")]
    pub outbox: Outbox,
    /// How far the talk was known.
    pub known: Option<Bookmark>,
    /// The two keys whose safety words were compared.
    pub verified: Option<[SeatKey; 2]>,
    /// The secrets of the room's links, the newest first.
    #[serde(serialize_with = "mirrored::links")]
    pub links: Vec<LinkSecret>,
    /// The two keys that sat here when all was known last.
    pub seen: Option<[SeatKey; 2]>,
    /// What could not be believed, and was not asked for again since.
    pub alarm: Option<Alarm>,
    /// Whether it was told what was read, if the other did too.
    pub tells_reading: bool,
    /// The other's last word on how far they had come; it is proven again.
    pub heard: Option<Receipt>,
    /// The entries that were known.
    pub log: Option<KeptLog>,
    /// How far the server was known to have them; `None`: all of them.
    pub saved: Option<Seq>,
    /// Whether the person wanted the server to store again, and it did not yet.
    pub wants_server: bool,
    /// The messages that were in that browser alone.
    pub lost: Vec<Lost>,
    /// Whether a direct path was allowed, if that was said.
    pub allows: Option<bool>,
}

/// Why something cannot be said or passed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No seat yet.
    NoSeat,
    /// Nothing is written.
    Empty,
    /// Too long by so many bytes.
    TooLong(usize),
    /// The other has the floor.
    NotYourTurn(Seat),
    /// The message before is still on its way.
    Underway,
    /// The path is down for good, or down and a pass cannot wait as a message can.
    Unreachable,
    /// What was brought is no code of the other's page.
    NoCode,
    /// The hub's own words.
    Told(String),
}

impl View {
    /// A room nobody has connected to yet.
    #[must_use]
    pub fn new(room: RoomId, now: Timestamp) -> Self {
        Self {
            room,
            now,
            path: Path::Connecting { again: false },
            ways: Ways::default(),
            seating: None,
            welcomed: false,
            person: None,
            known: None,
            verified: None,
            seen: None,
            alarm: None,
            talk: Rc::default(),
            log: Log::default(),
            saved: None,
            wants_server: None,
            ahead: Rc::default(),
            outbox: Rc::default(),
            receipts: Receipts::default(),
            draft: AttrValue::default(),
            restored: false,
            peer_writes_until: None,
            asked: None,
            peer_asks: None,
            claimable: None,
            refusal: None,
            unseated: false,
            unkept: false,
            allows: None,
            code: None,
        }
    }

    fn keep_nothing(&mut self, at: Timestamp) {
        if !std::mem::replace(&mut self.unkept, true) {
            Rc::make_mut(&mut self.talk).tell(at, What::Unkept);
        }
    }

    fn path(&mut self, path: Path) {
        self.path = path;
        if path != Path::Up {
            self.welcomed = false;
            self.unseated = false;
            self.peer_writes_until = None;
            if self.outbox.has_sent() {
                Rc::make_mut(&mut self.outbox).unsend();
            }
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.now = now;
        self.peer_writes_until = self.peer_writes_until.filter(|&until| until > now);
    }

    fn restore(&mut self, person: Person, kept: Kept) {
        // Something may have been written while the storage was being read.
        self.draft = joined(&kept.draft, &self.draft).into();
        Rc::make_mut(&mut self.outbox).restore(kept.outbox);
        self.known = kept.known;
        self.verified = kept.verified;
        self.seen = kept.seen;
        self.receipts.willing = kept.tells_reading;
        self.receipts.recall(kept.heard);
        if let Some(alarm) = kept.alarm {
            self.raise(alarm);
        }
        self.saved = kept.saved;
        self.allows = kept.allows;
        self.person = Some(Rc::new(person));
        self.restored = true;
        if let Some(log) = kept.log {
            self.recall(log);
        }
        self.recall_wish(kept.wants_server);
        if !kept.lost.is_empty() {
            Rc::make_mut(&mut self.talk).recall_lost(kept.lost);
        }
    }

    fn verify(&mut self, keys: [SeatKey; 2]) {
        self.verified = Some(keys);
        self.seen = self.keys();
    }

    /// Nothing more is taken from this hub until the person says so; what and since when is shown.
    fn raise(&mut self, alarm: Alarm) {
        self.alarm = Some(alarm);
        Rc::make_mut(&mut self.talk).tell(alarm.at, What::Doubt(alarm.fault));
    }

    fn begin_afresh(&mut self) {
        self.alarm = None;
        self.known = None;
        self.welcomed = false;
        self.tell_afresh();
        self.forget();
    }

    /// What follows need not be what is in sight, and whoever sits there need not be who did.
    fn tell_afresh(&mut self) {
        Rc::make_mut(&mut self.talk).begin_afresh(self.now);
        Rc::make_mut(&mut self.outbox).hold_meant();
    }

    /// Changes what this person knows.
    fn with_person(&mut self, change: impl FnOnce(&mut Person)) {
        if let Some(person) = &mut self.person {
            change(Rc::make_mut(person));
        }
    }

    fn reread(&mut self, kept: Kept) {
        // Whoever came by a link that was made there can be read with it alone.
        self.with_person(|person| {
            for link in kept.links.into_iter().rev() {
                if !person.links().contains(&link) {
                    person.add_link(link);
                }
            }
        });
        self.draft = kept.draft.into();
        self.outbox = Rc::new(kept.outbox);
        self.receipts.willing = kept.tells_reading;
        self.verified = kept.verified;
    }
}

impl Reducible for View {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut view = Rc::unwrap_or_clone(self);
        match action {
            Action::Frame(frame, now) => {
                view.tick(now);
                view.frame(frame);
            }
            Action::Path(path, now) => {
                view.tick(now);
                view.path(path);
            }
            Action::Ways(ways) => {
                view.ways = ways;
                view.code = view.code.take().filter(|_| ways.is_sought());
            }
            Action::Code(code) => view.code = code.map(AttrValue::from),
            Action::Ahead(entry, now) => {
                view.tick(now);
                view.show_ahead(&entry);
            }
            Action::Saved(saved) => view.saved = saved,
            Action::WantServer => view.want_server(),
            Action::Yield(seq, now) => {
                view.tick(now);
                view.yield_after(seq);
            }
            Action::Doubt(fault, now) => {
                view.tick(now);
                view.doubt(fault);
            }
            Action::Tick(now) => view.tick(now),
            Action::Restored(person, kept) => view.restore(*person, kept),
            Action::Reread(kept) => view.reread(kept),
            Action::Adopt(outbox) => view.adopt(&outbox),
            Action::Mirrored(of) => view = *of,
            Action::Write(text) => view.write(text),
            Action::Send { id, at, more } => view.send(id, at, more),
            Action::Asked(turn) => view.asked = Some(turn),
            Action::Sealed(id, letter) => Rc::make_mut(&mut view.outbox).seal(id, letter),
            Action::Sent(id, letter) => view.sent(id, &letter),
            Action::Settled(_) => {}
            Action::TakeBack(id) => view.take_back(id),
            Action::QueueAgain { id, at } => view.queue_again(id, at),
            Action::Told(word, at) => view.told(word, at),
            Action::Read(seq) => view.read_upto(seq),
            Action::TellReading(willing) => view.receipts.willing = willing,
            Action::Allow(allows) => view.allows = Some(allows),
            Action::Unkept(at) => view.keep_nothing(at),
            Action::Refuse(refusal) => view.refusal = Some(refusal),
            Action::NewLink(link) => view.with_person(|person| person.add_link(link)),
            Action::Verify(keys) => view.verify(keys),
            Action::Afresh => view.begin_afresh(),
        }
        Rc::new(view)
    }
}

#[cfg(test)]
pub(crate) mod tests;
