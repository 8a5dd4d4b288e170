//! Code and formulas that were set (see `services::typeset`) as elements.

use std::sync::Arc;

use model::{Formula, Part, Typeset};

use crate::html::{Html, el};

/// The class of what may still be set. Who finds it in a page can ask for it.
pub const UNSET: &str = "unset";

/// Where to look for what has been set.
pub type Known<'a> = Option<&'a dyn Fn(&Part) -> Option<Arc<Typeset>>>;

/// What a message's elements depend on beside its text.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Unique on the page: names of places in the message begin with it.
    pub anchor: &'a str,
    /// What has been set already.
    pub known: Known<'a>,
}

impl<'a> Setting<'a> {
    /// A message for which nothing has been set yet.
    pub fn plain(anchor: &'a str) -> Self {
        Self { anchor, known: None }
    }

    pub(super) fn set(&self, part: impl FnOnce() -> Part) -> Option<Arc<Typeset>> {
        self.known.and_then(|known| known(&part()))
    }
}

/// `text` in runs of tokens; `None` if they do not fit it.
pub fn tokens(text: &str, runs: &[u32]) -> Option<Vec<Html>> {
    let mut rest = text;
    let mut out = Vec::new();
    for run in runs.chunks_exact(2) {
        let (piece, after) = rest.split_at_checked(run[1] as usize)?;
        rest = after;
        out.push(match class(run[0]) {
            Some(class) => el("span").class(class).child(piece).into(),
            None => piece.into(),
        });
    }
    out.push(rest.into());
    Some(out)
}

fn class(number: u32) -> Option<&'static str> {
    // By the numbers of `model::TokenClass`.
    const CLASSES: [&str; 8] = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
    CLASSES.get((number as usize).checked_sub(1)?).copied()
}

/// A formula as elements.
pub fn formula(formula: &Formula) -> Html {
    match formula {
        Formula::Text(text) => text.clone().into(),
        Formula::Element(name, attributes, children) => {
            let element = attributes.iter().fold(el(name), |element, (name, value)| element.attr(name, value.clone()));
            element.children(children.iter().map(self::formula)).into()
        }
    }
}

/// What there is to set in `source`, in its order.
#[cfg(feature = "ssr")]
pub fn parts(source: &str) -> Vec<Part> {
    use std::cell::RefCell;
    let parts = RefCell::new(Vec::new());
    let note = |part: &Part| {
        parts.borrow_mut().push(part.clone());
        None
    };
    // Whoever makes the elements asks for exactly what they need.
    super::markdown(source, true, Setting { anchor: "", known: Some(&note) });
    parts.into_inner()
}
