//! An authorize request: parsed, checked, and the ways to answer it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::form_urlencoded;

use super::codes::{Challenge, Grant};
use super::errors::TokenError;
use super::scopes::Scopes;
use super::sessions::Session;
use super::tenant::Authority;
use super::{client_auth, codes, page, reply, sessions};
use crate::clients::Client;
use crate::constants::TENANT_ID;
use crate::personas::Persona;
use crate::state::Shared;
use crate::{clock, http, random};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    Login,
    None,
    Consent,
    SelectAccount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// A request whose client and redirect address are known to belong together.
pub struct AuthorizeRequest {
    /// As received, for the forms of the sign-in pages.
    pub raw: String,
    pub authority: Authority,
    pub client: Client,
    pub prompt: Option<Prompt>,
    pub login_hint: Option<String>,
    pub max_age_secs: Option<i64>,
    pub scopes: Scopes,
    scope_text: String,
    redirect_uri: String,
    mode: ResponseMode,
    state: Option<String>,
    nonce: Option<String>,
    challenge: Option<Challenge>,
    wants_client_info: bool,
}

impl AuthorizeRequest {
    /// A refusal is a page of ours as long as the redirect address is not proven to be the client's.
    pub fn parse(state: &Shared, authority: Authority, raw: &str) -> Result<Self, Box<Response>> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
        let get = |name: &str| {
            pairs.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.clone())
        };
        let on_page = |error: TokenError| Box::new(reply::error_page(&error));
        if let Some(name) = duplicate(&pairs) {
            return Err(on_page(TokenError::new(
                "invalid_request",
                9000411,
                format!("The request is not properly formatted. The parameter '{name}' is duplicated."),
            )));
        }
        let client_id = get("client_id").ok_or_else(|| on_page(client_auth::missing("client_id")))?;
        let client = state.client(&client_id).ok_or_else(|| on_page(client_auth::unknown(&client_id)))?;
        let redirect_uri = get("redirect_uri").ok_or_else(|| on_page(client_auth::missing("redirect_uri")))?;
        if redirect_uri.len() > 256 || !client.allows_redirect(&redirect_uri) {
            return Err(on_page(TokenError::new(
                "invalid_request",
                50011,
                format!(
                    "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal."
                ),
            )));
        }
        let mut request = Self {
            raw: raw.to_owned(),
            authority,
            client,
            prompt: None,
            login_hint: get("login_hint"),
            max_age_secs: get("max_age").and_then(|value| value.parse().ok()),
            scopes: Scopes::default(),
            scope_text: get("scope").unwrap_or_default(),
            redirect_uri,
            mode: ResponseMode::Query,
            state: get("state"),
            nonce: get("nonce"),
            challenge: None,
            wants_client_info: get("client_info").as_deref() == Some("1"),
        };
        match request.check(get) {
            Ok(()) => Ok(request),
            Err(error) => Err(Box::new(request.refuse(&error))),
        }
    }

    /// What is wrong from here on goes back to the application.
    fn check(&mut self, get: impl Fn(&str) -> Option<String>) -> Result<(), TokenError> {
        self.mode = match get("response_mode").as_deref() {
            None | Some("query") => ResponseMode::Query,
            Some("fragment") => ResponseMode::Fragment,
            Some("form_post") => ResponseMode::FormPost,
            Some(other) => {
                return Err(TokenError::new(
                    "invalid_request",
                    900561,
                    format!("The response_mode '{other}' is not supported."),
                ));
            }
        };
        match get("response_type").as_deref() {
            Some("code") => {}
            None => return Err(client_auth::missing("response_type")),
            Some(other) if other.split(' ').any(|part| part == "id_token" || part == "token") => {
                return Err(TokenError::new(
                    "unsupported_response_type",
                    700054,
                    "response_type 'id_token' is not enabled for the application.",
                ));
            }
            Some(other) => {
                return Err(TokenError::new(
                    "unsupported_response_type",
                    70016,
                    format!("The response_type '{other}' is not supported."),
                ));
            }
        }
        if self.scope_text.is_empty() {
            return Err(client_auth::missing("scope"));
        }
        self.scopes = Scopes::parse(&self.scope_text)?;
        self.prompt = match get("prompt").as_deref() {
            None => None,
            Some("login") => Some(Prompt::Login),
            Some("none") => Some(Prompt::None),
            Some("consent") => Some(Prompt::Consent),
            Some("select_account") => Some(Prompt::SelectAccount),
            Some(other) => {
                return Err(TokenError::new(
                    "invalid_request",
                    90023,
                    format!("Unsupported 'prompt' value '{other}'."),
                ));
            }
        };
        let method = get("code_challenge_method");
        if let Some(challenge) = get("code_challenge") {
            self.challenge = Some(Challenge::parse(&challenge, method.as_deref())?);
        } else if method.is_some() {
            return Err(TokenError::new("invalid_request", 50147, "Missing Code_Challenge parameter."));
        }
        if let Some(claims) = get("claims")
            && serde_json::from_str::<serde_json::Value>(&claims).is_err()
        {
            return Err(TokenError::new("invalid_request", 50129, "The claims parameter is not a JSON object."));
        }
        Ok(())
    }

    /// Success: a code for this session.
    pub fn complete(&self, state: &Shared, session: &Session, persona: &Persona) -> Response {
        sessions::note_app(state, &session.sid, &self.client.id, &self.redirect_uri);
        let code = codes::issue(
            state,
            Grant {
                client_id: self.client.id.clone(),
                redirect_uri: self.redirect_uri.clone(),
                oid: persona.oid.clone(),
                sid: session.sid.clone(),
                scope: self.scope_text.clone(),
                nonce: self.nonce.clone(),
                challenge: self.challenge.clone(),
                auth_time: session.auth_time,
                issued_at: clock::unix_secs(),
                revocations: session.revocations,
                redeemed: false,
            },
        );
        let mut answer = vec![("code", code)];
        if self.wants_client_info {
            let info = json!({"uid": persona.oid, "utid": TENANT_ID}).to_string();
            answer.push(("client_info", URL_SAFE_NO_PAD.encode(info)));
        }
        answer.extend(self.state.clone().map(|state| ("state", state)));
        answer.push(("session_state", session.sid.clone()));
        self.deliver(&answer)
    }

    /// Failure, with the description users can send to their administrators.
    pub fn refuse(&self, error: &TokenError) -> Response {
        let description = error.description(&random::guid(), &random::guid());
        let mut answer = vec![("error", error.error.clone()), ("error_description", description)];
        // A lookup page exists for some codes only.
        if matches!(error.code, 50058 | 50076 | 50105 | 65001 | 65004 | 700054) {
            let uri = format!("https://login.microsoftonline.com/error?code={}", error.code);
            answer.push(("error_uri", uri));
        }
        answer.extend(error.suberror.clone().map(|sub| ("error_subcode", sub)));
        answer.extend(self.state.clone().map(|state| ("state", state)));
        self.deliver(&answer)
    }

    /// The user pressed Cancel: no description at all.
    pub fn cancelled(&self) -> Response {
        let mut answer = vec![("error", "access_denied".to_owned()), ("error_subcode", "cancel".to_owned())];
        answer.extend(self.state.clone().map(|state| ("state", state)));
        self.deliver(&answer)
    }

    fn deliver(&self, answer: &[(&str, String)]) -> Response {
        if self.mode == ResponseMode::FormPost {
            return http::html(StatusCode::OK, page::form_post(&self.redirect_uri, answer));
        }
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.extend_pairs(answer);
        let separator = match self.mode {
            ResponseMode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        redirect(&format!("{}{separator}{}", self.redirect_uri, text.finish()))
    }
}

/// 302, as Entra answers both GET and POST.
pub fn redirect(location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (
            StatusCode::FOUND,
            [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-cache"))],
        )
            .into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn duplicate(pairs: &[(String, String)]) -> Option<&str> {
    pairs
        .iter()
        .enumerate()
        .find(|(index, (name, _))| pairs[..*index].iter().any(|(earlier, _)| earlier == name))
        .map(|(_, (name, _))| name.as_str())
}
