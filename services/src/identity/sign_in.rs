//! Signing in: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 7636).

use std::{sync::Arc, time::Duration};

use openidconnect::{
    AuthenticationFlow, CsrfToken, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl, Scope,
    TokenResponse as _,
    core::{CoreAuthPrompt, CoreResponseType},
};
use url::Url;

use super::{
    Attempt, ProviderError, ServiceTokens, SignInError, Tokens,
    id_token::Unverified,
    provider::Provider,
    relying_party::{IdClaims, RelyingParty, TokenAnswer},
};
use crate::{
    clock,
    config::{IdentityConfig, Origin, tenant_of},
    crypto::Keyring,
    store::users::AccountKey,
};

/// Names of groups need the last one, which an administrator consents to; ids come without.
const SCOPES: [&str; 5] = ["profile", "email", "offline_access", "User.Read", "GroupMember.Read.All"];

/// What the provider should show, if not what it would by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    None,
    Login,
    SelectAccount,
    Consent,
}

impl Prompt {
    /// The value of the `prompt` parameter.
    pub fn from_parameter(value: &str) -> Option<Self> {
        Some(match value {
            "none" => Self::None,
            "login" => Self::Login,
            "select_account" => Self::SelectAccount,
            "consent" => Self::Consent,
            _ => return None,
        })
    }
}

/// A sign-in that begins: send the browser to `url` and let it keep `sealed` until it comes back with `state`.
#[derive(Clone, Debug)]
pub struct Begun {
    pub url: Url,
    pub state: String,
    pub sealed: String,
}

/// The query of the redirect URI (RFC 6749 §4.1.2).
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub struct CallbackParams {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    pub error_subcode: Option<String>,
}

/// Somebody whom the provider vouches for.
#[derive(Clone, Debug)]
pub struct Finished {
    pub account: AccountKey,
    /// What the token calls the person; the directory may know better.
    pub name: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    pub sid: Option<String>,
    pub tokens: Tokens,
}

/// See the methods.
pub struct SignIn {
    party: Arc<RelyingParty>,
    signed_out_uri: String,
    keys: Arc<Keyring>,
}

impl SignIn {
    /// `issuer` was checked to be a URL when the configuration was read.
    pub(crate) fn new(
        config: IdentityConfig,
        origin: &Origin,
        http: reqwest::Client,
        keys: Arc<Keyring>,
    ) -> Result<(Self, ServiceTokens), url::ParseError> {
        let provider = Arc::new(Provider::new(IssuerUrl::new(config.issuer.clone())?, http.clone()));
        let tokens = ServiceTokens::new(config.clone(), http, Arc::clone(&provider));
        let redirect_uri = RedirectUrl::new(origin.url("/api/auth/callback/entra-id"))?;
        let signed_out_uri = origin.url("/signed-out");
        let party = Arc::new(RelyingParty { config, redirect_uri, provider });
        Ok((Self { party, signed_out_uri, keys }, tokens))
    }

