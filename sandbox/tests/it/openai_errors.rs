//! Addresses, credentials and errors before a stream.

use reqwest::{Response, StatusCode};
use sandbox::Options;
use sandbox::constants::{CALLER_CLIENT_ID, CLIENT_ID};
use serde_json::{Value, json};

use crate::helper::{Sandbox, text};

fn hello() -> Value {
    json!({"messages": [{"role": "user", "content": "echo: hi"}]})
}

async fn body(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn v1(sandbox: &Sandbox, query: &str, credential: &str) -> (u16, Value) {
    let mut request = hello();
    request["model"] = "gpt-4o".into();
    let response = sandbox
        .http
        .post(sandbox.url(&format!("/openai/v1/chat/completions{query}")))
        .bearer_auth(credential)
        .json(&request)
        .send()
        .await
        .unwrap();
    body(response).await
}

#[tokio::test]
async fn both_address_forms_answer() {
    let sandbox = Sandbox::start().await;
    let (status, reply) = body(sandbox.chat("gpt-5", hello()).send().await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(reply["choices"][0]["message"]["content"], "hi");
    assert!(reply["prompt_filter_results"].is_array());
    assert_eq!(v1(&sandbox, "", "sandbox-key").await.0, 200);
    let (status, error) = v1(&sandbox, "?api-version=2024-10-21", "sandbox-key").await;
    assert_eq!((status, text(&error["error"], "code")), (400, "BadRequest"));
}

#[tokio::test]
async fn the_api_version_is_mandatory_for_deployments() {
    let sandbox = Sandbox::start().await;
    for query in ["", "?api-version=1999-01-01"] {
        let url = sandbox.url(&format!("/openai/deployments/gpt-4o/chat/completions{query}"));
        let request = sandbox.http.post(url).header("api-key", "sandbox-key");
        let (status, error) = body(request.json(&hello()).send().await.unwrap()).await;
        assert_eq!((status, text(&error["error"], "message")), (404, "Resource not found"));
    }
    let (status, error) = body(sandbox.chat("gpt-9", hello()).send().await.unwrap()).await;
    assert_eq!((status, text(&error["error"], "code")), (404, "DeploymentNotFound"));
}

#[tokio::test]
async fn wrong_keys_and_wrong_tokens_have_different_shapes() {
    let sandbox = Sandbox::start().await;
    let url = sandbox.url("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
    let request = sandbox.http.post(&url).header("api-key", "wrong");
    let (status, error) = body(request.json(&hello()).send().await.unwrap()).await;
    assert_eq!((status, text(&error["error"], "code")), (401, "401"));
    let (status, error) = body(sandbox.http.post(&url).json(&hello()).send().await.unwrap()).await;
    assert_eq!((status, error["statusCode"].as_u64()), (401, Some(401)));
    assert!(error.get("error").is_none());
}

#[tokio::test]
async fn tokens_need_the_audience_and_the_role() {
    let options =
        Options { openai_audiences: vec!["https://cognitiveservices.azure.com".into()], ..Options::default() };
    let sandbox = Sandbox::with(options).await;
    let good = sandbox.mint(json!({"client": CLIENT_ID, "kind": "cognitive_services"})).await;
    assert_eq!(v1(&sandbox, "", &good).await.0, 200);
    let other = sandbox.mint(json!({"client": CLIENT_ID, "kind": "ai_azure"})).await;
    let (status, error) = v1(&sandbox, "", &other).await;
    assert_eq!((status, error["statusCode"].as_u64()), (401, Some(401)));
    let order = json!({"client": CALLER_CLIENT_ID, "kind": "cognitive_services"});
    let (_, error) = v1(&sandbox, "", &sandbox.mint(order).await).await;
    assert_eq!(error["error"]["code"], "PermissionDenied");
}

#[tokio::test]
async fn reasoning_models_refuse_sampling_parameters() {
    let sandbox = Sandbox::start().await;
    for (name, value, code) in [
        ("max_tokens", json!(100), "unsupported_parameter"),
        ("top_p", json!(0.5), "unsupported_parameter"),
        ("temperature", json!(0.7), "unsupported_value"),
        ("reasoning_effort", json!("huge"), "unsupported_value"),
    ] {
        let mut request = hello();
        request[name] = value;
        let (status, error) = body(sandbox.chat("gpt-5-mini", request.clone()).send().await.unwrap()).await;
        assert_eq!((status, text(&error["error"], "code")), (400, code), "{name}");
        assert_eq!(error["error"]["param"], name);
        if name != "reasoning_effort" {
            let response = sandbox.chat("gpt-4o", request).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
        }
    }
    let mut request = hello();
    request["messages"] = json!([
        {"role": "system", "content": "a"}, {"role": "developer", "content": "b"}]);
    let response = sandbox.chat("gpt-5", request).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn too_long_conversations_are_refused() {
    let sandbox = Sandbox::start().await;
    let request = json!({"messages": [{"role": "user", "content": "word ".repeat(120_000)}]});
    let (status, error) = body(sandbox.chat("gpt-4o", request).send().await.unwrap()).await;
    assert_eq!((status, text(&error["error"], "code")), (400, "context_length_exceeded"));
}

#[tokio::test]
async fn ordered_errors_have_the_shapes_of_the_service() {
    let sandbox = Sandbox::start().await;
    sandbox.fault(json!({"service": "openai", "kind": "content_filter_prompt", "times": 1})).await;
    let (status, error) = body(sandbox.chat("gpt-5", hello()).send().await.unwrap()).await;
    assert_eq!((status, text(&error["error"], "code")), (400, "content_filter"));
    let inner = &error["error"]["innererror"];
    assert_eq!(inner["content_filter_result"]["jailbreak"]["filtered"], true);

    sandbox
        .fault(json!({"service": "openai", "kind": "rate_limit", "times": 1, "retry_after": 86400, "retry_after_ms": 1500}))
        .await;
    let response = sandbox.chat("gpt-5", hello()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["retry-after"], "86400");
    assert_eq!(response.headers()["retry-after-ms"], "1500");

    sandbox.fault(json!({"service": "openai", "kind": "gateway_html", "times": 1})).await;
    let response = sandbox.chat("gpt-5", hello()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert!(response.text().await.unwrap().starts_with("<html>"));

    sandbox
        .fault(json!({"service": "openai", "kind": "status", "status": 500, "match": {"deployment": "gpt-4o"}}))
        .await;
    let fine = sandbox.chat("gpt-5", hello()).send().await.unwrap();
    assert_eq!(fine.status(), StatusCode::OK);
    let (status, error) = body(sandbox.chat("gpt-4o", hello()).send().await.unwrap()).await;
    assert_eq!((status, text(&error["error"], "code")), (500, "InternalServerError"));
}

#[tokio::test]
async fn another_server_can_answer_instead() {
    let real = Sandbox::start().await;
    let options = Options {
        upstream: Some(format!("{}/openai/v1", real.running.base_url)),
        upstream_api_key: Some("sandbox-key".into()),
        upstream_model: Some("gpt-4o".into()),
        ..Options::default()
    };
    let relay = Sandbox::with(options).await;
    let request = json!({"stream": true, "max_completion_tokens": 500, "reasoning_effort": "low",
        "messages": [{"role": "developer", "content": "be brief"}, {"role": "user", "content": "echo: grüße"}]});
    let response = relay.chat("gpt-5-mini", request).send().await.unwrap();
    let text = response.text().await.unwrap();
    assert!(text.starts_with("data: {\"choices\":[],\"created\":0"));
    assert!(text.contains("grüß") && text.ends_with("data: [DONE]\n\n"));
}
