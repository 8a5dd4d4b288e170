//! Each endpoint of each model: a question as the app asks it, at the price of a few tokens.

use std::sync::Arc;

use tokio::time::{Instant, timeout};

use super::{Check, Doctor, Outcome, PATIENCE, reach};
use crate::{
    completions::{Failure, FailureKind},
    config::{EndpointConfig, EndpointOrigin},
};

/// Endpoint number `place` of model number `model`.
pub(super) async fn examine(doctor: Arc<Doctor>, model: usize, place: usize) -> Vec<Check> {
    let model = &doctor.config().models[model];
    let endpoint = &model.endpoints[place];
    let host = endpoint.base_url.host_str().unwrap_or_default();
    let subject = match model.endpoints.len() {
        1 => format!("model {}", model.name),
        _ => format!("model {}, endpoint {} ({host})", model.name, place + 1),
    };
    if endpoint.api_key.is_none()
        && let Some(Err(_)) = doctor.model_token(&endpoint.scope).await
    {
        return vec![Outcome::skipped("the app has no token for it: see above").of(subject)];
    }
    let begun = Instant::now();
    let outcome = match timeout(PATIENCE, doctor.services.completions.probe(&model.name, place)).await {
        Err(_) => reach::too_slow(host),
        Ok(Ok(())) => Outcome::ok(format!("answers after {:.1} s", begun.elapsed().as_secs_f32())),
        Ok(Err(failure)) => refused(&doctor, endpoint, &failure),
    };
    vec![outcome.of(subject)]
}

fn refused(doctor: &Doctor, endpoint: &EndpointConfig, failure: &Failure) -> Outcome {
    let status = failure.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let request = failure.upstream_id.as_ref().map(|id| format!(" Request {id}.")).unwrap_or_default();
    let cause = format!("{}{status}.{request}", failure.detail().trim_end_matches('.'));
    Outcome::wrong(cause, remedy(doctor, endpoint, failure))
}

/// By kind; where one kind has several reasons, by the words with which the service tells them apart.
fn remedy(doctor: &Doctor, endpoint: &EndpointConfig, failure: &Failure) -> String {
    let (name, said) = (Names::of(endpoint), failure.detail());
    match &failure.kind {
        FailureKind::NotAuthorised if said.contains("lacks the required data action") => format!(
            "Give the app's service principal (application {}) the role \"Cognitive Services OpenAI User\" on the \
             resource. It takes a few minutes to work; being the resource's owner is not enough.",
            doctor.config().identity.client_id
        ),
        FailureKind::NotAuthorised if said.contains("Firewall") || said.contains("Public access") => {
            "Azure portal, the resource, \"Networking\": allow this machine's network, or come through a private \
             endpoint."
                .to_owned()
        }
        FailureKind::NotAuthorised if endpoint.api_key.is_some() => format!(
            "Put \"KEY 1\" or \"KEY 2\" of the resource that {} names into {} (\"Keys and Endpoint\"), or {} to use \
             tokens.",
            name.base_url,
            endpoint.api_key.as_ref().map(|key| key.variable.as_str()).unwrap_or_default(),
            name.no_key
        ),
        FailureKind::NotAuthorised => format!(
            "Where the answer names an audience, {} has to be it with /.default at its end; it is {}. {} has to be the \
             resource's own address: regional ones take no tokens.",
            name.scope, endpoint.scope, name.base_url
        ),
        FailureKind::NoSuchDeployment if said.contains("Resource not found") => format!(
            "Correct {} (https://<resource>.openai.azure.com, or …/openai/v1) or {} ({}).",
            name.base_url, name.api_version, endpoint.api_version
        ),
        FailureKind::NoSuchDeployment => format!(
            "Deploy a model under the name {} on that resource, or correct {}. It takes the names of deployments, not \
             of models; new ones need up to five minutes.",
            endpoint.deployment, name.deployment
        ),
        FailureKind::TooManyRequests(seconds) => {
            let when = seconds.map_or_else(|| "in a minute".to_owned(), |seconds| format!("in {seconds} s"));
            format!("Try again {when}. If it happens often, raise the deployment's tokens per minute.")
        }
        FailureKind::Unreachable if failure.status.is_none() => format!(
            "Check {}, and allow connections from here to {}; where only a proxy leads out, set HTTPS_PROXY; where one \
             inspects TLS, EXTRA_CA_CERTS.",
            name.base_url,
            endpoint.base_url.host_str().unwrap_or("it")
        ),
        FailureKind::Unreachable | FailureKind::BrokenOff => {
            "The service is in trouble: look at its status page, and try again.".to_owned()
        }
        FailureKind::Filtered(_) => "Loosen the deployment's content filter: it refuses a greeting.".to_owned(),
        FailureKind::TooLong | FailureKind::Refused => format!(
            "The model has to answer chat completions as a stream; with the dated form of the address, {} has to be a \
             version that it knows ({}).",
            endpoint.api_version, name.api_version
        ),
    }
}

/// What to change, by the name it has where the endpoint is described.
struct Names {
    base_url: &'static str,
    deployment: &'static str,
    api_version: &'static str,
    scope: &'static str,
    no_key: &'static str,
}

impl Names {
    fn of(endpoint: &EndpointConfig) -> Self {
        match endpoint.origin {
            EndpointOrigin::Variables => Self {
                base_url: "AZURE_OPENAI_BASE_URL",
                deployment: "AZURE_OPENAI_DEPLOYMENTS",
                api_version: "AZURE_OPENAI_API_VERSION",
                scope: "AZURE_OPENAI_SCOPE",
                no_key: "unset it",
            },
            EndpointOrigin::File => Self {
                base_url: "the endpoint's base_url in BANTER_CONFIG",
                deployment: "its deployment in BANTER_CONFIG",
                api_version: "its api_version in BANTER_CONFIG",
                scope: "the endpoint's scope in BANTER_CONFIG",
                no_key: "leave api_key_env out",
            },
        }
    }
}
