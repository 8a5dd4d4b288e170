//! What answers use is written down, limited, and made to fit.

use model::{Ending, Fault, FaultKind, NoticeKind, ReplyEvent};
use serde_json::json;

use crate::support::{ALICE, BOB, Browser, CAROL, TestApp, TwoEndpoints};

const PRICES: &str = "[models.prices]\nprompt = 1.25\ncached = 0.125\ncompletion = 10\ncurrency = 'EUR'";
const TWELVE: &str = "echo: one two three four five six seven eight nine ten eleven twelve";

#[tokio::test]
async fn what_the_service_reports_is_stored_with_its_cost() {
    let models = TwoEndpoints::with(PRICES).await;
    let numbers =
        json!({ "prompt_tokens": 1000, "cached_tokens": 800, "completion_tokens": 50, "reasoning_tokens": 20 });
    models.one.fault("usage", 1, numbers).await;
    let asked = models.browser.ask(TWELVE).await;
    let used = models.app.used(asked.receipt.reply.id).await;
    assert_eq!((used.prompt_tokens, used.cached_tokens), (1000, 800));
    assert_eq!((used.completion_tokens, used.reasoning_tokens, used.counted), (50, 20, false));
    // 200 x 1.25 + 800 x 0.125 + 50 x 10
    assert_eq!((used.cost_micros, used.currency.as_deref()), (Some(850), Some("EUR")));
    assert_eq!((used.model.as_str(), used.deployment.as_deref()), ("gpt-5", Some("gpt-5")));
    assert_eq!(used.department.unwrap(), models.app.text("SELECT department FROM users").await);
    assert!(asked.events.iter().any(|event| matches!(event.event, ReplyEvent::Usage(usage) if !usage.counted)));
}

#[tokio::test]
async fn what_the_service_does_not_report_is_counted_and_marked() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "usage", "absent": true })).await;
    let asked = app.signed_in(ALICE).await.ask("echo: one two three four five").await;
    let used = app.used(asked.receipt.reply.id).await;
    assert_eq!((used.completion_tokens, used.counted, used.cost_micros), (5, true, None), "{used:?}");
    assert!((60..140).contains(&used.prompt_tokens), "the instructions and seven words: {used:?}");
    assert!(asked.events.iter().any(|event| matches!(event.event, ReplyEvent::Usage(usage) if usage.counted)));
}

#[tokio::test]
async fn a_stopped_answer_is_metered_by_what_was_written() {
    let models = TwoEndpoints::with(PRICES).await;
    models.one.fault("hang", 1, json!({ "after_chunks": 4 })).await;
    let reply = models.browser.begin(None, TWELVE).await.reply.id;
    models.browser.read_until(reply, "one").await;
    assert_eq!(models.browser.call("stop", &[("reply", &reply.to_string())]).await.status(), 200);
    models.browser.events(reply, 0).await;
    let used = models.app.used(reply).await;
    assert!(used.counted && (1..=8).contains(&used.completion_tokens) && used.prompt_tokens > 60, "{used:?}");
    let cost = (used.prompt_tokens as f64).mul_add(1.25, used.completion_tokens as f64 * 10.0).round() as i64;
    assert_eq!((used.cost_micros, used.deployment.as_deref()), (Some(cost), Some("gpt-5")));
}

#[tokio::test]
async fn an_answer_that_broke_off_or_was_withdrawn_is_metered_and_one_that_never_came_costs_nothing() {
    for (kind, ending, answered) in [
        ("cut", Ending::Interrupted, true),
        ("in_stream_error", Ending::Interrupted, true),
        ("late_block", Ending::Filtered, true),
        ("unsupported_value", Ending::Failed, false),
        ("content_filter_prompt", Ending::Filtered, false),
    ] {
        let models = TwoEndpoints::with(PRICES).await;
        models.one.fault(kind, 1, json!({ "after_chunks": 4 })).await;
        let asked = models.browser.ask(TWELVE).await;
        assert_eq!(asked.ending(), ending, "{kind}");
        let used = models.app.used(asked.receipt.reply.id).await;
        let is_metered = used.completion_tokens > 0 && used.prompt_tokens > 60 && used.cost_micros > Some(0);
        assert_eq!((is_metered, used.counted), (answered, answered), "{kind}: {used:?}");
        assert!(answered || (used.prompt_tokens, used.cost_micros) == (0, None), "{kind}: {used:?}");
    }
}

