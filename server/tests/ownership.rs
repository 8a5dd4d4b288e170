//! What is somebody else's looks as if it did not exist.

use crate::support::{ALICE, BOB, TestApp};

#[tokio::test]
async fn somebody_elses_conversation_is_not_found_anywhere() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let asked = alice.ask("echo: a secret of Alice").await;
    let bob = app.signed_in(BOB).await;
    let (id, reply) = (asked.receipt.conversation_id.to_string(), asked.receipt.reply.id.to_string());
    let missing = "00000000-0000-7000-8000-000000000000";
    for (theirs, nobodys) in [(id.as_str(), missing), (reply.as_str(), missing)] {
        for path in [
            "/chat/{}",
            "/fn/conversation?id={}",
            "/fn/open?id={}",
            "/fn/open?id={}&known=1",
            "/fn/message_source?id={}",
            "/fn/message_html?id={}",
            "/fn/reply_events?after=0&reply={}",
        ] {
            let (one, other) =
                (bob.get(&path.replace("{}", theirs)).await, bob.get(&path.replace("{}", nobodys)).await);
            assert_eq!((one.status().as_u16(), other.status().as_u16()), (404, 404), "{path}");
            assert!(!one.text().await.unwrap().contains("secret of Alice"));
        }
    }
    let into = bob.call("ask", &[("content", "echo: x"), ("conversation", &id)]).await;
    assert_eq!(into.status(), 404);
    assert_eq!(bob.call("stop", &[("reply", &reply)]).await.status(), 404);
    assert!(!bob.page("/chat").await.contains("secret of Alice"));
}
