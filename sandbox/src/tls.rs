//! The sandbox's own certificate authority and the TLS listener.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::error::{Error, Result};
use crate::files;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// A certificate authority: kept in the data directory, or for this process only.
pub struct Authority {
    pub certificate_pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Reads `ca.pem` and `ca.key`, or makes them.
    pub fn load(data_dir: Option<&Path>) -> Result<Self> {
        let Some(dir) = data_dir else {
            let (certificate_pem, key_pem) = Self::make()?;
            return Self::from_pem(certificate_pem, &key_pem);
        };
        let (certificate_path, key_path) = (dir.join("ca.pem"), dir.join("ca.key"));
        if let (Ok(certificate), Ok(key)) = (fs::read_to_string(&certificate_path), fs::read_to_string(&key_path))
            && let Ok(authority) = Self::from_pem(certificate, &key)
        {
            return Ok(authority);
        }
        let (certificate_pem, key_pem) = Self::make()?;
        fs::create_dir_all(dir).map_err(Error::file(dir))?;
        let _ = fs::remove_file(&key_path);
        files::create_private(&key_path, key_pem.as_bytes()).map_err(Error::file(&key_path))?;
        fs::write(&certificate_path, &certificate_pem).map_err(Error::file(&certificate_path))?;
        Self::from_pem(certificate_pem, &key_pem)
    }

    fn make() -> Result<(String, String)> {
        let key = KeyPair::generate().map_err(Error::tls)?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Banter sandbox test authority");
        let certificate = params.self_signed(&key).map_err(Error::tls)?;
        Ok((certificate.pem(), key.serialize_pem()))
    }

    fn from_pem(certificate_pem: String, key_pem: &str) -> Result<Self> {
        let key = KeyPair::from_pem(key_pem).map_err(Error::tls)?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Banter sandbox test authority");
        Ok(Self { certificate_pem, issuer: Issuer::new(params, key) })
    }

    /// A server configuration for `localhost`, the loopback addresses and `public_host`.
    pub fn server_config(&self, public_host: &str) -> Result<Arc<ServerConfig>> {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(Into::into).into();
        if !public_host.is_empty() && !names.iter().any(|name| name == public_host) {
            names.push(public_host.to_owned());
        }
        let key = KeyPair::generate().map_err(Error::tls)?;
        let mut params = CertificateParams::new(names).map_err(Error::tls)?;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // Clients on Apple systems refuse leaf certificates valid for more than 825 days.
        let now = time::OffsetDateTime::now_utc();
        params.not_before = now - time::Duration::days(1);
        params.not_after = now + time::Duration::days(365);
        let leaf = params.signed_by(&key, &self.issuer).map_err(Error::tls)?;
        let private = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).map_err(Error::tls)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::tls)?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .map_err(Error::tls)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// Accepts TLS connections. Handshakes run beside each other, so that a slow one holds nobody up.
pub struct TlsListener {
    local_addr: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    acceptor: tokio::task::JoinHandle<()>,
}

impl TlsListener {
    pub fn new(listener: TcpListener, config: Arc<ServerConfig>) -> io::Result<Self> {
        let local_addr = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(32);
        let acceptor = tokio::spawn(accept_loop(listener, TlsAcceptor::from(config), sender));
        Ok(Self { local_addr, ready, acceptor })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.acceptor.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accept loop never ends by itself.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local_addr)
    }
}

async fn accept_loop(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    loop {
        let Ok((stream, addr)) = listener.accept().await else {
            // Out of file descriptors, most likely: give others a moment to close theirs.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (acceptor, ready) = (acceptor.clone(), ready.clone());
        tokio::spawn(async move {
            let handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream));
            if let Ok(Ok(stream)) = handshake.await {
                let _ = ready.send((stream, addr)).await;
            }
        });
    }
}
