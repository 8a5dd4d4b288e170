//! Asking in a conversation.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use futures::StreamExt as _;
use model::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use services::{
    Error, Services,
    conversations::{NewQuestion, Place},
};
use utoipa::ToSchema;

use super::{
    body::{JsonBody, PathId},
    caller::{Calling, CostCentreHeader},
    conversations::{ApiStatus, MessageRead},
    once,
    problem::{Kind, Problem},
};
use crate::{Doors, request::CorrelationId};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// At most 100,000 bytes.
    #[schema(min_length = 1, example = "What is a covered bond?")]
    content: String,
    /// The caller's default if it is left out.
    #[schema(example = "gpt-5-mini")]
    model: Option<String>,
    /// False: answer when the reply is complete, with its text, instead of at once.
    #[serde(default = "yes")]
    #[schema(default = true)]
    stream: bool,
}

fn yes() -> bool {
    true
}

/// The stored question and the reply to it.
#[derive(Serialize, ToSchema)]
pub(super) struct AskedRead {
    question: MessageRead,
    reply: ReplyRead,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ReplyRead {
    id: String,
    #[schema(inline)]
    status: ApiStatus,
    model: Option<String>,
    /// Where its events are.
    #[schema(example = "/api/v1/replies/018f4e3a-0000-7000-8000-000000000000/events")]
    events: String,
    /// With `stream` false.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

/// Ask. The reply is written whoever reads it; its events can be followed.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/messages", tag = "Messages", params(("id" = String, Path), once::KeyHeader, CostCentreHeader),
    request_body = Question, responses((status = 201, body = AskedRead)))]
pub(super) async fn ask(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    PathId(id): PathId<ConversationId>,
    headers: HeaderMap,
    body: JsonBody<Question>,
) -> Result<Response, Problem> {
    let (owner, question) = (calling.id(), body.value);
    if question.model.as_deref() == Some("") {
        return Err(Problem::new(Kind::InvalidRequest, "The model's name is empty. Leave it out for the default."));
    }
    let (services, logged) = (doors.services.clone(), correlation_id.clone());
    let (client, centre) = (calling.caller.client.clone(), calling.cost_centre.clone());
    let what_centre = centre.clone().unwrap_or_default();
    let work = async move {
        let asked = asked(&services, owner, id, &question, centre.as_deref())
            .await
            .map_err(|error| Problem::failed(error, &logged))?;
        tracing::info!(
            correlation_id = &*logged.0,
            user = %owner,
            client,
            conversation = %id,
            reply = asked.reply.id,
            "a caller asked"
        );
        Ok((StatusCode::CREATED, serde_json::to_value(asked).unwrap_or_default()))
    };
    let what: [&[u8]; 4] = [b"messages", id.0.as_bytes(), &body.bytes, what_centre.as_bytes()];
    once::once(&doors, owner, &headers, &correlation_id, &what, work).await
}

async fn asked(
    services: &Services,
    owner: model::UserId,
    conversation: ConversationId,
    question: &Question,
    cost_centre: Option<&str>,
) -> Result<AskedRead, Error> {
    let place = Place::After(conversation);
    let new = NewQuestion::plain(place, &question.content, question.model.as_deref());
    let receipt = services.conversations.ask(owner, NewQuestion { cost_centre, ..new }).await?;
    let mut reply = receipt.reply;
    let streamed = question.stream;
    if !streamed {
        reply = written(services, owner, conversation, reply.id).await?;
    }
    Ok(AskedRead {
        question: receipt.question.into(),
        reply: ReplyRead {
            id: reply.id.to_string(),
            status: reply.status.into(),
            model: reply.model,
            events: format!("/api/v1/replies/{}/events", reply.id),
            content: (!streamed).then_some(reply.content),
        },
    })
}

/// The reply once it has ended.
async fn written(
    services: &Services,
    owner: model::UserId,
    conversation: ConversationId,
    reply: MessageId,
) -> Result<model::Message, Error> {
    let mut events = std::pin::pin!(services.conversations.follow(owner, reply, 0).await?);
    while let Some(batch) = events.next().await {
        batch?;
    }
    let whole = services.conversations.open(owner, conversation).await?;
    whole.messages.into_iter().find(|message| message.id == reply).ok_or(Error::NotFound)
}
