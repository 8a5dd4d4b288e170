//! The models people can pick, and the endpoints that serve each: `[[models]]` of `BANTER_CONFIG`, or else the
//! `AZURE_OPENAI_*` variables, which describe one endpoint for each deployment.

mod in_file;
#[cfg(test)]
mod tests;

use std::time::Duration;

use model::UserRole;
use secrecy::SecretString;
use url::Url;

pub(super) use in_file::ModelInFile;

use super::{
    faults::{self, Reader},
    file::ConfigFile,
    parse_service_url,
};

const API_VERSION: &str = "2024-10-21";
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const REST: Duration = Duration::from_secs(10);

/// A model as people know it.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// What people pick and what messages are labelled with; unique.
    pub name: String,
    /// What it is good for, in a few words.
    pub description: Option<String>,
    /// The most tokens that question and answer may have together; absent = not known.
    pub context_tokens: Option<u32>,
    /// How many of them are kept free for the answer; less than `context_tokens`.
    pub answer_tokens: u32,
    pub prices: Option<Prices>,
    /// Object ids of directory groups whose members may use it. With `allowed_roles` empty as well: everybody.
    pub allowed_groups: Vec<String>,
    /// Who holds any of these may use it, too.
    pub allowed_roles: Vec<UserRole>,
    /// How long an endpoint that fails again and again is left alone at first.
    pub rest: Duration,
    /// At least one.
    pub endpoints: Vec<EndpointConfig>,
}

impl ModelConfig {
    /// The most tokens that a prompt may have; `None` = not known.
    pub fn prompt_limit(&self) -> Option<u32> {
        Some(self.context_tokens?.saturating_sub(self.answer_tokens))
    }
}

impl ModelConfig {
    /// A model of which nothing else is said: for everybody, without prices, and nothing is trimmed for it.
    pub(crate) fn plain(name: String, endpoints: Vec<EndpointConfig>) -> Self {
        Self {
            name,
            description: None,
            context_tokens: None,
            answer_tokens: 0,
            prices: None,
            allowed_groups: Vec::new(),
            allowed_roles: Vec::new(),
            rest: REST,
            endpoints,
        }
    }
}

/// What a model costs, per million tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices {
    /// Of the prompt's tokens that the service had not cached.
    pub prompt: f64,
    /// Of those that it had.
    pub cached: f64,
    /// Of the answer's tokens, reasoning included.
    pub completion: f64,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
}

/// One deployment at one address.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// `https://<resource>.openai.azure.com` (dated form) or `…/openai/v1`.
    pub base_url: Url,
    pub deployment: String,
    /// The dated form's `api-version`; the v1 form takes none.
    pub api_version: String,
    /// Absent = an Entra token of the app for `scope`.
    pub api_key: Option<ApiKey>,
    pub scope: String,
    /// Those with the lowest number are asked first.
    pub priority: u32,
    /// Its share of the requests among those of the same priority; at least 1.
    pub weight: u32,
    /// Where it is described, for advice about it.
    pub origin: EndpointOrigin,
}

/// A key and the variable that holds it.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub variable: String,
    pub key: SecretString,
}

/// Where an endpoint is described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointOrigin {
    /// `AZURE_OPENAI_*`.
    Variables,
    /// `BANTER_CONFIG`.
    File,
}

/// `None` when there is a fault in them.
pub(super) fn read(read: &mut Reader<'_>, file: &ConfigFile) -> Option<Vec<ModelConfig>> {
    if file.models.is_empty() { from_variables(read) } else { in_file::check(read, &file.models) }
}

/// The model that names conversations, which has to be one of `models`.
pub(super) fn title_model(read: &mut Reader<'_>, file: &ConfigFile, models: Option<&[ModelConfig]>) -> Option<String> {
    let name = file.title_model.as_ref().filter(|name| !name.is_empty())?;
    if models.is_some_and(|models| models.iter().all(|model| model.name != *name)) {
        let problem = format!("names {name} as title_model, and there is no such model");
        read.fault("BANTER_CONFIG", problem, "the name of one of its models");
    }
    Some(name.clone())
}

fn from_variables(read: &mut Reader<'_>) -> Option<Vec<ModelConfig>> {
    let base_url = read.required(
        &["AZURE_OPENAI_BASE_URL"],
        "e.g. https://<resource>.openai.azure.com or https://<resource>.openai.azure.com/openai/v1",
        parse_service_url,
    );
    let deployments = read.required(
        &["AZURE_OPENAI_DEPLOYMENTS"],
        "deployment names separated by commas, the default first, e.g. gpt-5-mini,gpt-5",
        |text| {
            let names = faults::split_list(text);
            if names.is_empty() { Err("names no deployment".to_owned()) } else { Ok(names) }
        },
    );
    let api_version = read.optional("AZURE_OPENAI_API_VERSION", "e.g. 2024-10-21", |text| Ok(text.to_owned()));
    let api_key = read.optional("AZURE_OPENAI_API_KEY", "the resource's key", parse_key);
    let scope = read.optional("AZURE_OPENAI_SCOPE", "e.g. https://ai.azure.com/.default", |text| Ok(text.to_owned()));
    let endpoint = EndpointConfig {
        base_url: base_url?,
        deployment: String::new(),
        api_version: api_version.unwrap_or_else(|| API_VERSION.to_owned()),
        api_key: api_key.map(|key| ApiKey { variable: "AZURE_OPENAI_API_KEY".to_owned(), key }),
        scope: scope.unwrap_or_else(|| SCOPE.to_owned()),
        priority: 0,
        weight: 1,
        origin: EndpointOrigin::Variables,
    };
    let model = |name: String| {
        let endpoint = EndpointConfig { deployment: name.clone(), ..endpoint.clone() };
        ModelConfig::plain(name, vec![endpoint])
    };
    Some(deployments?.into_iter().map(model).collect())
}

/// A header cannot carry anything else, and the failure would come with each request instead of at the start.
fn parse_key(text: &str) -> Result<SecretString, String> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(SecretString::from(text))
    } else {
        Err("contains white space or characters that no key has".to_owned())
    }
}
