//! Each model: a question as the app asks it, at the price of a few tokens.

use std::sync::Arc;

use tokio::time::{Instant, timeout};

use super::{Check, Doctor, Outcome, PATIENCE, reach};
use crate::completions::{Failure, FailureKind};

pub(super) async fn examine(doctor: Arc<Doctor>, deployment: String) -> Vec<Check> {
    let subject = format!("model {deployment}");
    let openai = &doctor.config().openai;
    if let Some(Err(_)) = doctor.model_token().await {
        return vec![Outcome::skipped("the app has no token for it: see above").of(subject)];
    }
    let begun = Instant::now();
    let outcome = match timeout(PATIENCE, doctor.services.completions.probe(&deployment)).await {
        Err(_) => reach::too_slow(openai.base_url.host_str().unwrap_or("the model")),
        Ok(Ok(())) => Outcome::ok(format!("answers after {:.1} s", begun.elapsed().as_secs_f32())),
        Ok(Err(failure)) => refused(&doctor, &deployment, &failure),
    };
    vec![outcome.of(subject)]
}

fn refused(doctor: &Doctor, deployment: &str, failure: &Failure) -> Outcome {
    let status = failure.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let request = failure.upstream_id.as_ref().map(|id| format!(" Request {id}.")).unwrap_or_default();
    let cause = format!("{}{status}.{request}", failure.detail().trim_end_matches('.'));
    Outcome::wrong(cause, remedy(doctor, deployment, failure))
}

/// By kind; where one kind has several reasons, by the words with which the service tells them apart.
fn remedy(doctor: &Doctor, deployment: &str, failure: &Failure) -> String {
    let (openai, said) = (&doctor.config().openai, failure.detail());
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
        FailureKind::NotAuthorised if openai.api_key.is_some() => {
            "Put \"KEY 1\" or \"KEY 2\" of the resource that AZURE_OPENAI_BASE_URL names into AZURE_OPENAI_API_KEY \
             (\"Keys and Endpoint\"), or unset it to use tokens."
                .to_owned()
        }
        FailureKind::NotAuthorised => format!(
            "Where the answer names an audience, AZURE_OPENAI_SCOPE has to be it with /.default at its end; it is {}. \
             AZURE_OPENAI_BASE_URL has to be the resource's own address: regional ones take no tokens.",
            openai.scope
        ),
        FailureKind::NoSuchDeployment if said.contains("Resource not found") => format!(
            "Correct AZURE_OPENAI_BASE_URL (https://<resource>.openai.azure.com, or …/openai/v1) or \
             AZURE_OPENAI_API_VERSION ({}).",
            openai.api_version
        ),
        FailureKind::NoSuchDeployment => format!(
            "Deploy a model under the name {deployment} on that resource, or correct AZURE_OPENAI_DEPLOYMENTS. It takes \
             the names of deployments, not of models; new ones need up to five minutes."
        ),
        FailureKind::TooManyRequests(seconds) => {
            let when = seconds.map_or_else(|| "in a minute".to_owned(), |seconds| format!("in {seconds} s"));
            format!("Try again {when}. If it happens often, raise the deployment's tokens per minute.")
        }
        FailureKind::Unreachable if failure.status.is_none() => format!(
            "Check AZURE_OPENAI_BASE_URL, and allow connections from here to {}; where only a proxy leads out, set \
             HTTPS_PROXY; where one inspects TLS, EXTRA_CA_CERTS.",
            openai.base_url.host_str().unwrap_or("it")
        ),
        FailureKind::Unreachable | FailureKind::BrokenOff => {
            "The service is in trouble: look at its status page, and try again.".to_owned()
        }
        FailureKind::Filtered(_) => "Loosen the deployment's content filter: it refuses a greeting.".to_owned(),
        FailureKind::TooLong | FailureKind::Refused => format!(
            "The model has to answer chat completions as a stream; with the dated form of the address, {} has to be a \
             version that it knows (AZURE_OPENAI_API_VERSION).",
            openai.api_version
        ),
    }
}
