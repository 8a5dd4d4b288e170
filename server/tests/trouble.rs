//! Bad questions, and a model or a database in trouble.

use std::time::Duration;

use model::{AskReceipt, ConversationSummary, Ending, Fault, FaultKind, MessageStatus, NumberedEvent, ReplyEvent};
use reqwest::Method;
use sandbox::postgres::{PgOptions, Server};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{self, ALICE, Browser, Setup, TestApp, Wire};

#[tokio::test]
async fn bad_questions_are_refused_with_a_reason() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let too_long = "x".repeat(100_001);
    for (content, status, reason) in
        [("  ", 400, "Write a question first"), (too_long.as_str(), 413, "100 kB"), ("a\0b", 400, "NUL")]
    {
        let response = browser.call("ask", &[("content", content)]).await;
        assert_eq!(response.status(), status);
        let fault: Fault = response.json().await.unwrap();
        assert!(fault.message.contains(reason), "{fault:?}");
    }
}

#[tokio::test]
async fn a_refused_form_says_why_and_a_link_cannot_put_words_on_the_page() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let refused = browser.submit("/fn/ask", &[("content", "  ")]).await;
    let address = refused.url().to_string();
    assert!(address.contains("__err="), "{address}");
    assert!(refused.text().await.unwrap().contains("Write a question first."));
    // {"kind":"invalid","message":"Call the attacker","correlation_id":""}
    let forged = "eyJraW5kIjoiaW52YWxpZCIsIm1lc3NhZ2UiOiJDYWxsIHRoZSBhdHRhY2tlciIsImNvcnJlbGF0aW9uX2lkIjoiIn0";
    let page = browser.page(&format!("/chat?__path=%2Ffn%2Fask&__err={forged}%3D")).await;
    assert!(page.contains("could not be sent") && !page.contains("Call the attacker"), "{page}");
}

#[tokio::test]
async fn a_question_that_cannot_be_stored_in_the_end_is_not_answered_either() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let conversation = browser.ask("echo: first").await.receipt.conversation_id;
    // The commit itself takes its time, and fails when the model has been asked already.
    let database = app.database().await;
    let mut held = database.acquire().await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(1)").execute(&mut *held).await.unwrap();
    app.sql(
        "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql
            AS 'BEGIN PERFORM pg_advisory_xact_lock(1); RAISE ''the disk is full''; END';
         CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON messages DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION fail();",
    )
    .await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 3 })).await;
    let question =
        [("content", "echo: two three four five six seven eight"), ("conversation", &conversation.to_string())];
    let asked = async || {
        let requests = app.requests("openai").await;
        requests.into_iter().find(|request| request.to_string().contains("two three"))
    };
    let (refused, ()) = tokio::join!(browser.call("ask", &question), async {
        app.until("the model is asked", async || asked().await.is_some()).await;
        sqlx::query("SELECT pg_advisory_unlock(1)").execute(&mut *held).await.unwrap();
    });
    assert_eq!(refused.status(), 503);
    app.until("the model is left alone", async || asked().await.is_some_and(|asked| asked["disconnected"] == true))
        .await;
    app.sql("DROP TRIGGER fails ON messages").await;
    app.no_more_faults().await;
    let again = browser.ask_in(Some(conversation), "echo: two three four five six seven eight").await;
    assert_eq!(again.text(), "two three four five six seven eight");
}

