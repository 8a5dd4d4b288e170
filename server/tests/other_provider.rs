//! Signing in with a provider that is not Entra: no object ids, no directory, other keys.

use serde_json::{Value, json};

use crate::support::{Key, Provider, SUBJECT, Shape, TestApp};

#[tokio::test]
async fn somebody_is_their_issuer_and_subject_and_is_called_what_userinfo_says() {
    let provider = Provider::start(Shape::default()).await;
    let app = provider.app().await;
    let user = signed_in(&app).await;
    assert_eq!((&user["name"], &user["email"]), (&json!("Nora Other"), &json!("nora@other.example")));
    assert_eq!(account(&app).await, (provider.issuer.clone(), SUBJECT.to_owned()));
    assert_eq!(signed_in(&app).await["id"], user["id"], "it is the same person the next time");
}

#[tokio::test]
async fn any_safe_algorithm_that_the_provider_announces_will_do() {
    for algorithm in ["RS256", "RS512", "PS256", "PS512", "ES256", "ES384", "EdDSA"] {
        works(Shape { algorithm, ..Shape::default() }).await;
    }
}

#[tokio::test]
async fn an_algorithm_that_the_provider_does_not_announce_is_refused() {
    let discovery = json!({ "id_token_signing_alg_values_supported": ["RS256"] });
    refuses(Shape { discovery, ..Shape::default() }).await;
}

#[tokio::test]
async fn an_issuer_may_have_a_path_and_end_with_a_slash() {
    for path in ["/", "/realms/staff", "/realms/staff/"] {
        works(Shape { path, ..Shape::default() }).await;
    }
}

#[tokio::test]
async fn an_issuer_that_calls_itself_differently_is_not_believed() {
    let provider =
        Provider::start(Shape { discovery: json!({ "issuer": "https://other.example" }), ..Shape::default() }).await;
    assert_eq!(provider.app().await.browser().get("/chat").await.status(), 503);
}

#[tokio::test]
async fn keys_of_other_kinds_and_for_other_purposes_are_passed_over() {
    let mut for_secrets = Key::new("ES256").jwk;
    for_secrets["use"] = "enc".into();
    let more_keys = vec![
        json!({ "kty": "ZZ", "kid": "future" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "coins", "x": "AA", "y": "AA" }),
        json!({ "kty": "RSA", "use": "enc", "alg": "RSA-OAEP", "kid": "box", "n": "AQAB", "e": "AQAB" }),
        json!({ "kid": "nothing" }),
        for_secrets,
        Key::new("RS256").jwk,
    ];
    works(Shape { more_keys: more_keys.clone(), ..Shape::default() }).await;
    // Without a name in the header the one key that can have made the signature is left.
    works(Shape { more_keys, header: json!({ "kid": null }), ..Shape::default() }).await;
}

#[tokio::test]
async fn without_a_name_for_its_key_a_token_is_tried_with_every_key_that_fits() {
    let more_keys = vec![Key::new("ES256").jwk, Key::new("ES256").jwk];
    works(Shape { more_keys, header: json!({ "kid": null }), ..Shape::default() }).await;
}

#[tokio::test]
async fn a_key_without_a_name_can_be_rolled_over() {
    let provider = Provider::start(Shape { header: json!({ "kid": null }), ..Shape::default() }).await;
    let app = provider.app().await;
    signed_in(&app).await;
    provider.roll();
    signed_in(&app).await;
    signed_in(&app).await;
    assert_eq!(provider.asked()[0], 2, "and it was looked up once");
}

#[tokio::test]
async fn claims_that_are_written_twice_are_refused() {
    for raw_claims in [
        r#","sub":"person|2""#,
        r#","nonce":"another""#,
        r#","iss":"https://other.example""#,
        r#","aud":"banter at another provider""#,
        r#","exp":99999999999"#,
    ] {
        refuses(Shape { raw_claims, ..Shape::default() }).await;
    }
}

#[tokio::test]
async fn a_subject_that_names_nobody_is_refused() {
    for subject in [json!(""), json!("a\u{0}b"), json!("x".repeat(256)), json!(7), Value::Null] {
        refuses(Shape { claims: json!({ "sub": subject }), ..Shape::default() }).await;
    }
}

