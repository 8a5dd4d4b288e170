//! Names and identifiers tests and documentation rely on. None of them is a real secret.

/// The one tenant.
pub const TENANT_ID: &str = "11111111-1111-4111-8111-111111111111";
/// The tenant's verified domain; works as authority, but documents then still carry the GUID.
pub const TENANT_DOMAIN: &str = "linden-bank.example";
/// Issuer id of personal accounts, which this tenant does not have.
pub const CONSUMERS_TENANT_ID: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// The chat application (and the API it exposes).
pub const CLIENT_ID: &str = "22222222-2222-4222-8222-222222222222";
pub const CLIENT_SECRET: &str = "sandbox-secret-not-for-production";
/// Service principal of the chat application.
pub const CLIENT_PRINCIPAL_ID: &str = "22222222-aaaa-4aaa-8aaa-222222222222";

/// A calling system that was granted the role `Banter.Use`.
pub const CALLER_CLIENT_ID: &str = "55555555-5555-4555-8555-555555555555";
pub const CALLER_CLIENT_SECRET: &str = "sandbox-caller-secret-not-for-production";
pub const CALLER_PRINCIPAL_ID: &str = "55555555-aaaa-4aaa-8aaa-555555555555";

/// A calling system without any role.
pub const ROLELESS_CLIENT_ID: &str = "66666666-6666-4666-8666-666666666666";
pub const ROLELESS_CLIENT_SECRET: &str = "sandbox-roleless-secret-not-for-production";
pub const ROLELESS_PRINCIPAL_ID: &str = "66666666-aaaa-4aaa-8aaa-666666666666";

/// App ID URI of the chat application's API.
pub const API_AUDIENCE: &str = "api://banter";
pub const API_SCOPE: &str = "access_as_user";
pub const API_ROLE: &str = "Banter.Use";

/// Members of "Chat users" may use the chat.
pub const ALLOWED_GROUP_ID: &str = "33333333-3333-4333-8333-333333333333";
pub const ALLOWED_GROUP_NAME: &str = "Chat users";
/// Members of "Chat administrators" administer it.
pub const ADMIN_GROUP_ID: &str = "44444444-4444-4444-8444-444444444444";
pub const ADMIN_GROUP_NAME: &str = "Chat administrators";

/// Microsoft Graph's well-known application id.
pub const GRAPH_CLIENT_ID: &str = "00000003-0000-0000-c000-000000000000";
/// Graph's own service principal in this tenant.
pub const GRAPH_PRINCIPAL_ID: &str = "00000003-aaaa-4aaa-8aaa-000000000003";
pub const GRAPH_AUDIENCE: &str = "https://graph.microsoft.com";
pub const COGNITIVE_SERVICES_AUDIENCE: &str = "https://cognitiveservices.azure.com";
pub const AI_AZURE_AUDIENCE: &str = "https://ai.azure.com";

pub const AZURE_OPENAI_API_KEY: &str = "sandbox-key";
pub const AZURE_OPENAI_API_VERSION: &str = "2024-10-21";
/// The first is the default. `gpt-5…` behave as reasoning models.
pub const DEPLOYMENTS: &[&str] = &["gpt-5-mini", "gpt-5", "gpt-4o"];
