//! Assertions by the platform's managed identity: a token of it for the token exchange, which the app registration
//! trusts like any other federated credential
//! (<https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity>).

use std::time::Duration;

use futures::future::BoxFuture;
use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{AssertionProvider, CredentialError, KeptToken, causes};
use crate::{
    clock,
    config::{IdentityEndpoint, ManagedIdentity},
    identity::provider::body,
};

/// What the token is for; national clouds have other names.
const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";
const PATIENCE: Duration = Duration::from_secs(10);

/// The platform gave no token of its identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityEndpointError {
    #[error("the managed identity endpoint cannot be reached: {0}")]
    Unreachable(String),
    #[error("the managed identity endpoint refuses with status {0}: {1}")]
    Refused(StatusCode, String),
    #[error("the managed identity endpoint's answer is unreadable")]
    Unreadable,
}

/// See [`AssertionProvider`].
pub(super) struct IdentityTokens {
    identity: ManagedIdentity,
    http: reqwest::Client,
    kept: KeptToken<IdentityEndpointError>,
}

/// App Service gives the end as `expires_on`, virtual machines the rest of its life as well; all values are texts.
#[derive(Deserialize)]
struct Answer {
    access_token: String,
    expires_in: Option<Value>,
    expires_on: Option<Value>,
}

/// The endpoints' own form, and that of a platform around them.
#[derive(Default, Deserialize)]
struct Refusal {
    error: Option<String>,
    error_description: Option<String>,
    message: Option<String>,
}

impl IdentityTokens {
    pub(super) fn new(identity: ManagedIdentity) -> Result<Self, reqwest::Error> {
        // A client of its own: the endpoint is beside the app, never behind a proxy, and answers nobody who comes
        // through one.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { identity, http, kept: KeptToken::default() })
    }

    async fn fetch(&self) -> Result<(SecretString, Duration), IdentityEndpointError> {
        let unreachable = |error: reqwest::Error| IdentityEndpointError::Unreachable(causes(&error.without_url()));
        let response = self.request().timeout(PATIENCE).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = body(response).await.map_err(|error| IdentityEndpointError::Unreachable(error.to_string()))?;
        if !status.is_success() {
            let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            let parts = [refusal.error, refusal.error_description, refusal.message].into_iter().flatten();
            return Err(IdentityEndpointError::Refused(status, parts.collect::<Vec<_>>().join(", ")));
        }
        // The body could hold a token: it is not quoted.
        let answer: Answer = serde_json::from_slice(&body).map_err(|_| IdentityEndpointError::Unreadable)?;
        let lifetime = answer.lifetime().ok_or(IdentityEndpointError::Unreadable)?;
        Ok((answer.access_token.into(), lifetime))
    }

    fn request(&self) -> reqwest::RequestBuilder {
        let request = match &self.identity.endpoint {
            IdentityEndpoint::AppService { url, header } => self
                .http
                .get(url.clone())
                .query(&[("api-version", "2019-08-01")])
                .header("x-identity-header", header.expose_secret()),
            IdentityEndpoint::VirtualMachine { url } => {
                self.http.get(url.clone()).query(&[("api-version", "2018-02-01")]).header("metadata", "true")
            }
        };
        let client_id = self.identity.client_id.as_ref().map(|id| ("client_id", id));
        request.query(&[("resource", TOKEN_EXCHANGE)]).query(&client_id.as_slice())
    }
}

impl AssertionProvider for IdentityTokens {
    fn assertion<'a>(&'a self, _audience: &'a Url) -> BoxFuture<'a, Result<SecretString, CredentialError>> {
        Box::pin(async { Ok(self.kept.get("the managed identity's token", self.fetch()).await?) })
    }
}

impl Answer {
    fn lifetime(&self) -> Option<Duration> {
        let secs = |value: &Value| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let rest = self.expires_in.as_ref().and_then(secs);
        let rest = rest.or_else(|| Some(secs(self.expires_on.as_ref()?)? - clock::now().unix_timestamp()));
        Some(Duration::from_secs(u64::try_from(rest?).unwrap_or_default()))
    }
}
