//! The error every server function answers with: a [`Fault`], whatever went wrong underneath.

use model::{Fault, FaultKind, QuestionRejected};
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

/// A [`Fault`] as server functions carry it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppError(pub Fault);

impl AppError {
    /// A failure without a log line to refer to.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self(Fault { kind, message: message.into(), correlation_id: String::new() })
    }
}

impl AppError {
    /// The same, with the comfort that what could not be sent will be.
    pub fn sent_later(mut self) -> Self {
        self.0.message = texts::SENT_LATER.into();
        self
    }
}

impl std::fmt::Display for AppError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AppError {}

impl From<QuestionRejected> for AppError {
    fn from(rejected: QuestionRejected) -> Self {
        Self::new(FaultKind::Invalid, rejected.message())
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        Self(fault)
    }
}

/// Failures of the plumbing between the page and a server function. Their own texts name types and parsers, which
/// helps nobody who reads them on a page.
#[cfg(feature = "ssr")]
impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let language = crate::context::request().map(|request| request.language).unwrap_or_default();
        let error = texts::in_language(language, || match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::new(FaultKind::Invalid, texts::REQUEST_UNREADABLE)
            }
            ServerFnErrorErr::Request(_) => Self::new(FaultKind::Unavailable, texts::SERVER_UNREACHABLE),
            _ => Self::new(FaultKind::Internal, texts::WENT_WRONG),
        });
        crate::status::answer_with(&error);
        error
    }
}
