//! Why somebody is not in, in words that help: one page for each way in which signing in can end.

use app::notice::{Action, NoticePage, Picture, notice_page};
use axum::{
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse as _, Response},
};
use services::identity::{ProviderError, SignInError};

use crate::{Doors, auth::sign_in_path, request, request::CorrelationId};

/// The page for a sign-in that did not succeed; logs it, too.
pub(crate) fn sign_in_failed(
    doors: &Doors,
    headers: &HeaderMap,
    error: &SignInError,
    return_to: &str,
    correlation_id: &CorrelationId,
) -> Response {
    tracing::warn!(correlation_id = &*correlation_id.0, "a sign-in did not succeed: {error}");
    let (status, page) = page_for(error, return_to);
    respond(doors, headers, status, with_reference(page, correlation_id))
}

/// The database is away: nobody can be recognised.
pub(crate) fn unavailable(doors: &Doors, headers: &HeaderMap, correlation_id: &CorrelationId) -> Response {
    let page = NoticePage {
        title: "Not available".to_owned(),
        heading: "Banter is not available right now".to_owned(),
        paragraphs: vec![
            "Its database cannot be reached. Nothing you wrote is lost; your drafts stay in this browser.".to_owned(),
            "Try again in a minute.".to_owned(),
        ],
        details: Vec::new(),
        actions: vec![action("Try again", "/chat", true)],
        picture: Picture::Unavailable,
    };
    respond(doors, headers, StatusCode::SERVICE_UNAVAILABLE, with_reference(page, correlation_id))
}

/// A fault of ours.
pub(crate) fn trouble(doors: &Doors, headers: &HeaderMap, correlation_id: &CorrelationId) -> Response {
    let page = NoticePage {
        title: "Something went wrong".to_owned(),
        heading: "Something went wrong".to_owned(),
        paragraphs: vec![
            "That is a fault of Banter's, not yours. What you wrote is kept.".to_owned(),
            "Try again. If it happens again, tell your help desk the reference below.".to_owned(),
        ],
        details: Vec::new(),
        actions: vec![action("Back to the chat", "/chat", true)],
        picture: Picture::Trouble,
    };
    respond(doors, headers, StatusCode::INTERNAL_SERVER_ERROR, with_reference(page, correlation_id))
}

/// After signing out.
pub(crate) fn signed_out(doors: &Doors, headers: &HeaderMap) -> Response {
    let page = NoticePage {
        title: "Signed out".to_owned(),
        heading: "You are signed out".to_owned(),
        paragraphs: vec!["Your conversations are kept for when you come back.".to_owned()],
        details: Vec::new(),
        actions: vec![action("Sign in again", &sign_in_path("/chat"), true)],
        picture: Picture::SignedOut,
    };
    respond(doors, headers, StatusCode::OK, page)
}

