//! An open conversation: its title, its log, and the box to go on asking.

use futures::future::AbortHandle;
use model::{AskReceipt, ConversationId, Message, MessageId};
use reactive_graph::{callback::Callback, owner::on_cleanup};

use super::{
    composer::{Subject, composer},
    follow::follow,
    list::{Conversations, IDLE},
    log::{Turn, log, streaming},
    open::OpenConversation,
    page::{Announcer, bar},
    scroll::Scroll,
};
use crate::{
    fetch,
    html::{Part, effect, live},
    page::Page,
    signal::Signal,
    task::run,
};

/// What an open conversation's parts share.
#[derive(Clone, Copy)]
pub struct Talk {
    pub page: Page,
    pub list: Conversations,
    pub announcer: Announcer,
    pub turns: Signal<Vec<Turn>>,
    /// The question that is being changed in the box.
    pub editing: Signal<Option<MessageId>>,
    /// Of what is shown; what is newer was changed elsewhere.
    pub revision: Signal<i64>,
    /// Takes a reply that goes on.
    pub resumed: Callback<Message>,
}

/// A conversation that was found.
pub fn conversation(opened: OpenConversation) -> Vec<Part> {
    let OpenConversation { id, title, revision, temporary, context_tokens, draft, finished, live: under_way } = opened;
    let first = under_way.as_ref().map(from);
    let turns = Signal::new(under_way.map(Turn::reply).into_iter().collect::<Vec<_>>());
    let revision = Signal::new(revision);
    let scroll = Scroll::new();
    let (page, list, announcer) = (Page::here(), Conversations::of_page(), Announcer::of_page());

    // Replies are followed until their end, or until the conversation is left.
    let followed = Signal::new(Vec::<AbortHandle>::new());
    // Everybody who looks at a reply counts its end as one change.
    let ended = Callback::new(move |()| _ = revision.update(|revision| *revision += 1));
    let start = move |(reply, after): (MessageId, i32)| {
        followed.update(|followed| followed.push(follow(turns, reply, after, announcer, ended)));
    };
    effect(move || {
        if let Some(first) = first {
            start(first);
        }
    });
    on_cleanup(move || {
        followed.update(|followed| followed.iter().for_each(AbortHandle::abort));
    });

    let asked = Callback::new(move |receipt: AskReceipt| {
        if !temporary {
            list.asked(&receipt);
        }
        revision.set(receipt.revision);
        let reply = from(&receipt.reply);
        turns.update(|turns| turns.extend([Turn::question(&receipt.question), Turn::reply(receipt.reply)]));
        start(reply);
        scroll.to_end();
    });
    let resumed = Callback::new(move |reply: Message| {
        let going_on = from(&reply);
        revision.update(|revision| *revision += 1);
        turns.update(|turns| {
            turns.retain(|turn| turn.as_reply().is_none_or(|known| known.message.id != reply.id));
            turns.push(Turn::reply(reply));
        });
        start(going_on);
        scroll.to_end();
    });
    let talk = Talk { page, list, announcer, turns, editing: Signal::new(None), revision, resumed };
    effect(move || talk.catch_up(id));

    let subject = Subject { conversation: Some(id), draft, temporary, context_tokens };
    let named = move || list.find(id, |one| one.title.clone()).unwrap_or_else(|| title.clone());
    vec![
        live(move || bar(Some(&named()), temporary)),
        log(finished, talk, scroll).into(),
        composer(subject, turns, talk.editing, asked).into(),
    ]
}

impl Talk {
    /// Reads the conversation again if it was changed elsewhere. A reply that is being written here comes first.
    fn catch_up(self, id: ConversationId) {
        let newest = self.list.find(id, |one| one.revision);
        let shown = self.revision.get();
        if self.turns.with(|turns| streaming(turns)).is_some() || newest.is_none_or(|newest| newest <= shown) {
            return;
        }
        run(async move {
            let id = id.to_string();
            let read = fetch::get::<model::Conversation>("conversation", &[("id", Some(&id)), IDLE]).await;
            if let Ok(conversation) = read
                && self.revision.try_get_untracked().is_some_and(|shown| conversation.revision > shown)
            {
                self.page.renew(conversation);
            }
        });
    }
}

/// A reply, and the last of its events that it has already.
fn from(reply: &Message) -> (MessageId, i32) {
    (reply.id, reply.last_event)
}
