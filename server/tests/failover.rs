//! A model in trouble is asked again, or elsewhere, before its reader hears of it.

use std::time::Duration;

use model::{Ending, ReplyEvent};
use serde_json::{Value, json};

use crate::support::{ALICE, Program, TestApp, TwoEndpoints};

const QUESTION: &str = "echo: one two three four five six seven eight nine ten";
const ANSWER: &str = "one two three four five six seven eight nine ten";
/// `retry-after` of a day: the endpoint is not asked again in this test.
const TOMORROW: u32 = 86_400;

#[tokio::test]
async fn a_busy_model_is_asked_again_when_it_says_and_the_reader_sees_the_wait() {
    let models = TwoEndpoints::start().await;
    models.two.fault("rate_limit", None, json!({ "retry_after": TOMORROW })).await;
    models.one.fault("rate_limit", 1, json!({ "retry_after": 2 })).await;
    let asked = models.browser.ask(QUESTION).await;
    assert_eq!((asked.text().trim(), asked.ending()), (ANSWER, Ending::Finished));
    assert_eq!(asked.waits().len(), 1);
    assert!((2..=3).contains(&asked.waits()[0]), "{:?}", asked.events);
    assert!(matches!(asked.events[0].event, ReplyEvent::Waiting(_)), "before anything else");
    let pauses = models.one.pauses().await;
    assert!(pauses[0] >= Duration::from_secs(2) && pauses[0] < Duration::from_secs(4), "{pauses:?}");
}

#[tokio::test]
async fn the_precise_form_of_the_time_to_wait_counts() {
    let models = TwoEndpoints::start().await;
    models.two.fault("deployment_not_found", None, json!({})).await;
    models.one.fault("rate_limit", 1, json!({ "retry_after_ms": 1200, "retry_after": 19 })).await;
    assert_eq!(models.browser.ask(QUESTION).await.ending(), Ending::Finished);
    let pauses = models.one.pauses().await;
    assert!(pauses[0] >= Duration::from_millis(1200) && pauses[0] < Duration::from_secs(5), "{pauses:?}");
}

#[tokio::test]
async fn a_long_time_to_wait_is_told_at_once_and_kept() {
    let models = TwoEndpoints::start().await;
    models.two.fault("deployment_not_found", None, json!({})).await;
    models.one.fault("rate_limit", 1, json!({ "retry_after": 70 })).await;
    let first = models.browser.ask(QUESTION).await;
    let second = models.browser.ask(QUESTION).await;
    for asked in [&first, &second] {
        assert_eq!((asked.ending(), asked.waits()), (Ending::Failed, vec![]));
        assert!(asked.notice().contains("too many requests at the moment: try again in "), "{}", asked.notice());
    }
    assert!(first.notice().contains("in 70 s"), "{}", first.notice());
    assert_eq!(models.one.requests().await.len(), 1, "the second question did not disturb it");
}

#[tokio::test]
async fn without_a_word_of_the_service_the_pauses_grow_and_end() {
    let models = TwoEndpoints::start().await;
    models.two.fault("deployment_not_found", None, json!({})).await;
    models.one.fault("status", None, json!({ "status": 500 })).await;
    let asked = models.browser.ask(QUESTION).await;
    assert_eq!((asked.ending(), asked.waits()), (Ending::Failed, vec![1, 1, 2]));
    assert!(asked.notice().contains("cannot be reached"), "{}", asked.notice());
    let pauses = models.one.pauses().await;
    assert_eq!((pauses.len(), models.asked().await), (3, (4, 1)));
    assert!(pauses[0] >= Duration::from_millis(370) && pauses[2] >= Duration::from_millis(1490), "{pauses:?}");
}

#[tokio::test]
async fn whatever_keeps_one_endpoint_from_answering_the_next_one_answers_at_once() {
    for (kind, more) in [
        ("status", json!({ "status": 503 })),
        ("gateway_html", json!({})),
        ("unauthorized_key", json!({})),
        ("permission_denied", json!({})),
        ("forbidden", json!({})),
        ("deployment_not_found", json!({})),
        ("rate_limit", json!({ "retry_after": TOMORROW })),
        ("cut", json!({ "after_chunks": 0 })),
        ("cut", json!({ "after_chunks": 0, "clean": true })),
        ("in_stream_error", json!({ "after_chunks": 0 })),
        ("malformed_chunk", json!({ "after_chunks": 0 })),
    ] {
        let models = TwoEndpoints::start().await;
        models.one.fault(kind, None, more).await;
        let asked = models.browser.ask(QUESTION).await;
        assert_eq!((asked.text().trim(), asked.ending()), (ANSWER, Ending::Finished), "{kind}");
        assert_eq!((asked.waits(), models.asked().await), (vec![], (1, 1)), "{kind}");
    }
}

