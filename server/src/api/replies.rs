//! Replies as they are written: numbered events (server-sent events, WHATWG HTML §9.2) that any connection can go on with.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use model::{Ending, MessageId, NumberedEvent, ReplyEvent};
use serde_json::{Value, json};

use super::{
    body::PathId,
    caller::Calling,
    problem::{Kind, Problem},
};
use crate::{Doors, request::CorrelationId};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Follow a reply.
///
/// `event` is one of `delta` (`{"text"}`; with `"replace": true` it is all of the text so far, in place of what came
/// before), `notice` (`{"kind","text"}`), `usage` (token counts), `retracted` (the text so far is withdrawn), and last
/// one of `finished`, `stopped`, `interrupted` and `failed` (`{"status"}`; a reply that a content filter cut off ends
/// as `failed` with the status `filtered`). `id` is the event's number: give the last one as `Last-Event-ID` to go on
/// behind it. Lines that begin with a colon are signs of life. The stream ends early when the token does.
#[utoipa::path(get, path = "/api/v1/replies/{id}/events", tag = "Messages",
    params(("id" = String, Path), ("Last-Event-ID" = Option<i32>, Header, minimum = 0, maximum = 2147483647, description = "Go on behind this event.")),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub(super) async fn events(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(reply): PathId<MessageId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = match headers.get(LAST_EVENT_ID).map(HeaderValue::to_str) {
        None => 0,
        Some(text) => text
            .ok()
            .and_then(|text| text.parse::<i32>().ok())
            .filter(|after| *after >= 0)
            .ok_or_else(|| Problem::new(Kind::InvalidRequest, "Last-Event-ID is no event's number."))?,
    };
    let events = doors.services.conversations.follow(calling.id(), reply, after).await;
    let events = events.map_err(|error| Problem::failed(error, &correlation_id))?;
    let frames = events.map(|batch| match batch {
        Ok(events) if events.is_empty() => Ok(Bytes::from_static(b": still here\n\n")),
        Ok(events) => Ok(Bytes::from(events.iter().map(frame).collect::<String>())),
        Err(error) => Err(error),
    });
    // Tells how soon to come back after a break.
    let first = futures::stream::iter([Ok(Bytes::from_static(b"retry: 1000\n\n"))]);
    Ok(event_stream(until_over(&doors, calling, first.chain(frames))))
}

/// Stop a reply. What was written until then stays.
#[utoipa::path(post, path = "/api/v1/replies/{id}/stop", tag = "Messages", params(("id" = String, Path)), responses((status = 204)))]
pub(super) async fn stop(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(reply): PathId<MessageId>,
) -> Result<StatusCode, Problem> {
    let stopped = doors.services.conversations.stop(calling.id(), reply).await;
    stopped.map_err(|error| Problem::failed(error, &correlation_id))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `events` for as long as the caller may read them: they outlive the request that was let in.
pub(super) fn until_over<T: Send + 'static>(
    doors: &Doors,
    calling: Calling,
    events: impl Stream<Item = T> + Send + 'static,
) -> impl Stream<Item = T> + Send + 'static {
    let people = Arc::clone(&doors.services.people);
    let over = async move { people.caller_over(&calling.caller, &calling.token).await };
    events.take_until(Box::pin(over)).fuse()
}

/// A response of server-sent events.
pub(super) fn event_stream<E: Into<axum::BoxError>>(
    frames: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // Proxies are to pass each piece on at once.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(frames)).into_response()
}

/// One event, as it crosses the wire. JSON has no line ends in it.
fn frame(event: &NumberedEvent) -> String {
    let (name, data) = named(&event.event);
    format!("id: {}\nevent: {name}\ndata: {data}\n\n", event.n)
}

fn named(event: &ReplyEvent) -> (&'static str, Value) {
    match event {
        ReplyEvent::Delta(text) => ("delta", json!({ "text": text })),
        ReplyEvent::All(text) => ("delta", json!({ "text": text, "replace": true })),
        ReplyEvent::Retracted(notice) => ("retracted", json!(notice)),
        ReplyEvent::Waiting(secs) => {
            let text = format!("The model cannot be asked yet; in {secs} s it will be asked again.");
            ("notice", json!({ "kind": "waiting", "text": text, "retry_in_secs": secs }))
        }
        ReplyEvent::Notice(notice) => ("notice", json!(notice)),
        ReplyEvent::Usage(usage) => ("usage", json!(usage)),
        ReplyEvent::End(ending) => {
            let name = match ending {
                Ending::Finished => "finished",
                Ending::Stopped => "stopped",
                Ending::Interrupted => "interrupted",
                Ending::Failed | Ending::Filtered => "failed",
            };
            (name, json!({ "status": ending.status().as_str() }))
        }
    }
}
