//! Tokens for the app itself (client credentials grant), cached and renewed ahead of their end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use super::{
    ProviderError, SignInError,
    credential::{self, Credential, CredentialError, KeptToken, causes},
    provider::{Provider, body},
    relying_party,
};
use crate::config::IdentityConfig;

const PATIENCE: Duration = Duration::from_secs(10);

/// No token could be had.
#[derive(Debug, thiserror::Error)]
pub enum ServiceTokenError {
    #[error("{0}")]
    Credential(#[from] CredentialError),
    #[error("the token endpoint refuses: {0}")]
    Refused(ProviderError),
    #[error("the token endpoint cannot be reached: {0}")]
    Unreachable(String),
    #[error("the token endpoint's answer is unreadable")]
    Unreadable,
    #[error("{0}")]
    Provider(#[from] SignInError),
}

/// See [`ServiceTokens::get`].
pub struct ServiceTokens {
    config: IdentityConfig,
    http: reqwest::Client,
    provider: Arc<Provider>,
    credential: Arc<Credential>,
    by_scope: Mutex<HashMap<String, Arc<KeptToken<ServiceTokenError>>>>,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
    expires_in: u64,
}

impl ServiceTokens {
    pub(super) fn new(
        config: IdentityConfig,
        http: reqwest::Client,
        provider: Arc<Provider>,
        credential: Arc<Credential>,
    ) -> Self {
        Self { config, http, provider, credential, by_scope: Mutex::default() }
    }

    /// A token for `scope`, such as `https://cognitiveservices.azure.com/.default`.
    pub async fn get(&self, scope: &str) -> Result<SecretString, Arc<ServiceTokenError>> {
        let kept = {
            let mut by_scope = self.by_scope.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(by_scope.entry(scope.to_owned()).or_default())
        };
        kept.get("the app's own token", self.fetch(scope)).await
    }

    async fn fetch(&self, scope: &str) -> Result<(SecretString, Duration), ServiceTokenError> {
        self.ask(&[("grant_type", "client_credentials"), ("scope", scope)]).await
    }

    /// What the token endpoint gives for `fields`, to which the app's id and proof are added.
    pub(super) async fn ask(
        &self,
        fields: &[(&'static str, &str)],
    ) -> Result<(SecretString, Duration), ServiceTokenError> {
        let (url, basic) = self.endpoint().await?;
        let proof = self.credential.assertion_fields(&url).await?;
        let own = [("client_id", self.config.client_id.as_str())];
        let mut form: Vec<_> = fields.iter().copied().chain(own).chain(credential::exposed(&proof)).collect();
        let mut request = self.http.post(url).timeout(PATIENCE);
        match self.credential.secret().map(SecretString::expose_secret) {
            Some(secret) if basic => {
                // Both halves are form-encoded before they are joined (RFC 6749 §2.3.1).
                let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                request = request.basic_auth(encoded(&self.config.client_id), Some(encoded(secret)));
            }
            Some(secret) => form.push(("client_secret", secret)),
            None => {}
        }
        let unreachable = |error: reqwest::Error| ServiceTokenError::Unreachable(causes(&error.without_url()));
        let response = request.form(&form).send().await.map_err(unreachable)?;
        let status = response.status();
        let body = body(response).await.map_err(|error| ServiceTokenError::Unreachable(error.to_string()))?;
        if status.is_success() {
            // The body could hold a token: it is not quoted.
            let token: TokenResponse = serde_json::from_slice(&body).map_err(|_| ServiceTokenError::Unreadable)?;
            return Ok((token.access_token.into(), Duration::from_secs(token.expires_in)));
        }
        // A gateway in front of it answers in words of its own.
        let refusal = serde_json::from_slice(&body);
        Err(refusal.map_or_else(|_| ServiceTokenError::Unreachable(status.to_string()), ServiceTokenError::Refused))
    }

    /// Where to ask, and whether a secret has to go into a header there.
    async fn endpoint(&self) -> Result<(Url, bool), SignInError> {
        if let Some(url) = &self.config.service_token_url {
            return Ok((url.clone(), false));
        }
        let metadata = self.provider.metadata().await?;
        Ok((relying_party::token_endpoint(&metadata)?.clone(), relying_party::wants_basic(&metadata)))
    }
}
