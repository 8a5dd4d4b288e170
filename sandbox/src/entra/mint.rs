//! Makes id tokens, access tokens and refresh tokens.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::scopes::{Resource, Scopes};
use super::{discovery, tamper};
use crate::clients::Client;
use crate::constants::*;
use crate::error::Result;
use crate::personas::Persona;
use crate::state::Shared;
use crate::{clock, jwt, keys, random};

/// Entra dates tokens back, so that clocks may differ a little.
const BACKDATED_SECS: i64 = 300;
/// The most groups a token may list before it only points at the directory.
const MAX_TOKEN_GROUPS: usize = 200;

/// How a client proved itself; `azpacr` in access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It did not: an application on somebody's own machine.
    Public,
    Secret,
    Assertion,
}

/// A person at an application.
pub struct Subject<'a> {
    pub client: &'a Client,
    pub persona: &'a Persona,
    pub sid: &'a str,
    pub login_hint: Option<&'a str>,
    pub auth_time: i64,
}

/// `sub` is pairwise: it differs between applications.
fn pairwise_sub(oid: &str, app: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{oid}|{app}")))
}

pub fn issuer(origin: &str) -> String {
    format!("{origin}/{TENANT_ID}/v2.0")
}

pub fn id_token(
    state: &Shared,
    origin: &str,
    subject: &Subject<'_>,
    scopes: &Scopes,
    nonce: Option<&str>,
) -> Result<String> {
    let (client, persona) = (subject.client, subject.persona);
    let mut claims = times(3600);
    claims.extend(object(json!({
        "iss": issuer(origin),
        "aud": client.id,
        "sub": pairwise_sub(&persona.oid, &client.id),
        "tid": TENANT_ID,
        "ver": "2.0",
        "uti": random::token(16),
        "rh": format!("1.A{}.", random::token(20)),
        "aio": random::token(40),
        "sid": subject.sid,
        "auth_time": subject.auth_time,
        "acct": u8::from(persona.guest),
    })));
    if let Some(nonce) = nonce {
        claims.insert("nonce".into(), nonce.into());
    }
    if let Some(hint) = subject.login_hint {
        claims.insert("login_hint".into(), hint.into());
    }
    if scopes.profile {
        claims.extend(object(json!({
            "oid": persona.oid,
            "name": persona.name,
            "preferred_username": persona.upn,
        })));
    }
    if scopes.email
        && let Some(mail) = &persona.mail
    {
        claims.insert("email".into(), mail.as_str().into());
    }
    if persona.guest {
        claims.insert("idp".into(), guest_idp().into());
    }
    claims.extend(memberships(persona));
    tamper::id_token(state, persona, claims)
}

fn guest_idp() -> String {
    discovery::v1_issuer_of("77777777-7777-4777-8777-777777777777")
}

