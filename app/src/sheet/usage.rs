//! What answers used and cost: one's own on the profile, everybody's in the administration.

use model::UserId;
use services::metering::{Allowance, Measure, Report, Share, Totals, UserUsage, money};
use texts::{Text, number};

use super::parts::{nothing, section, table, text};
use crate::{
    AppError,
    clock::day_of,
    context::RequestContext,
    html::{Element, el},
};

const DAYS: u16 = 30;
const PEOPLE_SHOWN: usize = 10;
/// The picture's own units; the style sheet gives it its size.
const HEIGHT: u64 = 100;
const COLUMN: u64 = 10;

/// What somebody used, and what is left of their quotas.
pub(super) struct Own(UserUsage, Vec<Allowance>);

/// What `owner` used, and what is left of their quotas.
pub(super) async fn own_usage(request: &RequestContext, owner: UserId) -> Result<Own, AppError> {
    let metering = &request.services.metering;
    let found = futures::try_join!(metering.of(owner), metering.allowances(owner));
    let (usage, allowances) = found.map_err(|error| request.fail(error))?;
    Ok(Own(usage, allowances))
}

impl Own {
    pub(super) fn of_one(&self) -> Element {
        of_one(&self.0, &self.1)
    }
}

/// What everybody used lately.
pub(super) async fn all_usage(request: &RequestContext) -> Result<Report, AppError> {
    let report = request.services.metering.report(DAYS, PEOPLE_SHOWN).await.map_err(|error| request.fail(error))?;
    Ok(report)
}

fn of_one(usage: &UserUsage, allowances: &[Allowance]) -> Element {
    let section = section(texts::U_USAGE, None).class("usage");
    let section = if usage.month == Totals::default() {
        section.child(nothing(texts::U_NOTHING_ASKED))
    } else {
        let rows = [(texts::TODAY, &usage.today), (texts::U_THIS_MONTH, &usage.month)];
        let rows = rows.into_iter().map(|(when, totals)| row(el("b").child(when), totals));
        section.child(table(texts::U_USAGE, &columns(texts::P_WHEN), rows))
    };
    if allowances.is_empty() {
        return section;
    }
    section.child(el("ul").class("quotas").children(allowances.iter().map(quota)))
}

/// A quota as a bar, and in words for those who do not see it.
fn quota(allowance: &Allowance) -> Element {
    let Allowance { used, limit, .. } = allowance;
    let amount = |micros: u64, currency: &str| money(i64::try_from(micros).unwrap_or(i64::MAX), currency);
    let (label, words, renews) = match &allowance.measure {
        Measure::Requests => (texts::U_REQUESTS, texts::u_of(&number(*used), &number(*limit)), texts::U_REQUESTS_RENEW),
        Measure::Tokens => (texts::U_TOKENS_TODAY, texts::u_of(&number(*used), &number(*limit)), texts::U_TOKENS_RENEW),
        Measure::Money(currency) => (
            texts::U_COST_THIS_MONTH,
            texts::u_of(&amount(*used, currency), &amount(*limit, currency)),
            texts::U_COST_RENEWS,
        ),
    };
    let meter = el("meter")
        .attr("min", "0")
        .attr("max", (*limit).max(1).to_string())
        .attr("high", (limit / 10 * 9).to_string())
        .attr("value", (*used).min((*limit).max(1)).to_string())
        .attr("aria-label", label)
        .child(words.clone());
    let state = if allowance.is_used_up() { texts::U_USED_UP.about(&words) } else { words };
    el("li").child(el("b").child(label)).child(meter).child(el("span").child(state)).child(el("small").child(renews))
}

pub(super) fn of_all(report: &Report) -> Element {
    let section = section(texts::U_LAST_30_DAYS, None).class("usage");
    if report.models.is_empty() {
        return section.child(nothing(texts::U_NOBODY));
    }
    let used = report.days.iter().rev().filter(|(_, totals)| totals.answers > 0);
    let days = used.map(|(day, totals)| row(text(day_of(*day)), totals));
    section
        .child(el("h3").child(texts::U_BY_DAY))
        .child(picture(report))
        .child(table(texts::U_USAGE_BY_DAY, &columns(texts::U_DAY), days))
        .child(shares(texts::U_BY_MODEL, texts::U_USAGE_BY_MODEL, texts::MODEL, &report.models))
        .child(shares(texts::U_BY_DEPARTMENT, texts::U_USAGE_BY_DEPARTMENT, texts::P_DEPARTMENT, &report.departments))
        .child(shares(texts::U_MOST, texts::U_USAGE_BY_PERSON, texts::A_NAME, &report.people))
}

fn shares(heading: Text, label: Text, what: Text, shares: &[Share]) -> Element {
    let rows = shares.iter().map(|share| {
        let name = share.name.clone().unwrap_or_else(|| texts::U_NOT_KNOWN.into());
        row(el("b").child(name), &share.totals)
    });
    el("div").child(el("h3").child(heading)).child(table(label, &columns(what), rows))
}

fn columns(first: Text) -> [Text; 4] {
    [first, texts::U_ANSWERS, texts::U_TOKENS, texts::U_COST]
}

fn row(name: Element, totals: &Totals) -> Vec<Element> {
    let costs = totals.costs.iter().map(|(currency, micros)| money(*micros, currency));
    let costs: Vec<String> = costs.collect();
    let costs = if costs.is_empty() { "–".to_owned() } else { costs.join(", ") };
    vec![name, text(number(totals.answers)), text(number(totals.tokens())), text(costs)]
}

/// A column for each day, with the highest one's tokens and the first and the last day. The table below says the same in
/// numbers.
fn picture(report: &Report) -> Element {
    let most = report.days.iter().map(|(_, totals)| totals.tokens()).max().unwrap_or_default().max(1);
    let columns = report.days.iter().zip(0_u64..).map(|((day, totals), n)| {
        // Something is more than nothing, however little.
        let height = (totals.tokens() * HEIGHT / most).max(u64::from(totals.tokens() > 0));
        el("rect")
            .attr("x", (n * COLUMN).to_string())
            .attr("y", (HEIGHT - height).to_string())
            .attr("width", (COLUMN - 2).to_string())
            .attr("height", height.to_string())
            .child(el("title").child(texts::u_tokens_on(&day_of(*day), &number(totals.tokens()))))
    });
    let label = texts::U_PICTURE.about(&number(most));
    let picture = el("svg")
        .class("per-day")
        .attr("viewBox", format!("0 0 {} {HEIGHT}", report.days.len() as u64 * COLUMN))
        .attr("preserveAspectRatio", "none")
        .attr("role", "img")
        .attr("aria-label", label)
        .children(columns);
    // What the picture is measured in; to those who do not see it, its name says so.
    let words = |words: Vec<String>| {
        el("p").attr("aria-hidden", "true").children(words.into_iter().map(|word| el("span").child(word)))
    };
    let ends = [report.days.first(), report.days.last()].into_iter().flatten();
    el("figure")
        .child(words(vec![texts::U_TOKENS_AT_MOST.about(&number(most))]))
        .child(picture)
        .child(words(ends.map(|(day, _)| day_of(*day)).collect()))
}
