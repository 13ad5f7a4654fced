//! "Device association is pending", and step 3, confirm the device.

use super::{Page, View};
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::confirm_device::{ConfirmDevice, ConfirmFocus};
use crate::domain::association::{Holding, Owner, Upload};
use crate::domain::calendar;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::domain::patient::Patient;
use crate::ui::scene::{Block, Fact, Role};

pub(super) fn pending(view: &View<'_>, step: &AssociationPending) -> Page {
    let upload = &step.upload;
    let count = view.filled("count-readings", &[("count", upload.counts.total().into())]);
    let mut facts: Vec<Fact> = step.proposed.iter().map(|patient| view.person_in_hand(patient)).collect();
    facts.extend([
        view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
        view.fact("label-serial", view.serial(&upload.meter), Role::Accent),
        view.fact("label-readings", count, Role::Text),
        view.fact("label-read-at", view.moment(upload.read_at), Role::Text),
    ]);
    let mut blocks = vec![
        view.notice(Role::Warning, "association-pending"),
        Block::Facts { title: String::new(), facts },
        Block::Text {
            role: Role::Text,
            text: view.text(if view.model.is_demo() {
                "association-pending-meaning-demo"
            } else {
                "association-pending-meaning"
            }),
        },
    ];
    if upload.owner == Owner::Unidentifiable {
        blocks.push(view.notice(Role::Warning, "meter-unidentifiable"));
    }
    blocks.push(view.buttons(&[("button-next", true)]));
    Page {
        step: "association_pending",
        number: Some(2),
        heading: "heading-association-pending",
        instruction: view.text("instruction-association-pending"),
        blocks,
    }
}

pub(super) fn confirm(view: &View<'_>, step: &ConfirmDevice) -> Page {
    let upload = &step.upload;
    let mut facts: Vec<Fact> = step.proposed.iter().map(|patient| view.person_in_hand(patient)).collect();
    facts.extend(device_facts(view, upload, step.proposed.as_ref()));
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    blocks.extend(clock_notice(view, upload.clock.as_ref()));
    if upload.warnings > 0 {
        let text = view.filled("download-warnings", &[("count", upload.warnings.into())]);
        blocks.push(Block::Notice { role: Role::Warning, text });
    }
    blocks.push(view.buttons(&[
        ("button-confirm-device", step.focus == ConfirmFocus::Confirm),
        ("button-back", step.focus == ConfirmFocus::Back),
    ]));
    Page {
        step: "confirm_device",
        number: Some(3),
        heading: "heading-confirm-device",
        instruction: view.text("instruction-confirm-device"),
        blocks,
    }
}

/// Everything by which a person can check that this is the meter in the hand, and that it was read in full.
fn device_facts(view: &View<'_>, upload: &Upload, proposed: Option<&Patient>) -> Vec<Fact> {
    let counts = upload.counts;
    let model = match &upload.meter.model_number {
        Some(number) => view.filled(
            "device-model",
            &[
                ("manufacturer", upload.meter.manufacturer.as_str().into()),
                ("model", upload.meter.model.as_str().into()),
                ("number", number.as_str().into()),
            ],
        ),
        None => format!("{} {}", upload.meter.manufacturer, upload.meter.model),
    };
    let values = [
        ("blood", counts.blood.into()),
        ("control", counts.control.into()),
        ("low", counts.low.into()),
        ("high", counts.high.into()),
    ];
    let moment = |at: Option<jiff::civil::DateTime>| at.map_or_else(|| view.text("none"), calendar::written_with_time);
    let mut facts = vec![
        view.fact("label-device", model, Role::Accent),
        view.fact("label-serial", view.serial(&upload.meter), Role::Accent),
        view.fact("label-readings", view.filled("device-counts", &values), Role::Text),
    ];
    if counts.duplicates > 0 {
        let duplicates = view.filled("count-duplicates", &[("count", counts.duplicates.into())]);
        facts.push(view.fact("label-duplicates", duplicates, Role::Text));
    }
    if counts.other > 0 {
        facts.push(view.fact("label-other-results", counts.other.to_string(), Role::Text));
    }
    let doubts = [(counts.doubtful, "count-doubtful"), (counts.without_time, "count-without-time")];
    let doubts: Vec<String> = doubts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, key)| view.filled(key, &[("count", (*count).into())]))
        .collect();
    if !doubts.is_empty() {
        facts.push(view.fact("label-doubtful", doubts.join("; "), Role::Warning));
    }
    facts.push(view.fact("label-first-reading", moment(upload.first), Role::Text));
    facts.push(view.fact("label-last-reading", moment(upload.last), Role::Text));
    facts.push(view.fact("label-new", new_readings(view, upload, proposed), Role::Text));
    facts.push(clock_fact(view, upload.clock.as_ref()));
    facts
}

/// How many readings are new. Nothing ties the uploads of a meter without serial number together, so there it depends on the
/// patient: what their record has already of this model is not new.
fn new_readings(view: &View<'_>, upload: &Upload, proposed: Option<&Patient>) -> String {
    if upload.owner != Owner::Unidentifiable {
        return upload.new_readings.to_string();
    }
    let is_theirs = |holding: &&Holding| proposed.is_some_and(|patient| patient.id == holding.patient.id);
    upload.held.iter().find(is_theirs).map_or_else(
        || view.text("new-known-later"),
        |holding| {
            let new = upload.counts.total().saturating_sub(holding.repeated);
            view.filled("new-for-patient", &[("new", new.into()), ("there", holding.repeated.into())])
        },
    )
}

fn clock_fact(view: &View<'_>, clock: Option<&ClockReading>) -> Fact {
    let Some(clock) = clock else { return view.fact("label-clock", view.text("clock-not-told"), Role::Text) };
    let meter = calendar::written_with_time(clock.meter);
    let role = if clock.state() == ClockState::Right { Role::Text } else { Role::Warning };
    let values = [("meter", meter.into()), ("difference", difference(view, clock).into())];
    view.fact("label-clock", view.filled("clock-against-ours", &values), role)
}

/// `61 min ahead`, `3 s behind`, in the largest unit that says enough.
pub(super) fn difference(view: &View<'_>, clock: &ClockReading) -> String {
    let offset = clock.offset_seconds();
    if offset == 0 {
        return view.text("clock-equal");
    }
    let size = offset.unsigned_abs();
    let rounded = |unit: u64| size.saturating_add(unit / 2) / unit;
    let (amount, unit) = match size {
        0..=120 => (size, "unit-seconds"),
        121..=7200 => (rounded(60), "unit-minutes"),
        7201..=172_800 => (rounded(3600), "unit-hours"),
        _ => (rounded(86_400), "unit-days"),
    };
    let amount = view.filled(unit, &[("count", i64::try_from(amount).unwrap_or(i64::MAX).into())]);
    view.filled(if offset > 0 { "clock-ahead" } else { "clock-behind" }, &[("amount", amount.into())])
}

fn clock_notice(view: &View<'_>, clock: Option<&ClockReading>) -> Option<Block> {
    match clock?.state() {
        ClockState::Right => None,
        ClockState::Off => Some(view.notice(Role::Warning, "clock-off")),
        ClockState::FarOff => Some(view.notice(Role::Warning, "clock-far-off")),
        ClockState::WrongDate => Some(view.notice(Role::Problem, "clock-wrong-date")),
    }
}
