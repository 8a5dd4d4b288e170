//! What a request brings along on the server: the services, who is asking, and the request's correlation id.

use std::sync::Arc;

use leptos::prelude::use_context;
use model::{EndReason, Fault, FaultKind, Viewer};
use services::{Services, people::Languages};
use texts::{Language, Text};
use uuid::Uuid;

use crate::{AppError, PageData, chat::SealedLogs, shell::Assets, status};

/// One request, as the doors hand it to pages and server functions.
#[derive(Clone)]
pub struct RequestContext {
    pub services: Arc<Services>,
    /// Whose session the request carries, established by the door.
    pub asker: Option<Asker>,
    /// Why the session that the request carries is over.
    pub gone: Option<EndReason>,
    pub correlation_id: Arc<str>,
    /// A form sent without the page's code running: answer with a redirect instead of data.
    pub plain_form: bool,
    /// Finished conversations, already rendered.
    pub sealed_logs: Arc<SealedLogs>,
    /// Names of this build's hashed files.
    pub assets: Arc<Assets>,
    /// What its reader is told is in this language.
    pub language: Language,
    /// The one that their browser asks for, if it is one of ours.
    pub browser_language: Option<Language>,
    /// `light` or `dark`, as the reader chose; absent = as their system says.
    pub theme: Option<&'static str>,
    /// What the page shows that is being rendered, from [`preload`](crate::preload); absent for everything else.
    pub page: Option<Arc<PageData>>,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Asker {
    pub viewer: Viewer,
    /// The session's public name.
    pub session: Uuid,
    pub languages: Languages,
    /// When it ends at the latest, RFC 3339.
    pub expires_at: Arc<str>,
}

/// The request being answered.
///
/// Taken before the first `await` and before any stream is built: neither keeps the context.
pub fn request() -> Result<RequestContext, AppError> {
    use_context().ok_or_else(|| AppError::new(FaultKind::Internal, texts::WENT_WRONG))
}

/// The request and who is asking: the first line of every server function.
pub fn asking() -> Result<(RequestContext, Viewer), AppError> {
    let (request, asker) = asking_in_session()?;
    Ok((request, asker.viewer))
}

/// The same, for functions that are about sessions.
pub fn asking_in_session() -> Result<(RequestContext, Asker), AppError> {
    let request = request()?;
    match request.asker.clone() {
        Some(asker) => Ok((request, asker)),
        None => {
            let why = texts::in_language(request.language, || texts::GONE_SIGN_IN.about(ended(request.gone).text()));
            let error = AppError::new(FaultKind::SignedOut, why);
            status::answer_with(&error);
            Err(error)
        }
    }
}

/// Why nobody is signed in.
fn ended(gone: Option<EndReason>) -> Text {
    gone.map_or(texts::SIGNED_OUT_NOW, EndReason::text)
}

impl RequestContext {
    /// Logs a use case's failure once, here at the edge, and turns it into what the reader may know. The answer gets
    /// its status.
    pub fn fail(&self, error: services::Error) -> AppError {
        if let Some(secs) = error.retry_after_secs() {
            status::retry_after(self.plain_form, secs);
        }
        let fault: Fault = texts::in_language(self.language, || error.into_fault(&self.correlation_id));
        let error = AppError(fault);
        status::answer_with(&error);
        error
    }
}
