//! The exchange of a person's token for one of ours, and ours.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{ALICE, DAVE, Setup, TestApp, header};

fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_persons_token_becomes_a_short_one_of_ours() {
    let app = TestApp::start().await;
    let answer = app.exchange(&app.calling(ALICE).await.token).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "cache-control")), (200, "no-store"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    let api = app.with_token(answer["access_token"].as_str().unwrap());
    let (me, claims) = (api.me().await, claims(&api.token));
    assert_eq!((&me["name"], &claims["iss"], &claims["sub"]), (&json!(ALICE), &json!(app.url), &me["id"]));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    let recorded = "SELECT string_agg(method || ' ' || outcome, ',') FROM sign_in_events";
    assert_eq!(app.text(recorded).await, "token_exchange success");
}

#[tokio::test]
async fn our_tokens_are_verified_with_the_published_keys_which_rotate_with_the_secret() {
    let app = TestApp::start().await;
    let api = app.exchanged(ALICE).await;
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(api.token.split('.').next().unwrap()).unwrap()).unwrap();
    let published = keys(&app).await;
    assert!(published.contains(&header["kid"].as_str().unwrap().to_owned()));
    let old = "a secret that is only used by these tests";
    let new = "another secret that is only used by these tests";
    let url = app.url.clone();
    let rotating = app.replica_with(&[("AUTH_SECRET", &format!("{new},{old}")), ("AUTH_URL", &url)]).await;
    let rotated = app.replica_with(&[("AUTH_SECRET", new), ("AUTH_URL", &url)]).await;
    assert_eq!(keys(&rotating).await, [keys(&rotated).await, published].concat());
    assert_eq!(api.at(&rotating).status().await, 200, "the old key is still known");
    assert_eq!(api.at(&rotated).status().await, 401, "and then it is not");
    let answer: Value = rotating.exchange(&app.calling(ALICE).await.token).await.json().await.unwrap();
    let newer = answer["access_token"].as_str().unwrap();
    assert_eq!(rotated.with_token(newer).status().await, 200, "the first one signs");
}

async fn keys(app: &TestApp) -> Vec<String> {
    let jwks: Value = reqwest::get(format!("{}/.well-known/jwks.json", app.url)).await.unwrap().json().await.unwrap();
    let keys = jwks["keys"].as_array().unwrap().iter();
    keys.inspect(|key| assert!(key.get("d").is_none())).map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn our_tokens_do_not_open_for_what_they_are_not() {
    let app = TestApp::start().await;
    let ours = app.exchanged(ALICE).await.token;
    let [head, body, signature] = ours.split('.').collect::<Vec<_>>()[..] else { panic!("three parts") };
    let changed = |change: fn(&mut Value)| {
        let mut claims = claims(&ours);
        change(&mut claims);
        format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string()))
    };
    let with_head = |header: Value| format!("{}.{body}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let by_provider = app.mint(json!({ "persona": ALICE, "claims": { "iss": app.url } })).await;
    for token in [
        changed(|claims| claims["exp"] = 9_999_999_999_i64.into()),
        changed(|claims| claims["sub"] = "00000000-0000-0000-0000-000000000000".into()),
        with_head(json!({ "alg": "none", "kid": "x" })),
        with_head(json!({ "alg": "HS256", "kid": "x" })),
        with_head(json!({ "alg": "EdDSA", "kid": "x" })),
        by_provider,
    ] {
        assert_eq!(app.with_token(token).status().await, 401);
    }
    let elsewhere = app.replica_with(&[("AUTH_URL", "http://localhost:9")]).await;
    assert_eq!(elsewhere.with_token(ours.as_str()).status().await, 401, "another deployment's token");
    let audience = app.replica_with(&[("API_AUDIENCE", "api://other"), ("AUTH_URL", &app.url.clone())]).await;
    assert_eq!(audience.with_token(ours).status().await, 401, "for another API");
}

#[tokio::test]
async fn our_tokens_are_good_for_no_longer_than_access_is_trusted() {
    let variables = [("ACCESS_RECHECK_MINUTES", "0.05".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let answer: Value = app.exchange(&app.calling(ALICE).await.token).await.json().await.unwrap();
    assert_eq!(answer["expires_in"], 3);
    let api = app.with_token(answer["access_token"].as_str().unwrap());
    assert_eq!(api.status().await, 200);
    app.until_within(10, "it ends", async || api.status().await == 401).await;
}

#[tokio::test]
async fn only_people_with_access_exchange_and_only_tokens_of_the_provider() {
    let app = TestApp::start().await;
    let refused = app.exchange(&app.calling(DAVE).await.token).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"], "access_denied");
    let without_scope = app.mint(json!({ "persona": ALICE, "claims": { "scp": "other" } })).await;
    assert_eq!(app.exchange(&without_scope).await.status(), 403);
    for token in [
        app.service().await.token,
        app.exchanged(ALICE).await.token,
        app.mint(json!({ "persona": ALICE, "kind": "graph" })).await,
        app.mint(json!({ "persona": ALICE, "signature": "none" })).await,
        "nonsense".to_owned(),
    ] {
        let refused = app.exchange(&token).await;
        assert_eq!(refused.status(), 400);
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["error"], "invalid_request", "{problem}");
        assert!(problem["correlation_id"].is_string());
    }
}

#[tokio::test]
async fn a_form_that_is_not_an_exchange_is_refused() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token;
    const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    const KIND: &str = "urn:ietf:params:oauth:token-type:access_token";
    let good = format!("grant_type={GRANT}&subject_token_type={KIND}&subject_token={token}");
    let form = "application/x-www-form-urlencoded";
    for (media, body, status) in [
        (form, good.clone(), 200),
        (form, String::new(), 400),
        (form, format!("{good}&grant_type={GRANT}"), 400),
        (form, format!("{good}&subject_token={token}"), 400),
        (form, good.replace(GRANT, "password"), 400),
        (form, good.replace(KIND, "urn:ietf:params:oauth:token-type:saml2"), 400),
        (form, format!("{good}&requested_token_type=urn:ietf:params:oauth:token-type:refresh_token"), 400),
        (form, format!("{good}&actor_token=x"), 400),
        (form, "x".repeat(5 << 20), 413),
        ("application/json", "{}".to_owned(), 415),
    ] {
        let request = Client::new().post(format!("{}/api/v1/token", app.url)).timeout(Duration::from_secs(20));
        let answer = request.header("content-type", media).body(body.clone()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{media}: {:.200}", body);
    }
}