fn page_for(error: &SignInError, return_to: &str) -> (StatusCode, NoticePage) {
    let again = action("Try again", &sign_in_path(return_to), true);
    let page = |title: &str, heading: &str, paragraphs: &[&str], picture| NoticePage {
        title: title.to_owned(),
        heading: heading.to_owned(),
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        details: Vec::new(),
        actions: vec![again.clone()],
        picture,
    };
    match error {
        SignInError::NotAllowed { name, username } => {
            (StatusCode::FORBIDDEN, denied(name, username.as_deref(), return_to))
        }
        SignInError::Cancelled => (
            StatusCode::OK,
            page(
                "Sign-in cancelled",
                "You cancelled the sign-in",
                &["Banter needs to know who you are before it opens."],
                Picture::SignedOut,
            ),
        ),
        SignInError::UnknownAttempt | SignInError::Replayed => (
            StatusCode::BAD_REQUEST,
            page(
                "Sign-in expired",
                "This sign-in is over",
                &[
                    "It was used already, took too long, or was begun in another browser. That happens with the back button, old bookmarks and blocked cookies.",
                    "Begin a new one; you will come back to the page you wanted.",
                ],
                Picture::Trouble,
            ),
        ),
        SignInError::Refused(refusal) => (StatusCode::FORBIDDEN, refused(refusal, return_to)),
        SignInError::ProviderUnreachable(_) | SignInError::Credential(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            page(
                "Sign-in not available",
                "The sign-in service cannot be reached",
                &[
                    "Banter could not ask your company's sign-in service who you are.",
                    "Try again in a minute. If it stays like this, tell your help desk the reference below.",
                ],
                Picture::Unavailable,
            ),
        ),
        SignInError::Directory(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            page(
                "Directory not available",
                "Your groups cannot be checked right now",
                &[
                    "You are signed in, but the company directory did not say which groups you are in, and without that Banter lets nobody in.",
                    "Try again in a minute.",
                ],
                Picture::Unavailable,
            ),
        ),
        SignInError::Unverified(_) => (
            StatusCode::FORBIDDEN,
            page(
                "Sign-in failed",
                "The sign-in could not be verified",
                &[
                    "What the sign-in service sent is not what it should be, so nobody was let in.",
                    "Try once more. If it happens again, tell your help desk the reference below.",
                ],
                Picture::Trouble,
            ),
        ),
        SignInError::Database(_) | SignInError::SessionsUnavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            page(
                "Not available",
                "Banter is not available right now",
                &["Its database cannot be reached, so your session could not be kept.", "Try again in a minute."],
                Picture::Unavailable,
            ),
        ),
    }
}

fn denied(name: &str, username: Option<&str>, return_to: &str) -> NoticePage {
    let account = match username {
        Some(username) if username != name => format!("{name} ({username})"),
        _ => name.to_owned(),
    };
    NoticePage {
        title: "No access".to_owned(),
        heading: "You do not have access to Banter yet".to_owned(),
        paragraphs: vec![
            "You are signed in, but your account is in none of the groups that may use Banter.".to_owned(),
            "Ask your manager or help desk to add you, and tell them the reference below. If you have another work account, use that one.".to_owned(),
        ],
        details: vec![("Signed in as".to_owned(), account)],
        actions: vec![
            action("Use another account", &format!("{}&prompt=select_account", sign_in_path(return_to)), true),
            action("Try again", &sign_in_path(return_to), false),
        ],
        picture: Picture::Denied,
    }
}

fn refused(refusal: &ProviderError, return_to: &str) -> NoticePage {
    let codes = [
        ("Code", refusal.code().map(str::to_owned)),
        ("Trace id", refusal.reference(&refusal.trace_id, "Trace ID")),
        ("Correlation id", refusal.reference(&refusal.correlation_id, "Correlation ID")),
    ];
    let why = match refusal.error.as_str() {
        "access_denied" => "Your account may not use Banter, or the sign-in was declined.",
        "login_required" | "interaction_required" | "consent_required" => {
            "The sign-in service wants you to sign in yourself."
        }
        "temporarily_unavailable" | "server_error" => "The sign-in service has trouble at the moment.",
        _ => "The sign-in service refused the sign-in.",
    };
    NoticePage {
        title: "Sign-in failed".to_owned(),
        heading: "You could not be signed in".to_owned(),
        paragraphs: vec![
            why.to_owned(),
            "Try again, or use another account. If it stays like this, give your help desk what is written below."
                .to_owned(),
        ],
        details: codes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
        actions: vec![
            action("Try again", &sign_in_path(return_to), true),
            action("Use another account", &format!("{}&prompt=select_account", sign_in_path(return_to)), false),
        ],
        picture: Picture::Trouble,
    }
}

fn with_reference(mut page: NoticePage, correlation_id: &CorrelationId) -> NoticePage {
    page.details.push(("Reference".to_owned(), correlation_id.0.to_string()));
    page
}

fn action(label: &str, href: &str, primary: bool) -> Action {
    Action { label: label.to_owned(), href: href.to_owned(), primary }
}

fn respond(doors: &Doors, headers: &HeaderMap, status: StatusCode, page: NoticePage) -> Response {
    (status, Html(notice_page(&page, &doors.site.assets, request::theme(headers)))).into_response()
}