#[tokio::test]
async fn where_nothing_listens_the_next_endpoint_answers() {
    let models = TwoEndpoints::first_is_away().await;
    let asked = models.browser.ask(QUESTION).await;
    assert_eq!((asked.text().trim(), asked.waits()), (ANSWER, vec![]));
}

#[tokio::test]
async fn if_all_refuse_the_reader_hears_what_the_preferred_one_says() {
    let models = TwoEndpoints::start().await;
    models.one.fault("permission_denied", 1, json!({})).await;
    models.two.fault("deployment_not_found", 1, json!({})).await;
    let asked = models.browser.ask(QUESTION).await;
    assert_eq!((asked.ending(), asked.waits(), models.asked().await), (Ending::Failed, vec![], (1, 1)));
    assert!(asked.notice().contains("not allowed to use this model"), "{}", asked.notice());
}

#[tokio::test]
async fn the_log_says_which_endpoint_did_not_answer_and_where_to_look() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "openai", "kind": "permission_denied", "times": 1 })).await;
    let log = tempfile::NamedTempFile::new().unwrap();
    let program = Program::start_with(app, &[("LOG_FORMAT", "json")], log.reopen().unwrap().into()).await;
    program.browser.sign_in(ALICE).await;
    assert!(program.browser.ask(QUESTION).await.notice().contains("not allowed to use this model"));
    let log = std::fs::read_to_string(&log).unwrap();
    let line = log.lines().find(|line| line.contains("an endpoint did not answer")).unwrap_or_else(|| panic!("{log}"));
    let fields = &serde_json::from_str::<Value>(line).unwrap()["fields"];
    let where_and_why = json!(["127.0.0.1", "gpt-5-mini", 401, "PermissionDenied"]);
    assert_eq!(json!([fields["endpoint"], fields["deployment"], fields["status"], fields["code"]]), where_and_why);
    assert!(fields["upstream_id"].is_string() && fields["correlation_id"].is_string(), "{fields}");
}

#[tokio::test]
async fn an_endpoint_that_says_when_is_left_alone_until_then_and_preferred_again_after() {
    let models = TwoEndpoints::start().await;
    models.one.fault("rate_limit", 1, json!({ "retry_after": 2 })).await;
    models.browser.ask(QUESTION).await;
    models.browser.ask(QUESTION).await;
    assert_eq!(models.asked().await, (1, 2));
    models.app.until("the preferred endpoint answers again", async || again(&models, 2).await).await;
    assert!(models.one.pauses().await[0] >= Duration::from_secs(2));
}

#[tokio::test]
async fn an_endpoint_that_fails_again_and_again_is_left_alone_until_it_is_well() {
    let models = TwoEndpoints::start_with("api_key_env = 'KEY_OF_THE_ENDPOINTS'", "rest_seconds = 3").await;
    models.one.fault("status", None, json!({ "status": 503 })).await;
    for _ in 0..8 {
        assert_eq!(models.browser.ask(QUESTION).await.ending(), Ending::Finished);
    }
    assert_eq!(models.asked().await, (5, 8), "it sees no more than five");
    models.one.no_more_faults().await;
    models.app.until("the preferred endpoint answers again", async || again(&models, 6).await).await;
    assert!(models.one.pauses().await[4] >= Duration::from_millis(2950), "{:?}", models.one.pauses().await);
}

/// Asks once more; whether that made it `requests` to the preferred endpoint.
async fn again(models: &TwoEndpoints, requests: usize) -> bool {
    assert_eq!(models.browser.ask(QUESTION).await.ending(), Ending::Finished);
    models.one.requests().await.len() == requests
}

