//! Why the model did not answer: precise for the operator, useful for the reader.

use std::{collections::BTreeMap, fmt, time::Duration};

use model::{Ending, NoticeKind};
use reqwest::{Response, StatusCode, header::HeaderMap};
use serde::Deserialize;
use serde_json::Value;
use texts::Text;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use tokio::time::timeout;

use crate::clock;

/// The status says enough for going on; the words of a service in trouble may never come.
const WORDS: Duration = Duration::from_secs(5);

/// A refused or failed request to the model.
#[derive(Debug)]
pub struct Failure {
    pub kind: FailureKind,
    /// For the log only: it quotes the service.
    detail: Box<str>,
    pub status: Option<u16>,
    /// The service's name for it, such as `DeploymentNotFound`.
    pub code: Option<Box<str>>,
    /// The member of the request that it is about.
    pub(super) param: Option<Box<str>>,
    /// What the service said about asking again.
    pub(super) retry_after: Option<Duration>,
    /// The id under which the service's own logs have it.
    pub upstream_id: Option<String>,
}

/// What kind of failure, as far as the reader can act on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing answers, or a gateway answers for it.
    Unreachable,
    /// The app's own access is wrong: a matter for the operator.
    NotAuthorised,
    NoSuchDeployment,
    /// With the seconds to wait, if the service said.
    TooManyRequests(Option<u64>),
    /// The question was refused, by these categories.
    Filtered(Vec<String>),
    TooLong,
    /// Any other refusal.
    Refused,
    /// It broke after it had begun.
    BrokenOff,
}

impl FailureKind {
    /// May be over in a moment.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable | Self::TooManyRequests(_) | Self::BrokenOff)
    }

    /// This endpoint will not take any question; another one may.
    pub(super) fn is_the_endpoints(&self) -> bool {
        matches!(self, Self::NotAuthorised | Self::NoSuchDeployment)
    }
}

impl Failure {
    pub(crate) fn new(kind: FailureKind, detail: impl fmt::Display) -> Self {
        let detail = detail.to_string().into();
        Self { kind, detail, status: None, code: None, param: None, retry_after: None, upstream_id: None }
    }

    pub(super) fn with_upstream_id(self, upstream_id: Option<String>) -> Self {
        Self { upstream_id, ..self }
    }

    /// Whether the request was refused for its member `name`. Azure names it in `param`; older versions only in
    /// words, such as `Unrecognized request argument supplied: user`.
    pub(super) fn is_about(&self, name: &str) -> bool {
        let said = format!("{} ", self.detail);
        let is_named = ["'{}'", "\"{}\"", "`{}`", ": {} "].iter().any(|form| said.contains(&form.replace("{}", name)));
        self.kind == FailureKind::Refused && (self.param.as_deref() == Some(name) || is_named)
    }

    /// The same, and not to be tried again before so many seconds.
    pub(super) fn in_at_least(mut self, secs: u64) -> Self {
        self.retry_after = Some(self.retry_after.unwrap_or_default().max(Duration::from_secs(secs)));
        self
    }

    /// After how many seconds trying again may help, if that is known.
    pub fn retry_after_secs(&self) -> Option<u64> {
        match self.kind {
            FailureKind::TooManyRequests(Some(secs)) => Some(secs),
            _ => self.retry_after.map(whole_secs),
        }
    }

    /// The member of the request that it is about, if the service named one.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    pub(super) fn with_kind(self, kind: FailureKind) -> Self {
        Self { kind, ..self }
    }

    /// What the service says, or what stood in the way.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// How the reply ends, and what to tell the reader in the language being spoken.
    pub fn for_reader(&self) -> (Ending, NoticeKind, String) {
        let failed = |text: Text| (Ending::Failed, NoticeKind::Failed, text.into());
        match &self.kind {
            FailureKind::Unreachable => failed(texts::NOTICE_UNREACHABLE),
            FailureKind::NotAuthorised => failed(texts::NOTICE_NOT_AUTHORISED),
            FailureKind::NoSuchDeployment => failed(texts::NOTICE_NO_DEPLOYMENT),
            FailureKind::TooManyRequests(seconds) => {
                // Limits are counted by the minute.
                let seconds = seconds.unwrap_or(60).to_string();
                let text = texts::NOTICE_TOO_MANY_REQUESTS.about(&seconds);
                (Ending::Failed, NoticeKind::TooManyRequests, text)
            }
            FailureKind::Filtered(categories) => {
                let text = texts::NOTICE_QUESTION_FILTERED.about(&in_categories(categories));
                (Ending::Filtered, NoticeKind::Filtered, text)
            }
            FailureKind::TooLong => failed(texts::NOTICE_TOO_LONG),
            FailureKind::Refused => failed(texts::NOTICE_REFUSED),
            FailureKind::BrokenOff => (Ending::Interrupted, NoticeKind::Interrupted, texts::NOTICE_BROKEN_OFF.into()),
        }
    }
}

/// " (hate, violence)" or nothing.
pub(crate) fn in_categories(categories: &[String]) -> String {
    if categories.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = categories.iter().map(|name| category(name)).collect();
    texts::IN_CATEGORIES.about(&names.join(", "))
}

