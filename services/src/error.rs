//! What use cases fail with, and what of it the person asking may know.

use model::{Fault, FaultKind, QuestionRejected};

/// A use case's failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or belongs to somebody else: the two are not told apart.
    #[error("not found")]
    NotFound,
    #[error("the question is refused: {0:?}")]
    Question(QuestionRejected),
    /// Input that the page never sends.
    #[error("invalid input: {0}")]
    Invalid(&'static str),
    #[error("a reply is still being written in this conversation")]
    ReplyUnderWay,
    /// Whether somebody may still be here could not be found out in time.
    #[error("somebody's access cannot be checked")]
    AccessUnknown,
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// What to tell whoever asked. A failure of ours is logged here, once, under `correlation_id`.
    pub fn into_fault(self, correlation_id: &str) -> Fault {
        let (kind, message) = match &self {
            Self::NotFound => (FaultKind::NotFound, "This does not exist, or it is not yours.".to_owned()),
            Self::Question(QuestionRejected::TooLong) => (FaultKind::TooLarge, QuestionRejected::TooLong.message()),
            Self::Question(rejected) => (FaultKind::Invalid, rejected.message()),
            Self::Invalid(what) => (FaultKind::Invalid, (*what).to_owned()),
            Self::ReplyUnderWay => (
                FaultKind::Conflict,
                "An answer is still being written in this conversation. Wait for it or stop it, then send again."
                    .to_owned(),
            ),
            Self::AccessUnknown => (
                FaultKind::Unavailable,
                "Your access cannot be checked right now, because the company directory does not answer. Nothing you \
                 typed is lost; try again in a moment."
                    .to_owned(),
            ),
            Self::Database(error) => {
                tracing::error!(correlation_id, error = %error, "database failure");
                (
                    FaultKind::Unavailable,
                    "The database cannot be reached. Nothing you typed is lost; try again in a moment.".to_owned(),
                )
            }
        };
        let logged = matches!(self, Self::Database(_));
        Fault { kind, message, correlation_id: if logged { correlation_id.to_owned() } else { String::new() } }
    }
}

impl From<QuestionRejected> for Error {
    fn from(rejected: QuestionRejected) -> Self {
        Self::Question(rejected)
    }
}
