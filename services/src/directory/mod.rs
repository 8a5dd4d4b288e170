//! Microsoft Graph: somebody's profile, picture and groups, asked with their own token.

mod groups;
mod photo;

use std::time::Duration;

use model::Group;
use reqwest::{RequestBuilder, Response, StatusCode, header};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use crate::clock;

pub use photo::PhotoAnswer;

const PATIENCE: Duration = Duration::from_secs(10);
/// Somebody is waiting in front of a white page: throttling that wants more than this is a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 3;

/// The directory did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    #[error("it cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    #[error("it refuses ({status}, {code}; request {request_id})")]
    Refused { status: u16, code: String, request_id: String },
    /// A page link that leads elsewhere; the token is not sent there.
    #[error("a next link leaves the directory")]
    ForeignLink,
    #[error("the list of groups does not end")]
    EndlessGroups,
}

/// What the directory knows of somebody. Members it does not know are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DirectoryUser {
    pub id: String,
    pub display_name: Option<String>,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub mail: Option<String>,
    pub user_principal_name: Option<String>,
    pub department: Option<String>,
    pub job_title: Option<String>,
    pub preferred_language: Option<String>,
}

/// The directory.
pub struct Directory {
    base_url: Url,
    http: reqwest::Client,
}

impl Directory {
    pub(crate) fn new(base_url: Url, http: reqwest::Client) -> Self {
        Self { base_url, http }
    }

    /// Whom `token` belongs to.
    pub async fn me(&self, token: &str) -> Result<DirectoryUser, DirectoryError> {
        const SELECT: &str =
            "id,displayName,givenName,surname,mail,userPrincipalName,department,jobTitle,preferredLanguage";
        let mut url = self.url(&["me"]);
        url.query_pairs_mut().append_pair("$select", SELECT);
        self.get_json(url, token).await
    }

    /// All groups that the owner of `token` is in, directly or through other groups, sorted by name.
    pub async fn groups(&self, token: &str) -> Result<Vec<Group>, DirectoryError> {
        groups::all(self, token).await
    }

    /// What the group `id` is called, if `token` may know.
    pub async fn group_name(&self, token: &str, id: &str) -> Result<Option<String>, DirectoryError> {
        groups::name(self, token, id).await
    }

    /// The picture of the owner of `token`, unless it still is the one with `known_etag`.
    pub async fn photo(&self, token: &str, known_etag: Option<&str>) -> Result<PhotoAnswer, DirectoryError> {
        photo::get(self, token, known_etag).await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    async fn get_json<T: DeserializeOwned>(&self, url: Url, token: &str) -> Result<T, DirectoryError> {
        let response = self.send(|| self.get(url.clone(), token)).await?;
        if response.status().is_success() { Ok(response.json().await?) } else { Err(refused(response).await) }
    }

    fn get(&self, url: Url, token: &str) -> RequestBuilder {
        // Our own id of the request lets Microsoft's support find it.
        self.http.get(url).timeout(PATIENCE).bearer_auth(token).header("client-request-id", clock::new_id().to_string())
    }

    /// Sends what `request` builds, again when the directory asks for patience.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, DirectoryError> {
        let mut attempt = 1;
        loop {
            let response = request().send().await.map_err(reqwest::Error::without_url)?;
            let busy = matches!(
                response.status(),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
            );
            let wait = retry_after(&response).unwrap_or(Duration::from_millis(250) * attempt);
            if !busy || attempt == ATTEMPTS || wait > LONGEST_WAIT {
                return Ok(response);
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.parse().ok().map(Duration::from_secs)
}

async fn refused(response: Response) -> DirectoryError {
    #[derive(Default, Deserialize)]
    struct Body {
        error: Option<ErrorBody>,
    }
    #[derive(Default, Deserialize)]
    struct ErrorBody {
        code: Option<String>,
    }
    let status = response.status().as_u16();
    let request_id = response.headers().get("request-id").and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned();
    let body: Body = response.json().await.unwrap_or_default();
    let code = body.error.and_then(|error| error.code).unwrap_or_else(|| "no code".to_owned());
    DirectoryError::Refused { status, code, request_id }
}
