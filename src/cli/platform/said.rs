//! What a server says of itself, and how much of it is seen from here.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::super::findings::{Finding, FindingState};
use super::delivery;
use crate::config::{FhirSettings, MappingPart, SignInSettings};
use crate::domain::problem::with_causes;
use crate::domain::text::Clean;
use crate::platform::fhir::check::SmartDiscovery;
use crate::platform::fhir::{Capabilities, FhirError};

/// What is wanted of the server: the type, and what is done with it, in the words of FHIR and for people; what of it
/// only where the settings want it written.
const WANTED: [(&str, &str, &str, Option<MappingPart>); 18] = [
    ("Patient", "search-type", "find patients", None),
    ("Patient", "read", "read patients", None),
    ("Device", "search-type", "find meters", None),
    ("Device", "read", "read whose a meter is", None),
    ("Device", "create", "add meters", None),
    ("Device", "update", "say whose a meter is", Some(MappingPart::DevicePatient)),
    ("DeviceUseStatement", "search-type", "find since when a meter is somebody's", STATEMENT),
    ("DeviceUseStatement", "create", "say since when a meter is somebody's", STATEMENT),
    ("DeviceUseStatement", "update", "say until when a meter was somebody's", STATEMENT),
    ("Observation", "create", "add readings", None),
    ("Observation", "search-type", "find readings", None),
    ("Observation", "update", "withdraw what was undone (withdraw_undone)", Some(MappingPart::Withdrawal)),
    ("Provenance", "create", "say who decided", None),
    ("Provenance", "search-type", "find who decided", None),
    ("Task", "search-type", "find which meters wait", TASK),
    ("Task", "create", "say which meters wait", TASK),
    ("Task", "update", "say that a meter waits no more", TASK),
    ("AuditEvent", "create", "be told what was done (audit_event)", Some(MappingPart::AuditEvent)),
];

/// Since when and until when a meter is somebody's.
const STATEMENT: Option<MappingPart> = Some(MappingPart::DeviceUseStatement);

/// That a meter waits for its patient.
const TASK: Option<MappingPart> = Some(MappingPart::PendingTask);

/// How far two clocks may be apart: less than tells two readings apart, and more than an answer takes.
const SOME_SKEW: SignedDuration = SignedDuration::from_secs(30);

/// How far they may be apart before times in the record are wrong.
const MUCH_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What it says of itself.
pub(super) fn capable(said: &Capabilities, settings: &FhirSettings) -> Vec<Finding> {
    let named =
        |what: &str| if said.software.as_str().is_empty() { String::new() } else { format!("{what}{}", said.software) };
    let mut findings = vec![Finding::good("connection", format!("It answers{}.", named(" as ")))];
    findings.push(match (said.fhir_version.as_str(), said.is_r4()) {
        ("", _) => Finding::new(
            "version",
            FindingState::Warning,
            "It does not say which version of FHIR it speaks.",
            "Ask whoever looks after it whether it is R4 (4.0.1).",
        ),
        (version, true) => Finding::good("version", format!("It speaks FHIR {version}.")),
        (version, false) => Finding::new(
            "version",
            FindingState::Bad,
            format!("It speaks FHIR {version}, and R4 (4.0) is needed."),
            "Write the base of its R4 part into the settings.",
        ),
    });
    // Of a server that lists nothing, nothing is denied below: that must not read as "it can".
    if said.says_nothing() {
        findings.push(Finding::new(
            "capabilities",
            FindingState::Warning,
            "It does not say what it can; it is tried.",
            "Nothing, if it answers the searches below.",
        ));
        return findings;
    }
    let denied: Vec<&(&str, &str, &str, Option<MappingPart>)> = WANTED
        .iter()
        .filter(|(kind, way, _, part)| part.is_none_or(|part| settings.mapping.writes(part)) && said.denies(kind, way))
        .collect();
    let named: Vec<&str> = denied.iter().map(|(_, _, what, _)| *what).collect();
    // Of what nothing depends on it is only said.
    let is_besides = |part: &Option<MappingPart>| matches!(part, Some(MappingPart::AuditEvent)) || *part == TASK;
    let state = match denied.as_slice() {
        [] => FindingState::Good,
        some if some.iter().all(|(.., part)| is_besides(part)) => FindingState::Warning,
        _ => FindingState::Bad,
    };
    findings.push(if state == FindingState::Good {
        Finding::good("capabilities", "It can do everything that is needed.")
    } else {
        let what = format!("It says that it cannot: {}.", named.join("; "));
        // What can be left out is named by its setting.
        let settings: Vec<String> = denied
            .iter()
            .filter_map(|(.., part)| Some(format!("{} = false", (*part)?.key())))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let ask = "Ask whoever looks after it to let this computer do that";
        let remedy = if settings.is_empty() {
            format!("{ask}.")
        } else {
            format!("{ask}, or write into the settings: {}.", settings.join(", "))
        };
        Finding::new("capabilities", state, what, remedy)
    });
    findings.extend(delivery::able(said, settings));
    findings.push(new_patients(said, settings));
    findings
}

