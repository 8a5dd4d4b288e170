//! Who may be here, checked again while they are.

use std::io::Write as _;

use model::{ConversationId, ModelChoice};
use serde_json::json;

use crate::support::{ALICE, Browser, CAROL, DAVE, ERIN, Setup, TestApp, TwoEndpoints};

const ALICE_OID: &str = "a11ce000-0000-4000-8000-000000000001";
const ALLOWED: &str = sandbox::constants::ALLOWED_GROUP_ID;
const ADMINS: &str = sandbox::constants::ADMIN_GROUP_ID;

#[tokio::test]
async fn somebody_removed_from_the_group_is_out_at_the_next_check_with_all_that_goes_on_for_them() {
    let app = TestApp::start().await;
    let (alice, elsewhere) = (app.signed_in(ALICE).await, app.signed_in(ALICE).await);
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let reply = alice.begin(None::<ConversationId>, "How is a loan secured?").await.reply.id;
    let mut stream = alice.follow(reply, 0).await;
    stream.chunk().await.unwrap().expect("it begins");
    app.change(ALICE_OID, json!({ "remove_groups": [ALLOWED] })).await;
    app.make_checks_due().await;
    let refusal = elsewhere.call("ask", &[("content", "echo: x")]).await;
    assert!(refusal.text().await.unwrap().contains("access to Banter was removed"));
    while let Ok(Some(_)) = stream.chunk().await {}
    assert_eq!(alice.try_get("/fn/models").await, Some(401), "every session of hers");
    app.until("the answer is not written any further", async || {
        app.text("SELECT status FROM messages WHERE role = 'assistant'").await == "stopped"
    })
    .await;
    assert_eq!(alice.get("/chat").await.status(), 403, "and signing in again says why");
}

#[tokio::test]
async fn access_is_checked_by_itself_while_a_stream_is_open() {
    let variables = [("ACCESS_RECHECK_MINUTES", "0.05".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let alice = app.signed_in(ALICE).await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let reply = alice.begin(None::<ConversationId>, "How is a loan secured?").await.reply.id;
    let mut stream = alice.follow(reply, 0).await;
    stream.chunk().await.unwrap().expect("it begins");
    app.change(ALICE_OID, json!({ "remove_groups": [ALLOWED] })).await;
    // Nobody asks for anything more; the check comes by itself and ends the stream.
    while let Ok(Some(_)) = stream.chunk().await {}
    assert_eq!(app.text("SELECT end_reason FROM sessions").await, "access_removed");
}

#[tokio::test]
async fn a_directory_that_does_not_answer_stops_people_without_signing_them_out() {
    let app = TestApp::start().await;
    // Her groups are not in her token: there are too many.
    let erin = app.signed_in(ERIN).await;
    app.fault(json!({ "service": "graph", "kind": "status", "status": 500 })).await;
    app.make_checks_due().await;
    let refusal = erin.call("ask", &[("content", "echo: x")]).await;
    assert_eq!(refusal.status(), 503);
    assert!(refusal.text().await.unwrap().contains("access cannot be checked"));
    let page = erin.get("/chat").await;
    assert_eq!(page.status(), 503);
    assert!(page.text().await.unwrap().contains("Your groups cannot be checked"));
    app.no_more_faults().await;
    app.sql("UPDATE sessions SET check_not_before = NULL").await;
    assert_eq!(erin.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn a_token_that_the_directory_refuses_is_renewed_once() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    app.fault(json!({ "service": "graph", "kind": "cae", "times": 2 })).await;
    app.make_checks_due().await;
    assert_eq!(alice.try_get("/fn/models").await, Some(200));
    assert_eq!(app.refreshes().await, 1);
}

#[tokio::test]
async fn a_lost_role_is_lost_at_the_next_check() {
    let app = TestApp::start().await;
    app.change(ALICE_OID, json!({ "add_groups": [ADMINS] })).await;
    let alice = app.signed_in(ALICE).await;
    assert_eq!(alice.get("/admin").await.status(), 200);
    app.change(ALICE_OID, json!({ "remove_groups": [ADMINS] })).await;
    app.make_checks_due().await;
    assert_eq!(alice.get("/admin").await.status(), 404);
}

#[tokio::test]
async fn groups_in_the_token_count_and_need_no_directory() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "claims", "claims": { "groups": [ALLOWED, ADMINS] } })).await;
    app.fault(json!({ "service": "graph", "kind": "unavailable" })).await;
    let dave = app.signed_in(DAVE).await;
    assert_eq!(dave.session().await["user"]["roles"], json!(["user", "admin"]));
    // Checked again by a new token, which says otherwise.
    app.no_more_faults().await;
    app.fault(json!({ "service": "entra", "kind": "claims", "claims": { "groups": ["elsewhere"] } })).await;
    app.make_checks_due().await;
    assert_eq!(dave.try_get("/fn/models").await, Some(401));
}

