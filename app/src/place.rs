//! Addresses: what the path of a page names.

use model::ConversationId;

/// One of the app's pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    NewChat,
    Conversation(ConversationId),
    /// Where a conversation would be, under a name that none can have.
    NoConversation,
    /// One of the sheets.
    Sheet,
    Missing,
}

impl Place {
    /// The place at `path`.
    pub fn of(path: &str) -> Self {
        match path.trim_end_matches('/') {
            "/chat" => Self::NewChat,
            "/profile" | "/admin" => Self::Sheet,
            other => match other.strip_prefix("/chat/") {
                Some(name) if !name.contains('/') => name.parse().map_or(Self::NoConversation, Self::Conversation),
                _ => Self::Missing,
            },
        }
    }

    /// The conversation that is named.
    pub fn conversation(self) -> Option<ConversationId> {
        match self {
            Self::Conversation(id) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_places() {
        let id = "01930000-0000-7000-8000-000000000001";
        assert_eq!(Place::of("/chat"), Place::NewChat);
        assert_eq!(Place::of("/chat/"), Place::NewChat);
        assert_eq!(Place::of(&format!("/chat/{id}")), Place::Conversation(id.parse().unwrap()));
        assert_eq!(Place::of("/chat/nonsense"), Place::NoConversation);
        assert_eq!(Place::of("/profile"), Place::Sheet);
        for missing in ["/", "", "/chats", "/chat/a/b", "/profile/x", "/api/auth/signin"] {
            assert_eq!(Place::of(missing), Place::Missing, "{missing}");
        }
    }
}
