//! What the other side saw of the app's requests.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::support::TestApp;

/// The forms that the token endpoint got, without any secret, and when they came (`at`, seconds).
pub async fn token_requests(app: &TestApp) -> Vec<HashMap<String, String>> {
    let requests = app.requests("entra").await;
    let requests = requests.iter().filter(|request| request["path"].as_str().unwrap().ends_with("/oauth2/v2.0/token"));
    let forms = requests.map(|request| {
        assert!(request["headers"].get("authorization").is_none(), "{request}");
        let form = url::form_urlencoded::parse(request["body"].as_str().unwrap().as_bytes());
        let mut form: HashMap<_, _> = form.into_owned().collect();
        assert!(!form.contains_key("client_secret"), "{form:?}");
        let at = time::OffsetDateTime::parse(
            request["time"].as_str().unwrap(),
            &time::format_description::well_known::Rfc3339,
        );
        form.insert("at".to_owned(), (at.unwrap().unix_timestamp_nanos() as f64 / 1e9).to_string());
        form
    });
    forms.collect()
}

pub fn grants(requests: &[HashMap<String, String>]) -> Vec<&str> {
    requests.iter().map(|request| &*request["grant_type"]).collect()
}

/// Header and claims of the assertion in a request.
pub fn assertion_of(request: &HashMap<String, String>) -> [Value; 2] {
    assert_eq!(request["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let mut parts = request["client_assertion"].split('.');
    [(); 2].map(|()| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap())
}

pub async fn no_key_is_sent(app: &TestApp) {
    let requests = app.requests("openai").await;
    assert!(!requests.is_empty());
    for headers in requests.iter().map(|request| &request["headers"]) {
        assert!(headers.get("api-key").is_none(), "{headers}");
        assert!(headers["authorization"].as_str().unwrap().starts_with("Bearer "), "{headers}");
    }
}
