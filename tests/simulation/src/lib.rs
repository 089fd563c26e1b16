//! The whole of Duologue under one scheduler: the real hub with its rooms and connections, the real view and link of the
//! page, a journal on a disk that fails, a network that fails, processes that die, and people who do what people do. All
//! time is virtual and all chance comes from one seed: the same seed is the same run, to the last byte.
//!
//! Beside it, in [`between`], two pages that have a path of their own as well, and lose every path in every order: [`storm`].
//!
//! `checks` has what must hold after every step, `ledger` and `disk` what the journal may hold and the hub may say,
//! `ending` what must have come true when the faults are over.

pub mod between;
mod browser;
mod checks;
mod connection;
mod disk;
mod drawer;
mod ending;
mod journal;
mod ledger;
mod life;
mod page;
mod panics;
mod people;
mod plan;
mod socket;
mod storms;
mod trace;
mod world;

use std::fmt;

use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub use storms::storm;

use plan::Plan;
use world::World;

/// Within so many milliseconds without faults everything has to be in order. The longest way is that of fifty messages
/// that somebody wrote freely without a network: they go one by one, over a network that takes 2 s each way, after 45 s of
/// silence on a connection that only one side believes in, and a wait of up to 30 s for a page that was hidden.
const HEALING: u64 = 600_000;

/// What a run was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The hash of everything that happened.
    pub hash: u64,
    /// Things that happened.
    pub lines: u64,
    /// Messages that were sent by people, and those that were stored.
    pub sent: u64,
    /// Messages in the journal.
    pub stored: u64,
    /// Processes of the hub.
    pub lives: u64,
    /// Conversations that were purged.
    pub purged: u64,
    /// Frames that entered the network.
    pub frames: u64,
    /// Steps of the journal.
    pub steps: u64,
}

/// A run in which something did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which run.
    pub seed: u64,
    /// The milliseconds after which it showed.
    pub at: u64,
    /// The invariant by its number, and what broke it.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, at, what } = self;
        write!(f, "seed {seed}, after {at} ms: {what}")
    }
}

/// Runs a seed. With `shown`, tells on standard output what happens.
///
/// # Errors
/// What did not hold.
pub fn run(seed: u64, shown: bool) -> Result<Run, Broken> {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x9e37_79b9_7f4a_7c15);
    play(seed, Plan::of(&mut rng), shown)
}

/// A short talk in which the network loses this one frame, with all behind it and the connection, and nothing else goes
/// wrong. Beyond the last frame nothing does.
///
/// # Errors
/// What did not hold.
pub fn run_losing(frame: u64, seed: u64) -> Result<Run, Broken> {
    let mut plan = Plan::quiet();
    plan.network.lose_at = Some(frame);
    play(seed, plan, false)
}

/// A short talk in which the hub's process dies before (0), in the middle of (1) or after (2) this step of the journal.
///
/// # Errors
/// What did not hold.
pub fn run_crashing(step: u64, which: usize, seed: u64) -> Result<Run, Broken> {
    let mut plan = Plan::quiet();
    plan.journal.crash_at = Some((step, which));
    play(seed, plan, false)
}

fn play(seed: u64, plan: Plan, shown: bool) -> Result<Run, Broken> {
    panics::watch();
    let end = plan.troubled + HEALING;
    let mut world = World::new(seed, plan, shown);
    let ended = world.run(end).and_then(|()| world.check_ending());
    ended.map_err(|what| Broken {
        seed,
        at: world.now,
        what,
    })?;
    let device = journal::lock(&world.device);
    let stored = |(id, sent): &(&shared::EntryId, &world::Sent)| {
        device.disk.has(world.people[sent.who].room, **id)
    };
    Ok(Run {
        hash: world.trace.hash(),
        lines: world.trace.lines(),
        sent: world.sent.len() as u64,
        stored: world.sent.iter().filter(stored).count() as u64,
        lives: world.lives,
        purged: device.disk.purged,
        frames: world.frames,
        steps: device.steps,
    })
}
