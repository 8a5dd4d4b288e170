//! Replies by API: server-sent events by number, from any server, for as long as the caller may.

use sandbox::constants::ALLOWED_GROUP_ID;
use serde_json::{Value, json};

use crate::support::{ALICE, Event, Setup, TestApp, header, sse};

fn text(events: &[Event]) -> String {
    let deltas = events.iter().filter(|event| event.name == "delta");
    deltas.map(|event| event.data["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_reply_is_followed_by_number_and_gone_on_with_at_another_server() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let reply = api.ask(&api.conversation().await, "echo: one two three four five six").await;
    let all = api.events(&reply, 0).await;
    assert_eq!(text(&all), "one two three four five six");
    assert_eq!(all.iter().map(|event| event.id).collect::<Vec<_>>(), (1..=all.len() as i32).collect::<Vec<_>>());
    let names: Vec<&str> = all.iter().map(|event| event.name.as_str()).filter(|name| *name != "delta").collect();
    assert_eq!(names, ["usage", "finished"]);
    assert_eq!(all.last().unwrap().data, json!({ "status": "complete" }));
    let replica = app.replica().await;
    assert_eq!(api.at(&replica).events(&reply, 3).await, all[3..]);
    assert_eq!(api.events(&reply, all.len() as i32).await, []);
    let late = api.request(reqwest::Method::GET, &format!("/api/v1/replies/{reply}/events"));
    assert_eq!(late.header("last-event-id", "-1").send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn each_end_of_a_reply_has_its_event() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let last = async |fault: Value| {
        app.fault(fault).await;
        let reply = api.ask(&api.conversation().await, "long").await;
        let end = api.events(&reply, 0).await.pop().unwrap();
        app.no_more_faults().await;
        (end.name, end.data["status"].as_str().unwrap().to_owned())
    };
    let fault = |kind: &str| json!({ "service": "openai", "kind": kind, "after_chunks": 3 });
    let named = |name: &str, status: &str| (name.to_owned(), status.to_owned());
    assert_eq!(last(fault("cut")).await, named("interrupted", "interrupted"));
    assert_eq!(last(fault("finish_content_filter")).await, named("failed", "filtered"));
    assert_eq!(last(fault("deployment_not_found")).await, named("failed", "failed"));
    app.fault(fault("late_block")).await;
    let events = api.events(&api.ask(&api.conversation().await, "echo: bad").await, 0).await;
    assert!(events.iter().any(|event| event.name == "retracted"), "{events:?}");
}

#[tokio::test]
async fn a_reply_is_stopped_and_keeps_what_it_had() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let conversation = api.conversation().await;
    let reply = api.ask(&conversation, "long").await;
    let again = api.post(&format!("/api/v1/conversations/{conversation}/messages"), json!({ "content": "x" })).await;
    assert_eq!(again.status(), 409, "one at a time");
    let stop = api.request(reqwest::Method::POST, &format!("/api/v1/replies/{reply}/stop")).send().await.unwrap();
    assert_eq!(stop.status(), 204);
    assert_eq!(api.events(&reply, 0).await.last().unwrap().name, "stopped");
}

/// Reads a stream that a model keeps open until it ends, and says what was in it.
async fn to_its_end(api: &crate::support::Api, reply: &str) -> Vec<Event> {
    let response = api.get(&format!("/api/v1/replies/{reply}/events")).await;
    assert_eq!(header(&response, "content-type"), "text/event-stream");
    sse(&response.text().await.unwrap())
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_read_it() {
    let variables = [("ACCESS_RECHECK_MINUTES", "0.05".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let api = app.calling(ALICE).await;
    let reply = api.ask(&api.conversation().await, "long").await;
    let ours = app.exchanged(ALICE).await;
    let events = to_its_end(&ours, &reply).await;
    assert!(!events.is_empty() && events.iter().all(|event| event.name == "delta"), "its token has ended: {events:?}");
    assert_eq!(api.status().await, 200, "the provider's goes on");
    let removed = async {
        app.change(ALICE, json!({ "remove_groups": [ALLOWED_GROUP_ID] })).await;
    };
    let (events, ()) = tokio::join!(to_its_end(&api, &reply), removed);
    assert!(events.last().is_none_or(|event| event.name == "delta" || event.name == "stopped"), "{events:?}");
    assert_eq!(api.status().await, 403);
}
