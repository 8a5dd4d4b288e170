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
    r#"<symbol id="sun" viewBox="0 0 24 24"><circle cx="12" cy="12" r="4"/><path d="M12 3v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4"/></symbol>"#,
    r#"<symbol id="language-icon" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17c-5-5-5-12 0-17Z"/></symbol>"#,
    r#"<symbol id="warn" viewBox="0 0 24 24"><path d="M12 9v4m0 3.5h.01M10.5 4.5 3 18a1.7 1.7 0 0 0 1.5 2.5h15A1.7 1.7 0 0 0 21 18L13.5 4.5a1.7 1.7 0 0 0-3 0Z"/></symbol>"#,
    r#"<symbol id="info" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8.5"/><path d="M12 11v5m0-8.5h.01"/></symbol>"#,
    r#"<symbol id="back" viewBox="0 0 24 24"><path d="M19 12H5m0 0 6-6m-6 6 6 6"/></symbol>"#,
    r#"<symbol id="person" viewBox="0 0 24 24"><circle cx="12" cy="8" r="3.5"/><path d="M5 19.5c0-8 14-8 14 0"/></symbol>"#,
    r#"<symbol id="shield" viewBox="0 0 24 24"><path d="M12 3.5 5 6v5c0 4.5 3 8 7 9.5 4-1.5 7-5 7-9.5V6Z"/></symbol>"#,
    r#"<symbol id="find" viewBox="0 0 24 24"><circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 4.5 4.5"/></symbol>"#,
    r#"<symbol id="dots" viewBox="0 0 24 24"><path d="M6 12h.01M12 12h.01M18 12h.01" stroke-width="2.5"/></symbol>"#,
    r#"<symbol id="pen" viewBox="0 0 24 24"><path d="m14.5 6.5 3 3M5 19l.8-3.6L16 5.2a1.9 1.9 0 0 1 2.8 2.8L8.6 18.2Z"/></symbol>"#,
    r#"<symbol id="pin" viewBox="0 0 24 24"><path d="M12 15.5V20M8.5 4.5h7l-1 6 2.5 2.5v2.5H7V13l2.5-2.5Z"/></symbol>"#,
    r#"<symbol id="folder" viewBox="0 0 24 24"><path d="M4 7.5A2 2 0 0 1 6 5.5h3.5l2 2.5H18a2 2 0 0 1 2 2v6.5a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2Z"/></symbol>"#,
    r#"<symbol id="archive" viewBox="0 0 24 24"><path d="M4.5 5.5h15V9h-15ZM6 9v8a1.5 1.5 0 0 0 1.5 1.5h9A1.5 1.5 0 0 0 18 17V9M10 12.5h4"/></symbol>"#,
    r#"<symbol id="bin" viewBox="0 0 24 24"><path d="M5 7h14M10 7V5h4v2M7 7l.8 11.5h8.4L17 7M10.5 10.5v5M13.5 10.5v5"/></symbol>"#,
    r#"<symbol id="cross" viewBox="0 0 24 24"><path d="m7 7 10 10M17 7 7 17"/></symbol>"#,
    r#"<symbol id="once" viewBox="0 0 24 24"><circle cx="12" cy="12" r="8" stroke-dasharray="3 2.7"/><path d="M12 8v4l2.5 2"/></symbol>"#,
    r#"<symbol id="talk-icon" viewBox="0 0 24 24"><path d="M12 4.5a7.5 7.5 0 1 1 0 15H6a1.5 1.5 0 0 1-1.5-1.5v-6A7.5 7.5 0 0 1 12 4.5Z"/></symbol>"#,
    r#"<symbol id="keys-icon" viewBox="0 0 24 24"><rect x="3.5" y="6.5" width="17" height="11" rx="2"/><path d="M7 10h.01M10.3 10h.01M13.7 10h.01M17 10h.01M8 14h8"/></symbol>"#,
    "</svg>",
);
