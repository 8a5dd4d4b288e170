//! Models that say odd things in their own protocol: a stand-in that sends exactly what it is told to.

use axum::{Router, http::header, routing::post};
use model::{Ending, MessageStatus, NoticeKind};
use tokio::net::TcpListener;

use crate::support::{ALICE, Asked, Setup, TestApp};

/// What becomes of a question when the model's answer is `body`.
async fn answered_with(body: &'static [u8]) -> (TestApp, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/openai/v1", listener.local_addr().unwrap());
    let answer = post(async move || ([(header::CONTENT_TYPE, "text/event-stream")], body));
    let model = Router::new().route("/openai/v1/chat/completions", answer);
    tokio::spawn(async move { axum::serve(listener, model).await.unwrap() });
    let variables = [("AZURE_OPENAI_BASE_URL", base)].into();
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let asked = app.signed_in(ALICE).await.ask("How is a loan secured?").await;
    (app, asked)
}

#[tokio::test]
async fn half_a_character_and_bytes_that_are_no_text_do_not_end_an_answer() {
    let (_app, asked) = answered_with(
        b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half \\ud83d\"}}]}\n\n\
          data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" a \xff byte\"}}]}\n\n\
          data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" and \\ud83d\\ude00\"},\"finish_reason\":\"stop\"}]}\n\n\
          data: [DONE]\n\n",
    )
    .await;
    assert_eq!(
        (asked.text().as_str(), asked.ending()),
        ("half \u{fffd} a \u{fffd} byte and \u{1f600}", Ending::Finished)
    );
}

#[tokio::test]
async fn an_answer_with_odd_numbers_beside_it_is_whole_and_counted() {
    let (app, asked) = answered_with(
        b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"By a pledge.\"},\"finish_reason\":\"stop\"}]}\n\n\
          data: {\"choices\":[],\"usage\":{\"prompt_tokens\":-5,\"completion_tokens\":\"3\"}}\n\n\
          data: [DONE]\n\n",
    )
    .await;
    assert_eq!(asked.ending(), Ending::Finished);
    let used = app.used(asked.receipt.reply.id).await;
    assert!(used.counted && used.prompt_tokens > 0 && used.completion_tokens > 0, "{used:?}");
}

#[tokio::test]
async fn a_refusal_is_an_answer() {
    let (_app, asked) = answered_with(
        b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":null,\"refusal\":\"I cannot help with that.\"}}]}\n\n\
          data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
          data: [DONE]\n\n",
    )
    .await;
    assert_eq!((asked.text().as_str(), asked.ending()), ("I cannot help with that.", Ending::Finished));
}

#[tokio::test]
async fn an_answer_without_a_word_is_told_as_none_and_its_question_is_metered() {
    let (app, asked) = answered_with(
        b"data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"x\"}}]}}]}\n\n\
          data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n\
          data: [DONE]\n\n",
    )
    .await;
    assert_eq!(asked.ending(), Ending::Failed);
    let stored = app.signed_in(ALICE).await.conversation(asked.receipt.conversation_id).await;
    let reply = &stored.messages[1];
    let notice = reply.notice.as_ref().unwrap();
    assert_eq!((reply.status, notice.kind), (MessageStatus::Failed, NoticeKind::Failed));
    assert!(notice.text.contains("without an answer"), "{}", notice.text);
    let used = app.used(reply.id).await;
    assert!(used.counted && used.prompt_tokens > 0 && used.completion_tokens == 0, "{used:?}");
}
