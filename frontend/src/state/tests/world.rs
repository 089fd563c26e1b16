//! A hub around a real room, the page connected to it, and other people. It does what the hub does, in this thread;
//! only its journal is a list, and on request it lies to the page.

mod mirror;
mod page;
mod people;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use shared::{
    BodyNonce, ClientFrame, CloseCode, ConnectionId, ConversationId, Delivery, Entry, Epoch, Input,
    LinkSecret, Nonce, Outputs, Person, Room, RoomId, Rules, Seat, SeatSecret, Seq, ServerFrame,
    Sit, Timestamp,
};

use super::{Rc, View};
use people::Other;

/// When it begins.
pub(crate) const T0: Timestamp = Timestamp(1_000_000);
/// The first life of the journal.
pub(crate) const EPOCH: Epoch = Epoch(7);
/// The link that opened the conversation.
pub(crate) const LINK: LinkSecret = LinkSecret([7; 32]);
/// The conversation.
pub(crate) const CONVERSATION: RoomId = RoomId::Conversation(ConversationId([1; 16]));
/// How long the table keeps a seat.
const HOLD: Duration = Duration::from_secs(60);
/// Entries a frame in a replay: few, so that a replay has more than one.
const PAGE: usize = 2;
/// Who the page's person is.
const ME: u8 = 0;
/// The other person, in most tests.
pub(crate) const BEA: u8 = 1;
/// Somebody else.
pub(crate) const CYD: u8 = 2;

/// What the hub makes of a frame on its way to the page.
type Lie = Box<dyn FnMut(ServerFrame) -> Vec<ServerFrame>>;

/// What is on its way to the page.
#[expect(
    clippy::large_enum_variant,
    reason = "most are frames, and none lives long"
)]
enum Post {
    Frame(ServerFrame),
    Close(CloseCode),
}

/// All of it.
pub(crate) struct World {
    rules: Rules,
    room: Room,
    log: Vec<Entry>,
    pub(crate) now: Timestamp,
    numbers: u64,
    pub(crate) view: Rc<View>,
    /// How far the talk is known, as the page keeps it.
    known: Option<shared::Bookmark>,
    /// The page's connection.
    at: Option<ConnectionId>,
    mail: VecDeque<Post>,
    slow: bool,
    lie: Option<Lie>,
    others: BTreeMap<u8, Other>,
    /// Another tab of the page's.
    mirror: mirror::Mirror,
}

/// Somebody's secret.
pub(crate) fn secret(number: u8) -> SeatSecret {
    SeatSecret::from_bytes([number + 1; 32])
}

impl World {
    /// An empty room, and a page that nobody has connected.
    pub(crate) fn new(room: RoomId) -> Self {
        let hold = (room == RoomId::Table).then_some(HOLD);
        let rules = Rules { room, hold };
        let mut world = Self {
            rules,
            room: Room::new(rules, EPOCH),
            log: Vec::new(),
            now: T0,
            numbers: 0,
            view: Rc::new(View::new(room, T0)),
            known: None,
            at: None,
            mail: VecDeque::new(),
            slow: false,
            lie: None,
            others: BTreeMap::new(),
            mirror: mirror::Mirror::default(),
        };
        let links = world.links();
        world.open_page(Person::new(room, secret(ME), links), super::Kept::default());
        world
    }

    /// The page alone in seat 1.
    pub(crate) fn alone(room: RoomId) -> Self {
        let mut world = Self::new(room);
        world.up();
        world
    }

    /// The page in `seat`, Bea in the other, both here.
    pub(crate) fn with_bea(room: RoomId, seat: Seat) -> Self {
        let mut world = Self::new(room);
        match seat {
            Seat::One => {
                world.up();
                world.sits(BEA);
            }
            Seat::Two => {
                world.sits(BEA);
                world.up();
            }
        }
        assert_eq!(world.view.my_seat(), Some(seat));
        world
    }

    /// The links everybody knows.
    fn links(&self) -> Vec<LinkSecret> {
        match self.rules.room {
            RoomId::Table => vec![],
            RoomId::Conversation(_) => vec![LINK],
        }
    }

    /// A number that was not there before.
    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn nonce(&mut self) -> BodyNonce {
        let mut nonce = [0; 24];
        nonce[..8].copy_from_slice(&self.number().to_be_bytes());
        nonce
    }

    /// What the page would tell another tab.
    pub(crate) fn story(&self) -> &crate::tabs::Story {
        &self.mirror.story
    }

    /// What the hub has.
    pub(crate) fn log(&self) -> &[Entry] {
        &self.log
    }

    /// The last entry there is.
    pub(crate) fn head(&self) -> Seq {
        self.room.position().seq
    }

