//! Turns an answer into a script: which bytes are sent when, and what goes wrong on the way.

use std::time::Duration;

use serde_json::{Value, json};

use super::chunks::{self, Envelope};
use super::faulty::Streaming;
use super::request::{ChatRequest, is_reasoning};
use crate::model::{Answer, Incident, tokens};

/// One step of playing an answer.
#[derive(Debug)]
pub enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// Nothing more ever comes, until the caller leaves.
    Forever,
    /// The connection ends in the middle of the body.
    Break,
}

/// How long the stand-in "thinks" when it plays at human pace.
const THINKING: Duration = Duration::from_millis(700);
/// One character in several packets, for every so many chunks that have one.
const SPLIT_EVERY: usize = 3;
/// Pause between the halves of a split character, long enough for two reads.
const SPLIT_PAUSE: Duration = Duration::from_millis(1);
/// Synchronous filtering releases text in bursts of up to this many tokens.
const LARGEST_BURST: usize = 14;

/// `tokens_per_second` 0 = no pauses except those of faults.
pub fn build(request: &ChatRequest, answer: &Answer, faults: &Streaming, tokens_per_second: u32) -> Vec<Step> {
    let mut script = Script {
        envelope: Envelope::new(request),
        steps: Vec::new(),
        pending: Vec::new(),
        splittable_chunks: 0,
        asynchronous: faults.get("async_filter").is_some() || faults.get("late_block").is_some(),
    };
    let plan = Plan::of(request, answer);
    script.open(answer, faults, tokens_per_second);
    let complete = script.content(&plan, answer, faults, tokens_per_second);
    if complete {
        script.close(request, &plan, faults);
    }
    script.steps
}

/// What is sent of the answer, and why it ends.
struct Plan {
    pieces: Vec<String>,
    finish: &'static str,
    reasoning_tokens: u64,
}

impl Plan {
    fn of(request: &ChatRequest, answer: &Answer) -> Self {
        let mut pieces = tokens::split(&answer.text);
        let reasoning_tokens = reasoning_tokens(request);
        let mut finish = "stop";
        if let Some(limit) = request.max_tokens {
            let left = limit.saturating_sub(reasoning_tokens) as usize;
            if left < pieces.len() {
                pieces.truncate(left);
                finish = "length";
            }
        }
        Self { pieces, finish, reasoning_tokens }
    }
}

pub fn reasoning_tokens(request: &ChatRequest) -> u64 {
    if !is_reasoning(&request.deployment) {
        return 0;
    }
    match request.reasoning_effort.as_str() {
        "none" => 0,
        "minimal" => 16,
        "low" => 64,
        "high" => 512,
        "xhigh" => 1024,
        _ => 192,
    }
}

struct Script {
    envelope: Envelope,
    steps: Vec<Step>,
    /// Bytes of the packet being filled.
    pending: Vec<u8>,
    splittable_chunks: usize,
    asynchronous: bool,
}

impl Script {
    fn open(&mut self, answer: &Answer, faults: &Streaming, tokens_per_second: u32) {
        self.event(&chunks::prompt_annotation());
        self.flush();
        let paced = tokens_per_second > 0;
        if let Some(fault) = faults.get("slow_first_token") {
            self.wait(Duration::from_millis(fault.number("ms").unwrap_or(5_000)));
        } else if answer.slow {
            self.wait(Duration::from_secs(if paced { 6 } else { 1 }));
        } else if paced {
            self.wait(THINKING);
        }
        let role = self.envelope.role();
        self.event(&role);
        self.flush();
    }

    /// False if the stream ends early.
    fn content(&mut self, plan: &Plan, answer: &Answer, faults: &Streaming, tokens_per_second: u32) -> bool {
        let mut burst_left = 1;
        let mut burst_len = 0_u32;
        let (mut chars, mut checked) = (0, 0);
        for (sent, piece) in plan.pieces.iter().enumerate() {
            if !self.incidents(sent, faults) || !self.answers_incident(sent, answer) {
                return false;
            }
            let filter = (!self.asynchronous).then(chunks::safe_content);
            let chunk = self.envelope.content(piece, filter);
            self.content_event(&chunk, piece);
            chars += piece.chars().count();
            burst_len += 1;
            burst_left -= 1;
            if burst_left == 0 || self.asynchronous {
                self.flush();
                if tokens_per_second > 0 {
                    self.wait(Duration::from_secs(1) * burst_len / tokens_per_second);
                }
                // Uneven on purpose, but the same for the same answer.
                burst_left = 1 + (sent * 7 + piece.len() * 3) % LARGEST_BURST;
                burst_len = 0;
            }
            if self.asynchronous && sent % 25 == 24 {
                self.event(&chunks::annotation(checked, chars));
                self.flush();
                checked = chars;
            }
        }
        // A fault due after more chunks than there are strikes at the end.
        let total = plan.pieces.len();
        (total..total + 1).all(|sent| self.incidents(sent, faults)) && {
            self.flush();
            true
        }
    }