#[tokio::test]
async fn an_answer_that_goes_on_adds_to_its_row() {
    let models = TwoEndpoints::with(PRICES).await;
    models.one.fault("cut", 1, json!({ "after_chunks": 4 })).await;
    let reply = models.browser.ask(TWELVE).await.receipt.reply.id;
    let before = models.app.used(reply).await;
    models.one.fault("usage", 1, json!({ "prompt_tokens": 100, "completion_tokens": 7, "cached_tokens": 0 })).await;
    let now = models.browser.resume(reply).await;
    models.browser.events(reply, now.last_event).await;
    let after = models.app.used(reply).await;
    assert_eq!(after.prompt_tokens, before.prompt_tokens + 100);
    assert_eq!(after.completion_tokens, before.completion_tokens + 7);
    assert_eq!(after.cost_micros.unwrap(), before.cost_micros.unwrap() + 125 + 70);
    assert_eq!((after.counted, models.app.number("SELECT count(*) FROM usage").await), (true, 1));
}

#[tokio::test]
async fn of_an_answer_that_goes_on_only_what_is_new_is_counted() {
    let models = TwoEndpoints::with(PRICES).await;
    models.one.fault("cut", 2, json!({ "after_chunks": 8 })).await;
    let reply = models.browser.ask(TWELVE).await.receipt.reply.id;
    let first = models.app.used(reply).await.completion_tokens;
    let now = models.browser.resume(reply).await;
    models.browser.events(reply, now.last_event).await;
    let second = models.app.used(reply).await.completion_tokens - first;
    assert!(first > 5 && second.abs_diff(first) <= 2, "{first} and {second}");
}

#[tokio::test]
async fn a_reply_whose_server_died_is_metered_once_by_whoever_ends_it() {
    let models = TwoEndpoints::with(PRICES).await;
    models.one.fault("hang", 1, json!({ "after_chunks": 8 })).await;
    let reply = models.browser.begin(None, TWELVE).await.reply.id;
    models.browser.read_until(reply, "one").await;
    let replica = models.replica().await;
    models.app.sql("UPDATE reply_writers SET fenced_at = now()").await;
    models.browser.events(reply, 0).await;
    let used = replica.used(reply).await;
    assert!(used.counted && (1..=12).contains(&used.completion_tokens) && used.prompt_tokens > 60, "{used:?}");
    assert!(used.cost_micros.is_some());
    assert_eq!(models.app.number("SELECT count(*) FROM usage").await, 1);
}

#[tokio::test]
async fn what_was_used_outlives_its_conversation() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await.ask("echo: one").await;
    app.sql("DELETE FROM conversations").await;
    assert!(app.number("SELECT sum(prompt_tokens)::bigint FROM usage").await > 0);
}

/// The refusal in an answer that is one, and the seconds until trying again may help.
async fn refused(response: reqwest::Response) -> (Fault, u64) {
    assert_eq!(response.status(), 429);
    let secs = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let fault: Fault = response.json().await.unwrap();
    assert_eq!(fault.kind, FaultKind::TooManyRequests);
    (fault, secs)
}

#[tokio::test]
async fn a_quota_of_requests_holds_on_every_replica_until_they_are_a_minute_old() {
    let models = TwoEndpoints::with("[[quotas]]\nrequests_per_minute = 2").await;
    let replica = models.replica().await;
    let there = replica.signed_in(ALICE).await;
    models.browser.ask("echo: one").await;
    there.ask("echo: two").await;
    let stored = models.app.number("SELECT count(*) FROM messages").await;
    for browser in [&models.browser, &there] {
        let (fault, secs) = refused(browser.try_ask("echo: three").await).await;
        assert!((1..=60).contains(&secs), "{secs}");
        assert_eq!(
            fault.message,
            format!("Too many requests: you may ask 2 times within a minute. Try again in {secs} s.")
        );
    }
    assert_eq!(models.app.number("SELECT count(*) FROM messages").await, stored, "nothing of it is stored");
    replica.signed_in(CAROL).await.ask("echo: hers").await;
    models.app.sql("UPDATE usage SET asked_at = asked_at - interval '61 s', at = at - interval '61 s'").await;
    models.browser.ask("echo: three").await;
}