    /// From now on every frame to the page goes through `lie`.
    pub(crate) fn lie(&mut self, lie: impl FnMut(ServerFrame) -> Vec<ServerFrame> + 'static) {
        self.lie = Some(Box::new(lie));
    }

    /// From now on the hub is honest again.
    pub(crate) fn honest(&mut self) {
        self.lie = None;
    }

    /// What is for the page stays on its way until it is [delivered](World::deliver).
    pub(crate) fn slow(&mut self) {
        self.slow = true;
    }

    /// Brings the page the next frame that is on its way.
    pub(crate) fn deliver_one(&mut self) {
        match self.mail.pop_front() {
            Some(Post::Frame(frame)) => {
                let frames = match &mut self.lie {
                    Some(lie) => lie(frame),
                    None => vec![frame],
                };
                for frame in frames {
                    self.hear(frame);
                }
            }
            Some(Post::Close(code)) => self.closed(code),
            None => {}
        }
    }

    /// Brings the page all that is on its way, and what comes from now on.
    pub(crate) fn deliver(&mut self) {
        self.slow = false;
        while !self.mail.is_empty() {
            self.deliver_one();
        }
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
        while self.room.next_wake().is_some_and(|at| at <= self.now) {
            self.run(Input::Wake);
        }
        self.act(super::Action::Tick(self.now));
    }

    /// The hub's process ends, and the next one begins with its journal.
    pub(crate) fn restart(&mut self) {
        self.restart_with(self.log.clone(), self.room.position().epoch);
    }

    /// A restart after which the last entries are missing.
    pub(crate) fn restart_without_last(&mut self, lost: usize) {
        let kept = self.log[..self.log.len() - lost].to_vec();
        self.restart_with(kept, self.room.position().epoch);
    }

    /// A restart that begins the journal anew.
    pub(crate) fn restart_anew(&mut self) {
        let Epoch(epoch) = self.room.position().epoch;
        self.restart_with(Vec::new(), Epoch(epoch + 1));
    }

    fn restart_with(&mut self, log: Vec<Entry>, epoch: Epoch) {
        self.down();
        for other in self.others.values_mut() {
            other.connection = None;
        }
        self.room = Room::restore(self.rules, epoch, log.clone(), self.now).unwrap();
        self.log = log;
    }

    fn connect(&mut self) -> ConnectionId {
        ConnectionId(self.number())
    }

    fn join(&mut self, connection: ConnectionId, person: &Person) {
        let ClientFrame::Hello {
            seat_key: key,
            invite,
            sig,
            position,
            ..
        } = person.hello(&Nonce([0; 32]))
        else {
            unreachable!("hello is hello");
        };
        self.run(Input::Join {
            connection,
            sit: Sit { key, invite, sig },
            position,
        });
    }

    /// Runs an input to its end, as the hub's room task does.
    fn run(&mut self, input: Input) {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let Outputs {
                deliveries,
                append,
                finished,
            } = self.room.handle(self.now, input);
            for delivery in deliveries {
                self.carry(delivery);
            }
            if finished {
                let Epoch(epoch) = self.room.position().epoch;
                self.room = Room::new(self.rules, Epoch(epoch + 1));
                self.log.clear();
            } else if !append.is_empty() {
                self.log.extend(append);
                next = Some(Input::Appended);
            }
        }
        if !self.slow {
            self.deliver();
        }
    }

    fn carry(&mut self, delivery: Delivery) {
        match delivery {
            Delivery::Frame { to, frame } => {
                for connection in to {
                    self.send(connection, frame.clone());
                }
            }
            Delivery::Replay { to, after, upto } => {
                let after = usize::try_from(after.0).unwrap();
                let upto = usize::try_from(upto.0).unwrap();
                let pages: Vec<_> = self.log[after..upto]
                    .chunks(PAGE)
                    .map(<[_]>::to_vec)
                    .collect();
                for entries in pages {
                    self.send(to, ServerFrame::Entries { entries });
                }
            }
            Delivery::Close { connection, code } if self.at == Some(connection) => {
                self.mail.push_back(Post::Close(code));
            }
            Delivery::Close { connection, .. } => {
                if let Some(other) = self.other_at(connection) {
                    other.connection = None;
                }
                self.run_gone(connection);
            }
        }
    }

    fn run_gone(&mut self, connection: ConnectionId) {
        let outputs = self.room.handle(self.now, Input::Gone { connection });
        assert_eq!(outputs, Outputs::default());
    }

    fn send(&mut self, connection: ConnectionId, frame: ServerFrame) {
        if self.at == Some(connection) {
            self.mail.push_back(Post::Frame(frame));
        } else if let Some(other) = self.other_at(connection) {
            other.hear(frame);
        }
    }
}
