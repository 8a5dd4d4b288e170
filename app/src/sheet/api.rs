//! What can be done on sheets. As plain forms they lead back to the sheet.

use leptos::prelude::*;
use model::{FaultKind, UserId, UserRole, Viewer};
use server_fn::codec::GetUrl;
use services::people::Profile;
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
    let error = AppError::new(FaultKind::Forbidden, "Only administrators may do this.");
    status::answer_with(&error);
    Err(error)
}

/// What the profile shows, for its page.
pub(super) async fn read_profile(request: &RequestContext, owner: UserId) -> Result<Profile, services::Error> {
    request.services.people.profile(owner).await
}
