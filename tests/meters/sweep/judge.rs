//! What may come of a read with one fault.

use std::any::Any;

use glucodock::domain::download::{Completeness, Direction, Download, Warning};
use glucodock::domain::reading::Reading;
use glucodock::meters::error::MeterError;
use glucodock::meters::link::LinkError;

use super::super::bench::now;
use super::super::struck_link::{Harm, Strike};
use super::table::{Guard, Lacks, Plug, Row};
use super::values;

/// One read.
pub(super) struct Case<'a> {
    pub(super) row: &'a Row,
    pub(super) plug: &'a Plug,
    pub(super) strike: Strike,
    /// Whether a bit of a value was inverted that nothing in the protocol guards.
    pub(super) is_value: bool,
    /// The same read without a fault.
    pub(super) good: &'a Download,
}

impl Case<'_> {
    /// Whether the file was cut where nobody can see it.
    fn ends_unseen(&self) -> bool {
        let Strike { harm, at, .. } = self.strike;
        let byte = values::received(self.good).get(at.wrapping_sub(1)).copied();
        harm == Harm::EndFile && byte.is_some() && byte == self.row.may_end_behind
    }

    /// Whether so much of the conversation was left that a byte lost or doubled there cannot go unnoticed, in a
    /// protocol that is built of lengths.
    fn may_be_complete(&self) -> bool {
        let Strike { way, harm, at } = self.strike;
        let Some(last) = self.row.counts_every_byte_but.filter(|_| way == Direction::FromMeter) else { return true };
        let is_byte = matches!(harm, Harm::Cut | Harm::Stall | Harm::Freeze | Harm::Drop | Harm::Repeat);
        !is_byte || at + last >= values::received(self.good).len()
    }

    const fn is_guarded_by_link(&self) -> bool {
        matches!(self.row.guard, Guard::Link { .. })
    }
}

/// How a read ended that ended as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The list of the read without a fault.
    Exact,
    /// A part of the list that says so by its completeness. Or the list with a changed reading that is marked.
    Partial,
    /// The list, or what the meter says of itself, with a changed value that is plausible and that nothing guards.
    Unseen,
    Failed,
}

/// Says how the read ended, or what is wrong about it.
pub(super) fn judge(case: &Case<'_>, outcome: Result<Download, MeterError>) -> Result<Ending, String> {
    check_drive(case, outcome.as_ref())?;
    let must_heal = !case.is_value && (case.plug.heals)(case.strike);
    let found = match outcome {
        Err(MeterError::Cancelled) => return Err("nobody cancelled".to_owned()),
        Err(error) if must_heal => return Err(format!("it passes, so the meter must be read: {error}")),
        Err(_) => return Ok(Ending::Failed),
        Ok(found) => found,
    };
    if case.is_value {
        return judge_value(case, &found);
    }
    if found.is_complete() && !case.may_be_complete() {
        return Err("something was lost or doubled on the way, and it claims to be complete".to_owned());
    }
    if !is_same_meter(case, &found) {
        return Err(format!("another meter: {:?}", found.meter));
    }
    let (strange, missing) = compare(case, &found);
    if let Some(reading) = strange.first() {
        return Err(format!("a wrong reading: {reading:?}"));
    }
    let remarks = remarks(case.good, &found);
    match &found.completeness {
        Completeness::Complete if missing > 0 && case.ends_unseen() => Ok(Ending::Partial),
        Completeness::Complete if missing > 0 => {
            Err(format!("{missing} readings are missing, and it claims to be complete: {remarks:?}"))
        }
        Completeness::Complete => {
            // What an attribute says that nothing guards may be missing; it must not be another.
            let has_more = remarks.iter().any(|remark| remark.code.as_str() == "more-than-announced");
            let is_told = |right: bool, is_missing: bool| right || case.is_guarded_by_link() && is_missing;
            // A clock that was not understood is no reason to lose the readings.
            let is_unread = remarks.iter().any(|remark| remark.code.as_str() == "clock-unreadable");
            let has_clock = found.clock == case.good.clock || is_unread && found.clock.is_none();
            if !is_told(has_clock, found.clock.is_none())
                || !is_told(found.announced == case.good.announced, found.announced.is_none() || has_more)
            {
                return Err(format!("clock {:?}, {:?} announced", found.clock, found.announced));
            }
            let is_known = |code: &str| code == "clock-unreadable" || case.row.remarks.contains(&code);
            let unknown = remarks.iter().find(|remark| !is_known(remark.code.as_str()));
            unknown.map_or(Ok(Ending::Exact), |remark| Err(format!("a remark on an exact list: {remark:?}")))
        }
        Completeness::Partial(problem) => {
            if must_heal {
                return Err(format!("it passes, so the list must be whole: {problem:?}"));
            }
            let done = problem.done as usize;
            let is_told = done == found.readings.len() || case.row.counts_records && done >= found.readings.len();
            if is_told {
                Ok(Ending::Partial)
            } else {
                Err(format!("{} readings, but {problem:?}", found.readings.len()))
            }
        }
    }
}

