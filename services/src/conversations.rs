//! The use cases of the chat: ask, read, follow a reply, stop it.

use std::sync::Arc;

use futures::Stream;
use model::{
    AskReceipt, Conversation, ConversationId, Ending, Message, MessageId, MessageStatus, NumberedEvent, Question, Role,
    UserId,
};
use sqlx::PgPool;
use texts::Language;

pub use crate::store::{
    conversations::Head,
    exchanges::{Place, UNTITLED},
};
use crate::{
    clock,
    completions::Turn,
    error::Error,
    models::Models,
    replies::{Replies, Request},
    store::{
        answered, conversations as store,
        exchanges::{self, Asked, Exchange},
        replies as reply_rows,
    },
    titles::{Titles, Unnamed},
};

/// What a model is told that is to complete an answer.
const GO_ON: &str = "Your last message broke off. Go on exactly where it ends, in the middle of a word if it ends there. \
    Do not repeat anything of it and do not comment on the break.";

/// What somebody asks.
#[derive(Clone, Copy, Debug)]
pub struct NewQuestion<'a> {
    pub place: Place,
    pub content: &'a str,
    /// Absent = their default.
    pub model: Option<&'a str>,
    /// Made up by callers that may not hear the answer and ask again.
    pub id: Option<MessageId>,
    /// Which pays, in place of their department.
    pub cost_centre: Option<&'a str>,
    /// For what they are told beside the answer.
    pub language: Language,
}

impl<'a> NewQuestion<'a> {
    /// Nothing else said.
    pub fn plain(place: Place, content: &'a str, model: Option<&'a str>) -> Self {
        Self { place, content, model, id: None, cost_centre: None, language: Language::default() }
    }
}

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

    /// Asks. The reply is under way when this returns, and goes on whatever becomes of the caller. Asked a second time
    /// under the same id, it says what became of the first.
    pub async fn ask(&self, owner: UserId, new: NewQuestion<'_>) -> Result<AskReceipt, Error> {
        let id = new.id;
        match (self.ask_now(owner, new).await, id) {
            // Whatever is in the way now: quotas, or the very reply that is being written.
            (Err(error), Some(id)) => {
                let before = exchanges::find(&self.pool, owner, id).await?;
                before.ok_or(match error {
                    // Somebody else's question is nobody's business.
                    Error::AskedAlready => Error::NotFound,
                    error => error,
                })
            }
            (asked, _) => asked,
        }
    }

    async fn ask_now(&self, owner: UserId, new: NewQuestion<'_>) -> Result<AskReceipt, Error> {
        let NewQuestion { place, content, model, id, cost_centre, language } = new;
        let question = Question::parse(content)?;
        let model = self.models.pick(owner, model).await?;
        self.replies.metering.check_length(&model, question.as_str()).await?;
        let cost_centre = cost_centre.map(str::to_owned);
        let asked =
            self.begin(Asking { owner, place, id, question: Some(question), model, cost_centre, language }).await?;
        asked.receipt().ok_or(Error::NotFound)
    }

    /// Asks for another answer beside `reply` of `owner`, of the same model or of another one. The conversation as it is
    /// then, with that answer under way.
    pub async fn ask_again(
        &self,
        owner: UserId,
        reply: MessageId,
        model: Option<&str>,
        language: Language,
    ) -> Result<Conversation, Error> {
        let model = self.models.pick(owner, model).await?;
        let place = Place::Again(reply);
        let asked =
            self.begin(Asking { owner, place, id: None, question: None, model, cost_centre: None, language }).await?;
        self.open(owner, asked.conversation).await
    }

    async fn begin(&self, asking: Asking) -> Result<Asked, Error> {
        let (pool, replies, titles) = (self.pool.clone(), Arc::clone(&self.replies), Arc::clone(&self.titles));
        // A task of its own: a caller that goes away must not leave a stored reply that nobody writes.
        tokio::spawn(async move { asking.carry_out(&pool, &replies, titles).await }).await?
    }

    /// Lets a reply of `owner` go on that broke off, from the text that it has. It has to be the last message of its
    /// conversation. The reply as it is now, under way.
    pub async fn resume(&self, owner: UserId, reply: MessageId, language: Language) -> Result<Message, Error> {
        let (pool, all, models) = (self.pool.clone(), Arc::clone(&self.replies), Arc::clone(&self.models));
        // As in `ask`.
        tokio::spawn(async move { resume(&pool, &all, &models, owner, reply, language).await }).await?
    }

    /// A conversation of `owner` with the messages of its path, all of it from one moment.
    pub async fn open(&self, owner: UserId, id: ConversationId) -> Result<Conversation, Error> {
        let mut opened = store::open(&self.pool, owner, id).await?.ok_or(Error::NotFound)?;
        let under_way = opened.messages.iter_mut().filter(|message| message.status == MessageStatus::Streaming);
        under_way.for_each(|message| self.replies.complete(message));
        Ok(opened)
    }

    /// Title, revision and the reply under way of a conversation of `owner`.
    pub async fn head(&self, owner: UserId, id: ConversationId) -> Result<Head, Error> {
        let mut head = store::head(&self.pool, owner, id).await?.ok_or(Error::NotFound)?;
        head.live.iter_mut().for_each(|message| self.replies.complete(message));
        Ok(head)
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
            return Err(Error::Invalid(texts::INVALID_EVENT_NUMBER));
        }
        self.replies.follow(owner, reply, after).await
    }
}

