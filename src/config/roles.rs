//! Who may work here, by what an authorization server says of them.

use super::table::{Faults, FoundSetting};
use crate::domain::clinic::Role;
use crate::domain::permission::Permission;

/// What an authorization server calls it, where nothing else is written.
const CLAIM: &str = "roles";

/// The roles that work in the app, the one that may do more first.
const ROLES: [Role; 2] = [Role::Clinician, Role::Assistant];

/// Which of its words is which role here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSettings {
    /// The claim that has the words; a dot leads into one that has claims itself: `realm_access.roles`.
    pub claim: String,
    /// The words of each role. Nobody without one of them gets in.
    words: Vec<(Role, Vec<String>)>,
}

impl RoleSettings {
    /// The role of whoever has these words; of several the one that may do more.
    #[must_use]
    pub fn role_of(&self, has: impl Fn(&str) -> bool) -> Option<Role> {
        // In the order of `ROLES`, which `read` keeps: the first that fits is the one that may do
        // most.
        let mut roles = self.words.iter();
        roles.find(|(_, words)| words.iter().any(|word| has(word))).map(|(role, _)| *role)
    }

    /// The words of each role, as they are written.
    #[must_use]
    pub fn words(&self) -> &[(Role, Vec<String>)] {
        &self.words
    }
}

/// The roles; `None` if something is wrong with them, which is among the faults then.
pub(super) fn read(
    roles: &FoundSetting<'_>,
    claim: Option<FoundSetting<'_>>,
    faults: &mut Faults<'_>,
) -> Option<RoleSettings> {
    let claim = match claim {
        None => Some(CLAIM.to_owned()),
        Some(found) => found.text(faults).and_then(|text| path(&found, text, faults)),
    };
    let table = roles.table(faults)?;
    table.refuse_others(&ROLES.map(Role::name), faults);
    let mut words = Vec::new();
    for role in ROLES.into_iter().filter(|role| role.allows(Permission::WorkInApp)) {
        if let Some(found) = table.get(role.name()) {
            words.push((role, found.words(faults)?.into_iter().map(str::to_owned).collect()));
        }
    }
    if words.is_empty() {
        let what = format!("{} gives nobody a role, so that nobody could sign in", roles.path);
        faults.add(roles.at.clone(), &roles.path, what, "Write roles = { clinician = [\"...\"] }.");
        return None;
    }
    Some(RoleSettings { claim: claim?, words })
}

/// Names of claims, with a dot between two.
fn path(found: &FoundSetting<'_>, text: &str, faults: &mut Faults<'_>) -> Option<String> {
    if text.split('.').all(|name| !name.is_empty()) {
        return Some(text.to_owned());
    }
    let what = format!("{}: a claim has a name, and so has each part between two dots", found.path);
    faults.add(found.at.clone(), &found.path, what, "Write it as \"roles\" or \"realm_access.roles\".");
    None
}
