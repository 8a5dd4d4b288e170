//! Codes, refresh tokens, client credentials, on-behalf-of, error bodies.

use reqwest::StatusCode;
use sandbox::constants::*;
use sandbox::personas::{ALICE, BOB};
use serde_json::{Value, json};

use crate::helper::{Sandbox, claims, header, text};

fn refresh(token: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
    ]
}

fn credentials<'a>(id: &'a str, secret: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("client_id", id), ("client_secret", secret), ("grant_type", "client_credentials"), ("scope", scope)]
}

#[tokio::test]
async fn a_code_gives_all_three_tokens_and_a_numeric_lifetime() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    assert_eq!(tokens["token_type"], "Bearer");
    assert!((3600..=5400).contains(&tokens["expires_in"].as_i64().unwrap()));
    assert_eq!(tokens["scope"], "openid profile email User.Read GroupMember.Read.All");
    text(&tokens, "refresh_token");
    text(&tokens, "id_token");
    assert!(header(text(&tokens, "access_token"))["nonce"].is_string());
}

#[tokio::test]
async fn a_code_works_once() {
    let sandbox = Sandbox::start().await;
    let code = sandbox.code(ALICE).await;
    assert_eq!(sandbox.redeem(&code, &[]).await.0, StatusCode::OK);
    let (status, error) = sandbox.redeem(&code, &[]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["error"], "invalid_grant");
    assert_eq!(error["error_codes"], json!([54005]));
}

#[tokio::test]
async fn verifier_redirect_address_and_client_must_match_the_code() {
    let sandbox = Sandbox::start().await;
    let code = sandbox.code(ALICE).await;
    for (more, expected) in [
        (vec![("code_verifier", "x".repeat(50))], 501481),
        (vec![("code_verifier", String::new())], 50148),
        (vec![("redirect_uri", "http://localhost:3001/api/auth/callback/entra-id".to_owned())], 50011),
        (vec![("client_id", CALLER_CLIENT_ID.to_owned()), ("client_secret", CALLER_CLIENT_SECRET.to_owned())], 700005),
    ] {
        let more: Vec<_> = more.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, error) = sandbox.redeem(&code, &more).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(error["error_codes"], json!([expected]));
    }
    assert_eq!(sandbox.redeem(&code, &[]).await.0, StatusCode::OK);
}

