//! Patients of a care platform's directory who are known here because somebody selected them, found while it does not
//! answer.

use rusqlite::Connection;

use super::error::StoreError;
use super::search::separated;
use super::{Store, codec, subjects};
use crate::domain::name::{beginnings, parts, spellings};
use crate::domain::patient::{LookAlike, MOST_LOOK_ALIKES, NewPatient, Patient, SearchPage, likeness};
use crate::domain::text::squeeze;
use crate::domain::typed_date::{self, Typed};
use crate::domain::validation::{behind_label, is_label};

impl Store {
    /// Whoever of them matches each word of `query`, by family name: by the beginning of a name or of an identifier, or
    /// by a birth date. They are as many as were ever selected here, so that each is looked at.
    ///
    /// # Errors
    /// The database's.
    pub fn known_patients(&self, query: &str, limit: u32) -> Result<SearchPage, StoreError> {
        let reader = self.reader();
        let typed = typed_date::words(query);
        // As in the store: what is no more than marks is nothing to look for, and parts two names.
        let words: Vec<&str> = typed.iter().flat_map(|word| separated(word)).collect();
        // A word such as MRN is part of a name only if that leads anywhere.
        let unlabelled: Vec<&str> = words.iter().copied().filter(|word| !is_label(word)).collect();
        let known = known(&reader)?;
        let found =
            [&words, &unlabelled].map(|words| matching(&known, words)).into_iter().find(|found| !found.is_empty());
        let found = found.unwrap_or_default().into_iter().map(|subject| subjects::load(&reader, subject));
        let mut patients = found.collect::<Result<Vec<_>, _>>()?;
        patients.sort_by(|one, other| {
            // As in the store: whoever has the number whole comes first, before all whose numbers begin with it.
            let order = |patient: &Patient| {
                (!has_whole(patient, query), patient.family.expose().clone(), patient.given.expose().clone())
            };
            order(one).cmp(&order(other))
        });
        patients.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(SearchPage { patients, next: None, known_only: true })
    }

    /// Whoever of them may be taken for a new person, most alike first.
    ///
    /// # Errors
    /// The database's.
    pub fn known_look_alikes(&self, new: &NewPatient) -> Result<Vec<LookAlike>, StoreError> {
        let (family, given) = (new.family.expose().as_str(), new.given.expose().as_str());
        let typed = (family, given, *new.born.expose(), new.mrn.expose().as_str());
        let alike = known(&self.reader())?.into_iter();
        let mut alike: Vec<LookAlike> = alike
            .filter_map(|(patient, _)| likeness(typed, &patient).map(|likeness| LookAlike { patient, likeness }))
            .collect();
        alike.sort_by_key(|other| other.likeness);
        alike.truncate(MOST_LOOK_ALIKES);
        Ok(alike)
    }
}

/// Each of them as the directory spoke of them last, who has a record of their own, with their subject.
pub(super) fn known(connection: &Connection) -> Result<Vec<(Patient, i64)>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT copy, id FROM subjects s WHERE copy IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM merged WHERE subject = s.id) ORDER BY id",
    )?;
    let copies = statement
        .query_map((), |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    copies.into_iter().map(|(copy, subject)| Ok((codec::from_json(&copy, "patient")?, subject))).collect()
}

/// The subjects of all whom each of these words matches; nobody without words.
fn matching(known: &[(Patient, i64)], words: &[&str]) -> Vec<i64> {
    let is_meant = |patient: &Patient| !words.is_empty() && words.iter().all(|word| is_of(patient, word));
    known.iter().filter(|(patient, _)| is_meant(patient)).map(|(_, subject)| *subject).collect()
}

/// Whether a word that was typed is of this person.
fn is_of(patient: &Patient, word: &str) -> bool {
    let born = patient.born.expose();
    let is_born = match typed_date::read(word) {
        Typed::Days(days) => days.contains(born),
        Typed::Month(year, month) => (born.year(), born.month()) == (year, month),
        Typed::Year(year) => born.year() == year,
        Typed::Nothing => false,
    };
    is_born || has_number(patient, word) || is_called(patient, word)
}

