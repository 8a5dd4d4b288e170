//! The app as a client of the provider: its requests to the token endpoint on behalf of people (RFC 6749 §4.1.3).

use std::{sync::Arc, time::Duration};

use openidconnect::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl,
    RequestTokenError, StandardTokenResponse,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
        CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::ExposeSecret as _;
use tokio::time::timeout;

use super::{Attempt, ProviderError, SignInError, claims::EntraClaims, credential, provider::Provider};
use crate::config::{ClientCredential, IdentityConfig};

const PATIENCE: Duration = Duration::from_secs(15);

type IdFields = IdTokenFields<
    EntraClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub(super) type TokenAnswer = StandardTokenResponse<IdFields, CoreTokenType>;
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
}

impl RelyingParty {
    pub(super) fn client(&self, metadata: &ProviderMetadataWithLogout) -> Oidc {
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

    /// Redeems the code that answers `attempt`.
    pub(super) async fn redeem(
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
}
