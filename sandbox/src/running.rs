//! Starts an instance and stops it again.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::{Extension, Router};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::http::OverTls;
use crate::keys::KeyRing;
use crate::options::Options;
use crate::state::{Shared, State};
use crate::tls::{Authority, TlsListener};
use crate::{constants, control, entra, graph, openai, recording};

/// A started instance. Dropping it stops its servers and ends answers under way.
pub struct Running {
    /// `http://127.0.0.1:PORT`
    pub base_url: String,
    /// `https://localhost:PORT`, if HTTPS was asked for.
    pub https_url: Option<String>,
    /// The authority that signed the HTTPS certificate.
    pub ca_pem: Option<String>,
    pub http_addr: SocketAddr,
    pub https_addr: Option<SocketAddr>,
    state: Shared,
    stop: watch::Sender<bool>,
    servers: Vec<JoinHandle<()>>,
}

impl Running {
    /// For `AUTH_MICROSOFT_ENTRA_ID_ISSUER`.
    pub fn issuer(&self) -> String {
        format!("{}/{}/v2.0", self.base_url, constants::TENANT_ID)
    }

    /// For `GRAPH_BASE_URL`.
    pub fn graph_base_url(&self) -> String {
        format!("{}/graph/v1.0", self.base_url)
    }

    /// Everything an instance remembers, for tests in the same process.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Ends only when a server task does, which is never while this value lives.
    pub async fn wait(&mut self) {
        for server in &mut self.servers {
            let _ = server.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        // The graceful shutdown ends connections; aborting makes sure that the ports are free at once.
        for server in &self.servers {
            server.abort();
        }
    }
}

/// Binds the ports and serves. Returns when requests can be answered.
pub async fn start(options: Options) -> Result<Running> {
    let http = bind(options.http_addr, "--http-port").await?;
    let http_addr = local_addr(&http, options.http_addr)?;
    let secure = match options.https_addr {
        None => None,
        Some(addr) => Some((bind(addr, "--https-port").await?, addr)),
    };
    let authority = match &secure {
        Some(_) => Some(Authority::load(options.data_dir.as_deref())?),
        None => None,
    };
    let keys = tokio::task::spawn_blocking(KeyRing::new).await.map_err(Error::key)??;
    let public_host = options.public_host.clone();
    let (stop, stopping) = watch::channel(false);
    let ca_pem = authority.as_ref().map(|a| a.certificate_pem.clone());
    let state: Shared = Arc::new(State::new(options, keys, client()?, ca_pem.clone(), stopping.clone()));
    let router = router(state.clone());
    let mut servers = vec![serve(http, router.clone(), stopping.clone())];
    let mut https_addr = None;
    if let (Some((listener, wanted)), Some(authority)) = (secure, authority) {
        https_addr = Some(local_addr(&listener, wanted)?);
        let config = authority.server_config(&public_host)?;
        let listener = TlsListener::new(listener, config).map_err(Error::tls)?;
        servers.push(serve(listener, router.layer(Extension(OverTls)), stopping));
    }
    Ok(Running {
        base_url: format!("http://{http_addr}"),
        https_url: https_addr.map(|addr| format!("https://localhost:{}", addr.port())),
        ca_pem,
        http_addr,
        https_addr,
        state,
        stop,
        servers,
    })
}

fn router(state: Shared) -> Router {
    Router::new()
        .merge(control::routes())
        .merge(graph::routes())
        .merge(openai::routes())
        .merge(entra::routes())
        .layer(middleware::from_fn_with_state(state.clone(), recording::record))
        .layer(middleware::from_fn(head_as_is))
        .with_state(state)
}

/// Names the program in every answer, so that nobody mistakes a stand-in for the real thing.
async fn head_as_is(request: Request, next: Next) -> axum::response::Response {
    let response = next.run(request).await;
    crate::http::with_headers(response, &[("server", "banter-sandbox")])
}

fn serve<L>(listener: L, router: Router, mut stopping: watch::Receiver<bool>) -> JoinHandle<()>
where
    L: axum::serve::Listener,
    L::Addr: std::fmt::Debug,
{
    tokio::spawn(async move {
        let stopped = async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        };
        let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
    })
}

async fn bind(addr: SocketAddr, option: &'static str) -> Result<TcpListener> {
    TcpListener::bind(addr).await.map_err(|source| {
        if source.kind() == ErrorKind::AddrInUse {
            Error::PortInUse { addr, option }
        } else {
            Error::Listen { addr, source }
        }
    })
}

fn local_addr(listener: &TcpListener, addr: SocketAddr) -> Result<SocketAddr> {
    listener.local_addr().map_err(|source| Error::Listen { addr, source })
}

/// For `SANDBOX_UPSTREAM`. The provider may have been installed by the program around us already.
fn client() -> Result<reqwest::Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().build().map_err(Error::tls)
}
