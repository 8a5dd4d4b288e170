//! `[[quotas]]` of `BANTER_CONFIG`: how much people may use.

use serde::Deserialize;

use super::faults::Reader;
use crate::store::usage::Cost;

const EXAMPLE: &str = "[[quotas]] as in the README's example";

/// What each of some people may use. It holds whoever is in any of the lists; everybody if all are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaConfig {
    pub roles: Vec<String>,
    pub departments: Vec<String>,
    /// Sign-in names or object ids.
    pub users: Vec<String>,
    pub requests_per_minute: Option<u32>,
    /// Of prompts and answers. Days are those of UTC.
    pub tokens_per_day: Option<u64>,
    /// Months are those of UTC. Counts answers of models with prices in the same currency.
    pub money_per_month: Option<Cost>,
}

/// `[[quotas]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct QuotaInFile {
    roles: Vec<String>,
    departments: Vec<String>,
    users: Vec<String>,
    requests_per_minute: Option<u32>,
    tokens_per_day: Option<u64>,
    money_per_month: Option<f64>,
    currency: Option<String>,
}

/// The quotas of the file. Whatever is wrong with any of them becomes a fault of its own.
pub(super) fn read(read: &mut Reader<'_>, quotas: &[QuotaInFile]) -> Vec<QuotaConfig> {
    let mut checked = Vec::new();
    for (n, quota) in quotas.iter().enumerate() {
        match quota.check() {
            Ok(quota) => checked.push(quota),
            Err(problem) => {
                read.fault("BANTER_CONFIG", format!("has a fault in quota {}: {problem}", n + 1), EXAMPLE);
            }
        }
    }
    checked
}

impl QuotaInFile {
    fn check(&self) -> Result<QuotaConfig, String> {
        let limits =
            [self.requests_per_minute.is_some(), self.tokens_per_day.is_some(), self.money_per_month.is_some()];
        if !limits.contains(&true) {
            return Err("it limits nothing; requests_per_minute, tokens_per_day or money_per_month".to_owned());
        }
        // Nobody may ask at all: that is what roles are for.
        if self.requests_per_minute == Some(0) {
            return Err("requests_per_minute is 0".to_owned());
        }
        Ok(QuotaConfig {
            roles: self.roles.clone(),
            departments: self.departments.clone(),
            users: self.users.clone(),
            requests_per_minute: self.requests_per_minute,
            tokens_per_day: self.tokens_per_day,
            money_per_month: self.money()?,
        })
    }

    fn money(&self) -> Result<Option<Cost>, String> {
        let Some(amount) = self.money_per_month else {
            return if self.currency.is_some() { Err("currency needs money_per_month".to_owned()) } else { Ok(None) };
        };
        let micros = (amount * 1e6).round();
        if !(0.0..1e15).contains(&micros) {
            return Err("money_per_month is negative or too much".to_owned());
        }
        let currency = self.currency.clone().unwrap_or_default();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err("money_per_month needs a currency of three capital letters, such as EUR".to_owned());
        }
        Ok(Some(Cost { micros: micros as i64, currency }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file::tests::with_file;

    #[test]
    fn quotas_are_read_as_they_are_written() {
        let file = "[[quotas]]\ndepartments = ['Markets']\nmoney_per_month = 12.5\ncurrency = 'EUR'\n\
            [[quotas]]\nrequests_per_minute = 20\ntokens_per_day = 200_000";
        let euros = Cost { micros: 12_500_000, currency: "EUR".to_owned() };
        let expected = [
            QuotaConfig {
                departments: vec!["Markets".to_owned()],
                money_per_month: Some(euros),
                ..QuotaConfig::default()
            },
            QuotaConfig { requests_per_minute: Some(20), tokens_per_day: Some(200_000), ..QuotaConfig::default() },
        ];
        assert_eq!(with_file(file).unwrap().quotas, expected);
    }

    #[test]
    fn a_quota_that_cannot_be_meant_is_a_fault_each() {
        let file = "[[quotas]]\nroles = ['user']\n[[quotas]]\nmoney_per_month = 5\n[[quotas]]\ntokens_per_day = 5\n\
            currency = 'EUR'\n[[quotas]]\nrequests_per_minute = 0\n[[quotas]]\nmoney_per_month = -1\ncurrency = 'EUR'";
        let faults = with_file(file).unwrap_err().to_string();
        for part in [
            "quota 1: it limits nothing",
            "quota 2: money_per_month needs a currency",
            "quota 3: currency needs",
            "quota 4: requests_per_minute is 0",
            "quota 5: money_per_month is negative",
        ] {
            assert!(faults.contains(part), "{part} in {faults}");
        }
    }
}
