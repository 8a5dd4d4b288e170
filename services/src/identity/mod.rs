//! Who somebody is: signing in with the provider, and the app's own tokens for the services it calls.

mod attempt;
mod claims;
mod credential;
mod error;
mod id_token;
mod provider;
mod relying_party;
mod service_tokens;
mod sign_in;
mod tokens;

pub use attempt::Attempt;
pub use error::{ProviderError, SignInError};
pub use service_tokens::{ServiceTokenError, ServiceTokens};
pub use sign_in::{Begun, CallbackParams, Finished, Prompt, SignIn};
pub use tokens::Tokens;
