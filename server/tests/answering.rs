//! Asking, and reading the answer as it is written.

use model::{Conversation, ConversationPage, Ending, MessageStatus, ReplyEvent};
use serde_json::{Value, json};

use crate::support::{ALICE, Setup, TestApp};

#[tokio::test]
async fn an_answer_is_numbered_events_without_gaps_and_is_stored_as_it_was_shown() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("Show me a table, please.").await;
    let numbers: Vec<i32> = asked.events.iter().map(|event| event.n).collect();
    assert_eq!(numbers, (1..=numbers.len() as i32).collect::<Vec<_>>());
    assert_eq!(asked.ending(), Ending::Finished);
    let stored = open(&browser, &asked.receipt.conversation_id.to_string()).await;
    assert_eq!(stored.messages[0].content, "Show me a table, please.");
    assert_eq!(stored.messages[1].content, asked.text());
    assert_eq!(stored.messages[1].status, MessageStatus::Complete);
}

#[tokio::test]
async fn an_answer_can_be_read_in_the_response_to_its_question() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let question = [("content", "echo: at once"), ("id", "01930000-0000-7000-8000-0000000000a5")];
    let (receipt, events) = browser.ask_and_read(&question).await;
    assert_eq!(events, browser.events(receipt.reply.id, 0).await);
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Finished)));

    // Whoever did not hear that and asks the same again is told all of it once more.
    let (again, repeated) = browser.ask_and_read(&question).await;
    assert_eq!((again.conversation_id, again.reply), (receipt.conversation_id, receipt.reply));
    assert_eq!(repeated, events);
    let stored = open(&browser, &receipt.conversation_id.to_string()).await;
    assert_eq!(stored.messages.len(), 2, "it was asked once");
}

#[tokio::test]
async fn characters_cut_in_two_on_the_way_arrive_whole() {
    let app = TestApp::start().await;
    let asked = app.signed_in(ALICE).await.ask("echo: naïve 🙂 日本語 عربى — done").await;
    assert_eq!(asked.text().trim(), "naïve 🙂 日本語 عربى — done");
}

#[tokio::test]
async fn the_page_of_a_conversation_is_complete_html() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("echo: ## Heading\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n- [x] done").await;
    let page = browser.page(&format!("/chat/{}", asked.receipt.conversation_id)).await;
    for part in ["Heading</h", "<table>", "<strong>2</strong>", "aria-label=\"You\"", "aria-label=\"gpt-5-mini\""] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert_eq!(page.matches("<strong>2</strong>").count(), 1, "it is there once");
}

#[tokio::test]
async fn a_conversation_is_in_the_list_and_moves_up_when_it_goes_on() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let first = browser.ask("echo: one").await.receipt.conversation_id;
    let second = browser.ask("echo: two").await.receipt.conversation_id;
    let ids = |page: ConversationPage| page.conversations.iter().map(|one| one.id).collect::<Vec<_>>();
    let list = async || browser.data::<ConversationPage>("/fn/conversations").await;
    assert_eq!(ids(list().await), [second, first]);
    browser.ask_in(Some(first), "echo: three").await;
    assert_eq!(ids(list().await), [first, second]);
    assert!(browser.page("/chat").await.contains("echo: one"));
}

#[tokio::test]
async fn the_list_comes_in_pages_that_miss_and_repeat_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let owner = browser.user_id().await;
    sqlx::query(
        "INSERT INTO conversations (id, owner_id, title, updated_at)
         SELECT gen_random_uuid(), $1::uuid, 'Number ' || n, now() - (n / 3) * interval '1 minute'
         FROM generate_series(1, 120) n",
    )
    .bind(&owner)
    .execute(&app.database().await)
    .await
    .unwrap();
    let (mut titles, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = cursor.map(|cursor| format!("?cursor={cursor}")).unwrap_or_default();
        let page: ConversationPage = browser.data(&format!("/fn/conversations{query}")).await;
        titles.extend(page.conversations.into_iter().map(|one| one.title));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(titles.len(), 120);
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 120);
}

