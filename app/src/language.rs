//! The language of the page, in the browser: the one the server wrote it in, until its reader chooses another. What
//! follows signals hears of that by itself; what was written once has the numbers of what it says (`Element::says`), and a
//! script that is loaded for it tells it again (`change.js`).

use std::cell::Cell;

use js_sys::{Function, Reflect};
use reactive_graph::{
    signal::ArcTrigger,
    traits::{Notify as _, Track as _},
};
use texts::Language;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::{
    browser,
    chat::{above, kept, scroll},
    clock,
    task::next_frame,
};

/// The element that names the file with what the page says.
pub const TEXTS: &str = "texts";
/// What the document's script calls the function that loads the other one and has it change the language.
pub const CHANGE: &str = "speak";

/// The script that changes the language of an open page.
#[cfg(feature = "ssr")]
pub fn change_script() -> String {
    let unreachable = texts::SERVER_UNREACHABLE.number().to_string();
    include_str!("change.js").replace("\"{unreachable}\"", &unreachable)
}

thread_local! {
    static CHANGED: ArcTrigger = ArcTrigger::new();
    static FOLLOWING: Cell<bool> = const { Cell::new(false) };
}

/// Says everything in the language of the document from now on; `table` is what it says, a line for each text. True if
/// nothing could be said before.
pub fn speak(table: String) -> bool {
    let root = browser::document().document_element();
    let tag = root.and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    let is_first = hear(Language::of_own_tag(&tag).unwrap_or_default(), table);
    if !is_first {
        // What is not in the document is not told anew with it.
        kept::forget_all();
        _ = scroll::log().map(|log| above::put_back(&log));
        changed().notify();
        // Behind what the script does in the next one.
        next_frame(|| next_frame(localise));
    }
    is_first
}

fn localise() {
    if let Some(body) = browser::document().body() {
        clock::localise(&body);
    }
}

/// Does `make`, and makes whoever is being computed depend on the language if that says something. Nothing else does:
/// what says something on the way would be done again for another language.
pub fn following<T>(make: &mut dyn FnMut() -> T) -> T {
    set_following(true);
    let made = make();
    set_following(false);
    made
}

fn set_following(is_following: bool) -> bool {
    FOLLOWING.with(|following| following.replace(is_following))
}

fn changed() -> ArcTrigger {
    CHANGED.with(ArcTrigger::clone)
}

/// Whoever is being computed depends on the language.
pub fn track() {
    changed().track();
}

/// Has the reader's choice kept, and says everything in `language` from now on.
pub fn choose(language: Language) {
    // The document's script is there before this is, and says itself what goes wrong.
    if let Ok(change) = Reflect::get(&browser::window(), &CHANGE.into())
        && let Some(change) = change.dyn_ref::<Function>()
    {
        _ = change.call1(&JsValue::NULL, &language.tag().into());
    }
}

/// Something is said.
#[cfg(target_family = "wasm")]
fn said() {
    if FOLLOWING.with(Cell::get) {
        track();
    }
}

#[cfg(target_family = "wasm")]
fn hear(language: Language, table: String) -> bool {
    texts::speak(language, table, said)
}

/// Outside the browser all of them are there.
#[cfg(not(target_family = "wasm"))]
fn hear(_language: Language, _table: String) -> bool {
    true
}
