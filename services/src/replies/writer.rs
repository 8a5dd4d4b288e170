//! Writing a reply: the model's stream becomes numbered events, whoever reads them or not.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use model::{Ending, Notice, NoticeKind, ReplyEvent, UserId};
use sqlx::PgPool;
use texts::{Language, Text};
use tokio::{sync::watch, time::sleep};

use super::{
    exchange::Exchange,
    journal::{Journal, Outcome},
    log::OpenLog,
};
use crate::{
    completions::{Chunk, Completions, Failure, FailureKind, Finish, Turn, in_categories},
    error::Error,
    hub::{Hub, Topic},
    metering::{Metered, Metering},
    store::replies,
};

/// What a reply gets to finish after the server was told to stop.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(10);

/// What to ask.
pub(crate) struct Request {
    /// The person asking.
    pub(crate) owner: UserId,
    pub(crate) model: String,
    pub(crate) turns: Vec<Turn>,
    /// Their pseudonym.
    pub(crate) user: String,
    /// Theirs, for what they are told beside the answer.
    pub(crate) language: Language,
}

/// Writes one reply.
pub(super) struct Writer {
    pub(super) pool: PgPool,
    pub(super) hub: Arc<Hub>,
    pub(super) journal: Arc<Journal>,
    pub(super) log: Arc<OpenLog>,
    pub(super) metering: Arc<Metering>,
    pub(super) language: Language,
    pub(super) correlation_id: String,
}

/// How the model's stream went.
struct Told {
    ending: Ending,
    notice: Option<Notice>,
}

impl Writer {
    /// Asks the model and writes until the reply has ended one way or another; `None` when that is left to another
    /// server.
    pub(super) async fn write(
        &self,
        completions: &Completions,
        request: Request,
        shutdown: watch::Receiver<bool>,
    ) -> Option<Ending> {
        // What is done once is kept apart from what goes on for as long as the answer: there are thousands of them.
        let mut exchange = match Box::pin(Exchange::of(request, &self.metering, self.log.text().len())).await {
            Ok(exchange) => exchange,
            Err(error) => {
                tracing::error!(correlation_id = self.correlation_id, %error, "a conversation cannot be made to fit");
                return Some(Box::pin(self.give_up()).await);
            }
        };
        let trimmed = exchange.fitted.trimmed.then(|| self.tell_trimmed(&exchange));
        let (told, halved) = self.converse(completions, &mut exchange, shutdown).await;
        let Some(Told { ending, notice }) = told else {
            tracing::warn!(reply = %self.log.reply, "this reply is not ours any more; writing stops");
            self.journal.let_go(&self.log);
            return None;
        };
        // What was left out matters as long as there is nothing worse to say.
        let standing = halved.or(trimmed).filter(|_| matches!(ending, Ending::Finished | Ending::Stopped));
        let text = self.log.text();
        let metered = self.known(Box::pin(exchange.metered(&self.metering, ending, &text)).await);
        Box::pin(self.journal.end(&self.log, Outcome { ending, notice, standing, metered })).await;
        Some(ending)
    }

    /// Ends the reply after a fault in this program.
    pub(super) async fn give_up(&self) -> Ending {
        let notice = Some(self.notice(NoticeKind::Interrupted, || texts::NOTICE_FAULT.into()));
        let metered = self.known(self.metering.of_lost(self.log.reply, self.log.text()).await);
        self.journal.end(&self.log, Outcome { ending: Ending::Interrupted, notice, standing: None, metered }).await;
        Ending::Interrupted
    }

    /// What a reply used, if that could be found out.
    fn known(&self, metered: Result<Option<Metered>, Error>) -> Option<Metered> {
        metered.unwrap_or_else(|error| {
            tracing::error!(correlation_id = self.correlation_id, reply = %self.log.reply, %error, "a reply is not metered");
            None
        })
    }

    fn tell_trimmed(&self, exchange: &Exchange) -> Notice {
        let notice = self.notice(NoticeKind::Trimmed, || exchange.fitted.notice());
        self.journal.add(&self.log, ReplyEvent::Notice(Box::new(notice.clone())));
        notice
    }

    /// Asks, and once more with half of the conversation if the model finds it too long. What was told about that
    /// comes along.
    async fn converse(
        &self,
        completions: &Completions,
        exchange: &mut Exchange,
        shutdown: watch::Receiver<bool>,
    ) -> (Option<Told>, Option<Notice>) {
        let mut halved = None;
        loop {
            match self.listen(completions, exchange, shutdown.clone()).await {
                Ok(told) => return (told, halved),
                Err(failure) if failure.kind == FailureKind::TooLong && exchange.halve() => {
                    halved = Some(self.tell_trimmed(exchange));
                }
                Err(failure) => return (Some(self.failed(&failure)), halved),
            }
        }
    }

