//! What the token endpoint answers (OpenID Connect Core §3.1.3.3), read so that an unreadable id_token is known as that
//! and harmless deviations of providers do no harm.

use std::{fmt, str::FromStr as _, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    AccessToken, IdToken, OAuth2TokenResponse, RefreshToken, Scope, TokenResponse,
    core::{CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::claims::EntraClaims;

/// Entra's largest are some 10 kB.
const MOST_BYTES: usize = 64 << 10;
const LONGEST_SECS: u64 = 366 * 24 * 60 * 60;

type OurIdToken = IdToken<EntraClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// An id_token taken apart; nothing in it is believed yet.
pub(super) struct ReceivedIdToken {
    pub(super) token: OurIdToken,
    /// Whether its header says which key signed it (`kid`).
    pub(super) names_key: bool,
}

/// The members that mean something to us.
#[derive(Serialize, Deserialize)]
pub(super) struct TokenAnswer {
    access_token: AccessToken,
    #[serde(deserialize_with = "bearer")]
    token_type: CoreTokenType,
    /// Seconds; some providers write them as text.
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, rename = "scope", deserialize_with = "space_separated")]
    scopes: Option<Vec<Scope>>,
    #[serde(default, rename = "id_token", deserialize_with = "id_token", skip_serializing)]
    received: Option<Result<ReceivedIdToken, String>>,
}

impl TokenAnswer {
    /// The id_token, or why there is none that can be read.
    pub(super) fn received_id_token(&self) -> Result<&ReceivedIdToken, String> {
        match &self.received {
            Some(received) => received.as_ref().map_err(Clone::clone),
            None => Err("there is none".to_owned()),
        }
    }
}

impl OAuth2TokenResponse for TokenAnswer {
    type TokenType = CoreTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &CoreTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        // Nothing lives longer, and sums with it stay within what a clock can show.
        self.expires_in.map(|secs| Duration::from_secs(secs.min(LONGEST_SECS)))
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scopes.as_ref()
    }
}

impl TokenResponse<EntraClaims, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>
    for TokenAnswer
{
    fn id_token(&self) -> Option<&OurIdToken> {
        self.received_id_token().ok().map(|received| &received.token)
    }
}

impl fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenAnswer(…)")
    }
}

/// Nothing else can be sent on as a bearer token. The letters' case does not matter (RFC 6749 §5.1).
fn bearer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CoreTokenType, D::Error> {
    let kind = String::deserialize(deserializer)?;
    if kind.eq_ignore_ascii_case("bearer") {
        Ok(CoreTokenType::Bearer)
    } else {
        Err(D::Error::custom("the token is no bearer token"))
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    // Without one we can use, the usual hour is assumed where the time matters.
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

fn space_separated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<Scope>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.split_whitespace().map(|name| Scope::new(name.to_owned())).collect()))
}

/// Never fails: an answer with a bad id_token is not the same as a provider that cannot be reached.
fn id_token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Result<ReceivedIdToken, String>>, D::Error> {
    Ok(match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) if text.len() > MOST_BYTES => Some(Err("it is larger than 64 kB".to_owned())),
        serde_json::Value::String(text) => Some(read(&text)),
        _ => Some(Err("it is not text".to_owned())),
    })
}

fn read(text: &str) -> Result<ReceivedIdToken, String> {
    // Says which claim is missing, twice there, or of the wrong kind.
    let token = OurIdToken::from_str(text).map_err(|error| format!("it cannot be read: {error}"))?;
    let header = text.split('.').next().unwrap_or_default();
    let header: serde_json::Value =
        URL_SAFE_NO_PAD.decode(header).ok().and_then(|json| serde_json::from_slice(&json).ok()).unwrap_or_default();
    Ok(ReceivedIdToken { token, names_key: header.get("kid").is_some_and(|kid| !kid.is_null()) })
}
