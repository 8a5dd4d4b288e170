//! Whose session this is, how the page looks, and the way out.

use model::Viewer;

use crate::html::{Element, el};

/// The reader, below the list.
pub fn account(viewer: Option<&Viewer>, theme: Element) -> Element {
    let account = el("div").class("me");
    let Some(viewer) = viewer else { return account };
    let face = el("img")
        .class("face")
        .attr("src", format!("/api/photo/{}", viewer.id))
        .attr("alt", texts::PHOTO_OF.about(&viewer.name))
        .attr("width", "32")
        .attr("height", "32");
    let who = el("span")
        .class("who")
        .child(el("b").child(viewer.name.clone()))
        .children(viewer.department.iter().map(|department| el("small").child(department.clone())));
    let sign_out = el("form")
        .attr("action", "/api/auth/signout")
        .attr("method", "post")
        .child(el("button").class("quiet").child(texts::SIGN_OUT));
    let profile = el("a").class("quiet").attr("href", "/profile").child(texts::PROFILE);
    // The browser opens it by itself.
    let keys = el("button")
        .attr("type", "button")
        .class("quiet needs-script")
        .attr("command", "show-modal")
        .attr("commandfor", "keys")
        .child(texts::KEYS);
    let ways = el("div").class("ways").child(profile).child(keys).child(sign_out);
    account.child(face).child(who).child(theme).child(ways)
}
