//! The app: its pages, on the server as in the browser.

use crate::{
    chat::{Conversations, chat_page},
    html::{Part, switch},
    missing::missing_page,
    page::{Kind, Page, PageData},
    sheet::sheet_page,
};

/// Everything inside the document's body that is alive.
pub fn app() -> Vec<Part> {
    let PageData { session, list, content, refused } = PageData::here();
    let page = Page::new(session, content, refused, Conversations::new(list));
    page.settle();
    page.wake_up();

    vec![switch(move || match page.kind.get() {
        // One page for both, so that going from one conversation to another keeps the list.
        Kind::Chat => vec![chat_page().into()],
        Kind::Sheet => vec![sheet_page().into()],
        Kind::Missing => vec![missing_page().into()],
    })]
}
