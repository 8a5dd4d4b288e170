//! Remembers the requests the three services received, and whether the caller stayed until the end.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use serde::Serialize;
use serde_json::Value;

use crate::clock;
use crate::http::OverTls;
use crate::state::{Shared, lock};

const KEPT_RECORDS: usize = 2_000;
const MAX_BODY_BYTES: usize = 64 << 20;

/// One request and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    pub id: u64,
    /// `entra`, `graph` or `openai`.
    pub service: &'static str,
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub https: bool,
    pub headers: BTreeMap<String, String>,
    /// The body as text; `null` if there was none.
    pub body: Option<String>,
    /// The body parsed, if it is JSON.
    pub json: Option<Value>,
    pub time: String,
    /// `null` while no answer has begun.
    pub status: Option<u16>,
    pub sent_bytes: u64,
    /// The whole answer was handed to the connection.
    pub finished: bool,
    /// The caller went away before the end of the answer.
    pub disconnected: bool,
}

#[derive(Clone, Default)]
pub struct Recordings {
    next_id: Arc<AtomicU64>,
    records: Arc<Mutex<VecDeque<Record>>>,
}

impl Recordings {
    pub fn list(&self, service: Option<&str>) -> Vec<Record> {
        lock(&self.records)
            .iter()
            .filter(|record| service.is_none_or(|wanted| wanted == record.service))
            .cloned()
            .collect()
    }

    pub fn clear(&self) {
        lock(&self.records).clear();
    }

    /// Gives the record its id; ids in the list have no gaps.
    fn push(&self, mut record: Record) -> u64 {
        let mut records = lock(&self.records);
        record.id = self.next_id.fetch_add(1, Ordering::Relaxed) + 1;
        let id = record.id;
        if records.len() == KEPT_RECORDS {
            records.pop_front();
        }
        records.push_back(record);
        id
    }

    fn update(&self, id: u64, change: impl FnOnce(&mut Record)) {
        let mut records = lock(&self.records);
        let Some(first) = records.front().map(|record| record.id) else {
            return;
        };
        // Called for every packet: no searching.
        let index = id.checked_sub(first).and_then(|index| usize::try_from(index).ok());
        if let Some(record) = index.and_then(|index| records.get_mut(index)) {
            change(record);
        }
    }
}

/// Middleware: records requests of the three services, not those to the control endpoints.
pub async fn record(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let Some(service) = service_of(request.uri().path()) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let recordings = state.recordings.clone();
    let id = recordings.push(Record {
        id: 0,
        service,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        https: parts.extensions.get::<OverTls>().is_some(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), value)
            })
            .collect(),
        json: serde_json::from_slice(&body).ok(),
        body: (!body.is_empty()).then(|| String::from_utf8_lossy(&body).into_owned()),
        time: clock::rfc3339(),
        status: None,
        sent_bytes: 0,
        finished: false,
        disconnected: false,
    });
    let mut watch = Watch { recordings, id, done: false };
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    let status = response.status().as_u16();
    watch.note(|record| record.status = Some(status));
    // A body of known size is written in one go; only streams can be left early.
    if let Some(bytes) = response.body().size_hint().exact() {
        watch.note(|record| record.sent_bytes = bytes);
        watch.finish();
        return response;
    }
    let (parts, body) = response.into_parts();
    let inner = body.into_data_stream();
    Response::from_parts(parts, Body::from_stream(Watched { inner, watch }))
}

fn service_of(path: &str) -> Option<&'static str> {
    match path.split('/').nth(1).unwrap_or_default() {
        "" | "_sandbox" | "favicon.ico" => None,
        "graph" => Some("graph"),
        "openai" => Some("openai"),
        _ => Some("entra"),
    }
}

/// Dropped before the end means that the caller left.
struct Watch {
    recordings: Recordings,
    id: u64,
    done: bool,
}

impl Watch {
    fn note(&self, change: impl FnOnce(&mut Record)) {
        self.recordings.update(self.id, change);
    }

    fn finish(&mut self) {
        self.done = true;
        self.note(|record| record.finished = true);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.done {
            self.note(|record| record.disconnected = true);
        }
    }
}

struct Watched {
    inner: BodyDataStream,
    watch: Watch,
}

impl Stream for Watched {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.inner).poll_next(cx);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                let len = bytes.len() as u64;
                self.watch.note(|record| record.sent_bytes += len);
            }
            // An error is a cut of our own making, not the caller's.
            Poll::Ready(None | Some(Err(_))) => self.watch.finish(),
            Poll::Pending => {}
        }
        polled
    }
}
