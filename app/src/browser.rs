//! Small things only a browser knows or keeps. Called in effects and event handlers, never while rendering.

use std::time::Duration;

use leptos::prelude::{document, is_browser, set_interval_with_handle, window, window_event_listener};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    Element, Event, EventInit, HtmlAnchorElement, HtmlElement, HtmlSelectElement, HtmlTextAreaElement, MouseEvent,
};

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
pub fn remember_model(select: &HtmlSelectElement) {
    if let Some(storage) = storage() {
        // Full or forbidden: then the default is chosen the next time.
        _ = storage.set_item(MODEL, &select.value());
    }
}

/// Chooses the model chosen last, if there still is one of that name.
pub fn recall_model(select: &HtmlSelectElement) {
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
    let search = window().location().search().unwrap_or_default();
    if search.contains("__err=")
        && let Ok(history) = window().history()
    {
        // Our own address is always allowed.
        _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path()));
    }
}

/// The address' path.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// Makes `path` the address, with the present one behind it.
pub fn push(path: &str) {
    if let Ok(history) = window().history() {
        // Our own address is always allowed.
        _ = history.push_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

/// The element around what `event` happened to that matches `selector`.
pub fn around(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_ref::<Element>()?.closest(selector).ok()?
}

/// The path of the link that a click follows, if it is one on this site that wants nothing special.
pub fn followed_link(event: &MouseEvent) -> Option<String> {
    let special = event.ctrl_key() || event.shift_key() || event.alt_key() || event.meta_key();
    if event.default_prevented() || event.button() != 0 || special {
        return None;
    }
    let link = around(event, "a[href]:not([target], [download], [rel~=external])")?;
    let link = link.dyn_ref::<HtmlAnchorElement>()?;
    let here = window().location().origin().ok()?;
    (link.origin() == here && link.hash().is_empty() && link.search().is_empty()).then(|| link.pathname())
}

/// Writes `text` into the message box, as if it had been typed.
pub fn suggest(text: &str) {
    let Ok(Some(element)) = document().query_selector("#message") else { return };
    let Some(field) = element.dyn_ref::<HtmlTextAreaElement>() else { return };
    field.set_value(text);
    let init = EventInit::new();
    init.set_bubbles(true);
    if let Ok(typed) = Event::new_with_event_init_dict("input", &init) {
        _ = field.dispatch_event(&typed);
    }
    _ = field.focus();
}

/// Where signing in again leads back to this page: the page itself, which knows what kind of sign-in it takes.
pub fn sign_in_again() -> String {
    if is_browser() { path() } else { "/chat".to_owned() }
}

/// Loads the page once more.
pub fn reload() {
    // Fails only in documents that are not shown.
    _ = window().location().reload();
}

/// Calls `look` when the reader comes back to the page, and every now and then while they are there.
pub fn while_looked_at(look: impl Fn() + Copy + 'static) {
    const EVERY: Duration = Duration::from_secs(20);
    window_event_listener(leptos::ev::focus, move |_| look());
    // Browsers that refuse a timer do without.
    _ = set_interval_with_handle(
        move || {
            if !document().hidden() {
                look();
            }
        },
        EVERY,
    );
}
