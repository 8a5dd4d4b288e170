//! The program as a process: how it starts, and how it stops.

use std::process::Command;

use model::{Ending, ReplyEvent};
use reqwest::Method;
use serde_json::json;

use crate::support::{ALICE, Program, TestApp};

#[test]
fn a_faulty_configuration_stops_the_start_with_every_fault_named_and_no_secret_shown() {
    let output = Command::new(env!("CARGO_BIN_EXE_banter"))
        .env_clear()
        .env("AUTH_SECRET", "short-secret")
        .env("DATABASE_URL", "mysql://u:hunter2@h/d")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    for variable in
        ["AUTH_URL", "AUTH_SECRET", "DATABASE_URL", "AUTH_MICROSOFT_ENTRA_ID_ISSUER", "AZURE_OPENAI_BASE_URL"]
    {
        assert!(message.contains(variable), "{variable} in {message}");
    }
    assert!(!message.contains("short-secret") && !message.contains("hunter2"), "{message}");
}

#[test]
fn an_unknown_command_is_explained() {
    let output = Command::new(env!("CARGO_BIN_EXE_banter")).arg("dance").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("usage: banter"));
}

#[tokio::test]
async fn a_program_told_to_stop_ends_its_replies_and_tells_their_readers() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let mut program = Program::start(app).await;
    assert_eq!(program.browser.sign_in(ALICE).await.status(), 200);
    let receipt = program.browser.begin(None, "echo: one two three four five six seven eight nine ten eleven").await;
    program.browser.read_until(receipt.reply.id, "one").await;
    let reader = program.browser.follow(receipt.reply.id, 0).await;
    program.signal("TERM");
    let events = crate::support::parse_events(0, &reader.bytes().await.unwrap());
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Interrupted)), "{:?}", events.last());
    let status = tokio::task::spawn_blocking(move || program.child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_program_told_to_stop_ends_completions_says_so_and_meters_them() {
    let app = TestApp::start().await;
    let token = app.calling(ALICE).await.token.clone();
    for _ in 0..2 {
        app.fault(json!({ "service": "openai", "kind": "hang", "after": 8, "times": 1 })).await;
    }
    let database = app.database().await;
    let mut program = Program::start(app).await;
    let complete = |stream: bool| {
        let question = json!([{ "role": "user", "content": "echo: one two three four five six seven eight nine ten" }]);
        let body = json!({ "model": "gpt-4o", "messages": question, "stream": stream });
        program.browser.request(Method::POST, "/api/v1/chat/completions").bearer_auth(&token).json(&body).send()
    };
    let mut streamed = complete(true).await.unwrap();
    let mut body = streamed.chunk().await.unwrap().unwrap().to_vec();
    let whole = tokio::spawn(complete(false));
    let begun = async || sqlx::query_scalar::<_, i64>("SELECT count(*) FROM usage").fetch_one(&database).await.unwrap();
    while begun().await < 2 {
        tokio::task::yield_now().await;
    }
    program.signal("TERM");
    while let Some(bytes) = streamed.chunk().await.unwrap() {
        body.extend_from_slice(&bytes);
    }
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("broken_off") && !body.contains("[DONE]"), "{body}");
    assert_eq!(whole.await.unwrap().unwrap().status(), 503);
    let status = tokio::task::spawn_blocking(move || program.child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
    let sql = "SELECT count(*) FROM usage WHERE counted AND prompt_tokens > 0";
    assert_eq!(sqlx::query_scalar::<_, i64>(sql).fetch_one(&database).await.unwrap(), 2);
}

#[tokio::test]
async fn a_program_told_to_stop_does_not_wait_for_pages_that_wait_for_news() {
    let mut program = Program::start(TestApp::start().await).await;
    assert_eq!(program.browser.sign_in(ALICE).await.status(), 200);
    let mut news = program.browser.request(Method::GET, "/fn/news").send().await.unwrap();
    program.signal("TERM");
    // To its own end: one that is cut off, after the time for stopping, would be an error.
    while let Some(line) = news.chunk().await.unwrap() {
        assert!(!line.contains(&b'0'), "the session goes on, at another server");
    }
    let status = tokio::task::spawn_blocking(move || program.child.wait().unwrap()).await.unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_program_that_was_killed_leaves_its_replies_to_the_others() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let other = app.replica().await;
    let program = Program::start(app).await;
    assert_eq!(program.browser.sign_in(ALICE).await.status(), 200);
    let receipt = program.browser.begin(None, "echo: one two three four five six seven eight nine ten eleven").await;
    let seen = program.browser.read_until(receipt.reply.id, "one").await;
    program.signal("KILL");
    let events = other.signed_in(ALICE).await.events(receipt.reply.id, 0).await;
    assert_eq!(events[..seen.len()], seen);
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Interrupted)), "{:?}", events.last());
}
