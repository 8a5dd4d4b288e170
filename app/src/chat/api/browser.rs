//! The chat page's server functions, called from the browser.

use model::{AskReceipt, Conversation, ConversationId, ConversationPage, Message, MessageId};

use crate::{AppError, fetch};

/// Asks `content` in `conversation`, or in a new one, and says where the answer will be written.
pub async fn ask(
    conversation: Option<ConversationId>,
    content: String,
    model: Option<String>,
) -> Result<AskReceipt, AppError> {
    let conversation = conversation.map(|id| id.to_string());
    let arguments =
        [("conversation", conversation.as_deref()), ("content", Some(&*content)), ("model", model.as_deref())];
    fetch::post("ask", &arguments).await
}

/// A conversation with all its messages.
pub async fn conversation(id: ConversationId) -> Result<Conversation, AppError> {
    fetch::get("conversation", &[("id", Some(&id.to_string()))]).await
}

/// One page of the viewer's conversations, newest first; `cursor` from the page before.
pub async fn conversations(cursor: Option<String>) -> Result<ConversationPage, AppError> {
    fetch::get("conversations", &[("cursor", cursor.as_deref())]).await
}

/// The Markdown of one message, for copying.
pub async fn message_source(id: MessageId) -> Result<String, AppError> {
    fetch::get("message_source", &[("id", Some(&id.to_string()))]).await
}

/// Ends a reply where it is; the part written so far stays.
pub async fn stop(reply: MessageId) -> Result<(), AppError> {
    fetch::post("stop", &[("reply", Some(&reply.to_string()))]).await
}

/// Lets a reply go on that broke off, from the text that it has; the reply as it is now.
pub async fn resume(reply: MessageId) -> Result<Message, AppError> {
    fetch::post("resume", &[("reply", Some(&reply.to_string()))]).await
}
