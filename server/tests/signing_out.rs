//! Signing out.

use serde_json::json;

use crate::support::{ALICE, Browser, TestApp};

#[tokio::test]
async fn signing_out_ends_the_session_here_and_at_the_provider() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let page = browser.submit("/api/auth/signout", &[]).await;
    assert!(page.url().as_str().starts_with(&app.sandbox.base_url), "{}", page.url());
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!("{}/signed-out", app.url)), "the provider sends people back: {page}");
    assert!(browser.page("/signed-out").await.contains("You are signed out"));
    assert_eq!(browser.session().await, json!({}));
    // Were the provider's session still there, it would sign in without asking.
    let picker = browser.get("/chat").await;
    assert!(picker.url().as_str().starts_with(&app.sandbox.base_url));
}

#[tokio::test]
async fn a_session_that_ended_is_worth_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    sqlx::query("DELETE FROM sessions").execute(&app.database().await).await.unwrap();
    assert_eq!(browser.call("ask", &[("content", "Hello?")]).await.status(), 401);
}

#[tokio::test]
async fn an_expired_session_is_worth_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let expire = "UPDATE sessions SET expires_at = now() - interval '1 second'";
    sqlx::query(expire).execute(&app.database().await).await.unwrap();
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn signing_out_from_another_site_does_nothing() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    for origin in ["https://evil.example", "null"] {
        let request = browser.request(reqwest::Method::POST, "/api/auth/signout").header("origin", origin);
        assert_eq!(request.send().await.unwrap().status(), 403);
    }
    assert_eq!(browser.request(reqwest::Method::POST, "/api/auth/signout").send().await.unwrap().status(), 403);
    assert_ne!(browser.session().await, json!({}));
}

#[tokio::test]
async fn the_provider_can_end_a_session_by_its_own_id_of_it() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let sid: String = sqlx::query_scalar("SELECT sid FROM sessions").fetch_one(&app.database().await).await.unwrap();
    let provider = Browser::new(&app.url);
    assert_eq!(provider.get("/api/auth/frontchannel-logout?sid=unknown").await.status(), 200);
    assert_eq!(provider.get("/api/auth/frontchannel-logout?sid=%00").await.status(), 400, "no id has that");
    assert_ne!(browser.session().await, json!({}));
    let ended = provider.get(&format!("/api/auth/frontchannel-logout?sid={sid}")).await;
    assert_eq!(ended.status(), 200);
    let policy = ended.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("frame-ancestors {}", app.sandbox.base_url)), "it is framed: {policy}");
    assert!(ended.headers().get("x-frame-options").is_none());
    assert_eq!(browser.session().await, json!({}));
}
