//! What every page knows from the start, on the server as in the browser: who is looking, whom they may ask, and how
//! it should look.

use model::{ModelChoice, Viewer};
use serde::Serialize;

use crate::{page::Page, theme::Theme};

/// The page's reader and their surroundings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Session {
    /// Absent only where nobody is signed in, which no page with content is.
    pub viewer: Option<Viewer>,
    /// The default first.
    pub models: Vec<ModelChoice>,
    pub theme: Theme,
    /// What was written and not sent for a new conversation, maybe elsewhere.
    pub draft: Option<String>,
    /// When the server rendered the page, in seconds since 1970. The browser starts from the same moment, so that both
    /// sort the conversations into the same days.
    pub now_secs: i64,
}

impl Session {
    /// The session of a request.
    #[cfg(feature = "ssr")]
    pub async fn of(request: &crate::context::RequestContext) -> Self {
        // What cannot be found out is left out: asking says why.
        let (models, draft) = match &request.asker {
            Some(asker) => {
                let user = asker.viewer.id;
                let services = &request.services;
                let (models, draft) = futures::join!(services.models.of(user), services.library.draft_of_new(user));
                (models.unwrap_or_default(), draft.unwrap_or_default())
            }
            None => (Vec::new(), None),
        };
        Self {
            models,
            draft,
            theme: Theme::from_name(request.theme),
            viewer: request.asker.as_ref().map(|asker| asker.viewer.clone()),
            now_secs: crate::clock::now_secs(),
        }
    }
}

/// The session of the page this is called in.
pub fn session() -> Session {
    Page::here().session.get_untracked()
}
