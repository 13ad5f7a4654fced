//! Finding patients: prefixes of names, identifiers and birth dates, best match first.
//!
//! Each word of a patient is a row of `search_words`, in a tree that is already in the order of display. If the rarest
//! word typed has few rows, these are all looked at and sorted. Otherwise hits are so frequent that reading the tree in
//! its order soon fills the page, and only so much of it is read. Of a family name that was typed whole with something
//! else, those who have both words are rows of their own: they stand together, however many have the family name.
//! Either way the work is bounded by the page and not by the number of patients, even for one letter.
//!
//! Order: a whole identifier, which is one person's; the whole family name, then a prefix of it, then of a given name,
//! then of an identifier, or a birth date; ACTIVE before others; then family name, given name, birth date. Where hits
//! are too many to sort, the matching word comes before the family name in this order, which is the same for family
//! names of one word.
//!
//! A query can be read in several ways (see [`terms`]): whoever matches one of them is a hit, as well as
//! the best of them says.

mod entry;
mod field;
mod in_order;
mod paired;
mod terms;

use std::collections::HashSet;

use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, params};

use self::entry::{Entry, Rank};
use self::field::SearchField;
use self::in_order::first_in_order;
pub(super) use self::terms::separated;
use self::terms::{Meaning, Query, Term};
use super::error::StoreError;

/// Up to how many rows are all looked at and sorted: with more, each letter that is typed would be felt, and the index
/// gives them in their order.
const SORTABLE: usize = 5_000;

/// So many rows are read sooner than others are counted.
const FEW: usize = 100;

/// A hit with all that orders it.
type Hit = (Rank, bool, String, i64);

/// What the index knows of somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct IndexedPerson<'a> {
    pub(super) family: &'a str,
    pub(super) given: &'a str,
    pub(super) born: Date,
    pub(super) numbers: &'a [&'a str],
}

/// The rows of the first `wanted` patients or more who match all words of `query`, best match first. See the
/// module for the order.
///
/// A word matches by the beginning of a name, of a part of it or of an identifier, or by a birth date in any of the
/// ways of [`crate::domain::typed_date::read`], its month or its year. Names match in any of the spellings of
/// [`crate::domain::name`], and their parts joined or apart; of an identifier the letters before its digits do not
/// matter, nor do MRN or ID before it.
pub(super) fn find(connection: &Connection, query: &str, wanted: usize) -> Result<Vec<i64>, StoreError> {
    let query = Query::read(query);
    let mut hits = query.labelled().map_or_else(|| Ok(Vec::new()), |number| matching(connection, number, wanted))?;
    for meaning in query.meanings() {
        let found = matching(connection, meaning, wanted)?;
        let known: HashSet<i64> = hits.iter().copied().collect();
        hits.extend(found.into_iter().filter(|row| !known.contains(row)));
        // A further meaning is a guess at what else may have been meant, and is made only where this one finds nobody.
        if !hits.is_empty() {
            break;
        }
    }
    Ok(hits)
}