#[tokio::test]
async fn too_many_groups_for_a_token_are_asked_of_the_directory_and_the_tokens_own_link_is_not_followed() {
    let app = TestApp::start().await;
    let link = format!("{}/stolen", app.sandbox.base_url);
    let claims = json!({ "_claim_names": { "groups": "src1" }, "_claim_sources": { "src1": { "endpoint": link } } });
    app.fault(json!({ "service": "entra", "kind": "claims", "claims": claims })).await;
    app.signed_in(ERIN).await;
    let asked: Vec<_> = app.all_requests().await;
    assert!(!asked.iter().any(|request| request["path"].as_str().unwrap().contains("stolen")));
}

#[tokio::test]
async fn app_roles_give_roles_where_the_configuration_says_so() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "[roles.auditor]\napp_roles = ['Banter.Audit']\n[roles.trader]\ngroups = ['{ALLOWED}']").unwrap();
    let variables = [("BANTER_CONFIG", file.path().display().to_string())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    app.fault(json!({ "service": "entra", "kind": "claims", "claims": { "roles": ["Banter.Audit"] } })).await;
    let carol = app.signed_in(CAROL).await;
    assert_eq!(carol.session().await["user"]["roles"], json!(["user", "auditor", "trader"]));
    let profile = carol.page("/profile").await;
    assert!(profile.contains("By the application role Banter.Audit.") && profile.contains("By the group Chat users."));
    let administration = carol.page("/admin").await;
    assert!(!administration.contains("End all sessions"), "auditors look and do not touch");
}

#[tokio::test]
async fn the_denied_page_says_what_is_missing_for_which_account_and_where_to_ask() {
    let variables = [("ACCESS_REQUEST_URL", "https://help.example/banter".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let page = app.browser().sign_in(DAVE).await.text().await.unwrap();
    for part in ["Chat users", "Dave Dubois", "https://help.example/banter", "prompt=select_account", "Reference"] {
        assert!(page.contains(part), "{part:?} in {page}");
    }
}

#[tokio::test]
async fn the_profile_can_be_read_again_from_the_directory() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let id = alice.user_id().await;
    let before = alice.get(&format!("/api/photo/{id}")).await.bytes().await.unwrap();
    app.change(ALICE_OID, json!({ "job_title": "Head of Everything", "photo_version": 7 })).await;
    let page = alice.submit("/fn/refresh_profile", &[]).await;
    assert_eq!(page.status(), 200);
    assert!(alice.page("/profile").await.contains("Head of Everything"));
    assert_ne!(alice.get(&format!("/api/photo/{id}")).await.bytes().await.unwrap(), before);
}

#[tokio::test]
async fn a_next_page_of_groups_outside_the_directory_is_not_asked_for() {
    let app = TestApp::start().await;
    let elsewhere = TestApp::start().await;
    let link = format!("{}/graph/v1.0/me/transitiveMemberOf", elsewhere.sandbox.base_url);
    let body = json!({ "value": [], "@odata.nextLink": link });
    let only = json!({ "path": "transitiveMemberOf" });
    app.fault(json!({ "service": "graph", "kind": "status", "status": 200, "body": body, "match": only })).await;
    assert_eq!(app.browser().sign_in(ERIN).await.status(), 503);
    assert!(elsewhere.all_requests().await.is_empty(), "nobody's token went there");
}

#[tokio::test]
async fn administrators_exist_only_where_somebody_names_them() {
    let variables = [("ADMIN_GROUP_IDS", String::new()), ("ALLOWED_GROUP_IDS", String::new())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let bob = app.signed_in("Bob Baker").await;
    assert_eq!(bob.session().await["user"]["roles"], json!(["user"]));
    assert_eq!(bob.get("/admin").await.status(), 404);
}

#[tokio::test]
async fn somebody_turned_away_at_a_sign_in_is_out_everywhere() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    app.change(ALICE_OID, json!({ "remove_groups": [ALLOWED] })).await;
    assert_eq!(app.browser().sign_in(ALICE).await.status(), 403);
    assert_eq!(alice.try_get("/fn/models").await, Some(401));
}

#[tokio::test]
async fn a_model_for_some_is_shown_to_them_and_answers_nobody_else() {
    let models = TwoEndpoints::with("roles = ['admin']").await;
    let bob = models.app.signed_in("Bob Baker").await;
    let listed = async |browser: &Browser| browser.data::<Vec<ModelChoice>>("/fn/models").await.len();
    assert_eq!((listed(&models.browser).await, listed(&bob).await), (0, 1));
    for model in ["gpt-5", ""] {
        let refused = models.browser.call("ask", &[("content", "echo: hello"), ("model", model)]).await;
        assert_eq!(refused.status(), 400, "{model:?}");
    }
    assert_eq!(bob.ask("echo: hello").await.text().trim(), "hello");
    assert_eq!(models.asked().await, (1, 0), "nobody else's question got there");
}
