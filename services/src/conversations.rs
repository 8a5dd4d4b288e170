//! The use cases of the chat: ask, read, list, follow a reply, stop it.

use std::sync::Arc;

use futures::Stream;
use model::{
    AskReceipt, Conversation, ConversationId, ConversationPage, Ending, Message, MessageId, MessageStatus,
    NumberedEvent, Question, Role, UserId,
};
use sqlx::PgPool;
use uuid::Uuid;

pub use crate::store::conversations::{Head, Opened};
use crate::{
    completions::Turn,
    error::Error,
    models::Models,
    replies::{Replies, Request},
    store::{
        conversations::{self as store, Cursor},
        exchanges::{self, Asked, Exchange},
        replies as reply_rows,
    },
    titles::{Titles, Unnamed},
};

const PAGE: i64 = 50;
/// What a model is told that is to complete an answer.
const GO_ON: &str = "Your last message broke off. Go on exactly where it ends, in the middle of a word if it ends there. \
    Do not repeat anything of it and do not comment on the break.";

/// The chat's use cases. Each takes the id of whoever is asking first.
pub struct Conversations {
    pool: PgPool,
    models: Arc<Models>,
    replies: Arc<Replies>,
    titles: Arc<Titles>,
}

impl Conversations {
    pub(crate) fn new(pool: PgPool, models: Arc<Models>, replies: Arc<Replies>, titles: Arc<Titles>) -> Self {
        Self { pool, models, replies, titles }
    }

    /// Asks `content` in a conversation of `owner`, or in a new one. The reply is under way when this returns, and
    /// goes on whatever becomes of the caller.
    pub async fn ask(
        &self,
        owner: UserId,
        conversation: Option<ConversationId>,
        content: &str,
        model: Option<&str>,
    ) -> Result<AskReceipt, Error> {
        let question = Question::parse(content)?;
        let model = self.models.pick(owner, model).await?;
        self.replies.metering.check_length(&model, question.as_str()).await?;
        let asking = Asking { owner, conversation, question, model };
        let (pool, replies, titles) = (self.pool.clone(), Arc::clone(&self.replies), Arc::clone(&self.titles));
        // A task of its own: a caller that goes away must not leave a stored reply that nobody writes.
        tokio::spawn(async move { asking.carry_out(&pool, &replies, titles).await }).await?
    }

    /// Lets a reply of `owner` go on that broke off, from the text that it has. It has to be the last message of its
    /// conversation. The reply as it is now, under way.
    pub async fn resume(&self, owner: UserId, reply: MessageId) -> Result<Message, Error> {
        let (pool, all, models) = (self.pool.clone(), Arc::clone(&self.replies), Arc::clone(&self.models));
        // As in `ask`.
        tokio::spawn(async move { resume(&pool, &all, &models, owner, reply).await }).await?
    }

    /// A conversation of `owner` with all its messages.
    pub async fn open(&self, owner: UserId, id: ConversationId) -> Result<Conversation, Error> {
        Ok(self.opened(owner, id).await?.conversation)
    }

    /// The same, with its revision: all of it from one moment.
    pub async fn opened(&self, owner: UserId, id: ConversationId) -> Result<Opened, Error> {
        let mut opened = store::open(&self.pool, owner, id).await?.ok_or(Error::NotFound)?;
        let under_way =
            opened.conversation.messages.iter_mut().filter(|message| message.status == MessageStatus::Streaming);
        under_way.for_each(|message| self.replies.complete(message));
        Ok(opened)
    }

    /// Title, revision and the reply under way of a conversation of `owner`.
    pub async fn head(&self, owner: UserId, id: ConversationId) -> Result<Head, Error> {
        let mut head = store::head(&self.pool, owner, id).await?.ok_or(Error::NotFound)?;
        head.live.iter_mut().for_each(|message| self.replies.complete(message));
        Ok(head)
    }

    /// A page of the conversations of `owner`, newest first.
    pub async fn list(&self, owner: UserId, cursor: Option<&str>) -> Result<ConversationPage, Error> {
        let cursor = cursor.map(|text| parse_cursor(text).ok_or(Error::Invalid("The cursor is not one of ours.")));
        let mut rows = store::list(&self.pool, owner, cursor.transpose()?, PAGE + 1).await?;
        let more = rows.len() > PAGE as usize;
        rows.truncate(PAGE as usize);
        let next_cursor = if more { rows.last().map(|(_, cursor)| write_cursor(cursor)) } else { None };
        Ok(ConversationPage { conversations: rows.into_iter().map(|(summary, _)| summary).collect(), next_cursor })
    }

    /// The text of one message of `owner`.
    pub async fn message_source(&self, owner: UserId, id: MessageId) -> Result<String, Error> {
        store::message_source(&self.pool, owner, id).await?.ok_or(Error::NotFound)
    }

