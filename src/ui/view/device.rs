//! "Device association is pending", and step 3, confirm the device.

use super::{StepPage, View, earlier_owner};
use crate::app::wizard::association_pending::AssociationPending;
use crate::app::wizard::confirm_device::{ConfirmDevice, ConfirmFocus};
use crate::app::wizard::scan::ScanMatch;
use crate::domain::association::{Holding, Owner, Upload};
use crate::domain::calendar;
use crate::domain::download::{Counts, DoubtCounts};
use crate::domain::glucose::Measured;
use crate::domain::intake_check::ClockVerdict;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::domain::patient::Patient;
use crate::domain::reading::{Doubt, Kind};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, TextRole};
use crate::ui::spans::difference;

pub(super) fn pending(view: &View<'_>, step: &AssociationPending) -> StepPage {
    let upload = &step.upload;
    let count = view.filled(key::COUNT_READINGS, &[("count", upload.counts.total().into())]);
    let mut facts: Vec<Fact> = step.proposed.iter().map(|patient| view.person_in_hand(patient)).collect();
    facts.extend([
        view.fact(key::LABEL_DEVICE, upload.meter.model.to_string(), TextRole::Accent),
        view.serial_fact(&upload.meter, TextRole::Accent),
        view.fact(key::LABEL_READINGS, count, TextRole::Text),
        view.fact(key::LABEL_READ_AT, view.moment(upload.read_at), TextRole::Text),
    ]);
    let mut blocks = vec![
        view.notice(TextRole::Warning, key::ASSOCIATION_PENDING),
        Block::Facts { title: String::new(), facts },
        Block::Text {
            role: TextRole::Text,
            text: view.text(if view.model.is_demo() {
                key::ASSOCIATION_PENDING_MEANING_DEMO
            } else {
                key::ASSOCIATION_PENDING_MEANING
            }),
        },
    ];
    if upload.owner == Owner::Unidentifiable {
        blocks.push(view.notice(TextRole::Warning, key::METER_UNIDENTIFIABLE));
    }
    blocks.extend(earlier_owner::warning(view, upload));
    blocks.push(view.buttons(&[(key::BUTTON_NEXT, true)]));
    StepPage {
        step: "association_pending",
        number: Some(2),
        heading: view.text(key::HEADING_ASSOCIATION_PENDING),
        instruction: view.text(key::INSTRUCTION_ASSOCIATION_PENDING),
        blocks,
    }
}

pub(super) fn confirm(view: &View<'_>, step: &ConfirmDevice) -> StepPage {
    let upload = &step.upload;
    let mut facts: Vec<Fact> = step.proposed.iter().map(|patient| view.person_in_hand(patient)).collect();
    facts.extend(device_facts(view, upload, step.proposed.as_ref()));
    let mut blocks = vec![Block::Facts { title: String::new(), facts }];
    blocks.extend(clock_notice(view, upload));
    if upload.warnings > 0 {
        let text = view.filled(key::DOWNLOAD_WARNINGS, &[("count", upload.warnings.into())]);
        blocks.push(Block::Notice { role: TextRole::Warning, text });
    }
    blocks.extend(match step.scanned {
        ScanMatch::NotScanned => None,
        ScanMatch::Match => Some(view.notice(TextRole::Ok, key::SCAN_SERIAL_MATCH)),
        ScanMatch::Mismatch => Some(view.notice(TextRole::Problem, key::SCAN_SERIAL_MISMATCH)),
    });
    blocks.push(view.buttons(&[
        (key::BUTTON_CONFIRM_DEVICE, step.focus == ConfirmFocus::Confirm),
        (key::BUTTON_BACK, step.focus == ConfirmFocus::Back),
    ]));
    StepPage {
        step: "confirm_device",
        number: Some(3),
        heading: view.text(key::HEADING_CONFIRM_DEVICE),
        instruction: view.text(if upload.meter.is_identifiable() {
            key::INSTRUCTION_CONFIRM_DEVICE
        } else {
            key::INSTRUCTION_CONFIRM_NAMELESS
        }),
        blocks,
    }
}

