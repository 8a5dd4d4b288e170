//! OpenAI's protocol: whole and streamed, with tools and usage, metered and limited, and in trouble.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::support::{ALICE, Setup, TestApp, TwoEndpoints, header, sse};

#[tokio::test]
async fn a_completion_comes_whole_and_is_metered() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let answer: Value = api.complete("echo: hello", json!({})).await.json().await.unwrap();
    assert_eq!(answer["choices"][0]["message"]["content"], "hello");
    assert_eq!((&answer["object"], &answer["model"]), (&json!("chat.completion"), &json!("gpt-4o")));
    assert!(answer["id"].as_str().unwrap().starts_with("chatcmpl-"));
    let tokens = answer["usage"]["completion_tokens"].as_i64().unwrap();
    let noted = async || app.number("SELECT coalesce(sum(completion_tokens), 0)::bigint FROM usage").await == tokens;
    app.until("what it used is noted", noted).await;
    assert_eq!(app.number("SELECT count(*) FROM messages").await, 0, "nothing else is stored");
}

#[tokio::test]
async fn a_completion_streams_as_openais_clients_expect() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let body = api.complete("echo: one two three", json!({ "stream": true })).await.text().await.unwrap();
    let events = sse(&body);
    let (last, chunks) = events.split_last().unwrap();
    assert_eq!(last.data, "[DONE]");
    let ids: std::collections::BTreeSet<_> = chunks.iter().map(|chunk| chunk.data["id"].to_string()).collect();
    assert_eq!(ids.len(), 1);
    for chunk in chunks {
        assert!(chunk.data["choices"][0]["delta"].is_object() && chunk.data.get("usage").is_none(), "{:?}", chunk.data);
    }
    let text: String =
        chunks.iter().filter_map(|chunk| chunk.data["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, "one two three");
    let with_usage = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let body = api.complete("echo: x", with_usage).await.text().await.unwrap();
    let events = sse(&body);
    let usage = &events[events.len() - 2].data;
    assert!(usage["usage"]["total_tokens"].as_u64().unwrap() > 0 && usage["choices"] == json!([]), "{usage}");
    app.until("both are noted", async || {
        app.number("SELECT count(*) FROM usage WHERE completion_tokens > 0").await == 2
    })
    .await;
}

#[tokio::test]
async fn tools_and_their_results_are_passed_on_and_what_would_be_kept_is_not() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let tools = json!([{ "type": "function", "function": { "name": "rate", "parameters": { "type": "object" } } }]);
    let more = json!({ "tools": tools, "tool_choice": "auto", "temperature": 0.5, "store": true, "metadata": {}, "user": "me", "x": 1 });
    assert_eq!(api.complete("echo: x", more).await.status(), 200);
    let sent = app.requests("openai").await.pop().unwrap()["json"].clone();
    assert_eq!((&sent["tools"], &sent["tool_choice"], &sent["temperature"]), (&tools, &json!("auto"), &json!(0.5)));
    assert!(sent.get("store").is_none() && sent.get("metadata").is_none() && sent.get("x").is_none(), "{sent}");
    assert_ne!(sent["user"], "me", "a pseudonym of ours");
}

#[tokio::test]
async fn what_is_wrong_is_told_in_openais_shape() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    for (more, status, param, code) in [
        (json!({ "model": "nobody's" }), 404, json!("model"), json!("model_not_found")),
        (json!({ "model": 7 }), 400, json!("model"), Value::Null),
        (json!({ "messages": [] }), 400, json!("messages"), Value::Null),
        (json!({ "messages": ["x"] }), 400, json!("messages"), Value::Null),
        (json!({ "messages": null }), 400, json!("messages"), Value::Null),
        (json!({ "messages": [{ "role": "boss", "content": "x" }] }), 400, json!("messages"), Value::Null),
        (json!({ "messages": [{ "role": "user", "content": [null] }] }), 400, json!("messages"), Value::Null),
        (json!({ "stream": "yes" }), 400, json!("stream"), Value::Null),
        (json!({ "stream_options": {} }), 400, json!("stream_options"), Value::Null),
        (
            json!({ "stream": true, "stream_options": { "include_usage": 1 } }),
            400,
            json!("stream_options"),
            Value::Null,
        ),
        (json!({ "n": 100 }), 400, json!("n"), Value::Null),
        (json!({ "temperature": 9 }), 400, json!("temperature"), Value::Null),
        (json!({ "model": "gpt-5", "temperature": 0.5 }), 400, json!("temperature"), json!("unsupported_value")),
        (
            json!({ "messages": [{ "role": "user", "content": "trigger prompt filter" }] }),
            400,
            json!("messages"),
            json!("content_filter"),
        ),
    ] {
        let answer = api.complete("echo: x", more.clone()).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (status, "application/json"), "{more}");
        let error = answer.json::<Value>().await.unwrap()["error"].clone();
        assert!(error["message"].is_string() && error["type"].is_string(), "{more}: {error}");
        assert_eq!((&error["param"], &error["code"]), (&param, &code), "{more}: {error}");
    }
    let stranger = app.with_token("nonsense").complete("x", json!({})).await;
    assert_eq!((stranger.status().as_u16(), header(&stranger, "www-authenticate").is_empty()), (401, false));
    assert_eq!(stranger.json::<Value>().await.unwrap()["error"]["code"], "invalid_api_key");
}

