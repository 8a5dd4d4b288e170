//! What answers used and cost: one's own on the profile, everybody's in the administration.

use model::UserId;
use services::metering::{Allowance, Measure, Report, Share, Totals, UserUsage, grouped, money};

use super::parts::{nothing, section, table, text};
use crate::{
    AppError,
    context::RequestContext,
    html::{Element, el},
};

const DAYS: u16 = 30;
const PEOPLE_SHOWN: usize = 10;
/// The picture's own units; the style sheet gives it its size.
const HEIGHT: u64 = 100;
const COLUMN: u64 = 10;

/// What `owner` used, and what is left of their quotas.
pub(super) async fn own_usage(request: &RequestContext, owner: UserId) -> Result<Element, AppError> {
    let metering = &request.services.metering;
    let found = futures::try_join!(metering.of(owner), metering.allowances(owner));
    let (usage, allowances) = found.map_err(|error| request.fail(error))?;
    Ok(of_one(&usage, &allowances))
}

/// What everybody used lately.
pub(super) async fn all_usage(request: &RequestContext) -> Result<Element, AppError> {
    let report = request.services.metering.report(DAYS, PEOPLE_SHOWN).await.map_err(|error| request.fail(error))?;
    Ok(of_all(&report))
}

fn of_one(usage: &UserUsage, allowances: &[Allowance]) -> Element {
    let section = section("Usage", None).class("usage");
    let section = if usage.month == Totals::default() {
        section.child(nothing("You have not asked anything this month."))
    } else {
        let rows = [("Today", &usage.today), ("This month", &usage.month)];
        let rows = rows.into_iter().map(|(when, totals)| row(el("b").child(when), totals));
        section.child(table("Usage", &["When", "Answers", "Tokens", "Cost"], rows))
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
        Measure::Requests => (
            "Questions within a minute",
            format!("{} of {}", grouped(*used), grouped(*limit)),
            "Each counts for a minute.",
        ),
        Measure::Tokens => {
            ("Tokens today", format!("{} of {}", grouped(*used), grouped(*limit)), "They renew at 00:00 UTC.")
        }
        Measure::Money(currency) => (
            "Cost this month",
            format!("{} of {}", amount(*used, currency), amount(*limit, currency)),
            "It renews on the first of the month at 00:00 UTC.",
        ),
    };
    let meter = el("meter")
        .attr("min", "0")
        .attr("max", (*limit).max(1).to_string())
        .attr("high", (limit / 10 * 9).to_string())
        .attr("value", (*used).min((*limit).max(1)).to_string())
        .attr("aria-label", label)
        .child(words.clone());
    let state = if allowance.is_used_up() { format!("{words}, used up") } else { words };
    el("li").child(el("b").child(label)).child(meter).child(el("span").child(state)).child(el("small").child(renews))
}

fn of_all(report: &Report) -> Element {
    let section = section("Usage in the last 30 days", None).class("usage");
    if report.models.is_empty() {
        return section.child(nothing("Nobody has asked anything."));
    }
    let used = report.days.iter().rev().filter(|(_, totals)| totals.answers > 0);
    let days = used.map(|(day, totals)| row(text(day.to_string()), totals));
    section
        .child(el("h3").child("By day"))
        .child(picture(report))
        .child(table("Usage by day", &["Day (UTC)", "Answers", "Tokens", "Cost"], days))
        .child(shares("By model", "Usage by model", "Model", &report.models))
        .child(shares("By department", "Usage by department", "Department", &report.departments))
        .child(shares("Who used most", "Usage by person", "Name", &report.people))
}

fn shares(heading: &'static str, label: &'static str, what: &'static str, shares: &[Share]) -> Element {
    let rows = shares.iter().map(|share| {
        let name = share.name.clone().unwrap_or_else(|| "Not known".to_owned());
        row(el("b").child(name), &share.totals)
    });
    el("div").child(el("h3").child(heading)).child(table(label, &[what, "Answers", "Tokens", "Cost"], rows))
}

fn row(name: Element, totals: &Totals) -> Vec<Element> {
    let costs = totals.costs.iter().map(|(currency, micros)| money(*micros, currency));
    let costs: Vec<String> = costs.collect();
    let costs = if costs.is_empty() { "–".to_owned() } else { costs.join(", ") };
    vec![name, text(grouped(totals.answers)), text(grouped(totals.tokens())), text(costs)]
}

/// A column for each day. The table below says the same in numbers.
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
            .child(el("title").child(format!("{day}: {} tokens", grouped(totals.tokens()))))
    });
    let label = format!("Tokens by day. The most on one day were {}.", grouped(most));
    el("svg")
        .class("per-day")
        .attr("viewBox", format!("0 0 {} {HEIGHT}", report.days.len() as u64 * COLUMN))
        .attr("preserveAspectRatio", "none")
        .attr("role", "img")
        .attr("aria-label", label)
        .children(columns)
}
