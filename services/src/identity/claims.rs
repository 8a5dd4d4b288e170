//! The claims of an id_token beyond the standard ones, as Entra sends them.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};

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
    pub(super) azp: Option<String>,
}

impl AdditionalClaims for EntraClaims {}
