//! A file that somebody else replaces now and then. It is looked at for each use; while what is in it cannot be used,
//! what was in it before is: a replacement may be half written.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};

use super::CredentialError;

/// What is wrong, otherwise, is a sentence.
type Parse<T> = dyn Fn(&[u8]) -> Result<T, String> + Send + Sync;

/// See [`RotatingFile::current`].
pub(super) struct RotatingFile<T>(Arc<Watched<T>>);

struct Watched<T> {
    variable: &'static str,
    path: PathBuf,
    parse: Box<Parse<T>>,
    known: Mutex<Known<T>>,
}

struct Known<T> {
    /// With the digest of the content that it was made from.
    value: Option<(Arc<T>, [u8; 32])>,
    /// What is wrong with the file now, so that it is told once and not with each use.
    problem: Option<String>,
}

impl<T: Send + Sync + 'static> RotatingFile<T> {
    /// The file that `variable` names. Reads it once; whether that succeeds shows when it is needed.
    pub(super) fn new(
        variable: &'static str,
        path: PathBuf,
        parse: impl Fn(&[u8]) -> Result<T, String> + Send + Sync + 'static,
    ) -> Self {
        let known = Mutex::new(Known { value: None, problem: None });
        let watched = Watched { variable, path, parse: Box::new(parse), known };
        watched.look().ok();
        Self(Arc::new(watched))
    }

    /// What is in the file now, or was when it could last be used.
    pub(super) async fn current(&self) -> Result<Arc<T>, CredentialError> {
        let watched = Arc::clone(&self.0);
        let looked = tokio::task::spawn_blocking(move || watched.look()).await;
        looked.unwrap_or_else(|error| Err(CredentialError::File(error.to_string())))
    }
}

impl<T> Watched<T> {
    fn look(&self) -> Result<Arc<T>, CredentialError> {
        let content = std::fs::read(&self.path)
            .map_err(|error| format!("{} names a file that cannot be read: {error}", self.variable));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = content.and_then(|content| {
            let digest = Sha256::digest(&content).into();
            match &known.value {
                Some((value, seen)) if *seen == digest => Ok((Arc::clone(value), digest)),
                _ => Ok((Arc::new((self.parse)(&content)?), digest)),
            }
        });
        match (outcome, &known.value) {
            (Ok((value, digest)), before) => {
                if before.as_ref().is_some_and(|(_, seen)| *seen != digest) {
                    tracing::info!(variable = self.variable, "the file was replaced; the new one is used");
                }
                *known = Known { value: Some((Arc::clone(&value), digest)), problem: None };
                Ok(value)
            }
            (Err(problem), Some((value, _))) => {
                let value = Arc::clone(value);
                if known.problem.as_ref() != Some(&problem) {
                    tracing::warn!("{problem}; what was in it before is used");
                    known.problem = Some(problem);
                }
                Ok(value)
            }
            (Err(problem), None) => Err(CredentialError::File(problem)),
        }
    }
}