/// A question on its way, or one that is asked again.
struct Asking {
    owner: UserId,
    place: Place,
    id: Option<MessageId>,
    question: Option<Question>,
    model: String,
    cost_centre: Option<String>,
    language: Language,
}

impl Asking {
    /// Stores the question and an empty reply, and begins to write it.
    async fn carry_out(self, pool: &PgPool, replies: &Replies, titles: Arc<Titles>) -> Result<Asked, Error> {
        let Self { owner, place, id, question, model, cost_centre, language } = self;
        let writer = replies.writer().await?;
        let title = question.as_ref().map(Question::title).unwrap_or_default();
        let content = question.as_ref().map(Question::as_str);
        let reply_id = MessageId(clock::new_id());
        let exchange = Exchange {
            owner,
            place,
            question_id: id.unwrap_or_else(|| MessageId(clock::new_id())),
            reply_id,
            title: &title,
            question: content,
            model: &model,
            writer,
            cost_centre: cost_centre.as_deref(),
        };
        let is_new = matches!(place, Place::New(_));
        let user = crate::crypto::pseudonym(owner.0.as_bytes());
        let request = |history| {
            let mut turns = turns_of(history);
            turns.extend(content.map(|text| Turn { role: Role::User, text: text.to_owned() }));
            Request { owner, model: model.clone(), turns, user: user.clone(), language }
        };
        let nothing = (0, String::new());
        // What fails in here has stored nothing: a reply that nobody writes would be in everybody's way. (What was stored
        // although its answer got lost is ended with other strays, see `lease.rs`.)
        let (asked, written) = if is_new && !replies.metering.has_quotas() {
            // Nothing to find out first: the model is asked while the one statement is carried out.
            let mut connection = pool.acquire().await?;
            let stored = answered(async { exchanges::store(&mut connection, &exchange).await?.ok_or(Error::NotFound) });
            replies.begin(reply_id, writer, nothing, request(Vec::new()), stored).await?
        } else {
            let (tx, asked, history) = answered::<_, Error>(async {
                let mut tx = pool.begin().await?;
                replies.metering.admit(&mut tx, owner).await?;
                let asked = exchanges::store(&mut tx, &exchange).await?.ok_or(Error::NotFound)?;
                let history = if is_new { Vec::new() } else { store::history(&mut tx, asked.parent).await? };
                Ok((tx, asked, history))
            })
            .await?;
            let stored = answered(async { Ok(tx.commit().await.map(|()| asked)?) });
            replies.begin(reply_id, writer, nothing, request(history), stored).await?
        };
        replies.tell_changed(owner);
        let is_first = is_new || (matches!(place, Place::After(_)) && asked.parent.is_none() && asked.title == title);
        if let Some(question) = question.filter(|_| is_first) {
            let (conversation, reply) = (asked.conversation, asked.reply.id);
            let unnamed = Unnamed { conversation, title, question: question.as_str().to_owned(), reply, user };
            // Once it is answered: a model that is busy or refuses is not asked for more.
            tokio::spawn(async move {
                if let Ok(Some(Ending::Finished)) = written.await {
                    titles.name(&unnamed).await;
                }
            });
        }
        Ok(asked)
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
    language: Language,
) -> Result<Message, Error> {
    let writer = replies.writer().await?;
    let (mut tx, reopened) = answered::<_, Error>(async {
        let mut tx = pool.begin().await?;
        replies.metering.admit(&mut tx, owner).await?;
        let reopened = reply_rows::reopen(&mut tx, owner, reply, writer).await.map_err(store::under_way)?;
        Ok((tx, reopened.ok_or(Error::NotFound)?))
    })
    .await?;
    let model = match models.pick(owner, reopened.model.as_deref()).await {
        // It may be gone meanwhile.
        Err(Error::Invalid(_)) => models.pick(owner, None).await?,
        picked => picked?,
    };
    let history = store::history(&mut tx, Some(reply.0)).await?;
    let message = store::message_of(&mut tx, reply).await?;
    let mut turns = turns_of(history);
    if !reopened.text.is_empty() {
        turns.push(Turn { role: Role::System, text: GO_ON.to_owned() });
    }
    let user = crate::crypto::pseudonym(owner.0.as_bytes());
    let request = Request { owner, model, turns, user, language };
    let stored = answered(async { Ok(tx.commit().await?) });
    replies.begin(reply, writer, (reopened.n, reopened.text), request, stored).await?;
    Ok(message)
}
