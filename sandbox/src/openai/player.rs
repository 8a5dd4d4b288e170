//! Plays a script as a streamed response.

use std::collections::VecDeque;
use std::io;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use tokio::sync::watch;

use super::script::Step;

/// Ends early when the instance stops.
pub fn response(steps: Vec<Step>, stopping: watch::Receiver<bool>) -> Response {
    let stream = stream::unfold((VecDeque::from(steps), stopping), |(mut steps, mut stopping)| async move {
        let item = next(&mut steps, &mut stopping).await?;
        Some((item, (steps, stopping)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

async fn next(steps: &mut VecDeque<Step>, stopping: &mut watch::Receiver<bool>) -> Option<io::Result<Bytes>> {
    loop {
        match steps.pop_front()? {
            Step::Send(bytes) => return Some(Ok(bytes.into())),
            Step::Wait(pause) => {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = stopped(stopping) => return broken(),
                }
            }
            Step::Forever => {
                stopped(stopping).await;
                return broken();
            }
            Step::Break => return broken(),
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the owner is gone.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// An error in the body makes the server drop the connection without a proper end.
fn broken() -> Option<io::Result<Bytes>> {
    Some(Err(io::Error::new(io::ErrorKind::ConnectionAborted, "cut by the sandbox")))
}
