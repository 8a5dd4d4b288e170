//! Small things only a browser knows or keeps. Called in effects and event handlers, never while rendering.

use std::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, Event, EventInit, HtmlDialogElement, HtmlElement, HtmlInputElement, HtmlSelectElement,
    HtmlTextAreaElement, MouseEvent, ScrollIntoViewOptions, ScrollLogicalPosition,
};

use crate::task::{every, listen};

const MODEL: &str = "banter-model";

/// What is held down for commands, for [`holds`]: elsewhere, and on a Mac.
pub const COMMAND: &[&str] = &["ctrlKey", "metaKey"];

/// The browser's window.
#[expect(clippy::expect_used, reason = "called in browsers only, which have one")]
pub fn window() -> web_sys::Window {
    web_sys::window().expect("a window")
}

/// The document in it.
#[expect(clippy::expect_used, reason = "called in browsers only, which have one")]
pub fn document() -> web_sys::Document {
    window().document().expect("a document")
}

/// The document's first element that matches, which is of that kind: the selector says so.
pub fn find<T: JsCast>(selector: &str) -> Option<T> {
    fn first(selector: &str) -> Option<Element> {
        document().document_element()?.query_selector(selector).ok()?
    }
    Some(first(selector)?.unchecked_into())
}

/// All elements in `root` that match.
pub fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(all) = root.query_selector_all(selector) else { return Vec::new() };
    (0..all.length()).filter_map(|at| all.get(at)).map(JsCast::unchecked_into).collect()
}

/// Whether a drawer, menu or dialog is open, which Escape closes first.
pub fn popover_is_open() -> bool {
    find::<Element>(":popover-open:not(.toasts), dialog[open]").is_some()
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    find(&format!("#{id}"))
}

/// Opens the dialog `id` above everything else.
pub fn open_dialog(id: &str) {
    // Fails when it is open: the same to us.
    _ = dialog(id).map(|dialog| dialog.show_modal());
}

