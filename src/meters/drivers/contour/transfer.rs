//! From records to readings: numbers that follow one another, marks, limits, and what is left out with a remark.

use super::exchange::Exchange;
use crate::domain::glucose::{Concentration, Unit};
use crate::domain::meter_clock::ClockReading;
use crate::domain::reading::{Doubt, Kind, Reading};
use crate::meters::codec::astm::RecordError;
use crate::meters::codec::astm::header::{Delimiters, Header};
use crate::meters::codec::astm::result::{Fields, Layout};
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;
use crate::meters::gathered::{Counted, Gathered, MeterRecord};

/// The limits of a meter that does not tell its own, in mg/dL.
const USUAL_LIMITS: (u32, u32) = (20, 600);

/// No Contour measures less, in mg/dL. The Contour USB says 10600, others 20600.
const LOWEST_LIMIT: u32 = 10;

/// What has been read so far; it stays if the transmission ends early.
pub(super) struct ContourTransfer {
    delimiters: Delimiters,
    layout: Layout,
    limits: (u32, u32),
    announced: Option<u32>,
    /// Result records so far, whatever they hold.
    results: u32,
    /// Those of `results` that say they are the average of the others.
    averages: u32,
    /// Number of the result before.
    last: Option<u32>,
    /// An order has marked the result behind it as a control test.
    is_control_next: bool,
    pub(super) gathered: Gathered,
}

impl ContourTransfer {
    pub(super) fn new(header: &Header, layout: Layout, clock: Option<ClockReading>) -> Self {
        let mut gathered = Gathered::default();
        gathered.note_clock_at(clock);
        Self {
            delimiters: header.delimiters,
            layout,
            limits: header.limits.filter(|limits| are_possible(*limits)).unwrap_or(USUAL_LIMITS),
            announced: header.count,
            results: 0,
            averages: 0,
            last: None,
            is_control_next: false,
            gathered,
        }
    }

    /// Reads the rest of the transmission, behind the header.
    pub(super) fn run(&mut self, exchange: &mut Exchange<'_, '_>) -> Result<(), MeterError> {
        if let Some(announced) = self.announced {
            self.gathered.announce(exchange.conversation, announced);
        }
        loop {
            let Some(frame) = exchange.next()? else {
                return Err(MeterError::Aborted { reason: "EOT before the last record".into() });
            };
            if self.take(exchange.conversation, &frame.text)? {
                exchange.end();
                return Ok(());
            }
        }
    }

    /// Takes one record; `true` if it is the last one.
    fn take(&mut self, conversation: &mut Conversation<'_>, text: &str) -> Result<bool, MeterError> {
        let mut fields = text.split(self.delimiters.field);
        match fields.next() {
            Some("R") => self.take_result(conversation, text)?,
            Some("O") => {
                // Field 11, behind the type. Some older meters send an order in front of a result; `Q` there marks the
                // result that follows as a control test, whatever the numbers of the two are (glucodump).
                self.is_control_next = fields.nth(10) == Some("Q");
            }
            Some("L") => {
                // The code stands in the third field, on meters with a plug in the fourth.
                let is_well = fields.skip(1).take(2).all(|code| matches!(code, "" | "N"));
                return if is_well {
                    Ok(true)
                } else {
                    Err(MeterError::Aborted { reason: "its last record says so".into() })
                };
            }
            // The numbers would begin with 1 again, and every result be there twice.
            Some("H") => {
                let reason = "the meter has begun its transmission anew".to_owned();
                return Err(MeterError::Malformed { what: "the records", reason: reason.into() });
            }
            // Patient, comment and other records hold nothing of a reading.
            Some(_) | None => {}
        }
        Ok(false)
    }

    fn take_result(&mut self, conversation: &mut Conversation<'_>, text: &str) -> Result<(), MeterError> {
        let fields = Fields::of(text, self.delimiters, self.layout);
        let follows = self.last.map(|last| last.saturating_add(1));
        // The frames have numbers, too: a result whose own cannot be read is in its place all the
        // same.
        let number = fields.number.or(follows);
        // Results are numbered from 1, oldest first: a gap is a reading that was lost.
        if follows.is_some() && number != follows {
            let reason = "its number does not follow the one before".to_owned();
            return Err(MeterError::Malformed { what: "a result", reason: reason.into() });
        }
        self.last = number;
        self.results += 1;
        if self.layout == Layout::Serial && fields.is_average() {
            self.averages += 1;
            let average = MeterRecord::Aside("the meter's average of the others".into(), Counted::Perhaps);
            self.gathered.take::<ResultError>(conversation, 0, text, Ok(average));
            return Ok(());
        }
        let index = self.results - self.averages - 1;
        let is_ordered = std::mem::take(&mut self.is_control_next);
        let record = match fields.test {
            "" | "Glucose" => self.reading(&fields, index, is_ordered).map(MeterRecord::from),
            other => {
                logbook(other).map(|name| MeterRecord::Aside(name.into(), Counted::Perhaps)).ok_or(ResultError::Test)
            }
        };
        let place = format!("result {}", self.results);
        if matches!(&record, Ok(MeterRecord::Reading(reading)) if reading.meal.is_none()) {
            self.gathered.warn("meal-unclear", &format!("{place} has marks of different meals; none was used"));
        }
        self.gathered.take_at(conversation, &place, text, record);
        Ok(())
    }

    fn reading(&self, fields: &Fields<'_>, index: u32, is_ordered: bool) -> Result<Reading, ResultError> {
        let measured = fields.measured()?;
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
            corrected_from: None,
            index,
            time,
            measured,
            kind: if is_ordered || fields.is_control() { Kind::Control } else { Kind::Blood },
            meal: fields.meal(),
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
}

/// Why a result is not taken.
#[derive(Debug, thiserror::Error)]
enum ResultError {
    /// A field of it.
    #[error("{0}")]
    Field(#[from] RecordError),
    /// Neither glucose nor what a person enters in the meter's logbook: perhaps a reading whose name was damaged.
    #[error("what it measures is not known")]
    Test,
}

/// What a person enters in the logbook of a meter, by the name of the test.
fn logbook(test: &str) -> Option<&'static str> {
    match test {
        "Insulin" => Some("insulin"),
        "Carb" => Some("carbohydrates"),
        _ => None,
    }
}

/// Whether a meter can have these limits; a value beyond possible ones must not pass as one within them.
fn are_possible((low, high): (u32, u32)) -> bool {
    low >= LOWEST_LIMIT && low < high
}
