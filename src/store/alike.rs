//! Who may be taken for a new patient: candidates by index, judged by [`crate::domain::patient::likeness`].
//!
//! Every kind of likeness but that of the identifier asks for the same year of birth, so one range of one index holds
//! all candidates by name. Identifiers one slip away are looked up one by one: a few hundred exact look-ups.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{Store, patients};
use crate::domain::identity_check::squeeze;
use crate::domain::patient::{
    LookAlike, MOST_LOOK_ALIKES, NewPatient, Patient, PatientId, comparable, likeness, name_likeness,
};
use crate::domain::text::fold;
use crate::domain::validation::LONGEST_MRN;

/// Identifiers longer than this are not varied; no clinic number is that long.
const LONGEST_VARIED: usize = LONGEST_MRN;

impl Store {
    /// People who may be taken for the new one, of any status, most alike first.
    ///
    /// # Errors
    /// The database's.
    pub fn look_alikes(&self, new: &NewPatient) -> Result<Vec<LookAlike>, StoreError> {
        let (family, given) = (new.family.expose().as_str(), new.given.expose().as_str());
        alike(&self.reader(), (family, given, *new.born.expose(), new.mrn.expose().as_str()), None)
    }
}

/// People who may be taken for one who is registered, of any status, most alike first.
pub(super) fn of_patient(connection: &Connection, patient: &Patient) -> Result<Vec<LookAlike>, StoreError> {
    let (family, given) = (patient.family.expose().as_str(), patient.given.expose().as_str());
    let mrn = patient.identifiers.first().map_or("", |identifier| identifier.value.expose().as_str());
    alike(connection, (family, given, *patient.born.expose(), mrn), Some(&patient.id))
}

/// Family and given name, birth date and clinic number.
type Person<'a> = (&'a str, &'a str, Date, &'a str);

fn alike(connection: &Connection, person: Person<'_>, but: Option<&PatientId>) -> Result<Vec<LookAlike>, StoreError> {
    let mut candidates = by_name(connection, person)?;
    candidates.extend(by_identifier(connection, &squeeze(person.3))?);
    let mut alike = Vec::new();
    for row in candidates {
        let patient = patients::load(connection, row)?;
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
    alike.truncate(MOST_LOOK_ALIKES);
    Ok(alike)
}

/// People born in the same year whose names are alike.
fn by_name(connection: &Connection, (family, given, born, _): Person<'_>) -> Result<BTreeSet<i64>, StoreError> {
    let (family, given) = (comparable(family), comparable(given));
    let mut statement = connection.prepare_cached(
        "SELECT id, family_folded, given_folded, born = ?3 FROM patients WHERE born BETWEEN ?1 AND ?2",
    )?;
    let year = |day: &str| format!("{:04}-{day}", born.year());
    let mut rows = statement.query([year("01-01"), year("12-31"), born.to_string()])?;
    let mut found = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let text = |column: usize| {
            let text = row.get_ref(column)?.as_str().map_err(|_| StoreError::Damaged { what: "name" })?;
            Ok::<_, StoreError>(comparable(text))
        };
        if name_likeness((&family, &given), (&text(1)?, &text(2)?), row.get(3)?).is_some() {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
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
    found.remove(text);
    found.remove("");
    found
}

#[cfg(test)]
mod tests {
    use super::*;

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
