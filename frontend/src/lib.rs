//! Where the browser begins: brings the server's page to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page, when this module has been loaded. `table`: what the page says, in its language.
#[wasm_bindgen]
pub fn hydrate(table: &str) {
    // A message costs some 20 kB, which only developers read.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::language::begin(table);
    app::html::hydrate(app::app);
}
