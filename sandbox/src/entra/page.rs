//! The provider's own pages: plain HTML forms that work without JavaScript.

use super::request::AuthorizeRequest;
use crate::http::escape_html;
use crate::personas::Persona;

const STYLE: &str = include_str!("../../assets/pages.css");

/// Shared frame of all pages, the index of the sandbox included.
pub fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"data:,\">\
         <title>{}</title><style>{STYLE}</style></head><body>{body}</body></html>",
        escape_html(title)
    )
}

fn card(title: &str, content: &str) -> String {
    let body =
        format!("<main class=\"card\"><p class=\"brand\">Linden Bank <span>test directory</span></p>{content}</main>");
    document(title, &body)
}

/// Everyone of the directory, one button each.
pub fn picker(request: &AuthorizeRequest, personas: &[Persona], message: Option<&str>) -> String {
    let notice = message
        .map_or_else(String::new, |text| format!("<p class=\"notice\" role=\"alert\">{}</p>", escape_html(text)));
    let people: String = personas
        .iter()
        .enumerate()
        .map(|(index, persona)| person(index, persona, request.login_hint.as_deref()))
        .collect();
    let content = format!(
        "<h1>Pick an account</h1>\
         <p class=\"lead\">to continue to <strong>{}</strong></p>{notice}\
         <form method=\"post\" action=\"/{}/login\">{}<ul class=\"people\">{people}</ul>\
         <div class=\"actions\"><button class=\"quiet\" name=\"cancel\" value=\"1\">Cancel</button></div></form>\
         <p class=\"foot\">A stand-in for a company sign-in. No passwords here.</p>",
        escape_html(&request.client.name),
        request.authority.segment(),
        hidden("request", &request.raw),
    );
    card("Sign in", &content)
}

/// The description stands outside the button, so that the button's name is the person's name and nothing else.
fn person(index: usize, persona: &Persona, hint: Option<&str>) -> String {
    let hinted = hint.is_some_and(|hint| persona.upn.eq_ignore_ascii_case(hint));
    let current = if hinted { " class=\"hinted\"" } else { "" };
    let initials: String = persona.name.split(' ').filter_map(|word| word.chars().next()).take(2).collect();
    format!(
        "<li{current}><span class=\"initials tone{}\" aria-hidden=\"true\">{}</span>\
         <div><button name=\"persona\" value=\"{}\" aria-describedby=\"about-{index}\">{}</button>\
         <p id=\"about-{index}\">{}<br><span class=\"upn\">{}</span></p></div></li>",
        index % 7,
        escape_html(&initials),
        escape_html(&persona.oid),
        escape_html(&persona.name),
        escape_html(&persona.about),
        escape_html(&persona.upn),
    )
}

/// Where the code of a device is entered: everyone of the directory, one button each.
pub fn device(tenant: &str, personas: &[Persona], message: Option<&str>) -> String {
    let notice = message
        .map_or_else(String::new, |text| format!("<p class=\"notice\" role=\"alert\">{}</p>", escape_html(text)));
    let people: String = personas.iter().enumerate().map(|(index, one)| person(index, one, None)).collect();
    let content = format!(
        "<h1>Enter code</h1>{notice}<form method=\"post\" action=\"/{}/device\">\
         <p><label>Code <input name=\"code\" autocomplete=\"off\" required></label></p>\
         <ul class=\"people\">{people}</ul>\
         <div class=\"actions\"><button class=\"quiet\" name=\"cancel\" value=\"1\">Cancel</button></div></form>",
        escape_html(tenant),
    );
    card("Enter code", &content)
}

