//! A person in the clinic's records: identity, status, and who looks alike.

mod likeness;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::likeness::{ComparedPeople, Likeness, LookAlike, MOST_APART, MOST_LOOK_ALIKES, likeness, name_likeness};
use super::name::comparable;
use super::text::{Clean, Private, squeeze};

/// Identifies a patient within the platform; opaque to everybody else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatientId(pub String);

impl PatientId {
    /// Whether they are of a care platform's directory: a key of digits alone is of the store of this computer.
    #[must_use]
    pub fn is_of_directory(&self) -> bool {
        !self.0.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Whether a patient may receive readings. Only [`Status::Active`] may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// In care: may be selected.
    Active,
    /// Not in care any more.
    Inactive,
    /// Registered, not yet confirmed.
    Pending,
    /// The record was merged into another one.
    Merged,
    /// The person has died.
    Deceased,
}

/// Gender as recorded for administration (HL7 FHIR R4 AdministrativeGender).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Not known.
    Unknown,
}

/// A labelled identifier: an MRN, a national number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What sort of number it is, as shown: `MRN`, `NHS No.`.
    pub label: Clean,
    /// The number itself.
    pub value: Private<Clean>,
}

impl Identifier {
    /// A number of this sort.
    #[must_use]
    pub fn new(label: &str, value: &str) -> Self {
        Self { label: label.into(), value: Private::new(value.into()) }
    }

    /// Whether both are one number of one sort, however each is written. No two patients have such a number; the number
    /// of another sort may be written the same, and is somebody else's.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let spelled = |own: &Self| (squeeze(own.label.as_str()), squeeze(own.value.expose().as_str()));
        spelled(self) == spelled(other)
    }

    /// Who of these people has this number.
    #[must_use]
    pub fn holder<'a>(&self, people: &'a [Patient]) -> Option<&'a Patient> {
        people.iter().find(|person| person.identifiers.iter().any(|own| own.is_same(self)))
    }
}

/// A person as the records know them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// The platform's own key.
    pub id: PatientId,
    /// Family name, written in capitals on screen.
    pub family: Private<Clean>,
    /// Given names.
    pub given: Private<Clean>,
    /// Date of birth.
    pub born: Private<Date>,
    /// Administrative gender.
    pub gender: Gender,
    /// Labelled identifiers, the clinic's own MRN first.
    pub identifiers: Vec<Identifier>,
    /// Whether readings may be assigned.
    pub status: Status,
    /// Names of the meters assigned at present, for the confirm screen.
    pub devices: Vec<Clean>,
    /// When readings last came in, if ever.
    pub last_upload: Option<jiff::Timestamp>,
}

impl Patient {
    /// Whether readings may be assigned to this person.
    #[must_use]
    pub fn is_selectable(&self) -> bool {
        self.status == Status::Active
    }

    /// `MUELLER, Anna`: family name in capitals, then the given names.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}, {}", self.family.expose().as_str().to_uppercase(), self.given.expose())
    }

    /// Whether the two are told from others by the same: name, birth date, gender and identifiers. Which meters they
    /// have and when readings last came may differ.
    #[must_use]
    pub fn is_told_like(&self, other: &Self) -> bool {
        let told = |patient: &Self| {
            (
                patient.family.clone(),
                patient.given.clone(),
                patient.born.clone(),
                patient.gender,
                patient.identifiers.clone(),
            )
        };
        told(self) == told(other)
    }

    /// Whether this record, as it was known before, can still be of the same person: of family name, birth date and
    /// numbers at least two agree, or the given name and the birth date. Somebody marries, or a mistake is put right,
    /// but not both at once; where more differs, the key was given to somebody else (a server that was set up anew
    /// counts from one again). What is not there agrees with nothing.
    #[must_use]
    pub fn can_be_still(&self, now: &Self) -> bool {
        let is_called_so = |own: &Private<Clean>, now: &Private<Clean>| {
            let [own, now] = [own, now].map(|name| comparable(name.expose().as_str()));
            !own.is_empty() && own == now
        };
        let is_family = is_called_so(&self.family, &now.family);
        let is_born = self.born == now.born;
        let has_number = self.identifiers.iter().any(|own| now.identifiers.iter().any(|number| own.is_same(number)));
        let agree = [is_family, is_born, has_number].into_iter().filter(|agrees| *agrees).count();
        agree >= 2 || (is_born && is_called_so(&self.given, &now.given))
    }

    /// The clinic's identifier with its label: `MRN M1234567`, or nothing if there is none.
    #[must_use]
    pub fn main_identifier(&self) -> String {
        self.identifiers
            .first()
            .map_or_else(String::new, |identifier| format!("{} {}", identifier.label, identifier.value.expose()))
    }
}

