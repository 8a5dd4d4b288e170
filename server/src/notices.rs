//! Why somebody is not in, in words that help: one page for each way in which signing in can end.

use std::time::Duration;

use app::notice::{Action, NoticePage, Picture, notice_page};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use services::identity::{Denied, ProviderError, SignInError};
use texts::Text;

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
    respond(doors, headers, Some(correlation_id), || page_for(error, return_to, request_url))
}

/// The database is away: nobody can be recognised.
pub(crate) fn unavailable(doors: &Doors, headers: &HeaderMap, correlation_id: &CorrelationId) -> Response {
    let page = || NoticePage {
        title: texts::N_UNAVAILABLE_TITLE.into(),
        heading: texts::N_UNAVAILABLE.into(),
        paragraphs: vec![texts::N_UNAVAILABLE_WHY.into(), texts::N_TRY_AGAIN_IN_A_MINUTE.into()],
        details: Vec::new(),
        actions: vec![action(texts::TRY_AGAIN, "/chat", true)],
        picture: Picture::Unavailable,
    };
    respond(doors, headers, Some(correlation_id), || (StatusCode::SERVICE_UNAVAILABLE, page()))
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
            let page = || access_unknown(action(texts::TRY_AGAIN, "/chat", true));
            respond(doors, headers, Some(correlation_id), || (StatusCode::SERVICE_UNAVAILABLE, page()))
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
    let page = || NoticePage {
        title: texts::N_TOO_MANY_TITLE.into(),
        heading: texts::N_TOO_MANY.into(),
        paragraphs: vec![texts::N_TOO_MANY_WHY.about(&secs.to_string())],
        details: Vec::new(),
        actions: vec![action(texts::TRY_AGAIN, &sign_in_path("/chat"), true)],
        picture: Picture::Unavailable,
    };
    let mut response = respond(doors, headers, Some(correlation_id), || (StatusCode::TOO_MANY_REQUESTS, page()));
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
    let page = || NoticePage {
        title: texts::N_CIRCLES_TITLE.into(),
        heading: texts::N_CIRCLES.into(),
        paragraphs: vec![texts::N_CIRCLES_WHY.into(), texts::N_CIRCLES_DO.into()],
        details: Vec::new(),
        actions: vec![action(texts::TRY_AGAIN, &sign_in_anew_path(return_to), true)],
        picture: Picture::Trouble,
    };
    respond(doors, headers, Some(correlation_id), || (StatusCode::BAD_REQUEST, page()))
}

fn access_unknown(again: Action) -> NoticePage {
    NoticePage {
        title: texts::N_DIRECTORY_TITLE.into(),
        heading: texts::N_DIRECTORY.into(),
        paragraphs: vec![texts::N_DIRECTORY_WHY.into(), texts::N_DIRECTORY_DO.into()],
        details: Vec::new(),
        actions: vec![again],
        picture: Picture::Unavailable,
    }
}

/// A fault of ours.
pub(crate) fn trouble(doors: &Doors, headers: &HeaderMap, correlation_id: &CorrelationId) -> Response {
    let page = || NoticePage {
        title: texts::N_TROUBLE.into(),
        heading: texts::N_TROUBLE.into(),
        paragraphs: vec![texts::N_TROUBLE_WHY.into(), texts::N_TROUBLE_DO.into()],
        details: Vec::new(),
        actions: vec![action(texts::BACK_TO_CHAT, "/chat", true)],
        picture: Picture::Trouble,
    };
    respond(doors, headers, Some(correlation_id), || (StatusCode::INTERNAL_SERVER_ERROR, page()))
}

/// After signing out.
pub(crate) fn signed_out(doors: &Doors, headers: &HeaderMap) -> Response {
    let page = || NoticePage {
        title: texts::N_SIGNED_OUT_TITLE.into(),
        heading: texts::N_SIGNED_OUT.into(),
        paragraphs: vec![texts::N_SIGNED_OUT_WHY.into()],
        details: Vec::new(),
        actions: vec![action(texts::SIGN_IN_AGAIN, &sign_in_path("/chat"), true)],
        picture: Picture::SignedOut,
    };
    respond(doors, headers, None, || (StatusCode::OK, page()))
}

fn page_for(error: &SignInError, return_to: &str, request_url: Option<&str>) -> (StatusCode, NoticePage) {
    let again = action(texts::TRY_AGAIN, &sign_in_path(return_to), true);
    let page = |title: Text, heading: Text, paragraphs: &[Text], picture| NoticePage {
        title: title.into(),
        heading: heading.into(),
        paragraphs: paragraphs.iter().map(|text| (*text).into()).collect(),
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
            page(texts::N_CANCELLED_TITLE, texts::N_CANCELLED, &[texts::N_CANCELLED_WHY], Picture::SignedOut),
        ),
        SignInError::UnknownAttempt | SignInError::Replayed => (
            StatusCode::BAD_REQUEST,
            page(
                texts::N_EXPIRED_TITLE,
                texts::N_EXPIRED,
                &[texts::N_EXPIRED_WHY, texts::N_EXPIRED_DO],
                Picture::Trouble,
            ),
        ),
        SignInError::Refused(refusal) => (StatusCode::FORBIDDEN, refused(refusal, return_to)),
        SignInError::ProviderUnreachable(_) | SignInError::Credential(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            page(
                texts::N_UNREACHABLE_TITLE,
                texts::N_UNREACHABLE,
                &[texts::N_UNREACHABLE_WHY, texts::N_UNREACHABLE_DO],
                Picture::Unavailable,
            ),
        ),
        SignInError::Directory(_) => (StatusCode::SERVICE_UNAVAILABLE, access_unknown(again)),
        SignInError::Unverified(_) => (
            StatusCode::FORBIDDEN,
            page(
                texts::N_FAILED_TITLE,
                texts::N_UNVERIFIED,
                &[texts::N_UNVERIFIED_WHY, texts::N_UNVERIFIED_DO],
                Picture::Trouble,
            ),
        ),
        SignInError::Database(_) | SignInError::SessionsUnavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            page(
                texts::N_UNAVAILABLE_TITLE,
                texts::N_UNAVAILABLE,
                &[texts::N_UNAVAILABLE_SESSION, texts::N_TRY_AGAIN_IN_A_MINUTE],
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
        Some(_) => texts::N_DENIED_ASK,
        None => texts::N_DENIED_TELL,
    };
    let mut details = vec![(texts::N_SIGNED_IN_AS.into(), account)];
    if !denied.missing.is_empty() {
        let label = if denied.missing.len() == 1 { texts::N_MISSING_ONE } else { texts::N_MISSING_ONE_OF };
        details.push((label.into(), denied.missing.join(", ")));
    }
    let mut actions = vec![
        action(texts::N_OTHER_ACCOUNT, &another, request_url.is_none()),
        action(texts::TRY_AGAIN, &sign_in_path(return_to), false),
    ];
    if let Some(url) = request_url {
        actions.insert(0, action(texts::N_ASK_FOR_ACCESS, url, true));
    }
    NoticePage {
        title: texts::N_DENIED_TITLE.into(),
        heading: texts::N_DENIED.into(),
        paragraphs: vec![texts::N_DENIED_WHY.into(), how.into()],
        details,
        actions,
        picture: Picture::Denied,
    }
}