/// `prompt=consent`.
pub fn consent(request: &AuthorizeRequest, persona: &Persona) -> String {
    let scopes: String =
        request.scopes.permissions.iter().map(|(_, name)| format!("<li>{}</li>", escape_html(name))).collect();
    let content = format!(
        "<h1>Permissions requested</h1><p class=\"lead\"><strong>{}</strong> would like to act for {}:</p>\
         <ul class=\"plain\"><li>Sign you in and read your profile</li>{scopes}</ul>\
         <form method=\"post\" action=\"/{}/login\">{}{}<div class=\"actions\">\
         <button class=\"quiet\" name=\"consent\" value=\"decline\">Decline</button>\
         <button class=\"primary\" name=\"consent\" value=\"accept\">Accept</button></div></form>",
        escape_html(&request.client.name),
        escape_html(&persona.name),
        request.authority.segment(),
        hidden("request", &request.raw),
        hidden("persona", &persona.oid),
    );
    card("Permissions requested", &content)
}

/// A permission only an administrator may grant: the user can only go back.
pub fn approval_needed(request: &AuthorizeRequest, persona: &Persona, scope: &str) -> String {
    let content = format!(
        "<h1>Need admin approval</h1><p class=\"lead\">{} needs the permission <strong>{}</strong>, \
         which {} cannot grant. Ask an administrator to grant it.</p>\
         <form method=\"post\" action=\"/{}/login\">{}<div class=\"actions\">\
         <button class=\"primary\" name=\"cancel\" value=\"1\">Return to the application without granting consent</button>\
         </div></form>",
        escape_html(&request.client.name),
        escape_html(scope),
        escape_html(&persona.name),
        request.authority.segment(),
        hidden("request", &request.raw),
    );
    card("Need admin approval", &content)
}

/// `response_mode=form_post`.
pub fn form_post(action: &str, answer: &[(&str, String)]) -> String {
    let fields: String = answer.iter().map(|(name, value)| hidden(name, value)).collect();
    let content = format!(
        "<h1>Signing you in</h1><form method=\"post\" action=\"{}\">{fields}\
         <div class=\"actions\"><button class=\"primary\">Continue</button></div></form>\
         <script>document.forms[0].submit()</script>",
        escape_html(action)
    );
    card("Working…", &content)
}

pub fn error(description: &str) -> String {
    let content = format!(
        "<h1>Sorry, but we’re having trouble signing you in.</h1><pre class=\"details\">{}</pre>",
        escape_html(description)
    );
    card("Sign-in error", &content)
}

/// Which account to sign out of, when nothing in the request says so.
pub fn sign_out_picker(people: &[(String, String)], segment: &str, raw: &str) -> String {
    let buttons: String = people
        .iter()
        .map(|(sid, name)| {
            format!("<li><button name=\"sid\" value=\"{}\">{}</button></li>", escape_html(sid), escape_html(name))
        })
        .collect();
    let content = format!(
        "<h1>Pick an account</h1><p class=\"lead\">Which account do you want to sign out of?</p>\
         <form method=\"post\" action=\"/{segment}/oauth2/v2.0/logout\">{}<ul class=\"people\">{buttons}</ul></form>",
        hidden("request", raw)
    );
    card("Sign out", &content)
}

/// Calls the applications in hidden frames, then goes on.
pub fn signed_out(names: &[String], frames: &[String], next: Option<&str>) -> String {
    let who = match names {
        [] => "Nobody was signed in here.".to_owned(),
        names => format!("{} signed out.", names.join(", ")),
    };
    let frames: String = frames
        .iter()
        .map(|url| {
            format!("<iframe hidden title=\"Signing out of an application\" src=\"{}\"></iframe>", escape_html(url))
        })
        .collect();
    let onwards = next.map_or_else(
        || "<p class=\"lead\">It’s a good idea to close all browser windows.</p>".to_owned(),
        |url| {
            format!(
                "<p><a class=\"button\" href=\"{0}\">Continue</a></p>\
                 <meta http-equiv=\"refresh\" content=\"1; url={0}\">",
                escape_html(url)
            )
        },
    );
    let content = format!(
        "<h1>You signed out of your account</h1><p class=\"lead\" role=\"status\">{}</p>{onwards}{frames}",
        escape_html(&who)
    );
    card("Signed out", &content)
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape_html(name), escape_html(value))
}
