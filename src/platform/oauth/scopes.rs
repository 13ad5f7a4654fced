//! What is asked for, and what was granted (SMART App Launch 2.2.0, scopes-and-launch-context): in the form of version
//! 2 (`system/Patient.rs`) or of version 1 (`system/Patient.read`), as the server takes it.

use std::collections::BTreeMap;
use std::fmt;

use crate::config::{MappingPart, MappingSettings};

/// For whom is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeContext {
    /// This computer.
    System,
    /// A person, who is named, and whose token can be renewed (`OpenID` Connect Core 1.0 sections 3.1.2.1 and 11).
    User,
}

/// In which form a server takes scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ScopeForm {
    /// `read` and `write`.
    V1,
    /// A letter for each of create, read, update, delete, search.
    #[default]
    V2,
}

/// What nothing depends on, and is done where the settings want it written.
const BESIDES: [(MappingPart, (&str, &str)); 2] =
    [(MappingPart::PendingTask, ("Task", "crus")), (MappingPart::AuditEvent, ("AuditEvent", "c"))];

/// What is asked for of a person besides: who they are, and to renew their token.
const OF_A_PERSON: [&str; 4] = ["openid", "profile", "fhirUser", "offline_access"];

/// The type that stands for all.
const EVERY: &str = "*";

/// What this program does with each type, in the letters of version 2, as the settings want it: a creation by condition
/// wants to search as well, of two that were created at once one is withdrawn, and whether it was said who decided is
/// looked for before it is said again. Of a reading only what was undone is changed.
fn needed(mapping: &MappingSettings) -> Vec<(&'static str, &'static str)> {
    let patient = if mapping.writes(MappingPart::NewPatient) { "crus" } else { "rs" };
    let statement = mapping.writes(MappingPart::DeviceUseStatement).then_some(("DeviceUseStatement", "crus"));
    let reading = if mapping.writes(MappingPart::Withdrawal) { "crus" } else { "crs" };
    let read = [("Patient", patient), ("Observation", reading), ("Device", "crus")];
    read.into_iter().chain(statement).chain([("Provenance", "cs")]).collect()
}

/// Whether this is asked for and can be gone without: a `Device` that is to name nobody is changed only to tell another
/// version of this program.
fn can_be_missed(kind: &str, letter: char, mapping: &MappingSettings) -> bool {
    (kind, letter) == ("Device", 'u') && !mapping.writes(MappingPart::DevicePatient)
}

/// What is asked for.
pub(super) fn asked(context: ScopeContext, form: ScopeForm, mapping: &MappingSettings) -> String {
    let (context, mut scopes) = match context {
        ScopeContext::System => ("system", Vec::new()),
        ScopeContext::User => ("user", OF_A_PERSON.map(str::to_owned).to_vec()),
    };
    let besides = BESIDES.into_iter().filter(|(part, _)| mapping.writes(*part)).map(|(_, wanted)| wanted);
    for (kind, letters) in needed(mapping).into_iter().chain(besides) {
        match form {
            ScopeForm::V2 => scopes.push(format!("{context}/{kind}.{letters}")),
            ScopeForm::V1 => {
                // SMART App Launch 2 says the same of the words of version 1: `read` is `rs`, `write` is `cud`.
                for (way, of) in [("read", "rs"), ("write", "cud")] {
                    if letters.chars().any(|letter| of.contains(letter)) {
                        scopes.push(format!("{context}/{kind}.{way}"));
                    }
                }
            }
        }
    }
    scopes.join(" ")
}

/// What was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantedScopes {
    /// The letters of each type. Nothing is known where nothing is said in a form of SMART.
    types: BTreeMap<String, String>,
}

impl GrantedScopes {
    /// What these words grant, one space between two. Words of other kinds (`openid`) are about nothing here.
    #[must_use]
    pub fn of(scopes: &str) -> Self {
        let mut types: BTreeMap<String, String> = BTreeMap::new();
        for (kind, letters) in scopes.split_whitespace().filter_map(clinical) {
            types.entry(kind.to_owned()).or_default().push_str(&letters);
        }
        Self { types }
    }

    /// Whether all of these letters are granted for this type, or nothing is known.
    #[must_use]
    pub fn allow(&self, kind: &str, letters: &str) -> bool {
        // A server may leave out what was granted where that is all that was asked for (RFC 6749, section 5.1).
        self.types.is_empty() || letters.chars().all(|letter| self.has(kind, letter))
    }

    fn has(&self, kind: &str, letter: char) -> bool {
        [kind, EVERY].iter().any(|kind| self.types.get(*kind).is_some_and(|letters| letters.contains(letter)))
    }

    /// What this program needs and was not granted: `Patient.c`.
    #[must_use]
    pub fn missing(&self, mapping: &MappingSettings) -> Vec<String> {
        let lack = |(kind, letters): (&str, &str)| {
            let is_lacking =
                |letter: &char| !self.allow(kind, &letter.to_string()) && !can_be_missed(kind, *letter, mapping);
            let letters: String = letters.chars().filter(is_lacking).collect();
            (!letters.is_empty()).then(|| format!("{kind}.{letters}"))
        };
        needed(mapping).into_iter().filter_map(lack).collect()
    }

