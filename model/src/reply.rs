//! A reply: an append-only log of numbered events, the only path from the model to a page.

use serde::{Deserialize, Serialize};

use crate::MessageStatus;

/// One event of a reply. Member names are short because every delta carries them over the wire. What is rare is behind a
/// pointer: thousands of events are in memory at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplyEvent {
    /// Text to append.
    #[serde(rename = "d")]
    Delta(String),
    /// All of the text so far, in place of what came before: for readers who come late.
    #[serde(rename = "all")]
    All(String),
    /// The text so far is withdrawn: the content filter objected to it after it was shown.
    #[serde(rename = "retracted")]
    Retracted(Box<Notice>),
    /// The model could not be asked yet; in that many seconds it will be asked again.
    #[serde(rename = "waiting")]
    Waiting(u32),
    /// Something the reader should know while the reply goes on, or why it ended.
    #[serde(rename = "notice")]
    Notice(Box<Notice>),
    /// Token counts, as the model reported them or as they were counted here.
    #[serde(rename = "usage")]
    Usage(Usage),
    /// The last event of every reply.
    #[serde(rename = "end")]
    End(Ending),
}

/// An event and its place in the log. Numbers start at 1 and have no gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberedEvent {
    pub n: i32,
    #[serde(flatten)]
    pub event: ReplyEvent,
}

/// How a reply ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The model said all it had to say.
    Finished,
    /// The reader stopped it.
    Stopped,
    /// The connection to the model, or the server writing the reply, went away.
    Interrupted,
    /// The model could not be asked, or refused.
    Failed,
    /// A content filter cut it off.
    Filtered,
}

impl Ending {
    /// How a reply ended whose message is left in `status`.
    pub fn of(status: MessageStatus) -> Self {
        match status {
            MessageStatus::Complete => Self::Finished,
            MessageStatus::Stopped => Self::Stopped,
            MessageStatus::Failed => Self::Failed,
            MessageStatus::Filtered => Self::Filtered,
            MessageStatus::Interrupted | MessageStatus::Streaming => Self::Interrupted,
        }
    }

    /// The state a message is left in.
    pub fn status(self) -> MessageStatus {
        match self {
            Self::Finished => MessageStatus::Complete,
            Self::Stopped => MessageStatus::Stopped,
            Self::Interrupted => MessageStatus::Interrupted,
            Self::Failed => MessageStatus::Failed,
            Self::Filtered => MessageStatus::Filtered,
        }
    }
}

/// What a notice is about; decides its picture and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The model's service is limiting requests.
    TooManyRequests,
    /// A content filter stepped in.
    Filtered,
    /// The reply broke off.
    Interrupted,
    /// The answer reached the model's length limit.
    Length,
    /// The beginning of the conversation was left out of what the model was sent.
    Trimmed,
    /// Anything else that kept the model from answering.
    Failed,
}

/// A message to the reader about a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub kind: NoticeKind,
    /// Plain sentences: what happened and what to do next.
    pub text: String,
    /// Names the log line.
    pub correlation_id: String,
}

/// Tokens a reply used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    pub cached_tokens: u32,
    pub reasoning_tokens: u32,
    /// Counted here, because the model reported nothing.
    #[serde(default)]
    pub counted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delta_costs_few_bytes_beside_its_text() {
        let event = NumberedEvent { n: 12, event: ReplyEvent::Delta("text".into()) };
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(line, r#"{"n":12,"d":"text"}"#);
        assert_eq!(serde_json::from_str::<NumberedEvent>(&line).unwrap(), event);
    }
}
