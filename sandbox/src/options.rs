//! What an instance of the sandbox can be told at start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::constants;

/// Settings of one instance. [`Default`] suits tests: a random loopback port, no TLS, nothing on disk, no pauses.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where plain HTTP listens; port 0 picks a free one.
    pub http_addr: SocketAddr,
    /// Where HTTPS listens, with a certificate of the sandbox's own authority; `None` = no TLS.
    pub https_addr: Option<SocketAddr>,
    /// One more host name for the certificate, besides `localhost`, `127.0.0.1` and `::1`.
    pub public_host: String,
    /// Where the certificate authority is kept, so that a browser trusts it once; `None` = made anew per process.
    pub data_dir: Option<PathBuf>,
    /// Pace of the stand-in model; 0 = as fast as possible.
    pub tokens_per_second: u32,
    /// An OpenAI-compatible server (`http://…/v1`) that answers instead of the stand-in model.
    pub upstream: Option<String>,
    /// Sent as bearer token to `upstream`.
    pub upstream_api_key: Option<String>,
    /// Asked of `upstream` instead of the deployment's name.
    pub upstream_model: Option<String>,
    /// Audiences the Azure OpenAI part accepts in a bearer token.
    pub openai_audiences: Vec<String>,
    /// Deployment names; the first is the default.
    pub deployments: Vec<String>,
    /// The most entries one Graph page holds, whatever `$top` asks (Graph may always send fewer).
    pub graph_page_size: usize,
    /// Whether `/openai/v1` tolerates an `api-version` (resource-level endpoints of some regions do).
    pub v1_tolerates_api_version: bool,
    /// Own-API access tokens in the v1 format (`requestedAccessTokenVersion: null`).
    pub api_tokens_v1: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            http_addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            https_addr: None,
            public_host: "localhost".into(),
            data_dir: None,
            tokens_per_second: 0,
            upstream: None,
            upstream_api_key: None,
            upstream_model: None,
            openai_audiences: vec![constants::COGNITIVE_SERVICES_AUDIENCE.into(), constants::AI_AZURE_AUDIENCE.into()],
            deployments: constants::DEPLOYMENTS.iter().map(|d| (*d).into()).collect(),
            graph_page_size: 100,
            v1_tolerates_api_version: false,
            api_tokens_v1: false,
        }
    }
}
