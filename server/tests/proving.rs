//! How the app proves itself at the token endpoint, at a provider that knows no secret of it: by a certificate, a
//! federated token, or the platform's identity.

mod identity_endpoint;
mod platform;
mod seen;

use std::{collections::HashMap, process::Command};

use model::Ending;
use reqwest::Method;
use sandbox::constants::CLIENT_ID;
use serde_json::{Value, json};

use self::{
    identity_endpoint::{HEADER, IdentityEndpoint},
    platform::{Files, ISSUER, Platform, SUBJECT, control},
    seen::{assertion_of, grants, no_key_is_sent, token_requests},
};
use crate::support::{ALICE, BOB, CAROL, Setup, TestApp};

const SECRET: &str = "AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const FEDERATED: &str = "AZURE_FEDERATED_TOKEN_FILE";

#[tokio::test]
async fn with_a_certificate_people_sign_in_and_the_model_is_asked_and_no_secret_is_sent() {
    let files = Files::new();
    let certificate = Platform::start().await.certificate().await;
    // The secret is configured all the same: it must not be touched.
    let secret = (SECRET, "not-needed".to_owned());
    let app = app([(CERTIFICATE, files.write_certificate(&certificate)), secret]).await;
    trust(&app, &certificate).await;
    let asked = app.signed_in(ALICE).await.ask("echo: hello").await;
    assert_eq!(asked.ending(), Ending::Finished);
    let requests = token_requests(&app).await;
    assert_eq!(grants(&requests), ["authorization_code", "client_credentials"]);
    for request in &requests {
        let [header, claims] = assertion_of(request);
        assert_eq!(header, json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate["x5t#S256"] }));
        assert_eq!(claims["aud"], format!("{}/oauth2/v2.0/token", app.sandbox.issuer().trim_end_matches("/v2.0")));
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!(CLIENT_ID), &json!(CLIENT_ID)));
        assert!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap() <= 600);
    }
    assert_ne!(assertion_of(&requests[0])[1]["jti"], assertion_of(&requests[1])[1]["jti"]);
    no_key_is_sent(&app).await;
}

#[tokio::test]
async fn a_certificate_that_the_provider_does_not_know_gives_a_page_with_its_code() {
    let files = Files::new();
    let certificate = Platform::start().await.certificate().await;
    let app = app([(CERTIFICATE, files.write_certificate(&certificate))]).await;
    let response = app.browser().sign_in(ALICE).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    assert!(page.contains("You could not be signed in") && page.contains("AADSTS700027"), "{page}");
}

#[tokio::test]
async fn a_replaced_certificate_is_used_at_once_and_an_unreadable_one_never() {
    let (files, platform) = (Files::new(), Platform::start().await);
    let (old, new) = (platform.certificate().await, platform.certificate().await);
    let app = app([(CERTIFICATE, files.write_certificate(&old))]).await;
    trust(&app, &old).await;
    files.write("certificate", "half a certif");
    app.signed_in(ALICE).await;
    control(&app.sandbox, Method::DELETE, &format!("clients/{CLIENT_ID}/certificates"), json!({})).await;
    trust(&app, &new).await;
    files.write_certificate(&new);
    app.signed_in(BOB).await;
    let used: Vec<_> = token_requests(&app).await.iter().map(|one| assertion_of(one)[0]["x5t#S256"].clone()).collect();
    assert_eq!(used, [old["x5t#S256"].clone(), new["x5t#S256"].clone()]);
}

#[tokio::test]
async fn a_rotated_federated_token_serves_sign_ins_and_the_apps_own_tokens() {
    let (files, platform) = (Files::new(), Platform::start().await);
    let app = app([(FEDERATED, files.write("token", &platform.token("first").await))]).await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 2, "match": own_tokens() })).await;
    trust_subject(&app, "first").await;
    let alice = app.signed_in(ALICE).await;
    assert_eq!(alice.ask("echo: before").await.ending(), Ending::Finished);

    control(&app.sandbox, Method::DELETE, &format!("clients/{CLIENT_ID}/federated"), json!({})).await;
    trust_subject(&app, "second").await;
    let refused = app.browser().sign_in(BOB).await;
    assert!(refused.text().await.unwrap().contains("AADSTS700213"), "the old one is worth nothing now");
    let rotated = platform.token("second").await;
    files.write("token", &rotated);
    app.signed_in(BOB).await;
    let renewed = async || {
        assert_eq!(alice.ask("echo: after").await.ending(), Ending::Finished);
        let last = token_requests(&app).await.pop().unwrap();
        last["grant_type"] == "client_credentials" && last["client_assertion"] == rotated
    };
    app.until("the app's own token is renewed with the rotated one", renewed).await;
}

