//! What a driver has learned of a meter so far, and the one account of it: every record is taken as a reading, set
//! aside by name as no reading, or told as not taken.
//!
//! Only [`Gathered::close`] makes an [`Account`], and a driver has to give one; so a download is complete only
//! if as many records came as were announced and each of them was understood. What was announced is compared
//! here and nowhere else.

mod tally;

use std::fmt::Display;

use jiff::civil::DateTime;

use self::tally::Tally;
pub use self::tally::{Counted, MeterRecord};
use super::conversation::Conversation;
use super::error::MeterError;
use crate::domain::download::{Completeness, Download, NotTaken, Warning};
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::reading::{Reading, sort};
use crate::domain::text::Clean;

/// The longest remark, and the longest text of a record that is told, in terminal cells.
const LONGEST: usize = 200;

/// So many records that were not taken are named in the problem; all are in the download.
const MOST_NAMED: usize = 3;

/// Readings and remarks; they stay if the conversation ends early.
#[derive(Debug, Default)]
pub struct Gathered {
    clock: Option<ClockReading>,
    tally: Tally,
    readings: Vec<Reading>,
    not_taken: Vec<NotTaken>,
    warnings: Vec<Warning>,
}

/// A download in which every record is accounted for: what a driver gives.
#[derive(Debug)]
pub struct Account(Download);

impl Account {
    /// The download.
    pub(super) fn into_download(self) -> Download {
        self.0
    }
}

impl Gathered {
    /// Notes how many records the meter announced; of several announcements, as one for each list, the sum counts.
    pub fn announce(&mut self, conversation: &mut Conversation<'_>, announced: u32) {
        let sum = self.tally.announce(announced);
        if conversation.progress().of != Some(sum) {
            conversation.announce(sum);
        }
    }

    /// More records than were announced are no fault: the meter is known to count late.
    pub const fn may_exceed_announcement(&mut self) {
        self.tally.may_exceed();
    }

    /// How many records the meter announced.
    #[must_use]
    pub const fn announced(&self) -> Option<u32> {
        self.tally.announced()
    }

    /// Takes the record at `index`, counted from 0; one that was not understood is told with `said`, its text as the
    /// meter sent it or nothing.
    pub fn take<E: Display>(
        &mut self,
        conversation: &mut Conversation<'_>,
        index: u32,
        said: &str,
        record: Result<impl Into<MeterRecord>, E>,
    ) {
        self.take_at(conversation, &self.place(index), said, record);
    }

    /// As [`Self::take`], for a record whose place has another name: `line 6 of Diary.csv`.
    pub fn take_at<E: Display>(
        &mut self,
        conversation: &mut Conversation<'_>,
        place: &str,
        said: &str,
        record: Result<impl Into<MeterRecord>, E>,
    ) {
        match record.map(Into::into) {
            Ok(MeterRecord::Reading(reading)) => {
                self.readings.push(*reading);
                self.tally.take();
            }
            Ok(MeterRecord::Aside(name, counted)) => self.tally.set_aside(name, counted),
            Err(error) => {
                self.tell(place, said, error);
                self.tally.refuse();
            }
        }
        // A driver that hands over what it has read already has told its progress.
        if self.tally.understood() > conversation.progress().done {
            conversation.received(self.tally.understood());
        }
    }

    /// Tells a record of which nothing came that could be understood. One that the meter refuses did not come, and
    /// leaves the count short.
    pub fn refuse(&mut self, conversation: &mut Conversation<'_>, index: u32, error: &MeterError) {
        // A record that the meter refuses is one that it says it does not have: counting it as come would hide that one
        // is missing.
        if matches!(error, MeterError::Refused { .. }) {
            let place = self.place(index);
            self.tell(&place, "", error);
        } else {
            self.take(conversation, index, "", Err::<Reading, _>(error));
        }
    }

    fn place(&self, index: u32) -> String {
        let of = self.announced().map(|announced| format!(" of {announced}")).unwrap_or_default();
        format!("record {}{of}", index.saturating_add(1))
    }

    fn tell(&mut self, place: &str, said: &str, error: impl Display) {
        self.not_taken.push(NotTaken {
            place: Clean::new(place, LONGEST),
            reason: Clean::new(&error.to_string(), LONGEST),
            said: Clean::new(said, LONGEST),
        });
    }

    /// Keeps a reading.
    pub fn keep(&mut self, conversation: &mut Conversation<'_>, reading: Reading) {
        self.take::<MeterError>(conversation, reading.index, "", Ok(reading));
    }

    /// The readings, for doubts that only the whole memory gives rise to. None can be removed.
    pub fn readings_mut(&mut self) -> &mut [Reading] {
        &mut self.readings
    }

    /// How many records were taken or refused so far: the index of the next one, where records have no number.
    #[must_use]
    pub const fn seen(&self) -> u32 {
        self.tally.seen()
    }

