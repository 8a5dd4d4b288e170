//! "My access": who one is to the app, what one may do and why, where one is signed in.

use model::{Group, UserRole};
use services::people::{Because, Granted, Profile, RecordedSignIn, StoredSession};
use texts::Language;
use uuid::Uuid;

use super::{
    Sheet,
    api::{AUTOMATIC, read_profile},
    device::device,
    parts::{deed, fact, maybe, moment, nothing, section, table, text},
    usage::own_usage,
};
use crate::{
    AppError,
    context::{Asker, RequestContext},
    html::{Element, el},
};

/// The sheet at `/profile`.
pub(crate) async fn profile(request: &RequestContext, asker: &Asker) -> Result<Sheet, AppError> {
    let profile = read_profile(request, asker.viewer.id).await.map_err(|error| request.fail(error))?;
    let usage = own_usage(request, asker.viewer.id).await?;
    Ok(texts::in_language(request.language, || written(request, asker, &profile, usage.of_one())))
}

fn written(request: &RequestContext, asker: &Asker, profile: &Profile, usage: Element) -> Sheet {
    let body = el("div")
        .class("sheet")
        .child(person(asker, profile))
        .child(facts(asker, profile))
        .child(language(request, profile))
        .child(usage)
        .child(roles(&profile.roles, asker.viewer.audits()))
        .child(sessions(&profile.sessions, asker.session))
        .child(sign_ins(&profile.sign_ins))
        .child(groups(&profile.details.groups));
    Sheet { title: texts::PROFILE.into(), body }
}

fn person(asker: &Asker, profile: &Profile) -> Element {
    let face = el("img")
        .class("face")
        .attr("src", format!("/api/photo/{}", asker.viewer.id))
        .attr("alt", texts::PHOTO_OF.about(&asker.viewer.name))
        .attr("width", "96")
        .attr("height", "96");
    let name = el("div")
        .child(el("h1").child(profile.details.display_name.clone()))
        .children(profile.details.job_title.iter().map(|title| el("p").child(title.clone())));
    el("header").class("person").child(face).child(name).child(deed("/fn/refresh_profile", texts::P_REFRESH, "", &[]))
}

fn facts(asker: &Asker, profile: &Profile) -> Element {
    let details = &profile.details;
    let known = [
        (texts::P_MAIL, &details.email),
        (texts::P_USERNAME, &details.username),
        (texts::P_DEPARTMENT, &details.department),
        (texts::P_PREFERRED_LANGUAGE, &details.preferred_language),
    ];
    let known = known.into_iter().filter_map(|(term, value)| {
        let value = value.clone().filter(|value| !value.is_empty())?;
        Some(fact(term, el("dd").child(value)))
    });
    let ends = el("time").attr("datetime", asker.expires_at.to_string()).attr("data-full", "");
    let ends = ends.child(crate::clock::date_and_time(&asker.expires_at));
    el("dl")
        .class("facts")
        .children(known)
        .child(fact(texts::P_SYNCED, el("dd").child(moment(details.synced_at))))
        .child(fact(texts::P_SESSION_ENDS, el("dd").child(ends)))
}

/// Which language to be spoken to in. The page's code changes it at once; without it there is a button.
fn language(request: &RequestContext, profile: &Profile) -> Element {
    let chosen = profile.details.language.as_deref().and_then(Language::of_tag);
    let option = |value: &'static str, label: String, is_chosen: bool| {
        el("option").attr("value", value).maybe("selected", is_chosen.then_some("")).child(label)
    };
    let in_directory = profile.details.preferred_language.as_deref().and_then(Language::of_tag);
    let otherwise = match in_directory {
        Some(language) => texts::P_LANGUAGE_OF_PROFILE.about(language.own_name()),
        None => texts::P_LANGUAGE_OF_BROWSER.about(request.browser_language.unwrap_or_default().own_name()),
    };
    let languages = Language::ALL.map(|one| {
        // Their names are those of their own languages, for screen readers, too.
        option(one.tag(), one.own_name().to_owned(), chosen == Some(one)).attr("lang", one.tag())
    });
    let select = el("select")
        .class("outlined")
        .attr("name", "language")
        .attr("aria-label", texts::LANGUAGE)
        .child(option(AUTOMATIC, otherwise, chosen.is_none()))
        .children(languages);
    let form = el("form").class("language").attr("action", "/fn/language").attr("method", "post").child(select);
    let button = el("button").class("outlined without-script").child(texts::P_LANGUAGE_SAVE);
    section(texts::LANGUAGE, None).child(form.child(button))
}

