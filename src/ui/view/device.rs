//! "Device association is pending", and step 3, confirm the device.

use super::{Page, View};
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::confirm_device::{ConfirmDevice, ConfirmFocus};
use crate::domain::association::{Holding, Owner, Upload};
use crate::domain::calendar;
use crate::domain::download::{Counts, DoubtCounts};
use crate::domain::glucose::Measured;
use crate::domain::intake_check::ClockVerdict;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::domain::patient::Patient;
use crate::domain::reading::{Doubt, Kind};
use crate::ui::scene::{Block, Fact, Role};
use crate::ui::spans::difference;

pub(super) fn pending(view: &View<'_>, step: &AssociationPending) -> Page {
    let upload = &step.upload;
    let count = view.filled("count-readings", &[("count", upload.counts.total().into())]);
    let mut facts: Vec<Fact> = step.proposed.iter().map(|patient| view.person_in_hand(patient)).collect();
    facts.extend([
        view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
        view.serial_fact(&upload.meter, Role::Accent),
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
    blocks.extend(clock_notice(view, upload));
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
        instruction: view.text(if upload.meter.is_identifiable() {
            "instruction-confirm-device"
        } else {
            "instruction-confirm-nameless"
        }),
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
        view.serial_fact(&upload.meter, Role::Accent),
        view.fact("label-readings", view.filled("device-counts", &values), Role::Text),
    ];
    if counts.duplicates > 0 {
        let duplicates = view.filled("count-duplicates", &[("count", counts.duplicates.into())]);
        facts.push(view.fact("label-duplicates", duplicates, Role::Text));
    }
    if counts.other > 0 {
        facts.push(view.fact("label-other-results", counts.other.to_string(), Role::Text));
    }
    if let Some(doubts) = doubts(view, counts) {
        facts.push(view.fact("label-doubtful", doubts, Role::Warning));
    }
    let ends = [("first", moment(upload.first).into()), ("last", moment(upload.last).into())];
    match last_results(view, upload) {
        Some(results) => {
            let last = [("last", moment(upload.last).into()), ("results", results.into())];
            facts.insert(1, view.fact("label-last-reading", view.filled("last-reading", &last), Role::Accent));
            facts.push(view.fact("label-first", moment(upload.first), Role::Text));
        }
        None => facts.push(view.fact("label-first-last", view.filled("first-and-last", &ends), Role::Text)),
    }
    facts.push(view.fact("label-new", new_readings(view, upload, proposed), Role::Text));
    facts.push(clock_fact(view, upload.clock.as_ref()));
    facts
}

/// What a meter without a serial number shows as its last result, as its display has it.
fn last_results(view: &View<'_>, upload: &Upload) -> Option<String> {
    let said = upload.last_results.iter().map(|result| {
        let value = measured(view, result.measured);
        let kind = match result.kind {
            Kind::Blood => return value,
            Kind::Control => "kind-control",
            Kind::Ketone => "kind-ketone",
            Kind::Sensor => "doubt-sensor",
            Kind::Other => "kind-other",
        };
        view.filled("last-result-of-kind", &[("value", value.into()), ("kind", view.text(kind).into())])
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| said.join(", "))
}

fn measured(view: &View<'_>, measured: Measured) -> String {
    match measured {
        Measured::Value(value) => value.to_string(),
        Measured::Low => view.text("value-lo"),
        Measured::High => view.text("value-hi"),
        Measured::Unscaled(number) => view.filled("value-unscaled", &[("number", number.to_string().into())]),
    }
}

/// So many doubts that take readings out of the numbers are named; all of them would leave no room for the buttons.
const NAMED_LEFT_OUT: usize = 2;
/// So many of the others.
const NAMED_COUNTED: usize = 1;

/// Which doubts there are, the most frequent by name, and whether the numbers use the readings that have them; nothing if
/// there are none.
fn doubts(view: &View<'_>, counts: Counts) -> Option<String> {
    let of = |doubts: DoubtCounts| -> Vec<(u32, &'static str)> {
        doubts.some().map(|(doubt, count)| (count, doubt_words(doubt))).collect()
    };
    let without_time = (counts.without_time > 0).then_some((counts.without_time, "doubt-no-time"));
    let said = |key, mut which: Vec<(u32, &'static str)>, named: usize| {
        which.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let others: u32 = which.iter().skip(named).map(|(count, _)| count).sum();
        let mut all: Vec<String> = which
            .iter()
            .take(named)
            .map(|(count, doubt)| {
                view.filled("doubts-of", &[("count", (*count).into()), ("doubt", view.text(doubt).into())])
            })
            .collect();
        all.extend((others > 0).then(|| view.filled("doubts-others", &[("count", others.into())])));
        (!all.is_empty()).then(|| view.filled(key, &[("which", all.join(", ").into())]))
    };
    let left_out = of(counts.left_out).into_iter().chain(without_time).collect();
    let left_out = said("doubts-left-out", left_out, NAMED_LEFT_OUT);
    let counted = said("doubts-counted", of(counts.doubted), NAMED_COUNTED);
    let told = counts.left_out.some().chain(counts.doubted.some()).count();
    // An upload that an earlier version kept does not say which doubts its readings have.
    let untold = (told == 0 && counts.doubtful > counts.without_time)
        .then(|| view.filled("count-doubtful", &[("count", counts.doubtful.into())]));
    let said: Vec<String> = left_out.into_iter().chain(counted).chain(untold).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// A doubt, in a few words.
pub(super) const fn doubt_words(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Invalid => "doubt-invalid",
        Doubt::Questionable => "doubt-questionable",
        Doubt::NotAvailable => "doubt-not-available",
        Doubt::TestData => "doubt-test-data",
        Doubt::DamagedRecord => "doubt-damaged-record",
        Doubt::TimeUncertain => "doubt-time-uncertain",
        Doubt::OutsideMeterRange => "doubt-outside-meter-range",
        Doubt::KindUncertain => "doubt-kind-uncertain",
        Doubt::TimeAhead => "doubt-time-ahead",
        Doubt::TimeBeforeModel => "doubt-time-before-model",
        Doubt::ClockReset => "doubt-clock-reset",
        Doubt::ClockWrong => "doubt-clock-wrong",
    }
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
    let values = [("meter", meter.into()), ("difference", difference(view.words, clock).into())];
    view.fact("label-clock", view.filled("clock-against-ours", &values), role)
}

fn clock_notice(view: &View<'_>, upload: &Upload) -> Option<Block> {
    // Whoever said that the meter is right is not told that it is wrong.
    if upload.clock_verdict == Some(ClockVerdict::MeterRight) {
        return None;
    }
    match upload.clock.as_ref()?.state() {
        ClockState::Right => None,
        ClockState::Off => Some(view.notice(Role::Warning, "clock-off")),
        ClockState::FarOff => Some(view.notice(Role::Warning, "clock-far-off")),
        ClockState::WrongDate => Some(view.notice(Role::Problem, "clock-wrong-date")),
    }
}
