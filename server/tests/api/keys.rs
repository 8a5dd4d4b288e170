//! The provider's keys: new ones, old ones, and a provider that is away.

use serde_json::{Value, json};

use crate::support::{ALICE, BOB, TestApp};

async fn key_requests(app: &TestApp) -> usize {
    let is_for_keys = |request: &Value| request["path"].as_str().is_some_and(|path| path.ends_with("/keys"));
    app.requests("entra").await.iter().filter(|request| is_for_keys(request)).count()
}

async fn roll(app: &TestApp) {
    let url = format!("{}/_sandbox/keys/roll", app.sandbox.base_url);
    assert!(reqwest::Client::new().post(url).send().await.unwrap().status().is_success());
}

#[tokio::test]
async fn known_keys_cost_no_request_and_a_new_one_costs_one() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    api.me().await;
    let before = key_requests(&app).await;
    for _ in 0..5 {
        api.me().await;
    }
    assert_eq!(key_requests(&app).await, before);
    roll(&app).await;
    app.calling(BOB).await.me().await;
    assert_eq!(key_requests(&app).await, before + 1);
    assert_eq!(api.status().await, 200, "the old key is still published");
}

#[tokio::test]
async fn made_up_keys_do_not_turn_the_app_against_its_provider() {
    let app = TestApp::start().await;
    app.calling(ALICE).await.me().await;
    let before = key_requests(&app).await;
    for n in 0..20 {
        let token = app.mint(json!({ "persona": ALICE, "header": { "kid": format!("made up {n}") } })).await;
        assert_eq!(app.with_token(token).status().await, 401);
    }
    assert_eq!(key_requests(&app).await - before, 3, "a handful, then one a minute");
}

#[tokio::test]
async fn a_key_that_was_rotated_away_opens_nothing() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token;
    roll(&app).await;
    app.fault(json!({ "service": "entra", "kind": "single_key" })).await;
    let late = app.replica().await;
    assert_eq!(late.with_token(token).status().await, 401);
    assert_eq!(app.calling(ALICE).await.at(&late).status().await, 200, "the new one does");
}

#[tokio::test]
async fn while_keys_cannot_be_read_known_ones_go_on_unknown_ones_are_refused_and_readiness_says_so() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    api.me().await;
    assert!(readiness(&app).await["provider"] == "ok");
    roll(&app).await;
    app.fault(json!({ "service": "entra", "kind": "jwks_down" })).await;
    let newer = app.calling(ALICE).await;
    assert_eq!((newer.status().await, api.status().await), (401, 200));
    let said = readiness(&app).await;
    assert!(said["provider"].as_str().unwrap().contains("cannot be reached"), "{said}");
    assert_eq!(said["ready"], true, "people who are signed in go on working");
    app.no_more_faults().await;
    assert_eq!(newer.status().await, 200);
    assert_eq!(readiness(&app).await["provider"], "ok");
}

#[tokio::test]
async fn before_any_key_is_known_nobody_is_let_in_and_nobody_is_told_that_their_token_is_wrong() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "jwks_down" })).await;
    let api = app.calling(ALICE).await;
    assert_eq!(api.status().await, 503);
    app.no_more_faults().await;
    assert_eq!(api.status().await, 200);
}

async fn readiness(app: &TestApp) -> Value {
    reqwest::get(format!("{}/readyz", app.url)).await.unwrap().json().await.unwrap()
}
