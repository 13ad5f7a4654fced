//! The result record of Contour meters: one measurement, or an entry of the meter's logbook.
//!
//! The unit is the record's own, whatever the header says. Beyond the limits the number sent is the limit, so it is no
//! value. Marks are compared whole: `ZC` (three hours after food) is neither `C` (control solution) nor `Z`.

use jiff::civil::DateTime;

use super::header::Delimiters;
use super::{RecordError, time};
use crate::domain::glucose::{Concentration, Measured, Unit};
use crate::domain::reading::Meal;

/// Where a family of meters puts its marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// HID meters: all marks in field 6, separated by `/`; the stamp in field 8.
    Hid,
    /// Meters with a serial cable: limits in field 6, the user's mark in 7, control in 8; the stamp in field 11.
    Serial,
}

/// The fields of a result record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields<'a> {
    /// Its number, from 1; `None` if it is no number.
    pub number: Option<u32>,
    /// What was measured: `Glucose`; others are entries of a logbook.
    pub test: &'a str,
    /// The number shown.
    pub value: &'a str,
    /// Its unit.
    pub unit: &'a str,
    /// Reference: `P` plasma, `B` whole blood, `C` capillary, `D` deproteinised.
    pub method: &'a str,
    /// Every mark.
    pub marks: Vec<&'a str>,
    /// The stamp.
    pub stamp: &'a str,
    layout: Layout,
}

impl<'a> Fields<'a> {
    /// Takes a result record apart; fields that are missing are empty.
    #[must_use]
    pub fn of(text: &'a str, delimiters: Delimiters, layout: Layout) -> Self {
        let fields: Vec<&str> = text.split(delimiters.field).collect();
        let at = |index: usize| fields.get(index).copied().unwrap_or_default();
        let (unit, method) = at(4).split_once(delimiters.component).unwrap_or((at(4), ""));
        let marks = match layout {
            Layout::Hid => at(6).split('/').collect(),
            // A serial meter repeats within the field of limits: `>\T` is above the range, and a T of unknown meaning.
            Layout::Serial => at(6).split(delimiters.repeat).chain([at(7), at(8)]).collect::<Vec<_>>(),
        };
        Self {
            number: at(1).parse().ok(),
            // E1394: the fourth component of the test's id is the maker's own name of it; the
            // others are empty.
            test: at(2).split(delimiters.component).nth(3).unwrap_or_default(),
            value: at(3),
            unit,
            method,
            marks: marks.into_iter().filter(|mark| !mark.is_empty()).collect(),
            stamp: at(if layout == Layout::Hid { 8 } else { 11 }),
            layout,
        }
    }

    /// What was measured.
    ///
    /// # Errors
    /// [`RecordError`] if there is no number in a known unit, or it is both too low and too high.
    pub fn measured(&self) -> Result<Measured, RecordError> {
        let unit = match self.unit {
            "mg/dL" => Unit::MgPerDl,
            "mmol/L" => Unit::MmolPerL,
            _ => return Err(RecordError("its unit is not known")),
        };
        // Also where a mark takes its place: a record whose number cannot be read is a damaged one.
        let value = concentration(self.value, unit).ok_or(RecordError("its value is no number"))?;
        match (self.has("<"), self.has(">")) {
            (true, true) => Err(RecordError("it is marked as too low and as too high")),
            // The number beside the mark is the limit itself, which nobody measured.
            (true, false) => Ok(Measured::Low),
            (false, true) => Ok(Measured::High),
            (false, false) => Ok(Measured::Value(value)),
        }
    }

    /// Whether it is the average of a meter's results: a test of its own, and at no time. Tidepool drops the first
    /// result of a serial meter instead, whatever it is.
    #[must_use]
    pub fn is_average(&self) -> bool {
        self.test == "GlucoseA" && self.stamp.is_empty()
    }

    /// Whether it is a test with control solution. On serial meters the control field holds `E`, alone or among others
    /// (Tidepool).
    #[must_use]
    pub fn is_control(&self) -> bool {
        match self.layout {
            Layout::Hid => self.has("C"),
            // Contains, not equals: only this field of a serial meter has an E, and others may
            // stand beside it.
            Layout::Serial => self.marks.iter().any(|mark| mark.contains('E')),
        }
    }

    /// The meal mark; nothing if marks of different meals contradict each other. Quarter hours after food (`Z1` to
    /// `ZC`) are after a meal.
    #[must_use]
    pub fn meal(&self) -> Option<Meal> {
        let is_hours = |mark: &&str| matches!(mark.as_bytes(), [b'Z', b'1'..=b'9' | b'A'..=b'C']);
        let is_after = self.has("A") || self.marks.iter().any(is_hours);
        match (self.has("B"), is_after, self.has("F")) {
            (false, false, false) => Some(Meal::None),
            (true, false, false) => Some(Meal::Before),
            (false, true, false) => Some(Meal::After),
            (false, false, true) => Some(Meal::Fasting),
            _ => None,
        }
    }

    /// The stamp as a time; `None` if there is no such time.
    #[must_use]
    pub fn time(&self) -> Option<DateTime> {
        time(self.stamp)
    }

    fn has(&self, mark: &str) -> bool {
        self.marks.contains(&mark)
    }
}

