//! How readings will go to the server: what it says of that, and what was found out by trying.

use super::super::CommandError;
use super::super::findings::{Finding, FindingState};
use crate::config::{FhirSettings, MappingPart};
use crate::platform::fhir::check::DeliveryPlan;
use crate::platform::fhir::{Capabilities, DeliveryWay};

/// What is created once under an identifier of ours; what of it only where the settings want it written.
const CREATED_ONCE: [(&str, Option<MappingPart>); 4] = [
    ("Device", None),
    ("DeviceUseStatement", Some(MappingPart::DeviceUseStatement)),
    ("Observation", None),
    ("Task", Some(MappingPart::PendingTask)),
];

/// What it says that it can.
pub(super) fn able(said: &Capabilities, settings: &FhirSettings) -> [Finding; 3] {
    [bundles(said), conditional_create(said, settings), if_match(said)]
}

fn bundles(said: &Capabilities) -> Finding {
    if said.denies_transactions() {
        return Finding::new(
            "bundles",
            FindingState::Warning,
            "It does not offer transactions, in which all of a bundle is done or nothing.",
            "Ask whoever looks after it to switch them on: without them whose a meter is and who decided are told one \
             after the other, and readings go more slowly.",
        );
    }
    Finding::good("bundles", "It takes many readings at once.")
}

fn conditional_create(said: &Capabilities, settings: &FhirSettings) -> Finding {
    let is_written = |part: Option<MappingPart>| part.is_none_or(|part| settings.mapping.writes(part));
    let created = CREATED_ONCE.into_iter().filter(|(_, part)| is_written(*part)).map(|(kind, _)| kind);
    let without: Vec<&str> = created.filter(|kind| !said.creates_by_condition(kind)).collect();
    if without.is_empty() {
        // Nothing of FHIR tries it without writing, and this check writes nothing.
        return Finding::good(
            "conditional-create",
            "It says that it creates by condition, so that nothing is there twice; that is not tried.",
        );
    }
    Finding::new(
        "conditional-create",
        FindingState::Warning,
        format!(
            "It does not say that it creates by condition, so that nothing is there twice: {}.",
            without.join(", ")
        ),
        "Ask whoever looks after it to switch conditional creates on; what it leaves out is searched for first, which \
         does not help against two stations at the same moment.",
    )
}

fn if_match(said: &Capabilities) -> Finding {
    match said.keeps_versions("Device") {
        Some(true) => {
            Finding::good("if-match", "It keeps versions of a Device: of two stations only one can say whose it is.")
        }
        Some(false) => Finding::new(
            "if-match",
            FindingState::Warning,
            "It keeps no versions of a Device: of two stations at the same moment both can say whose it is.",
            "Ask whoever looks after it to keep versions of Device; without them each claim is looked at again.",
        ),
        // No warning: a server need not say it (FHIR R4,
        // CapabilityStatement.rest.resource.versioning is 0..1), and each claim is looked at again
        // in any case.
        None => Finding::good(
            "if-match",
            "It does not say whether it keeps versions of a Device; each claim is looked at again.",
        ),
    }
}

/// What was found out of it, or is to be.
pub(super) fn planned(said: &Capabilities, plan: DeliveryPlan) -> Vec<Finding> {
    // Without transactions nothing can be taken back.
    let roll_back = (!said.denies_transactions()).then(|| roll_back(plan.rolls_back));
    roll_back.into_iter().chain([way(plan)]).collect()
}

fn roll_back(rolls_back: Option<bool>) -> Finding {
    match rolls_back {
        Some(true) => Finding::good("roll-back", "It takes back the whole of a transaction when a part of it fails."),
        Some(false) => Finding::new(
            "roll-back",
            FindingState::Warning,
            "It does not take back what a transaction has done when a later part fails.",
            "Nothing has to be done: whose a meter is is said first, by itself. Ask whoever looks after it whether \
             transactions can be all or nothing.",
        ),
        None => Finding::good(
            "roll-back",
            "Not tried yet: whether it takes back the whole of a transaction when a part of it fails. It is tried \
             before the first meter is said to be somebody's.",
        ),
    }
}

fn way(DeliveryPlan { way, is_way_tried, .. }: DeliveryPlan) -> Finding {
    let many = way.at_once();
    let how = match way {
        DeliveryWay::Transaction | DeliveryWay::SmallTransaction => format!("in transactions of {many}"),
        DeliveryWay::Batch => format!("in batches of {many}"),
        DeliveryWay::SingleTransaction => "in transactions of one".to_owned(),
        DeliveryWay::Create => "one at a time, by condition".to_owned(),
        DeliveryWay::SearchFirst => "one at a time, each searched for before".to_owned(),
    };
    let what = if is_way_tried {
        format!("Readings go {how}: so they came through before.")
    } else {
        format!("Readings go {how}, unless that is refused: not tried yet.")
    };
    match way {
        DeliveryWay::Transaction | DeliveryWay::SmallTransaction | DeliveryWay::Batch => {
            Finding::good("delivery", what)
        }
        DeliveryWay::SingleTransaction | DeliveryWay::Create | DeliveryWay::SearchFirst => Finding::new(
            "delivery",
            FindingState::Warning,
            what,
            "That is slow. Ask whoever looks after it whether it can take bundles of many with conditional creates.",
        ),
    }
}

/// What was found out earlier cannot be looked up.
pub(super) fn unread(error: &CommandError) -> Finding {
    Finding::new(
        "delivery",
        FindingState::Warning,
        format!("What was found out of it before cannot be read in the store: {error}."),
        "Ask for what is wrong with the store: glucodock doctor",
    )
}
