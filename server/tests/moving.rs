//! Moving from an Auth.js deployment: who is who, whose conversations are whose, and that nothing is guessed.

use sandbox::{
    constants::TENANT_ID,
    personas::{ALICE as ALICES_OID, BOB as BOBS_OID, FRANK as FRANKS_OID},
};
use serde_json::json;

use crate::support::{ALICE, BOB, FRANK, TestApp};

/// An id that Auth.js' adapter makes, and one of a chat.
const CHAT: &str = "7d4ef2a1-3c55-4bd2-9f1e-0c6b8e9f2a10";

/// Alice by her id_token, Bob by his object id, and somebody with Alice's e-mail address by nothing.
async fn old_deployment() -> TestApp {
    let app = TestApp::start().await;
    app.old_tables().await;
    let id_token = app.id_token(ALICE, json!({})).await;
    app.old_person("alice-cuid", "microsoft-entra-id", "qm4lBn7VQxSaE1sub-of-alice", Some(&id_token)).await;
    app.old_person("bob-cuid", "azure-ad", &BOBS_OID.to_uppercase(), None).await;
    app.old_person("nobody-cuid", "microsoft-entra-id", "Zx7-another-sub", None).await;
    let parts = json!([
        { "type": "reasoning", "text": "hidden thoughts" },
        { "type": "text", "text": "The **rate** is 4 %." },
        { "type": "tool-weather", "output": "hidden output" },
        { "type": "text", "text": "As of March." },
    ]);
    app.old_chat(CHAT, "alice-cuid", "loans & rates", parts).await;
    app.old_chat("chat_nanoid", "bob-cuid", "servers", json!([{ "type": "text", "text": "Restart it." }])).await;
    app.old_chat("lost", "nobody-cuid", "secrets", json!([{ "type": "text", "text": "Lost." }])).await;
    app
}

#[tokio::test]
async fn an_old_conversation_is_listed_and_opened_and_goes_on() {
    let app = old_deployment().await;
    app.move_in(TENANT_ID).await.unwrap();
    let alice = app.signed_in(ALICE).await;
    assert!(alice.page("/chat").await.contains("About loans &amp; rates"));
    let page = alice.page(&format!("/chat/{CHAT}")).await;
    for part in ["loans &amp; rates", "The <strong>rate</strong> is 4 %.", "As of March.", "2025-03-01T09:02:00"] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("hidden thoughts") && !page.contains("hidden output"), "{page}");
    assert!(page.find("<div>loans &amp; rates</div>").unwrap() < page.find("As of March.").unwrap(), "{page}");
    let asked = alice.ask_in(Some(CHAT.parse().unwrap()), "echo: it goes on").await;
    assert_eq!(asked.text(), "it goes on");
    let page = alice.page(&format!("/chat/{CHAT}")).await;
    assert!(page.find("As of March.").unwrap() < page.rfind("it goes on").unwrap(), "{page}");
}

#[tokio::test]
async fn everybody_sees_their_own_and_nobody_elses() {
    let app = old_deployment().await;
    app.move_in(TENANT_ID).await.unwrap();
    let bob = app.signed_in(BOB).await;
    let page = bob.page("/chat").await;
    assert!(page.contains("About servers") && !page.contains("loans"), "{page}");
    assert_eq!(bob.get(&format!("/chat/{CHAT}")).await.status(), 404);
    // The same e-mail address as Alice's and as that of somebody who could not be matched.
    let page = app.signed_in(FRANK).await.page("/chat").await;
    assert!(!page.contains("loans") && !page.contains("secrets"), "{page}");
}

#[tokio::test]
async fn what_was_moved_and_who_was_left_out_is_said() {
    let said = old_deployment().await.move_in(TENANT_ID).await.unwrap();
    assert_eq!(
        said,
        [
            "people: moved 2",
            "people: left out: has neither an id_token nor an object id 1",
            "conversations: moved 2",
            "conversations: left out: of people who are left out 1",
            "messages: moved 4",
            "messages: left out: of conversations that are left out 2",
            "nobody-cuid has neither an id_token nor an object id, 1",
        ]
    );
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let app = old_deployment().await;
    app.move_in(TENANT_ID).await.unwrap();
    app.signed_in(ALICE).await.ask_in(Some(CHAT.parse().unwrap()), "echo: new").await;
    let before = app.contents().await;
    let said = app.move_in(TENANT_ID).await.unwrap();
    assert_eq!(app.contents().await, before);
    assert_eq!(said[0], "people: there already 2");
    assert!(said.contains(&"conversations: there already 2".to_owned()), "{said:?}");
}

