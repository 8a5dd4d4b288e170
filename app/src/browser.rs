//! Small things only a browser knows or keeps. Called in effects and event handlers, never while rendering.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlTextAreaElement};

const MODEL: &str = "banter-model";

/// Whether a drawer or menu is open, which Escape closes first.
pub fn popover_is_open() -> bool {
    matches!(document().query_selector(":popover-open"), Ok(Some(_)))
}

/// Closes the drawer or menu `element`, if it is open.
pub fn close_popover(element: &HtmlElement) {
    // Fails when it is not open: the same to us.
    _ = element.hide_popover();
}

/// Whether the window is as wide as a desk's, where the list stands beside the conversation.
pub fn is_wide() -> bool {
    matches(WIDE)
}

/// The style sheet's breakpoint.
const WIDE: &str = "(min-width: 48.01rem)";

fn matches(query: &str) -> bool {
    matches!(window().match_media(query), Ok(Some(list)) if list.matches())
}

/// Whether text boxes grow with their text by themselves.
pub fn sizes_fields() -> bool {
    web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false)
}

/// Puts the cursor into the box, unless the reader is somewhere else already, or a keyboard would cover the page.
pub fn focus_if_nothing_is(field: &HtmlTextAreaElement) {
    let somewhere = document().active_element().is_some_and(|active| active.tag_name() != "BODY");
    if !somewhere && matches("(pointer: fine)") {
        _ = field.focus();
    }
}

/// Moves the keyboard's focus to the first match.
pub fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector)
        && let Some(element) = element.dyn_ref::<HtmlElement>()
    {
        _ = element.focus();
    }
}

/// The model chosen last, for the next question.
pub fn remember_model(select: NodeRef<html::Select>) {
    if let (Some(storage), Some(select)) = (storage(), select.get_untracked()) {
        _ = storage.set_item(MODEL, &select.value());
    }
}

/// Chooses the model chosen last, if there still is one of that name.
pub fn recall_model(select: NodeRef<html::Select>) {
    let Some(select) = select.get_untracked() else { return };
    let Some(name) = storage().and_then(|storage| storage.get_item(MODEL).ok()?) else { return };
    let default = select.value();
    select.set_value(&name);
    if select.value() != name {
        select.set_value(&default);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

/// Takes the error of a refused form out of the address, so that a reload does not bring it back.
pub fn forget_form_error() {
    let location = window().location();
    let (Ok(path), Ok(search)) = (location.pathname(), location.search()) else { return };
    if search.contains("__err=")
        && let Ok(history) = window().history()
    {
        _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&path));
    }
}

/// Where signing in again leads back to this page.
pub fn sign_in_again() -> String {
    let path = if is_browser() { window().location().pathname().unwrap_or_default() } else { "/chat".to_owned() };
    format!("/api/auth/signin/entra-id?callbackUrl={path}")
}
