//! The platform's endpoint for managed identities, in both documented forms. The identity is one that the app
//! registration can be told to trust; its tokens are those of the sandbox's cluster.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::platform::{Platform, SUBJECT};

pub const HEADER: &str = "only-known-inside";

pub struct IdentityEndpoint {
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    platform: Platform,
    down: AtomicBool,
    /// What was asked, and the token that was given.
    asked: Mutex<Vec<(HashMap<String, String>, String)>>,
}

impl IdentityEndpoint {
    pub async fn start() -> Self {
        let platform = Platform::start().await;
        let shared = Arc::new(Shared { platform, down: AtomicBool::new(false), asked: Mutex::default() });
        let router =
            Router::new().route("/msi/token", get(answer)).route("/metadata/identity/oauth2/token", get(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = router.with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, shared }
    }

    pub fn set_down(&self, down: bool) {
        self.shared.down.store(down, Ordering::SeqCst);
    }

    pub fn asked(&self) -> Vec<(HashMap<String, String>, String)> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> (StatusCode, Json<Value>) {
    if shared.down.load(Ordering::SeqCst) {
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "statusCode": 500, "message": "no identity today" })));
    }
    let app_service = uri.path() == "/msi/token";
    let (header, value, version) =
        if app_service { ("x-identity-header", HEADER, "2019-08-01") } else { ("metadata", "true", "2018-02-01") };
    if headers.get(header).is_none_or(|sent| sent != value) || query.get("api-version").is_none_or(|v| v != version) {
        let error =
            json!({ "error": "invalid_request", "error_description": "Required metadata header not specified" });
        return (StatusCode::BAD_REQUEST, Json(error));
    }
    let token = shared.platform.token(SUBJECT).await;
    let ends = services::clock::now().unix_timestamp() + 3600;
    let mut body = json!({ "access_token": token, "token_type": "Bearer", "expires_on": ends.to_string() });
    if !app_service {
        body["expires_in"] = "3600".into();
    }
    shared.asked.lock().unwrap().push((query, token));
    (StatusCode::OK, Json(body))
}
