//! Reading variables one by one while collecting what is wrong with all of them.

use std::fmt;

/// What is wrong with one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    pub variable: String,
    /// Continues the sentence that begins with the variable's name. Never quotes the value.
    pub problem: String,
    pub example: String,
}

/// All that is wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigFaults(pub Vec<ConfigFault>);

impl fmt::Display for ConfigFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Banter cannot start: the configuration has {} fault(s).", self.0.len())?;
        for fault in &self.0 {
            write!(f, "\n  {} {}.\n      Expected: {}", fault.variable, fault.problem, fault.example)?;
        }
        Ok(())
    }
}

/// Looks variables up and collects faults.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    pub(super) faults: Vec<ConfigFault>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// The first of `names` that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        self.first_named(names).map(|(_, value)| value)
    }

    pub(super) fn required<T>(
        &mut self,
        names: &[&str],
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.first_named(names) {
            Some((name, value)) => self.parsed(name, &value, example, parse),
            None => {
                self.fault(names.first().copied().unwrap_or_default(), "is missing".to_owned(), example);
                None
            }
        }
    }

    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = self.first(&[name])?;
        self.parsed(name, &value, example, parse)
    }

    /// The entries of a comma-separated variable; none when it is unset.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        self.first(&[name]).map(|text| split_list(&text)).unwrap_or_default()
    }

    pub(super) fn fault(&mut self, variable: &str, problem: String, example: &str) {
        self.faults.push(ConfigFault { variable: variable.to_owned(), problem, example: example.to_owned() });
    }

    fn first_named<'n>(&self, names: &[&'n str]) -> Option<(&'n str, String)> {
        names.iter().find_map(|name| {
            let value = (self.lookup)(name)?;
            let value = value.trim();
            (!value.is_empty()).then(|| (*name, value.to_owned()))
        })
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        value: &str,
        example: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(value) {
            Ok(parsed) => Some(parsed),
            Err(problem) => {
                self.fault(name, problem, example);
                None
            }
        }
    }
}

/// The non-empty entries of a comma-separated list.
pub(super) fn split_list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Config;

    /// A configuration in which nothing is wrong.
    pub(in super::super) fn complete(name: &str) -> Option<String> {
        let value = match name {
            "NEXTAUTH_URL" => "https://chat.example.com",
            "AUTH_SECRET" => "0123456789abcdef0123456789abcdef",
            "DATABASE_URL" => "postgres://banter:hunter2hunter2@localhost/banter",
            "AZURE_ISSUER" => "https://login.microsoftonline.com/11111111-1111-4111-8111-111111111111/v2.0",
            "AZURE_CLIENT_ID" => "app",
            "AZURE_CLIENT_SECRET" => "a secret",
            "AZURE_OPENAI_BASE_URL" => "https://resource.openai.azure.com",
            "AZURE_OPENAI_DEPLOYMENTS" => "gpt-5-mini, gpt-5",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn aliases_are_read_and_lists_split() {
        let config = Config::from_lookup(complete).unwrap();
        let names: Vec<&str> = config.models.iter().map(|model| model.name.as_str()).collect();
        assert_eq!(names, ["gpt-5-mini", "gpt-5"]);
        assert!(config.origin.is_https());
    }

    #[test]
    fn one_message_names_every_faulty_variable_and_no_secret() {
        let lookup = |name: &str| match name {
            "AUTH_SECRET" => Some("tooshort".to_owned()),
            "DATABASE_URL" => Some("mysql://banter:hunter2hunter2@localhost".to_owned()),
            "AZURE_OPENAI_API_KEY" => Some("sk with space".to_owned()),
            "BIND_ADDR" => Some("nonsense".to_owned()),
            _ => None,
        };
        let message = Config::from_lookup(lookup).unwrap_err().to_string();
        for name in [
            "AUTH_URL",
            "AUTH_SECRET",
            "DATABASE_URL",
            "AUTH_MICROSOFT_ENTRA_ID_ISSUER",
            "AUTH_MICROSOFT_ENTRA_ID_CLIENT_ID",
            "AUTH_MICROSOFT_ENTRA_ID_CLIENT_SECRET",
            "AZURE_OPENAI_BASE_URL",
            "AZURE_OPENAI_DEPLOYMENTS",
            "AZURE_OPENAI_API_KEY",
            "BIND_ADDR",
        ] {
            assert!(message.contains(name), "{name} is not named in:\n{message}");
        }
        for secret in ["tooshort", "hunter2", "sk with"] {
            assert!(!message.contains(secret));
        }
    }

    #[test]
    fn a_configuration_prints_without_its_secrets() {
        let printed = format!("{:?}", Config::from_lookup(complete).unwrap());
        for secret in ["hunter2", "0123456789abcdef", "a secret"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }

    #[test]
    fn an_issuer_without_a_tenant_is_refused() {
        let lookup = |name: &str| match name {
            "AZURE_ISSUER" => Some("https://login.microsoftonline.com/common/v2.0".to_owned()),
            name => complete(name),
        };
        let faults = Config::from_lookup(lookup).unwrap_err();
        assert_eq!(faults.0.len(), 1);
        assert_eq!(faults.0[0].variable, "AZURE_ISSUER");
    }
}
