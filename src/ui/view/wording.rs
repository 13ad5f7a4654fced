//! What every part of a scene is said with: the words, and the clock by which times are told. It needs no state of the
//! app, so that what is exported is said as the screen says it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::calendar;
use crate::domain::patient::{Gender, Patient, Status};
use crate::domain::time_correction::ClockCorrection;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, TextRole};
use crate::ui::words::{Filling, Words};

/// The words, the clinic's time zone, and the day by which ages are told.
pub(super) struct Wording<'a> {
    pub(super) words: &'a Words,
    pub(super) zone: &'a TimeZone,
    pub(super) today: Date,
}

impl Wording<'_> {
    pub(super) fn text(&self, key: TextKey) -> String {
        self.words.text(key)
    }

    pub(super) fn filled(&self, key: TextKey, values: &[(&str, Filling)]) -> String {
        self.words.filled(key, values)
    }

    /// A moment as the clinic's wall clock shows it.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        calendar::written_with_time(at.to_zoned(self.zone.clone()).datetime())
    }

    /// The same to the second.
    pub(super) fn moment_with_seconds(&self, at: Timestamp) -> String {
        let at = at.to_zoned(self.zone.clone()).datetime();
        format!("{}:{:02}", calendar::written_with_time(at), at.second())
    }

    /// By how much times are moved, and in which direction.
    pub(super) fn clock_shift(&self, correction: ClockCorrection) -> String {
        let seconds = correction.seconds.abs();
        let parts = [
            (seconds / 86_400, key::DURATION_DAYS),
            (seconds / 3_600 % 24, key::DURATION_HOURS),
            (seconds / 60 % 60, key::DURATION_MINUTES),
            (seconds % 60, key::DURATION_SECONDS),
        ];
        let said = parts.into_iter().filter(|(count, _)| *count > 0);
        let by =
            said.map(|(count, words)| self.filled(words, &[("count", count.into())])).collect::<Vec<_>>().join(" ");
        let words = if correction.seconds > 0 { key::TIMES_LATER } else { key::TIMES_EARLIER };
        self.filled(words, &[("by", by.into())])
    }

    pub(super) fn notice(&self, role: TextRole, key: TextKey) -> Block {
        Block::Notice { role, text: self.text(key) }
    }

    pub(super) fn fact(&self, label: TextKey, value: String, role: TextRole) -> Fact {
        Fact { label: self.text(label), value, role }
    }

    /// `14-Jul-1961 (65 y)`.
    pub(super) fn born(&self, patient: &Patient) -> String {
        let born = *patient.born.expose();
        let age = calendar::age(born, self.today);
        match age {
            Some(age) => self.filled(
                key::BORN_WITH_AGE,
                &[("born", calendar::written(born).into()), ("age", u32::from(age).into())],
            ),
            None => calendar::written(born),
        }
    }

    pub(super) fn gender(&self, gender: Gender) -> String {
        self.text(match gender {
            Gender::Female => key::GENDER_FEMALE,
            Gender::Male => key::GENDER_MALE,
            Gender::Other => key::GENDER_OTHER,
            Gender::Unknown => key::GENDER_UNKNOWN,
        })
    }

    pub(super) fn status(&self, status: Status) -> String {
        self.text(match status {
            Status::Active => key::STATUS_ACTIVE,
            Status::Inactive => key::STATUS_INACTIVE,
            Status::Pending => key::STATUS_PENDING,
            Status::Merged => key::STATUS_MERGED,
            Status::Deceased => key::STATUS_DECEASED,
        })
    }

    /// `MUELLER, Anna, 14-Jul-1961 (65 y), MRN M1234567` on one line.
    pub(super) fn person_line(&self, patient: &Patient) -> String {
        self.person_line_of(patient, patient.full_name())
    }

    /// The same under this name.
    pub(super) fn person_line_of(&self, patient: &Patient, name: String) -> String {
        self.filled(
            key::PERSON_LINE,
            &[
                ("name", name.into()),
                ("born", self.born(patient).into()),
                ("identifier", patient.main_identifier().into()),
            ],
        )
    }
}
