//! Sessions: how they go on, and all the ways in which they end.

use model::ConversationId;
use reqwest::Method;
use serde_json::json;

use crate::support::{ALICE, BOB, Browser, CAROL, TestApp};

const ALICE_OID: &str = "a11ce000-0000-4000-8000-000000000001";

#[tokio::test]
async fn a_session_in_which_nothing_happens_ends_and_says_so() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.sql("UPDATE sessions SET last_seen_at = now() - interval '3 hours'").await;
    let refusal = browser.call("ask", &[("content", "echo: x")]).await;
    assert_eq!(refusal.status(), 401);
    assert!(refusal.text().await.unwrap().contains("nothing happened"));
    assert_eq!(browser.session().await, json!({}));
}

#[tokio::test]
async fn a_session_ends_after_its_longest_time_whatever_happens_in_it() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.sql("UPDATE sessions SET expires_at = now()").await;
    let refusal = browser.call("ask", &[("content", "echo: x")]).await;
    assert!(refusal.text().await.unwrap().contains("longest time"));
}

#[tokio::test]
async fn looking_whether_the_session_goes_on_does_not_keep_it_alive_and_using_it_does() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.sql("UPDATE sessions SET last_seen_at = now() - interval '1 hour'").await;
    let idle_for = || app.number("SELECT extract(epoch FROM now() - last_seen_at)::bigint FROM sessions");
    browser.data::<serde_json::Value>("/fn/viewer").await;
    browser.session().await;
    assert!(idle_for().await >= 3600);
    browser.page("/chat").await;
    assert!(idle_for().await < 60);
}

#[tokio::test]
async fn a_page_that_waits_for_news_keeps_no_session_alive_and_hears_of_its_end() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    app.sql("UPDATE sessions SET last_seen_at = now() - interval '1 hour'").await;
    let mut news = browser.request(Method::GET, "/fn/news").send().await.unwrap();
    browser.data::<serde_json::Value>("/fn/conversations?idle=true").await;
    let idle_for = || app.number("SELECT extract(epoch FROM now() - last_seen_at)::bigint FROM sessions");
    app.sql("SELECT pg_notify('banter', 'library:' || id) FROM users").await;
    assert_eq!(news.chunk().await.unwrap().unwrap().as_ref(), b"1\n");
    assert!(idle_for().await >= 3600, "nobody did anything");
    app.sql("UPDATE sessions SET last_seen_at = now() - interval '3 hours'").await;
    assert_eq!(news.chunk().await.unwrap().unwrap().as_ref(), b"0\n");
    assert!(news.chunk().await.unwrap().is_none());
}

#[tokio::test]
async fn a_conversation_that_is_only_pointed_at_keeps_no_session_alive() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let id = browser.ask("echo: one").await.receipt.conversation_id;
    app.sql("UPDATE sessions SET last_seen_at = now() - interval '1 hour'").await;
    let idle_for = || app.number("SELECT extract(epoch FROM now() - last_seen_at)::bigint FROM sessions");
    browser.data::<serde_json::Value>(&format!("/fn/open?id={id}&idle=true")).await;
    assert!(idle_for().await >= 3600, "nobody has gone there");
    browser.data::<serde_json::Value>(&format!("/fn/open?id={id}&known=1")).await;
    assert!(idle_for().await < 60, "somebody has, though the page had it");
}

#[tokio::test]
async fn more_rights_during_a_session_give_it_a_new_id() {
    let app = TestApp::start().await;
    let browser = Browser::unmoved(&app.url);
    app.sign_in_unmoved(&browser, ALICE).await;
    let before = browser.kept_cookie();
    app.change(ALICE_OID, json!({ "add_groups": [sandbox::constants::ADMIN_GROUP_ID] })).await;
    app.make_checks_due().await;
    let page = browser.get_with_cookie(&format!("{}/admin", app.url), &before).await;
    assert_eq!(page.status(), 200, "she is an administrator now");
    let after = page.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(before, after);
    // Requests under way with the old id are answered; later ones are not.
    assert_eq!(browser.get_with_cookie(&format!("{}/profile", app.url), &before).await.status(), 200);
    app.sql("UPDATE sessions SET renewed_at = now() - interval '1 minute'").await;
    assert_eq!(browser.get_with_cookie(&format!("{}/profile", app.url), &before).await.status(), 303);
    assert_eq!(browser.get_with_cookie(&format!("{}/profile", app.url), &after).await.status(), 200);
    // Its tokens came along: they are still of use.
    app.make_checks_due().await;
    assert_eq!(browser.get_with_cookie(&format!("{}/profile", app.url), &after).await.status(), 200);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let again = browser.get("/api/auth/signin/entra-id?prompt=login").await;
    browser.pick(again, ALICE).await;
    assert_eq!(app.number("SELECT count(*) FROM sessions WHERE ended_at IS NULL").await, 1);
}

