//! Models of the file and of the variables, and what is wrong with them.

use super::*;
use crate::config::{
    Config,
    file::tests::{lookup_with, with_file},
};

const TWO: &str = "
    [[models]]
    name = 'GPT-5 mini'
    description = 'Quick'
    context_tokens = 272000
    groups = ['traders']
    roles = ['admin']
    rest_seconds = 0.5
    [models.prices]
    prompt = 0.25
    completion = 2
    currency = 'EUR'
    [[models.endpoints]]
    base_url = 'https://one.openai.azure.com/openai/v1'
    deployment = 'gpt-5-mini'
    api_key_env = 'KEY_OF_A_MODEL'
    [[models.endpoints]]
    base_url = 'https://two.openai.azure.com'
    priority = 1
    weight = 3
    [[models]]
    name = 'other'
    [[models.endpoints]]
    base_url = 'https://two.openai.azure.com'";

fn faults(file: &str) -> String {
    with_file(file).unwrap_err().to_string()
}

#[test]
fn models_of_the_file_take_the_place_of_the_variables() {
    let config = with_file(TWO).unwrap();
    let names: Vec<&str> = config.models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["GPT-5 mini", "other"]);
    let model = &config.models[0];
    let prices = Prices { prompt: 0.25, cached: 0.25, completion: 2.0, currency: "EUR".to_owned() };
    assert_eq!((model.prices.as_ref(), model.context_tokens), (Some(&prices), Some(272_000)));
    assert_eq!(
        (&model.allowed_groups[..], &model.allowed_roles[..]),
        (&["traders".to_owned()][..], &[UserRole::Admin][..])
    );
    let [one, two] = &model.endpoints[..] else { panic!("{model:?}") };
    assert_eq!((one.deployment.as_str(), one.priority, one.weight), ("gpt-5-mini", 0, 1));
    assert_eq!((two.deployment.as_str(), two.priority, two.weight), ("GPT-5 mini", 1, 3));
    assert!(one.api_key.as_ref().is_some_and(|key| key.variable == "KEY_OF_A_MODEL") && two.api_key.is_none());
    assert!(!format!("{config:?}").contains("key-of-a-model"), "a key does not print itself");
}

#[test]
fn with_models_in_the_file_no_variable_of_them_is_needed() {
    let lookup = lookup_with(TWO);
    let config = Config::from_lookup(|name| if name.starts_with("AZURE_OPENAI_") { None } else { lookup(name) });
    assert_eq!(config.unwrap().models.len(), 2);
}

#[test]
fn without_models_each_deployment_of_the_variables_is_one_with_one_endpoint() {
    let config = with_file("").unwrap();
    let endpoints: Vec<_> = config.models.iter().flat_map(|model| &model.endpoints).collect();
    assert_eq!(endpoints.iter().map(|endpoint| &endpoint.deployment).collect::<Vec<_>>(), ["gpt-5-mini", "gpt-5"]);
    assert!(endpoints.iter().all(|endpoint| endpoint.origin == EndpointOrigin::Variables));
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let faults = faults(
        "
        [[models]]
        name = 'a'
        context_tokens = 0
        [models.prices]
        prompt = -1
        completion = 1
        [[models.endpoints]]
        base_url = 'http://example.com/secret-path'
        api_key_env = 'NOT_SET_ANYWHERE'
        [[models.endpoints]]
        weight = 0
        [[models]]
        name = 'a'
        rest_seconds = 0
        [[models]]
        ",
    );
    for fault in [
        "model 1 (\"a\"): context_tokens",
        "none of them is negative",
        "three capital letters",
        "endpoint 1: base_url is http, which",
        "endpoint 1: the variable \"NOT_SET_ANYWHERE\" of api_key_env is not set",
        "endpoint 2: base_url is missing",
        "endpoint 2: weight is 0",
        "model 2 (\"a\"): another model",
        "model 2 (\"a\"): rest_seconds",
        "model 2 (\"a\"): it has no",
        "model 3: name is missing",
    ] {
        assert!(faults.contains(fault), "{fault} is not in:\n{faults}");
    }
    assert!(!faults.contains("secret-path"), "{faults}");
}

#[test]
fn a_key_that_no_header_can_carry_is_refused_and_not_printed() {
    let file = "[[models]]\nname = 'a'\n[[models.endpoints]]\nbase_url = 'https://a.example'\napi_key_env = 'AZURE_CLIENT_SECRET'";
    let faults = faults(file);
    assert!(faults.contains("\"AZURE_CLIENT_SECRET\" of api_key_env contains"), "{faults}");
    assert!(!faults.contains("a secret"), "{faults}");
}

#[test]
fn the_example_of_the_readme_is_one() {
    let readme = include_str!("../../../../README.md");
    let example = readme.split("```toml").nth(2).and_then(|rest| rest.split("```").next()).unwrap();
    let example = example.replace("<resource>", "one").replace("<another resource>", "two");
    let lookup = lookup_with(&example);
    let key = |name: &str| if name == "SWEDEN_KEY" { Some("key-of-a-model".to_owned()) } else { lookup(name) };
    let config = Config::from_lookup(key).unwrap();
    let [model] = &config.models[..] else { panic!("{config:?}") };
    assert!(model.prices.is_some() && model.endpoints.len() == 2 && model.allowed_groups.len() == 1, "{model:?}");
}

#[test]
fn room_for_the_answer_is_kept_free_in_what_the_model_can_read() {
    let limit = |settings: &str| {
        let model =
            format!("[[models]]\nname = 'm'\n{settings}\n[[models.endpoints]]\nbase_url = 'https://one.example'");
        with_file(&model).map(|config| config.models[0].prompt_limit())
    };
    assert_eq!(limit("").unwrap(), None);
    assert_eq!(limit("context_tokens = 8000").unwrap(), Some(7000));
    assert_eq!(limit("context_tokens = 272000").unwrap(), Some(272_000 - 16_384));
    assert_eq!(limit("context_tokens = 8000\nanswer_tokens = 100").unwrap(), Some(7900));
    for settings in ["context_tokens = 100\nanswer_tokens = 100", "answer_tokens = 100"] {
        assert!(limit(settings).unwrap_err().to_string().contains("answer_tokens"), "{settings}");
    }
}
