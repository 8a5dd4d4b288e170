//! In which language people are spoken to: by their own choice, then their profile's in the directory, then their
//! browser's.

use model::Fault;
use reqwest::{Method, Response};
use serde_json::json;

use crate::support::{ALICE, BOB, Browser, CAROL, TestApp};

/// A page as a browser gets it that asks for these languages.
async fn page_for(browser: &Browser, path: &str, accept_language: &str) -> Response {
    let request = browser.request(Method::GET, path).header("accept", "text/html");
    request.header("accept-language", accept_language).send().await.unwrap()
}

/// The language of the page, which it says in two places.
async fn language_for(browser: &Browser, accept_language: &str) -> String {
    let response = page_for(browser, "/chat", accept_language).await;
    assert_eq!(response.status(), 200);
    let vary: Vec<_> = response.headers().get_all("vary").iter().map(|value| value.to_str().unwrap()).collect();
    assert!(vary.join(",").contains("accept-language"), "{vary:?}");
    let said = response.headers()["content-language"].to_str().unwrap().to_owned();
    let page = response.text().await.unwrap();
    assert!(page.contains(&format!("<html lang=\"{said}\"")), "{said}: {}", &page[..200]);
    said
}

#[tokio::test]
async fn a_browser_gets_the_language_it_likes_best_of_ours() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    let long = format!("{}de", "xx-YY;q=0.1,".repeat(900));
    for (header, language) in [
        ("de-CH,de;q=0.9,en;q=0.8", "de"),
        ("it,fr;q=0.7,de;q=0.3", "fr"),
        ("en;q=0.1,de;q=0", "en"),
        ("es", "en"),
        (",;q=~,,de;q=wrong,*", "en"),
        (long.as_str(), "en"),
    ] {
        assert_eq!(language_for(&bob, header).await, language, "{:.60}", header);
    }
    assert_eq!(language_for(&bob, "").await, "en");
}

#[tokio::test]
async fn ones_own_choice_comes_before_the_directorys_and_that_before_the_browsers() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    assert_eq!(language_for(&alice, "de").await, "en", "the directory says en-GB");
    let chosen = alice.call("language", &[("language", "fr")]).await;
    assert_eq!(chosen.json::<String>().await.unwrap(), "fr");
    assert_eq!(language_for(&alice, "de").await, "fr");
    assert_eq!(language_for(&app.signed_in(ALICE).await, "de").await, "fr", "wherever she signs in");
    let automatic = alice.call("language", &[("language", "auto")]).await;
    assert_eq!(automatic.json::<String>().await.unwrap(), "en");
    assert_eq!(language_for(&alice, "de").await, "en");
}

#[tokio::test]
async fn a_language_of_the_directory_that_is_not_ours_leaves_it_to_the_browser() {
    let app = TestApp::start().await;
    app.change("Bob Baker", json!({ "preferred_language": "pt-BR" })).await;
    let bob = app.signed_in(BOB).await;
    assert_eq!(language_for(&bob, "fr").await, "fr");
}

#[tokio::test]
async fn a_language_that_is_not_ours_is_refused_and_the_choice_stays() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    bob.call("language", &[("language", "de")]).await;
    for foreign in ["it", "DE", "de-DE", "", "de'; --", "\0"] {
        let refused = bob.call("language", &[("language", foreign)]).await;
        assert_eq!(refused.status(), 400, "{foreign:?}");
        assert_eq!(refused.json::<Fault>().await.unwrap().message, "Diese Sprache spricht Banter nicht.");
    }
    assert_eq!(bob.call("language", &[]).await.status(), 400);
    assert_eq!(app.browser().call("language", &[("language", "fr")]).await.status(), 401);
    assert_eq!(language_for(&bob, "en").await, "de");
}

#[tokio::test]
async fn a_conversation_rendered_in_one_language_is_not_shown_in_it_to_a_browser_of_another() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    let asked = bob.ask("echo: Wort").await;
    let path = format!("/chat/{}", asked.receipt.conversation_id);
    for (accept_language, copy, you) in [
        ("de", ">Kopieren<", "\"Sie\""),
        ("en", ">Copy<", "\"You\""),
        ("fr", ">Copier<", "\"Vous\""),
        ("de", ">Kopieren<", "\"Sie\""),
    ] {
        let page = page_for(&bob, &path, accept_language).await.text().await.unwrap();
        for (label, who) in [(">Kopieren<", "\"Sie\""), (">Copy<", "\"You\""), (">Copier<", "\"Vous\"")] {
            assert_eq!(page.contains(label), label == copy, "{label} for {accept_language}");
            assert_eq!(page.contains(&format!("aria-label={who}")), who == you, "{who} for {accept_language}");
        }
    }
}

