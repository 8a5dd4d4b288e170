//! The chat page's server functions: who is asking, then one use case.

use std::{sync::Arc, time::Duration};

use futures::{
    Stream, StreamExt as _,
    future::{self, Either},
    stream::{self, FuturesUnordered},
};
use leptos::prelude::*;
use model::{
    AskReceipt, Conversation, ConversationId, ConversationPage, ConversationSummary, Found, Message, MessageId,
    MessageStatus, ModelChoice, NumberedEvent, Part, ReplyEvent,
};
use serde_json::Value;
use server_fn::codec::{ByteStream, GetUrl, Streaming};
use services::{
    conversations::{NewQuestion, Place},
    library::{Changes, Shelf},
};

use super::open::{self, OpenConversation};
use crate::{
    AppError,
    context::{Asker, RequestContext},
};

/// Asks `content` in `conversation`, or in a new one, and says where the answer will be written. A new one is listed,
/// unless it is `temporary`: then it goes with the session. Asked
/// again with the same `id`, it says what became of the question the first time.
/// As a plain form it leads to the conversation's page, or back, with the question in the box, if it was refused.
#[server(prefix = "/fn", endpoint = "ask")]
pub async fn ask(
    #[server(default)] conversation: Option<ConversationId>,
    content: String,
    #[server(default)] model: Option<String>,
    #[server(default)] temporary: bool,
    #[server(default)] id: Option<MessageId>,
) -> Result<AskReceipt, AppError> {
    let (request, asker) = crate::context::asking_in_session()?;
    let asked = asked(&request, &asker, (conversation, temporary), &content, model.as_deref(), id).await;
    if asked.is_err() && request.plain_form && !temporary && !content.trim().is_empty() {
        // What is refused here, too, is lost with its page.
        _ = request.services.library.keep_draft(asker.viewer.id, conversation, &content).await;
    }
    let receipt = asked?;
    if request.plain_form {
        leptos_axum::redirect(&format!("/chat/{}", receipt.conversation_id));
    }
    Ok(receipt)
}

/// Asks as [`ask`] does, and goes on to the answer: the first line is the receipt as JSON, the others are those of
/// [`reply_events`]. The first words come a round trip earlier so.
#[server(prefix = "/fn", endpoint = "ask_and_read", output = Streaming)]
pub async fn ask_and_read(
    #[server(default)] conversation: Option<ConversationId>,
    content: String,
    #[server(default)] model: Option<String>,
    #[server(default)] temporary: bool,
    #[server(default)] id: Option<MessageId>,
) -> Result<ByteStream<AppError>, AppError> {
    let (request, asker) = crate::context::asking_in_session()?;
    let mut receipt = asked(&request, &asker, (conversation, temporary), &content, model.as_deref(), id).await?;
    if receipt.reply.status != MessageStatus::Streaming {
        // Asked before, and answered meanwhile: what follows says all of it again, from the first event to the end, which
        // counts as a change.
        let (content, notice) = (String::new(), None);
        receipt.reply = Message { status: MessageStatus::Streaming, content, notice, ..receipt.reply };
        receipt.revision -= 1;
    }
    // Strings and numbers: writing them to memory cannot fail.
    let mut line = serde_json::to_vec(&receipt).unwrap_or_default();
    line.push(b'\n');
    let events = lines(request, asker, receipt.reply.id, receipt.reply.last_event).await?;
    Ok(ByteStream::new(stream::iter([Ok(line)]).chain(events)))
}

async fn asked(
    request: &RequestContext,
    asker: &Asker,
    (conversation, temporary): (Option<ConversationId>, bool),
    content: &str,
    model: Option<&str>,
    id: Option<MessageId>,
) -> Result<AskReceipt, AppError> {
    let place = match conversation {
        Some(conversation) => Place::After(conversation),
        None => Place::New(temporary.then_some(asker.session)),
    };
    let new = NewQuestion { id, language: request.language, ..NewQuestion::plain(place, content, model) };
    let asked = request.services.conversations.ask(asker.viewer.id, new).await;
    asked.map_err(|error| request.fail(error))
}

/// A conversation to show, with its finished messages as HTML; `null` if revision `known` of it is the present one.
#[server(name = ShowConversation, prefix = "/fn", endpoint = "open", input = GetUrl)]
pub async fn show(id: ConversationId, #[server(default)] known: Option<i64>) -> Result<Option<Value>, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let opened = open::open(&request, viewer.id, id, known).await.map_err(|error| request.fail(error))?;
    Ok(opened.as_ref().map(OpenConversation::with_html))
}

