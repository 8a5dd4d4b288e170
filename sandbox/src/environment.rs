//! `sandbox env`: the variables an application needs to run against the development sandbox.

use std::path::Path;

use sandbox::{Error, Result, constants, files, postgres};

use crate::cli::Serve;

pub fn print(serve: &Serve) -> Result<()> {
    for (name, value) in variables(serve)? {
        println!("{name}={value}");
    }
    Ok(())
}

fn variables(serve: &Serve) -> Result<Vec<(&'static str, String)>> {
    let origin = format!("http://localhost:{}", serve.http_port);
    let secret = auth_secret(&serve.data_dir)?;
    let mut variables = vec![("AUTH_URL", "http://localhost:3000".to_owned()), ("AUTH_SECRET", secret)];
    if serve.postgres {
        let cluster = postgres::cluster_dir(&serve.data_dir);
        variables.push(("DATABASE_URL", postgres::url_for(&cluster, serve.pg_port)?));
    }
    variables.extend([
        ("AUTH_MICROSOFT_ENTRA_ID_ISSUER", format!("{origin}/{}/v2.0", constants::TENANT_ID)),
        ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID", constants::CLIENT_ID.to_owned()),
        ("AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET", constants::CLIENT_SECRET.to_owned()),
        ("ALLOWED_GROUP_IDS", constants::ALLOWED_GROUP_ID.to_owned()),
        ("ADMIN_GROUP_IDS", constants::ADMIN_GROUP_ID.to_owned()),
        ("API_AUDIENCE", constants::API_AUDIENCE.to_owned()),
        ("GRAPH_BASE_URL", format!("{origin}/graph/v1.0")),
        ("AZURE_OPENAI_BASE_URL", origin),
        ("AZURE_OPENAI_API_KEY", constants::AZURE_OPENAI_API_KEY.to_owned()),
        ("AZURE_OPENAI_API_VERSION", constants::AZURE_OPENAI_API_VERSION.to_owned()),
        ("AZURE_OPENAI_DEPLOYMENTS", constants::DEPLOYMENTS.join(",")),
    ]);
    if serve.https_port != 0 {
        let bundle = sandbox::ensure_authority(&serve.data_dir)?;
        variables.push(("EXTRA_CA_CERTS", bundle.display().to_string()));
    }
    Ok(variables)
}

/// Kept, so that sessions survive a restart of the application.
fn auth_secret(data_dir: &Path) -> Result<String> {
    let path = data_dir.join("auth-secret");
    files::read_or_create(&path, sandbox::new_secret).map_err(Error::file(path))
}
