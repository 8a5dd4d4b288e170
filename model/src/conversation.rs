//! Conversations, their messages, and the rules a question has to keep.

use serde::{Deserialize, Serialize};

use crate::{ConversationId, MessageId, Notice};

/// The longest question, in bytes of UTF-8.
pub const QUESTION_MAX_BYTES: usize = 100_000;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    User,
    Assistant,
    System,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    Complete,
    Streaming,
    Stopped,
    Interrupted,
    Failed,
    Filtered,
}

impl MessageStatus {
    /// Every status, in the order of the enum.
    pub const ALL: [Self; 6] =
        [Self::Complete, Self::Streaming, Self::Stopped, Self::Interrupted, Self::Failed, Self::Filtered];

    /// The status' name in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Streaming => "streaming",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Filtered => "filtered",
        }
    }

    /// The status of that name. There are no others in the database, where a constraint sees to it.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str() == name).unwrap_or(Self::Failed)
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub role: Role,
    /// Plain text of a question, Markdown of an answer. The part written so far while streaming.
    pub content: String,
    /// The deployment that answered; absent on questions.
    pub model: Option<String>,
    pub status: MessageStatus,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// Why an answer ended early, kept so that it is still there after a reload.
    pub notice: Option<Notice>,
    /// The number of the last event contained in `content`; where a reader of a streaming reply goes on. 0 otherwise.
    pub last_event: i32,
}

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub title: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
}

/// One page of the list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    pub conversations: Vec<ConversationSummary>,
    /// Opaque; asks for the page after this one. Absent on the last.
    pub next_cursor: Option<String>,
}

/// A conversation with all its messages, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub title: String,
    pub messages: Vec<Message>,
}

/// What asking gave: where the answer will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskReceipt {
    pub conversation_id: ConversationId,
    /// The conversation's title, which a first question just gave it.
    pub title: String,
    pub question: Message,
    /// Streaming, still empty: tail its events from 0.
    pub reply: Message,
}

/// A question that may be asked: neither empty nor too long, and free of NUL (PostgreSQL cannot store it).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question(String);

/// Why a text is not a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuestionRejected {
    Empty,
    TooLong,
    Unprintable,
}

impl Question {
    /// Takes `text` without the white space around it; line ends become `\n`.
    pub fn parse(text: &str) -> Result<Self, QuestionRejected> {
        let text = text.trim();
        if text.is_empty() {
            return Err(QuestionRejected::Empty);
        }
        if text.len() > QUESTION_MAX_BYTES {
            return Err(QuestionRejected::TooLong);
        }
        if text.contains('\0') {
            return Err(QuestionRejected::Unprintable);
        }
        Ok(Self(text.replace("\r\n", "\n")))
    }

    /// The question's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A conversation's title until a better one is found: the first words of the first line, at most 60 characters.
    pub fn title(&self) -> String {
        const LIMIT: usize = 60;
        let line = self.0.lines().next().unwrap_or_default();
        let line = line.trim_start_matches(['#', '>', '*', '-', ' ']).trim();
        let line = if line.is_empty() { self.0.lines().next().unwrap_or_default() } else { line };
        if line.chars().count() <= LIMIT {
            return line.to_owned();
        }
        let cut: String = line.chars().take(LIMIT).collect();
        let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
        format!("{}…", words.trim_end_matches([',', ';', ':', '.', ' ']))
    }
}

impl QuestionRejected {
    /// What to tell whoever asked.
    pub fn message(self) -> String {
        match self {
            Self::Empty => "Write a question first.".to_owned(),
            Self::TooLong => format!(
                "The question is longer than the limit of {} kB. Shorten it or split it up.",
                QUESTION_MAX_BYTES / 1000
            ),
            Self::Unprintable => "The question contains a character that cannot be stored (NUL). Remove it.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_question_is_refused() {
        assert_eq!(Question::parse(" \n\t "), Err(QuestionRejected::Empty));
    }

    #[test]
    fn a_question_over_the_limit_is_refused_and_one_at_it_is_not() {
        assert!(Question::parse(&"x".repeat(QUESTION_MAX_BYTES)).is_ok());
        assert_eq!(Question::parse(&"x".repeat(QUESTION_MAX_BYTES + 1)), Err(QuestionRejected::TooLong));
        assert!(QuestionRejected::TooLong.message().contains("100 kB"));
    }

    #[test]
    fn a_question_with_nul_is_refused() {
        assert_eq!(Question::parse("a\0b"), Err(QuestionRejected::Unprintable));
    }

    #[test]
    fn a_title_is_cut_between_words() {
        let question = Question::parse(&"word ".repeat(40)).unwrap();
        assert!(question.title().ends_with("word…"));
        assert!(question.title().chars().count() <= 61);
        assert_eq!(Question::parse("# Heading\nmore").unwrap().title(), "Heading");
        assert_eq!(Question::parse("---").unwrap().title(), "---");
    }
}
