//! Patients taken over from a file, one after the other, in one transaction: all of them or nobody.

use rusqlite::Transaction;

use super::error::StoreError;
use super::search::{self, IndexWord};
use super::{By, RegisteredPatient, Store, alike, audit, patient_rows, patients};
use crate::domain::name::comparable;
use crate::domain::patient::{LookAlike, NewPatient, Patient, PatientId, Status};
use crate::domain::text::squeeze;
use crate::domain::validation::Field;

/// So many rows of the search index are held until they are written, in the order of its tree.
const HELD_WORDS: usize = 100_000;

/// What came of one person of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// They are new here.
    New,
    /// They are new here, and these may be taken for them, or be the same person.
    Alike(Vec<LookAlike>),
    /// They are here already, under their number.
    AlreadyThere,
    /// This number of theirs is another person's: they were left out.
    Taken(Box<Patient>, Field),
}

/// Whether what was imported stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportEnd {
    /// All of it.
    Kept,
    /// Nothing of it.
    Dropped,
}

/// An import under way.
pub struct PatientImport<'a> {
    transaction: &'a Transaction<'a>,
    by: By<'a>,
    words: Vec<IndexWord>,
    new: u64,
}

impl Store {
    /// Imports people one by one, in one transaction that `work` ends one way or the other. Other programs wait
    /// meanwhile; a program that is killed within leaves nobody. The trail has one line, with how many.
    ///
    /// # Errors
    /// Those of `work`, or the database's; then nobody was imported.
    pub fn import_each(
        &self,
        by: By<'_>,
        work: impl FnOnce(&mut PatientImport<'_>) -> Result<ImportEnd, StoreError>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            transaction.execute_batch("SAVEPOINT import")?;
            let mut import = PatientImport { transaction, by, words: Vec::new(), new: 0 };
            if work(&mut import)? == ImportEnd::Dropped {
                return Ok(transaction.execute_batch("ROLLBACK TO import; RELEASE import")?);
            }
            import.index()?;
            if import.new > 0 {
                let detail = format!("{} patients", import.new);
                audit::append(transaction, by, audit::AuditAction::PatientsImported, None, None, &detail)?;
            }
            Ok(transaction.execute_batch("RELEASE import")?)
        })
    }
}

