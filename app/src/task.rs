//! Doing something later. Each kind of future or closure would bring its own copy of what runs it; boxed, all share one.

use std::{future::Future, pin::Pin, time::Duration};

use futures::channel::oneshot;
use reactive_graph::owner::StoredValue;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, EventTarget};

use crate::browser::window;

/// Goes on with `future` beside everything else.
pub fn run(future: impl Future<Output = ()> + 'static) {
    fn boxed(future: Pin<Box<dyn Future<Output = ()>>>) {
        wasm_bindgen_futures::spawn_local(future);
    }
    boxed(Box::pin(future));
}

/// Does it after that time.
pub fn after(delay: Duration, then: impl FnOnce() + 'static) {
    fn boxed(delay: Duration, then: Box<dyn FnOnce()>) {
        let millis = i32::try_from(delay.as_millis()).unwrap_or(i32::MAX);
        // Browsers that refuse a timer do without.
        _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(once(then).unchecked_ref(), millis);
    }
    boxed(delay, Box::new(then));
}

/// Does it before the browser draws the next frame.
pub fn next_frame(then: impl FnOnce() + 'static) {
    fn boxed(then: Box<dyn FnOnce()>) {
        // Fails for nothing that is a function.
        _ = window().request_animation_frame(once(then).unchecked_ref());
    }
    boxed(Box::new(then));
}

/// Does it when what has just changed is drawn.
pub fn drawn(then: impl FnOnce() + 'static) {
    next_frame(move || next_frame(then));
}

/// For a call that comes once.
fn once(then: Box<dyn FnOnce()>) -> JsValue {
    Closure::once_into_js(then)
}

/// Does it again and again, at that distance, for as long as the page lives.
pub fn every(distance: Duration, again: impl FnMut() + 'static) {
    let millis = i32::try_from(distance.as_millis()).unwrap_or(i32::MAX);
    let again = Closure::<dyn FnMut()>::new(again).into_js_value();
    // Browsers that refuse a timer do without.
    _ = window().set_interval_with_callback_and_timeout_and_arguments_0(again.unchecked_ref(), millis);
}

/// Returns after that time.
pub async fn sleep(delay: Duration) {
    let (done, wait) = oneshot::channel();
    // The receiver is gone when nobody waits any more.
    after(delay, move || _ = done.send(()));
    _ = wait.await;
}

/// A listener, which goes with this: what happens to an element that was taken away is nobody's any more.
struct Listening {
    target: EventTarget,
    event: &'static str,
    listener: Closure<dyn FnMut(Event)>,
}

/// Calls `listener` for each `event` of the window, for as long as the part of the page lives in whose effect this is
/// called.
pub fn listen<E: JsCast>(event: &'static str, mut listener: impl FnMut(E) + 'static) {
    listen_to(window().into(), event, Box::new(move |event| listener(event.unchecked_into())));
}

/// The same of `target`.
pub fn listen_to(target: EventTarget, event: &'static str, listener: Box<dyn FnMut(Event)>) {
    let listener = Closure::wrap(listener);
    // Fails for nothing that is a function.
    _ = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    StoredValue::new_local(Listening { target, event, listener });
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Fails for nothing that is a function.
        _ = self.target.remove_event_listener_with_callback(self.event, self.listener.as_ref().unchecked_ref());
    }
}