/// Digits with at most one point among them: up to four before it and two behind it.
fn concentration(text: &str, unit: Unit) -> Option<Concentration> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let has_point = whole.len() < text.len();
    let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_right = (1..=4).contains(&whole.len())
        && fraction.len() <= 2
        && has_point != fraction.is_empty()
        && are_digits(whole)
        && are_digits(fraction);
    let digits = format!("{whole}{fraction}").parse().ok().filter(|_| is_right)?;
    Some(Concentration::new(digits, u8::try_from(fraction.len()).ok()?, unit))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    const DELIMITERS: Delimiters = Delimiters { field: '|', repeat: '\\', component: '^' };

    fn hid(text: &str) -> Fields<'_> {
        Fields::of(text, DELIMITERS, Layout::Hid)
    }

    /// Records captured of Contour meters.
    #[test]
    fn published_records_are_read() {
        let fields = hid("R|8|^^^Glucose|133|mg/dL^P||B/X||201202052034");
        assert_eq!((fields.number, fields.test, fields.method), (Some(8), "Glucose", "P"));
        assert_eq!(fields.measured(), Ok(Measured::Value(Concentration::mg_per_dl(133))));
        assert_eq!((fields.meal(), fields.is_control()), (Some(Meal::Before), false));
        assert_eq!(fields.time(), Some(date(2012, 2, 5).at(20, 34, 0, 0)));
        let fields = hid("R|5|^^^Glucose|7.9|mmol/L^P||B||201102241308");
        assert_eq!(fields.measured(), Ok(Measured::Value(Concentration::new(79, 1, Unit::MmolPerL))));
    }

    #[rstest]
    #[case("", Meal::None, false)]
    #[case("A/M0/T1", Meal::After, false)]
    #[case("ZA", Meal::After, false)]
    #[case("A/ZC", Meal::After, false)]
    #[case("ZC", Meal::After, false)]
    #[case("ZD", Meal::None, false)]
    #[case("F/M0/T1", Meal::Fasting, false)]
    #[case("C/M0", Meal::None, true)]
    #[case("X/I/S/D", Meal::None, false)]
    fn marks_are_compared_whole(#[case] marks: &str, #[case] meal: Meal, #[case] is_control: bool) {
        let text = format!("R|1|^^^Glucose|100|mg/dL^P||{marks}||201202052034");
        assert_eq!((hid(&text).meal(), hid(&text).is_control()), (Some(meal), is_control));
    }

    #[rstest]
    #[case("A/B")]
    #[case("B/Z4")]
    #[case("F/A")]
    #[case("M0/B/F/T1")]
    fn marks_of_two_meals_are_none(#[case] marks: &str) {
        let text = format!("R|1|^^^Glucose|100|mg/dL^P||{marks}||201202052034");
        assert_eq!(hid(&text).meal(), None);
    }

    #[test]
    fn beyond_the_limits_there_is_no_value() {
        assert_eq!(hid("R|1|^^^Glucose|20|mg/dL^P||</M0||201202052034").measured(), Ok(Measured::Low));
        assert_eq!(hid("R|1|^^^Glucose|33.3|mmol/L^P||>||201202052034").measured(), Ok(Measured::High));
        assert!(hid("R|1|^^^Glucose|20|mg/dL^P||</>||201202052034").measured().is_err());
    }

    #[test]
    fn serial_records_have_a_field_for_each_mark() {
        let text = "R|3|^^^Glucose|601|mg/dL^P|3|>\\T|A|E|||201404031330";
        let fields = Fields::of(text, DELIMITERS, Layout::Serial);
        assert_eq!(
            (fields.measured(), fields.meal(), fields.is_control()),
            (Ok(Measured::High), Some(Meal::After), true)
        );
        assert_eq!(fields.time(), Some(date(2014, 4, 3).at(13, 30, 0, 0)));
        let text = "R|3|^^^Glucose|5.4|mmol/L^P|2|T|B||||201404031330";
        let fields = Fields::of(text, DELIMITERS, Layout::Serial);
        assert_eq!((fields.meal(), fields.is_control()), (Some(Meal::Before), false));
        assert_eq!(fields.measured(), Ok(Measured::Value(Concentration::new(54, 1, Unit::MmolPerL))));
    }

    /// Bayer's interface specification, revision C.
    #[test]
    fn an_average_says_that_it_is_one() {
        let is_average = |text| Fields::of(text, DELIMITERS, Layout::Serial).is_average();
        assert!(is_average("R|1|^^^GlucoseA|113|mg/dL^P|||B||||"));
        assert!(!is_average("R|1|^^^Glucose|113|mg/dL^P|||A||||200205311013"));
        assert!(!is_average("R|1|^^^GlucoseA|113|mg/dL^P|||B||||200205311013"));
    }

    #[rstest]
    #[case("R|1|^^^Glucose|100|mg/dl^P||||201202052034")]
    #[case("R|1|^^^Glucose||mg/dL^P||||201202052034")]
    #[case("R|1|^^^Glucose|-5|mg/dL^P||||201202052034")]
    #[case("R|1|^^^Glucose|5.|mmol/L^P||||201202052034")]
    #[case("R|1|^^^Glucose|.5|mmol/L^P||||201202052034")]
    #[case("R|1|^^^Glucose|1e2|mg/dL^P||||201202052034")]
    #[case("R|1|^^^Glucose|10000|mg/dL^P||||201202052034")]
    #[case("R")]
    fn a_record_without_a_value_says_so(#[case] text: &str) {
        assert!(hid(text).measured().is_err());
    }
}