    /// How many records were not taken, refused ones included.
    #[must_use]
    pub const fn lost(&self) -> usize {
        self.not_taken.len()
    }

    /// A remark; `text` without values or serial numbers.
    pub fn warn(&mut self, code: &str, text: &str) {
        self.warnings.push(Warning { code: code.into(), text: Clean::new(text, LONGEST) });
    }

    /// Remarks that were made elsewhere.
    pub fn warn_all(&mut self, warnings: impl IntoIterator<Item = Warning>) {
        self.warnings.extend(warnings);
    }

    /// Notes the meter's clock, read now. That it shows no time that exists is no reason to lose the readings.
    pub fn note_clock(&mut self, conversation: &Conversation<'_>, shown: Option<DateTime>) {
        self.note_clock_at(shown.map(|meter| ClockReading { meter, host: conversation.now() }));
    }

    /// As [`Self::note_clock`], for a clock that was read before.
    pub fn note_clock_at(&mut self, clock: Option<ClockReading>) {
        if clock.is_none() {
            self.warn("clock-unreadable", "the meter's clock shows a date or time that does not exist");
        }
        self.clock = clock;
    }

    /// Notes what came of the question for the clock. An answer that cannot be read, a refusal or silence leaves the
    /// clock unknown; whether the meter still talks shows with the next question.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`], and what the link says.
    pub fn note_clock_answer(
        &mut self,
        conversation: &Conversation<'_>,
        answer: Result<Option<DateTime>, MeterError>,
    ) -> Result<(), MeterError> {
        if let Some(shown) = self.note_answer("clock-unreadable", answer)? {
            self.note_clock(conversation, shown);
        }
        Ok(())
    }

    /// Notes what came of a question on which no reading depends: its answer, or the remark `code` that says why there
    /// is none. Whether the meter still talks shows with the next question.
    ///
    /// # Errors
    /// [`MeterError::Cancelled`], and what the link says.
    pub fn note_answer<T>(&mut self, code: &str, answer: Result<T, MeterError>) -> Result<Option<T>, MeterError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error @ (MeterError::Link { .. } | MeterError::Cancelled)) => Err(error),
            Err(error) => {
                self.warn(code, &error.to_string());
                Ok(None)
            }
        }
    }

    /// Compares what came so far with what was announced so far.
    ///
    /// # Errors
    /// [`MeterError::Short`] if fewer came, [`MeterError::Malformed`] if more did.
    pub fn check_count(&self) -> Result<(), MeterError> {
        self.tally.check()
    }

    /// The account of this meter: complete if all went well, as many came as were announced, and each was understood;
    /// or partial with the reason.
    ///
    /// # Errors
    /// Only [`MeterError::Cancelled`].
    pub fn close(
        mut self,
        conversation: &mut Conversation<'_>,
        meter: MeterIdentity,
        outcome: Result<(), MeterError>,
    ) -> Result<Account, MeterError> {
        // The error of the conversation first: too few records are what follows from it.
        let completeness = match outcome.and_then(|()| self.check_count()).and_then(|()| self.check_taken()) {
            Ok(()) => Completeness::Complete,
            Err(MeterError::Cancelled) => return Err(MeterError::Cancelled),
            Err(error) => Completeness::Partial(error.problem(self.tally.done(), self.announced())),
        };
        for (name, count) in self.tally.asides() {
            let text = format!("left out, because they are no readings: {name} ({count})");
            self.warnings.push(Warning { code: "other-records".into(), text: Clean::new(&text, LONGEST) });
        }
        // Families send the newest first, the oldest first, or in an order that nobody has published.
        sort(&mut self.readings);
        Ok(Account(Download {
            meter,
            clock: self.clock,
            announced: self.tally.announced(),
            completeness,
            readings: self.readings,
            not_taken: self.not_taken,
            warnings: self.warnings,
            transcript: conversation.take_transcript(),
        }))
    }

    fn check_taken(&self) -> Result<(), MeterError> {
        if self.not_taken.is_empty() {
            return Ok(());
        }
        let mut named: Vec<String> =
            self.not_taken.iter().take(MOST_NAMED).map(|row| format!("{}: {}", row.place, row.reason)).collect();
        let more = self.not_taken.len().saturating_sub(MOST_NAMED);
        if more > 0 {
            named.push(format!("and {more} more"));
        }
        Err(MeterError::NotTaken { count: self.tally.refused(), of: self.tally.came(), records: named.join("; ") })
    }
}

/// The name in the catalogue, or `usual` for a meter read without one.
#[must_use]
pub fn sold_under(sold_as: &Clean, usual: &str) -> Clean {
    if sold_as.is_empty() { usual.into() } else { sold_as.clone() }
}

#[cfg(test)]
mod tests;
