//! Where the platform's managed identity is asked for, read from the variables that the platform sets.

use std::net::IpAddr;

use secrecy::SecretString;
use url::{Host, Url};

use super::super::faults::Reader;

/// The address of virtual machines' metadata service, the same on each of them.
const VIRTUAL_MACHINE: &str = "http://169.254.169.254";

/// An identity that the platform vouches for.
#[derive(Clone, Debug)]
pub struct ManagedIdentity {
    pub endpoint: IdentityEndpoint,
    /// Which of several, by its client id; absent = the one that the system assigned.
    pub client_id: Option<String>,
}

/// The two forms of the endpoint.
#[derive(Clone, Debug)]
pub enum IdentityEndpoint {
    /// App Service and Container Apps. The header's value proves that the request comes from inside.
    AppService { url: Url, header: SecretString },
    /// Virtual machines, and containers on them.
    VirtualMachine { url: Url },
}

impl ManagedIdentity {
    pub(super) fn read(read: &mut Reader<'_>, endpoint: Option<&str>, client_id: Option<String>) -> Option<Self> {
        let endpoint = match endpoint {
            Some(url) => {
                let url = nearby(url).map_err(|problem| {
                    read.fault(
                        "IDENTITY_ENDPOINT",
                        problem,
                        "set by the platform, e.g. http://localhost:42356/msi/token",
                    );
                });
                let header = read.required(
                    &["IDENTITY_HEADER"],
                    "set by the platform together with IDENTITY_ENDPOINT",
                    |text| {
                        let fits = text.bytes().all(|byte| byte.is_ascii_graphic());
                        if fits { Ok(SecretString::from(text)) } else { Err("cannot be sent in a header".to_owned()) }
                    },
                );
                IdentityEndpoint::AppService { url: url.ok()?, header: header? }
            }
            None => {
                // The name is that of Microsoft's own libraries.
                let host = read.optional("AZURE_POD_IDENTITY_AUTHORITY_HOST", "e.g. http://169.254.169.254", nearby);
                let host = host.or_else(|| Url::parse(VIRTUAL_MACHINE).ok())?;
                IdentityEndpoint::VirtualMachine { url: host.join("/metadata/identity/oauth2/token").ok()? }
            }
        };
        Some(Self { endpoint, client_id })
    }
}

/// An https URL; http only where the platform answers itself: on this machine or in its private network.
fn nearby(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "is not a URL".to_owned())?;
    let private = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback() || ip.is_link_local() || ip.is_private(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback() || ip.is_unicast_link_local() || ip.is_unique_local(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if private => Ok(url),
        "http" => Err("is http and leads out of the private network".to_owned()),
        _ => Err("is not a URL that can be asked".to_owned()),
    }
}
