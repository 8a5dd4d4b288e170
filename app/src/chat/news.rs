//! Hearing of changes made elsewhere: in other tabs of this browser, and on other devices.
//!
//! One tab of a browser listens to the server for all of them (browsers open few connections to one server), and tells
//! the others. Which one that is, a lock of the browser decides; when its tab goes, the next gets it.

use std::time::Duration;

use js_sys::{Function, Reflect};
use model::{FaultKind, UserId};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use web_sys::BroadcastChannel;

use crate::{
    browser::window,
    fetch::{self, Method},
    task::{run, sleep},
};

const BACKOFF_FIRST: Duration = Duration::from_secs(1);
const BACKOFF_MAX: Duration = Duration::from_secs(30);

/// Calls `told` whenever something about the conversations of `viewer` may have changed; with false when the session may
/// be over.
pub fn listen(viewer: UserId, told: impl Fn(bool) + Copy + 'static) {
    // Old browsers look when their reader comes back, as all do.
    let Ok(channel) = BroadcastChannel::new(&format!("banter-{viewer}")) else { return };
    let heard = move |message: JsValue| told(Reflect::get(&message, &"data".into()).is_ok_and(|data| data.is_truthy()));
    let heard = Closure::<dyn Fn(JsValue)>::new(heard);
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // For as long as the page lives.
    heard.forget();
    // Only pages that came over a secure connection have locks.
    let locks = Reflect::get(&window().navigator(), &"locks".into()).unwrap_or_default();
    let Ok(request) = Reflect::get(&locks, &"request".into()).and_then(|request| request.dyn_into::<Function>()) else {
        return;
    };
    let channel_of_lock = channel.clone();
    // The lock is held until this promise is settled.
    let Some((promise, settle)) = promise() else { return };
    let held = Closure::once_into_js(move |_lock: JsValue| {
        let channel = channel_of_lock;
        run(async move {
            follow(&channel, told).await;
            // Over: what is kept of it goes at once, in every tab.
            told(false);
            _ = channel.post_message(&JsValue::FALSE);
            _ = settle.call0(&JsValue::UNDEFINED);
        });
        promise
    });
    // Its own promise is settled when the lock is given back.
    _ = request.call2(&locks, &format!("banter-news-{viewer}").into(), &held);
}

/// A promise, and what settles it. By name: browsers that do not know it go without.
fn promise() -> Option<(JsValue, Function)> {
    let member = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let promises = member(&window(), "Promise")?;
    let made = member(&promises, "withResolvers")?.dyn_ref::<Function>()?.call0(&promises).ok()?;
    Some((member(&made, "promise")?, member(&made, "resolve")?.unchecked_into()))
}

/// Reads the server's news until the session is over.
async fn follow(channel: &BroadcastChannel, told: impl Fn(bool)) {
    let mut backoff = BACKOFF_FIRST;
    loop {
        match fetch::stream(Method::Get, "news", &[]).await {
            Ok(mut news) => {
                while let Ok(Some(line)) = news.next_line().await {
                    backoff = BACKOFF_FIRST;
                    if line.contains(&b'0') {
                        return;
                    }
                    if line.contains(&b'1') {
                        told(true);
                        // Fails only when the channel is closed, which it is not.
                        _ = channel.post_message(&JsValue::TRUE);
                    }
                }
            }
            Err(error) if error.0.kind == FaultKind::SignedOut => return,
            Err(_) => {}
        }
        sleep(backoff).await;
        backoff = (backoff * 2).min(BACKOFF_MAX);
        // What happened meanwhile nobody told.
        told(true);
    }
}
