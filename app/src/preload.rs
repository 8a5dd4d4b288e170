//! Before a page is rendered on the server: everything it will show.

use http::Uri;
use model::{ConversationPage, Fault, FaultKind, QuestionRejected, UserId};
use server_fn::error::ServerFnUrlError;
use services::library::Shelf;

use crate::{
    AppError, PageData, chat,
    context::{Asker, RequestContext},
    missing,
    page::{Content, Kind},
    place::Place,
    session::Session,
    sheet,
};

/// Finds out what the page at `uri` shows whoever is asking; and after how many seconds to come again, if it says that
/// a quota is used up.
pub async fn preload(request: &RequestContext, uri: &Uri) -> (PageData, Option<u64>) {
    let session = Session::of(request).await;
    let Some(asker) = request.asker.clone() else { return (PageData { session, ..PageData::default() }, None) };
    let user = asker.viewer.id;
    let place = Place::of(uri.path());
    let (content, list) = futures::join!(content(request, &asker, place, uri), list(request, user, place, uri));
    let (refused, retry_after_secs) = match refused_form(uri) {
        Some(fault) if fault.kind == FaultKind::TooManyRequests => used_up(request, user, &fault, place).await,
        Some(fault) => (Some(texts::in_language(request.language, || in_our_words(&fault, place))), None),
        None => (None, None),
    };
    (PageData { session, list, content, refused }, retry_after_secs)
}

async fn content(request: &RequestContext, asker: &Asker, place: Place, uri: &Uri) -> Content {
    match place {
        Place::NewChat => Content::NewChat,
        Place::Conversation(id) => match chat::open(request, asker.viewer.id, id, None).await {
            Ok(Some(opened)) => Content::Conversation(Box::new(opened)),
            Ok(None) => Content::Missing,
            Err(error) => Content::NotShown(request.fail(error)),
        },
        Place::NoConversation => Content::NotShown(texts::in_language(request.language, missing::error)),
        Place::Sheet => {
            let sheet = match uri.path().trim_end_matches('/') {
                "/admin" if asker.viewer.audits() => sheet::admin(request, &asker.viewer, uri).await,
                // To everybody else there is no such page.
                "/admin" => return Content::Missing,
                _ => sheet::profile(request, asker).await,
            };
            sheet.map_or_else(Content::NotShown, Content::Sheet)
        }
        Place::Missing => Content::Missing,
    }
}

async fn list(
    request: &RequestContext,
    user: UserId,
    place: Place,
    uri: &Uri,
) -> Option<Result<ConversationPage, AppError>> {
    if matches!(place, Place::Sheet | Place::Missing) {
        return None;
    }
    // A search without the page's code.
    let mut pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    if let Some((_, words)) = pairs.find(|(name, words)| name == "q" && !words.trim().is_empty()) {
        let found = request.services.library.search(user, &words).await;
        let page = found.map(|found| ConversationPage {
            conversations: found.into_iter().map(|found| found.conversation).collect(),
            ..ConversationPage::default()
        });
        return Some(page.map_err(|error| request.fail(error)));
    }
    let list = request.services.library.list(user, &Shelf::Current, None, None).await;
    Some(list.map_err(|error| request.fail(error)))
}

/// Why a plain form was refused, if the page is the answer to one.
fn refused_form(uri: &Uri) -> Option<Fault> {
    let parameter = |name: &str| {
        let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.replace("%3D", "="))
    };
    let path = parameter("__path")?.replace("%2F", "/");
    path.starts_with("/fn/").then_some(())?;
    parameter("__err").map(|error| ServerFnUrlError::<AppError>::decode_err(&error).0)
}

/// A quota that is used up now, in its own words and with the seconds until it renews. An address that says so when none
/// is says nothing.
async fn used_up(
    request: &RequestContext,
    user: UserId,
    fault: &Fault,
    place: Place,
) -> (Option<AppError>, Option<u64>) {
    match request.services.metering.refusal(user).await {
        Ok(Some(refusal)) => {
            let secs = refusal.retry_after_secs();
            let fault = texts::in_language(request.language, || refusal.into_fault(&request.correlation_id));
            (Some(AppError(fault)), secs)
        }
        _ => {
            let fault = Fault { kind: FaultKind::Invalid, ..fault.clone() };
            (Some(texts::in_language(request.language, || in_our_words(&fault, place))), None)
        }
    }
}

/// An address can be written by anybody and sent to anybody: of the error in it only what we could have said is
/// shown, so that no link puts somebody else's words on our page.
fn in_our_words(fault: &Fault, place: Place) -> AppError {
    use QuestionRejected::{Empty, TooLong, Unprintable};
    let ours = [Empty, TooLong, Unprintable].map(QuestionRejected::message);
    let message = ours.into_iter().chain(too_long(fault)).find(|message| *message == fault.message);
    let otherwise = || match place {
        Place::Sheet => texts::FAULT_SHEET.into(),
        _ => texts::FAULT_NOT_SENT.into(),
    };
    let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let id = &fault.correlation_id;
    let correlation_id = if id.len() <= 14 && id.chars().all(is_id) { id.clone() } else { String::new() };
    AppError(Fault { kind: fault.kind, message: message.unwrap_or_else(otherwise), correlation_id })
}

/// What a question is told that is too long for its model, with the numbers of `fault`.
fn too_long(fault: &Fault) -> Option<String> {
    let mut numbers = fault.message.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok());
    let error = services::Error::TooLong { tokens: numbers.next()?, limit: numbers.next()? };
    Some(error.into_fault("").message)
}

impl PageData {
    /// The error that gives the page its status.
    pub(crate) fn error(&self) -> Option<AppError> {
        match &self.content {
            Content::NotShown(error) => Some(error.clone()),
            Content::Missing => Some(missing::error()),
            content if content.kind() == Kind::Chat => self.list.clone()?.err().or_else(|| self.used_up()),
            _ => None,
        }
    }

    fn used_up(&self) -> Option<AppError> {
        self.refused.clone().filter(|error| error.0.kind == FaultKind::TooManyRequests)
    }
}
