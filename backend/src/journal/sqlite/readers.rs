//! The connections that read, off the threads that serve sockets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::Unavailable;

/// A few connections; whoever finds all of them in use waits.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(connections.len())),
            idle: Arc::new(Mutex::new(connections)),
        }
    }

    /// Reads with one of the connections.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let closed = || Unavailable("the journal is closed".to_owned());
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| closed())?;
        let readers = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let connection = readers.idle().pop().ok_or_else(closed)?;
            let found = read(&connection);
            readers.idle().push(connection);
            drop(permit);
            found
        });
        let ended = |error| Unavailable(format!("the journal could not be read: {error}"));
        reading.await.map_err(ended)?
    }

    /// Closes what nobody reads with.
    pub(super) fn close(&self) {
        self.permits.close();
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // A push or a pop is whole or not at all.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
