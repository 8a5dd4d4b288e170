//! Code and formulas on the page that have not been set yet: the server is asked for them, and what it says takes their
//! place. Until then, and if it does not, plain code and TeX stay.

use js_sys::{Array, JSON};
use model::{Part, Typeset};
use web_sys::Element;

use crate::{
    browser, fetch, html,
    markdown::{UNSET, formula, tokens},
    signal::Signal,
    task::run,
};

/// Asked for in one request. The server takes no more than 64, and no more than 300 kB with their escapes.
const PARTS: u32 = 48;
const UNITS: u32 = 60_000;
/// Longer code stays plain at the server.
const LONGEST: u32 = 100_000;

/// If there is something in `part` to be set, has everything in `root` around it set that is not yet, the last first; one
/// request after the other. `changed` is called when the page looks different.
pub fn set_all(root: Element, part: &Element, is_busy: Signal<bool>, changed: impl Fn() + 'static) {
    // Gone with its conversation, or found by whoever is at it.
    if is_busy.try_get_untracked() != Some(false) || !has_unset(part) {
        return;
    }
    is_busy.set(true);
    run(async move {
        while set_some(&root).await {
            changed();
        }
        is_busy.set(false);
    });
}

fn has_unset(part: &Element) -> bool {
    matches!(part.query_selector(&format!(".{UNSET}")), Ok(Some(_)))
}

/// Whether there may be more.
async fn set_some(root: &Element) -> bool {
    let (wanted, mut units) = (Array::new(), 0);
    let mut asked = Vec::new();
    for element in browser::all(root, &format!(".{UNSET}")).into_iter().rev() {
        let text = element.text_content().unwrap_or_default();
        let length = text.len() as u32;
        if !asked.is_empty() && units + length > UNITS || wanted.length() == PARTS {
            break;
        }
        // Asked for once, whatever comes of it.
        _ = element.class_list().remove_1(UNSET);
        if length <= LONGEST {
            units += length;
            wanted.push(&Array::of2(&kind(&element).into(), &text.as_str().into()));
            asked.push((element, text));
        }
    }
    if asked.is_empty() {
        return false;
    }
    let Some(parts) = JSON::stringify(&wanted).ok().and_then(|parts| parts.as_string()) else { return false };
    let Ok(sets) = fetch::post::<Vec<Option<Typeset>>>("typeset", &[("parts", Some(&parts))]).await else {
        return false;
    };
    for ((element, text), set) in asked.into_iter().zip(sets) {
        let content = match set {
            Some(Typeset::Code(runs)) => tokens(&text, &runs),
            Some(Typeset::Formula(set)) => Some(vec![formula(&set)]),
            None => None,
        };
        // The text may be another one by now.
        if let Some(content) = content
            && element.text_content().as_ref() == Some(&text)
        {
            html::fill(&element, &content);
        }
    }
    true
}

/// What [`Part`]s say first.
fn kind(element: &Element) -> String {
    match element.get_attribute("data-language") {
        Some(language) => language,
        None if element.matches(".display").unwrap_or(false) => Part::DISPLAY.to_owned(),
        None => Part::INLINE.to_owned(),
    }
}
