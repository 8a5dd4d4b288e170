//! A token taken apart (RFC 7515 compact form, RFC 7519); nothing in it is believed yet.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize,
    de::{Deserializer, Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{BearerError, invalid, signature::Algorithm};

/// The parts of a token.
pub(super) struct Jws<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: String,
    pub(super) claims: Map<String, Value>,
    /// What is signed.
    pub(super) message: &'a [u8],
    pub(super) signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    pub(super) fn parse(token: &'a str) -> Result<Self, BearerError> {
        let malformed = || invalid("it is not a signed JSON Web Token");
        let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = message.split_once('.').ok_or_else(malformed)?;
        let header = object(header).ok_or_else(malformed)?;
        // Extensions that have to be understood; none is (RFC 7515 §4.1.11).
        if header.contains_key("crit") {
            return Err(invalid("its header demands an extension (crit)"));
        }
        if let Some(kind) = header.get("typ") {
            let kind = kind.as_str().unwrap_or_default().to_ascii_lowercase();
            if !matches!(kind.as_str(), "jwt" | "at+jwt" | "application/at+jwt") {
                return Err(invalid("its header says that it is something else (typ)"));
            }
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::from_name);
        let algorithm = algorithm.ok_or_else(|| invalid("its algorithm (alg) is not allowed"))?;
        let kid = header.get("kid").and_then(Value::as_str);
        let kid = kid.ok_or_else(|| invalid("it does not say which key signed it (kid)"))?.to_owned();
        let claims = object(claims).ok_or_else(malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
        Ok(Self { algorithm, kid, claims, message: message.as_bytes(), signature })
    }
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice::<Members>(&bytes).ok().map(|members| members.0)
}

/// An object in which no name is given twice. Which of the two counts would be a matter of the parser, and the signer's
/// need not be ours (RFC 7519 §4 lets such tokens be rejected).
struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member is given twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