fn refused(refusal: &ProviderError, return_to: &str) -> NoticePage {
    let codes = [
        (texts::N_CODE, refusal.code().map(str::to_owned)),
        (texts::N_TRACE_ID, refusal.reference(&refusal.trace_id, "Trace ID")),
        (texts::N_CORRELATION_ID, refusal.reference(&refusal.correlation_id, "Correlation ID")),
    ];
    let (why, what_to_do) = explanation(refusal);
    NoticePage {
        title: texts::N_FAILED_TITLE.into(),
        heading: texts::N_REFUSED.into(),
        paragraphs: vec![why.into(), what_to_do.into()],
        details: codes.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect(),
        actions: vec![
            action(texts::TRY_AGAIN, &sign_in_path(return_to), true),
            action(texts::N_OTHER_ACCOUNT, &format!("{}&prompt=select_account", sign_in_path(return_to)), false),
        ],
        picture: Picture::Trouble,
    }
}

/// What happened and what to do next, by Entra's number where it has one, else by the protocol's name of the error.
/// Numbers: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.
fn explanation(refusal: &ProviderError) -> (Text, Text) {
    const OURS: Text = texts::N_DO_OURS;
    const SELF: Text = texts::N_DO_SELF;
    const GENERAL: Text = texts::N_DO_GENERAL;
    match refusal.code().unwrap_or_default() {
        "AADSTS50105" => (texts::N_NOT_ASSIGNED, texts::N_NOT_ASSIGNED_DO),
        "AADSTS53000" | "AADSTS53001" | "AADSTS53002" | "AADSTS53003" | "AADSTS53004" | "AADSTS50131" => {
            (texts::N_RULE, texts::N_RULE_DO)
        }
        "AADSTS50076" | "AADSTS50079" | "AADSTS50072" | "AADSTS50158" => (texts::N_SECOND_PROOF, SELF),
        "AADSTS65001" | "AADSTS65004" | "AADSTS90094" => (texts::N_CONSENT, texts::N_CONSENT_DO),
        "AADSTS50057" | "AADSTS50034" | "AADSTS50053" | "AADSTS50055" => (texts::N_ACCOUNT, texts::N_ACCOUNT_DO),
        "AADSTS70008" | "AADSTS54005" | "AADSTS700082" | "AADSTS50173" => (texts::N_TOO_SLOW, texts::N_TOO_SLOW_DO),
        "AADSTS7000215" | "AADSTS7000222" | "AADSTS700027" | "AADSTS70021" | "AADSTS700213" | "AADSTS700016" => {
            (texts::N_NOT_PROVEN, OURS)
        }
        "AADSTS50011" | "AADSTS900971" | "AADSTS700054" | "AADSTS650052" | "AADSTS500011" => {
            (texts::N_NOT_REGISTERED, OURS)
        }
        "AADSTS50196" => (texts::N_LOOP, texts::N_LOOP_DO),
        _ => match refusal.error.as_str() {
            "access_denied" => (texts::N_ACCESS_DENIED, GENERAL),
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
                (texts::N_SIGN_IN_YOURSELF, SELF)
            }
            "temporarily_unavailable" | "server_error" => (texts::N_SERVICE_TROUBLE, texts::N_TRY_AGAIN_IN_A_MINUTE),
            "invalid_client" | "unauthorized_client" => (texts::N_NOT_PROVEN, OURS),
            _ => (texts::N_SERVICE_REFUSED, GENERAL),
        },
    }
}

fn action(label: Text, href: &str, primary: bool) -> Action {
    Action { label: label.into(), href: href.to_owned(), primary }
}

/// With the page that `page` makes, in the reader's language.
fn respond(
    doors: &Doors,
    headers: &HeaderMap,
    correlation_id: Option<&CorrelationId>,
    page: impl FnOnce() -> (StatusCode, NoticePage),
) -> Response {
    let language = request::language(headers);
    let mut response = texts::in_language(language, || {
        let (status, mut page) = page();
        if let Some(id) = correlation_id {
            page.details.push((texts::N_REFERENCE.into(), id.0.to_string()));
        }
        (status, Html(notice_page(&page, &doors.site.assets, request::theme(headers)))).into_response()
    });
    request::is_in(language, &mut response);
    response
}
