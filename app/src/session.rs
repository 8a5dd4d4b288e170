//! What every page knows from the start, on the server as in the browser: who is looking, whom they may ask, and how
//! it should look.

use leptos::prelude::*;
use model::{ModelChoice, Viewer};
use serde::{Deserialize, Serialize};

use crate::theme::Theme;

/// The page's reader and their surroundings. In context below [`App`](crate::App).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Session {
    /// Absent only where nobody is signed in, which no page with content is.
    pub viewer: Option<Viewer>,
    /// The default first.
    pub models: Vec<ModelChoice>,
    pub theme: Theme,
    /// When the server rendered the page, in seconds since 1970. The browser starts from the same moment, so that both
    /// sort the conversations into the same days.
    pub now_secs: i64,
}

impl Session {
    /// The request's session on the server; in the browser what the server wrote into the page.
    pub fn shared() -> Self {
        SharedValue::new(Self::here).into_inner()
    }

    #[cfg(feature = "ssr")]
    fn here() -> Self {
        let now_secs = crate::clock::now_secs();
        match crate::context::request() {
            Ok(request) => Self {
                models: if request.viewer.is_some() { request.services.models() } else { Vec::new() },
                theme: Theme::from_name(request.theme),
                viewer: request.viewer,
                now_secs,
            },
            Err(_) => Self { now_secs, ..Self::default() },
        }
    }

    #[cfg(not(feature = "ssr"))]
    fn here() -> Self {
        Self { now_secs: crate::clock::now_secs(), ..Self::default() }
    }
}

/// The session of the page this is called in.
pub fn session() -> Session {
    use_context().unwrap_or_default()
}
