//! Nouns: the types both sides of the wire share. Data and its rules only, no I/O, safe in WebAssembly.

mod conversation;
mod fault;
mod ids;
mod reply;
mod session;
mod typeset;
mod user;

pub use conversation::{
    AskReceipt, Conversation, ConversationPage, ConversationSummary, Found, Message, MessageStatus, Name,
    QUESTION_MAX_BYTES, Question, QuestionRejected, Role, Siblings,
};
pub use fault::{Fault, FaultKind};
pub use ids::{ConversationId, MessageId, UserId};
pub use reply::{Ending, Notice, NoticeKind, NumberedEvent, ReplyEvent, Usage};
pub use session::EndReason;
pub use typeset::{Formula, Part, TokenClass, Typeset};
pub use user::{Group, ModelChoice, UserRole, Viewer, initials};
