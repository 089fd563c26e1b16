//! Certificates for one test: made on the spot, written where the hub can read them, and trusted by a client.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// The name all of them are for.
pub const NAME: &str = "localhost";

/// A folder of a test's own, empty at first.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder for tests");
    folder
}

/// A certificate that vouches for itself, and its key.
pub struct Certificate {
    pub certificate: PathBuf,
    pub key: PathBuf,
    der: CertificateDer<'static>,
}

impl Certificate {
    /// A new one, in place of what was in the folder.
    pub fn write(folder: &Path) -> Self {
        let names = [NAME.to_owned()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("a certificate");
        let made = Self {
            certificate: folder.join("certificate.pem"),
            key: folder.join("key.pem"),
            der: cert.der().clone(),
        };
        fs::write(&made.certificate, cert.pem()).expect("a file for tests");
        fs::write(&made.key, signing_key.serialize_pem()).expect("a file for tests");
        made
    }

    /// Connects with TLS, trusting this certificate and no other.
    ///
    /// # Errors
    /// A handshake that fails.
    pub async fn connect(&self, hub: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        self.offering(hub, &[]).await
    }

    /// As [`Certificate::connect`], offering these protocols.
    ///
    /// # Errors
    /// A handshake that fails.
    pub async fn offering(
        &self,
        hub: SocketAddr,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).expect("a certificate");
        let mut config = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().to_vec())
            .collect();
        let stream = TcpStream::connect(hub).await.expect("the hub listens");
        let name = ServerName::try_from(NAME).expect("a name");
        let connector = TlsConnector::from(Arc::new(config));
        connector.connect(name, stream).await
    }
}
