//! What no reading can be, whatever the meter: of a time that has not come or that was before these meters, or of a
//! value that they cannot measure.
//!
//! Protocols that rely on the link's check values cannot notice a changed bit of a value, and a meter's memory can be
//! damaged under any protocol. Such a reading is kept, because it may be right and its clock wrong, and it is marked:
//! with a doubt, and with a remark in which its place is named. A driver that knows its meter better marks first.

use jiff::civil::{DateTime, date};
use jiff::{SignedDuration, Zoned};

use super::catalogue::Catalogue;
use crate::domain::download::{Download, Warning};
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::domain::text::Clean;

/// No meter that is read here was sold before (the OneTouch Ultra, in 2001); what is of the year 2000 was measured on a
/// clock that was reset and began there.
const EARLIEST: DateTime = date(2001, 1, 1).at(0, 0, 0, 0);

/// Two digits of a year end here, and no meter counts on.
const LATEST: DateTime = date(2099, 12, 31).at(23, 59, 59, 999_999_999);

/// Stamps of some families have no seconds, and the clock is read before the memory or after it.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_mins(10);

/// How far a meter that does not tell its clock may be ahead: it may show the time of another zone.
const ZONE_SLACK: SignedDuration = SignedDuration::from_hours(26);

/// The highest ketone that any meter shows as a number, in mmol/L (FreeStyle Optium: 8.0, by one source 10.0).
const MOST_KETONE: f64 = 10.0;

/// Drivers whose meters measure ketones too and send glucose in mg/dL always, so that a control test in
/// mmol/L is one of ketones.
const KETONE_METERS: [&str; 4] = ["caresens", "freestyle-libre", "freestyle-neo", "freestyle-optium"];

/// A tenth of a mmol/L is 1.8 mg/dL; so much may be lost in rounding, in mg/dL.
const ROUNDING: f64 = 1.0;

/// Marks what cannot be, in a download that was read at `now`.
pub fn mark(download: &mut Download, now: &Zoned) {
    let driver = download.meter.driver.clone();
    let range = range(driver.as_str());
    let has_ketones = KETONE_METERS.contains(&driver.as_str());
    let latest = match &download.clock {
        // The meter's own clock, even a wrong one: its stamps were made by it, and cannot be later.
        Some(clock) => clock.meter.saturating_add(CLOCK_SLACK),
        None => now.datetime().saturating_add(ZONE_SLACK),
    };
    let times = EARLIEST..=latest.min(LATEST);
    for reading in &mut download.readings {
        let number = reading.index.saturating_add(1);
        // A driver that had the doubt before has named the reading already, so there is no second
        // remark.
        if reading.time.is_some_and(|time| !times.contains(&time)) && doubt(reading, Doubt::TimeUncertain) {
            let text = format!("record {number}: its time is before all meters or later than the meter's clock");
            download.warnings.push(Warning { code: "time-implausible".into(), text: Clean::from(text) });
        }
        let value = reading.measured.concentration();
        if value.is_some_and(|value| !can_be(scale(reading.kind, value, has_ketones), value, range))
            && doubt(reading, Doubt::OutsideMeterRange)
        {
            let text = format!("record {number}: its value is one that the meter cannot measure");
            download.warnings.push(Warning { code: "value-implausible".into(), text: Clean::from(text) });
        }
    }
}

/// Adds the doubt; `false` if somebody had it before.
fn doubt(reading: &mut Reading, doubt: Doubt) -> bool {
    let is_new = !reading.doubts.contains(&doubt);
    if is_new {
        reading.doubts.push(doubt);
        reading.doubts.sort_unstable();
    }
    is_new
}

/// The kind by whose scale a value is judged: a control test of ketones has theirs.
fn scale(kind: Kind, value: Concentration, has_ketones: bool) -> Kind {
    let is_ketone_control = kind == Kind::Control && has_ketones && value.unit() == Unit::MmolPerL;
    if is_ketone_control { Kind::Ketone } else { kind }
}

/// Whether a meter that measures glucose of `range` can show this number.
fn can_be(kind: Kind, value: Concentration, range: Option<(u32, u32)>) -> bool {
    match kind {
        Kind::Blood | Kind::Control | Kind::Sensor => range.is_none_or(|(low, high)| {
            let slack = if value.unit() == Unit::MmolPerL { ROUNDING } else { 0.0 };
            (f64::from(low) - slack..=f64::from(high) + slack).contains(&value.glucose_mg_per_dl())
        }),
        Kind::Ketone => value.unit() == Unit::MmolPerL && value.value() <= MOST_KETONE,
        // What it is and on which scale is not known.
        Kind::Other => true,
    }
}