#[tokio::test]
async fn tokens_are_renewed_ahead_of_their_end_once_for_all_replicas() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 200 })).await;
    let browser = app.signed_in(ALICE).await;
    let replica = app.replica().await;
    let sealed_before = app.text("SELECT encode(tokens, 'hex') FROM sessions").await;
    app.make_checks_due().await;
    let there = browser.at(&replica.url);
    let many = (0..8).map(|n| {
        let browser = if n % 2 == 0 { &browser } else { &there };
        async move { browser.try_get("/fn/models").await }
    });
    for status in futures::future::join_all(many).await {
        assert_eq!(status, Some(200));
    }
    assert_eq!(app.refreshes().await, 1);
    assert_ne!(app.text("SELECT encode(tokens, 'hex') FROM sessions").await, sealed_before, "the new ones are stored");
}

#[tokio::test]
async fn a_renewed_refresh_token_is_used_the_next_time() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 200 })).await;
    let browser = app.signed_in(ALICE).await;
    for _ in 0..2 {
        app.make_checks_due().await;
        browser.page("/chat").await;
    }
    let used = app.refresh_tokens_used().await;
    assert_eq!(used.len(), 2);
    assert_ne!(used[0], used[1]);
}

#[tokio::test]
async fn renewed_tokens_that_the_database_refuses_at_first_are_not_lost() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 200 })).await;
    let browser = app.signed_in(ALICE).await;
    // What a sequence has counted, no failure takes back.
    app.sql(
        "CREATE SEQUENCE tries;
         CREATE FUNCTION not_at_first() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF nextval('tries') = 1 THEN RAISE 'not now'; END IF; RETURN NEW; END $$;
         CREATE TRIGGER not_at_first BEFORE UPDATE OF tokens ON sessions FOR EACH ROW EXECUTE FUNCTION not_at_first()",
    )
    .await;
    for _ in 0..2 {
        app.make_checks_due().await;
        assert_eq!(browser.try_get("/fn/models").await, Some(200));
    }
    let used = app.refresh_tokens_used().await;
    assert_eq!(used.len(), 2);
    assert_ne!(used[0], used[1]);
}

