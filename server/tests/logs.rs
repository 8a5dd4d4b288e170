//! Replies' logs: that every reader sees all of it once and in order, wherever they read, and what is left of a log
//! when its reply has ended.

use model::{Ending, MessageStatus, NumberedEvent, ReplyEvent};
use serde_json::json;

use crate::support::{ALICE, BOB, Browser, Dice, Setup, TestApp, text};

fn words(count: usize) -> String {
    (1..=count).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ")
}

async fn slow(tokens_per_second: u32) -> TestApp {
    let sandbox = sandbox::Options { tokens_per_second, ..sandbox::Options::default() };
    TestApp::start_with(Setup { sandbox, ..Setup::default() }).await
}

#[tokio::test]
async fn readers_that_come_and_go_anywhere_see_everything_once_and_in_order() {
    let app = slow(150).await;
    let (other, third) = (app.replica().await, app.replica().await);
    let browsers = [app.signed_in(ALICE).await, other.signed_in(ALICE).await, third.signed_in(ALICE).await];
    let whole = words(300);
    let receipt = browsers[0].begin(None, &format!("echo: {whole}")).await;
    let reply = receipt.reply.id;
    let readers = (0..12).map(|seed| {
        let (browsers, whole) = (&browsers, &whole);
        async move {
            let (mut dice, mut seen) = (Dice::new(seed), Vec::<NumberedEvent>::new());
            while !matches!(seen.last(), Some(NumberedEvent { event: ReplyEvent::End(_), .. })) {
                let after = seen.last().map_or(0, |event| event.n);
                let some = browsers[dice.below(3)].some_events(reply, after, 1 + dice.below(40)).await;
                seen.extend(some);
            }
            let numbers: Vec<i32> = seen.iter().map(|event| event.n).collect();
            assert_eq!(numbers, (1..=seen.len() as i32).collect::<Vec<_>>(), "reader {seed}");
            assert_eq!(text(&seen).trim(), whole.as_str(), "reader {seed}");
            seen
        }
    });
    let all = futures::future::join_all(readers).await;
    assert!(all.iter().all(|seen| *seen == all[0]), "they saw the same events");
}

#[tokio::test]
async fn a_reader_on_another_server_needs_no_notification() {
    let app = slow(40).await;
    let other = app.replica().await;
    let elsewhere = other.signed_in(ALICE).await;
    let whole = words(120);
    let receipt = app.signed_in(ALICE).await.begin(None, &format!("echo: {whole}")).await;
    let database = app.database().await;
    let deafen = async {
        let listeners = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                         WHERE query ILIKE 'LISTEN%' AND datname = current_database()";
        loop {
            sqlx::query(listeners).execute(&database).await.unwrap();
        }
    };
    let events = tokio::select! {
        events = elsewhere.events(receipt.reply.id, 0) => events,
        () = deafen => unreachable!(),
    };
    assert_eq!(text(&events).trim(), whole);
}

#[tokio::test]
async fn what_is_said_at_once_is_one_row_of_the_journal() {
    let app = slow(60).await;
    let browser = app.signed_in(ALICE).await;
    let ask = |n: usize| {
        let browser = &browser;
        async move { browser.ask(&format!("echo: {n} {}", words(60))).await.events.len() }
    };
    let events: usize = futures::future::join_all((0..30).map(ask)).await.iter().sum();
    let rows =
        app.number("SELECT max(seq) FROM reply_journal").await + app.number("SELECT count(*) FROM reply_events").await;
    assert!(rows * 2 < events as i64, "{rows} rows for {events} events");
}

#[tokio::test]
async fn an_answer_that_broke_off_goes_on_from_what_it_has() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.fault(json!({ "service": "openai", "kind": "cut", "after_chunks": 6, "times": 1 })).await;
    let asked = browser.ask("echo: one two three four five six seven eight nine ten").await;
    assert_eq!(asked.ending(), Ending::Interrupted);
    let (reply, so_far) = (asked.receipt.reply.id, asked.text());
    let now = browser.resume(reply).await;
    assert_eq!((now.status, now.content.as_str()), (MessageStatus::Streaming, so_far.as_str()));
    // Whoever had read the old log to its end, and whoever comes anew, see the same.
    let events = browser.events(reply, asked.events.last().unwrap().n).await;
    assert_eq!(events, browser.events(reply, 0).await);
    assert!(matches!(&events[0].event, ReplyEvent::All(text) if *text == so_far), "{events:?}");
    let whole = text(&events);
    assert!(whole.starts_with(&so_far) && whole.len() > so_far.len(), "{whole}");
    let stored = browser.conversation(asked.receipt.conversation_id).await;
    assert_eq!((stored.messages.len(), stored.messages[1].content.as_str()), (2, whole.as_str()));
    assert_eq!(stored.messages[1].status, MessageStatus::Complete);
    let sent = app.requests("openai").await.last().unwrap()["body"].to_string();
    assert!(sent.contains(so_far.trim()) && sent.contains("Your last message broke off"), "{sent}");
}

#[tokio::test]
async fn only_the_last_answer_of_ones_own_that_broke_off_goes_on() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let whole = browser.ask("echo: done").await;
    assert_eq!(browser.try_resume(whole.receipt.reply.id).await, 404, "it is complete");
    app.fault(json!({ "service": "openai", "kind": "cut", "after_chunks": 3, "times": 1 })).await;
    let cut = browser.ask("echo: one two three four five six").await;
    assert_eq!(app.signed_in(BOB).await.try_resume(cut.receipt.reply.id).await, 404, "it is not his");
    browser.ask_in(Some(cut.receipt.conversation_id), "echo: and then").await;
    assert_eq!(browser.try_resume(cut.receipt.reply.id).await, 404, "the conversation went on");
}

#[tokio::test]
async fn a_log_that_was_dropped_is_told_in_short() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("echo: all of it is in the message").await;
    app.sql("UPDATE replies SET ended_at = now() - interval '1 hour'").await;
    app.until_within(30, "the log is dropped", async || app.number("SELECT count(*) FROM reply_events").await == 0)
        .await;
    for after in [0, 2] {
        let events = browser.events(asked.receipt.reply.id, after).await;
        assert_eq!(text(&events), asked.text());
        assert_eq!(events.last().unwrap().event, ReplyEvent::End(Ending::Finished));
        assert!(events[0].n > asked.events.last().unwrap().n, "whoever had a part of it takes all of it");
    }
}

/// A browser that reads a few events and goes away.
trait Fickle {
    async fn some_events(&self, reply: model::MessageId, after: i32, count: usize) -> Vec<NumberedEvent>;
}

impl Fickle for Browser {
    async fn some_events(&self, reply: model::MessageId, after: i32, count: usize) -> Vec<NumberedEvent> {
        let mut response = self.follow(reply, after).await;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.unwrap() {
            bytes.extend_from_slice(&chunk);
            let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let events = crate::support::parse_events(after, &bytes[..whole]);
            if events.len() >= count {
                return events;
            }
        }
        crate::support::parse_events(after, &bytes)
    }
}
