//! What a page shows, and going from one to the next.
//!
//! The server finds out everything a page shows before it renders it, and writes it into the document once more for the
//! browser to start from. In the browser, going on means asking for what the next page shows, and then showing it.

use std::time::Duration;

use model::{ConversationId, ConversationPage, FaultKind, MessageId, UserId, Viewer};
#[cfg(feature = "ssr")]
use reactive_graph::owner::{provide_context, use_context};
use serde::Serialize;
use web_sys::Event;

use crate::{
    AppError, browser,
    chat::{self, Announcer, Change, Conversations, Done, Offer, OpenConversation, Unsent, kept},
    fetch,
    html::effect,
    language, missing,
    place::Place,
    session::Session,
    sheet::Sheet,
    signal::Signal,
    task::{after, drawn, listen, run},
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
    Conversation(Box<OpenConversation>),
    /// A conversation that is not there, or cannot be read now.
    NotShown(AppError),
    Sheet(Sheet),
    #[default]
    Missing,
}

/// Which page shows a [`Content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Chat,
    Sheet,
    Missing,
}

impl Content {
    pub fn kind(&self) -> Kind {
        match self {
            Self::NewChat | Self::Conversation(_) | Self::NotShown(_) => Kind::Chat,
            Self::Sheet(_) => Kind::Sheet,
            Self::Missing => Kind::Missing,
        }
    }

    /// Whether it is not what the reader came for, which they may try again.
    fn is_error(&self) -> bool {
        matches!(self, Self::NotShown(_))
    }

    /// The document's title.
    pub fn title(&self) -> String {
        let title = match self {
            Self::NewChat => texts::NEW_CHAT.text(),
            Self::Conversation(opened) => &opened.title,
            Self::Sheet(sheet) => &sheet.title,
            Self::NotShown(AppError(fault)) if fault.kind == FaultKind::NotFound => missing::TITLE.text(),
            Self::NotShown(error) => unreadable::heading(error).text(),
            Self::Missing => missing::TITLE.text(),
        };
        titled(title)
    }
}

fn titled(title: &str) -> String {
    format!("{title} · Banter")
}

/// Signing out takes no longer.
const SIGN_OUT: Duration = Duration::from_secs(10);

/// The page being looked at, and what all of its parts share.
#[derive(Clone, Copy)]
pub struct Page {
    pub session: Signal<Session>,
    pub list: Conversations,
    pub announcer: Announcer,
    /// Where the reader is, or is going to.
    pub place: Signal<Place>,
    pub content: Signal<Content>,
    /// Of the content.
    pub kind: Signal<Kind>,
    /// What `place` names is being fetched.
    pub pending: Signal<bool>,
    pub refused: Signal<Option<AppError>>,
    /// What the box of a conversation that is shown anew could not send.
    pub(crate) unsent: Signal<Option<Unsent>>,
    /// The session is over: it ended elsewhere while the page was open.
    pub gone: Signal<Option<AppError>>,
    /// The reader is signing out.
    leaving: Signal<bool>,
    pub theme: Signal<Theme>,
    /// The message to bring into view once its conversation is shown.
    pub look_for: Signal<Option<MessageId>>,
    /// The conversation that is pointed at, and the one that is fetched because of that.
    pub(crate) pointed_at: Signal<Option<ConversationId>>,
    pub(crate) ahead: Signal<Option<ConversationId>>,
    viewer: Option<UserId>,
}

// One page at a time in a browser. Contexts would bring a kilobyte and a half of hash tables with them.
#[cfg(not(feature = "ssr"))]
thread_local! {
    static HERE: std::cell::Cell<Option<Page>> = const { std::cell::Cell::new(None) };
}

