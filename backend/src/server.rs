//! The server as a value: new, serve, shut down. What it needs from the world comes from outside.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::accept;
use crate::connection;
use crate::http;
use crate::hub::Hub;
use crate::ice::Ice;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::outside::Outside;
use crate::retention;
use crate::tls::Tls;
use crate::websocket::Carrier;

/// The room at `/`.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// How long a seat is kept for someone absent.
    pub hold: Duration,
}

impl Default for Table {
    fn default() -> Self {
        Self {
            hold: Duration::from_secs(60),
        }
    }
}

/// How a server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The table; `None` for a server that offers only conversations of one's own.
    pub table: Option<Table>,
    /// How long a conversation is kept after its last entry; `None` for ever.
    pub retention: Option<Duration>,
    /// What a connection may use.
    pub limits: Limits,
    /// The address people reach it by, e.g. `https://talk.example.org`, where it is known.
    pub public_url: Option<String>,
    /// The proxies that are believed when they say for whom they ask.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether there is a fault room, where the pages do as they are told.
    pub demo: bool,
    /// What helps two pages find a path of their own.
    pub ice: Ice,
    /// The certificate to speak TLS with; `None` for plain HTTP.
    pub tls: Option<Tls>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            table: Some(Table::default()),
            retention: None,
            limits: Limits::default(),
            public_url: None,
            trusted_proxies: Vec::new(),
            demo: false,
            ice: Ice::default(),
            tls: None,
        }
    }
}

/// A hub, ready to serve.
#[derive(Debug)]
pub struct Server {
    hub: Arc<Hub>,
}

impl Server {
    /// A server that keeps what is said in `journal`.
    #[must_use]
    pub fn new(settings: Settings, journal: Arc<dyn Journal>) -> Self {
        Self::within(settings, journal, Outside::default())
    }

    /// The same, with its time and chance from outside.
    #[must_use]
    pub fn within(settings: Settings, journal: Arc<dyn Journal>, outside: Outside) -> Self {
        let hub = Hub::new(journal, settings, outside);
        Self { hub: Arc::new(hub) }
    }

    /// Serves one socket that did not come over HTTP, from its first frame to its last. Nobody's address is counted.
    pub fn attend(&self, socket: impl Carrier) -> impl Future<Output = ()> + Send + 'static {
        let (hub, shutdown) = (Arc::clone(&self.hub), self.hub.shutdown.clone());
        async move {
            let serving = connection::serve(hub, Box::pin(socket), None);
            shutdown.track(serving).await;
        }
    }

    /// Starts what goes on whether anybody is connected or not, and ends by [`Server::stop`]. [`Server::serve`] does it by
    /// itself.
    pub fn keep_house(&self) {
        if let Some(kept) = self.hub.retention {
            let purging = retention::run(Arc::clone(&self.hub), kept);
            self.hub.shutdown.spawn(purging);
        }
    }

    /// Tells each open connection where it stands and closes it. Returns when all have gone and every room with them.
    pub async fn stop(&self) {
        self.hub.shutdown.finish().await;
    }

    /// Everything it answers over HTTP. Addresses are counted where the request carries its
    /// [`ConnectInfo`](axum::extract::ConnectInfo), as it does under [`Server::serve`].
    pub fn routes(&self) -> Router {
        http::routes(Arc::clone(&self.hub))
    }

    /// Serves `listener` until `stop` ends. Then no connection is accepted any more, each open one is told where it
    /// stands and closed, and this returns when all have gone.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        let shutdown = self.hub.shutdown.clone();
        self.keep_house();
        let stopped = CancellationToken::new();
        let accepting = stopped.clone();
        let serving = accept::serve(listener, self.routes(), &self.hub, accepting);
        let stopping = async {
            stop.await;
            stopped.cancel();
            shutdown.finish().await;
        };
        tokio::join!(serving, stopping);
    }
}
