//! The claims of an id_token. Each refusal is followed by the same sign-in without the fault, which has to work.

use sandbox::constants::CLIENT_ID;
use serde_json::json;
use services::clock;

use super::{accepts, refuses, with_claims};

#[tokio::test]
async fn a_nonce_has_to_be_ours() {
    refuses(json!({ "kind": "wrong_nonce" })).await;
    refuses(json!({ "kind": "missing_claim", "claim": "nonce" })).await;
    refuses(with_claims(json!({ "nonce": "" }))).await;
}

#[tokio::test]
async fn an_audience_has_to_be_the_app_and_nobody_else() {
    refuses(json!({ "kind": "wrong_aud" })).await;
    refuses(json!({ "kind": "missing_claim", "claim": "aud" })).await;
    refuses(with_claims(json!({ "aud": [] }))).await;
    refuses(with_claims(json!({ "aud": [CLIENT_ID, "somebody-else"] }))).await;
    refuses(with_claims(json!({ "aud": [CLIENT_ID, "somebody-else"], "azp": CLIENT_ID }))).await;
    accepts(with_claims(json!({ "aud": [CLIENT_ID] }))).await;
}

#[tokio::test]
async fn an_authorized_party_has_to_be_the_app() {
    refuses(with_claims(json!({ "azp": "somebody-else" }))).await;
    refuses(with_claims(json!({ "azp": "" }))).await;
    accepts(with_claims(json!({ "azp": CLIENT_ID }))).await;
}

#[tokio::test]
async fn an_issuer_has_to_be_the_one_that_is_configured() {
    refuses(json!({ "kind": "wrong_iss" })).await;
    refuses(json!({ "kind": "missing_claim", "claim": "iss" })).await;
}

#[tokio::test]
async fn a_tenant_has_to_be_the_one_that_is_configured() {
    refuses(json!({ "kind": "wrong_tid" })).await;
    refuses(with_claims(json!({ "tid": "" }))).await;
}

#[tokio::test]
async fn a_subject_and_an_object_have_to_be_named() {
    refuses(json!({ "kind": "missing_claim", "claim": "sub" })).await;
    refuses(with_claims(json!({ "sub": "" }))).await;
    refuses(with_claims(json!({ "oid": "" }))).await;
    refuses(with_claims(json!({ "oid": ["a11ce000-0000-4000-8000-000000000001"] }))).await;
}

#[tokio::test]
async fn a_token_has_to_be_made_for_this_sign_in_and_not_ahead_of_time() {
    refuses(json!({ "kind": "missing_claim", "claim": "iat" })).await;
    refuses(with_claims(json!({ "iat": "now" }))).await;
    refuses(with_claims(json!({ "iat": now() + 3600 }))).await;
    refuses(with_claims(json!({ "iat": now() - 3600 }))).await;
    // Clocks differ, and Entra dates its tokens back.
    accepts(with_claims(json!({ "iat": now() + 200 }))).await;
    accepts(with_claims(json!({ "iat": now() - 500 }))).await;
}

#[tokio::test]
async fn a_token_has_to_be_valid_now() {
    refuses(json!({ "kind": "missing_claim", "claim": "exp" })).await;
    refuses(with_claims(json!({ "exp": now() - 400 }))).await;
    refuses(with_claims(json!({ "nbf": now() + 400 }))).await;
    refuses(json!({ "kind": "expired" })).await;
    refuses(json!({ "kind": "not_yet_valid" })).await;
    accepts(with_claims(json!({ "exp": now() - 100, "nbf": now() + 100 }))).await;
}

#[tokio::test]
async fn an_access_token_has_to_be_the_one_that_the_id_token_was_made_for() {
    refuses(with_claims(json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }))).await;
    refuses(with_claims(json!({ "at_hash": "" }))).await;
}

#[tokio::test]
async fn an_answer_has_to_have_an_id_token_of_a_sensible_size() {
    refuses(json!({ "kind": "no_id_token" })).await;
    refuses(with_claims(json!({ "padding": "x".repeat(60_000) }))).await;
    accepts(with_claims(json!({ "padding": "x".repeat(30_000) }))).await;
}

fn now() -> i64 {
    clock::now().unix_timestamp()
}
