//! What the two people do.

use frontend::paths::Input;
use frontend::state::{Action, Letter};
use shared::{Change, ClientFrame, EntryId, Person, Seat};

use super::World;

impl World {
    /// Gives what is due, one after the other, as the page does.
    pub(super) fn give_due(&mut self, who: usize) {
        if std::mem::replace(&mut self.pages[who].giving, true) {
            return;
        }
        loop {
            let nonce = self.nonce();
            let page = &self.pages[who];
            let due = page.view.due().filter(|_| page.paths.can_give());
            let frame = due.and_then(|id| Some((id, page.view.frame_of(id, &nonce)?)));
            let Some((id, frame)) = frame else { break };
            let Some(letter) = Letter::of(&frame) else {
                break;
            };
            self.act(who, Action::Sealed(id, letter.clone()));
            self.feed(who, Input::Give(frame));
            self.act(who, Action::Sent(id, letter));
        }
        self.pages[who].giving = false;
        self.ask_back(who);
    }

    /// Has the server store again, as the person wants: once after each entry.
    fn ask_back(&mut self, who: usize) {
        let page = &mut self.pages[who];
        let due = page.view.back_due();
        if std::mem::replace(&mut page.asked_back, due) != due
            && let Some((change, ..)) = due
        {
            self.give(who, |person| person.propose(change));
        }
    }

    /// The person has the server store again what is said.
    pub fn want_server(&mut self, who: usize) {
        self.wanted_back = true;
        self.act(who, Action::WantServer);
        self.feed(who, Input::Woke);
    }

    /// Signs something and gives it to whoever orders.
    pub fn give(&mut self, who: usize, sign: impl FnOnce(&Person) -> Option<ClientFrame>) {
        let page = &self.pages[who];
        let frame = page.view.person.as_ref().and_then(|person| sign(person));
        if let Some(frame) = frame.filter(|_| page.paths.can_give() && page.view.welcomed) {
            self.feed(who, Input::Give(frame));
        }
    }

    /// Writes something and sends it off; answers whether the page took it.
    pub fn say(&mut self, who: usize, text: &str) -> Option<EntryId> {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.number().to_be_bytes());
        let (id, at) = (EntryId(id), self.now);
        self.act(who, Action::Write(text.into()));
        let more = false;
        self.act(who, Action::Send { id, at, more });
        let taken = self.pages[who].view.outbox.get(id).is_some();
        self.give_due(who);
        taken.then_some(id)
    }

    /// The next to speak says this, and it arrives.
    ///
    /// # Panics
    /// Where the page does not take it.
    #[track_caller]
    pub fn speak(&mut self, text: &str) {
        let who = self.holder(0).map_or(0, Seat::index);
        assert!(self.say(who, text).is_some(), "{text}");
        self.deliver();
    }

    /// The first proposes something, and the other accepts.
    pub fn agree(&mut self, change: Change) {
        self.give(0, |person| person.propose(change));
        self.deliver();
        let proposal = self.pages[1].view.bookmark().map(|mark| mark.seq);
        self.give(1, |person| person.accept(proposal.unwrap_or_default()));
        self.deliver();
    }
}
