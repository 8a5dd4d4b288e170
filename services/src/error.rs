//! What use cases fail with, and what of it the person asking may know.

use model::{Fault, FaultKind, QuestionRejected};
use texts::Text;

use crate::{metering::Exhausted, store};

/// A use case's failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or belongs to somebody else: the two are not told apart.
    #[error("not found")]
    NotFound,
    #[error("the question is refused: {0:?}")]
    Question(QuestionRejected),
    /// It does not fit into the model even alone.
    #[error("the question has {tokens} tokens, the model takes {limit}")]
    TooLong { tokens: u32, limit: u32 },
    #[error("a quota is used up: {}", .0.message())]
    QuotaUsedUp(Exhausted),
    /// Input that the page never sends.
    #[error("invalid input: {0}")]
    Invalid(Text),
    #[error("a reply is still being written in this conversation")]
    ReplyUnderWay,
    #[error("there is a question with this id")]
    AskedAlready,
    /// Whether somebody may still be here could not be found out in time.
    #[error("somebody's access cannot be checked")]
    AccessUnknown,
    #[error("database: {0}")]
    Database(#[source] sqlx::Error),
    /// A fault in this program.
    #[error("a task failed: {0}")]
    Internal(#[from] tokio::task::JoinError),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        store::doubt(&error);
        Self::Database(error)
    }
}

impl Error {
    /// After how many seconds trying again may help, where that is known.
    pub fn retry_after_secs(&self) -> Option<u64> {
        match self {
            Self::QuotaUsedUp(exhausted) => Some(exhausted.retry_after_secs),
            _ => None,
        }
    }

    /// What to tell whoever asked, in the language being spoken. A failure of ours is logged here, once, under
    /// `correlation_id`.
    pub fn into_fault(self, correlation_id: &str) -> Fault {
        let (kind, message) = match &self {
            Self::NotFound => (FaultKind::NotFound, texts::FAULT_NOT_FOUND.into()),
            Self::Question(QuestionRejected::TooLong) => (FaultKind::TooLarge, QuestionRejected::TooLong.message()),
            Self::Question(rejected) => (FaultKind::Invalid, rejected.message()),
            Self::TooLong { tokens, limit } => {
                (FaultKind::TooLarge, texts::fault_too_long(&tokens.to_string(), &limit.to_string()))
            }
            Self::QuotaUsedUp(exhausted) => (FaultKind::TooManyRequests, exhausted.message()),
            Self::Invalid(what) => (FaultKind::Invalid, (*what).into()),
            Self::ReplyUnderWay => (FaultKind::Conflict, texts::FAULT_REPLY_UNDER_WAY.into()),
            Self::AskedAlready => (FaultKind::Conflict, texts::FAULT_ASKED_ALREADY.into()),
            Self::AccessUnknown => (FaultKind::Unavailable, texts::FAULT_ACCESS_UNKNOWN.into()),
            Self::Internal(error) => {
                tracing::error!(correlation_id, error = %error, "a fault in this program");
                (FaultKind::Internal, texts::FAULT_INTERNAL.into())
            }
            Self::Database(error) => {
                tracing::error!(correlation_id, error = %error, "database failure");
                (FaultKind::Unavailable, texts::FAULT_DATABASE.into())
            }
        };
        let logged = matches!(self, Self::Database(_) | Self::Internal(_));
        Fault { kind, message, correlation_id: if logged { correlation_id.to_owned() } else { String::new() } }
    }
}

impl From<QuestionRejected> for Error {
    fn from(rejected: QuestionRejected) -> Self {
        Self::Question(rejected)
    }
}