#[tokio::test]
async fn questions_at_the_same_moment_do_not_slip_through_together() {
    let models = TwoEndpoints::with("[[quotas]]\nrequests_per_minute = 3").await;
    let replica = models.replica().await;
    let there = replica.signed_in(ALICE).await;
    let asks = (0..10).map(|n| if n % 2 == 0 { &models.browser } else { &there }).map(|at| at.try_ask("echo: one"));
    let answers = futures::future::join_all(asks).await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status() == status).count();
    assert_eq!((count(200), count(429)), (3, 7));
}

#[tokio::test]
async fn a_quota_of_tokens_renews_with_the_day() {
    let models =
        TwoEndpoints::with("[[quotas]]\nusers = ['ALICE.ARCHER@linden-bank.example']\ntokens_per_day = 1500").await;
    models.one.fault("usage", None, json!({ "prompt_tokens": 1400, "completion_tokens": 100 })).await;
    models.browser.ask("echo: one").await;
    let (fault, secs) = refused(models.browser.try_ask("echo: two").await).await;
    assert!(
        fault.message.starts_with("Your 1,500 tokens for today are used up. They renew at 00:00 UTC, in "),
        "{fault}"
    );
    assert!(secs <= 86_400);
    let bob = models.app.signed_in(BOB).await;
    bob.ask("echo: one").await;
    bob.ask("echo: it does not name him").await;
    models.app.sql("UPDATE usage SET at = at - interval '1 day', asked_at = asked_at - interval '1 day'").await;
    models.browser.ask("echo: two").await;
}

#[tokio::test]
async fn a_quota_of_money_renews_with_the_month_and_the_strictest_counts() {
    let quotas = "[[quotas]]\nmoney_per_month = 100\ncurrency = 'EUR'\n[[quotas]]\nroles = ['user']\n\
        money_per_month = 0.0008\ncurrency = 'EUR'\n[[quotas]]\nmoney_per_month = 0\ncurrency = 'USD'\nroles = ['admin']\n";
    let models = TwoEndpoints::with(&format!("{PRICES}\n{quotas}")).await;
    models.one.fault("usage", None, json!({ "prompt_tokens": 1000, "completion_tokens": 0 })).await;
    models.browser.ask("echo: one").await;
    let (fault, secs) = refused(models.browser.try_ask("echo: two").await).await;
    assert!(fault.message.starts_with("Your 0.0008 EUR for this month are used up. They renew on 1 "), "{fault}");
    assert!(secs <= 31 * 86_400);
    models.app.sql("UPDATE usage SET at = at - interval '1 month', asked_at = asked_at - interval '1 month'").await;
    models.browser.ask("echo: two").await;
}

#[tokio::test]
async fn an_answer_that_goes_on_counts_as_a_request() {
    let models = TwoEndpoints::with("[[quotas]]\nrequests_per_minute = 1").await;
    models.one.fault("cut", 1, json!({ "after_chunks": 4 })).await;
    let reply = models.browser.ask(TWELVE).await.receipt.reply.id;
    assert_eq!(models.browser.try_resume(reply).await, 429);
    models.app.sql("UPDATE usage SET asked_at = asked_at - interval '61 s', at = at - interval '61 s'").await;
    models.browser.resume(reply).await;
    assert_eq!(models.browser.try_ask("echo: more").await.status(), 429);
}

#[tokio::test]
async fn a_plain_form_is_told_the_same_and_nobody_is_told_by_a_link() {
    let models = TwoEndpoints::with("[[quotas]]\ntokens_per_day = 1").await;
    models.browser.ask("echo: one").await;
    let page = models.browser.submit("/fn/ask", &[("content", "echo: two")]).await;
    assert_eq!(page.status(), 429);
    assert!(page.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() <= 86_400);
    let link = page.url().clone();
    let text = page.text().await.unwrap();
    assert!(text.contains("Your 1 tokens for today are used up."), "{text}");
    let carol = models.app.signed_in(CAROL).await.get(link.as_str()).await;
    assert_eq!(carol.status(), 200);
    assert!(!carol.text().await.unwrap().contains("used up"), "hers is not");
}

/// A question and an answer of so many tokens each.
async fn exchange(
    browser: &Browser,
    conversation: Option<model::ConversationId>,
    tokens: usize,
) -> crate::support::Asked {
    browser.ask_in(conversation, &format!("echo:{}", " apple".repeat(tokens))).await
}

