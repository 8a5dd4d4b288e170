//! The parts of the box a question is written in, as the plain form they are.

use model::{ConversationId, MessageId, ModelChoice, QUESTION_MAX_BYTES};

use crate::html::{Element, el, icon};

/// The text box.
pub fn field() -> Element {
    el("textarea")
        .attr("id", "message")
        .attr("name", "content")
        .attr("aria-label", "Message")
        .attr("aria-describedby", "hint")
        .attr("placeholder", "Message")
        .attr("rows", "1")
        .attr("required", "")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "send")
}

/// Whom to ask, and in which conversation.
pub fn models(conversation: Option<ConversationId>, models: &[ModelChoice]) -> Element {
    let options = models.iter().map(|choice| {
        let about = choice.description.as_ref().map(|about| el("small").child(" – ").child(about.clone()));
        el("option").attr("value", choice.name.clone()).child(choice.name.clone()).children(about)
    });
    let select = el("select").attr("name", "model").attr("aria-label", "Model").children(options);
    let hidden = |id: ConversationId| {
        el("input").attr("type", "hidden").attr("name", "conversation").attr("value", id.to_string())
    };
    el("label").class("quiet pick").children(conversation.map(hidden)).child(select).child(icon("#down"))
}

/// For a new conversation: whether it is to be kept.
pub fn once(is_new: bool) -> Element {
    if !is_new {
        return el("template");
    }
    let tick = el("input").attr("type", "checkbox").attr("name", "temporary").attr("value", "true");
    el("label")
        .class("quiet once")
        .attr("title", "Not listed, and gone when you sign out")
        .child(tick)
        .child(icon("#once"))
        .child(el("span").child("Temporary"))
}

/// A question is being changed.
pub fn changing(is_changing: bool) -> Element {
    if !is_changing {
        return el("template");
    }
    let words = el("span").child(el("b").child("Changing a question.")).child(" What followed it stays as a version.");
    let back =
        el("button").attr("type", "button").class("quiet").attr("data-action", "leave-as-it-was").child("Cancel");
    el("div").class("note changing").attr("role", "status").child(icon("#pen")).child(words).child(back)
}

/// How much of what its model can read the conversation uses.
pub fn context(used: Option<u32>, limit: Option<u32>) -> Element {
    let (Some(used), Some(limit)) = (used, limit) else { return el("template") };
    el("meter")
        .attr("aria-label", "Context used")
        .attr("title", format!("{used} of {limit} tokens of context used"))
        .attr("max", limit.to_string())
        .attr("high", (limit / 10 * 8).to_string())
        .attr("value", used.to_string())
}

/// One button: sends, or stops the reply that is being written. As a plain form it stops, too.
pub fn send_or_stop(streaming: Option<MessageId>, sending: bool) -> Element {
    let button = el("button").attr("type", "submit").class("send");
    match streaming {
        None => button
            .attr("aria-label", "Send")
            .attr("title", "Send (Enter)")
            .maybe("aria-disabled", sending.then_some("true"))
            .child(icon("#up")),
        Some(reply) => button
            .attr("aria-label", "Stop")
            .attr("title", "Stop (Esc)")
            .attr("formaction", "/fn/stop")
            .attr("formnovalidate", "")
            .attr("name", "reply")
            .attr("value", reply.to_string())
            .child(icon("#halt")),
    }
}

/// What to know before asking.
pub fn hint() -> Element {
    let limit = format!(" A question can be up to {} kB long.", QUESTION_MAX_BYTES / 1000);
    el("p")
        .class("hint")
        .attr("id", "hint")
        .child("Answers can be wrong. Check what matters.")
        .child(el("span").class("limit").child(limit))
}
