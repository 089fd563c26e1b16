//! One process of the hub, from its start to its end or its crash: a runtime of its own, whose time stands still while
//! the world does something else.

use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use duologue::clock::Clock;
use duologue::outside::{Outside, Randomness};
use duologue::{Server, Settings};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use shared::Timestamp;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::journal::{Shared, SimJournal};
use crate::socket::{HubEnd, Post, Wire};

/// What a process shares with the world.
#[derive(Debug, Default)]
pub(crate) struct Life {
    dead: AtomicBool,
    stopped: AtomicBool,
    /// Something happened that the world has to see before time goes on.
    news: Notify,
    sent: Mutex<Vec<(u64, Post)>>,
}

impl Life {
    /// Whether it has crashed: nothing it does from then on has happened.
    pub(crate) fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    /// Whether it has ended in order.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The process ends here, and whoever calls this never hears of it.
    pub(crate) async fn crash(&self) {
        self.kill();
        pending::<()>().await;
    }

    pub(crate) fn kill(&self) {
        self.dead.store(true, Ordering::Relaxed);
        self.news.notify_one();
    }

    /// Goes on in a process that lives.
    pub(crate) async fn check(&self) {
        if self.is_dead() {
            pending::<()>().await;
        }
    }

    /// Something leaves for the page at the other end of a connection.
    pub(crate) fn send(&self, connection: u64, post: Post) {
        if self.is_dead() {
            return;
        }
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push((connection, post));
        self.news.notify_one();
    }

    /// What has left since the last look.
    pub(crate) fn take_sent(&self) -> Vec<(u64, Post)> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut sent)
    }
}

/// A running hub.
pub(crate) struct Hub {
    pub(crate) life: Arc<Life>,
    server: Arc<Server>,
    runtime: Runtime,
    /// When it began, on the runtime's clock and on the world's.
    origin: Instant,
    began: u64,
    device: Shared,
    pub(crate) draining: bool,
    /// How far the wall clock is ahead of where it was.
    leap: Arc<AtomicU64>,
}

impl Hub {
    /// Starts a process at `now`, whose wall clock shows `wall`.
    pub(crate) fn start(
        now: u64,
        wall: u64,
        seed: u64,
        settings: Settings,
        device: &Shared,
    ) -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()?;
        let life = Arc::new(Life::default());
        let rng = Mutex::new(StdRng::seed_from_u64(seed));
        let randomness = Randomness::from_fn(move |bytes| {
            let mut rng = rng.lock().unwrap_or_else(PoisonError::into_inner);
            rng.fill_bytes(bytes);
            Ok(())
        });
        let leap = Arc::new(AtomicU64::new(0));
        let (server, origin) = runtime.block_on(async {
            let origin = Instant::now();
            let ahead = Arc::clone(&leap);
            let shown = move || {
                let wall = Timestamp(wall + ahead.load(Ordering::Relaxed));
                wall.after(origin.elapsed())
            };
            let outside = Outside {
                clock: Clock::following(shown),
                randomness,
            };
            let journal = SimJournal {
                device: Arc::clone(device),
                life: Arc::clone(&life),
                begun: (origin, now),
            };
            let server = Server::within(settings, Arc::new(journal), outside);
            server.keep_house();
            (Arc::new(server), origin)
        });
        Ok(Self {
            life,
            server,
            runtime,
            origin,
            began: now,
            device: Arc::clone(device),
            draining: false,
            leap,
        })
    }

    /// Sets the wall clock so far ahead of where it was, or back to there.
    pub(crate) fn leap(&self, ahead: u64) {
        self.leap.store(ahead, Ordering::Relaxed);
    }

    /// Lets it run until `until`, or until it has news. Answers the time.
    pub(crate) fn run(&self, until: u64) -> u64 {
        let deadline = self.origin + Duration::from_millis(until - self.began);
        let news = self.life.news.notified();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                () = news => {}
                () = sleep_until(deadline) => {}
            }
            let passed = self.origin.elapsed().as_millis();
            self.began + u64::try_from(passed).unwrap_or(u64::MAX)
        })
    }

    /// Brings it a new connection.
    pub(crate) fn accept(&self, wire: &Arc<Wire>) {
        let end = HubEnd::new(wire, &self.life, &self.device);
        self.runtime.spawn(self.server.attend(end));
    }

    /// As on SIGTERM.
    pub(crate) fn drain(&mut self) {
        self.draining = true;
        let (server, life) = (Arc::clone(&self.server), Arc::clone(&self.life));
        self.runtime.spawn(async move {
            server.stop().await;
            life.stopped.store(true, Ordering::Relaxed);
            life.news.notify_one();
        });
    }
}
