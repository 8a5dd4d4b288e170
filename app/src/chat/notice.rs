//! Notices: what happened, what to do next, and the reference that finds the log line.

use model::{MessageStatus, Notice, NoticeKind};
use texts::Text;

use crate::{
    browser,
    html::{Element, el, icon},
};

/// What a notice says beneath its heading.
pub enum Words<'a> {
    Ours(Text),
    /// As the server wrote it, in the language that its reader had then.
    Told(&'a str),
}

impl From<Text> for Words<'_> {
    fn from(text: Text) -> Self {
        Self::Ours(text)
    }
}

impl<'a> From<&'a str> for Words<'a> {
    fn from(text: &'a str) -> Self {
        Self::Told(text)
    }
}

/// Why a reply is not, or not only, what was asked for.
pub fn of_reply(status: MessageStatus, empty: bool, notice: Option<&Notice>) -> Option<Element> {
    let (heading, otherwise) = match (status, notice.map(|notice| notice.kind)) {
        (MessageStatus::Complete, Some(NoticeKind::Length)) => (texts::AT_LENGTH_LIMIT, texts::ASK_TO_GO_ON.into()),
        (MessageStatus::Complete | MessageStatus::Streaming, Some(NoticeKind::Trimmed)) => {
            let text = notice.map_or("", |notice| notice.text.as_str());
            return Some(status_note(texts::LONG_CONVERSATION, text.into(), ""));
        }
        (MessageStatus::Complete, _) => return None,
        (MessageStatus::Streaming, None) => return None,
        (MessageStatus::Streaming, Some(_)) => (texts::PLEASE_NOTE, "".into()),
        (MessageStatus::Stopped, kind) => {
            let notice = notice.filter(|_| kind != Some(NoticeKind::Trimmed));
            let kept = if empty { "".into() } else { texts::WHAT_WAS_WRITTEN.into() };
            let (text, reference) = told(notice, kept);
            return Some(status_note(texts::YOU_STOPPED, text, reference));
        }
        (MessageStatus::Interrupted, _) => (texts::WAS_INTERRUPTED, texts::WHAT_ARRIVED.into()),
        (MessageStatus::Filtered, _) => (texts::WAS_FILTERED, texts::FILTER_STEPPED_IN.into()),
        (MessageStatus::Failed, Some(NoticeKind::TooManyRequests)) => (texts::WAIT_A_MOMENT, "".into()),
        (MessageStatus::Failed, _) => (texts::NO_ANSWER, texts::QUESTION_KEPT.into()),
    };
    let (text, reference) = told(notice, otherwise);
    match status {
        MessageStatus::Complete | MessageStatus::Streaming => Some(status_note(heading, text, reference)),
        _ => Some(alert(heading, text, reference)),
    }
}

/// What the server says, with its reference, or else what we do.
fn told<'a>(notice: Option<&'a Notice>, otherwise: Words<'a>) -> (Words<'a>, &'a str) {
    notice.map_or((otherwise, ""), |notice| (notice.text.as_str().into(), notice.correlation_id.as_str()))
}

/// The model is asked again in so many seconds. Who listens hears it once and not each second.
pub fn waiting(secs: u32) -> Element {
    let when = if secs == 0 { String::new() } else { format!(" {}", texts::IN_SECONDS.about(&secs.to_string())) };
    let words = el("span").child(el("b").child(texts::MODEL_BUSY)).child(" ").child(texts::ASKING_AGAIN);
    let words = words.child(el("span").attr("aria-hidden", "true").child(when)).child("…");
    el("div").class("note").attr("role", "status").child(icon("#info")).child(words)
}

/// Something that needs no attention now.
pub fn status(heading: Text, text: Text) -> Element {
    status_note(heading, text.into(), "")
}

/// Something that went wrong.
pub fn alert(heading: Text, text: Words<'_>, reference: &str) -> Element {
    note("alert", "#warn", heading, text, reference).attr("data-kind", "trouble")
}

/// The session ended while the answer was being written; `why`, in the server's words.
pub fn signed_out(why: &str) -> Element {
    let again = el("a").class("strong").attr("rel", "external").attr("href", browser::sign_in_again());
    alert(texts::SIGNED_OUT_NOW, format!("{why} ").as_str().into(), "").child(again.says(texts::SIGN_IN_AGAIN))
}

fn status_note(heading: Text, text: Words<'_>, reference: &str) -> Element {
    note("status", "#info", heading, text, reference)
}

fn note(role: &'static str, picture: &'static str, heading: Text, text: Words<'_>, reference: &str) -> Element {
    let words = el("span").child(el("b").says(heading)).child(" ");
    let words = match text {
        Words::Ours(text) => words.child(el("span").says(text)),
        Words::Told(text) => words.child(text),
    };
    let words =
        if reference.is_empty() { words } else { words.child(el("small").says_about(texts::REFERENCE, reference)) };
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
            if let Some(note) = of_reply(status, false, Some(&trimmed)) {
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