    /// Dropping the model's stream, which every way out of here does, aborts the request upstream. `None` when the
    /// reply is not ours any more.
    async fn listen(
        &self,
        completions: &Completions,
        exchange: &mut Exchange,
        shutdown: watch::Receiver<bool>,
    ) -> Result<Option<Told>, Failure> {
        let (model, user) = (&exchange.model, &exchange.user);
        let mut stream = std::pin::pin!(completions.stream(model, exchange.turns(), user, &self.correlation_id));
        // One future for all of it, made once: making them anew for each chunk would cost more than the chunk.
        let mut cut_short = std::pin::pin!(self.cut_short(shutdown));
        let (mut finish, mut retracted) = (None, None);
        loop {
            tokio::select! {
                chunk = stream.next() => match chunk {
                    Some(Ok(Chunk::Text(text))) => self.journal.say(&self.log, &text),
                    Some(Ok(Chunk::Answering(deployment))) => {
                        (exchange.deployment, exchange.is_with_model) = (Some(deployment), true);
                    }
                    Some(Ok(Chunk::Usage(reported))) => exchange.reported = Some(reported),
                    Some(Ok(Chunk::Finish(reason))) => finish = Some(reason),
                    Some(Ok(Chunk::Waiting(wait))) => {
                        let secs = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
                        self.journal.add(&self.log, ReplyEvent::Waiting(secs));
                        exchange.is_with_model = false;
                    }
                    Some(Ok(Chunk::Retracted(categories))) => {
                        let notice = self.retracted(&categories);
                        exchange.withdraw(&self.log.text());
                        self.journal.add(&self.log, ReplyEvent::Retracted(Box::new(notice.clone())));
                        retracted = Some(notice);
                    }
                    Some(Err(failure)) => return Err(failure),
                    None if retracted.is_some() => return Ok(Some(Told { ending: Ending::Filtered, notice: retracted })),
                    None => return Ok(Some(self.finished(finish))),
                },
                told = &mut cut_short => return Ok(told),
            }
        }
    }

    /// Returns when the reply is over before the model is done. `None` when it is not ours any more.
    async fn cut_short(&self, shutdown: watch::Receiver<bool>) -> Option<Told> {
        let mut stop_wanted = self.hub.subscribe(Topic::Stop(self.log.reply));
        let mut lost = std::pin::pin!(self.log.lost());
        let mut restarted = std::pin::pin!(out_of_grace(shutdown));
        loop {
            tokio::select! {
                Ok(()) = stop_wanted.changed() => {
                    match Box::pin(replies::stop_requested(&self.pool, self.log.reply, self.log.writer)).await {
                        Ok(Some(true)) => return Some(Told { ending: Ending::Stopped, notice: None }),
                        Ok(Some(false)) => {}
                        Ok(None) => return None,
                        // Asked again within a second, as long as somebody wants it stopped.
                        Err(error) => tracing::debug!(error = %error, "whether a reply is to be stopped is unknown"),
                    }
                }
                () = &mut lost => return None,
                () = &mut restarted => {
                    return Some(self.interrupted(texts::NOTICE_RESTARTED));
                }
            }
        }
    }

    fn finished(&self, finish: Option<Finish>) -> Told {
        match finish {
            // A tool that nobody has, or nothing at all.
            Some(Finish::Stop) if self.log.text().is_empty() => Told {
                ending: Ending::Failed,
                notice: Some(self.notice(NoticeKind::Failed, || texts::NOTICE_EMPTY.into())),
            },
            Some(Finish::Stop) => Told { ending: Ending::Finished, notice: None },
            Some(Finish::Length) => Told {
                ending: Ending::Finished,
                notice: Some(self.notice(NoticeKind::Length, || texts::NOTICE_LENGTH.into())),
            },
            Some(Finish::Filtered(categories)) => {
                let text = || texts::NOTICE_REST_FILTERED.about(&in_categories(&categories));
                Told { ending: Ending::Filtered, notice: Some(self.notice(NoticeKind::Filtered, text)) }
            }
            None => self.interrupted(texts::NOTICE_CONNECTION),
        }
    }

    fn interrupted(&self, why: Text) -> Told {
        Told { ending: Ending::Interrupted, notice: Some(self.notice(NoticeKind::Interrupted, || why.into())) }
    }

    fn retracted(&self, categories: &[String]) -> Notice {
        tracing::warn!(
            correlation_id = self.correlation_id,
            reply = %self.log.reply,
            categories = categories.join(","),
            "an answer was withdrawn after it was shown: the content filter objected"
        );
        self.notice(NoticeKind::Filtered, || texts::NOTICE_WITHDRAWN.about(&in_categories(categories)))
    }

    fn failed(&self, failure: &Failure) -> Told {
        tracing::warn!(
            correlation_id = self.correlation_id,
            reply = %self.log.reply,
            upstream_id = failure.upstream_id,
            status = failure.status,
            "the model did not answer: {failure}"
        );
        let (ending, kind, text) = texts::in_language(self.language, || failure.for_reader());
        Told { ending, notice: Some(self.notice(kind, || text)) }
    }

    fn notice(&self, kind: NoticeKind, text: impl FnOnce() -> String) -> Notice {
        let text = texts::in_language(self.language, text);
        Notice { kind, text, correlation_id: self.correlation_id.clone() }
    }
}

/// Completes when what is written has to end, some time after the server was told to stop.
pub(crate) async fn out_of_grace(mut shutdown: watch::Receiver<bool>) {
    // Without a sender nobody will ever say so.
    if shutdown.wait_for(|down| *down).await.is_err() {
        std::future::pending().await
    }
    sleep(SHUTDOWN_GRACE).await;
}
