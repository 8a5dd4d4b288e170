//! The chat page's server functions, called from the browser.

use model::{AskReceipt, ConversationId, ConversationPage, Found, Message, MessageId};

use super::follow;
use crate::{
    AppError,
    fetch::{self, Method},
};

/// Asks `content` in `conversation`, or in a new one, and says where the answer will be written. It begins to arrive with
/// that, for whoever follows it.
pub async fn ask(
    conversation: Option<ConversationId>,
    content: String,
    model: Option<String>,
    temporary: bool,
    id: Option<MessageId>,
) -> Result<AskReceipt, AppError> {
    let conversation = conversation.map(|id| id.to_string());
    let id = id.map(|id| id.to_string());
    let arguments = [
        ("conversation", conversation.as_deref()),
        ("content", Some(&*content)),
        ("model", model.as_deref()),
        ("temporary", temporary.then_some("true")),
        ("id", id.as_deref()),
    ];
    let mut lines = fetch::stream(Method::Post, "ask_and_read", &arguments).await?;
    let receipt: AskReceipt = fetch::of_line(lines.next_line().await?)?;
    _ = follow::at_hand(Some((receipt.reply.id, lines)));
    Ok(receipt)
}

/// One page of the viewer's conversations, newest first; `cursor` from the page before. Of a folder, of those put away,
/// or of all others.
pub async fn conversations(
    cursor: Option<String>,
    folder: Option<String>,
    archived: bool,
) -> Result<ConversationPage, AppError> {
    let archived = archived.then_some("true");
    let arguments = [("cursor", cursor.as_deref()), ("folder", folder.as_deref()), ("archived", archived)];
    fetch::get("conversations", &arguments).await
}

/// The viewer's conversations with these words.
pub async fn search(q: String) -> Result<Vec<Found>, AppError> {
    fetch::get("search", &[("q", Some(&q))]).await
}

/// Rates an answer, or takes the rating back. The revision of its conversation then.
pub async fn rate(answer: MessageId, good: Option<bool>, comment: Option<String>) -> Result<i64, AppError> {
    let good = good.map(|good| if good { "true" } else { "false" });
    fetch::post("rate", &[("answer", Some(&answer.to_string())), ("good", good), ("comment", comment.as_deref())]).await
}

/// Keeps what was written and not sent.
pub async fn keep_draft(conversation: Option<ConversationId>, content: String) -> Result<(), AppError> {
    let conversation = conversation.map(|id| id.to_string());
    fetch::post("keep_draft", &[("conversation", conversation.as_deref()), ("content", Some(&content))]).await
}

/// The Markdown of one message, for copying.
pub async fn message_source(id: MessageId) -> Result<String, AppError> {
    fetch::get("message_source", &[("id", Some(&id.to_string()))]).await
}

/// One message as HTML for the clipboard.
pub async fn message_html(id: MessageId) -> Result<String, AppError> {
    fetch::get("message_html", &[("id", Some(&id.to_string()))]).await
}

/// Ends a reply where it is; the part written so far stays.
pub async fn stop(reply: MessageId) -> Result<(), AppError> {
    fetch::post("stop", &[("reply", Some(&reply.to_string()))]).await
}

/// Lets a reply go on that broke off, from the text that it has; the reply as it is now.
pub async fn resume(reply: MessageId) -> Result<Message, AppError> {
    fetch::post("resume", &[("reply", Some(&reply.to_string()))]).await
}
