//! Keeping conversations: in order, found again, thrown away and had back.

use std::time::Duration;

use futures::StreamExt as _;
use model::{ConversationPage, ConversationSummary, Found};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, Browser, TestApp};

impl Browser {
    async fn titles(&self, query: &str) -> Vec<String> {
        let page: ConversationPage = self.data(&format!("/fn/conversations{query}")).await;
        page.conversations.into_iter().map(|one| one.title).collect()
    }

    async fn search(&self, words: &str) -> Vec<Found> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", words).finish();
        self.data(&format!("/fn/search?{query}")).await
    }
}

#[tokio::test]
async fn a_conversation_gets_another_title_and_refuses_a_bad_one() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.ask("echo: one").await.receipt.conversation_id.to_string();
    let renamed: ConversationSummary = alice.change("rename", &[("id", &id), ("title", "  Loans in March ")]).await;
    assert_eq!(renamed.title, "Loans in March");
    assert_eq!(alice.titles("").await, ["Loans in March"]);
    assert!(alice.page(&format!("/chat/{id}")).await.contains("<h1>Loans in March</h1>"));
    for bad in ["", "  ", "two\nlines", &"x".repeat(201)] {
        assert_eq!(alice.call("rename", &[("id", &id), ("title", bad)]).await.status(), 400, "{bad:?}");
    }
}

#[tokio::test]
async fn pinned_conversations_are_listed_first_and_archived_ones_apart() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let mut ids = Vec::new();
    for title in ["one", "two", "three"] {
        ids.push(alice.ask(title).await.receipt.conversation_id.to_string());
    }
    alice.change::<ConversationSummary>("pin", &[("id", &ids[0]), ("on", "true")]).await;
    alice.change::<ConversationSummary>("archive", &[("id", &ids[1]), ("on", "true")]).await;
    assert_eq!(alice.titles("").await, ["one", "three"]);
    assert_eq!(alice.titles("?archived=true").await, ["two"]);
    alice.change::<ConversationSummary>("pin", &[("id", &ids[0]), ("on", "false")]).await;
    assert_eq!(alice.titles("").await, ["three", "one"]);
    // What is used again comes back.
    alice.ask_in(Some(ids[1].parse().unwrap()), "again").await;
    assert_eq!(alice.titles("").await, ["two", "three", "one"]);
}

#[tokio::test]
async fn folders_have_what_is_filed_in_them_and_go_when_they_are_empty() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.ask("one").await.receipt.conversation_id.to_string();
    alice.ask("two").await;
    let filed: ConversationSummary = alice.change("file", &[("id", &id), ("folder", "Audit 2026")]).await;
    assert_eq!(filed.folder.as_deref(), Some("Audit 2026"));
    assert_eq!(alice.titles("").await, ["two"]);
    assert_eq!(alice.titles("?folder=Audit+2026").await, ["one"]);
    let folders = async || alice.data::<ConversationPage>("/fn/conversations").await.folders;
    assert_eq!(folders().await, ["Audit 2026"]);
    alice.change::<ConversationSummary>("file", &[("id", &id), ("folder", "")]).await;
    assert!(folders().await.is_empty());
    assert_eq!(alice.call("file", &[("id", &id), ("folder", &"x".repeat(61))]).await.status(), 400);
}

#[tokio::test]
async fn what_was_deleted_is_nowhere_and_can_be_had_back() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let asked = alice.ask("echo: zebra").await.receipt;
    let id = asked.conversation_id.to_string();
    alice.change::<ConversationSummary>("delete", &[("id", &id)]).await;
    assert!(alice.titles("").await.is_empty());
    assert!(alice.search("zebra").await.is_empty());
    for path in [
        format!("/chat/{id}"),
        format!("/fn/conversation?id={id}"),
        format!("/fn/open?id={id}"),
        format!("/fn/open?id={id}&known={}", asked.revision + 1),
        format!("/fn/message_source?id={}", asked.question.id),
    ] {
        assert_eq!(alice.get(&path).await.status(), 404, "{path}");
    }
    for (function, fields) in [
        ("ask", vec![("conversation", id.as_str()), ("content", "echo: x")]),
        ("rename", vec![("id", id.as_str()), ("title", "x")]),
        ("pin", vec![("id", id.as_str()), ("on", "true")]),
        ("delete", vec![("id", id.as_str())]),
    ] {
        assert_eq!(alice.call(function, &fields).await.status(), 404, "{function}");
    }
    alice.change::<ConversationSummary>("restore", &[("id", &id)]).await;
    assert_eq!(alice.titles("").await, ["echo: zebra"]);
    assert_eq!(alice.call("restore", &[("id", &id)]).await.status(), 404, "it is not deleted");
}