#[tokio::test]
async fn what_somebody_has_read_already_is_not_asked_for_again() {
    for kind in ["cut", "in_stream_error", "malformed_chunk"] {
        let models = TwoEndpoints::start().await;
        models.one.fault(kind, 1, json!({ "after_chunks": 4 })).await;
        let asked = models.browser.ask(QUESTION).await;
        assert_eq!((asked.ending(), models.asked().await), (Ending::Interrupted, (1, 0)), "{kind}");
        assert!(asked.text().starts_with("one"), "{kind}: {}", asked.text());
    }
}

#[tokio::test]
async fn a_question_that_is_refused_is_refused_once() {
    for (kind, ending) in [
        ("content_filter_prompt", Ending::Filtered),
        ("context_length", Ending::Failed),
        ("unsupported_value", Ending::Failed),
    ] {
        let models = TwoEndpoints::start().await;
        models.one.fault(kind, None, json!({})).await;
        for n in 1..=6 {
            let asked = models.browser.ask(QUESTION).await;
            assert_eq!((asked.ending(), asked.waits()), (ending, vec![]), "{kind}");
            assert_eq!(models.asked().await, (n, 0), "{kind}: that is no fault of the endpoint's");
        }
    }
}

#[tokio::test]
async fn stopping_ends_a_wait_at_once() {
    let models = TwoEndpoints::start().await;
    models.two.fault("deployment_not_found", None, json!({})).await;
    models.one.fault("rate_limit", None, json!({ "retry_after": 19 })).await;
    let reply = models.browser.begin(None, QUESTION).await.reply.id;
    models.browser.read_until_it_waits(reply).await;
    assert_eq!(models.browser.call("stop", &[("reply", &reply.to_string())]).await.status(), 200);
    let events = tokio::time::timeout(Duration::from_secs(5), models.browser.events(reply, 0)).await.unwrap();
    assert!(matches!(events.last().unwrap().event, ReplyEvent::End(Ending::Stopped)), "{events:?}");
    assert_eq!(models.one.requests().await.len(), 1);
}

#[tokio::test]
async fn a_parameter_that_an_endpoint_does_not_know_is_left_out_from_then_on() {
    for (kind, more) in [
        ("unsupported_parameter", json!({ "param": "user" })),
        (
            "status",
            json!({ "status": 400, "body": { "error": { "code": null,
            "message": "Unrecognized request argument supplied: user", "type": "invalid_request_error" } } }),
        ),
    ] {
        let models = TwoEndpoints::start().await;
        models.one.fault(kind, 1, more).await;
        let (first, second) = (models.browser.ask(QUESTION).await, models.browser.ask(QUESTION).await);
        assert_eq!((first.ending(), first.waits(), second.ending()), (Ending::Finished, vec![], Ending::Finished));
        let requests = models.one.requests().await;
        let with_user: Vec<bool> = requests.iter().map(|request| request["json"]["user"].is_string()).collect();
        assert_eq!(with_user, [true, false, false], "{kind}");
        assert!(requests.iter().all(|request| request["json"]["stream_options"]["include_usage"] == true));
    }
}

#[tokio::test]
async fn an_answer_that_the_filter_takes_back_late_is_withdrawn() {
    let models = TwoEndpoints::start().await;
    models.one.fault("late_block", 1, json!({})).await;
    models.one.fault("stall", 1, json!({ "after_chunks": 6, "ms": 300 })).await;
    let asked = models.browser.ask(QUESTION).await;
    assert_eq!((asked.ending(), models.asked().await), (Ending::Filtered, (1, 0)));
    assert!(asked.text().starts_with("one"), "it was shown first");
    let retracted = asked.events.iter().find_map(|event| match &event.event {
        ReplyEvent::Retracted(notice) => Some(&notice.text),
        _ => None,
    });
    assert!(retracted.is_some_and(|text| text.contains("protected material text")), "{:?}", asked.events);
}

#[tokio::test]
async fn endpoints_without_a_key_are_asked_with_a_token_for_their_scope() {
    let models = TwoEndpoints::start_with("scope = 'https://ai.azure.com/.default'", "").await;
    models.browser.ask(QUESTION).await;
    let tokens = models.app.requests("entra").await;
    assert!(tokens.iter().any(|request| request["body"].as_str().is_some_and(|body| body.contains("ai.azure.com"))));
    let request = models.one.requests().await.remove(0);
    assert!(request["headers"]["authorization"].as_str().is_some_and(|value| value.starts_with("Bearer ")));
    assert!(request["headers"].get("api-key").is_none());
}
