//! Finding patients: prefixes of names, identifiers and birth dates, best match first.
//!
//! Each word of a patient is a row of `search_words`, in a tree that is already in the order of display. If the rarest
//! word typed has few rows, these are all looked at and sorted. Otherwise hits are so frequent that reading the tree in
//! its order soon fills the page, and only so much of it is read. Either way the work is bounded by the page and not by
//! the number of patients, even for one letter.
//!
//! Order: the whole family name, then a prefix of it, then of a given name, then identifier or birth date; ACTIVE before
//! others; then family name, given name, birth date. Where hits are too many to sort, the matching word comes before
//! the family name in this order, which is the same for family names of one word.

mod entry;
mod field;
mod terms;

use std::collections::HashSet;

use rusqlite::{Connection, params};

use self::entry::{Entry, Rank};
use self::field::Field;
use self::terms::{Query, Term};
use super::Store;
use super::error::StoreError;
use super::patient_rows::load;
use crate::domain::patient::{NewPatient, PageCursor, SearchPage, Status};

/// Up to how many rows are all looked at and sorted.
const SORTABLE: usize = 5_000;

/// A hit with all that orders it.
type Hit = (Rank, bool, String, i64);

impl Store {
    /// Where a page of this store begins behind so many people.
    #[must_use]
    pub fn page_behind(people: usize) -> PageCursor {
        PageCursor(people.to_string())
    }

    /// One page of the patients that match all words of `query`, best match first. See the module for the order.
    ///
    /// A word matches by the beginning of a family name, a given name or an identifier, or by a birth date in any of the
    /// ways of [`crate::domain::typed_date::read`], or its year; case, accents and ae, oe, ue, aa for letters with
    /// dots, a stroke or a ring do not matter, nor do letters before the digits of an identifier, or MRN or ID before it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cursor that no search gave, or the database's.
    pub fn search(&self, query: &str, from: Option<&PageCursor>, limit: u32) -> Result<SearchPage, StoreError> {
        let reader = self.reader();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let offset = from.map_or(Ok(0), |from| from.0.parse::<usize>());
        let offset = offset.map_err(|_| StoreError::NotFound { what: "the page" })?;
        let wanted = offset.saturating_add(limit).saturating_add(1);
        let query = Query::read(query);
        let mut hits = query.labelled().map_or_else(|| Ok(Vec::new()), |number| find(&reader, number, wanted))?;
        for terms in query.readings() {
            let found = find(&reader, terms, wanted)?;
            let known: HashSet<i64> = hits.iter().copied().collect();
            hits.extend(found.into_iter().filter(|row| !known.contains(row)));
            if !hits.is_empty() {
                break;
            }
        }
        let next = (hits.len() >= wanted).then(|| Self::page_behind(offset.saturating_add(limit)));
        let page = hits.into_iter().skip(offset).take(limit);
        Ok(SearchPage { patients: page.map(|row| load(&reader, row)).collect::<Result<_, _>>()?, next })
    }
}

/// Puts a new patient into the index.
pub(super) fn add(connection: &Connection, row: i64, person: &NewPatient, status: Status) -> Result<(), StoreError> {
    let mut words = Vec::new();
    words_of(row, person, status, &mut words);
    add_words(connection, words)
}

/// A row of the index: field, not ACTIVE, word, entry, patient.
pub(super) type Word = (i64, bool, String, String, i64);

/// Collects the rows under which a patient is found.
pub(super) fn words_of(row: i64, person: &NewPatient, status: Status, words: &mut Vec<Word>) {
    let entry = Entry::of(person);
    let text = entry.to_text();
    for (field, word) in entry.words() {
        words.push((field.number(), status != Status::Active, word, text.clone(), row));
    }
}

/// Adds rows to the index, in the order of its tree, which is much faster than any other.
pub(super) fn add_words(connection: &Connection, mut words: Vec<Word>) -> Result<(), StoreError> {
    words.sort_unstable();
    words.dedup();
    let mut insert = connection.prepare_cached(
        "INSERT INTO search_words (field, inactive, word, entry, patient) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (field, inactive, word, entry, patient) in words {
        insert.execute(params![field, inactive, word, entry, patient])?;
    }
    Ok(())
}

/// The first `wanted` patients that match all terms, in order.
fn find(connection: &Connection, terms: &[Term], wanted: usize) -> Result<Vec<i64>, StoreError> {
    let mut rarest: Option<(usize, &Term)> = None;
    for term in terms {
        let count = count(connection, term)?;
        if rarest.is_none_or(|(least, _)| count < least) {
            rarest = Some((count, term));
        }
    }
    match rarest {
        None => Ok(Vec::new()),
        Some((count, term)) if count <= SORTABLE => all_sorted(connection, terms, term),
        Some(_) => first_in_order(connection, terms, wanted),
    }
}

