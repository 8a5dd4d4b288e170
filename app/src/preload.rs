//! Before a page is rendered on the server: everything it will show.

use http::Uri;
use model::{Fault, QuestionRejected, UserId};
use server_fn::error::ServerFnUrlError;

use crate::{
    AppError, PageData, chat,
    context::{Asker, RequestContext},
    missing,
    page::{Content, Kind},
    place::Place,
    session::Session,
    sheet,
};

/// Finds out what the page at `uri` shows whoever is asking.
pub async fn preload(request: &RequestContext, uri: &Uri) -> PageData {
    let session = Session::of(request);
    let Some(asker) = request.asker.clone() else { return PageData { session, ..PageData::default() } };
    let user = asker.viewer.id;
    let place = Place::of(uri.path());
    let (content, list) = futures::join!(content(request, &asker, place, uri), list(request, user, place));
    PageData { session, list, content, refused: refused_form(uri, place) }
}

async fn content(request: &RequestContext, asker: &Asker, place: Place, uri: &Uri) -> Content {
    match place {
        Place::NewChat => Content::NewChat,
        Place::Conversation(id) => match chat::open(request, asker.viewer.id, id).await {
            Ok(opened) => Content::Conversation(opened),
            Err(error) => Content::NotShown(request.fail(error)),
        },
        Place::NoConversation => Content::NotShown(missing::error()),
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
) -> Option<Result<model::ConversationPage, AppError>> {
    if matches!(place, Place::Sheet | Place::Missing) {
        return None;
    }
    let list = request.services.conversations.list(user, None).await;
    Some(list.map_err(|error| request.fail(error)))
}

/// Why a plain form was refused, if the page is the answer to one.
fn refused_form(uri: &Uri, place: Place) -> Option<AppError> {
    let parameter = |name: &str| {
        let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.replace("%3D", "="))
    };
    let path = parameter("__path")?.replace("%2F", "/");
    path.starts_with("/fn/").then_some(())?;
    parameter("__err").map(|error| in_our_words(&ServerFnUrlError::<AppError>::decode_err(&error).0, place))
}

/// An address can be written by anybody and sent to anybody: of the error in it only what we could have said is
/// shown, so that no link puts somebody else's words on our page.
fn in_our_words(fault: &Fault, place: Place) -> AppError {
    use QuestionRejected::{Empty, TooLong, Unprintable};
    let ours = [Empty, TooLong, Unprintable].map(QuestionRejected::message);
    let message = ours.into_iter().find(|message| *message == fault.message);
    let otherwise = || match place {
        Place::Sheet => "That could not be done. Try again in a moment.".to_owned(),
        _ => "Your question could not be sent. It is kept if you go back; try again in a moment.".to_owned(),
    };
    let is_id = |c: char| c.is_ascii_hexdigit() || c == '-';
    let id = &fault.correlation_id;
    let correlation_id = if id.len() <= 14 && id.chars().all(is_id) { id.clone() } else { String::new() };
    AppError(Fault { kind: fault.kind, message: message.unwrap_or_else(otherwise), correlation_id })
}

impl PageData {
    /// The error that gives the page its status.
    pub(crate) fn error(&self) -> Option<AppError> {
        match &self.content {
            Content::NotShown(error) => Some(error.clone()),
            Content::Missing => Some(missing::error()),
            content if content.kind() == Kind::Chat => self.list.clone()?.err(),
            _ => None,
        }
    }
}
