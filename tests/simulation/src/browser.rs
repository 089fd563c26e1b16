//! The browsers: steps of pages, what comes of them, and their timers.

use frontend::link::Happening;
use shared::Timestamp;

use crate::page::{Hands, Out, Page};
use crate::world::{Event, WALL, World};

/// A hidden page's timers fire once in so many milliseconds.
const THROTTLED: u64 = 60_000;

impl World {
    /// Lets a page do something, and carries out what comes of it.
    pub(crate) fn with_page<T>(
        &mut self,
        id: usize,
        act: impl FnOnce(&mut Page, &mut Hands<'_>) -> T,
    ) -> Option<T> {
        let mut page = self.pages.remove(&id)?;
        let (done, out) = self.with_hands(page.who, |hands| act(&mut page, hands));
        self.pages.insert(id, page);
        self.carry_out(id, out);
        Some(done)
    }

    /// What a page of this person does with what a page has, and what comes of it.
    fn with_hands<T>(
        &mut self,
        who: usize,
        act: impl FnOnce(&mut Hands<'_>) -> T,
    ) -> (T, Vec<Out>) {
        let human = &mut self.people[who];
        let mut hands = Hands {
            now: Timestamp(WALL + self.now + human.skew),
            rng: &mut self.rng,
            connections: &mut self.last_connection,
            drawer: &mut human.drawer,
            out: Vec::new(),
        };
        let done = act(&mut hands);
        (done, hands.out)
    }

    fn carry_out(&mut self, id: usize, out: Vec<Out>) {
        for out in out {
            match out {
                Out::Open(connection) => self.dial(id, connection),
                Out::Drop(connection) => self.hang_up(connection),
                Out::Send(connection, frame) => self.leaves_page(connection, *frame),
            }
        }
        self.set_timer(id);
        self.check_page(id);
    }

    fn set_timer(&mut self, id: usize) {
        let now = self.now;
        let Some(page) = self.pages.get_mut(&id) else {
            return;
        };
        let Some(at) = page.next_wake() else {
            page.wake = None;
            return;
        };
        let at = at.0.saturating_sub(WALL + self.people[page.who].skew);
        let mut at = at.max(now + 1);
        if !page.visible {
            at = at.next_multiple_of(THROTTLED);
        }
        if page.wake != Some(at) {
            page.wake = Some(at);
            self.at(at, Event::Wake(id));
        }
    }

    pub(crate) fn wake_page(&mut self, id: usize) {
        let now = self.now;
        let Some(page) = self
            .pages
            .get_mut(&id)
            .filter(|page| page.wake == Some(now))
        else {
            return;
        };
        page.wake = None;
        // Whoever sleeps looks when it wakes up.
        if page.frozen_until <= now {
            self.with_page(id, Page::woke);
        }
    }

    /// Where to put what comes for a page whose machine sleeps, so that its order is kept.
    pub(crate) fn asleep(&mut self, id: usize) -> Option<&mut Vec<Event>> {
        let now = self.now;
        let page = self.pages.get_mut(&id)?;
        (page.frozen_until > 0 && page.frozen_until >= now).then_some(&mut page.backlog)
    }

    /// The machine wakes up, and everything comes at once.
    pub(crate) fn wakes_up(&mut self, id: usize) {
        let now = self.now;
        let woken = self
            .pages
            .get_mut(&id)
            .filter(|page| page.frozen_until == now);
        let Some(page) = woken else {
            return;
        };
        page.frozen_until = 0;
        for event in std::mem::take(&mut page.backlog) {
            self.happen(event);
        }
        self.with_page(id, Page::woke);
    }

    /// Opens a tab.
    pub(crate) fn open_tab(&mut self, who: usize) -> usize {
        self.last_page += 1;
        let id = self.last_page;
        let human = &mut self.people[who];
        if let Some(link) = human.came_by {
            human.drawer.come_by(link);
        }
        let room = human.room;
        let (page, out) = self.with_hands(who, |hands| Page::open(who, room, hands));
        self.trace
            .note(self.now, &format!("person {who} opens page {id}"));
        self.pages.insert(id, page);
        self.carry_out(id, out);
        id
    }

    /// Closes a tab.
    pub(crate) fn close_tab(&mut self, id: usize) {
        self.trace.note(self.now, &format!("page {id} is closed"));
        if let Some(connection) = self.pages.remove(&id).and_then(|page| page.connection()) {
            self.hang_up(connection);
        }
    }

    /// The tabs of a person.
    pub(crate) fn tabs(&self, who: usize) -> Vec<usize> {
        let pages = self.pages.iter().filter(|(_, page)| page.who == who);
        pages.map(|(&id, _)| id).collect()
    }

    /// The network of a person is gone.
    pub(crate) fn offline(&mut self, who: usize) {
        self.trace
            .note(self.now, &format!("person {who} is offline"));
        self.people[who].offline = true;
        for id in self.tabs(who) {
            if let Some(connection) = self.pages[&id].connection() {
                self.cut(connection);
            }
        }
    }

    pub(crate) fn online(&mut self, who: usize) {
        if !std::mem::take(&mut self.people[who].offline) {
            return;
        }
        self.trace
            .note(self.now, &format!("person {who} is online"));
        for id in self.tabs(who) {
            self.with_page(id, |page, hands| page.happen(hands, Happening::Doubt));
        }
    }

    pub(crate) fn show(&mut self, id: usize, visible: bool) {
        self.trace
            .note(self.now, &format!("page {id} is visible: {visible}"));
        self.with_page(id, |page, hands| {
            page.visible = visible;
            page.happen(hands, Happening::Visible(visible));
        });
    }
}
