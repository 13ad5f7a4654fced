//! From records to readings: numbers that follow one another, marks, limits, and what is left out with a remark.

use super::exchange::Exchange;
use crate::domain::download::Warning;
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::reading::{Doubt, Kind, Reading, sort};
use crate::domain::text::Clean;
use crate::meters::codec::astm::header::{Delimiters, Header};
use crate::meters::codec::astm::result::{Fields, Layout};
use crate::meters::error::MeterError;

/// The limits of a meter that does not tell its own, in mg/dL.
const USUAL_LIMITS: (u32, u32) = (20, 600);

/// No Contour measures less, in mg/dL.
const LOWEST_LIMIT: u32 = 10;

/// What has been read so far; it stays if the transmission ends early.
pub(super) struct Transfer {
    delimiters: Delimiters,
    layout: Layout,
    limits: (u32, u32),
    announced: Option<u32>,
    /// Result records so far, whatever they hold.
    results: u32,
    /// Those of `results` that are entries of the logbook and not of the meter.
    others: u32,
    /// Those of `results` that are the average of the others: one or none.
    averages: u32,
    /// Number of the result before.
    last: Option<u32>,
    /// An order has marked the result of this number as a control test.
    control: Option<u32>,
    readings: Vec<Reading>,
    warnings: Vec<Warning>,
}

impl Transfer {
    pub(super) fn new(header: &Header, layout: Layout) -> Self {
        let mut transfer = Self {
            delimiters: header.delimiters,
            layout,
            limits: header.limits.filter(|limits| are_possible(*limits)).unwrap_or(USUAL_LIMITS),
            announced: header.count,
            results: 0,
            others: 0,
            averages: 0,
            last: None,
            control: None,
            readings: Vec::new(),
            warnings: Vec::new(),
        };
        if header.clock.is_none() {
            transfer.warn("clock-unreadable", "the meter's clock is no time".to_owned());
        }
        transfer
    }

    /// Reads the rest of the transmission, behind the header.
    pub(super) fn run(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<(), MeterError> {
        if let Some(announced) = self.announced {
            exchange.conversation.announce(announced);
        }
        loop {
            let Some(frame) = exchange.next()? else {
                return Err(MeterError::Aborted { reason: "EOT before the last record".to_owned() });
            };
            if self.take(&frame.text)? {
                exchange.end();
                return self.check_count();
            }
            exchange.conversation.received(self.results - self.averages);
        }
    }

    /// The readings, sorted, the remarks on them, and how many results are among them.
    pub(super) fn finish(mut self) -> (Vec<Reading>, Vec<Warning>, u32) {
        if self.others > 0 {
            let text = format!("{} entries of the logbook that are no glucose were left out", self.others);
            self.warn("other-records", text);
        }
        sort(&mut self.readings);
        let done = count(&self.readings);
        (self.readings, self.warnings, done)
    }

    /// Takes one record; `true` if it is the last one.
    fn take(&mut self, text: &str) -> Result<bool, MeterError> {
        let mut fields = text.split(self.delimiters.field);
        match fields.next() {
            Some("R") => self.take_result(text)?,
            Some("O") => {
                let number = fields.next().and_then(|number| number.parse().ok());
                // Field 11, behind the type and the number.
                let is_control = fields.nth(9) == Some("Q");
                self.control = number.filter(|_| is_control);
            }
            Some("L") => {
                return match fields.nth(2) {
                    Some("N" | "") | None => Ok(true),
                    Some(_) => Err(MeterError::Aborted { reason: "its last record says so".to_owned() }),
                };
            }
            Some("H") => {
                let reason = "the meter has begun its transmission anew".to_owned();
                return Err(MeterError::Malformed { what: "the records", reason });
            }
            // Patient, comment and other records hold nothing of a reading.
            Some(_) | None => {}
        }
        Ok(false)
    }

    fn take_result(&mut self, text: &str) -> Result<(), MeterError> {
        let fields = Fields::of(text, self.delimiters, self.layout);
        let follows = self.last.map(|last| last.saturating_add(1));
        let number = fields.number.or(follows);
        if follows.is_some() && number != follows {
            let reason = "its number does not follow the one before".to_owned();
            return Err(MeterError::Malformed { what: "a result", reason });
        }
        self.last = number;
        self.results += 1;
        if self.layout == Layout::Serial && self.results == 1 {
            self.averages = 1;
            self.warn(
                "average-left-out",
                "the first result was left out: it is the meter's average of the others".to_owned(),
            );
            return Ok(());
        }
        let index = self.results - self.averages - 1;
        if !fields.test.is_empty() && fields.test != "Glucose" {
            self.others += 1;
            return Ok(());
        }
        let is_ordered = self.control.is_some() && self.control == fields.number;
        match self.reading(&fields, index, is_ordered) {
            Ok(reading) => self.readings.push(reading),
            Err(error) => self.warn("damaged-record", format!("result {}: {error}", index + 1)),
        }
        Ok(())
    }

    fn reading(&self, fields: &Fields<'_>, index: u32, is_ordered: bool) -> Result<Reading, MeterError> {
        let measured =
            fields.measured().map_err(|error| MeterError::Malformed { what: "a result", reason: error.to_string() })?;
        let time = fields.time();
        let mut doubts = Vec::new();
        if time.is_none() {
            doubts.push(Doubt::TimeUncertain);
        }
        if measured.concentration().is_some_and(|value| !self.is_within_limits(value)) {
            doubts.push(Doubt::OutsideMeterRange);
        }
        let raw = [
            ("number", fields.number.map(|number| number.to_string()).unwrap_or_default()),
            ("value", fields.value.to_owned()),
            ("unit", fields.unit.to_owned()),
            ("method", fields.method.to_owned()),
            ("markers", fields.marks.join("/")),
            ("time", fields.stamp.to_owned()),
        ];
        Ok(Reading {
            index,
            time,
            measured,
            kind: if is_ordered || fields.is_control() { Kind::Control } else { Kind::Blood },
            meal: Some(fields.meal()),
            doubts,
            raw: raw.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        })
    }

    /// Whether the meter can measure this value. A value in mmol/L is rounded to a tenth, which is 1.8 mg/dL.
    fn is_within_limits(&self, value: Concentration) -> bool {
        let slack = if value.unit() == Unit::MmolPerL { 1.0 } else { 0.0 };
        let (low, high) = (f64::from(self.limits.0) - slack, f64::from(self.limits.1) + slack);
        (low..=high).contains(&value.glucose_mg_per_dl())
    }

    /// Compares what came with what was announced. Whether an announcement counts the average, or entries that are no
    /// glucose, is not documented, so each way of counting will do.
    fn check_count(&self) -> Result<(), MeterError> {
        let Some(announced) = self.announced else { return Ok(()) };
        let own = self.results - self.averages;
        if [self.results, own, own - self.others].contains(&announced) {
            Ok(())
        } else if own < announced {
            Err(MeterError::Short { received: own, announced })
        } else {
            let reason = "more came than were announced".to_owned();
            Err(MeterError::Malformed { what: "the results", reason })
        }
    }

    fn warn(&mut self, code: &str, text: String) {
        self.warnings.push(Warning { code: code.into(), text: Clean::from(text) });
    }
}

/// Whether a meter can have these limits; a value beyond possible ones must not pass as one within them.
fn are_possible((low, high): (u32, u32)) -> bool {
    low >= LOWEST_LIMIT && low < high
}

fn count(readings: &[Reading]) -> u32 {
    u32::try_from(readings.len()).unwrap_or(u32::MAX)
}
