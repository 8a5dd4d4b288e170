//! `banter ask "…"`: a question from the command line, answered as it is written.

use std::{
    io::{IsTerminal as _, Read as _, Write as _, stderr, stdin, stdout},
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
};

use futures::StreamExt as _;
use serde_json::{Value, json};
use services::remote::{self, DeviceCode, HttpClient, Remote, RemoteError, RemoteEvent};
use url::Url;

pub(crate) const USAGE: &str = "\
usage: banter ask [--model NAME] [--conversation ID] [--url ORIGIN] [--json] [--sign-in] \"question\"

Asks a server's app-to-app API and prints the answer as it is written. `-` reads the question from standard input.

  --model NAME        one of the models that you may use; otherwise your default
  --conversation ID   go on in that conversation; otherwise a new one
  --url ORIGIN        the server; otherwise BANTER_URL, AUTH_URL, or http://localhost:3000
  --json              print one JSON object when the answer is complete
  --sign-in           sign in by code even if `az` could give a token

The token comes from BANTER_TOKEN, from `az account get-access-token`, or from signing in by code in any browser. For the
last two API_AUDIENCE is needed (api://banter if it is unset), for signing in by code also
AUTH_MICROSOFT_ENTRA_ID_ISSUER, and BANTER_CLIENT_ID or AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID.

exit codes: 0 answered, 1 refused, 2 wrong use, 3 not signed in or not allowed, 4 unreachable, 5 too many requests,
            6 the answer ended early";

const WRONG_USE: u8 = 2;

/// What was asked for on the command line.
#[derive(Default)]
struct Options {
    question: String,
    model: Option<String>,
    conversation: Option<String>,
    url: Option<String>,
    json: bool,
    sign_in: bool,
}

/// An answer, as far as it came.
#[derive(Default)]
struct Answer {
    text: String,
    status: String,
    usage: Value,
    notices: Vec<String>,
}

/// Runs with the arguments behind `ask`.
pub(crate) async fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(WRONG_USE);
        }
    };
    match ask(&options).await {
        Ok((answer, document)) => {
            if options.json {
                println!("{document}");
            }
            if answer.status == "complete" { ExitCode::SUCCESS } else { ExitCode::from(6) }
        }
        Err(error) => {
            if options.json {
                println!("{}", json!({ "error": { "message": error.to_string(), "exit_code": code(&error) } }));
            } else {
                eprintln!("banter: {error}");
            }
            ExitCode::from(code(&error))
        }
    }
}

fn code(error: &RemoteError) -> u8 {
    match error {
        RemoteError::Refused { status: 429, .. } => 5,
        RemoteError::NotSignedIn(_) | RemoteError::Refused { status: 403, .. } => 3,
        RemoteError::Unreachable(..) | RemoteError::Refused { status: 502..=504, .. } => 4,
        RemoteError::Refused { .. } | RemoteError::Unreadable => 1,
    }
}

async fn ask(options: &Options) -> Result<(Answer, Value), RemoteError> {
    let http = remote::http_client(variable("EXTRA_CA_CERTS").map(PathBuf::from).as_deref())?;
    let base = base(options)?;
    let token = token(options, &http).await?;
    let remote = Remote::new(http, base, token);
    let reply = remote.ask(options.conversation.as_deref(), &options.question, options.model.as_deref()).await?;
    let mut answer = Answer::default();
    let mut events = std::pin::pin!(remote.events(&reply));
    while let Some(event) = events.next().await {
        answer.take_in(event?, !options.json);
    }
    if !options.json {
        println!();
        // What a script would want to go on with; not part of the answer.
        if stderr().is_terminal() {
            eprintln!("\nGo on with: banter ask --conversation {} \"…\"", reply.conversation);
        }
    }
    let document = json!({
        "conversation": reply.conversation, "reply": reply.reply, "status": answer.status, "text": answer.text,
        "usage": answer.usage, "notices": answer.notices,
    });
    Ok((answer, document))
}