impl Page {
    /// A page that shows `content`.
    pub fn new(session: Session, content: Content, refused: Option<AppError>, list: Conversations) -> Self {
        let place = match &content {
            Content::NewChat => Place::NewChat,
            Content::Conversation(opened) => Place::Conversation(opened.id),
            Content::NotShown(_) => Place::NoConversation,
            Content::Sheet(_) => Place::Sheet,
            Content::Missing => Place::Missing,
        };
        Self {
            place: Signal::new(place),
            kind: Signal::new(content.kind()),
            content: Signal::new(content),
            pending: Signal::new(false),
            refused: Signal::new(refused),
            unsent: Signal::default(),
            gone: Signal::new(None),
            leaving: Signal::new(false),
            theme: Signal::new(session.theme),
            look_for: Signal::new(None),
            pointed_at: Signal::new(None),
            ahead: Signal::new(None),
            viewer: session.viewer.as_ref().map(|viewer| viewer.id),
            session: Signal::new(session),
            list,
            announcer: Announcer::default(),
        }
    }

    /// Makes this the page of whatever is made from now on, until the next one.
    #[cfg(feature = "ssr")]
    pub fn settle(self) {
        provide_context(self);
    }

    /// Makes this the page of whatever is made from now on, until the next one.
    #[cfg(not(feature = "ssr"))]
    pub fn settle(self) {
        HERE.set(Some(self));
    }

    /// The page this is called in.
    pub fn here() -> Self {
        #[cfg(feature = "ssr")]
        let here = use_context();
        #[cfg(not(feature = "ssr"))]
        let here = HERE.get();
        here.unwrap_or_else(|| Self::new(Session::default(), Content::default(), None, Conversations::new(None)))
    }

    /// Once the page's code runs: links lead from page to page without loading the document again.
    pub fn wake_up(self) {
        effect(move || {
            language::track();
            let id = self.place.get().conversation();
            // The list has heard of another name first.
            let renamed = id.and_then(|id| self.list.find(id, |one| one.title.clone()));
            let renamed = if self.is_over() { Some(texts::SIGNED_OUT_TITLE.into()) } else { renamed };
            let title = renamed.map_or_else(|| self.content.with(Content::title), |title| titled(&title));
            browser::document().set_title(&title);
        });
        effect(move || {
            if let Some(error) = self.gone.get() {
                kept::forget_all();
                self.list.forget(error);
            }
        });
        // What was not there may be back.
        effect(move || {
            let place = self.place.get();
            let is_listed = place.conversation().and_then(|id| self.list.find(id, |_| ())).is_some();
            if is_listed && self.is_at_error() && !self.pending.get_untracked() {
                self.show(place);
            }
        });
        effect(move || {
            listen("click", move |event: web_sys::MouseEvent| {
                if theme::is_button(&event) {
                    theme::cycle(self.theme);
                } else if let Some(path) = browser::followed_link(&event) {
                    match Place::of(&path) {
                        Place::Missing => return,
                        Place::Sheet => self.leave(&path),
                        _ => {
                            self.go(&path);
                            // Who points at a conversation writes in it next; who came to its link by keys goes on there.
                            if browser::holds(&event, &["detail"]) {
                                drawn(browser::focus_box);
                            }
                        }
                    }
                    // The message that a search has found there.
                    let at = browser::around(&event, "[data-at]").and_then(|link| link.get_attribute("data-at"));
                    self.look_for.set(at.and_then(|id| id.parse().ok()));
                    event.prevent_default();
                }
            });
            listen("submit", move |event: Event| {
                if browser::around(&event, "[action$=signout]").is_some() {
                    self.leaving.set(true);
                    // Or not, if its reader stops the browser.
                    after(SIGN_OUT, move || self.leaving.set(false));
                }
            });
            browser::keep_enter();
            browser::while_looked_at(move || self.look());
            if let Some(viewer) = self.viewer {
                chat::listen(viewer, move |goes_on| {
                    if !goes_on {
                        self.look();
                    } else if !self.leaving.get_untracked() {
                        run(self.list.refresh());
                    }
                });
            }
            listen("popstate", move |_: Event| self.show(Place::of(&browser::path())));
        });
    }

    fn look(self) {
        run(async move { _ = self.look_at_session().await });
    }

    /// Whether the session is over, so that nothing may be shown that is somebody's.
    pub fn is_over(self) -> bool {
        self.gone.with(Option::is_some)
    }

