//! Whether a bearer token is to be believed, and what it gives a right to: the provider's access tokens for our API
//! (Microsoft: "Access tokens", v1 and v2) and tokens of our own, told apart by issuer.

mod claims;
mod jws;
mod keys;
mod own;
mod signature;

use std::sync::Arc;

use model::UserId;

use super::provider::Provider;
use crate::{
    config::{ApiConfig, IdentityConfig, Origin, tenant_of},
    crypto::Keyring,
    store::users::AccountKey,
};
use claims::{AccessClaims, Kind};
use jws::Jws;
use keys::ProviderKeys;
pub use own::{LIFETIME_SECS, OwnTokens};

/// The delegated permission that tokens of people need.
pub const SCOPE: &str = "access_as_user";
/// The app role that tokens of applications need.
pub const ROLE: &str = "Banter.Use";
/// Ours and the provider's clock may differ by this much.
const SKEW_SECS: i64 = 300;
/// 200 groups make 12 kB.
const MOST_BYTES: usize = 32 << 10;

/// See [`Bearer::verify`].
pub struct Bearer {
    api: ApiConfig,
    client_id: String,
    issuers: Issuers,
    provider: Arc<ProviderKeys>,
    own: OwnTokens,
}

/// What tokens of the provider call it.
struct Issuers {
    /// As configured; Entra's v2 form.
    configured: String,
    /// Of Entra only.
    tenant: Option<String>,
    v1: Option<String>,
}

/// A token that is to be believed.
#[derive(Clone, Debug)]
pub struct Verified {
    pub subject: Subject,
    /// The application that calls (`azp`, `appid`).
    pub client: String,
    /// Unix seconds.
    pub expires_at: i64,
}

/// Whom a token stands for.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A person, in the provider's words.
    Person(Box<PersonClaims>),
    /// An application by itself.
    Service(ServiceClaims),
    /// A person, in a token of ours.
    User(UserId),
}

/// What a delegated token says of its person.
#[derive(Clone, Debug)]
pub struct PersonClaims {
    pub account: AccountKey,
    pub name: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    /// Object ids of groups; absent when there are too many, or the registration does not ask for them.
    pub groups: Option<Vec<String>>,
    pub app_roles: Vec<String>,
    /// Unix seconds: what the token says was so then.
    pub issued_at: i64,
}

/// What an app-only token says of its application.
#[derive(Clone, Debug)]
pub struct ServiceClaims {
    /// The object id of its service principal.
    pub account: AccountKey,
    pub name: String,
    pub app_roles: Vec<String>,
}

/// Why a token opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerError {
    /// It is not to be believed; in words for whoever sent it, with nothing of it quoted.
    #[error("{0}")]
    Invalid(String),
    /// It is to be believed, and gives no right to be here.
    #[error("{0}")]
    Missing(MissingRight),
    /// No key of the provider's is known, because it could not be asked yet.
    #[error("the provider's keys are not known: {0}")]
    Unknown(String),
}

/// What a believable token lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingRight {
    #[error("The token has no scope {SCOPE}.")]
    Scope,
    #[error("The token has no app role {ROLE}.")]
    Role,
    #[error("The calling application is not among those that are allowed here (API_ALLOWED_CLIENTS).")]
    Client,
}

impl Bearer {
    pub(super) fn new(
        api: ApiConfig,
        identity: &IdentityConfig,
        origin: &Origin,
        provider: Arc<Provider>,
        keys: &Keyring,
    ) -> Self {
        let tenant = tenant_of(&identity.issuer);
        let issuers = Issuers {
            configured: identity.issuer.clone(),
            v1: tenant.as_ref().map(|tenant| format!("https://sts.windows.net/{tenant}/")),
            tenant,
        };
        let own = OwnTokens::new(&origin.as_header(), &api.audience, keys);
        let provider = ProviderKeys::new(provider);
        Self { client_id: identity.client_id.clone(), api, issuers, provider, own }
    }

