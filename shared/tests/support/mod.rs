//! A real room on a journal that never fails, and honest guests who check and read all they are shown.

// Each test file is a crate of its own and uses its part of this.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;
use std::time::Duration;

use shared::{
    ClientFrame, CloseCode, ConnectionId, ConversationId, Delivery, Entry, EntryId, Epoch, Event,
    Input, LinkSecret, Mode, Nonce, Person, Reading, Rejection, Room, RoomId, Rules, Saying, Scope,
    Seat, SeatKey, SeatSecret, Seq, ServerFrame, Sit, Timestamp, Turn,
};

pub const CONVERSATION: RoomId = RoomId::Conversation(ConversationId([5; 16]));

pub fn secret(number: u8) -> SeatSecret {
    SeatSecret::from_bytes([number; 32])
}

pub fn link(number: u8) -> LinkSecret {
    LinkSecret([number; 32])
}

/// A message's name.
pub fn id(number: u8) -> EntryId {
    EntryId([number; 16])
}

/// Somebody who may come, and what became of them.
#[derive(Clone, Debug)]
pub struct Guest {
    pub secret: SeatSecret,
    pub person: Person,
    pub connection: Option<ConnectionId>,
    pub closed: Option<CloseCode>,
    pub readings: BTreeMap<Seq, Reading>,
    said: Option<ClientFrame>,
    refused: Option<Rejection>,
}

/// A room and its guests.
#[derive(Clone, Debug)]
pub struct Hall {
    pub rules: Rules,
    pub room: Room,
    pub log: Vec<Entry>,
    pub guests: Vec<Guest>,
    now: Timestamp,
    connections: u64,
    nonces: u8,
}

impl Hall {
    pub fn new(room: RoomId, epoch: Epoch) -> Self {
        let rules = Rules { room, hold: None };
        Self {
            rules,
            room: Room::new(rules, epoch),
            log: Vec::new(),
            guests: Vec::new(),
            now: Timestamp(1_000),
            connections: 0,
            nonces: 0,
        }
    }

    /// Invites guest `number` to come, with these links; answers their place in the list.
    pub fn guest(&mut self, number: u8, links: Vec<LinkSecret>) -> usize {
        let secret = secret(number);
        self.guests.push(Guest {
            person: Person::new(self.rules.room, secret.clone(), links),
            secret,
            connection: None,
            closed: None,
            readings: BTreeMap::new(),
            said: None,
            refused: None,
        });
        self.guests.len() - 1
    }

    pub fn scope(&self) -> Scope {
        *self.room.record().scope()
    }

    pub fn key(&self, guest: usize) -> SeatKey {
        self.guests[guest].secret.key()
    }

    /// Comes, or comes back.
    pub fn join(&mut self, guest: usize) -> Result<Seat, Rejection> {
        self.connections += 1;
        let connection = ConnectionId(self.connections);
        let visitor = &mut self.guests[guest];
        (visitor.connection, visitor.closed) = (Some(connection), None);
        let ClientFrame::Hello {
            seat_key: key,
            invite,
            sig,
            position,
            ..
        } = visitor.person.hello(&Nonce([0; 32]))
        else {
            unreachable!("hello is a hello");
        };
        let sit = Sit { key, invite, sig };
        self.run(Input::Join {
            connection,
            sit,
            position,
        });
        self.verdict(guest)?;
        Ok(self.guests[guest].person.seat().expect("welcomed"))
    }

    pub fn send(&mut self, guest: usize, frame: ClientFrame) -> Result<(), Rejection> {
        let connection = self.guests[guest].connection.expect("connected");
        self.guests[guest].said = Some(frame.clone());
        self.run(Input::Frame { connection, frame });
        self.verdict(guest)
    }

    pub fn say(&mut self, guest: usize, name: u8, end_turn: bool) -> Result<(), Rejection> {
        let floor = self.room.floor();
        self.nonces = self.nonces.wrapping_add(1);
        let nonce = [self.nonces; 24];
        let text = format!("message {name}");
        let person = &self.guests[guest].person;
        let known = person.bookmark().map(|bookmark| bookmark.seq);
        let saying = Saying {
            id: id(name),
            turn: floor.turn,
            end_turn,
            seen: known.filter(|_| floor.mode == Mode::Free),
        };
        let said = person.say(saying, &text, &nonce);
        self.send(guest, said.expect("a seat and a key"))
    }

