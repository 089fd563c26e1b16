//! What must hold after every step, by the number of the invariant.

use frontend::state::What;
use shared::EntryId;

use crate::journal::lock;
use crate::world::World;

impl World {
    fn breaks(&self, what: String) {
        lock(&self.device).disk.breaks(what);
    }

    /// After each step.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn check(&mut self) -> Result<(), String> {
        if let Some(panic) = crate::panics::take() {
            self.breaks(format!("a panic: {panic}"));
        }
        if std::mem::take(&mut self.touched) {
            self.check_floor();
            self.check_words();
        }
        match lock(&self.device).disk.broken.take() {
            Some(what) => Err(what),
            None => Ok(()),
        }
    }

    /// After each step of a page: what it shows is so.
    pub(crate) fn check_page(&mut self, id: usize) {
        let Some(page) = self.pages.get(&id) else {
            return;
        };
        let (view, room) = (&page.view, self.people[page.who].room);
        let device = lock(&self.device);
        let disk = &device.disk;
        let mut broken = None;
        if let Some(alarm) = view.alarm {
            broken = Some(format!(
                "I6: page {id} doubts an honest hub: {}",
                alarm.fault
            ));
        }
        if let Some(mark) = view.bookmark() {
            let there = disk.epoch(room, mark.epoch);
            if there.and_then(|ledger| ledger.hash(mark.seq)) != Some(mark.hash) {
                let seq = mark.seq.0;
                broken = Some(format!("I6: page {id} knows another talk up to {seq}"));
            }
        }
        for line in view.talk.lines() {
            let What::Said(said) = &line.what else {
                continue;
            };
            if line.is_known() && !said.lost && !disk.has(room, said.id) {
                broken = Some(format!("I4: page {id} shows {} as stored", said.id));
            }
            let sent = self.sent.get(&said.id);
            if said.closed.is_none() && sent.is_none_or(|sent| *sent.text != *said.text) {
                broken = Some(format!("I6: page {id} shows other words: {}", said.text));
            }
        }
        drop(device);
        if let Some(what) = broken {
            self.breaks(what);
        }
        self.touched = true;
    }

    /// I8: nothing that somebody sent is gone.
    fn check_words(&self) {
        for (id, sent) in &self.sent {
            let room = self.people[sent.who].room;
            if lock(&self.device).disk.has(room, *id) {
                continue;
            }
            let kept = if sent.withdrawn {
                self.is_written(sent.who, *id, &sent.text)
            } else {
                self.is_kept(sent.who, *id)
            };
            if !kept {
                return self.breaks(format!(
                    "I8: {} ({id}) of person {} is gone",
                    sent.text, sent.who
                ));
            }
        }
    }

    /// Whether a message is in the browser's storage, which a page in sight may be ahead of.
    fn is_kept(&self, who: usize, id: EntryId) -> bool {
        self.people[who].drawer.has(id)
            || self
                .pages
                .values()
                .any(|page| page.who == who && page.view.outbox.get(id).is_some())
    }

    /// Whether words that were taken back stand in a composer, or went out again under another name.
    fn is_written(&self, who: usize, id: EntryId, text: &str) -> bool {
        let draft = |text: &str| self.people[who].drawer.draft.contains(text);
        let again = |(other, sent): (&EntryId, &crate::world::Sent)| {
            *other != id && sent.who == who && sent.text.contains(text)
        };
        draft(text)
            || self.sent.iter().any(again)
            || self
                .pages
                .values()
                .any(|page| page.who == who && page.view.draft.contains(text))
    }

    /// I2: of two who know the same, one at most believes to have the floor. I1: nobody in the other's seat.
    fn check_floor(&self) {
        let current: Vec<_> = self
            .pages
            .values()
            .filter(|page| page.view.is_current())
            .collect();
        for (at, one) in current.iter().enumerate() {
            for two in &current[at + 1..] {
                let room = |who: usize| self.people[who].room;
                let key = |who: usize| self.people[who].key;
                let same = room(one.who) == room(two.who)
                    && key(one.who) != key(two.who)
                    && one.view.bookmark() == two.view.bookmark();
                if !same {
                    continue;
                }
                if one.view.my_seat() == two.view.my_seat() {
                    self.breaks("I1: two people believe to have the same seat".to_owned());
                }
                let strict = one.view.mode() == shared::Mode::Strict;
                if strict && one.view.is_my_turn() && two.view.is_my_turn() {
                    self.breaks("I2: two people believe to have the floor".to_owned());
                }
            }
        }
    }
}
