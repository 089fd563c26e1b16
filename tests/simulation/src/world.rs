//! Everything there is in a run: the disk, the hub's process, connections, browsers, people, and what is to happen when.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::ws::Message;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared::{ClientFrame, EntryId, RoomId};

use crate::connection::Connection;
use crate::journal::{Device, Shared, lock};
use crate::life::Hub;
use crate::page::Page;
use crate::people::Human;
use crate::plan::Plan;
use crate::socket::Post;
use crate::trace::Trace;

/// What the hub's clock shows when it begins.
pub(crate) const WALL: u64 = 1_800_000_000_000;

/// A clock that is quite wrong is so far ahead.
const YEARS: u64 = 30 * 365 * 24 * 60 * 60 * 1000;

/// What is to happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// A connection reaches the hub.
    Reach(u64),
    /// A message reaches the hub.
    Up(u64, Message),
    /// The hub learns that a connection ended.
    EndUp(u64),
    /// Something reaches the page.
    Down(u64, Post),
    /// The page learns that a connection ended.
    EndDown(u64),
    /// A message of this person passes once more, by whatever connection there is.
    Repeat(usize, Box<ClientFrame>),
    /// A page looks at its timers.
    Wake(usize),
    /// A machine wakes up.
    WakeUp(usize),
    /// A person does something.
    Act(usize),
    /// The network of a person comes back.
    Online(usize),
    StartHub,
    KillHub,
    DrainHub,
    /// The hub's wall clock is years ahead, or where it was.
    Leap,
    LeapBack,
    /// No more faults.
    Heal,
}

/// Something a person has said.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) who: usize,
    pub(crate) text: String,
    /// The person took it back into the composer.
    pub(crate) withdrawn: bool,
}

pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) rng: StdRng,
    pub(crate) now: u64,
    agenda: BTreeMap<(u64, u64), Event>,
    numbers: u64,
    pub(crate) hub: Option<Hub>,
    pub(crate) device: Shared,
    pub(crate) connections: BTreeMap<u64, Connection>,
    pub(crate) last_connection: u64,
    /// Frames that have entered the network.
    pub(crate) frames: u64,
    pub(crate) pages: BTreeMap<usize, Page>,
    pub(crate) last_page: usize,
    pub(crate) people: Vec<Human>,
    pub(crate) sent: BTreeMap<EntryId, Sent>,
    pub(crate) healed: bool,
    /// Whether a page has changed since the last check.
    pub(crate) touched: bool,
    pub(crate) trace: Trace,
    pub(crate) lives: u64,
    pub(crate) wall_jump: u64,
}

impl World {
    pub(crate) fn new(seed: u64, plan: Plan, shown: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut device = Device::new(rng.random(), plan.journal);
        // Who jumps back and forth between two lives cannot be held to a time.
        let kept = if plan.clock_jumps { 0 } else { plan.retention };
        device.disk.kept = (plan.retention > 0).then_some(kept);
        let mut world = Self {
            plan,
            rng,
            now: 0,
            agenda: BTreeMap::new(),
            numbers: 0,
            hub: None,
            device: Arc::new(Mutex::new(device)),
            connections: BTreeMap::new(),
            last_connection: 0,
            frames: 0,
            pages: BTreeMap::new(),
            last_page: 0,
            people: Vec::new(),
            sent: BTreeMap::new(),
            healed: false,
            touched: false,
            trace: Trace::new(shown),
            lives: 0,
            wall_jump: 0,
        };
        world.start_hub();
        world.invite_people();
        world.plan_kill();
        world.plan_drain();
        world.plan_leap();
        world.at(world.plan.troubled, Event::Heal);
        world
    }

    pub(crate) fn at(&mut self, at: u64, event: Event) {
        self.numbers += 1;
        self.agenda.insert((at.max(self.now), self.numbers), event);
    }

    pub(crate) fn after(&mut self, wait: u64, event: Event) {
        self.at(self.now + wait, event);
    }

    /// A random wait of up to `most`.
    pub(crate) fn wait(&mut self, most: u64) -> u64 {
        self.rng.random_range(0..=most)
    }

    /// Lets everything happen up to `end`.
    ///
    /// # Errors
    /// What does not hold.
    pub(crate) fn run(&mut self, end: u64) -> Result<(), String> {
        loop {
            let next = self.agenda.first_key_value().map(|(&(at, _), _)| at);
            let next = next.filter(|&at| at <= end).unwrap_or(end);
            self.let_hub_run(next)?;
            if self.now < next {
                continue;
            }
            let due = self.agenda.first_entry().filter(|due| due.key().0 <= end);
            let Some(due) = due else {
                return Ok(());
            };
            let event = due.remove();
            self.happen(event);
            self.check()?;
        }
    }

