//! The claims of an id_token beyond the standard ones, as Entra sends them, and whom an id_token is about.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

use super::relying_party::IdClaims;
use crate::{config::tenant_of, store::users::AccountKey};

/// Every member is optional: other providers send none of them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct EntraClaims {
    pub(super) oid: Option<String>,
    pub(super) tid: Option<String>,
    /// The provider's id of its own session.
    pub(super) sid: Option<String>,
    pub(super) login_hint: Option<String>,
    /// Unix seconds before which the token is not valid.
    pub(super) nbf: Option<f64>,
    /// Object ids of groups, where the registration asks for them and there are not too many.
    pub(super) groups: Option<Vec<String>>,
    /// Values of the registration's app roles.
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