#[tokio::test]
async fn the_page_says_what_each_model_is_for_and_how_much_of_its_context_is_used() {
    let models = TwoEndpoints::with("description = 'Thinks <longer>'\ncontext_tokens = 700").await;
    let asked = models.browser.ask("echo: one two three").await;
    let page = models.browser.page(&format!("/chat/{}", asked.receipt.conversation_id)).await;
    assert!(page.contains("gpt-5<small> – Thinks &lt;longer&gt;</small>"), "{page}");
    let meter = page.split("<meter ").nth(1).unwrap().split('>').next().unwrap();
    assert!(meter.contains("aria-label=\"Context used\"") && meter.contains("max=\"700\""), "{meter}");
    let used = asked.events.iter().find_map(|event| match &event.event {
        ReplyEvent::Usage(usage) => Some(usage.prompt_tokens + usage.completion_tokens),
        _ => None,
    });
    assert!(meter.contains(&format!("value=\"{}\"", used.unwrap())), "{meter} {used:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_left_out_from_the_beginning_and_the_reader_is_told() {
    // Instructions 82, an exchange 170 and the question 86 tokens: two exchanges fit into 600, three do not.
    let models = TwoEndpoints::with("context_tokens = 700\nanswer_tokens = 100").await;
    let browser = &models.browser;
    let id = exchange(browser, None, 80).await.receipt.conversation_id;
    for _ in 0..2 {
        let asked = exchange(browser, Some(id), 80).await;
        assert!(!asked.events.iter().any(|event| matches!(event.event, ReplyEvent::Notice(_))), "all of it fits");
    }
    let asked = exchange(browser, Some(id), 80).await;
    let sent = models.sent().await;
    let roles: Vec<&str> = sent.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(roles, ["system", "user", "assistant", "user", "assistant", "user"]);
    assert_eq!(sent[5].1, format!("echo:{}", " apple".repeat(80)), "the new question is whole");
    assert_eq!(asked.ending(), Ending::Finished);
    assert_eq!(
        asked.notice(),
        "The beginning of this conversation was left out: it is longer than the model can read. The last 5 messages \
         were sent."
    );
    assert!(matches!(&asked.events[0].event, ReplyEvent::Notice(notice) if notice.kind == NoticeKind::Trimmed));
    let page = browser.page(&format!("/chat/{id}")).await;
    assert_eq!(page.matches("The last 5 messages were sent.").count(), 1, "it is still there, as a calm word");
    assert!(!page.contains("role=\"alert\""), "{page}");
}

#[tokio::test]
async fn a_question_that_alone_is_too_long_is_refused_before_anything_is_stored() {
    let models = TwoEndpoints::with("context_tokens = 700\nanswer_tokens = 100").await;
    let question = " apple".repeat(900);
    let response = models.browser.try_ask(&question).await;
    assert_eq!(response.status(), 413);
    let fault: Fault = response.json().await.unwrap();
    assert!(fault.message.starts_with("The question is too long for this model: it has 900 tokens, and 5"), "{fault}");
    let page = models.browser.submit("/fn/ask", &[("content", &question)]).await.text().await.unwrap();
    assert!(page.contains("it has 900 tokens"), "{page}");
    assert_eq!(models.app.number("SELECT count(*) FROM messages").await, 0);
    assert_eq!(models.asked().await, (0, 0));
}

#[tokio::test]
async fn a_conversation_that_the_model_finds_too_long_is_sent_again_by_half() {
    let models = TwoEndpoints::with("").await;
    let browser = &models.browser;
    let id = Some(exchange(browser, None, 3).await.receipt.conversation_id);
    exchange(browser, id, 3).await;
    models.one.fault("context_length", 1, json!({})).await;
    let asked = exchange(browser, id, 3).await;
    assert_eq!((asked.ending(), asked.text().trim()), (Ending::Finished, "apple apple apple"));
    assert!(asked.notice().ends_with("Only the last message was sent."), "{}", asked.notice());
    assert_eq!(models.sent().await.len(), 2);
    assert_eq!(models.one.requests().await.len(), 4);
    models.one.fault("context_length", None, json!({})).await;
    assert_eq!(exchange(browser, id, 3).await.ending(), Ending::Failed, "once, and then it is said");
    assert_eq!(models.one.requests().await.len(), 6);
}

#[tokio::test]
async fn people_see_what_they_used_and_what_is_left() {
    let models = TwoEndpoints::with(&format!("{PRICES}\n[[quotas]]\ntokens_per_day = 10_000")).await;
    let page = models.browser.page("/profile").await;
    assert!(page.contains("You have not asked anything this month."), "{page}");
    models.one.fault("usage", 1, json!({ "prompt_tokens": 4000, "completion_tokens": 1000, "cached_tokens": 0 })).await;
    models.browser.ask("echo: one").await;
    let page = models.browser.page("/profile").await;
    for part in ["5,000 of 10,000", "<meter min=\"0\" max=\"10000\" high=\"9000\" value=\"5000\"", "0.0150 EUR"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let carol = models.app.signed_in(CAROL).await.page("/profile").await;
    assert!(carol.contains("0 of 10,000") && !carol.contains("5,000"), "hers is hers");
}

#[tokio::test]
async fn administrators_see_what_everybody_used() {
    let models = TwoEndpoints::with(PRICES).await;
    let bob = models.app.signed_in(BOB).await;
    assert!(bob.page("/admin").await.contains("Nobody has asked anything."));
    models
        .one
        .fault("usage", None, json!({ "prompt_tokens": 4000, "completion_tokens": 1000, "cached_tokens": 0 }))
        .await;
    models.browser.ask("echo: one").await;
    models.browser.ask("echo: two").await;
    models.app.sql("UPDATE usage SET at = at - interval '40 days' WHERE ctid = (SELECT min(ctid) FROM usage)").await;
    bob.ask("echo: three").await;
    let page = bob.page("/admin").await;
    let department = models.app.text("SELECT department FROM users WHERE display_name = 'Alice Archer'").await;
    let tables: Vec<&str> = page.split("<table>").collect();
    let has = |name: &str, tokens: &str| tables.iter().any(|table| table.contains(name) && table.contains(tokens));
    assert!(has("gpt-5", "10,000") && has(&department, "5,000") && has("Alice Archer", "5,000"), "{page}");
    assert!(page.contains("Tokens by day. The most on one day were 10,000."), "{page}");
    assert!(page.contains("<span>10,000 tokens</span>"), "what its height stands for: {page}");
    assert_eq!(page.matches(" tokens</title>").count(), 30, "each day has a column");
    assert!(!page.contains("style="), "the policy forbids it");
}

#[tokio::test]
async fn a_conversation_is_named_once_it_is_answered_and_its_title_is_paid_for() {
    let models = TwoEndpoints::start_with("api_key_env = 'KEY_OF_THE_ENDPOINTS'", "").await;
    let untitled = models.browser.ask("please tell me about loans in March").await;
    let file = std::fs::read_to_string(models.config.path()).unwrap();
    std::fs::write(models.config.path(), format!("title_model = 'gpt-5'\n{file}")).unwrap();
    let app = models.replica().await;
    let browser = app.signed_in(ALICE).await;
    let asked = browser.ask("please tell me about loans in March").await;
    let title = async |id| browser.conversation(id).await.title;
    app.until("it is named", async || title(asked.receipt.conversation_id).await == "About loans in March").await;
    assert_eq!(title(untitled.receipt.conversation_id).await, "please tell me about loans in March");
    let (named, plain) = (app.used(asked.receipt.reply.id).await, app.used(untitled.receipt.reply.id).await);
    assert!(named.completion_tokens > plain.completion_tokens, "{named:?} {plain:?}");
}

#[tokio::test]
async fn a_conversation_without_a_title_keeps_its_first_words() {
    let models = TwoEndpoints::start_with("api_key_env = 'KEY_OF_THE_ENDPOINTS'", "").await;
    let file = std::fs::read_to_string(models.config.path()).unwrap();
    std::fs::write(models.config.path(), format!("title_model = 'gpt-5'\n{file}")).unwrap();
    let app = models.replica().await;
    let browser = app.signed_in(ALICE).await;
    models.one.fault("stall", 1, json!({ "after_chunks": 4, "ms": 1500 })).await;
    let receipt = browser.begin(None, TWELVE).await;
    browser.read_until(receipt.reply.id, "one").await;
    // From here on; the answer has begun.
    models.one.fault("content_filter_prompt", None, json!({})).await;
    let events = browser.events(receipt.reply.id, 0).await;
    assert_eq!(events.last().unwrap().event, ReplyEvent::End(Ending::Finished));
    app.until("the title was asked for", async || models.asked().await.0 == 2).await;
    let title = browser.conversation(receipt.conversation_id).await.title;
    assert_eq!(title, "echo: one two three four five six seven eight nine ten…");
}
