//! `banter doctor` as an operator runs it: the built program, its exit code and what it prints.

use std::collections::HashMap;

use serde_json::Value;

use super::TestApp;

/// What one run printed, for people and as JSON.
pub struct Report {
    pub code: Option<i32>,
    pub text: String,
    pub json: Value,
}

impl Report {
    /// The checks about `subject`, as (verdict, everything said).
    pub fn about(&self, subject: &str) -> Vec<(String, String)> {
        let checks = self.json["checks"].as_array().unwrap().iter().filter(|check| check["subject"] == subject);
        let said = |check: &Value| {
            let parts = ["seen", "reason", "cause", "remedy"].iter().filter_map(|name| check[*name].as_str());
            (check["verdict"].as_str().unwrap().to_owned(), parts.collect::<Vec<_>>().join(" | "))
        };
        checks.map(said).collect()
    }

    /// The verdicts other than `ok`, with their subjects.
    pub fn not_ok(&self) -> Vec<(String, String)> {
        let checks = self.json["checks"].as_array().unwrap().iter();
        let text = |check: &Value, name: &str| check[name].as_str().unwrap().to_owned();
        let not_ok = checks.filter(|check| check["verdict"] != "ok");
        not_ok.map(|check| (text(check, "verdict"), text(check, "subject"))).collect()
    }

    /// Asserts that one thing is wrong, which says all of `parts`, and that the exit code tells it.
    pub fn assert_wrong(&self, subject: &str, parts: &[&str]) {
        let about = self.about(subject);
        let wrong = about.iter().find(|(verdict, _)| verdict == "wrong");
        let (_, said) = wrong.unwrap_or_else(|| panic!("{subject} is not wrong in\n{}", self.text));
        for part in parts {
            assert!(said.contains(part), "{part:?} in {said}");
        }
        assert_eq!(self.code, Some(1), "{}", self.text);
        // What is printed for people says the same, broken into lines.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let printed = words(&self.text);
        assert!(printed.contains(&format!("wrong {subject} cause")), "{printed}");
        for part in said.split(" | ") {
            // Each run's requests have ids of their own.
            let part = part.split(" Request ").next().unwrap();
            assert!(printed.contains(&words(part)), "{part:?} in {}", self.text);
        }
    }
}

impl TestApp {
    /// Runs it with `changes` to the variables.
    pub async fn doctor(&self, changes: &[(&'static str, &str)]) -> Report {
        let (json, text) = tokio::join!(self.doctor_program(changes, &["--json"]), self.doctor_program(changes, &[]));
        assert_eq!(json.status.code(), text.status.code());
        let printed = [&json.stdout, &json.stderr, &text.stdout, &text.stderr].map(|out| String::from_utf8_lossy(out));
        for secret in ["a secret that is only", "sandbox-secret", "sandbox-key", "eyJ", "not the right", "\x1b"] {
            assert!(!printed.iter().any(|out| out.contains(secret)), "{secret:?} in {printed:?}");
        }
        let json = serde_json::from_slice(&json.stdout).unwrap_or(Value::Null);
        Report { code: text.status.code(), text: printed[2].clone().into_owned(), json }
    }

    /// Grants the app permissions of its own in the directory, or changes its registration otherwise.
    pub async fn change_client(&self, changes: Value) {
        let url = format!("{}/_sandbox/clients/{}", self.sandbox.base_url, sandbox::constants::CLIENT_ID);
        let response = reqwest::Client::new().patch(url).json(&changes).send().await.unwrap();
        assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    }

    /// Posts to a control endpoint of the sandbox.
    pub async fn control(&self, endpoint: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/{endpoint}", self.sandbox.base_url);
        reqwest::Client::new().post(url).json(&body).send().await.unwrap().json().await.unwrap()
    }

    async fn doctor_program(&self, changes: &[(&'static str, &str)], arguments: &[&str]) -> std::process::Output {
        let changes: HashMap<_, _> = changes.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let addr = "127.0.0.1:3000".parse().unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_banter"));
        command.arg("doctor").args(arguments).env_clear().env("LEPTOS_SITE_ROOT", self.site.path());
        command.envs(super::variables(&self.sandbox, &self.database_url, addr, changes));
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}