    pub fn pass(&mut self, guest: usize) -> Result<(), Rejection> {
        let turn: Turn = self.room.floor().turn;
        let pass = self.guests[guest].person.pass(turn);
        self.send(guest, pass.expect("a seat"))
    }

    /// Does something that has no words.
    pub fn act(&mut self, guest: usize, event: Event) -> Result<(), Rejection> {
        let (prev, sig) = self.guests[guest].person.sign(&event).expect("a seat");
        let frame = ClientFrame::signed(event, prev, sig);
        self.send(guest, frame.expect("no arrival"))
    }

    /// Goes away, and says so.
    pub fn bye(&mut self, guest: usize) {
        let said = self.send(guest, ClientFrame::Bye {});
        assert_eq!(said, Ok(()));
        self.guests[guest].connection = None;
    }

    /// Time passes.
    pub fn wait(&mut self, time: Duration) {
        self.now = self.now.after(time);
    }

    pub fn leave(&mut self, guest: usize) -> Result<(), Rejection> {
        let leave = self.guests[guest].person.leave();
        self.send(guest, leave.expect("a seat"))
    }

    pub fn invite(&mut self, guest: usize, link: LinkSecret) -> Result<(), Rejection> {
        self.guests[guest].person.add_link(link);
        let invite = self.guests[guest].person.invite(&link);
        self.send(guest, invite.expect("a seat"))
    }

    pub fn reseat(&mut self, guest: usize, key: SeatKey) -> Result<(), Rejection> {
        self.nonces = self.nonces.wrapping_add(1);
        let reseat = self.guests[guest].person.reseat(key, &[self.nonces; 24]);
        self.send(guest, reseat.expect("a seat and a sound key"))
    }

    fn verdict(&mut self, guest: usize) -> Result<(), Rejection> {
        self.guests[guest].refused.take().map_or(Ok(()), Err)
    }

    fn run(&mut self, input: Input) {
        self.now = self.now.after(Duration::from_millis(777));
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let outputs = self.room.handle(self.now, input);
            for delivery in outputs.deliveries {
                self.deliver(delivery);
            }
            if outputs.finished {
                let epoch = Epoch(self.room.position().epoch.0 + 1);
                self.room = Room::new(self.rules, epoch);
                self.log.clear();
            } else if !outputs.append.is_empty() {
                self.log.extend(outputs.append);
                next = Some(Input::Appended);
            }
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
        let log = &self.log;
        let at = |guests: &[Guest], connection| {
            let here = |guest: &Guest| guest.connection == Some(connection);
            guests.iter().position(here)
        };
        match delivery {
            Delivery::Frame { to, frame } => {
                for connection in to {
                    if let Some(guest) = at(&self.guests, connection) {
                        self.guests[guest].hear(&frame);
                    }
                }
            }
            Delivery::Replay { to, after, upto } => {
                let shown = log.iter().filter(|entry| entry.seq > after);
                let guest = at(&self.guests, to).expect("it came just now");
                let guest = &mut self.guests[guest];
                for entry in shown.take_while(|entry| entry.seq <= upto) {
                    guest.take(entry);
                }
            }
            Delivery::Close { connection, code } => {
                if let Some(guest) = at(&self.guests, connection) {
                    let guest = &mut self.guests[guest];
                    (guest.connection, guest.closed) = (None, Some(code));
                }
            }
        }
    }
}

impl Guest {
    fn hear(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                outset,
                ..
            } => {
                let begun = self.person.welcome(*seat, *epoch, *outset);
                begun.expect("an honest outset");
            }
            ServerFrame::Resync { .. } => self.person.forget(),
            ServerFrame::Entry(entry) => self.take(entry),
            ServerFrame::Stored { seq, at, .. } => {
                let said = self.said.as_ref().expect("something was said");
                let entry = self.person.stored(said, *seq, *at).expect("a seat");
                let known = self.person.record().expect("a seat").position().seq;
                if *seq > known {
                    self.take(&entry);
                }
            }
            ServerFrame::Rejected { rejection, .. } => self.refused = Some(rejection.clone()),
            _ => {}
        }
    }

    fn take(&mut self, entry: &Entry) {
        if let Err(fault) = self.person.check(entry) {
            panic!("{fault}: {entry:?}");
        }
        let reading = self.person.take(entry);
        self.readings.insert(entry.seq, reading);
    }
}
