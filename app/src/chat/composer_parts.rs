//! The parts of the box a question is written in, as the plain form they are.

use model::{ConversationId, MessageId, ModelChoice};

use crate::html::{Element, el, icon};

/// The text box, with what was written elsewhere and not sent.
pub fn field(draft: Option<&str>) -> Element {
    el("textarea")
        .attr("id", "message")
        .attr("name", "content")
        .tells("aria-label", texts::MESSAGE)
        .attr("aria-describedby", "hint")
        .tells("placeholder", texts::MESSAGE)
        .attr("rows", "1")
        .attr("required", "")
        .attr("autocomplete", "off")
        .attr("enterkeyhint", "send")
        .children(draft.map(str::to_owned))
}

/// Whom to ask, and in which conversation.
pub fn models(conversation: Option<ConversationId>, models: &[ModelChoice]) -> Element {
    let options = models.iter().map(|choice| {
        let about = choice.description.as_ref().map(|about| el("small").child(" – ").child(about.clone()));
        el("option").attr("value", choice.name.clone()).child(choice.name.clone()).children(about)
    });
    let select = el("select").attr("name", "model").tells("aria-label", texts::MODEL).children(options);
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
        .tells("title", texts::TEMPORARY_WHY)
        .child(tick)
        .child(icon("#once"))
        .child(el("span").says(texts::TEMPORARY))
}

/// A question is being changed.
pub fn changing(is_changing: bool) -> Element {
    if !is_changing {
        return el("template");
    }
    let words = el("span").child(el("b").child(texts::CHANGING)).child(" ").child(texts::CHANGING_WHAT);
    let back =
        el("button").attr("type", "button").class("quiet").attr("data-action", "leave-as-it-was").child(texts::CANCEL);
    el("div").class("note changing").attr("role", "status").child(icon("#pen")).child(words).child(back)
}

/// How much of what its model can read the conversation uses.
pub fn context(used: Option<u32>, limit: Option<u32>) -> Element {
    let (Some(used), Some(limit)) = (used, limit) else { return el("template") };
    el("meter")
        .attr("aria-label", texts::CONTEXT_USED)
        .attr("title", texts::context_tokens(&texts::number(used.into()), &texts::number(limit.into())))
        .attr("max", limit.to_string())
        .attr("high", (limit / 10 * 8).to_string())
        .attr("value", used.to_string())
}

/// One button: sends, or stops the reply that is being written. As a plain form it stops, too.
pub fn send_or_stop(streaming: Option<MessageId>, sending: bool) -> Element {
    let button = el("button").attr("type", "submit").class("send");
    match streaming {
        None => button
            .attr("aria-label", texts::SEND)
            .attr("title", texts::SEND_KEY)
            .maybe("aria-disabled", sending.then_some("true"))
            .child(icon("#up")),
        Some(reply) => button
            .attr("aria-label", texts::STOP)
            .attr("title", texts::STOP_KEY)
            .attr("formaction", "/fn/stop")
            .attr("formnovalidate", "")
            .attr("name", "reply")
            .attr("value", reply.to_string())
            .child(icon("#halt")),
    }
}

/// What to know before asking.
pub fn hint() -> Element {
    let temporary = el("span").class("temporary").says(texts::TEMPORARY_HINT);
    el("p").class("hint").attr("id", "hint").child(el("span").says(texts::HINT)).child(temporary)
}
