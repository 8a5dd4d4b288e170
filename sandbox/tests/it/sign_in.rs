//! The authorize endpoint: picker, sessions, prompts, errors.

use reqwest::StatusCode;
use sandbox::personas::{ALICE, BOB, DAVE};
use serde_json::json;

use crate::helper::{CALLBACK, Sandbox, redirected};

#[tokio::test]
async fn the_picker_has_a_button_per_person_named_exactly_after_them() {
    let sandbox = Sandbox::start().await;
    let page = sandbox.authorize(&[]).await.text().await.unwrap();
    for name in [
        "Alice Archer",
        "Bob Baker",
        "Carol Chen",
        "Dave Dubois",
        "Erin Eriksen",
        "Frank Fuchs",
        "Grace Gómez-Núñez",
        "Cancel",
    ] {
        assert!(page.contains(&format!(">{name}</button>")), "{name}");
    }
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn success_returns_code_state_and_session_state() {
    let sandbox = Sandbox::start().await;
    let answer = redirected(&sandbox.pick(ALICE, &[]).await);
    assert!(answer["code"].len() > 300);
    assert_eq!(answer["state"], "the state");
    assert!(uuid::Uuid::parse_str(&answer["session_state"]).is_ok());
    assert!(!answer.contains_key("iss"));
}

#[tokio::test]
async fn a_session_answers_later_requests_silently() {
    let sandbox = Sandbox::start().await;
    sandbox.pick(ALICE, &[]).await;
    assert!(redirected(&sandbox.authorize(&[]).await).contains_key("code"));
    assert!(redirected(&sandbox.authorize(&[("prompt", "none")]).await).contains_key("code"));
    for prompt in ["login", "select_account"] {
        let response = sandbox.authorize(&[("prompt", prompt)]).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn prompt_none_without_a_session_is_login_required() {
    let sandbox = Sandbox::start().await;
    let answer = redirected(&sandbox.authorize(&[("prompt", "none")]).await);
    assert_eq!(answer["error"], "login_required");
    let description = &answer["error_description"];
    assert!(description.starts_with("AADSTS50058: "));
    assert!(description.contains("\r\nTrace ID: ") && description.contains("\r\nTimestamp: "));
    assert_eq!(answer["state"], "the state");
}

#[tokio::test]
async fn a_hint_chooses_among_several_sessions() {
    let sandbox = Sandbox::start().await;
    sandbox.pick(ALICE, &[]).await;
    sandbox.pick(BOB, &[("prompt", "select_account")]).await;
    let ambiguous = redirected(&sandbox.authorize(&[("prompt", "none")]).await);
    assert_eq!(ambiguous["error"], "interaction_required");
    let hint = [("prompt", "none"), ("login_hint", "bob.baker@linden-bank.example")];
    assert!(redirected(&sandbox.authorize(&hint).await).contains_key("code"));
}

#[tokio::test]
async fn cancel_gives_access_denied_without_description() {
    let sandbox = Sandbox::start().await;
    let page = sandbox.authorize(&[]).await.text().await.unwrap();
    let request = page
        .split("name=\"request\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .replace("&amp;", "&");
    let response = sandbox
        .http
        .post(sandbox.tenant("/login"))
        .form(&[("request", request.as_str()), ("cancel", "1")])
        .send()
        .await
        .unwrap();
    let answer = redirected(&response);
    assert_eq!(answer["error"], "access_denied");
    assert_eq!(answer["error_subcode"], "cancel");
    assert!(!answer.contains_key("error_description"));
}

#[tokio::test]
async fn redirect_addresses_match_exactly_except_for_the_loopback_port() {
    let sandbox = Sandbox::start().await;
    let path = "/api/auth/callback/entra-id";
    for origin in ["http://localhost:1", "https://localhost:8443", "http://127.0.0.1:9999"] {
        let uri = format!("{origin}{path}");
        let response = sandbox.authorize(&[("redirect_uri", &uri)]).await;
        assert_eq!(response.status(), StatusCode::OK, "{uri}");
    }
    for uri in [
        "http://localhost:3000/api/auth/callback/Entra-id",
        "http://localhost:3000/api/auth/callback/entra-id/",
        "http://localhost:3000/api/auth/callback/entra-id?x=1",
        "http://localhost:3000/x/../api/auth/callback/entra-id",
        "http://localhost.evil.example/api/auth/callback/entra-id",
        "http://evil.example/api/auth/callback/entra-id",
        "http://localhost@evil.example/api/auth/callback/entra-id",
    ] {
        let response = sandbox.authorize(&[("redirect_uri", uri)]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{uri}");
        assert!(response.text().await.unwrap().contains("AADSTS50011"));
    }
}

#[tokio::test]
async fn faults_of_the_request_go_back_to_the_application() {
    let sandbox = Sandbox::start().await;
    for (parameter, value, error) in [
        ("response_type", "id_token", "unsupported_response_type"),
        ("response_type", "code id_token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("prompt", "maybe", "invalid_request"),
        ("code_challenge_method", "S512", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("scope", "openid banana", "invalid_scope"),
        ("scope", "api://unknown/read", "invalid_resource"),
    ] {
        let answer = redirected(&sandbox.authorize(&[(parameter, value)]).await);
        assert_eq!(answer["error"], error, "{parameter}={value}");
    }
}

#[tokio::test]
async fn an_unknown_client_or_tenant_is_never_redirected() {
    let sandbox = Sandbox::start().await;
    let response = sandbox.authorize(&[("client_id", "nobody")]).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.text().await.unwrap().contains("AADSTS700016"));
    let tenant = sandbox.url("/not-a-tenant/v2.0/.well-known/openid-configuration");
    let response = sandbox.http.get(tenant).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn form_post_and_fragment_are_honoured() {
    let sandbox = Sandbox::start().await;
    let response = sandbox.pick(ALICE, &[("response_mode", "form_post")]).await;
    let page = response.text().await.unwrap();
    assert!(page.contains(&format!("action=\"{CALLBACK}\"")) && page.contains("name=\"code\""));
    let response = sandbox.pick(ALICE, &[("response_mode", "fragment")]).await;
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.contains("#code="));
}

#[tokio::test]
async fn unassigned_and_disabled_people_do_not_get_a_code() {
    let sandbox = Sandbox::start().await;
    sandbox.patch_persona(DAVE, json!({"assigned": false})).await;
    let answer = redirected(&sandbox.pick(DAVE, &[]).await);
    assert_eq!(answer["error"], "access_denied");
    assert!(answer["error_description"].starts_with("AADSTS50105"));
    sandbox.patch_persona(BOB, json!({"disabled": true})).await;
    let page = sandbox.pick(BOB, &[]).await.text().await.unwrap();
    assert!(page.contains("AADSTS50057"));
}

#[tokio::test]
async fn consent_can_be_asked_for_and_missed() {
    let sandbox = Sandbox::start().await;
    let page = sandbox.pick(ALICE, &[("prompt", "consent")]).await;
    assert!(page.text().await.unwrap().contains(">Accept</button>"));
    let more = [("scope", "openid Mail.Read")];
    let page = sandbox.pick(ALICE, &more).await.text().await.unwrap();
    assert!(page.contains("Need admin approval"));
    let silent = [("scope", "openid Mail.Read"), ("prompt", "none")];
    let answer = redirected(&sandbox.authorize(&silent).await);
    assert_eq!(answer["error"], "consent_required");
}

#[tokio::test]
async fn an_ordered_error_reaches_the_application() {
    let sandbox = Sandbox::start().await;
    sandbox
        .fault(json!({"service": "entra", "kind": "authorize_error", "times": 1,
            "error": "temporarily_unavailable", "code": 90033, "match": {"persona": "Alice"}}))
        .await;
    assert!(redirected(&sandbox.pick(BOB, &[]).await).contains_key("code"));
    let answer = redirected(&sandbox.pick(ALICE, &[]).await);
    assert_eq!(answer["error"], "temporarily_unavailable");
    assert!(redirected(&sandbox.pick(ALICE, &[]).await).contains_key("code"));
}
