//! The form in which somebody says when a meter's clock was wrong, and by how much.

use jiff::civil::DateTime;

use crate::app::text_field::{Edit, TextField};
use crate::domain::calendar;
use crate::domain::time_correction::{ClockCorrection, CorrectionFault, CorrectionPlan, TimedReading};
use crate::domain::typed_moment::{self, MomentFault};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanField {
    /// The first reading, by the meter's own time.
    First,
    /// The last reading.
    Last,
    /// When the first was really measured.
    Was,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpanFault {
    /// It is no moment.
    Moment(MomentFault),
    /// What speaks against the correction.
    Correction(CorrectionFault),
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanForm {
    first: TextField,
    last: TextField,
    was: TextField,
    /// Whether what is typed next takes the place of what is in the field: it was come to, and nothing was changed in
    /// it yet.
    pub replaces: bool,
    /// What is wrong, and in which field.
    pub complaint: Option<(SpanField, SpanFault)>,
}

impl SpanForm {
    /// The form with the span of an upload.
    pub(super) fn of(span: Option<(DateTime, DateTime)>) -> Self {
        let [first, last] = span
            .map_or_else(Default::default, |(first, last)| [first, last].map(calendar::written_with_time))
            .map(|text| TextField::with_text(&text));
        Self { first, last, ..Self::default() }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        [&self.first, &self.last, &self.was].into_iter().all(TextField::is_blank)
    }

    /// What is typed in a field, and where the cursor stands.
    #[must_use]
    pub const fn field(&self, field: SpanField) -> &TextField {
        match field {
            SpanField::First => &self.first,
            SpanField::Last => &self.last,
            SpanField::Was => &self.was,
        }
    }

    /// The cursor comes to a field.
    pub(super) fn come_to(&mut self, field: SpanField) {
        self.replaces = !self.field(field).text().is_empty();
    }

    /// Carries out an editing key in a field.
    pub(super) fn edit(&mut self, field: SpanField, edit: &Edit) {
        let replaces = std::mem::take(&mut self.replaces) && matches!(edit, Edit::Insert(_));
        let typed = match field {
            SpanField::First => &mut self.first,
            SpanField::Last => &mut self.last,
            SpanField::Was => &mut self.was,
        };
        // A time that is typed behind another would be none.
        if replaces {
            typed.clear();
        }
        // What speaks against a correction follows from all three.
        if typed.edit(edit) || replaces {
            self.complaint = None;
        }
    }

    /// What is to be done with these readings; else the field in which something is wrong.
    pub(super) fn plan(&mut self, readings: &[TimedReading]) -> Result<CorrectionPlan, SpanField> {
        let planned = self.planned(readings);
        self.complaint = planned.as_ref().err().cloned();
        planned.map_err(|(field, _)| field)
    }

    fn planned(&self, readings: &[TimedReading]) -> Result<CorrectionPlan, (SpanField, SpanFault)> {
        let read =
            |field| typed_moment::read(self.field(field).text()).map_err(|fault| (field, SpanFault::Moment(fault)));
        let (first, last, was) = (read(SpanField::First)?, read(SpanField::Last)?, read(SpanField::Was)?);
        ClockCorrection::by_example(readings, first, last, was)
            .and_then(|correction| CorrectionPlan::of(readings, correction))
            .map_err(|fault| (where_from(fault), SpanFault::Correction(fault)))
    }
}

/// The field in which something is typed otherwise.
const fn where_from(fault: CorrectionFault) -> SpanField {
    match fault {
        CorrectionFault::NoFirst | CorrectionFault::AlreadyCorrected => SpanField::First,
        CorrectionFault::NoLast | CorrectionFault::LastBeforeFirst | CorrectionFault::TurnsRound { .. } => {
            SpanField::Last
        }
        CorrectionFault::NoShift
        | CorrectionFault::AfterRead { .. }
        | CorrectionFault::SameResult { .. }
        | CorrectionFault::NoSuchTime => SpanField::Was,
    }
}
