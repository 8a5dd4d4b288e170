//! Signing in: authorization code with PKCE, state and nonce (OpenID Connect Core §3.1, RFC 7636).

use std::{sync::Arc, time::Duration};

use openidconnect::{
    AccessTokenHash, AuthType, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl,
    RequestTokenError, Scope, StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;
use url::Url;

use super::{
    Attempt, ProviderError, ServiceTokens, SignInError, Tokens, claims::EntraClaims, credential, provider,
    provider::Provider,
};
use crate::{
    clock,
    config::{ClientCredential, IdentityConfig, Origin, tenant_of},
    crypto::Keyring,
    store::users::AccountKey,
};

/// Ours and the provider's clock may differ by this much.
const CLOCK_SKEW: time::Duration = time::Duration::minutes(5);
const PATIENCE: Duration = Duration::from_secs(15);
/// Names of groups need the last one, which an administrator consents to; ids come without.
const SCOPES: [&str; 5] = ["profile", "email", "offline_access", "User.Read", "GroupMember.Read.All"];

type IdFields = IdTokenFields<
    EntraClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type TokenAnswer = StandardTokenResponse<IdFields, CoreTokenType>;
type Oidc = Client<
    EntraClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    ProviderError,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type IdClaims = openidconnect::IdTokenClaims<EntraClaims, CoreGenderClaim>;

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

/// The relying party.
pub struct SignIn {
    config: IdentityConfig,
    redirect_uri: RedirectUrl,
    signed_out_uri: String,
    provider: Arc<Provider>,
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
        Ok((Self { config, redirect_uri, signed_out_uri, provider, keys }, tokens))
    }

    /// The provider's origin, such as `https://login.microsoftonline.com`.
    pub fn origin(&self) -> String {
        Url::parse(&self.config.issuer).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    /// Whether the provider answers, for `/readyz`.
    pub async fn check_provider(&self) -> Result<(), SignInError> {
        self.provider.metadata().await.map(drop)
    }

    /// Begins a sign-in that will lead back to `return_to`, a path of our own.
    pub async fn begin(&self, return_to: String, prompt: Option<Prompt>) -> Result<Begun, SignInError> {
        let metadata = self.provider.metadata().await?;
        let client = self.client(&metadata);
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
        let metadata = self.provider.metadata().await?;
        let answer = self.redeem(&metadata, code, attempt).await?;
        let claims = match self.verify(&metadata, &answer, attempt) {
            // The provider may sign with a key that is younger than our copy of its keys.
            Err(Unverified::UnknownKey) => match self.provider.refetched().await? {
                Some(metadata) => self.verify(&metadata, &answer, attempt)?,
                None => return Err(Unverified::UnknownKey.into()),
            },
            verified => verified?,
        };
        self.finished(&answer, &claims)
    }

    /// Where signing out at the provider happens; `None` when it offers that nowhere.
    pub async fn sign_out_url(&self, tokens: Option<&Tokens>) -> Option<Url> {
        let metadata = self.provider.metadata().await.ok()?;
        let mut url = metadata.additional_metadata().end_session_endpoint.as_ref()?.url().clone();
        url.query_pairs_mut().append_pair("post_logout_redirect_uri", &self.signed_out_uri);
        if let Some(tokens) = tokens {
            // An id_token in a URL would end in histories and proxies' logs; Entra needs the hint only.
            if let Some(hint) = &tokens.login_hint {
                url.query_pairs_mut().append_pair("logout_hint", hint);
            }
        }
        url.query_pairs_mut().append_pair("client_id", &self.config.client_id);
        Some(url)
    }

    fn client(&self, metadata: &ProviderMetadataWithLogout) -> Oidc {
        let id = ClientId::new(self.config.client_id.clone());
        let client =
            Oidc::from_provider_metadata(metadata.clone(), id, None).set_redirect_uri(self.redirect_uri.clone());
        match &self.config.credential {
            ClientCredential::Secret(secret) => {
                let methods = metadata.token_endpoint_auth_methods_supported();
                // Basic only where nothing else is offered: secrets with special characters get through the body.
                let basic = methods.is_some_and(|methods| {
                    methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                        && !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                });
                client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned())).set_auth_type(if basic {
                    AuthType::BasicAuth
                } else {
                    AuthType::RequestBody
                })
            }
            // Without a secret the client id goes into the body, and the assertion beside it.
            ClientCredential::FederatedTokenFile(_) => client.set_auth_type(AuthType::RequestBody),
        }
    }

    async fn redeem(
        &self,
        metadata: &ProviderMetadataWithLogout,
        code: String,
        attempt: &Attempt,
    ) -> Result<TokenAnswer, SignInError> {
        let client = self.client(metadata);
        let unreachable = |error: String| SignInError::ProviderUnreachable(error);
        let mut request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| unreachable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.pkce_verifier.clone()));
        let proof = match &self.config.credential {
            // The library puts it where the provider wants it.
            ClientCredential::Secret(_) => Vec::new(),
            other => credential::form_fields(other).await?,
        };
        for (name, value) in credential::exposed(&proof) {
            request = request.add_extra_param(name, value.to_owned());
        }
        timeout(PATIENCE, request.request_async(self.provider.http()))
            .await
            .map_err(|_| unreachable("the token endpoint takes too long".to_owned()))?
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(refusal) => SignInError::Refused(Box::new(refusal)),
                RequestTokenError::Request(error) => unreachable(error.to_string()),
                // The body could hold tokens: it is not quoted.
                RequestTokenError::Parse(_, _) => unreachable("the token endpoint's answer is unreadable".to_owned()),
                RequestTokenError::Other(error) => unreachable(error),
            })
    }

    fn verify(
        &self,
        metadata: &ProviderMetadataWithLogout,
        answer: &TokenAnswer,
        attempt: &Attempt,
    ) -> Result<IdClaims, Unverified> {
        let token = answer.id_token().ok_or(Unverified::Wrong("there is none".to_owned()))?;
        let client = self.client(metadata);
        let now = clock::now();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(self.allowed_algorithms(metadata))
            .set_time_fn(move || provider::chrono_time(now - CLOCK_SKEW))
            .set_issue_time_verifier_fn(move |issued_at| {
                if issued_at > provider::chrono_time(now + CLOCK_SKEW) {
                    return Err("it was issued in the future".to_owned());
                }
                Ok(())
            });
        let claims = token.claims(&verifier, &Nonce::new(attempt.nonce.clone()))?.clone();
        self.check_entra_claims(&claims)?;
        if let Some(expected) = claims.access_token_hash() {
            let wrong = |error: &dyn std::fmt::Display| Unverified::Wrong(format!("at_hash: {error}"));
            let algorithm = token.signing_alg().map_err(|error| wrong(&error))?;
            let key = token.signing_key(&verifier).map_err(|error| wrong(&error))?;
            let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key).map_err(|e| wrong(&e))?;
            if actual != *expected {
                return Err(wrong(&"it belongs to another access token"));
            }
        }
        Ok(claims)
    }

    /// Asymmetric ones that the provider says it uses: never what a token's header claims, never a shared secret.
    fn allowed_algorithms(&self, metadata: &ProviderMetadataWithLogout) -> Vec<CoreJwsSigningAlgorithm> {
        use CoreJwsSigningAlgorithm as Alg;
        const SAFE: [CoreJwsSigningAlgorithm; 5] = [
            Alg::RsaSsaPkcs1V15Sha256,
            Alg::RsaSsaPkcs1V15Sha384,
            Alg::RsaSsaPkcs1V15Sha512,
            Alg::EcdsaP256Sha256,
            Alg::EcdsaP384Sha384,
        ];
        let announced = metadata.id_token_signing_alg_values_supported();
        SAFE.into_iter().filter(|algorithm| announced.contains(algorithm)).collect()
    }

    fn check_entra_claims(&self, claims: &IdClaims) -> Result<(), Unverified> {
        let extra = claims.additional_claims();
        let now = clock::now().unix_timestamp();
        if extra.nbf.is_some_and(|nbf| nbf > (now + CLOCK_SKEW.whole_seconds()) as f64) {
            return Err(Unverified::Wrong("it is not valid yet".to_owned()));
        }
        if extra.azp.as_ref().is_some_and(|azp| *azp != self.config.client_id) {
            return Err(Unverified::Wrong("it was issued to another application (azp)".to_owned()));
        }
        if let (Some(expected), Some(tid)) = (tenant_of(&self.config.issuer), &extra.tid)
            && !expected.eq_ignore_ascii_case(tid)
        {
            return Err(Unverified::Wrong("it is of another tenant (tid)".to_owned()));
        }
        Ok(())
    }

    fn finished(&self, answer: &TokenAnswer, claims: &IdClaims) -> Result<Finished, SignInError> {
        let extra = claims.additional_claims();
        let tid = extra.tid.clone().or_else(|| tenant_of(&self.config.issuer));
        let account = AccountKey {
            tid: tid.unwrap_or_else(|| self.config.issuer.clone()),
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

/// Why an id_token is not accepted.
enum Unverified {
    /// None of the provider's keys, as far as we know them, made its signature.
    UnknownKey,
    Wrong(String),
}

impl From<openidconnect::ClaimsVerificationError> for Unverified {
    fn from(error: openidconnect::ClaimsVerificationError) -> Self {
        use openidconnect::{ClaimsVerificationError as Claims, SignatureVerificationError as Signature};
        match error {
            Claims::SignatureVerification(Signature::NoMatchingKey) => Self::UnknownKey,
            Claims::SignatureVerification(error) => Self::Wrong(format!("signature: {error}")),
            error => Self::Wrong(error.to_string()),
        }
    }
}

impl From<Unverified> for SignInError {
    fn from(unverified: Unverified) -> Self {
        match unverified {
            Unverified::UnknownKey => Self::Unverified("no known key made its signature".to_owned()),
            Unverified::Wrong(why) => Self::Unverified(why),
        }
    }
}
