//! What went wrong with a question, next to where it was asked.

use leptos::prelude::*;
use model::FaultKind;

use crate::{AppError, browser, icon::Icon};

/// An error, what to do about it, and its reference.
#[component]
pub fn Trouble(trouble: RwSignal<Option<AppError>>) -> impl IntoView {
    move || {
        trouble.get().map(|AppError(fault)| {
            let again = (fault.kind == FaultKind::SignedOut).then(|| {
                view! { <a class="strong" rel="external" href=browser::sign_in_again()>"Sign in again"</a> }
            });
            let reference = (!fault.correlation_id.is_empty())
                .then(|| view! { <small>"Reference " {fault.correlation_id.clone()}</small> });
            view! {
                <div class="note" role="alert" data-kind="trouble">
                    <Icon href="#warn" />
                    <span>
                        <b>{fault.message.clone()}</b>
                        " "
                        {again}
                        {reference}
                    </span>
                </div>
            }
        })
    }
}
