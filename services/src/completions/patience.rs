//! How long one question goes on asking: which endpoint now, how long to wait, when to give up and with what.

use std::time::Duration;

use tokio::time::Instant;

use super::{Failure, FailureKind, breaker::Pass, failure::whole_secs, routing::Model};
use crate::clock;

/// How often one question asks one endpoint.
const MOST_TIMES: u32 = 4;
/// The reader looks at an empty answer meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const LONGEST_WAITS_TOGETHER: Duration = Duration::from_secs(45);
/// Endpoints that take minutes not to answer are not asked again after that.
const PATIENCE: Duration = Duration::from_secs(180);
/// Without a word of the service: doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Those that wait for the same moment come within this time.
const SPREAD: Duration = Duration::from_millis(250);
const NOT_ASKED: &str = "not asked: its endpoints are left alone for a while after what they said to earlier questions";

/// What one question has tried so far, and what is worth trying next.
pub(super) struct Patience<'a> {
    model: &'a Model,
    begun: Instant,
    tries: Vec<Tries>,
    /// How often all endpoints had been tried and it was time to wait.
    rounds: u32,
    waited: Duration,
}

#[derive(Default)]
struct Tries {
    times: u32,
    /// Not again before the next round.
    asked_this_round: bool,
    last: Option<Failure>,
}

/// What is next.
pub(super) enum Step<'a> {
    Ask(usize, Pass<'a>),
    Wait(Duration),
    GiveUp(Failure),
}

impl<'a> Patience<'a> {
    pub(super) fn new(model: &'a Model, now: Instant) -> Self {
        let tries = model.routes.iter().map(|_| Tries::default()).collect();
        Self { model, begun: now, tries, rounds: 0, waited: Duration::ZERO }
    }

    pub(super) fn next(&mut self, now: Instant) -> Step<'a> {
        let model = self.model;
        let in_time = now < self.begun + PATIENCE;
        let chosen =
            model.choose(now, |place| in_time && self.may_be_asked(place) && !self.tries[place].asked_this_round);
        if let Some((place, pass)) = chosen {
            self.tries[place].times += 1;
            self.tries[place].asked_this_round = true;
            return Step::Ask(place, pass);
        }
        let soonest = model.soonest(now, |place| in_time && self.may_be_asked(place) && !self.is_left_alone(place));
        let Some((place, free_in)) = soonest else { return Step::GiveUp(self.worst()) };
        let wait = not_all_at_once(free_in).max(self.backoff());
        if free_in > LONGEST_WAIT || self.waited + wait > LONGEST_WAITS_TOGETHER {
            return Step::GiveUp(self.too_long(place, free_in));
        }
        self.rounds += 1;
        self.waited += wait;
        self.tries.iter_mut().for_each(|tries| tries.asked_this_round = false);
        Step::Wait(wait)
    }

    /// An error when no endpoint would say anything else.
    pub(super) fn failed(&mut self, place: usize, failure: Failure) -> Result<(), Failure> {
        if !failure.kind.is_passing() && !failure.kind.is_the_endpoints() {
            return Err(failure);
        }
        self.tries[place].last = Some(failure);
        Ok(())
    }

    fn may_be_asked(&self, place: usize) -> bool {
        let tries = &self.tries[place];
        let refused = tries.last.as_ref().is_some_and(|failure| failure.kind.is_the_endpoints());
        tries.times < MOST_TIMES && !refused
    }

    /// Whether it refused the last questions in a way that a moment would not change.
    fn is_left_alone(&self, place: usize) -> bool {
        self.model.routes[place].breaker.why().is_some_and(|why| why.is_the_endpoints())
    }

    /// At least this long after everything was tried.
    fn backoff(&self) -> Duration {
        if self.tries.iter().all(|tries| !tries.asked_this_round) {
            return Duration::ZERO;
        }
        let doubled = FIRST_WAIT * (1 << self.rounds.min(4));
        doubled.mul_f64(1.0 - clock::random_fraction() / 4.0)
    }

    /// Which of the failures is the reader's: one that will pass, so that it is worth asking again.
    pub(super) fn worst(&mut self) -> Failure {
        let mut failures: Vec<Failure> = self.tries.iter_mut().filter_map(|tries| tries.last.take()).collect();
        if !failures.is_empty() {
            let passing = failures.iter().position(|failure| failure.kind.is_passing());
            return failures.swap_remove(passing.unwrap_or_default());
        }
        let why = self.model.routes.iter().find_map(|route| route.breaker.why());
        Failure::new(why.unwrap_or(FailureKind::Unreachable), NOT_ASKED)
    }

    /// The endpoint at `place` is free first, and that is too late.
    fn too_long(&mut self, place: usize, free_in: Duration) -> Failure {
        let why = self.model.routes[place].breaker.why();
        let kind = match why {
            Some(FailureKind::TooManyRequests(_)) => {
                // The service may want more than the endpoint is left alone for.
                let wanted = self.tries[place].last.as_ref().and_then(|failure| failure.retry_after);
                FailureKind::TooManyRequests(Some(whole_secs(wanted.unwrap_or_default().max(free_in))))
            }
            Some(kind) => kind,
            None => FailureKind::Unreachable,
        };
        match self.tries[place].last.take() {
            Some(failure) => failure.with_kind(kind),
            None => Failure::new(kind, NOT_ASKED),
        }
    }
}

/// A little later than `wait`, and differently for each question: those that wait for the same moment do not come at
/// once.
fn not_all_at_once(wait: Duration) -> Duration {
    if wait.is_zero() { wait } else { wait + SPREAD.mul_f64(clock::random_fraction()) }
}

