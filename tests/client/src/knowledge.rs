//! What a client knows of its room, after each entry. It checks what it is shown: an honest hub gives nobody reason to
//! doubt, so a doubt is a failed test.

use std::collections::HashMap;

use shared::{
    ClientFrame, Entry, EntryHash, EntryId, Event, Person, Sealed, Seq, ServerFrame, Signature,
    Turn,
};

#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// The person after each entry, the newest last; nobody before `hello`.
    persons: Vec<Person>,
    /// What was said and has no answer yet.
    said: HashMap<EntryId, ClientFrame>,
}

impl Knowledge {
    pub(crate) fn of(person: Person) -> Self {
        Self {
            persons: vec![person],
            said: HashMap::new(),
        }
    }

    pub(crate) fn now(&self) -> &Person {
        self.persons.last().expect("it said hello")
    }

    pub(crate) fn now_mut(&mut self) -> &mut Person {
        self.persons.last_mut().expect("it said hello")
    }

    pub(crate) fn at(&self, seq: Seq) -> Person {
        let knew = |person: &&Person| head(person) == Some(seq);
        self.persons
            .iter()
            .find(knew)
            .expect("it was known")
            .clone()
    }

    /// A signed message; a nonsensical one before there is a seat.
    pub(crate) fn say(&self, id: EntryId, turn: Turn, end_turn: bool, body: &[u8]) -> ClientFrame {
        let event = Event::Say {
            id,
            turn,
            end_turn,
            seen: None,
            sealed: Sealed::new(body),
        };
        let signed = self.persons.last().and_then(|person| person.sign(&event));
        let (prev, sig) = signed.unwrap_or((EntryHash([0; 32]), Signature([0; 64])));
        ClientFrame::signed(event, prev, sig).expect("a message is no sit")
    }

    pub(crate) fn sent(&mut self, frame: &ClientFrame) {
        if let ClientFrame::Say { id, .. } = frame {
            self.said.insert(*id, frame.clone());
        }
    }

    pub(crate) fn heard(&mut self, frame: &ServerFrame) {
        match frame {
            ServerFrame::Resync { .. } => self.now_mut().forget(),
            ServerFrame::Welcome {
                seat,
                epoch,
                outset,
                ..
            } => {
                let begun = self.now_mut().welcome(*seat, *epoch, *outset);
                begun.expect("the hub is honest");
            }
            ServerFrame::Entries { entries } => entries.iter().for_each(|entry| self.take(entry)),
            ServerFrame::Entry(entry) => self.take(entry),
            ServerFrame::Stored { id, seq, at } => {
                let entry = self.said.remove(id);
                let entry = entry.and_then(|said| self.now().stored(&said, *seq, *at));
                // The answer to a repeat names an entry that was seen already.
                if let Some(entry) = entry.filter(|entry| Some(entry.seq) > head(self.now())) {
                    self.take(&entry);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, entry: &Entry) {
        let mut person = self.now().clone();
        if let Err(fault) = person.check(entry) {
            panic!("{fault}: {entry:?}");
        }
        person.take(entry);
        self.persons.push(person);
    }
}

fn head(person: &Person) -> Option<Seq> {
    person.record().map(|record| record.position().seq)
}