/// What the meters of a driver measure, in mg/dL, from the lowest of them to the highest; `None` for a driver that is
/// not in the catalogue.
fn range(driver: &str) -> Option<(u32, u32)> {
    // Of all its meters, because the model is not always told: the widest range doubts no true
    // value.
    let ranges = Catalogue::embedded().by_driver(driver).map(|meter| meter.range);
    ranges.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::*;
    use crate::domain::download::Completeness;
    use crate::domain::glucose::Measured;
    use crate::domain::meter::MeterIdentity;
    use crate::domain::meter_clock::ClockReading;
    use crate::domain::text::Private;

    const NOW: &str = "2026-07-14T12:00:00+02:00[Europe/Berlin]";

    fn marked(
        driver: &str,
        clock: Option<&str>,
        time: &str,
        kind: Kind,
        value: Concentration,
    ) -> (Vec<Doubt>, Vec<String>) {
        let now: Zoned = NOW.parse().unwrap();
        let reading = Reading {
            corrected_from: None,
            index: 4,
            time: Some(time.parse().unwrap()),
            measured: Measured::Value(value),
            kind,
            meal: None,
            doubts: Vec::new(),
            raw: BTreeMap::new(),
        };
        let mut download = Download {
            meter: MeterIdentity {
                manufacturer: "Roche".into(),
                model: "a meter".into(),
                model_number: None,
                serial: Private::default(),
                system_id: None,
                firmware: None,
                driver: driver.into(),
            },
            clock: clock.map(|clock| ClockReading { meter: clock.parse().unwrap(), host: now.clone() }),
            announced: None,
            completeness: Completeness::Complete,
            readings: vec![reading],
            not_taken: Vec::new(),
            warnings: Vec::new(),
            transcript: Vec::new(),
        };
        mark(&mut download, &now);
        let once = download.clone();
        mark(&mut download, &now);
        assert_eq!(download, once, "what is marked is not marked again");
        let reading = download.readings.remove(0);
        let remarks = download.warnings.iter().map(|warning| format!("{}: {}", warning.code, warning.text)).collect();
        (reading.doubts, remarks)
    }

    #[rstest]
    #[case::now(Some("2026-07-14T12:03:00"), "2026-07-14T12:03:59", true)]
    #[case::later_than_its_clock(Some("2026-07-14T12:03:00"), "2026-07-14T12:14:00", false)]
    #[case::on_a_clock_that_is_wrong(Some("2027-07-14T12:03:00"), "2027-07-14T08:00:00", true)]
    #[case::later_than_a_clock_that_is_wrong(Some("2021-01-01T00:05:00"), "2026-07-14T08:00:00", false)]
    #[case::in_another_zone(None, "2026-07-15T13:00:00", true)]
    #[case::later_than_in_any_zone(None, "2026-07-15T15:00:00", false)]
    #[case::another_century(None, "2826-07-12T09:44:00", false)]
    #[case::long_ago(None, "2001-01-01T00:00:00", true)]
    #[case::of_a_clock_that_was_reset(None, "2000-01-01T00:00:00", false)]
    #[case::of_a_clock_that_was_reset_months_before(None, "2000-12-31T23:59:59", false)]
    #[case::before_meters(None, "1999-12-31T23:59:59", false)]
    fn a_time_that_cannot_be_is_marked(#[case] clock: Option<&str>, #[case] time: &str, #[case] can_be: bool) {
        let (doubts, remarks) = marked("accu-chek-usb", clock, time, Kind::Blood, Concentration::mg_per_dl(103));
        if can_be {
            assert_eq!((doubts, remarks), (vec![], vec![]));
        } else {
            assert_eq!(doubts, [Doubt::TimeUncertain]);
            let text = "time-implausible: record 5: its time is before all meters or later than the meter's clock";
            assert_eq!(remarks, [text]);
        }
    }

    const fn tenths(digits: u32) -> Concentration {
        Concentration::new(digits, 1, Unit::MmolPerL)
    }

    /// Accu-Chek: 10 to 600 mg/dL, 0.6 to 33.3 mmol/L. FreeStyle: 20 to 500 mg/dL, 1.1 to 27.8 mmol/L.
    #[rstest]
    #[case("accu-chek-usb", Kind::Blood, Concentration::mg_per_dl(9), false)]
    #[case("accu-chek-usb", Kind::Blood, Concentration::mg_per_dl(10), true)]
    #[case("accu-chek-usb", Kind::Control, Concentration::mg_per_dl(600), true)]
    #[case("accu-chek-usb", Kind::Control, Concentration::mg_per_dl(601), false)]
    #[case("accu-chek-usb", Kind::Blood, tenths(6), true)]
    #[case("accu-chek-usb", Kind::Blood, tenths(4), false)]
    #[case("accu-chek-usb", Kind::Blood, tenths(333), true)]
    #[case("accu-chek-usb", Kind::Blood, tenths(334), false)]
    #[case("freestyle-libre", Kind::Sensor, tenths(278), true)]
    #[case("freestyle-libre", Kind::Sensor, tenths(279), false)]
    #[case("freestyle-neo", Kind::Ketone, tenths(100), true)]
    #[case("freestyle-neo", Kind::Control, tenths(8), true)]
    #[case("freestyle-neo", Kind::Control, tenths(101), false)]
    #[case("freestyle-neo", Kind::Control, Concentration::mg_per_dl(14), false)]
    #[case("accu-chek-usb", Kind::Control, tenths(4), false)]
    #[case("freestyle-neo", Kind::Ketone, tenths(101), false)]
    #[case("freestyle-neo", Kind::Ketone, Concentration::mg_per_dl(3), false)]
    #[case("unheard-of", Kind::Blood, Concentration::mg_per_dl(9000), true)]
    #[case("accu-chek-usb", Kind::Other, Concentration::mg_per_dl(9000), true)]
    fn a_value_that_cannot_be_is_marked(
        #[case] driver: &str,
        #[case] kind: Kind,
        #[case] value: Concentration,
        #[case] can_be: bool,
    ) {
        let (doubts, remarks) = marked(driver, None, "2026-07-14T08:00:00", kind, value);
        if can_be {
            assert_eq!((doubts, remarks), (vec![], vec![]));
        } else {
            assert_eq!(doubts, [Doubt::OutsideMeterRange]);
            assert_eq!(remarks, ["value-implausible: record 5: its value is one that the meter cannot measure"]);
        }
    }
}