    /// The provider's origin, such as `https://login.microsoftonline.com`.
    pub fn origin(&self) -> String {
        Url::parse(&self.party.config.issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// Whether the provider answers, for `/readyz`.
    pub async fn check_provider(&self) -> Result<(), SignInError> {
        self.party.provider.metadata().await.map(drop)
    }

    /// Begins a sign-in that will lead back to `return_to`, a path of our own.
    pub async fn begin(&self, return_to: String, prompt: Option<Prompt>) -> Result<Begun, SignInError> {
        let metadata = self.party.provider.metadata().await?;
        let client = self.party.client(&metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge);
        if let Some(prompt) = prompt {
            request = request.add_prompt(match prompt {
                Prompt::None => CoreAuthPrompt::None,
                Prompt::Login => CoreAuthPrompt::Login,
                Prompt::SelectAccount => CoreAuthPrompt::SelectAccount,
                Prompt::Consent => CoreAuthPrompt::Consent,
            });
        }
        let (url, state, nonce) = request.url();
        let attempt = Attempt {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            pkce_verifier: verifier.secret().clone(),
            return_to,
            begun_at: clock::now().unix_timestamp(),
        };
        Ok(Begun { url, sealed: attempt.seal(&self.keys), state: attempt.state })
    }

    /// The attempt that `params` answer, from what the browser kept.
    pub fn attempt(&self, params: &CallbackParams, sealed: Option<&str>) -> Result<Attempt, SignInError> {
        let state = params.state.as_deref().ok_or(SignInError::UnknownAttempt)?;
        Attempt::open(&self.keys, state, sealed.unwrap_or_default()).ok_or(SignInError::UnknownAttempt)
    }

    /// Redeems the code and verifies who came back.
    pub async fn finish(&self, attempt: &Attempt, params: CallbackParams) -> Result<Finished, SignInError> {
        if let Some(error) = params.error {
            // Entra names a cancelled sign-in by the subcode and leaves the description out.
            let cancelled = params.error_subcode.as_deref() == Some("cancel")
                || (error == "access_denied" && params.error_description.is_none());
            return Err(if cancelled {
                SignInError::Cancelled
            } else {
                SignInError::Refused(Box::new(ProviderError {
                    error,
                    error_description: params.error_description,
                    error_subcode: params.error_subcode,
                    ..ProviderError::default()
                }))
            });
        }
        let code = params.code.ok_or(SignInError::UnknownAttempt)?;
        let metadata = self.party.provider.metadata().await?;
        let answer = self.party.redeem(&metadata, code, attempt).await?;
        let claims = match self.party.verify(&metadata, &answer, attempt) {
            // The provider may sign with a key that is younger than our copy of its keys.
            Err(Unverified::UnknownKey) => match self.party.provider.refetched().await? {
                Some(metadata) => self.party.verify(&metadata, &answer, attempt)?,
                None => return Err(Unverified::UnknownKey.into()),
            },
            verified => verified?,
        };
        self.finished(&answer, &claims)
    }

    /// Where signing out at the provider happens; `None` when it offers that nowhere.
    pub async fn sign_out_url(&self, tokens: Option<&Tokens>) -> Option<Url> {
        let metadata = self.party.provider.metadata().await.ok()?;
        let mut url = metadata.additional_metadata().end_session_endpoint.as_ref()?.url().clone();
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", &self.signed_out_uri);
        if let Some(tokens) = tokens {
            // An id_token in a URL would end in histories and proxies' logs; Entra needs the hint only.
            if let Some(hint) = &tokens.login_hint {
                url.query_pairs_mut().append_pair("logout_hint", hint);
            }
        }
        url.query_pairs_mut().append_pair("client_id", &self.party.config.client_id);
        Some(url)
    }

    fn finished(&self, answer: &TokenAnswer, claims: &IdClaims) -> Result<Finished, SignInError> {
        let extra = claims.additional_claims();
        let tid = extra.tid.clone().or_else(|| tenant_of(&self.party.config.issuer));
        let account = AccountKey {
            tid: tid.unwrap_or_else(|| self.party.config.issuer.clone()),
            oid: extra.oid.clone().unwrap_or_else(|| claims.subject().to_string()),
        };
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let id_token = answer.id_token().map(ToString::to_string).unwrap_or_default();
        let lifetime = answer.expires_in().unwrap_or(Duration::from_secs(3600));
        Ok(Finished {
            account,
            name,
            username: claims.preferred_username().map(|name| name.to_string()),
            email: claims.email().map(|email| email.to_string()),
            sid: extra.sid.clone(),
            tokens: Tokens {
                access_token: answer.access_token().secret().clone(),
                refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
                id_token,
                login_hint: extra.login_hint.clone(),
                expires_at: (clock::now() + lifetime).unix_timestamp(),
            },
        })
    }
}
