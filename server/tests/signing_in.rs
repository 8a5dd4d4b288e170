//! Signing in, when all goes well.

use serde_json::json;
use sqlx::Row as _;

use crate::support::{ALICE, BOB, Browser, CAROL, ERIN, FRANK, TestApp};

#[tokio::test]
async fn a_signed_out_page_leads_to_the_provider_and_back_to_the_page_that_was_asked_for() {
    let app = TestApp::start().await;
    let page = app.browser().sign_in_at("/profile?x=1", ALICE).await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.url().as_str(), format!("{}/profile?x=1", app.url));
}

#[tokio::test]
async fn there_is_no_login_page_of_the_apps_own() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    let response = browser.get("/chat/some").await;
    assert_eq!(response.status(), 303);
    assert_eq!(response.headers()["location"], "/api/auth/signin/entra-id?callbackUrl=%2Fchat%2Fsome");
    let response = browser.get("/api/auth/signin/entra-id?callbackUrl=%2Fchat").await;
    let location = response.headers()["location"].to_str().unwrap();
    assert!(location.starts_with(&app.sandbox.base_url), "{location}");
    for part in ["code_challenge_method=S256", "state=", "nonce=", "response_type=code"] {
        assert!(location.contains(part), "{part} in {location}");
    }
}

#[tokio::test]
async fn a_browser_the_provider_knows_is_signed_in_without_a_question() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    sqlx::query("DELETE FROM sessions").execute(&app.database().await).await.unwrap();
    let page = browser.get("/chat").await;
    assert_eq!((page.status().as_u16(), page.url().path()), (200, "/chat"));
}

#[tokio::test]
async fn the_first_sign_in_creates_the_user_and_later_ones_update_what_changed() {
    let app = TestApp::start().await;
    let id = app.signed_in(ALICE).await.user_id().await;
    let database = app.database().await;
    let updated = "SELECT updated_at FROM users";
    let first: time::OffsetDateTime = sqlx::query(updated).fetch_one(&database).await.unwrap().get(0);
    assert_eq!(app.signed_in(ALICE).await.user_id().await, id);
    let second: time::OffsetDateTime = sqlx::query(updated).fetch_one(&database).await.unwrap().get(0);
    assert_eq!(first, second, "nothing changed");

    app.change("a11ce000-0000-4000-8000-000000000001", json!({ "department": "Group Treasury" })).await;
    let browser = app.signed_in(ALICE).await;
    assert_eq!(browser.user_id().await, id);
    assert!(browser.page("/profile").await.contains("Group Treasury"));
    let third: time::OffsetDateTime = sqlx::query(updated).fetch_one(&database).await.unwrap().get(0);
    assert!(third > second);
}

#[tokio::test]
async fn two_first_sign_ins_at_once_make_one_user() {
    let app = TestApp::start().await;
    let (a, b) = tokio::join!(app.signed_in(ALICE), app.signed_in(ALICE));
    assert_eq!(a.user_id().await, b.user_id().await);
}

#[tokio::test]
async fn the_same_mail_address_with_another_object_id_is_another_person() {
    let app = TestApp::start().await;
    let (alice, frank) = (app.signed_in(ALICE).await, app.signed_in(FRANK).await);
    let (a, f) = (alice.session().await, frank.session().await);
    assert_eq!(a["user"]["email"], f["user"]["email"]);
    assert_ne!(a["user"]["id"], f["user"]["id"]);
}

#[tokio::test]
async fn a_group_on_a_late_page_of_the_directory_counts() {
    let app = TestApp::start().await;
    let erin = app.signed_in(ERIN).await;
    assert_eq!(erin.session().await["user"]["name"], ERIN);
    assert!(app.requests("graph").await.len() > 3, "there were several pages");
}

#[tokio::test]
async fn a_directory_that_refuses_the_query_for_groups_is_asked_the_plain_way() {
    let app = TestApp::start().await;
    let only = json!({ "path": "microsoft.graph.group" });
    app.fault(json!({ "service": "graph", "kind": "status", "status": 400, "match": only })).await;
    let page = app.signed_in(ALICE).await.page("/profile").await;
    assert!(page.contains("Chat users"));
}

#[tokio::test]
async fn somebody_without_mail_and_picture_gets_in() {
    let app = TestApp::start().await;
    assert_eq!(app.signed_in(CAROL).await.session().await["user"]["name"], CAROL);
}

#[tokio::test]
async fn roles_come_from_groups() {
    let app = TestApp::start().await;
    assert_eq!(app.signed_in(BOB).await.session().await["user"]["roles"], json!(["user", "admin"]));
    assert_eq!(app.signed_in(ALICE).await.session().await["user"]["roles"], json!(["user"]));
}

#[tokio::test]
async fn signing_in_gives_a_new_session_id_and_ends_the_old_one() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let database = app.database().await;
    let ids = "SELECT id_hash FROM sessions WHERE ended_at IS NULL";
    let before: Vec<Vec<u8>> = sqlx::query_scalar(ids).fetch_all(&database).await.unwrap();
    browser.get("/api/auth/signin/entra-id?callbackUrl=%2Fchat").await;
    let after: Vec<Vec<u8>> = sqlx::query_scalar(ids).fetch_all(&database).await.unwrap();
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
}

#[tokio::test]
async fn the_cookie_is_opaque_and_out_of_reach_of_scripts() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let response = browser.get("/chat").await;
    assert_eq!(response.status(), 200);
    let unmoved = Browser::unmoved(&app.url);
    let begun = unmoved.get("/api/auth/signin/entra-id").await;
    let cookie = begun.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    assert!(!cookie.contains("nonce"), "{cookie}");
}

#[tokio::test]
async fn tokens_are_stored_sealed_only() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let row: (Vec<u8>, String) = sqlx::query_as("SELECT tokens, row_to_json(sessions)::text FROM sessions")
        .fetch_one(&app.database().await)
        .await
        .unwrap();
    // Every JWT begins with `eyJ`.
    assert!(!row.0.windows(3).any(|bytes| bytes == b"eyJ") && !row.1.contains("eyJ"));
    assert!(row.0.len() > 1000, "they are there");
}

#[tokio::test]
async fn key_rollover_between_two_sign_ins_goes_unnoticed() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let roll = format!("{}/_sandbox/keys/roll", app.sandbox.base_url);
    assert!(reqwest::Client::new().post(roll).send().await.unwrap().status().is_success());
    app.signed_in(BOB).await;
}

#[tokio::test]
async fn two_tabs_can_sign_in_at_once() {
    let app = TestApp::start().await;
    let browser = app.browser();
    // Both are at the provider before either is finished.
    let first = browser.get("/profile").await;
    let second = browser.get("/chat").await;
    let first = browser.pick(first, ALICE).await;
    let second = browser.pick(second, ALICE).await;
    assert_eq!((first.url().path(), second.url().path()), ("/profile", "/chat"));
}
