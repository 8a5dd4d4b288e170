//! Calls on behalf of somebody who came with a token for our API (Microsoft: "OAuth 2.0 On-Behalf-Of flow").

use secrecy::SecretString;

use super::{ServiceTokenError, ServiceTokens};

/// Those that sign-ins ask for, too. Without a resource they are Graph's, in every cloud.
const SCOPES: &str = "User.Read GroupMember.Read.All";

impl ServiceTokens {
    /// A token for the directory in the name of the person whose token for our API `assertion` is.
    pub(crate) async fn on_behalf_of(&self, assertion: &str) -> Result<SecretString, ServiceTokenError> {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("requested_token_use", "on_behalf_of"),
            ("assertion", assertion),
            ("scope", SCOPES),
        ];
        self.ask(&fields).await.map(|(token, _)| token)
    }
}
