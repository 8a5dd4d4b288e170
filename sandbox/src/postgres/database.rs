//! Databases of a running server. Integration tests copy a migrated template per test.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::Server;
use crate::error::{Error, Result};

impl Server {
    /// Makes a database, empty or as a copy of `template`, which nobody may be connected to. Returns its address.
    pub async fn create_database(&self, name: &str, template: Option<&str>) -> Result<String> {
        let template = template.unwrap_or("template0");
        self.execute(&format!(
            "CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'",
            identifier(name),
            identifier(template)
        ))
        .await?;
        Ok(self.url_of(name))
    }

    /// Removes a database, ending its connections.
    pub async fn drop_database(&self, name: &str) -> Result<()> {
        let name = identifier(name);
        self.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
    }

    pub(super) async fn ensure_database(&self, name: &str) -> Result<()> {
        let mut connection = self.connect().await?;
        let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
            .bind(name)
            .fetch_one(&mut connection)
            .await
            .map_err(Error::postgres)?;
        connection.close().await.map_err(Error::postgres)?;
        if !exists {
            self.create_database(name, None).await?;
        }
        Ok(())
    }

    async fn execute(&self, statement: &str) -> Result<()> {
        let mut connection = self.connect().await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await.map_err(Error::postgres)?;
        connection.close().await.map_err(Error::postgres)
    }

    async fn connect(&self) -> Result<PgConnection> {
        let options: sqlx::postgres::PgConnectOptions = self.url_of("postgres").parse().map_err(Error::postgres)?;
        options.disable_statement_logging().connect().await.map_err(Error::postgres)
    }
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
