//! Following a reply from afar: server-sent events, gone on with by number after a break.

use std::time::Duration;

use async_stream::try_stream;
use futures::{Stream, StreamExt as _};
use serde_json::Value;
use tokio::time::sleep;

use super::{PATIENCE, Remote, RemoteError, RemoteReply, checked};

/// Breaks in a row without a new event between them.
const MOST_BREAKS: u32 = 5;
/// There is a sign of life every few seconds.
const SILENCE: Duration = Duration::from_secs(45);

/// Something that happened to a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum RemoteEvent {
    Text(String),
    /// All of the text so far, in place of what came before.
    Replace(String),
    /// The text so far is withdrawn.
    Retracted(String),
    Notice(String),
    Usage(Value),
    /// The last: the reply's status.
    End(String),
}

impl Remote {
    /// The events of a reply, to the last.
    pub fn events<'a>(
        &'a self,
        reply: &'a RemoteReply,
    ) -> impl Stream<Item = Result<RemoteEvent, RemoteError>> + Send + 'a {
        try_stream! {
            let (mut after, mut breaks) = (0_i64, 0);
            loop {
                let response = match self.open(&reply.events, after).await {
                    Ok(response) => Some(checked(response).await?),
                    Err(error) if breaks >= MOST_BREAKS => Err(error)?,
                    Err(_) => None,
                };
                if let Some(response) = response {
                    let mut body = response.bytes_stream();
                    let mut unread = Vec::new();
                    while let Ok(Some(Ok(bytes))) = tokio::time::timeout(SILENCE, body.next()).await {
                        unread.extend_from_slice(&bytes);
                        while let Some(end) = unread.windows(2).position(|two| two == b"\n\n") {
                            let block: Vec<u8> = unread.drain(..end + 2).collect();
                            let Some((number, event)) = read(&String::from_utf8_lossy(&block)) else { continue };
                            (after, breaks) = (number, 0);
                            let is_last = matches!(event, RemoteEvent::End(_));
                            yield event;
                            if is_last {
                                return;
                            }
                        }
                    }
                }
                breaks += 1;
                if breaks > MOST_BREAKS {
                    Err(RemoteError::Unreachable("The reply".into(), "its connection broke again and again".into()))?;
                }
                sleep(Duration::from_millis(500) * breaks).await;
            }
        }
    }

    async fn open(&self, path: &str, after: i64) -> Result<reqwest::Response, RemoteError> {
        let mut url = self.base.clone();
        url.set_path(path);
        let request = self.http.get(url).bearer_auth(&self.token).header("last-event-id", after.to_string());
        // The head has to come soon; the rest takes as long as it takes.
        match tokio::time::timeout(PATIENCE, request.send()).await {
            Ok(answered) => answered.map_err(|error| self.unreachable(error)),
            Err(_) => Err(RemoteError::Unreachable("The reply".into(), "no answer in time".into())),
        }
    }
}

/// One block of lines, if it is an event that means something here.
fn read(block: &str) -> Option<(i64, RemoteEvent)> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let number = field("id:")?.parse().ok()?;
    let data: Value = serde_json::from_str(field("data:")?).ok()?;
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let event = match field("event:")? {
        "delta" if data.get("replace") == Some(&Value::Bool(true)) => RemoteEvent::Replace(text("text")),
        "delta" => RemoteEvent::Text(text("text")),
        "retracted" => RemoteEvent::Retracted(text("text")),
        "notice" => RemoteEvent::Notice(text("text")),
        "usage" => RemoteEvent::Usage(data),
        "finished" | "stopped" | "interrupted" | "failed" => RemoteEvent::End(text("status")),
        _ => return None,
    };
    Some((number, event))
}
