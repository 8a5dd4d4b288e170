//! Signing in: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 7636).

use std::{sync::Arc, time::Duration};

use openidconnect::{
    AuthenticationFlow, CsrfToken, IssuerUrl, LoginHint, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse as _,
    core::{CoreAuthPrompt, CoreResponseType},
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    Attempt, Bearer, ProviderError, ServiceTokens, SignInError, Tokens, claims,
    credential::Credential,
    id_token::Unverified,
    provider::Provider,
    relying_party::{IdClaims, RelyingParty, TokenAnswer},
    userinfo::Names,
};
use crate::{
    BuildError, clock,
    config::{ApiConfig, IdentityConfig, Origin, tenant_of},
    crypto::{Keyring, Purpose},
    store::users::AccountKey,
};

/// Names of groups need the last one, which an administrator consents to; ids come without.
pub(crate) const SCOPES: [&str; 5] = ["profile", "email", "offline_access", "User.Read", "GroupMember.Read.All"];

/// What the provider should show, if not what it would by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// How somebody wants to sign in.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// A path of our own.
    pub return_to: String,
    pub prompt: Option<Prompt>,
    /// Whom the provider is to expect.
    pub login_hint: Option<String>,
    /// Without a prompt: ask the provider to show nothing, because it probably need not.
    pub silent: bool,
}

/// An account that signed in before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Known {
    /// What the provider recognises it by.
    pub login_hint: Option<String>,
}

/// New tokens, and what comes with them.
pub struct Renewed {
    pub tokens: Tokens,
    /// Absent when the provider sent none: then the directory has to be asked.
    pub groups: Option<Vec<String>>,
    /// Absent when there is no new id_token: then the old ones stand.
    pub app_roles: Option<Vec<String>>,
}

/// A sign-in that begins: send the browser to `url` and let it keep `sealed` until it comes back with `state`.
#[derive(Clone, Debug)]
pub struct Begun {
    pub url: Url,
    pub state: String,
    pub sealed: String,
}

/// The query of the redirect URI (RFC 6749 §4.1.2).
#[derive(Clone, Debug, Default, Deserialize)]
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
    /// Object ids of groups, if the token has them: not for people in many groups, and by the registration's choice.
    pub groups: Option<Vec<String>>,
    /// App roles of the registration.
    pub app_roles: Vec<String>,
    pub tokens: Tokens,
}

/// See the methods.
pub struct SignIn {
    party: Arc<RelyingParty>,
    signed_out_uri: String,
    domain_hint: Option<String>,
    keys: Arc<Keyring>,
}

impl SignIn {
    /// `issuer` was checked to be a URL when the configuration was read.
    pub(crate) fn new(
        config: IdentityConfig,
        origin: &Origin,
        http: reqwest::Client,
        keys: Arc<Keyring>,
        domain_hint: Option<String>,
    ) -> Result<(Self, ServiceTokens), BuildError> {
        let provider = Arc::new(Provider::new(IssuerUrl::new(config.issuer.clone())?, http.clone()));
        let credential = Arc::new(Credential::new(&config)?);
        let tokens = ServiceTokens::new(config.clone(), http, Arc::clone(&provider), Arc::clone(&credential));
        let redirect_uri = RedirectUrl::new(origin.url("/api/auth/callback/entra-id"))?;
        let signed_out_uri = origin.url("/signed-out");
        let party = Arc::new(RelyingParty { config, redirect_uri, provider, credential });
        Ok((Self { party, signed_out_uri, domain_hint, keys }, tokens))
    }

    /// Verifies access tokens of the same provider, for the same application.
    pub(crate) fn bearer(&self, api: ApiConfig, origin: &Origin) -> Bearer {
        Bearer::new(api, &self.party.config, origin, Arc::clone(&self.party.provider), &self.keys)
    }

