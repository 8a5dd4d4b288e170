//! The language of the page, in the browser: the one the server wrote it in, until its reader chooses another. What
//! follows signals hears of that by itself; what was written once says by numbers what it says (see `html::SAID`).

use std::cell::Cell;

use reactive_graph::{
    signal::ArcTrigger,
    traits::{Notify as _, Track as _},
};
use texts::{About, Language};
use wasm_bindgen::JsCast as _;
use web_sys::{DomParser, Element, SupportedType};

use crate::{
    AppError, browser,
    chat::kept,
    clock, fetch,
    html::{ABOUT, SAID},
    task::next_frame,
};

/// The element that names the file with what the page says.
pub const TEXTS: &str = "texts";

thread_local! {
    static CHANGED: ArcTrigger = ArcTrigger::new();
    static FOLLOWING: Cell<bool> = const { Cell::new(false) };
}

/// Before the page is brought to life: `table` is what it says.
pub fn begin(table: &str) {
    let root = browser::document().document_element();
    let tag = root.and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    speak(Language::of_tag(&tag).unwrap_or_default(), table);
}

/// Does `make`, and makes whoever is being computed depend on the language if that says something. Nothing else does:
/// what says something on the way would be done again for another language.
pub fn following<T>(make: &mut dyn FnMut() -> T) -> T {
    FOLLOWING.set(true);
    let made = make();
    FOLLOWING.set(false);
    made
}

/// Has the reader's choice kept, and says everything in that language from now on. `choice`: a language's tag, or what
/// else the profile offers.
pub async fn choose(choice: &str) -> Result<(), AppError> {
    let tag: String = fetch::post("language", &[("language", Some(choice))]).await?;
    let language = Language::of_tag(&tag).unwrap_or_default();
    let Some(link) = browser::document().get_element_by_id(TEXTS) else { return Ok(()) };
    let (before, path) = (texts::spoken().tag(), link.get_attribute("href").unwrap_or_default());
    let table = fetch::file(&path.replace(&format!(".{before}."), &format!(".{tag}."))).await;
    // A server that was replaced meanwhile has other files; it tells the page anew.
    let Ok(table) = table else {
        browser::reload();
        return Ok(());
    };
    let sheet = match browser::document().query_selector(SHEET) {
        Ok(Some(shown)) => Some((shown, fetch::file(&browser::path()).await?)),
        _ => None,
    };
    speak(language, &table);
    _ = link.set_attribute("href", &path.replace(&format!(".{before}."), &format!(".{tag}.")));
    if let Some(root) = browser::document().document_element() {
        _ = root.set_attribute("lang", language.tag());
    }
    // What is not in the document is not told anew with it.
    kept::forget_all();
    CHANGED.with(ArcTrigger::notify);
    // Behind what follows the language by itself.
    next_frame(move || {
        if let Some((shown, page)) = sheet {
            renew_sheet(&shown, &page);
        }
        retell();
        if let Some(body) = browser::document().body() {
            clock::localise(&body);
        }
    });
    Ok(())
}

/// What the server alone writes comes from there again.
const SHEET: &str = ".sheet";

fn renew_sheet(shown: &Element, page: &str) {
    let parsed = DomParser::new().and_then(|parser| parser.parse_from_string(page, SupportedType::TextHtml));
    let Ok(parsed) = parsed else { return };
    let Ok(Some(sheet)) = parsed.query_selector(SHEET) else { return };
    let focused = browser::document().active_element().and_then(|active| active.get_attribute("name"));
    shown.set_text_content(None);
    while let Some(child) = sheet.first_child() {
        // Nodes of a document that nobody shows can be put anywhere.
        _ = shown.append_child(&child);
    }
    browser::document().set_title(&parsed.title());
    if let Some(name) = focused {
        browser::focus(&format!("{SHEET} [name={name}]"));
    }
}

/// Says once more what was written once, in the language that is spoken now.
fn retell() {
    let Ok(all) = browser::document().query_selector_all(&format!("[{SAID}]")) else { return };
    for at in 0..all.length() {
        let Some(element) = all.get(at).map(|node| node.unchecked_into::<Element>()) else { continue };
        let what = element.get_attribute(ABOUT).unwrap_or_default();
        for said in element.get_attribute(SAID).unwrap_or_default().split(' ') {
            let Some(number) = said.get(1..).and_then(|number| number.parse().ok()) else { continue };
            let text = About::of_number(number).about(&what);
            // Neither can fail: names are ours.
            _ = match said.as_bytes().first() {
                Some(b'l') => element.set_attribute("aria-label", &text),
                Some(b't') => element.set_attribute("title", &text),
                _ => {
                    element.set_text_content(Some(&text));
                    Ok(())
                }
            };
        }
    }
}

/// Something is said.
#[cfg(target_family = "wasm")]
fn said() {
    if FOLLOWING.get() {
        track();
    }
}

/// Whoever is being computed depends on the language.
pub fn track() {
    CHANGED.with(|changed| changed.track());
}

#[cfg(target_family = "wasm")]
fn speak(language: Language, table: &str) {
    texts::speak(language, table);
    texts::on_reading(said);
}

/// Outside the browser all of them are there.
#[cfg(not(target_family = "wasm"))]
fn speak(_language: Language, _table: &str) {}
