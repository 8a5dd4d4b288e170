//! The way to the provider and back: unseen where it can be, with words where it cannot.

use serde_json::json;

use crate::support::{ALICE, BOB, Browser, CAROL, Setup, TestApp};

const ALICE_OID: &str = "a11ce000-0000-4000-8000-000000000001";

/// The parameters of the redirect to the provider.
async fn asked_of_provider(browser: &Browser, path: &str) -> std::collections::HashMap<String, String> {
    let response = browser.get(path).await;
    let url = url::Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    url.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn the_first_sign_in_of_a_browser_may_show_something_and_the_next_ones_try_without() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    assert!(!asked_of_provider(&browser, "/api/auth/signin/entra-id").await.contains_key("prompt"));
    app.sign_in_unmoved(&browser, ALICE).await;
    let again = asked_of_provider(&browser, "/api/auth/signin/entra-id").await;
    assert_eq!(again["prompt"], "none");
    assert!(!again["login_hint"].is_empty());
}

#[tokio::test]
async fn a_sign_in_that_cannot_go_unseen_becomes_a_visible_one_and_leads_to_the_same_page() {
    for error in ["login_required", "interaction_required", "consent_required"] {
        let app = TestApp::start().await;
        let browser = app.signed_in(ALICE).await;
        app.sql("UPDATE sessions SET expires_at = now()").await;
        let fault = json!({ "service": "entra", "kind": "authorize_error", "error": error, "code": 50076, "times": 1 });
        app.fault(fault).await;
        let page = browser.get("/profile").await;
        assert_eq!((page.status().as_u16(), page.url().path()), (200, "/profile"), "{error}");
    }
}

#[tokio::test]
async fn a_provider_that_insists_is_asked_twice_and_not_for_ever() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.sql("UPDATE sessions SET expires_at = now()").await;
    app.fault(json!({ "service": "entra", "kind": "authorize_error", "error": "login_required", "code": 50058 })).await;
    let page = browser.get("/profile").await;
    assert_eq!(page.status(), 403);
    assert!(page.text().await.unwrap().contains("sign in yourself"));
    let asked = app.requests("entra").await;
    let authorize = asked.iter().filter(|request| request["path"].as_str().unwrap().ends_with("/authorize"));
    assert_eq!(authorize.count(), 3, "the first sign-in, the silent one and the visible one");
}

#[tokio::test]
async fn prompts_are_passed_on_and_unknown_ones_refused() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    for prompt in ["none", "login", "select_account", "consent"] {
        let asked = asked_of_provider(&browser, &format!("/api/auth/signin/entra-id?prompt={prompt}")).await;
        assert_eq!(asked["prompt"], prompt);
    }
    assert_eq!(browser.get("/api/auth/signin/entra-id?prompt=never").await.status(), 400);
}

#[tokio::test]
async fn another_account_can_be_chosen_without_the_hint_to_the_one_before() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    app.sign_in_unmoved(&browser, ALICE).await;
    let asked = asked_of_provider(&browser, "/api/auth/signin/entra-id?prompt=select_account").await;
    assert!(!asked.contains_key("login_hint"));
}

