//! Whether the app can prove who it is, and what Entra's refusals mean.

use std::{collections::BTreeSet, sync::Arc};

use futures::future::join_all;
use secrecy::SecretString;
use tokio::{sync::OnceCell, time::timeout};
use url::Url;

use super::{Check, Doctor, Outcome, PATIENCE, reach};
use crate::{
    config::Config,
    identity::{ProviderError, ServiceTokenError},
};

const MICROSOFT_GRAPH: &str = "https://graph.microsoft.com";

/// A token of the app's own; without one there is nothing to ask a service with.
pub(super) type Token = Result<SecretString, Outcome>;

/// A place for the token of each scope that an endpoint of a model wants.
pub(super) fn model_tokens(config: &Config) -> Vec<(String, OnceCell<Token>)> {
    let endpoints = config.models.iter().flat_map(|model| &model.endpoints);
    let scopes: BTreeSet<_> = endpoints.filter(|endpoint| endpoint.api_key.is_none()).map(|it| &it.scope).collect();
    scopes.into_iter().map(|scope| (scope.clone(), OnceCell::new())).collect()
}

pub(super) async fn examine(doctor: Arc<Doctor>) -> Vec<Check> {
    let for_models = join_all(doctor.model_tokens.iter().map(|(scope, _)| doctor.model_token(scope)));
    let (for_graph, for_models) = tokio::join!(doctor.graph_token(), for_models);
    let mut checks = vec![told(&doctor, &graph_scope(&doctor.config().graph_base_url), for_graph).of("credential")];
    for ((scope, _), token) in doctor.model_tokens.iter().zip(for_models) {
        checks.extend(token.map(|token| told(&doctor, scope, token).of("token for the models")));
    }
    checks
}

impl Doctor {
    /// The app's token for the directory. Nobody looks into it: it is the directory's own.
    pub(super) async fn graph_token(&self) -> &Token {
        self.graph_token.get_or_init(async || token(self, &graph_scope(&self.config().graph_base_url)).await).await
    }

    /// The app's token for models that want one for `scope`; absent when none does.
    pub(super) async fn model_token(&self, scope: &str) -> Option<&Token> {
        let (scope, kept) = self.model_tokens.iter().find(|(known, _)| known == scope)?;
        Some(kept.get_or_init(async || token(self, scope).await).await)
    }
}

/// The national clouds' directories have audiences of their own; a stand-in has the public one's.
fn graph_scope(base_url: &Url) -> String {
    let national = ["graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"];
    match base_url.host_str() {
        Some(host) if national.contains(&host) => format!("https://{host}/.default"),
        _ => format!("{MICROSOFT_GRAPH}/.default"),
    }
}

fn told(doctor: &Doctor, scope: &str, token: &Token) -> Outcome {
    let credential = doctor.config().identity.credential.kind();
    match token {
        Ok(_) => Outcome::ok(format!("{credential}: a token for {scope}")),
        Err(Outcome::Wrong { cause, remedy }) => {
            Outcome::wrong(format!("The {credential} gets no token: {cause}"), remedy)
        }
        Err(other) => other.clone(),
    }
}

async fn token(doctor: &Doctor, scope: &str) -> Token {
    match timeout(PATIENCE, doctor.services.tokens.get(scope)).await {
        Ok(token) => token.map_err(|error| failed(doctor, &error, scope)),
        Err(_) => Err(reach::too_slow("the token endpoint")),
    }
}

fn failed(doctor: &Doctor, error: &ServiceTokenError, scope: &str) -> Outcome {
    match error {
        ServiceTokenError::Refused(refusal) => match refused(refusal, Some(scope)) {
            // Which of several refusals it is, is of no use to a provider without numbers.
            outcome if refusal.code().is_some() => outcome,
            _ if refusal.error.is_empty() => Outcome::wrong(
                "the token endpoint's answer cannot be read",
                "Look at the provider's status page, and for a proxy that answers in its place.",
            ),
            outcome => outcome,
        },
        ServiceTokenError::Credential(error) => {
            let kind = doctor.config().identity.credential.kind();
            Outcome::wrong(error.to_string(), format!("Look after the {kind}: where it comes from is in the README."))
        }
        other => Outcome::wrong(
            other.to_string(),
            "Allow connections from here to the provider; check AUTH_MICROSOFT_ENTRA_ID_ISSUER, AZURE_AUTHORITY_HOST and \
             AZURE_TENANT_ID.",
        ),
    }
}