fn times(lifetime_secs: i64) -> Map<String, Value> {
    let issued = clock::unix_secs() - BACKDATED_SECS;
    let expires = clock::unix_secs() + lifetime_secs;
    object(json!({"iat": issued, "nbf": issued, "exp": expires}))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Groups and app roles, or the pointer that replaces too many groups.
fn memberships(persona: &Persona) -> Map<String, Value> {
    let mut claims = Map::new();
    if persona.groups.len() > MAX_TOKEN_GROUPS {
        let endpoint = format!("https://graph.windows.net/{TENANT_ID}/users/{}/getMemberObjects", persona.oid);
        claims.insert("_claim_names".into(), json!({"groups": "src1"}));
        claims.insert("_claim_sources".into(), json!({"src1": {"endpoint": endpoint}}));
    } else if !persona.groups.is_empty() {
        let ids: Vec<&str> = persona.groups.iter().map(|g| g.id.as_str()).collect();
        claims.insert("groups".into(), json!(ids));
    }
    if !persona.roles.is_empty() {
        claims.insert("roles".into(), json!(persona.roles));
    }
    claims
}

/// An access token and its lifetime in seconds.
pub type Minted = (String, i64);

/// Lifetimes vary between 60 and 90 minutes.
fn lifetime() -> i64 {
    3600 + random::number_below(1800) as i64
}

/// On behalf of a person.
pub fn delegated(
    state: &Shared,
    origin: &str,
    subject: &Subject<'_>,
    resource: Resource,
    permissions: &[String],
    proof: Proof,
) -> Result<Minted> {
    let (client, persona) = (subject.client, subject.persona);
    let lifetime = lifetime();
    let mut claims = times(lifetime);
    claims.extend(object(json!({
        "oid": persona.oid,
        "tid": TENANT_ID,
        "sid": subject.sid,
        "scp": permissions.join(" "),
        "name": persona.name,
        "uti": random::token(16),
        "rh": format!("1.A{}.", random::token(20)),
    })));
    let app = match resource {
        Resource::Api => CLIENT_ID,
        other => other.audience(),
    };
    claims.insert("sub".into(), pairwise_sub(&persona.oid, app).into());
    if resource == Resource::Api {
        claims.extend(memberships(persona));
    }
    caller(state, origin, client, proof, resource, &mut claims);
    let user = if claims.get("ver") == Some(&json!("2.0")) {
        json!({"preferred_username": persona.upn})
    } else {
        json!({"upn": persona.upn, "unique_name": persona.upn})
    };
    claims.extend(object(user));
    Ok((sign(state, resource, persona, claims)?, lifetime))
}

/// For the application itself.
pub fn app_only(state: &Shared, origin: &str, client: &Client, resource: Resource, proof: Proof) -> Result<Minted> {
    let lifetime = 3599;
    let mut claims = times(lifetime);
    claims.extend(object(json!({
        "oid": client.principal_id,
        "sub": client.principal_id,
        "tid": TENANT_ID,
        "idtyp": "app",
        "uti": random::token(16),
        "rh": format!("1.A{}.", random::token(20)),
    })));
    // Issued even without any role: checking is the API's business.
    let roles: &[String] = match resource {
        Resource::Api => &client.api_roles,
        _ => &[],
    };
    if !roles.is_empty() {
        claims.insert("roles".into(), json!(roles));
    }
    caller(state, origin, client, proof, resource, &mut claims);
    let key = state.keys.current()?;
    let claims = Value::Object(claims);
    let token = match resource {
        Resource::Graph => jwt::graph(&key, &random::token(32), &claims),
        _ => jwt::signed(&key, json!({}), &claims),
    };
    Ok((token, lifetime))
}

/// Issuer, audience and calling application, which differ between v1 and v2 tokens.
fn caller(
    state: &Shared,
    origin: &str,
    client: &Client,
    proof: Proof,
    resource: Resource,
    claims: &mut Map<String, Value>,
) {
    let strength = match proof {
        Proof::Public => "0",
        Proof::Secret => "1",
        Proof::Assertion => "2",
    };
    let v2 = resource == Resource::Api && !state.options.api_tokens_v1;
    let more = if v2 {
        json!({"ver": "2.0", "iss": issuer(origin), "aud": CLIENT_ID, "azp": client.id, "azpacr": strength})
    } else {
        json!({
            "ver": "1.0", "iss": discovery::v1_issuer_of(TENANT_ID), "aud": resource.audience(),
            "appid": client.id, "appidacr": strength, "app_displayname": client.name,
        })
    };
    claims.extend(object(more));
}

fn sign(state: &Shared, resource: Resource, persona: &Persona, claims: Map<String, Value>) -> Result<String> {
    match resource {
        Resource::Graph => {
            let key = state.keys.current()?;
            Ok(jwt::graph(&key, &random::token(32), &Value::Object(claims)))
        }
        _ => tamper::access_token(state, persona, claims),
    }
}

/// What a refresh token stands for. Self-contained, so that it survives a restart of the sandbox.
#[derive(Clone, Debug)]
pub struct Refresh {
    pub client_id: String,
    pub oid: String,
    pub sid: String,
    pub login_hint: Option<String>,
    pub scope: String,
    pub auth_time: i64,
    pub issued_at: i64,
    pub revocations: u32,
}

impl Refresh {
    pub fn seal(&self) -> Result<String> {
        let value = json!({
            "c": self.client_id, "o": self.oid, "s": self.sid, "h": self.login_hint,
            "p": self.scope, "a": self.auth_time, "i": self.issued_at, "v": self.revocations, "r": random::token(12),
        });
        Ok(format!("1.A{}", jwt::seal(&keys::sealing_secret()?, &value)))
    }

    pub fn unseal(token: &str) -> Option<Self> {
        let secret = keys::sealing_secret().ok()?;
        let value = jwt::unseal(&secret, token.strip_prefix("1.A")?)?;
        let text = |name: &str| value.get(name)?.as_str().map(ToOwned::to_owned);
        Some(Self {
            client_id: text("c")?,
            oid: text("o")?,
            sid: text("s")?,
            login_hint: text("h"),
            scope: text("p")?,
            auth_time: value.get("a")?.as_i64()?,
            issued_at: value.get("i")?.as_i64()?,
            revocations: u32::try_from(value.get("v")?.as_u64()?).ok()?,
        })
    }
}
