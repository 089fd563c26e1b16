//! A room with its journal and the people around it, next to the model of the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{
    Bookmark, CloseCode, ConnectionId, Entry, EntryHash, EntryId, Epoch, Input, Outputs, Record,
    Room, RoomId, Rules, Scope, Seat, Seq, Sit, Timestamp,
};

use crate::model::{Fact, Model, Verdict, Way};
use crate::people::{LINKS, PEOPLE, forger, key, secret, vouch};
use crate::readers::{Draft, Insider, Secrets};

/// Connections that still do something, if only to be refused.
const YOUNGEST: u64 = 7;

/// What one connection has been told.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) who: u8,
    pub(crate) seat: Option<Seat>,
    /// The last turn it heard of (I3).
    pub(crate) turn: u64,
    /// The last entry it saw or had stored: they come in order.
    pub(crate) last: u64,
    pub(crate) closed: Option<CloseCode>,
    /// In a world that reads.
    pub(crate) insider: Option<Insider>,
    pub(crate) said: Option<shared::ClientFrame>,
    /// How far each has come, as told last.
    pub(crate) heard: [Option<shared::Receipt>; 2],
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) brevity: f64,
    /// Whether people seal, sign and check all that is said.
    pub(crate) reading: bool,
    pub(crate) room: Room,
    pub(crate) model: Model,
    pub(crate) log: Vec<Entry>,
    pub(crate) facts: Vec<Fact>,
    /// How much of the journal is checked, and the messages in it.
    pub(crate) checked: usize,
    pub(crate) names: BTreeSet<(Seat, EntryId)>,
    /// An honest reader of everything, from the very beginning.
    pub(crate) reader: Record,
    pub(crate) secrets: Secrets,
    /// What goes with the command under way.
    pub(crate) draft: Draft,
    /// Who has which links.
    pub(crate) links: BTreeMap<u8, BTreeSet<u8>>,
    /// What people knew when they were last here.
    known: BTreeMap<u8, Insider>,
    pub(crate) now: Timestamp,
    epochs: u64,
    pub(crate) views: BTreeMap<ConnectionId, View>,
    pub(crate) connections: u64,
    pub(crate) nonces: u64,
}

impl World {
    /// People who end their turn with a message in this share of cases.
    pub(crate) fn new(rules: Rules, brevity: f64, reading: bool) -> Self {
        let (room, epoch) = (rules.room, Epoch(0));
        Self {
            rules,
            brevity,
            reading,
            room: Room::new(rules, epoch),
            model: Model::new(room == RoomId::Table, rules.hold),
            log: Vec::new(),
            facts: Vec::new(),
            checked: 0,
            names: BTreeSet::new(),
            reader: Record::new(Scope { room, epoch }),
            secrets: Secrets::default(),
            draft: Draft::default(),
            links: BTreeMap::new(),
            known: BTreeMap::new(),
            now: Timestamp(1_000_000),
            epochs: 0,
            views: BTreeMap::new(),
            connections: 0,
            nonces: 0,
        }
    }

    /// Does one thing at random and holds the outcome against the model's.
    pub(crate) fn step(&mut self, rng: &mut StdRng) {
        let journal_works = !rng.random_bool(0.05);
        match rng.random_range(0..100) {
            0..12 => self.join(rng, journal_works),
            12..22 => self.go(rng),
            22..26 => self.wait(rng, journal_works),
            26..27 => self.restart(),
            _ => self.command(rng, journal_works),
        }
    }

    fn join(&mut self, rng: &mut StdRng, journal_works: bool) {
        let connection = ConnectionId(self.connections);
        self.connections += 1;
        let who = rng.random_range(0..PEOPLE);
        let link = self.some_link(rng, who);
        let way = Way {
            behind: false,
            sound: !rng.random_bool(0.1),
            journal_works,
        };
        let room = self.rules.room;
        let insider = self.insider(rng, who);
        let position = match &insider {
            Some(insider) => insider.person.bookmark(),
            None => rng.random_bool(0.5).then(|| self.some_bookmark(rng)),
        };
        let view = View {
            who,
            insider,
            ..View::default()
        };
        self.views.insert(connection, view);
        let oldest = self.connections.saturating_sub(YOUNGEST);
        let remembered = |id: &ConnectionId, view: &View| id.0 >= oldest || view.closed.is_none();
        self.views.retain(|id, view| remembered(id, view));

        let expected = self.model.join(who, link, way);
        let sit = some_sit(rng, room, who, link, way.sound);
        let join = Input::Join {
            connection,
            sit,
            position,
        };
        let verdict = self.run(join, connection, journal_works);
        assert_eq!(verdict, expected, "join of {who} by {link:?}, {way:?}");
        let Verdict::Seated(seat) = verdict else {
            let closed = self.views[&connection].closed;
            assert!(closed.is_some(), "whoever is refused is sent away");
            return;
        };
        for (other, view) in &self.views {
            if view.seat == Some(seat) && *other != connection {
                assert!(view.closed.is_some(), "{other:?} still holds seat {seat}");
            }
        }
    }

