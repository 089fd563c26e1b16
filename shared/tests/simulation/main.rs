//! Random steps through the room, held against a plain reference model, with the invariants checked after each.
//!
//! A failure prints its seed. `DUOLOGUE_SEED` runs that one again, `DUOLOGUE_STEPS` says how far.

mod arrivals;
mod commands;
mod hearing;
mod invariants;
mod model;
mod people;
mod readers;
mod world;

use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use shared::{Event, RoomId, Rules};
use std::collections::HashSet;
use std::mem::Discriminant;
use std::time::Duration;
use world::World;

/// Commands in the ordinary run, over all seeds.
const STEPS: u64 = 120_000;

/// Steps with one seed; then another world.
const STEPS_A_SEED: u64 = 2_000;

/// In one world of so many, people also seal, sign and check all that is said: that takes most of the time.
const READING: u64 = 8;

/// Kinds of events. A run without one of them says nothing about it.
const KINDS: usize = 11;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Names the seed when a check fails, however it fails.
struct Announce {
    seed: u64,
    step: u64,
}

impl Drop for Announce {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "failed at step {} of seed {seed}; again with DUOLOGUE_SEED={seed}",
                self.step,
                seed = self.seed
            );
        }
    }
}

/// The table, with and without a limit to absence, or a conversation.
fn rules(rng: &mut StdRng) -> Rules {
    if rng.random_bool(0.5) {
        let room = people::CONVERSATION;
        return Rules { room, hold: None };
    }
    let held = rng.random_bool(0.5);
    Rules {
        room: RoomId::Table,
        hold: held.then(|| Duration::from_secs(rng.random_range(1..120))),
    }
}

/// Answers what kinds of things happened.
fn run(seed: u64, steps: u64) -> HashSet<Discriminant<Event>> {
    let mut rng = StdRng::seed_from_u64(seed);
    let rules = rules(&mut rng);
    let reading = seed.is_multiple_of(READING);
    let mut world = World::new(rules, rng.random_range(0.01..0.9), reading);
    let mut announce = Announce { seed, step: 0 };
    for step in 0..steps {
        announce.step = step;
        world.step(&mut rng);
        world.check_invariants();
    }
    world.end_epoch();
    world.happened
}

#[test]
fn the_room_does_what_the_model_does() {
    let steps = number("DUOLOGUE_STEPS").unwrap_or(STEPS_A_SEED);
    if let Some(seed) = number("DUOLOGUE_SEED") {
        run(seed, steps);
        return;
    }
    let first: u64 = rand::rng().next_u64() >> 16;
    println!("seeds from {first}");
    let seeds = first..first + STEPS.div_ceil(STEPS_A_SEED);
    let happened: HashSet<_> = seeds.flat_map(|seed| run(seed, steps)).collect();
    assert_eq!(happened.len(), KINDS, "something never happens");
}