/// Everything by which a person can check that this is the meter in the hand, and that it was read in full.
fn device_facts(view: &View<'_>, upload: &Upload, proposed: Option<&Patient>) -> Vec<Fact> {
    let counts = upload.counts;
    let model = match &upload.meter.model_number {
        Some(number) => view.filled(
            key::DEVICE_MODEL,
            &[
                ("manufacturer", upload.meter.manufacturer.as_str().into()),
                ("model", upload.meter.model.as_str().into()),
                ("number", number.as_str().into()),
            ],
        ),
        None => view.filled(
            key::DEVICE_MODEL_WITHOUT_NUMBER,
            &[
                ("manufacturer", upload.meter.manufacturer.as_str().into()),
                ("model", upload.meter.model.as_str().into()),
            ],
        ),
    };
    let values = [
        ("blood", counts.blood.into()),
        ("control", counts.control.into()),
        ("low", counts.low.into()),
        ("high", counts.high.into()),
    ];
    let moment =
        |at: Option<jiff::civil::DateTime>| at.map_or_else(|| view.text(key::NONE), calendar::written_with_time);
    let mut facts = vec![
        view.fact(key::LABEL_DEVICE, model, TextRole::Accent),
        view.serial_fact(&upload.meter, TextRole::Accent),
        view.fact(key::LABEL_READINGS, view.filled(key::DEVICE_COUNTS, &values), TextRole::Text),
    ];
    if counts.duplicates > 0 {
        let duplicates = view.filled(key::COUNT_DUPLICATES, &[("count", counts.duplicates.into())]);
        facts.push(view.fact(key::LABEL_DUPLICATES, duplicates, TextRole::Text));
    }
    if counts.other > 0 {
        facts.push(view.fact(key::LABEL_OTHER_RESULTS, counts.other.to_string(), TextRole::Text));
    }
    if let Some(doubts) = doubts(view, counts) {
        facts.push(view.fact(key::LABEL_DOUBTFUL, doubts, TextRole::Warning));
    }
    let ends = [("first", moment(upload.first).into()), ("last", moment(upload.last).into())];
    match last_results(view, upload) {
        Some(results) => {
            let last = [("last", moment(upload.last).into()), ("results", results.into())];
            facts
                // Above the serial number, which is none: this is what can be compared with the
                // meter's display.
                .insert(1, view.fact(key::LABEL_LAST_READING, view.filled(key::LAST_READING, &last), TextRole::Accent));
            facts.push(view.fact(key::LABEL_FIRST, moment(upload.first), TextRole::Text));
        }
        None => facts.push(view.fact(key::LABEL_FIRST_LAST, view.filled(key::FIRST_AND_LAST, &ends), TextRole::Text)),
    }
    facts.push(view.fact(key::LABEL_NEW, new_readings(view, upload, proposed), TextRole::Text));
    facts.push(clock_fact(view, upload.clock.as_ref()));
    facts
}

/// What a meter without a serial number shows as its last result, as its display has it.
fn last_results(view: &View<'_>, upload: &Upload) -> Option<String> {
    let said = upload.last_results.iter().map(|result| {
        let value = measured(view, result.measured);
        let kind = match result.kind {
            Kind::Blood => return value,
            Kind::Control => key::KIND_CONTROL,
            Kind::Ketone => key::KIND_KETONE,
            Kind::Sensor => key::DOUBT_SENSOR,
            Kind::Other => key::KIND_OTHER,
        };
        view.filled(key::LAST_RESULT_OF_KIND, &[("value", value.into()), ("kind", view.text(kind).into())])
    });
    let said = view.words.list(said);
    (!said.is_empty()).then_some(said)
}

fn measured(view: &View<'_>, measured: Measured) -> String {
    match measured {
        Measured::Value(value) => value.to_string(),
        Measured::Low => view.text(key::VALUE_LO),
        Measured::High => view.text(key::VALUE_HI),
        Measured::Unscaled(number) => view.filled(key::VALUE_UNSCALED, &[("number", number.to_string().into())]),
    }
}

/// So many doubts that take readings out of the numbers are named; all of them would leave no room for the buttons.
const NAMED_LEFT_OUT: usize = 2;
/// So many of the others.
const NAMED_COUNTED: usize = 1;

