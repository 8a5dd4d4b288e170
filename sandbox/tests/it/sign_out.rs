//! End session: the cookie, the front-channel call, the way back.

use reqwest::StatusCode;
use sandbox::personas::ALICE;

use crate::helper::{Sandbox, claims, redirected, text};

#[tokio::test]
async fn sign_out_calls_the_application_with_the_sid_alone_and_goes_back() {
    let sandbox = Sandbox::start().await;
    let tokens = sandbox.tokens_of(ALICE).await;
    let id = claims(text(&tokens, "id_token"));
    let url = format!(
        "{}?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F&logout_hint={}&state=s1",
        sandbox.tenant("/oauth2/v2.0/logout"),
        text(&id, "login_hint")
    );
    let page = sandbox.http.get(url).send().await.unwrap().text().await.unwrap();
    let frame = format!("src=\"http://localhost:3000/api/auth/frontchannel-logout?sid={}\"", text(&id, "sid"));
    assert!(page.contains(&frame), "{page}");
    assert!(page.contains("Alice Archer signed out."));
    assert!(page.contains("url=http://localhost:3000/?state=s1"));
    let answer = redirected(&sandbox.authorize(&[("prompt", "none")]).await);
    assert_eq!(answer["error"], "login_required");
}

#[tokio::test]
async fn unregistered_addresses_end_on_the_signed_out_page() {
    let sandbox = Sandbox::start().await;
    sandbox.tokens_of(ALICE).await;
    let url =
        format!("{}?post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F", sandbox.tenant("/oauth2/v2.0/logout"));
    let response = sandbox.http.get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.text().await.unwrap().contains("evil.example"));
}