#[tokio::test]
async fn an_hour_after_it_was_deleted_a_conversation_is_gone() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.ask("echo: zebra").await.receipt.conversation_id;
    alice.change::<ConversationSummary>("delete", &[("id", &id.to_string())]).await;
    let database = app.database().await;
    sqlx::query("UPDATE conversations SET deleted_at = deleted_at - interval '1 hour'")
        .execute(&database)
        .await
        .unwrap();
    app.until_within(20, "it is gone with its messages", async || {
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM messages").fetch_one(&database).await.unwrap();
        left == 0
    })
    .await;
    let used: i64 = sqlx::query_scalar("SELECT count(*) FROM usage").fetch_one(&database).await.unwrap();
    assert_eq!(used, 1, "what it used is still known");
}

#[tokio::test]
async fn deleting_stops_the_answer_that_is_being_written() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 3 })).await;
    let alice = app.signed_in(ALICE).await;
    let receipt = alice.begin(None, "echo: one two three four five").await;
    alice.read_until(receipt.reply.id, "one").await;
    alice.change::<ConversationSummary>("delete", &[("id", &receipt.conversation_id.to_string())]).await;
    let events = alice.events(receipt.reply.id, 0).await;
    assert!(events.iter().any(|event| event.event == model::ReplyEvent::End(model::Ending::Stopped)));
}

#[tokio::test]
async fn nothing_of_this_works_on_somebody_elses_conversation() {
    let app = TestApp::start().await;
    let receipt = app.signed_in(ALICE).await.ask("echo: zebra").await.receipt;
    let (id, question, reply) =
        (receipt.conversation_id.to_string(), receipt.question.id.to_string(), receipt.reply.id.to_string());
    let bob = app.signed_in(BOB).await;
    for (function, fields) in [
        ("rename", vec![("id", id.as_str()), ("title", "Mine")]),
        ("file", vec![("id", id.as_str()), ("folder", "Mine")]),
        ("pin", vec![("id", id.as_str()), ("on", "true")]),
        ("archive", vec![("id", id.as_str()), ("on", "true")]),
        ("delete", vec![("id", id.as_str())]),
        ("restore", vec![("id", id.as_str())]),
        ("edit", vec![("question", question.as_str()), ("content", "echo: mine")]),
        ("ask_again", vec![("reply", reply.as_str())]),
        ("choose", vec![("message", question.as_str())]),
        ("rate", vec![("answer", reply.as_str()), ("good", "true")]),
        ("keep_draft", vec![("conversation", id.as_str()), ("content", "mine")]),
    ] {
        assert_eq!(bob.call(function, &fields).await.status(), 404, "{function}");
    }
    assert!(bob.search("zebra").await.is_empty());
}

#[tokio::test]
async fn search_finds_titles_and_messages_by_the_beginnings_of_words() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.ask("echo: Basel rules on **liquidity coverage** for banks").await.receipt.conversation_id;
    alice.change::<ConversationSummary>("rename", &[("id", &id.to_string()), ("title", "Capital requirements")]).await;
    alice.ask("echo: something else").await;
    let found = alice.search("liquid COVER").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].conversation.id, id);
    let marked: Vec<_> = found[0].extract.iter().skip(1).step_by(2).map(String::as_str).collect();
    assert_eq!(marked, ["liquidity", "coverage"]);
    let titled = alice.search("REQUIREM apit").await;
    assert_eq!(titled[0].title, ["C", "apit", "al ", "requirem", "ents"], "by its title");
    assert_eq!(alice.search("requirments").await.len(), 1, "with a slip of the pen");
    assert!(alice.search("liquidity unicorn").await.is_empty(), "all words have to be there");
}