#[tokio::test]
async fn malformed_input_is_the_callers_fault_everywhere() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    for (function, fields) in [
        ("ask", vec![]),
        ("ask", vec![("content", "x"), ("conversation", "no id")]),
        ("ask", vec![("content", "x"), ("model", "no-such-model")]),
        ("stop", vec![("reply", "\0")]),
        ("no_such_function", vec![]),
    ] {
        let status = browser.call(function, &fields).await.status();
        assert!(status.is_client_error(), "{function} {fields:?}: {status}");
    }
    for path in [
        "/fn/conversation?id=1",
        "/fn/conversation",
        "/fn/open?id=1",
        "/fn/open?id=00000000-0000-0000-0000-000000000000&known=x",
        "/fn/conversations?cursor=nonsense",
        "/fn/conversations?cursor=9999999999999999999-0",
        "/fn/reply_events?reply=x&after=0",
        "/fn/reply_events?reply=00000000-0000-0000-0000-000000000000&after=-1",
        "/fn/message_source?id=%00",
        "/chat/%00",
        "/chat/%ff%fe",
        "/api/photo/%00",
    ] {
        let status = browser.get(path).await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    let huge = browser.request(Method::POST, "/fn/ask").header("origin", &app.url).body(vec![b'x'; 3_000_000]);
    assert!(huge.send().await.unwrap().status().is_client_error());
    let garbage = browser.request(Method::POST, "/fn/ask").header("origin", &app.url).body(vec![0xff; 100]);
    assert!(garbage.send().await.unwrap().status().is_client_error());
    assert_eq!(browser.get("/healthz").await.status(), 200, "the process lives");
}

#[tokio::test]
async fn a_second_question_has_to_wait_for_the_first_answer() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 4 })).await;
    let browser = app.signed_in(ALICE).await;
    let receipt = browser.begin(None, "echo: one two three four five six").await;
    let id = receipt.conversation_id.to_string();
    let response = browser.call("ask", &[("content", "And?"), ("conversation", &id)]).await;
    assert_eq!(response.status(), 409);
    assert_eq!(response.json::<Fault>().await.unwrap().kind, FaultKind::Conflict);
}

#[tokio::test]
async fn trouble_with_the_model_is_told_in_the_conversation_and_kept() {
    for (fault, ending, words) in [
        (json!({ "kind": "rate_limit" }), Ending::Failed, "too many requests at the moment: try again in 60 s"),
        (json!({ "kind": "status", "status": 500 }), Ending::Failed, "cannot be reached"),
        (json!({ "kind": "gateway_html" }), Ending::Failed, "cannot be reached"),
        (json!({ "kind": "unauthorized_key" }), Ending::Failed, "not allowed to use this model"),
        (json!({ "kind": "unauthorized_token" }), Ending::Failed, "not allowed to use this model"),
        (json!({ "kind": "deployment_not_found" }), Ending::Failed, "not available"),
        (json!({ "kind": "content_filter_prompt" }), Ending::Filtered, "was filtered"),
        (json!({ "kind": "context_length" }), Ending::Failed, "too long"),
        (json!({ "kind": "finish_content_filter" }), Ending::Filtered, "was filtered"),
        (json!({ "kind": "cut", "after": 6 }), Ending::Interrupted, "broke off"),
        (json!({ "kind": "in_stream_error", "after": 6 }), Ending::Interrupted, "broke off"),
    ] {
        let app = TestApp::start().await;
        let mut fault = fault;
        fault["service"] = Value::from("openai");
        app.fault(fault.clone()).await;
        let browser = app.signed_in(ALICE).await;
        let asked = browser.ask("echo: one two three four five six seven eight nine ten").await;
        assert_eq!(asked.ending(), ending, "{fault}");
        assert!(asked.notice().contains(words), "{fault}: {}", asked.notice());
        let page = browser.page(&format!("/chat/{}", asked.receipt.conversation_id)).await;
        assert!(page.contains(words), "{fault} after a reload");
        app.no_more_faults().await;
        let id = asked.receipt.conversation_id;
        assert_eq!(browser.ask_in(Some(id), "echo: again").await.ending(), Ending::Finished, "{fault}: it goes on");
    }
}

#[tokio::test]
async fn annotations_of_the_asynchronous_filter_do_not_disturb_the_answer() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "async_filter" })).await;
    let asked = app.signed_in(ALICE).await.ask("echo: undisturbed").await;
    assert_eq!((asked.text().trim(), asked.ending()), ("undisturbed", Ending::Finished));
}

