//! `BANTER_CONFIG`: the file for what one line cannot hold.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{faults::Reader, models::ModelInFile, quotas::QuotaInFile};

/// The file's content; nothing in it is needed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    /// `[roles.<name>]`
    pub(super) roles: BTreeMap<String, RoleSource>,
    /// `[[models]]`
    pub(super) models: Vec<ModelInFile>,
    /// The model that names conversations.
    pub(super) title_model: Option<String>,
    /// `[[quotas]]`
    pub(super) quotas: Vec<QuotaInFile>,
}

/// What gives somebody a role.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RoleSource {
    /// Object ids of directory groups.
    pub(super) groups: Vec<String>,
    /// Values of app roles of the app's registration.
    pub(super) app_roles: Vec<String>,
}

impl ConfigFile {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let file = read.optional("BANTER_CONFIG", "the path of a TOML file, as the README describes it", |path| {
            let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
            // The message names line and column; its excerpt of the file is left out of the fault.
            toml::from_str::<Self>(&text).map_err(|error| format!("is not as it should be: {}", error.message()))
        });
        file.unwrap_or_default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write as _;

    use model::UserRole;

    use super::super::{Config, ConfigFaults, faults::tests::complete};

    /// A configuration in which nothing is wrong but perhaps this file.
    pub(in super::super) fn lookup_with(text: &str) -> impl Fn(&str) -> Option<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        move |name| match name {
            "BANTER_CONFIG" => Some(file.path().display().to_string()),
            "ADMIN_GROUP_IDS" => Some("from-the-variable".to_owned()),
            "KEY_OF_A_MODEL" => Some("key-of-a-model".to_owned()),
            name => complete(name),
        }
    }

    pub(in super::super) fn with_file(text: &str) -> Result<Config, ConfigFaults> {
        Config::from_lookup(lookup_with(text))
    }

    #[test]
    fn roles_of_the_file_add_to_those_of_the_variables() {
        let config = with_file("[roles.admin]\ngroups = ['from-the-file']\n[roles.trader]\napp_roles = ['T']").unwrap();
        let rule = |role: UserRole| config.access.roles.iter().find(|rule| rule.role == role).unwrap();
        assert_eq!(rule(UserRole::Admin).group_ids, ["from-the-variable", "from-the-file"]);
        assert_eq!(rule(UserRole::Other("trader".to_owned())).app_roles, ["T"]);
        assert!(config.access.is_open(), "nothing restricts who may use the app");
    }

    #[test]
    fn a_mistake_in_the_file_is_a_fault_and_not_ignored() {
        let faults = with_file("[roles.admin]\ngruops = ['typo']").unwrap_err().to_string();
        assert!(faults.contains("BANTER_CONFIG") && faults.contains("gruops"), "{faults}");
    }
}
