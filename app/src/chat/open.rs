//! A conversation as its page needs it: what is finished, sealed, and the reply that is still being written.

use std::sync::Arc;

use model::{AskReceipt, Conversation, ConversationId, Message, MessageStatus};
use serde::Serialize;

use super::sealed;
use crate::html::Html;

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
}

impl From<Conversation> for OpenConversation {
    fn from(conversation: Conversation) -> Self {
        let Conversation { id, title, revision, temporary, context_tokens, draft, mut messages } = conversation;
        let live = take_live(&mut messages);
        Self { id, title, revision, temporary, context_tokens, draft, finished: sealed::of_messages(&messages), live }
    }
}

/// A conversation that was just begun.
impl From<AskReceipt> for OpenConversation {
    fn from(receipt: AskReceipt) -> Self {
        let AskReceipt { conversation_id: id, title, revision, question, reply } = receipt;
        let finished = sealed::of_messages(&[question]);
        Self { id, title, revision, temporary: false, context_tokens: None, draft: None, finished, live: Some(reply) }
    }
}

fn take_live(messages: &mut Vec<Message>) -> Option<Message> {
    let is_live = messages.last().is_some_and(|last| last.status == MessageStatus::Streaming);
    if is_live { messages.pop() } else { None }
}

/// Opens a conversation of `user`. From the cache, if it was rendered since it last changed.
#[cfg(feature = "ssr")]
pub(crate) async fn open(
    request: &crate::context::RequestContext,
    user: model::UserId,
    id: ConversationId,
) -> Result<OpenConversation, services::Error> {
    use services::conversations::Head;

    let conversations = &request.services.conversations;
    let head = conversations.head(user, id).await?;
    if let Some(html) = request.sealed_logs.get(id, head.revision, request.language) {
        let Head { id, title, revision, temporary, context_tokens, draft, live } = head;
        let finished = sealed::written(html);
        return Ok(OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live });
    }
    // Read again, in one go: the messages, the reply under way and the revision have to be of the same moment.
    let Conversation { id, title, revision, temporary, context_tokens, draft, mut messages } =
        conversations.open(user, id).await?;
    let live = take_live(&mut messages);
    let (known, is_complete) = set(request, &messages).await;
    let html =
        texts::in_language(request.language, || sealed::render(&messages, Some(&|part| known.get(part).cloned())));
    // What was set too late is there for whoever opens the conversation next.
    if is_complete {
        request.sealed_logs.keep(id, revision, request.language, &html);
    }
    let finished = sealed::written(html);
    Ok(OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live })
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
