//! The use cases of the list of conversations: listing, searching, keeping in order, throwing away and having back; and
//! what is kept beside conversations: drafts and ratings.

use std::{sync::Arc, time::Duration};

use futures::{Stream, StreamExt as _, stream};
use model::{
    Conversation, ConversationId, ConversationPage, ConversationSummary, Found, MessageId, Name, QUESTION_MAX_BYTES,
    UserId,
};
use sqlx::PgPool;
use tokio::{sync::watch, time::timeout};
use uuid::Uuid;

pub use crate::store::{
    library::{Changes, Shelf},
    ratings::Rated,
};
use crate::{
    error::Error,
    hub::{Hub, Topic},
    store::{
        conversations, drafts,
        library::{self as store, Cursor},
        ratings,
        search::{self, Words},
    },
};

const PAGE: i64 = 50;
const LONGEST_SEARCH: usize = 200;
const LONGEST_COMMENT: usize = 2000;
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);
/// The newest ratings that administrators see.
const RATINGS: i64 = 100;

/// The use cases. Each takes the id of whoever is asking first.
pub struct Library {
    pool: PgPool,
    hub: Arc<Hub>,
    shutdown: watch::Receiver<bool>,
}

impl Library {
    pub(crate) fn new(pool: PgPool, hub: Arc<Hub>, shutdown: watch::Receiver<bool>) -> Self {
        Self { pool, hub, shutdown }
    }