impl PatientImport<'_> {
    /// Takes a person over. Who looks alike is looked for as at [`Store::look_alikes`] where `compares`, among those
    /// who came before in this import as well.
    ///
    /// # Errors
    /// The database's.
    pub fn add(&mut self, person: NewPatient, status: Status, compares: bool) -> Result<Imported, StoreError> {
        if let Some(holder) = self.holder_of_mrn(&person)? {
            let is_there = is_same(&holder, &person);
            return Ok(if is_there { Imported::AlreadyThere } else { Imported::Taken(Box::new(holder), Field::Mrn) });
        }
        if let Some(other) = &person.other_identifier {
            // Found by the index, which has to know those who came before.
            self.index()?;
            let rows = search::with_number(self.transaction, &squeeze(other.value.expose().as_str()))?;
            let load = |row| patient_rows::load(self.transaction, row);
            let found = rows.into_iter().map(load).collect::<Result<Vec<_>, _>>()?;
            if let Some(holder) = other.holder(&found) {
                return Ok(Imported::Taken(Box::new(holder.clone()), Field::OtherIdentifier));
            }
        }
        let registered = RegisteredPatient { person, status, merged_into: None };
        let row = patients::insert_indexed(self.transaction, self.by, &registered, &mut self.words)?;
        self.new += 1;
        if self.words.len() > HELD_WORDS {
            self.index()?;
        }
        if !compares {
            return Ok(Imported::New);
        }
        let found = alike::of_new(self.transaction, &registered.person, &PatientId(row.to_string()))?;
        Ok(if found.is_empty() { Imported::New } else { Imported::Alike(found) })
    }

    fn holder_of_mrn(&self, person: &NewPatient) -> Result<Option<Patient>, StoreError> {
        match patients::row_by_mrn(self.transaction, person.mrn.expose().as_str()) {
            Ok(row) => patient_rows::load(self.transaction, row).map(Some),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts those who came before into the search index.
    fn index(&mut self) -> Result<(), StoreError> {
        Ok(search::add_words(self.transaction, std::mem::take(&mut self.words))?)
    }
}

/// Whether who has the number is the person of the file: the same names, however they are spelled, and birth date.
fn is_same(holder: &Patient, person: &NewPatient) -> bool {
    let names = |family: &str, given: &str| (comparable(family), comparable(given));
    let theirs = names(holder.family.expose().as_str(), holder.given.expose().as_str());
    theirs == names(person.family.expose().as_str(), person.given.expose().as_str()) && holder.born == person.born
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::patient::{Gender, Identifier, Likeness};
    use crate::domain::text::Private;
    use crate::store::tests::BY;

    fn person(family: &str, day: i8, mrn: &str) -> NewPatient {
        NewPatient {
            family: Private::new(family.into()),
            given: Private::new("Anna".into()),
            born: Private::new(date(1961, 7, day)),
            mrn: Private::new(mrn.into()),
            gender: Gender::Unknown,
            other_identifier: None,
            email: None,
            phone: None,
            reason_despite_look_alike: None,
        }
    }

    fn import(store: &Store, people: &[NewPatient], end: ImportEnd) -> Vec<Imported> {
        let mut came = Vec::new();
        let each = |import: &mut PatientImport<'_>| {
            for person in people {
                came.push(import.add(person.clone(), Status::Active, true)?);
            }
            Ok(end)
        };
        store.import_each(BY, each).unwrap();
        came
    }

    #[test]
    fn an_import_twice_adds_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let people = [person("Weber", 14, "M1000001"), person("Tanaka", 2, "X77")];
        assert_eq!(import(&store, &people, ImportEnd::Kept), [Imported::New, Imported::New]);
        let lines = store.audit_trail().unwrap();
        assert_eq!(lines.last().map(|line| line.detail.as_str()), Some("2 patients"));
        assert_eq!(import(&store, &people, ImportEnd::Kept), [Imported::AlreadyThere, Imported::AlreadyThere]);
        assert_eq!(store.audit_trail().unwrap().len(), lines.len());
        assert_eq!(store.search("tanaka", None, 5).unwrap().patients.len(), 1);
    }

    #[test]
    fn a_number_that_is_anothers_and_who_looks_alike_are_told_within_one_file_too() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let with_id = |person: NewPatient, label: &str| NewPatient {
            other_identifier: Some(Identifier::new(label, "999 123")),
            ..person
        };
        let people = [
            with_id(person("Weber", 14, "M1000001"), "NHS No."),
            person("Schmidt", 14, "m-1000001"),
            with_id(person("Ito", 30, "Z9"), "nhs no"),
            person("Webber", 14, "Q55555"),
        ];
        let came = import(&store, &people, ImportEnd::Kept);
        assert_eq!(came[0], Imported::New);
        assert!(matches!(&came[1], Imported::Taken(holder, Field::Mrn) if holder.family.expose().as_str() == "Weber"));
        assert!(matches!(&came[2], Imported::Taken(_, Field::OtherIdentifier)), "{:?}", came[2]);
        let Imported::Alike(alike) = &came[3] else { panic!("{:?}", came[3]) };
        assert_eq!(alike.iter().map(|other| other.likeness).collect::<Vec<_>>(), [Likeness::SimilarNameAndBirthDate]);
    }

    #[test]
    fn what_is_dropped_was_never_there() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(import(&store, &[person("Weber", 14, "M1000001")], ImportEnd::Dropped), [Imported::New]);
        assert!(store.patient_by_mrn("M1000001").is_err() && !store.has_patients().unwrap());
        assert_eq!(store.audit_trail().unwrap(), []);
        assert_eq!(import(&store, &[person("Weber", 14, "M1000001")], ImportEnd::Kept), [Imported::New]);
    }
}
