//! What is stored of what replies used.

use model::MessageId;
use reqwest::Response;
use serde_json::Value;

use super::{Browser, TestApp, TwoEndpoints};

/// One reply's row.
#[derive(Debug, sqlx::FromRow)]
pub struct Used {
    pub department: Option<String>,
    pub model: String,
    pub deployment: Option<String>,
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub cached_tokens: i64,
    pub reasoning_tokens: i64,
    pub counted: bool,
    pub cost_micros: Option<i64>,
    pub currency: Option<String>,
}

impl TestApp {
    pub async fn used(&self, reply: MessageId) -> Used {
        let sql = "SELECT * FROM usage WHERE reply_id = $1::uuid";
        sqlx::query_as(sql).bind(reply.to_string()).fetch_one(&self.database().await).await.unwrap()
    }
}

impl TwoEndpoints {
    /// With these settings of the model, and whatever else belongs into the file.
    pub async fn with(settings: &str) -> Self {
        Self::start_with("api_key_env = 'KEY_OF_THE_ENDPOINTS'", settings).await
    }

    /// Another server with the same configuration and database.
    pub async fn replica(&self) -> TestApp {
        let path = self.config.path().display().to_string();
        let key = sandbox::constants::AZURE_OPENAI_API_KEY;
        self.app.replica_with(&[("BANTER_CONFIG", &path), ("KEY_OF_THE_ENDPOINTS", key)]).await
    }

    /// Who said what in the last request to the model, as (role, text).
    pub async fn sent(&self) -> Vec<(String, String)> {
        let request = self.one.requests().await.pop().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let messages = request["json"]["messages"].as_array().unwrap().clone();
        messages.iter().map(|message| (text(&message["role"]), text(&message["content"]))).collect()
    }
}

impl Browser {
    /// Asks, however that is answered.
    pub async fn try_ask(&self, question: &str) -> Response {
        self.call("ask", &[("content", question)]).await
    }
}
