//! Which models somebody may use.

use model::{ModelChoice, UserId, UserRole};
use sqlx::PgPool;

use crate::{config::ModelConfig, error::Error, store::users};

/// The models there are, with who may use each.
pub struct Models {
    pool: PgPool,
    all: Vec<ModelConfig>,
}

/// What decides about somebody's models.
struct Rights {
    roles: Vec<UserRole>,
    groups: Vec<String>,
}

impl Models {
    pub(crate) fn new(pool: PgPool, all: Vec<ModelConfig>) -> Self {
        Self { pool, all }
    }

    /// The models that `user` may use, their default first.
    pub async fn of(&self, user: UserId) -> Result<Vec<ModelChoice>, Error> {
        let usable = self.usable(user).await?;
        Ok(usable.into_iter().map(choice).collect())
    }

    /// The model called `name`, or the default, for `user`. One that they may not use looks like one that does not
    /// exist.
    pub(crate) async fn pick(&self, user: UserId, name: Option<&str>) -> Result<String, Error> {
        let usable = self.usable(user).await?;
        let picked = match name.filter(|name| !name.is_empty()) {
            Some(name) => usable.iter().find(|model| model.name == name).ok_or(texts::INVALID_MODEL),
            None => usable.first().ok_or(texts::INVALID_NO_MODEL),
        };
        picked.map(|model| model.name.clone()).map_err(Error::Invalid)
    }

    async fn usable(&self, user: UserId) -> Result<Vec<&ModelConfig>, Error> {
        // Nothing to ask about where everybody may use everything.
        if self.all.iter().all(is_for_everybody) {
            return Ok(self.all.iter().collect());
        }
        let (roles, groups) = users::rights(&self.pool, user).await?.ok_or(Error::NotFound)?;
        let rights = Rights { roles: roles.into_iter().map(UserRole::from).collect(), groups };
        Ok(self.all.iter().filter(|model| rights.allow(model)).collect())
    }
}

impl Rights {
    fn allow(&self, model: &ModelConfig) -> bool {
        is_for_everybody(model)
            || model.allowed_groups.iter().any(|group| self.groups.contains(group))
            || model.allowed_roles.iter().any(|role| self.roles.contains(role))
    }
}

fn choice(model: &ModelConfig) -> ModelChoice {
    let ModelConfig { name, description, context_tokens, .. } = model;
    ModelChoice { name: name.clone(), description: description.clone(), context_tokens: *context_tokens }
}

fn is_for_everybody(model: &ModelConfig) -> bool {
    model.allowed_groups.is_empty() && model.allowed_roles.is_empty()
}
