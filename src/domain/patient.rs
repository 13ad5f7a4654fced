//! A person in the clinic's records: identity, status, and who looks alike.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::name::{comparable, joined};
use super::text::{Clean, Private, fold, squeeze};
use super::words::{TextKey, key};

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

/// How much two people look alike, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likeness {
    /// Same family name, given name and birth date: most likely the same person.
    SamePerson,
    /// Nearly the same name, same birth date: the same person misspelled.
    SimilarNameAndBirthDate,
    /// Same name, same year of birth.
    NameAndYear,
    /// Nearly the same name, same year of birth.
    SimilarNameAndYear,
    /// A word of the name in common, and the birth date: a twin, or somebody who took another name.
    OneNameAndBirthDate,
    /// An identifier that differs in one character or one swap.
    SimilarNumber,
}

impl Likeness {
    /// Every kind, strongest first.
    pub const ALL: [Self; 6] = [
        Self::SamePerson,
        Self::SimilarNameAndBirthDate,
        Self::NameAndYear,
        Self::SimilarNameAndYear,
        Self::OneNameAndBirthDate,
        Self::SimilarNumber,
    ];

    /// The key of what is said of it: the same as its name in JSON says.
    #[must_use]
    pub const fn words(self) -> TextKey {
        match self {
            Self::SamePerson => key::ALIKE_SAME_PERSON,
            Self::SimilarNameAndBirthDate => key::ALIKE_SIMILAR_NAME_AND_BIRTH_DATE,
            Self::NameAndYear => key::ALIKE_NAME_AND_YEAR,
            Self::SimilarNameAndYear => key::ALIKE_SIMILAR_NAME_AND_YEAR,
            Self::OneNameAndBirthDate => key::ALIKE_ONE_NAME_AND_BIRTH_DATE,
            Self::SimilarNumber => key::ALIKE_SIMILAR_NUMBER,
        }
    }
}

/// How many people who may be taken for one are named at most: more than a person will compare.
pub const MOST_LOOK_ALIKES: usize = 20;

/// Another person who may be taken for this one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAlike {
    /// The other person.
    pub patient: Patient,
    /// In what they are alike.
    pub likeness: Likeness,
}

/// Who may be taken for a new person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComparedPeople {
    /// Who, most alike first.
    pub alike: Vec<LookAlike>,
    /// Whether only those were compared who are known at this station: the directory does not answer.
    pub known_only: bool,
}

/// How many slips may lie between two family names, and between two given names, that are nearly the same
/// (clinic-safety ID-04: two for the given names). Two in a family name would make one person of Meier and Weber.
pub const MOST_APART: (usize, usize) = (1, 2);

/// Compares the names of two people born in the same year, each family and given name as [`comparable`] gives it.
///
/// Names are compared in both orders: which of two is the family name is often mistaken; and without what lies between
/// their parts. On the same birth date one word in common is enough, because people take, add and drop family names.
#[must_use]
pub fn name_likeness(ours: (&str, &str), theirs: (&str, &str), same_birth_date: bool) -> Option<Likeness> {
    let (family, given) = (joined(ours.0), joined(ours.1));
    let (their_family, their_given) = (joined(theirs.0), joined(theirs.1));
    // Optimal string alignment counts two letters that changed places as one slip, which it is for
    // whoever types; Levenshtein counts it twice.
    let apart = |other: (&str, &str)| (strsim::osa_distance(&family, other.0), strsim::osa_distance(&given, other.1));
    let orders = [apart((&their_family, &their_given)), apart((&their_given, &their_family))];
    if orders.contains(&(0, 0)) {
        return Some(if same_birth_date { Likeness::SamePerson } else { Likeness::NameAndYear });
    }
    if orders.iter().any(|(family, given)| *family <= MOST_APART.0 && *given <= MOST_APART.1) {
        return Some(if same_birth_date { Likeness::SimilarNameAndBirthDate } else { Likeness::SimilarNameAndYear });
    }
    // A family name on one side at least: two people who have only the given name in common, born
    // on one day, are strangers, and a question about each would be answered without reading.
    let shares = |name: &str, other: (&str, &str)| {
        let is_shared = |word: &str| words(other.0).chain(words(other.1)).any(|theirs| theirs == word);
        words(name).any(is_shared)
    };
    let [straight, crossed] = orders;
    let has_equal = straight.0 == 0 || crossed.0 == 0 || crossed.1 == 0;
    let alike = same_birth_date && (has_equal || shares(ours.0, theirs) || shares(theirs.0, ours));
    alike.then_some(Likeness::OneNameAndBirthDate)
}

/// The words of a name that are more than an initial.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().nth(1).is_some())
}

/// Compares two people by name, birth date and first identifier. `None` if they are not easily confused.
#[must_use]
pub fn likeness((family, given, born, identifier): (&str, &str, Date, &str), other: &Patient) -> Option<Likeness> {
    let (family, given) = (comparable(family), comparable(given));
    let (other_family, other_given) =
        (comparable(other.family.expose().as_str()), comparable(other.given.expose().as_str()));
    if born.year() == other.born.expose().year()
        && let Some(likeness) =
            name_likeness((&family, &given), (&other_family, &other_given), born == *other.born.expose())
    {
        return Some(likeness);
    }
    // Not one slip at most: that somebody has this very number is looked at by itself. And of any
    // year of birth: whoever mistypes a number may have anybody's record before them.
    let close_identifier = other
        .identifiers
        .first()
        .is_some_and(|theirs| strsim::osa_distance(&fold(identifier), &fold(theirs.value.expose().as_str())) == 1);
    (close_identifier && strsim::osa_distance(&family, &other_family) <= 2).then_some(Likeness::SimilarNumber)
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
