//! A browser as far as HTTP goes: cookies, redirects, forms, and the headers that browsers send with them.

use std::time::Duration;

use model::{AskReceipt, ConversationId, Ending, MessageId, NumberedEvent, ReplyEvent};
use reqwest::{Client, Method, RequestBuilder, Response, redirect::Policy};
use scraper::{Html, Selector};

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Browser {
    pub url: String,
    http: Client,
    kept_cookie: std::sync::Mutex<String>,
}

/// A question and the answer to it, from its first event to its last.
pub struct Asked {
    pub receipt: AskReceipt,
    pub events: Vec<NumberedEvent>,
}

impl Asked {
    pub fn text(&self) -> String {
        text(&self.events)
    }

    pub fn ending(&self) -> Ending {
        match self.events.last().map(|event| &event.event) {
            Some(ReplyEvent::End(ending)) => *ending,
            other => panic!("the last event is {other:?}"),
        }
    }

    pub fn notice(&self) -> String {
        let mut notices = self.events.iter().filter_map(|event| match &event.event {
            ReplyEvent::Notice(notice) => Some(notice),
            _ => None,
        });
        let notice = notices.next_back().expect("there is a notice");
        assert!(!notice.correlation_id.is_empty());
        notice.text.clone()
    }
}

pub fn text(events: &[NumberedEvent]) -> String {
    let deltas = events.iter().filter_map(|event| match &event.event {
        ReplyEvent::Delta(text) | ReplyEvent::All(text) => Some(text.as_str()),
        _ => None,
    });
    deltas.collect()
}

impl Browser {
    pub fn new(url: &str) -> Self {
        let http = Client::builder().cookie_store(true).timeout(PATIENCE).build().unwrap();
        Self { url: url.to_owned(), http, kept_cookie: Default::default() }
    }

