//! One isolated sandbox per test, and the steps of a client.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use sandbox::constants::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use sandbox::{Options, Running};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

pub const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-specification-1234";
pub const CALLBACK: &str = "http://localhost:3000/api/auth/callback/entra-id";
pub const SCOPE: &str = "openid profile email offline_access User.Read GroupMember.Read.All";

pub struct Sandbox {
    pub running: Running,
    pub http: Client,
}

impl Sandbox {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let running = sandbox::start(options).await.unwrap();
        let http = Client::builder().redirect(redirect::Policy::none()).cookie_store(true).build().unwrap();
        Self { running, http }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.base_url)
    }

    pub fn tenant(&self, path: &str) -> String {
        self.url(&format!("/{TENANT_ID}{path}"))
    }

    pub async fn get_json(&self, path: &str) -> Value {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn post_json(&self, path: &str, body: Value) -> Response {
        self.http.post(self.url(path)).json(&body).send().await.unwrap()
    }

    pub async fn fault(&self, fault: Value) {
        let response = self.post_json("/_sandbox/faults", fault).await;
        assert_eq!(response.status(), StatusCode::CREATED);
    }

    pub async fn patch_persona(&self, oid: &str, patch: Value) {
        let response =
            self.http.patch(self.url(&format!("/_sandbox/personas/{oid}"))).json(&patch).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }

    pub async fn patch_client(&self, id: &str, patch: Value) {
        let url = self.url(&format!("/_sandbox/clients/{id}"));
        let response = self.http.patch(url).json(&patch).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{patch}");
    }

    pub async fn mint(&self, order: Value) -> String {
        let reply: Value = self.post_json("/_sandbox/tokens", order).await.json().await.unwrap();
        reply["access_token"].as_str().unwrap().to_owned()
    }

    /// An authorize request; `more` replaces or adds parameters, an empty value removes one.
    pub async fn authorize(&self, more: &[(&str, &str)]) -> Response {
        let query = authorize_query(more);
        self.http.get(format!("{}?{query}", self.tenant("/oauth2/v2.0/authorize"))).send().await.unwrap()
    }

    /// Presses a person's button.
    pub async fn pick(&self, oid: &str, more: &[(&str, &str)]) -> Response {
        let query = authorize_query(more);
        self.http
            .post(self.tenant("/login"))
            .form(&[("request", query.as_str()), ("persona", oid)])
            .send()
            .await
            .unwrap()
    }

    pub async fn code(&self, oid: &str) -> String {
        let answer = redirected(&self.pick(oid, &[]).await);
        answer["code"].clone()
    }

    pub async fn token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let response = self.http.post(self.tenant("/oauth2/v2.0/token")).form(form).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    pub async fn redeem(&self, code: &str, more: &[(&str, &str)]) -> (StatusCode, Value) {
        self.token(&merged(
            &[
                ("client_id", CLIENT_ID),
                ("client_secret", CLIENT_SECRET),
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
            more,
        ))
        .await
    }

    /// The whole sign-in, to the tokens.
    pub async fn tokens_of(&self, oid: &str) -> Value {
        let code = self.code(oid).await;
        let (status, tokens) = self.redeem(&code, &[]).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        tokens
    }

    pub async fn graph_token(&self, oid: &str) -> String {
        self.mint(json!({"persona": oid, "kind": "graph"})).await
    }

    pub fn graph(&self, token: &str, path: &str) -> RequestBuilder {
        self.http.get(self.url(&format!("/graph/v1.0{path}"))).bearer_auth(token)
    }

    /// A chat completion at the deployment address.
    pub fn chat(&self, deployment: &str, body: Value) -> RequestBuilder {
        let path = format!("/openai/deployments/{deployment}/chat/completions?api-version=2024-10-21");
        self.http.post(self.url(&path)).header("api-key", "sandbox-key").json(&body)
    }
}

fn authorize_query(more: &[(&str, &str)]) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    let parameters = merged(
        &[
            ("client_id", CLIENT_ID),
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", SCOPE),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
        more,
    );
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn merged<'a>(base: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<_> =
        base.iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).copied().collect();
    all.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    all
}

/// The parameters of a redirect back to the application.
pub fn redirected(response: &Response) -> HashMap<String, String> {
    assert_eq!(response.status(), StatusCode::FOUND);
    let location = response.headers()["location"].to_str().unwrap();
    let url = Url::parse(location).unwrap();
    assert!(location.starts_with(CALLBACK), "{location}");
    url.query_pairs().into_owned().collect()
}

pub fn claims(token: &str) -> Value {
    part(token, 1)
}

pub fn header(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("no text {member} in {value}"))
}
