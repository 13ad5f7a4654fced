//! "Device association is pending", and step 3, confirm the device.

use super::{Page, View};
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::confirm_device::{ConfirmDevice, ConfirmFocus};
use crate::domain::association::{Owner, Upload};
use crate::domain::calendar;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::ui::scene::{Block, Fact, Role};

pub(super) fn pending(view: &View<'_>, step: &AssociationPending) -> Page {
    let upload = &step.upload;
    let count = view.filled("count-readings", &[("count", upload.counts.total().into())]);
    let mut blocks = vec![
        view.notice(Role::Warning, "association-pending"),
        Block::Facts {
            title: String::new(),
            facts: vec![
                view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
                view.fact("label-serial", view.serial(&upload.meter), Role::Accent),
                view.fact("label-readings", count, Role::Text),
                view.fact("label-read-at", view.moment(upload.read_at), Role::Text),
            ],
        },
        Block::Text { role: Role::Text, text: view.text("association-pending-meaning") },
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
    let mut blocks = vec![Block::Facts { title: String::new(), facts: device_facts(view, upload) }];
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
pub(super) fn device_facts(view: &View<'_>, upload: &Upload) -> Vec<Fact> {
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
    if counts.doubtful > 0 {
        let doubtful = view.filled("count-doubtful", &[("count", counts.doubtful.into())]);
        facts.push(view.fact("label-doubtful", doubtful, Role::Warning));
    }
    facts.push(view.fact("label-first-reading", moment(upload.first), Role::Text));
    facts.push(view.fact("label-last-reading", moment(upload.last), Role::Text));
    facts.push(view.fact("label-new", upload.new_readings.to_string(), Role::Text));
    facts.push(clock_fact(view, upload.clock.as_ref()));
    facts
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
    let (amount, unit) = match size {
        0..=120 => (size, "unit-seconds"),
        121..=7200 => (size / 60, "unit-minutes"),
        7201..=172_800 => (size / 3600, "unit-hours"),
        _ => (size / 86_400, "unit-days"),
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