/// The rows of all patients one of whose numbers is this one, or is behind its first letters: `1234567` is of M1234567
/// too.
pub(super) fn with_number(connection: &Connection, squeezed: &str) -> Result<Vec<i64>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT patient FROM search_words WHERE field = ?1 AND inactive IN (0, 1) AND word = ?2")?;
    let rows = statement.query_map(params![SearchField::Number.number(), squeezed], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts a new patient into the index.
pub(super) fn add(
    connection: &Connection,
    row: i64,
    person: &IndexedPerson<'_>,
    inactive: bool,
) -> Result<(), StoreError> {
    let mut words = Vec::new();
    words_of(row, person, inactive, &mut words);
    Ok(add_words(connection, words)?)
}

/// A row of the index: field, not ACTIVE, word, entry, patient.
pub(super) type IndexWord = (i64, bool, String, String, i64);

/// Collects the rows under which a patient is found.
pub(super) fn words_of(row: i64, person: &IndexedPerson<'_>, inactive: bool, words: &mut Vec<IndexWord>) {
    let entry = Entry::of(person);
    let text = entry.to_text();
    for (field, word) in entry.words() {
        words.push((field.number(), inactive, word.to_owned(), text.clone(), row));
    }
    for pair in entry.pairs() {
        words.push((SearchField::FamilyAndOther.number(), inactive, pair, text.clone(), row));
    }
}

/// Adds rows to the index, in the order of its tree, which is much faster than any other.
pub(super) fn add_words(connection: &Connection, mut words: Vec<IndexWord>) -> rusqlite::Result<()> {
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

/// The first `wanted` patients, or more, whom one of the ways of a meaning matches, in order.
fn matching(connection: &Connection, meaning: &Meaning, wanted: usize) -> Result<Vec<i64>, StoreError> {
    let mut ways: Vec<Vec<&Term>> = Vec::new();
    // To count the rows of a frequent word costs more than to read those of a rare one: first it is seen whether there
    // is a rare one.
    for most in [FEW, SORTABLE] {
        let counts = meaning.terms.iter().map(|term| count(connection, term, most)).collect::<Result<Vec<_>, _>>()?;
        let mut rarest: Vec<(usize, &Term)> = Vec::new();
        ways.clear();
        for way in &meaning.ways {
            let terms = || way.iter().filter_map(|place| counts.get(*place).copied().zip(meaning.terms.get(*place)));
            // Whoever matches a way matches each of its terms.
            if let Some((count, term)) = terms().min_by_key(|(count, _)| *count)
                && count > 0
            {
                rarest.push((count, term));
                ways.push(terms().map(|(_, term)| term).collect());
            }
        }
        if rarest.iter().all(|(count, _)| *count <= most) {
            let rarest: Vec<&Term> = rarest.into_iter().map(|(_, term)| term).collect();
            return all_sorted(connection, &ways, &rarest);
        }
    }
    first_in_order(connection, &ways, wanted)
}

/// Number of rows that a term touches; exact up to `most`, at least one more beyond.
fn count(connection: &Connection, term: &Term, most: usize) -> Result<usize, StoreError> {
    let mut total = 0;
    for field in SearchField::ALL {
        total += count_in(connection, term, field, most)?;
        if total > most {
            break;
        }
    }
    Ok(total)
}

/// The same within one field.
fn count_in(connection: &Connection, term: &Term, field: SearchField, most: usize) -> Result<usize, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT 1 FROM search_words
             WHERE field = ?1 AND inactive = ?2 AND word >= ?3 AND word < ?4 LIMIT ?5)",
    )?;
    // One more than are looked at tells that they are too many; all need not be counted.
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let mut total = 0;
    for (from, to) in term.ranges(field) {
        for inactive in [false, true] {
            let rows: i64 =
                statement.query_row(params![field.number(), inactive, from, to, limit], |row| row.get(0))?;
            total += usize::try_from(rows).unwrap_or(0);
        }
        if total > most {
            break;
        }
    }
    Ok(total)
}

/// Looks at all rows of the rarest term of each way and sorts what matches a way.
fn all_sorted(connection: &Connection, ways: &[Vec<&Term>], rarest: &[&Term]) -> Result<Vec<i64>, StoreError> {
    let mut hits = Vec::new();
    add_all(connection, ways, rarest, &mut HashSet::new(), &mut hits)?;
    hits.sort_unstable();
    Ok(hits.into_iter().map(|(_, _, _, patient)| patient).collect())
}

/// Adds everybody under one of these terms whom a way matches and who was not seen.
fn add_all(
    connection: &Connection,
    ways: &[Vec<&Term>],
    terms: &[&Term],
    seen: &mut HashSet<i64>,
    hits: &mut Vec<Hit>,
) -> Result<(), StoreError> {
    for term in terms {
        for field in SearchField::ALL {
            for inactive in [false, true] {
                scan(connection, (field, inactive, term), &mut |entry, patient| {
                    // The rank is of all ways: whoever was met under one term need not be looked at
                    // under another.
                    if seen.insert(patient)
                        && let Some(rank) = Entry::rank_in(entry, ways)
                    {
                        hits.push((rank, inactive, entry.to_owned(), patient));
                    }
                    true
                })?;
            }
        }
    }
    Ok(())
}

