//! The server's own TLS: the certificate and its key, read at the start and again when they were renewed.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// HTTP/1.1 is all that is spoken here; a client that offers it and more is told so in the handshake.
const HTTP_1_1: &[u8] = b"http/1.1";

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that is not there, or that may not be read.
    #[error("cannot read {}: {error}; name a file in PEM with {flag}", file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Where it was named.
        flag: &'static str,
        /// What the system says.
        error: io::Error,
    },
    /// A file that begins like PEM and does not go on like it.
    #[error("{} is damaged: {error}", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What is wrong in it.
        error: pem::Error,
    },
    /// A file without a certificate.
    #[error(
        "no certificate in {}; --tls-cert takes PEM, the server's own certificate first, then those that vouch for it",
        file.display()
    )]
    NoCertificate {
        /// Which file.
        file: PathBuf,
    },
    /// A file without a private key.
    #[error("no private key in {}; --tls-key takes PEM, and no password", file.display())]
    NoKey {
        /// Which file.
        file: PathBuf,
    },
    /// Two files that do not belong together.
    #[error("the key in {} is not that of the certificate in {}", key.display(), certificate.display())]
    Strangers {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// A certificate or a key that the TLS library does not take.
    #[error("cannot use {} with {}: {error}", certificate.display(), key.display())]
    Unusable {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What the library says.
        error: rustls::Error,
    },
}

/// A certificate and its key, ready to be shown. Cheap to clone, and all clones are renewed together.
#[derive(Clone)]
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    shown: Arc<Mutex<Arc<ServerConfig>>>,
}

impl Tls {
    /// Reads a certificate, with those that vouch for it, and its private key, both in PEM.
    ///
    /// # Errors
    /// A file that cannot be read or used, in one line that says which.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let shown = config(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            shown: Arc::new(Mutex::new(shown)),
        })
    }

    /// Reads both files again, for whoever connects from now on.
    ///
    /// # Errors
    /// As for [`Tls::read`]; then what was shown before is shown further on.
    pub fn renew(&self) -> Result<(), TlsError> {
        let renewed = config(&self.certificate, &self.key)?;
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(())
    }

    /// What shakes hands with the next connection.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&shown).into()
    }
}

/// Without the key.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tls = f.debug_struct("Tls");
        tls.field("certificate", &self.certificate);
        tls.finish_non_exhaustive()
    }
}

fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = certificates(certificate)?;
    let private = private_key(key)?;
    let unusable = |error| match error {
        rustls::Error::InconsistentKeys(_) => TlsError::Strangers {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        },
        error => TlsError::Unusable {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            error,
        },
    };
    // Named here, not installed for the whole process: whoever embeds the server may have another.
    let provider: Arc<CryptoProvider> = ring::default_provider().into();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(unusable)?;
    config.alpn_protocols = vec![HTTP_1_1.to_vec()];
    Ok(Arc::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let damaged = |error| broken(file, "--tls-cert", error);
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file)
        .map_err(damaged)?
        .collect();
    let chain = chain.map_err(damaged)?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate {
            file: file.to_owned(),
        });
    }
    Ok(chain)
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(file).map_err(|error| match error {
        pem::Error::NoItemsFound => TlsError::NoKey {
            file: file.to_owned(),
        },
        error => broken(file, "--tls-key", error),
    })
}

fn broken(file: &Path, flag: &'static str, error: pem::Error) -> TlsError {
    let file = file.to_owned();
    match error {
        pem::Error::Io(error) => TlsError::Unreadable { file, flag, error },
        error => TlsError::Damaged { file, error },
    }
}