#[tokio::test]
async fn a_federated_token_file_that_is_away_for_a_moment_stops_nobody() {
    let files = Files::new();
    let path = files.write("token", &Platform::start().await.token(SUBJECT).await);
    let app = app([(FEDERATED, path.clone())]).await;
    trust_subject(&app, SUBJECT).await;
    std::fs::remove_file(path).unwrap();
    app.signed_in(ALICE).await;
    files.write("token", "");
    app.signed_in(BOB).await;
}

#[tokio::test]
async fn a_managed_identity_serves_sign_ins_and_the_apps_own_tokens_and_is_asked_once() {
    let endpoint = IdentityEndpoint::start().await;
    let app = app([
        ("IDENTITY_ENDPOINT", format!("{}/msi/token", endpoint.url)),
        ("IDENTITY_HEADER", HEADER.to_owned()),
        ("AZURE_MANAGED_IDENTITY_CLIENT_ID", "one-of-several".to_owned()),
    ])
    .await;
    trust_subject(&app, SUBJECT).await;
    app.signed_in(BOB).await;
    assert_eq!(app.signed_in(ALICE).await.ask("echo: hello").await.ending(), Ending::Finished);
    let asked = endpoint.asked();
    assert_eq!(asked.len(), 1, "the token is kept");
    let (query, token) = &asked[0];
    assert_eq!((&*query["resource"], &*query["client_id"]), ("api://AzureADTokenExchange", "one-of-several"));
    let requests = token_requests(&app).await;
    assert_eq!(grants(&requests), ["authorization_code", "authorization_code", "client_credentials"]);
    assert!(requests.iter().all(|request| request["client_assertion"] == *token));
    no_key_is_sent(&app).await;
}

#[tokio::test]
async fn a_virtual_machines_identity_is_asked_in_its_own_form() {
    let endpoint = IdentityEndpoint::start().await;
    let identity = ("AZURE_MANAGED_IDENTITY_CLIENT_ID", "one-of-several".to_owned());
    let app = app([identity, ("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.url.clone())]).await;
    trust_subject(&app, SUBJECT).await;
    app.signed_in(ALICE).await;
    assert_eq!(endpoint.asked()[0].0["client_id"], "one-of-several");
}

#[tokio::test]
async fn while_the_identity_endpoint_is_down_a_page_says_so_and_then_all_is_well() {
    let endpoint = IdentityEndpoint::start().await;
    endpoint.set_down(true);
    let url = format!("{}/msi/token", endpoint.url);
    let app = app([("IDENTITY_ENDPOINT", url), ("IDENTITY_HEADER", HEADER.to_owned())]).await;
    trust_subject(&app, SUBJECT).await;
    let response = app.browser().sign_in(ALICE).await;
    assert_eq!(response.status(), 503);
    let page = response.text().await.unwrap();
    assert!(page.contains("cannot be reached") && page.contains("Reference"), "{page}");
    endpoint.set_down(false);
    app.signed_in(ALICE).await;
}

#[tokio::test]
async fn the_apps_own_token_is_asked_for_once_and_renewed_ahead_of_its_end() {
    let files = Files::new();
    let app = app([(FEDERATED, files.write("token", &Platform::start().await.token(SUBJECT).await))]).await;
    trust_subject(&app, SUBJECT).await;
    let own = async || {
        let requests = token_requests(&app).await.into_iter();
        requests.filter(|request| request["grant_type"] == "client_credentials").collect::<Vec<_>>()
    };
    // It could be used for eight seconds; for the first four it is.
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 8, "match": own_tokens() })).await;
    let (alice, bob, carol) = tokio::join!(app.signed_in(ALICE), app.signed_in(BOB), app.signed_in(CAROL));
    let asked = tokio::join!(alice.ask("echo: one"), bob.ask("echo: two"), carol.ask("echo: three"));
    assert_eq!([asked.0.ending(), asked.1.ending(), asked.2.ending()], [Ending::Finished; 3]);
    alice.ask("echo: four").await;
    assert_eq!(own().await.len(), 1);
    app.until("it is renewed", async || {
        alice.ask("echo: again").await;
        own().await.len() == 2
    })
    .await;
    let times: Vec<f64> = own().await.iter().map(|request| request["at"].parse().unwrap()).collect();
    assert!((3.9..8.0).contains(&(times[1] - times[0])), "{times:?}");
}