/// What the two pages of "create a new patient" collect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPatient {
    /// Family name; required.
    pub family: Private<Clean>,
    /// Given names; required.
    pub given: Private<Clean>,
    /// Date of birth; required.
    pub born: Private<Date>,
    /// The clinic's number; required and unique.
    pub mrn: Private<Clean>,
    /// Administrative gender; optional page.
    pub gender: Gender,
    /// A second identifier with its label; optional page.
    pub other_identifier: Option<Identifier>,
    /// Electronic mail address; optional page.
    pub email: Option<Private<Clean>>,
    /// Telephone number; optional page.
    pub phone: Option<Private<Clean>>,
    /// Why a person who looks the same as an existing one is created nevertheless.
    pub reason_despite_look_alike: Option<Clean>,
}

/// One page of search results, best match first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPage {
    /// The people on this page.
    pub patients: Vec<Patient>,
    /// Where the next page begins, if there are more behind them.
    pub next: Option<PageCursor>,
    /// Whether only those were looked through who are known at this station: the directory does not answer.
    pub known_only: bool,
}

/// Where a page of search results begins. Only whoever gave it can read it: servers page by links of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageCursor(pub String);

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn person(id: &str, identifiers: &[(&str, &str)]) -> Patient {
        Patient {
            id: PatientId(id.to_owned()),
            family: Private::new("Muster".into()),
            given: Private::new("Anna".into()),
            born: Private::new(jiff::civil::date(1961, 7, 14)),
            gender: Gender::Unknown,
            identifiers: identifiers.iter().map(|(label, value)| Identifier::new(label, value)).collect(),
            status: Status::Active,
            devices: Vec::new(),
            last_upload: None,
        }
    }

    #[rstest]
    #[case::as_it_was("Muster", "Anna", 1961, "M1001", true)]
    #[case::married("Weber", "Anna", 1961, "M1001", true)]
    #[case::a_mistake_in_the_birth_date("MUSTER", "Anna", 1916, "M1001", true)]
    #[case::another_number("Muster", "Anna", 1961, "M2002", true)]
    #[case::a_stranger("Weber", "Ruth", 1948, "M2002", false)]
    #[case::a_stranger_with_the_number("Weber", "Ruth", 1948, "M1001", false)]
    #[case::a_stranger_of_the_name("Muster", "Anna", 1948, "M2002", false)]
    #[case::a_stranger_born_that_day("Weber", "Ruth", 1961, "M2002", false)]
    #[case::a_stranger_of_the_given_name_with_the_number("Weber", "Anna", 1948, "M1001", false)]
    #[case::of_the_given_name_born_that_day("Weber", "Anna", 1961, "M2002", true)]
    fn a_record_is_still_that_persons_while_two_of_three_agree(
        #[case] family: &str,
        #[case] given: &str,
        #[case] year: i16,
        #[case] number: &str,
        #[case] is_still: bool,
    ) {
        let now = Patient {
            family: Private::new(family.into()),
            given: Private::new(given.into()),
            born: Private::new(jiff::civil::date(year, 7, 14)),
            ..person("anna", &[("mrn", number)])
        };
        assert_eq!(person("anna", &[("MRN", "M1001")]).can_be_still(&now), is_still);
    }

    #[rstest]
    #[case::as_it_is_kept("MRN", "M1001", Some("anna"))]
    #[case::in_other_letters_and_with_gaps("MRN", "m 10-01", Some("anna"))]
    #[case::of_a_sort_written_otherwise("nhs no", "999 123 4560", Some("berta"))]
    #[case::a_number_of_another_sort("ID", "M1001", None)]
    #[case::one_number_as_two_sorts("ID", "999-123-4560", Some("carla"))]
    #[case::the_beginning_of_one("MRN", "M100", None)]
    #[case::more_than_one("MRN", "M10010", None)]
    #[case::nobodys("MRN", "M9999", None)]
    fn a_number_is_that_of_whoever_has_it_as_the_same_sort(
        #[case] label: &str,
        #[case] value: &str,
        #[case] holder: Option<&str>,
    ) {
        let people = [
            person("anna", &[("MRN", "M1001")]),
            person("berta", &[("MRN", "M1002"), ("NHS No.", "9991234560")]),
            person("carla", &[("MRN", "M1003"), ("ID", "9991234560")]),
            person("without any", &[]),
        ];
        let found = Identifier::new(label, value).holder(&people);
        assert_eq!(found.map(|person| person.id.0.as_str()), holder);
    }
}
