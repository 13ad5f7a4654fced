//! Who may be taken for a new patient: candidates by index, judged by [`crate::domain::patient::likeness`].
//!
//! Every kind of likeness but that of the identifier asks for the same year of birth, so one range of one index holds
//! all candidates by name; those whose names are too long or too short for a likeness are passed over by their length.
//! Identifiers one slip away are looked up one by one: a few hundred exact look-ups.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{Store, patient_rows};
use crate::domain::identity_check::{Initials, Shared, shared_with};
use crate::domain::name::comparable;
use crate::domain::patient::{
    LookAlike, MOST_APART, MOST_LOOK_ALIKES, NewPatient, Patient, PatientId, likeness, name_likeness,
};
use crate::domain::text::{fold, respell, squeeze};
use crate::domain::validation::LONGEST_MRN;

/// Identifiers longer than this are not varied; no clinic number is that long.
const LONGEST_VARIED: usize = LONGEST_MRN;

impl Store {
    /// People who may be taken for the new one, of any status, most alike first.
    ///
    /// # Errors
    /// The database's. That nobody is alike is none.
    pub fn look_alikes(&self, new: &NewPatient) -> Result<Vec<LookAlike>, StoreError> {
        let (family, given) = (new.family.expose().as_str(), new.given.expose().as_str());
        alike(&self.reader(), (family, given, *new.born.expose(), new.mrn.expose().as_str()), None)
    }
}

/// People who may be taken for a new one who has a row already, of any status, most alike first.
pub(super) fn of_new(connection: &Connection, new: &NewPatient, own: &PatientId) -> Result<Vec<LookAlike>, StoreError> {
    let (family, given) = (new.family.expose().as_str(), new.given.expose().as_str());
    alike(connection, (family, given, *new.born.expose(), new.mrn.expose().as_str()), Some(own))
}

/// People who may be taken for one who is registered, of any status, most alike first.
pub(super) fn of_patient(connection: &Connection, patient: &Patient) -> Result<Vec<LookAlike>, StoreError> {
    let (family, given) = (patient.family.expose().as_str(), patient.given.expose().as_str());
    let mrn = patient.identifiers.first().map_or("", |identifier| identifier.value.expose().as_str());
    alike(connection, (family, given, *patient.born.expose(), mrn), Some(&patient.id))
}

/// What somebody else to whom readings can be given would answer as this person does, whatever the name. Of the people
/// of one year of birth those are loaded whose initials may be the same, and once one is found only those of the same
/// birth date: a few, however large the store.
pub(super) fn shared(connection: &Connection, patient: &Patient) -> Result<Shared, StoreError> {
    // Who else a care platform's directory has is not known here, so somebody may have all of it.
    if !patient_rows::is_of_this_store(connection, patient)? {
        return Ok(Shared::Unknown);
    }
    let initials = Initials::of(patient);
    let born = *patient.born.expose();
    let mut statement = connection.prepare_cached(
        "SELECT id, family_folded, given_folded, born = ?3 FROM patients WHERE born BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(year_of(born))?;
    let mut shared = Shared::Nothing;
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get_ref(column)?.as_str().map_err(|_| StoreError::Damaged { what: "name" });
        let same_birth_date: bool = row.get(3)?;
        if (shared == Shared::Year && !same_birth_date) || !initials.may_be_of([text(1)?, text(2)?]) {
            continue;
        }
        let other = patient_rows::load(connection, row.get(0)?)?;
        if other.is_selectable() && other.id != patient.id {
            shared = shared.max(shared_with(patient, &other));
        }
        if shared == Shared::Date {
            break;
        }
    }
    Ok(shared)
}

/// The first and the last day of a year, and the day, as the column has them.
fn year_of(born: Date) -> [String; 3] {
    let year = |day: &str| format!("{:04}-{day}", born.year());
    [year("01-01"), year("12-31"), born.to_string()]
}

/// Family and given name, birth date and clinic number.
type ComparedPerson<'a> = (&'a str, &'a str, Date, &'a str);

fn alike(
    connection: &Connection,
    person: ComparedPerson<'_>,
    but: Option<&PatientId>,
) -> Result<Vec<LookAlike>, StoreError> {
    let mut candidates = by_name(connection, person)?;
    candidates.extend(by_identifier(connection, &squeeze(person.3))?);
    let mut alike = Vec::new();
    for row in candidates {
        let patient = patient_rows::load(connection, row)?;
        if let Some(likeness) = likeness(person, &patient)
            && but != Some(&patient.id)
        {
            alike.push(LookAlike { patient, likeness });
        }
    }
    alike.sort_by_key(|other| {
        let name = (fold(other.patient.family.expose().as_str()), fold(other.patient.given.expose().as_str()));
        (other.likeness, !other.patient.is_selectable(), name, other.patient.id.clone())
    });
    // Behind the sorting, so that the list ends with whoever is least alike.
    alike.truncate(MOST_LOOK_ALIKES);
    Ok(alike)
}