#[tokio::test]
async fn the_domain_hint_is_given_to_people_who_are_not_known_yet() {
    let variables = [("AUTH_DOMAIN_HINT", "linden-bank.example".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let asked = asked_of_provider(&Browser::unmoved(&app.url), "/api/auth/signin/entra-id").await;
    assert_eq!(asked["domain_hint"], "linden-bank.example");
}

#[tokio::test]
async fn signing_out_forgets_who_was_known() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    browser.submit("/api/auth/signout", &[]).await;
    let picker = browser.get("/chat").await;
    assert_eq!(browser.pick(picker, CAROL).await.status(), 200);
    assert_eq!(browser.session().await["user"]["name"], CAROL);
}

#[tokio::test]
async fn a_browser_that_loses_its_session_every_time_is_told_instead_of_sent_round_in_circles() {
    let app = TestApp::start().await;
    let (browser, provider) = (Browser::unmoved(&app.url), Browser::unmoved(&app.sandbox.base_url));
    // Five rounds are twenty redirects, after which browsers give up by themselves.
    let mut rounds = 0;
    let last = loop {
        let begun = browser.get("/api/auth/signin/entra-id").await;
        if begun.status() != 303 {
            break begun;
        }
        rounds += 1;
        assert!(rounds < 5, "it goes on for ever");
        let there = begun.headers()["location"].to_str().unwrap().to_owned();
        let answer = if rounds == 1 { provider.sign_in_at(&there, ALICE).await } else { provider.get(&there).await };
        assert_eq!(browser.get(answer.headers()["location"].to_str().unwrap()).await.status(), 303);
        app.sql("DELETE FROM sessions").await;
    };
    assert_eq!(last.status(), 400);
    let page = last.text().await.unwrap();
    assert!(page.contains("round in circles") && page.contains("Allow cookies"), "{page}");
}

#[tokio::test]
async fn arriving_ends_the_count_of_sign_ins() {
    let app = TestApp::start().await;
    let browser = app.browser();
    browser.sign_in(ALICE).await;
    for _ in 0..20 {
        app.sql("UPDATE sessions SET expires_at = now()").await;
        assert_eq!(browser.get("/chat").await.status(), 200);
    }
}

#[tokio::test]
async fn a_flood_of_sign_ins_from_one_network_is_slowed_down_with_the_time_to_wait() {
    let variables = [("SIGN_INS_PER_MINUTE", "5".to_owned())].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let mut last = Browser::unmoved(&app.url).get("/api/auth/signin/entra-id").await;
    for _ in 0..6 {
        last = Browser::unmoved(&app.url).get("/api/auth/signin/entra-id").await;
    }
    assert_eq!(last.status(), 429);
    assert!(last.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() <= 60);
    assert!(last.text().await.unwrap().contains("Too many sign-ins"));
}

#[tokio::test]
async fn networks_behind_a_proxy_are_told_apart_by_its_last_word() {
    let variables = [("SIGN_INS_PER_MINUTE", "2".to_owned()), ("CLIENT_ADDRESS_HEADER", "X-Forwarded-For".to_owned())];
    let app = TestApp::start_with(Setup { variables: variables.into(), ..Setup::default() }).await;
    let begin = async |forwarded: &str| {
        let browser = Browser::unmoved(&app.url);
        let request = browser.request(reqwest::Method::GET, "/api/auth/signin/entra-id");
        request.header("x-forwarded-for", forwarded).send().await.unwrap().status().as_u16()
    };
    for spoofed in ["1.1.1.1", "2.2.2.2", "3.3.3.3"] {
        begin(&format!("{spoofed}, 192.0.2.1")).await;
    }
    assert_eq!(begin("4.4.4.4, 192.0.2.1").await, 429, "what stands before the proxy's word is anybody's");
    assert_eq!(begin("192.0.2.2").await, 303);
}

#[tokio::test]
async fn what_the_provider_refuses_is_explained_with_what_to_do_and_its_ids() {
    for (error, code, words) in [
        ("access_denied", 50105, "not assigned to Banter"),
        ("access_denied", 53003, "rule of your company"),
        ("interaction_required", 50076, "second proof"),
        ("consent_required", 65001, "nobody agreed"),
        ("invalid_client", 7000215, "could not prove to the sign-in service that it is Banter"),
        ("server_error", 90033, "trouble at the moment"),
        ("something_new", 123456, "refused the sign-in"),
    ] {
        let app = TestApp::start().await;
        let fault = json!({ "service": "entra", "kind": "authorize_error", "error": error, "code": code });
        app.fault(fault).await;
        let browser = app.browser();
        let mut response = browser.get("/chat").await;
        if !response.url().as_str().starts_with(&app.url) {
            // What is about a person is found out once the person is known.
            response = browser.pick(response, ALICE).await;
        }
        assert_eq!(response.status(), 403, "{code}");
        let page = response.text().await.unwrap();
        let code = format!("AADSTS{code}");
        for part in [words, &code, "Trace id", "Correlation id", "Reference", "Try again"] {
            assert!(page.contains(part), "{part:?} of {code} in {page}");
        }
        assert!(!page.contains(&format!(">{error}<")), "no raw error");
    }
}

#[tokio::test]
async fn signing_out_tells_the_provider_who_it_is_about() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    app.sign_in_unmoved(&browser, BOB).await;
    let request = browser.request(reqwest::Method::POST, "/api/auth/signout").header("origin", &app.url);
    let out = request.header("cookie", browser.kept_cookie()).send().await.unwrap();
    let url = url::Url::parse(out.headers()["location"].to_str().unwrap()).unwrap();
    let asked: std::collections::HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert!(asked.contains_key("logout_hint") || asked.contains_key("id_token_hint"), "{asked:?}");
}

#[tokio::test]
async fn changes_in_the_directory_reach_the_user_and_nothing_else_changes() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    let updated = "SELECT updated_at::text FROM users";
    let before = app.text(updated).await;
    app.signed_in(ALICE).await;
    assert_eq!(app.text(updated).await, before, "nothing changed");
    app.change(ALICE_OID, json!({ "department": "Treasury" })).await;
    app.signed_in(ALICE).await;
    assert_ne!(app.text(updated).await, before);
    assert_eq!(
        app.text("SELECT department || ' ' || (username LIKE 'alice%')::text FROM users").await,
        "Treasury true"
    );
}
