//! The profile page's server functions.

use leptos::prelude::*;
use model::{Profile, Viewer};
use server_fn::codec::GetUrl;

use crate::AppError;

/// Who is signed in.
#[server(name = ReadViewer, prefix = "/fn", endpoint = "viewer", input = GetUrl)]
pub async fn viewer() -> Result<Viewer, AppError> {
    let (_request, viewer) = crate::context::asking()?;
    Ok(viewer)
}

/// Everything the profile page shows.
#[server(name = ReadProfile, prefix = "/fn", endpoint = "profile", input = GetUrl)]
pub async fn profile() -> Result<Profile, AppError> {
    let (request, viewer) = crate::context::asking()?;
    request.services.people.profile(viewer, &request.session_expires_at).await.map_err(|error| request.fail(error))
}
