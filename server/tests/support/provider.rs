//! An OpenID provider that is not Entra: strict in what it takes, plain in what it gives, with deviations to order.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use tokio::net::TcpListener;

use super::{Setup, TestApp, keys::Key};

pub const CLIENT_ID: &str = "banter at another provider";
pub const CLIENT_SECRET: &str = "s/e c+r%e&t:ü=";
pub const SUBJECT: &str = "person|1";
const ACCESS_TOKEN: &str = "an opaque access token";

/// What is different from the usual. Members of objects replace the usual ones; null removes.
pub struct Shape {
    pub algorithm: &'static str,
    /// Of the issuer, with or without a slash at the end.
    pub path: &'static str,
    pub discovery: Value,
    pub header: Value,
    pub claims: Value,
    /// JSON text before the claims' closing brace, for what no map can hold.
    pub raw_claims: &'static str,
    pub token: Value,
    /// Published besides the signing key.
    pub more_keys: Vec<Value>,
    /// Status and body.
    pub userinfo: (u16, Value),
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            algorithm: "ES256",
            path: "",
            discovery: json!({}),
            header: json!({}),
            claims: json!({}),
            raw_claims: "",
            token: json!({}),
            more_keys: Vec::new(),
            userinfo: (200, json!({ "sub": SUBJECT, "name": "Nora Other", "email": "nora@other.example" })),
        }
    }
}

/// A started one; ends with the test.
pub struct Provider {
    pub issuer: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    base_url: String,
    issuer: String,
    shape: Shape,
    key: Mutex<Arc<Key>>,
    /// The authorization request of each code that was not redeemed yet.
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    asked: [AtomicUsize; 2],
}

impl Provider {
    pub async fn start(shape: Shape) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let issuer = format!("{base_url}{}", shape.path);
        let document = format!("{}/.well-known/openid-configuration", shape.path.trim_end_matches('/'));
        let key = Mutex::new(Arc::new(Key::new(shape.algorithm)));
        let shared = Arc::new(Shared {
            base_url,
            issuer: issuer.clone(),
            shape,
            key,
            codes: Default::default(),
            asked: Default::default(),
        });
        let router = Router::new()
            .route(&document, get(discovery))
            .route("/jwks", get(jwks))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            // The directory of somebody else: our token is nothing to it.
            .route("/graph/{*rest}", get(async || StatusCode::UNAUTHORIZED))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { issuer, shared, task }
    }

    /// The app, with this provider and everybody allowed in.
    pub async fn app(&self) -> TestApp {
        let variables = HashMap::from([
            ("AUTH_MICROSOFT_ENTRA_ID_ISSUER", self.issuer.clone()),
            ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", CLIENT_ID.to_owned()),
            ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("ALLOWED_GROUP_IDS", String::new()),
            ("GRAPH_BASE_URL", format!("{}/graph", self.shared.base_url)),
        ]);
        TestApp::start_with(Setup { variables, ..Setup::default() }).await
    }

    /// Signs with a new key from now on, and publishes no other.
    pub fn roll(&self) {
        *self.shared.key.lock().unwrap() = Arc::new(Key::new(self.shared.shape.algorithm));
    }

    /// How often the keys were read, and the userinfo.
    pub fn asked(&self) -> [usize; 2] {
        [0, 1].map(|which| self.shared.asked[which].load(Ordering::SeqCst))
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn key(&self) -> Arc<Key> {
        Arc::clone(&self.key.lock().unwrap())
    }

    fn id_token(&self, nonce: Option<&String>) -> String {
        let key = self.key();
        let now = services::clock::now().unix_timestamp();
        let hash = match self.shape.algorithm {
            "RS512" | "PS512" | "EdDSA" => Sha512::digest(ACCESS_TOKEN).to_vec(),
            "ES384" => Sha384::digest(ACCESS_TOKEN).to_vec(),
            _ => Sha256::digest(ACCESS_TOKEN).to_vec(),
        };
        let claims = json!({
            "iss": self.issuer, "sub": SUBJECT, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": nonce,
            "at_hash": URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]),
        });
        let mut claims = merged(claims, &self.shape.claims).to_string();
        claims.insert_str(claims.len() - 1, self.shape.raw_claims);
        let header = merged(json!({ "alg": self.shape.algorithm, "kid": key.kid }), &self.shape.header).to_string();
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = key.sign(&message);
        format!("{message}.{signature}")
    }

    /// Only what was registered: the client's secret in the header, both halves form-url-encoded.
    fn knows(&self, headers: &HeaderMap, form: &HashMap<String, String>) -> bool {
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let expected = STANDARD.encode(format!("{}:{}", encode(CLIENT_ID), encode(CLIENT_SECRET)));
        let basic = headers.get("authorization").and_then(|value| value.to_str().ok());
        let in_form = form.contains_key("client_secret") || form.contains_key("client_assertion");
        basic == Some(&format!("Basic {expected}")) && !in_form
    }
}

