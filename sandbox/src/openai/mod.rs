//! Azure OpenAI: the routes below `/openai/`, in the deployment form and in the v1 form.

pub mod auth;
pub mod chat;
pub mod chunks;
pub mod completion;
pub mod errors;
pub mod faulty;
pub mod models;
pub mod player;
pub mod relay;
pub mod request;
pub mod script;

use axum::Router;
use axum::routing::{any, get, post};

use crate::state::Shared;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/openai/deployments/{deployment}/chat/completions", post(chat::deployment))
        .route("/openai/v1/chat/completions", post(chat::v1))
        .route("/openai/v1/models", get(models::v1))
        .route("/openai/v1/models/{id}", get(models::one))
        .route("/openai/models", get(models::dated))
        .route("/openai/{*rest}", any(errors::resource_not_found))
}
