//! Codes, states, secrets and userinfo: what surrounds the id_token.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sandbox::constants::CLIENT_ID;
use serde_json::{Value, json};
use services::crypto::{Keyring, Purpose};

use super::{is_at, order, refuses, with_claims};
use crate::support::{ALICE, Browser, CAROL, Setup, TestApp};

#[tokio::test]
async fn a_code_is_redeemed_with_its_verifier_and_nothing_secret_is_in_an_address() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let request = token_request(&app).await;
    let body = request["body"].as_str().unwrap();
    for part in ["grant_type=authorization_code", "code_verifier=", "redirect_uri=", "client_secret="] {
        assert!(body.contains(part), "{part} in {body}");
    }
    assert_eq!((request["method"].as_str(), request["query"].as_str()), (Some("POST"), None));
}

#[tokio::test]
async fn a_token_answer_that_never_ends_is_given_up() {
    let app = TestApp::start().await;
    order(&app, with_claims(json!({ "padding": "x".repeat(2_000_000) }))).await;
    let response = app.browser().sign_in(ALICE).await;
    assert_eq!(response.status(), 503);
}

#[tokio::test]
async fn a_secret_with_odd_characters_arrives_in_the_body_and_in_the_header() {
    let odd = "s/e c+r%e&t:ü=";
    for document in [
        json!({}),
        json!({ "token_endpoint_auth_methods_supported": ["client_secret_basic"] }),
        json!({ "token_endpoint_auth_methods_supported": null }),
    ] {
        let variables = [("AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", odd.to_owned())].into();
        let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
        let client = format!("{}/_sandbox/clients/{CLIENT_ID}", app.sandbox.base_url);
        reqwest::Client::new().patch(client).json(&json!({ "secrets": [odd] })).send().await.unwrap();
        let in_body = document.as_object().unwrap().is_empty();
        order(&app, json!({ "kind": "discovery", "document": document })).await;
        app.signed_in(ALICE).await;
        let request = token_request(&app).await;
        assert_eq!(request["headers"].get("authorization").is_none(), in_body, "{document}");
        assert_eq!(request["body"].as_str().unwrap().contains("client_secret="), in_body, "{document}");
    }
}

#[tokio::test]
async fn entras_userinfo_is_not_asked() {
    let app = TestApp::start().await;
    app.signed_in(CAROL).await;
    assert_eq!(app.requests("graph").await.iter().filter(|request| is_at(request, "userinfo")).count(), 0);
}

#[tokio::test]
async fn userinfo_has_to_be_about_the_same_subject() {
    let nameless = json!({ "oid": null, "name": null });
    // The sandbox's userinfo counts subjects as Graph does: not as the id_token does.
    refuses(with_claims(nameless)).await;
    let app = TestApp::start().await;
    let alice = "a11ce000-0000-4000-8000-000000000001";
    order(&app, with_claims(json!({ "oid": null, "name": null, "sub": alice }))).await;
    app.signed_in(ALICE).await;
    assert_eq!(app.requests("graph").await.iter().filter(|request| is_at(request, "userinfo")).count(), 1);
}

#[tokio::test]
async fn a_code_works_once_even_with_a_sign_in_of_its_own() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    let first = answer_to(&app, &browser).await;
    let second = answer_to(&app, &browser).await;
    assert_eq!(browser.get(&first).await.status(), 303);
    let replayed = with_parameter(&second, "code", &parameter(&first, "code"));
    assert_eq!(browser.get(&replayed).await.status(), 403);
}

#[tokio::test]
async fn an_answer_to_one_sign_in_does_not_finish_another() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    let first = answer_to(&app, &browser).await;
    let second = answer_to(&app, &browser).await;
    // PKCE: the verifier of the second does not open the code of the first.
    let mixed = with_parameter(&second, "code", &parameter(&first, "code"));
    assert_eq!(browser.get(&mixed).await.status(), 403);
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn an_answer_after_the_end_of_the_sign_in_is_too_late() {
    // Neither has anybody waited here nor was a clock turned: the browser brings back a cookie that is older.
    for (age_secs, status) in [(14 * 60, 303), (15 * 60 + 1, 400)] {
        let app = TestApp::start().await;
        let browser = Browser::unmoved(&app.url);
        let callback = answer_to(&app, &browser).await;
        let cookie = aged(&browser.kept_cookie(), &parameter(&callback, "state"), age_secs);
        assert_eq!(browser.get_with_cookie(&callback, &cookie).await.status(), status, "{age_secs} s");
    }
}

/// The one request to the token endpoint there was.
async fn token_request(app: &TestApp) -> Value {
    let requests = app.requests("entra").await;
    requests.into_iter().find(|request| is_at(request, "/token")).unwrap()
}

/// A sign-in of Alice in `browser`, up to the address that the provider sends it back to.
async fn answer_to(app: &TestApp, browser: &Browser) -> String {
    let begun = browser.get("/api/auth/signin/entra-id?callbackUrl=%2Fchat").await;
    let provider = begun.headers()["location"].to_str().unwrap().to_owned();
    browser.keep_cookie(&begun);
    let answer = Browser::unmoved(&app.sandbox.base_url).sign_in_at(&provider, ALICE).await;
    answer.headers()["location"].to_str().unwrap().to_owned()
}

fn parameter(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned()
}

fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let mut changed = url::Url::parse(url).unwrap();
    let others: Vec<_> = changed.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    changed.query_pairs_mut().clear().extend_pairs(others).append_pair(name, value);
    changed.into()
}

/// The cookie of a sign-in, as it would be had the sign-in begun that much earlier.
fn aged(cookie: &str, state: &str, secs: i64) -> String {
    let keys = Keyring::new(vec!["a secret that is only used by these tests".into()]);
    let (name, sealed) = cookie.split_once('=').unwrap();
    let sealed = URL_SAFE_NO_PAD.decode(sealed).unwrap();
    let json = keys.open(Purpose::SignIn, state.as_bytes(), &sealed).unwrap();
    let mut attempt: Value = serde_json::from_slice(&json).unwrap();
    attempt["begun_at"] = (attempt["begun_at"].as_i64().unwrap() - secs).into();
    let sealed = keys.seal(Purpose::SignIn, state.as_bytes(), attempt.to_string().as_bytes());
    format!("{name}={}", URL_SAFE_NO_PAD.encode(sealed))
}
