//! As many seeds as fit an ordinary test run, every frame of a short talk lost once, and every step of its journal the
//! hub's last. More: `cargo xtask simulate`.

use std::thread;

use simulation::{Broken, Run, run, run_crashing, run_losing};

/// Seeds in the ordinary run: as many as stay within two minutes or so on two cores, unoptimised and with every check after
/// every step (400 took 290 s, 25 November 2026). What shows once in thousands of seeds is for the long run, which is
/// optimised and has 10,000.
const SEEDS: u64 = 160;

/// Seeds that run twice.
const TWICE: u64 = 6;

/// Seeds for each way in which a short talk goes wrong once.
const TALKS: u64 = 1;

fn fail(broken: &Broken) -> ! {
    let seed = broken.seed;
    panic!("{broken}\nagain: cargo xtask simulate --seed {seed} --trace");
}

fn sound(ran: Result<Run, Broken>) -> Run {
    match ran {
        Ok(run) => run,
        Err(broken) => fail(&broken),
    }
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice_whatever_fails() {
    let half = |first: u64| {
        (first..=SEEDS)
            .step_by(2)
            .map(|seed| sound(run(seed, false)))
    };
    let (odd, even) = thread::scope(|scope| {
        let even = scope.spawn(|| half(2).collect::<Vec<_>>());
        (half(1).collect::<Vec<_>>(), even.join())
    });
    let runs: Vec<_> = odd
        .into_iter()
        .chain(even.expect("no run panics"))
        .collect();
    // A run in which nobody says anything proves nothing.
    let sum = |of: fn(&Run) -> u64| runs.iter().map(of).sum::<u64>();
    assert!(sum(|run| run.stored) > 5 * SEEDS, "people talk");
    assert!(sum(|run| run.lives) > 2 * SEEDS, "the hub dies");
    assert!(sum(|run| run.purged) > SEEDS / 10, "talks are purged");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 1..=TWICE {
        let (one, two) = (sound(run(seed, false)), sound(run(seed, false)));
        assert_eq!(one, two, "seed {seed}");
        let other = sound(run(seed + TWICE, false));
        assert_ne!(one.hash, other.hash, "the hash is of what happens");
    }
}

#[test]
fn every_frame_of_a_talk_may_be_the_last_of_its_connection() {
    for seed in 1..=TALKS {
        let frames = sound(run_losing(u64::MAX, seed)).frames;
        assert!(frames > 40, "there is a talk: {frames}");
        for frame in 1..=frames {
            if let Err(broken) = run_losing(frame, seed) {
                panic!("without frame {frame}: {broken}");
            }
        }
    }
}

#[test]
fn every_step_of_the_journal_may_be_the_last_of_a_process() {
    for seed in 1..=TALKS {
        let steps = sound(run_crashing(u64::MAX, 0, seed)).steps;
        assert!(steps > 10, "there is a talk: {steps}");
        for step in 1..=steps {
            for (which, when) in ["before", "in the middle of", "after"].iter().enumerate() {
                match run_crashing(step, which, seed) {
                    Ok(run) => assert_eq!(run.lives, 2, "{when} step {step} of seed {seed}"),
                    Err(broken) => panic!("{when} step {step}: {broken}"),
                }
            }
        }
    }
}
