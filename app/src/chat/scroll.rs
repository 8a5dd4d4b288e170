//! Where the log is scrolled to: it follows what is written for as long as its end is in view.

use leptos::{html, prelude::*};

/// How far from its end still counts as being there.
const SLACK_PX: i32 = 64;

/// The log's scroll position.
#[derive(Clone, Copy)]
pub struct Scroll {
    pub log: NodeRef<html::Div>,
    /// Whether the reader sees the end.
    pub at_end: RwSignal<bool>,
}

impl Scroll {
    pub fn new() -> Self {
        Self { log: NodeRef::new(), at_end: RwSignal::new(true) }
    }

    /// Takes note of where the reader has scrolled to.
    pub fn moved(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let below = log.scroll_height() - log.scroll_top() - log.client_height();
        let at_end = below <= SLACK_PX;
        if at_end != self.at_end.get_untracked() {
            self.at_end.set(at_end);
        }
    }

    /// Shows the end, once what has just changed is in the document.
    pub fn to_end(self) {
        self.at_end.set(true);
        self.follow();
    }

    /// Keeps the end in view if it is.
    pub fn follow(self) {
        request_animation_frame(move || {
            // The conversation may have been left before the frame came.
            if self.at_end.try_get_untracked() == Some(true)
                && let Some(log) = self.log.try_get_untracked().flatten()
            {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
}