/// Shows each row of a term within one field to `visit`, in the order of the tree, until it has enough.
fn scan(
    connection: &Connection,
    (field, inactive, term): (SearchField, bool, &Term),
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

/// How many patients are put into the index at once when it is made anew: the words of all of a large clinic would be
/// in memory together.
const AT_ONCE: usize = 20_000;

/// Makes the index anew of the patients, with the words of today.
///
/// # Errors
/// The database's, which are those of a birth date that is none too.
pub(super) fn rebuild(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM search_words", ())?;
    let mut numbers = connection.prepare("SELECT value FROM identifiers WHERE patient = ?1 ORDER BY position")?;
    let mut people = connection.prepare("SELECT id, family, given, born, status <> 'ACTIVE' FROM patients")?;
    let mut rows = people.query(())?;
    let (mut words, mut count) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let [family, given, born] = [row.get::<_, String>(1)?, row.get(2)?, row.get(3)?];
        let numbers = numbers.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
        let person = IndexedPerson {
            family: &family,
            given: &given,
            born: born
                .parse()
                .map_err(|error| rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error)))?,
            numbers: &numbers.iter().map(String::as_str).collect::<Vec<_>>(),
        };
        words_of(id, &person, row.get(4)?, &mut words);
        count += 1;
        if count % AT_ONCE == 0 {
            add_words(connection, std::mem::take(&mut words))?;
        }
    }
    add_words(connection, words)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    /// An index of nobody.
    pub(super) fn empty_index() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(include_str!("../../assets/migrations/0001-clinic.sql")).unwrap();
        connection
    }

    /// An index with one patient.
    fn index_of(family: &str, given: &str) -> Connection {
        let connection = empty_index();
        let person = IndexedPerson { family, given, born: date(1961, 7, 14), numbers: &["77"] };
        add(&connection, 7, &person, false).unwrap();
        connection
    }

    /// Adds people, each with family name, given name and number, and whether they are not ACTIVE.
    pub(super) fn add_people<'a>(
        connection: &Connection,
        people: impl Iterator<Item = (i64, (&'a str, &'a str, &'a str), bool)>,
    ) {
        let mut words = Vec::new();
        for (row, (family, given, number), inactive) in people {
            let person = IndexedPerson { family, given, born: date(1970, 1, 1), numbers: &[number] };
            words_of(row, &person, inactive, &mut words);
        }
        add_words(connection, words).unwrap();
    }

    /// Words of names: with accents, in other scripts, with letters that are spelled out.
    const WORD: &str = "[A-Za-z]{1,7}|[a-zäöüßéøåæœłđşğıçñőžðþíú]{1,7}|[а-яёіїєґ]{1,6}\
        |[αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ]{1,7}|[\u{5D0}-\u{5EA}]{1,5}|[\u{621}-\u{63A}\u{641}-\u{64A}]{1,6}\
        |[\u{4E00}-\u{4EFF}\u{9648}]{1,3}|[\u{AC00}-\u{AC40}]{1,3}|[\u{10D0}-\u{10F0}]{1,6}\
        |([\u{915}-\u{928}][\u{93E}-\u{948}]?){1,4}|[A-Z]";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        /// Every word of a name, the words joined and apart in any way, and every beginning of at least two letters.
        #[test]
        fn a_name_is_found_by_all_that_is_typed_of_it(
            words in prop::collection::vec(WORD, 1..4),
            written in prop::sample::select(vec!["-", " ", "'", "’", ".", ". ", " - ", ""]),
            typed in prop::sample::select(vec!["-", " ", "'", ".", ". ", ""]),
            is_family: bool,
        ) {
            // A mark without a letter before it is no word.
            prop_assume!(words.iter().all(|word| !crate::domain::name::parts(word).is_empty()));
            // Single letters apart are the beginnings of several names.
            prop_assume!(!written.is_empty() || words.concat().chars().count() >= terms::LEAST_JOINED);
            let name = words.join(written);
            let connection = if is_family { index_of(&name, "Zz") } else { index_of("Zz", &name) };
            let mut queries =
                vec![name.clone(), words.join(typed), words.concat(), name.to_uppercase(), format!("{name} zz")];
            // Of a name that is written in one nobody knows the words but the first.
            let known = if written.is_empty() { 1 } else { words.len() };
            for word in words[..known].iter().chain([&words.concat()]) {
                let letters = word.chars().count();
                queries.extend((2..letters).map(|length| word.chars().take(length).collect()));
                queries.push(word.clone());
            }
            for query in queries {
                // What is no more than marks is nothing to look for.
                if crate::domain::name::parts(&query).is_empty() {
                    continue;
                }
                prop_assert_eq!(find(&connection, &query, 5).unwrap(), [7], "{:?} by {:?}", name, query);
            }
            prop_assert_eq!(find(&connection, &format!("{name} qqqq"), 5).unwrap(), Vec::<i64>::new());
        }
    }

    /// An index that is made anew is the one that was made when the patients came.
    #[test]
    fn an_index_made_anew_is_the_same() {
        let connection = index_of("O'Neill", "Сергей");
        let words = || -> Vec<IndexWord> {
            let mut all = connection
                .prepare("SELECT field, inactive, word, entry, patient FROM search_words ORDER BY 1, 2, 3, 4, 5")
                .unwrap();
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
            all.query_map((), row).unwrap().map(Result::unwrap).collect()
        };
        connection
            .execute_batch(
                "INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by,
                     created_at) VALUES (7, 'O''Neill', 'Сергей', '1961-07-14', 'other', 'ACTIVE', '', '', '1', 0);
                 INSERT INTO identifiers (patient, position, label, value, folded) VALUES (7, 0, 'MRN', '77', '77');",
            )
            .unwrap();
        let made = words();
        connection.execute_batch("UPDATE search_words SET word = 'x' || word").unwrap();
        rebuild(&connection).unwrap();
        assert_eq!(words(), made);
        connection.execute_batch("UPDATE patients SET status = 'INACTIVE'").unwrap();
        rebuild(&connection).unwrap();
        assert!(words().iter().all(|(_, inactive, ..)| *inactive));
    }
}