/// A category as people call it, in the language being spoken; one that is not known by its own name.
fn category(name: &str) -> &str {
    match name {
        "hate" => texts::CATEGORY_HATE,
        "self harm" => texts::CATEGORY_SELF_HARM,
        "sexual" => texts::CATEGORY_SEXUAL,
        "violence" => texts::CATEGORY_VIOLENCE,
        "jailbreak" => texts::CATEGORY_JAILBREAK,
        "protected material text" => texts::CATEGORY_PROTECTED_TEXT,
        "protected material code" => texts::CATEGORY_PROTECTED_CODE,
        other => return other,
    }
    .text()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.detail)
    }
}

/// The failure that an error response stands for.
pub(super) async fn of(response: Response) -> Failure {
    let status = response.status();
    let upstream_id = upstream_id(response.headers());
    let retry_after = retry_after(response.headers(), clock::now());
    let body = timeout(WORDS, response.bytes()).await.ok().and_then(Result::ok).unwrap_or_default();
    let body: Body = serde_json::from_slice(&body).unwrap_or_default();
    let error = body.error.unwrap_or_default();
    let code = error.code.as_ref().and_then(Value::as_str).map(Box::from);
    let kind = match (status, code.as_deref().unwrap_or_default()) {
        (StatusCode::TOO_MANY_REQUESTS, _) => FailureKind::TooManyRequests(retry_after.map(whole_secs)),
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _) => FailureKind::NotAuthorised,
        (StatusCode::NOT_FOUND, _) => FailureKind::NoSuchDeployment,
        (_, "content_filter") => FailureKind::Filtered(error.filtered_categories()),
        (_, "context_length_exceeded") => FailureKind::TooLong,
        (status, _) if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => FailureKind::Unreachable,
        _ => FailureKind::Refused,
    };
    let detail = error.message.or(body.message).unwrap_or_else(|| "no message".to_owned()).into();
    Failure { kind, detail, status: Some(status.as_u16()), code, param: error.param, retry_after, upstream_id }
}

/// The service's own id of a request.
pub(super) fn upstream_id(headers: &HeaderMap) -> Option<String> {
    let names = ["apim-request-id", "x-request-id", "x-ms-request-id"];
    names.iter().find_map(|name| headers.get(*name)?.to_str().ok().map(str::to_owned))
}

/// What `retry-after-ms` or `retry-after` ask for; the latter is a number of seconds or a date (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap, now: OffsetDateTime) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<f64>().ok();
    let date = || OffsetDateTime::parse(text("retry-after")?, &Rfc2822).ok();
    let seconds = number("retry-after-ms")
        .map(|millis| millis / 1000.0)
        .or_else(|| number("retry-after"))
        .or_else(|| date().map(|date| (date - now).as_seconds_f64().max(0.0)))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Not less than `wait`: for people, who should not come too early.
pub(super) fn whole_secs(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Error bodies come with an `error` object, or, for a bad token, without one.
#[derive(Default, Deserialize)]
struct Body {
    error: Option<ErrorBody>,
    message: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    code: Option<Value>,
    message: Option<String>,
    param: Option<Box<str>>,
    innererror: Option<InnerError>,
}

#[derive(Deserialize)]
struct InnerError {
    /// Singular on the wire, plural in the documentation.
    #[serde(alias = "content_filter_results")]
    content_filter_result: Option<BTreeMap<String, Value>>,
}

impl ErrorBody {
    fn filtered_categories(&self) -> Vec<String> {
        super::wire::filtered(self.innererror.as_ref().and_then(|inner| inner.content_filter_result.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_parameter_is_recognised_by_name_and_not_by_accident() {
        let refused = |detail: &str| Failure::new(FailureKind::Refused, detail);
        let by_param = Failure { param: Some("user".into()), ..refused("Unsupported") };
        assert!(by_param.is_about("user") && !by_param.is_about("stream_options"));
        assert!(refused("Unrecognized request argument supplied: user").is_about("user"));
        assert!(refused("Unknown parameter: 'stream_options'.").is_about("stream_options"));
        assert!(!refused("The last message has to be the user's.").is_about("user"));
        assert!(!Failure::new(FailureKind::TooLong, "'user'").is_about("user"));
    }

    #[test]
    fn the_time_to_wait_is_read_in_each_form_that_it_has() {
        let now = OffsetDateTime::from_unix_timestamp(1_767_225_600).unwrap();
        for (headers, millis) in [
            (vec![("retry-after-ms", "1500"), ("retry-after", "9")], Some(1500)),
            (vec![("retry-after", "7")], Some(7000)),
            (vec![("retry-after", "Thu, 01 Jan 2026 00:00:17 GMT")], Some(17_000)),
            (vec![("retry-after", "Wed, 31 Dec 2025 23:00:00 GMT")], Some(0)),
            (vec![("retry-after", "-3")], None),
            (vec![("retry-after", "soon")], None),
            (vec![], None),
        ] {
            let named = |(name, value): &(&'static str, &'static str)| (name.parse().unwrap(), value.parse().unwrap());
            let read = retry_after(&headers.iter().map(named).collect(), now);
            assert_eq!(read.map(|wait| wait.as_millis()), millis, "{headers:?}");
        }
    }
}
