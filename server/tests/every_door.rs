//! Knocks at every door there is, as everybody who may come along, and writes down what each answers: `docs/doors.md`.
//! A door that is not in the list yet fails the test; so does one that answers differently.
//!
//! `UPDATE_DOORS=1 cargo test -p server --test integration every_door` writes the list anew.

use std::fmt::Write as _;

use reqwest::Method;

use crate::support::{ALICE, BOB, Browser, CAROL, TestApp};

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/doors.md");

/// What a door is asked with: the path in full, and a form's fields.
struct Knock {
    path: String,
    fields: Vec<(&'static str, String)>,
    /// A body, in place of a form.
    json: Option<serde_json::Value>,
}

/// Things of Alice's.
struct Hers {
    user: String,
    conversation: String,
    question: String,
    reply: String,
    session: String,
}

/// `None`: nobody has said yet how to knock here.
fn knock(door: &server::Door, hers: &Hers) -> Option<Knock> {
    let path = |path: &str| Some(Knock { path: path.to_owned(), fields: Vec::new(), json: None });
    let json = |path: &str, body| Some(Knock { path: path.to_owned(), fields: Vec::new(), json: Some(body) });
    let with = |fields: &[(&'static str, &str)]| {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Some(Knock { path: door.path.clone(), fields, json: None })
    };
    match door.path.as_str() {
        "/" | "/chat" | "/profile" | "/admin" | "/signed-out" | "/healthz" | "/readyz" => path(&door.path),
        "/.well-known/jwks.json" | "/api/docs" | "/api/openapi.json" => path(&door.path),
        "/api/v1/me" | "/api/v1/models" | "/api/v1/usage" => path(&door.path),
        "/api/v1/conversations" => json(&door.path, serde_json::json!({ "title": "One more" })),
        "/api/v1/conversations/{id}" if door.method == "PATCH" => {
            json(&format!("/api/v1/conversations/{}", hers.conversation), serde_json::json!({ "archived": false }))
        }
        "/api/v1/conversations/{id}" => path(&format!("/api/v1/conversations/{}", hers.conversation)),
        "/api/v1/conversations/{id}/export" => path(&format!("/api/v1/conversations/{}/export", hers.conversation)),
        "/api/v1/conversations/{id}/messages" => json(
            &format!("/api/v1/conversations/{}/messages", hers.conversation),
            serde_json::json!({ "content": "echo: once more" }),
        ),
        "/api/v1/replies/{id}/events" => path(&format!("/api/v1/replies/{}/events", hers.reply)),
        "/api/v1/replies/{id}/stop" => path(&format!("/api/v1/replies/{}/stop", hers.reply)),
        "/api/v1/models/{id}" => path("/api/v1/models/gpt-5"),
        "/api/v1/chat/completions" => json(
            &door.path,
            serde_json::json!({ "model": "gpt-5", "messages": [{ "role": "user", "content": "echo: hello" }] }),
        ),
        "/api/v1/token" => with(&[]),
        "/chat/{conversation_id}" => path(&format!("/chat/{}", hers.conversation)),
        "/api/photo/{user_id}" => path(&format!("/api/photo/{}", hers.user)),
        "/api/auth/signin/entra-id" | "/api/auth/callback/entra-id" | "/api/auth/signout" | "/api/auth/session" => {
            path(&door.path)
        }
        "/api/auth/frontchannel-logout" => path("/api/auth/frontchannel-logout?sid=unknown"),
        "/fn/viewer" | "/fn/models" | "/fn/conversations" | "/fn/news" => path(&door.path),
        "/fn/conversation" | "/fn/open" => path(&format!("{}?id={}", door.path, hers.conversation)),
        "/fn/message_source" => path(&format!("/fn/message_source?id={}", hers.reply)),
        "/fn/message_html" => path(&format!("/fn/message_html?id={}", hers.reply)),
        "/fn/typeset" => with(&[("parts", "[]")]),
        "/fn/reply_events" => path(&format!("/fn/reply_events?reply={}&after=0", hers.reply)),
        "/fn/ask" | "/fn/ask_and_read" => with(&[("conversation", &hers.conversation), ("content", "echo: once more")]),
        "/fn/search" => path("/fn/search?q=once"),
        "/fn/edit" => with(&[("question", &hers.question), ("content", "echo: otherwise")]),
        "/fn/choose" => with(&[("message", &hers.question)]),
        "/fn/ask_again" => with(&[("reply", &hers.reply)]),
        "/fn/rate" => with(&[("answer", &hers.reply), ("good", "true")]),
        "/fn/keep_draft" => with(&[("conversation", &hers.conversation), ("content", "half a")]),
        "/fn/language" => with(&[("language", "en")]),
        "/fn/rename" => with(&[("id", &hers.conversation), ("title", "Other")]),
        "/fn/file" => with(&[("id", &hers.conversation), ("folder", "Folder")]),
        "/fn/pin" | "/fn/archive" => with(&[("id", &hers.conversation), ("on", "true")]),
        "/fn/delete" | "/fn/restore" => with(&[("id", &hers.conversation)]),
        "/fn/stop" | "/fn/resume" => with(&[("reply", &hers.reply)]),
        "/fn/end_session" => with(&[("session", &hers.session)]),
        "/fn/end_other_sessions" | "/fn/refresh_profile" => with(&[]),
        "/fn/revoke_sessions" => with(&[("user", &hers.user)]),
        _ => None,
    }
}

#[tokio::test]
async fn every_door_is_in_the_list_with_what_it_answers_to_whom() {
    let mut list = String::from(
        "# Doors\n\nEverything Banter answers over HTTP besides static files, and with which status: to somebody \
         signed out, to a\nstranger (signed in, and it is about somebody else's things), to the owner, and to an \
         administrator who is not the\nowner. Written by `server/tests/every_door.rs`, which fails when a door is \
         missing or answers differently.\n\n303 from a page leads to the sign-in. HEAD answers as GET does. What \
         changes anything answers 403 to whatever does not\ncome from Banter's own origin.\n\n\
         | | door | signed out | stranger | owner | administrator |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for door in server::doors() {
        // What a door does must not change what the next person gets from it.
        let mut answers = Vec::new();
        for who in ["signed out", "stranger", "owner", "administrator"] {
            answers.push(answer(&door, who).await);
        }
        let row = format!("| {} | `{}` | {} |", door.method, door.path, answers.join(" | "));
        writeln!(list, "{row}").unwrap();
    }
    list.push_str(
        "\n## With a bearer token\n\nThe app-to-app API again, where the session's cookie opens nothing: to a stranger's \
         token, to the owner's, and to an\napplication's.\n\n| | door | stranger | owner | application |\n\
         | --- | --- | --- | --- | --- |\n",
    );
    for door in server::doors().into_iter().filter(|door| door.path.starts_with("/api/v1")) {
        let mut answers = Vec::new();
        for who in ["stranger", "owner", "application"] {
            answers.push(answer_to_token(&door, who).await);
        }
        writeln!(list, "| {} | `{}` | {} |", door.method, door.path, answers.join(" | ")).unwrap();
    }
    if std::env::var_os("UPDATE_DOORS").is_some() {
        std::fs::write(LIST, &list).unwrap();
    }
    let known = std::fs::read_to_string(LIST).unwrap_or_default();
    assert_eq!(list, known, "docs/doors.md is not what the doors are");
}

async fn answer(door: &server::Door, who: &str) -> String {
    let app = shared().await;
    let alice = app.browser();
    alice.sign_in(ALICE).await;
    let asked = alice.ask("echo: hello").await;
    let hers = Hers {
        user: alice.user_id().await,
        conversation: asked.receipt.conversation_id.to_string(),
        question: asked.receipt.question.id.to_string(),
        reply: asked.receipt.reply.id.to_string(),
        session: newest_session_of_alice(app).await,
    };
    let knock = knock(door, &hers).unwrap_or_else(|| panic!("say in this file how to knock at {}", door.path));
    // The owner ends another of her sessions, not the one she does it from.
    let browser = Browser::unmoved(&app.url);
    match who {
        "signed out" => {}
        "stranger" => app.sign_in_unmoved(&browser, CAROL).await,
        "owner" => app.sign_in_unmoved(&browser, ALICE).await,
        _ => app.sign_in_unmoved(&browser, BOB).await,
    }
    let method: Method = door.method.parse().unwrap();
    let request = browser.request(method.clone(), &knock.path).header("accept", "application/json, */*");
    let request = match knock.json {
        _ if method.is_safe() => request,
        Some(body) => request.header("origin", &app.url).json(&body),
        None => request.header("origin", &app.url).form(&knock.fields),
    };
    request.send().await.unwrap().status().as_u16().to_string()
}

async fn answer_to_token(door: &server::Door, who: &str) -> String {
    let app = shared().await;
    let alice = app.browser();
    alice.sign_in(ALICE).await;
    let asked = alice.ask("echo: hello").await;
    let hers = Hers {
        user: String::new(),
        conversation: asked.receipt.conversation_id.to_string(),
        reply: asked.receipt.reply.id.to_string(),
        question: asked.receipt.question.id.to_string(),
        session: String::new(),
    };
    let knock = knock(door, &hers).unwrap_or_else(|| panic!("say in this file how to knock at {}", door.path));
    let api = match who {
        "stranger" => app.calling(CAROL).await,
        "owner" => app.calling(ALICE).await,
        _ => app.service().await,
    };
    let method: Method = door.method.parse().unwrap();
    let request = api.request(method.clone(), &knock.path);
    let request = match knock.json {
        _ if method.is_safe() => request,
        Some(body) => request.json(&body),
        None => request.form(&knock.fields),
    };
    request.send().await.unwrap().status().as_u16().to_string()
}

async fn newest_session_of_alice(app: &TestApp) -> String {
    app.text(
        "SELECT public_id::text FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE u.display_name = 'Alice Archer' AND ended_at IS NULL ORDER BY s.created_at DESC LIMIT 1",
    )
    .await
}

async fn shared() -> &'static TestApp {
    static APP: tokio::sync::OnceCell<TestApp> = tokio::sync::OnceCell::const_new();
    APP.get_or_init(TestApp::start).await
}

#[tokio::test]
async fn forged_headers_open_nothing() {
    let app = TestApp::start().await;
    let id = app.signed_in(ALICE).await.user_id().await;
    let stranger = Browser::unmoved(&app.url);
    for (name, value) in [
        ("x-ms-client-principal-id", id.as_str()),
        ("x-ms-client-principal-name", "alice.archer@linden-bank.example"),
        ("x-forwarded-user", &id),
        ("remote-user", &id),
        ("x-user-id", &id),
        ("x-original-url", "/healthz"),
        ("x-rewrite-url", "/healthz"),
        ("x-forwarded-host", "evil.example"),
        ("x-http-method-override", "GET"),
        ("x-middleware-subrequest", "middleware"),
        ("authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
        ("authorization", "Basic YWxpY2U6YWxpY2U="),
        ("cookie", "banter=; __Host-banter=x"),
        ("cookie", "banter=null"),
    ] {
        for path in ["/chat", "/profile", "/admin", "/fn/viewer", "/fn/conversations", &format!("/api/photo/{id}")] {
            let response = stranger.request(Method::GET, path).header(name, value).send().await.unwrap();
            assert!(
                matches!(response.status().as_u16(), 303 | 401),
                "{name}: {value} on {path}: {}",
                response.status()
            );
            let location = response.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            assert!(!location.contains("evil.example"), "{name} leads astray: {location}");
        }
    }
}
