//! The use cases of the chat: ask, read, list, follow a reply, stop it.

mod follow;
mod writer;

use std::sync::Arc;

use futures::Stream;
use model::{
    AskReceipt, Conversation, ConversationId, ConversationPage, MessageId, MessageStatus, NumberedEvent, Question,
    Role, UserId,
};
use sqlx::PgPool;
use tokio::sync::watch;
use uuid::Uuid;

pub use crate::store::conversations::{Head, Opened};
use crate::{
    clock,
    completions::{Completions, Turn},
    error::Error,
    hub::{Hub, Topic},
    store::{
        conversations::{self as store, Cursor, NewMessage},
        replies,
    },
};
use writer::Writer;

const PAGE: i64 = 50;

/// The chat's use cases. Each takes the id of whoever is asking first.
pub struct Conversations {
    pool: PgPool,
    completions: Arc<Completions>,
    hub: Arc<Hub>,
    /// This process, among the servers that write replies.
    writer: Uuid,
    shutdown: watch::Receiver<bool>,
}

impl Conversations {
    pub(crate) fn new(
        pool: PgPool,
        completions: Arc<Completions>,
        hub: Arc<Hub>,
        shutdown: watch::Receiver<bool>,
    ) -> Self {
        Self { pool, completions, hub, writer: clock::new_id(), shutdown }
    }

    /// Work beside the requests: ending the replies of servers that died.
    pub(crate) async fn run(&self) {
        writer::sweep_orphans(&self.pool).await;
    }

    /// Returns once no reply is being written by this process.
    pub(crate) async fn drained(&self) {
        self.hub.drained().await;
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
        let model = self.completions.deployment(model).ok_or(Error::Invalid("There is no such model."))?.to_owned();

        let mut tx = self.pool.begin().await?;
        let asked = match conversation {
            Some(id) => store::extend(&mut tx, owner, id).await?.ok_or(Error::NotFound)?,
            None => store::create(&mut tx, owner, &question.title()).await?,
        };
        let (role, status) = (Role::User, MessageStatus::Complete);
        let new = NewMessage { role, content: question.as_str(), model: None, status };
        let question = store::insert_message(&mut tx, asked.id, asked.next_position, new).await?;
        let (role, status) = (Role::Assistant, MessageStatus::Streaming);
        let new = NewMessage { role, content: "", model: Some(&model), status };
        let reply = store::insert_message(&mut tx, asked.id, asked.next_position + 1, new).await?;
        replies::create(&mut tx, reply.id, self.writer).await?;
        let history = store::history(&mut tx, asked.id, asked.next_position + 1).await?;
        tx.commit().await?;

        let turns = history.into_iter().map(|(role, text)| Turn { role, text }).collect();
        let writer = Writer::new(self.pool.clone(), Arc::clone(&self.hub), reply.id, self.writer);
        let completions = Arc::clone(&self.completions);
        let shutdown = self.shutdown.clone();
        let user = crate::crypto::pseudonym(owner.0.as_bytes());
        tokio::spawn(async move { writer.write(&completions, &model, turns, &user, shutdown).await });

        Ok(AskReceipt { conversation_id: asked.id, title: asked.title, question, reply })
    }

    /// A conversation of `owner` with all its messages.
    pub async fn open(&self, owner: UserId, id: ConversationId) -> Result<Conversation, Error> {
        Ok(self.opened(owner, id).await?.conversation)
    }

    /// The same, with its revision: all of it from one moment.
    pub async fn opened(&self, owner: UserId, id: ConversationId) -> Result<Opened, Error> {
        store::open(&self.pool, owner, id).await?.ok_or(Error::NotFound)
    }

    /// Title, revision and the reply under way of a conversation of `owner`.
    pub async fn head(&self, owner: UserId, id: ConversationId) -> Result<Head, Error> {
        store::head(&self.pool, owner, id).await?.ok_or(Error::NotFound)
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
        if !replies::request_stop(&self.pool, owner, reply).await? {
            return Err(Error::NotFound);
        }
        self.hub.wake(Topic::Stop(reply));
        Ok(())
    }

    /// The events of a reply of `owner` after number `after`, in batches: those there are, then each as it comes.
    /// Ends after the reply's last event.
    pub async fn follow(
        &self,
        owner: UserId,
        reply: MessageId,
        after: i32,
    ) -> Result<impl Stream<Item = Result<Vec<NumberedEvent>, Error>> + Send + use<>, Error> {
        if after < 0 {
            return Err(Error::Invalid("An event number is not negative."));
        }
        replies::has_ended(&self.pool, owner, reply).await?.ok_or(Error::NotFound)?;
        Ok(follow::follow(self.pool.clone(), Arc::clone(&self.hub), owner, reply, after))
    }
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
