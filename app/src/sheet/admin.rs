//! Administration: who uses the app, how much, what they think of answers, and who signs in. Nothing of what people ask or
//! are told is here.

use http::Uri;
use model::{UserRole, Viewer};
use services::{
    library::Rated,
    metering::Report,
    people::{ListedUser, RecordedSignIn},
};

use super::{
    Sheet,
    device::device,
    parts::{grave_deed, maybe, moment, nothing, section, table, text},
    profile::{outcome, role_name},
    usage::{all_usage, of_all},
};
use crate::{
    AppError,
    context::RequestContext,
    html::{Element, el},
};

const PEOPLE_SHOWN: i64 = 100;
const SIGN_INS_SHOWN: i64 = 200;

/// The sheet at `/admin`, for those whom [`Viewer::audits`] names. `?q=` looks for people.
pub(crate) async fn admin(request: &RequestContext, viewer: &Viewer, uri: &Uri) -> Result<Sheet, AppError> {
    let query = query(uri);
    let people = &request.services.people;
    let found = futures::try_join!(people.search(&query, PEOPLE_SHOWN), people.sign_ins(None, SIGN_INS_SHOWN));
    let (users, sign_ins) = found.map_err(|error| request.fail(error))?;
    let usage = all_usage(request).await?;
    // What somebody says on an answer is for those who look after the models.
    let ratings = if viewer.is(&UserRole::Admin) {
        Some(request.services.library.ratings().await.map_err(|error| request.fail(error))?)
    } else {
        None
    };
    Ok(texts::in_language(request.language, || written(viewer, &query, &users, &usage, ratings.as_deref(), &sign_ins)))
}

fn written(
    viewer: &Viewer,
    query: &str,
    users: &[ListedUser],
    usage: &Report,
    ratings: Option<&[Rated]>,
    sign_ins: &[RecordedSignIn],
) -> Sheet {
    let body = el("div")
        .class("sheet wide")
        .child(el("header").class("person").child(el("h1").child(texts::ADMINISTRATION)))
        .child(users_section(users, query, viewer.is(&UserRole::Admin)))
        .child(of_all(usage))
        .children(ratings.map(ratings_section))
        .child(sign_ins_section(sign_ins));
    Sheet { title: texts::ADMINISTRATION.into(), body }
}

fn query(uri: &Uri) -> String {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let query = pairs.into_iter().find(|(name, _)| name == "q").map(|(_, value)| value.trim().to_owned());
    query.unwrap_or_default().chars().filter(|c| !c.is_control()).take(100).collect()
}

fn users_section(users: &[ListedUser], query: &str, may_end: bool) -> Element {
    let field = el("input")
        .attr("type", "search")
        .attr("name", "q")
        .attr("value", query.to_owned())
        .attr("aria-label", texts::A_SEARCH_PEOPLE)
        .attr("placeholder", texts::A_SEARCH_HINT);
    let search = el("form")
        .class("search")
        .attr("action", "/admin")
        .attr("role", "search")
        .child(field)
        .child(el("button").class("outlined").child(texts::A_SEARCH));
    let section = section(texts::A_PEOPLE, None).class("people").child(search);
    if users.is_empty() {
        return section.child(nothing(texts::A_NOBODY));
    }
    let rows = users.iter().map(|user| {
        let roles: Vec<String> = user.roles.iter().map(|role| role_name(&UserRole::from(role.clone()))).collect();
        let id = user.id.to_string();
        let end = if may_end && user.session_count > 0 {
            let hint = texts::A_END_ALL_WHAT.about(&user.display_name);
            let asked = (format!("end-{id}"), texts::A_END_ALL, hint);
            grave_deed(asked, "/fn/revoke_sessions", &user.display_name, &[("user", id)])
        } else {
            text("")
        };
        vec![
            el("b").child(user.display_name.clone()),
            maybe(user.username.as_ref().or(user.email.as_ref())),
            maybe(user.department.as_ref()),
            text(roles.join(", ")),
            text(user.session_count.to_string()),
            user.last_seen_at.map_or_else(|| text("–"), moment),
            end,
        ]
    });
    let headings = [
        texts::A_NAME,
        texts::A_ACCOUNT,
        texts::P_DEPARTMENT,
        texts::P_ROLES,
        texts::P_SESSIONS,
        texts::A_LAST_SEEN,
        texts::A_WHAT_TO_DO,
    ];
    section.child(table(texts::A_PEOPLE, &headings, rows))
}

fn ratings_section(ratings: &[Rated]) -> Element {
    let section = section(texts::A_RATINGS, None).class("ratings");
    if ratings.is_empty() {
        return section.child(nothing(texts::A_NO_RATINGS));
    }
    let rows = ratings.iter().map(|rated| {
        vec![
            moment(rated.at),
            text(rated.by.clone()),
            maybe(rated.model.as_ref()),
            text(if rated.good { texts::A_GOOD } else { texts::A_BAD }),
            maybe(rated.comment.as_ref()),
        ]
    });
    section.child(table(
        texts::A_RATINGS,
        &[texts::P_WHEN, texts::A_WHO, texts::MODEL, texts::A_RATING, texts::A_COMMENT],
        rows,
    ))
}

fn sign_ins_section(sign_ins: &[RecordedSignIn]) -> Element {
    let section = section(texts::A_SIGN_INS, None).class("sign-ins");
    let rows = sign_ins.iter().map(|sign_in| {
        let event = &sign_in.event;
        let outcome = match &event.code {
            Some(code) => format!("{} ({code})", outcome(&event.outcome)),
            None => outcome(&event.outcome),
        };
        vec![
            moment(sign_in.at),
            maybe(sign_in.who.as_ref()),
            text(outcome),
            text(event.method.clone()),
            text(device(event.user_agent.as_deref())),
            maybe(event.network.as_ref()),
            el("code").child(event.correlation_id.clone()),
        ]
    });
    let headings = [
        texts::P_WHEN,
        texts::A_WHO,
        texts::P_WHAT_HAPPENED,
        texts::A_HOW,
        texts::P_DEVICE,
        texts::P_NETWORK,
        texts::N_REFERENCE,
    ];
    section.child(table(texts::A_SIGN_INS, &headings, rows))
}
