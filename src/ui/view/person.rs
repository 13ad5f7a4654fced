//! How a person is written: always with at least three identifiers, never with an ambiguous date.

use jiff::civil::Date;

use super::View;
use crate::app::wizard::not_selectable;
use crate::domain::calendar;
use crate::domain::clinic::Role as StaffRole;
use crate::domain::identity_check::{IdentityQuestion, Who};
use crate::domain::patient::{LookAlike, Patient};
use crate::domain::permission::Permission;
use crate::domain::words::key;
use crate::ui::scene::{Choice, Fact, TextRole};

/// How many meters of a person are named. Each further one would take a line of the screen on which readings are
/// confirmed, and a patient may have had a dozen; the newest are those that a nurse may still see.
const MOST_DEVICES: usize = 3;

impl View<'_> {
    /// `08-Jul-1961 or 07-Aug-1961`.
    pub(super) fn days(&self, days: &[Date]) -> String {
        let written = days.iter().map(|day| calendar::written(*day));
        written
            .reduce(|days, day| self.filled(key::DAYS_OR, &[("days", days.into()), ("day", day.into())]))
            .unwrap_or_default()
    }

    /// What a typed date may be, and what makes it clear: its year in full, if that is all that is open.
    pub(super) fn unclear_date(&self, days: &[Date]) -> String {
        let is_of_year = days.windows(2).all(|pair| match pair {
            [one, other] => (one.month(), one.day()) == (other.month(), other.day()),
            _ => true,
        });
        let complaint = if is_of_year { key::COMPLAINT_UNCLEAR_YEAR } else { key::COMPLAINT_UNCLEAR_DATE };
        self.filled(complaint, &[("days", self.days(days).into())])
    }

    /// A row of a list: name, birth date, gender, identifier; a word on the state if the person cannot be selected.
    pub(super) fn person_row(&self, patient: &Patient) -> Choice {
        // The birth date stands in every row, although it is asked for later: to take the
        // neighbour's row is the commonest mistake, and the date tells neighbours apart
        // (docs/safety.md).
        let reason = not_selectable(patient);
        Choice {
            cells: vec![
                patient.full_name(),
                self.born(patient),
                self.gender(patient.gender),
                patient.main_identifier(),
            ],
            tag: if reason.is_some() { self.status(patient.status) } else { String::new() },
            disabled: reason.map(|reason| self.text(reason)),
        }
    }

    /// With which meters a person is in care: the newest by name, the others by their number.
    pub(super) fn devices_fact(&self, patient: &Patient) -> Fact {
        let [.., _] = patient.devices.as_slice() else {
            return self.fact(key::LABEL_DEVICES, self.text(key::NO_DEVICES), TextRole::Text);
        };
        let more = patient.devices.len().saturating_sub(MOST_DEVICES);
        let devices = self.words.list(patient.devices.iter().skip(more).map(ToString::to_string));
        let devices = match u32::try_from(more) {
            Ok(0) => devices,
            more => self.filled(
                key::DEVICES_AND_MORE,
                &[("devices", devices.into()), ("more", more.unwrap_or(u32::MAX).into())],
            ),
        };
        self.fact(key::LABEL_DEVICES, devices, TextRole::Text)
    }

    /// `MUELLER, Anna, MRN M1234567`: who is in hand, without what is asked for later.
    pub(super) fn person_in_hand(&self, patient: &Patient) -> Fact {
        let (name, identifier) = (patient.full_name(), patient.main_identifier());
        let person = if identifier.is_empty() {
            name
        } else {
            self.filled(key::PERSON_WITH_IDENTIFIER, &[("name", name.into()), ("identifier", identifier.into())])
        };
        self.fact(key::LABEL_PATIENT, person, TextRole::Accent)
    }

    /// Somebody else, as far as the signed-in role may know: who is not told the person is told initials and the end of
    /// the identifier (clinic-safety DEV-03).
    pub(super) fn other_person(&self, patient: &Patient, role: StaffRole) -> String {
        if role.allows(Permission::NameOtherOwners) {
            return self.person_line(patient);
        }
        let initial = |text: &str| text.chars().next().map_or_else(String::new, |c| c.to_uppercase().to_string());
        let identifier = patient.identifiers.first().map_or("", |identifier| identifier.value.expose().as_str());
        // Never more than half of it: of a number of two characters its end would be the whole.
        let length = identifier.chars().count();
        let end: String = identifier.chars().skip(length - (length / 2).min(2)).collect();
        self.filled(
            key::OTHER_PERSON,
            &[
                ("given", initial(patient.given.expose().as_str()).into()),
                ("family", initial(patient.family.expose().as_str()).into()),
                ("end", end.into()),
            ],
        )
    }

    /// The warning that another person may be taken for the one who is to be confirmed. It gives away nothing of what
    /// is asked for: a look-alike often was born on the same day and has nearly the same number. `others`: how many
    /// more may be taken for them.
    pub(super) fn look_alike(&self, other: &LookAlike, others: usize, question: IdentityQuestion) -> String {
        let (name, identifier) = (other.patient.full_name(), other.patient.main_identifier());
        let person = if shows_identifiers(question) && !identifier.is_empty() {
            self.filled(key::PERSON_WITH_IDENTIFIER, &[("name", name.into()), ("identifier", identifier.into())])
        } else {
            name
        };
        let alike = self.text(other.likeness.words());
        let others = u32::try_from(others).unwrap_or(u32::MAX);
        self.filled(key::LOOK_ALIKE, &[("person", person.into()), ("alike", alike.into()), ("others", others.into())])
    }
}

/// Whether identifiers may be shown: not where one is to be typed.
pub(super) const fn shows_identifiers(question: IdentityQuestion) -> bool {
    matches!(question.who, Who::Initials)
}

/// The numbers of a person.
pub(super) fn identifier_facts(patient: &Patient) -> impl Iterator<Item = Fact> + '_ {
    patient.identifiers.iter().map(|identifier| Fact {
        label: identifier.label.to_string(),
        value: identifier.value.expose().to_string(),
        role: TextRole::Text,
    })
}