#[test]
fn a_credential_that_cannot_be_used_stops_the_start_with_its_variable_named() {
    let files = Files::new();
    for (variable, path) in [
        (CERTIFICATE, "/nowhere/certificate.pem".to_owned()),
        (CERTIFICATE, files.write("certificate", "garbled")),
        (FEDERATED, "/nowhere/token".to_owned()),
        (FEDERATED, files.write("token", "garbled")),
    ] {
        let (code, message) = run(&[(variable, &path), (SECRET, "a-secret-beside-it")]);
        assert_eq!(code, Some(2));
        assert!(message.contains(&format!("{variable} names a file")), "{message}");
        assert!(!message.contains("a-secret-beside-it") && !message.contains("garbled"), "{message}");
    }
}

#[tokio::test]
async fn the_log_of_the_start_says_which_credential_is_used_and_which_are_not() {
    let (files, platform) = (Files::new(), Platform::start().await);
    let token = files.write("token", &platform.token(SUBJECT).await);
    let certificate = files.write_certificate(&platform.certificate().await);
    for (variables, used, passed_over) in [
        (vec![(SECRET, "s")], "client secret", None),
        (vec![(CERTIFICATE, &*certificate), (SECRET, "s")], "client certificate", Some("client secret")),
        (
            vec![(CERTIFICATE, &*certificate), (SECRET, "s"), (FEDERATED, &*token)],
            "federated client assertion",
            Some("client certificate, client secret"),
        ),
        (vec![("AZURE_MANAGED_IDENTITY_CLIENT_ID", "x")], "managed identity", None),
    ] {
        let (_, log) = run(&variables);
        let line = log.lines().find(|line| line.contains("how the app proves itself")).expect(&log);
        let fields = &serde_json::from_str::<Value>(line).unwrap()["fields"];
        assert_eq!((fields["credential"].as_str(), fields["passed_over"].as_str()), (Some(used), passed_over));
    }
}

/// The app with `variables` and without secret and key, at a provider that has forgotten the app's secret.
async fn app<const N: usize>(variables: [(&'static str, String); N]) -> TestApp {
    let mut all = HashMap::from([(SECRET, String::new()), ("AZURE_OPENAI_API_KEY", String::new())]);
    all.extend(variables);
    let app = TestApp::start_with(Setup { variables: all, ..Setup::default() }).await;
    control(&app.sandbox, Method::PATCH, &format!("clients/{CLIENT_ID}"), json!({ "secrets": [] })).await;
    app
}

/// The program's exit code and log. It finds no pages to serve, so it stops by itself.
fn run(variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_banter"))
        .env_clear()
        .env("LOG_FORMAT", "json")
        .env("AUTH_URL", "http://localhost:3000")
        .env("AUTH_SECRET", "a secret that is only used by these tests")
        .env("DATABASE_URL", "postgres://nobody@localhost/nothing")
        .env("AUTH_MICROSOFT_ENTRA_ID_ISSUER", "http://localhost:1/11111111-1111-4111-8111-111111111111/v2.0")
        .env("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID)
        .env("AZURE_OPENAI_BASE_URL", "http://localhost:1")
        .env("AZURE_OPENAI_DEPLOYMENTS", "gpt-5-mini")
        .env("LEPTOS_SITE_ROOT", "/nowhere")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

async fn trust(app: &TestApp, certificate: &Value) {
    let public = json!({ "certificate": certificate["certificate"] });
    control(&app.sandbox, Method::POST, &format!("clients/{CLIENT_ID}/certificates"), public).await;
}

async fn trust_subject(app: &TestApp, subject: &str) {
    let credential = json!({ "issuer": ISSUER, "subject": subject });
    control(&app.sandbox, Method::POST, &format!("clients/{CLIENT_ID}/federated"), credential).await;
}

fn own_tokens() -> Value {
    json!({ "grant_type": "client_credentials" })
}
