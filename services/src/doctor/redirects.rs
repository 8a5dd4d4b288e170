//! Whether the provider sends people back to where the app waits for them.
//!
//! The registration itself cannot be read. But an authorize request that may show nothing (`prompt=none`) is answered
//! with a redirect to a registered address, and with a page of the provider's own otherwise: it never sends anybody to
//! an address that it does not know (RFC 6749 §4.1.2.1). Nobody is signed in here, so `login_required` is the expected
//! answer.

use std::sync::Arc;

use openidconnect::PkceCodeChallenge;
use reqwest::{Response, header};
use url::Url;

use super::{Check, Doctor, Outcome, credential, provider::Document, reach};
use crate::{clock, config::tenant_of, identity::ProviderError};

const SUBJECTS: [&str; 2] = ["redirect URI", "sign-out address"];

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    let Some(document) = doctor.document().await else {
        let reason = "the provider does not tell where people sign in";
        return SUBJECTS.map(|subject| Outcome::skipped(reason).of(subject)).into();
    };
    let [redirect_uri, signed_out_uri] = doctor.services.sign_in.registered_uris();
    let after_sign_out = async {
        // Elsewhere it is registered in another list, which this request does not ask.
        if tenant_of(&doctor.config().identity.issuer).is_none() {
            return Outcome::skipped(format!(
                "cannot be told from outside; register {signed_out_uri} as a post-logout redirect URI"
            ));
        }
        registered(&doctor, document, signed_out_uri).await
    };
    let (redirect, after_sign_out) = tokio::join!(registered(&doctor, document, redirect_uri), after_sign_out);
    vec![redirect.of(SUBJECTS[0]), after_sign_out.of(SUBJECTS[1])]
}

async fn registered(doctor: &Doctor, document: &Document, uri: &str) -> Outcome {
    let request = doctor.http.get(authorize(doctor, document, uri));
    let response = match reach::send(request, "the provider's address").await {
        Ok(response) => response,
        Err(outcome) => return outcome,
    };
    let location = response.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
    match location.and_then(|location| response.url().join(location).ok()) {
        Some(target) if leads_to(&target, uri) => redirected(&target, uri),
        _ => on_a_page(response, doctor, uri).await,
    }
}

fn authorize(doctor: &Doctor, document: &Document, redirect_uri: &str) -> Url {
    let (challenge, _) = PkceCodeChallenge::new_random_sha256();
    let mut url = document.authorization_endpoint.clone();
    url.query_pairs_mut().extend_pairs([
        ("client_id", doctor.config().identity.client_id.as_str()),
        ("response_type", "code"),
        ("redirect_uri", redirect_uri),
        ("scope", "openid"),
        ("prompt", "none"),
        ("state", &clock::new_id().to_string()),
        ("nonce", &clock::new_id().to_string()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ]);
    url
}

fn leads_to(target: &Url, uri: &str) -> bool {
    let mut target = target.clone();
    target.set_query(None);
    target.set_fragment(None);
    Url::parse(uri).is_ok_and(|uri| uri == target)
}

/// The address is registered; what comes with it says whether a person could sign in.
fn redirected(target: &Url, uri: &str) -> Outcome {
    let parameter = |name: &str| target.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let error = parameter("error").unwrap_or_default();
    let expected = ["", "login_required", "interaction_required", "consent_required", "account_selection_required"];
    if expected.contains(&error.as_str()) {
        return Outcome::ok(uri);
    }
    let refusal =
        ProviderError { error, error_description: parameter("error_description"), ..ProviderError::default() };
    credential::refused(&refusal, None)
}

async fn on_a_page(response: Response, doctor: &Doctor, uri: &str) -> Outcome {
    let status = response.status();
    let page = response.text().await.unwrap_or_default();
    let refusal = ProviderError { error_description: described(&page), ..ProviderError::default() };
    match refusal.code() {
        // The registration has no address at all, or not this one.
        Some(code @ ("AADSTS50011" | "AADSTS500113")) => Outcome::wrong(
            format!("{uri} is not registered ({code})."),
            format!(
                "Entra admin centre, app registration {}, \"Authentication\", platform \"Web\": add {uri}, letter for \
                 letter. If it should be another address, correct AUTH_URL.",
                doctor.config().identity.client_id
            ),
        ),
        Some(_) => credential::refused(&refusal, None),
        None => Outcome::skipped(format!(
            "cannot be told: the provider answers with a page (status {status}) instead of a redirect. Compare the \
             registration with {uri} yourself"
        )),
    }
}

/// The page's words from the error's number on, without markup.
fn described(page: &str) -> Option<String> {
    let start = page
        .match_indices("AADSTS")
        .find(|(at, _)| page[at + "AADSTS".len()..].starts_with(|c: char| c.is_ascii_digit()));
    let rest = &page[start?.0..];
    let end = rest.find(['<', '"', '\\', '\n', '\r']).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}
