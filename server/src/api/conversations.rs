//! Conversations of the caller: list, search, make, read, change, delete, export.

#![expect(unused_qualifications, reason = "the macro that describes parameters writes them so")]

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use model::{Conversation, ConversationId, ConversationSummary, Message, Role};
use serde::{Deserialize, Serialize};
use services::{
    conversations::UNTITLED,
    library::{Changes, Shelf},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    body::{JsonBody, PathId},
    caller::Calling,
    once,
    problem::{Kind, Problem},
};
use crate::{Doors, request::CorrelationId};

const MOST_LISTED: u32 = 100;

/// A conversation in the list.
#[derive(Serialize, ToSchema)]
pub(super) struct Listed {
    /// Opaque.
    pub(super) id: String,
    pub(super) title: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub(super) created_at: String,
    /// When something was asked last. RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub(super) updated_at: String,
    pub(super) archived: bool,
    pub(super) pinned: bool,
    pub(super) folder: Option<String>,
}

/// A page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationList {
    data: Vec<Listed>,
    /// Give it as `cursor` to get the next page. Null on the last.
    next_cursor: Option<String>,
}

/// A conversation with its messages, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ConversationRead {
    #[serde(flatten)]
    head: Listed,
    messages: Vec<MessageRead>,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageRead {
    pub(super) id: String,
    #[schema(inline)]
    pub(super) role: ApiRole,
    /// Markdown in answers.
    pub(super) content: String,
    /// Of answers.
    pub(super) model: Option<String>,
    #[schema(inline)]
    pub(super) status: ApiStatus,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    pub(super) created_at: String,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ApiRole {
    User,
    Assistant,
    System,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ApiStatus {
    Complete,
    Streaming,
    Stopped,
    Interrupted,
    Failed,
    Filtered,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The most to give. 50 if it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// What `next_cursor` said.
    #[param(pattern = "^([0-9]{1,16}-[0-9a-f]{32})?$")]
    cursor: Option<String>,
    /// Words to search for in titles and messages; the best forty are one page.
    #[param(max_length = 200)]
    q: Option<String>,
    /// Only those that were archived.
    archived: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConversation {
    /// One line. Without it the conversation is called by its first question.
    #[schema(min_length = 1, max_length = 200, example = "Quarterly figures")]
    title: Option<String>,
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConversationChange {
    /// One line.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    archived: Option<bool>,
    pinned: Option<bool>,
    /// One line; empty: in none.
    #[schema(max_length = 60)]
    folder: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// `json` if it is left out.
    #[param(inline)]
    format: Option<ExportFormat>,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ExportFormat {
    Json,
    Markdown,
}

/// List or search the caller's conversations, newest first.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "Conversations", params(ListQuery),
    responses((status = 200, body = ConversationList)))]
pub(super) async fn list(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ConversationList>, Problem> {
    let query = parameters(query)?;
    if query.limit.is_some_and(|limit| !(1..=MOST_LISTED).contains(&limit)) {
        return Err(Problem::new(Kind::InvalidRequest, "The limit is a whole number from 1 to 100."));
    }
    let cursor = query.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    if cursor.is_some_and(|cursor| !is_cursor(cursor)) {
        return Err(Problem::new(Kind::InvalidRequest, "The cursor is not one of ours."));
    }
    let failed = |error| Problem::failed(error, &correlation_id);
    let library = &doors.services.library;
    if let Some(words) = query.q.filter(|words| !words.trim().is_empty()) {
        let found = library.search(calling.id(), &words).await.map_err(failed)?;
        let most = query.limit.map_or(usize::MAX, |limit| limit as usize);
        let wanted = |summary: &ConversationSummary| query.archived.is_none_or(|archived| summary.archived == archived);
        let found = found.into_iter().map(|found| found.conversation).filter(wanted).take(most);
        return Ok(Json(ConversationList { data: found.map(Listed::from).collect(), next_cursor: None }));
    }
    let shelf = if query.archived == Some(true) { Shelf::Archived } else { Shelf::All };
    let page = library.list(calling.id(), &shelf, cursor, query.limit).await.map_err(failed)?;
    let wanted = |summary: &ConversationSummary| query.archived != Some(false) || !summary.archived;
    let data = page.conversations.into_iter().filter(wanted).map(Listed::from).collect();
    Ok(Json(ConversationList { data, next_cursor: page.next_cursor }))
}

/// As the list writes them: also where a cursor makes no difference, one that is none is a mistake.
fn is_cursor(text: &str) -> bool {
    text.split_once('-').is_some_and(|(micros, id)| {
        let is_number = (1..=16).contains(&micros.len()) && micros.bytes().all(|byte| byte.is_ascii_digit());
        is_number && id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Begin a conversation.
#[utoipa::path(post, path = "/api/v1/conversations", tag = "Conversations", request_body = Option<NewConversation>,
    params(once::KeyHeader), responses((status = 201, body = Listed)))]
pub(super) async fn create(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    headers: HeaderMap,
    body: JsonBody<Option<NewConversation>>,
) -> Result<Response, Problem> {
    let title = body.value.and_then(|new| new.title).unwrap_or_else(|| UNTITLED.to_owned());
    let owner = calling.id();
    let (services, id) = (doors.services.clone(), correlation_id.clone());
    let work = async move {
        let created = services.library.create(owner, &title).await.map_err(|error| Problem::failed(error, &id))?;
        Ok((StatusCode::CREATED, serde_json::to_value(Listed::from(created)).unwrap_or_default()))
    };
    let what: [&[u8]; 2] = [b"conversations", &body.bytes];
    once::once(&doors, owner, &headers, &correlation_id, &what, work).await
}

/// Read a conversation with its messages.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 200, body = ConversationRead)))]
pub(super) async fn read(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(id): PathId<ConversationId>,
) -> Result<Json<ConversationRead>, Problem> {
    Ok(Json(whole(&calling, &doors, &correlation_id, id).await?))
}

/// Rename, archive, pin or file a conversation.
#[utoipa::path(patch, path = "/api/v1/conversations/{id}", tag = "Conversations", params(("id" = String, Path)),
    request_body = ConversationChange, responses((status = 200, body = Listed)))]
pub(super) async fn change(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(id): PathId<ConversationId>,
    body: JsonBody<ConversationChange>,
) -> Result<Json<Listed>, Problem> {
    let ConversationChange { title, archived, pinned, folder } = body.value;
    let (title, folder) = (title.as_deref(), folder.as_deref());
    let changes = Changes { title, folder, pinned, archived, deleted: None };
    let changed = doors.services.library.change(calling.id(), id, changes).await;
    let changed = changed.map_err(|error| Problem::failed(error, &correlation_id))?;
    Ok(Json(changed.into()))
}

/// Delete a conversation. A reply being written in it is stopped.
#[utoipa::path(delete, path = "/api/v1/conversations/{id}", tag = "Conversations", params(("id" = String, Path)),
    responses((status = 204)))]
pub(super) async fn delete(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(id): PathId<ConversationId>,
) -> Result<StatusCode, Problem> {
    let deleted = doors.services.library.delete(calling.id(), id).await;
    deleted.map_err(|error| Problem::failed(error, &correlation_id))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Export a conversation, as JSON or as Markdown.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/export", tag = "Conversations",
    params(("id" = String, Path), ExportQuery),
    responses((status = 200, content((ConversationRead = "application/json"), (String = "text/markdown")))))]
