//! The app's own public origin, and which addresses lead back to it.

use url::Url;

/// The origin that browsers know the app by, such as `https://chat.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(Url);

impl Origin {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|_| "is not a URL".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("is not an http or https URL".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
            return Err("is more than an origin; leave away the path and what follows it".to_owned());
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err("is http, which is allowed for loopback only".to_owned());
        }
        Ok(Self(url))
    }

    /// Whether cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// As the `Origin` header writes it: no slash at the end.
    pub fn as_header(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The absolute address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.as_header())
    }

    /// The path and query of `target` when it leads to a page of this origin and nowhere else.
    ///
    /// Browsers read backslashes as slashes and drop tabs and line ends, so that `/\host` leaves the origin: anything
    /// with such characters is refused, written out or percent-encoded at any depth, before the rest is parsed.
    pub fn local_path(&self, target: &str) -> Option<String> {
        if !target.starts_with('/') || target.starts_with("//") || !is_plain(target) {
            return None;
        }
        let url = self.0.join(target).ok()?;
        if url.origin() != self.0.origin() || url.path().starts_with("//") {
            return None;
        }
        Some(match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        })
    }
}

/// Free of what makes a browser and a parser disagree, in `text` itself and in all it decodes to.
fn is_plain(text: &str) -> bool {
    let mut text = text.to_owned();
    // Deeper nesting than this has no honest use.
    for _ in 0..4 {
        let path = text.split(['?', '#']).next().unwrap_or_default();
        if text.chars().any(|c| c.is_control() || c == '\\') || path.contains("//") {
            return false;
        }
        let decoded = percent_decode(&text);
        if decoded == text {
            return true;
        }
        text = decoded;
    }
    false
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |i: usize| bytes.get(i).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[at], hex(at + 1), hex(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Whether `url` stays on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn only_paths_of_this_origin_are_local() {
        let origin = Origin::parse("https://chat.example.com").unwrap();
        for good in ["/chat", "/chat/1?x=1", "/", "/chat?back=%2Fprofile"] {
            assert_eq!(origin.local_path(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "chat",
            "//evil.example",
            "/\\evil.example",
            "/%5cevil.example",
            "/%255cevil.example",
            "/%2f/evil.example",
            "/%2F%2Fevil.example",
            "/\tevil",
            "/\r\nSet-Cookie: x",
            "/%0d%0aLocation:%20x",
            "https://evil.example/chat",
            "javascript:alert(1)",
            "https://chat.example.com@evil.example",
            "/..//evil.example",
        ] {
            assert_eq!(origin.local_path(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_public_origin_has_to_be_https() {
        assert!(Origin::parse("http://chat.example.com").is_err());
        assert!(Origin::parse("http://localhost:3000").is_ok());
        assert!(Origin::parse("https://chat.example.com/sub").is_err());
    }
}