pub fn close_dialog(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

/// Whether `event` happened where something is written.
pub fn is_writing(event: &Event) -> bool {
    around(event, "input, textarea, select").is_some()
}

/// Scrolls `element` to that edge of what it is seen in.
pub fn scroll_to(element: &Element, edge: ScrollLogicalPosition) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(edge);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Empties the first box that matches.
pub fn clear(selector: &str) {
    if let Some(field) = find::<HtmlInputElement>(selector) {
        field.set_value("");
    }
}

/// Ticks the first box that matches, or unticks it.
pub fn tick(selector: &str, on: bool) {
    if let Some(field) = find::<HtmlInputElement>(selector) {
        field.set_checked(on);
    }
}

/// Whether there is no network at all.
pub fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// Leaves for another document of ours.
pub fn leave_for(path: &str) {
    // Our own addresses are always allowed.
    _ = window().location().set_href(path);
}

/// Closes the drawer or menu that matches, if it is open.
pub fn close_popover(selector: &str) {
    if let Some(element) = find::<HtmlElement>(selector) {
        // Fails when it is not open: the same to us.
        _ = element.hide_popover();
    }
}

/// Shows the popover that matches above all others.
pub fn raise(selector: &str) {
    if let Some(element) = find::<HtmlElement>(selector) {
        // Each fails when there is nothing to do: the same to us.
        _ = element.hide_popover();
        _ = element.show_popover();
    }
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

/// Whether the system asks for a dark page.
pub fn prefers_dark() -> bool {
    matches("(prefers-color-scheme: dark)")
}

/// Whether text boxes grow with their text by themselves.
pub fn sizes_fields() -> bool {
    web_sys::css::supports_with_value("field-sizing", "content").unwrap_or(false)
}

/// Puts the cursor into the box, unless the reader is somewhere else already, or a keyboard would cover the page.
pub fn focus_if_nothing_is(field: &HtmlTextAreaElement) {
    if nothing_has_focus() && !is_touched() {
        _ = field.focus();
    }
}

/// Gives the focus a place where what had it has gone.
pub fn refocus() {
    if nothing_has_focus() {
        focus_box();
    }
}

/// Puts the cursor into the box, or where a keyboard would cover the page, the focus on the page.
pub fn focus_box() {
    focus(if is_touched() { "#talk" } else { "#message" });
}

/// Whether fingers are what points here, so that text is written on a keyboard that covers the page. Who has nothing
/// to point with has a real keyboard, and nothing else.
fn is_touched() -> bool {
    matches("(pointer: coarse)")
}

pub fn nothing_has_focus() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// What is in the box matching `selector` that `event` happened in.
pub fn typed_in(event: &Event, selector: &str) -> Option<String> {
    let field: HtmlInputElement = event.target()?.unchecked_into();
    field.matches(selector).ok()?.then(|| field.value())
}

/// What is in the first box that matches.
pub fn value_of(selector: &str) -> Option<String> {
    Some(find::<HtmlInputElement>(selector)?.value())
}

/// Whether the first box that matches is ticked.
pub fn is_checked(selector: &str) -> bool {
    find::<Element>(&format!("{selector}:checked")).is_some()
}

/// Presses the last button that matches.
pub fn press_last(selector: &str) {
    if let Some(button) = document().body().and_then(|body| all(&body, selector).pop()) {
        button.unchecked_ref::<HtmlElement>().click();
    }
}

/// An id that nobody else has.
pub fn new_id() -> uuid::Uuid {
    let mut bytes = [0; 16];
    if let Ok(crypto) = window().crypto() {
        // Fails for very long arrays only.
        _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

const ENTER: &str = "banter-enter";

/// Whether Enter sends, as the reader wants it.
pub fn enter_sends() -> bool {
    storage().and_then(|storage| storage.get_item(ENTER).ok()?).is_none()
}

/// Whether Enter was pressed in `field` before the page's code ran, and nothing was typed since. The document's first
/// script has seen it.
pub fn was_sent_early(field: &HtmlTextAreaElement) -> bool {
    const EARLY: &str = "data-early";
    let Some(root) = document().document_element() else { return false };
    let sent = root.get_attribute(EARLY);
    // Fails for names that are none.
    _ = root.remove_attribute(EARLY);
    sent.is_some_and(|sent| sent == field.value())
}

/// Shows in its box what the reader wants of Enter, and remembers it when they change that.
pub fn keep_enter() {
    const BOX: &str = "[data-setting=enter]";
    tick(BOX, !enter_sends());
    listen("change", |event: Event| {
        if let (Some(_), Some(storage)) = (around(&event, BOX), storage()) {
            // Full or forbidden: then Enter sends.
            _ = if is_checked(BOX) { storage.set_item(ENTER, "line") } else { storage.remove_item(ENTER) };
        }
    });
}

/// Selects all that is in the first box that matches, and moves the focus there.
pub fn select(selector: &str) {
    if let Some(field) = find::<HtmlInputElement>(selector) {
        _ = field.focus();
        field.select();
    }
}

/// Moves the keyboard's focus to the first match.
pub fn focus(selector: &str) {
    if let Some(element) = find::<HtmlElement>(selector) {
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
    let Some(storage) = storage() else { return };
    let Ok(Some(name)) = storage.get_item(MODEL) else { return };
    let default = select.value();
    select.set_value(&name);
    if select.value() != name {
        select.set_value(&default);
        // Nor is it wanted any more. Fails where nothing is kept.
        _ = storage.remove_item(MODEL);
    }
}

/// Wraps the lines of all code, or stops wrapping them; says which. The document's first script knows the same names.
pub fn toggle_wrap() -> bool {
    const WRAP: &str = "banter-wrap";
    const SHOWN: &str = "data-wrap";
    let Some(root) = document().document_element() else { return false };
    let wraps = root.get_attribute(SHOWN).is_none();
    // Fails for names that are none.
    _ = if wraps { root.set_attribute(SHOWN, "") } else { root.remove_attribute(SHOWN) };
    if let Some(storage) = storage() {
        // Full or forbidden: then it holds for this page.
        _ = if wraps { storage.set_item(WRAP, "on") } else { storage.remove_item(WRAP) };
    }
    wraps
}

/// The model that is chosen in the box.
pub fn chosen_model() -> Option<String> {
    Some(find::<HtmlSelectElement>("select[name=model]")?.value()).filter(|model| !model.is_empty())
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok()?
}

/// Takes the error of a refused form out of the address, so that a reload does not bring it back.
pub fn forget_form_error() {
    let search = window().location().search().unwrap_or_default();
    if search.as_bytes().windows(6).any(|six| six == b"__err=")
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
    if event.default_prevented() || event.button() != 0 || holds(event, &["ctrlKey", "shiftKey", "altKey", "metaKey"]) {
        return None;
    }
    let link = around(event, "a[href^='/']:not([target], [download], [rel~=external])")?;
    link.get_attribute("href").filter(|path| !path.contains(['?', '#']))
}

/// Whether one of `keys` is held down: the names under which events of the mouse have them, too. `detail`, of a click, is
/// how often a mouse was: not at all, if it was a key.
pub fn holds(event: &Event, keys: &[&str]) -> bool {
    keys.iter().any(|key| Reflect::get(event, &JsValue::from_str(key)).is_ok_and(|held| held.is_truthy()))
}

/// Writes `text` into the message box, as if it had been typed.
pub fn suggest(text: &str) {
    let Some(field) = find::<HtmlTextAreaElement>("#message") else { return };
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
    if cfg!(target_family = "wasm") { path() } else { "/chat".to_owned() }
}

/// Loads the page once more.
pub fn reload() {
    // Fails only in documents that are not shown.
    _ = window().location().reload();
}

/// Calls `look` when the reader comes back to the page, and every now and then while they are there.
pub fn while_looked_at(look: impl Fn() + Copy + 'static) {
    const EVERY: Duration = Duration::from_secs(20);
    listen("focus", move |_: Event| look());
    every(EVERY, move || {
        if !document().hidden() {
            look();
        }
    });
}
