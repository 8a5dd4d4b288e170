//! Signing in, when the input is bad or the other side is.

use serde_json::json;

use crate::support::{ALICE, Browser, DAVE, ERIN, TestApp};

#[tokio::test]
async fn somebody_in_no_allowed_group_is_told_so_usefully() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let response = browser.sign_in(DAVE).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    for part in ["do not have access", "Dave Dubois", "prompt=select_account", "Reference"] {
        assert!(page.contains(part), "{part:?} in {page}");
    }
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn nobody_is_let_in_while_the_directory_cannot_be_asked() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "graph", "kind": "unavailable" })).await;
    let browser = app.browser();
    // Her token has no groups: there are too many.
    let response = browser.sign_in(ERIN).await;
    assert_eq!(response.status(), 503);
    assert!(response.text().await.unwrap().contains("groups cannot be checked"));
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn short_throttling_by_the_directory_is_waited_out() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "graph", "kind": "throttled", "times": 1, "retry_after": 1 })).await;
    app.signed_in(ALICE).await;
}

#[tokio::test]
async fn an_unacceptable_id_token_lets_nobody_in() {
    for kind in [
        "wrong_iss",
        "wrong_aud",
        "wrong_nonce",
        "wrong_tid",
        "expired",
        "not_yet_valid",
        "bad_signature",
        "foreign_key",
        "alg_none",
        "hs256",
        "unknown_kid",
        "no_id_token",
    ] {
        let app = TestApp::start().await;
        app.fault(json!({ "service": "entra", "kind": kind })).await;
        let browser = app.browser();
        let response = browser.sign_in(ALICE).await;
        assert!(matches!(response.status().as_u16(), 403 | 503), "{kind}: {}", response.status());
        assert!(response.text().await.unwrap().contains("Reference"), "{kind}");
        assert_eq!(browser.session().await, json!({}), "{kind}");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_gives_a_page_that_says_so() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "down" })).await;
    let response = app.browser().get("/chat").await;
    assert_eq!(response.status(), 503);
    let page = response.text().await.unwrap();
    assert!(page.contains("cannot be reached") && page.contains("Reference"), "{page}");
}

#[tokio::test]
async fn a_refused_code_gives_a_page_with_the_providers_ids_and_no_raw_error() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "token_error", "error": "invalid_grant", "code": 70008 })).await;
    let response = app.browser().sign_in(ALICE).await;
    assert_eq!(response.status(), 403);
    let page = response.text().await.unwrap();
    assert!(page.contains("AADSTS70008") && page.contains("Trace id"), "{page}");
    assert!(!page.contains("invalid_grant"), "{page}");
}

#[tokio::test]
async fn cancelling_at_the_provider_gives_a_page_to_begin_again() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let response = browser.sign_in("Cancel").await;
    assert_eq!(response.status(), 200);
    assert!(response.text().await.unwrap().contains("You cancelled the sign-in"));
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn an_answer_of_the_provider_works_once() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    let callback = callback_of(&app, &browser).await;
    let cookie = browser.kept_cookie();
    assert_eq!(browser.get(&callback).await.status(), 303);
    // A browser that refuses to forget its cookie changes nothing.
    let again = browser.get_with_cookie(&callback, &cookie).await;
    assert_eq!(again.status(), 400);
    assert!(again.text().await.unwrap().contains("This sign-in is over"));
}

#[tokio::test]
async fn an_answer_of_the_provider_works_in_the_browser_that_asked_only() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    let callback = callback_of(&app, &browser).await;
    let other = Browser::unmoved(&app.url);
    assert_eq!(other.get(&callback).await.status(), 400);
    assert_eq!(other.session().await, json!({}));
}

#[tokio::test]
async fn a_callback_without_anything_is_explained() {
    let app = TestApp::start().await;
    for query in ["", "?code=x", "?state=x&code=y", "?error=access_denied", "?state=%00&code=%00"] {
        let response = app.browser().get(&format!("/api/auth/callback/entra-id{query}")).await;
        assert_eq!(response.status(), 400, "{query}");
        assert!(response.text().await.unwrap().contains("This sign-in is over"), "{query}");
    }
}

#[tokio::test]
async fn a_callback_url_that_leaves_the_origin_is_not_followed() {
    let app = TestApp::start().await;
    for trick in [
        "//evil.example",
        "/\\evil.example",
        "/%5cevil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/%09/evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "@evil.example",
        "/%252f%252fevil.example",
    ] {
        let browser = app.browser();
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("callbackUrl", trick).finish();
        let page = browser.sign_in_at(&format!("/api/auth/signin/entra-id?{query}"), ALICE).await;
        assert_eq!(page.url().as_str(), format!("{}/chat", app.url), "{trick:?}");
    }
}

/// A sign-in of Alice in `browser`, up to the address that the provider sends it back to.
async fn callback_of(app: &TestApp, browser: &Browser) -> String {
    let begun = browser.get("/api/auth/signin/entra-id?callbackUrl=%2Fchat").await;
    let provider = begun.headers()["location"].to_str().unwrap().to_owned();
    browser.keep_cookie(&begun);
    let answer = Browser::unmoved(&app.sandbox.base_url).sign_in_at(&provider, ALICE).await;
    answer.headers()["location"].to_str().unwrap().to_owned()
}
