//! What a platform around the app makes for it: certificates, projected tokens, files; and telling the sandbox of them.

use std::path::PathBuf;

use reqwest::Method;
use sandbox::constants::CLIENT_ID;
use serde_json::{Value, json};
use tempfile::TempDir;

pub const ISSUER: &str = "https://cluster.example/";
pub const SUBJECT: &str = "system:serviceaccount:chat:banter";

/// What a platform around the app makes for it, before any provider knows of it.
pub struct Platform(sandbox::Running);

impl Platform {
    pub async fn start() -> Self {
        Self(sandbox::start(sandbox::Options::default()).await.unwrap())
    }

    /// `certificate`, `private_key` and `x5t#S256`.
    pub async fn certificate(&self) -> Value {
        control(&self.0, Method::POST, &format!("clients/{CLIENT_ID}/certificates"), json!({})).await
    }

    /// A token as a cluster projects it into a pod.
    pub async fn token(&self, subject: &str) -> String {
        let order = json!({ "issuer": ISSUER, "subject": subject });
        let projected = control(&self.0, Method::POST, "federated-token", order).await;
        projected["token"].as_str().unwrap().to_owned()
    }
}

/// Files that the app is told the paths of. Replaced in one step, as platforms do it.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn write(&self, name: &str, content: &str) -> String {
        let (path, new): (PathBuf, PathBuf) = (self.0.path().join(name), self.0.path().join("new"));
        std::fs::write(&new, content).unwrap();
        std::fs::rename(new, &path).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn write_certificate(&self, certificate: &Value) -> String {
        let part = |name: &str| certificate[name].as_str().unwrap().to_owned();
        self.write("certificate", &(part("certificate") + &part("private_key")))
    }
}

/// Orders something of a sandbox; `path` is one of its control endpoints.
pub async fn control(sandbox: &sandbox::Running, method: Method, path: &str, body: Value) -> Value {
    let url = format!("{}/_sandbox/{path}", sandbox.base_url);
    let response = reqwest::Client::new().request(method, url).json(&body).send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.text().await.unwrap());
    response.json().await.unwrap()
}
