//! The profile page and pictures.

use reqwest::Method;

use crate::support::{ALICE, BOB, CAROL, TestApp};

#[tokio::test]
async fn the_profile_shows_name_mail_groups_and_roles() {
    let app = TestApp::start().await;
    let page = app.signed_in(ALICE).await.page("/profile").await;
    for part in ["Alice Archer", "alice.archer@", "Chat users", "Photo of Alice Archer"] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[tokio::test]
async fn the_picture_comes_from_the_directory_and_is_not_sent_twice() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let path = format!("/api/photo/{}", alice.user_id().await);
    let picture = alice.get(&path).await;
    assert_eq!(picture.status(), 200);
    assert!(picture.headers()["content-type"].to_str().unwrap().starts_with("image/"));
    assert_ne!(picture.headers()["content-type"], "image/svg+xml");
    let etag = picture.headers()["etag"].clone();
    let again = alice.request(Method::GET, &path).header("if-none-match", etag).send().await.unwrap();
    assert_eq!(again.status(), 304);
}

#[tokio::test]
async fn the_directory_is_asked_for_a_picture_only_if_it_changed() {
    let app = TestApp::start().await;
    app.signed_in(ALICE).await;
    app.signed_in(ALICE).await;
    let asked = app.requests("graph").await;
    let last = asked.iter().rfind(|request| request["path"].as_str().unwrap().contains("photo")).unwrap();
    assert!(last["headers"].get("if-none-match").is_some(), "{last}");
    assert_eq!(last["status"], 304);
}

#[tokio::test]
async fn who_has_no_picture_gets_initials() {
    let app = TestApp::start().await;
    let carol = app.signed_in(CAROL).await;
    let picture = carol.get(&format!("/api/photo/{}", carol.user_id().await)).await;
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(picture.text().await.unwrap().contains(">CC</text>"));
}

#[tokio::test]
async fn only_administrators_see_other_peoples_pictures() {
    let app = TestApp::start().await;
    let (alice, bob, carol) = (app.signed_in(ALICE).await, app.signed_in(BOB).await, app.signed_in(CAROL).await);
    let path = format!("/api/photo/{}", alice.user_id().await);
    assert_eq!(carol.get(&path).await.status(), 404);
    assert_eq!(bob.get(&path).await.status(), 200);
    assert_eq!(app.browser().get(&path).await.status(), 401);
    assert_eq!(bob.get("/api/photo/00000000-0000-7000-8000-000000000000").await.status(), 404);
}
