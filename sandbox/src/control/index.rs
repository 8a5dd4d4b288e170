//! The sandbox's front page: what runs here, who can sign in, what can be asked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::constants::{ADMIN_GROUP_NAME, ALLOWED_GROUP_NAME, CLIENT_ID, TENANT_ID};
use crate::entra::page::document;
use crate::http::{Origin, escape_html, html};
use crate::model::choose;
use crate::state::Shared;

/// `GET /`
pub async fn page(State(state): State<Shared>, origin: Origin) -> Response {
    let row =
        |name: &str, value: &str| format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape_html(name), value);
    let link = |path: &str| {
        let url = format!("{}{path}", origin.0);
        format!("<a href=\"{0}\"><code>{0}</code></a>", escape_html(&url))
    };
    let services = [
        row("Entra ID", &link(&format!("/{TENANT_ID}/v2.0/.well-known/openid-configuration"))),
        row("Graph", &format!("<code>{}/graph/v1.0</code>", escape_html(&origin.0))),
        row("Azure OpenAI", &format!("<code>{}/openai</code>", escape_html(&origin.0))),
        row("Requests received", &link("/_sandbox/requests")),
        row("Faults ordered", &link("/_sandbox/faults")),
        row("Application", &format!("<code>{CLIENT_ID}</code>")),
    ]
    .concat();
    let people: String = state
        .directory()
        .personas
        .iter()
        .map(|p| row(&p.name, &format!("{}<br><code>{}</code>", escape_html(&p.about), p.oid)))
        .collect();
    let answers: String = match &state.options.upstream {
        Some(upstream) => row("Everything", &format!("relayed to <code>{}</code>", escape_html(upstream))),
        None => choose::CATALOGUE.iter().map(|(words, answer)| row(words, &escape_html(answer))).collect(),
    };
    let body = format!(
        "<main class=\"card wide\"><p class=\"brand\">Linden Bank <span>sandbox</span></p>\
         <h1>Stand-ins for Microsoft’s services</h1>\
         <p class=\"lead\">Entra ID, Graph and Azure OpenAI for development and tests. \
         Members of “{ALLOWED_GROUP_NAME}” may use the chat, members of “{ADMIN_GROUP_NAME}” administer it.</p>\
         <h2>Services</h2><table>{services}</table>\
         <h2>People</h2><table>{people}</table>\
         <h2>What the stand-in model answers</h2>\
         <p>The first row with a word of the question decides.</p><table>{answers}</table></main>"
    );
    html(StatusCode::OK, document("Sandbox", &body))
}
