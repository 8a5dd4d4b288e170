//! Discovery, keys and what is in an id token.

use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use sandbox::constants::{ALLOWED_GROUP_ID, CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use sandbox::personas::{ALICE, CAROL, ERIN, FRANK, GRACE};
use serde_json::{Value, json};

use crate::helper::{Sandbox, claims, header, text};

async fn id_token(sandbox: &Sandbox, oid: &str) -> Value {
    claims(text(&sandbox.tokens_of(oid).await, "id_token"))
}

async fn published(sandbox: &Sandbox) -> Vec<Value> {
    let keys = sandbox.get_json(&format!("/{TENANT_ID}/discovery/v2.0/keys")).await;
    keys["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn discovery_follows_the_address_it_was_asked_at() {
    let sandbox = Sandbox::start().await;
    let path = format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration");
    let document = sandbox.get_json(&path).await;
    assert_eq!(document["issuer"], sandbox.running.issuer());
    assert!(document.get("code_challenge_methods_supported").is_none());
    let localhost = format!("http://localhost:{}", sandbox.running.http_addr.port());
    let url = format!("{localhost}{path}");
    let document: Value = sandbox.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(document["issuer"], format!("{localhost}/{TENANT_ID}/v2.0"));
    let document = sandbox.get_json("/common/v2.0/.well-known/openid-configuration").await;
    assert!(text(&document, "issuer").ends_with("/{tenantid}/v2.0"));
    assert!(text(&document, "jwks_uri").contains("/common/"));
    let document = sandbox.get_json("/linden-bank.example/v2.0/.well-known/openid-configuration").await;
    assert_eq!(document["issuer"], sandbox.running.issuer());
}

#[tokio::test]
async fn the_token_verifies_with_a_published_key_that_has_no_alg() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    let token = text(&tokens, "id_token");
    let keys = published(&sandbox).await;
    assert!(keys.len() >= 2 && keys.iter().all(|key| key.get("alg").is_none()));
    let kid = header(token)["kid"].clone();
    let key = keys.iter().find(|key| key["kid"] == kid).unwrap();
    let key = DecodingKey::from_rsa_components(text(key, "n"), text(key, "e")).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[CLIENT_ID]);
    validation.set_issuer(&[sandbox.running.issuer()]);
    jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
}

#[tokio::test]
async fn the_claims_are_those_of_entra() {
    let sandbox = Sandbox::start().await;
    let alice = id_token(&sandbox, ALICE).await;
    assert_eq!(alice["nonce"], "the nonce");
    assert_eq!(alice["oid"], ALICE);
    assert_eq!(alice["tid"], TENANT_ID);
    assert_eq!(alice["ver"], "2.0");
    assert_eq!(alice["name"], "Alice Archer");
    assert_ne!(alice["sub"], alice["oid"]);
    assert!(alice.get("email_verified").is_none());
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    assert!(alice["nbf"].as_i64().unwrap() <= now - 290);
    assert!(alice["groups"].as_array().unwrap().contains(&json!(ALLOWED_GROUP_ID)));
    for claim in ["sid", "login_hint", "uti"] {
        text(&alice, claim);
    }
    assert!(id_token(&sandbox, CAROL).await.get("email").is_none());
    assert_eq!(id_token(&sandbox, FRANK).await["email"], alice["email"]);
    assert_eq!(id_token(&sandbox, GRACE).await["name"], "Grace Gómez-Núñez");
}

#[tokio::test]
async fn too_many_groups_become_a_pointer() {
    let sandbox = Sandbox::start().await;
    let erin = id_token(&sandbox, ERIN).await;
    assert!(erin.get("groups").is_none());
    assert_eq!(erin["_claim_names"], json!({"groups": "src1"}));
    assert!(text(&erin["_claim_sources"]["src1"], "endpoint").contains("graph.windows.net"));
}

#[tokio::test]
async fn rolling_signs_with_a_key_nobody_has_seen() {
    let sandbox = Sandbox::start().await;
    let before = published(&sandbox).await;
    let old = sandbox.tokens_of(ALICE).await;
    sandbox.post_json("/_sandbox/keys/roll", json!({})).await;
    let new = sandbox.tokens_of(ALICE).await;
    let kid = header(text(&new, "id_token"))["kid"].clone();
    assert!(before.iter().all(|key| key["kid"] != kid));
    let after = published(&sandbox).await;
    assert!(after.iter().any(|key| key["kid"] == kid));
    let old_kid = header(text(&old, "id_token"))["kid"].clone();
    assert!(after.iter().any(|key| key["kid"] == old_kid));
}

#[tokio::test]
async fn the_discovery_document_can_be_another_one_and_the_key_set_smaller() {
    let sandbox = Sandbox::start().await;
    let path = format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration");
    let document = json!({"token_endpoint_auth_methods_supported": ["client_secret_basic"], "userinfo_endpoint": null});
    sandbox.fault(json!({"service": "entra", "kind": "discovery", "document": document, "times": 1})).await;
    sandbox.fault(json!({"service": "entra", "kind": "single_key", "times": 1})).await;
    let changed = sandbox.get_json(&path).await;
    assert_eq!(changed["token_endpoint_auth_methods_supported"], json!(["client_secret_basic"]));
    assert!(changed.get("userinfo_endpoint").is_none());
    assert!(sandbox.get_json(&path).await.get("userinfo_endpoint").is_some());
    let kid = header(text(&sandbox.tokens_of(ALICE).await, "id_token"))["kid"].clone();
    let keys = published(&sandbox).await;
    assert_eq!((keys.len(), &keys[0]["kid"]), (1, &kid));
    assert!(published(&sandbox).await.len() > 1);
}

#[tokio::test]
async fn a_token_can_be_signed_with_the_client_secret() {
    let sandbox = Sandbox::start().await;
    sandbox.fault(json!({"service": "entra", "kind": "hs256_secret"})).await;
    let tokens = sandbox.tokens_of(ALICE).await;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[CLIENT_ID]);
    let key = DecodingKey::from_secret(CLIENT_SECRET.as_bytes());
    jsonwebtoken::decode::<Value>(text(&tokens, "id_token"), &key, &validation).unwrap();
}

#[tokio::test]
async fn spoiled_tokens_are_spoiled_once() {
    let sandbox = Sandbox::start().await;
    type Check = fn(&Value, &Value) -> bool;
    let cases: [(Value, Check); 7] = [
        (json!({"kind": "wrong_iss"}), |_, c| !text(c, "iss").contains(TENANT_ID)),
        (json!({"kind": "wrong_aud"}), |_, c| c["aud"] != CLIENT_ID),
        (json!({"kind": "wrong_nonce"}), |_, c| c["nonce"] != "the nonce"),
        (json!({"kind": "alg_none"}), |h, _| h["alg"] == "none"),
        (json!({"kind": "hs256"}), |h, _| h["alg"] == "HS256"),
        (json!({"kind": "no_kid"}), |h, _| h.get("kid").is_none()),
        (json!({"kind": "missing_claim", "claim": "iat"}), |_, c| c.get("iat").is_none()),
    ];
    for (mut fault, spoiled) in cases {
        fault["service"] = "entra".into();
        fault["times"] = 1.into();
        sandbox.fault(fault.clone()).await;
        let bad = sandbox.tokens_of(ALICE).await;
        let bad = text(&bad, "id_token");
        assert!(spoiled(&header(bad), &claims(bad)), "{fault}");
        let good = sandbox.tokens_of(ALICE).await;
        let good = text(&good, "id_token");
        assert!(!spoiled(&header(good), &claims(good)), "{fault}");
    }
}
