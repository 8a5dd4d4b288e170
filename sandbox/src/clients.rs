//! Registered applications: credentials, redirect addresses, granted roles and scopes.

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::constants::*;

/// One application registration together with its service principal.
#[derive(Clone, Debug, Serialize)]
pub struct Client {
    pub id: String,
    pub name: String,
    /// Object id of the service principal.
    pub principal_id: String,
    pub secrets: Vec<String>,
    pub certificates: Vec<Certificate>,
    pub federated: Vec<FederatedCredential>,
    /// Paths accepted on any loopback origin.
    pub redirect_paths: Vec<String>,
    /// Further redirect addresses, compared exactly.
    pub redirect_uris: Vec<String>,
    pub post_logout_paths: Vec<String>,
    /// Called in a hidden frame at sign-out; a path is taken relative to the origin the user signed in from.
    pub frontchannel_logout: Option<String>,
    /// Graph scopes consented to.
    pub graph_scopes: Vec<String>,
    /// Application permissions granted on Graph.
    pub graph_roles: Vec<String>,
    /// Application roles granted on the chat application's API.
    pub api_roles: Vec<String>,
    /// Holds "Cognitive Services OpenAI User" on the model resource.
    pub openai_user: bool,
}

/// A public certificate registered for client assertions.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    pub pem: String,
    /// base64url SHA-1 and SHA-256 of the DER form.
    pub x5t: String,
    pub x5t_s256: String,
}

/// A trusted foreign issuer (Kubernetes, for example).
#[derive(Clone, Debug, Serialize)]
pub struct FederatedCredential {
    pub issuer: String,
    pub subject: String,
    pub audience: String,
    /// The issuer's published keys; `null` = the sandbox's own stand-in cluster.
    pub jwks: Value,
}

/// The registrations after a start or a reset.
pub fn all() -> Vec<Client> {
    let bare = |id: &str, name: &str, principal: &str, secret: &str| Client {
        id: id.into(),
        name: name.into(),
        principal_id: principal.into(),
        secrets: vec![secret.into()],
        certificates: Vec::new(),
        federated: Vec::new(),
        redirect_paths: Vec::new(),
        redirect_uris: Vec::new(),
        post_logout_paths: Vec::new(),
        frontchannel_logout: None,
        graph_scopes: Vec::new(),
        graph_roles: Vec::new(),
        api_roles: Vec::new(),
        openai_user: false,
    };
    let chat = Client {
        redirect_paths: vec!["/api/auth/callback/entra-id".into(), "/signed-out".into()],
        post_logout_paths: vec!["/".into()],
        frontchannel_logout: Some("/api/auth/frontchannel-logout".into()),
        graph_scopes: ["User.Read", "GroupMember.Read.All"].map(Into::into).into(),
        openai_user: true,
        ..bare(CLIENT_ID, "Banter", CLIENT_PRINCIPAL_ID, CLIENT_SECRET)
    };
    let caller = Client {
        api_roles: vec![API_ROLE.into()],
        ..bare(CALLER_CLIENT_ID, "Payments workflow", CALLER_PRINCIPAL_ID, CALLER_CLIENT_SECRET)
    };
    let roleless = bare(ROLELESS_CLIENT_ID, "Reporting workflow", ROLELESS_PRINCIPAL_ID, ROLELESS_CLIENT_SECRET);
    vec![chat, caller, roleless]
}

impl Client {
    /// Exact and case-sensitive, except that the port of a loopback address does not count.
    pub fn allows_redirect(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
            || loopback_path(uri).is_some_and(|path| self.redirect_paths.contains(&path))
    }

    pub fn allows_post_logout(&self, uri: &str) -> bool {
        self.allows_redirect(uri) || loopback_path(uri).is_some_and(|path| self.post_logout_paths.contains(&path))
    }
}

/// The path of a loopback address without query, fragment or user part; `None` for anything else.
fn loopback_path(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok()?;
    let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    let plain = matches!(url.scheme(), "http" | "https")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    // The parser resolves `..` and the like: the path must be written as it is understood.
    let (_, rest) = uri.split_once("://")?;
    let written = rest.find('/').map_or("/", |start| &rest[start..]);
    (loopback && plain && written == url.path()).then(|| written.to_owned())
}
