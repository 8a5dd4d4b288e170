//! OData query options.

use url::form_urlencoded;

pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub fn parse(raw: &str) -> Self {
        Self { pairs: form_urlencoded::parse(raw.as_bytes()).into_owned().collect() }
    }

    /// With or without the dollar sign.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, _)| key.strip_prefix('$').unwrap_or(key).eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn select(&self) -> Option<Vec<String>> {
        let names: Vec<String> =
            self.get("select")?.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        (!names.is_empty()).then_some(names)
    }

    /// The same options with another skip token, as written into `@odata.nextLink`.
    pub fn with_skip_token(&self, token: &str) -> String {
        let kept = self
            .pairs
            .iter()
            .filter(|(key, _)| !key.eq_ignore_ascii_case("$skiptoken"))
            .map(|(key, value)| format!("{key}={}", encode(value)));
        let token = format!("$skiptoken={}", encode(token));
        kept.chain([token]).collect::<Vec<_>>().join("&")
    }
}

/// Graph leaves the dollar sign and the comma readable.
fn encode(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace("%2C", ",")
}