    /// The link somebody comes by; from then on they have it. At the table hardly anybody has any.
    fn some_link(&mut self, rng: &mut StdRng, who: u8) -> Option<u8> {
        let without = if self.rules.room == RoomId::Table {
            0.9
        } else {
            0.1
        };
        if rng.random_bool(without) {
            return None;
        }
        let standing = self.model.standing.map(|standing| standing.link);
        let number = match standing.filter(|_| rng.random_bool(0.5)) {
            Some(right) => right,
            None => rng.random_range(0..LINKS),
        };
        self.secrets.may_learn(who, number).then(|| {
            self.links.entry(who).or_default().insert(number);
            number
        })
    }

    /// Somebody with what they knew before, or with their key and links alone.
    fn insider(&self, rng: &mut StdRng, who: u8) -> Option<Insider> {
        if !self.reading {
            return None;
        }
        let known = self.known.get(&who).filter(|_| rng.random_bool(0.8));
        let mut insider = known
            .cloned()
            .unwrap_or_else(|| Insider::new(self.rules.room, who));
        self.links_of(who).for_each(|link| insider.learn(link));
        Some(insider)
    }

    fn links_of(&self, who: u8) -> impl Iterator<Item = u8> {
        self.links.get(&who).into_iter().flatten().copied()
    }

    fn some_bookmark(&self, rng: &mut StdRng) -> Bookmark {
        let epoch = self.epochs - u64::from(self.epochs > 0 && rng.random_bool(0.2));
        let seq = rng.random_range(0..=self.log.len() + 2);
        let hash = self
            .log
            .get(seq)
            .map_or(self.reader.bookmark().hash, |next| next.prev);
        Bookmark {
            epoch: Epoch(epoch),
            seq: Seq(seq as u64),
            hash: if rng.random_bool(0.9) {
                hash
            } else {
                EntryHash([7; 32])
            },
        }
    }

    /// A connection breaks; the hub may tell the room twice, or late.
    fn go(&mut self, rng: &mut StdRng) {
        let Some(connection) = self.any_connection(rng) else {
            return;
        };
        let live = self.live(connection);
        self.room_only(Input::Gone { connection });
        if let Some(seat) = live {
            self.model.empty_since[seat.index()] = Some(self.now);
        }
        self.close(connection, CloseCode::NORMAL);
    }

    fn wait(&mut self, rng: &mut StdRng, journal_works: bool) {
        self.now = self
            .now
            .after(Duration::from_millis(rng.random_range(0..60_000)));
        while let Some(at) = self.room.next_wake()
            && at <= self.now
        {
            let overdue = self.model.overdue(self.now);
            let before = self.log.len();
            let epoch = self.epochs;
            if let (Some(seat), true) = (overdue, journal_works) {
                self.model.vacate(seat);
            }
            self.run(Input::Wake, ConnectionId(u64::MAX), journal_works);
            let freed = self.log.len() > before || self.epochs > epoch;
            assert_eq!(freed, overdue.is_some() && journal_works, "I7: {overdue:?}");
            if overdue.is_some() && !journal_works {
                let next = self.room.next_wake();
                assert!(next > Some(self.now), "a journal that failed is given time");
                break;
            }
        }
    }

    /// The process ends, and the next one begins with what the journal has.
    fn restart(&mut self) {
        let connections: Vec<_> = self.views.keys().copied().collect();
        for connection in connections {
            self.close(connection, CloseCode::DRAINING);
        }
        let epoch = self.room.position().epoch;
        let before = self.room.record().clone();
        self.room = Room::restore(self.rules, epoch, self.log.clone(), self.now)
            .expect("the journal is what the room wrote");
        assert_eq!(*self.room.record(), before, "nothing is lost");
        for seat in Seat::BOTH {
            let taken = self.model.seated[seat.index()].is_some();
            self.model.empty_since[seat.index()] = taken.then_some(self.now);
            self.model.receipts[seat.index()] = None;
        }
    }

