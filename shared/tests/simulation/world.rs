//! A room with its journal and the people around it, next to the model of the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use shared::{
    ClientFrame, CloseCode, ConnectionId, Delivery, Entry, EntryId, Epoch, Event, Input, Mode,
    Outputs, Position, Rejection, Room, Rules, Sealed, Seat, SeatSecret, Seq, ServerFrame,
    Timestamp, Turn,
};

use crate::model::{Fact, Model, Verdict};

/// People who come and go: more than there are seats.
const PEOPLE: u8 = 4;

/// What one connection has been told.
#[derive(Debug, Default)]
struct View {
    seat: Option<Seat>,
    /// The last turn it heard of (I3).
    turn: u64,
    /// The last entry it saw or had stored: they come in order.
    last: u64,
    closed: Option<CloseCode>,
}

#[derive(Debug)]
pub(crate) struct World {
    rules: Rules,
    brevity: f64,
    room: Room,
    model: Model,
    log: Vec<Entry>,
    now: Timestamp,
    epochs: u64,
    views: BTreeMap<ConnectionId, View>,
    connections: u64,
}

impl World {
    /// People who end their turn with a message in this share of cases.
    pub(crate) fn new(rules: Rules, brevity: f64) -> Self {
        Self {
            rules,
            brevity,
            room: Room::new(rules, Epoch(0)),
            model: Model::new(rules.hold),
            log: Vec::new(),
            now: Timestamp(1_000_000),
            epochs: 0,
            views: BTreeMap::new(),
            connections: 0,
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
        self.views.insert(connection, View::default());
        let key = person(rng.random_range(0..PEOPLE));
        let position = rng.random_bool(0.5).then(|| Position {
            epoch: Epoch(self.epochs - u64::from(self.epochs > 0 && rng.random_bool(0.2))),
            seq: Seq(rng.random_range(0..=self.log.len() as u64 + 2)),
        });
        let expected = self.model.join(key, journal_works);
        let join = Input::Join {
            connection,
            key,
            position,
        };
        let verdict = self.run(join, connection, journal_works);
        assert_eq!(verdict, expected, "join of {key:?}");
        if let Verdict::Seated(seat) = verdict {
            for (other, view) in &self.views {
                if view.seat == Some(seat) && *other != connection {
                    assert!(view.closed.is_some(), "{other:?} still holds seat {seat}");
                }
            }
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
        if let Some(view) = self.views.get_mut(&connection) {
            view.closed = Some(CloseCode::NORMAL);
        }
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
            self.run(Input::Wake, ConnectionId(u64::MAX), journal_works);
            let freed = self.log.len() > before || self.epochs > epoch;
            assert_eq!(freed, overdue.is_some() && journal_works, "I7: {overdue:?}");
            if let (Some(seat), true) = (overdue, freed) {
                self.model.vacate(seat);
            }
            if overdue.is_some() && !journal_works {
                let next = self.room.next_wake();
                assert!(next > Some(self.now), "a journal that failed is given time");
                break;
            }
        }
    }

    /// The process ends, and the next one begins with what the journal has.
    fn restart(&mut self) {
        for view in self.views.values_mut() {
            view.closed.get_or_insert(CloseCode::DRAINING);
        }
        let epoch = self.room.position().epoch;
        self.room = Room::restore(self.rules, epoch, self.log.clone(), self.now)
            .expect("the journal is what the room wrote");
        for seat in Seat::BOTH {
            let taken = self.model.keys[seat.index()].is_some();
            self.model.empty_since[seat.index()] = taken.then_some(self.now);
        }
    }

    fn command(&mut self, rng: &mut StdRng, journal_works: bool) {
        let Some(connection) = self.any_connection(rng) else {
            return;
        };
        let near = self.model.turn + 2;
        let turn = match rng.random_range(0..10) {
            0 => rng.random_range(0..=near),
            _ => self.model.turn,
        };
        let id = message(rng.random_range(0..self.log.len() as u64 + 8));
        let end_turn = rng.random_bool(self.brevity);
        let live = self.live(connection);
        let refused = Verdict::Refused("not_seated");
        let (frame, expected) = match rng.random_range(0..100) {
            0..70 => (
                ClientFrame::Say {
                    id,
                    turn: Turn(turn),
                    end_turn,
                    sealed: Sealed::new(b"words".as_slice()),
                },
                live.map_or(refused, |seat| {
                    self.model.say(seat, id, turn, end_turn, journal_works)
                }),
            ),
            70..85 => (
                ClientFrame::Pass { turn: Turn(turn) },
                live.map_or(refused, |seat| self.model.pass(seat, turn, journal_works)),
            ),
            85..88 => (
                ClientFrame::Leave {},
                live.map_or(refused, |seat| self.model.leave(seat, journal_works)),
            ),
            88..94 => (
                ClientFrame::Typing {},
                live.map_or(refused, |_| Verdict::Nothing),
            ),
            _ => (
                ClientFrame::Ping {},
                live.map_or(refused, |_| Verdict::Nothing),
            ),
        };
        let input = Input::Frame {
            connection,
            frame: frame.clone(),
        };
        let verdict = self.run(input, connection, journal_works);
        assert_eq!(verdict, expected, "{frame:?}");
    }

    /// Which seat a connection speaks for.
    fn live(&self, connection: ConnectionId) -> Option<Seat> {
        let view = self.views.get(&connection)?;
        view.seat.filter(|_| view.closed.is_none())
    }

    /// One of the youngest connections, dead ones among them.
    fn any_connection(&self, rng: &mut StdRng) -> Option<ConnectionId> {
        let youngest = self.connections.checked_sub(1)?;
        let age = rng.random_range(0..=youngest.min(6));
        Some(ConnectionId(youngest - age))
    }

    fn room_only(&mut self, input: Input) {
        let outputs = self.room.handle(self.now, input);
        assert_eq!(outputs, Outputs::default());
    }

    /// Runs an input to its end, as the hub's room task does, and answers what `by` is told.
    fn run(&mut self, input: Input, by: ConnectionId, journal_works: bool) -> Verdict {
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
                self.epochs += 1;
                self.log.clear();
                self.room = Room::new(self.rules, Epoch(self.epochs));
            } else if let Some(entry) = outputs.append {
                next = Some(if journal_works {
                    self.log.push(entry);
                    Input::Appended
                } else {
                    Input::NotAppended
                });
            }
        }
        verdict
    }

    fn deliver(&mut self, delivery: Delivery, by: ConnectionId) -> Option<Verdict> {
        match delivery {
            Delivery::Frame { to, frame } => {
                let unique: BTreeSet<_> = to.iter().collect();
                assert_eq!(unique.len(), to.len(), "nobody is told twice");
                for connection in &to {
                    self.hear(*connection, &frame);
                }
                to.contains(&by)
                    .then(|| verdict(&frame, by, self))
                    .flatten()
            }
            Delivery::Replay { to, after, upto } => {
                assert!(after < upto && upto.0 <= self.log.len() as u64);
                self.views
                    .get_mut(&to)
                    .expect("a connection that joined")
                    .last = upto.0;
                None
            }
            Delivery::Close { connection, code } => {
                let view = self
                    .views
                    .get_mut(&connection)
                    .expect("a connection that joined");
                view.closed.get_or_insert(code);
                (connection == by && code == CloseCode::LEFT).then_some(Verdict::Left)
            }
        }
    }

    fn hear(&mut self, connection: ConnectionId, frame: &ServerFrame) {
        let head = self.log.len() as u64;
        let view = self
            .views
            .get_mut(&connection)
            .expect("a connection that joined");
        if view.seat.is_some() && !matches!(frame, ServerFrame::Rejected { .. }) {
            assert_eq!(
                view.closed, None,
                "{connection:?} is closed and gets {frame:?}"
            );
        }
        match frame {
            ServerFrame::Welcome { seat, floor, .. } => {
                view.seat = Some(*seat);
                view.turn = floor.turn.0;
                view.last = view.last.max(head);
            }
            ServerFrame::Entry(entry) => {
                assert!(entry.seq.0 > view.last, "entries come in order");
                assert_eq!(
                    entry.seq.0, head,
                    "an entry is told once it is in the journal"
                );
                view.last = entry.seq.0;
            }
            ServerFrame::Turn(floor) => {
                assert!(floor.turn.0 > view.turn, "I3: the turn only grows");
                view.turn = floor.turn.0;
            }
            ServerFrame::Stored { seq, .. } => {
                assert!(seq.0 <= head, "stored before it was in the journal");
            }
            _ => {}
        }
    }

    pub(crate) fn check_invariants(&self) {
        let seated: Vec<_> = Seat::BOTH.map(|seat| self.room.key(seat)).to_vec();
        assert_eq!(seated, self.model.keys, "I1: who sits");
        if let [Some(one), Some(two)] = seated[..] {
            assert_ne!(one, two, "I1: one person, one seat");
        }
        let floor = self.room.floor();
        let expected = (self.model.turn, self.model.holder);
        assert_eq!((floor.turn.0, floor.holder), expected, "I2: who speaks");
        assert_eq!(floor.mode, Mode::Strict, "I7: no timer changes the mode");

        let facts: Vec<_> = self.log.iter().map(fact).collect();
        assert_eq!(
            facts, self.model.facts,
            "the journal and the model tell the same story"
        );
        assert_eq!(self.room.position().seq.0, self.log.len() as u64);
        let mut names = BTreeSet::new();
        for (index, entry) in self.log.iter().enumerate() {
            assert_eq!(entry.seq.0, index as u64 + 1);
            if let Event::Say { id, .. } = entry.event {
                assert!(names.insert((entry.seat, id)), "I5: {id} twice");
            }
        }
        let live: Vec<_> = self
            .views
            .values()
            .filter(|view| view.closed.is_none())
            .collect();
        for seat in Seat::BOTH {
            let connected = live.iter().filter(|view| view.seat == Some(seat)).count();
            assert!(
                connected <= 1,
                "the newest connection of seat {seat} is the only one"
            );
        }
    }
}