#[tokio::test]
async fn what_a_search_found_is_told_without_marks_of_markdown() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    alice
        .ask("echo: ## Loans\n\n> 1. the **maturity** - C# of `it` > 2\n\n| Due | In |\n| --- | ---: |\n| May | 2 |")
        .await;
    let told = alice.search("loans due").await[0].extract.concat();
    assert!(told.contains("Loans 1. the maturity - C# of it > 2 Due"), "{told}");
}

#[tokio::test]
async fn a_search_is_words_and_nothing_else() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    alice.ask("echo: 100% of it's fine").await;
    for odd in ["", " ", "'", "a & | ! ( b", "%", "_", "\\", ":*", "owner", "<b>", "' OR 1=1 --", "é日本🙂"] {
        alice.search(odd).await;
    }
    assert_eq!(alice.search("100%").await.len(), 1);
    assert!(alice.search("1_0").await.is_empty(), "a line stands for itself");
    assert_eq!(alice.get(&format!("/fn/search?q={}", "x".repeat(201))).await.status(), 400);
    assert_eq!(alice.data::<Vec<Found>>("/fn/search?q=%00").await, [], "nothing can have it");
}

#[tokio::test]
async fn a_page_is_told_only_what_it_does_not_have_yet() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.ask("echo: <b>bold</b> **words**").await.receipt.conversation_id;
    let shown: Value = alice.data(&format!("/fn/open?id={id}")).await;
    let html = shown["html"].as_str().unwrap();
    assert!(html.contains("<strong>words</strong>") && html.contains("&lt;b&gt;bold"), "{html}");
    assert!(alice.page(&format!("/chat/{id}")).await.contains(html), "the page has the same");
    let known = format!("/fn/open?id={id}&known={}", shown["revision"]);
    assert_eq!(alice.data::<Value>(&known).await, Value::Null);
    alice.ask_in(Some(id), "echo: more").await;
    let newer: Value = alice.data(&known).await;
    assert!(newer["html"].as_str().unwrap().contains("more") && newer["live"].is_null(), "{newer}");
    assert!(newer["revision"].as_i64() > shown["revision"].as_i64());
}

#[tokio::test]
async fn a_temporary_chat_is_not_listed_and_goes_with_its_session() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let response = alice.call("ask", &[("content", "echo: zebra"), ("temporary", "true")]).await;
    let receipt: model::AskReceipt = response.json().await.unwrap();
    alice.events(receipt.reply.id, 0).await;
    assert!(alice.titles("").await.is_empty());
    assert!(alice.search("zebra").await.is_empty());
    assert!(alice.conversation(receipt.conversation_id).await.temporary);
    alice.submit("/api/auth/signout", &[]).await;
    let database = app.database().await;
    app.until_within(20, "it is gone", async || {
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM messages").fetch_one(&database).await.unwrap();
        left == 0
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_rated_once_and_the_rating_can_be_taken_back() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let receipt = alice.ask("echo: one").await.receipt;
    let reply = receipt.reply.id.to_string();
    let good = async || alice.conversation(receipt.conversation_id).await.messages[1].good;
    alice.change::<i64>("rate", &[("answer", &reply), ("good", "false"), ("comment", "Out of date")]).await;
    assert_eq!(good().await, Some(false));
    alice.change::<i64>("rate", &[("answer", &reply), ("good", "true")]).await;
    assert_eq!(good().await, Some(true));
    alice.change::<i64>("rate", &[("answer", &reply)]).await;
    assert_eq!(good().await, None);
    let question = receipt.question.id.to_string();
    assert_eq!(alice.call("rate", &[("answer", &question), ("good", "true")]).await.status(), 404);
    let long = "x".repeat(2001);
    let refused = alice.call("rate", &[("answer", &reply), ("good", "true"), ("comment", &long)]).await;
    assert_eq!(refused.status(), 400);
}

#[tokio::test]
async fn administrators_read_what_people_think_of_answers_and_nobody_else_does() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let reply = alice.ask("echo: a secret of Alice").await.receipt.reply.id.to_string();
    alice.change::<i64>("rate", &[("answer", &reply), ("good", "false"), ("comment", "Out of date <b>")]).await;
    let page = app.signed_in(BOB).await.page("/admin").await;
    assert!(page.contains("Out of date &lt;b&gt;"), "{page}");
    assert!(!page.contains("a secret of Alice"), "what was asked stays with whoever asked");
    assert_eq!(alice.get("/admin").await.status(), 404);
}