fn roles(roles: &[Granted], audits: bool) -> Element {
    let items = roles.iter().map(|granted| {
        let why = match &granted.because {
            Because::Everybody => texts::P_ROLE_EVERYBODY.into(),
            Because::Group(group) => texts::P_ROLE_GROUP.about(group.name.as_ref().unwrap_or(&group.id)),
            Because::AppRole(name) => texts::P_ROLE_APP.about(name),
        };
        el("li").child(el("b").child(role_name(&granted.role))).child(" ").child(el("span").child(why))
    });
    let section = section(texts::P_ROLES, None).class("roles").child(el("ul").children(items));
    if audits {
        let link = el("a").class("strong").attr("href", "/admin").attr("rel", "external").child(texts::ADMINISTRATION);
        section.child(el("p").child(link))
    } else {
        section
    }
}

/// What people call a role.
pub(super) fn role_name(role: &UserRole) -> String {
    match role {
        UserRole::User => texts::P_ROLE_USER.into(),
        UserRole::Auditor => texts::P_ROLE_AUDITOR.into(),
        UserRole::Admin => texts::P_ROLE_ADMIN.into(),
        UserRole::Other(name) => name.clone(),
    }
}

fn sessions(sessions: &[StoredSession], this: Uuid) -> Element {
    let items = sessions.iter().map(|session| {
        let name = device(session.user_agent.as_deref());
        let network = session.network.as_deref().unwrap_or_else(|| texts::P_UNKNOWN_NETWORK.text());
        let about = el("div").child(el("b").child(name.clone())).child(
            el("small")
                .child(texts::P_SESSION_PLACE.about(network))
                .child(moment(session.created_at))
                .child(texts::P_SESSION_SEEN)
                .child(moment(session.last_seen_at)),
        );
        let item = el("li").child(about);
        if session.public_id == this {
            item.child(el("span").class("mark").child(texts::P_THIS_SESSION))
        } else {
            item.child(deed("/fn/end_session", texts::P_END, &name, &[("session", session.public_id.to_string())]))
        }
    });
    let section = section(texts::P_SESSIONS, Some(sessions.len())).class("sessions").child(el("ul").children(items));
    if sessions.len() > 1 {
        section.child(deed("/fn/end_other_sessions", texts::P_END_OTHERS, "", &[]))
    } else {
        section
    }
}

fn sign_ins(sign_ins: &[RecordedSignIn]) -> Element {
    let section = section(texts::P_RECENT_SIGN_INS, None).class("sign-ins");
    if sign_ins.is_empty() {
        return section.child(nothing(texts::P_NONE_YET));
    }
    let rows = sign_ins.iter().map(|sign_in| {
        let event = &sign_in.event;
        vec![
            moment(sign_in.at),
            text(outcome(&event.outcome)),
            text(device(event.user_agent.as_deref())),
            maybe(event.network.as_ref()),
        ]
    });
    section.child(table(
        texts::P_RECENT_SIGN_INS,
        &[texts::P_WHEN, texts::P_WHAT_HAPPENED, texts::P_DEVICE, texts::P_NETWORK],
        rows,
    ))
}

/// An outcome in the trail, for people.
pub(super) fn outcome(name: &str) -> String {
    match name {
        "success" => texts::OUTCOME_SUCCESS,
        "not_allowed" => texts::OUTCOME_NOT_ALLOWED,
        "cancelled" => texts::OUTCOME_CANCELLED,
        "refused" => texts::OUTCOME_REFUSED,
        "unverified" => texts::OUTCOME_UNVERIFIED,
        "replayed" => texts::OUTCOME_REPLAYED,
        "directory" => texts::OUTCOME_DIRECTORY,
        "provider_unreachable" | "credential" => texts::OUTCOME_UNREACHABLE,
        "database" => texts::OUTCOME_DATABASE,
        other => return other.to_owned(),
    }
    .into()
}

fn groups(groups: &[Group]) -> Element {
    let items = groups.iter().map(|Group { id, name }| match name {
        Some(name) => el("li").attr("title", id.clone()).child(name.clone()),
        None => el("li").child(el("code").child(id.clone())),
    });
    let section = section(texts::P_GROUPS, Some(groups.len())).class("groups");
    if groups.is_empty() {
        return section.child(nothing(texts::P_NO_GROUPS));
    }
    section.child(el("ul").children(items))
}