/// A report that is damaged on its way is an error, and one that was cut is not whole, unless nobody can see it.
fn check_drive(case: &Case<'_>, outcome: Result<&Download, &MeterError>) -> Result<(), String> {
    if !case.row.is_drive {
        return Ok(());
    }
    let Strike { harm, at, .. } = case.strike;
    let must_be_gone = matches!(harm, Harm::Cut | Harm::LoseTransfer);
    if must_be_gone || matches!(harm, Harm::Stall | Harm::Freeze | Harm::Drop | Harm::Repeat) {
        let is_gone = matches!(outcome, Err(MeterError::Link { cause: LinkError::Gone, .. }));
        return if outcome.is_err() && is_gone == must_be_gone {
            Ok(())
        } else {
            Err(format!("damage on the way: {outcome:?}"))
        };
    }
    let rest = values::received(case.good).split_off(at);
    let loses_only_space = rest.iter().all(u8::is_ascii_whitespace);
    let is_seen = harm == Harm::EndFile && !loses_only_space && !case.ends_unseen();
    if is_seen && outcome.is_ok_and(Download::is_complete) { Err("it was cut".to_owned()) } else { Ok(()) }
}

/// A value changed without anybody's noticing. What can still be asked for: no reading vanishes silently, at most one
/// differs, and that one is plausible or marked.
fn judge_value(case: &Case<'_>, found: &Download) -> Result<Ending, String> {
    let (strange, missing) = compare(case, found);
    if found.is_complete() && missing > strange.len() {
        return Err(format!("{missing} readings are missing and {} others came", strange.len()));
    }
    if strange.len() > case.row.most_lost {
        return Err(format!("one flip has changed {} readings", strange.len()));
    }
    if let Some(reading) = strange.iter().find(|reading| reading.doubts.is_empty() && !is_plausible(case, reading)) {
        return Err(format!("neither plausible nor marked: {reading:?}"));
    }
    let is_unseen = strange.iter().any(|reading| reading.doubts.is_empty()) || found.meter != case.good.meter;
    Ok(match () {
        () if is_unseen => Ending::Unseen,
        () if found.is_complete() && strange.is_empty() && missing == 0 => Ending::Exact,
        () => Ending::Partial,
    })
}

/// A time that has been, and a value that the meter can measure, or LO or HI.
fn is_plausible(case: &Case<'_>, reading: &Reading) -> bool {
    // A tenth of a mmol/L is 1.8 mg/dL.
    let (low, high) = case.row.range();
    let (low, high) = (low - 1.0, high + 1.0);
    let is_past = reading.time.is_some_and(|time| time.year() >= 2000 && time <= now().datetime());
    let value = reading.measured.concentration();
    is_past && value.is_none_or(|value| (low..=high).contains(&value.glucose_mg_per_dl()))
}

/// Whether the meter has told of itself what is right, and all of it unless the read ended early or nothing but the
/// link guards what is missing.
fn is_same_meter(case: &Case<'_>, found: &Download) -> bool {
    let mut right = case.good.meter.clone();
    if case.is_guarded_by_link() && right.model_number.is_some() {
        if found.meter.model_number.is_none() {
            right.model = case.plug.sold_as.into();
        }
        if found.meter.serial.expose().is_empty() {
            right.serial = found.meter.serial.clone();
        }
    }
    if case.is_guarded_by_link() || case.row.lacks == Lacks::Version && !found.is_complete() {
        right.firmware = right.firmware.filter(|_| found.meter.firmware.is_some());
        right.model_number = right.model_number.filter(|_| found.meter.model_number.is_some());
        // It is told twice, and left out where the two differ; a wrong one is another meter's.
        right.system_id = right.system_id.filter(|_| found.meter.system_id.is_some());
    }
    found.meter == right
}

/// The readings found that are not among the good ones, and how many good ones were not found. Equal ones count.
fn compare<'a>(case: &Case<'_>, found: &'a Download) -> (Vec<&'a Reading>, usize) {
    let has_meals = case.row.lacks != Lacks::Meals || found.is_complete();
    let is_same = |right: &Reading, reading: &Reading| {
        let mut right = right.clone();
        right.meal = right.meal.filter(|_| has_meals || reading.meal.is_some());
        if case.row.is_drive {
            // A reading's place in the file, which has changed if a line end was lost.
            right.index = reading.index;
        }
        if case.is_guarded_by_link() && right.doubts.iter().all(|doubt| reading.doubts.contains(doubt)) {
            // What says that a clock was adjusted is as unguarded as a value. One doubt more does no harm.
            right.doubts.clone_from(&reading.doubts);
            right.raw.retain(|name, _| reading.raw.contains_key(name));
            if found.warnings.iter().any(|warning| warning.code.as_str() == "meal-unreadable") {
                right.meal = None;
            }
        }
        right == *reading
    };
    let mut good: Vec<&Reading> = case.good.readings.iter().collect();
    let mut strange = Vec::new();
    for reading in &found.readings {
        match good.iter().position(|right| is_same(right, reading)) {
            Some(place) => drop(good.remove(place)),
            None => strange.push(reading),
        }
    }
    (strange, good.len())
}

/// The remarks that the good read does not have.
fn remarks<'a>(good: &Download, found: &'a Download) -> Vec<&'a Warning> {
    found.warnings.iter().filter(|warning| !good.warnings.contains(warning)).collect()
}

/// What a panic said.
pub(super) fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("it panicked: {}", text.unwrap_or_default())
}
