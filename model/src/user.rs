//! People: who is looking at a page, and what their profile shows.

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What somebody may do. Written as its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum UserRole {
    /// May use the app.
    User,
    /// May see who signs in, and sees nothing of what people write.
    Auditor,
    /// May also end other people's sessions.
    Admin,
    /// One that the configuration names; what it means is said where it is used.
    Other(String),
}

impl UserRole {
    /// The role's name in configuration, tokens and the database.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User => "user",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
            Self::Other(name) => name,
        }
    }
}

impl From<String> for UserRole {
    fn from(name: String) -> Self {
        match name.as_str() {
            "user" => Self::User,
            "auditor" => Self::Auditor,
            "admin" => Self::Admin,
            _ => Self::Other(name),
        }
    }
}

impl From<UserRole> for String {
    fn from(role: UserRole) -> Self {
        role.as_str().to_owned()
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

    /// Whether they have `role`.
    pub fn is(&self, role: &UserRole) -> bool {
        self.roles.contains(role)
    }

    /// Whether they may see who signs in.
    pub fn audits(&self) -> bool {
        self.is(&UserRole::Auditor) || self.is(&UserRole::Admin)
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

/// A model the viewer may ask, as the picker shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// What a question names and a message is labelled with.
    pub name: String,
    /// What it is good for, in a few words.
    pub description: Option<String>,
    /// The most tokens that question and answer may have together; absent = not known.
    pub context_tokens: Option<u32>,
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
