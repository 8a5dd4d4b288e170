//! The conversations in the list: those the server sent, in the order of their last use, and what has happened since.

use model::{AskReceipt, ConversationId, ConversationPage, ConversationSummary, Found, MessageId};

use super::{api, kept};
use crate::{AppError, fetch, page::Page, signal::Signal};

/// Says that nobody uses the session by this request.
pub const IDLE: (&str, Option<&str>) = ("idle", Some("true"));

/// The list's content. One for the page, whichever conversation is open.
#[derive(Clone, Copy)]
pub struct Conversations {
    /// The pinned ones, then the newest first. `None` until the first page is there.
    pub known: Signal<Option<Result<ConversationPage, AppError>>>,
    /// Folders that are open, and under the empty name those that are put away.
    pub shelves: Signal<Vec<(String, ConversationPage)>>,
    pub loading: Signal<bool>,
    pub search: Signal<Search>,
    /// Which one's name is being changed, or where it is filed.
    pub editing: Signal<Option<Editing>>,
    /// What was just done, and how to undo it.
    pub done: Signal<Option<Done>>,
    /// Which one is being thrown away here.
    pub deleting: Signal<Option<ConversationId>>,
    /// How often the list was asked for. Answers may overtake each other.
    asked_for: Signal<usize>,
    /// Which of these was the latest to be answered, or cannot know what has happened here since.
    answered: Signal<usize>,
}

/// What is looked for, and what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    pub words: String,
    /// Of these words, or of those before them until the answer is there.
    pub found: Vec<Found>,
    pub is_done: bool,
    pub error: Option<AppError>,
}

/// What is being changed about a conversation in its place in the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Editing {
    pub id: ConversationId,
    /// The function that does it, and the name of its argument.
    pub what: (&'static str, &'static str),
}

/// What was done with a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    pub sentence: String,
    pub offer: Option<Offer>,
}

/// What can be done about what was done.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    Undo(Change),
    /// An answer was rated so: a word on it.
    SayWhy(MessageId, bool),
}

/// A change of a conversation: the server's function and its argument.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub id: ConversationId,
    pub function: &'static str,
    pub argument: Option<(&'static str, String)>,
    /// It brings back what was looked at, and whoever wants that wants to look at it again.
    pub back: bool,
}

impl Conversations {
    pub fn new(known: Option<Result<ConversationPage, AppError>>) -> Self {
        Self {
            known: Signal::new(known),
            shelves: Signal::default(),
            loading: Signal::new(false),
            search: Signal::default(),
            editing: Signal::new(None),
            done: Signal::new(None),
            deleting: Signal::new(None),
            asked_for: Signal::new(0),
            answered: Signal::new(0),
        }
    }

    /// The list of the page this is called in.
    pub fn of_page() -> Self {
        Page::here().list
    }

    /// A question was asked: its conversation is the newest now.
    pub fn asked(self, receipt: &AskReceipt) {
        self.answered.set(self.asked_for.get_untracked());
        let summary = ConversationSummary {
            id: receipt.conversation_id,
            title: receipt.title.clone(),
            created_at: receipt.question.created_at.clone(),
            updated_at: receipt.question.created_at.clone(),
            revision: receipt.revision,
            pinned: false,
            archived: false,
            folder: None,
        };
        self.known.update(|known| {
            let Some(Ok(page)) = known else { return };
            // Those that are pinned or filed stay where they are; the server says the rest.
            let kept = page.conversations.iter().any(|known| known.id == summary.id && known.pinned);
            if !kept {
                page.conversations.retain(|known| known.id != summary.id);
                let at = page.conversations.iter().take_while(|known| known.pinned).count();
                page.conversations.insert(at, summary);
            }
        });
    }

    /// Loads the first page, instead of what is known of it, and what is open besides. Without success that stays.
    /// Mostly because of news, so that it must not count as using the session.
    pub async fn refresh(self) {
        let round = self.asked_for.get_untracked() + 1;
        self.asked_for.set(round);
        let newest = fetch::get("conversations", &[IDLE]).await;
        if round <= self.answered.get_untracked() {
            return;
        }
        self.answered.set(round);
        self.known.update(|known| match (newest, known) {
            (Ok(newest), Some(Ok(page))) => *page = with_older(newest, page),
            (newest, known) if newest.is_ok() || known.is_none() => *known = Some(newest),
            _ => {}
        });
        let open = self.shelves.get_untracked();
        for (name, _) in open {
            let which = if name.is_empty() { ("archived", Some("true")) } else { ("folder", Some(name.as_str())) };
            if let Ok(page) = fetch::get("conversations", &[which, IDLE]).await {
                self.set_shelf(name, page);
            }
        }
        let words = self.search.get_untracked().words;
        if !words.is_empty() {
            self.find_words(words).await;
        }
    }

    /// Offers none any more, because of `error`.
    pub fn forget(self, error: AppError) {
        // What is on its way comes too late.
        self.answered.set(self.asked_for.get_untracked());
        self.known.set(Some(Err(error)));
    }

