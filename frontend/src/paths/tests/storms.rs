//! Cuts of every path in every order, reloads and a server that forgets, at random: in the end both pages and the journal
//! have the same, and nothing that was said is lost or doubled.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared::{Change, EntryId, Mode, Person, Seq};

use super::world::World;

/// As many storms.
const SEEDS: u64 = 3000;
/// Of so many steps.
const STEPS: usize = 150;

fn propose(world: &mut World, who: usize) {
    let mode = match world.pages[who]
        .view
        .seating
        .map(|seating| seating.floor.mode)
    {
        Some(Mode::Strict) => Mode::Free,
        _ => Mode::Strict,
    };
    world.give(who, |person| person.propose(Change::Mode(mode)));
}

fn accept(world: &mut World, who: usize) {
    // As good as any: one that is not open is refused.
    let last = world.pages[who]
        .view
        .bookmark()
        .map_or(Seq(0), |mark| mark.seq);
    for seq in last.0.saturating_sub(3)..=last.0 {
        world.give(who, |person: &Person| person.accept(Seq(seq)));
    }
}

fn step(world: &mut World, rng: &mut StdRng, said: &mut Vec<EntryId>) {
    let who = usize::from(rng.random_bool(0.5));
    match rng.random_range(0..100) {
        0..50 => {
            let posts = world.posts();
            if !posts.is_empty() {
                let post = posts[rng.random_range(0..posts.len())];
                world.bring(post);
            }
        }
        50..70 => said.extend(world.say(who, &format!("{}", said.len()))),
        70..73 => {
            let turn = world.pages[who].view.may_pass();
            if let Ok(turn) = turn {
                world.give(who, |person| person.pass(turn));
            }
        }
        73..75 => propose(world, who),
        75..78 => accept(world, who),
        78..84 => {
            world.now = world
                .now
                .after(Duration::from_millis(rng.random_range(1..3_000)));
            world.wake();
        }
        84..86 => {
            let lost = if rng.random_bool(0.3) {
                rng.random_range(1..4)
            } else {
                0
            };
            world.kill(lost);
        }
        86..88 => world.start(),
        88..90 => world.unlink(who),
        90..93 => world.link(who),
        93..95 => world.cut(),
        95..98 => world.open(),
        _ => world.reload(who),
    }
}

fn storm(seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::new();
    let mut said = Vec::new();
    for _ in 0..STEPS {
        step(&mut world, &mut rng, &mut said);
    }
    // Every path is mended, in one order or another.
    world.start();
    if rng.random_bool(0.5) {
        world.open();
    }
    for who in 0..2 {
        world.link(who);
    }
    world.wait(Duration::from_secs(40));
    world.assert_one();
    let stored = world.stored();
    let once: BTreeSet<_> = stored.iter().collect();
    assert_eq!(once.len(), stored.len(), "something is stored twice");
    for id in said {
        let waits = |page: &super::world::Page| page.view.outbox.get(id).is_some();
        let (stored, waits) = (stored.contains(&id), world.pages.iter().any(waits));
        assert!(stored || waits, "{id} is lost");
        assert!(!(stored && waits), "{id} is stored and waits");
    }
}

#[test]
fn in_the_end_all_have_the_same() {
    let first = std::env::var("DUOLOGUE_STORM")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seeds = first.map_or(0..SEEDS, |seed| seed..seed + 1);
    for seed in seeds {
        let weather = std::panic::catch_unwind(|| storm(seed));
        assert!(weather.is_ok(), "DUOLOGUE_STORM={seed} shows it alone");
    }
}
