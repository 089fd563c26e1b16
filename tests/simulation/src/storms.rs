//! Cuts of every path in every order, reloads and a server that forgets, at random: in the end both pages and the journal
//! have the same, and nothing that was said is lost or doubled.

use std::collections::BTreeSet;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared::{Change, EntryId, Mode, Seq, Store};

use crate::between::World;

/// Things that happen before all is mended.
const STEPS: usize = 150;
/// Within this time everything has to be in order then.
const HEALING: Duration = Duration::from_secs(40);

fn propose(world: &mut World, who: usize, rng: &mut StdRng) {
    if rng.random_bool(0.4) {
        let change = Change::Store(Store::Pages);
        return world.give(who, |person| person.propose(change));
    }
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

/// What the other proposes; or something that is not open, and is refused.
fn accept(world: &mut World, who: usize) {
    let [_, theirs] = world.pages[who].view.proposals();
    let proposal = theirs.map_or(Seq(4), |theirs| theirs.seq);
    world.give(who, |person| person.accept(proposal));
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
        70..72 => {
            let turn = world.pages[who].view.may_pass();
            if let Ok(turn) = turn {
                world.give(who, |person| person.pass(turn));
            }
        }
        72..76 => propose(world, who, rng),
        76..81 => accept(world, who),
        81..84 => {
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
        98 if rng.random_bool(0.3) => world.want_server(who),
        98 => world.lie(who, rng.random()),
        _ => world.reload(who),
    }
}

/// Runs one. Answers how many messages were stored.
///
/// # Errors
/// What did not hold.
pub fn storm(seed: u64) -> Result<usize, String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::new();
    let mut said = Vec::new();
    for _ in 0..STEPS {
        step(&mut world, &mut rng, &mut said);
        told(&world)?;
    }
    // Every path is mended, in one order or another.
    world.start();
    if rng.random_bool(0.5) {
        world.open();
    }
    for who in 0..2 {
        world.link(who);
    }
    world.wait(HEALING);
    told(&world)?;
    // The server has all there is only where it is to have it.
    world.want_server(usize::from(rng.random_bool(0.5)));
    world.wait(HEALING);
    world.check_one_talk();
    told(&world)?;
    let stored = world.stored();
    let once: BTreeSet<_> = stored.iter().collect();
    if once.len() != stored.len() {
        return Err("I5: something is stored twice".into());
    }
    for id in said {
        let waits = world
            .pages
            .iter()
            .any(|page| page.view.outbox.get(id).is_some());
        match (once.contains(&id), waits) {
            (false, false) => return Err(format!("I8: {id} is lost")),
            (true, true) => return Err(format!("I5: {id} is stored and waits")),
            _ => {}
        }
    }
    Ok(stored.len())
}

fn told(world: &World) -> Result<(), String> {
    world
        .broken()
        .map_or(Ok(()), |broken| Err(broken.to_owned()))
}