    /// Ordered faults that are due; false if the stream ends here.
    fn incidents(&mut self, sent: usize, faults: &Streaming) -> bool {
        if let Some(fault) = faults.due("stall", sent) {
            self.flush();
            self.wait(Duration::from_millis(fault.number("ms").unwrap_or(5_000)));
        }
        if faults.due("malformed_chunk", sent).is_some() {
            self.flush();
            self.steps.push(Step::Send(b"data: {\"choices\":[{\"delta\":{\"con\n\n".to_vec()));
        }
        if let Some(fault) = faults.due("cut", sent) {
            self.flush();
            if !fault.flag("clean") {
                // Let what was sent leave first; a reset could overtake it.
                self.wait(Duration::from_millis(20));
                self.steps.push(Step::Break);
            }
            return false;
        }
        if faults.due("hang", sent).is_some() {
            self.flush();
            self.steps.push(Step::Forever);
            return false;
        }
        if let Some(fault) = faults.due("in_stream_error", sent) {
            let error = chunks::in_stream_error(fault.str("message"));
            self.event(&error);
            self.flush();
            return false;
        }
        if let Some(fault) = faults.due("finish_content_filter", sent) {
            let category = fault.str("category").unwrap_or("violence").to_owned();
            self.filtered(&category);
            return false;
        }
        if faults.due("finish_length", sent).is_some() {
            let chunk = self.envelope.finish("length", json!({}));
            self.event(&chunk);
            self.done();
            return false;
        }
        true
    }

    /// The same, where the question itself asked for it.
    fn answers_incident(&mut self, sent: usize, answer: &Answer) -> bool {
        if sent != 40 {
            return true;
        }
        match answer.incident {
            Some(Incident::ContentFiltered) => self.filtered("violence"),
            Some(Incident::Cut) => {
                self.flush();
                self.wait(Duration::from_millis(20));
                self.steps.push(Step::Break);
            }
            Some(Incident::StreamError) => {
                self.event(&chunks::in_stream_error(None));
                self.flush();
            }
            _ => return true,
        }
        false
    }

    fn filtered(&mut self, category: &str) {
        let mut results = chunks::safe_content();
        results[category] = json!({"filtered": true, "severity": "medium"});
        let chunk = self.envelope.finish("content_filter", results);
        self.event(&chunk);
        self.done();
    }

    fn close(&mut self, request: &ChatRequest, plan: &Plan, faults: &Streaming) {
        let chars = plan.pieces.iter().map(|piece| piece.chars().count()).sum();
        if faults.get("late_block").is_some() {
            self.event(&chunks::late_block(chars));
            self.done();
            return;
        }
        let chunk = self.envelope.finish(plan.finish, json!({}));
        self.event(&chunk);
        self.flush();
        if self.asynchronous {
            // The last verdict may come after the finish.
            self.event(&chunks::annotation(0, chars));
        }
        if request.include_usage {
            let usage = chunks::usage(request.prompt_tokens(), plan.pieces.len() as u64, plan.reasoning_tokens);
            match faults.get("usage") {
                Some(fault) if fault.flag("absent") => {}
                Some(fault) => self.event(&self.envelope.usage(chunks::usage_as(usage, fault))),
                None => self.event(&self.envelope.usage(usage)),
            }
        }
        self.done();
    }

    fn done(&mut self) {
        self.pending.extend(b"data: [DONE]\n\n");
        self.flush();
    }

    fn event(&mut self, chunk: &Value) {
        self.pending.extend(format!("data: {chunk}\n\n").as_bytes());
    }

    /// Now and then a packet ends inside a character.
    fn content_event(&mut self, chunk: &Value, piece: &str) {
        let event = format!("data: {chunk}\n\n");
        let inside = event.char_indices().find(|(_, c)| c.len_utf8() > 1);
        if let Some((index, _)) = inside
            && !piece.is_ascii()
        {
            self.splittable_chunks += 1;
            if self.splittable_chunks % SPLIT_EVERY == 1 {
                let (first, rest) = event.as_bytes().split_at(index + 1);
                self.pending.extend(first);
                self.flush();
                self.wait(SPLIT_PAUSE);
                self.pending.extend(rest);
                return;
            }
        }
        self.pending.extend(event.as_bytes());
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.steps.push(Step::Send(std::mem::take(&mut self.pending)));
        }
    }

    fn wait(&mut self, pause: Duration) {
        self.steps.push(Step::Wait(pause));
    }
}
