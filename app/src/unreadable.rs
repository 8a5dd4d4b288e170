//! Something is there and cannot be shown now.

use leptos::prelude::*;
use leptos_meta::Title;
use model::FaultKind;

use crate::{AppError, browser};

/// What went wrong, its reference, and the way on.
#[component]
pub fn Unreadable(error: AppError) -> impl IntoView {
    let AppError(fault) = error;
    let signed_out = fault.kind == FaultKind::SignedOut;
    let heading = if signed_out { "You are signed out" } else { "This cannot be shown right now" };
    let way_on = if signed_out {
        view! { <a class="strong" rel="external" href=browser::sign_in_again()>"Sign in again"</a> }.into_any()
    } else {
        // The same address: loads the page once more, with or without its code.
        view! { <a class="strong" rel="external" href="">"Try again"</a> }.into_any()
    };
    view! {
        <Title text=heading />
        <div class="notice" role="alert">
            <h1>{heading}</h1>
            <p>{fault.message}</p>
            {(!fault.correlation_id.is_empty()).then(|| view! { <p class="reference">"Reference " {fault.correlation_id}</p> })}
            <p>{way_on}</p>
        </div>
    }
}
