//! What can be done on sheets. As plain forms they lead back to the sheet.

use leptos::prelude::*;
use model::{FaultKind, UserId, UserRole, Viewer};
use server_fn::codec::GetUrl;
use services::people::Profile;
use texts::Language;
use uuid::Uuid;

use crate::{
    AppError,
    context::{RequestContext, asking, asking_in_session},
    status,
};

/// Who is signed in. Pages ask it to see whether their session goes on; that does not count as using it.
#[server(name = ReadViewer, prefix = "/fn", endpoint = "viewer", input = GetUrl)]
pub async fn viewer() -> Result<Viewer, AppError> {
    let (_request, viewer) = asking()?;
    Ok(viewer)
}

/// Ends one of the viewer's sessions.
#[server(prefix = "/fn", endpoint = "end_session")]
pub async fn end_session(session: Uuid) -> Result<(), AppError> {
    let (request, viewer) = asking()?;
    request.services.people.end_own_session(viewer.id, session).await.map_err(|error| request.fail(error))
}

/// Ends all of the viewer's sessions but this one.
#[server(prefix = "/fn", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let (request, asker) = asking_in_session()?;
    let people = &request.services.people;
    people.end_other_sessions(asker.viewer.id, asker.session).await.map(drop).map_err(|error| request.fail(error))
}

/// Reads the viewer's profile, groups, roles and picture from the directory again.
#[server(prefix = "/fn", endpoint = "refresh_profile")]
pub async fn refresh_profile() -> Result<(), AppError> {
    let (request, asker) = asking_in_session()?;
    let people = &request.services.people;
    people.refresh(asker.session, asker.viewer.id).await.map_err(|error| request.fail(error))
}

/// What the profile calls a choice that leaves it to the directory and the browser.
pub(super) const AUTOMATIC: &str = "auto";

/// The viewer chooses the language they want to be spoken to in, by its tag, or leaves it to their profile in the
/// directory and their browser (`auto`). The tag of the language that it is now.
#[server(prefix = "/fn", endpoint = "language")]
pub async fn choose_language(language: String) -> Result<String, AppError> {
    let (request, asker) = asking_in_session()?;
    let chosen = Language::of_own_tag(&language);
    if chosen.is_none() && language != AUTOMATIC {
        return Err(request.fail(services::Error::Invalid(texts::INVALID_LANGUAGE)));
    }
    let people = &request.services.people;
    people.choose_language(asker.viewer.id, chosen).await.map_err(|error| request.fail(error))?;
    status::keep_language(chosen);
    let automatic = asker.languages.in_directory.or(request.browser_language);
    Ok(chosen.or(automatic).unwrap_or_default().tag().to_owned())
}

/// An administrator ends all sessions of somebody.
#[server(prefix = "/fn", endpoint = "revoke_sessions")]
pub async fn revoke_sessions(user: UserId) -> Result<(), AppError> {
    let (request, admin) = administrating()?;
    let people = &request.services.people;
    people.revoke_sessions(admin.id, user).await.map(drop).map_err(|error| request.fail(error))
}

/// The first line of what administrators may do.
fn administrating() -> Result<(RequestContext, Viewer), AppError> {
    let (request, viewer) = asking()?;
    if viewer.is(&UserRole::Admin) {
        return Ok((request, viewer));
    }
    let error = AppError::new(
        FaultKind::Forbidden,
        texts::in_language(request.language, || String::from(texts::FAULT_ONLY_ADMINS)),
    );
    status::answer_with(&error);
    Err(error)
}

/// What the profile shows, for its page.
pub(super) async fn read_profile(request: &RequestContext, owner: UserId) -> Result<Profile, services::Error> {
    request.services.people.profile(owner).await
}
