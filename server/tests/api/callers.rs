//! Who a caller is here, and that what they may is checked again and again.

use reqwest::Method;
use sandbox::constants::{ALLOWED_GROUP_ID, CALLER_CLIENT_ID, CALLER_PRINCIPAL_ID};
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, CAROL, DAVE, ERIN, FRANK, Setup, TestApp, header};

async fn impatient() -> TestApp {
    let variables = [("ACCESS_RECHECK_MINUTES", "0.02".to_owned())].into();
    TestApp::start_with(Setup { variables, ..Setup::default() }).await
}

async fn on_behalf_of(app: &TestApp) -> usize {
    let is_one = |request: &Value| request["body"].as_str().is_some_and(|body| body.contains("on_behalf_of"));
    app.requests("entra").await.iter().filter(|request| is_one(request)).count()
}

#[tokio::test]
async fn a_person_who_calls_is_the_same_as_in_the_browser_whoever_comes_first() {
    let app = TestApp::start().await;
    let by_browser = app.signed_in(ALICE).await.user_id().await;
    let me = app.calling(ALICE).await.me().await;
    assert_eq!((&me["id"], &me["kind"]), (&json!(by_browser), &json!("user")));
    let by_token = app.calling(BOB).await.me().await;
    assert_eq!(by_token["roles"], json!(["user", "admin"]));
    assert_eq!(by_token["id"], app.signed_in(BOB).await.user_id().await);
    assert_ne!(app.calling(FRANK).await.me().await["id"], by_browser, "the same mail address is another person");
}

#[tokio::test]
async fn calling_leaves_what_the_directory_said_of_somebody() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let before = app.text("SELECT concat_ws('|', given_name, department, email, groups) FROM users").await;
    app.calling(ALICE).await.me().await;
    assert_eq!(app.text("SELECT concat_ws('|', given_name, department, email, groups) FROM users").await, before);
}

#[tokio::test]
async fn groups_come_from_the_token_where_it_has_them_and_else_from_the_directory() {
    let app = TestApp::start().await;
    app.calling(ALICE).await.me().await;
    assert_eq!(on_behalf_of(&app).await, 0);
    assert_eq!(app.calling(ERIN).await.me().await["name"], ERIN, "in too many groups for a token");
    assert_eq!(on_behalf_of(&app).await, 1);
}

#[tokio::test]
async fn many_calls_at_once_check_somebody_once() {
    let app = TestApp::start().await;
    let erin = app.calling(ERIN).await;
    let calls = futures::future::join_all((0..8).map(|_| erin.status())).await;
    assert_eq!((calls, on_behalf_of(&app).await), (vec![200; 8], 1));
}

#[tokio::test]
async fn whoever_is_in_no_allowed_group_may_not_call() {
    let app = TestApp::start().await;
    let refused = app.calling(DAVE).await.get("/api/v1/me").await;
    assert_eq!(refused.status(), 403);
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["type"].as_str().unwrap().ends_with("#problem-no-access"), "{problem}");
    assert_eq!(app.number("SELECT count(*) FROM users").await, 0, "nothing of them is stored");
}

#[tokio::test]
async fn what_a_token_says_of_groups_is_not_trusted_for_longer_than_anything_else() {
    let app = impatient().await;
    let alice = app.calling(ALICE).await;
    let browser = app.signed_in(ALICE).await;
    assert_eq!(alice.status().await, 200);
    app.change("Alice Archer", json!({ "remove_groups": [ALLOWED_GROUP_ID] })).await;
    app.until("her access ends", async || alice.status().await == 403).await;
    assert_eq!(browser.get("/fn/viewer").await.status(), 401, "in the browser, too");
    app.change("Alice Archer", json!({ "add_groups": [ALLOWED_GROUP_ID] })).await;
    assert_eq!(alice.status().await, 200);
}

#[tokio::test]
async fn a_directory_that_does_not_answer_lets_nobody_in() {
    let app = impatient().await;
    app.fault(json!({ "service": "graph", "kind": "unavailable" })).await;
    let erin = app.calling(ERIN).await;
    assert_eq!(erin.status().await, 503);
    app.no_more_faults().await;
    assert_eq!(erin.status().await, 200);
}