/// Without `token_endpoint_auth_methods_supported`, which means the header.
async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let base = &shared.base_url;
    let document = json!({
        "issuer": shared.issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "jwks_uri": format!("{base}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none", "XX999", shared.shape.algorithm],
    });
    Json(merged(document, &shared.shape.discovery))
}

async fn jwks(State(shared): State<Arc<Shared>>) -> Response {
    shared.asked[0].fetch_add(1, Ordering::SeqCst);
    let mut keys = shared.shape.more_keys.clone();
    keys.push(shared.key().jwk.clone());
    ([("content-type", "application/jwk-set+json")], json!({ "keys": keys }).to_string()).into_response()
}

/// Everybody is signed in already.
async fn authorize(State(shared): State<Arc<Shared>>, Query(query): Query<HashMap<String, String>>) -> Response {
    let known = |name: &str, value: &str| query.get(name).is_some_and(|given| given == value);
    if !known("client_id", CLIENT_ID) || !query.contains_key("redirect_uri") {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let mut answer = url::Url::parse(&query["redirect_uri"]).unwrap();
    answer.query_pairs_mut().append_pair("state", query.get("state").map_or("", String::as_str));
    let scopes: Vec<&str> = query.get("scope").map(|scope| scope.split(' ').collect()).unwrap_or_default();
    let unknown = scopes.iter().any(|scope| !["openid", "profile", "email"].contains(scope));
    if unknown || !scopes.contains(&"openid") {
        answer.query_pairs_mut().append_pair("error", "invalid_scope");
    } else if !known("response_type", "code") || !known("code_challenge_method", "S256") {
        answer.query_pairs_mut().append_pair("error", "invalid_request");
    } else {
        let code = services::clock::new_id().to_string();
        answer.query_pairs_mut().append_pair("code", &code);
        shared.codes.lock().unwrap().insert(code, query);
    }
    Redirect::to(answer.as_str()).into_response()
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let refused = |status, error: &str| (status, Json(json!({ "error": error }))).into_response();
    if !shared.knows(&headers, &form) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let request = form.get("code").and_then(|code| shared.codes.lock().unwrap().remove(code));
    let Some(request) = request else { return refused(StatusCode::BAD_REQUEST, "invalid_grant") };
    let verifier = form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if verifier.as_ref() != request.get("code_challenge") || form.get("redirect_uri") != request.get("redirect_uri") {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let answer = json!({
        "access_token": ACCESS_TOKEN, "token_type": "bearer", "expires_in": "3600",
        "id_token": shared.id_token(request.get("nonce")),
    });
    Json(merged(answer, &shared.shape.token)).into_response()
}

async fn userinfo(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    shared.asked[1].fetch_add(1, Ordering::SeqCst);
    let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
    if bearer != Some(&format!("Bearer {ACCESS_TOKEN}")) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let (status, body) = &shared.shape.userinfo;
    (StatusCode::from_u16(*status).unwrap(), Json(body)).into_response()
}

fn merged(mut usual: Value, changes: &Value) -> Value {
    let members = usual.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    usual
}
