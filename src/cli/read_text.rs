//! What `glucodock read` prints for people: facts about the meter, then a table of its readings.

use std::fmt::Write as _;

use crate::domain::calendar::written_to_the_second;
use crate::domain::download::{Completeness, Download, NotTaken};
use crate::domain::glucose::Measured;
use crate::domain::meter_clock::{ClockReading, ClockState};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::ui::spans::difference;
use crate::ui::words::Words;

/// The whole page.
pub(super) fn page(download: &Download) -> String {
    let mut page = String::new();
    for (label, text) in facts(download) {
        line(&mut page, &format!("{label:<13} {text}"));
    }
    for NotTaken { place, reason, said } in &download.not_taken {
        let said = if said.is_empty() { String::new() } else { format!("; the meter sent: {said}") };
        line(&mut page, &format!("{:<13} {place}: {reason}{said}", "Not taken"));
    }
    for warning in &download.warnings {
        line(&mut page, &format!("{:<13} {}", "Remark", warning.text));
    }
    if !download.readings.is_empty() {
        line(&mut page, "");
        line(&mut page, &format!("{:<20}  {:>11}  {:<7}  {:<12}  Doubts", "Time of meter", "Result", "Kind", "Meal"));
        for reading in &download.readings {
            line(&mut page, row(reading).trim_end());
        }
    }
    page
}

fn facts(download: &Download) -> Vec<(&'static str, String)> {
    let meter = &download.meter;
    let serial = match meter.serial.expose().as_str() {
        "" => "none".to_owned(),
        text if !meter.is_identifiable() => format!("none (the meter says {text})"),
        _ => meter.grouped_serial(),
    };
    let mut facts = vec![("Meter", format!("{} ({})", meter.model, meter.manufacturer)), ("Serial number", serial)];
    facts.extend(meter.model_number.as_ref().map(|number| ("Model number", number.to_string())));
    facts.extend(meter.firmware.as_ref().map(|firmware| ("Firmware", firmware.to_string())));
    facts.push(("Driver", meter.driver.to_string()));
    facts.push(("Clock", download.clock.as_ref().map_or_else(|| "unknown".to_owned(), clock)));
    let count = download.readings.len();
    facts.push(match &download.completeness {
        Completeness::Complete => ("Readings", format!("{count}, all that the meter holds")),
        Completeness::Partial(problem) => {
            let of = problem.of.map_or(String::new(), |of| format!(" of {of}"));
            ("INCOMPLETE", format!("{count}{of} readings: {} [{}]", problem.detail, problem.code.code()))
        }
    });
    facts
}

fn clock(clock: &ClockReading) -> String {
    let difference = difference(Words::shared(), clock);
    let warning = match clock.state() {
        ClockState::Right => "",
        ClockState::Off => "; off by more than 2 minutes",
        ClockState::FarOff => "; OFF by more than 15 minutes",
        ClockState::WrongDate => {
            "; WRONG by more than a day: before it is assigned, somebody must say which clock is right"
        }
    };
    format!("{}, {difference}{warning}", written_to_the_second(clock.meter))
}

fn row(reading: &Reading) -> String {
    let time = reading.time.map_or_else(|| "unknown".to_owned(), written_to_the_second);
    let result = match reading.measured {
        Measured::Value(value) => value.to_string(),
        Measured::Low => "LO".to_owned(),
        Measured::High => "HI".to_owned(),
        Measured::Unscaled(number) => format!("no scale: {number}"),
    };
    let doubts: Vec<&str> = reading.doubts.iter().map(|doubt| doubt_name(*doubt)).collect();
    format!(
        "{time:<20}  {result:>11}  {:<7}  {:<12}  {}",
        kind_name(reading.kind),
        reading.meal.map_or("", meal_name),
        doubts.join(", ")
    )
}

pub(super) const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Blood => "blood",
        Kind::Control => "CONTROL",
        Kind::Ketone => "ketone",
        Kind::Sensor => "sensor",
        Kind::Other => "other",
    }
}

const fn meal_name(meal: Meal) -> &'static str {
    match meal {
        Meal::None => "",
        Meal::Before => "before meal",
        Meal::After => "after meal",
        Meal::Fasting => "fasting",
        Meal::Bedtime => "bedtime",
        Meal::Casual => "casual",
    }
}

const fn doubt_name(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Invalid => "invalid",
        Doubt::Questionable => "questionable",
        Doubt::NotAvailable => "not available",
        Doubt::TestData => "test data",
        Doubt::DamagedRecord => "damaged record",
        Doubt::TimeUncertain => "time uncertain",
        Doubt::OutsideMeterRange => "outside the meter's range",
        Doubt::KindUncertain => "perhaps a control test",
        Doubt::TimeAhead => "its time has not come",
        Doubt::TimeBeforeModel => "older than this model",
        Doubt::ClockReset => "told by a clock that was reset",
        Doubt::ClockWrong => "the meter's clock was wrong",
    }
}

fn line(page: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(page, "{text}");
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The difference is told in the units of the app.
    #[rstest]
    #[case("2026-07-14T10:00:00", "14-Jul-2026 10:00:00, same as this computer")]
    #[case("2026-07-14T10:01:40", "14-Jul-2026 10:01:40, 100 s ahead")]
    #[case("2026-07-14T09:00:00", "14-Jul-2026 09:00:00, 60 min behind; OFF by more than 15 minutes")]
    #[case("2026-07-16T17:12:00", "16-Jul-2026 17:12:00, 2 days ahead; WRONG by more than a day")]
    fn a_clock_is_told_as_the_app_tells_it(#[case] meter: &str, #[case] said: &str) {
        let host = "2026-07-14T10:00:00[Europe/Berlin]".parse().unwrap();
        let told = clock(&ClockReading { meter: meter.parse().unwrap(), host });
        assert!(told.starts_with(said), "{told}");
    }
}
