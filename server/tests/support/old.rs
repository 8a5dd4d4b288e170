//! A database as an Auth.js deployment with Drizzle's adapter leaves it, and the script that moves it.

use serde_json::{Value, json};
use sqlx::{Row as _, postgres::PgRow};

use super::TestApp;

const SCRIPT: &str = include_str!("../../../docs/moving-from-nextauth.sql");

/// Drizzle's adapter's tables, and two of the application's.
const TABLES: &str = r#"
CREATE SCHEMA old;
CREATE TABLE old."user" (id text PRIMARY KEY, name text, email text, "emailVerified" timestamp, image text);
CREATE TABLE old.account (
    "userId" text NOT NULL REFERENCES old."user", type text NOT NULL, provider text NOT NULL,
    "providerAccountId" text NOT NULL, refresh_token text, access_token text, expires_at integer, token_type text,
    scope text, id_token text, session_state text, PRIMARY KEY (provider, "providerAccountId")
);
CREATE TABLE old.session ("sessionToken" text PRIMARY KEY, "userId" text NOT NULL, expires timestamp NOT NULL);
CREATE TABLE old."verificationToken" (identifier text, token text, expires timestamp, PRIMARY KEY (identifier, token));
CREATE TABLE old.chats (id text PRIMARY KEY, "userId" text NOT NULL, title text, "createdAt" timestamp NOT NULL);
CREATE TABLE old.messages (
    id text PRIMARY KEY, "chatId" text NOT NULL REFERENCES old.chats, role text NOT NULL, content text, parts jsonb,
    "createdAt" timestamp NOT NULL
);
"#;

impl TestApp {
    /// The old tables, with nobody in them, in the schema `old`.
    pub async fn old_tables(&self) {
        self.old(TABLES).await;
    }

    /// Somebody in the old tables, whom the account's id or the id_token tells apart.
    pub async fn old_person(&self, id: &str, provider: &str, account_id: &str, id_token: Option<&str>) {
        let pool = self.database().await;
        sqlx::query(r#"INSERT INTO old."user" (id, name, email) VALUES ($1, $1, 'alice.archer@linden-bank.example')"#)
            .bind(id)
            .execute(&pool)
            .await
            .unwrap();
        sqlx::query(
            r#"INSERT INTO old.account ("userId", type, provider, "providerAccountId", id_token)
               VALUES ($1, 'oidc', $2, $3, $4)"#,
        )
        .bind(id)
        .bind(provider)
        .bind(account_id)
        .bind(id_token)
        .execute(&pool)
        .await
        .unwrap();
    }

    /// A conversation in the old tables with a question and an answer, each a minute after the other.
    pub async fn old_chat(&self, id: &str, person: &str, question: &str, answer: Value) {
        let pool = self.database().await;
        sqlx::query("INSERT INTO old.chats VALUES ($1, $2, $3, '2025-03-01 09:00')")
            .bind(id)
            .bind(person)
            .bind(format!("About {question}"))
            .execute(&pool)
            .await
            .unwrap();
        // Written in the wrong order on purpose.
        for (n, role, content, parts) in [(2, "assistant", None, Some(answer)), (1, "user", Some(question), None)] {
            sqlx::query(r#"INSERT INTO old.messages VALUES ($1, $2, $3, $4, $5, '2025-03-01 09:00'::timestamp + $6 * interval '1 minute')"#)
                .bind(format!("{id}-{n}"))
                .bind(id)
                .bind(role)
                .bind(content)
                .bind(parts)
                .bind(f64::from(n))
                .execute(&pool)
                .await
                .unwrap();
        }
    }

    /// An id_token of the provider, as the old deployment got and kept one.
    pub async fn id_token(&self, persona: &str, claims: Value) -> String {
        let url = format!("{}/_sandbox/tokens", self.sandbox.base_url);
        let order = json!({ "persona": persona, "kind": "id_token", "claims": claims });
        let minted: Value = reqwest::Client::new().post(url).json(&order).send().await.unwrap().json().await.unwrap();
        minted["access_token"].as_str().unwrap().to_owned()
    }

    /// Runs the script as psql does with `--single-transaction`. What it says at its end, one line a row.
    pub async fn move_in(&self, tenant: &str) -> Result<Vec<String>, sqlx::Error> {
        let mut transaction = self.database().await.begin().await?;
        let script = format!("SET LOCAL moving.tenant = '{tenant}';\n{SCRIPT}");
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(script)).fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(rows.iter().map(line).collect())
    }

    /// Runs SQL of the test's own.
    pub async fn old(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.database().await).await.unwrap();
    }

    /// Everything that the script could have changed.
    pub async fn contents(&self) -> Vec<String> {
        let mut all = Vec::new();
        for table in ["users", "accounts", "conversations", "messages"] {
            let sql = format!("SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {table} t");
            let pool = self.database().await;
            all.push(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&pool).await.unwrap());
        }
        all
    }
}

fn line(row: &PgRow) -> String {
    match row.try_get::<String, _>("what") {
        Ok(what) => format!("{what}: {} {}", row.get::<String, _>("outcome"), row.get::<i64, _>("rows")),
        Err(_) => format!(
            "{} {}, {}",
            row.get::<String, _>("user_id"),
            row.get::<String, _>("reason"),
            row.get::<i64, _>("conversations")
        ),
    }
}
