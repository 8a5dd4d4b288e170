//! Signing in at a terminal: a code to enter in any browser (RFC 8628; Microsoft: "OAuth 2.0 device authorization
//! grant").

use std::time::Duration;

use serde::Deserialize;
use tokio::time::{Instant, sleep};
use url::Url;

use super::RemoteError;

const PATIENCE: Duration = Duration::from_secs(15);
/// A provider that does not say (RFC 8628 §3.2).
const INTERVAL_SECS: u64 = 5;

/// A sign-in that waits for its person.
pub struct DeviceCode {
    http: reqwest::Client,
    token_endpoint: Url,
    client_id: String,
    begun: Begun,
    ends_at: Instant,
}

#[derive(Deserialize)]
struct Metadata {
    token_endpoint: Url,
    device_authorization_endpoint: Option<Url>,
}

#[derive(Deserialize)]
struct Begun {
    device_code: String,
    user_code: String,
    verification_uri: String,
    expires_in: u64,
    interval: Option<u64>,
    /// Entra's own sentence with both, in the person's language.
    message: Option<String>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
}

#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
}

impl DeviceCode {
    /// Begins a sign-in of somebody at `issuer` for `scope`, by the application `client_id`.
    pub async fn begin(http: reqwest::Client, issuer: &str, client_id: &str, scope: &str) -> Result<Self, RemoteError> {
        let unreachable = |error: reqwest::Error| {
            RemoteError::Unreachable("The identity provider".into(), crate::identity::causes(&error.without_url()))
        };
        let document = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let response = http.get(document).timeout(PATIENCE).send().await.map_err(unreachable)?;
        let metadata: Metadata = response.json().await.map_err(|_| RemoteError::Unreadable)?;
        let endpoint = metadata.device_authorization_endpoint.ok_or_else(|| {
            RemoteError::NotSignedIn("The identity provider offers no sign-in by code; set BANTER_TOKEN.".into())
        })?;
        let form = [("client_id", client_id), ("scope", scope)];
        let response = http.post(endpoint).timeout(PATIENCE).form(&form).send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(RemoteError::NotSignedIn(response.json::<Refused>().await.unwrap_or_default().in_words()));
        }
        let begun: Begun = response.json().await.map_err(|_| RemoteError::Unreadable)?;
        let ends_at = Instant::now() + Duration::from_secs(begun.expires_in.min(3600));
        let (token_endpoint, client_id) = (metadata.token_endpoint, client_id.to_owned());
        Ok(Self { http, token_endpoint, client_id, begun, ends_at })
    }

    /// What the person has to do.
    pub fn message(&self) -> String {
        let Begun { user_code, verification_uri, message, .. } = &self.begun;
        message.clone().unwrap_or_else(|| format!("Open {verification_uri} and enter the code {user_code}."))
    }

    /// The access token, once they have done it.
    pub async fn token(self) -> Result<String, RemoteError> {
        let mut interval = Duration::from_secs(self.begun.interval.unwrap_or(INTERVAL_SECS).clamp(1, 60));
        while Instant::now() < self.ends_at {
            sleep(interval).await;
            let form = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
                ("client_id", self.client_id.as_str()),
                ("device_code", self.begun.device_code.as_str()),
            ];
            // A connection that breaks is no answer; the next one may be (RFC 8628 §3.5).
            let asked = self.http.post(self.token_endpoint.clone()).timeout(PATIENCE).form(&form).send().await;
            let Ok(response) = asked else {
                interval = (interval * 2).min(Duration::from_secs(60));
                continue;
            };
            if response.status().is_success() {
                return response
                    .json::<Granted>()
                    .await
                    .map(|granted| granted.access_token)
                    .map_err(|_| RemoteError::Unreadable);
            }
            let refused: Refused = response.json().await.unwrap_or_default();
            match refused.error.as_str() {
                "authorization_pending" => {}
                "slow_down" => interval += Duration::from_secs(5),
                _ => return Err(RemoteError::NotSignedIn(refused.in_words())),
            }
        }
        Err(RemoteError::NotSignedIn("Nobody signed in with the code in time.".into()))
    }
}

impl Refused {
    fn in_words(&self) -> String {
        let said = self.error_description.split("Trace ID").next().unwrap_or_default().trim();
        match (self.error.as_str(), said) {
            ("authorization_declined" | "access_denied", _) => "The sign-in was declined.".to_owned(),
            ("expired_token", _) => "Nobody signed in with the code in time.".to_owned(),
            ("", "") => "The identity provider refuses the sign-in.".to_owned(),
            (error, "") => format!("The identity provider refuses the sign-in: {error}."),
            (_, said) => format!("The identity provider refuses the sign-in: {said}"),
        }
    }
}
