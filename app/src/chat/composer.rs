//! The box a question is written in. A plain form until the page's code runs, and no less after it.

use leptos::{html::Form, prelude::*, task::spawn_local};
use model::{AskReceipt, ConversationId, FaultKind, MessageId, Question};
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent, SubmitEvent};

use super::{
    api,
    composer_parts::{field, hint, models, send_or_stop},
    draft::Draft,
    log::{Turn, streaming},
    trouble::trouble,
};
use crate::{
    AppError, browser,
    html::{effect, live},
    page::Page,
    session::session,
};

const ROWS_MAX: i32 = 9;
const LINE_PX: i32 = 26;

/// The state of the box: what it is for, and what it is doing.
#[derive(Clone, Copy)]
struct Box {
    conversation: Option<ConversationId>,
    draft: Draft,
    turns: RwSignal<Vec<Turn>>,
    form: NodeRef<Form>,
    /// The question is on its way to the server.
    sending: RwSignal<bool>,
    trouble: RwSignal<Option<AppError>>,
    /// The session is over, as far as the page knows.
    gone: RwSignal<Option<AppError>>,
    asked: Callback<AskReceipt>,
}

/// Asks in `conversation`, or in a new one.
#[component]
pub fn Composer(
    conversation: Option<ConversationId>,
    /// Its turns since the page was opened. A reply being written takes the place of sending with stopping.
    turns: RwSignal<Vec<Turn>>,
    /// The server has taken the question.
    asked: Callback<AskReceipt>,
) -> impl IntoView {
    let Page { refused, gone, .. } = Page::here();
    let session = session();
    let this = Box {
        conversation,
        draft: Draft { owner: session.viewer.as_ref().map(|viewer| viewer.id), conversation },
        turns,
        form: NodeRef::new(),
        sending: RwSignal::new(false),
        trouble: RwSignal::new(refused.get_untracked()),
        gone,
        asked,
    };
    effect(move || this.wake_up(refused));
    let stop_on_escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() && !browser::popover_is_open() {
            this.stop();
        }
    });
    on_cleanup(move || stop_on_escape.remove());

    view! {
        <div class="ask">
            {live(move || this.gone.with(|gone| this.trouble.with(|error| trouble(error.as_ref().or(gone.as_ref())))))}
            <form
                class="box"
                action="/fn/ask"
                method="post"
                node_ref=this.form
                on:submit=move |event| this.submitted(&event)
                on:input=move |_| this.typed()
                on:change=move |event| changed(&event)
                on:keydown=move |event| this.key(&event)
            >
                {field()}
                <div class="row">
                    {models(conversation, &session.models)}
                    {live(move || send_or_stop(this.turns.with(|turns| streaming(turns)), this.sending.get()))}
                </div>
            </form>
            {hint()}
        </div>
    }
}

fn changed(event: &Event) {
    if let Some(select) = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok()) {
        browser::remember_model(&select);
    }
}

impl Box {
    /// The form's part that `selector` names.
    fn find<T: wasm_bindgen::JsCast>(self, selector: &str) -> Option<T> {
        self.form.get_untracked()?.query_selector(selector).ok()??.dyn_into().ok()
    }

    fn field(self) -> Option<HtmlTextAreaElement> {
        self.find("textarea")
    }

    fn select(self) -> Option<HtmlSelectElement> {
        self.find("select")
    }

    fn streaming(self) -> Option<MessageId> {
        self.turns.with_untracked(|turns| streaming(turns))
    }

    /// Once the page's code runs: brings back the draft, unless something has been typed already.
    fn wake_up(self, refused: RwSignal<Option<AppError>>) {
        self.form.track();
        refused.set(None);
        browser::forget_form_error();
        if let Some(select) = self.select() {
            browser::recall_model(&select);
        }
        let Some(field) = self.field() else { return };
        if field.value().is_empty()
            && let Some(text) = self.draft.kept()
        {
            field.set_value(&text);
        }
        grow(&field);
        if self.draft.is_to_be_sent() {
            self.send(true);
        }
        browser::focus_if_nothing_is(&field);
    }

    fn typed(self) {
        let Some(field) = self.field() else { return };
        self.draft.keep(&field.value());
        grow(&field);
    }

    /// Enter sends and Shift+Enter makes a line, except while an input method composes a character.
    fn key(self, event: &KeyboardEvent) {
        let in_field = browser::around(event, "textarea").is_some();
        let composing = event.is_composing() || event.key_code() == 229;
        if in_field && event.key() == "Enter" && !event.shift_key() && !composing {
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

    /// `again`: after signing in anew, for the question that found nobody signed in.
    fn send(self, again: bool) {
        let Some(field) = self.field() else { return };
        if self.sending.get_untracked() || self.streaming().is_some() {
            return;
        }
        let text = field.value();
        if let Err(rejected) = Question::parse(&text) {
            self.trouble.set(Some(AppError::new(FaultKind::Invalid, rejected.message())));
            _ = field.focus();
            return;
        }
        let model = self.select().map(|select| select.value()).filter(|model| !model.is_empty());
        self.sending.set(true);
        spawn_local(async move {
            let result = api::ask(self.conversation, text.clone(), model, false).await;
            // The reader may have gone elsewhere in the meantime; the draft is kept for when they come back.
            if self.sending.try_set(false).is_some() {
                return;
            }
            match result {
                Ok(receipt) => {
                    self.trouble.set(None);
                    self.accepted(&field, &text);
                    self.asked.run(receipt);
                }
                Err(error) if error.0.kind == FaultKind::SignedOut && !again => {
                    // The page itself leads to the sign-in and back; mostly nobody sees more of it than a blink.
                    self.draft.send_later();
                    browser::reload();
                    return;
                }
                Err(error) => self.trouble.set(Some(error)),
            }
            _ = field.focus();
        });
    }

    /// The question is stored: now, and not before, it leaves the box. What was typed meanwhile stays.
    fn accepted(self, field: &HtmlTextAreaElement, sent: &str) {
        let now = field.value();
        field.set_value(now.strip_prefix(sent).unwrap_or(&now).trim_start());
        self.typed();
    }

    fn stop(self) {
        let Some(reply) = self.streaming() else { return };
        spawn_local(async move {
            if let Err(error) = api::stop(reply).await {
                // It ended by itself: then there is nothing to say.
                if error.0.kind != FaultKind::NotFound {
                    _ = self.trouble.try_set(Some(error));
                }
            }
        });
    }
}

/// Grows with its text where CSS (`field-sizing`) does not do it.
fn grow(field: &HtmlTextAreaElement) {
    if browser::sizes_fields() {
        return;
    }
    field.set_rows(1);
    let rows = (field.scroll_height() / LINE_PX).clamp(1, ROWS_MAX);
    field.set_rows(u32::try_from(rows).unwrap_or(1));
}
