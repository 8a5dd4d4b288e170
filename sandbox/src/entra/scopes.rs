//! Scope strings: which resource they belong to, and whether they may be combined.

use super::errors::TokenError;
use crate::constants::*;

/// Who a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Graph,
    /// The chat application's own API.
    Api,
    CognitiveServices,
    AiAzure,
}

impl Resource {
    pub fn audience(self) -> &'static str {
        match self {
            Self::Graph => GRAPH_AUDIENCE,
            Self::Api => API_AUDIENCE,
            Self::CognitiveServices => COGNITIVE_SERVICES_AUDIENCE,
            Self::AiAzure => AI_AZURE_AUDIENCE,
        }
    }

    fn parse(uri: &str) -> Option<Self> {
        let uri = uri.strip_suffix('/').unwrap_or(uri);
        match uri {
            GRAPH_AUDIENCE | GRAPH_CLIENT_ID => Some(Self::Graph),
            API_AUDIENCE | CLIENT_ID => Some(Self::Api),
            COGNITIVE_SERVICES_AUDIENCE => Some(Self::CognitiveServices),
            AI_AZURE_AUDIENCE => Some(Self::AiAzure),
            _ if uri.strip_prefix("api://") == Some(CLIENT_ID) => Some(Self::Api),
            _ => None,
        }
    }
}

/// A scope string taken apart.
#[derive(Clone, Debug, Default)]
pub struct Scopes {
    pub openid: bool,
    pub profile: bool,
    pub email: bool,
    pub offline_access: bool,
    /// Permissions with the resource they belong to, in order.
    pub permissions: Vec<(Resource, String)>,
}

impl Scopes {
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let mut scopes = Self::default();
        for scope in text.split_whitespace() {
            match scope {
                "openid" => scopes.openid = true,
                "profile" => scopes.profile = true,
                "email" => scopes.email = true,
                "offline_access" => scopes.offline_access = true,
                _ => scopes.permissions.push(permission(scope)?),
            }
        }
        Ok(scopes)
    }

    /// The resource a token request is for: the only one named, or Graph if none is.
    pub fn single_resource(&self) -> Result<Resource, TokenError> {
        let first = self.first_resource();
        if self.permissions.iter().any(|(r, _)| *r != first) {
            return Err(TokenError::new(
                "invalid_request",
                28000,
                "Provided value for the input parameter scope is not valid because it contains more than one resource.",
            ));
        }
        Ok(first)
    }

    pub fn first_resource(&self) -> Resource {
        self.permissions.first().map_or(Resource::Graph, |(resource, _)| *resource)
    }

    pub fn of(&self, resource: Resource) -> impl Iterator<Item = &str> {
        self.permissions.iter().filter(move |(r, _)| *r == resource).map(|(_, name)| name.as_str())
    }

    /// Graph permissions nobody consented to.
    pub fn missing_consent(&self, consented: &[String]) -> Option<&str> {
        self.of(Resource::Graph)
            .find(|name| *name != ".default" && !consented.iter().any(|c| c.eq_ignore_ascii_case(name)))
    }
}

fn permission(scope: &str) -> Result<(Resource, String), TokenError> {
    if !scope.contains('/') && !scope.contains(':') {
        if scope == ".default" {
            return Ok((Resource::Graph, scope.into()));
        }
        let plausible = scope.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        return if plausible && scope.contains('.') {
            Ok((Resource::Graph, scope.into()))
        } else {
            Err(TokenError::new(
                "invalid_scope",
                70011,
                format!(
                    "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
                ),
            ))
        };
    }
    let (uri, name) = scope.rsplit_once('/').unwrap_or((scope, ""));
    match Resource::parse(uri) {
        Some(Resource::Api) if name != API_SCOPE && name != ".default" => Err(TokenError::new(
            "invalid_scope",
            65005,
            format!("The application asked for scope '{name}' that doesn't exist on the resource."),
        )),
        Some(resource) if !name.is_empty() => Ok((resource, name.into())),
        _ => Err(TokenError::new(
            "invalid_resource",
            500011,
            format!(
                "The resource principal named {uri} was not found in the tenant named {TENANT_ID}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
            ),
        )),
    }
}
