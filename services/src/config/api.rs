//! The app-to-app API: for whom it is, and who may call it.

use url::Url;

use super::faults::{Reader, split_list};

/// Requests that one caller may make in a minute at one server, unless it is configured.
const REQUESTS_PER_MINUTE: u32 = 600;

/// The API, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiConfig {
    /// The App ID URI that tokens are for, such as `api://banter`. Tokens that name the client id instead are for it, too.
    pub audience: String,
    /// Application ids that may call; empty = all.
    pub allowed_clients: Vec<String>,
    /// Origins whose pages may call; empty = none.
    pub cors_origins: Vec<String>,
    pub requests_per_minute: u32,
    /// Application ids, and a cost centre that each may act in when it calls by itself.
    pub cost_centres: Vec<(String, String)>,
}

impl ApiConfig {
    /// `None` without `API_AUDIENCE`.
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let audience = read.optional("API_AUDIENCE", "the App ID URI, e.g. api://banter", parse_audience);
        let cors_origins =
            read.optional("API_CORS_ORIGINS", "origins separated by commas, e.g. https://tools.example.com", |text| {
                split_list(text).iter().map(|origin| parse_cors_origin(origin)).collect()
            });
        let requests_per_minute =
            read.optional("API_REQUESTS_PER_MINUTE", "a whole number above 0, e.g. 600", |text| {
                let number = text.parse::<u32>().ok().filter(|number| *number > 0);
                number.ok_or_else(|| "is not a whole number above 0".to_owned())
            });
        let cost_centres = read.optional(
            "API_COST_CENTRES",
            "pairs of application id and cost centre, e.g. 00000000-0000-0000-0000-000000000000=4711",
            |text| split_list(text).iter().map(|pair| parse_cost_centre(pair)).collect(),
        );
        let allowed_clients = read.list("API_ALLOWED_CLIENTS");
        Some(Self {
            audience: audience?,
            allowed_clients,
            cors_origins: cors_origins.unwrap_or_default(),
            cost_centres: cost_centres.unwrap_or_default(),
            requests_per_minute: requests_per_minute.unwrap_or(REQUESTS_PER_MINUTE),
        })
    }
}

fn parse_audience(text: &str) -> Result<String, String> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',') {
        return Err("is not one App ID URI".to_owned());
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn parse_cost_centre(pair: &str) -> Result<(String, String), String> {
    let parts = pair.split_once('=').map(|(client, centre)| (client.trim().to_owned(), centre.trim().to_owned()));
    let parts = parts.filter(|(client, centre)| !client.is_empty() && !centre.is_empty() && centre.len() <= 60);
    parts.ok_or_else(|| "has an entry that is not an application id, an equals sign and a cost centre".to_owned())
}

/// As browsers write it: scheme and host, without a path. No wildcard: answers carry people's conversations.
fn parse_cors_origin(text: &str) -> Result<String, String> {
    let origin = Url::parse(text).ok().map(|url| url.origin()).filter(url::Origin::is_tuple);
    let origin = origin.ok_or_else(|| "has an entry that is no origin".to_owned())?.ascii_serialization();
    if origin == text.trim_end_matches('/') {
        Ok(origin)
    } else {
        Err("has an entry with more than an origin".to_owned())
    }
}