#[tokio::test]
async fn a_search_works_without_the_pages_code() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    alice.ask("echo: the zebra").await;
    alice.ask("echo: the lion").await;
    let page = alice.page("/chat?q=zeb").await;
    assert!(page.contains("title=\"echo: the zebra\"") && !page.contains("title=\"echo: the lion\""));
}

#[tokio::test]
async fn a_question_sent_twice_under_one_id_is_asked_once() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = "0d1e2f30-0000-4000-8000-000000000001";
    let fields = [("content", "echo: once"), ("id", id)];
    let (one, other) = tokio::join!(alice.call("ask", &fields), alice.call("ask", &fields));
    let one: model::AskReceipt = one.json().await.unwrap();
    let other: model::AskReceipt = other.json().await.unwrap();
    assert_eq!((one.question.id, one.reply.id), (other.question.id, other.reply.id));
    alice.events(one.reply.id, 0).await;
    let again: model::AskReceipt = alice.change("ask", &fields).await;
    assert_eq!(again.reply.content, "once", "it says what became of it");
    assert_eq!(alice.titles("").await.len(), 1);
    let bob = app.signed_in(BOB).await.call("ask", &fields).await;
    assert_eq!(bob.status(), 404, "somebody else's id says nothing");
}

#[tokio::test]
async fn what_a_plain_form_could_not_ask_is_in_the_box_of_its_page() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let first = alice.ask("echo: one").await.receipt;
    let id = first.conversation_id.to_string();
    app.fault(json!({ "service": "openai", "kind": "slow_first_token", "ms": 3000, "times": 1 })).await;
    alice.change::<Value>("ask_again", &[("reply", &first.reply.id.to_string())]).await;
    let refused = alice.submit("/fn/ask", &[("conversation", &id), ("content", "echo: not <lost>")]).await;
    assert!(refused.text().await.unwrap().contains("role=\"alert\""), "two at once");
    assert!(alice.page(&format!("/chat/{id}")).await.contains(">echo: not &lt;lost&gt;</textarea>"));
}

#[tokio::test]
async fn a_draft_is_there_on_other_devices_until_it_is_empty() {
    let app = TestApp::start().await;
    let desk = app.signed_in(ALICE).await;
    let id = desk.ask("echo: one").await.receipt.conversation_id;
    let place = id.to_string();
    desk.change::<()>("keep_draft", &[("conversation", &place), ("content", "half a")]).await;
    desk.change::<()>("keep_draft", &[("conversation", &place), ("content", "half a thought")]).await;
    desk.change::<()>("keep_draft", &[("content", "something new")]).await;
    let phone = app.signed_in(ALICE).await;
    assert_eq!(phone.conversation(id).await.draft.as_deref(), Some("half a thought"));
    assert!(phone.page("/chat").await.contains("something new"));
    assert!(!app.signed_in(BOB).await.page("/chat").await.contains("something new"));
    desk.change::<()>("keep_draft", &[("conversation", &place), ("content", "")]).await;
    assert_eq!(phone.conversation(id).await.draft, None);
}

#[tokio::test]
async fn what_changes_in_one_place_is_news_in_all_others_on_every_server() {
    let app = TestApp::start().await;
    let replica = app.replica().await;
    let desk = app.signed_in(ALICE).await;
    let id = desk.ask("echo: one").await.receipt.conversation_id.to_string();
    let phone = desk.at(&replica.url);
    let mut news = phone.request(Method::GET, "/fn/news").send().await.unwrap().bytes_stream();
    desk.change::<ConversationSummary>("rename", &[("id", &id), ("title", "Renamed")]).await;
    let line = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            let line = news.next().await.unwrap().unwrap();
            if line.starts_with(b"1") {
                break line;
            }
        }
    });
    assert_eq!(line.await.unwrap().as_ref(), b"1\n");
    assert_eq!(phone.titles("").await, ["Renamed"]);
}
