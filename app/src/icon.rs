//! Icons: one sprite in the document, used by reference (see `html::icon`). Pictures beside a text or a name, never the
//! only carrier of a meaning.

/// The symbols, drawn in 24 by 24 with strokes. Stands behind everything that is hydrated.
pub(crate) const SPRITE: &str = concat!(
    r#"<svg class="sprite" aria-hidden="true">"#,
    r#"<symbol id="plus" viewBox="0 0 24 24"><path d="M12 5v14M5 12h14"/></symbol>"#,
    r#"<symbol id="side" viewBox="0 0 24 24"><rect x="3.5" y="4.5" width="17" height="15" rx="3"/><path d="M9.5 4.5v15"/></symbol>"#,
    r#"<symbol id="down" viewBox="0 0 24 24"><path d="m6 9 6 6 6-6"/></symbol>"#,
    r#"<symbol id="end" viewBox="0 0 24 24"><path d="M12 5v14m0 0 6-6m-6 6-6-6"/></symbol>"#,
    r#"<symbol id="up" viewBox="0 0 24 24"><path d="M12 19V5m0 0-6 6m6-6 6 6"/></symbol>"#,
    r#"<symbol id="halt" viewBox="0 0 24 24"><rect class="solid" x="7" y="7" width="10" height="10" rx="2"/></symbol>"#,
    r#"<symbol id="again" viewBox="0 0 24 24"><path d="M19 5v5h-5M18.5 10a7 7 0 1 0 .3 4.5"/></symbol>"#,
    r#"<symbol id="copy" viewBox="0 0 24 24"><rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/><path d="M15.5 8.5V7A2.5 2.5 0 0 0 13 4.5H7A2.5 2.5 0 0 0 4.5 7v6A2.5 2.5 0 0 0 7 15.5h1.5"/></symbol>"#,
    r#"<symbol id="sun" viewBox="0 0 24 24"><circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/></symbol>"#,
    r#"<symbol id="warn" viewBox="0 0 24 24"><path d="M12 9v4m0 3.5h.01M10.5 4.5 3 18a1.7 1.7 0 0 0 1.5 2.5h15A1.7 1.7 0 0 0 21 18L13.5 4.5a1.7 1.7 0 0 0-3 0Z"/></symbol>"#,
    r#"<symbol id="info" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8.5"/><path d="M12 11v5m0-8.500h.01"/></symbol>"#,
    r#"<symbol id="back" viewBox="0 0 24 24"><path d="M19 12H5m0 0 6-6m-6 6 6 6"/></symbol>"#,
    "</svg>",
);
