//! Whether the process lives, and whether it can do its work.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;

use crate::Doors;

const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// 503 without a usable database. The provider being away is told but does not make the process unready: people who
/// are signed in go on working, and taking every replica out at once would end that.
pub(crate) async fn ready(State(doors): State<Doors>) -> impl IntoResponse {
    // Whoever asks has a timeout of their own, and the provider's answer is only for information.
    let provider = tokio::time::timeout(PATIENCE, doors.services.sign_in.check_provider());
    let (database, provider) = tokio::join!(doors.services.check_database(), provider);
    let status = if database.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let report = json!({
        "ready": database.is_ok(),
        "database": database.err().unwrap_or_else(|| "ok".to_owned()),
        "provider": match provider {
            Ok(Ok(())) => "ok".to_owned(),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it cannot be reached: no answer yet".to_owned(),
        },
    });
    (status, Json(report))
}
