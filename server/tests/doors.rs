//! Every door: who may come in, and what each answer tells the browser.

use reqwest::Method;

use crate::support::{ALICE, Browser, Setup, TestApp};

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    for path in
        ["/chat", "/profile", "/nowhere", "/healthz", "/signed-out", "/pkg/banter.bbbb.js", "/fn/models", "/api/x"]
    {
        let response = browser.get(path).await;
        let header =
            |name: &str| response.headers().get(name).unwrap_or_else(|| panic!("{name} on {path}")).to_str().unwrap();
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert!(header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe-inline"), "{path}");
        assert!(!header("x-correlation-id").is_empty());
    }
}

#[tokio::test]
async fn a_pages_scripts_carry_a_nonce_that_is_new_each_time() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let mut policies = Vec::new();
    for _ in 0..2 {
        let response = browser.get("/chat").await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
        let page = response.text().await.unwrap();
        // Data in the page is a script element, too, but nothing that runs.
        for script in page.split("<script").skip(1).filter(|script| !script.starts_with(" type=\"application/json\"")) {
            assert!(script.split('>').next().unwrap().contains(&nonce), "{script:.80}");
        }
        assert!(!page.contains("style=\""));
        policies.push(policy);
    }
    assert_ne!(policies[0], policies[1]);
}

#[tokio::test]
async fn private_answers_are_kept_nowhere() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    for path in ["/chat", "/profile", "/fn/conversations", "/api/auth/session"] {
        assert_eq!(browser.get(path).await.headers()["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn server_functions_want_a_session_and_their_own_origin() {
    let app = TestApp::start().await;
    assert_eq!(app.browser().call("ask", &[("content", "x")]).await.status(), 401);
    for path in ["/fn/conversations", "/fn/viewer", "/fn/models", "/fn/nothing"] {
        assert_eq!(app.browser().get(path).await.status(), 401, "{path}");
    }
    let browser = app.signed_in(ALICE).await;
    let ask = || browser.request(Method::POST, "/fn/ask").form(&[("content", "echo: x")]);
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    ] {
        let mut request = ask();
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        assert_eq!(request.send().await.unwrap().status(), 403, "{headers:?}");
    }
    assert_eq!(ask().header("sec-fetch-site", "same-origin").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn unknown_addresses_are_a_sign_in_for_strangers_and_missing_for_everybody_else() {
    let variables = [("API_AUDIENCE", String::new())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let stranger = Browser::unmoved(&app.url);
    for path in ["/nowhere", "/admin", "/admin/users", "/chat/x/y"] {
        assert_eq!(stranger.get(path).await.status(), 303, "{path}");
    }
    assert_eq!(stranger.get("/api/nowhere").await.status(), 401);
    assert_eq!(stranger.submit("/nowhere", &[]).await.status(), 401);
    assert_eq!(stranger.get("/api/v1/me").await.status(), 404, "the app-to-app API is off");
    let browser = app.signed_in(ALICE).await;
    for path in ["/nowhere", "/admin", "/chat/x/y", "/chat/no-id", "/api/nowhere"] {
        assert_eq!(browser.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn odd_methods_open_nothing() {
    let app = TestApp::start().await;
    let stranger = Browser::unmoved(&app.url);
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "HEAD"] {
        let method: Method = method.parse().unwrap();
        for path in ["/chat", "/profile", "/fn/viewer", "/fn/ask", "/api/auth/session", "/api/auth/signout"] {
            let request = stranger.request(method.clone(), path).header("origin", &app.url);
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let harmless =
                matches!(status, 303 | 400 | 401 | 403 | 404 | 405) || (status == 200 && path.ends_with("/session"));
            assert!(harmless, "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn errors_of_the_api_are_problems_with_a_correlation_id() {
    let app = TestApp::start().await;
    let response = app.browser().get("/api/photo/x").await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["status"], 401);
    assert!(!problem["correlation_id"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever_and_missing_ones_are_not() {
    let app = TestApp::start().await;
    let browser = app.browser();
    let request = browser.request(Method::GET, "/pkg/banter.bbbb.js").header("accept-encoding", "br");
    let file = request.send().await.unwrap();
    assert_eq!(file.headers()["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(file.headers()["content-encoding"], "br");
    let missing = browser.get("/pkg/banter.none.js").await;
    assert_eq!((missing.status().as_u16(), &missing.headers()["cache-control"]), (404, &"no-store".parse().unwrap()));
    let outside = browser.get("/pkg/%2e%2e/%2e%2e/etc/passwd").await;
    assert!(!outside.text().await.unwrap().contains("root:"));
}

#[tokio::test]
async fn readiness_tells_of_a_provider_that_is_away_without_giving_up() {
    let app = TestApp::start().await;
    app.fault(serde_json::json!({ "service": "entra", "kind": "down" })).await;
    let ready = app.browser().get("/readyz").await;
    assert_eq!(ready.status(), 200);
    assert!(ready.text().await.unwrap().contains("cannot be reached"));
}

#[tokio::test]
async fn the_session_is_told_in_the_shape_of_auth_js() {
    let app = TestApp::start().await;
    let session = app.signed_in(ALICE).await.session().await;
    assert_eq!(session["user"]["name"], ALICE);
    assert!(session["user"]["email"].as_str().unwrap().contains('@'));
    assert!(session["expires"].as_str().unwrap().ends_with('Z'));
}