/// A refusal of the provider with its number and remedy. `scope` is what a token was asked for, if one was.
pub(super) fn refused(refusal: &ProviderError, scope: Option<&str>) -> Outcome {
    let code = refusal.code().unwrap_or_default();
    Outcome::wrong(sentence(refusal), remedy(code, scope))
}

/// What the provider says, without its ids and the time.
fn sentence(refusal: &ProviderError) -> String {
    let description = refusal.error_description.as_deref().unwrap_or(&refusal.error);
    let end = ["Trace ID:", "Correlation ID:", "Timestamp:"].iter().filter_map(|id| description.find(id)).min();
    description[..end.unwrap_or(description.len())].trim().to_owned()
}

/// By Entra's numbers (Microsoft Learn, "Microsoft Entra authentication and authorization error codes").
fn remedy(code: &str, scope: Option<&str>) -> String {
    let number = code.trim_start_matches("AADSTS");
    match number {
        "7000215" => "Put the \"Value\" of the client secret, not its \"Secret ID\", into \
            AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET. Nobody can look it up again: if it is lost, make a new one under \
            \"Certificates & secrets\"."
            .to_owned(),
        "7000222" => {
            "Make a new secret or certificate under \"Certificates & secrets\" and configure it. Note the day \
            on which that one expires."
                .to_owned()
        }
        "7000218" => {
            "Configure one of the credentials of the README's table; the registration accepts none at all only \
            from public clients, which Banter is not."
                .to_owned()
        }
        "7000112" => {
            "Entra admin centre, \"Enterprise applications\", this application, \"Properties\": \"Enabled for \
            users to sign-in?\" has to be \"Yes\"."
                .to_owned()
        }
        "700016" => {
            "AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID has to be the \"Application (client) ID\" of an app registration \
            in the tenant that AUTH_MICROSOFT_ENTRA_ID_ISSUER names."
                .to_owned()
        }
        "700027" => "Upload the certificate, without its key, under \"Certificates & secrets\", \"Certificates\"; or \
            configure the one that is there."
            .to_owned(),
        "700024" | "500133" => "Let this machine take its time from the network. A federated token may also have \
            expired: look whether the platform still renews the file."
            .to_owned(),
        "70021" | "700211" | "700212" | "700213" => "Compare issuer, subject and audience of the federated credential \
            with those that the answer quotes, letter for letter, the slash at the end of the issuer included \
            (\"Certificates & secrets\", \"Federated credentials\")."
            .to_owned(),
        "700229" => "Only tokens of an application or a managed identity are accepted as assertion: correct what is \
            projected into AZURE_FEDERATED_TOKEN_FILE."
            .to_owned(),
        "90002" | "900021" | "900023" => {
            "There is no such tenant. Correct AUTH_MICROSOFT_ENTRA_ID_ISSUER and, if it is \
            set, AZURE_TENANT_ID: the directory (tenant) id is on the registration's overview page."
                .to_owned()
        }
        "500011" | "650052" | "1002012" | "70011" => format!(
            "There is no such scope in this tenant: {}. For the models it is AZURE_OPENAI_SCOPE, or the endpoint's scope \
             in BANTER_CONFIG, best left out (https://cognitiveservices.azure.com/.default); the directory's follows from \
             GRAPH_BASE_URL.",
            scope.unwrap_or("the one that was asked for")
        ),
        "501051" => "Assign the application to a role of the service that it asks a token for.".to_owned(),
        "53003" | "530036" => "A Conditional Access policy for workload identities blocks this machine: ask whoever \
            keeps the policies."
            .to_owned(),
        "90055" | "50196" => "Too many requests of late: try again in a few minutes.".to_owned(),
        "" => "The provider's logs say more; its error is named above.".to_owned(),
        number => format!("Entra explains this number at https://login.microsoftonline.com/error?code={number}"),
    }
}
