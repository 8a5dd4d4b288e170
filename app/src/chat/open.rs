//! A conversation as its page needs it: what is finished, sealed, and the reply that is still being written.

use std::sync::Arc;

use model::{AskReceipt, ConversationId, Message, MessageId};
#[cfg(feature = "ssr")]
use model::{Conversation, MessageStatus};
use serde::Serialize;

use super::{list::IDLE, scroll::Spot, sealed};
use crate::{AppError, fetch, html::Html};

/// A conversation to show.
#[derive(Clone, Debug, Serialize)]
pub struct OpenConversation {
    pub id: ConversationId,
    pub title: String,
    /// Of what is shown here.
    pub revision: i64,
    pub temporary: bool,
    /// See [`Conversation::context_tokens`].
    pub context_tokens: Option<u32>,
    /// What its owner has written and not sent, maybe elsewhere.
    pub draft: Option<String>,
    /// The messages that will not change any more. They are in the document once, and not a second time in its data.
    #[serde(skip)]
    pub finished: Arc<Html>,
    /// The reply being written, with its text so far.
    pub live: Option<Message>,
    #[serde(skip)]
    pub visit: Visit,
}

/// What a page knows of a conversation from having shown it.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// It was kept: whether the server still has it so is to be asked.
    pub again: bool,
    /// Where its reader was; at the end, if nowhere else.
    pub spot: Option<Spot>,
}

/// A conversation that was just begun.
impl From<AskReceipt> for OpenConversation {
    fn from(receipt: AskReceipt) -> Self {
        let AskReceipt { conversation_id: id, title, revision, question, reply } = receipt;
        let (finished, live) = (sealed::of_question(&question), Some(reply));
        let (temporary, context_tokens, draft, visit) = (false, None, None, Visit::default());
        Self { id, title, revision, temporary, context_tokens, draft, finished, live, visit }
    }
}

/// Asks the server for a conversation to show; `None` if revision `known` of it is the present one. `idle`: nobody uses
/// the session by this.
pub async fn show(id: ConversationId, known: Option<i64>, idle: bool) -> Result<Option<OpenConversation>, AppError> {
    let (id, known) = (id.to_string(), known.map(|known| known.to_string()));
    fetch::get("open", &[("id", Some(&id)), ("known", known.as_deref()), if idle { IDLE } else { ("", None) }]).await
}

/// Asks `content` in place of `question`. The conversation as it is then.
pub async fn edit(question: MessageId, content: &str, model: Option<&str>) -> Result<OpenConversation, AppError> {
    fetch::post("edit", &[("question", Some(&question.to_string())), ("content", Some(content)), ("model", model)])
        .await
}

/// Asks for another answer beside `reply`. The conversation as it is then.
pub async fn ask_again(reply: MessageId, model: Option<&str>) -> Result<OpenConversation, AppError> {
    fetch::post("ask_again", &[("reply", Some(&reply.to_string())), ("model", model)]).await
}

/// Shows another version of a message. The conversation as it is then.
pub async fn choose(message: MessageId) -> Result<OpenConversation, AppError> {
    fetch::post("choose", &[("message", Some(&message.to_string()))]).await
}

#[cfg(feature = "ssr")]
fn take_live(messages: &mut Vec<Message>) -> Option<Message> {
    let is_live = messages.last().is_some_and(|last| last.status == MessageStatus::Streaming);
    if is_live { messages.pop() } else { None }
}

/// Opens a conversation of `user`. From the cache, if it was rendered since it last changed. `None` if its reader has
/// revision `known` of it, which is the present one.
#[cfg(feature = "ssr")]
pub(crate) async fn open(
    request: &crate::context::RequestContext,
    user: model::UserId,
    id: ConversationId,
    known: Option<i64>,
) -> Result<Option<OpenConversation>, services::Error> {
    use services::conversations::Head;

    let conversations = &request.services.conversations;
    let head = conversations.head(user, id).await?;
    if known == Some(head.revision) {
        return Ok(None);
    }
    if let Some(html) = request.sealed_logs.get(id, head.revision, request.language) {
        let Head { id, title, revision, temporary, context_tokens, draft, live } = head;
        let (finished, visit) = (sealed::written(html), Visit::default());
        return Ok(Some(OpenConversation {
            id,
            title,
            revision,
            temporary,
            context_tokens,
            draft,
            finished,
            live,
            visit,
        }));
    }
    // Read again, in one go: the messages, the reply under way and the revision have to be of the same moment.
    Ok(Some(opened(request, conversations.open(user, id).await?).await))
}

/// A conversation that was just read, as its page shows it.
#[cfg(feature = "ssr")]
pub(crate) async fn opened(request: &crate::context::RequestContext, conversation: Conversation) -> OpenConversation {
    let Conversation { id, title, revision, temporary, context_tokens, draft, mut messages } = conversation;
    let live = take_live(&mut messages);
    let (known, is_complete) = set(request, &messages).await;
    let html =
        texts::in_language(request.language, || sealed::render(&messages, Some(&|part| known.get(part).cloned())));
    // What was set too late is there for whoever opens the conversation next.
    if is_complete {
        request.sealed_logs.keep(id, revision, request.language, &html);
    }
    let (finished, visit) = (sealed::written(html), Visit::default());
    OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live, visit }
}

#[cfg(feature = "ssr")]
impl OpenConversation {
    /// As JSON for a page that is there already: with the finished messages, which a document has elsewhere.
    pub(crate) fn with_html(&self) -> serde_json::Value {
        // Strings, numbers and lists of them: making values of those cannot fail.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let mut html = String::new();
        self.finished.write_inside(&mut html);
        value["html"] = html.into();
        value
    }
}

/// Code and formulas of `messages`, set as far as that is quickly done, the last ones first: those are seen. What is left
/// over the page asks for later.
#[cfg(feature = "ssr")]
async fn set(
    request: &crate::context::RequestContext,
    messages: &[Message],
) -> (std::collections::HashMap<model::Part, Arc<model::Typeset>>, bool) {
    const PATIENCE: std::time::Duration = std::time::Duration::from_millis(300);
    let answers = messages.iter().rev().filter(|message| message.role != model::Role::User);
    let parts: Vec<_> = answers.flat_map(|answer| crate::markdown::parts(&answer.content)).collect();
    let (outcomes, is_complete) = request.services.typesetter.set_or_say(parts.clone(), PATIENCE).await;
    let known = parts.into_iter().zip(outcomes).filter_map(|(part, outcome)| Some((part, outcome?))).collect();
    (known, is_complete)
}
