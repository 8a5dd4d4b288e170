//! Conversations by API: the same as in the browser, and one's own only.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ALICE, BOB, TestApp, header};

#[tokio::test]
async fn what_is_made_by_api_is_in_the_browser_and_the_other_way_round() {
    let app = TestApp::start().await;
    let (api, browser) = (app.calling(ALICE).await, app.signed_in(ALICE).await);
    let asked = browser.ask("echo: from the browser").await;
    let id = api.conversation().await;
    api.events(&api.ask(&id, "echo: by api").await, 0).await;
    let list = api.read("/api/v1/conversations").await;
    let ids: Vec<&str> = list["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [id.as_str(), &asked.receipt.conversation_id.to_string()]);
    assert_eq!(list["next_cursor"], Value::Null);
    assert_eq!(browser.conversation(id.parse().unwrap()).await.messages[1].content, "by api");
    let read = api.read(&format!("/api/v1/conversations/{}", asked.receipt.conversation_id)).await;
    let messages = read["messages"].as_array().unwrap();
    assert_eq!((&messages[0]["role"], &messages[1]["role"]), (&json!("user"), &json!("assistant")));
    assert_eq!((&messages[1]["status"], &messages[1]["content"]), (&json!("complete"), &json!("from the browser")));
}

#[tokio::test]
async fn a_conversation_that_is_given_no_title_is_called_by_its_first_question() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let title = async |id: &str| api.read(&format!("/api/v1/conversations/{id}")).await["title"].clone();
    let begun = async |body: Value| {
        let begun: Value = api.post("/api/v1/conversations", body).await.json().await.unwrap();
        begun["id"].as_str().unwrap().to_owned()
    };
    let (plain, named) = (begun(json!({})).await, begun(json!({ "title": "Loans" })).await);
    for (id, before, after) in [(&plain, "New chat", "echo: first"), (&named, "Loans", "Loans")] {
        assert_eq!(title(id).await, before);
        for question in ["echo: first", "echo: second"] {
            api.events(&api.ask(id, question).await, 0).await;
            assert_eq!(title(id).await, after);
        }
    }
}

#[tokio::test]
async fn of_a_deleted_conversation_nothing_is_read_any_more() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let id = api.conversation().await;
    let reply = api.ask(&id, "echo: gone").await;
    api.events(&reply, 0).await;
    let deleted = api.request(Method::DELETE, &format!("/api/v1/conversations/{id}")).send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    assert_eq!(api.get(&format!("/api/v1/replies/{reply}/events")).await.status(), 404);
}

#[tokio::test]
async fn an_address_that_is_no_text_is_told_as_a_problem() {
    let app = TestApp::start().await;
    let (api, browser) = (app.calling(ALICE).await, app.signed_in(ALICE).await);
    for (refused, status) in [(api.get("/api/v1/models/%ff").await, 400), (browser.get("/api/photo/%ff").await, 404)] {
        assert_eq!((refused.status().as_u16(), header(&refused, "content-type")), (status, "application/problem+json"));
        let problem: Value = refused.json().await.unwrap();
        assert!(!problem["correlation_id"].as_str().unwrap().is_empty(), "{problem}");
    }
}

#[tokio::test]
async fn the_list_comes_in_pages_that_miss_nothing() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, api.conversation().await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.read(&format!("/api/v1/conversations?limit=2{cursor}")).await;
        seen.extend(page["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn conversations_are_found_by_words_renamed_archived_and_deleted() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let id = api.conversation().await;
    api.events(&api.ask(&id, "echo: covered bonds").await, 0).await;
    assert_eq!(api.read("/api/v1/conversations?q=covered").await["data"][0]["id"], id);
    assert_eq!(api.read("/api/v1/conversations?q=uncovered").await["data"], json!([]));
    let path = format!("/api/v1/conversations/{id}");
    let change = async |body: Value| {
        let answer = api.request(Method::PATCH, &path).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, changed) = change(json!({ "title": "Bonds", "archived": true })).await;
    assert_eq!((status, &changed["title"], &changed["archived"]), (200, &json!("Bonds"), &json!(true)));
    assert_eq!(api.read("/api/v1/conversations?archived=true").await["data"][0]["title"], "Bonds");
    assert_eq!(api.read("/api/v1/conversations?archived=false").await["data"], json!([]));
    for bad in [
        json!({ "title": "" }),
        json!({ "title": "a\nb" }),
        json!({ "tilte": "x" }),
        json!({ "archived": 1 }),
        json!([]),
    ] {
        assert_eq!(change(bad.clone()).await.0, 400, "{bad}");
    }
    assert_eq!(api.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(api.get(&path).await.status(), 404);
}

#[tokio::test]
async fn a_change_of_which_a_part_is_wrong_changes_nothing() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let path = format!("/api/v1/conversations/{}", api.conversation().await);
    let before = api.read(&path).await;
    for wrong in [json!({ "folder": "a\nb" }), json!({ "folder": "x".repeat(61) }), json!({ "pinned": "yes" })] {
        let mut change = json!({ "title": "Bonds", "archived": true });
        change.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let answer = api.request(Method::PATCH, &path).json(&change).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{change}");
        assert_eq!(api.read(&path).await, before);
    }
}

#[tokio::test]
async fn a_conversation_is_exported_as_json_and_as_markdown() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let id = api.conversation().await;
    api.events(&api.ask(&id, "echo: **bold**").await, 0).await;
    let path = format!("/api/v1/conversations/{id}/export");
    assert_eq!(api.read(&path).await["messages"][1]["content"], "**bold**");
    let markdown = api.get(&format!("{path}?format=markdown")).await;
    assert_eq!(header(&markdown, "content-type"), "text/markdown; charset=utf-8");
    assert!(header(&markdown, "content-disposition").starts_with("attachment; filename="));
    let text = markdown.text().await.unwrap();
    assert!(text.starts_with("# A test\n\n## You\n\n") && text.contains("\n\n**bold**\n"), "{text}");
    assert_eq!(api.get(&format!("{path}?format=pdf")).await.status(), 400);
}