pub(super) async fn export(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(id): PathId<ConversationId>,
    query: Result<Query<ExportQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let format = parameters(query)?.format.unwrap_or(ExportFormat::Json);
    let whole = whole(&calling, &doors, &correlation_id, id).await?;
    let (mut response, ending) = match format {
        ExportFormat::Json => (Json(&whole).into_response(), "json"),
        ExportFormat::Markdown => {
            let media = HeaderValue::from_static("text/markdown; charset=utf-8");
            (([(header::CONTENT_TYPE, media)], markdown(&whole)).into_response(), "md")
        }
    };
    let disposition = format!("attachment; filename=\"conversation-{id}.{ending}\"");
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

async fn whole(
    calling: &Calling,
    doors: &Doors,
    correlation_id: &CorrelationId,
    id: ConversationId,
) -> Result<ConversationRead, Problem> {
    let (owner, services) = (calling.id(), &doors.services);
    let whole = async {
        let Conversation { messages, .. } = services.conversations.open(owner, id).await?;
        Ok((services.library.find(owner, id).await?, messages))
    };
    let (summary, messages) = whole.await.map_err(|error| Problem::failed(error, correlation_id))?;
    Ok(ConversationRead { head: summary.into(), messages: messages.into_iter().map(MessageRead::from).collect() })
}

fn markdown(whole: &ConversationRead) -> String {
    let mut text = format!("# {}\n", whole.head.title);
    for message in &whole.messages {
        let who = match message.role {
            ApiRole::User => "You",
            ApiRole::System => "Instructions",
            ApiRole::Assistant => message.model.as_deref().unwrap_or("Assistant"),
        };
        let how = match message.status {
            ApiStatus::Complete => "",
            ApiStatus::Streaming => " (being written)",
            ApiStatus::Stopped => " (stopped)",
            ApiStatus::Interrupted => " (interrupted)",
            ApiStatus::Failed => " (failed)",
            ApiStatus::Filtered => " (filtered)",
        };
        text.push_str(&format!("\n## {who}{how}\n\n{}\n\n{}\n", message.created_at, message.content.trim_end()));
    }
    text
}

/// Query parameters, or what is wrong with them.
pub(super) fn parameters<T>(query: Result<Query<T>, QueryRejection>) -> Result<T, Problem> {
    match query {
        Ok(Query(query)) => Ok(query),
        Err(rejection) => Err(Problem::new(Kind::InvalidRequest, rejection.body_text())),
    }
}

impl From<ConversationSummary> for Listed {
    fn from(summary: ConversationSummary) -> Self {
        Self {
            id: summary.id.to_string(),
            title: summary.title,
            created_at: summary.created_at,
            updated_at: summary.updated_at,
            archived: summary.archived,
            pinned: summary.pinned,
            folder: summary.folder,
        }
    }
}

impl From<Message> for MessageRead {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.to_string(),
            role: match message.role {
                Role::User => ApiRole::User,
                Role::Assistant => ApiRole::Assistant,
                Role::System => ApiRole::System,
            },
            content: message.content,
            model: message.model,
            status: message.status.into(),
            created_at: message.created_at,
        }
    }
}

impl From<model::MessageStatus> for ApiStatus {
    fn from(status: model::MessageStatus) -> Self {
        use model::MessageStatus as Status;
        match status {
            Status::Complete => Self::Complete,
            Status::Streaming => Self::Streaming,
            Status::Stopped => Self::Stopped,
            Status::Interrupted => Self::Interrupted,
            Status::Failed => Self::Failed,
            Status::Filtered => Self::Filtered,
        }
    }
}