/// Whether patients are created from here.
fn new_patients(said: &Capabilities, settings: &FhirSettings) -> Finding {
    if !settings.mapping.writes(MappingPart::NewPatient) {
        let what = "Patients are created at the platform alone, and not from here (create_patients).";
        return Finding::good("new-patients", what);
    }
    if said.denies("Patient", "create") {
        return Finding::new(
            "new-patients",
            FindingState::Warning,
            "It says that it takes no new patients, which the settings want to be created from here.",
            "Ask whoever looks after it to let this computer create patients, or take create_patients out of the \
             settings.",
        );
    }
    Finding::good("new-patients", "Somebody who is not there yet can be created from here (create_patients).")
}

/// How many patients it shows.
pub(super) fn patients(count: Option<u64>, settings: &FhirSettings) -> Finding {
    match count {
        None => Finding::good("patients", "It does not say how many patients it shows."),
        Some(0) => {
            let remedy = match &settings.tenant_header {
                Some(tenant) => format!(
                    "Look whether the tenant is spelled right ({}: {}): one that nobody has is empty. Otherwise ask \
                     whoever looks after it whether this computer may see patients.",
                    tenant.name, tenant.value
                ),
                None => "Ask whoever looks after it whether there are any, whether this computer may see them, and \
                         whether it wants a tenant to be named (tenant_header)."
                    .to_owned(),
            };
            Finding::new("patients", FindingState::Warning, "It shows no patient at all.", remedy)
        }
        Some(count) => Finding::good("patients", format!("It shows {count} patients.")),
    }
}

/// How it wants to be signed in at.
pub(super) fn discovered(
    said: Result<&Option<SmartDiscovery>, &FhirError>,
    is_of_statement: bool,
    settings: &FhirSettings,
) -> Finding {
    let gives_out = |what: String| {
        if matches!(settings.sign_in, SignInSettings::None) {
            let remedy = "Write sign_in into the settings (\"backend\", \"secret\"), unless it lets everybody in.";
            return Finding::new("discovery", FindingState::Warning, what, remedy);
        }
        Finding::good("discovery", what)
    };
    match said {
        Ok(None) if is_of_statement => {
            gives_out("It says in its capability statement where tokens are given out (SMART 1).".to_owned())
        }
        Ok(None) => Finding::good("discovery", "It says nothing of how to sign in (no SMART configuration)."),
        Ok(Some(SmartDiscovery { names_token_endpoint: false, .. })) if is_of_statement => gives_out(
            "Its SMART configuration does not say where tokens are given out; its capability statement does (SMART 1)."
                .to_owned(),
        ),
        Ok(Some(SmartDiscovery { names_token_endpoint: false, .. })) => {
            let what = "Its SMART configuration does not say where tokens are given out.";
            if settings.sign_in.client().is_none_or(|client| client.issuer.is_some()) {
                return Finding::good("discovery", what);
            }
            let remedy = "Write the address of the authorization server into the settings: issuer = \"https://...\".";
            Finding::new("discovery", FindingState::Warning, what, remedy)
        }
        Ok(Some(SmartDiscovery { grant_types, .. })) => {
            let ways: Vec<&str> = grant_types.iter().map(Clean::as_str).collect();
            let ways = if ways.is_empty() { "it names no ways".to_owned() } else { ways.join(", ") };
            gives_out(format!("It gives out tokens itself (SMART): {ways}."))
        }
        Err(error) => Finding::new(
            "discovery",
            FindingState::Warning,
            format!("What it says of signing in cannot be read: {}.", with_causes(error)),
            "Nothing, if it answers the searches below.",
        ),
    }
}

/// How far its clock is from this computer's.
pub(super) fn clock(skew: Option<SignedDuration>) -> Finding {
    let Some(skew) = skew else {
        return Finding::new(
            "clock",
            FindingState::Warning,
            "It does not tell the time.",
            "Compare its clock with this computer's by hand.",
        );
    };
    let seconds = skew.abs().as_secs();
    if skew.abs() <= SOME_SKEW {
        return Finding::good("clock", format!("Its clock and this computer's are {seconds} s apart at most."));
    }
    let state = if skew.abs() <= MUCH_SKEW { FindingState::Warning } else { FindingState::Bad };
    let way = if skew.is_positive() { "ahead of" } else { "behind" };
    let what = format!("Its clock is {seconds} s {way} this computer's.");
    Finding::new("clock", state, what, "Let both take their time from the network (NTP): timedatectl set-ntp true")
}
