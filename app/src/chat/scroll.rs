//! Where the log is scrolled to: it follows what is written for as long as its end is in view.

use model::MessageId;
use web_sys::{Element, HtmlElement, ScrollLogicalPosition};

use crate::{
    browser::{find, scroll_to},
    signal::Signal,
    task::next_frame,
};

/// How far from its end still counts as being there.
const SLACK_PX: i32 = 64;

/// Where somebody is in a conversation: this message's beginning is so far below the log's upper edge. What is above it
/// may be laid out anew meanwhile, or be another height on another day.
#[derive(Clone, Debug)]
pub struct Spot {
    message: String,
    below_px: f64,
}

/// The log's scroll position.
#[derive(Clone, Copy)]
pub struct Scroll {
    /// Whether the reader sees the end.
    pub at_end: Signal<bool>,
    /// Where the log was scrolled to when that was last looked at.
    top: Signal<i32>,
}

/// The log of the conversation that is shown, and not one that was left.
pub fn log() -> Option<HtmlElement> {
    find(":not([hidden]) > .log")
}

/// Whether the end of `log` is in view.
pub fn is_at_end(log: &HtmlElement) -> bool {
    log.scroll_height() - log.scroll_top() - log.client_height() <= SLACK_PX
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
        let at_end = is_at_end(&log);
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
        let Some(message) = message(log, &id.to_string()) else { return false };
        self.at_end.set(false);
        next_frame(move || {
            scroll_to(&message, ScrollLogicalPosition::Start);
            _ = message.class_list().add_1("pointed-out");
        });
        true
    }

    /// Keeps the end in view if it is, once what has just changed is in the document.
    pub fn follow(self) {
        next_frame(move || self.follow_now());
    }

    /// The same with what is in the document.
    pub fn follow_now(self) {
        let Some(log) = log() else { return };
        // The browser tells of scrolling with its next frame, and this may come before. A little may be what is above
        // having become lower. The conversation may have been left, too, before this came.
        if self.top.try_get_untracked().is_some_and(|top| log.scroll_top() + SLACK_PX < top) {
            self.moved();
        }
        if self.at_end.try_get_untracked() == Some(true) {
            log.set_scroll_top(i32::MAX);
        }
    }

    /// Where the reader is; `None` at the end.
    pub fn spot(self) -> Option<Spot> {
        let log = log().filter(|_| self.at_end.try_get_untracked() == Some(false))?;
        let top = log.get_bounding_client_rect().top();
        let mut at: Element = log.into();
        // Down to the first message that is in view, among what contains it.
        loop {
            let mut child = at.first_element_child();
            while let Some(above) = child.as_ref().filter(|child| child.get_bounding_client_rect().bottom() <= top) {
                child = above.next_element_sibling();
            }
            at = child?;
            if let Some(message) = at.get_attribute(MESSAGE) {
                return Some(Spot { message, below_px: at.get_bounding_client_rect().top() - top });
            }
        }
    }

    /// Brings the reader of `log` back to where they were, or to the end.
    pub fn restore(self, log: &HtmlElement, spot: Option<&Spot>) {
        let message = spot.and_then(|spot| message(log, &spot.message).map(|message| (spot, message)));
        let Some((spot, message)) = message else {
            self.follow_now();
            return;
        };
        self.at_end.set(false);
        let below_px = message.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
        log.set_scroll_top(log.scroll_top() + (below_px - spot.below_px).round() as i32);
    }
}

/// What a message's element has its id in.
const MESSAGE: &str = "data-message";

fn message(log: &HtmlElement, id: &str) -> Option<Element> {
    log.query_selector(&format!("[{MESSAGE}=\"{id}\"]")).ok()?
}
