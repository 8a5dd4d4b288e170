//! Basic, certificates and federated credentials: assertions are verified, not ignored.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use sandbox::constants::{CALLER_CLIENT_ID, CLIENT_ID, CLIENT_SECRET};
use serde_json::{Value, json};

use crate::helper::{Sandbox, claims, text};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

async fn with_assertion(sandbox: &Sandbox, assertion: &str) -> (StatusCode, Value) {
    sandbox
        .token(&[
            ("client_id", CLIENT_ID),
            ("grant_type", "client_credentials"),
            ("scope", "https://cognitiveservices.azure.com/.default"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ])
        .await
}

/// A certificate made and registered by the sandbox.
async fn certificate(sandbox: &Sandbox) -> Value {
    let path = format!("/_sandbox/clients/{CLIENT_ID}/certificates");
    sandbox.post_json(&path, json!({})).await.json().await.unwrap()
}

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

fn assertion(
    sandbox: &Sandbox,
    certificate: &Value,
    algorithm: Algorithm,
    change: impl FnOnce(&mut Value, &mut Header),
) -> String {
    let mut header = Header::new(algorithm);
    match algorithm {
        Algorithm::PS256 => header.x5t_s256 = Some(text(certificate, "x5t#S256").into()),
        _ => header.x5t = Some(text(certificate, "x5t").into()),
    }
    let mut claims = json!({
        "aud": sandbox.tenant("/oauth2/v2.0/token"), "iss": CLIENT_ID, "sub": CLIENT_ID,
        "jti": "one", "nbf": now(), "iat": now(), "exp": now() + 600,
    });
    change(&mut claims, &mut header);
    let key = EncodingKey::from_rsa_pem(text(certificate, "private_key").as_bytes()).unwrap();
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

#[tokio::test]
async fn certificates_work_with_both_algorithms() {
    let sandbox = Sandbox::start().await;
    let certificate = certificate(&sandbox).await;
    for algorithm in [Algorithm::PS256, Algorithm::RS256] {
        let assertion = assertion(&sandbox, &certificate, algorithm, |_, _| {});
        let (status, reply) = with_assertion(&sandbox, &assertion).await;
        assert_eq!(status, StatusCode::OK, "{reply}");
        assert_eq!(claims(text(&reply, "access_token"))["appidacr"], "2");
    }
}

#[tokio::test]
async fn wrong_assertions_are_refused() {
    let sandbox = Sandbox::start().await;
    let certificate = certificate(&sandbox).await;
    type Change = fn(&mut Value, &mut Header);
    let cases: [(Change, u64); 6] = [
        (|claims, _| claims["aud"] = "https://elsewhere.example/token".into(), 700023),
        (|claims, _| claims["exp"] = json!(now() - 3600), 700024),
        (|claims, _| claims["nbf"] = json!(now() + 3600), 700024),
        (|claims, _| claims["sub"] = CALLER_CLIENT_ID.into(), 700021),
        (|claims, _| claims["iss"] = CALLER_CLIENT_ID.into(), 700211),
        (|_, header| header.x5t_s256 = Some("unknown".into()), 700027),
    ];
    for (change, code) in cases {
        let assertion = assertion(&sandbox, &certificate, Algorithm::PS256, change);
        let (status, error) = with_assertion(&sandbox, &assertion).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(error["error_codes"], json!([code]));
    }
    let valid = assertion(&sandbox, &certificate, Algorithm::PS256, |_, _| {});
    let (message, _) = valid.rsplit_once('.').unwrap();
    let forged = format!("{message}.{}", "A".repeat(342));
    let (_, error) = with_assertion(&sandbox, &forged).await;
    assert_eq!(error["error_codes"], json!([700027]));
}

#[tokio::test]
async fn federated_credentials_match_issuer_subject_and_audience_exactly() {
    let sandbox = Sandbox::start().await;
    let issuer = "https://cluster.example/";
    let subject = "system:serviceaccount:chat:banter";
    let path = format!("/_sandbox/clients/{CLIENT_ID}/federated");
    let body = json!({"issuer": issuer, "subject": subject});
    assert_eq!(sandbox.post_json(&path, body).await.status(), StatusCode::CREATED);
    for (order, expected) in [
        (json!({"issuer": issuer, "subject": subject}), None),
        (json!({"issuer": "https://cluster.example", "subject": subject}), Some(700211)),
        (json!({"issuer": issuer, "subject": "system:serviceaccount:chat:other"}), Some(700213)),
        (json!({"issuer": issuer, "subject": subject, "audience": "other"}), Some(700212)),
        (json!({"issuer": issuer, "subject": subject, "expires_in": -900}), Some(700024)),
    ] {
        let response = sandbox.post_json("/_sandbox/federated-token", order).await;
        let projected: Value = response.json().await.unwrap();
        let (status, reply) = with_assertion(&sandbox, text(&projected, "token")).await;
        match expected {
            None => assert_eq!(status, StatusCode::OK, "{reply}"),
            Some(code) => assert_eq!(reply["error_codes"], json!([code])),
        }
    }
}

#[tokio::test]
async fn basic_credentials_are_form_encoded() {
    let sandbox = Sandbox::start().await;
    let encoded: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
    let response = sandbox
        .http
        .post(sandbox.tenant("/oauth2/v2.0/token"))
        .basic_auth(CLIENT_ID, Some(encoded))
        .form(&[("grant_type", "client_credentials"), ("scope", "api://banter/.default")])
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_client_without_credential_is_refused() {
    let sandbox = Sandbox::start().await;
    let (status, error) = sandbox
        .token(&[("client_id", CLIENT_ID), ("grant_type", "client_credentials"), ("scope", "api://banter/.default")])
        .await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(error["error_codes"], json!([7000218]));
}

#[tokio::test]
async fn managed_identities_answer_in_strings() {
    let sandbox = Sandbox::start().await;
    let url = sandbox.url("/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fcognitiveservices.azure.com");
    let refused = sandbox.http.get(&url).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let request = sandbox.http.get(&url).header("x-identity-header", "sandbox-identity-header");
    let reply: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(text(&reply, "expires_on").parse::<i64>().is_ok());
    assert_eq!(claims(text(&reply, "access_token"))["aud"], "https://cognitiveservices.azure.com");
}
