//! Asks once and reads the answer to its end: through the app as its page does, or from the model directly.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use reqwest::{Client, RequestBuilder};
use serde::Deserialize;

use crate::{
    clock,
    upstream::{self, Model, TOKEN_BYTES},
};

pub enum Target {
    /// The model's address.
    Model(String),
    App {
        url: String,
        cookie: String,
    },
}

impl Target {
    pub fn app(url: &str, cookie: &str) -> Self {
        Self::App { url: url.to_owned(), cookie: cookie.to_owned() }
    }
}

pub struct Asker {
    target: Target,
    http: Client,
    model: Arc<Model>,
    tokens: usize,
}

/// What was seen of one answer. Times are in microseconds.
#[derive(Default)]
pub struct Reply {
    pub first_token: u64,
    /// From being sent by the model to arriving here, for each token.
    pub delays: Vec<u32>,
    pub bytes: u64,
    pub events: u64,
}

/// A question is asked once in a run of this program.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Asker {
    pub fn new(target: Target, model: Arc<Model>, tokens: usize) -> Self {
        // Connections are kept, as browsers and their proxies do.
        let http = Client::builder().http1_only().no_proxy().build().expect("a client");
        Self { target, http, model, tokens }
    }

    /// # Errors
    /// Says what was lost, doubled or out of order.
    pub async fn ask(&self) -> Result<Reply, String> {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let question = upstream::question(number, self.tokens);
        let began = clock::micros();
        let mut reading = Reading {
            asker: self,
            number,
            began,
            reply: Reply::default(),
            id: String::new(),
            text: 0,
            last: 0,
            ended: false,
        };
        match &self.target {
            Target::Model(url) => {
                let body = serde_json::json!({ "messages": [{ "role": "user", "content": question }], "stream": true });
                reading.read(self.http.post(url).body(body.to_string()), Form::Chunks).await?;
                reading.ended = true;
            }
            Target::App { url, cookie } => {
                let asked = self.http.post(format!("{url}/fn/ask_and_read")).form(&[("content", &question)]);
                reading.read(own(asked, cookie).header("origin", url), Form::Events).await?;
                // A connection may be cut; then it goes on by number.
                for _ in 0..20 {
                    if reading.ended {
                        break;
                    }
                    let (reply, last) = (&reading.id, reading.last);
                    let events = format!("{url}/fn/reply_events?reply={reply}&after={last}");
                    reading.read(own(self.http.get(events), cookie), Form::Events).await?;
                }
            }
        }
        self.model.forget(number);
        let (got, wanted) = (reading.text, self.tokens * TOKEN_BYTES);
        if got == wanted && reading.ended { Ok(reading.reply) } else { Err(format!("{got} of {wanted} bytes")) }
    }
}

fn own(request: RequestBuilder, cookie: &str) -> RequestBuilder {
    request.header("cookie", cookie).header("accept", "application/json")
}

#[derive(Deserialize)]
struct Receipt {
    reply: Stored,
}

#[derive(Deserialize)]
struct Stored {
    id: String,
}

/// How an answer is written.
#[derive(Clone, Copy)]
enum Form {
    /// Of the model: server-sent events.
    Chunks,
    /// Of the app: one JSON event a line, behind the receipt.
    Events,
}

#[derive(Deserialize)]
struct Event {
    n: i64,
    d: Option<String>,
    end: Option<String>,
}

struct Reading<'a> {
    asker: &'a Asker,
    number: u64,
    began: u64,
    reply: Reply,
    /// The reply's, once the app has said it.
    id: String,
    /// Bytes of text so far.
    text: usize,
    /// The number of the last event.
    last: i64,
    ended: bool,
}

impl Reading<'_> {
    async fn read(&mut self, request: RequestBuilder, form: Form) -> Result<(), String> {
        let mut response = request.send().await.map_err(|error| error.to_string())?;
        if response.status() != 200 {
            return Err(format!("reading: {}", response.status()));
        }
        let mut rest = Vec::new();
        // A body that breaks off is asked for again.
        while let Ok(Some(bytes)) = response.chunk().await {
            let now = clock::micros();
            self.reply.bytes += bytes.len() as u64;
            rest.extend_from_slice(&bytes);
            let whole = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            for line in rest[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                match form {
                    Form::Chunks => self.chunk(line, now)?,
                    Form::Events => self.event(line, now)?,
                }
            }
            rest.drain(..whole);
        }
        Ok(())
    }

    fn chunk(&mut self, line: &[u8], now: u64) -> Result<(), String> {
        const CONTENT: &[u8] = br#""content":""#;
        let Some(at) = line.windows(CONTENT.len()).position(|window| window == CONTENT) else { return Ok(()) };
        let text = &line[at + CONTENT.len()..][..TOKEN_BYTES];
        self.arrived(text, now)
    }

    fn event(&mut self, line: &[u8], now: u64) -> Result<(), String> {
        // A text alone is the next delta.
        if let Ok(text) = serde_json::from_slice::<String>(line) {
            self.last += 1;
            self.reply.events += 1;
            return self.arrived(text.as_bytes(), now);
        }
        if self.id.is_empty() {
            let receipt: Receipt = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            self.id = receipt.reply.id;
            // None of the answer's.
            self.reply.bytes -= line.len() as u64 + 1;
            return Ok(());
        }
        let event: Event = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if event.n != self.last + 1 {
            return Err(format!("event {} after {}", event.n, self.last));
        }
        self.last = event.n;
        self.reply.events += 1;
        self.ended |= event.end.as_deref() == Some("finished");
        event.d.map_or(Ok(()), |text| self.arrived(text.as_bytes(), now))
    }

    fn arrived(&mut self, text: &[u8], now: u64) -> Result<(), String> {
        if self.text == 0 {
            self.reply.first_token = now - self.began;
        }
        let sent = self.asker.model.sent(self.number);
        let sent = sent.lock().expect("no panic in here");
        for token in text.chunks(TOKEN_BYTES) {
            let place = self.text / TOKEN_BYTES;
            if token != upstream::token(place).as_bytes() {
                return Err(format!("{:?} instead of token {place}", String::from_utf8_lossy(token)));
            }
            self.reply.delays.push(now.saturating_sub(sent[place]) as u32);
            self.text += TOKEN_BYTES;
        }
        Ok(())
    }
}