    /// The provider's origin, such as `https://login.microsoftonline.com`.
    pub fn origin(&self) -> String {
        Url::parse(&self.party.config.issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// The addresses that have to be registered with the provider: where people come back after signing in, and after
    /// signing out.
    pub(crate) fn registered_uris(&self) -> [&str; 2] {
        [&self.party.redirect_uri, &self.signed_out_uri]
    }

    /// Whether the provider answers, for `/readyz`.
    pub async fn check_provider(&self) -> Result<(), SignInError> {
        self.party.provider.check().await
    }

    /// Begins a sign-in.
    pub async fn begin(&self, wish: Wish) -> Result<Begun, SignInError> {
        let metadata = self.party.provider.metadata().await?;
        let client = self.party.client(&metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scopes(scopes(&self.party.config.issuer, &metadata))
            .set_pkce_challenge(challenge);
        let prompt = wish.prompt.or(wish.silent.then_some(Prompt::None));
        if let Some(prompt) = prompt {
            request = request.add_prompt(match prompt {
                Prompt::None => CoreAuthPrompt::None,
                Prompt::Login => CoreAuthPrompt::Login,
                Prompt::SelectAccount => CoreAuthPrompt::SelectAccount,
                Prompt::Consent => CoreAuthPrompt::Consent,
            });
        }
        // Entra takes a hint together with the account picker for a contradiction.
        let login_hint = wish.login_hint.filter(|_| prompt != Some(Prompt::SelectAccount));
        if let Some(hint) = &login_hint {
            request = request.set_login_hint(LoginHint::new(hint.clone()));
        } else if let Some(domain) = &self.domain_hint {
            request = request.add_extra_param("domain_hint", domain.clone());
        }
        let (url, state, nonce) = request.url();
        let attempt = Attempt {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            pkce_verifier: verifier.secret().clone(),
            return_to: wish.return_to,
            begun_at: clock::now().unix_timestamp(),
            prompt,
            login_hint,
        };
        Ok(Begun { url, sealed: attempt.seal(&self.keys), state: attempt.state })
    }

    /// The same sign-in once more, now with whatever the provider wants to show, after it could not do without.
    pub async fn begin_visibly(&self, attempt: &Attempt) -> Result<Begun, SignInError> {
        let (return_to, login_hint) = (attempt.return_to.clone(), attempt.login_hint.clone());
        self.begin(Wish { return_to, login_hint, prompt: None, silent: false }).await
    }

    /// What a browser keeps to be recognised by at its next sign-in: nothing that lets anybody in.
    pub fn remember(&self, finished: &Finished) -> String {
        let login_hint = finished.tokens.login_hint.clone().or_else(|| finished.username.clone());
        self.keys.seal_text(Purpose::KnownAccount, b"", &Known { login_hint })
    }

    /// What [`SignIn::remember`] made.
    pub fn recall(&self, kept: &str) -> Option<Known> {
        self.keys.open_text(Purpose::KnownAccount, b"", kept)
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
            let unseen = matches!(
                error.as_str(),
                "login_required" | "interaction_required" | "consent_required" | "account_selection_required"
            );
            return Err(if unseen && attempt.prompt == Some(Prompt::None) {
                SignInError::NeedsInteraction
            } else if cancelled {
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
        let claims = self.verified(&answer, Some(attempt)).await?;
        let names = self.party.names(&metadata, &claims, &answer).await?;
        Ok(self.finished(&answer, &claims, names))
    }

    /// New tokens for a session, ahead of the old ones' end.
    pub async fn renew(&self, tokens: &Tokens) -> Result<Renewed, SignInError> {
        let refresh_token = tokens.refresh_token.as_deref().ok_or(SignInError::NeedsInteraction)?;
        let answer = self.party.refresh(refresh_token).await?;
        let mut renewed = Renewed { tokens: tokens.clone(), groups: None, app_roles: None };
        renewed.tokens.access_token = answer.access_token().secret().clone();
        renewed.tokens.expires_at = expires_at(&answer);
        // Entra sends another one; providers that do not mean the old one to be used again.
        if let Some(token) = answer.refresh_token() {
            renewed.tokens.refresh_token = Some(token.secret().clone());
        }
        if answer.id_token().is_some() {
            let claims = self.verified(&answer, None).await?;
            if self.account(&claims) != tokens.account {
                return Err(SignInError::Unverified("the refreshed tokens are somebody else's".to_owned()));
            }
            let extra = claims.additional_claims();
            renewed.groups = extra.groups.clone();
            renewed.app_roles = Some(extra.roles.clone().unwrap_or_default());
        }
        Ok(renewed)
    }

    /// Where signing out at the provider happens; `None` when it offers that nowhere.
    pub async fn sign_out_url(&self, tokens: Option<&Tokens>) -> Option<Url> {
        let metadata = self.party.provider.metadata().await.ok()?;
        let mut url = metadata.additional_metadata().end_session_endpoint.as_ref()?.url().clone();
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", &self.signed_out_uri);
        if let Some(tokens) = tokens {
            // An id_token in a URL would end in histories and proxies' logs; Entra needs the hint only.
            match &tokens.login_hint {
                Some(hint) => {
                    url.query_pairs_mut().append_pair("logout_hint", hint);
                }
                // Other providers know no such hint; without theirs they would ask whether one is sure. Entra does
                // without, and its tokens go into no URL.
                None if tenant_of(&self.party.config.issuer).is_none() => {
                    url.query_pairs_mut().append_pair("id_token_hint", &tokens.id_token);
                }
                None => {}
            }
        }
        url.query_pairs_mut().append_pair("client_id", &self.party.config.client_id);
        Some(url)
    }

    async fn verified(&self, answer: &TokenAnswer, attempt: Option<&Attempt>) -> Result<IdClaims, SignInError> {
        let metadata = self.party.provider.metadata().await?;
        match self.party.verify(&metadata, answer, attempt) {
            // The provider may sign with a key that is younger than our copy of its keys.
            Err(Unverified::UnknownKey) => match self.party.provider.refetched(&metadata).await? {
                Some(metadata) => Ok(self.party.verify(&metadata, answer, attempt)?),
                None => Err(Unverified::UnknownKey.into()),
            },
            verified => Ok(verified?),
        }
    }

    fn account(&self, claims: &IdClaims) -> AccountKey {
        claims::account(&self.party.config.issuer, claims)
    }

    fn finished(&self, answer: &TokenAnswer, claims: &IdClaims, names: Names) -> Finished {
        let extra = claims.additional_claims();
        let account = self.account(claims);
        let id_token = answer.id_token().map(ToString::to_string).unwrap_or_default();
        Finished {
            name: names.name,
            username: names.username,
            email: names.email,
            sid: extra.sid.clone(),
            tokens: Tokens {
                access_token: answer.access_token().secret().clone(),
                refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
                id_token,
                login_hint: extra.login_hint.clone(),
                expires_at: expires_at(answer),
                account: account.clone(),
                groups_in_token: extra.groups.is_some(),
            },
            groups: extra.groups.clone(),
            app_roles: extra.roles.clone().unwrap_or_default(),
            account,
        }
    }
}

/// Entra grants scopes that it does not announce. Other providers may refuse those that they do not know.
fn scopes(issuer: &str, metadata: &ProviderMetadataWithLogout) -> Vec<Scope> {
    let scopes = SCOPES.map(|scope| Scope::new(scope.to_owned()));
    match (tenant_of(issuer), metadata.scopes_supported()) {
        (Some(_tenant), _) => scopes.to_vec(),
        (None, Some(announced)) => scopes.into_iter().filter(|scope| announced.contains(scope)).collect(),
        // Every provider knows these (OpenID Connect Core §5.4).
        (None, None) => scopes.into_iter().filter(|scope| matches!(scope.as_str(), "profile" | "email")).collect(),
    }
}

/// Unix seconds. A provider that does not say is taken to mean an hour (RFC 6749 §5.1).
fn expires_at(answer: &TokenAnswer) -> i64 {
    (clock::now() + answer.expires_in().unwrap_or(Duration::from_secs(3600))).unix_timestamp()
}
