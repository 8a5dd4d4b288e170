//! Microsoft Graph: does it answer, does it accept the app's token, what time is it there.

use std::sync::Arc;

use reqwest::{Response, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Check, Doctor, Outcome, reach, skew};
use crate::clock;

const VARIABLE: &str = "GRAPH_BASE_URL";

/// What is to be said about the directory, and whether asking it more makes sense.
pub(super) struct Graph {
    checks: [Check; 2],
    answers: bool,
}

/// What the directory says to a question that a permission is needed for.
pub(super) enum Answer {
    Found(Value),
    /// The app may not ask that by itself.
    Denied,
    Missing,
}

/// Graph's error body.
#[derive(Default, Deserialize)]
struct Body {
    error: Option<ErrorBody>,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    doctor.graph().await.checks.to_vec()
}

impl Doctor {
    /// The address of `path` in the directory.
    pub(super) fn graph_url(&self, path: &[&str]) -> Url {
        let mut url = self.config().graph_base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Asks the directory with the app's own token; an outcome instead when that leads nowhere.
    pub(super) async fn ask_graph(&self, url: Url) -> Result<Answer, Outcome> {
        let (Ok(token), true) = (self.graph_token().await, self.graph().await.answers) else {
            return Err(Outcome::skipped("the directory cannot be asked: see above"));
        };
        let response = reach::send(self.graph_request(url).bearer_auth(token.expose_secret()), VARIABLE).await?;
        match response.status() {
            StatusCode::FORBIDDEN => Ok(Answer::Denied),
            StatusCode::NOT_FOUND => Ok(Answer::Missing),
            status if status.is_success() => {
                response.json().await.map(Answer::Found).map_err(|error| reach::unreachable(error, VARIABLE))
            }
            _ => Err(refused(self, response, true).await),
        }
    }

    async fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| look(self)).await
    }

    fn graph_request(&self, url: Url) -> reqwest::RequestBuilder {
        // Our own id of the request lets Microsoft's support find it.
        self.http.get(url).header("client-request-id", clock::new_id().to_string())
    }
}

/// Asks who the app itself is. Nobody: that question needs a person. But the refusal is the directory's own, and comes
/// after it has looked at the token.
async fn look(doctor: &Doctor) -> Graph {
    let mut request = doctor.graph_request(doctor.graph_url(&["me"]));
    let token = doctor.graph_token().await;
    if let Ok(token) = token {
        request = request.bearer_auth(token.expose_secret());
    }
    let (outcome, clock) = match reach::send(request, VARIABLE).await {
        Err(outcome) => (outcome, Outcome::skipped("the directory does not answer")),
        Ok(response) => {
            let clock = skew::of(&response, "Microsoft Graph");
            (refused(doctor, response, token.is_ok()).await, clock)
        }
    };
    let answers = matches!(outcome, Outcome::Ok { .. });
    Graph { checks: [outcome.of("Microsoft Graph"), clock.of("Microsoft Graph's clock")], answers }
}

/// What a refusal says about the directory: that it is there, as long as it refuses for the expected reason.
async fn refused(doctor: &Doctor, response: Response, with_token: bool) -> Outcome {
    let (status, address) = (response.status(), doctor.config().graph_base_url.as_str());
    let retry_after = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let body: Body = response.json().await.unwrap_or_default();
    let Some(ErrorBody { code, message }) = body.error.filter(|error| !error.code.is_empty()) else {
        return match status {
            status if status.is_success() => Outcome::ok(address),
            status if status.is_server_error() => in_trouble(status, "no reason given"),
            status => Outcome::wrong(
                format!("{address} answers, but not as Microsoft Graph does (status {status})."),
                format!("Correct {VARIABLE}: https://graph.microsoft.com/v1.0, or leave it out."),
            ),
        };
    };
    let elsewhere = ["Invalid version", "Resource not found for the segment"];
    match status {
        StatusCode::TOO_MANY_REQUESTS => throttled(retry_after),
        status if status.is_server_error() => in_trouble(status, &code),
        StatusCode::UNAUTHORIZED if with_token => Outcome::wrong(
            format!("It does not accept the app's token: {message} ({code})"),
            format!("{VARIABLE} has to be the directory of the cloud in which the issuer is; look at the clocks, too."),
        ),
        StatusCode::UNAUTHORIZED => Outcome::ok(format!("{address}, asked without a token")),
        _ if elsewhere.iter().any(|text| message.contains(text)) => Outcome::wrong(
            format!("It does not know the address: {message}"),
            format!("Correct {VARIABLE}: https://graph.microsoft.com/v1.0, with the version, or leave it out."),
        ),
        _ => Outcome::ok(address),
    }
}

fn in_trouble(status: StatusCode, code: &str) -> Outcome {
    Outcome::wrong(
        format!("It is in trouble (status {status}, {code}); nobody can sign in who would need a group."),
        "Look at the status page of Microsoft 365, and try again.",
    )
}

fn throttled(retry_after: Option<u32>) -> Outcome {
    let when = retry_after.map_or_else(|| "in a minute".to_owned(), |seconds| format!("in {seconds} s"));
    Outcome::wrong(
        "It has too many requests of this app at the moment (status 429).",
        format!("Try again {when}; if it stays so, look for what else asks the directory as this app."),
    )
}