#[tokio::test]
async fn somebody_elses_look_like_missing_ones_to_people_and_applications() {
    let app = TestApp::start().await;
    let alice = app.calling(ALICE).await;
    let id = alice.conversation().await;
    let reply = alice.ask(&id, "echo: mine").await;
    let question = json!({ "content": "echo: yours?" });
    for other in [app.calling(BOB).await, app.service().await] {
        assert_eq!(other.read("/api/v1/conversations").await["data"], json!([]));
        for (method, path, body) in [
            (Method::GET, format!("/conversations/{id}"), None),
            (Method::GET, format!("/conversations/{id}/export"), None),
            (Method::PATCH, format!("/conversations/{id}"), Some(json!({ "title": "Mine" }))),
            (Method::DELETE, format!("/conversations/{id}"), None),
            (Method::POST, format!("/conversations/{id}/messages"), Some(question.clone())),
            (Method::GET, format!("/replies/{reply}/events"), None),
            (Method::POST, format!("/replies/{reply}/stop"), None),
            (Method::GET, "/conversations/nonsense".to_owned(), None),
        ] {
            let request = other.request(method.clone(), &format!("/api/v1{path}"));
            let request = if let Some(body) = body { request.json(&body) } else { request };
            assert_eq!(request.send().await.unwrap().status(), 404, "{method} {path}");
        }
    }
    assert_eq!(alice.read(&format!("/api/v1/conversations/{id}")).await["title"], "A test");
}

#[tokio::test]
async fn an_application_has_conversations_of_its_own() {
    let app = TestApp::start().await;
    let service = app.service().await;
    let id = service.conversation().await;
    let path = format!("/api/v1/conversations/{id}/messages");
    let asked = service.post(&path, json!({ "content": "echo: by itself", "stream": false, "model": "gpt-5" })).await;
    assert_eq!(asked.status(), 201);
    let reply = asked.json::<Value>().await.unwrap()["reply"].clone();
    assert_eq!(
        (&reply["status"], &reply["content"], &reply["model"]),
        (&json!("complete"), &json!("by itself"), &json!("gpt-5"))
    );
    let used = service.read("/api/v1/usage").await;
    assert_eq!(used["today"]["requests"], 1, "{used}");
}

#[tokio::test]
async fn what_is_malformed_is_told_as_a_problem_and_never_a_fault() {
    let app = TestApp::start().await;
    let api = app.calling(ALICE).await;
    let id = api.conversation().await;
    let messages = format!("/api/v1/conversations/{id}/messages");
    for (path, body, status) in [
        (messages.as_str(), json!({}), 400),
        (&messages, json!({ "content": "" }), 400),
        (&messages, json!({ "content": " \n" }), 400),
        (&messages, json!({ "content": 7 }), 400),
        (&messages, json!({ "content": "x".repeat(100_001) }), 413),
        (&messages, json!({ "content": "x", "model": "nobody's" }), 400),
        (&messages, json!({ "content": "x", "modle": "gpt-5" }), 400),
        (&messages, json!("text"), 400),
        (&messages, json!(["text"]), 400),
        ("/api/v1/conversations", json!([null]), 400),
        ("/api/v1/conversations", json!(["a title"]), 400),
        ("/api/v1/conversations", json!({ "title": "x".repeat(201) }), 400),
        ("/api/v1/conversations", json!({ "title": "\u{0}" }), 400),
        ("/api/v1/nothing", json!({}), 404),
        ("/api/v1/me", json!({}), 405),
    ] {
        let answer = api.post(path, body.clone()).await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "content-type")),
            (status, "application/problem+json"),
            "{path} {body:.200}"
        );
        let problem: Value = answer.json().await.unwrap();
        assert!(problem["type"].as_str().unwrap().starts_with(&format!("{}/api/docs#problem-", app.url)), "{problem}");
        assert!(problem["correlation_id"].as_str().is_some_and(|id| id.len() == 14), "{problem}");
    }
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "cursor=x", "cursor=9-9", "archived=perhaps"] {
        assert_eq!(api.get(&format!("/api/v1/conversations?{query}")).await.status(), 400, "{query}");
    }
    let text = api.request(Method::POST, &messages).header("content-type", "text/plain").body("{}");
    assert_eq!(text.send().await.unwrap().status(), 415);
    let cut = api.request(Method::POST, &messages).header("content-type", "application/json").body("{\"content\":");
    assert_eq!(cut.send().await.unwrap().status(), 400);
    let large =
        api.request(Method::POST, &messages).header("content-type", "application/json").body("x".repeat(5 << 20));
    assert_eq!(large.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn without_a_database_calls_fail_as_unavailable() {
    let app = TestApp::start().await;
    let away = app.replica_with(&[("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")]).await;
    let answer = app.calling(ALICE).await.at(&away).get("/api/v1/conversations").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (503, "application/problem+json"));
}
