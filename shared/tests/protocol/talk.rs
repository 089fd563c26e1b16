//! The worked talk: fixed seeds, nonces and times before the room that the hub runs. The examples show it, and the
//! vectors hold its bytes.

mod agreements;

use std::collections::BTreeMap;
use std::time::Duration;

use shared::{
    ClientFrame, ConnectionId, ConversationId, Delivery, Entry, EntryId, Epoch, Event, Input,
    LinkSecret, Nonce, Person, Room, RoomId, Rules, Saying, Scope, SeatSecret, Seq, ServerFrame,
    Sit, Timestamp, Turn,
};

/// Sits in the first seat.
pub(crate) const ANA: ConnectionId = ConnectionId(1);
/// Comes by Ana's link.
pub(crate) const BEN: ConnectionId = ConnectionId(2);
/// Ben with another device, after he has lost the first.
pub(crate) const BEN_AGAIN: ConnectionId = ConnectionId(3);
/// Comes by Ana's second link when Ben has left.
pub(crate) const CEM: ConnectionId = ConnectionId(4);

/// `N` bytes that count up from `first`.
pub(crate) fn counting<const N: usize>(first: u8) -> [u8; N] {
    std::array::from_fn(|at| first + u8::try_from(at).expect("few bytes"))
}

/// Everybody's seed.
pub(crate) fn seed(of: ConnectionId) -> [u8; 32] {
    counting([0x00, 0x20, 0x40, 0x60][usize::try_from(of.0).expect("few people") - 1])
}

pub(crate) fn secret(of: ConnectionId) -> SeatSecret {
    SeatSecret::from_bytes(seed(of))
}

/// What is signed in everybody's proof.
pub(crate) fn challenge(of: ConnectionId) -> Nonce {
    Nonce([0xc0 + u8::try_from(of.0).expect("few people"); 32])
}

/// The links that Ana makes, in their order.
pub(crate) fn links() -> [LinkSecret; 2] {
    [0x80, 0xa0].map(|first| LinkSecret(counting(first)))
}

/// A body's random bytes, told apart by a number.
pub(crate) fn body_nonce(number: u8) -> [u8; 24] {
    [number; 24]
}

/// What happened in one room, as far as anybody was told.
pub(crate) struct Talk {
    room: Room,
    pub(crate) scope: Scope,
    pub(crate) people: BTreeMap<ConnectionId, Person>,
    pub(crate) entries: Vec<Entry>,
    /// The frames that the hub heard.
    pub(crate) asked: Vec<ClientFrame>,
    /// The frames that it sent.
    pub(crate) told: Vec<ServerFrame>,
}

impl Talk {
    fn begin(scope: Scope, hold: Option<Duration>) -> Self {
        let room = scope.room;
        Self {
            room: Room::new(Rules { room, hold }, scope.epoch),
            scope,
            people: BTreeMap::new(),
            entries: Vec::new(),
            asked: Vec::new(),
            told: Vec::new(),
        }
    }

    fn handle(&mut self, at: Timestamp, input: Input) {
        let outputs = self.room.handle(at, input);
        for delivery in outputs.deliveries {
            match delivery {
                Delivery::Frame { to, frame } => {
                    if let ServerFrame::Welcome {
                        seat,
                        epoch,
                        outset,
                        ..
                    } = frame
                    {
                        let person = self.people.get_mut(&to[0]).expect("they came");
                        person.welcome(seat, epoch, outset).expect("an honest hub");
                    }
                    self.told.push(frame);
                }
                Delivery::Replay { after, upto, .. } => {
                    let shown = |entry: &&Entry| after < entry.seq && entry.seq <= upto;
                    let entries = self.entries.iter().filter(shown).cloned().collect();
                    self.told.push(ServerFrame::Entries { entries });
                }
                Delivery::Close { connection, .. } => {
                    self.people.remove(&connection);
                }
            }
        }
        self.catch_up();
        if !outputs.append.is_empty() {
            self.entries.extend(outputs.append);
            self.handle(at, Input::Appended);
        }
    }

    /// Everybody who sits takes in what they have not yet seen.
    fn catch_up(&mut self) {
        for person in self.people.values_mut() {
            for entry in &self.entries {
                let known = person.record().map(|record| record.position().seq);
                if known.is_some_and(|known| known < entry.seq) {
                    person.check(entry).expect("an honest hub");
                    person.take(entry);
                }
            }
        }
    }

    fn come(&mut self, at: Timestamp, who: ConnectionId, person: Person) {
        let nonce = challenge(who);
        self.told.push(ServerFrame::Challenge { nonce });
        let hello = person.hello(&nonce);
        let ClientFrame::Hello {
            seat_key: key,
            invite,
            sig,
            position,
            ..
        } = hello
        else {
            panic!("no hello: {hello:?}");
        };
        self.asked.push(hello);
        self.people.insert(who, person);
        let join = Input::Join {
            connection: who,
            sit: Sit { key, invite, sig },
            position,
        };
        self.handle(at, join);
    }

    /// Somebody new, by this link.
    fn arrive(&mut self, at: Timestamp, who: ConnectionId, link: Option<LinkSecret>) {
        let links = link.into_iter().collect();
        self.come(at, who, Person::new(self.scope.room, secret(who), links));
    }

