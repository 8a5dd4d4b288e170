//! Who may do what, and for how long before it is checked again.

use std::time::Duration;

use model::UserRole;
use url::Url;

use super::{faults::Reader, file::ConfigFile};

/// Roles and sessions.
#[derive(Clone, Debug)]
pub struct AccessConfig {
    /// What makes somebody what. The rule for [`UserRole::User`] is who may use the app; it is always there.
    pub roles: Vec<RoleRule>,
    /// Where people ask for access: a page or a mail address.
    pub request_url: Option<Url>,
    /// A session's groups and roles are never trusted for longer than this.
    pub recheck_every: Duration,
    /// A session ends after this long whatever happens in it.
    pub session_lifetime: Duration,
    /// A session ends after this long without anything happening in it.
    pub session_idle: Duration,
    /// Tells the provider which kind of account to expect, e.g. the company's domain.
    pub domain_hint: Option<String>,
    /// The header in which the proxy in front tells the caller's address; absent = nothing is in front.
    pub client_address_header: Option<String>,
    /// Sign-ins that one network may begin each minute.
    pub sign_ins_per_minute: u32,
}

/// Members of any of the groups, and holders of any of the registration's app roles, have the role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleRule {
    pub role: UserRole,
    pub group_ids: Vec<String>,
    pub app_roles: Vec<String>,
}

impl AccessConfig {
    pub(super) fn read(read: &mut Reader<'_>, file: &ConfigFile) -> Self {
        let minutes = |read: &mut Reader<'_>, name: &str, default: f64| {
            let parsed = read.optional(name, "a number of minutes, e.g. 15", parse_minutes);
            parsed.unwrap_or(Duration::from_secs_f64(default * 60.0))
        };
        Self {
            recheck_every: minutes(read, "ACCESS_RECHECK_MINUTES", 15.0),
            session_lifetime: minutes(read, "SESSION_MAX_MINUTES", 720.0),
            session_idle: minutes(read, "SESSION_IDLE_MINUTES", 120.0),
            request_url: read.optional(
                "ACCESS_REQUEST_URL",
                "e.g. https://help.example.com/banter or mailto:helpdesk@example.com",
                parse_request_url,
            ),
            domain_hint: read.first(&["AUTH_DOMAIN_HINT"]),
            client_address_header: read.optional("CLIENT_ADDRESS_HEADER", "e.g. x-forwarded-for", parse_header_name),
            sign_ins_per_minute: read
                .optional("SIGN_INS_PER_MINUTE", "a whole number above 0, e.g. 600", |text| {
                    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
                    number.ok_or_else(|| "is not a whole number above 0".to_owned())
                })
                .unwrap_or(600),
            roles: roles(read, file),
        }
    }

    /// Whether everybody whom the provider signs in may use the app.
    pub fn is_open(&self) -> bool {
        self.roles.iter().filter(|rule| rule.role == UserRole::User).all(RoleRule::is_empty)
    }
}

impl RoleRule {
    fn is_empty(&self) -> bool {
        self.group_ids.is_empty() && self.app_roles.is_empty()
    }
}

/// The variables' groups, and what the file adds to them.
fn roles(read: &Reader<'_>, file: &ConfigFile) -> Vec<RoleRule> {
    let known = [
        (UserRole::User, "ALLOWED_GROUP_IDS"),
        (UserRole::Auditor, "AUDITOR_GROUP_IDS"),
        (UserRole::Admin, "ADMIN_GROUP_IDS"),
    ];
    let mut rules: Vec<RoleRule> = known
        .into_iter()
        .map(|(role, variable)| RoleRule { role, group_ids: read.list(variable), app_roles: Vec::new() })
        .collect();
    for (name, more) in &file.roles {
        let role = UserRole::from(name.clone());
        let at = rules.iter().position(|rule| rule.role == role).unwrap_or_else(|| {
            rules.push(RoleRule { role, group_ids: Vec::new(), app_roles: Vec::new() });
            rules.len() - 1
        });
        rules[at].group_ids.extend(more.groups.iter().cloned());
        rules[at].app_roles.extend(more.app_roles.iter().cloned());
    }
    rules
}

fn parse_minutes(text: &str) -> Result<Duration, String> {
    let minutes: f64 = text.parse().map_err(|_| "is not a number".to_owned())?;
    let sensible = minutes.is_finite() && minutes > 0.0 && minutes <= 525_600.0;
    if sensible { Ok(Duration::from_secs_f64(minutes * 60.0)) } else { Err("is not between 0 and a year".to_owned()) }
}

fn parse_request_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "is not an address".to_owned())?;
    // It becomes a link on a page: nothing that runs.
    if matches!(url.scheme(), "https" | "http" | "mailto") {
        Ok(url)
    } else {
        Err("is neither a web nor a mail address".to_owned())
    }
}

fn parse_header_name(text: &str) -> Result<String, String> {
    let is_name = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name { Ok(text.to_ascii_lowercase()) } else { Err("is not the name of a header".to_owned()) }
}
