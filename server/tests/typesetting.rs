//! Code and formulas: set in the page, and set for whoever asks.

use model::Part;
use serde_json::Value;

use crate::support::{ALICE, Browser, TestApp};

async fn set(browser: &Browser, parts: &[Part]) -> Vec<Value> {
    let parts = serde_json::to_string(parts).unwrap();
    browser.call("typeset", &[("parts", &parts)]).await.json().await.unwrap()
}

async fn status(browser: &Browser, parts: &str) -> u16 {
    browser.call("typeset", &[("parts", parts)]).await.status().as_u16()
}

#[tokio::test]
async fn a_finished_conversation_has_its_code_and_formulas_set_in_the_page() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let asked = alice.ask("echo: ```rust\nfn main() {}\n```\n\nand $x^2$, but not $\\unheardof{x}$ for $5").await;
    let path = format!("/chat/{}", asked.receipt.conversation_id);
    // Either may take longer than the first page waits; a later one has it.
    let code = "<span class=\"t1\">fn</span>";
    let formula = "<math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>";
    app.until("code and formula are set", async || {
        let page = alice.page(&path).await;
        page.contains(code) && page.contains(formula)
    })
    .await;
    let page = alice.page(&path).await;
    assert!(page.contains("<annotation encoding=\"application/x-tex\">x^2</annotation>"), "{page}");
    assert!(page.contains(">\\unheardof{x}</span> for $5"), "{page}");
}

#[tokio::test]
async fn whoever_asks_gets_numbers_for_code_and_a_tree_for_formulas() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let parts = [
        Part::code("sql", "SELECT 1"),
        Part::code("klingon", "Qapla'"),
        Part::formula("\\frac{1}{2}", true),
        Part::formula("\\unheardof", false),
    ];
    let sets = set(&alice, &parts).await;
    assert_eq!(sets[0], serde_json::json!([1, 6, 0, 1, 4, 1]));
    assert_eq!(sets[2][0], "math");
    assert_eq!(sets[2][1], serde_json::json!([["display", "block"]]));
    assert!(sets[1].is_null() && sets[3].is_null(), "{sets:?}");
}

#[tokio::test]
async fn markup_in_a_formula_is_text() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let asked = alice.ask("echo: $\\text{<script>alert(1)</script><img src=x>}$").await;
    let sets = set(&alice, &[Part::formula("\\text{<script>alert(1)</script>}", false)]).await;
    assert!(sets[0].to_string().contains("<script>alert(1)</script>"), "as text: {sets:?}");
    let path = format!("/chat/{}", asked.receipt.conversation_id);
    let text = "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;";
    app.until("the formula is set", async || alice.page(&path).await.contains(text)).await;
    let page = alice.page(&path).await;
    assert!(!page.contains("<script>alert(1)") && !page.contains("<img src=x"), "{page}");
}

#[tokio::test]
async fn what_cannot_be_set_is_refused_and_nobody_is_let_in_without_a_session() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let many = serde_json::to_string(&vec![Part::formula("x", false); 65]).unwrap();
    let long = serde_json::to_string(&[Part::code("rust", &"x".repeat(300_000))]).unwrap();
    for bad in ["", "{}", "[1]", "[[\"$\"]]", "[[\"$\",\"x\",\"y\"]]", "[[", &many, &long] {
        assert_eq!(status(&alice, bad).await, 400, "{bad:.40}");
    }
    assert_eq!(status(&alice, "[]").await, 200);
    assert_eq!(status(&app.browser(), "[]").await, 401);
}

#[tokio::test]
async fn hostile_formulas_and_code_leave_the_server_at_work() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let pieces = ["{", "\\sqrt", "\\left(", "x_{", "\\begin{matrix}"];
    let mut parts: Vec<_> =
        pieces.iter().map(|piece| Part::formula(&piece.repeat(3_900 / piece.len()), true)).collect();
    parts.extend(["cs", "rust", "html"].map(|language| Part::code(language, &"a<(".repeat(25_000))));
    let sets = set(&alice, &parts).await;
    assert_eq!(sets.len(), parts.len());
    assert!(set(&alice, &[Part::formula("y", false)]).await[0].is_array());
}

#[tokio::test]
async fn an_answer_can_be_copied_as_html_that_stands_by_itself() {
    let app = TestApp::start().await;
    let alice = app.signed_in(ALICE).await;
    let asked = alice.ask("echo: **bold** <b>raw</b>\n\n| a |\n|---|\n| $x$ |\n\n- [x] done").await;
    let html: String = alice.data(&format!("/fn/message_html?id={}", asked.receipt.reply.id)).await;
    assert!(html.contains("<strong>bold</strong> &lt;b&gt;raw&lt;/b&gt;"), "{html}");
    assert!(html.contains("<td><code>x</code></td>") && html.contains("☑ done"), "{html}");
    assert!(!html.contains("button") && !html.contains("class="), "{html}");
}