    /// A connection ended. Whoever held it keeps what they know.
    pub(crate) fn close(&mut self, connection: ConnectionId, code: CloseCode) {
        let view = self
            .views
            .get_mut(&connection)
            .expect("a connection that joined");
        view.closed.get_or_insert(code);
        if let Some(insider) = view.insider.take() {
            self.known.insert(view.who, insider);
        }
    }

    /// Which seat a connection speaks for.
    pub(crate) fn live(&self, connection: ConnectionId) -> Option<Seat> {
        let view = self.views.get(&connection)?;
        view.seat.filter(|_| view.closed.is_none())
    }

    /// One of the youngest connections, dead ones among them.
    pub(crate) fn any_connection(&self, rng: &mut StdRng) -> Option<ConnectionId> {
        let age = rng.random_range(0..self.connections.clamp(1, YOUNGEST));
        let chosen = self.connections.checked_sub(age + 1)?;
        Some(ConnectionId(chosen))
    }

    fn room_only(&mut self, input: Input) {
        let outputs = self.room.handle(self.now, input);
        assert_eq!(outputs, Outputs::default());
    }

    /// Runs an input to its end, as the hub's room task does, and answers what `by` is told.
    pub(crate) fn run(&mut self, input: Input, by: ConnectionId, journal_works: bool) -> Verdict {
        let mut verdict = Verdict::Nothing;
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let outputs = self.room.handle(self.now, input);
            for delivery in outputs.deliveries {
                if let Some(told) = self.deliver(delivery, by) {
                    verdict = told;
                }
            }
            if outputs.finished {
                self.end_epoch();
            } else if let Some(entry) = outputs.append {
                next = Some(if journal_works {
                    self.append(entry);
                    Input::Appended
                } else {
                    Input::NotAppended
                });
            }
        }
        self.draft = Draft::default();
        verdict
    }

    fn append(&mut self, entry: Entry) {
        let draft = std::mem::take(&mut self.draft);
        self.secrets.note(&entry, draft, &self.model, &self.links);
        if self.reading {
            let verdict = self.secrets.verdict(entry.seq);
            assert_eq!(self.reader.check(&entry), verdict, "{entry:?}");
        } else {
            assert_eq!(self.reader.follows(&entry), Ok(()));
            assert_eq!(self.reader.allows(entry.seat, &entry.event), Ok(()));
        }
        self.reader.apply(&entry);
        self.facts.push(crate::invariants::fact(&entry));

        self.log.push(entry);
    }

    /// The talk is over, and whoever listened in has understood what was theirs and no more.
    pub(crate) fn end_epoch(&mut self) {
        if self.reading {
            for who in 0..PEOPLE {
                let mut outsider = Insider::new(self.rules.room, who);
                self.links_of(who).for_each(|link| outsider.learn(link));
                outsider.eavesdrop(&self.reader, &self.log, &self.secrets);
            }
        }
        self.epochs += 1;
        let epoch = Epoch(self.epochs);
        self.log.clear();
        self.facts.clear();
        self.checked = 0;
        self.names.clear();
        self.secrets = Secrets::default();
        self.reader = Record::new(Scope {
            room: self.rules.room,
            epoch,
        });
        self.room = Room::new(self.rules, epoch);
    }
}

/// The wish to sit; if it is not sound, it is signed by another, or by a key that agrees with everybody.
fn some_sit(rng: &mut StdRng, room: RoomId, who: u8, by: Option<u8>, sound: bool) -> Sit {
    let key = key(who);
    let invite = by.map(|number| vouch(&room, number, who));
    let signer = if sound { secret(who) } else { forger() };
    let mut sit = Sit {
        key,
        invite,
        sig: signer.sign_sit(&room, invite.as_ref()),
    };
    if let Some(invite) = sit
        .invite
        .as_mut()
        .filter(|_| !sound && rng.random_bool(0.5))
    {
        // The link's word for somebody else, as seen in the journal.
        invite.sig = vouch(&room, by.unwrap_or_default(), PEOPLE).sig;
        sit.sig = secret(who).sign_sit(&room, sit.invite.as_ref());
    }
    sit
}