    /// One that shows redirects instead of following them. Shares nothing with others.
    pub fn unmoved(url: &str) -> Self {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).timeout(PATIENCE).build().unwrap();
        Self { url: url.to_owned(), http, kept_cookie: Default::default() }
    }

    /// The same browser, with its cookies, at another replica.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), http: self.http.clone(), kept_cookie: Default::default() }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        self.http.request(method, url)
    }

    /// As when following a link.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).header("accept", "text/html").send().await.unwrap()
    }

    /// Remembers a cookie whatever the app says of it later.
    pub fn keep_cookie(&self, response: &Response) {
        let line = response.headers()["set-cookie"].to_str().unwrap();
        line.split(';').next().unwrap().clone_into(&mut self.kept_cookie.lock().unwrap());
    }

    pub fn kept_cookie(&self) -> String {
        self.kept_cookie.lock().unwrap().clone()
    }

    pub async fn get_with_cookie(&self, path: &str, cookie: &str) -> Response {
        let request = Client::builder().redirect(Policy::none()).build().unwrap().get(path);
        request.header("cookie", cookie).header("accept", "text/html").send().await.unwrap()
    }

    /// The status, if anything answers at all.
    pub async fn try_get(&self, path: &str) -> Option<u16> {
        Some(self.request(Method::GET, path).send().await.ok()?.status().as_u16())
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// As the page's code reads.
    pub async fn data<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let response = self.request(Method::GET, path).header("accept", "application/json").send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// As the page's code does it.
    pub async fn call(&self, function: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.request(Method::POST, &format!("/fn/{function}")).header("origin", &self.url);
        request.header("accept", "application/json").form(fields).send().await.unwrap()
    }

    /// Calls a function that answers with data.
    pub async fn change<T: serde::de::DeserializeOwned>(&self, function: &str, fields: &[(&str, &str)]) -> T {
        let response = self.call(function, fields).await;
        let (status, body) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{function} {fields:?}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// As a form does it when the page's code is not there.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.request(Method::POST, path).header("origin", &self.url).header("accept", "text/html");
        request.header("referer", format!("{}/chat", self.url)).form(fields).send().await.unwrap()
    }

    /// Opens the chat and picks `persona` where the provider asks.
    pub async fn sign_in(&self, persona: &str) -> Response {
        self.sign_in_at("/chat", persona).await
    }

    /// The same, starting with another page.
    pub async fn sign_in_at(&self, path: &str, persona: &str) -> Response {
        let response = self.get(path).await;
        self.pick(response, persona).await
    }

    /// Presses a button on the provider's page.
    pub async fn pick(&self, response: Response, persona: &str) -> Response {
        let picker = response.url().clone();
        let form = Form::with_button(&response.text().await.unwrap(), persona);
        let action = picker.join(&form.action).unwrap();
        self.http.post(action).header("accept", "text/html").form(&form.fields).send().await.unwrap()
    }

    /// Who the app says is signed in.
    pub async fn session(&self) -> serde_json::Value {
        self.get("/api/auth/session").await.json().await.unwrap()
    }

    pub async fn user_id(&self) -> String {
        self.session().await["user"]["id"].as_str().expect("somebody is signed in").to_owned()
    }

    /// Asks in a new conversation and reads the answer to its end.
    pub async fn ask(&self, question: &str) -> Asked {
        self.ask_in(None, question).await
    }

    pub async fn ask_in(&self, conversation: Option<ConversationId>, question: &str) -> Asked {
        let receipt = self.begin(conversation, question).await;
        let events = self.events(receipt.reply.id, 0).await;
        Asked { receipt, events }
    }

    /// Asks and does not wait for the answer.
    pub async fn begin(&self, conversation: Option<ConversationId>, question: &str) -> AskReceipt {
        let id = conversation.map(|id| id.to_string());
        let mut fields = vec![("content", question)];
        fields.extend(id.as_deref().map(|id| ("conversation", id)));
        let response = self.call("ask", &fields).await;
        let (status, body) = (response.status(), response.text().await.unwrap());
        assert_eq!(status, 200, "{question:?}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Asks, and reads the answer in the same response.
    pub async fn ask_and_read(&self, fields: &[(&str, &str)]) -> (AskReceipt, Vec<NumberedEvent>) {
        let response = self.call("ask_and_read", fields).await;
        assert_eq!(response.status(), 200);
        let body = response.bytes().await.unwrap();
        let end = body.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        (serde_json::from_slice(&body[..end]).unwrap(), parse_events(0, &body[end..]))
    }

    /// Lets a reply go on that broke off.
    pub async fn resume(&self, reply: MessageId) -> model::Message {
        let response = self.call("resume", &[("reply", &reply.to_string())]).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }

    /// The status that trying to gives.
    pub async fn try_resume(&self, reply: MessageId) -> u16 {
        self.call("resume", &[("reply", &reply.to_string())]).await.status().as_u16()
    }

    /// A conversation as it is stored.
    pub async fn conversation(&self, id: ConversationId) -> model::Conversation {
        self.data(&format!("/fn/conversation?id={id}")).await
    }

    /// The events after number `after`, to the last.
    pub async fn events(&self, reply: MessageId, after: i32) -> Vec<NumberedEvent> {
        parse_events(after, &self.follow(reply, after).await.bytes().await.unwrap())
    }

    pub async fn follow(&self, reply: MessageId, after: i32) -> Response {
        let response = self.request(Method::GET, &format!("/fn/reply_events?reply={reply}&after={after}"));
        let response = response.send().await.unwrap();
        if response.status() != 200 {
            panic!("{}: {}", response.status(), response.text().await.unwrap());
        }
        response
    }

    /// Events until one contains `needle`; then the connection is dropped.
    pub async fn read_until(&self, reply: MessageId, needle: &str) -> Vec<NumberedEvent> {
        let mut response = self.follow(reply, 0).await;
        let mut body = Vec::new();
        while let Some(bytes) = response.chunk().await.unwrap() {
            body.extend_from_slice(&bytes);
            let whole = body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let events = parse_events(0, &body[..whole]);
            if text(&events).contains(needle) {
                return events;
            }
        }
        panic!("the reply ended without {needle:?}");
    }
}

/// One event a line, behind event `after`; a text alone is the next delta.
pub fn parse_events(after: i32, body: &[u8]) -> Vec<NumberedEvent> {
    let mut last = after;
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let events = lines.map(|line| {
        let event = match serde_json::from_slice::<String>(line) {
            Ok(text) => NumberedEvent { n: last + 1, event: ReplyEvent::Delta(text) },
            Err(_) => serde_json::from_slice(line).unwrap(),
        };
        last = event.n;
        event
    });
    events.collect()
}

/// A form and the button to send it with.
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Form {
    fn with_button(html: &str, name: &str) -> Self {
        let document = Html::parse_document(html);
        let buttons = Selector::parse("button").unwrap();
        let button = document
            .select(&buttons)
            .find(|button| button.text().collect::<String>().trim() == name)
            .unwrap_or_else(|| panic!("no button {name:?} in {html}"));
        let form = button
            .ancestors()
            .filter_map(scraper::ElementRef::wrap)
            .find(|element| element.value().name() == "form")
            .expect("the button is in a form");
        let inputs = Selector::parse("input[name]").unwrap();
        let value = |element: &scraper::ElementRef<'_>| {
            let attribute = |name| element.value().attr(name).unwrap_or_default().to_owned();
            (attribute("name"), attribute("value"))
        };
        let mut fields: Vec<_> = form.select(&inputs).map(|input| value(&input)).collect();
        if button.value().attr("name").is_some() {
            fields.push(value(&button));
        }
        Self { action: form.value().attr("action").unwrap_or_default().to_owned(), fields }
    }
}