#[tokio::test]
async fn entras_names_for_claims_mean_nothing_elsewhere() {
    let claims =
        json!({ "oid": "a11ce000-0000-4000-8000-000000000001", "tid": "11111111-1111-4111-8111-111111111111" });
    let provider = Provider::start(Shape { claims, ..Shape::default() }).await;
    let app = provider.app().await;
    signed_in(&app).await;
    assert_eq!(account(&app).await, (provider.issuer.clone(), SUBJECT.to_owned()));
}

#[tokio::test]
async fn claims_of_the_same_name_and_another_kind_do_no_harm() {
    let claims = json!({
        "oid": 7, "tid": 42, "sid": { "id": 1 }, "login_hint": ["x"], "groups": "everyone", "roles": { "clerk": true },
    });
    works(Shape { claims, ..Shape::default() }).await;
}

#[tokio::test]
async fn display_claims_may_be_written_as_providers_like() {
    let claims = json!({
        "name": "Nora Token", "email": "n@other.example", "email_verified": "true", "updated_at": "2026-01-31T12:00:00Z",
        "address": null, "amr": ["pwd"], "https://other.example/claims": { "deep": [1] },
    });
    let provider = Provider::start(Shape { claims, ..Shape::default() }).await;
    assert_eq!(signed_in(&provider.app().await).await["name"], "Nora Token");
    assert_eq!(provider.asked()[1], 0, "userinfo has nothing to add");
}

#[tokio::test]
async fn userinfo_about_somebody_else_is_refused() {
    for body in [json!({ "sub": "person|2", "name": "Eve" }), json!({ "name": "Eve" }), json!({ "sub": ["person|1"] })]
    {
        refuses(Shape { userinfo: (200, body), ..Shape::default() }).await;
    }
}

#[tokio::test]
async fn trouble_with_userinfo_costs_nothing_but_the_name() {
    for userinfo in
        [(503, json!({})), (401, json!({ "error": "invalid_token" })), (200, json!("eyJhbGciOi")), (200, json!([]))]
    {
        works(Shape { userinfo, ..Shape::default() }).await;
    }
    works(Shape { discovery: json!({ "userinfo_endpoint": null }), ..Shape::default() }).await;
    works(Shape { discovery: json!({ "userinfo_endpoint": "http://127.0.0.1:9/" }), ..Shape::default() }).await;
}

#[tokio::test]
async fn what_a_token_endpoint_may_leave_out_is_not_missed() {
    works(Shape { token: json!({ "expires_in": null }), ..Shape::default() }).await;
    works(Shape { token: json!({ "expires_in": 18446744073709551615u64 }), ..Shape::default() }).await;
    works(Shape { token: json!({ "scope": "openid profile", "refresh_token": "r" }), ..Shape::default() }).await;
    works(Shape { discovery: json!({ "scopes_supported": null }), ..Shape::default() }).await;
}

#[tokio::test]
async fn a_secret_goes_into_the_header_if_that_is_what_the_provider_announces() {
    // Which form the provider wants is checked there, letter for letter; announcing nothing means the same.
    works(Shape {
        discovery: json!({ "token_endpoint_auth_methods_supported": ["client_secret_basic"] }),
        ..Shape::default()
    })
    .await;
}

/// Somebody gets in, and who.
async fn signed_in(app: &TestApp) -> Value {
    let browser = app.browser();
    let page = browser.get("/chat").await;
    let (status, path) = (page.status(), page.url().path().to_owned());
    assert_eq!((status.as_u16(), path.as_str()), (200, "/chat"), "{}", page.text().await.unwrap());
    browser.session().await["user"].clone()
}

async fn works(shape: Shape) {
    let provider = Provider::start(shape).await;
    signed_in(&provider.app().await).await;
}

async fn refuses(shape: Shape) {
    let provider = Provider::start(shape).await;
    let app = provider.app().await;
    let browser = app.browser();
    let page = browser.get("/chat").await;
    assert_eq!(page.status(), 403);
    assert!(page.text().await.unwrap().contains("could not be verified"));
    assert_eq!(browser.session().await, json!({}));
}

/// Whom the one account there is belongs to.
async fn account(app: &TestApp) -> (String, String) {
    sqlx::query_as("SELECT tid, oid FROM accounts").fetch_one(&app.database().await).await.unwrap()
}