    /// A conversation in the list.
    pub fn find<T>(self, id: ConversationId, get: impl Fn(&ConversationSummary) -> T) -> Option<T> {
        let find = |page: &ConversationPage| page.conversations.iter().find(|known| known.id == id).map(&get);
        self.known
            .with(|known| find(known.as_ref()?.as_ref().ok()?))
            .or_else(|| self.shelves.with(|open| open.iter().find_map(|(_, page)| find(page))))
    }

    /// Loads the page after those that are known.
    pub async fn load_older(self) {
        let cursor =
            self.known.try_with_untracked(|known| known.as_ref()?.as_ref().ok()?.next_cursor.clone()).flatten();
        if self.loading.get_untracked() || cursor.is_none() {
            return;
        }
        self.loading.set(true);
        let older = api::conversations(cursor, None, false).await;
        // Not found any more when the page was left meanwhile.
        self.loading.set(false);
        if let Ok(older) = older {
            self.known.update(|known| {
                if let Some(Ok(page)) = known {
                    append(page, older);
                }
            });
        }
    }

    /// Opens a folder, or those that are put away under the empty name; closes it if it is open; loads the rest of one
    /// with `more`.
    pub async fn toggle_shelf(self, name: String, more: bool) {
        let open = self.shelves.get_untracked().into_iter().find(|(known, _)| *known == name);
        if let Some((_, mut page)) = open {
            if !more {
                self.shelves.update(|open| open.retain(|(known, _)| *known != name));
            } else if let Ok(older) = shelf(&name, page.next_cursor.clone()).await {
                append(&mut page, older);
                self.set_shelf(name, page);
            }
            return;
        }
        match shelf(&name, None).await {
            Ok(page) => self.set_shelf(name, page),
            Err(error) => self.say(error.0.message),
        }
    }

    fn set_shelf(self, name: String, page: ConversationPage) {
        self.shelves.update(|open| {
            open.retain(|(known, _)| *known != name);
            // The last one left it.
            if !page.conversations.is_empty() {
                open.push((name, page));
            }
        });
    }

    /// Looks for `words`, unless others are looked for meanwhile.
    pub async fn find_words(self, words: String) {
        let found = api::search(words.clone()).await;
        self.search.update(|search| {
            if search.words != words {
                return;
            }
            search.is_done = true;
            match found {
                Ok(found) => (search.found, search.error) = (found, None),
                Err(error) => search.error = Some(error),
            }
        });
    }

    /// Carries out a change, says so in a sentence, with a way back, and shows what has become of it. True if it worked.
    pub async fn carry_out(self, change: Change, done: Option<Done>) -> bool {
        // Whoever shows it learns of its end from here, and not by asking what has become of it.
        let deleted = (change.function == "delete").then_some(change.id);
        self.deleting.set(deleted);
        drop(deleted.and_then(kept::take));
        let id = change.id.to_string();
        let argument = change.argument.as_ref().map_or(("", None), |(name, value)| (*name, Some(value.as_str())));
        let changed = fetch::post::<ConversationSummary>(change.function, &[("id", Some(&id)), argument]).await;
        match &changed {
            Ok(_) => self.done.set(done),
            Err(error) => self.say(error.0.message.clone()),
        }
        self.refresh().await;
        changed.is_ok()
    }

    /// An answer was rated; why, may be added.
    pub fn rated(self, answer: MessageId, good: bool) {
        let sentence = if good { texts::RATED_GOOD } else { texts::RATED_BAD }.into();
        self.done.set(Some(Done { sentence, offer: Some(Offer::SayWhy(answer, good)) }));
    }

    /// Says something for a while.
    pub fn say(self, sentence: impl Into<String>) {
        self.done.set(Some(Done { sentence: sentence.into(), offer: None }));
    }
}

async fn shelf(name: &str, cursor: Option<String>) -> Result<ConversationPage, AppError> {
    let folder = (!name.is_empty()).then(|| name.to_owned());
    api::conversations(cursor, folder, name.is_empty()).await
}

/// A conversation that was used in the meantime has moved to the front and does not come a second time.
fn append(page: &mut ConversationPage, older: ConversationPage) {
    page.next_cursor = older.next_cursor;
    for summary in older.conversations {
        if page.conversations.iter().all(|known| known.id != summary.id) {
            page.conversations.push(summary);
        }
    }
}

/// The first page, and behind it what was loaded of the pages after it.
fn with_older(mut newest: ConversationPage, known: &mut ConversationPage) -> ConversationPage {
    let Some(last) = newest.conversations.last().filter(|_| newest.next_cursor.is_some()) else { return newest };
    // Times of one form sort as texts.
    let last = last.updated_at.clone();
    let older =
        known.conversations.drain(..).filter(|known| !known.pinned && known.updated_at < last).collect::<Vec<_>>();
    if !older.is_empty() {
        append(
            &mut newest,
            ConversationPage { conversations: older, next_cursor: known.next_cursor.take(), ..Default::default() },
        );
    }
    newest
}