#[tokio::test]
async fn a_model_that_is_busy_is_told_with_the_time_it_asks_for() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    app.fault(json!({ "service": "openai", "kind": "rate_limit", "retry_after": 7 })).await;
    let answer = api.complete("echo: x", json!({})).await;
    assert_eq!(answer.status(), 429);
    assert!((5..=8).contains(&header(&answer, "retry-after").parse::<u32>().unwrap()), "{:?}", answer.headers());
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], "rate_limit_exceeded");
}

#[tokio::test]
async fn another_endpoint_answers_when_the_first_does_not_and_nobody_notices() {
    let two = TwoEndpoints::start().await;
    let api = two.app.calling(ALICE).await;
    two.one.fault("status", None, json!({ "status": 503 })).await;
    let whole: Value = api.complete("echo: hello", json!({ "model": "gpt-5" })).await.json().await.unwrap();
    assert_eq!(whole["choices"][0]["message"]["content"], "hello");
    two.one.no_more_faults().await;
    two.one.fault("cut", 1, json!({ "after_chunks": 0 })).await;
    let body = api.complete("echo: again", json!({ "model": "gpt-5", "stream": true })).await.text().await.unwrap();
    assert!(body.ends_with("data: [DONE]\n\n"), "{body}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_says_so_and_does_not_pretend_to_be_done() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    for kind in ["cut", "in_stream_error", "malformed_chunk"] {
        app.fault(json!({ "service": "openai", "kind": kind, "after_chunks": 3, "times": 1 })).await;
        let body = api.complete("long", json!({ "stream": true })).await.text().await.unwrap();
        let last = sse(&body).pop().unwrap();
        assert_eq!(last.data["error"]["code"], "broken_off", "{kind}: {body:.300}");
        assert!(!body.contains("[DONE]"), "{kind}");
    }
    let noted = async || app.number("SELECT count(*) FROM usage WHERE counted AND completion_tokens > 0").await == 3;
    app.until("what was said is counted here", noted).await;
}

#[tokio::test]
async fn a_caller_who_leaves_ends_the_request_and_pays_for_what_was_said() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let mut answer = api.complete("long", json!({ "stream": true })).await;
    assert!(answer.chunk().await.unwrap().is_some());
    drop(answer);
    app.until("the model hears of it", async || app.requests("openai").await[0]["disconnected"] == true).await;
    let noted = async || app.number("SELECT count(*) FROM usage WHERE counted AND completion_tokens > 0").await == 1;
    app.until("what was said is noted", noted).await;
}

#[tokio::test]
async fn a_callers_mistake_teaches_the_endpoint_nothing() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let param =
        json!({ "service": "openai", "kind": "unsupported_parameter", "param": "max_completion_tokens", "times": 1 });
    app.fault(param).await;
    assert_eq!(api.complete("echo: x", json!({ "max_completion_tokens": 5 })).await.status(), 400);
    assert_eq!(api.complete("echo: x", json!({ "max_completion_tokens": 500 })).await.status(), 200);
    assert_eq!(app.requests("openai").await.pop().unwrap()["json"]["max_completion_tokens"], 500);
}

#[tokio::test]
async fn quotas_hold_for_calls_and_the_page_together() {
    let mut config = tempfile::NamedTempFile::new().unwrap();
    config.write_all(b"[[quotas]]\nrequests_per_minute = 2\n").unwrap();
    let variables = [("BANTER_CONFIG", config.path().display().to_string())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let api = app.calling(ALICE).await;
    app.signed_in(ALICE).await.ask("echo: by the page").await;
    assert_eq!(api.complete("echo: x", json!({})).await.status(), 200);
    let refused = api.complete("echo: x", json!({})).await;
    assert_eq!(refused.status(), 429);
    assert!(header(&refused, "retry-after").parse::<u32>().unwrap() <= 60);
    assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "insufficient_quota");
    let quotas = api.read("/api/v1/usage").await["quotas"].clone();
    assert_eq!((&quotas[0]["measure"], &quotas[0]["used"]), (&json!("requests"), &json!(2)));
}

#[tokio::test]
async fn models_are_listed_as_openai_lists_them() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let list = api.read("/api/v1/models").await;
    assert_eq!((&list["object"], &list["data"][0]["id"]), (&json!("list"), &json!("gpt-5-mini")));
    assert_eq!(api.read("/api/v1/models/gpt-5").await["object"], "model");
    assert_eq!(api.get("/api/v1/models/nothing").await.status(), 404);
}
