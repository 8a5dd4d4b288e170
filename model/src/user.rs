//! People: who is looking at a page, and what their profile shows.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserRole {
    User,
    Admin,
}

impl UserRole {
    /// The role's name in configuration, tokens and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::User, Self::Admin].into_iter().find(|role| role.as_str() == name)
    }
}

/// The signed-in person a page is rendered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub id: UserId,
    /// Display data; never an identity.
    pub name: String,
    pub department: Option<String>,
    pub roles: Vec<UserRole>,
}

impl Viewer {
    /// Two capital letters (or one) standing in for the picture: of the first and the last word of the name.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// Two capital letters (or one) standing in for a picture: of the first and the last word of `name`.
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| c.is_whitespace() || c == '-').filter_map(|word| word.chars().next());
    let first = words.next();
    let last = words.next_back();
    let letters: String = [first, last].into_iter().flatten().flat_map(char::to_uppercase).collect();
    if letters.is_empty() { "?".to_owned() } else { letters }
}

/// A directory group somebody is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub id: String,
    /// Absent when the directory does not let the app read names.
    pub name: Option<String>,
}

/// What the profile page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub viewer: Viewer,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    pub email: Option<String>,
    pub job_title: Option<String>,
    pub preferred_language: Option<String>,
    /// Sorted by name.
    pub groups: Vec<Group>,
    /// RFC 3339, UTC: when the directory was last read.
    pub synced_at: String,
    /// RFC 3339, UTC: when this session ends at the latest.
    pub session_expires_at: String,
}

/// A model the viewer may ask, as the picker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// The deployment's name: what a question names and a message is labelled with.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Alice Archer"), "AA");
        assert_eq!(initials("Grace Gómez-Núñez"), "GN");
        assert_eq!(initials("émile"), "É");
        assert_eq!(initials("  "), "?");
    }
}
