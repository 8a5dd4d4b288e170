//! The claims of an id_token beyond the standard ones, as Entra sends them, and whom an id_token is about.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::relying_party::IdClaims;
use crate::{config::tenant_of, store::users::AccountKey};

/// Every member is optional. Other providers send none of them, or something else by the same name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct EntraClaims {
    #[serde(default, deserialize_with = "text")]
    pub(super) oid: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub(super) tid: Option<String>,
    /// The provider's id of its own session.
    #[serde(default, deserialize_with = "of_this_kind")]
    pub(super) sid: Option<String>,
    #[serde(default, deserialize_with = "of_this_kind")]
    pub(super) login_hint: Option<String>,
    /// Unix seconds before which the token is not valid.
    pub(super) nbf: Option<f64>,
    /// Object ids of groups, where the registration asks for them and there are not too many.
    #[serde(default, deserialize_with = "of_this_kind")]
    pub(super) groups: Option<Vec<String>>,
    /// Values of the registration's app roles.
    #[serde(default, deserialize_with = "of_this_kind")]
    pub(super) roles: Option<Vec<String>>,
}

impl AdditionalClaims for EntraClaims {}

/// Whom verified claims are about: the object id in its tenant with Entra, elsewhere `sub` at its issuer (OpenID Connect
/// Core §5.7). Other providers' claims of the same names count for nothing; people might write them themselves.
pub(super) fn account(issuer: &str, claims: &IdClaims) -> AccountKey {
    let subject = || claims.subject().to_string();
    let Some(tenant) = tenant_of(issuer) else {
        return AccountKey { tid: issuer.to_owned(), oid: subject() };
    };
    let extra = claims.additional_claims();
    AccountKey { tid: extra.tid.clone().unwrap_or(tenant), oid: extra.oid.clone().unwrap_or_else(subject) }
}

/// What is no text counts as an empty one, which names nothing.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        _ => Some(String::new()),
    })
}

/// What is of another kind counts as absent.
fn of_this_kind<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}
