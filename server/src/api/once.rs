//! `Idempotency-Key`: a request that is sent again gets the same answer and does nothing a second time.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
};
use model::UserId;
use serde_json::Value;
use services::once::Standing;
use utoipa::IntoParams;

use super::problem::{Kind, Problem};
use crate::{Doors, request::CorrelationId};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST_KEY: usize = 255;

/// For the description.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header; it is read below")]
pub(super) struct KeyHeader {
    /// The same key with the same body gets the same answer for a day, and nothing happens twice.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    key: Option<String>,
}

/// Does `work`, or gives the answer that it had before. `what`: that which has to be the same for the same key.
/// The work goes on when its caller goes away, so that the answer is there when they come back.
pub(super) async fn once(
    doors: &Doors,
    owner: UserId,
    headers: &HeaderMap,
    correlation_id: &CorrelationId,
    what: &[&[u8]],
    work: impl Future<Output = Result<(StatusCode, Value), Problem>> + Send + 'static,
) -> Result<Response, Problem> {
    let Some(key) = key(headers)? else {
        let (status, body) = work.await?;
        return Ok((status, Json(body)).into_response());
    };
    let once = doors.services.once.clone();
    let failed = |error| Problem::failed(error, correlation_id);
    match once.begin(owner, &key, what).await.map_err(failed)? {
        Standing::Begun => {}
        Standing::Answered { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            return Ok((status, [(REPLAYED, HeaderValue::from_static("true"))], Json(body)).into_response());
        }
        Standing::UnderWay => {
            let detail = "A request with this Idempotency-Key is being worked on. Try again in a moment.";
            return Err(Problem::new(Kind::Conflict, detail).retry_after(1));
        }
        Standing::Other => return Err(Problem::of(Kind::KeyReused)),
    }
    let done = tokio::spawn(async move {
        let done = work.await;
        let kept = match &done {
            Ok((status, body)) => once.finish(owner, &key, status.as_u16(), body).await,
            Err(_) => once.let_go(owner, &key).await,
        };
        if let Err(error) = kept {
            tracing::error!(error = %error, "the answer to a request with a key could not be kept");
        }
        done
    });
    let (status, body) = done.await.map_err(|error| failed(services::Error::Internal(error)))??;
    Ok((status, Json(body)).into_response())
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut keys = headers.get_all(KEY).iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let text = key.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()));
    match text {
        Some(text) if !text.is_empty() && text.len() <= LONGEST_KEY && keys.next().is_none() => {
            Ok(Some(text.to_owned()))
        }
        _ => Err(Problem::new(
            Kind::InvalidRequest,
            "The Idempotency-Key is one word of at most 255 visible characters.",
        )),
    }
}
