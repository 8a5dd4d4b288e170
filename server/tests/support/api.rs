//! Callers of the app-to-app API, and the tokens that they come with.

use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response};
use sandbox::constants::CALLER_CLIENT_ID;
use serde_json::{Value, json};

use super::TestApp;

/// Somebody with a token.
pub struct Api {
    pub url: String,
    pub token: String,
    http: Client,
}

impl TestApp {
    /// A token of the provider's, right or wrong: see the sandbox's README.
    pub async fn mint(&self, order: Value) -> String {
        let url = format!("{}/_sandbox/tokens", self.sandbox.base_url);
        let response = Client::new().post(url).json(&order).send().await.unwrap();
        assert_eq!(response.status(), 201, "{order}: {}", response.text().await.unwrap());
        let minted: Value = response.json().await.unwrap();
        minted["access_token"].as_str().unwrap().to_owned()
    }

    /// A caller with this token.
    pub fn with_token(&self, token: impl Into<String>) -> Api {
        let http = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Api { url: self.url.clone(), token: token.into(), http }
    }

    /// A person who calls.
    pub async fn calling(&self, persona: &str) -> Api {
        self.with_token(self.mint(json!({ "persona": persona })).await)
    }

    /// The application that has the role.
    pub async fn service(&self) -> Api {
        self.with_token(self.mint(json!({ "client": CALLER_CLIENT_ID })).await)
    }

    /// The form of an exchange.
    pub async fn exchange(&self, subject_token: &str) -> Response {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject_token),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ];
        Client::new().post(format!("{}/api/v1/token", self.url)).form(&form).send().await.unwrap()
    }

    /// Somebody with a token of ours.
    pub async fn exchanged(&self, persona: &str) -> Api {
        let answer = self.exchange(&self.calling(persona).await.token).await;
        assert_eq!(answer.status(), 200);
        let answer: Value = answer.json().await.unwrap();
        self.with_token(answer["access_token"].as_str().unwrap())
    }
}

impl Api {
    /// The same caller at another server.
    pub fn at(&self, app: &TestApp) -> Self {
        app.with_token(self.token.as_str())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.unwrap()
    }

    /// The answer to a GET that succeeds.
    pub async fn read(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}: {}", response.text().await.unwrap());
        response.json().await.unwrap()
    }

    pub async fn me(&self) -> Value {
        self.read("/api/v1/me").await
    }

    /// The status that asking who one is gives.
    pub async fn status(&self) -> u16 {
        self.get("/api/v1/me").await.status().as_u16()
    }
}

/// A header's text.
pub fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// An event of a stream: its number, name and data.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub id: i32,
    pub name: String,
    pub data: Value,
}

/// What is in a body of server-sent events, as far as it has events.
pub fn sse(body: &str) -> Vec<Event> {
    let blocks = body.split("\n\n").filter(|block| block.contains("data:"));
    let event = |block: &str| {
        let field =
            |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
        let data = field("data:");
        let data = serde_json::from_str(&data).unwrap_or(Value::String(data));
        Event { id: field("id:").parse().unwrap_or_default(), name: field("event:"), data }
    };
    blocks.map(event).collect()
}

impl Api {
    /// A new conversation's id.
    pub async fn conversation(&self) -> String {
        let created = self.post("/api/v1/conversations", json!({ "title": "A test" })).await;
        assert_eq!(created.status(), 201);
        created.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Asks in a conversation. The reply's id.
    pub async fn ask(&self, conversation: &str, question: &str) -> String {
        let path = format!("/api/v1/conversations/{conversation}/messages");
        let asked = self.post(&path, json!({ "content": question })).await;
        let (status, body) = (asked.status(), asked.json::<Value>().await.unwrap());
        assert_eq!(status, 201, "{body}");
        body["reply"]["id"].as_str().unwrap().to_owned()
    }

    /// A reply's events after number `after`, to the last.
    pub async fn events(&self, reply: &str, after: i32) -> Vec<Event> {
        let request = self.request(Method::GET, &format!("/api/v1/replies/{reply}/events"));
        let response = request.header("last-event-id", after).send().await.unwrap();
        assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "text/event-stream"));
        sse(&response.text().await.unwrap())
    }

    /// A completion of one question.
    pub async fn complete(&self, question: &str, more: Value) -> Response {
        let mut body = json!({ "model": "gpt-4o", "messages": [{ "role": "user", "content": question }] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/api/v1/chat/completions", body).await
    }
}