#[tokio::test]
async fn who_signed_in_before_the_move_stays_who_they_are() {
    let app = old_deployment().await;
    let alice = app.signed_in(ALICE).await;
    let (id, own) = (alice.user_id().await, alice.ask("echo: before the move").await);
    app.move_in(TENANT_ID).await.unwrap();
    assert_eq!(app.signed_in(ALICE).await.user_id().await, id);
    let page = alice.page("/chat").await;
    assert!(page.contains("About loans") && page.contains("before the move"), "{page}");
    assert_eq!(alice.get(&format!("/chat/{}", own.receipt.conversation_id)).await.status(), 200);
}

#[tokio::test]
async fn two_old_users_of_one_person_become_one() {
    let app = old_deployment().await;
    app.old_person("bob-again", "microsoft-entra-id", "another-sub-of-bob", Some(&app.id_token(BOB, json!({})).await))
        .await;
    app.old_chat("again", "bob-again", "backups", json!([{ "type": "text", "text": "Nightly." }])).await;
    app.move_in(TENANT_ID).await.unwrap();
    let page = app.signed_in(BOB).await.page("/chat").await;
    assert!(page.contains("About servers") && page.contains("About backups"), "{page}");
}

#[tokio::test]
async fn accounts_of_another_tenant_and_linked_ones_are_left_out() {
    let app = old_deployment().await;
    let foreign = app.id_token(FRANK, json!({ "tid": "99999999-1111-4111-8111-111111111111" })).await;
    app.old_person("guest", "microsoft-entra-id", "sub-of-a-guest", Some(&foreign)).await;
    app.old(&format!(
        r#"INSERT INTO old.account ("userId", type, provider, "providerAccountId")
           VALUES ('alice-cuid', 'oidc', 'azure-ad', '{FRANKS_OID}')"#
    ))
    .await;
    let said = app.move_in(TENANT_ID).await.unwrap();
    for line in ["alice-cuid has several accounts of Entra ID, 1", "guest has an account of another tenant, 0"] {
        assert!(said.iter().any(|said| said == line), "{line} in {said:?}");
    }
    assert!(!app.signed_in(ALICE).await.page("/chat").await.contains("About loans"));
}

#[tokio::test]
async fn the_tables_of_the_chat_template_are_understood_as_well() {
    let app = TestApp::start().await;
    app.old(&format!(
        r#"CREATE SCHEMA old;
        CREATE TABLE old.users (id uuid, name text, email text);
        CREATE TABLE old.accounts (user_id uuid, provider text, provider_account_id text, id_token text);
        CREATE TABLE old."Chat" (id uuid, "userId" uuid, title text, "createdAt" timestamp, "deletedAt" timestamp);
        CREATE TABLE old."Message" (id uuid, "chatId" uuid, role varchar, content json, "createdAt" timestamp);
        CREATE TABLE old."Message_v2" (id uuid, "chatId" uuid, role varchar, parts json, "createdAt" timestamp);
        INSERT INTO old.users VALUES ('{CHAT}', 'A', 'a@example.com');
        INSERT INTO old.accounts VALUES ('{CHAT}', 'azure-ad', '{ALICES_OID}', 'no.token.at-all');
        INSERT INTO old."Chat" VALUES ('{CHAT}', '{CHAT}', ' ', '2025-01-01', NULL);
        INSERT INTO old."Chat" VALUES (gen_random_uuid(), '{CHAT}', 'deleted', '2025-01-01', now());
        INSERT INTO old."Message_v2" VALUES
            (gen_random_uuid(), '{CHAT}', 'system', '[{{"type":"text","text":"Be brief."}}]', '2025-01-01'),
            (gen_random_uuid(), '{CHAT}', 'assistant', '[{{"type":"text","text":"cut \ud83d and \u0000"}}]', '2025-01-01'),
            (gen_random_uuid(), '{CHAT}', 'user', '[{{"type":"text","text":"What\nnow?"}}]', '2025-01-01'),
            (gen_random_uuid(), '{CHAT}', 'user', '[{{"type":"file","url":"data:"}}]', '2025-01-02')"#
    ))
    .await;
    let said = app.move_in(TENANT_ID).await.unwrap();
    for line in ["conversations: left out: deleted 1", "messages: left out: without text 1", "messages: moved 2"] {
        assert!(said.iter().any(|said| said == line), "{line} in {said:?}");
    }
    let page = app.signed_in(ALICE).await.page(&format!("/chat/{CHAT}")).await;
    assert!(page.contains("What now?") && page.contains("cut \u{fffd} and \u{fffd}"), "{page}");
    assert!(!page.contains("Be brief") && page.contains("aria-label=\"Assistant\""), "{page}");
}

#[tokio::test]
async fn without_a_tenant_or_without_tables_nothing_happens() {
    let app = old_deployment().await;
    let before = app.contents().await;
    assert!(app.move_in("").await.unwrap_err().to_string().contains("moving.tenant"));
    app.old("DROP TABLE old.messages").await;
    assert!(app.move_in(TENANT_ID).await.unwrap_err().to_string().contains("message_v2, message, messages"));
    assert_eq!(app.contents().await, before);
}
