//! What can be done with a conversation in the list: its options, and changing its name or its folder in its place.

use model::{ConversationId, ConversationPage, ConversationSummary};
use texts::Text;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

use super::list::{Change, Conversations, Done, Editing, Offer};
use crate::{
    AppError, browser,
    html::{Element, el, icon},
    page::Page,
    task::{next_frame, run},
};

const RENAME: (&str, &str) = ("rename", "title");
const FILE: (&str, &str) = ("file", "folder");

/// Opens the options of the row it is in. The menu is one for all rows; the browser places it beside the button.
pub fn button() -> Element {
    el("button")
        .attr("type", "button")
        .class("quiet more needs-script")
        .attr("data-action", "options")
        .attr("popovertarget", "options")
        .attr("aria-label", texts::OPTIONS)
        .child(icon("#dots"))
}

/// The menu, for `one`.
pub fn menu(one: Option<&ConversationSummary>) -> Element {
    let menu = el("div").attr("id", "options").class("options").attr("popover", "auto");
    let Some(one) = one else { return menu };
    let item = |action: &'static str, picture: &'static str, label: Text| {
        el("button")
            .attr("type", "button")
            .attr("data-action", action)
            .attr("popovertarget", "options")
            .attr("popovertargetaction", "hide")
            .child(icon(picture))
            .child(label)
    };
    menu.child(item("rename", "#pen", texts::RENAME))
        .child(if one.pinned { item("unpin", "#pin", texts::UNPIN) } else { item("pin", "#pin", texts::PIN) })
        .child(item("file", "#folder", texts::MOVE_TO_FOLDER))
        .child(if one.archived {
            item("unarchive", "#archive", texts::UNARCHIVE)
        } else {
            item("archive", "#archive", texts::ARCHIVE)
        })
        .child(item("delete", "#bin", texts::DELETE))
}

/// The names there are, for the box in which one is written.
pub fn folders(known: Option<&Result<ConversationPage, AppError>>) -> Element {
    let names = known.and_then(|known| known.as_ref().ok()).map(|page| page.folders.as_slice()).unwrap_or_default();
    el("datalist").attr("id", "folders").children(names.iter().map(|name| el("option").attr("value", name.clone())))
}

/// In place of the row's link: a box with its name, or its folder.
pub fn form(editing: &Editing, one: &ConversationSummary) -> Element {
    let box_ = el("input").attr("autocomplete", "off");
    let box_ = if editing.what == RENAME {
        box_.attr("aria-label", texts::TITLE).attr("maxlength", "200").attr("value", one.title.clone())
    } else {
        box_.attr("aria-label", texts::FOLDER)
            .attr("maxlength", "60")
            .attr("placeholder", texts::FOLDER)
            .attr("list", "folders")
            .attr("value", one.folder.clone().unwrap_or_default())
    };
    // A folder's name in its place says nothing of which conversation goes there.
    let title = (editing.what == FILE).then(|| el("small").attr("dir", "auto").child(one.title.clone()));
    el("form").class("rename").children(title).child(box_)
}

/// Does what an item of the menu says.
pub fn act(list: Conversations, page: Page, id: ConversationId, action: &str) {
    let on = |function, on: bool| Change { id, function, argument: Some(("on", on.to_string())), back: false };
    let plain = |function| Change { id, function, argument: None, back: page.is_at(id) };
    let (change, undo, sentence) = match action {
        "rename" => return begin(list, id, RENAME),
        "file" => return begin(list, id, FILE),
        "pin" => (on("pin", true), on("pin", false), texts::DONE_PIN),
        "unpin" => (on("pin", false), on("pin", true), texts::DONE_UNPIN),
        "archive" => (on("archive", true), on("archive", false), texts::DONE_ARCHIVE),
        "unarchive" => (on("archive", false), on("archive", true), texts::DONE_UNARCHIVE),
        "delete" => (plain("delete"), plain("restore"), texts::DONE_DELETE),
        _ => return,
    };
    let is_delete = action == "delete";
    run(async move {
        let done = Done { sentence: sentence.into(), offer: Some(Offer::Undo(undo)) };
        let worked = list.carry_out(change, Some(done)).await;
        if worked && is_delete && page.is_at(id) {
            page.go("/chat");
        }
        refocus(id);
    });
}

fn begin(list: Conversations, id: ConversationId, what: (&'static str, &'static str)) {
    list.editing.set(Some(Editing { id, what }));
    next_frame(|| browser::select(".rename input"));
}

/// Takes over what was written, by Enter or by leaving the box.
pub fn finish(list: Conversations, event: &Event) {
    let Some(form) = browser::around(event, ".rename") else { return };
    // Once: taking the box away leaves it, too.
    let Some(Editing { id, what: (function, argument) }) = list.editing.take() else {
        return;
    };
    refocus(id);
    let field = form.query_selector("input").ok().flatten().map(JsCast::unchecked_into::<HtmlInputElement>);
    let text = field.map(|field| field.value()).unwrap_or_default().trim().to_owned();
    let before = list
        .find(id, |one| if function == RENAME.0 { one.title.clone() } else { one.folder.clone().unwrap_or_default() });
    let before = before.unwrap_or_default();
    if text == before || (text.is_empty() && function == RENAME.0) {
        return;
    }
    let sentence = match (function == RENAME.0, text.is_empty()) {
        (true, _) => texts::DONE_RENAME.into(),
        (false, true) => texts::DONE_UNFILE.into(),
        (false, false) => texts::DONE_FILE.about(&text),
    };
    let change = move |text| Change { id, function, argument: Some((argument, text)), back: false };
    let done = Done { sentence, offer: Some(Offer::Undo(change(before))) };
    run(async move { _ = list.carry_out(change(text), Some(done)).await });
}

/// Escape leaves the name as it was.
pub fn key(list: Conversations, event: &KeyboardEvent) {
    if event.key() == "Escape" && browser::around(event, ".rename").is_some() {
        event.prevent_default();
        if let Some(editing) = list.editing.take() {
            refocus(editing.id);
        }
    }
}

/// Whoever works with the keyboard goes on at the row, wherever that is by now, unless they are somewhere else.
fn refocus(id: ConversationId) {
    next_frame(move || {
        if browser::nothing_has_focus() {
            browser::focus(&format!("[data-id=\"{id}\"] .more"));
        }
        browser::refocus();
    });
}
