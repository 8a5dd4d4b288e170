//! The models that the caller may use, in the shape of OpenAI's "List models".

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    caller::Calling,
    problem::{Kind, Problem},
};
use crate::{Doors, request::CorrelationId};

#[derive(Serialize, ToSchema)]
pub(super) struct ModelList {
    #[schema(example = "list")]
    object: &'static str,
    /// The default first.
    data: Vec<ModelRead>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ModelRead {
    /// What requests name.
    #[schema(example = "gpt-5-mini")]
    id: String,
    #[schema(example = "model")]
    object: &'static str,
    /// Not known; 0.
    created: i64,
    #[schema(example = "banter")]
    owned_by: &'static str,
}

impl ModelRead {
    fn new(id: String) -> Self {
        Self { id, object: "model", created: 0, owned_by: "banter" }
    }
}

/// List the models that the caller may use.
#[utoipa::path(get, path = "/api/v1/models", tag = "OpenAI's protocol", responses((status = 200, body = ModelList)))]
pub(super) async fn list(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
) -> Result<Json<ModelList>, Problem> {
    let models = usable(&calling, &doors, &correlation_id).await?;
    Ok(Json(ModelList { object: "list", data: models.into_iter().map(ModelRead::new).collect() }))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/models/{id}", tag = "OpenAI's protocol", params(("id" = String, Path)), responses((status = 200, body = ModelRead)))]
pub(super) async fn read(
    calling: Calling,
    State(doors): State<Doors>,
    correlation_id: CorrelationId,
    Path(id): Path<String>,
) -> Result<Json<ModelRead>, Problem> {
    let models = usable(&calling, &doors, &correlation_id).await?;
    let found = models.into_iter().find(|name| *name == id);
    found.map(ModelRead::new).map(Json).ok_or_else(|| Problem::of(Kind::NotFound))
}

async fn usable(calling: &Calling, doors: &Doors, correlation_id: &CorrelationId) -> Result<Vec<String>, Problem> {
    let models = doors.services.models.of(calling.id()).await;
    let models = models.map_err(|error| Problem::failed(error, correlation_id))?;
    Ok(models.into_iter().map(|model| model.name).collect())
}
