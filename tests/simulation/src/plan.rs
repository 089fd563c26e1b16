//! What a seed decides before anything happens: who there is, and which faults how often. Not every run has every fault:
//! some bugs show only where little else goes wrong.

use std::time::Duration;

use duologue::{Limits, Settings, Table};
use rand::RngExt as _;
use rand::rngs::StdRng;

/// How the disk fails. Chances are per step.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct JournalFaults {
    pub(crate) refuse: f64,
    pub(crate) lose_answer: f64,
    pub(crate) crash: f64,
    /// Milliseconds a step may take, before and after.
    pub(crate) slowest: u64,
    /// Only this step kills the process: before (0), in the middle (1), after (2).
    pub(crate) crash_at: Option<(u64, usize)>,
}

/// How the network fails. Chances are per frame.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NetworkFaults {
    /// The frame is lost, all behind it too, and the connection.
    pub(crate) lose: f64,
    /// The frame passes, and the connection is cut behind it.
    pub(crate) cut: f64,
    /// A message passes again, up to a minute later.
    pub(crate) repeat: f64,
    /// Milliseconds on the way.
    pub(crate) slowest: u64,
    /// How likely each end learns of a cut at once.
    pub(crate) told: f64,
    /// Only this frame is lost.
    pub(crate) lose_at: Option<u64>,
}

/// How often people do what they do, as weights.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habits {
    pub(crate) say: u32,
    pub(crate) pass: u32,
    pub(crate) pass_and_say: u32,
    pub(crate) typing: u32,
    pub(crate) read: u32,
    pub(crate) reload: u32,
    pub(crate) close: u32,
    pub(crate) hide: u32,
    pub(crate) offline: u32,
    pub(crate) sleep: u32,
    pub(crate) device: u32,
    pub(crate) take_back: u32,
    pub(crate) retry: u32,
    pub(crate) invite: u32,
    pub(crate) leave: u32,
    pub(crate) floor: u32,
    /// Milliseconds between two of them, at most.
    pub(crate) pause: u64,
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) journal: JournalFaults,
    pub(crate) network: NetworkFaults,
    pub(crate) habits: Habits,
    /// Whether there is a table, and how many conversations.
    pub(crate) table: bool,
    pub(crate) conversations: u8,
    /// People who want into each room.
    pub(crate) people: u8,
    /// The hub is killed, or stopped in order, about every so many milliseconds; 0 for never.
    pub(crate) kill_every: u64,
    pub(crate) drain_every: u64,
    /// How long the hub is away, at most.
    pub(crate) away: u64,
    /// Whether the wall clock jumps between two lives.
    pub(crate) clock_jumps: bool,
    /// The wall clock is years ahead for a while, about every so many milliseconds; 0 for never.
    pub(crate) leap_every: u64,
    /// Milliseconds after which a conversation is purged; 0 for never.
    pub(crate) retention: u64,
    /// Messages in the air before the hub's writer waits.
    pub(crate) window: usize,
    pub(crate) outbox: usize,
    pub(crate) page: usize,
    pub(crate) hold: u64,
    /// Until when there are faults, and people do things.
    pub(crate) troubled: u64,
}

/// One in `n` runs has it, with a chance up to `most`.
fn sometimes(rng: &mut StdRng, n: u32, most: f64) -> f64 {
    if rng.random_ratio(1, n) {
        rng.random_range(0.0..most)
    } else {
        0.0
    }
}

fn weight(rng: &mut StdRng, n: u32, most: u32) -> u32 {
    if rng.random_ratio(1, n) {
        rng.random_range(1..=most)
    } else {
        0
    }
}

impl Plan {
    /// What a seed decides.
    pub(crate) fn of(rng: &mut StdRng) -> Self {
        let often = |rng: &mut StdRng, n| {
            if rng.random_ratio(1, n) {
                rng.random_range(4_000..40_000)
            } else {
                0
            }
        };
        Self {
            journal: JournalFaults {
                refuse: sometimes(rng, 3, 0.1),
                lose_answer: sometimes(rng, 3, 0.1),
                crash: sometimes(rng, 2, 0.03),
                slowest: *pick(rng, &[1, 5, 50, 400]),
                crash_at: None,
            },
            network: NetworkFaults {
                lose: sometimes(rng, 3, 0.04),
                cut: sometimes(rng, 3, 0.04),
                repeat: sometimes(rng, 2, 0.3),
                slowest: *pick(rng, &[2, 30, 300, 2_000]),
                told: *pick(rng, &[0.2, 0.8, 1.0]),
                lose_at: None,
            },
            habits: Habits {
                say: 12,
                pass: weight(rng, 2, 4),
                pass_and_say: weight(rng, 2, 4),
                typing: weight(rng, 3, 20),
                read: weight(rng, 2, 3),
                reload: weight(rng, 2, 3),
                close: weight(rng, 2, 4),
                hide: weight(rng, 3, 2),
                offline: weight(rng, 3, 2),
                sleep: weight(rng, 3, 2),
                device: weight(rng, 3, 2),
                take_back: 4,
                retry: 3,
                invite: weight(rng, 6, 1),
                leave: weight(rng, 6, 1),
                floor: weight(rng, 2, 8),
                pause: *pick(rng, &[500, 2_000, 6_000]),
            },
            table: rng.random_bool(0.4),
            conversations: rng.random_range(1..=2),
            people: rng.random_range(2..=3),
            kill_every: often(rng, 3),
            drain_every: often(rng, 4),
            away: *pick(rng, &[200, 2_000, 20_000]),
            clock_jumps: rng.random_ratio(1, 4),
            leap_every: often(rng, 4),
            retention: if rng.random_bool(0.5) {
                let most = *pick(rng, &[2_000, 6_000, 40_000]);
                rng.random_range(200..most)
            } else {
                0
            },
            window: *pick(rng, &[1, 4, 64]),
            outbox: *pick(rng, &[8, 16, 64]),
            page: *pick(rng, &[1, 3, 64]),
            hold: rng.random_range(5_000..90_000),
            troubled: rng.random_range(20_000..90_000),
        }
    }

    /// A short talk of two in which nothing goes wrong.
    pub(crate) fn quiet() -> Self {
        Self {
            journal: JournalFaults {
                slowest: 3,
                ..JournalFaults::default()
            },
            network: NetworkFaults {
                slowest: 20,
                told: 0.5,
                ..NetworkFaults::default()
            },
            habits: Habits {
                say: 3,
                pass: 1,
                reload: 1,
                retry: 1,
                pause: 2_000,
                ..Habits::default()
            },
            table: false,
            conversations: 1,
            people: 2,
            kill_every: 0,
            drain_every: 0,
            away: 2_000,
            clock_jumps: false,
            leap_every: 0,
            retention: 0,
            window: 16,
            outbox: 64,
            page: 3,
            hold: 60_000,
            troubled: 15_000,
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        let usual = Limits::default();
        Settings {
            table: self.table.then(|| Table {
                hold: Duration::from_millis(self.hold),
            }),
            retention: (self.retention > 0).then(|| Duration::from_millis(self.retention)),
            limits: Limits {
                outbox_frames: self.outbox,
                page_entries: self.page,
                ..usual
            },
            ..Settings::default()
        }
    }
}

/// One of these.
pub(crate) fn pick<'a, T>(rng: &mut StdRng, of: &'a [T]) -> &'a T {
    &of[rng.random_range(0..of.len())]
}