    /// Whose token this is and what for, if it is to be believed and gives a right to be here. Costs no I/O for keys
    /// that are known. `now`: Unix seconds.
    pub async fn verify(&self, token: &str, now: i64) -> Result<Verified, BearerError> {
        if token.len() > MOST_BYTES {
            return Err(invalid("it is larger than any token for this API"));
        }
        let jws = Jws::parse(token)?;
        let claims = AccessClaims::read(&jws.claims)?;
        // Chooses the keys, and says nothing about whether it is true.
        if claims.issuer == self.own.issuer() {
            let verified = self.own.verify(&jws, &claims, now)?;
            return self.allowed(verified);
        }
        self.issuers.check(&claims)?;
        self.provider.verify(&jws).await?;
        self.check(&claims, now)?;
        let verified = self.subject(claims)?;
        self.allowed(verified)
    }

    /// The app's own tokens.
    pub fn own(&self) -> &OwnTokens {
        &self.own
    }

    /// What holds for tokens of people and of applications.
    fn check(&self, claims: &AccessClaims, now: i64) -> Result<(), BearerError> {
        let audience = claims.audience.strip_suffix('/').unwrap_or(&claims.audience);
        if audience != self.api.audience && audience != self.client_id {
            return Err(invalid("it is for something else than this API (aud)"));
        }
        claims.check_times(now, SKEW_SECS)?;
        if claims.client.is_empty() {
            return Err(invalid("it does not say which application calls (azp, appid)"));
        }
        Ok(())
    }

    fn subject(&self, claims: AccessClaims) -> Result<Verified, BearerError> {
        let oid = match (&self.issuers.tenant, &claims.oid) {
            (Some(_), Some(oid)) => oid.clone(),
            (Some(_), None) => return Err(invalid("it does not say whom it stands for (oid)")),
            (None, _) => claims.subject.clone(),
        };
        let tid = self.issuers.tenant.clone().unwrap_or_else(|| self.issuers.configured.clone());
        let account = AccountKey { tid, oid };
        let (client, expires_at) = (claims.client.clone(), claims.expires_at);
        let subject = match claims.kind()? {
            Kind::Delegated if !claims.has_scope(SCOPE) => return Err(BearerError::Missing(MissingRight::Scope)),
            Kind::Delegated => Subject::Person(Box::new(PersonClaims {
                account,
                name: claims.name,
                username: claims.username,
                email: claims.email,
                groups: claims.groups,
                app_roles: claims.roles,
                issued_at: claims.issued_at,
            })),
            Kind::AppOnly if !claims.roles.iter().any(|role| role == ROLE) => {
                return Err(BearerError::Missing(MissingRight::Role));
            }
            Kind::AppOnly => {
                let name = claims.client_name.unwrap_or_else(|| format!("Application {client}"));
                Subject::Service(ServiceClaims { account, name, app_roles: claims.roles })
            }
        };
        Ok(Verified { subject, client, expires_at })
    }

    /// Application ids are compared as GUIDs are: without regard to case.
    fn allowed(&self, verified: Verified) -> Result<Verified, BearerError> {
        let allowed = &self.api.allowed_clients;
        if allowed.is_empty() || allowed.iter().any(|id| id.eq_ignore_ascii_case(&verified.client)) {
            Ok(verified)
        } else {
            Err(BearerError::Missing(MissingRight::Client))
        }
    }
}

impl Issuers {
    /// Issuer, version and tenant belong together and are ours.
    fn check(&self, claims: &AccessClaims) -> Result<(), BearerError> {
        let Some(tenant) = &self.tenant else {
            return if claims.issuer == self.configured { Ok(()) } else { Err(foreign()) };
        };
        let version = if claims.issuer == self.configured {
            "2.0"
        } else if Some(&claims.issuer) == self.v1.as_ref() {
            "1.0"
        } else {
            return Err(foreign());
        };
        if claims.version.as_deref() != Some(version) {
            return Err(invalid("its version (ver) is not its issuer's"));
        }
        if !claims.tid.as_ref().is_some_and(|tid| tid.eq_ignore_ascii_case(tenant)) {
            return Err(invalid("it is of another tenant (tid)"));
        }
        Ok(())
    }
}

fn foreign() -> BearerError {
    invalid("its issuer (iss) is not trusted here")
}

fn invalid(why: &str) -> BearerError {
    BearerError::Invalid(format!("The token is not accepted: {why}."))
}
