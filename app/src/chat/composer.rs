//! The box a question is written in. A plain form until the page's code runs, and no less after it.

use std::time::Duration;

use model::{AskReceipt, ConversationId, FaultKind, MessageId, QUESTION_MAX_BYTES, QuestionRejected};
use reactive_graph::{callback::Callback, owner::on_cleanup};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent, SubmitEvent};

use super::{
    api,
    composer_parts::{changing, context, field, hint, models, once, send_or_stop},
    draft::Draft,
    log::{Turn, streaming},
    pace,
    trouble::trouble,
};
use crate::{
    AppError, browser,
    html::{Frame, effect, frame, live},
    page::Page,
    session::session,
    signal::Signal,
    task::{after, listen, run},
};

const ROWS_MAX: i32 = 9;
const LINE_PX: i32 = 26;
const SAVED_AFTER: Duration = Duration::from_millis(200);

/// What the box is for.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// `None`: a new one.
    pub conversation: Option<ConversationId>,
    /// What was written elsewhere and not sent.
    pub draft: Option<String>,
    pub temporary: bool,
    /// How much of its model's context the conversation uses, as far as that is known.
    pub context_tokens: Option<u32>,
}

/// What the box of a conversation leaves to the next one, when the conversation is shown as it has become meanwhile.
#[derive(Clone, Debug)]
pub struct Unsent {
    conversation: ConversationId,
    trouble: AppError,
    outbox: Option<(MessageId, Duration)>,
}

/// The state of the box: what it is for, and what it is doing.
#[derive(Clone, Copy)]
pub(super) struct Box {
    pub conversation: Option<ConversationId>,
    pub draft: Draft,
    pub turns: Signal<Vec<Turn>>,
    pub page: Page,
    /// The question that is being changed.
    pub editing: Signal<Option<MessageId>>,
    /// What was in the box before that.
    put_aside: Signal<String>,
    /// The question is on its way to the server. Until then the conversation is not shown anew.
    pub sending: Signal<bool>,
    /// Under which id it is sent, so that sending it again does not ask it twice; and the wait before that.
    pub outbox: Signal<Option<(MessageId, Duration)>>,
    pub trouble: Signal<Option<AppError>>,
    /// Something was typed that is not kept yet.
    pub unsaved: Signal<bool>,
    /// The model that is chosen.
    model: Signal<String>,
    pub asked: Callback<AskReceipt>,
}

/// Asks in a conversation, or in a new one. A reply that is being written among its `turns` takes the place of sending
/// with stopping; `editing` is the question to change; `sending` is true while one is on its way; `asked` is told what
/// the server has taken.
pub fn composer(
    subject: Subject,
    turns: Signal<Vec<Turn>>,
    (editing, sending): (Signal<Option<MessageId>>, Signal<bool>),
    asked: Callback<AskReceipt>,
) -> Frame {
    let Subject { conversation, draft, temporary, context_tokens } = subject;
    let page = Page::here();
    let session = session();
    let unsent = page.unsent.take().filter(|unsent| Some(unsent.conversation) == conversation);
    let outbox = unsent.as_ref().and_then(|unsent| unsent.outbox);
    let this = Box {
        conversation,
        draft: Draft { owner: session.viewer.as_ref().map(|viewer| viewer.id), conversation, keeps: !temporary },
        turns,
        page,
        editing,
        put_aside: Signal::default(),
        sending,
        outbox: Signal::new(outbox),
        trouble: Signal::new(unsent.map(|unsent| unsent.trouble).or_else(|| page.refused.get_untracked())),
        unsaved: Signal::new(false),
        model: Signal::new(session.models.first().map(|first| first.name.clone()).unwrap_or_default()),
        asked,
    };
    let field = field(draft.as_deref());
    effect(move || this.wake_up(draft.clone()));
    effect(move || this.change(editing.get()));
    // What is said above the box takes its height from the log, whose end is to stay in view.
    effect(move || {
        this.trouble.track();
        page.gone.track();
        editing.track();
        turns.update(|_| {});
    });
    effect(move || {
        listen("online", move |_: Event| this.send_again());
        listen("keydown", move |event: KeyboardEvent| this.escape(&event));
        listen("pagehide", move |_: Event| this.save());
        if let Some((_, wait)) = outbox {
            after(wait, move || this.send_again());
        }
        on_cleanup(move || this.hand_over());
    });

    let picker = models(conversation, &session.models);
    let used = move || {
        let last = turns.with(|turns| turns.iter().rev().filter_map(Turn::as_reply).find_map(|reply| reply.tokens));
        let model = this.model.get();
        let limit = session.models.iter().find(|choice| choice.name == model).and_then(|choice| choice.context_tokens);
        context(last.or(context_tokens), limit)
    };
    let row = frame("div")
        .class("row")
        .part(picker)
        .part(once(conversation.is_none()))
        .part(live(used))
        .part(live(move || send_or_stop(turns.with(|turns| streaming(turns)), this.sending.get())));
    let form = frame("form")
        .class("box")
        .attr("action", "/fn/ask")
        .attr("method", "post")
        .on("submit", move |event: SubmitEvent| this.submitted(&event))
        .on("input", move |_: Event| this.typed())
        .on("change", move |event: Event| this.chosen(&event))
        .on("keydown", move |event: KeyboardEvent| this.key(&event))
        .part(field)
        .part(row);
    let trouble = move || this.trouble.with(|error| page.gone.with(|gone| trouble(error.as_ref().or(gone.as_ref()))));
    frame("div")
        .class("ask")
        .on("click", move |event: web_sys::MouseEvent| this.clicked(&event))
        .part(live(trouble))
        .part(live(move || changing(editing.get().is_some())))
        .part(form)
        .part(hint())
}

