//! The people: who they are, where they want to be, and what they do next.

use frontend::link::Stop;
use frontend::state::Progress;
use rand::RngExt as _;
use shared::{ConversationId, EntryId, LinkSecret, RoomId, SeatSecret};

use crate::drawer::Drawer;
use crate::journal::lock;
use crate::page::Page;
use crate::plan::{Habits, pick};
use crate::world::{Event, Sent, World};

/// One person, in one room, with one browser.
pub(crate) struct Human {
    pub(crate) room: RoomId,
    /// The newest link they were given.
    pub(crate) came_by: Option<LinkSecret>,
    pub(crate) drawer: Drawer,
    pub(crate) offline: bool,
    /// How far their clock is ahead.
    pub(crate) skew: u64,
    /// Whose key this is: a second device of somebody is a person of their own here, with the key of the first.
    pub(crate) key: usize,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Say,
    Pass,
    PassAndSay,
    Type,
    Read,
    Reload,
    Close,
    Hide,
    Offline,
    Sleep,
    Device,
    TakeBack,
    Retry,
    Invite,
    Leave,
}

fn deed(habits: &Habits, mut number: u32) -> Deed {
    for (deed, weight) in weights(habits) {
        if number < weight {
            return deed;
        }
        number -= weight;
    }
    Deed::Say
}

fn weights(habits: &Habits) -> [(Deed, u32); 15] {
    [
        (Deed::Say, habits.say),
        (Deed::Pass, habits.pass),
        (Deed::PassAndSay, habits.pass_and_say),
        (Deed::Type, habits.typing),
        (Deed::Read, habits.read),
        (Deed::Reload, habits.reload),
        (Deed::Close, habits.close),
        (Deed::Hide, habits.hide),
        (Deed::Offline, habits.offline),
        (Deed::Sleep, habits.sleep),
        (Deed::Device, habits.device),
        (Deed::TakeBack, habits.take_back),
        (Deed::Retry, habits.retry),
        (Deed::Invite, habits.invite),
        (Deed::Leave, habits.leave),
    ]
}

impl World {
    /// Everybody gets a room, a key and a browser, and opens it sooner or later.
    pub(crate) fn invite_people(&mut self) {
        let mut rooms: Vec<_> = (1..=self.plan.conversations)
            .map(|number| RoomId::Conversation(ConversationId([number; 16])))
            .collect();
        if self.plan.table {
            rooms.push(RoomId::Table);
        }
        for room in rooms {
            let link = match room {
                RoomId::Table => None,
                RoomId::Conversation(_) => Some(LinkSecret(self.bytes())),
            };
            for _ in 0..self.plan.people {
                let secret = SeatSecret::from_bytes(self.bytes());
                let clocks = [0, 0, 40, 3_600_000];
                let skew = *pick(&mut self.rng, &clocks);
                self.people.push(Human {
                    room,
                    came_by: link,
                    drawer: Drawer::new(secret),
                    offline: false,
                    skew,
                    key: self.people.len(),
                });
                let wait = self.wait(2 * self.plan.habits.pause);
                self.after(wait, Event::Act(self.people.len() - 1));
            }
        }
    }

    fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        rand::Rng::fill_bytes(&mut self.rng, &mut bytes);
        bytes
    }

    /// Somebody does the next thing.
    pub(crate) fn person_acts(&mut self, who: usize) {
        if self.healed {
            return;
        }
        let wait = self.wait(self.plan.habits.pause);
        self.after(wait, Event::Act(who));
        let tabs = self.tabs(who);
        if tabs.is_empty() {
            self.open_tab(who);
            return;
        }
        let page = *pick(&mut self.rng, &tabs);
        if self.pages[&page].frozen_until >= self.now.max(1) {
            return;
        }
        let total = weights(&self.plan.habits).iter().map(|(_, n)| n).sum();
        let number = self.rng.random_range(0..total);
        match deed(&self.plan.habits, number) {
            Deed::Say => self.says(page),
            Deed::Pass => self.passes(page),
            Deed::PassAndSay => {
                self.passes(page);
                self.says(page);
            }
            Deed::Type => drop(self.with_page(page, Page::types)),
            Deed::Read => drop(self.with_page(page, Page::read)),
            Deed::Reload => {
                self.close_tab(page);
                self.open_tab(who);
            }
            // Until the next deed.
            Deed::Close => self.close_tab(page),
            Deed::Hide => {
                let visible = self.pages[&page].visible;
                self.show(page, !visible);
            }
            Deed::Offline => {
                self.offline(who);
                let most = *pick(&mut self.rng, &[1_000, 10_000, 60_000]);
                let wait = self.wait(most);
                self.after(wait, Event::Online(who));
            }
            Deed::Sleep => self.sleeps(page),
            Deed::Device => self.second_device(who),
            Deed::TakeBack => self.takes_back(page),
            Deed::Retry => self.retries(page),
            Deed::Invite => self.invites(page),
            Deed::Leave => drop(self.with_page(page, Page::leave)),
        }
    }

    /// Sends what stands in the composer, or something new.
    fn says(&mut self, id: usize) {
        let number = self.sent.len();
        let Some(page) = self.pages.get(&id) else {
            return;
        };
        let who = page.who;
        let draft = page.view.draft.trim().to_owned();
        let text = if draft.is_empty() {
            format!("<{number}> by {who}")
        } else {
            draft
        };
        // Named before it can be stored.
        let said = self.say_as(id, &text);
        if let Some(name) = said {
            self.trace
                .note(self.now, &format!("page {id} says {text} as {name}"));
        }
    }

    fn say_as(&mut self, id: usize, text: &str) -> Option<EntryId> {
        let who = self.pages.get(&id)?.who;
        let name = self.with_page(id, |page, hands| page.say(hands, text))??;
        let room = self.people[who].room;
        lock(&self.device).disk.named.insert(name, room);
        self.sent.insert(
            name,
            Sent {
                who,
                text: text.to_owned(),
                withdrawn: false,
            },
        );
        Some(name)
    }

    fn passes(&mut self, id: usize) {
        self.trace.note(self.now, &format!("page {id} passes"));
        self.with_page(id, Page::pass);
    }

    /// The lid is closed for a while.
    fn sleeps(&mut self, id: usize) {
        let most = *pick(&mut self.rng, &[2_000, 20_000, 90_000]);
        let until = self.now + 1 + self.wait(most);
        self.trace
            .note(self.now, &format!("page {id} sleeps until {until}"));
        if let Some(page) = self.pages.get_mut(&id) {
            page.frozen_until = until;
        }
        self.at(until, Event::WakeUp(id));
    }

    /// The same key on another device, which takes the seat over while the first may still be connected. (What tabs of one
    /// browser do is settled between them, in the browser.)
    fn second_device(&mut self, who: usize) {
        let human = &self.people[who];
        let key = human.key;
        let devices = self.people.iter().filter(|human| human.key == key).count();
        if human.room == RoomId::Table || devices > 2 {
            return;
        }
        let mut drawer = Drawer::new(human.drawer.secret.clone());
        drawer.links = human.drawer.links.clone();
        let second = Human {
            room: human.room,
            came_by: human.came_by,
            drawer,
            offline: false,
            skew: human.skew,
            key,
        };
        self.people.push(second);
        let second = self.people.len() - 1;
        self.trace
            .note(self.now, &format!("person {second} has the key of {who}"));
        self.person_acts(second);
    }

    /// What is held goes back into the composer.
    fn takes_back(&mut self, id: usize) {
        let held = self.pages.get(&id).and_then(|page| {
            let mut outbox = page.view.outbox.iter();
            let held = outbox.find(|pending| matches!(pending.progress, Progress::Held(_)));
            held.map(|pending| pending.id)
        });
        if let Some(name) = held {
            if self.rng.random_bool(0.5) {
                self.trace
                    .note(self.now, &format!("page {id} queues {name} again"));
                self.with_page(id, |page, hands| page.queue_again(hands, name));
                return;
            }
            self.trace
                .note(self.now, &format!("page {id} takes {name} back"));
            if let Some(sent) = self.sent.get_mut(&name) {
                sent.withdrawn = true;
            }
            self.with_page(id, |page, hands| page.take_back(hands, name));
        }
    }

    fn retries(&mut self, id: usize) {
        if self
            .pages
            .get(&id)
            .is_some_and(|page| page.view.stop().is_some())
        {
            self.trace.note(self.now, &format!("page {id} tries again"));
            self.with_page(id, Page::retry);
        }
    }

    /// A new link, given to everybody who wants in.
    fn invites(&mut self, id: usize) {
        let Some(page) = self.pages.get(&id) else {
            return;
        };
        let (who, link) = (page.who, LinkSecret(self.bytes()));
        if !self.pages[&id].view.may_invite() {
            return;
        }
        self.trace.note(self.now, &format!("page {id} invites"));
        self.with_page(id, |page, hands| page.invite(hands, link));
        let room = self.people[who].room;
        for (other, human) in self.people.iter_mut().enumerate() {
            if human.room == room && other != who {
                human.came_by = Some(link);
            }
        }
    }

    /// No more faults: everybody is online and looks at their pages, and the hub runs.
    pub(crate) fn heal(&mut self) {
        self.trace.note(self.now, "no more faults");
        self.healed = true;
        let slowest = self.plan.network.slowest;
        self.plan.network = crate::plan::NetworkFaults {
            slowest,
            told: 1.0,
            ..Default::default()
        };
        {
            let faults = &mut lock(&self.device).faults;
            *faults = crate::plan::JournalFaults {
                slowest: faults.slowest,
                ..Default::default()
            };
        }
        for who in 0..self.people.len() {
            self.online(who);
        }
        let pages: Vec<_> = self.pages.keys().copied().collect();
        for id in pages {
            let now = self.now;
            if let Some(page) = self
                .pages
                .get_mut(&id)
                .filter(|page| page.frozen_until > now)
            {
                page.frozen_until = now;
                self.wakes_up(id);
            }
            self.show(id, true);
            // A left seat stays left. Of several devices the last to ask has the seat.
            let stopped = self.pages.get(&id).and_then(|page| page.view.stop());
            if stopped == Some(Stop::Superseded) {
                self.retries(id);
            }
        }
    }
}
