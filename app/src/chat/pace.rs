//! When words that come are drawn: before the next frame, but while somebody writes, in the pause behind a key.
//!
//! Drawing them can take longer than a key may. Between two keys there is time for it.

use std::{cell::Cell, time::Duration};

use crate::{
    clock,
    task::{after, next_frame},
};

/// Within this a key and its frame are drawn, on a slow machine too; and few people press the next one.
const KEY: Duration = Duration::from_millis(50);
/// Somebody who has pressed no key for this long is not writing. Nothing waits longer, either.
const PAUSE: Duration = Duration::from_millis(250);
const PAUSE_MILLIS: f64 = 250.0;

thread_local! {
    /// When the last key was pressed, in milliseconds.
    static TYPED: Cell<f64> = const { Cell::new(0.0) };
    static WAITING: Cell<Option<Box<dyn FnOnce()>>> = const { Cell::new(None) };
}

/// Somebody pressed a key.
pub fn typed() {
    let now = clock::now_millis();
    TYPED.set(now);
    after(KEY, move || {
        // Whoever holds a key down leaves no pause.
        if TYPED.get() == now {
            draw_waiting();
        }
    });
}

/// Draws something when nobody waits for anything else.
pub fn draw(draw: Box<dyn FnOnce()>) {
    if clock::now_millis() - TYPED.get() > PAUSE_MILLIS {
        next_frame(draw);
    } else {
        draw_waiting();
        WAITING.set(Some(draw));
        after(PAUSE, draw_waiting);
    }
}

fn draw_waiting() {
    if let Some(draw) = WAITING.take() {
        draw();
    }
}
