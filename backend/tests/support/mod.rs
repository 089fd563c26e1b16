//! A hub on a port of its own, for one test.

// Each test file is a crate of its own and uses its part of this.
#![allow(dead_code, unreachable_pub)]

use std::net::SocketAddr;
use std::sync::Arc;

use duologue::journal::{Journal, MemoryJournal};
use duologue::{Server, Settings};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running hub.
pub struct TestServer {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl TestServer {
    /// A hub with the settings of `duologue serve` and a journal of its own.
    pub async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub async fn start_with(settings: Settings) -> Self {
        Self::start_on(settings, Arc::new(MemoryJournal::default())).await
    }

    /// A hub on a journal that may outlive it.
    pub async fn start_on(settings: Settings, journal: Arc<dyn Journal>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(settings, journal);
        let serving = tokio::spawn(server.serve(listener, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            serving,
        }
    }

    /// Stops as on SIGTERM and waits until all is closed.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let served = self.serving.await.expect("the server does not panic");
        served.expect("the listener is sound");
    }
}
