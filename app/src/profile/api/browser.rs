//! The profile page's server functions, called from the browser.

use model::Profile;

use crate::{AppError, fetch};

/// Everything the profile page shows.
pub async fn profile() -> Result<Profile, AppError> {
    fetch::get("profile", &[]).await
}