impl Answer {
    fn take_in(&mut self, event: RemoteEvent, shown: bool) {
        match event {
            RemoteEvent::Text(text) => {
                if shown {
                    // A reader that went away ends the program by the next write, as for any other in a pipe.
                    let _ = stdout().write_all(harmless(&text).as_bytes()).and_then(|()| stdout().flush());
                }
                self.text.push_str(&text);
            }
            RemoteEvent::Replace(text) => {
                // What was printed stays printed; the rest of it is what is new.
                let rest = text.strip_prefix(self.text.as_str()).unwrap_or(&text).to_owned();
                self.text.clear();
                self.take_in(RemoteEvent::Text(rest), shown);
                self.text = text;
            }
            RemoteEvent::Retracted(text) => {
                self.text.clear();
                self.notice(text, shown);
            }
            RemoteEvent::Notice(text) => self.notice(text, shown),
            RemoteEvent::Usage(usage) => self.usage = usage,
            RemoteEvent::End(status) => self.status = status,
        }
    }

    fn notice(&mut self, text: String, shown: bool) {
        if shown {
            eprintln!("\nbanter: {}", harmless(&text));
        }
        self.notices.push(text);
    }
}

/// Without what a terminal would take for commands: an answer is data.
fn harmless(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut questions: Vec<String> = Vec::new();
        let mut only_words = false;
        while let Some(argument) = arguments.next() {
            let mut value = |name: &str| arguments.next().ok_or_else(|| format!("{name} needs a value."));
            match argument.as_str() {
                _ if only_words => questions.push(argument),
                "--" => only_words = true,
                "--model" => options.model = Some(value("--model")?),
                "--conversation" => options.conversation = Some(value("--conversation")?),
                "--url" => options.url = Some(value("--url")?),
                "--json" => options.json = true,
                "--sign-in" => options.sign_in = true,
                "-" => {
                    let mut text = String::new();
                    let read = stdin().read_to_string(&mut text);
                    read.map_err(|error| format!("Standard input cannot be read: {error}."))?;
                    questions.push(text);
                }
                other if other.starts_with('-') => return Err(format!("There is no option {other}.")),
                _ => questions.push(argument),
            }
        }
        options.question = questions.join(" ");
        if options.question.trim().is_empty() { Err("There is no question.".to_owned()) } else { Ok(options) }
    }
}

fn base(options: &Options) -> Result<Url, RemoteError> {
    let named = options.url.clone().or_else(|| variable("BANTER_URL")).or_else(|| variable("AUTH_URL"));
    let named = named.unwrap_or_else(|| "http://localhost:3000".to_owned());
    let url = Url::parse(&named).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| RemoteError::Unreachable(named, "it is no web address".to_owned()))
}

async fn token(options: &Options, http: &HttpClient) -> Result<String, RemoteError> {
    if let Some(token) = variable("BANTER_TOKEN") {
        return Ok(token);
    }
    let audience = variable("API_AUDIENCE").unwrap_or_else(|| "api://banter".to_owned());
    let scope = format!("{}/{}", audience.trim_end_matches('/'), services::identity::SCOPE);
    if !options.sign_in
        && let Some(token) = of_az(&scope)
    {
        return Ok(token);
    }
    let client_id = variable("BANTER_CLIENT_ID").or_else(|| variable("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID"));
    let issuer = variable("AUTH_MICROSOFT_ENTRA_ID_ISSUER").or_else(|| variable("AZURE_ISSUER"));
    let (Some(issuer), Some(client_id)) = (issuer, client_id.or_else(|| variable("AZURE_CLIENT_ID"))) else {
        let how = "There is no token: set BANTER_TOKEN, sign in with `az login`, or set AUTH_MICROSOFT_ENTRA_ID_ISSUER \
                   and BANTER_CLIENT_ID to sign in by code.";
        return Err(RemoteError::NotSignedIn(how.to_owned()));
    };
    let code = DeviceCode::begin(http.clone(), &issuer, &client_id, &scope).await?;
    eprintln!("{}", harmless(&code.message()));
    code.token().await
}

/// Of whoever is signed in with Azure's command line, if it is there and gives one.
fn of_az(scope: &str) -> Option<String> {
    let mut az = Command::new("az");
    az.args(["account", "get-access-token", "--scope", scope, "--query", "accessToken", "--output", "tsv"]);
    let output = az.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let token = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !token.is_empty()).then_some(token)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
