//! What the buttons inside messages do. One listener on the log serves them all, so that finished messages need no
//! code of their own.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use model::{Message, MessageId};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use super::{
    api::{message_source, resume},
    page::Announcer,
};
use crate::{AppError, browser};

const FEEDBACK: Duration = Duration::from_secs(2);

/// Does what the clicked button says. `resumed` takes a reply that goes on.
pub fn act(event: &web_sys::MouseEvent, announcer: Announcer, resumed: Callback<Message>) {
    let Some(button) = browser::around(event, "[data-action]") else { return };
    match button.get_attribute("data-action").as_deref() {
        Some("copy") => copy_message(button, announcer),
        Some("copy-code") => copy_code(button, announcer),
        Some("resume") => resume_reply(button, announcer, resumed),
        _ => {}
    }
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

fn resume_reply(button: Element, announcer: Announcer, resumed: Callback<Message>) {
    let Some((article, id)) = message_around(&button) else { return };
    _ = button.set_attribute("disabled", "");
    spawn_local(async move {
        match resume(id).await {
            Ok(reply) => {
                // Among the sealed messages nobody else takes it away.
                if closest(&article, ".sealed").is_some() {
                    article.remove();
                }
                resumed.run(reply);
            }
            Err(AppError(fault)) => {
                _ = button.remove_attribute("disabled");
                announcer.say(&fault.message);
                if let Ok(Some(label)) = button.query_selector("span") {
                    label.set_text_content(Some(&fault.message));
                }
            }
        }
    });
}

/// A message's Markdown is not in the page, only what became of it.
fn copy_message(button: Element, announcer: Announcer) {
    let Some((_, id)) = message_around(&button) else { return };
    spawn_local(async move {
        let copied = match message_source(id).await {
            Ok(text) => write_to_clipboard(&text).await,
            Err(_) => false,
        };
        tell(&button, copied, announcer);
    });
}

fn copy_code(button: Element, announcer: Announcer) {
    let code = closest(&button, ".code").and_then(|block| block.query_selector("pre").ok()?);
    let Some(text) = code.and_then(|code| code.text_content()) else { return };
    spawn_local(async move {
        let copied = write_to_clipboard(&text).await;
        tell(&button, copied, announcer);
    });
}

/// Only pages that came over a secure connection have a clipboard.
async fn write_to_clipboard(text: &str) -> bool {
    let navigator = window().navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined() && !clipboard.is_null());
    has_clipboard && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}

/// Says it on the button for a while, and to those who do not see the button.
fn tell(button: &Element, copied: bool, announcer: Announcer) {
    let (word, sentence) = if copied { ("Copied", "Copied.") } else { ("Not copied", "Copying did not work.") };
    announcer.say(sentence);
    let Ok(Some(label)) = button.query_selector("span") else { return };
    label.set_text_content(Some(word));
    set_timeout(move || label.set_text_content(Some("Copy")), FEEDBACK);
}