/// A conversation with all its messages, as data.
#[server(name = ReadConversation, prefix = "/fn", endpoint = "conversation", input = GetUrl)]
pub async fn conversation(id: ConversationId) -> Result<Conversation, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.open(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// Asks `content` in place of `question`, which stays beside it. The conversation as it is then.
#[server(prefix = "/fn", endpoint = "edit")]
pub async fn edit(
    question: MessageId,
    content: String,
    #[server(default)] model: Option<String>,
) -> Result<Value, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let conversations = &request.services.conversations;
    let edited = async {
        let plain = NewQuestion::plain(Place::InsteadOf(question), &content, model.as_deref());
        let new = NewQuestion { language: request.language, ..plain };
        let asked = conversations.ask(viewer.id, new).await?;
        conversations.open(viewer.id, asked.conversation_id).await
    };
    shown(&request, edited.await).await
}

/// Asks for another answer beside `reply`. The conversation as it is then.
#[server(prefix = "/fn", endpoint = "ask_again")]
pub async fn ask_again(reply: MessageId, #[server(default)] model: Option<String>) -> Result<Value, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let conversations = &request.services.conversations;
    let asked = conversations.ask_again(viewer.id, reply, model.as_deref(), request.language).await;
    shown(&request, asked).await
}

/// Shows another version of a message, with what followed it. The conversation as it is then.
#[server(prefix = "/fn", endpoint = "choose")]
pub async fn choose(message: MessageId) -> Result<Value, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let chosen = request.services.library.choose(viewer.id, message).await;
    shown(&request, chosen).await
}

/// What has become of a conversation, as `show` sends it.
async fn shown(request: &RequestContext, read: Result<Conversation, services::Error>) -> Result<Value, AppError> {
    let conversation = read.map_err(|error| request.fail(error))?;
    Ok(open::opened(request, conversation).await.with_html())
}

/// One page of the viewer's conversations, newest first; `cursor` from the page before. Of a folder, of those put away,
/// or of all others.
#[server(prefix = "/fn", endpoint = "conversations", input = GetUrl)]
pub async fn conversations(
    #[server(default)] cursor: Option<String>,
    #[server(default)] folder: Option<String>,
    #[server(default)] archived: bool,
) -> Result<ConversationPage, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let shelf = match folder {
        _ if archived => Shelf::Archived,
        Some(folder) => Shelf::Folder(folder),
        None => Shelf::Current,
    };
    let page = request.services.library.list(viewer.id, &shelf, cursor.as_deref(), None).await;
    page.map_err(|error| request.fail(error))
}

/// The viewer's conversations with these words.
#[server(prefix = "/fn", endpoint = "search", input = GetUrl)]
pub async fn search(q: String) -> Result<Vec<Found>, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.library.search(viewer.id, &q).await.map_err(|error| request.fail(error))
}

/// Gives a conversation another title.
#[server(prefix = "/fn", endpoint = "rename")]
pub async fn rename(id: ConversationId, title: String) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request
        .services
        .library
        .change(viewer.id, id, Changes { title: Some(&title), ..Changes::default() })
        .await
        .map_err(|error| request.fail(error))
}

/// Files a conversation in a folder, or in none.
#[server(prefix = "/fn", endpoint = "file")]
pub async fn file(id: ConversationId, #[server(default)] folder: String) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request
        .services
        .library
        .change(viewer.id, id, Changes { folder: Some(&folder), ..Changes::default() })
        .await
        .map_err(|error| request.fail(error))
}

/// Keeps a conversation at the top of the list, or not any more.
#[server(prefix = "/fn", endpoint = "pin")]
pub async fn pin(id: ConversationId, on: bool) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request
        .services
        .library
        .change(viewer.id, id, Changes { pinned: Some(on), ..Changes::default() })
        .await
        .map_err(|error| request.fail(error))
}

/// Puts a conversation away, or takes it out again.
#[server(prefix = "/fn", endpoint = "archive")]
pub async fn archive(id: ConversationId, on: bool) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request
        .services
        .library
        .change(viewer.id, id, Changes { archived: Some(on), ..Changes::default() })
        .await
        .map_err(|error| request.fail(error))
}

