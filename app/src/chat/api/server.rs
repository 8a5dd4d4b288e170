//! The chat page's server functions: who is asking, then one use case.

use std::sync::Arc;

use futures::{StreamExt as _, stream::FuturesUnordered};
use leptos::prelude::*;
use model::{
    AskReceipt, Conversation, ConversationId, ConversationPage, Message, MessageId, ModelChoice, NumberedEvent,
    ReplyEvent,
};
use server_fn::codec::{ByteStream, GetUrl, Streaming};

use crate::AppError;

/// Asks `content` in `conversation`, or in a new one, and says where the answer will be written.
/// As a plain form it leads to the conversation's page.
#[server(prefix = "/fn", endpoint = "ask")]
pub async fn ask(
    #[server(default)] conversation: Option<ConversationId>,
    content: String,
    #[server(default)] model: Option<String>,
) -> Result<AskReceipt, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let receipt = request
        .services
        .conversations
        .ask(viewer.id, conversation, &content, model.as_deref())
        .await
        .map_err(|error| request.fail(error))?;
    if request.plain_form {
        leptos_axum::redirect(&format!("/chat/{}", receipt.conversation_id));
    }
    Ok(receipt)
}

/// A conversation with all its messages.
#[server(name = ReadConversation, prefix = "/fn", endpoint = "conversation", input = GetUrl)]
pub async fn conversation(id: ConversationId) -> Result<Conversation, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.open(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// One page of the viewer's conversations, newest first; `cursor` from the page before.
#[server(prefix = "/fn", endpoint = "conversations", input = GetUrl)]
pub async fn conversations(#[server(default)] cursor: Option<String>) -> Result<ConversationPage, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.list(viewer.id, cursor.as_deref()).await.map_err(|error| request.fail(error))
}

/// The Markdown of one message, for copying.
#[server(prefix = "/fn", endpoint = "message_source", input = GetUrl)]
pub async fn message_source(id: MessageId) -> Result<String, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.message_source(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// The models the viewer may ask, the default first.
#[server(prefix = "/fn", endpoint = "models", input = GetUrl)]
pub async fn models() -> Result<Vec<ModelChoice>, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.models.of(viewer.id).await.map_err(|error| request.fail(error))
}

/// Ends a reply where it is; the part written so far stays.
#[server(prefix = "/fn", endpoint = "stop")]
pub async fn stop(reply: MessageId) -> Result<(), AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.stop(viewer.id, reply).await.map_err(|error| request.fail(error))
}

/// Lets a reply go on that broke off, from the text that it has; the reply as it is now.
#[server(prefix = "/fn", endpoint = "resume")]
pub async fn resume(reply: MessageId) -> Result<Message, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.resume(viewer.id, reply).await.map_err(|error| request.fail(error))
}

/// The events of a reply after number `after`: those there are, then those to come, until its last one.
/// One JSON [`model::NumberedEvent`] a line, or only its text where it is the next delta. The stream breaking off without
/// an `end` event means: ask again.
#[server(prefix = "/fn", endpoint = "reply_events", input = GetUrl, output = Streaming)]
pub async fn reply_events(reply: MessageId, after: i32) -> Result<ByteStream<AppError>, AppError> {
    let (request, asker) = crate::context::asking_in_session()?;
    let conversations = &request.services.conversations;
    let events = conversations.follow(asker.viewer.id, reply, after).await.map_err(|error| request.fail(error))?;
    // The stream outlives the moment in which its reader was let in.
    let people = Arc::clone(&request.services.people);
    let over = async move { people.session_over(asker.session).await };
    // Looked at when it has something to say only, not at each event.
    let mut over = FuturesUnordered::from_iter([Box::pin(over)]);
    let over = Box::pin(async move { over.next().await });
    let mut last = after;
    Ok(ByteStream::new(events.take_until(over).map(move |batch| match batch {
        Ok(events) => Ok(to_lines(&events, &mut last)),
        Err(error) => Err(request.fail(error)),
    })))
}

fn to_lines(events: &[NumberedEvent], last: &mut i32) -> Vec<u8> {
    let mut lines = Vec::new();
    if events.is_empty() {
        // A sign of life: an empty line, which readers pass over.
        lines.push(b'\n');
    }
    for event in events {
        // Almost all events are short deltas one after the other; their number would be most of the line.
        let written = match &event.event {
            ReplyEvent::Delta(text) if event.n == *last + 1 => serde_json::to_writer(&mut lines, text),
            _ => serde_json::to_writer(&mut lines, event),
        };
        *last = event.n;
        // Strings and numbers: writing them to memory cannot fail.
        if written.is_ok() {
            lines.push(b'\n');
        }
    }
    lines
}
