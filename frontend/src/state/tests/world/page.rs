//! The page's part in the world: what the browser would do around the reducer.

use shared::{ClientFrame, EntryId, Fault, LinkSecret, Person, SeatKey, ServerFrame};
use yew::Reducible as _;

use super::{CloseCode, Input, Rc, World};
use crate::link::Path;
use crate::state::{Action, Kept, Letter, Outbox, Progress, View, What, Word};

impl World {
    /// Changes the page.
    pub(crate) fn act(&mut self, action: Action) -> &mut Self {
        self.mirror.hear(&action, self.view.now);
        self.view = self.view.clone().reduce(action);
        self.mirror.compare(self.rules.room, &self.view);
        // As the page keeps it.
        if self.view.known.is_none() && self.view.alarm.is_none() {
            self.known = self.view.bookmark().or(self.known);
        }
        self
    }

    /// The hub speaks to the page, room or no room.
    pub(crate) fn hear(&mut self, frame: ServerFrame) -> &mut Self {
        let frame = self.view.in_full(frame);
        let settles = self.view.settled_by(&frame);
        self.act(Action::Frame(frame, self.now));
        if let Some(id) = settles.filter(|&id| self.view.outbox.get(id).is_none()) {
            self.act(Action::Settled(id));
        }
        self
    }

    pub(super) fn open_page(&mut self, person: Person, kept: Kept) {
        self.act(Action::Restored(Box::new(person), kept));
    }

    /// The page connects.
    pub(crate) fn up(&mut self) -> &mut Self {
        let person = self.view.person.clone().unwrap();
        self.up_as(&person)
    }

    /// The page connects before the path has been told the latest of what it knows.
    pub(crate) fn up_as(&mut self, person: &Person) -> &mut Self {
        let connection = self.connect();
        self.at = Some(connection);
        self.act(Action::Path(Path::Up, self.now));
        self.join(connection, person);
        self
    }

    /// The path breaks, and all that is on it is lost.
    pub(crate) fn down(&mut self) -> &mut Self {
        self.mail.clear();
        if let Some(connection) = self.at.take() {
            self.run_gone(connection);
        }
        let path = Path::Waiting {
            until: self.now,
            restarting: false,
        };
        self.act(Action::Path(path, self.now))
    }

    /// The hub closes the page's connection.
    pub(super) fn closed(&mut self, code: CloseCode) {
        self.down();
        if !code.should_reconnect() {
            self.stop(code.into());
        }
    }

    /// The path ends for good.
    pub(crate) fn stop(&mut self, stop: crate::link::Stop) -> &mut Self {
        self.act(Action::Path(Path::Stopped(stop), self.now))
    }

    /// The person presses the button that a doubt leaves, and the page begins again.
    pub(crate) fn afresh(&mut self) -> &mut Self {
        self.down();
        self.stop(crate::link::Stop::Doubt);
        self.act(Action::Afresh).up()
    }

    /// What this page keeps over a reload.
    pub(crate) fn kept(&self) -> Kept {
        Kept {
            draft: self.view.draft.to_string(),
            outbox: Outbox::from_text(&self.view.outbox.to_text()),
            known: self.known,
            verified: self.view.verified,
            seen: self.view.seen,
            alarm: self.view.alarm,
            tells_reading: self.view.receipts.willing,
            heard: self.view.receipts.heard(),
            log: self.view.log.kept(),
            saved: self.view.saved,
            wants_server: self.view.wants_server.is_some(),
            lost: self.view.talk.lost(),
            allows: self.view.allows,
            links: self.view.person.as_ref().unwrap().links().to_vec(),
        }
    }

    /// The page is opened again in the same browser, and not connected yet.
    pub(crate) fn reload(&mut self) -> &mut Self {
        self.reload_with(self.kept())
    }

    /// The same, where the browser has not kept the entries, as those of an earlier version.
    pub(crate) fn reload_bare(&mut self) -> &mut Self {
        let kept = Kept {
            log: None,
            ..self.kept()
        };
        self.reload_with(kept)
    }

    /// The same, with what somebody has made of what was kept.
    pub(crate) fn reload_with(&mut self, kept: Kept) -> &mut Self {
        self.down();
        self.view = Rc::new(View::new(self.rules.room, self.now));
        let links = kept.links.clone();
        let person = Person::new(self.rules.room, super::secret(super::ME), links);
        self.open_page(person, kept);
        self
    }