#[tokio::test]
async fn a_provider_that_does_not_vouch_any_longer_ends_the_session() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 200 })).await;
    let browser = app.signed_in(ALICE).await;
    app.change(ALICE_OID, json!({ "revoke_sessions": true })).await;
    app.make_checks_due().await;
    let refusal = browser.call("ask", &[("content", "echo: x")]).await;
    assert_eq!(refusal.status(), 401);
    assert!(refusal.text().await.unwrap().contains("wants to see you again"));
    assert_eq!(app.text("SELECT end_reason FROM sessions").await, "provider_refused");
    assert_eq!(app.number("SELECT count(*) FROM sessions WHERE tokens IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_provider_that_is_away_ends_no_session() {
    let app = TestApp::start().await;
    app.fault(json!({ "service": "entra", "kind": "expires_in", "secs": 200 })).await;
    let browser = app.signed_in(ALICE).await;
    app.fault(json!({ "service": "entra", "kind": "down" })).await;
    app.make_checks_due().await;
    assert_eq!(browser.try_get("/fn/models").await, Some(503), "not able to check is no yes");
    app.no_more_faults().await;
    app.sql("UPDATE sessions SET check_not_before = NULL").await;
    assert_eq!(browser.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn a_new_auth_secret_signs_nobody_out() {
    let app = TestApp::start().await;
    let browser = app.signed_in(ALICE).await;
    let secret = "a new secret that is longer than the rest,a secret that is only used by these tests";
    let rotated = app.replica_with(&[("AUTH_SECRET", secret)]).await;
    app.make_checks_due().await;
    assert_eq!(browser.at(&rotated.url).try_get("/fn/models").await, Some(200), "its tokens open, too");
}

#[tokio::test]
async fn one_can_sign_out_everywhere_else() {
    let app = TestApp::start().await;
    let (here, there) = (app.signed_in(ALICE).await, app.signed_in(ALICE).await);
    let bob = app.signed_in(BOB).await;
    assert!(here.page("/profile").await.contains("End all other sessions"));
    assert_eq!(here.submit("/fn/end_other_sessions", &[]).await.status(), 200);
    let refusal = there.call("ask", &[("content", "echo: x")]).await;
    assert!(refusal.text().await.unwrap().contains("You ended this session"));
    assert_eq!(here.try_get("/fn/models").await, Some(200));
    assert_eq!(bob.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn one_can_end_a_single_session_of_ones_own_and_nobody_elses() {
    let app = TestApp::start().await;
    let (here, there) = (app.signed_in(ALICE).await, app.signed_in(ALICE).await);
    let bob = app.signed_in(BOB).await;
    let newest = "SELECT public_id::text FROM sessions s JOIN users u ON u.id = s.user_id WHERE display_name = $$";
    let alices = app.text(&format!("{newest}Alice Archer$$ ORDER BY s.created_at DESC LIMIT 1")).await;
    let bobs = app.text(&format!("{newest}Bob Baker$$")).await;
    assert_eq!(here.call("end_session", &[("session", &bobs)]).await.status(), 404);
    assert_eq!(here.call("end_session", &[("session", &alices)]).await.status(), 200);
    assert_eq!(there.try_get("/fn/models").await, Some(401));
    assert_eq!(bob.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn a_session_that_was_ended_on_purpose_wants_the_password_again() {
    let app = TestApp::start().await;
    let here = app.signed_in(ALICE).await;
    let there = Browser::unmoved(&app.url);
    app.sign_in_unmoved(&there, ALICE).await;
    here.submit("/fn/end_other_sessions", &[]).await;
    let page = there.get_with_cookie(&format!("{}/chat", app.url), &there.kept_cookie()).await;
    assert!(page.headers()["location"].to_str().unwrap().contains("prompt=login"));
}

#[tokio::test]
async fn an_administrator_ends_somebodys_sessions_and_their_open_streams_on_every_replica() {
    let app = TestApp::start().await;
    let (alice, bob) = (app.signed_in(ALICE).await, app.signed_in(BOB).await);
    let replica = app.replica().await;
    app.fault(json!({ "service": "openai", "kind": "hang", "after_chunks": 3 })).await;
    let reply = alice.begin(None::<ConversationId>, "How is a loan secured?").await.reply.id;
    alice.read_until(reply, " ").await;
    let mut stream = alice.at(&replica.url).follow(reply, 0).await;
    stream.chunk().await.unwrap().expect("it begins");
    let id = alice.user_id().await;
    assert_eq!(bob.submit("/fn/revoke_sessions", &[("user", &id)]).await.status(), 200);
    // The stream ends by itself; the test's patience bounds it.
    while let Ok(Some(_)) = stream.chunk().await {}
    let refusal = alice.call("ask", &[("content", "echo: x")]).await;
    assert!(refusal.text().await.unwrap().contains("administrator ended"));
    app.until("nothing goes on being written", async || {
        app.number("SELECT count(*) FROM replies WHERE ended_at IS NULL").await == 0
    })
    .await;
    assert_eq!(bob.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn only_administrators_end_other_peoples_sessions() {
    let app = TestApp::start().await;
    let (alice, carol) = (app.signed_in(ALICE).await, app.signed_in(CAROL).await);
    let id = alice.user_id().await;
    assert_eq!(carol.call("revoke_sessions", &[("user", &id)]).await.status(), 403);
    assert_eq!(app.browser().call("revoke_sessions", &[("user", &id)]).await.status(), 401);
    assert_eq!(alice.try_get("/fn/models").await, Some(200));
}

#[tokio::test]
async fn sign_ins_are_recorded_with_their_failures() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    app.browser().sign_in("Dave Dubois").await;
    app.browser().sign_in("Cancel").await;
    let trail = "SELECT string_agg(concat_ws(' ', outcome, method, username IS NOT NULL, network), ',' ORDER BY at)
                 FROM sign_in_events";
    assert_eq!(
        app.text(trail).await,
        "success interactive t 127.0.0.1,not_allowed interactive t 127.0.0.1,cancelled interactive f 127.0.0.1"
    );
    let page = app.signed_in(BOB).await.page("/admin").await;
    for part in ["Alice Archer", "No access", "Cancelled", "Signed in"] {
        assert!(page.contains(part), "{part}");
    }
}
