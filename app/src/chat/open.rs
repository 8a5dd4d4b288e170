//! A conversation as its page needs it: what is finished, sealed, and the reply that is still being written.

use std::sync::Arc;

use model::{Conversation, ConversationId, Message, MessageStatus};
use serde::{Deserialize, Serialize};

use crate::AppError;

/// A conversation to show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenConversation {
    pub id: ConversationId,
    pub title: String,
    pub finished: Finished,
    /// The reply being written, with its text so far.
    pub live: Option<Message>,
}

/// The messages that will not change any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Finished {
    /// To be made into elements here.
    Messages(Vec<Message>),
    /// Already HTML of ours. It is in the document once and not a second time in the page's data: the browser adopts
    /// it without knowing what it says.
    Sealed(#[serde(skip)] Arc<str>),
}

impl From<Conversation> for OpenConversation {
    fn from(conversation: Conversation) -> Self {
        let Conversation { id, title, mut messages } = conversation;
        let is_live = messages.last().is_some_and(|last| last.status == MessageStatus::Streaming);
        let live = if is_live { messages.pop() } else { None };
        Self { id, title, finished: Finished::Messages(messages), live }
    }
}

/// Opens a conversation of the viewer. From the cache, if it was rendered since it last changed.
#[cfg(feature = "ssr")]
pub async fn open(id: ConversationId) -> Result<OpenConversation, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let fail = |error| request.fail(error);
    let conversations = &request.services.conversations;
    let head = conversations.head(viewer.id, id).await.map_err(fail)?;
    if let Some(html) = request.sealed_logs.get(id, head.revision) {
        return Ok(OpenConversation { id, title: head.title, finished: Finished::Sealed(html), live: head.live });
    }
    // Read again, in one go: the messages, the reply under way and the revision have to be of the same moment.
    let opened = conversations.opened(viewer.id, id).await.map_err(fail)?;
    let mut conversation = OpenConversation::from(opened.conversation);
    if let Finished::Messages(messages) = &conversation.finished {
        let html = request.sealed_logs.seal(id, opened.revision, messages);
        conversation.finished = Finished::Sealed(html);
    }
    Ok(conversation)
}

/// Opens a conversation of the viewer.
#[cfg(not(feature = "ssr"))]
pub async fn open(id: ConversationId) -> Result<OpenConversation, AppError> {
    super::api::conversation(id).await.map(OpenConversation::from)
}
