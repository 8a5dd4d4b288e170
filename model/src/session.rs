//! Sessions, as far as people see them.

use serde::{Deserialize, Serialize};
use texts::Text;

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its owner signed out in it.
    SignedOut,
    /// Its owner ended it from another session.
    EndedElsewhere,
    /// An administrator ended it.
    Revoked,
    /// The provider said that its owner signed out there.
    ProviderSignedOut,
    /// Its owner is in no group any more that may use the app.
    AccessRemoved,
    /// The provider does not vouch for its owner any longer.
    ProviderRefused,
    /// It lasted as long as sessions may.
    Expired,
    /// Nothing was done in it for too long.
    Idle,
}

impl EndReason {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::SignedOut,
        Self::EndedElsewhere,
        Self::Revoked,
        Self::ProviderSignedOut,
        Self::AccessRemoved,
        Self::ProviderRefused,
        Self::Expired,
        Self::Idle,
    ];

    /// The name in the database and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::EndedElsewhere => "ended_elsewhere",
            Self::Revoked => "revoked",
            Self::ProviderSignedOut => "provider_signed_out",
            Self::AccessRemoved => "access_removed",
            Self::ProviderRefused => "provider_refused",
            Self::Expired => "expired",
            Self::Idle => "idle",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// For whoever comes back to the session.
    pub fn text(self) -> Text {
        match self {
            Self::SignedOut => texts::ENDED_SIGNED_OUT,
            Self::EndedElsewhere => texts::ENDED_ELSEWHERE,
            Self::Revoked => texts::ENDED_REVOKED,
            Self::ProviderSignedOut => texts::ENDED_BY_PROVIDER,
            Self::AccessRemoved => texts::ENDED_ACCESS_REMOVED,
            Self::ProviderRefused => texts::ENDED_PROVIDER_REFUSED,
            Self::Expired => texts::ENDED_EXPIRED,
            Self::Idle => texts::ENDED_IDLE,
        }
    }
}
