//! The accept loop: TCP connections in, TLS where it is spoken here, HTTP out, and no patience for whoever keeps one
//! open without asking anything.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::{Arc, Once};
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::addresses::{self, Admitted};
use crate::hub::Hub;
use crate::limits::Limits;
use crate::meter::Meter;
use crate::stream::Stream;

/// How long to wait after a failed accept. Mostly all file descriptors are in use, and some will be free by then.
const PAUSE: Duration = Duration::from_secs(1);

/// How long an answer may still take when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// The smallest buffer the HTTP library takes.
const SMALLEST_BUFFER: usize = 8 * 1024;

/// What carrying a connection takes.
struct Carrier {
    hub: Arc<Hub>,
    http: http1::Builder,
    routes: Router,
    stop: CancellationToken,
    places: Arc<Semaphore>,
}

/// One who comes: a place among all, and a count among the address's own.
struct Visit {
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    /// None for a trusted proxy, which stands for many.
    counted: Option<Admitted>,
    /// Of a trusted proxy's connection it starts when it becomes somebody's WebSocket.
    meter: Meter,
}

/// Accepts until `stop`, then returns when every connection has ended or has become a WebSocket.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    hub: &Arc<Hub>,
    stop: CancellationToken,
) {
    let carrier = Arc::new(Carrier {
        hub: Arc::clone(hub),
        http: http(&hub.limits),
        routes,
        stop: stop.clone(),
        places: Arc::new(Semaphore::new(hub.limits.connections as usize)),
    });
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => match carrier.admit(peer) {
                Some(visit) => {
                    let carrier = Arc::clone(&carrier);
                    connections.spawn(async move { carrier.carry(stream, visit).await });
                }
                // Closed as it is dropped: an answer would cost what there is too little of.
                None => {
                    hub.metrics.turned_away.inc();
                }
            },
            Err(error) if is_the_peers(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot accept connections; trying again in a second");
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = sleep(PAUSE) => {}
                }
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// HTTP/1 within the limits. The time for the head also runs while nothing is asked, so an idle connection ends too.
fn http(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_within)
        .max_headers(limits.head_fields)
        .max_header_size(limits.head_bytes)
        .max_buf_size(limits.head_bytes.max(SMALLEST_BUFFER));
    http
}

impl Carrier {
    /// Whether there is room for one more.
    fn admit(&self, peer: SocketAddr) -> Option<Visit> {
        static TOLD: Once = Once::new();
        let hub = &self.hub;
        let now = Instant::now();
        let meter = Meter::default();
        let counted = if addresses::is_trusted(peer.ip(), &hub.trusted_proxies) {
            None
        } else {
            let counted = hub.addresses.meet(peer.ip(), now)?;
            meter.start(hub.limits.bytes, counted.bytes(), now);
            Some(counted)
        };
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            TOLD.call_once(|| {
                let most = hub.limits.connections;
                tracing::warn!("all {most} connections are taken, see --max-connections; said once, then counted");
            });
            return None;
        };
        Some(Visit {
            peer,
            place,
            counted,
            meter,
        })
    }

    /// One connection, from its first byte to its last request.
    async fn carry(&self, stream: TcpStream, visit: Visit) {
        let Visit {
            peer,
            place,
            counted,
            meter,
        } = visit;
        // Until it ends or becomes a WebSocket, which counts as one.
        let _counted = counted;
        // A frame is small and somebody waits for it: without this, Nagle's algorithm holds it back for up to 40 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a socket refused TCP_NODELAY");
        }
        let stream = Stream::new(stream, place, meter.clone());
        // A reader that reads, however slowly, moves the deadline; one that does not would keep its answer here for ever.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.hub.limits.write_within));
        let stream = Box::pin(stream);
        let Some(tls) = &self.hub.tls else {
            return self.answer(stream, peer, meter).await;
        };
        let handshake = timeout(self.hub.limits.head_within, tls.acceptor().accept(stream));
        let shaken = tokio::select! {
            shaken = handshake => shaken,
            () = self.stop.cancelled() => return,
        };
        match shaken {
            Ok(Ok(stream)) => self.answer(stream, peer, meter).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// From its first request to its last.
    async fn answer<S>(&self, stream: S, peer: SocketAddr, meter: Meter)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let routes = TowerToHyperService::new(self.routes.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(meter.clone());
            routes.call(request)
        });
        let connection = self.http.serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection.with_upgrades());
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                // Whoever has not read the answer by then reads it from the successor.
                timeout(GRACE, connection).await.unwrap_or(Ok(()))
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Whether it is the one connection that failed, and not the accepting.
fn is_the_peers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
