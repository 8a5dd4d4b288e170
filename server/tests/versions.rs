//! Versions: questions that were changed, answers asked for again, and which of them is shown.

use model::{Conversation, MessageStatus};
use serde_json::{Value, json};

use crate::support::{ALICE, TestApp};

/// The texts of a conversation.
fn said(conversation: &Conversation) -> Vec<&str> {
    conversation.messages.iter().map(|message| message.content.as_str()).collect()
}

#[tokio::test]
async fn an_edited_question_is_a_branch_and_the_other_one_stays() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let first = alice.ask("echo: one").await.receipt;
    let id = first.conversation_id;
    alice.ask_in(Some(id), "echo: follow-up").await;
    let question = first.question.id.to_string();
    // So that it is still under way when it is looked at.
    app.fault(json!({ "service": "openai", "kind": "slow_first_token", "ms": 3000, "times": 1 })).await;
    let edited: Value = alice.change("edit", &[("question", &question), ("content", "echo: two")]).await;
    assert!(edited["html"].as_str().unwrap().contains("echo: two"), "as the page shows it");
    let reply = edited["live"]["id"].as_str().unwrap().parse().unwrap();
    alice.events(reply, 0).await;
    let edited = alice.conversation(id).await;
    assert_eq!(said(&edited), ["echo: two", "two"]);
    let siblings = edited.messages[0].siblings.unwrap();
    assert_eq!((siblings.nth, siblings.count, siblings.previous), (2, 2, Some(first.question.id)));
    // The model knows nothing of the other branch.
    let requests = app.requests("openai").await;
    assert_eq!(requests.last().unwrap()["json"]["messages"].as_array().unwrap().len(), 2);
    alice.change::<Value>("choose", &[("message", &question)]).await;
    let back = alice.conversation(id).await;
    assert_eq!(said(&back), ["echo: one", "one", "echo: follow-up", "follow-up"]);
    assert!(back.revision > edited.revision, "it is rendered anew");
    assert!(alice.page(&format!("/chat/{id}")).await.contains("follow-up"));
}

#[tokio::test]
async fn choosing_what_is_shown_already_changes_nothing() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let first = alice.ask("echo: one").await.receipt;
    let id = first.conversation_id;
    let follow_up = alice.ask_in(Some(id), "echo: follow-up").await.receipt.question.id.to_string();
    alice.change::<Value>("edit", &[("question", &follow_up), ("content", "echo: other")]).await;
    // Where it has ended already, it is read as it was.
    alice.events(alice.conversation(id).await.messages[3].id, 0).await;
    alice.change::<Value>("choose", &[("message", &follow_up)]).await;
    let chosen = alice.conversation(id).await;
    // As a search does whose page does not know yet that the conversation has gone on.
    alice.change::<Value>("choose", &[("message", &first.question.id.to_string())]).await;
    let shown = alice.conversation(id).await;
    assert_eq!(said(&shown), ["echo: one", "one", "echo: follow-up", "follow-up"], "not the newest way on");
    assert_eq!(shown.revision, chosen.revision);
}

#[tokio::test]
async fn an_answer_can_be_asked_for_again_of_another_model() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let first = alice.ask("echo: one").await.receipt;
    let reply = first.reply.id.to_string();
    // So that it is still under way when it is looked at.
    app.fault(json!({ "service": "openai", "kind": "slow_first_token", "ms": 3000, "times": 1 })).await;
    let again: Value = alice.change("ask_again", &[("reply", &reply), ("model", "gpt-5")]).await;
    let other: model::Message = serde_json::from_value(again["live"].clone()).unwrap();
    assert_eq!((other.status, other.model.as_deref()), (MessageStatus::Streaming, Some("gpt-5")));
    alice.events(other.id, 0).await;
    let again = alice.conversation(first.conversation_id).await;
    assert_eq!(said(&again), ["echo: one", "one"]);
    assert_eq!(again.messages[1].siblings.unwrap().previous, Some(first.reply.id));
    // Questions that follow go on from what is shown.
    alice.change::<Value>("choose", &[("message", &reply)]).await;
    alice.ask_in(Some(first.conversation_id), "echo: more").await;
    let shown = alice.conversation(first.conversation_id).await;
    assert_eq!(shown.messages[1].id, first.reply.id);
    assert_eq!(alice.call("ask_again", &[("reply", &reply), ("model", "none")]).await.status(), 400);
}

#[tokio::test]
async fn two_answers_are_not_written_in_one_conversation_at_once() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let first = alice.ask("echo: one").await.receipt;
    let id = first.conversation_id;
    app.fault(json!({ "service": "openai", "kind": "hang", "after": 3 })).await;
    let second = alice.begin(Some(id), "echo: one two three four five").await;
    let question = first.question.id.to_string();
    assert_eq!(alice.call("edit", &[("question", &question), ("content", "echo: x")]).await.status(), 409);
    let streaming = second.reply.id.to_string();
    assert_eq!(alice.call("ask_again", &[("reply", &streaming)]).await.status(), 404, "it is still being written");
    assert_eq!(alice.conversation(id).await.messages.len(), 4, "nothing was stored");
}
