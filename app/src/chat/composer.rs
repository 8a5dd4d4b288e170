//! The box a question is written in. A plain form until the page's code runs, and no less after it.

use leptos::{html, prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use model::{AskReceipt, ConversationId, FaultKind, MessageId, QUESTION_MAX_BYTES, Question};
use server_fn::error::ServerFnUrlError;
use web_sys::{HtmlTextAreaElement, KeyboardEvent, SubmitEvent};

use super::{api, draft, trouble::Trouble};
use crate::{AppError, browser, icon::Icon, session::session};

const ROWS_MAX: i32 = 9;
const LINE_PX: i32 = 26;

/// The state of the box: what it is for, and what it is doing.
#[derive(Clone, Copy)]
struct Box {
    conversation: Option<ConversationId>,
    field: NodeRef<html::Textarea>,
    model: NodeRef<html::Select>,
    /// The question is on its way to the server.
    sending: RwSignal<bool>,
    trouble: RwSignal<Option<AppError>>,
    streaming: Signal<Option<MessageId>>,
    asked: Callback<AskReceipt>,
}

/// Asks in `conversation`, or in a new one.
#[component]
pub fn Composer(
    conversation: Option<ConversationId>,
    /// The reply being written, which takes the place of sending with stopping.
    streaming: Signal<Option<MessageId>>,
    /// The server has taken the question.
    asked: Callback<AskReceipt>,
    /// Fills the box from elsewhere.
    #[prop(optional)]
    suggested: Option<RwSignal<String>>,
) -> impl IntoView {
    let this = Box {
        conversation,
        field: NodeRef::new(),
        model: NodeRef::new(),
        sending: RwSignal::new(false),
        trouble: RwSignal::new(refused_form()),
        streaming,
        asked,
    };
    this.wake_up(suggested);
    let stop_on_escape = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" && !event.default_prevented() && !browser::popover_is_open() {
            this.stop();
        }
    });
    on_cleanup(move || stop_on_escape.remove());

    view! {
        <div class="ask">
            <Trouble trouble=this.trouble />
            <form class="box" action="/fn/ask" method="post" on:submit=move |event| this.submitted(&event)>
                {conversation.map(|id| view! { <input type="hidden" name="conversation" value=id.to_string() /> })}
                <textarea
                    id="message"
                    name="content"
                    aria-label="Message"
                    aria-describedby="hint"
                    placeholder="Message"
                    rows="1"
                    required
                    autocomplete="off"
                    enterkeyhint="send"
                    node_ref=this.field
                    on:input=move |_| this.typed()
                    on:keydown=move |event| this.key(&event)
                ></textarea>
                <div class="row">
                    <Models model=this.model />
                    <SendOrStop this />
                </div>
            </form>
            <p class="hint" id="hint">
                "Answers can be wrong. Check what matters."
                <span class="limit">{format!(" A question can be up to {} kB long.", QUESTION_MAX_BYTES / 1000)}</span>
            </p>
        </div>
    }
}

/// One button: sends, or stops the reply that is being written.
#[component]
fn SendOrStop(this: Box) -> impl IntoView {
    move || match this.streaming.get() {
        None => view! {
            <button
                type="submit"
                class="send"
                aria-label="Send"
                title="Send (Enter)"
                aria-disabled=move || this.sending.get().then_some("true")
            >
                <Icon href="#up" />
            </button>
        }
        .into_any(),
        // As a plain form it stops, too.
        Some(reply) => view! {
            <button
                type="submit"
                class="send"
                aria-label="Stop"
                title="Stop (Esc)"
                formaction="/fn/stop"
                formnovalidate
                name="reply"
                value=reply.to_string()
                on:click=move |event| {
                    event.prevent_default();
                    this.stop();
                }
            >
                <Icon href="#halt" />
            </button>
        }
        .into_any(),
    }
}

/// Whom to ask.
#[component]
fn Models(model: NodeRef<html::Select>) -> impl IntoView {
    let options = session().models.into_iter().map(|choice| {
        view! { <option value=choice.name.clone()>{choice.name.clone()}</option> }
    });
    view! {
        <label class="quiet pick">
            <select name="model" aria-label="Model" node_ref=model on:change=move |_| browser::remember_model(model)>
                {options.collect_view()}
            </select>
            <Icon href="#down" />
        </label>
    }
}

impl Box {
    /// Once the page's code runs: brings back the draft, unless something has been typed already.
    fn wake_up(self, suggested: Option<RwSignal<String>>) {
        Effect::new(move |_| {
            browser::forget_form_error();
            browser::recall_model(self.model);
            let Some(field) = self.field.get() else { return };
            if field.value().is_empty()
                && let Some(text) = draft::kept(self.conversation)
            {
                field.set_value(&text);
            }
            grow(&field);
            browser::focus_if_nothing_is(&field);
        });
        if let Some(suggested) = suggested {
            Effect::new(move |_| {
                let text = suggested.get();
                if let Some(field) = self.field.get_untracked().filter(|_| !text.is_empty()) {
                    field.set_value(&text);
                    self.typed();
                    // Focusing what is in the document cannot fail.
                    _ = field.focus();
                }
            });
        }
    }

    fn typed(self) {
        let Some(field) = self.field.get_untracked() else { return };
        draft::keep(self.conversation, &field.value());
        grow(&field);
    }

    /// Enter sends and Shift+Enter makes a line, except while an input method composes a character.
    fn key(self, event: &KeyboardEvent) {
        if event.key() != "Enter" || event.shift_key() || event.is_composing() || event.key_code() == 229 {
            return;
        }
        event.prevent_default();
        self.send();
    }

    fn submitted(self, event: &SubmitEvent) {
        event.prevent_default();
        self.send();
    }

    fn send(self) {
        let Some(field) = self.field.get_untracked() else { return };
        if self.sending.get_untracked() || self.streaming.get_untracked().is_some() {
            return;
        }
        let text = field.value();
        if let Err(rejected) = Question::parse(&text) {
            self.trouble.set(Some(AppError::new(FaultKind::Invalid, rejected.message())));
            _ = field.focus();
            return;
        }
        let model = self.model.get_untracked().map(|model| model.value()).filter(|model| !model.is_empty());
        self.sending.set(true);
        spawn_local(async move {
            let result = api::ask(self.conversation, text.clone(), model).await;
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
        let Some(reply) = self.streaming.get_untracked() else { return };
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

/// Why a plain form was refused: the server sends the browser back to the page with the reason in its address.
fn refused_form() -> Option<AppError> {
    use_query_map().with_untracked(|query| {
        query.get_str("__path").filter(|path| path.starts_with("/fn/"))?;
        query.get_str("__err").map(ServerFnUrlError::<AppError>::decode_err)
    })
}
