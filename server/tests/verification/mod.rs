//! What an answer of the provider has to be: the cases of the OpenID Foundation's Basic plan for relying parties, and
//! what else can be wrong with one.

mod answers;
mod claims;
mod keys;

use serde_json::{Value, json};

use crate::support::{ALICE, Browser, TestApp};

fn with_claims(claims: Value) -> Value {
    json!({ "kind": "claims", "claims": claims })
}

/// Nobody gets in with the fault, somebody without it.
async fn refuses(mut fault: Value) {
    let app = TestApp::start().await;
    fault["times"] = 1.into();
    order(&app, fault).await;
    refused(&app.browser()).await;
    app.signed_in(ALICE).await;
}

async fn refused(browser: &Browser) {
    let response = browser.sign_in(ALICE).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    assert!(page.contains("could not be verified") && page.contains("Reference"), "{page}");
    assert_eq!(browser.session().await, json!({}));
}

async fn accepts(fault: Value) {
    let app = TestApp::start().await;
    order(&app, fault).await;
    app.signed_in(ALICE).await;
}

async fn order(app: &TestApp, mut fault: Value) {
    fault["service"] = "entra".into();
    app.fault(fault).await;
}

fn is_at(request: &Value, path: &str) -> bool {
    request["path"].as_str().unwrap().contains(path)
}