    /// The page is opened on another device, which has nothing but the link.
    pub(crate) fn open_elsewhere(&mut self, number: u8) -> &mut Self {
        self.down();
        self.known = None;
        self.view = Rc::new(View::new(self.rules.room, self.now));
        let person = Person::new(self.rules.room, super::secret(number), self.links());
        self.open_page(person, Kept::default());
        self
    }

    /// The person writes something and sends it off.
    pub(crate) fn say(&mut self, id: EntryId, text: &str) -> &mut Self {
        self.sends_off(id, text, false)
    }

    /// The person writes something and sends it off; with `more` the turn is to go on.
    pub(crate) fn sends_off(&mut self, id: EntryId, text: &str, more: bool) -> &mut Self {
        let at = self.now;
        self.act(Action::Write(text.into()))
            .act(Action::Send { id, at, more })
    }

    /// Gives the path what is due; it is lost on the way.
    pub(crate) fn give_in_vain(&mut self) -> Option<ClientFrame> {
        let id = self.view.due()?;
        let nonce = self.nonce();
        let frame = self.view.frame_of(id, &nonce)?;
        let letter = Letter::of(&frame)?;
        self.act(Action::Sealed(id, letter.clone()));
        self.act(Action::Sent(id, letter));
        Some(frame)
    }

    /// Gives the hub what is due.
    pub(crate) fn give(&mut self) -> Option<ClientFrame> {
        let frame = self.give_in_vain()?;
        self.send_hub(frame.clone());
        Some(frame)
    }

    /// The person says something, and the hub has it.
    pub(crate) fn says(&mut self, text: &str) -> EntryId {
        let id = EntryId([100 + u8::try_from(self.number()).unwrap(); 16]);
        self.say(id, text).give().expect("it is due");
        assert!(self.view.outbox.is_empty(), "{:?}", self.view.outbox);
        id
    }

    /// The person hands the floor over.
    pub(crate) fn pass(&mut self) {
        let turn = self.view.may_pass().unwrap();
        self.sign(|person| person.pass(turn));
    }

    /// The page tells how far it has come.
    pub(crate) fn tells_word(&mut self, word: Word) {
        let receipt = self.view.receipt(word).expect("an entry it knows");
        self.act(Action::Told(receipt, self.now));
        self.send_hub(ClientFrame::Receipt(receipt));
    }

    /// The person makes a new link to the other seat.
    pub(crate) fn invite(&mut self, link: LinkSecret) {
        self.act(Action::NewLink(link));
        self.sign(|person| person.invite(&link));
    }

    /// The person lets the other in again.
    pub(crate) fn reseat(&mut self, key: SeatKey) {
        let nonce = self.nonce();
        self.sign(|person| person.reseat(key, &nonce));
    }

    pub(crate) fn sign(&mut self, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
        let frame = sign(self.view.person.as_ref().unwrap()).expect("a seat is held");
        self.send_hub(frame);
    }

    fn send_hub(&mut self, frame: ClientFrame) {
        let connection = self.at.expect("the path is up");
        self.run(Input::Frame { connection, frame });
    }

    /// Messages that stand here and are in no journal.
    pub(crate) fn lost(&self) -> usize {
        let lines = self.view.talk.lines().iter();
        let lost = lines.filter(|line| matches!(&line.what, What::Said(said) if said.lost));
        lost.count()
    }

    /// The words in sight; what is closed shows as `…`.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let lines = self.view.talk.lines().iter();
        lines
            .filter_map(|line| match &line.what {
                What::Said(said) if said.closed.is_some() => Some("…"),
                What::Said(said) => Some(&*said.text),
                _ => None,
            })
            .collect()
    }

    /// What all lines tell.
    pub(crate) fn whats(&self) -> Vec<&What> {
        let lines = self.view.talk.lines().iter();
        lines.map(|line| &line.what).collect()
    }

    /// Whether a line tells this.
    pub(crate) fn tells(&self, what: &What) -> bool {
        self.whats().contains(&what)
    }

    /// The doubts in sight.
    pub(crate) fn doubts(&self) -> Vec<Fault> {
        let doubt = |what: &&What| match what {
            What::Doubt(fault) => Some(*fault),
            _ => None,
        };
        self.whats().iter().filter_map(doubt).collect()
    }

    pub(crate) fn progress(&self, id: EntryId) -> Option<Progress> {
        self.view
            .outbox
            .get(id)
            .map(|pending| pending.progress.clone())
    }
}