    /// Lets the hub run until `until`, or until it has said something.
    fn let_hub_run(&mut self, until: u64) -> Result<(), String> {
        let Some(hub) = &self.hub else {
            self.now = until;
            return Ok(());
        };
        self.now = hub.run(until);
        let (sent, dead, stopped) = (
            hub.life.take_sent(),
            hub.life.is_dead(),
            hub.life.is_stopped(),
        );
        for (connection, post) in sent {
            self.leaves_hub(connection, post);
        }
        if dead || stopped {
            self.hub_ends(dead);
        }
        self.check()
    }

    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::Reach(connection) => self.reach(connection),
            Event::Up(connection, message) => self.reaches_hub(connection, message),
            Event::EndUp(connection) => self.end_reaches_hub(connection),
            Event::Down(connection, post) => self.reaches_page(connection, post),
            Event::EndDown(connection) => self.end_reaches_page(connection),
            Event::Repeat(page, frame) => self.repeat(page, &frame),
            Event::Wake(page) => self.wake_page(page),
            Event::WakeUp(page) => self.wakes_up(page),
            Event::Act(who) => self.person_acts(who),
            Event::Online(who) => self.online(who),
            Event::StartHub => self.start_hub(),
            Event::KillHub => {
                self.plan_kill();
                if let Some(hub) = &self.hub {
                    hub.life.kill();
                }
            }
            Event::DrainHub => {
                self.plan_drain();
                if let Some(hub) = self.hub.as_mut().filter(|hub| !hub.draining) {
                    hub.drain();
                    self.trace.note(self.now, "the hub is told to stop");
                }
            }
            Event::Leap => self.leap(),
            Event::LeapBack => {
                if let Some(hub) = &self.hub {
                    hub.leap(0);
                }
            }
            Event::Heal => self.heal(),
        }
    }

    fn plan_kill(&mut self) {
        let every = self.plan.kill_every;
        if every > 0 && !self.healed {
            let wait = self.wait(2 * every);
            self.after(wait, Event::KillHub);
        }
    }

    fn plan_drain(&mut self) {
        let every = self.plan.drain_every;
        if every > 0 && !self.healed {
            let wait = self.wait(2 * every);
            self.after(wait, Event::DrainHub);
        }
    }

    fn plan_leap(&mut self) {
        let every = self.plan.leap_every;
        if every > 0 && !self.healed {
            let wait = self.wait(2 * every);
            self.after(wait, Event::Leap);
        }
    }

    /// For less time than the clock has to run evenly before anything is purged by it.
    fn leap(&mut self) {
        self.plan_leap();
        let most = match self.plan.retention {
            0 => 10_000,
            kept => kept - 1,
        };
        let wait = self.wait(most);
        if let Some(hub) = &self.hub {
            hub.leap(YEARS);
            self.trace.note(self.now, "the hub's clock is years ahead");
        }
        self.after(wait, Event::LeapBack);
    }

    fn start_hub(&mut self) {
        if self.hub.is_some() {
            return;
        }
        self.lives += 1;
        if self.plan.clock_jumps && self.rng.random_bool(0.5) {
            self.wall_jump = self.rng.random_range(0..7_200_000);
        }
        // An hour before or after the real time.
        let wall = WALL + self.now + self.wall_jump - self.wall_jump.min(3_600_000);
        let (seed, settings) = (self.rng.random(), self.plan.settings());
        match Hub::start(self.now, wall, seed, settings, &self.device) {
            Ok(hub) => self.hub = Some(hub),
            Err(error) => lock(&self.device)
                .disk
                .breaks(format!("no runtime: {error}")),
        }
        self.trace.note(self.now, "the hub starts");
    }

    /// The process is over, in order or not.
    fn hub_ends(&mut self, killed: bool) {
        self.hub = None;
        let how = if killed { "is dead" } else { "has stopped" };
        self.trace.note(self.now, &format!("the hub {how}"));
        self.hub_connections_end();
        let most = if self.healed { 1_000 } else { self.plan.away };
        let wait = self.wait(most);
        self.after(wait, Event::StartHub);
    }

    /// The rooms of this run.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        let mut rooms: Vec<_> = self.people.iter().map(|human| human.room).collect();
        rooms.sort_unstable();
        rooms.dedup();
        rooms
    }
}
