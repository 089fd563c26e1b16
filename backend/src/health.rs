//! `duologue health`: asks the server on this machine whether it is ready. For containers and service managers that have
//! no other program at hand to ask with.

mod any_certificate;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{self, Body};
use axum::http::{Request, StatusCode, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// A server that takes longer to answer is not well.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a server says about itself is one line.
const LONGEST_ANSWER: usize = 4096;

/// Why a server is not taken for ready.
#[derive(Debug, thiserror::Error)]
pub enum Unwell {
    /// Nobody answers there.
    #[error("no server answers on {listen}: {error}")]
    Unreachable {
        /// Where it should listen.
        listen: String,
        /// What the system says.
        error: io::Error,
    },
    /// It takes the connection and says nothing.
    #[error("the server on {listen} did not answer within {} seconds", PATIENCE.as_secs())]
    Silent {
        /// Where it listens.
        listen: String,
    },
    /// Its answer is no HTTP.
    #[error("what answers on {listen} does not speak HTTP: {error}")]
    Unintelligible {
        /// Where it listens.
        listen: String,
        /// What is wrong with the answer.
        error: hyper::Error,
    },
    /// It says so itself.
    #[error("the server on {listen} is not ready: {words}")]
    NotReady {
        /// Where it listens.
        listen: String,
        /// Its words.
        words: String,
    },
}

/// Asks the server that was started with `--listen listen`, over TLS if it was given a certificate.
///
/// # Errors
/// When it is not there, or not ready.
pub async fn ask(listen: &str, tls: bool) -> Result<(), Unwell> {
    let answer = timeout(PATIENCE, answer(listen, tls)).await;
    let silent = |_| Unwell::Silent {
        listen: listen.to_owned(),
    };
    match answer.map_err(silent)?? {
        (StatusCode::OK, _) => Ok(()),
        (_, words) => Err(Unwell::NotReady {
            listen: listen.to_owned(),
            words,
        }),
    }
}

async fn answer(listen: &str, tls: bool) -> Result<(StatusCode, String), Unwell> {
    let unreachable = |error| Unwell::Unreachable {
        listen: listen.to_owned(),
        error,
    };
    let stream = connect(listen).await.map_err(unreachable)?;
    let answer = if tls {
        let connector = TlsConnector::from(Arc::new(any_certificate::config()));
        let here = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST).into());
        let stream = connector.connect(here, stream).await;
        get(stream.map_err(unreachable)?).await
    } else {
        get(stream).await
    };
    answer.map_err(|error| Unwell::Unintelligible {
        listen: listen.to_owned(),
        error,
    })
}

/// Whoever listens everywhere listens here too.
async fn connect(listen: &str) -> io::Result<TcpStream> {
    let mut failure = io::ErrorKind::AddrNotAvailable.into();
    for address in lookup_host(listen).await? {
        let here = match address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
            named => named,
        };
        match TcpStream::connect(SocketAddr::new(here, address.port())).await {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

async fn get(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<(StatusCode, String), hyper::Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Its end is of no interest once there is an answer.
    tokio::spawn(connection);
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = axum::http::Uri::from_static("/readyz");
    let host = header::HeaderValue::from_static("localhost");
    request.headers_mut().insert(header::HOST, host);
    let response = sender.send_request(request).await?;
    let status = response.status();
    let bytes = body::to_bytes(Body::new(response.into_body()), LONGEST_ANSWER).await;
    let words = String::from_utf8_lossy(&bytes.unwrap_or_default())
        .trim_end()
        .to_owned();
    Ok((status, words))
}