impl Box {
    /// The form's part that `selector` names.
    fn find<T: JsCast>(self, selector: &str) -> Option<T> {
        browser::find(&format!(".box {selector}"))
    }

    pub fn field(self) -> Option<HtmlTextAreaElement> {
        self.find("textarea")
    }

    pub fn streaming(self) -> Option<MessageId> {
        self.turns.try_with_untracked(|turns| streaming(turns)).flatten()
    }

    /// Once the page's code runs: brings back what was typed in this tab, unless more has been typed already.
    fn wake_up(self, elsewhere: Option<String>) {
        let was_refused = self.page.refused.take().is_some();
        browser::forget_form_error();
        if let Some(select) = self.find::<HtmlSelectElement>("select") {
            browser::recall_model(&select);
            self.model.set(select.value());
        }
        let Some(field) = self.field() else { return };
        if was_refused && !field.value().is_empty() {
            // What the plain form of this tab could not ask is newer than what was typed before.
            self.draft.keep(&field.value());
        } else if field.value() == elsewhere.unwrap_or_default()
            && let Some(text) = self.draft.kept()
        {
            field.set_value(&text);
        }
        grow(&field);
        if self.draft.is_to_be_sent() {
            self.send(true);
        } else if browser::was_sent_early(&field) {
            self.send(false);
        }
        browser::focus_if_nothing_is(&field);
    }

    /// Leaves what is in the box to the next one.
    fn hand_over(self) {
        self.save();
        if let Some(conversation) = self.conversation
            && self.page.is_at(conversation)
            && let Some(trouble) = self.trouble.get_untracked()
        {
            let outbox = self.outbox.get_untracked();
            self.page.unsent.set(Some(Unsent { conversation, trouble, outbox }));
        }
    }

    fn chosen(self, event: &Event) {
        // The box changes, too: whenever it is left for a button.
        let Some(_) = browser::around(event, "select") else { return };
        if let Some(select) = self.find::<HtmlSelectElement>("select") {
            browser::remember_model(&select);
            self.model.set(select.value());
        }
    }

    /// Leaves the question as it was, or stops the answer.
    fn escape(self, event: &KeyboardEvent) {
        if event.key() != "Escape" || event.default_prevented() || browser::popover_is_open() {
            return;
        }
        if self.editing.get_untracked().is_some() {
            self.editing.set(None);
        } else {
            self.stop();
        }
    }

