//! What people are called, asked of the provider where its id_token does not say it (OpenID Connect Core §5.3).

use std::time::Duration;

use openidconnect::{OAuth2TokenResponse as _, ProviderMetadataWithLogout};
use serde_json::{Map, Value};

use super::{
    SignInError, provider,
    relying_party::{IdClaims, RelyingParty},
    token_answer::TokenAnswer,
};
use crate::config::tenant_of;

/// Somebody is waiting, and it is about display only.
const PATIENCE: Duration = Duration::from_secs(5);

/// For display only: nobody is recognised by them.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
}

impl RelyingParty {
    /// What verified `claims` call somebody, completed by the userinfo endpoint where it may know more.
    ///
    /// # Errors
    /// [`SignInError::Unverified`] when the endpoint answers about somebody else (Core §5.3.2). Any other trouble it has
    /// costs nothing but the names.
    pub(super) async fn names(
        &self,
        metadata: &ProviderMetadataWithLogout,
        claims: &IdClaims,
        answer: &TokenAnswer,
    ) -> Result<Names, SignInError> {
        let names = Names::of(claims);
        // Entra's id_token has more than its userinfo, whose subjects are others besides; the directory knows the rest.
        let of_entra = tenant_of(&self.config.issuer).is_some() && claims.additional_claims().oid.is_some();
        let complete = of_entra || (names.name.is_some() && names.email.is_some());
        let Some(endpoint) = metadata.userinfo_endpoint().filter(|_| !complete) else { return Ok(names) };
        let request = self.provider.http().get(endpoint.url()).bearer_auth(answer.access_token().secret());
        match ask(request).await {
            Ok(info) if info.get("sub").and_then(Value::as_str) == Some(claims.subject().as_str()) => {
                Ok(names.or(&info))
            }
            Ok(_) => Err(SignInError::Unverified("the userinfo endpoint answers about somebody else (sub)".to_owned())),
            Err(error) => {
                tracing::warn!(error, "the provider's userinfo is unknown at this sign-in");
                Ok(names)
            }
        }
    }
}

impl Names {
    fn of(claims: &IdClaims) -> Self {
        Self {
            name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
            username: claims.preferred_username().map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
        }
    }

    /// What `info` adds.
    fn or(self, info: &Map<String, Value>) -> Self {
        let text = |name: &str| info.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: self.name.or_else(|| text("name")),
            username: self.username.or_else(|| text("preferred_username")),
            email: self.email.or_else(|| text("email")),
        }
    }
}

/// The endpoint's JSON object. Signed answers (`application/jwt`) are none, and have to be asked for at registration.
async fn ask(request: reqwest::RequestBuilder) -> Result<Map<String, Value>, String> {
    let answer = async {
        let response = request.header(reqwest::header::ACCEPT, "application/json").timeout(PATIENCE).send().await;
        let response = response.map_err(|error| error.without_url().to_string())?;
        let status = response.status();
        let body = provider::body(response).await.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("status {status}"));
        }
        // The body is about a person: it is not quoted.
        serde_json::from_slice(&body).map_err(|_| "its answer is no JSON object".to_owned())
    };
    answer.await
}