/// Number of rows that a term touches; exact up to [`SORTABLE`], at least one more beyond.
fn count(connection: &Connection, term: &Term) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM search_words
             WHERE field = ?1 AND inactive = ?2 AND word >= ?3 AND word < ?4 LIMIT ?5)",
    )?;
    let mut total = 0;
    for field in Field::ALL {
        for (from, to) in term.ranges(field) {
            for inactive in [false, true] {
                let limit = i64::try_from(SORTABLE + 1).unwrap_or(i64::MAX);
                let rows: i64 =
                    statement.query_row(params![field.number(), inactive, from, to, limit], |row| row.get(0))?;
                total += usize::try_from(rows).unwrap_or(0);
            }
            if total > SORTABLE {
                return Ok(total);
            }
        }
    }
    Ok(total)
}

/// Looks at all rows of the rarest term and sorts what matches the others too.
fn all_sorted(connection: &Connection, terms: &[Term], rarest: &Term) -> Result<Vec<i64>, StoreError> {
    let mut seen = HashSet::new();
    let mut hits: Vec<Hit> = Vec::new();
    for field in Field::ALL {
        for inactive in [false, true] {
            scan(connection, (field, inactive, rarest), &mut |entry, patient| {
                if seen.insert(patient)
                    && let Some(rank) = Entry::parse(entry).rank(terms)
                {
                    hits.push((rank, inactive, entry.to_owned(), patient));
                }
                true
            })?;
        }
    }
    hits.sort_unstable();
    Ok(hits.into_iter().map(|(_, _, _, patient)| patient).collect())
}

/// Reads the tree in the order of display until there are enough hits.
fn first_in_order(connection: &Connection, terms: &[Term], wanted: usize) -> Result<Vec<i64>, StoreError> {
    let mut seen = HashSet::new();
    let mut hits = Vec::new();
    for rank in Rank::ALL {
        for inactive in [false, true] {
            for term in terms {
                let exact = Term::whole(term);
                let term = if rank == Rank::WholeFamily { &exact } else { term };
                scan(connection, (rank.field(), inactive, term), &mut |entry, patient| {
                    if Entry::parse(entry).rank(terms) == Some(rank) && seen.insert(patient) {
                        hits.push(patient);
                    }
                    hits.len() < wanted
                })?;
                if hits.len() >= wanted {
                    return Ok(hits);
                }
            }
        }
    }
    Ok(hits)
}

/// Shows each row of a term within one field to `visit`, in the order of the tree, until it has enough.
fn scan(
    connection: &Connection,
    (field, inactive, term): (Field, bool, &Term),
    visit: &mut dyn FnMut(&str, i64) -> bool,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT entry, patient FROM search_words WHERE field = ?1 AND inactive = ?2 AND word >= ?3 AND word < ?4
         ORDER BY word, entry, patient",
    )?;
    for (from, to) in term.ranges(field) {
        let mut rows = statement.query(params![field.number(), inactive, from, to])?;
        while let Some(row) = rows.next()? {
            let entry = row.get_ref(0)?.as_str().map_err(|_| StoreError::Damaged { what: "search entry" })?;
            if !visit(entry, row.get(1)?) {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rusqlite::Connection;

    use super::*;
    use crate::domain::patient::Gender;
    use crate::domain::text::Private;

    /// The index of a store that was made before names were respelled becomes the one that is made today.
    #[test]
    fn an_older_index_becomes_todays() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../../assets/migrations/0001-clinic.sql")).unwrap();
        let people = [
            ("Mueller-Roehl", "Samuel", "M-123"),
            ("Müller", "Zoë", "77"),
            ("Maeeoe", "Aaron", "ab"),
            ("Ågaard", "Åse", "aa1"),
        ];
        let mut today = Vec::new();
        for ((family, given, mrn), row) in people.into_iter().zip(1..) {
            let person = NewPatient {
                family: Private::new(family.into()),
                given: Private::new(given.into()),
                born: Private::new(date(1961, 7, 14)),
                mrn: Private::new(mrn.into()),
                gender: Gender::Unknown,
                other_identifier: None,
                email: None,
                phone: None,
                reason_despite_look_alike: None,
            };
            connection
                .execute(
                    "INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by,
                     created_at) VALUES (?1, 'a', 'b', '1961-07-14', 'other', 'ACTIVE', 'a', 'b', '1', 0)",
                    [row],
                )
                .unwrap();
            words_of(row, &person, Status::Active, &mut today);
            // What the first version wrote: each word as it folds.
            let text = Entry::of(&person).to_text();
            let parts: Vec<&str> = text.split('\u{1F}').collect();
            for (field, part) in [(1, 0), (2, 1), (3, 2), (3, 3)] {
                for word in parts[part].split(' ').filter(|word| !word.is_empty()) {
                    let word = (field, false, word.to_owned(), text.clone(), row);
                    add_words(&connection, vec![word]).unwrap();
                }
            }
        }
        connection.execute_batch(include_str!("../../assets/migrations/0002-search-words.sql")).unwrap();
        connection.execute_batch(include_str!("../../assets/migrations/0008-search-rings.sql")).unwrap();
        let mut statement =
            connection.prepare("SELECT field, inactive, word, entry, patient FROM search_words").unwrap();
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        let mut migrated: Vec<Word> = statement.query_map((), row).unwrap().map(Result::unwrap).collect();
        migrated.sort();
        today.sort();
        today.dedup();
        assert_eq!(migrated, today);
    }
}
