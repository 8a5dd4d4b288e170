//! The stand-in model: what it answers is chosen by the question. The table is in `README.md`.

pub mod choose;
pub mod echo;
pub mod tokens;

use crate::openai::request::{ChatRequest, Message};

/// An answer, and what is special about giving it.
#[derive(Clone, Debug)]
pub struct Answer {
    pub text: String,
    /// The first token takes seconds.
    pub slow: bool,
    pub incident: Option<Incident>,
}

/// Trouble that the question itself asks for, so that it can be seen by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident {
    PromptFiltered,
    RateLimited,
    ContentFiltered,
    Cut,
    StreamError,
}

const INCIDENTS: &[(&str, Incident)] = &[
    ("trigger prompt filter", Incident::PromptFiltered),
    ("trigger rate limit", Incident::RateLimited),
    ("trigger content filter", Incident::ContentFiltered),
    ("trigger cut", Incident::Cut),
    ("trigger stream error", Incident::StreamError),
];

pub fn answer(request: &ChatRequest) -> Answer {
    let question = request.last_question();
    let lower = question.to_lowercase();
    let incident = INCIDENTS.iter().find(|(phrase, _)| lower.contains(phrase)).map(|(_, incident)| *incident);
    let text = if asks_for_title(&request.messages) {
        choose::title(question)
    } else if let Some(text) = echo::requested(question) {
        text.to_owned()
    } else {
        choose::text(question, earlier_question(&request.messages))
    };
    Answer { text, slow: choose::words(&lower).any(|word| word == "slow"), incident }
}

/// Applications let a model name conversations.
fn asks_for_title(messages: &[Message]) -> bool {
    messages
        .iter()
        .any(|m| matches!(m.role.as_str(), "system" | "developer") && m.text.to_lowercase().contains("title"))
}

/// The question before the last one.
fn earlier_question(messages: &[Message]) -> Option<&str> {
    messages.iter().rev().filter(|m| m.role == "user").nth(1).map(|m| m.text.as_str())
}
