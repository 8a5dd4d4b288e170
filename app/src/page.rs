//! What a page shows, and going from one to the next.
//!
//! The server finds out everything a page shows before it renders it, and writes it into the document once more for the
//! browser to start from. In the browser, going on means asking for what the next page shows, and then showing it.

use leptos::{prelude::*, task::spawn_local};
use model::{ConversationPage, FaultKind, Profile};
use serde::Serialize;

use crate::{
    AppError, browser,
    chat::{self, Conversations, OpenConversation},
    html::effect,
    missing,
    place::Place,
    profile,
    session::Session,
    theme::{self, Theme},
    unreadable,
};

/// Everything a document is made from.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PageData {
    pub session: Session,
    /// The first page of the list of conversations, on pages that have it.
    pub list: Option<Result<ConversationPage, AppError>>,
    pub content: Content,
    /// Why a plain form was refused: the server sends the browser back to the form's page with the reason.
    pub refused: Option<AppError>,
}

/// What a page is about.
#[derive(Clone, Debug, Default, Serialize)]
pub enum Content {
    NewChat,
    Conversation(OpenConversation),
    /// A conversation that is not there, or cannot be read now.
    NotShown(AppError),
    Profile(Result<Profile, AppError>),
    #[default]
    Missing,
}

/// Which page shows a [`Content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chat,
    Profile,
    Missing,
}

impl Content {
    pub fn kind(&self) -> Kind {
        match self {
            Self::NewChat | Self::Conversation(_) | Self::NotShown(_) => Kind::Chat,
            Self::Profile(_) => Kind::Profile,
            Self::Missing => Kind::Missing,
        }
    }

    /// Whether it is not what the reader came for, which they may try again.
    fn is_error(&self) -> bool {
        matches!(self, Self::NotShown(_) | Self::Profile(Err(_)))
    }

    /// The document's title.
    pub fn title(&self) -> String {
        let title = match self {
            Self::NewChat => "New chat",
            Self::Conversation(opened) => &opened.title,
            Self::Profile(Ok(_)) => "Profile",
            Self::NotShown(AppError(fault)) if fault.kind == FaultKind::NotFound => missing::TITLE,
            Self::NotShown(error) | Self::Profile(Err(error)) => unreadable::heading(error),
            Self::Missing => missing::TITLE,
        };
        format!("{title} · Banter")
    }
}

/// The page being looked at. In context below [`App`](crate::App).
#[derive(Clone, Copy)]
pub struct Page {
    /// Where the reader is, or is going to.
    pub place: RwSignal<Place>,
    pub content: RwSignal<Content>,
    /// What `place` names is being fetched.
    pub pending: RwSignal<bool>,
    pub refused: RwSignal<Option<AppError>>,
    pub theme: RwSignal<Theme>,
    list: Conversations,
}

impl Page {
    /// A page that shows `content`.
    pub fn new(session: &Session, content: Content, refused: Option<AppError>, list: Conversations) -> Self {
        let place = match &content {
            Content::NewChat => Place::NewChat,
            Content::Conversation(opened) => Place::Conversation(opened.id),
            Content::NotShown(_) => Place::NoConversation,
            Content::Profile(_) => Place::Profile,
            Content::Missing => Place::Missing,
        };
        Self {
            place: RwSignal::new(place),
            content: RwSignal::new(content),
            pending: RwSignal::new(false),
            refused: RwSignal::new(refused),
            theme: RwSignal::new(session.theme),
            list,
        }
    }

    /// The page this is called in.
    pub fn here() -> Self {
        use_context()
            .unwrap_or_else(|| Self::new(&Session::default(), Content::default(), None, Conversations::new(None)))
    }

    /// Once the page's code runs: links lead from page to page without loading the document again.
    pub fn wake_up(self) {
        effect(move || document().set_title(&self.content.with(Content::title)));
        effect(move || {
            window_event_listener(leptos::ev::click, move |event| {
                if theme::is_button(&event) {
                    theme::cycle(self.theme);
                } else if let Some(path) = browser::followed_link(&event)
                    && Place::of(&path) != Place::Missing
                {
                    event.prevent_default();
                    self.go(&path);
                }
            });
            window_event_listener(leptos::ev::popstate, move |_| self.show(Place::of(&browser::path())));
        });
    }

    /// Goes to `path`, one of ours.
    pub fn go(self, path: &str) {
        self.leave_for(path);
        self.show(Place::of(path));
        window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Goes to a conversation that was just begun, which needs no fetching.
    pub fn begin(self, begun: OpenConversation) {
        self.leave_for(&format!("/chat/{}", begun.id));
        self.place.set(Place::Conversation(begun.id));
        self.pending.set(false);
        self.content.set(Content::Conversation(begun));
    }

    fn leave_for(self, path: &str) {
        if path != browser::path() {
            browser::push(path);
        }
    }

    fn show(self, place: Place) {
        let is_there = self.place.get_untracked() == place && !self.content.with_untracked(Content::is_error);
        self.place.set(place);
        if is_there {
            return;
        }
        let content = match place {
            Place::NewChat => Content::NewChat,
            Place::NoConversation => Content::NotShown(missing::error()),
            Place::Missing => Content::Missing,
            Place::Conversation(_) | Place::Profile => {
                self.pending.set(true);
                spawn_local(self.fetch(place));
                return;
            }
        };
        self.replace(content);
    }

    async fn fetch(self, place: Place) {
        let content = match place {
            Place::Conversation(id) => match chat::api::conversation(id).await {
                Ok(conversation) => Content::Conversation(conversation.into()),
                Err(error) => Content::NotShown(error),
            },
            _ => Content::Profile(profile::api::profile().await),
        };
        // The reader may have gone elsewhere in the meantime.
        if self.place.get_untracked() == place {
            self.replace(content);
        }
    }

    fn replace(self, content: Content) {
        self.pending.set(false);
        // The list may have changed while it was not looked at.
        if content.kind() == Kind::Chat && self.content.with_untracked(Content::kind) != Kind::Chat {
            spawn_local(self.list.refresh());
        }
        self.content.set(content);
    }
}

impl PageData {
    /// What the page is made from: found by the server before it rendered, and in the browser read from the document.
    #[cfg(feature = "ssr")]
    pub fn here() -> Self {
        let data = crate::context::request().ok().and_then(|request| request.page);
        data.map(|data| Self::clone(&data)).unwrap_or_default()
    }

    /// What the page is made from: found by the server before it rendered, and in the browser read from the document.
    #[cfg(not(feature = "ssr"))]
    pub fn here() -> Self {
        let element = document().get_element_by_id(crate::read::ELEMENT);
        let text = element.and_then(|element| element.text_content()).unwrap_or_default();
        crate::read::json(&text).unwrap_or_default()
    }
}
