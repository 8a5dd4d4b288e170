//! The provider: does it answer, is it the configured one, what time is it there, and which keys does it sign with.

use std::sync::Arc;

use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKeySet, CoreJsonWebKeyType, CoreJsonWebKeyUse},
};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use url::Url;

use super::{Check, Doctor, Outcome, credential, reach, skew};
use crate::identity::ProviderError;

const ISSUER: &str = "AUTH_MICROSOFT_ENTRA_ID_ISSUER";

/// What the discovery document says (OpenID Connect Discovery §3), as far as it is examined.
#[derive(Clone, Deserialize)]
pub(super) struct Document {
    issuer: String,
    jwks_uri: Url,
    pub(super) authorization_endpoint: Url,
}

/// The document, if there is one, and what is to be said about it.
pub(super) struct Discovery {
    checks: [Check; 2],
    document: Option<Document>,
}

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    let discovery = doctor.discovery().await;
    let keys = match &discovery.document {
        Some(document) => keys(&doctor, document).await,
        None => Outcome::skipped("the provider does not tell where its keys are"),
    };
    let [itself, clock] = discovery.checks.clone();
    vec![itself, clock, keys.of("signing keys")]
}

impl Doctor {
    /// The provider's own description, if it gives one.
    pub(super) async fn document(&self) -> Option<&Document> {
        self.discovery().await.document.as_ref()
    }

    async fn discovery(&self) -> &Discovery {
        self.discovery.get_or_init(|| discover(self)).await
    }
}

async fn discover(doctor: &Doctor) -> Discovery {
    let issuer = &doctor.config().identity.issuer;
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let response = match reach::send(doctor.http.get(url), ISSUER).await {
        Ok(response) => response,
        Err(outcome) => {
            let clock = Outcome::skipped("the provider does not answer").of("provider's clock");
            return Discovery { checks: [outcome.of("provider"), clock], document: None };
        }
    };
    let clock = skew::of(&response, "the provider").of("provider's clock");
    let (outcome, document) = match read(response).await {
        Err(outcome) => (outcome, None),
        Ok(document) if document.issuer == *issuer => (Outcome::ok(issuer), Some(document)),
        Ok(document) => (other_issuer(issuer, &document.issuer), Some(document)),
    };
    Discovery { checks: [outcome.of("provider"), clock], document }
}

async fn read(response: Response) -> Result<Document, Outcome> {
    let status = response.status();
    let host = response.url().host_str().unwrap_or("the provider").to_owned();
    let unreadable = |remedy: &str| {
        Outcome::wrong(format!("{host} answers, but not with a discovery document (status {status})."), remedy)
    };
    let body = response.bytes().await.map_err(|error| reach::unreachable(error, ISSUER))?;
    if status.is_success() {
        return serde_json::from_slice(&body)
            .map_err(|_| unreadable(&format!("Correct {ISSUER}: no OpenID provider is at that address.")));
    }
    let refusal: ProviderError = serde_json::from_slice(&body).unwrap_or_default();
    Err(match refusal.code() {
        Some(_) => credential::refused(&refusal, None),
        None if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            unreadable("The provider is in trouble: look at its status page, and try again.")
        }
        None => unreadable(&format!("Correct {ISSUER}: https://login.microsoftonline.com/<tenant id>/v2.0.")),
    })
}

fn other_issuer(configured: &str, actual: &str) -> Outcome {
    // `common` and `organizations` call themselves by a template.
    let remedy = if actual.contains('{') {
        format!("Put the directory (tenant) id into {ISSUER}: https://login.microsoftonline.com/<tenant id>/v2.0.")
    } else {
        format!("Set {ISSUER} to {actual}, if that is the right one.")
    };
    Outcome::wrong(format!("It calls itself {actual}, but is configured as {configured}; sign-ins fail."), remedy)
}

async fn keys(doctor: &Doctor, document: &Document) -> Outcome {
    let remedy = "The provider is in trouble, or a proxy answers in its place: open the address from this machine.";
    let response = match reach::send(doctor.http.get(document.jwks_uri.clone()), ISSUER).await {
        Ok(response) => response,
        Err(outcome) => return outcome,
    };
    let status = response.status();
    let Ok(keys) = response.json::<CoreJsonWebKeySet>().await else {
        let cause = format!("{} answers without keys (status {status}).", document.jwks_uri);
        return Outcome::wrong(cause, remedy);
    };
    let signs = |use_: Option<&CoreJsonWebKeyUse>| use_.is_none_or(|use_| *use_ == CoreJsonWebKeyUse::Signature);
    let known = [CoreJsonWebKeyType::RSA, CoreJsonWebKeyType::EllipticCurve];
    let usable = keys.keys().iter().filter(|key| signs(key.key_use()) && known.contains(key.key_type())).count();
    match usable {
        0 => Outcome::wrong(format!("None of the keys at {} signs tokens.", document.jwks_uri), remedy),
        count => Outcome::ok(format!("{count} keys")),
    }
}
