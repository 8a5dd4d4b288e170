//! `Idempotency-Key`.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::support::{ALICE, Api, BOB, TestApp, header};

async fn create(api: &Api, key: &str, body: Value) -> Response {
    let request = api.request(Method::POST, "/api/v1/conversations").header("idempotency-key", key);
    request.json(&body).send().await.unwrap()
}

async fn id(response: Response) -> String {
    response.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_same_key_and_body_do_it_once() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let (one, two) = (create(&api, "k1", json!({})).await, create(&api, "k1", json!({})).await);
    assert_eq!((header(&one, "idempotency-replayed"), header(&two, "idempotency-replayed")), ("", "true"));
    assert_eq!((one.status(), two.status()), (201.try_into().unwrap(), 201.try_into().unwrap()));
    assert_eq!(id(one).await, id(two).await);
    let at_once = futures::future::join_all((0..5).map(|_| create(&api, "k2", json!({ "title": "Once" })))).await;
    assert!(at_once.iter().all(|answer| matches!(answer.status().as_u16(), 201 | 409)));
    assert_eq!(app.number("SELECT count(*) FROM conversations").await, 2);
    let readable = "SELECT count(*) FROM idempotency_keys WHERE encode(body, 'escape') LIKE '%Once%'";
    assert_eq!(app.number(readable).await, 0, "answers are kept sealed");
    assert_eq!(
        create(&app.calling(BOB).await, "k1", json!({ "title": "Mine" })).await.status(),
        201,
        "keys are one's own"
    );
}

#[tokio::test]
async fn the_same_key_for_something_else_is_refused() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let id = id(create(&api, "key", json!({})).await).await;
    assert_eq!(create(&api, "key", json!({ "title": "Other" })).await.status(), 422);
    let elsewhere = api.request(Method::POST, &format!("/api/v1/conversations/{id}/messages"));
    let asked = elsewhere.header("idempotency-key", "key").json(&json!({ "content": "x" })).send().await.unwrap();
    assert_eq!(asked.status(), 422);
}

#[tokio::test]
async fn a_question_that_is_sent_twice_is_asked_once() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let path = format!("/api/v1/conversations/{}/messages", api.conversation().await);
    let ask = async || {
        let request = api.request(Method::POST, &path).header("idempotency-key", "ask");
        request
            .json(&json!({ "content": "echo: x", "stream": false }))
            .send()
            .await
            .unwrap()
            .json::<Value>()
            .await
            .unwrap()
    };
    assert_eq!(ask().await, ask().await);
    assert_eq!(app.requests("openai").await.len(), 1);
}

#[tokio::test]
async fn what_failed_may_be_tried_again_with_the_same_key() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let path = format!("/api/v1/conversations/{}/messages", api.conversation().await);
    let ask = async || {
        let request = api.request(Method::POST, &path).header("idempotency-key", "again");
        request.json(&json!({ "content": "x", "model": "gone" })).send().await.unwrap().status().as_u16()
    };
    assert_eq!((ask().await, ask().await), (400, 400));
    for bad in ["", "two words", &"x".repeat(256)] {
        assert_eq!(create(&api, bad, json!({})).await.status(), 400, "{bad:?}");
    }
}
