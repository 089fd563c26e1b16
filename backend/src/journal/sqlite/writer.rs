//! The one thread that writes: it takes what waits, commits it together, and only then answers.

use std::time::{Duration, Instant};

use prometheus_client::metrics::histogram::Histogram;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use shared::{Epoch, Position, RoomId};
use tokio::sync::{mpsc, oneshot};

use super::failure::Failure;
use super::statements::{self, Batch};
use super::{AppendError, Unavailable};

/// Requests in one commit, at most: nobody waits for a commit that takes much longer than one entry's.
const GROUP: usize = 64;

/// Pages in the write-ahead log, about, before they are moved into the file.
const CHECKPOINT: usize = 1000;

const PAGE: usize = 4096;

/// How long writers of other processes are waited for, and how long those who still read what was forgotten: nobody is
/// stored meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
const PATIENCE_TO_EMPTY: Duration = Duration::from_millis(100);

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Request {
    Append {
        room: RoomId,
        expected: Position,
        batch: Batch,
        answer: oneshot::Sender<Result<(), AppendError>>,
    },
    Forget {
        room: RoomId,
        epoch: Epoch,
        answer: oneshot::Sender<Result<(), Unavailable>>,
    },
    Check {
        answer: oneshot::Sender<Result<(), Unavailable>>,
    },
}

impl Request {
    /// What it adds to the write-ahead log in pages, about.
    fn pages(&self) -> usize {
        match self {
            Request::Append { batch, .. } => batch.pages(PAGE),
            // A whole talk, overwritten with zeros: as much as there is room for.
            Request::Forget { .. } => CHECKPOINT,
            Request::Check { .. } => 0,
        }
    }

    fn answer(self, outcome: Result<(), AppendError>) {
        // Whoever asked may have gone.
        match self {
            Request::Append { answer, .. } => drop(answer.send(outcome)),
            Request::Forget { answer, .. } | Request::Check { answer } => {
                let outcome = outcome.map_err(|error| match error {
                    AppendError::Unavailable(error) => error,
                    other => Unavailable(other.to_string()),
                });
                drop(answer.send(outcome));
            }
        }
    }
}

/// The write connection and what became of the last writes.
pub(super) struct Writer {
    connection: Connection,
    failure: Failure,
    /// Seconds that commits take.
    seconds: Histogram,
    /// The last write found no room; whoever checks makes the writer try.
    troubled: bool,
    /// Pages written since the last checkpoint, about.
    pages: usize,
    /// Something was forgotten, and may still be read in the write-ahead log.
    forgotten: bool,
}

impl Writer {
    pub(super) fn new(connection: Connection, failure: Failure, seconds: Histogram) -> Self {
        Self {
            connection,
            failure,
            seconds,
            troubled: false,
            pages: 0,
            forgotten: false,
        }
    }

    /// Works until nobody can ask any more, and all is answered.
    pub(super) fn run(mut self, mut waiting: mpsc::Receiver<Request>) {
        while let Some(first) = waiting.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP {
                match waiting.try_recv() {
                    Ok(next) => group.push(next),
                    Err(_) => break,
                }
            }
            let checked = group
                .iter()
                .any(|request| matches!(request, Request::Check { .. }));
            self.serve(group);
            if self.pages >= CHECKPOINT || (self.forgotten && checked) {
                self.checkpoint();
            }
        }
    }

    fn serve(&mut self, group: Vec<Request>) {
        let alone = group.len() == 1;
        match self.commit(&group) {
            Ok(outcomes) => {
                self.pages += group.iter().map(Request::pages).sum::<usize>();
                self.forgotten |= group
                    .iter()
                    .any(|request| matches!(request, Request::Forget { .. }));
                for (request, outcome) in group.into_iter().zip(outcomes) {
                    request.answer(outcome);
                }
            }
            // One that does not fit is no reason to refuse the others.
            Err(_) if !alone && self.failure.check().is_ok() => {
                for request in group {
                    self.serve(vec![request]);
                }
            }
            Err(error) => {
                for request in group {
                    request.answer(Err(Unavailable(error.0.clone()).into()));
                }
            }
        }
    }

    /// All of a group in one transaction. When this fails nothing of it was committed, or the journal has failed for
    /// good and nobody can tell.
    fn commit(&mut self, group: &[Request]) -> Result<Vec<Result<(), AppendError>>, Unavailable> {
        self.failure.check()?;
        let writes = |request: &Request| !matches!(request, Request::Check { .. });
        if !self.troubled && !group.iter().any(writes) {
            return Ok(group.iter().map(|_| Ok(())).collect());
        }
        let begun = Instant::now();
        match self.transact(group) {
            Ok(outcomes) => {
                self.seconds.observe(begun.elapsed().as_secs_f64());
                self.troubled = false;
                Ok(outcomes)
            }
            Err(error) => {
                self.troubled = true;
                Err(self.failure.consider(&error))
            }
        }
    }

    fn transact(&mut self, group: &[Request]) -> rusqlite::Result<Vec<Result<(), AppendError>>> {
        // Dropped without a commit, it rolls back.
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut outcomes = Vec::with_capacity(group.len());
        for request in group {
            outcomes.push(match request {
                Request::Append {
                    room,
                    expected,
                    batch,
                    ..
                } => statements::append(&transaction, *room, *expected, batch)?,
                Request::Forget { room, epoch, .. } => {
                    statements::forget(&transaction, *room, *epoch)?;
                    Ok(())
                }
                Request::Check { .. } => {
                    if self.troubled {
                        statements::probe(&transaction)?;
                    }
                    Ok(())
                }
            });
        }
        transaction.commit()?;
        Ok(outcomes)
    }

    /// Moves the write-ahead log into the file now and then. SQLite would do it by itself, and keep its failures to itself.
    fn checkpoint(&mut self) {
        if self.failure.check().is_err() {
            return;
        }
        self.pages = 0;
        let moved = if self.forgotten {
            self.empty()
        } else {
            let move_over = "PRAGMA wal_checkpoint(PASSIVE)";
            self.connection.query_row(move_over, [], |_| Ok(()))
        };
        if let Err(error) = moved
            && error.sqlite_error_code() != Some(ErrorCode::DatabaseBusy)
        {
            let error = self.failure.consider(&error);
            tracing::error!(%error, "the write-ahead log could not be moved into the journal");
        }
    }

    /// Moves all of the log and cuts it to nothing: it has pages as they were before what is forgotten was overwritten.
    /// While somebody reads, such as a backup, that has to wait until somebody asks how the journal is, or more was written.
    fn empty(&mut self) -> rusqlite::Result<()> {
        self.connection.busy_timeout(PATIENCE_TO_EMPTY)?;
        let emptied = "PRAGMA wal_checkpoint(TRUNCATE)";
        let emptied = self
            .connection
            .query_row(emptied, [], |row| row.get::<_, bool>(0));
        self.connection.busy_timeout(PATIENCE)?;
        self.forgotten = emptied?;
        Ok(())
    }
}
