//! Who somebody is: signing in with the provider, and the app's own tokens for the services it calls.

mod attempt;
mod bearer;
mod claims;
mod credential;
mod error;
mod id_token;
mod on_behalf_of;
mod provider;
mod relying_party;
mod service_tokens;
mod sign_in;
mod token_answer;
mod tokens;
mod userinfo;

pub use attempt::Attempt;
pub use bearer::{
    Bearer, BearerError, LIFETIME_SECS, MissingRight, OwnTokens, PersonClaims, ROLE, SCOPE, ServiceClaims, Subject,
    Verified,
};
pub(crate) use credential::causes;
pub use error::{Denied, ProviderError, SignInError};
pub use service_tokens::{ServiceTokenError, ServiceTokens};
pub(crate) use sign_in::SCOPES;
pub use sign_in::{Begun, CallbackParams, Finished, Known, Prompt, Renewed, SignIn, Wish};
pub use tokens::Tokens;