/// What a frame says about its receiver's own command.
fn verdict(frame: &ServerFrame, by: ConnectionId, world: &World) -> Option<Verdict> {
    Some(match frame {
        ServerFrame::Welcome { seat, .. } => Verdict::Seated(*seat),
        ServerFrame::Stored { seq, .. } => Verdict::Stored(seq.0),
        ServerFrame::Entry(entry) if matches!(entry.event, Event::Pass { .. }) => {
            (world.live(by) == Some(entry.seat)).then_some(Verdict::Passed)?
        }
        ServerFrame::Rejected { rejection, .. } => match rejection {
            Rejection::RoomFull {} => Verdict::Full,
            Rejection::NotSeated {} => Verdict::Refused("not_seated"),
            Rejection::NotYourTurn { turn, holder } => {
                assert_eq!((turn.0, *holder), (world.model.turn, world.model.holder));
                Verdict::Refused("not_your_turn")
            }
            Rejection::StaleTurn { .. } => Verdict::Refused("stale_turn"),
            Rejection::JournalUnavailable {} => Verdict::Refused("journal_unavailable"),
            other => panic!("nobody asked for {other:?}"),
        },
        _ => return None,
    })
}

fn fact(entry: &Entry) -> Fact {
    let seat = entry.seat;
    match &entry.event {
        Event::Sit { key } => Fact::Sat(seat, *key),
        Event::Leave { .. } => Fact::Left(seat),
        Event::Say { id, turn, .. } => Fact::Said(seat, *id, turn.0),
        Event::Pass { turn } => Fact::Passed(seat, turn.0),
    }
}

fn person(number: u8) -> shared::SeatKey {
    SeatSecret::from_bytes([number; 32]).key()
}

fn message(number: u64) -> EntryId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    EntryId(bytes)
}
