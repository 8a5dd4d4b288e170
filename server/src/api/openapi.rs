//! The description of the API: OpenAPI 3.1, from the handlers and their types.

use std::sync::LazyLock;

use axum::{Json, extract::State};
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::{
    completions, conversations, keys, me, messages, models,
    problem::{Kind, Problem},
    replies, token, usage,
};
use crate::Doors;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Banter",
        version = "1",
        description = "Chat with a company's models: conversations that are kept, and completions in OpenAI's protocol.",
        license(name = "MIT OR Apache-2.0")
    ),
    paths(
        token::exchange,
        keys::jwks,
        me::me,
        usage::usage,
        conversations::list,
        conversations::create,
        conversations::read,
        conversations::change,
        conversations::delete,
        conversations::export,
        messages::ask,
        replies::events,
        replies::stop,
        models::list,
        models::read,
        completions::create
    )
)]
struct Description;

/// All of it but the address of this server.
pub(super) static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Description::openapi()).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({ "token": {
        "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "An access token of the identity provider for this API, or one that POST /api/v1/token gave for it.",
    } });
    document["components"]["schemas"]["Problem"] = problem_schema();
    document["components"]["schemas"]["OpenAIError"] = json!({
        "type": "object", "required": ["error"],
        "properties": { "error": {
            "type": "object", "required": ["message", "type", "param", "code"],
            "properties": {
                "message": { "type": "string" }, "type": { "type": "string" },
                "param": { "type": ["string", "null"] }, "code": { "type": ["string", "null"] },
            },
        } },
    });
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            if path.starts_with("/api/v1") && path != "/api/v1/token" {
                operation["security"] = json!([{ "token": [] }]);
            }
            problems(path, operation);
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            parameters.into_iter().flatten().for_each(|parameter| leave_out_null(&mut parameter["schema"]));
            let answers = operation.get_mut("responses").and_then(Value::as_object_mut);
            for answer in answers.into_iter().flatten().map(|(_, answer)| answer) {
                // OpenAPI 3.1 has no words for a stream of events; the operation's description has.
                if let Some(stream) = answer.pointer_mut("/content/text~1event-stream") {
                    *stream = json!({});
                }
            }
        }
    }
    document
});

pub(super) async fn document(State(doors): State<Doors>) -> Json<Value> {
    let mut document = DOCUMENT.clone();
    document["servers"] = json!([{ "url": doors.services.config.origin.as_header() }]);
    Json(document)
}

/// A parameter that may be left out is not one that may be `null`.
fn leave_out_null(schema: &mut Value) {
    if let Some(Value::Array(kinds)) = schema.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            schema["type"] = kind;
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        choices.retain(|choice| choice["type"] != "null");
    }
}

/// What any operation may answer besides.
fn problems(path: &str, operation: &mut Value) {
    if !path.starts_with("/api/v1") {
        return;
    }
    let (media, schema) = if path == "/api/v1/chat/completions" {
        ("application/json", "OpenAIError")
    } else {
        ("application/problem+json", "Problem")
    };
    let has_body = operation.get("requestBody").is_some();
    let has_path = path.contains('{') || path == "/api/v1/chat/completions";
    let has_key = operation["parameters"].as_array().into_iter().flatten().any(|one| one["name"] == "Idempotency-Key");
    let may = |kind: Kind| match kind {
        Kind::NotFound => has_path,
        Kind::TooLarge | Kind::UnsupportedMediaType => has_body,
        Kind::KeyReused => has_key,
        Kind::Conflict => has_key || path.ends_with("/events"),
        Kind::ModelFailed => path == "/api/v1/chat/completions",
        Kind::MethodNotAllowed => false,
        Kind::InvalidToken => path != "/api/v1/token",
        _ => true,
    };
    for kind in Kind::ALL.into_iter().filter(|kind| may(*kind)) {
        let (_, status, title, _) = kind.entry();
        let mut response = json!({
            "description": title,
            "content": { media: { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
        });
        if matches!(kind, Kind::TooManyRequests) {
            let secs = json!({ "description": "Seconds", "schema": { "type": "integer" } });
            response["headers"] = json!({ "Retry-After": secs });
        }
        let responses = operation["responses"].as_object_mut();
        if let Some(responses) = responses {
            responses.entry(status.as_str()).or_insert(response);
        }
    }
}

fn problem_schema() -> Value {
    let types: Vec<String> = Kind::ALL.iter().map(|kind| Problem::type_uri(*kind, "{origin}")).collect();
    json!({
        "type": "object",
        "description": format!("RFC 9457. `type` is one of {}.", types.join(", ")),
        "required": ["type", "title", "status", "detail", "correlation_id"],
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "correlation_id": { "type": "string", "description": "Names the log lines." },
        },
    })
}
