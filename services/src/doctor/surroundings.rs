//! What the configuration says of the app itself.

use super::{Check, Outcome};
use crate::config::Config;

/// The address that browsers know the app by. Anything but https was refused when the configuration was read, except
/// on loopback.
pub(super) fn public_address(config: &Config) -> Check {
    let origin = config.origin.as_header();
    let seen = if config.origin.is_https() { origin } else { format!("{origin}, for this machine only") };
    Outcome::ok(seen).of("public address")
}

/// The extra certificates, if there are to be any, and whether they can be used.
pub(super) fn certificates(config: &Config) -> Option<(Check, bool)> {
    let path = config.extra_ca_certs.as_ref()?;
    let remedy = "EXTRA_CA_CERTS has to name a readable PEM file with one `BEGIN CERTIFICATE` section or more.";
    let outcome = match std::fs::read(path) {
        Err(error) => Outcome::wrong(format!("{} cannot be read: {error}", path.display()), remedy),
        Ok(pem) => match reqwest::Certificate::from_pem_bundle(&pem) {
            Ok(certificates) if !certificates.is_empty() && is_usable(certificates.clone()) => {
                let count = certificates.len();
                Outcome::ok(format!("{count} in {}", path.display()))
            }
            _ => Outcome::wrong(format!("{} holds no certificate that can be used.", path.display()), remedy),
        },
    };
    let usable = matches!(outcome, Outcome::Ok { .. });
    Some((outcome.of("extra certificates"), usable))
}

/// PEM says little about what is inside; TLS looks at it.
fn is_usable(certificates: Vec<reqwest::Certificate>) -> bool {
    reqwest::Client::builder().tls_certs_merge(certificates).build().is_ok()
}