    /// Asks for a reply of `owner` to be stopped, whichever server writes it.
    pub async fn stop(&self, owner: UserId, reply: MessageId) -> Result<(), Error> {
        self.replies.stop(owner, reply).await
    }

    /// The events of a reply of `owner` after number `after`, in batches: those there are, then each as it comes.
    /// Ends after the reply's last event. An empty batch is a sign of life.
    pub async fn follow(
        &self,
        owner: UserId,
        reply: MessageId,
        after: i32,
    ) -> Result<impl Stream<Item = Result<Vec<NumberedEvent>, Error>> + Send + use<>, Error> {
        if after < 0 {
            return Err(Error::Invalid("An event number is not negative."));
        }
        self.replies.follow(owner, reply, after).await
    }
}

/// A question on its way.
struct Asking {
    owner: UserId,
    conversation: Option<ConversationId>,
    question: Question,
    model: String,
}

impl Asking {
    /// Stores the question and an empty reply, and begins to write it.
    async fn carry_out(self, pool: &PgPool, replies: &Replies, titles: Arc<Titles>) -> Result<AskReceipt, Error> {
        let Self { owner, conversation, question, model } = self;
        let writer = replies.writer().await?;
        let (title, content) = (question.title(), question.as_str());
        let exchange = Exchange { owner, conversation, title: &title, question: content, model: &model, writer };
        let (receipt, mut turns) = if conversation.is_none() && !replies.metering.has_quotas() {
            // One statement is its own transaction.
            let mut connection = pool.acquire().await?;
            let Asked { receipt, .. } = exchanges::store(&mut connection, &exchange).await?.ok_or(Error::NotFound)?;
            (receipt, Vec::new())
        } else {
            // What fails in here has stored nothing: a reply that nobody writes would be in everybody's way.
            let mut tx = pool.begin().await?;
            replies.metering.admit(&mut tx, owner).await?;
            let Asked { receipt, position } = exchanges::store(&mut tx, &exchange).await?.ok_or(Error::NotFound)?;
            let history = store::history(&mut tx, receipt.conversation_id, position).await?;
            tx.commit().await?;
            (receipt, turns_of(history))
        };
        turns.push(Turn { role: Role::User, text: content.to_owned() });
        let user = crate::crypto::pseudonym(owner.0.as_bytes());
        let request = Request { model, turns, user: user.clone() };
        let written = replies.begin(receipt.reply.id, writer, (0, String::new()), request);
        if conversation.is_none() {
            let (conversation, title, reply) = (receipt.conversation_id, receipt.title.clone(), receipt.reply.id);
            let unnamed = Unnamed { conversation, title, question: content.to_owned(), reply, user };
            // Once it is answered: a model that is busy or refuses is not asked for more.
            tokio::spawn(async move {
                if let Ok(Some(Ending::Finished)) = written.await {
                    titles.name(&unnamed).await;
                }
            });
        }
        Ok(receipt)
    }
}

fn turns_of(history: Vec<(Role, String)>) -> Vec<Turn> {
    history.into_iter().map(|(role, text)| Turn { role, text }).collect()
}

async fn resume(
    pool: &PgPool,
    replies: &Replies,
    models: &Models,
    owner: UserId,
    reply: MessageId,
) -> Result<Message, Error> {
    let writer = replies.writer().await?;
    let mut tx = pool.begin().await?;
    replies.metering.admit(&mut tx, owner).await?;
    let reopened = reply_rows::reopen(&mut tx, owner, reply, writer).await.map_err(store::under_way)?;
    let reopened = reopened.ok_or(Error::NotFound)?;
    let model = match models.pick(owner, reopened.model.as_deref()).await {
        // It may be gone meanwhile.
        Err(Error::Invalid(_)) => models.pick(owner, None).await?,
        picked => picked?,
    };
    let history = store::history(&mut tx, reopened.conversation, reopened.position + 1).await?;
    let message = store::message_of(&mut tx, reply).await?;
    tx.commit().await?;

    let mut turns = turns_of(history);
    if !reopened.text.is_empty() {
        turns.push(Turn { role: Role::System, text: GO_ON.to_owned() });
    }
    let user = crate::crypto::pseudonym(owner.0.as_bytes());
    replies.begin(reply, writer, (reopened.n, reopened.text), Request { model, turns, user });
    Ok(message)
}

fn write_cursor(cursor: &Cursor) -> String {
    format!("{}-{}", cursor.updated_at.unix_timestamp_nanos() / 1000, cursor.id.simple())
}

fn parse_cursor(text: &str) -> Option<Cursor> {
    let (micros, id) = text.split_once('-')?;
    let nanos = micros.parse::<i64>().ok().map(i128::from)? * 1000;
    Some(Cursor {
        updated_at: time::OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?,
        id: Uuid::parse_str(id).ok()?,
    })
}
