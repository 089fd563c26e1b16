//! The load: conversations opened, set talking, and counted for a while.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::cpu;
use crate::figures::{Figures, Tally, Window};
use crate::pace::{Pace, most_a_second};
use crate::talk::{Kind, Talk};

/// Connections that are being opened at once: enough to be quick, few enough for any backlog.
const OPENING: usize = 32;

/// Opening takes longer than this only where something is wrong.
const OPEN_WITHIN: Duration = Duration::from_secs(60);

/// What to run, for how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Conversations at once, each of two sockets.
    pub rooms: u32,
    /// Talk before anything is counted.
    pub warm_up: Duration,
    /// How long messages are counted.
    pub window: Duration,
    /// Messages a second over all rooms; as many as there can be without.
    pub rate: Option<f64>,
}

/// Runs the load against `address`, where the process `target` listens.
///
/// # Errors
/// When a conversation cannot be opened or breaks, or the CPU time cannot be read.
pub async fn run(load: Load, kind: Kind, address: SocketAddr, target: u32) -> Result<Figures> {
    let most = most_a_second(load.rooms);
    ensure!(
        load.rate.is_none_or(|rate| rate <= most),
        "{} rooms have at most {most} messages a second, or the server refuses them; take more rooms",
        load.rooms
    );
    let opening = stream::iter(0..load.rooms)
        .map(|room| Talk::open(kind, address, room.into()))
        .buffer_unordered(OPENING)
        .try_collect::<Vec<_>>();
    let talks = timeout(OPEN_WITHIN, opening)
        .await
        .context("opening the conversations takes too long")?
        .context("not every conversation could be opened")?;

    let tally = Arc::new(Mutex::new(Tally::new()?));
    let start = Instant::now();
    let mut talking = JoinSet::new();
    for (talk, room) in talks.into_iter().zip(0..) {
        let pace = match (load.rate, kind) {
            (Some(rate), _) => Pace::steady(start, rate, load.rooms, room),
            (None, Kind::Server) => Pace::bounded(start),
            (None, Kind::Relay | Kind::AckingRelay) => Pace::unbounded(start),
        };
        talking.spawn(converse(talk, pace, Arc::clone(&tally)));
    }
    tokio::select! {
        counted = count(load, target, &tally) => {
            let window = counted?;
            lock(&tally).figures(kind, load.rooms, window)
        }
        Some(ended) = talking.join_next() => {
            let Err(error) = ended.context("a conversation panicked")?;
            Err(error.context("a conversation broke"))
        }
    }
}

/// Talks until it breaks or is dropped.
async fn converse(mut talk: Talk, mut pace: Pace, tally: Arc<Mutex<Tally>>) -> Result<Infallible> {
    loop {
        pace.wait().await;
        let after = talk.exchange().await?;
        lock(&tally).arrived(after);
    }
}

async fn count(load: Load, target: u32, tally: &Mutex<Tally>) -> Result<Window> {
    let myself = std::process::id();
    sleep(load.warm_up).await;
    let start = Instant::now();
    let (target_cpu, load_cpu) = (cpu::time_of(target)?, cpu::time_of(myself)?);
    lock(tally).reset();
    sleep(load.window).await;
    Ok(Window {
        time: start.elapsed(),
        target_cpu: cpu::time_of(target)?.saturating_sub(target_cpu),
        load_cpu: cpu::time_of(myself)?.saturating_sub(load_cpu),
    })
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    // Nothing panics while it holds the lock.
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
