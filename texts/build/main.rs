//! Reads what the app says in each language, and fails where one says something that another does not.

mod compile;
mod write;

use std::{collections::BTreeSet, env, error::Error, fs, path::Path};

use compile::{Message, messages};

/// In the order of `Language`. The first one decides what there is to be said, and in which order.
const LANGUAGES: [&str; 3] = ["en", "de", "fr"];
/// Of each language. The browser has what the first file says; the second one is for the server alone.
const FILES: [&str; 2] = ["page.ftl", "server.ftl"];

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let mut files: Vec<Vec<Vec<Message>>> = Vec::new();
    let mut faults = Vec::new();
    for file in FILES {
        let mut translations = Vec::new();
        for language in LANGUAGES {
            let path = Path::new(&root).join(language).join(file);
            println!("cargo::rerun-if-changed={}", path.display());
            let source = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let read = messages(&source, language).map_err(|fault| format!("texts/{language}/{file}: {fault}"))?;
            translations.push(read);
        }
        faults.extend(differences(file, &translations));
        files.push(translations);
    }
    faults.extend(said_twice(&files));
    if !faults.is_empty() {
        return Err(format!("The languages do not say the same:\n  {}", faults.join("\n  ")).into());
    }
    let out = Path::new(&env::var("OUT_DIR")?).join("texts.rs");
    fs::write(out, write::rust(&files))?;
    Ok(())
}

/// What a language lacks, or has and should not, compared with the first.
fn differences(file: &str, translations: &[Vec<Message>]) -> Vec<String> {
    let [model, others @ ..] = translations else { return Vec::new() };
    let mut faults = Vec::new();
    for (language, messages) in LANGUAGES[1..].iter().zip(others) {
        let at = |key: &str| format!("texts/{language}/{file}: {key}");
        for wanted in model {
            match messages.iter().find(|message| message.key == wanted.key) {
                None => faults.push(format!("{} is missing", at(&wanted.key))),
                Some(found) if found.names() != wanted.names() => {
                    let (wanted, has) = (wanted.names(), found.names());
                    faults.push(format!("{} has the variables {has:?} instead of {wanted:?}", at(&found.key)));
                }
                Some(_) => {}
            }
        }
        let surplus = messages.iter().filter(|message| model.iter().all(|wanted| wanted.key != message.key));
        faults.extend(surplus.map(|message| format!("{} is not in texts/{}/{file}", at(&message.key), LANGUAGES[0])));
    }
    faults
}

fn said_twice(files: &[Vec<Vec<Message>>]) -> Vec<String> {
    let mut known = BTreeSet::new();
    let all = files.iter().filter_map(|translations| translations.first()).flatten();
    all.filter(|message| !known.insert(&message.key)).map(|message| format!("{} is there twice", message.key)).collect()
}