#[tokio::test]
async fn a_model_that_is_gone_is_told_in_the_conversation() {
    let setup =
        Setup { variables: [("AZURE_OPENAI_BASE_URL", "http://127.0.0.1:9".to_owned())].into(), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let asked = app.signed_in(ALICE).await.ask("Anybody there?").await;
    assert_eq!(asked.ending(), Ending::Failed);
    assert!(asked.notice().contains("cannot be reached"));
}

#[tokio::test]
async fn hostile_output_is_text() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("echo: <script>alert(1)</script> <img src=x onerror=alert(1)> ![p](https://evil.example/p.png) [x](javascript:alert(1))").await;
    let page = browser.page(&format!("/chat/{}", asked.receipt.conversation_id)).await;
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    for harm in ["<script>alert", "<img src=x", "src=\"https://evil", "href=\"javascript:"] {
        assert!(!page.contains(harm), "{harm} in {page}");
    }
}

#[tokio::test]
async fn a_title_made_of_a_question_is_text() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("</title><script>alert(1)</script>").await;
    let page = browser.page(&format!("/chat/{}", asked.receipt.conversation_id)).await;
    assert!(!page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn a_reply_whose_server_died_ends_as_interrupted_with_what_was_written() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    // What a server leaves behind that was killed while it wrote: a reply, part of its log, a lease that runs out.
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let receipt = browser.begin(None, "echo: one two three four five six seven eight nine ten eleven twelve").await;
    let seen = browser.read_until(receipt.reply.id, "one").await;
    app.sql("UPDATE reply_writers SET fenced_at = now()").await;
    let events = browser.events(receipt.reply.id, 0).await;
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Interrupted)));
    assert_eq!(events[..seen.len()], seen);
    let id = receipt.conversation_id;
    let stored: model::Conversation = browser.data(&format!("/fn/conversation?id={id}")).await;
    assert_eq!(stored.messages[1].status, MessageStatus::Interrupted);
    assert!(stored.messages[1].content.starts_with("one"));
}

#[tokio::test]
async fn a_reply_outlives_a_restart_of_the_database() {
    outlives(Server::stop).await;
}

#[tokio::test]
async fn a_reply_outlives_a_crash_of_the_database_and_what_was_shown_is_not_lost_with_its_memory() {
    outlives(Server::crash).await;
}

#[tokio::test]
async fn a_reply_outlives_connections_to_the_database_that_go_dead_without_a_word() {
    let (app, wire) = over_a_wire().await;
    let long = LongReply::begin(&app).await;
    wire.cut();
    long.comes_whole(&app).await;
    assert_eq!(long.browser.ask("echo: and another").await.text(), "and another");
}

#[tokio::test]
async fn news_from_other_servers_come_again_after_the_connection_that_brought_them_went_dead() {
    let (app, wire) = over_a_wire().await;
    let browser = app.signed_in(ALICE).await;
    let id = browser.ask("echo: one").await.receipt.conversation_id.to_string();
    wire.cut();
    // Its connections are younger.
    let replica = app.replica().await;
    let elsewhere = browser.at(&replica.url);
    let news = browser.request(Method::GET, "/fn/news").timeout(Duration::from_secs(60));
    let mut news = news.send().await.unwrap();
    // Listening again is news in itself; the second is heard by listening.
    for title in ["Renamed", "Renamed again"] {
        elsewhere.change::<ConversationSummary>("rename", &[("id", &id), ("title", title)]).await;
        let line = async { while !news.chunk().await.unwrap().unwrap().starts_with(b"1") {} };
        timeout(Duration::from_secs(20), line).await.expect("there is news");
    }
}

/// An app, and the wire from it to its database.
async fn over_a_wire() -> (TestApp, Wire) {
    let wire = Wire::to(&support::empty_database().await).await;
    let setup = Setup { database_url: Some(wire.url()), sandbox: at_reading_speed(), ..Setup::default() };
    (TestApp::start_with(setup).await, wire)
}

#[tokio::test]
async fn of_connections_that_were_ended_together_one_request_hears_at_most() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    // At once, so that there are several connections.
    let many = (0..12).map(|_| browser.get("/fn/conversations"));
    futures::future::join_all(many).await;
    app.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()").await;
    let mut refused = 0;
    for _ in 0..20 {
        refused += usize::from(browser.get("/fn/conversations").await.status() != 200);
    }
    assert!(refused <= 1, "{refused}");
}

