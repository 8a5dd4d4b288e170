//! The built static files: found once at the start, served pre-compressed, and kept by browsers for ever when their
//! names carry a hash of their content.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use app::shell::Assets;
use axum::{
    Router,
    http::{HeaderValue, header},
};
use tower::ServiceBuilder;
use tower_http::{services::ServeDir, set_header::SetResponseHeaderLayer};

use crate::{Doors, wording};

/// The folder that `cargo leptos build` filled.
#[derive(Clone, Debug)]
pub struct Site {
    root: PathBuf,
    pub(crate) assets: Arc<Assets>,
}

/// The folder is not one.
#[derive(Debug, thiserror::Error)]
#[error(
    "LEPTOS_SITE_ROOT ({root}) holds no built {missing}: run `cargo leptos build --release`, or name its target/site folder"
)]
pub struct SiteError {
    root: String,
    missing: String,
}

impl Site {
    /// Looks for the build's files in `root`. cargo-leptos empties the folder before it fills it; should there be
    /// several builds all the same, the youngest counts.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, SiteError> {
        let root = root.into();
        let find = |extension: &str| {
            let name = youngest(&root.join("pkg"), extension);
            let error = || SiteError { root: root.display().to_string(), missing: format!("pkg/*.{extension}") };
            name.map(|name| format!("/pkg/{name}")).ok_or_else(error)
        };
        let assets = Arc::new(Assets {
            css: find("css")?,
            js: find("js")?,
            wasm: find("wasm")?,
            texts: wording::paths(),
            change: wording::change_path(),
        });
        Ok(Self { root, assets })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Compresses what the build left uncompressed (it does so only when asked with `--precompress`). Takes a second
    /// or two of one core; meanwhile files are compressed as they are sent, more quickly and less well.
    pub fn precompress(&self) {
        for asset in [&self.assets.css, &self.assets.js, &self.assets.wasm] {
            let file = self.root.join(asset.trim_start_matches('/'));
            if let Err(error) = precompress(&file) {
                tracing::info!(file = asset, error = %error, "not pre-compressed");
            }
        }
    }
}

/// Static files.
pub(crate) fn routes(site: &Site) -> Router<Doors> {
    let hashed = site.assets.wasm.matches('.').count() > 1;
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    Router::new()
        .nest_service("/pkg", files(&site.root.join("pkg"), caching))
        .nest_service("/static", files(&site.root.join("static"), "public, max-age=86400"))
        .route_service("/favicon.svg", file(&site.root.join("favicon.svg")))
}

fn files(
    folder: &Path,
    caching: &'static str,
) -> impl tower::Service<
    axum::extract::Request,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    let missing = axum::routing::any(|| async { axum::http::StatusCode::NOT_FOUND });
    let folder = ServeDir::new(folder).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    ServiceBuilder::new()
        .map_response(axum::response::IntoResponse::into_response)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, caching_of(caching)))
        .service(folder.fallback(missing))
}

/// A file that is not there must not be remembered as missing for a year.
fn caching_of<B>(caching: &'static str) -> impl FnMut(&axum::http::Response<B>) -> Option<HeaderValue> + Clone {
    move |response| Some(HeaderValue::from_static(if response.status().is_success() { caching } else { "no-store" }))
}

fn file(path: &Path) -> tower_http::services::ServeFile {
    tower_http::services::ServeFile::new(path)
}

fn youngest(folder: &Path, extension: &str) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let named = entries.filter(|entry| entry.path().extension().is_some_and(|found| found == extension));
    let modified =
        |entry: &std::fs::DirEntry| entry.metadata().and_then(|meta| meta.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    named.max_by_key(modified)?.file_name().into_string().ok()
}

fn precompress(file: &Path) -> io::Result<()> {
    let with = |suffix: &str| PathBuf::from(format!("{}{suffix}", file.display()));
    if with(".br").exists() {
        return Ok(());
    }
    let half_done = with(".br.half");
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut std::fs::File::open(file)?, &mut std::fs::File::create(&half_done)?, &params)?;
    std::fs::rename(half_done, with(".br"))
}
