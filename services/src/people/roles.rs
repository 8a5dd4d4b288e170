//! Which roles somebody has, and why.

use model::{Group, UserRole};

use crate::config::{AccessConfig, RoleRule};

/// A role somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    pub role: UserRole,
    pub because: Because,
}

/// Why somebody has a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// Nothing restricts it.
    Everybody,
    /// Member of this group.
    Group(Group),
    /// Holder of this app role.
    AppRole(String),
}

/// The roles of somebody with these groups and app roles. Without [`UserRole::User`] they have no other either.
pub(super) fn granted(access: &AccessConfig, groups: &[Group], app_roles: &[String]) -> Vec<Granted> {
    let found: Vec<Granted> = access.roles.iter().filter_map(|rule| grant(access, rule, groups, app_roles)).collect();
    if found.iter().any(|granted| granted.role == UserRole::User) { found } else { Vec::new() }
}

fn grant(access: &AccessConfig, rule: &RoleRule, groups: &[Group], app_roles: &[String]) -> Option<Granted> {
    let by_group = groups.iter().find(|group| rule.group_ids.iter().any(|id| is_same_id(id, &group.id)));
    let by_app_role = app_roles.iter().find(|role| rule.app_roles.contains(role));
    let because = match (by_group, by_app_role) {
        (Some(group), _) => Because::Group(group.clone()),
        (None, Some(role)) => Because::AppRole(role.clone()),
        // Only using the app can be open to everybody; an empty list of administrators means that there is none.
        (None, None) if rule.role == UserRole::User && access.is_open() => Because::Everybody,
        (None, None) => return None,
    };
    Some(Granted { role: rule.role.clone(), because })
}

/// The roles that an application's app roles give it. Those of people are not among them.
pub(super) fn of_service(access: &AccessConfig, app_roles: &[String]) -> Vec<UserRole> {
    let given = access.roles.iter().filter(|rule| app_roles.iter().any(|role| rule.app_roles.contains(role)));
    given.map(|rule| rule.role.clone()).filter(|role| matches!(role, UserRole::Other(_))).collect()
}

/// Whether anything but groups decides: then not knowing somebody's groups need not keep them out.
pub(super) fn needs_groups(access: &AccessConfig, app_roles: &[String]) -> bool {
    let is_user = granted(access, &[], app_roles).iter().any(|granted| granted.role == UserRole::User);
    !is_user
}

/// Ids of groups are compared as GUIDs are: without regard to case.
fn is_same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