#[tokio::test]
async fn the_model_is_told_what_was_said_before() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let first = browser.ask("echo: the first answer").await;
    browser.ask_in(Some(first.receipt.conversation_id), "echo: the second answer").await;
    let requests = app.requests("openai").await;
    let messages = &requests.last().unwrap()["json"]["messages"];
    let said: Vec<&str> = messages.as_array().unwrap()[1..].iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["echo: the first answer", "the first answer", "echo: the second answer"]);
}

#[tokio::test]
async fn a_reader_goes_on_by_number() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("Tell me a long story.").await;
    assert!(asked.events.len() > 3);
    for after in [0, 1, asked.events.len() as i32 / 2, asked.events.len() as i32 - 1] {
        let rest = browser.events(asked.receipt.reply.id, after).await;
        assert_eq!(rest, asked.events[after as usize..], "after {after}");
    }
    assert_eq!(browser.events(asked.receipt.reply.id, asked.events.len() as i32).await, []);
}

#[tokio::test]
async fn two_readers_and_a_second_replica_see_the_same() {
    let app = TestApp::start_with(paced(200)).await;
    let replica = app.replica().await;
    let (here, there) = (app.signed_in(ALICE).await, replica.signed_in(ALICE).await);
    let receipt = here.begin(None, "Tell me about risk.").await;
    let reply = receipt.reply.id;
    let (a, b, c) = tokio::join!(here.events(reply, 0), there.events(reply, 0), there.events(reply, 0));
    assert_eq!(a, b);
    assert_eq!(b, c);
    assert!(a.len() > 10, "it came in pieces");
}

#[tokio::test]
async fn a_reply_goes_on_when_nobody_reads_it() {
    let app = TestApp::start_with(paced(100)).await;
    let browser = app.signed_in(ALICE).await;
    let receipt = browser.begin(None, "Tell me about payments.").await;
    let part = browser.read_until(receipt.reply.id, " ").await;
    let whole = browser.events(receipt.reply.id, 0).await;
    assert!(whole.len() > part.len());
    assert!(matches!(whole.last().unwrap().event, ReplyEvent::End(Ending::Finished)));
}

#[tokio::test]
async fn the_page_of_a_reply_under_way_holds_what_is_there_and_says_where_to_go_on() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let browser = app.signed_in(ALICE).await;
    let receipt = browser.begin(None, "echo: one two three four five six seven eight nine ten eleven twelve").await;
    browser.read_until(receipt.reply.id, "one").await;
    let page = browser.page(&format!("/chat/{}", receipt.conversation_id)).await;
    assert!(page.contains("aria-busy=\"true\""), "{page}");
    let stored = open(&browser, &receipt.conversation_id.to_string()).await;
    assert_eq!(stored.messages[1].status, MessageStatus::Streaming);
    assert!(stored.messages[1].content.starts_with("one") && stored.messages[1].last_event > 0);
}

#[tokio::test]
async fn stopping_keeps_what_was_shown_and_aborts_the_request_to_the_model() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let browser = app.signed_in(ALICE).await;
    let receipt = browser.begin(None, "echo: one two three four five six seven eight nine ten eleven twelve").await;
    browser.read_until(receipt.reply.id, "one").await;
    let reply = receipt.reply.id.to_string();
    assert_eq!(browser.call("stop", &[("reply", &reply)]).await.status(), 200);
    let events = browser.events(receipt.reply.id, 0).await;
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Stopped)));
    let stored = open(&browser, &receipt.conversation_id.to_string()).await;
    assert_eq!(stored.messages[1].status, MessageStatus::Stopped);
    assert!(stored.messages[1].content.starts_with("one"));
    app.until("the request upstream is aborted", async || app.requests("openai").await[0]["disconnected"] == true)
        .await;
}

