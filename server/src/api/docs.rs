//! The reference page: the description for people, with examples, as plain HTML.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde_json::Value;

use super::{openapi::DOCUMENT, problem::Kind};
use crate::Doors;

pub(super) async fn page(State(doors): State<Doors>) -> Response {
    let origin = doors.services.config.origin.as_header();
    let audience = doors.services.config.api.as_ref().map(|api| api.audience.as_str()).unwrap_or_default();
    let style = &doors.site.assets.css;
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Banter: API reference</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"{}\"></head><body class=\"docs\"><main class=\"sheet wide\">\
         <h1>API reference</h1>{}{}{}</main></body></html>",
        escaped(style),
        beginning(&origin, audience),
        operations(),
        problems(),
    );
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, html), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], body)
        .into_response()
}

fn beginning(origin: &str, audience: &str) -> String {
    let mut html = format!(
        "<p>Machine-readable: <a href=\"/api/openapi.json\">OpenAPI 3.1</a>. Every call carries a bearer token: a \
         person's access token with the scope <code>{audience}/access_as_user</code>, an application's with the app role \
         <code>Banter.Use</code>, or Banter's own short one that <code>POST /api/v1/token</code> gives for a person's. \
         Cookies open nothing here. Times are RFC 3339 in UTC, ids are opaque. Creating calls take an \
         <code>Idempotency-Key</code>; every answer says in <code>RateLimit-Limit</code>, <code>RateLimit-Remaining</code> \
         and <code>RateLimit-Reset</code> (seconds) how often you may call.</p><h2 id=\"examples\">Examples</h2>",
        audience = escaped(audience),
    );
    for (language, code) in examples(origin, audience) {
        let _ = write!(html, "<h3>{language}</h3><pre tabindex=\"0\"><code>{}</code></pre>", escaped(&code));
    }
    html
}

fn examples(origin: &str, audience: &str) -> [(&'static str, String); 3] {
    [
        (
            "curl",
            format!(
                "TOKEN=$(az account get-access-token --scope {audience}/access_as_user --query accessToken -o tsv)\n\n\
                 curl -s {origin}/api/v1/me -H \"Authorization: Bearer $TOKEN\"\n\n\
                 ID=$(curl -s {origin}/api/v1/conversations -H \"Authorization: Bearer $TOKEN\" \\\n  \
                 --json '{{\"title\": \"Bonds\"}}' | jq -r .id)\n\
                 EVENTS=$(curl -s {origin}/api/v1/conversations/$ID/messages -H \"Authorization: Bearer $TOKEN\" \\\n  \
                 -H \"Idempotency-Key: $(uuidgen)\" --json '{{\"content\": \"What is a covered bond?\"}}' | jq -r .reply.events)\n\
                 curl -sN {origin}$EVENTS -H \"Authorization: Bearer $TOKEN\"\n"
            ),
        ),
        (
            "Python",
            format!(
                "from azure.identity import DefaultAzureCredential, get_bearer_token_provider\n\
                 from openai import OpenAI\n\n\
                 token = get_bearer_token_provider(DefaultAzureCredential(), \"{audience}/.default\")\n\
                 client = OpenAI(base_url=\"{origin}/api/v1\", api_key=token)\n\n\
                 stream = client.chat.completions.create(\n    model=\"gpt-5-mini\",\n    \
                 messages=[{{\"role\": \"user\", \"content\": \"What is a covered bond?\"}}],\n    stream=True,\n)\n\
                 for chunk in stream:\n    print(chunk.choices[0].delta.content or \"\", end=\"\")\n"
            ),
        ),
        (
            "TypeScript",
            format!(
                "import {{ DefaultAzureCredential, getBearerTokenProvider }} from \"@azure/identity\";\n\
                 import OpenAI from \"openai\";\n\n\
                 const token = getBearerTokenProvider(new DefaultAzureCredential(), \"{audience}/.default\");\n\
                 const client = new OpenAI({{ baseURL: \"{origin}/api/v1\", apiKey: token }});\n\n\
                 const stream = await client.chat.completions.create({{\n  model: \"gpt-5-mini\",\n  \
                 messages: [{{ role: \"user\", content: \"What is a covered bond?\" }}],\n  stream: true,\n}});\n\
                 for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta?.content ?? \"\");\n"
            ),
        ),
    ]
}

/// One section for each operation, as the description has them.
fn operations() -> String {
    let mut html = "<h2 id=\"operations\">Operations</h2>".to_owned();
    let paths = DOCUMENT.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let text = |name: &str| escaped(operation.get(name).and_then(Value::as_str).unwrap_or_default());
            let _ = write!(
                html,
                "<section><h3><code>{} {}</code></h3><p>{} {}</p>",
                method.to_uppercase(),
                escaped(path),
                text("summary"),
                text("description"),
            );
            html.push_str(&parameters(operation));
            html.push_str(&schema("Body", operation.pointer("/requestBody/content")));
            let answers = operation.get("responses").and_then(Value::as_object);
            let good = answers.into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
            for (status, answer) in good {
                html.push_str(&schema(&format!("Answer {status}"), answer.get("content")));
            }
            html.push_str("</section>");
        }
    }
    html
}

fn parameters(operation: &Value) -> String {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let rows: String = parameters
        .into_iter()
        .flatten()
        .map(|one| {
            let text = |name: &str| escaped(one.get(name).and_then(Value::as_str).unwrap_or_default());
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                text("name"),
                text("in"),
                text("description")
            )
        })
        .collect();
    if rows.is_empty() { rows } else { format!("<table><tbody>{rows}</tbody></table>") }
}

/// The members of a body, by each content type.
fn schema(what: &str, content: Option<&Value>) -> String {
    let mut html = String::new();
    for (media, one) in content.and_then(Value::as_object).into_iter().flatten() {
        let _ = write!(html, "<h4>{} ({})</h4>", escaped(what), escaped(media));
        let schema = one.get("schema").map(resolved).unwrap_or_default();
        html.push_str(&members(&schema));
    }
    html
}

fn members(schema: &Value) -> String {
    let mut rows = String::new();
    let parts = schema.get("allOf").and_then(Value::as_array);
    let parts: Vec<Value> = parts.map_or_else(|| vec![schema.clone()], |parts| parts.iter().map(resolved).collect());
    for part in &parts {
        for (name, member) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let kind = member.get("type").or_else(|| member.get("$ref")).map(ToString::to_string).unwrap_or_default();
            let kind = kind.replace('"', "").replace("#/components/schemas/", "");
            let description = member.get("description").and_then(Value::as_str).unwrap_or_default();
            let _ = write!(
                rows,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escaped(name),
                escaped(&kind),
                escaped(description)
            );
        }
    }
    if rows.is_empty() { rows } else { format!("<table><tbody>{rows}</tbody></table>") }
}

fn resolved(schema: &Value) -> Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
    name.and_then(|pointer| DOCUMENT.pointer(pointer)).unwrap_or(schema).clone()
}

/// The catalogue that each problem's `type` leads to.
fn problems() -> String {
    let mut html =
        "<h2 id=\"problems\">Problems</h2><p>Errors are <code>application/problem+json</code> (RFC 9457); under \
        <code>/api/v1/chat/completions</code> they have OpenAI's shape.</p>"
            .to_owned();
    for kind in Kind::ALL {
        let (name, status, title, meaning) = kind.entry();
        let _ = write!(
            html,
            "<section id=\"problem-{name}\"><h3>{} {}</h3><p>{}</p></section>",
            status.as_u16(),
            escaped(title),
            escaped(meaning),
        );
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
