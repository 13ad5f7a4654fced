//! The days of a dashboard as somebody types them, from one to another.

use jiff::civil::Date;

use super::DashboardStep;
use crate::app::action::Action;
use crate::app::key_intent::KeyIntent;
use crate::app::text_field::{Edit, TextField};
use crate::app::wizard::StepContext;
use crate::domain::calendar;
use crate::domain::statistics::Period;
use crate::domain::typed_date::{self, Typed};

/// A field of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DayField {
    /// The first day.
    #[default]
    First,
    /// The last day; empty it is today.
    Last,
}

impl DayField {
    const fn other(self) -> Self {
        match self {
            Self::First => Self::Last,
            Self::Last => Self::First,
        }
    }
}

/// What is wrong with a day that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayFault {
    /// Nothing was typed.
    Empty,
    /// It is no day.
    NoDay,
    /// Its month has no such day, but only so many.
    NoSuchDay {
        /// A day of the month.
        month: Date,
    },
    /// It may be several.
    Unclear(Vec<Date>),
    /// It is in the future: nothing was measured then.
    Ahead,
    /// The last day lies before this first one.
    BeforeFirst(Date),
    /// There are more days from the first to the last than are looked at.
    TooMany,
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaysForm {
    first: TextField,
    last: TextField,
    /// Which field has the focus.
    pub focus: DayField,
    /// Whether what is typed next takes the place of what is in the field: it was come to, and nothing was changed
    /// in it yet.
    pub replaces: bool,
    /// What is wrong with which field.
    pub complaint: Option<(DayField, DayFault)>,
}

/// What became of the form after a key.
#[derive(Debug)]
enum DaysChoice {
    /// It is still being filled in.
    Open(Box<DaysForm>),
    /// It was left.
    Left,
    /// These days, up to the last.
    Chosen(Period, Date),
}

impl DashboardStep {
    /// The last day that is asked for.
    #[must_use]
    pub fn last_day(&self, today: Date) -> Date {
        self.until.unwrap_or(today)
    }

    /// A key in the form, which is taken out of the step meanwhile.
    pub(super) fn press_days(&mut self, form: Box<DaysForm>, intent: &KeyIntent, context: &mut StepContext<'_>) {
        match form.press(intent, context.today) {
            DaysChoice::Open(form) => self.days = Some(form),
            DaysChoice::Left => {}
            DaysChoice::Chosen(period, last) => {
                (self.period, self.until) = (period, Some(last));
                self.load(context);
            }
        }
    }
}

impl DaysForm {
    /// The form with these days, each of which gives way to what is typed.
    pub(super) fn of(first: Date, last: Date) -> Self {
        let [first, last] = [first, last].map(|day| TextField::with_text(&calendar::written(day)));
        Self { first, last, replaces: true, ..Self::default() }
    }

    /// What is typed in a field, and where the cursor stands.
    #[must_use]
    pub const fn field(&self, field: DayField) -> &TextField {
        match field {
            DayField::First => &self.first,
            DayField::Last => &self.last,
        }
    }

    /// Reacts to a key.
    fn press(mut self: Box<Self>, intent: &KeyIntent, today: Date) -> DaysChoice {
        match intent {
            KeyIntent::Edit(edit) => {
                let field = match self.focus {
                    DayField::First => &mut self.first,
                    DayField::Last => &mut self.last,
                };
                // A day that is typed behind another would be none.
                let is_other = if std::mem::take(&mut self.replaces) && matches!(edit, Edit::Insert(_)) {
                    field.clear();
                    field.edit(edit);
                    true
                } else {
                    field.edit(edit)
                };
                // Whether the last day is right depends on the first one too.
                if is_other {
                    self.complaint = None;
                }
            }
            KeyIntent::Act(Action::NextControl | Action::PreviousControl | Action::Up | Action::Down) => {
                self.go_to(self.focus.other());
            }
            KeyIntent::Act(Action::GoOn) => match (self.focus, self.day(DayField::First, today)) {
                (_, Err(fault)) => self.complain(DayField::First, fault),
                (DayField::First, Ok(_)) => {
                    self.complaint = None;
                    self.go_to(DayField::Last);
                }
                (DayField::Last, Ok(first)) => match self.up_to(first, today) {
                    Ok((period, last)) => return DaysChoice::Chosen(period, last),
                    Err(fault) => self.complain(DayField::Last, fault),
                },
            },
            KeyIntent::Act(Action::Back) => return DaysChoice::Left,
            KeyIntent::Act(_) => {}
        }
        DaysChoice::Open(self)
    }

    fn complain(&mut self, field: DayField, fault: DayFault) {
        self.complaint = Some((field, fault));
        self.go_to(field);
    }

    fn go_to(&mut self, field: DayField) {
        (self.focus, self.replaces) = (field, !self.field(field).text().is_empty());
    }

    /// The period from this day to the last.
    fn up_to(&self, first: Date, today: Date) -> Result<(Period, Date), DayFault> {
        let last = match self.day(DayField::Last, today) {
            Err(DayFault::Empty) => today,
            last => last?,
        };
        if last < first {
            return Err(DayFault::BeforeFirst(first));
        }
        Period::between(first, last).map(|period| (period, last)).ok_or(DayFault::TooMany)
    }

    /// The day in a field.
    fn day(&self, field: DayField, today: Date) -> Result<Date, DayFault> {
        day_typed(self.field(field).text(), today)
    }
}

/// The day that was typed, up to today.
///
/// # Errors
/// What is wrong with it.
pub fn day_typed(text: &str, today: Date) -> Result<Date, DayFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(DayFault::Empty);
    }
    // As in a record: of what can be read in two ways nobody knows which was meant.
    let day = match (typed_date::plain(text), typed_date::read(text)) {
        (Some(day), _) => day,
        (None, Typed::Days(days)) => <[Date; 1]>::try_from(days).map(|[day]| day).map_err(DayFault::Unclear)?,
        (None, Typed::Month(..) | Typed::Year(_) | Typed::Nothing) => {
            return Err(month_meant(text).map_or(DayFault::NoDay, |month| DayFault::NoSuchDay { month }));
        }
    };
    if day > today { Err(DayFault::Ahead) } else { Ok(day) }
}

/// A day of the month that is meant by a text which is no day, because the month has not so many: `31-Feb-2026`.
fn month_meant(text: &str) -> Option<Date> {
    let digits = |c: char| c.is_ascii_digit();
    // The other parts stay: with the first of the month in its place it is a day.
    ["29", "30", "31"].into_iter().find_map(|day| {
        let (at, _) = text.match_indices(day).find(|(at, _)| {
            let (before, behind) = (text.get(..*at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default());
            !before.ends_with(digits) && !behind.starts_with(digits)
        })?;
        let (before, behind) = (text.get(..at)?, text.get(at + 2..)?);
        typed_date::plain(&format!("{before}01{behind}"))
    })
}