#[cfg(test)]
mod tests {
    use super::{super::routing::tests::model, *};

    /// One question, and the time as it sees it.
    struct Question<'a>(Patience<'a>, Instant);

    impl<'a> Question<'a> {
        fn new(model: &'a Model) -> Self {
            let now = Instant::now();
            Self(Patience::new(model, now), now)
        }

        /// It is asked and fails; says where.
        fn fails(&mut self, kind: &FailureKind, retry_after: Option<u64>) -> usize {
            let Step::Ask(place, pass) = self.0.next(self.1) else { panic!("it is not asked") };
            let mut failure = Failure::new(kind.clone(), "");
            failure.retry_after = retry_after.map(Duration::from_secs);
            pass.refused(self.1, &failure);
            self.0.failed(place, failure).unwrap();
            place
        }

        fn waits(&mut self) -> u128 {
            let Step::Wait(wait) = self.0.next(self.1) else { panic!("it does not wait") };
            self.1 += wait;
            wait.as_millis()
        }

        fn gives_up(&mut self) -> FailureKind {
            let Step::GiveUp(failure) = self.0.next(self.1) else { panic!("it goes on") };
            failure.kind
        }
    }

    const AWAY: FailureKind = FailureKind::Unreachable;

    fn busy(secs: u64) -> FailureKind {
        FailureKind::TooManyRequests(Some(secs))
    }

    #[test]
    fn each_endpoint_is_asked_four_times_with_growing_waits_between() {
        let model = model(&[(0, 1), (1, 1)]);
        let mut question = Question::new(&model);
        for shortest in [375, 750, 1500] {
            assert_eq!([(); 2].map(|()| question.fails(&AWAY, None)), [0, 1]);
            let wait = question.waits();
            assert!((shortest..=shortest * 4 / 3).contains(&wait), "{wait}");
        }
        assert_eq!([(); 2].map(|()| question.fails(&AWAY, None)), [0, 1]);
        assert_eq!(question.gives_up(), AWAY);
        assert!(model.choose(question.1, |place| place == 0).is_some(), "one question does not open its breaker");
    }

    #[test]
    fn the_service_gets_the_time_it_asks_for_but_not_more_than_a_reader_has() {
        let model = model(&[(0, 1)]);
        let mut question = Question::new(&model);
        for _ in 0..2 {
            question.fails(&busy(19), Some(19));
            let wait = question.waits();
            assert!((19_000..19_300).contains(&wait), "{wait}");
        }
        question.fails(&busy(19), Some(19));
        assert_eq!(question.gives_up(), busy(19), "a third time would make more than 45 s");
    }

    #[test]
    fn a_longer_time_is_told_at_once_and_another_question_hears_it_without_asking() {
        let patient = model(&[(0, 1)]);
        let mut question = Question::new(&patient);
        question.fails(&busy(86_400), Some(86_400));
        assert_eq!(question.gives_up(), busy(86_400), "and not for how long the endpoint is left alone");
        let model = model(&[(0, 1)]);
        let mut question = Question::new(&model);
        question.fails(&busy(21), Some(21));
        assert_eq!(question.gives_up(), busy(21));
        assert_eq!(Question::new(&model).gives_up(), busy(21));
    }

    #[test]
    fn an_endpoint_that_is_left_alone_does_not_stand_in_the_way_of_another() {
        let model = model(&[(0, 1), (1, 1)]);
        Question::new(&model).fails(&busy(3600), Some(3600));
        let mut question = Question::new(&model);
        assert_eq!(question.fails(&AWAY, None), 1);
        question.waits();
        assert_eq!(question.fails(&AWAY, None), 1);
    }

    #[test]
    fn what_would_not_change_is_not_waited_for_and_what_passes_is_what_the_reader_hears() {
        let model = model(&[(0, 1), (1, 1)]);
        let mut question = Question::new(&model);
        question.fails(&FailureKind::NotAuthorised, None);
        question.fails(&FailureKind::NoSuchDeployment, None);
        assert_eq!(question.gives_up(), FailureKind::NotAuthorised, "the preferred endpoint's");
        let mut question = Question::new(&model);
        question.fails(&FailureKind::NotAuthorised, None);
        for _ in 0..3 {
            assert_eq!(question.fails(&AWAY, None), 1);
            question.waits();
        }
        question.fails(&AWAY, None);
        assert_eq!(question.gives_up(), AWAY);
    }

    #[test]
    fn while_a_refusing_endpoint_is_left_alone_the_reader_hears_what_it_said() {
        let model = model(&[(0, 1)]);
        (0..5).for_each(|_| _ = Question::new(&model).fails(&FailureKind::NotAuthorised, None));
        assert_eq!(Question::new(&model).gives_up(), FailureKind::NotAuthorised);
    }

    #[test]
    fn a_refusal_of_the_question_is_final_and_speaks_for_the_endpoint() {
        let model = model(&[(0, 1), (1, 1)]);
        let mut question = Question::new(&model);
        let Step::Ask(place, pass) = question.0.next(question.1) else { panic!("it is not asked") };
        let failure = Failure::new(FailureKind::Filtered(Vec::new()), "");
        pass.refused(question.1, &failure);
        assert!(question.0.failed(place, failure).is_err() && model.routes[place].breaker.why().is_none());
    }

    #[test]
    fn an_endpoint_that_takes_minutes_not_to_answer_is_not_asked_again() {
        let model = model(&[(0, 1)]);
        let mut question = Question::new(&model);
        question.fails(&AWAY, None);
        question.1 += PATIENCE;
        assert_eq!(question.gives_up(), AWAY);
    }
}
