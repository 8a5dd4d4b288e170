//! The signature of an id_token, and the provider's keys.

use std::collections::HashMap;

use serde_json::json;
use services::{Services, config::Config};

use super::{is_at, order, refused, refuses};
use crate::support::{ALICE, BOB, TestApp, variables};

#[tokio::test]
async fn a_signature_has_to_be_the_providers() {
    refuses(json!({ "kind": "bad_signature" })).await;
    refuses(json!({ "kind": "foreign_key" })).await;
    refuses(json!({ "kind": "foreign_key", "header": { "kid": null } })).await;
    refuses(json!({ "kind": "unknown_kid" })).await;
}

#[tokio::test]
async fn an_algorithm_has_to_be_asymmetric() {
    refuses(json!({ "kind": "alg_none" })).await;
    // With the certificate that everybody knows, and with the secret that the provider shares with us.
    refuses(json!({ "kind": "hs256" })).await;
    refuses(json!({ "kind": "hs256_secret" })).await;
}

#[tokio::test]
async fn an_algorithm_that_only_the_announcement_allows_is_refused_all_the_same() {
    let app = TestApp::start().await;
    let document = json!({ "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"] });
    order(&app, json!({ "kind": "discovery", "document": document })).await;
    for kind in ["hs256_secret", "alg_none"] {
        order(&app, json!({ "kind": kind, "times": 1 })).await;
        refused(&app.browser()).await;
    }
    app.signed_in(ALICE).await;
}

#[tokio::test]
async fn a_header_that_demands_what_we_do_not_understand_is_refused() {
    refuses(json!({ "kind": "claims", "header": { "crit": ["b64"], "b64": true } })).await;
    refuses(json!({ "kind": "claims", "header": { "typ": "at+jwt" } })).await;
}

#[tokio::test]
async fn a_token_without_a_key_id_is_accepted_when_one_of_the_keys_made_it() {
    let app = TestApp::start().await;
    order(&app, json!({ "kind": "no_kid" })).await;
    app.signed_in(ALICE).await;
    let one = TestApp::start().await;
    order(&one, json!({ "kind": "single_key" })).await;
    order(&one, json!({ "kind": "no_kid" })).await;
    one.signed_in(ALICE).await;
}

#[tokio::test]
async fn keys_may_roll_over_while_somebody_is_at_the_provider() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let picker = browser.get("/chat").await;
    roll_keys(&app).await;
    assert_eq!(browser.pick(picker, ALICE).await.status(), 200);
    // And again: looks that were worth it are not held against anybody.
    for _ in 0..5 {
        roll_keys(&app).await;
        app.signed_in(BOB).await;
    }
}

#[tokio::test]
async fn all_who_come_right_after_a_rollover_get_in_for_one_more_look_at_the_keys() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let before = key_requests(&app).await;
    roll_keys(&app).await;
    futures::future::join_all((0..12).map(|_| app.signed_in(BOB))).await;
    assert_eq!(key_requests(&app).await - before, 1);
}

#[tokio::test]
async fn tokens_with_made_up_key_ids_cost_the_provider_a_few_requests_only() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let before = key_requests(&app).await;
    order(&app, json!({ "kind": "unknown_kid", "match": { "persona": BOB } })).await;
    let flood = async || assert_eq!(app.browser().sign_in(BOB).await.status(), 403);
    futures::future::join_all((0..20).map(|_| flood())).await;
    assert!(key_requests(&app).await - before <= 3);
    app.signed_in(ALICE).await;
}

#[tokio::test]
async fn known_keys_are_enough_while_the_provider_does_not_show_them() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    order(&app, json!({ "kind": "jwks_down" })).await;
    order(&app, json!({ "kind": "discovery_down" })).await;
    app.signed_in(ALICE).await;
    // But nobody is let in on a key that cannot be looked up.
    roll_keys(&app).await;
    assert_eq!(app.browser().sign_in(BOB).await.status(), 503);
}

#[tokio::test]
async fn those_who_wait_for_a_provider_that_is_down_are_told_together() {
    let app = TestApp::start().await;
    order(&app, json!({ "kind": "discovery_down" })).await;
    let addr = app.url.trim_start_matches("http://").parse().unwrap();
    let variables = variables(&app.sandbox, &app.database_url, addr, HashMap::new());
    // In one task all have asked before the first is answered.
    let services = Services::build(Config::from_lookup(|name| variables.get(name).cloned()).unwrap()).unwrap();
    let answers = futures::future::join_all((0..8).map(|_| services.sign_in.check_provider())).await;
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(app.requests("entra").await.len(), 1);
    assert!(services.sign_in.check_provider().await.is_err());
    assert_eq!(app.requests("entra").await.len(), 2, "whoever comes later is another matter");
}

async fn roll_keys(app: &TestApp) {
    let roll = format!("{}/_sandbox/keys/roll", app.sandbox.base_url);
    assert!(reqwest::Client::new().post(roll).send().await.unwrap().status().is_success());
}

async fn key_requests(app: &TestApp) -> usize {
    app.requests("entra").await.iter().filter(|request| is_at(request, "/keys")).count()
}
