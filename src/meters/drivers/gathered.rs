//! What a driver has learned of a meter so far, and the download it becomes, whole or partial.

use jiff::civil::DateTime;

use crate::domain::download::{Completeness, Download, Warning};
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::reading::{Reading, sort};
use crate::domain::text::Clean;
use crate::meters::conversation::Conversation;
use crate::meters::error::MeterError;

/// Readings and remarks; they stay if the conversation ends early.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// The meter's clock against ours.
    pub(super) clock: Option<ClockReading>,
    /// How many records the meter announced.
    pub(super) announced: Option<u32>,
    /// The sound records.
    pub(super) readings: Vec<Reading>,
    /// Remarks.
    pub(super) warnings: Vec<Warning>,
}

impl Gathered {
    /// Notes how many records the meter announced.
    pub(super) fn announce(&mut self, conversation: &mut Conversation<'_>, announced: u32) {
        self.announced = Some(announced);
        conversation.announce(announced);
    }

    /// Keeps a reading.
    pub(super) fn keep(&mut self, conversation: &mut Conversation<'_>, reading: Reading) {
        self.readings.push(reading);
        conversation.received(self.count());
    }

    /// How many readings there are.
    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.readings.len()).unwrap_or(u32::MAX)
    }

    /// Leaves out the record at `index`, counted from 0, and says so.
    pub(super) fn leave_out(&mut self, index: u32, error: &MeterError) {
        let of = self.announced.map(|announced| format!(" of {announced}")).unwrap_or_default();
        self.warn("damaged-record", &format!("record {}{of}: {error}", index.saturating_add(1)));
    }

    /// A remark; `text` without values or serial numbers.
    pub(super) fn warn(&mut self, code: &str, text: &str) {
        self.warnings.push(Warning { code: code.into(), text: Clean::new(text, 200) });
    }

    /// Notes the meter's clock. That it shows no time that exists is no reason to lose the readings.
    pub(super) fn note_clock(&mut self, conversation: &Conversation<'_>, shown: Option<DateTime>) {
        match shown {
            Some(meter) => self.clock = Some(ClockReading { meter, host: conversation.now() }),
            None => self.warn("clock-unreadable", "the meter's clock shows a date or time that does not exist"),
        }
    }

    /// Fails if there are fewer readings than the meter announced.
    pub(super) fn check_count(&self) -> Result<(), MeterError> {
        let received = self.count();
        match self.announced {
            Some(announced) if received < announced => Err(MeterError::Short { received, announced }),
            Some(_) | None => Ok(()),
        }
    }

    /// The download of this meter: complete if all went well, or partial with the reason.
    ///
    /// # Errors
    /// Only [`MeterError::Cancelled`].
    pub(super) fn into_download(
        mut self,
        conversation: &mut Conversation<'_>,
        meter: MeterIdentity,
        outcome: Result<(), MeterError>,
    ) -> Result<Download, MeterError> {
        let completeness = match outcome {
            Ok(()) => Completeness::Complete,
            Err(MeterError::Cancelled) => return Err(MeterError::Cancelled),
            Err(error) => Completeness::Partial(error.problem(self.count(), self.announced)),
        };
        sort(&mut self.readings);
        Ok(Download {
            meter,
            clock: self.clock,
            announced: self.announced,
            completeness,
            readings: self.readings,
            warnings: self.warnings,
            transcript: conversation.take_transcript(),
        })
    }
}

/// The name in the catalogue, or `usual` for a meter read without one.
pub(super) fn sold_under(sold_as: &Clean, usual: &str) -> Clean {
    if sold_as.is_empty() { usual.into() } else { sold_as.clone() }
}
