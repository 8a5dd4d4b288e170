//! The claims of an access token for our API, as Entra writes them in both versions (Microsoft: "Access token claims
//! reference").

use serde_json::{Map, Value};

use super::{BearerError, invalid};

/// Who is behind a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person, by an application.
    Delegated,
    /// An application by itself.
    AppOnly,
}

/// Members of another kind than they have to be make the token unreadable.
pub(super) struct AccessClaims {
    pub(super) issuer: String,
    pub(super) audience: String,
    pub(super) subject: String,
    pub(super) oid: Option<String>,
    pub(super) tid: Option<String>,
    pub(super) version: Option<String>,
    /// `azp` in v2, `appid` in v1, `client_id` elsewhere (RFC 9068); empty = none.
    pub(super) client: String,
    pub(super) client_name: Option<String>,
    pub(super) scopes: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) id_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    /// Unix seconds, all of them.
    pub(super) issued_at: i64,
    pub(super) not_before: Option<i64>,
    pub(super) expires_at: i64,
}

impl AccessClaims {
    pub(super) fn read(claims: &Map<String, Value>) -> Result<Self, BearerError> {
        let first = |names: &[&str]| -> Result<Option<String>, BearerError> {
            Ok(names.iter().map(|name| text(claims, name)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().next())
        };
        let missing = |name: &str| invalid(&format!("it has no {name}"));
        Ok(Self {
            issuer: text(claims, "iss")?.ok_or_else(|| missing("iss"))?,
            audience: audience(claims)?,
            subject: text(claims, "sub")?.filter(|sub| !sub.is_empty()).ok_or_else(|| missing("sub"))?,
            oid: text(claims, "oid")?.filter(|oid| !oid.is_empty()),
            tid: text(claims, "tid")?,
            version: text(claims, "ver")?,
            client: first(&["azp", "appid", "client_id"])?.unwrap_or_default(),
            client_name: text(claims, "app_displayname")?.filter(|name| !name.trim().is_empty()),
            scopes: first(&["scp", "scope"])?,
            roles: list(claims, "roles")?.unwrap_or_default(),
            groups: list(claims, "groups")?,
            id_type: text(claims, "idtyp")?,
            name: text(claims, "name")?,
            username: first(&["preferred_username", "upn", "unique_name"])?,
            email: text(claims, "email")?,
            issued_at: time(claims, "iat")?.ok_or_else(|| missing("iat"))?,
            not_before: time(claims, "nbf")?,
            expires_at: time(claims, "exp")?.ok_or_else(|| missing("exp"))?,
        })
    }

    /// `idtyp` says it where the registration asks for it. Without it, an application has no scopes and is its own
    /// subject (Microsoft: "Access token claims reference"). An id_token, which has the same issuer, keys and audience
    /// as a token for us, is neither.
    pub(super) fn kind(&self) -> Result<Kind, BearerError> {
        let is_own_subject = self.oid.as_ref().is_none_or(|oid| *oid == self.subject);
        match (self.id_type.as_deref(), &self.scopes) {
            (Some("app"), None) => Ok(Kind::AppOnly),
            (Some("app"), Some(_)) => Err(invalid("it is of an application and has scopes")),
            (Some("user") | None, Some(_)) => Ok(Kind::Delegated),
            (None, None) if is_own_subject => Ok(Kind::AppOnly),
            _ => Err(invalid("it is neither of a person with scopes nor of an application")),
        }
    }

    pub(super) fn has_scope(&self, name: &str) -> bool {
        self.scopes.as_deref().unwrap_or_default().split(' ').any(|scope| scope == name)
    }

    pub(super) fn check_times(&self, now: i64, skew_secs: i64) -> Result<(), BearerError> {
        if self.expires_at.saturating_add(skew_secs) <= now {
            return Err(invalid("it has expired (exp)"));
        }
        let latest = now.saturating_add(skew_secs);
        if self.not_before.is_some_and(|from| from > latest) {
            return Err(invalid("it is not valid yet (nbf)"));
        }
        if self.issued_at > latest {
            return Err(invalid("it was issued in the future (iat)"));
        }
        Ok(())
    }
}

fn wrong(name: &str) -> BearerError {
    invalid(&format!("its {name} is not what it should be"))
}

fn text(claims: &Map<String, Value>, name: &str) -> Result<Option<String>, BearerError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.chars().any(char::is_control) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name)),
    }
}

/// One. A token for several could be taken from us and used there, or the other way round.
fn audience(claims: &Map<String, Value>) -> Result<String, BearerError> {
    match claims.get("aud") {
        Some(Value::String(one)) => Ok(one.clone()),
        Some(Value::Array(many)) => match many.as_slice() {
            [Value::String(one)] => Ok(one.clone()),
            _ => Err(wrong("aud")),
        },
        _ => Err(wrong("aud")),
    }
}

fn list(claims: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, BearerError> {
    let entries = match claims.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(entries)) => entries.iter().map(|entry| entry.as_str().map(str::to_owned)).collect(),
        Some(_) => None,
    };
    entries.map(Some).ok_or_else(|| wrong(name))
}

fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, BearerError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        // RFC 7519 §2: a number, which may have a fraction.
        Some(value) => value.as_i64().or_else(|| whole(value.as_f64()?)).map(Some).ok_or_else(|| wrong(name)),
    }
}

fn whole(secs: f64) -> Option<i64> {
    // Beyond this a double is no exact second, and no time that a token could mean.
    (secs.abs() < 1e15).then_some(secs as i64)
}
