//! The others in the world: each a person with a connection, who believes nothing that cannot be believed.

use shared::{
    ClientFrame, ConnectionId, Entry, EntryId, Event, LinkSecret, Person, Reading, Receipt,
    Rejection, Saying, SeatKey, SeatSecret, Seq, ServerFrame,
};

use super::{HOLD, Input, World, secret};

/// Somebody besides the page's person.
pub(super) struct Other {
    person: Person,
    pub(super) connection: Option<ConnectionId>,
    said: Option<ClientFrame>,
    heard: Vec<String>,
    refused: Option<Rejection>,
}

impl Other {
    fn new(person: Person) -> Self {
        Self {
            person,
            connection: None,
            said: None,
            heard: Vec::new(),
            refused: None,
        }
    }

    pub(super) fn hear(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome {
                seat,
                epoch,
                outset,
                ..
            } => self.person.welcome(seat, epoch, outset).unwrap(),
            ServerFrame::Entries { entries } => {
                for entry in entries {
                    self.take(&entry);
                }
            }
            ServerFrame::Entry(entry) => self.take(&entry),
            ServerFrame::Stored { seq, at, .. } => {
                let said = self.said.take().expect("something was said");
                let entry = self.person.stored(&said, seq, at).expect("by a person");
                self.take(&entry);
            }
            ServerFrame::Rejected { rejection, .. } => self.refused = Some(rejection),
            ServerFrame::Resync { .. } => self.person.forget(),
            _ => {}
        }
    }

    fn take(&mut self, entry: &Entry) {
        self.person.check(entry).unwrap();
        if let Reading::Words(words) = self.person.take(entry) {
            self.heard.push(words);
        }
    }
}

impl World {
    /// Somebody connects, with what they know of the room: the link that everybody knows at first.
    pub(crate) fn sits(&mut self, who: u8) {
        let person = Person::new(self.rules.room, secret(who), self.links());
        self.sits_as(who, person);
    }

    /// Somebody comes by another link.
    pub(crate) fn sits_by(&mut self, who: u8, link: LinkSecret) {
        self.sits_as(who, Person::new(self.rules.room, secret(who), vec![link]));
    }

    /// The page's own person opens another tab.
    pub(crate) fn opens_tab(&mut self, who: u8) {
        let person = Person::new(self.rules.room, secret(super::ME), self.links());
        self.sits_as(who, person);
    }

    fn sits_as(&mut self, who: u8, person: Person) {
        let connection = self.connect();
        let other = self.others.entry(who).or_insert_with(|| Other::new(person));
        other.connection = Some(connection);
        let person = other.person.clone();
        self.join(connection, &person);
    }

    /// Somebody's connection breaks.
    pub(crate) fn goes(&mut self, who: u8) {
        if let Some(connection) = self.other(who).connection.take() {
            self.run_gone(connection);
        }
    }

    /// Somebody's connection breaks and does not come back while the table keeps the seat.
    pub(crate) fn stays_away(&mut self, who: u8) {
        self.goes(who);
        self.wait(HOLD);
    }

    /// Somebody says something.
    pub(crate) fn speaks(&mut self, who: u8, text: &str) -> EntryId {
        let id = EntryId([u8::try_from(self.number()).unwrap(); 16]);
        self.speaks_as(who, id, text);
        id
    }

    /// Somebody says something under this name.
    pub(crate) fn speaks_as(&mut self, who: u8, id: EntryId, text: &str) {
        let (nonce, turn) = (self.nonce(), self.room.floor().turn);
        let saying = Saying::in_turn(id, turn, true);
        let said = self.other(who).person.say(saying, text, &nonce);
        self.other(who).said = Some(said.clone().unwrap());
        self.sends(who, said.ok());
    }

    /// Somebody hands the floor over.
    pub(crate) fn passes(&mut self, who: u8) {
        let turn = self.room.floor().turn;
        let frame = self.other(who).person.pass(turn);
        self.sends(who, frame);
    }

    /// Somebody does what they sign.
    pub(crate) fn does(&mut self, who: u8, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
        let frame = sign(&self.other(who).person);
        self.other(who).said = frame.clone();
        self.sends(who, frame);
    }

    /// What somebody knows is looked at.
    pub(crate) fn looks(&mut self, who: u8, look: impl FnOnce(&Person)) {
        look(&self.other(who).person);
    }

    /// Somebody gives the seat up.
    pub(crate) fn leaves(&mut self, who: u8) {
        let frame = self.other(who).person.leave();
        self.sends(who, frame);
    }

    /// Somebody opens the other seat by a new link.
    pub(crate) fn opens(&mut self, who: u8, link: LinkSecret) {
        self.other(who).person.add_link(link);
        let frame = self.other(who).person.invite(&link);
        self.sends(who, frame);
    }

    /// Somebody lets the one across in again under a new key.
    pub(crate) fn lets_in(&mut self, who: u8, key: SeatKey) {
        let nonce = self.nonce();
        let frame = self.other(who).person.reseat(key, &nonce);
        self.sends(who, frame);
    }

    /// Somebody writes.
    pub(crate) fn types(&mut self, who: u8) {
        self.sends(who, Some(ClientFrame::Typing {}));
    }

    /// Somebody's word that they have come so far.
    pub(crate) fn word_of(&mut self, who: u8, delivered: u64, read: Option<u64>) -> Receipt {
        let at = usize::try_from(delivered).unwrap() - 1;
        let hash = self.log()[at].hash(self.room.record().scope());
        let person = &self.other(who).person;
        let word = person.receipt(Seq(delivered), &hash, read.map(Seq));
        word.expect("a seat is held")
    }

    /// Somebody has come so far, and tells it.
    pub(crate) fn opened_by(&mut self, who: u8, delivered: u64, read: Option<u64>) {
        let word = self.word_of(who, delivered, read);
        self.sends(who, Some(ClientFrame::Receipt(word)));
    }

    /// Somebody goes on under another key, on a device that has nothing but the link.
    pub(crate) fn comes_back_as(&mut self, who: u8, secret: SeatSecret) {
        self.others.remove(&who);
        self.sits_as(who, Person::new(self.rules.room, secret, self.links()));
    }

    /// What would be the next entry, if the hub let somebody do whatever they sign.
    pub(crate) fn as_signed_by(&mut self, who: u8, event: Event) -> Entry {
        let seq = self.head().next();
        let at = self.now;
        let person = &self.other(who).person;
        let (prev, sig) = person.sign(&event).expect("a seat is held");
        Entry {
            seq,
            at,
            seat: person.seat().expect("a seat is held"),
            prev,
            event,
            sig: Some(sig),
        }
    }

    /// The words somebody has read, their own among them.
    pub(crate) fn heard_by(&self, who: u8) -> Vec<&str> {
        self.others[&who].heard.iter().map(String::as_str).collect()
    }

    /// Whether somebody's connection lasts.
    pub(crate) fn is_connected(&self, who: u8) -> bool {
        self.others[&who].connection.is_some()
    }

    fn sends(&mut self, who: u8, frame: Option<ClientFrame>) {
        let frame = frame.expect("a seat is held");
        let connection = self.other(who).connection.expect("connected");
        self.run(Input::Frame { connection, frame });
        assert_eq!(self.other(who).refused, None);
    }

    fn other(&mut self, who: u8) -> &mut Other {
        self.others.get_mut(&who).expect("they came once")
    }

    pub(super) fn other_at(&mut self, connection: ConnectionId) -> Option<&mut Other> {
        let mut others = self.others.values_mut();
        others.find(|other| other.connection == Some(connection))
    }
}
