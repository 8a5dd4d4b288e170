//! What the buttons inside messages do. One listener on the log serves them all, so that finished messages need no
//! code of their own.

use std::time::Duration;

use model::MessageId;
use reactive_graph::callback::Callable as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ClipboardItem, Element};

use super::{
    api::{message_html, message_source, rate, resume},
    conversation::Talk,
    open::{ask_again, choose},
    page::Announcer,
};
use crate::{
    AppError,
    browser::{self, window},
    task::{after, run},
};

const FEEDBACK: Duration = Duration::from_secs(2);

/// Does what the clicked button says.
pub fn act(event: &web_sys::MouseEvent, talk: Talk) {
    let Some(button) = browser::around(event, "[data-action]") else { return };
    match button.get_attribute("data-action").as_deref() {
        Some("copy") => copy_message(button, talk.announcer),
        Some("copy-code") => copy_code(button, talk.announcer),
        Some("wrap") => {
            talk.announcer.say(if browser::toggle_wrap() {
                texts::LINES_WRAPPED.text()
            } else {
                texts::LINES_NOT_WRAPPED.text()
            });
        }
        Some("resume") => resume_reply(button, talk),
        Some("edit") => talk.editing.set(message_around(&button).map(|(_, id)| id)),
        Some("regenerate") => regenerate(&button, talk),
        Some("choose") => choose_version(&button, talk),
        Some("good") => rate_answer(&button, true, talk),
        Some("bad") => rate_answer(&button, false, talk),
        _ => {}
    }
}

/// Asks for another answer, of the model that is chosen in the box.
fn regenerate(button: &Element, talk: Talk) {
    let Some((_, id)) = message_around(button) else { return };
    let model = browser::chosen_model();
    run(async move {
        match ask_again(id, model.as_deref()).await {
            Ok(conversation) => talk.page.renew(conversation),
            Err(AppError(fault)) => talk.list.say(fault.message),
        }
    });
}

fn choose_version(button: &Element, talk: Talk) {
    let Some(id) = button.get_attribute("data-version").and_then(|id| id.parse().ok()) else { return };
    run(show_version(id, talk));
}

/// Shows another version of a message, with what followed it.
pub async fn show_version(id: MessageId, talk: Talk) {
    match choose(id).await {
        Ok(conversation) => {
            let is_here = talk.page.is_at(conversation.id);
            // What is shown now does not have it, and goes first.
            talk.page.renew(conversation);
            if is_here {
                talk.page.look_for.set(Some(id));
            }
        }
        Err(AppError(fault)) => talk.list.say(fault.message),
    }
}

/// Rates an answer, or takes the same rating back.
fn rate_answer(button: &Element, good: bool, talk: Talk) {
    let Some((article, id)) = message_around(button) else { return };
    let is_pressed = |button: &Element| button.get_attribute("aria-pressed").as_deref() == Some("true");
    let wanted = (!is_pressed(button)).then_some(good);
    run(async move {
        match rate(id, wanted, None).await {
            Ok(revision) => {
                talk.revision.set(revision);
                for (action, means) in [("good", true), ("bad", false)] {
                    if let Ok(Some(button)) = article.query_selector(&format!("[data-action={action}]")) {
                        let pressed = if wanted == Some(means) { "true" } else { "false" };
                        _ = button.set_attribute("aria-pressed", pressed);
                    }
                }
                match wanted {
                    Some(good) => talk.list.rated(id, good),
                    None => talk.list.say(texts::RATING_TAKEN_BACK),
                }
            }
            Err(AppError(fault)) => talk.list.say(fault.message),
        }
    });
}

fn closest(element: &Element, selector: &str) -> Option<Element> {
    element.closest(selector).ok()?
}

/// The article that `button` is in, and its message.
fn message_around(button: &Element) -> Option<(Element, MessageId)> {
    let article = closest(button, "[data-message]")?;
    let id = article.get_attribute("data-message")?.parse().ok()?;
    Some((article, id))
}

fn resume_reply(button: Element, talk: Talk) {
    let Some((article, id)) = message_around(&button) else { return };
    _ = button.set_attribute("disabled", "");
    run(async move {
        match resume(id).await {
            Ok(reply) => {
                // Among the sealed messages nobody else takes it away.
                if closest(&article, ".sealed").is_some() {
                    article.remove();
                }
                talk.resumed.run(reply);
            }
            Err(AppError(fault)) => {
                _ = button.remove_attribute("disabled");
                talk.announcer.say(&fault.message);
                if let Ok(Some(label)) = button.query_selector("span") {
                    label.set_text_content(Some(&fault.message));
                }
            }
        }
    });
}

/// A message's Markdown is not in the page, only what became of it. An answer is copied with its form, too: editors take
/// the Markdown, word processors the HTML.
fn copy_message(button: Element, announcer: Announcer) {
    let Some((article, id)) = message_around(&button) else { return };
    let is_answer = article.matches(".it").unwrap_or(false);
    run(async move {
        let copied = match message_source(id).await {
            Ok(text) => {
                let rich = if is_answer { message_html(id).await.ok() } else { None };
                write_to_clipboard(&text, rich.as_deref()).await
            }
            Err(_) => false,
        };
        tell(&button, copied, announcer);
    });
}

fn copy_code(button: Element, announcer: Announcer) {
    let code = closest(&button, ".code").and_then(|block| block.query_selector("pre").ok()?);
    let Some(text) = code.and_then(|code| code.text_content()) else { return };
    run(async move {
        let copied = write_to_clipboard(&text, None).await;
        tell(&button, copied, announcer);
    });
}

/// Only pages that came over a secure connection have a clipboard.
async fn write_to_clipboard(text: &str, rich: Option<&str>) -> bool {
    let navigator = window().navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined() && !clipboard.is_null());
    if !has_clipboard {
        return false;
    }
    let clipboard = navigator.clipboard();
    if let Some(rich) = rich
        && let Some(item) = in_both_forms(text, rich)
        && JsFuture::from(clipboard.write(&js_sys::Array::of1(&item))).await.is_ok()
    {
        return true;
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// `None` in browsers whose clipboard knows only text.
fn in_both_forms(text: &str, rich: &str) -> Option<ClipboardItem> {
    let forms = js_sys::Object::new();
    for (kind, content) in [("text/plain", text), ("text/html", rich)] {
        let content = js_sys::Promise::resolve(&JsValue::from_str(content));
        js_sys::Reflect::set(&forms, &kind.into(), &content).ok()?;
    }
    ClipboardItem::new_with_record_from_str_to_str_promise(&forms).ok()
}

/// Says it on the button for a while, and to those who do not see the button.
fn tell(button: &Element, copied: bool, announcer: Announcer) {
    let (word, sentence) =
        if copied { (texts::COPIED_SHORT, texts::COPIED) } else { (texts::NOT_COPIED_SHORT, texts::NOT_COPIED) };
    announcer.say(sentence.text());
    let Ok(Some(label)) = button.query_selector("span") else { return };
    label.set_text_content(Some(word.text()));
    after(FEEDBACK, move || label.set_text_content(Some(texts::COPY.text())));
}
