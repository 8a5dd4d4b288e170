//! A corpus of tokens, right and wrong, and what each gets. One table; its last column is part of the answer's words.

use sandbox::constants::{CALLER_CLIENT_ID, CLIENT_ID, ROLELESS_CLIENT_ID, TENANT_ID};
use serde_json::{Value, json};
use services::clock;

use crate::support::{ALICE, Setup, TestApp, header};

const OTHER_TENANT: &str = "99999999-9999-4999-8999-999999999999";

/// Name, order at the sandbox's mint, status, words.
fn corpus(issuer: &str) -> Vec<(&'static str, Value, u16, &'static str)> {
    let now = clock::now().unix_timestamp();
    let alice = |more: Value| merged(json!({ "persona": ALICE }), more);
    let claims = |claims: Value| alice(json!({ "claims": claims }));
    let head = |header: Value| alice(json!({ "header": header }));
    let caller = |claims: Value| json!({ "client": CALLER_CLIENT_ID, "claims": claims });
    let foreign_issuer = issuer.replace(TENANT_ID, OTHER_TENANT);
    vec![
        // Accepted.
        ("a person's", alice(json!({})), 200, "user"),
        ("a person's, expired a minute ago", claims(json!({ "exp": now - 60 })), 200, "user"),
        ("a person's, valid in a minute", claims(json!({ "nbf": now + 60, "iat": now + 60 })), 200, "user"),
        ("for the App ID URI", claims(json!({ "aud": "api://banter" })), 200, "user"),
        ("for the App ID URI with a slash", claims(json!({ "aud": "api://banter/" })), 200, "user"),
        ("for a list of one", claims(json!({ "aud": [CLIENT_ID] })), 200, "user"),
        ("with another scope besides", claims(json!({ "scp": "other access_as_user" })), 200, "user"),
        ("of type at+jwt", head(json!({ "typ": "at+jwt" })), 200, "user"),
        ("an application's", caller(json!({})), 200, "service"),
        ("an application's without idtyp", caller(json!({ "idtyp": null })), 200, "service"),
        // Believed, and without the right.
        ("a person's without the scope", claims(json!({ "scp": "other" })), 403, "access_as_user"),
        ("a scope that begins like it", claims(json!({ "scp": "access_as_user.read" })), 403, "access_as_user"),
        (
            "a person's with the role instead",
            claims(json!({ "scp": "x", "roles": ["Banter.Use"] })),
            403,
            "access_as_user",
        ),
        ("an application's without the role", json!({ "client": ROLELESS_CLIENT_ID }), 403, "Banter.Use"),
        ("an application's with another role", caller(json!({ "roles": ["Banter.Used"] })), 403, "Banter.Use"),
        // Neither a person's nor an application's.
        ("a person's without scopes", claims(json!({ "scp": null })), 401, "neither"),
        (
            "a person's with the role and no scopes",
            claims(json!({ "scp": null, "roles": ["Banter.Use"] })),
            401,
            "neither",
        ),
        ("an application's with scopes", caller(json!({ "scp": "access_as_user" })), 401, "has scopes"),
        ("an id_token", alice(json!({ "kind": "id_token" })), 401, "which application calls"),
        (
            "an id_token that names a caller",
            alice(json!({ "kind": "id_token", "claims": { "azp": CLIENT_ID } })),
            401,
            "neither",
        ),
        // For somebody else.
        ("for Microsoft Graph", alice(json!({ "kind": "graph" })), 401, "signature"),
        ("for the model service", alice(json!({ "kind": "cognitive_services" })), 401, "aud"),
        ("for another application", claims(json!({ "aud": CALLER_CLIENT_ID })), 401, "aud"),
        ("for us and another", claims(json!({ "aud": [CLIENT_ID, CALLER_CLIENT_ID] })), 401, "aud"),
        ("for an address that begins like ours", claims(json!({ "aud": "api://banter.evil" })), 401, "aud"),
        ("for nobody", claims(json!({ "aud": null })), 401, "aud"),
        // By somebody else.
        ("of another tenant", claims(json!({ "tid": OTHER_TENANT, "iss": foreign_issuer })), 401, "iss"),
        ("of another tenant by our issuer", claims(json!({ "tid": OTHER_TENANT })), 401, "tid"),
        ("of no tenant", claims(json!({ "tid": null })), 401, "tid"),
        (
            "by the issuer's v1 name with version 2",
            claims(json!({ "iss": format!("https://sts.windows.net/{TENANT_ID}/") })),
            401,
            "ver",
        ),
        (
            "by another tenant's v1 name",
            claims(json!({ "ver": "1.0", "iss": format!("https://sts.windows.net/{OTHER_TENANT}/") })),
            401,
            "iss",
        ),
        ("by the issuer with a slash", claims(json!({ "iss": format!("{issuer}/") })), 401, "iss"),
        ("by nobody", claims(json!({ "iss": null })), 401, "iss"),
        (
            "signed by another key under a known name",
            alice(json!({ "signature": "foreign_key" })),
            401,
            "signature is wrong",
        ),
        ("with a changed signature", alice(json!({ "signature": "bad_signature" })), 401, "signature is wrong"),
        ("unsigned, alg none", alice(json!({ "signature": "none" })), 401, "alg"),
        ("HS256 with the public key as secret", alice(json!({ "signature": "hs256" })), 401, "alg"),
        ("an algorithm of the right family that is not allowed", head(json!({ "alg": "RS512" })), 401, "alg"),
        ("an algorithm of another family", head(json!({ "alg": "ES256" })), 401, "alg"),
        ("an algorithm in other letters", head(json!({ "alg": "rs256" })), 401, "alg"),
        ("no algorithm", head(json!({ "alg": null })), 401, "alg"),
        ("an unknown key", head(json!({ "kid": "nobody's" })), 401, "kid"),
        ("a path for a key", head(json!({ "kid": "../../dev/null" })), 401, "kid"),
        ("no key named", head(json!({ "kid": null })), 401, "kid"),
        ("a demanded extension", head(json!({ "crit": ["exp"] })), 401, "crit"),
        ("of another type", head(json!({ "typ": "logout+jwt" })), 401, "typ"),
        // Outside its time.
        ("expired ten minutes ago", claims(json!({ "exp": now - 600 })), 401, "expired"),
        ("valid in ten minutes", claims(json!({ "nbf": now + 600 })), 401, "not valid yet"),
        ("issued in ten minutes", claims(json!({ "iat": now + 600 })), 401, "future"),
        ("without an end", claims(json!({ "exp": null })), 401, "exp"),
        ("with its end as text", claims(json!({ "exp": "9999999999" })), 401, "exp"),
        ("with an end that overflows", claims(json!({ "exp": 1e300 })), 401, "exp"),
        ("without a beginning", claims(json!({ "iat": null })), 401, "iat"),
        // Malformed.
        ("without a subject", claims(json!({ "sub": null })), 401, "sub"),
        ("without an object id", claims(json!({ "oid": null })), 401, "oid"),
        ("with a number for an object id", claims(json!({ "oid": 7 })), 401, "oid"),
        ("with a list for scopes", claims(json!({ "scp": ["access_as_user"] })), 401, "scp"),
        ("with text for roles", caller(json!({ "roles": "Banter.Use" })), 401, "roles"),
        ("with groups that are numbers", claims(json!({ "groups": [1, 2] })), 401, "groups"),
        (
            "with the scope given twice",
            alice(json!({ "raw_claims": r#","scp":"access_as_user""# })),
            401,
            "not a signed JSON Web Token",
        ),
        (
            "with the audience given twice",
            alice(json!({ "raw_claims": r#","aud":"api://banter""# })),
            401,
            "not a signed JSON Web Token",
        ),
        ("with claims cut off", alice(json!({ "raw_claims": r#","x":"# })), 401, "not a signed JSON Web Token"),
        ("of 64 kB", claims(json!({ "padding": "x".repeat(48 << 10) })), 401, "larger"),
    ]
}

#[tokio::test]
async fn every_token_of_the_corpus_gets_what_it_deserves() {
    let app = TestApp::start().await;
    for (name, order, status, words) in corpus(&app.sandbox.issuer()) {
        let api = app.with_token(app.mint(order).await);
        let answer = api.get("/api/v1/me").await;
        assert_eq!(answer.status(), status, "{name}: {}", answer.text().await.unwrap());
        let challenge = header(&answer, "www-authenticate").to_owned();
        let body = answer.text().await.unwrap();
        assert!(body.contains(words), "{name}: {body}");
        match status {
            401 => assert!(
                challenge.starts_with("Bearer error=\"invalid_token\", error_description=\""),
                "{name}: {challenge}"
            ),
            403 => assert!(
                challenge.starts_with("Bearer error=\"insufficient_scope\"") && challenge.contains(words),
                "{name}: {challenge}"
            ),
            _ => assert!(challenge.is_empty(), "{name}: {challenge}"),
        }
    }
}

#[tokio::test]
async fn tokens_of_the_old_form_are_as_good() {
    let sandbox = sandbox::Options { api_tokens_v1: true, ..sandbox::Options::default() };
    let app = TestApp::start_with(Setup { sandbox, ..Setup::default() }).await;
    assert_eq!(app.calling(ALICE).await.me().await["name"], ALICE);
    assert_eq!(app.service().await.me().await["name"], "Payments workflow");
    let with_v2_version = json!({ "persona": ALICE, "claims": { "ver": "2.0" } });
    assert_eq!(app.with_token(app.mint(with_v2_version).await).status().await, 401);
}

#[tokio::test]
async fn what_is_no_token_is_none() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token;
    let browser = app.signed_in(ALICE).await;
    let answer = browser.get("/api/v1/me").await;
    assert_eq!(answer.status(), 401, "the session's cookie opens nothing here");
    assert_eq!(header(&answer, "www-authenticate"), "Bearer realm=\"banter\"", "without a token none is wrong");
    let with = async |lines: &[&str]| {
        let request = lines.iter().fold(browser.request(reqwest::Method::GET, "/api/v1/me"), |request, line| {
            request.header("authorization", *line)
        });
        request.send().await.unwrap().status().as_u16()
    };
    let bearer = format!("Bearer {token}");
    assert_eq!(with(&[&bearer]).await, 200);
    assert_eq!(with(&[&format!("bearer  {token}")]).await, 200);
    let (jwe, cut) = (format!("Bearer {token}.a.b"), format!("Bearer {}", token.rsplit_once('.').unwrap().0));
    for lines in [
        &[bearer.as_str(), bearer.as_str()][..],
        &["Basic YWxpY2U6YWxpY2U="],
        &["Bearer"],
        &["Bearer "],
        &[&token],
        &["Bearer .."],
        &["Bearer a.b.c"],
        &[&jwe],
        &[&cut],
        &[&format!("{bearer}=")],
        &[&format!("{bearer}, {bearer}")],
    ] {
        assert_eq!(with(lines).await, 401, "{lines:?}");
    }
}

#[tokio::test]
async fn only_allowed_applications_call_where_some_are_named() {
    let variables = [("API_ALLOWED_CLIENTS", format!("{},other", CLIENT_ID.to_uppercase()))].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    assert_eq!(app.calling(ALICE).await.status().await, 200);
    let refused = app.service().await.get("/api/v1/me").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("API_ALLOWED_CLIENTS"));
    let by_another = app.mint(json!({ "persona": ALICE, "client": CALLER_CLIENT_ID })).await;
    assert_eq!(app.with_token(by_another).status().await, 403, "people come through applications, too");
}

#[tokio::test]
async fn without_an_audience_there_is_no_api() {
    let variables = [("API_AUDIENCE", String::new())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let api = app.calling(ALICE).await;
    for path in ["/api/v1/me", "/api/v1/token", "/api/v1/nothing", "/api/v1", "/.well-known/jwks.json"] {
        assert_eq!(api.get(path).await.status(), 404, "{path}");
    }
    assert_eq!(app.exchange(&api.token).await.status(), 404);
}

fn merged(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}
