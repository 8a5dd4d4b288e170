//! The app as a client of the provider: its requests to the token endpoint on behalf of people (RFC 6749 §4.1.3, §6).

use std::{sync::Arc, time::Duration};

use openidconnect::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, RefreshToken, RequestTokenError,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse,
    },
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;
use url::Url;

use super::{
    Attempt, ProviderError, SignInError,
    claims::EntraClaims,
    credential::{self, Credential},
    provider::{HttpError, Provider},
};
use crate::config::IdentityConfig;

pub(super) use super::token_answer::TokenAnswer;

const PATIENCE: Duration = Duration::from_secs(15);

pub(super) type Oidc = Client<
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
pub(super) type IdClaims = openidconnect::IdTokenClaims<EntraClaims, CoreGenderClaim>;

/// See the methods.
pub(super) struct RelyingParty {
    pub(super) config: IdentityConfig,
    pub(super) redirect_uri: RedirectUrl,
    pub(super) provider: Arc<Provider>,
    pub(super) credential: Arc<Credential>,
}

impl RelyingParty {
    pub(super) fn client(&self, metadata: &ProviderMetadataWithLogout) -> Oidc {
        let id = ClientId::new(self.config.client_id.clone());
        let client =
            Oidc::from_provider_metadata(metadata.clone(), id, None).set_redirect_uri(self.redirect_uri.clone());
        match self.credential.secret() {
            Some(secret) => {
                let client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
                let in_header = wants_basic(metadata);
                client.set_auth_type(if in_header { AuthType::BasicAuth } else { AuthType::RequestBody })
            }
            // Without a secret the client id goes into the body, and the assertion beside it.
            None => client.set_auth_type(AuthType::RequestBody),
        }
    }

    /// Redeems the code that answers `attempt`.
    pub(super) async fn redeem(
        &self,
        metadata: &ProviderMetadataWithLogout,
        code: String,
        attempt: &Attempt,
    ) -> Result<TokenAnswer, SignInError> {
        let client = self.client(metadata);
        let mut request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| unreachable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.pkce_verifier.clone()));
        let proof = self.credential.assertion_fields(token_endpoint(metadata)?).await?;
        for (name, value) in credential::exposed(&proof) {
            request = request.add_extra_param(name, value.to_owned());
        }
        answer(request.request_async(self.provider.http())).await
    }

    /// New tokens for somebody who signed in before (RFC 6749 §6). Entra sends another refresh token with them; the one
    /// that was used stays valid, so that two refreshes at once do no harm.
    pub(super) async fn refresh(&self, refresh_token: &str) -> Result<TokenAnswer, SignInError> {
        let metadata = self.provider.metadata().await?;
        let client = self.client(&metadata);
        let token = RefreshToken::new(refresh_token.to_owned());
        let mut request = client.exchange_refresh_token(&token).map_err(|error| unreachable(error.to_string()))?;
        let proof = self.credential.assertion_fields(token_endpoint(&metadata)?).await?;
        for (name, value) in credential::exposed(&proof) {
            request = request.add_extra_param(name, value.to_owned());
        }
        answer(request.request_async(self.provider.http())).await
    }
}

/// Where tokens come from.
pub(super) fn token_endpoint(metadata: &ProviderMetadataWithLogout) -> Result<&Url, SignInError> {
    let endpoint = metadata.token_endpoint().map(|endpoint| endpoint.url());
    endpoint.ok_or_else(|| unreachable("it names no token endpoint".to_owned()))
}

/// Whether a secret has to go into a header. Only where nothing else is offered: with special characters it gets through
/// the body. Who announces nothing offers the header (OpenID Connect Discovery §3).
pub(super) fn wants_basic(metadata: &ProviderMetadataWithLogout) -> bool {
    metadata.token_endpoint_auth_methods_supported().is_none_or(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretPost)
    })
}

async fn answer(
    request: impl Future<Output = Result<TokenAnswer, RequestTokenError<HttpError, ProviderError>>>,
) -> Result<TokenAnswer, SignInError> {
    let answered = timeout(PATIENCE, request).await;
    let answered = answered.map_err(|_| unreachable("the token endpoint takes too long".to_owned()))?;
    answered.map_err(|error| match error {
        RequestTokenError::ServerResponse(refusal) => SignInError::Refused(Box::new(refusal)),
        RequestTokenError::Request(error) => unreachable(error.to_string()),
        // The body could hold tokens: it is not quoted.
        RequestTokenError::Parse(_, _) => unreachable("the token endpoint's answer is unreadable".to_owned()),
        RequestTokenError::Other(error) => unreachable(error),
    })
}

fn unreachable(error: String) -> SignInError {
    SignInError::ProviderUnreachable(error)
}