/// Throws a conversation away.
#[server(prefix = "/fn", endpoint = "delete")]
pub async fn delete(id: ConversationId) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.library.delete(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// Has back what was thrown away within the last hour.
#[server(prefix = "/fn", endpoint = "restore")]
pub async fn restore(id: ConversationId) -> Result<ConversationSummary, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.library.restore(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// Rates an answer, with a word on it, or takes the rating back. The revision of its conversation then.
#[server(prefix = "/fn", endpoint = "rate")]
pub async fn rate(
    answer: MessageId,
    #[server(default)] good: Option<bool>,
    #[server(default)] comment: Option<String>,
) -> Result<i64, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let rated = request.services.library.rate(viewer.id, answer, good, comment.as_deref()).await;
    rated.map_err(|error| request.fail(error))
}

/// Keeps what was written and not sent.
#[server(prefix = "/fn", endpoint = "keep_draft")]
pub async fn keep_draft(
    #[server(default)] conversation: Option<ConversationId>,
    #[server(default)] content: String,
) -> Result<(), AppError> {
    let (request, viewer) = crate::context::asking()?;
    let kept = request.services.library.keep_draft(viewer.id, conversation, &content).await;
    kept.map_err(|error| request.fail(error))
}

/// A line whenever something about the viewer's conversations has changed, anywhere: `1`. An empty one is a sign of
/// life, `0` the end of the session, which waiting for news does not keep from ending.
#[server(prefix = "/fn", endpoint = "news", input = GetUrl, output = Streaming)]
pub async fn news() -> Result<ByteStream<AppError>, AppError> {
    let (request, asker) = crate::context::asking_in_session()?;
    let news = Box::pin(request.services.library.news(asker.viewer.id));
    let people = Arc::clone(&request.services.people);
    let over = Box::pin(async move { people.idle_session_over(asker.session).await });
    // Ends without a word when the server does: the page asks another one then.
    let lines = stream::unfold(Some((news, over)), |waiting| async {
        let (mut news, over) = waiting?;
        match future::select(news.next(), over).await {
            Either::Left((changed, over)) => {
                let line: &[u8] = if changed? { b"1\n" } else { b"\n" };
                Some((Ok(line.to_vec()), Some((news, over))))
            }
            Either::Right(_) => Some((Ok(b"0\n".to_vec()), None)),
        }
    });
    Ok(ByteStream::new(lines.fuse()))
}

/// The Markdown of one message, for copying.
#[server(prefix = "/fn", endpoint = "message_source", input = GetUrl)]
pub async fn message_source(id: MessageId) -> Result<String, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.conversations.message_source(viewer.id, id).await.map_err(|error| request.fail(error))
}

/// One message as HTML for the clipboard; questions are text only.
#[server(prefix = "/fn", endpoint = "message_html", input = GetUrl)]
pub async fn message_html(id: MessageId) -> Result<String, AppError> {
    let (request, viewer) = crate::context::asking()?;
    let source = request.services.conversations.message_source(viewer.id, id).await;
    source.map(|source| crate::markdown::rich(&source)).map_err(|error| request.fail(error))
}

/// Sets code and formulas of messages: `parts` is a JSON list of [`Part`]s, the answer one of [`model::Typeset`]s, with
/// `null` for what stays as it is.
#[server(prefix = "/fn", endpoint = "typeset")]
pub async fn typeset(parts: String) -> Result<Vec<Value>, AppError> {
    const PARTS_MAX: usize = 64;
    const BYTES_MAX: usize = 300_000;
    const PATIENCE: Duration = Duration::from_secs(3);
    let (request, _) = crate::context::asking()?;
    let read = serde_json::from_str::<Vec<Part>>(&parts).ok();
    let read = read.filter(|read| read.len() <= PARTS_MAX && parts.len() <= BYTES_MAX);
    let Some(read) = read else { return Err(request.fail(services::Error::Invalid(texts::INVALID_SET))) };
    let outcomes = request.services.typesetter.set(read, PATIENCE).await;
    // Strings, numbers and lists of them: making values of those cannot fail.
    Ok(outcomes.iter().map(|outcome| serde_json::to_value(outcome.as_deref()).unwrap_or_default()).collect())
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
    let resumed = request.services.conversations.resume(viewer.id, reply, request.language).await;
    resumed.map_err(|error| request.fail(error))
}

/// The events of a reply after number `after`: those there are, then those to come, until its last one.
/// One JSON [`model::NumberedEvent`] a line, or only its text where it is the next delta. The stream breaking off without
/// an `end` event means: ask again.
#[server(prefix = "/fn", endpoint = "reply_events", input = GetUrl, output = Streaming)]
pub async fn reply_events(reply: MessageId, after: i32) -> Result<ByteStream<AppError>, AppError> {
    let (request, asker) = crate::context::asking_in_session()?;
    Ok(ByteStream::new(lines(request, asker, reply, after).await?))
}

/// What [`reply_events`] sends, until the session of `asker` is over.
async fn lines(
    request: RequestContext,
    asker: Asker,
    reply: MessageId,
    after: i32,
) -> Result<impl Stream<Item = Result<Vec<u8>, AppError>> + Send + use<>, AppError> {
    let conversations = &request.services.conversations;
    let events = conversations.follow(asker.viewer.id, reply, after).await.map_err(|error| request.fail(error))?;
    // The stream outlives the moment in which its reader was let in.
    let people = Arc::clone(&request.services.people);
    let over = async move { people.session_over(asker.session).await };
    // Looked at when it has something to say only, not at each event.
    let mut over = FuturesUnordered::from_iter([Box::pin(over)]);
    let over = Box::pin(async move { over.next().await });
    let mut last = after;
    Ok(events.take_until(over).map(move |batch| match batch {
        Ok(events) => Ok(to_lines(&events, &mut last)),
        Err(error) => Err(request.fail(error)),
    }))
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