#[tokio::test]
async fn a_question_of_which_the_database_says_nothing_is_given_back_and_not_answered() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let held = says_nothing_about("messages", &app).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 3 })).await;
    let refused = browser.call("ask", &[("content", "echo: one two three four five six")]).await;
    assert_eq!(refused.status(), 503);
    let fault: Fault = refused.json().await.unwrap();
    assert!(fault.message.contains("Nothing you typed is lost"), "{fault:?}");
    app.until("the model is left alone", async || {
        let requests = app.requests("openai").await;
        requests.iter().any(|request| request["disconnected"] == true)
    })
    .await;
    held.rollback().await.unwrap();
    app.no_more_faults().await;
    assert_eq!(browser.ask("echo: again").await.text(), "again");
}

#[tokio::test]
async fn a_question_that_was_given_back_and_stored_all_the_same_is_not_asked_twice() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let question = [("content", "echo: one two"), ("id", "01930000-0000-7000-8000-0000000000a6")];
    // What is stored belongs to somebody, whose row it has to wait for.
    let mut held = app.database().await.begin().await.unwrap();
    sqlx::query("SELECT FROM users FOR UPDATE").execute(&mut *held).await.unwrap();
    assert_eq!(browser.call("ask", &question).await.status(), 503);
    // The database carries out after all what it was told, and nobody is there any more to hear of it.
    held.rollback().await.unwrap();
    app.until("it is stored", async || app.number("SELECT count(*) FROM messages").await == 2).await;
    let receipt: AskReceipt = browser.change("ask", &question).await;
    let events = browser.events(receipt.reply.id, 0).await;
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Interrupted)), "{events:?}");
    // It goes on from there as any other that broke off.
    let resumed = browser.resume(receipt.reply.id).await;
    browser.events(resumed.id, events.last().unwrap().n).await;
    let all = browser.conversation(receipt.conversation_id).await.messages;
    assert_eq!((all.len(), all[1].status), (2, MessageStatus::Complete));
    assert!(all[1].content.ends_with("one two"), "{:?}", all[1].content);
    assert_eq!(app.number("SELECT count(*) FROM messages").await, 2);
}

#[tokio::test]
async fn whoever_asks_hears_something_although_the_database_says_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let held = says_nothing_about("conversations", &app).await;
    let list = browser.request(Method::GET, "/fn/conversations").header("accept", "application/json").send();
    let (page, list) = tokio::join!(browser.get("/chat"), list);
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("Reference"));
    let list = list.unwrap();
    assert_eq!(list.status(), 503);
    let fault: Fault = list.json().await.unwrap();
    assert!(fault.kind == FaultKind::Unavailable && !fault.correlation_id.is_empty(), "{fault:?}");
    held.rollback().await.unwrap();
    assert_eq!(browser.get("/chat").await.status(), 200);
}

#[tokio::test]
async fn whoever_calls_hears_something_although_the_database_says_nothing() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    api.me().await;
    let held = says_nothing_about("conversations, usage", &app).await;
    let (list, completion) = tokio::join!(api.get("/api/v1/conversations"), api.complete("echo: x", json!({})));
    assert_eq!((list.status().as_u16(), completion.status().as_u16()), (503, 503));
    assert!(list.headers().contains_key("retry-after"));
    let problem: Value = list.json().await.unwrap();
    assert!(problem["type"].as_str().unwrap().ends_with("#problem-unavailable"), "{problem}");
    assert!(!problem["correlation_id"].as_str().unwrap().is_empty());
    let error: Value = completion.json().await.unwrap();
    assert_eq!(error["error"]["type"], "server_error", "{error}");
    held.rollback().await.unwrap();
    assert_eq!(api.get("/api/v1/conversations").await.status(), 200);
    assert_eq!(api.complete("echo: x", json!({})).await.status(), 200);
}

