//! The journal's contract over the disk, with every way a journal can fail: it does not answer, it refuses, its answer
//! is lost, and the process dies before, in the middle of and after each step.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use duologue::journal::{AppendError, Journal, Unavailable};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use shared::{Entry, Epoch, Position, RoomId, Seq, Timestamp};
use tokio::time::{Instant, sleep};

use crate::disk::Disk;
use crate::life::Life;
use crate::plan::JournalFaults;

/// What becomes of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Done,
    /// It fails before anything is written.
    Refused,
    /// It is done, and nobody is told.
    AnswerLost,
    /// The process dies before, after, or with the write in the air.
    CrashBefore,
    CrashAfter,
    Torn,
}

/// The disk, and what goes wrong with it. It outlives the processes that use it.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) disk: Disk,
    pub(crate) faults: JournalFaults,
    rng: StdRng,
    /// Steps so far.
    pub(crate) steps: u64,
}

/// A handle on it.
pub(crate) type Shared = Arc<Mutex<Device>>;

pub(crate) fn lock(device: &Mutex<Device>) -> MutexGuard<'_, Device> {
    device.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Device {
    pub(crate) fn new(seed: u64, faults: JournalFaults) -> Self {
        Self {
            disk: Disk::default(),
            faults,
            rng: StdRng::seed_from_u64(seed),
            steps: 0,
        }
    }

    fn fate(&mut self, writes: bool) -> Fate {
        self.steps += 1;
        let faults = self.faults;
        // One step at a time, for the runs that try each.
        if let Some((step, which)) = faults.crash_at {
            if step != self.steps {
                return Fate::Done;
            }
            return [Fate::CrashBefore, Fate::Torn, Fate::CrashAfter][which % 3];
        }
        let mut chance = |of: f64| of > 0.0 && self.rng.random_bool(of);
        if chance(faults.refuse) {
            Fate::Refused
        } else if writes && chance(faults.lose_answer) {
            Fate::AnswerLost
        } else if chance(faults.crash) {
            let fates = [Fate::CrashBefore, Fate::CrashAfter, Fate::Torn];
            fates[self.rng.random_range(0..fates.len())]
        } else {
            Fate::Done
        }
    }

    fn pause(&mut self) -> Duration {
        let most = self.faults.slowest.max(1);
        Duration::from_millis(self.rng.random_range(0..most))
    }

    fn lands(&mut self) -> bool {
        self.rng.random_bool(0.5)
    }
}

/// What one process has of it.
#[derive(Debug)]
pub(crate) struct SimJournal {
    pub(crate) device: Shared,
    pub(crate) life: Arc<Life>,
    /// When the process began, on the runtime's clock and on the world's.
    pub(crate) begun: (Instant, u64),
}

impl SimJournal {
    /// The world's time, whatever the hub takes for it.
    fn now(&self) -> u64 {
        let (origin, at) = self.begun;
        at + u64::try_from(origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Runs a step to its fate.
    async fn step<T>(
        &self,
        writes: bool,
        mut act: impl FnMut(&mut Disk) -> T,
    ) -> Result<T, Unavailable> {
        let (fate, before, after) = {
            let mut device = lock(&self.device);
            (device.fate(writes), device.pause(), device.pause())
        };
        sleep(before).await;
        self.life.check().await;
        match fate {
            Fate::Refused => return Err(Unavailable("the disk does not answer".to_owned())),
            Fate::CrashBefore => self.life.crash().await,
            Fate::Torn => {
                {
                    let mut device = lock(&self.device);
                    if device.lands() {
                        act(&mut device.disk);
                    }
                }
                self.life.crash().await;
            }
            Fate::Done | Fate::AnswerLost | Fate::CrashAfter => {}
        }
        let done = act(&mut lock(&self.device).disk);
        if fate == Fate::CrashAfter {
            self.life.crash().await;
        }
        sleep(after).await;
        self.life.check().await;
        if fate == Fate::AnswerLost {
            return Err(Unavailable("the line broke".to_owned()));
        }
        Ok(done)
    }
}

#[async_trait]
impl Journal for SimJournal {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        self.step(false, |disk| disk.position(room)).await
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        let now = self.now();
        let write = |disk: &mut Disk| {
            if disk.is_over(room) {
                // Whoever opens a room asks first, and nobody may end it meanwhile.
                disk.breaks("I7: a talk was ended under a room that goes on".to_owned());
                return Err(AppendError::Over);
            }
            let actual = disk.position(room);
            let begins = actual.is_none() && expected.seq == Seq::START;
            if actual != Some(expected) && !begins {
                return Err(AppendError::Conflict { actual });
            }
            if let Some(id) = disk.duplicate(room, &entries) {
                return Err(AppendError::Duplicate { id });
            }
            disk.write(room, expected.epoch, entries.clone(), now);
            Ok(())
        };
        self.step(true, write).await?
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        let read = |disk: &mut Disk| {
            let Some(ledger) = disk.present(room).filter(|there| there.epoch == epoch) else {
                return Vec::new();
            };
            let after = ledger.entries.iter().filter(|entry| entry.seq > after);
            after.take(limit).cloned().collect()
        };
        self.step(false, read).await
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        let forget = |disk: &mut Disk| disk.forget(room, epoch, self.now());
        self.step(true, forget).await
    }

    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable> {
        self.step(false, |disk| disk.is_over(room)).await
    }

    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable> {
        let stale = |disk: &mut Disk| disk.stale(before, after).take(limit).collect();
        self.step(false, stale).await
    }

    async fn check(&self) -> Result<(), Unavailable> {
        self.step(false, |_| ()).await
    }
}
