//! Every environment variable, parsed once; all faults are reported together.

mod access;
mod api;
mod credential;
mod faults;
mod file;
mod models;
mod origin;
mod quotas;

use std::{fmt, net::SocketAddr, ops::Deref, path::PathBuf, str::FromStr as _};

pub use access::{AccessConfig, RoleRule};
pub use api::ApiConfig;
pub use credential::{
    CertificateFile, CertificateProblem, ClientCertificate, ClientCredential, CredentialSource, IdentityEndpoint,
    ManagedIdentity, parse_federated_token,
};
pub use faults::{ConfigFault, ConfigFaults};
pub use models::{ApiKey, EndpointConfig, EndpointOrigin, ModelConfig, Prices};
pub use origin::Origin;
pub use quotas::QuotaConfig;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::PgConnectOptions;
use url::Url;

use faults::Reader;

/// The checked configuration. Names and meanings are in the README's table.
#[derive(Clone, Debug)]
pub struct Config {
    pub origin: Origin,
    /// Root of all of the app's keys; the first one signs and seals, the others still open.
    pub auth_secrets: Vec<SecretString>,
    pub database: DatabaseConfig,
    pub identity: IdentityConfig,
    /// Groups whose members may use the app; empty = everybody the provider signs in.
    pub allowed_group_ids: Vec<String>,
    /// Groups whose members are administrators; empty = nobody.
    pub admin_group_ids: Vec<String>,
    pub access: AccessConfig,
    /// Absent: there is no app-to-app API.
    pub api: Option<ApiConfig>,
    pub graph_base_url: Url,
    /// The first is the default; there is at least one.
    pub models: Vec<ModelConfig>,
    /// What people may use; empty = as much as they like.
    pub quotas: Vec<QuotaConfig>,
    /// The model that names conversations; without one they are called by their first words.
    pub title_model: Option<String>,
    /// PEM bundle trusted besides the system's.
    pub extra_ca_certs: Option<PathBuf>,
    pub bind_addr: SocketAddr,
    pub log_format: LogFormat,
}

/// Where the database is. Does not print itself: there is a password in it.
#[derive(Clone)]
pub struct DatabaseConfig(PgConnectOptions);

impl Deref for DatabaseConfig {
    type Target = PgConnectOptions;

    fn deref(&self) -> &PgConnectOptions {
        &self.0
    }
}

impl fmt::Debug for DatabaseConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseConfig(…)")
    }
}

/// How people sign in.
#[derive(Clone, Debug)]
pub struct IdentityConfig {
    /// As configured, letter for letter: the provider has to call itself exactly this.
    pub issuer: String,
    pub client_id: String,
    pub credential: ClientCredential,
    /// Where tokens for the app itself come from; absent = the issuer's own token endpoint.
    pub service_token_url: Option<Url>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigFaults> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads variables through `lookup`; empty ones count as unset.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigFaults> {
        let mut read = Reader::new(&lookup);
        let origin = read.required(
            &["AUTH_URL", "NEXTAUTH_URL"],
            "the public origin, e.g. https://chat.example.com",
            Origin::parse,
        );
        let auth_secrets = read.required(
            &["AUTH_SECRET", "NEXTAUTH_SECRET"],
            "at least 32 random bytes, e.g. the output of `openssl rand -base64 32`; several separated by commas to rotate",
            parse_auth_secrets,
        );
        let database = read.required(
            &["DATABASE_URL"],
            "e.g. postgres://banter:password@db.example.com:5432/banter",
            parse_database,
        );
        let identity = identity(&mut read);
        let graph_base_url =
            read.optional("GRAPH_BASE_URL", "e.g. https://graph.microsoft.com/v1.0", parse_service_url);
        let bind_addr = read.optional("BIND_ADDR", "e.g. 0.0.0.0:3000", |text| {
            text.parse().map_err(|_| "is not an address and a port".to_owned())
        });
        let log_format = read.optional("LOG_FORMAT", "text or json", |text| match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("is neither text nor json".to_owned()),
        });
        let extra_ca_certs = read.optional("EXTRA_CA_CERTS", "the path of a PEM file", |path| {
            let path = PathBuf::from(path);
            std::fs::File::open(&path).map(|_| path).map_err(|error| format!("cannot be read: {error}"))
        });
        let file = file::ConfigFile::read(&mut read);
        let models = models::read(&mut read, &file);
        let quotas = quotas::read(&mut read, &file.quotas);
        let title_model = models::title_model(&mut read, &file, models.as_deref());
        let access = AccessConfig::read(&mut read, &file);
        let api = ApiConfig::read(&mut read);
        let allowed_group_ids = read.list("ALLOWED_GROUP_IDS");
        let admin_group_ids = read.list("ADMIN_GROUP_IDS");
        let graph_base_url = graph_base_url.or_else(|| Url::parse("https://graph.microsoft.com/v1.0").ok());