#[tokio::test]
async fn faults_and_pages_without_code_speak_the_language_too() {
    let app = TestApp::start().await;
    let nobody = app.browser();
    let page = page_for(&nobody, "/signed-out", "de").await;
    assert_eq!(page.headers()["content-language"], "de");
    let page = page.text().await.unwrap();
    assert!(page.contains("<html lang=\"de\"") && page.contains("<h1>Sie sind abgemeldet</h1>"), "{page}");
    let bob = app.signed_in(BOB).await;
    bob.call("language", &[("language", "de")]).await;
    let refused = bob.call("ask", &[("content", " ")]).await;
    assert_eq!(refused.json::<Fault>().await.unwrap().message, "Schreiben Sie zuerst eine Frage.");
    let missing = bob.get("/fn/conversation?id=00000000-0000-7000-8000-000000000000").await;
    assert_eq!(missing.json::<Fault>().await.unwrap().message, "Das gibt es nicht, oder es gehört Ihnen nicht.");
}

#[tokio::test]
async fn the_choice_is_still_known_after_signing_out() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    bob.call("language", &[("language", "fr")]).await;
    let elsewhere = app.signed_in(BOB).await;
    for browser in [&bob, &elsewhere] {
        let page = page_for(browser, "/signed-out", "de").await.text().await.unwrap();
        assert!(page.contains("<h1>Votre session est terminée</h1>"), "{page}");
    }
    bob.call("language", &[("language", "auto")]).await;
    assert_eq!(page_for(&bob, "/signed-out", "de").await.headers()["content-language"], "de");
}

#[tokio::test]
async fn what_happened_to_an_answer_is_told_in_the_askers_language() {
    let app = TestApp::start().await;
    let carol = app.signed_in(CAROL).await;
    carol.call("language", &[("language", "de")]).await;
    let filtered = carol.ask("trigger prompt filter").await.notice();
    assert!(
        filtered.starts_with("Die Frage wurde von der Inhaltsrichtlinie gefiltert (Umgehung der Regeln)"),
        "{filtered}"
    );
    app.fault(json!({ "service": "openai", "kind": "cut", "after_chunks": 3 })).await;
    let cut = carol.ask("echo: eins zwei drei vier fünf sechs").await.notice();
    assert!(cut.starts_with("Die Verbindung zum Modell ist abgebrochen."), "{cut}");
}

#[tokio::test]
async fn the_profile_writes_dates_and_numbers_and_its_choice_in_the_language() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    bob.ask("echo: Hallo").await;
    app.sql("UPDATE users SET synced_at = '2026-03-09T10:42:00Z'").await;
    app.sql("UPDATE usage SET prompt_tokens = 1234567, completion_tokens = 0").await;
    for (language, parts) in [
        ("en", ["9 Mar 2026, 10:42 UTC", "1,234,567", "aria-label=\"Language\"", "As the browser says (English)"]),
        (
            "de",
            ["9. März 2026, 10:42 UTC", "1.234.567", "aria-label=\"Sprache\"", "Wie im Browser eingestellt (Deutsch)"],
        ),
        (
            "fr",
            [
                "9 mars 2026 à 10:42 UTC",
                "1\u{202f}234\u{202f}567",
                "aria-label=\"Langue\"",
                "Comme dans le navigateur (Français)",
            ],
        ),
    ] {
        let page = page_for(&bob, "/profile", language).await.text().await.unwrap();
        for part in parts {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}

#[tokio::test]
async fn without_script_the_language_is_chosen_by_a_form_that_leads_back() {
    let app = TestApp::start().await;
    let bob = app.signed_in(BOB).await;
    let page = bob.submit("/fn/language", &[("language", "de")]).await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("<html lang=\"de\"") && page.contains("aria-label=\"Nachricht\""), "{page}");
}

#[tokio::test]
async fn each_language_is_one_file_that_browsers_keep_and_no_other_build_answers_for() {
    let app = TestApp::start().await;
    let page = app.signed_in(BOB).await.page("/chat").await;
    let (_, href) = page.split_once("href=\"/texts/").unwrap();
    let english = format!("/texts/{}", href.split('"').next().unwrap());
    let (mut seen, browser) = (Vec::new(), app.browser());
    for tag in ["en", "de", "fr"] {
        let file = browser.get(&english.replace(".en.", &format!(".{tag}."))).await;
        assert_eq!(file.headers()["cache-control"], "public, max-age=31536000, immutable");
        seen.push(file.text().await.unwrap());
    }
    let lines: Vec<usize> = seen.iter().map(|text| text.split('\n').count()).collect();
    assert!(lines[0] > 150 && lines[1] == lines[0] && lines[2] == lines[0], "{lines:?}");
    assert!(seen[1].contains("\nSenden\n") && seen[2].contains("\nEnvoyer\n"));
    for foreign in ["/texts/0000000000000000.de.txt", "/texts/", "/texts/..%2f..%2fetc%2fpasswd"] {
        let missing = browser.get(foreign).await;
        assert_ne!(
            missing.headers().get("cache-control").map(|value| value.to_str().unwrap()),
            Some("public, max-age=31536000, immutable")
        );
        assert!(!missing.text().await.unwrap().contains("Senden"), "{foreign}");
    }
}
