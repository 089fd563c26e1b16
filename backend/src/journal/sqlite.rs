//! The journal on disk: one SQLite file, one thread that writes it, a few connections that read it.
//!
//! An append is acknowledged after its `COMMIT`, with the write-ahead log synced (`synchronous=FULL`): it survives the
//! process and the power. What waits while one commit is on its way to the disk goes into the next, whatever rooms it
//! belongs to, so under load many appends share one sync, and alone none waits for others.

mod failure;
mod folder;
mod forms;
mod measures;
mod open;
mod progress;
mod readers;
mod rooms;
mod space;
mod statements;
mod writer;

use std::fs::File;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use prometheus_client::registry::Registry;
use shared::{Entry, Epoch, Position, RoomId, Scope, Seq, Timestamp};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::{AppendError, Journal, Unavailable};
use failure::Failure;
use measures::Measures;
use progress::Tell;
use readers::Readers;
use rooms::unreadable;
use space::Space;
use statements::Batch;
use writer::{Request, Writer};

pub(super) use folder::private;
pub(super) use forms::{FORM, is_earlier};
pub use open::OpenError;
pub(super) use open::{APPLICATION, FILE};
pub use progress::Progress;
pub(super) use rooms::number;

/// Requests that may wait for the writer. When they are more, the rooms that ask wait, and so do their people.
const QUEUE: usize = 1024;

/// Whoever asks whether the journal answers wants to know it within this time.
const ANSWER: Duration = Duration::from_secs(5);

/// Keeps every room's entries in a folder, which belongs to one process at a time.
#[derive(Debug)]
pub struct SqliteJournal {
    /// Taken when it is dropped: that ends the writer.
    requests: Option<mpsc::Sender<Request>>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
    failure: Failure,
    measures: Measures,
    /// Held while the folder is in use; the system lets go of it when the process ends, however it ends.
    lock: File,
}

impl SqliteJournal {
    /// Opens the journal in `folder`, which is made if there is none. What is there is checked first: what is damaged,
    /// newer, too old or somebody else's is left as it is.
    ///
    /// # Errors
    /// Each with advice, in one line.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_within(folder, None, None)
    }

    /// As [`SqliteJournal::open`], and tells about every second how it goes: looking through a large file takes a while.
    ///
    /// # Errors
    /// As [`SqliteJournal::open`].
    pub fn open_telling(
        folder: &Path,
        tell: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Self, OpenError> {
        Self::open_within(folder, None, Some(Box::new(tell)))
    }

    /// As [`SqliteJournal::open`], with a file of at most so many pages of 4 KiB; what does not fit is refused.
    ///
    /// # Errors
    /// As [`SqliteJournal::open`].
    pub fn open_bounded(folder: &Path, pages: u32) -> Result<Self, OpenError> {
        Self::open_within(folder, Some(pages), None)
    }

    fn open_within(
        folder: &Path,
        pages: Option<u32>,
        tell: Option<Tell>,
    ) -> Result<Self, OpenError> {
        let open::Opened {
            lock,
            file,
            writes,
            reads,
        } = open::open(folder, pages, tell)?;
        let failure = Failure::of(Space::beside(&file));
        let (requests, waiting) = mpsc::channel(QUEUE);
        let measures = Measures::new(&file);
        let writer = Writer::new(writes, failure.clone(), measures.commit.clone());
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run(waiting))
            .map_err(OpenError::NoThread)?;
        Ok(Self {
            requests: Some(requests),
            writer: Some(writer),
            readers: Readers::new(reads),
            failure,
            measures,
            lock,
        })
    }

    /// Ends when the disk has failed. From then on nothing is acknowledged and nothing read: what the system believes to
    /// be on the disk may not be there. Only a new process can tell.
    pub async fn failed(&self) {
        self.failure.happened().await;
    }

    /// Why nothing is acknowledged any more, if it is so; for whoever runs the server.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.failure.check().err().map(|Unavailable(reason)| reason)
    }

    /// Asks the writer, and waits for its answer.
    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, Unavailable> {
        self.failure.check()?;
        let gone = || Unavailable("the journal's writer has ended".to_owned());
        let (answer, answered) = oneshot::channel();
        let requests = self.requests.as_ref().ok_or_else(gone)?;
        let sent = requests.send(request(answer)).await;
        sent.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())
    }
}

impl Drop for SqliteJournal {
    fn drop(&mut self) {
        // The writer's connection is the last to close, which moves the write-ahead log into the file.
        self.readers.close();
        self.requests = None;
        if let Some(writer) = self.writer.take() {
            // Should it have panicked, the hook has said so.
            let _ = writer.join();
        }
        // Not left to the file's closing: a child process that is just being started may have it open, too.
        let _ = self.lock.unlock();
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn position(&self, room: RoomId) -> Result<Option<Position>, Unavailable> {
        self.failure.check()?;
        self.readers
            .read(move |connection| rooms::position(connection, room))
            .await
    }

    async fn append(
        &self,
        room: RoomId,
        expected: Position,
        entries: Vec<Entry>,
    ) -> Result<(), AppendError> {
        // Written out here, on one of many threads, rather than on the one that writes.
        let epoch = expected.epoch;
        let batch = Batch::new(&Scope { room, epoch }, &entries)?;
        let asked = Instant::now();
        let answer = self.ask(|answer| Request::Append {
            room,
            expected,
            batch,
            answer,
        });
        let appended = answer.await?;
        if appended.is_ok() {
            self.measures.append.observe(asked.elapsed().as_secs_f64());
        }
        appended
    }

    async fn replay(
        &self,
        room: RoomId,
        epoch: Epoch,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Entry>, Unavailable> {
        self.failure.check()?;
        self.readers
            .read(move |connection| statements::replay(connection, room, epoch, after, limit))
            .await
    }

    async fn forget(&self, room: RoomId, epoch: Epoch) -> Result<(), Unavailable> {
        self.ask(|answer| Request::Forget {
            room,
            epoch,
            answer,
        })
        .await?
    }

    async fn is_over(&self, room: RoomId) -> Result<bool, Unavailable> {
        self.failure.check()?;
        let over = move |connection: &_| rooms::is_over(connection, room);
        self.readers
            .read(move |connection| over(connection).map_err(|error| unreadable(&error)))
            .await
    }

    async fn stale(
        &self,
        before: Timestamp,
        after: Option<RoomId>,
        limit: usize,
    ) -> Result<Vec<(RoomId, Position)>, Unavailable> {
        self.failure.check()?;
        let stale = move |connection: &_| rooms::stale(connection, before, after, limit);
        self.readers
            .read(move |connection| stale(connection).map_err(|error| unreadable(&error)))
            .await
    }

    async fn check(&self) -> Result<(), Unavailable> {
        let answered = timeout(ANSWER, self.ask(|answer| Request::Check { answer })).await;
        let late = |_| Unavailable(format!("the disk has not answered for {ANSWER:?}"));
        answered.map_err(late)??
    }

    fn register(&self, registry: &mut Registry) {
        self.measures.register(registry);
    }
}
