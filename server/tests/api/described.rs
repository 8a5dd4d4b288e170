//! The description, the reference page, and what holds for all of the API.

use reqwest::{Client, Method};
use serde_json::Value;

use crate::support::{ALICE, Setup, TestApp, header};

#[tokio::test]
async fn every_door_of_the_api_is_described_and_no_other() {
    let app = TestApp::start().await;
    let document: Value = reqwest::get(format!("{}/api/openapi.json", app.url)).await.unwrap().json().await.unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut described = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        described.extend(item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let is_ours = |path: &str| path.starts_with("/api/v1") || path.starts_with("/.well-known");
    let doors = server::doors().into_iter().filter(|door| is_ours(&door.path));
    let mut doors: Vec<String> = doors.map(|door| format!("{} {}", door.method, door.path)).collect();
    described.sort();
    doors.sort();
    assert_eq!(described, doors);
}

#[tokio::test]
async fn the_reference_page_names_every_operation_and_every_problem_and_runs_nothing() {
    let app = TestApp::start().await;
    let answer = reqwest::get(format!("{}/api/docs", app.url)).await.unwrap();
    assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"));
    let page = answer.text().await.unwrap();
    assert!(!page.contains("<script") && !page.contains("style=") && !page.contains("http-equiv"));
    for door in server::doors().into_iter().filter(|door| door.path.starts_with("/api/v1")) {
        assert!(page.contains(&format!("<code>{} {}</code>", door.method, door.path)), "{door:?}");
    }
    let problem: Value = app.with_token("x").get("/api/v1/me").await.json().await.unwrap();
    let anchor = problem["type"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    assert!(page.contains(&format!("id=\"{anchor}\"")));
    assert!(page.contains("from openai import OpenAI") && page.contains("import OpenAI from") && page.contains("curl"));
}

#[tokio::test]
async fn other_origins_pages_may_call_only_where_they_are_configured() {
    let preflight = async |app: &TestApp, origin: &str| {
        let request = Client::new().request(Method::OPTIONS, format!("{}/api/v1/conversations", app.url));
        let request = request.header("origin", origin).header("access-control-request-method", "POST");
        let request = request.header("access-control-request-headers", "authorization,content-type,idempotency-key");
        header(&request.send().await.unwrap(), "access-control-allow-origin").to_owned()
    };
    let closed = TestApp::start().await;
    assert_eq!(preflight(&closed, "https://tools.example.com").await, "");
    let variables = [("API_CORS_ORIGINS", "https://tools.example.com".to_owned())].into();
    let open = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    assert_eq!(preflight(&open, "https://tools.example.com").await, "https://tools.example.com");
    assert_eq!(preflight(&open, "https://evil.example.com").await, "");
    let request =
        open.calling(ALICE).await.request(Method::GET, "/api/v1/me").header("origin", "https://tools.example.com");
    let answer = request.send().await.unwrap();
    assert_eq!(header(&answer, "access-control-allow-origin"), "https://tools.example.com");
    assert_eq!(header(&answer, "access-control-allow-credentials"), "", "cookies have no part in it");
}
