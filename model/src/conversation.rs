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
    /// Where it stands among others in its place; absent when there are none.
    pub siblings: Option<Siblings>,
    /// Whether its reader found it good.
    pub good: Option<bool>,
}

/// Versions of a message: a question edited, an answer asked for again. Each leads to messages of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Siblings {
    /// Which of them this is, from 1.
    pub nth: i32,
    pub count: i32,
    pub previous: Option<MessageId>,
    pub next: Option<MessageId>,
}

/// A conversation in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub title: String,
    /// RFC 3339, UTC.
    pub created_at: String,
    /// RFC 3339, UTC.
    pub updated_at: String,
    /// Grows with everything that changes about what its page shows as finished.
    pub revision: i64,
    pub pinned: bool,
    pub archived: bool,
    /// What its owner filed it under.
    pub folder: Option<String>,
}

/// One page of the list: those that are pinned, in front of the first; then the others, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    pub conversations: Vec<ConversationSummary>,
    /// What there is besides: folders, told with the first page. What is in them is listed by itself.
    pub folders: Vec<String>,
    /// Whether any are put away; told with the first page, too.
    pub archive: bool,
    /// Opaque; asks for the page after this one. Absent on the last.
    pub next_cursor: Option<String>,
}

/// A conversation with the messages of the path that is shown, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub title: String,
    /// See [`ConversationSummary::revision`].
    pub revision: i64,
    /// It is not listed and goes with the session.
    pub temporary: bool,
    /// The tokens of the last answer and of what its model was sent for it; absent when that is not known.
    pub context_tokens: Option<u32>,
    /// What its owner has written and not sent.
    pub draft: Option<String>,
    pub messages: Vec<Message>,
}

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub conversation: ConversationSummary,
    /// The message that has the words, if it is not the title alone.
    pub message: Option<MessageId>,
    /// The conversation's title: every other part of it, from the second on, is one of the words.
    pub title: Vec<String>,
    /// What is around the words in the message, in such parts.
    pub extract: Vec<String>,
}

/// What asking gave: where the answer will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskReceipt {
    pub conversation_id: ConversationId,
    /// The conversation's title, which a first question just gave it.
    pub title: String,
    /// The conversation's, with question and reply.
    pub revision: i64,
    pub question: Message,
    /// Streaming, still empty: tail its events from 0.
    pub reply: Message,
}

/// A name for something of one's own: a conversation's title, a folder. One line, neither empty nor longer than its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The longest title, in characters.
    pub const TITLE_MAX: usize = 200;
    /// The longest name of a folder, in characters.
    pub const FOLDER_MAX: usize = 60;

    /// Takes `text` without the white space around it. `None` when it is empty, longer than `limit` characters, or has
    /// control characters in it.
    pub fn parse(text: &str, limit: usize) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= limit && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
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
        // By hand: searching for a text would be 4 kB more for every browser.
        let mut lines = String::with_capacity(text.len());
        let mut rest = text.chars().peekable();
        while let Some(next) = rest.next() {
            if next != '\r' || rest.peek() != Some(&'\n') {
                lines.push(next);
            }
        }
        Ok(Self(lines))
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
        let limit = (QUESTION_MAX_BYTES / 1000).to_string();
        match self {
            Self::Empty => texts::QUESTION_EMPTY.into(),
            Self::TooLong => texts::QUESTION_TOO_LONG.about(&limit),
            Self::Unprintable => texts::QUESTION_UNPRINTABLE.into(),
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
    fn a_name_is_one_short_line() {
        assert_eq!(Name::parse(" Loans ", 5).as_ref().map(Name::as_str), Some("Loans"));
        for refused in ["", "  ", "two\nlines", "nul\0", "longer"] {
            assert_eq!(Name::parse(refused, 5), None, "{refused:?}");
        }
        assert!(Name::parse("ééééé", 5).is_some(), "characters, not bytes");
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