#[tokio::test]
async fn somebody_whom_the_provider_does_not_vouch_for_any_more_is_told_so_with_what_it_wants() {
    let app = impatient().await;
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let fault = json!({
        "service": "entra", "kind": "token_error", "error": "interaction_required", "code": 50076, "claims": claims,
        "times": 1, "match": { "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer" },
    });
    app.fault(fault).await;
    let refused = app.calling(ERIN).await.get("/api/v1/me").await;
    assert_eq!(refused.status(), 401);
    let challenge = header(&refused, "www-authenticate");
    assert!(
        challenge.starts_with("Bearer error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4i"),
        "{challenge}"
    );
    app.change(ERIN, json!({ "disabled": true })).await;
    let refused = app.calling(ERIN).await.get("/api/v1/me").await;
    assert_eq!((refused.status().as_u16(), header(&refused, "www-authenticate").contains("vouch")), (401, true));
}

#[tokio::test]
async fn an_administrator_who_ends_somebodys_sessions_has_their_access_checked_at_the_next_call() {
    let app = TestApp::start().await;
    let carol = app.exchanged(CAROL).await;
    let bob = app.signed_in(BOB).await;
    let user = carol.me().await["id"].as_str().unwrap().to_owned();
    assert_eq!(bob.call("revoke_sessions", &[("user", &user)]).await.status(), 200);
    assert_eq!(carol.status().await, 401, "a token of ours cannot be checked with the provider");
    assert_eq!(app.calling(CAROL).await.status().await, 200);
}

#[tokio::test]
async fn an_application_is_a_user_of_its_own_kind() {
    let app = TestApp::start().await;
    let me = app.service().await.me().await;
    assert_eq!((&me["kind"], &me["roles"]), (&json!("service"), &json!(["service"])));
    assert_eq!(app.service().await.me().await["id"], me["id"]);
    let row = app.text("SELECT kind || ' ' || oid FROM users u JOIN accounts a ON a.user_id = u.id").await;
    assert_eq!(row, format!("service {CALLER_PRINCIPAL_ID}"));
}

#[tokio::test]
async fn callers_are_told_how_often_they_may_and_held_to_it() {
    let variables = [("API_REQUESTS_PER_MINUTE", "3".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let alice = app.calling(ALICE).await;
    let mut remaining = Vec::new();
    for _ in 0..3 {
        let answer = alice.get("/api/v1/me").await;
        assert_eq!((answer.status().as_u16(), header(&answer, "ratelimit-limit")), (200, "3"));
        remaining.push(header(&answer, "ratelimit-remaining").to_owned());
    }
    assert_eq!(remaining, ["2", "1", "0"]);
    let refused = alice.get("/api/v1/me").await;
    assert_eq!(refused.status(), 429);
    assert!((1..=20).contains(&header(&refused, "retry-after").parse::<u32>().unwrap()));
    assert_eq!(header(&refused, "ratelimit-remaining"), "0");
    assert_eq!(app.calling(BOB).await.status().await, 200, "others are not");
}

#[tokio::test]
async fn an_application_acts_in_the_cost_centres_that_it_may_and_in_no_other() {
    let variables = [("API_COST_CENTRES", format!("{CALLER_CLIENT_ID}=4711, other={}", 4712))].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let service = app.service().await;
    let path = format!("/api/v1/conversations/{}/messages", service.conversation().await);
    let ask = async |path: &str, centre: &str| {
        let body = json!({ "content": "echo: x", "stream": false, "model": "gpt-5-mini",
            "messages": [{ "role": "user", "content": "echo: x" }] });
        let body = if path.ends_with("messages") { json!({ "content": "echo: x", "stream": false }) } else { body };
        let request = service.request(Method::POST, path).header("banter-cost-centre", centre);
        request.json(&body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(&path, "4711").await, 201);
    assert_eq!(ask("/api/v1/chat/completions", "4711").await, 200);
    assert_eq!(app.number("SELECT count(*) FROM usage WHERE department = '4711' AND completion_tokens > 0").await, 2);
    for centre in ["4712", "47", "4711 ", "x"] {
        let expected = if centre.trim() == "4711" { 201 } else { 403 };
        assert_eq!(ask(&path, centre).await, expected, "{centre:?}");
    }
    let person = app.calling(ALICE).await.request(Method::GET, "/api/v1/me").header("banter-cost-centre", "4711");
    assert_eq!(person.send().await.unwrap().status(), 403, "people's departments pay");
}