    fn clicked(self, event: &web_sys::MouseEvent) {
        if browser::around(event, "[data-action=leave-as-it-was]").is_some() {
            self.editing.set(None);
        }
    }

    fn typed(self) {
        pace::typed();
        let Some(field) = self.field() else { return };
        // Another text is another question.
        self.outbox.set(None);
        // The browser's store can take longer than a key may.
        if !self.unsaved.get_untracked() {
            self.unsaved.set(true);
            after(SAVED_AFTER, move || self.save());
        }
        // No text is shorter in bytes. What a paste brings is said at once, and not when the question is finished.
        let is_too_long = field.text_length() as usize > QUESTION_MAX_BYTES;
        let is_refused = self.trouble.get_untracked().is_some_and(|error| error.0.kind == FaultKind::Invalid);
        if is_too_long != is_refused {
            self.trouble.set(is_too_long.then(|| QuestionRejected::TooLong.into()));
        }
        grow(&field);
    }

    /// Keeps what has been typed, if that is not done yet.
    fn save(self) {
        if self.unsaved.take()
            && self.editing.get_untracked().is_none()
            && let Some(field) = self.field()
        {
            self.draft.keep(&field.value());
            self.forget_elsewhere();
        }
    }

    /// The next new chat has in its box what is left here, and not what was written elsewhere before.
    pub fn forget_elsewhere(self) {
        if self.conversation.is_none() {
            self.page.session.update(|session| session.draft = None);
        }
    }

    /// Brings a question into the box to be changed, or what was there before back.
    fn change(self, question: Option<MessageId>) {
        let Some(field) = self.field() else { return };
        let Some(id) = question else {
            if let Some(before) = Some(self.put_aside.take()).filter(|before| !before.is_empty()) {
                field.set_value(before.trim_start());
                grow(&field);
            }
            return;
        };
        let before = field.value();
        if self.unsaved.take() {
            self.draft.keep(&before);
        }
        run(async move {
            match api::message_source(id).await {
                Ok(text) if self.editing.try_get_untracked() == Some(Some(id)) => {
                    // A space stands for an empty box, which is brought back, too.
                    self.put_aside.set(if before.is_empty() { " ".to_owned() } else { before });
                    field.set_value(&text);
                    grow(&field);
                    _ = field.focus();
                }
                Ok(_) => {}
                Err(error) => self.trouble.set(Some(error)),
            }
        });
    }

    /// Enter sends and Shift+Enter makes a line, or the other way round, except while an input method composes a
    /// character. In an empty box, the arrow up changes the last question.
    fn key(self, event: &KeyboardEvent) {
        let composing = event.is_composing() || event.key_code() == 229;
        let key = event.key();
        // All other keys only write, and are not to wait for anything.
        if !matches!(&*key, "Enter" | "ArrowUp") || composing || browser::around(event, "textarea").is_none() {
            return;
        }
        if key == "ArrowUp" {
            if self.field().is_some_and(|field| field.value().is_empty()) {
                event.prevent_default();
                browser::press_last(".log .you [data-action=edit]");
            }
            return;
        }
        let sends = if browser::enter_sends() {
            !browser::holds(event, &["shiftKey"])
        } else {
            browser::holds(event, browser::COMMAND)
        };
        if sends {
            event.prevent_default();
            self.send(false);
        }
    }

    /// By the one button.
    fn submitted(self, event: &SubmitEvent) {
        event.prevent_default();
        if self.streaming().is_some() {
            self.stop();
        } else {
            self.send(false);
        }
    }
}

/// What is in the box.
pub fn written() -> Option<String> {
    Some(browser::find::<HtmlTextAreaElement>("#message")?.value()).filter(|text| !text.is_empty())
}

/// Grows with its text where CSS (`field-sizing`) does not do it.
pub(super) fn grow(field: &HtmlTextAreaElement) {
    if browser::sizes_fields() {
        return;
    }
    // Fails for names that are none.
    let show = |rows: i32| _ = field.set_attribute("rows", &rows.to_string());
    show(1);
    show((field.scroll_height() / LINE_PX).clamp(1, ROWS_MAX));
}
