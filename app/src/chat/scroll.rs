//! Where the log is scrolled to: it follows what is written for as long as its end is in view.

use model::MessageId;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use crate::{browser::document, signal::Signal, task::next_frame};

/// How far from its end still counts as being there.
const SLACK_PX: i32 = 64;

/// The log's scroll position.
#[derive(Clone, Copy)]
pub struct Scroll {
    /// Whether the reader sees the end.
    pub at_end: Signal<bool>,
    /// Where the log was scrolled to when that was last looked at.
    top: Signal<i32>,
}

/// The log of the conversation that is shown.
pub fn log() -> Option<HtmlElement> {
    document().query_selector(".log").ok()??.dyn_into().ok()
}

impl Scroll {
    pub fn new() -> Self {
        Self { at_end: Signal::new(true), top: Signal::new(0) }
    }

    /// Takes note of where the reader has scrolled to. An end that has moved away because more was written is no reason
    /// to stay behind: only going up is.
    pub fn moved(self) {
        let Some(log) = log() else { return };
        let top = log.scroll_top();
        let went_up = top < self.top.get_untracked();
        self.top.set(top);
        let at_end = log.scroll_height() - top - log.client_height() <= SLACK_PX;
        if at_end != self.at_end.get_untracked() && (at_end || went_up) {
            self.at_end.set(at_end);
        }
    }

    /// Shows the end, once what has just changed is in the document.
    pub fn to_end(self) {
        self.at_end.set(true);
        self.follow();
    }

    /// Brings a message of `log` into view and points it out. False when it is not there.
    pub fn show(self, log: &HtmlElement, id: MessageId) -> bool {
        let Ok(Some(message)) = log.query_selector(&format!("[data-message=\"{id}\"]")) else { return false };
        self.at_end.set(false);
        next_frame(move || {
            message.scroll_into_view();
            _ = message.class_list().add_1("pointed-out");
        });
        true
    }

    /// Keeps the end in view if it is.
    pub fn follow(self) {
        next_frame(move || {
            // The conversation may have been left before the frame came.
            if self.at_end.try_get_untracked() == Some(true)
                && let Some(log) = log()
            {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
}