/// Which doubts there are, the most frequent by name, and whether the numbers use the readings that have them; nothing
/// if there are none.
fn doubts(view: &View<'_>, counts: Counts) -> Option<String> {
    let of = |doubts: DoubtCounts| -> Vec<(u32, TextKey)> {
        doubts.some().map(|(doubt, count)| (count, doubt_words(doubt))).collect()
    };
    let without_time = (counts.without_time > 0).then_some((counts.without_time, key::DOUBT_NO_TIME));
    let said = |key, mut which: Vec<(u32, TextKey)>, named: usize| {
        which.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let others: u32 = which.iter().skip(named).map(|(count, _)| count).sum();
        let mut all: Vec<String> = which
            .iter()
            .take(named)
            .map(|(count, doubt)| {
                view.filled(key::DOUBTS_OF, &[("count", (*count).into()), ("doubt", view.text(*doubt).into())])
            })
            .collect();
        all.extend((others > 0).then(|| view.filled(key::DOUBTS_OTHERS, &[("count", others.into())])));
        let all = view.words.list(all);
        (!all.is_empty()).then(|| view.filled(key, &[("which", all.into())]))
    };
    let left_out = of(counts.left_out).into_iter().chain(without_time).collect();
    let left_out = said(key::DOUBTS_LEFT_OUT, left_out, NAMED_LEFT_OUT);
    let counted = said(key::DOUBTS_COUNTED, of(counts.doubted), NAMED_COUNTED);
    let told = counts.left_out.some().chain(counts.doubted.some()).count();
    // An upload that an earlier version kept does not say which doubts its readings have.
    let untold = (told == 0 && counts.doubtful > counts.without_time)
        .then(|| view.filled(key::COUNT_DOUBTFUL, &[("count", counts.doubtful.into())]));
    let said = view.words.list_of_lists(left_out.into_iter().chain(counted).chain(untold));
    (!said.is_empty()).then_some(said)
}

/// A doubt, in a few words.
pub(super) const fn doubt_words(doubt: Doubt) -> TextKey {
    match doubt {
        Doubt::Invalid => key::DOUBT_INVALID,
        Doubt::Questionable => key::DOUBT_QUESTIONABLE,
        Doubt::NotAvailable => key::DOUBT_NOT_AVAILABLE,
        Doubt::TestData => key::DOUBT_TEST_DATA,
        Doubt::DamagedRecord => key::DOUBT_DAMAGED_RECORD,
        Doubt::TimeUncertain => key::DOUBT_TIME_UNCERTAIN,
        Doubt::OutsideMeterRange => key::DOUBT_OUTSIDE_METER_RANGE,
        Doubt::KindUncertain => key::DOUBT_KIND_UNCERTAIN,
        Doubt::TimeAhead => key::DOUBT_TIME_AHEAD,
        Doubt::TimeBeforeModel => key::DOUBT_TIME_BEFORE_MODEL,
        Doubt::ClockReset => key::DOUBT_CLOCK_RESET,
        Doubt::ClockWrong => key::DOUBT_CLOCK_WRONG,
    }
}

/// How many readings are new. Nothing ties the uploads of a meter without serial number together, so there it depends
/// on the patient: what their record has already of this model is not new.
fn new_readings(view: &View<'_>, upload: &Upload, proposed: Option<&Patient>) -> String {
    if upload.owner != Owner::Unidentifiable {
        return upload.new_readings.to_string();
    }
    let is_theirs = |holding: &&Holding| proposed.is_some_and(|patient| patient.id == holding.patient.id);
    upload.held.iter().find(is_theirs).map_or_else(
        || view.text(key::NEW_KNOWN_LATER),
        |holding| {
            let new = upload.counts.total().saturating_sub(holding.repeated);
            view.filled(key::NEW_FOR_PATIENT, &[("new", new.into()), ("there", holding.repeated.into())])
        },
    )
}

fn clock_fact(view: &View<'_>, clock: Option<&ClockReading>) -> Fact {
    let Some(clock) = clock else { return view.fact(key::LABEL_CLOCK, view.text(key::CLOCK_NOT_TOLD), TextRole::Text) };
    let meter = calendar::written_with_time(clock.meter);
    let role = if clock.state() == ClockState::Right { TextRole::Text } else { TextRole::Warning };
    let values = [("meter", meter.into()), ("difference", difference(view.words, clock).into())];
    view.fact(key::LABEL_CLOCK, view.filled(key::CLOCK_AGAINST_OURS, &values), role)
}

fn clock_notice(view: &View<'_>, upload: &Upload) -> Option<Block> {
    // Whoever said that the meter is right is not told that it is wrong.
    if upload.clock_verdict == Some(ClockVerdict::MeterRight) {
        return None;
    }
    match upload.clock.as_ref()?.state() {
        ClockState::Right => None,
        ClockState::Off => Some(view.notice(TextRole::Warning, key::CLOCK_OFF)),
        ClockState::FarOff => Some(view.notice(TextRole::Warning, key::CLOCK_FAR_OFF)),
        ClockState::WrongDate => Some(view.notice(TextRole::Problem, key::CLOCK_WRONG_DATE)),
    }
}