#[tokio::test]
async fn errors_have_the_documented_shape() {
    let sandbox = Sandbox::start().await;
    let (status, error) = sandbox.token(&credentials(CLIENT_ID, "wrong", "api://banter/.default")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(error["error"], "invalid_client");
    assert_eq!(error["error_codes"], json!([7000215]));
    assert!(text(&error, "error_description").starts_with("AADSTS7000215: "));
    for member in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
        text(&error, member);
    }
    let (status, error) = sandbox.token(&credentials("nobody", "x", "api://banter/.default")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(error["error"], "unauthorized_client");
}

#[tokio::test]
async fn every_refresh_gives_a_new_token_and_the_old_one_stays_valid() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    let old = text(&tokens, "refresh_token");
    let (_, first) = sandbox.token(&refresh(old)).await;
    assert_ne!(text(&first, "refresh_token"), old);
    assert!(claims(text(&first, "id_token")).get("nonce").is_none());
    let (status, _) = sandbox.token(&refresh(old)).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn one_refresh_token_serves_several_resources_one_at_a_time() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    let mut form = refresh(text(&tokens, "refresh_token"));
    form.push(("scope", "api://banter/access_as_user"));
    let (_, reply) = sandbox.token(&form).await;
    let token = claims(text(&reply, "access_token"));
    assert_eq!(token["aud"], CLIENT_ID);
    assert_eq!(token["scp"], "access_as_user");
    assert_eq!(token["ver"], "2.0");
    form.pop();
    form.push(("scope", "api://banter/access_as_user User.Read"));
    let (status, _) = sandbox.token(&form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn revoked_and_disabled_accounts_cannot_refresh() {
    let sandbox = Sandbox::start().await;
    let alice = sandbox.tokens_of(ALICE).await;
    sandbox.patch_persona(ALICE, json!({"revoke_sessions": true})).await;
    let (_, error) = sandbox.token(&refresh(text(&alice, "refresh_token"))).await;
    assert_eq!(error["error_codes"], json!([50173]));
    let again = sandbox.tokens_of(ALICE).await;
    let (status, _) = sandbox.token(&refresh(text(&again, "refresh_token"))).await;
    assert_eq!(status, StatusCode::OK);
    sandbox.patch_persona(ALICE, json!({"disabled": true})).await;
    let (_, error) = sandbox.token(&refresh(text(&again, "refresh_token"))).await;
    assert_eq!(error["error_codes"], json!([50057]));
}

#[tokio::test]
async fn refresh_tokens_survive_a_restart() {
    let first = Sandbox::start().await;
    let tokens = first.tokens_of(ALICE).await;
    drop(first);
    let second = Sandbox::start().await;
    let (status, _) = second.token(&refresh(text(&tokens, "refresh_token"))).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn client_credentials_carry_roles_only_if_granted() {
    let sandbox = Sandbox::start().await;
    let scope = "api://banter/.default";
    let (_, reply) = sandbox.token(&credentials(CALLER_CLIENT_ID, CALLER_CLIENT_SECRET, scope)).await;
    assert!(reply.get("refresh_token").is_none() && reply.get("scope").is_none());
    let token = claims(text(&reply, "access_token"));
    assert_eq!(token["roles"], json!([API_ROLE]));
    assert_eq!(token["azp"], CALLER_CLIENT_ID);
    assert_eq!(token["idtyp"], "app");
    assert_eq!(token["oid"], token["sub"]);
    let (status, reply) = sandbox.token(&credentials(ROLELESS_CLIENT_ID, ROLELESS_CLIENT_SECRET, scope)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(claims(text(&reply, "access_token")).get("roles").is_none());
}

#[tokio::test]
async fn client_credentials_need_a_tenant_and_a_default_scope() {
    let sandbox = Sandbox::start().await;
    let form = credentials(CLIENT_ID, CLIENT_SECRET, "api://banter/access_as_user");
    assert_eq!(sandbox.token(&form).await.1["error"], "invalid_scope");
    let reply: Value = sandbox
        .http
        .post(sandbox.url("/common/oauth2/v2.0/token"))
        .form(&credentials(CLIENT_ID, CLIENT_SECRET, "api://banter/.default"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(reply["error_codes"], json!([9001023]));
}

#[tokio::test]
async fn api_tokens_can_have_the_first_format() {
    let options = sandbox::Options { api_tokens_v1: true, ..sandbox::Options::default() };
    let sandbox = Sandbox::with(options).await;
    let token = claims(&sandbox.mint(json!({"persona": BOB})).await);
    assert_eq!(token["ver"], "1.0");
    assert_eq!(token["aud"], API_AUDIENCE);
    assert_eq!(token["iss"], format!("https://sts.windows.net/{TENANT_ID}/"));
    assert_eq!(token["appid"], CLIENT_ID);
    assert_eq!(token["unique_name"], "bob.baker@linden-bank.example");
}

#[tokio::test]
async fn on_behalf_of_takes_user_tokens_for_this_application_only() {
    let sandbox = Sandbox::start().await;
    let user = sandbox.mint(json!({"persona": ALICE})).await;
    let app = sandbox.mint(json!({"client": CALLER_CLIENT_ID})).await;
    let graph = sandbox.graph_token(ALICE).await;
    for (assertion, works) in [(user, true), (app, false), (graph, false)] {
        let (status, reply) = sandbox
            .token(&[
                ("client_id", CLIENT_ID),
                ("client_secret", CLIENT_SECRET),
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
                ("requested_token_use", "on_behalf_of"),
                ("assertion", &assertion),
                ("scope", "User.Read"),
            ])
            .await;
        assert_eq!(status == StatusCode::OK, works, "{reply}");
    }
}

#[tokio::test]
async fn scripted_errors_carry_suberror_and_claims() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    sandbox
        .fault(json!({"service": "entra", "kind": "token_error", "times": 1,
            "error": "interaction_required", "code": 50076, "suberror": "basic_action",
            "claims": {"access_token": {"polids": {"essential": true, "values": ["p"]}}},
            "match": {"grant_type": "refresh_token", "persona": "Alice"}}))
        .await;
    let form = refresh(text(&tokens, "refresh_token"));
    let (_, error) = sandbox.token(&form).await;
    assert_eq!(error["error"], "interaction_required");
    assert_eq!(error["suberror"], "basic_action");
    assert!(text(&error, "claims").starts_with('{'));
    assert_eq!(sandbox.token(&form).await.0, StatusCode::OK);
}

#[tokio::test]
async fn web_applications_must_not_send_an_origin() {
    let sandbox = Sandbox::start().await;
    let response = sandbox
        .http
        .post(sandbox.tenant("/oauth2/v2.0/token"))
        .header("origin", "http://localhost:3000")
        .form(&credentials(CLIENT_ID, CLIENT_SECRET, "api://banter/.default"))
        .send()
        .await
        .unwrap();
    let error: Value = response.json().await.unwrap();
    assert_eq!(error["error_codes"], json!([9002326]));
}