    /// Whether the session goes on, and still is the same person's. False if that is not to be found out just now.
    async fn look_at_session(self) -> bool {
        // Whoever is signing out need not be told so, and the browser would call it an error.
        if self.leaving.get_untracked() {
            return true;
        }
        match fetch::get::<Viewer>("viewer", &[]).await {
            Ok(now) if Some(now.id) == self.viewer => {
                if self.gone.take().is_some() {
                    self.list.refresh().await;
                }
            }
            // Somebody else signed in in another tab: nothing here is theirs.
            Ok(_) => browser::reload(),
            Err(error) if error.0.kind == FaultKind::SignedOut => self.gone.set(Some(error)),
            // Says nothing about the session.
            Err(_) => return false,
        }
        true
    }

    /// Goes to `path`, one of ours.
    pub fn go(self, path: &str) {
        self.leave_for(path);
        self.show(Place::of(path));
        browser::window().scroll_to_with_x_and_y(0.0, 0.0);
    }

    /// Leaves for a document of its own, if there is a way to it.
    pub fn leave(self, path: &str) {
        let path = path.to_owned();
        run(async move {
            // What a browser takes for the network is not all: the server may be on the same machine.
            if browser::is_offline() && !self.look_at_session().await {
                self.list.say(texts::SERVER_UNREACHABLE);
            } else {
                browser::leave_for(&path);
            }
        });
    }

    /// Goes to a conversation that was just begun, which needs no fetching.
    pub fn begin(self, begun: OpenConversation) {
        self.leave_for(&format!("/chat/{}", begun.id));
        self.place.set(Place::Conversation(begun.id));
        self.pending.set(false);
        self.set_content(Content::Conversation(Box::new(begun)));
    }

    /// Shows a conversation as it has become, if it still is the one that is looked at.
    pub fn renew(self, conversation: OpenConversation) {
        if self.is_at(conversation.id) {
            self.set_content(Content::Conversation(Box::new(conversation)));
        }
    }

    /// A conversation that is shown was thrown away elsewhere.
    pub fn lost(self, id: ConversationId) {
        if self.is_at(id) {
            let undo = Change { id, function: "restore", argument: None, back: true };
            let sentence = texts::DONE_DELETE_ELSEWHERE.into();
            self.set_content(Content::NotShown(missing::error()));
            self.list.done.set(Some(Done { sentence, offer: Some(Offer::Undo(undo)) }));
        }
    }

    fn set_content(self, content: Content) {
        let kind = content.kind();
        self.content.set(content);
        if self.kind.try_get_untracked() != Some(kind) {
            self.kind.set(kind);
        }
    }

    /// Whether this conversation is what is looked at.
    pub fn is_at(self, id: ConversationId) -> bool {
        self.place.try_get_untracked() == Some(Place::Conversation(id))
    }

    /// Whether what the reader came for cannot be shown.
    pub fn is_at_error(self) -> bool {
        self.content.try_with_untracked(Content::is_error) == Some(true)
    }

    fn leave_for(self, path: &str) {
        if path != browser::path() {
            browser::push(path);
        }
    }

    fn show(self, place: Place) {
        chat::above::note_seen();
        let is_there = self.place.try_get_untracked() == Some(place) && !self.is_at_error();
        self.look_for.set(None);
        self.place.set(place);
        if is_there {
            return;
        }
        let content = match place {
            Place::NewChat => Content::NewChat,
            Place::NoConversation => Content::NotShown(missing::error()),
            // Sheets are documents of their own; nothing leads to one from within.
            Place::Missing | Place::Sheet => Content::Missing,
            Place::Conversation(id) => return self.show_conversation(id),
        };
        self.replace(content);
    }

    pub(crate) fn replace(self, content: Content) {
        self.pending.set(false);
        // The list may have changed while it was not looked at.
        if content.kind() == Kind::Chat && self.content.try_with_untracked(Content::kind) != Some(Kind::Chat) {
            run(self.list.refresh());
        }
        self.set_content(content);
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
        let element = browser::find::<web_sys::Element>(&format!("#{}", crate::read::ELEMENT));
        let text = element.and_then(|element| element.text_content()).unwrap_or_default();
        crate::read::json(&text).unwrap_or_default()
    }
}