    /// Whether nothing is said of what was granted.
    #[must_use]
    pub fn are_unsaid(&self) -> bool {
        self.types.is_empty()
    }
}

impl fmt::Display for GrantedScopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (kind, letters)) in self.types.iter().enumerate() {
            f.write_str(if place == 0 { "" } else { " " })?;
            write!(f, "{kind}.{}", "cruds".chars().filter(|letter| letters.contains(*letter)).collect::<String>())?;
        }
        Ok(())
    }
}

/// The type and the letters of a scope about resources. One of a patient's own (`patient/...`) is of no use to a
/// clinic, and one with a condition (`?category=...`) grants only a part: neither counts.
fn clinical(scope: &str) -> Option<(&str, String)> {
    let (context, rest) = scope.split_once('/')?;
    let (kind, way) = rest.split_once('.')?;
    if !matches!(context, "system" | "user") {
        return None;
    }
    let letters = match way {
        "*" => "cruds",
        "read" => "rs",
        "write" => "cud",
        letters if !letters.is_empty() && letters.chars().all(|letter| "cruds".contains(letter)) => letters,
        _ => return None,
    };
    Some((kind, letters.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read against SMART App Launch 2.2.0, "Scopes for requesting FHIR Resources" and its table for version 1.
    #[test]
    fn each_form_is_asked_for_and_understood() {
        let mut mapping = MappingSettings::default();
        let usual = asked(ScopeContext::System, ScopeForm::V2, &mapping);
        assert_eq!(
            usual,
            "system/Patient.rs system/Observation.crs system/Device.crus system/DeviceUseStatement.crus \
             system/Provenance.cs"
        );
        mapping.parts.insert(MappingPart::Withdrawal);
        let withdrawing = asked(ScopeContext::System, ScopeForm::V2, &mapping);
        assert_eq!(withdrawing, usual.replace("Observation.crs", "Observation.crus"), "what was undone is changed");
        mapping.parts.remove(&MappingPart::Withdrawal);
        mapping.parts.remove(&MappingPart::DeviceUseStatement);
        let without = asked(ScopeContext::System, ScopeForm::V2, &mapping);
        assert_eq!(
            without,
            usual.replace(" system/DeviceUseStatement.crus", ""),
            "what is not written is not asked for"
        );
        mapping.parts.extend([MappingPart::DeviceUseStatement, MappingPart::NewPatient]);
        let second = asked(ScopeContext::System, ScopeForm::V2, &mapping);
        assert!(second.starts_with("system/Patient.crus system/Observation.crs "), "{second}");
        let first = asked(ScopeContext::System, ScopeForm::V1, &mapping);
        assert!(first.starts_with("system/Patient.read system/Patient.write system/Observation.read "), "{first}");
        assert!(first.ends_with("system/Provenance.write"), "{first}");
        let of_a_person = asked(ScopeContext::User, ScopeForm::V2, &mapping);
        assert!(of_a_person.starts_with("openid profile fhirUser offline_access user/Patient.crus "), "{of_a_person}");
        for scopes in
            [second.as_str(), &first, &of_a_person, "system/*.cruds", "system/*.*", "user/*.read user/*.write"]
        {
            assert_eq!(GrantedScopes::of(scopes).missing(&mapping), Vec::<String>::new(), "{scopes}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let granted = GrantedScopes::of("openid system/Patient.rs system/*.c system/Device.read launch/patient");
        assert!(granted.allow("Patient", "rs") && granted.allow("Provenance", "c") && granted.allow("Device", "crs"));
        assert!(!granted.allow("Observation", "cs") && !granted.allow("Device", "u"));
        let missing = granted.missing(&MappingSettings::default());
        assert_eq!(missing, ["Observation.rs", "Device.u", "DeviceUseStatement.rus", "Provenance.s"]);
        let mut mapping = MappingSettings::default();
        mapping.parts.insert(MappingPart::Withdrawal);
        mapping.parts.remove(&MappingPart::DevicePatient);
        let missing = granted.missing(&mapping);
        assert_eq!(missing, ["Observation.rus", "DeviceUseStatement.rus", "Provenance.s"], "as the settings want it");
        assert_eq!(granted.to_string(), "*.c Device.rs Patient.rs");
    }

    #[test]
    fn what_grants_a_part_only_counts_for_nothing() {
        let granted = GrantedScopes::of("system/Device.r patient/Patient.rs system/Patient.rs?_id=7 system/Patient.x");
        assert!(!granted.allow("Patient", "r"));
        // Nothing is said in a form of SMART: what the server lets us do is seen then.
        for unsaid in ["", "openid api://clinic/.default", "system/"] {
            let granted = GrantedScopes::of(unsaid);
            let missing = granted.missing(&MappingSettings::default());
            assert!(granted.are_unsaid() && granted.allow("Patient", "cruds") && missing.is_empty());
        }
    }
}
