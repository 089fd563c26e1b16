//! A room with its journal and the people around it, next to the model of the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom as _;
use shared::{
    CloseCode, ConnectionId, Entry, EntryId, Epoch, Event, Floor, Input, Outputs, Presence, Record,
    Room, RoomId, Rules, Scope, Sealed, Seat, Timestamp,
};

use crate::model::{Fact, Model, Verdict};
use crate::people::PEOPLE;
use crate::readers::{Draft, Insider, Secrets};

/// Connections that still do something, if only to be refused.
pub(crate) const YOUNGEST: u64 = 7;

/// What one connection has been told.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) who: u8,
    pub(crate) seat: Option<Seat>,
    /// The floor it heard of last (I3).
    pub(crate) floor: Option<Floor>,
    /// How it was told that the other seat stands.
    pub(crate) peer: Option<Presence>,
    /// The last question for the floor it heard, by its number.
    pub(crate) asked: Option<u64>,
    /// Since when it knows that the floor can be taken.
    pub(crate) claimable: Option<Timestamp>,
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
    /// What kinds of things have happened.
    pub(crate) happened: HashSet<Discriminant<Event>>,
    /// What goes with the command under way.
    pub(crate) draft: Draft,
    /// What could be claimed before a seat was given up in the same moment.
    pub(crate) due: Option<(Seat, u64, Timestamp)>,
    /// What goes with each entry of an upload.
    pub(crate) uploaded: Vec<Draft>,
    /// What was signalled last, and from which seat.
    pub(crate) signalled: Option<(Seat, Sealed)>,
    /// Who has which links.
    pub(crate) links: BTreeMap<u8, BTreeSet<u8>>,
    /// What people knew when they were last here.
    pub(crate) known: BTreeMap<u8, Insider>,
    pub(crate) now: Timestamp,
    pub(crate) epochs: u64,
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
            model: Model::new(room == RoomId::Table, rules.hold, Timestamp(1_000_000)),
            log: Vec::new(),
            facts: Vec::new(),
            checked: 0,
            names: BTreeSet::new(),
            reader: Record::new(Scope { room, epoch }),
            secrets: Secrets::default(),
            draft: Draft::default(),
            happened: HashSet::new(),
            due: None,
            uploaded: Vec::new(),
            signalled: None,
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
            12..20 => self.go(rng),
            20..22 => self.say_bye(rng),
            22..26 => self.wait(rng, journal_works),
            26..27 => self.restart(),
            _ => self.command(rng, journal_works),
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
            self.model.depart(seat);
        }
        self.close(connection, CloseCode::NORMAL);
    }

    fn say_bye(&mut self, rng: &mut StdRng) {
        if let Some(connection) = self.any_connection(rng) {
            self.bye(connection);
        }
    }

    fn wait(&mut self, rng: &mut StdRng, journal_works: bool) {
        // The table has given its seats up long before an hour is over.
        let long = self.rules.hold.is_none() && rng.random_bool(0.3);
        let most = if long { 100_000_000 } else { 60_000 };
        self.now = self
            .now
            .after(Duration::from_millis(rng.random_range(0..most)));
        self.model.now = self.now;
        while let Some(at) = self.room.next_wake()
            && at <= self.now
        {
            let overdue = self.model.overdue(self.now);
            self.due = self.model.claimable();
            let floor = *self.room.floor();
            let before = self.log.len();
            let epoch = self.epochs;
            if let (Some(seat), true) = (overdue, journal_works) {
                self.model.vacate(seat);
            }
            self.run(Input::Wake, ConnectionId(u64::MAX), journal_works);
            let freed = self.log.len() > before || self.epochs > epoch;
            assert_eq!(freed, overdue.is_some() && journal_works, "I7: {overdue:?}");
            assert!(freed || *self.room.floor() == floor, "I7: nobody did that");
            if overdue.is_some() && !journal_works {
                let next = self.room.next_wake();
                assert!(next > Some(self.now), "a journal that failed is given time");
                break;
            }
        }
        self.due = None;
        self.knows_what_can_be_claimed();
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
        self.model.restart();
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

    /// Mostly one that holds a seat.
    pub(crate) fn some_connection(&self, rng: &mut StdRng) -> Option<ConnectionId> {
        let live = |id: &ConnectionId| self.live(*id).is_some();
        match self.views.keys().copied().filter(live).choose(rng) {
            Some(seated) if rng.random_bool(0.7) => Some(seated),
            _ => self.any_connection(rng),
        }
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
            } else if !outputs.append.is_empty() {
                next = Some(if journal_works {
                    outputs.append.into_iter().for_each(|it| self.append(it));
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
        let draft = match self.uploaded.pop() {
            Some(draft) => draft,
            None => std::mem::take(&mut self.draft),
        };
        self.secrets.note(&entry, draft, &self.model, &self.links);
        if self.reading {
            let verdict = self.secrets.verdict(entry.seq);
            assert_eq!(self.reader.check(&entry), verdict, "{entry:?}");
        } else {
            assert_eq!(self.reader.follows(&entry), Ok(()));
            assert_eq!(self.reader.allows(entry.seat, &entry.event), Ok(()));
        }
        self.happened.insert(discriminant(&entry.event));
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
