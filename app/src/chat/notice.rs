//! Notices: what happened, what to do next, and the reference that finds the log line.

use model::{MessageStatus, Notice, NoticeKind};

use crate::{
    browser,
    html::{Element, el, icon},
};

/// Why a reply is not, or not only, what was asked for.
pub fn of_reply(status: MessageStatus, notice: Option<&Notice>) -> Option<Element> {
    let (heading, otherwise) = match (status, notice.map(|notice| notice.kind)) {
        (MessageStatus::Complete, Some(NoticeKind::Length)) => {
            ("The answer is at its length limit.", "Ask it to go on.")
        }
        (MessageStatus::Complete | MessageStatus::Streaming, Some(NoticeKind::Trimmed)) => {
            let text = notice.map_or("", |notice| notice.text.as_str());
            return Some(note("status", "#info", "Long conversation.", text, ""));
        }
        (MessageStatus::Complete, _) => return None,
        (MessageStatus::Streaming, None) => return None,
        (MessageStatus::Streaming, Some(_)) => ("Please note.", ""),
        (MessageStatus::Stopped, kind) => {
            let notice = notice.filter(|_| kind != Some(NoticeKind::Trimmed));
            return Some(status_note("You stopped this answer.", "What had been written until then is kept.", notice));
        }
        (MessageStatus::Interrupted, _) => {
            ("The answer was interrupted.", "What had arrived until then is kept. Ask again to get all of it.")
        }
        (MessageStatus::Filtered, _) => {
            ("The answer was filtered.", "A content filter stepped in. Ask in other words.")
        }
        (MessageStatus::Failed, Some(NoticeKind::TooManyRequests)) => ("Please wait a moment.", ""),
        (MessageStatus::Failed, _) => ("There is no answer.", "Your question is kept. Ask it again."),
    };
    let text = notice.map_or(otherwise, |notice| notice.text.as_str());
    let reference = notice.map_or("", |notice| notice.correlation_id.as_str());
    match status {
        MessageStatus::Complete | MessageStatus::Streaming => Some(status_note(heading, text, notice)),
        _ => Some(alert(heading, text, reference)),
    }
}

/// The model is asked again in so many seconds. Who listens hears it once and not each second.
pub fn waiting(secs: u32) -> Element {
    let when = if secs == 0 { String::new() } else { format!(" in {secs} s") };
    let words = el("span").child(el("b").child("The model is busy.")).child(" Asking again");
    let words = words.child(el("span").attr("aria-hidden", "true").child(when)).child("…");
    el("div").class("note").attr("role", "status").child(icon("#info")).child(words)
}

/// Something that needs no attention now.
pub fn status(heading: &str, text: &str) -> Element {
    note("status", "#info", heading, text, "")
}

/// Something that went wrong.
pub fn alert(heading: &str, text: &str, reference: &str) -> Element {
    note("alert", "#warn", heading, text, reference).attr("data-kind", "trouble")
}

/// The session ended while the answer was being written; `why`, in the server's words.
pub fn signed_out(why: &str) -> Element {
    let again = el("a").class("strong").attr("rel", "external").attr("href", browser::sign_in_again());
    alert("You are signed out.", &format!("{why} "), "").child(again.child("Sign in again"))
}

fn status_note(heading: &str, text: &str, notice: Option<&Notice>) -> Element {
    let reference = notice.map_or("", |notice| notice.correlation_id.as_str());
    let text = notice.map_or(text, |notice| notice.text.as_str());
    note("status", "#info", heading, text, reference)
}

fn note(role: &'static str, picture: &'static str, heading: &str, text: &str, reference: &str) -> Element {
    let words = el("span").child(el("b").child(heading)).child(" ").child(text);
    let words =
        if reference.is_empty() { words } else { words.child(el("small").child(format!("Reference {reference}"))) };
    el("div").class("note").attr("role", role).child(icon(picture)).child(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_told_calmly_until_there_is_something_worse_to_say() {
        let text = "The last 5 messages were sent.".to_owned();
        let trimmed = Notice { kind: NoticeKind::Trimmed, text, correlation_id: "7f3a-19c2".to_owned() };
        let shown = |status| {
            let mut out = String::new();
            if let Some(note) = of_reply(status, Some(&trimmed)) {
                note.write(&mut out);
            }
            out
        };
        for status in [MessageStatus::Streaming, MessageStatus::Complete] {
            let out = shown(status);
            assert!(out.contains("role=\"status\"") && out.contains(&trimmed.text), "{out}");
            assert!(!out.contains("7f3a"), "nothing went wrong that had to be looked up: {out}");
        }
        let out = shown(MessageStatus::Stopped);
        assert!(out.contains("What had been written until then is kept.") && !out.contains(&trimmed.text), "{out}");
    }
}