        match (origin, auth_secrets, database, identity, graph_base_url, models) {
            (Some(origin), Some(auth_secrets), Some(database), Some(identity), Some(graph_base_url), Some(models))
                if read.faults.is_empty() =>
            {
                Ok(Self {
                    origin,
                    auth_secrets,
                    database,
                    identity,
                    allowed_group_ids,
                    admin_group_ids,
                    access,
                    api,
                    graph_base_url,
                    models,
                    quotas,
                    title_model,
                    extra_ca_certs,
                    bind_addr: bind_addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
                    log_format: log_format.unwrap_or(LogFormat::Text),
                })
            }
            _ => Err(ConfigFaults(read.faults)),
        }
    }
}

fn identity(read: &mut Reader<'_>) -> Option<IdentityConfig> {
    let issuer = read.required(
        &["AUTH_MICROSOFT_ENTRA_ID_ISSUER", "AZURE_ISSUER"],
        "e.g. https://login.microsoftonline.com/<tenant-id>/v2.0",
        parse_issuer,
    );
    let client_id = read.required(
        &["AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", "AZURE_CLIENT_ID"],
        "the application (client) id of the app registration",
        |text| Ok(text.to_owned()),
    );
    let credential = credential::read(read);
    let authority = read.optional("AZURE_AUTHORITY_HOST", "e.g. https://login.microsoftonline.com/", parse_service_url);
    let tenant = read.optional("AZURE_TENANT_ID", "the directory (tenant) id", |text| Ok(text.to_owned()));
    let (issuer, client_id, credential) = (issuer?, client_id?, credential?);
    let service_token_url = authority.and_then(|authority| {
        let tenant = tenant.or_else(|| tenant_of(&issuer))?;
        let base = authority.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}/{tenant}/oauth2/v2.0/token")).ok()
    });
    Some(IdentityConfig { issuer, client_id, credential, service_token_url })
}

/// The tenant id of an Entra issuer: the GUID in its path.
pub fn tenant_of(issuer: &str) -> Option<String> {
    let url = Url::parse(issuer).ok()?;
    let first = url.path_segments()?.next()?;
    uuid::Uuid::parse_str(first).ok().map(|_| first.to_owned())
}

fn parse_auth_secrets(text: &str) -> Result<Vec<SecretString>, String> {
    let secrets: Vec<SecretString> = faults::split_list(text).into_iter().map(SecretString::from).collect();
    if secrets.is_empty() || secrets.iter().any(|secret| secret.expose_secret().len() < 32) {
        return Err("is shorter than 32 bytes".to_owned());
    }
    Ok(secrets)
}

fn parse_database(text: &str) -> Result<DatabaseConfig, String> {
    if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
        return Err("does not start with postgres://".to_owned());
    }
    // The parser's own error could quote the password.
    PgConnectOptions::from_str(text).map(DatabaseConfig).map_err(|_| "is not a PostgreSQL URL".to_owned())
}

fn parse_issuer(text: &str) -> Result<String, String> {
    parse_service_url(text)?;
    if text.contains("/common/") || text.contains("/organizations/") {
        return Err("names no single tenant; use the tenant's id".to_owned());
    }
    Ok(text.to_owned())
}

/// An https URL; http is for loopback only, because tokens travel over it.
fn parse_service_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "is not a URL".to_owned())?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if origin::is_loopback(&url) => Ok(url),
        "http" => Err("is http, which is allowed for loopback only".to_owned()),
        _ => Err("is not an https URL".to_owned()),
    }
}
