//! Where the browser begins: brings the server's page to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page when this module has been loaded; `table` is what the page says, in its language. Called again
/// when that is another one.
#[wasm_bindgen]
pub fn hydrate(table: String) {
    // A message costs some 20 kB, which only developers read.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    if app::language::speak(table) {
        app::html::hydrate(app::app);
    }
}
