//! The people of the tenant. Fixed object ids; everything else can be changed through the control endpoints.

use serde::{Deserialize, Serialize};

use crate::constants::{ADMIN_GROUP_ID, ADMIN_GROUP_NAME, ALLOWED_GROUP_ID, ALLOWED_GROUP_NAME, TENANT_DOMAIN};

pub const ALICE: &str = "a11ce000-0000-4000-8000-000000000001";
pub const BOB: &str = "b0b00000-0000-4000-8000-000000000002";
pub const CAROL: &str = "ca401000-0000-4000-8000-000000000003";
pub const DAVE: &str = "da7e0000-0000-4000-8000-000000000004";
pub const ERIN: &str = "e4140000-0000-4000-8000-000000000005";
pub const FRANK: &str = "f4a4c000-0000-4000-8000-000000000006";
pub const GRACE: &str = "94ace000-0000-4000-8000-000000000007";

/// A directory group, role or administrative unit somebody belongs to.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    #[serde(rename = "displayName")]
    pub name: String,
}

/// One person of the directory.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Persona {
    pub oid: String,
    pub name: String,
    pub given_name: Option<String>,
    pub surname: Option<String>,
    /// User principal name: how the person signs in.
    pub upn: String,
    pub mail: Option<String>,
    pub job_title: Option<String>,
    pub department: Option<String>,
    pub office: Option<String>,
    pub mobile_phone: Option<String>,
    pub business_phones: Vec<String>,
    /// BCP 47, as Graph's `preferredLanguage`.
    pub preferred_language: Option<String>,
    pub has_photo: bool,
    pub groups: Vec<Group>,
    /// App roles of the chat application.
    pub roles: Vec<String>,
    /// The account is blocked: tokens are refused with 50057.
    pub disabled: bool,
    /// Invited from another tenant (`acct` 1, `idp` set).
    pub guest: bool,
    /// Assigned to the chat application; otherwise sign-in ends with 50105.
    pub assigned: bool,
    /// How often all sessions were revoked: older grants are refused with 50173.
    pub revocations: u32,
    /// Counts changes of the photo, so that its ETag changes.
    pub photo_version: u32,
    /// What the sign-in page says beside the name.
    pub about: String,
}

impl Persona {
    fn new(oid: &str, name: &str, upn: &str, about: &str) -> Self {
        let upn = format!("{upn}@{TENANT_DOMAIN}");
        Self {
            oid: oid.into(),
            name: name.into(),
            given_name: None,
            surname: None,
            mail: Some(upn.clone()),
            upn,
            job_title: None,
            department: None,
            office: None,
            mobile_phone: None,
            business_phones: Vec::new(),
            preferred_language: None,
            has_photo: true,
            groups: Vec::new(),
            roles: Vec::new(),
            disabled: false,
            guest: false,
            assigned: true,
            revocations: 0,
            photo_version: 1,
            about: about.into(),
        }
    }

    fn named(mut self, given_name: &str, surname: &str) -> Self {
        self.given_name = Some(given_name.into());
        self.surname = Some(surname.into());
        self
    }

    fn works(mut self, job_title: &str, department: &str, office: &str) -> Self {
        self.job_title = Some(job_title.into());
        self.department = Some(department.into());
        self.office = Some(office.into());
        self
    }

    fn in_groups(mut self, groups: &[Group]) -> Self {
        self.groups = groups.to_vec();
        self
    }

    pub fn is_in(&self, group_id: &str) -> bool {
        self.groups.iter().any(|group| group.id == group_id)
    }
}

/// The directory as it is after a start or a reset.
pub fn all() -> Vec<Persona> {
    let member = allowed_group();
    let staff = group(1, "All staff");
    let mut alice = Persona::new(ALICE, "Alice Archer", "alice.archer", "Member, with a photo")
        .named("Alice", "Archer")
        .works("Credit analyst", "Corporate Lending", "Harbour Street 4")
        .in_groups(&[staff.clone(), member.clone(), group(2, "Corporate Lending"), group(3, "Book club")]);
    alice.mobile_phone = Some("+44 20 7946 0101".into());
    alice.business_phones = vec!["+44 20 7946 0100".into()];
    alice.preferred_language = Some("en-GB".into());

    let bob = Persona::new(BOB, "Bob Baker", "bob.baker", "Member and administrator")
        .named("Bob", "Baker")
        .works("Platform engineer", "Information Technology", "Mill Lane 1")
        .in_groups(&[staff.clone(), member.clone(), admin_group(), group(4, "Information Technology")]);

    let mut carol =
        Persona::new(CAROL, "Carol Chen", "carol.chen", "Member without a photo or e-mail; display name only")
            .in_groups(&[staff.clone(), member.clone()]);
    carol.has_photo = false;
    carol.mail = None;

    let dave = Persona::new(DAVE, "Dave Dubois", "dave.dubois", "In no allowed group")
        .named("Dave", "Dubois")
        .works("Branch manager", "Retail Banking", "Market Square 12")
        .in_groups(&[staff.clone(), group(5, "Retail Banking")]);

    let erin =
        Persona::new(ERIN, "Erin Eriksen", "erin.eriksen", "Member of 260 groups, the allowed one on a late page")
            .named("Erin", "Eriksen")
            .works("Programme manager", "Transformation Office", "Harbour Street 4")
            .in_groups(&erins_groups());

    let mut frank =
        Persona::new(FRANK, "Frank Fuchs", "frank.fuchs", "Same e-mail address as Alice, another object id")
            .named("Frank", "Fuchs")
            .works("Treasury analyst", "Treasury", "Harbour Street 4")
            .in_groups(&[staff.clone(), member.clone(), group(6, "Treasury")]);
    frank.mail = Some(format!("alice.archer@{TENANT_DOMAIN}"));

    let mut grace =
        Persona::new(GRACE, "Grace Gómez-Núñez", "grace.gomez-nunez", "Member; non-ASCII name; prefers German")
            .named("Grace", "Gómez-Núñez")
            .works("Compliance officer", "Compliance", "Lindenstraße 9")
            .in_groups(&[staff, member, group(7, "Compliance")]);
    grace.preferred_language = Some("de-DE".into());

    vec![alice, bob, carol, dave, erin, frank, grace]
}

pub fn allowed_group() -> Group {
    Group { id: ALLOWED_GROUP_ID.into(), name: ALLOWED_GROUP_NAME.into() }
}

pub fn admin_group() -> Group {
    Group { id: ADMIN_GROUP_ID.into(), name: ADMIN_GROUP_NAME.into() }
}

fn group(number: u32, name: &str) -> Group {
    Group { id: format!("90000000-0000-4000-8000-{number:012}"), name: name.into() }
}

/// 259 project groups with the allowed one as number 251: beyond the first pages of 100.
fn erins_groups() -> Vec<Group> {
    let mut groups: Vec<Group> = (1..=259).map(|n| group(1000 + n, &format!("Project {n:03}"))).collect();
    groups.insert(250, allowed_group());
    groups
}
