//! Where the browser begins: brings the server's page to life.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page, when this module has been loaded.
#[wasm_bindgen]
pub fn hydrate() {
    // A message costs some 20 kB, which only developers read.
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    app::html::hydrate(app::app);
}
