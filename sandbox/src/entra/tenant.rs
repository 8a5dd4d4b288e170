//! The first path segment: which authority a request addresses.

use axum::http::StatusCode;
use axum::response::Response;

use super::errors;
use crate::constants::{CONSUMERS_TENANT_ID, TENANT_DOMAIN, TENANT_ID};
use crate::http::Origin;

/// A known authority.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Authority {
    /// The tenant, by GUID or domain.
    Tenant,
    Common,
    Organizations,
    Consumers,
}

impl Authority {
    /// Unknown names are a 400 with `invalid_tenant`, not a 404.
    pub fn parse(segment: &str) -> Result<Self, Box<Response>> {
        let lower = segment.to_ascii_lowercase();
        match lower.as_str() {
            "common" => Ok(Self::Common),
            "organizations" => Ok(Self::Organizations),
            "consumers" | CONSUMERS_TENANT_ID => Ok(Self::Consumers),
            TENANT_ID | TENANT_DOMAIN => Ok(Self::Tenant),
            _ => Err(Box::new(unknown(segment))),
        }
    }

    /// As written into addresses.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Tenant => TENANT_ID,
            Self::Common => "common",
            Self::Organizations => "organizations",
            Self::Consumers => "consumers",
        }
    }

    /// The `issuer` of the discovery document: with literal braces where the tenant is not known yet.
    pub fn issuer(self, origin: &Origin) -> String {
        let tenant = match self {
            Self::Tenant => TENANT_ID,
            Self::Consumers => CONSUMERS_TENANT_ID,
            Self::Common | Self::Organizations => "{tenantid}",
        };
        format!("{}/{tenant}/v2.0", origin.0)
    }
}

fn unknown(segment: &str) -> Response {
    let named = uuid::Uuid::try_parse(segment).is_ok() || segment.contains('.');
    let (code, text) = if named {
        (
            90002,
            format!(
                "Tenant '{segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
            ),
        )
    } else {
        (
            900021,
            format!(
                "Specified tenant identifier '{segment}' is neither a valid DNS name, nor a valid external domain."
            ),
        )
    };
    errors::TokenError::new("invalid_tenant", code, text).status(StatusCode::BAD_REQUEST).into_response_at("")
}