    /// A page of the conversations of `owner`, newest first, of at most `limit`.
    pub async fn list(
        &self,
        owner: UserId,
        shelf: &Shelf,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<ConversationPage, Error> {
        let limit = limit.map_or(PAGE, i64::from).clamp(1, 2 * PAGE);
        let parsed = cursor.map(|text| parse_cursor(text).ok_or(Error::Invalid(texts::INVALID_CURSOR)));
        let mut rows = store::list(&self.pool, owner, shelf, parsed.transpose()?, limit + 1).await?;
        let (pinned, (folders, archive)) = if cursor.is_none() && *shelf == Shelf::Current {
            tokio::try_join!(store::pinned(&self.pool, owner), store::shelves(&self.pool, owner))?
        } else {
            (Vec::new(), (Vec::new(), false))
        };
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > most;
        rows.truncate(most);
        let next_cursor = if more { rows.last().map(|(_, cursor)| write_cursor(cursor)) } else { None };
        let conversations = pinned.into_iter().chain(rows.into_iter().map(|(summary, _)| summary)).collect();
        Ok(ConversationPage { conversations, folders, archive, next_cursor })
    }

    /// What of `owner` has all the words of `text` in it, or words that begin like them. The best forty.
    pub async fn search(&self, owner: UserId, text: &str) -> Result<Vec<Found>, Error> {
        if text.chars().count() > LONGEST_SEARCH {
            return Err(Error::Invalid(texts::INVALID_SEARCH));
        }
        // PostgreSQL cannot store NUL, so nothing has it.
        match Words::parse(text).filter(|_| !text.contains('\0')) {
            Some(words) => Ok(search::search(&self.pool, owner, &words).await?),
            None => Ok(Vec::new()),
        }
    }

    /// One conversation of `owner`, as the list shows it.
    pub async fn find(&self, owner: UserId, id: ConversationId) -> Result<ConversationSummary, Error> {
        store::find(&self.pool, owner, id).await?.ok_or(Error::NotFound)
    }

    /// A conversation in which nothing was asked yet.
    pub async fn create(&self, owner: UserId, title: &str) -> Result<ConversationSummary, Error> {
        Ok(store::create(&self.pool, owner, parse_title(title)?.as_str()).await?)
    }

    /// Gives a conversation another title, files it (under none with an empty folder), pins it, puts it away, or the
    /// opposite, all of it or nothing.
    pub async fn change(
        &self,
        owner: UserId,
        id: ConversationId,
        changes: Changes<'_>,
    ) -> Result<ConversationSummary, Error> {
        let title = changes.title.map(parse_title).transpose()?;
        let folder = changes.folder.map(parse_folder).transpose()?;
        let (title, folder) = (title.as_ref().map(Name::as_str), folder.as_ref().map(|name| name.as_ref()));
        let folder = folder.map(|name| name.map_or("", Name::as_str));
        let changed = store::change(&self.pool, owner, id, Changes { title, folder, ..changes }).await?;
        changed.ok_or(Error::NotFound)
    }

    /// Throws a conversation away; a reply being written in it is stopped. For an hour it can be had back.
    pub async fn delete(&self, owner: UserId, id: ConversationId) -> Result<ConversationSummary, Error> {
        self.change(owner, id, Changes { deleted: Some(true), ..Changes::default() }).await
    }

    /// Has back what was thrown away.
    pub async fn restore(&self, owner: UserId, id: ConversationId) -> Result<ConversationSummary, Error> {
        self.change(owner, id, Changes { deleted: Some(false), ..Changes::default() }).await
    }

    /// Shows another version of a question or an answer, with what followed it last. The conversation as it is then.
    pub async fn choose(&self, owner: UserId, message: MessageId) -> Result<Conversation, Error> {
        let id = store::choose(&self.pool, owner, message).await?.ok_or(Error::NotFound)?;
        conversations::open(&self.pool, owner, id).await?.ok_or(Error::NotFound)
    }

    /// Rates an answer, or takes the rating back. The revision of its conversation then.
    pub async fn rate(
        &self,
        owner: UserId,
        answer: MessageId,
        good: Option<bool>,
        comment: Option<&str>,
    ) -> Result<i64, Error> {
        let comment = comment.map(str::trim).filter(|comment| !comment.is_empty());
        if comment.is_some_and(|comment| comment.contains('\0') || comment.chars().count() > LONGEST_COMMENT) {
            return Err(Error::Invalid(texts::INVALID_COMMENT));
        }
        ratings::rate(&self.pool, owner, answer, good, comment).await?.ok_or(Error::NotFound)
    }

    /// The newest ratings of everybody. For administrators: the caller has to know that it is one who asks.
    pub async fn ratings(&self) -> Result<Vec<Rated>, Error> {
        Ok(ratings::recent(&self.pool, RATINGS).await?)
    }

    /// Keeps what `owner` has written and not sent.
    pub async fn keep_draft(
        &self,
        owner: UserId,
        conversation: Option<ConversationId>,
        content: &str,
    ) -> Result<(), Error> {
        if content.len() > QUESTION_MAX_BYTES || content.contains('\0') {
            return Err(Error::Invalid(texts::INVALID_DRAFT));
        }
        if drafts::keep(&self.pool, owner, conversation, content).await? { Ok(()) } else { Err(Error::NotFound) }
    }

    /// What `owner` has written and not sent for a new conversation.
    pub async fn draft_of_new(&self, owner: UserId) -> Result<Option<String>, Error> {
        Ok(drafts::of_new(&self.pool, owner).await?)
    }

    /// True whenever something about the conversations of `owner` has changed, on any server; false now and then as a
    /// sign of life. Ends when this server is told to stop: it would wait for its readers otherwise.
    pub fn news(&self, owner: UserId) -> impl Stream<Item = bool> + Send + use<> {
        let news = self.hub.subscribe(Topic::Library(owner));
        let mut shutdown = self.shutdown.clone();
        let news = stream::unfold(news, |mut news| async move {
            match timeout(SIGN_OF_LIFE, news.changed()).await {
                Ok(Ok(())) => Some((true, news)),
                // The hub goes with the server.
                Ok(Err(_)) => None,
                Err(_quiet) => Some((false, news)),
            }
        });
        // Its sender goes with the server, too.
        news.take_until(Box::pin(async move { _ = shutdown.wait_for(|down| *down).await }))
    }
}

fn parse_title(title: &str) -> Result<Name, Error> {
    Name::parse(title, Name::TITLE_MAX).ok_or(Error::Invalid(texts::INVALID_TITLE))
}

/// `None`: no folder.
fn parse_folder(folder: &str) -> Result<Option<Name>, Error> {
    if folder.trim().is_empty() {
        return Ok(None);
    }
    let name = Name::parse(folder, Name::FOLDER_MAX);
    name.map(Some).ok_or(Error::Invalid(texts::INVALID_FOLDER))
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
