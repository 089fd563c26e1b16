//! Two signals: one says stop, the other proves that everything has stopped.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Shared by all that must end before the process does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shutdown {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Runs a task that [`Shutdown::finish`] waits for.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Counts `task` among those that [`Shutdown::finish`] waits for, without spawning it.
    pub(crate) async fn track<T>(&self, task: impl Future<Output = T>) -> T {
        self.tasks.track_future(task).await
    }

    /// Whether it is time to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ends when it is time to stop.
    pub(crate) async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Says stop, and waits until all has stopped.
    pub(crate) async fn finish(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
