//! Who has a number, whole: unlike a search, which finds beginnings, names and dates beside it and stops at a page.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::error::StoreError;
use super::search::with_number;
use super::{Store, known_search, patient_rows, subjects};
use crate::domain::patient::Patient;
use crate::domain::text::squeeze;
use crate::domain::validation::behind_label;

impl Store {
    /// All who have this number among theirs, of whatever sort it is and however it is written: of this store, and of a
    /// directory as they are known here. If nobody has it as it is typed, what stands behind a word such as MRN is the
    /// number.
    ///
    /// # Errors
    /// The database's.
    pub fn holders_of_number(&self, typed: &str) -> Result<Vec<Patient>, StoreError> {
        let reader = self.reader();
        let holders = holders(&reader, typed)?;
        match behind_label(typed).filter(|_| holders.is_empty()) {
            Some(number) => self::holders(&reader, number),
            None => Ok(holders),
        }
    }
}

fn holders(connection: &Connection, number: &str) -> Result<Vec<Patient>, StoreError> {
    let number = squeeze(number);
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let has_it = |person: &Patient| person.identifiers.iter().any(|own| squeeze(own.value.expose().as_str()) == number);
    // The index also has a number without the letters before it, which is another number.
    let rows: BTreeSet<i64> = with_number(connection, &number)?.into_iter().collect();
    let here = rows.into_iter().map(|row| patient_rows::load(connection, row));
    let known = known_search::known(connection)?.into_iter().filter(|(person, _)| has_it(person));
    let known = known.map(|(_, subject)| subjects::load(connection, subject));
    here.filter(|person| person.as_ref().map_or(true, has_it)).chain(known).collect()
}