/// People born in the same year whose names are alike.
fn by_name(connection: &Connection, (family, given, born, _): ComparedPerson<'_>) -> Result<BTreeSet<i64>, StoreError> {
    let (family, given) = (comparable(family), comparable(given));
    let lengths = (length(&family), length(&given));
    let mut statement = connection.prepare_cached(
        "SELECT id, family_folded, given_folded, born = ?3 FROM patients WHERE born BETWEEN ?1 AND ?2",
    )?;
    let mut rows = statement.query(year_of(born))?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let text = |column: usize| {
            row.get_ref(column)?.as_str().map(comparable_again).map_err(|_| StoreError::Damaged { what: "name" })
        };
        let (their_family, their_given, same_birth_date) = (text(1)?, text(2)?, row.get::<_, bool>(3)?);
        // On the same birth date one word in common is enough, whatever the lengths.
        if !same_birth_date && !may_be_near(lengths, (length(&their_family), length(&their_given))) {
            continue;
        }
        if name_likeness((&family, &given), (&their_family, &their_given), same_birth_date).is_some() {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// The same as [`comparable`] of a name that was folded before, as the columns hold it. Of one in Latin letters only
/// the vowels have to be respelled.
fn comparable_again(folded: &str) -> Cow<'_, str> {
    if !folded.is_ascii() {
        return comparable(folded).into();
    }
    let has_both = folded.contains(['a', 'o', 'u']) && folded.contains('e');
    if has_both || folded.contains("aa") { respell(folded).into() } else { folded.into() }
}

/// How long a comparable name is without what lies between its parts.
fn length(name: &str) -> usize {
    name.chars().filter(|c| c.is_alphanumeric()).count()
}

/// Whether names of these lengths can be near: no distance is less than the difference of the lengths. Both orders.
const fn may_be_near(ours: (usize, usize), theirs: (usize, usize)) -> bool {
    const fn near(ours: (usize, usize), family: usize, given: usize) -> bool {
        ours.0.abs_diff(family) <= MOST_APART.0 && ours.1.abs_diff(given) <= MOST_APART.1
    }
    near(ours, theirs.0, theirs.1) || near(ours, theirs.1, theirs.0)
}

/// People whose clinic number differs in one character, or in one swap of neighbours.
fn by_identifier(connection: &Connection, identifier: &str) -> Result<BTreeSet<i64>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT patient FROM identifiers WHERE label = 'MRN' AND folded = ?1")?;
    let mut found = BTreeSet::new();
    for neighbour in neighbours(identifier) {
        found.extend(statement.query_row([neighbour], |row| row.get::<_, i64>(0)).optional()?);
    }
    Ok(found)
}

/// Every text one slip away: a character missing, added or replaced, two neighbours swapped.
fn neighbours(text: &str) -> BTreeSet<String> {
    const ALPHABET: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
    let characters: Vec<char> = text.chars().collect();
    let mut found = BTreeSet::new();
    if characters.len() > LONGEST_VARIED {
        return found;
    }
    for (place, _) in characters.iter().enumerate() {
        let (before, rest) = characters.split_at(place);
        let spell = |middle: &[char], after: &[char]| before.iter().chain(middle).chain(after).collect::<String>();
        if let [first, after @ ..] = rest {
            found.insert(spell(&[], after));
            found.extend(ALPHABET.chars().map(|other| spell(&[other], after)));
            found.extend(ALPHABET.chars().map(|added| spell(&[added], rest)));
            if let [second, after @ ..] = after {
                found.insert(spell(&[*second, *first], after));
            }
        }
    }
    found.extend(ALPHABET.chars().map(|added| format!("{text}{added}")));
    // A character replaced by itself: the number is no slip of itself.
    found.remove(text);
    found.remove("");
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Taking the folded columns and passing over by length leave out nobody whom the rule would name.
        #[test]
        fn nobody_is_passed_over(
            names in prop::array::uniform4(
                "[a-eäöüåÄÅßéøæ]{0,4}|[A-Za-z]{1,6}( [a-z]{1,4})?|[a-c]{1,3}['. \
                 -][a-c]{1,3}|[а-я]{1,5}|[αεουγπώί]{1,5}",
            ),
            same_birth_date: bool,
        ) {
            let [family, given, their_family, their_given] = &names;
            let (family, given) = (comparable(family), comparable(given));
            let folded = (fold(their_family), fold(their_given));
            let columns = (comparable_again(&folded.0), comparable_again(&folded.1));
            prop_assert_eq!((&*columns.0, &*columns.1), (&*comparable(their_family), &*comparable(their_given)));
            let lengths = |family: &str, given: &str| (length(family), length(given));
            let found = name_likeness((&family, &given), (&columns.0, &columns.1), same_birth_date);
            let near = may_be_near(lengths(&family, &given), lengths(&columns.0, &columns.1));
            prop_assert!(found.is_none() || same_birth_date || near);
        }
    }

    /// Length 3 over an alphabet of 36: 3 deletions, 3 x 35 replacements, 4 x 36 additions of which 3 give a text
    /// that another place gives too ("aabc" at two places), 2 swaps.
    #[test]
    fn neighbours_are_all_texts_one_slip_away() {
        let near = neighbours("abc");
        assert_eq!(near.len(), 3 + 3 * 35 + (4 * 36 - 3) + 2);
        for text in ["bc", "abd", "xabc", "abcx", "axbc", "bac", "acb"] {
            assert!(near.contains(text), "{text}");
        }
        assert!(near.iter().all(|text| strsim::osa_distance(text, "abc") == 1));
    }
}