    fn ask(
        &mut self,
        at: Timestamp,
        who: ConnectionId,
        frame: impl FnOnce(&mut Person) -> ClientFrame,
    ) {
        let frame = frame(self.people.get_mut(&who).expect("they sit"));
        self.asked.push(frame.clone());
        let connection = who;
        self.handle(at, Input::Frame { connection, frame });
    }

    fn say(&mut self, at: Timestamp, who: ConnectionId, id: &str, turn: u64, text: &str) {
        let number = u8::try_from(self.entries.len() + 1).expect("a short talk");
        self.ask(at, who, |person| {
            let said = person.say(saying(id, turn, None), text, &body_nonce(number));
            said.expect("a key and a short text")
        });
    }

    /// As [`Talk::say`], while both may speak.
    fn say_having_seen(
        &mut self,
        at: Timestamp,
        who: ConnectionId,
        id: &str,
        turn: u64,
        seen: u64,
        text: &str,
    ) {
        let number = u8::try_from(self.entries.len() + 1).expect("a short talk");
        self.ask(at, who, |person| {
            let said = person.say(saying(id, turn, Some(seen)), text, &body_nonce(number));
            said.expect("a key and a short text")
        });
    }

    /// Somebody does something without words.
    fn act(&mut self, at: Timestamp, who: ConnectionId, event: Event) {
        self.ask(at, who, |person| wish(person, event));
    }

    /// Somebody tells how far they have come.
    fn receipt(&mut self, at: Timestamp, who: ConnectionId, delivered: u64, read: Option<u64>) {
        let hash = self.entry(delivered).hash(&self.scope);
        self.ask(at, who, |person| {
            let receipt = person.receipt(Seq(delivered), &hash, read.map(Seq));
            ClientFrame::Receipt(receipt.expect("a seat"))
        });
    }

    pub(crate) fn entry(&self, seq: u64) -> &Entry {
        let of = |entry: &&Entry| entry.seq == Seq(seq);
        self.entries.iter().find(of).expect("it happened")
    }
}

/// What somebody who sits wants to happen, signed after all they know.
fn wish(person: &Person, event: Event) -> ClientFrame {
    let (prev, sig) = person.sign(&event).expect("a seat");
    ClientFrame::signed(event, prev, sig).expect("no arrival")
}

fn saying(id: &str, turn: u64, seen: Option<u64>) -> Saying {
    Saying {
        id: name(id),
        turn: Turn(turn),
        end_turn: true,
        seen: seen.map(Seq),
    }
}

fn name(id: &str) -> EntryId {
    id.parse().expect("16 bytes")
}

/// New Year 2026, and so many seconds.
fn after(seconds: u64) -> Timestamp {
    Timestamp(1_767_225_600_000 + 1000 * seconds)
}

/// A conversation in which everything happens once.
pub(crate) fn conversation() -> Talk {
    let scope = Scope {
        room: RoomId::Conversation(ConversationId(counting(0xf0))),
        epoch: Epoch(0x9f3c_0a51_d27e_8b46),
    };
    let [first, second] = links();
    let mut talk = Talk::begin(scope, None);
    talk.arrive(after(0), ANA, Some(first));
    talk.say(after(4), ANA, "UdDDqX4vS2iwpBxtk-f1gg", 1, "Hello?");
    talk.arrive(after(10), BEN, Some(first));
    talk.receipt(after(11), BEN, 2, None);
    talk.say(
        after(31),
        BEN,
        "86hrECnNTnWYLvxR1wRqOw",
        2,
        "Yes, I am here.",
    );
    talk.receipt(after(32), ANA, 4, Some(0));
    talk.receipt(after(33), BEN, 2, Some(2));
    talk.receipt(after(35), ANA, 4, Some(4));
    talk.ask(after(40), ANA, |ana| ana.pass(Turn(3)).expect("a seat"));
    // Ana reloads her page.
    let ana = talk.people[&ANA].clone();
    talk.come(after(45), ANA, ana);
    talk.ask(after(90), ANA, |ana| {
        let reseat = ana.reseat(secret(BEN_AGAIN).key(), &body_nonce(6));
        reseat.expect("a sound key")
    });
    talk.arrive(after(95), BEN_AGAIN, Some(first));
    talk.ask(after(120), BEN_AGAIN, |ben| ben.leave().expect("a seat"));
    talk.ask(after(150), ANA, |ana| {
        ana.add_link(second);
        ana.invite(&second).expect("a seat")
    });
    talk.arrive(after(200), CEM, Some(second));
    agreements::talk_freely(&mut talk);
    agreements::take_the_floor(&mut talk);
    agreements::talk_without_a_server(&mut talk);
    agreements::talk_directly_only(&mut talk);
    talk
}

/// Two at the table, one of whom goes away for too long.
pub(crate) fn table() -> Talk {
    let scope = Scope {
        room: RoomId::Table,
        epoch: Epoch(0x2b7e_1516_28ae_d2a6),
    };
    let mut talk = Talk::begin(scope, Some(Duration::from_secs(60)));
    talk.arrive(after(0), ANA, None);
    talk.arrive(after(10), BEN, None);
    talk.say(
        after(20),
        ANA,
        "B7t1WxCqQkWcE0nYJ9eP1A",
        1,
        "Nobody heard me before.",
    );
    talk.people.remove(&BEN);
    talk.handle(after(52), Input::Gone { connection: BEN });
    talk.handle(after(112), Input::Wake);
    talk
}