#[tokio::test]
async fn a_reply_is_stopped_from_another_replica() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 8 })).await;
    let replica = app.replica().await;
    let (here, there) = (app.signed_in(ALICE).await, replica.signed_in(ALICE).await);
    let receipt = here.begin(None, "echo: one two three four five six seven eight nine ten eleven twelve").await;
    here.read_until(receipt.reply.id, "one").await;
    assert_eq!(there.call("stop", &[("reply", &receipt.reply.id.to_string())]).await.status(), 200);
    let events = there.events(receipt.reply.id, 0).await;
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Stopped)));
}

#[tokio::test]
async fn without_the_pages_code_a_question_is_a_form_and_leads_to_its_conversation() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let page = browser.submit("/fn/ask", &[("content", "echo: by form"), ("conversation", "")]).await;
    assert_eq!(page.status(), 200);
    assert!(page.url().path().starts_with("/chat/"), "{}", page.url());
    assert!(page.text().await.unwrap().contains("echo: by form"));
}

#[tokio::test]
async fn the_dated_form_of_the_model_service_gets_its_version_and_the_key() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await.ask("echo: x").await;
    let request = app.requests("openai").await.remove(0);
    assert_eq!(request["path"], "/openai/deployments/gpt-5-mini/chat/completions");
    assert_eq!(request["query"], "api-version=2024-10-21");
    assert!(request["headers"].get("api-key").is_some() && request["headers"].get("authorization").is_none());
    assert_eq!(request["json"]["stream_options"]["include_usage"], true);
    let user = request["json"]["user"].as_str().unwrap();
    assert!(!user.contains("alice") && !user.is_empty(), "a pseudonym: {user}");
}

#[tokio::test]
async fn the_v1_form_of_the_model_service_gets_no_version() {
    let setup =
        Setup { variables: [("AZURE_OPENAI_BASE_URL", "{sandbox}/openai/v1".to_owned())].into(), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    assert_eq!(app.signed_in(ALICE).await.ask("echo: x").await.ending(), Ending::Finished);
    let request = app.requests("openai").await.remove(0);
    assert_eq!((&request["path"], &request["query"]), (&json!("/openai/v1/chat/completions"), &Value::Null));
}

#[tokio::test]
async fn without_a_key_the_app_uses_a_token_of_its_own_for_many_questions() {
    let setup = Setup { variables: [("AZURE_OPENAI_API_KEY", String::new())].into(), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let browser = app.signed_in(ALICE).await;
    assert_eq!(browser.ask("echo: x").await.ending(), Ending::Finished);
    assert_eq!(browser.ask("echo: y").await.ending(), Ending::Finished);
    let request = app.requests("openai").await.remove(0);
    assert!(request["headers"].get("api-key").is_none() && request["headers"].get("authorization").is_some());
    let granted = app.requests("entra").await;
    let own = granted.iter().filter(|r| r["body"].as_str().is_some_and(|body| body.contains("client_credentials")));
    assert_eq!(own.count(), 1, "the token is kept");
}

#[tokio::test]
async fn bytes_on_the_wire_grow_with_the_answer_and_no_faster() {
    let app = TestApp::start_with(paced(2000)).await;
    let browser = app.signed_in(ALICE).await;
    for words in [500, 1000, 2000] {
        let text = "word ".repeat(words);
        let receipt = browser.begin(None, &format!("echo: {text}")).await;
        let bytes = browser.follow(receipt.reply.id, 0).await.bytes().await.unwrap().len();
        assert!(bytes <= 3 * text.len(), "{bytes} bytes for {} bytes of text", text.len());
    }
}

fn paced(tokens_per_second: u32) -> Setup {
    Setup { sandbox: sandbox::Options { tokens_per_second, ..sandbox::Options::default() }, ..Setup::default() }
}

async fn open(browser: &crate::support::Browser, id: &str) -> Conversation {
    browser.data(&format!("/fn/conversation?id={id}")).await
}
