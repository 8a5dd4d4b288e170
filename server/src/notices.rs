//! Why somebody is not in, in words that help: one page for each way in which signing in can end.

use std::time::Duration;

use app::notice::{Action, NoticePage, Picture, notice_page};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use services::identity::{Denied, ProviderError, SignInError};

use crate::{
    Doors,
    auth::{sign_in_anew_path, sign_in_path},
    request,
    request::CorrelationId,
    session::Unrecognisable,
};

/// The page for a sign-in that did not succeed; logs it, too.
pub(crate) fn sign_in_failed(
    doors: &Doors,
    headers: &HeaderMap,
    error: &SignInError,
    return_to: &str,
    correlation_id: &CorrelationId,
) -> Response {
    tracing::warn!(correlation_id = &*correlation_id.0, "a sign-in did not succeed: {error}");
    let request_url = doors.services.config.access.request_url.as_ref().map(|url| url.as_str());
    let (status, page) = page_for(error, return_to, request_url);
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

/// Who is asking cannot be found out.
pub(crate) fn unrecognisable(
    doors: &Doors,
    headers: &HeaderMap,
    error: &Unrecognisable,
    correlation_id: &CorrelationId,
) -> Response {
    match error.0 {
        services::Error::AccessUnknown => {
            let page = access_unknown(action("Try again", "/chat", true));
            respond(doors, headers, StatusCode::SERVICE_UNAVAILABLE, with_reference(page, correlation_id))
        }
        _ => unavailable(doors, headers, correlation_id),
    }
}

/// One network begins too many sign-ins.
pub(crate) fn too_many_sign_ins(
    doors: &Doors,
    headers: &HeaderMap,
    wait: Duration,
    correlation_id: &CorrelationId,
) -> Response {
    let secs = wait.as_secs() + 1;
    tracing::warn!(correlation_id = &*correlation_id.0, secs, "too many sign-ins from one network");
    let page = NoticePage {
        title: "Too many sign-ins".to_owned(),
        heading: "Too many sign-ins at once".to_owned(),
        paragraphs: vec![format!(
            "From your network come more sign-ins than Banter accepts in a minute. Try again in {secs} s."
        )],
        details: Vec::new(),
        actions: vec![action("Try again", &sign_in_path("/chat"), true)],
        picture: Picture::Unavailable,
    };
    let mut response = respond(doors, headers, StatusCode::TOO_MANY_REQUESTS, with_reference(page, correlation_id));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    response
}

/// One sign-in after the other succeeds and nobody ever arrives.
pub(crate) fn going_in_circles(
    doors: &Doors,
    headers: &HeaderMap,
    return_to: &str,
    correlation_id: &CorrelationId,
) -> Response {
    tracing::warn!(correlation_id = &*correlation_id.0, "sign-ins go round in circles in a browser");
    let page = NoticePage {
        title: "Sign-in goes in circles".to_owned(),
        heading: "Signing in goes round in circles".to_owned(),
        paragraphs: vec![
            "You were signed in several times within a minute, and each time this browser came back without its session. Mostly it does not keep cookies for this site, or its clock is wrong.".to_owned(),
            "Allow cookies for this site and set the clock, then try again. If it stays like this, tell your help desk the reference below.".to_owned(),
        ],
        details: Vec::new(),
        actions: vec![action("Try again", &sign_in_anew_path(return_to), true)],
        picture: Picture::Trouble,
    };
    respond(doors, headers, StatusCode::BAD_REQUEST, with_reference(page, correlation_id))
}

fn access_unknown(again: Action) -> NoticePage {
    NoticePage {
        title: "Directory not available".to_owned(),
        heading: "Your groups cannot be checked right now".to_owned(),
        paragraphs: vec![
            "You are signed in, but the company directory did not say which groups you are in, and without that Banter lets nobody in.".to_owned(),
            "Nothing you wrote is lost. Try again in a minute.".to_owned(),
        ],
        details: Vec::new(),
        actions: vec![again],
        picture: Picture::Unavailable,
    }
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

fn page_for(error: &SignInError, return_to: &str, request_url: Option<&str>) -> (StatusCode, NoticePage) {
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
        SignInError::NotAllowed(denied) => (StatusCode::FORBIDDEN, no_access(denied, return_to, request_url)),
        SignInError::NeedsInteraction => (
            StatusCode::FORBIDDEN,
            refused(&ProviderError { error: "login_required".to_owned(), ..ProviderError::default() }, return_to),
        ),
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
        SignInError::Directory(_) => (StatusCode::SERVICE_UNAVAILABLE, access_unknown(again)),
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

fn no_access(denied: &Denied, return_to: &str, request_url: Option<&str>) -> NoticePage {
    let account = match denied.username.as_deref() {
        Some(username) if username != denied.name => format!("{} ({username})", denied.name),
        _ => denied.name.clone(),
    };
    let another = format!("{}&prompt=select_account", sign_in_path(return_to));
    let how = match request_url {
        Some(_) => "Ask for access, and give the reference below. If you have another work account, use that one.",
        None => {
            "Ask your manager or help desk to add you, and tell them the reference below. If you have another work account, use that one."
        }
    };
    let mut details = vec![("Signed in as".to_owned(), account)];
    if !denied.missing.is_empty() {
        let label = if denied.missing.len() == 1 { "Missing: membership of" } else { "Missing: membership of one of" };
        details.push((label.to_owned(), denied.missing.join(", ")));
    }
    let mut actions = vec![
        action("Use another account", &another, request_url.is_none()),
        action("Try again", &sign_in_path(return_to), false),
    ];
    if let Some(url) = request_url {
        actions.insert(0, action("Ask for access", url, true));
    }
    NoticePage {
        title: "No access".to_owned(),
        heading: "You do not have access to Banter yet".to_owned(),
        paragraphs: vec![
            "You are signed in, but your account is in none of the groups that may use Banter.".to_owned(),
            how.to_owned(),
        ],
        details,
        actions,
        picture: Picture::Denied,
    }
}

fn refused(refusal: &ProviderError, return_to: &str) -> NoticePage {
    let codes = [
        ("Code", refusal.code().map(str::to_owned)),
        ("Trace id", refusal.reference(&refusal.trace_id, "Trace ID")),
        ("Correlation id", refusal.reference(&refusal.correlation_id, "Correlation ID")),
    ];
    let (why, what_to_do) = explanation(refusal);
    NoticePage {
        title: "Sign-in failed".to_owned(),
        heading: "You could not be signed in".to_owned(),
        paragraphs: vec![why.to_owned(), what_to_do.to_owned()],
        details: codes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect(),
        actions: vec![
            action("Try again", &sign_in_path(return_to), true),
            action("Use another account", &format!("{}&prompt=select_account", sign_in_path(return_to)), false),
        ],
        picture: Picture::Trouble,
    }
}

/// What happened and what to do next, by Entra's number where it has one, else by the protocol's name of the error.
/// Numbers: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
fn explanation(refusal: &ProviderError) -> (&'static str, &'static str) {
    const OURS: &str = "Only those who run Banter can mend it: give your help desk what is written below.";
    const SELF: &str = "Try again, and do what the sign-in service asks for. If it stays like this, give your help desk what is written below.";
    const GENERAL: &str =
        "Try again, or use another account. If it stays like this, give your help desk what is written below.";
    match refusal.code().unwrap_or_default() {
        "AADSTS50105" => (
            "Your account is not assigned to Banter in the company directory.",
            "Ask your manager or help desk to assign you, and give them what is written below; or use another account.",
        ),
        "AADSTS53000" | "AADSTS53001" | "AADSTS53002" | "AADSTS53003" | "AADSTS53004" | "AADSTS50131" => (
            "A rule of your company does not allow this sign-in from this device, place or app.",
            "Try it from a company device or the company network. If it should be allowed, give your help desk what is written below.",
        ),
        "AADSTS50076" | "AADSTS50079" | "AADSTS50072" | "AADSTS50158" => {
            ("Your company wants a second proof that it is you.", SELF)
        }
        "AADSTS65001" | "AADSTS65004" | "AADSTS90094" => (
            "Banter may not read your profile and groups yet: nobody agreed to it, or it was declined.",
            "Try again and agree. If an administrator has to agree, give your help desk what is written below.",
        ),
        "AADSTS50057" | "AADSTS50034" | "AADSTS50053" | "AADSTS50055" => (
            "Your account is disabled, locked or unknown, or its password is out of date.",
            "Your help desk can tell which; give them what is written below.",
        ),
        "AADSTS70008" | "AADSTS54005" | "AADSTS700082" | "AADSTS50173" => (
            "The sign-in took too long, or it was used twice.",
            "Try again; you will come back to the page you wanted.",
        ),
        "AADSTS7000215" | "AADSTS7000222" | "AADSTS700027" | "AADSTS70021" | "AADSTS700213" | "AADSTS700016" => {
            ("Banter could not prove to the sign-in service that it is Banter.", OURS)
        }
        "AADSTS50011" | "AADSTS900971" | "AADSTS700054" | "AADSTS650052" | "AADSTS500011" => {
            ("Banter is not registered with the sign-in service as it should be.", OURS)
        }
        "AADSTS50196" => (
            "The sign-in service found the sign-in going round in circles.",
            "Close the browser's tabs of Banter, wait a minute, and try again.",
        ),
        _ => match refusal.error.as_str() {
            "access_denied" => ("Your account may not use Banter, or the sign-in was declined.", GENERAL),
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                ("The sign-in service wants you to sign in yourself.", SELF)
            }
            "temporarily_unavailable" | "server_error" => {
                ("The sign-in service has trouble at the moment.", "Try again in a minute.")
            }
            "invalid_client" | "unauthorized_client" => {
                ("Banter could not prove to the sign-in service that it is Banter.", OURS)
            }
            _ => ("The sign-in service refused the sign-in.", GENERAL),
        },
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
