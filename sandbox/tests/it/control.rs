//! The control endpoints, and TLS.

use reqwest::{Certificate, Client, StatusCode};
use sandbox::Options;
use sandbox::personas::ALICE;
use serde_json::{Value, json};

use crate::helper::{Sandbox, text};

#[tokio::test]
async fn typing_mistakes_in_orders_are_refused() {
    let sandbox = Sandbox::start().await;
    for fault in [
        json!({"service": "openai", "kind": "cutt"}),
        json!({"service": "azure", "kind": "cut"}),
        json!({"service": "openai", "kind": "cut", "match": {"pth": "x"}}),
    ] {
        let response = sandbox.post_json("/_sandbox/faults", fault).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn reset_forgets_everything() {
    let sandbox = Sandbox::start().await;
    sandbox.tokens_of(ALICE).await;
    sandbox.patch_persona(ALICE, json!({"name": "Alicia Archer", "groups": []})).await;
    sandbox.fault(json!({"service": "graph", "kind": "unavailable"})).await;
    sandbox.post_json("/_sandbox/reset", json!({})).await;
    assert_eq!(sandbox.get_json("/_sandbox/faults").await["faults"], json!([]));
    assert_eq!(sandbox.get_json("/_sandbox/requests").await["requests"], json!([]));
    let people = sandbox.get_json("/_sandbox/personas").await;
    assert_eq!(people["personas"][0]["name"], "Alice Archer");
}

#[tokio::test]
async fn changes_of_a_person_show_in_new_tokens_and_in_graph() {
    let sandbox = Sandbox::start().await;
    let token = sandbox.graph_token(ALICE).await;
    sandbox
        .patch_persona(
            ALICE,
            json!({"department": "Treasury", "remove_groups": [sandbox::constants::ALLOWED_GROUP_ID]}),
        )
        .await;
    let me: Value = sandbox.graph(&token, "/me?$select=department").send().await.unwrap().json().await.unwrap();
    assert_eq!(me["department"], "Treasury");
    let order = json!({"persona": ALICE, "kind": "id_token"});
    let claims = crate::helper::claims(&sandbox.mint(order).await);
    let groups = claims["groups"].to_string();
    assert!(!groups.contains(sandbox::constants::ALLOWED_GROUP_ID));
}

#[tokio::test]
async fn requests_are_recorded_per_service() {
    let sandbox = Sandbox::start().await;
    let body = json!({"messages": [{"role": "user", "content": "echo: hi"}]});
    sandbox.chat("gpt-4o", body).send().await.unwrap();
    let recorded = sandbox.get_json("/_sandbox/requests?service=openai").await;
    let request = &recorded["requests"][0];
    assert_eq!(request["headers"]["api-key"], "sandbox-key");
    assert_eq!(request["query"], "api-version=2024-10-21");
    assert_eq!((request["status"].as_u64(), request["finished"].as_bool()), (Some(200), Some(true)));
    let recorded = sandbox.get_json("/_sandbox/requests?service=graph").await;
    assert_eq!(recorded["requests"], json!([]));
}

#[tokio::test]
async fn https_uses_the_sandboxs_own_authority() {
    let options = Options { https_addr: Some(([127, 0, 0, 1], 0).into()), ..Options::default() };
    let sandbox = Sandbox::with(options).await;
    let pem = sandbox.running.ca_pem.clone().unwrap();
    let trusting = Client::builder().tls_certs_only([Certificate::from_pem(pem.as_bytes()).unwrap()]).build().unwrap();
    let url = format!("{}/_sandbox/health", sandbox.running.https_url.clone().unwrap());
    let health: Value = trusting.get(&url).send().await.unwrap().json().await.unwrap();
    assert!(text(&health, "issuer").starts_with("https://localhost:"));
    assert!(sandbox.http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_dropped_instance_no_longer_answers() {
    let sandbox = Sandbox::start().await;
    let url = sandbox.url("/_sandbox/health");
    let http = sandbox.http.clone();
    assert!(http.get(&url).send().await.is_ok());
    drop(sandbox);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(Client::new().get(&url).send().await.is_err());
}

#[tokio::test]
async fn the_front_page_lists_people_and_answers() {
    let sandbox = Sandbox::start().await;
    let page = sandbox.http.get(sandbox.url("/")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Grace Gómez-Núñez") && page.contains("about 2,000 tokens"));
}

#[tokio::test]
async fn a_used_port_is_named_with_its_option() {
    let first = Sandbox::start().await;
    let options = Options { http_addr: first.running.http_addr, ..Options::default() };
    let Err(error) = sandbox::start(options).await else {
        panic!("started twice on one port");
    };
    let message = error.to_string();
    assert!(message.contains(&first.running.http_addr.port().to_string()));
    assert!(message.contains("--http-port"));
}
