//! Load for `bench/replies.mjs`: asks the app, or a model directly, for many replies at once, and is that model itself,
//! so that one clock knows when each token was sent and when it arrived.
//!
//! ```text
//! load <port of the model> < commands
//! load relay <port> <port of the model>
//! ```
//!
//! One command a line: `direct <port of the model, or of a relay> <replies> <tokens>` or
//! `app <url> <cookie> <replies> <tokens>`, each with `<tokens a second> <seconds over which the replies begin>` and
//! `<seconds for which the model thinks before it answers>` at its end. One JSON result a line. As `relay` it only hands
//! bytes on.

#![expect(clippy::expect_used, clippy::panic, reason = "measuring ends at the first thing that is not as it should be")]

mod asker;
mod clock;
mod figures;
mod relay;
mod upstream;

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, BufReader};

use asker::{Asker, Target};
use figures::Figures;

#[tokio::main]
async fn main() {
    // The client wants one although nothing here speaks TLS.
    rustls::crypto::ring::default_provider().install_default().expect("the first");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ports: Vec<u16> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if let [port, to] = ports[..] {
        return relay::serve(port, to).await;
    }
    let port = *ports.first().expect("the model's port");
    let model = upstream::serve(port).await;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    println!("{}", serde_json::json!({ "ready": port }));
    while let Ok(Some(line)) = lines.next_line().await {
        let words: Vec<&str> = line.split(' ').collect();
        let (target, rest) = match words.as_slice() {
            ["direct", port, rest @ ..] => {
                (Target::Model(format!("http://127.0.0.1:{port}/openai/v1/chat/completions")), rest)
            }
            ["app", url, cookie, rest @ ..] => (Target::app(url, cookie), rest),
            _ => panic!("unknown command {line:?}"),
        };
        let numbers: Vec<f64> = rest.iter().map(|word| word.parse().expect("a number")).collect();
        let [replies, tokens, rate, ramp, thinks] = numbers[..] else { panic!("five numbers in {line:?}") };
        model.set_pace(rate, thinks);
        let figures =
            run(Arc::new(Asker::new(target, Arc::clone(&model), tokens as usize)), replies as usize, ramp).await;
        println!("{}", serde_json::to_string(&figures).expect("figures are numbers"));
    }
}

/// Begins `replies` evenly spread over `ramp` seconds, and waits for all of them.
async fn run(asker: Arc<Asker>, replies: usize, ramp: f64) -> Figures {
    let began = clock::micros();
    let tasks: Vec<_> = (0..replies)
        .map(|number| {
            let asker = Arc::clone(&asker);
            let begin = began + (ramp * 1e6 * number as f64 / replies as f64) as u64;
            tokio::spawn(async move {
                clock::sleep_until(begin).await;
                asker.ask().await
            })
        })
        .collect();
    let mut figures = Figures::default();
    for task in tasks {
        match task.await.expect("no task panics") {
            Ok(reply) => figures.add(reply),
            Err(error) => figures.failed(error),
        }
    }
    figures.finish(clock::micros() - began)
}
