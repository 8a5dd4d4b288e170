//! Why a sign-in did not succeed.

use serde::{Deserialize, Serialize};

use super::credential::CredentialError;
use crate::directory::DirectoryError;

/// An error in the provider's own words (RFC 6749 §5.2 and Entra's additions). For the log, and its ids for the page.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct ProviderError {
    pub error: String,
    #[serde(default)]
    pub error_description: Option<String>,
    #[serde(default)]
    pub error_subcode: Option<String>,
    /// Narrows `error` down, such as `bad_token` or `consent_required`.
    #[serde(default)]
    pub suberror: Option<String>,
    /// Entra's numbers of what went wrong. For the log: what to do is decided by `error`.
    #[serde(default)]
    pub error_codes: Vec<u64>,
    /// What the person has to fulfil at the provider, JSON in a string, to be passed on to it as it is.
    #[serde(default)]
    pub claims: Option<String>,
    #[serde(default)]
    pub trace_id: Option<String>,
    #[serde(default)]
    pub correlation_id: Option<String>,
}

/// Whom the app does not let in, for them and their help desk.
#[derive(Clone, Debug)]
pub struct Denied {
    pub name: String,
    pub username: Option<String>,
    /// Groups that would let them in: names where they can be read, else ids.
    pub missing: Vec<String>,
}

/// A sign-in that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider's answer belongs to no sign-in that this browser began, or it came too late.
    #[error("the sign-in is unknown in this browser or has expired")]
    UnknownAttempt,
    /// The provider's answer was already used.
    #[error("the sign-in was already completed")]
    Replayed,
    /// The provider has to show something, and was asked not to; or there is nothing to renew a session with.
    #[error("the provider wants to see the person")]
    NeedsInteraction,
    #[error("cancelled at the provider")]
    Cancelled,
    /// The provider refused.
    #[error("the provider refused: {0}")]
    Refused(Box<ProviderError>),
    #[error("the provider cannot be reached: {0}")]
    ProviderUnreachable(String),
    #[error("{0}")]
    Credential(#[from] CredentialError),
    /// The provider's token is not what it should be.
    #[error("the id_token is not acceptable: {0}")]
    Unverified(String),
    /// Whether the person may come in cannot be found out.
    #[error("the directory cannot be asked: {0}")]
    Directory(#[from] DirectoryError),
    /// Signed in, but in no group that may use the app.
    #[error("the account is in no allowed group")]
    NotAllowed(Box<Denied>),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the session cannot be stored")]
    SessionsUnavailable,
}

impl SignInError {
    /// The failure's name in the trail of sign-ins.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownAttempt => "unknown_attempt",
            Self::Replayed => "replayed",
            Self::NeedsInteraction => "needs_interaction",
            Self::Cancelled => "cancelled",
            Self::Refused(_) => "refused",
            Self::ProviderUnreachable(_) => "provider_unreachable",
            Self::Credential(_) => "credential",
            Self::Unverified(_) => "unverified",
            Self::Directory(_) => "directory",
            Self::NotAllowed(_) => "not_allowed",
            Self::Database(_) | Self::SessionsUnavailable => "database",
        }
    }
}

impl std::fmt::Display for ProviderError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.error)?;
        if let Some(description) = &self.error_description {
            // One line in the log, whatever it contains.
            write!(f, ": {}", description.split_whitespace().collect::<Vec<_>>().join(" "))?;
        }
        Ok(())
    }
}

impl openidconnect::ErrorResponse for ProviderError {}

impl ProviderError {
    /// The provider's ids of this failure, from its own members or out of the description (Entra writes
    /// `Trace ID: … Correlation ID: …` there), for its support.
    pub fn reference(&self, member: &Option<String>, label: &str) -> Option<String> {
        member.clone().or_else(|| {
            let (_, rest) = self.error_description.as_deref()?.split_once(label)?;
            let id = rest.trim_start_matches([':', ' ']);
            let end = id.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(id.len());
            Some(id[..end].to_owned()).filter(|id| !id.is_empty())
        })
    }

    /// Whether asking again would get the same answer: it is about the person, not about the moment or about us.
    pub fn is_final(&self) -> bool {
        matches!(
            self.error.as_str(),
            "invalid_grant" | "interaction_required" | "consent_required" | "login_required" | "access_denied"
        )
    }

    /// Entra's number of what went wrong, such as `AADSTS50105`.
    pub fn code(&self) -> Option<&str> {
        let description = self.error_description.as_deref()?;
        let start = description.find("AADSTS")?;
        let digits = description[start + 6..].find(|c: char| !c.is_ascii_digit());
        Some(&description[start..digits.map_or(description.len(), |length| start + 6 + length)])
    }
}