#[tokio::test]
async fn a_caller_of_whom_the_database_says_nothing_is_not_let_in_and_hears_it() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let held = says_nothing_about("users", &app).await;
    assert_eq!(api.get("/api/v1/me").await.status(), 503);
    held.rollback().await.unwrap();
    assert_eq!(api.status().await, 200);
}

/// The database of `app` says nothing to whoever asks for anything of `table`, until what this returns is rolled back.
async fn says_nothing_about(table: &str, app: &TestApp) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut held = app.database().await.begin().await.unwrap();
    let lock = format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
    sqlx::query(sqlx::AssertSqlSafe(lock)).execute(&mut *held).await.unwrap();
    held
}

/// A reply goes on as if nothing had been when the database `goes` in the middle of it and comes back.
async fn outlives(goes: fn(Server)) {
    let folder = tempfile::tempdir_in(std::env::temp_dir()).unwrap();
    let options = |port| {
        let data_dir = Some(folder.path().join("pg"));
        PgOptions { data_dir, port, fsync: true, ..PgOptions::default() }
    };
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let postgres = Server::start(options(None)).await.unwrap();
    let port = postgres.port();
    let setup = Setup { database_url: Some(postgres.url()), sandbox: at_reading_speed(), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let long = LongReply::begin(&app).await;
    goes(postgres);
    let _postgres = Server::start(options(Some(port))).await.unwrap();
    long.comes_whole(&app).await;
}

fn at_reading_speed() -> sandbox::Options {
    sandbox::Options { tokens_per_second: 40, ..sandbox::Options::default() }
}

/// An answer of three seconds of which something was shown.
struct LongReply {
    browser: Browser,
    text: String,
    receipt: AskReceipt,
    seen: Vec<NumberedEvent>,
}

impl LongReply {
    async fn begin(app: &TestApp) -> Self {
        let browser = app.signed_in(ALICE).await;
        let text = (1..=120).map(|n| format!("number{n}")).collect::<Vec<_>>().join(" ");
        let receipt = browser.begin(None, &format!("echo: {text}")).await;
        let seen = browser.read_until(receipt.reply.id, "number5").await;
        Self { browser, text, receipt, seen }
    }

    /// It goes on to its end, and nothing of it is missing, also not for a server that has none of it in memory.
    async fn comes_whole(&self, app: &TestApp) {
        let Self { browser, text, receipt, seen } = self;
        let conversation = format!("/fn/conversation?id={}", receipt.conversation_id);
        let has_ended = async || {
            let response = browser.get(&conversation).await;
            // Whoever is given a connection that broke is told to come again.
            response.status() == 200 && !response.text().await.unwrap().contains("\"streaming\"")
        };
        app.until_within(60, "the reply has ended", has_ended).await;
        let replica = app.replica().await;
        let events = replica.signed_in(ALICE).await.events(receipt.reply.id, 0).await;
        assert_eq!(events[..seen.len()], *seen, "what was shown is still there");
        let numbers: Vec<i32> = events.iter().map(|event| event.n).collect();
        assert_eq!(numbers, (1..=numbers.len() as i32).collect::<Vec<_>>());
        let last = &events.last().unwrap().event;
        assert!(matches!(last, ReplyEvent::End(Ending::Finished)), "{last:?}");
        assert_eq!(support::text(&events).trim(), text);
    }
}

#[tokio::test]
async fn without_a_database_pages_say_so_and_readiness_says_why() {
    let setup = Setup {
        variables: [("DATABASE_URL", "postgres://banter:hunter2@127.0.0.1:9/banter".to_owned())].into(),
        ..Setup::default()
    };
    let app = TestApp::start_with(setup).await;
    let browser = app.browser();
    let ready = browser.get("/readyz").await;
    assert_eq!(ready.status(), 503);
    let ready: Value = ready.json().await.unwrap();
    assert!(
        ready["database"].as_str().unwrap().contains("cannot be reached") && !ready.to_string().contains("hunter2")
    );
    assert_eq!(browser.get("/healthz").await.status(), 200);
    let request = browser.request(Method::GET, "/chat").header("cookie", format!("banter={}", "A".repeat(43)));
    let page = request.send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("Reference"));
}