fn has_number(patient: &Patient, word: &str) -> bool {
    let typed = squeeze(word);
    let numbers = patient.identifiers.iter().map(|own| squeeze(own.value.expose().as_str()));
    // With a digit in it alone: an M would find everybody whose number begins so.
    !typed.is_empty()
        && word.chars().any(|c| c.is_ascii_digit())
        && numbers.into_iter().any(|own| own.starts_with(&typed))
}

/// Whether the whole query is a number of theirs, or what stands in it behind a word such as MRN.
fn has_whole(patient: &Patient, query: &str) -> bool {
    let typed = [Some(query), behind_label(query)].map(|number| number.map(squeeze).filter(|own| !own.is_empty()));
    patient.identifiers.iter().any(|own| typed.contains(&Some(squeeze(own.value.expose().as_str()))))
}

fn is_called(patient: &Patient, word: &str) -> bool {
    let typed = spellings(&parts(word).concat());
    let names = [patient.family.expose().as_str(), patient.given.expose().as_str()];
    let mut own = names.into_iter().flat_map(beginnings).flat_map(|beginning| spellings(&beginning));
    own.any(|own| typed.iter().any(|typed| own.starts_with(typed.as_str())))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::patient::{Gender, Identifier, PatientId, Status};
    use crate::domain::text::Private;
    use crate::store::DirectoryAddress;
    use crate::store::tests::BY;

    fn patient(id: &str, family: &str, given: &str, mrn: &str) -> Patient {
        Patient {
            id: PatientId(id.to_owned()),
            family: Private::new(family.into()),
            given: Private::new(given.into()),
            born: Private::new(date(1968, 3, 9)),
            gender: Gender::Unknown,
            identifiers: vec![Identifier { label: "MRN".into(), value: Private::new(mrn.into()) }],
            status: Status::Active,
            devices: vec![],
            last_upload: None,
        }
    }

    #[test]
    fn who_was_selected_here_is_found_by_name_number_and_birth_date() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let directory = DirectoryAddress { base: "https://a.example".to_owned(), tenant: String::new() };
        store.belong_to(BY, &directory).unwrap();
        for known in
            [patient("Patient/7f", "Adeyemi-Müller", "Ruth", "H5550007"), patient("Patient/8", "Zorn", "Ute", "9")]
        {
            store.know(&known).unwrap();
        }
        let found = |query: &str| {
            let page = store.known_patients(query, 20).unwrap();
            assert!(page.known_only && page.next.is_none());
            page.patients.into_iter().map(|patient| patient.id.0).collect::<Vec<_>>()
        };
        for query in ["adey", "ruth adeyemi", "mueller", "müll ruth", "h555", "h5550007 ruth", "9-mar-1968 adey"] {
            assert_eq!(found(query), ["Patient/7f"], "{query}");
        }
        assert_eq!(found("1968"), ["Patient/7f", "Patient/8"], "by family name");
        for query in ["adeyemi,ruth", "adeyemi - ruth"] {
            assert_eq!(found(query), ["Patient/7f"], "{query}");
        }
        for query in ["adeyemi ute", "5550007x", "1967", "", "  ", "-", "'", " ? "] {
            assert_eq!(found(query), [""; 0], "{query}");
        }
        assert_eq!(store.known_patients("1968", 1).unwrap().patients.len(), 1);
        // Whoever has the number whole is on the first page.
        for (place, number) in (100..130).enumerate() {
            store.know(&patient(&format!("Patient/a{place}"), "Aabel", "Ida", &format!("9{number}"))).unwrap();
        }
        for query in ["9", "MRN 9", "mrn: 9"] {
            assert_eq!(found(query)[0], "Patient/8", "{query}");
        }
    }
}
