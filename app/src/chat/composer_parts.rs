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
    let options =
        models.iter().map(|choice| el("option").attr("value", choice.name.clone()).child(choice.name.clone()));
    let select = el("select").attr("name", "model").attr("aria-label", "Model").children(options);
    let hidden = |id: ConversationId| {
        el("input").attr("type", "hidden").attr("name", "conversation").attr("value", id.to_string())
    };
    el("label").class("quiet pick").children(conversation.map(hidden)).child(select).child(icon("#down"))
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
