//! Hits among those who have a family name that was typed whole, for family names that very many have.
//!
//! Who matches has not only that name but all that was typed, and so another word of the name, a number or a birth
//! date. The first stand together in the index, and the others are few. So all of them are met without those who have
//! nothing but the family name.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::entry::Entry;
use super::field::SearchField;
use super::terms::Term;
use super::{FEW, SORTABLE, count, count_in, scan};
use crate::store::error::StoreError;

/// What is looked for beside a word of a family name: of each way a term that whoever matches it has too.
pub(super) struct Beside<'a>(Vec<&'a Term>);

impl<'a> Beside<'a> {
    /// `None` if a way asks for nothing else, or only for a number or a date that too many have.
    pub(super) fn of(
        connection: &Connection,
        ways: &[Vec<&'a Term>],
        family: &Term,
    ) -> Result<Option<Self>, StoreError> {
        let mut terms: Vec<&Term> = Vec::new();
        for way in ways {
            let (mut longest, mut best) = (0, None);
            for &term in way.iter().filter(|term| **term != family) {
                // The more of a name was typed, the fewer have it.
                let letters = term.names.iter().map(String::len).max().unwrap_or(0);
                if letters > longest && count_in(connection, term, SearchField::Number, SORTABLE)? <= SORTABLE {
                    (longest, best) = (letters, Some(term));
                }
            }
            let Some(best) = best else { return Ok(None) };
            terms.push(best);
        }
        Ok(Some(Self(terms)))
    }

    /// The first `wanted` or more, of those whom `is_hit` takes, in the order of the tree; all, if they are fewer.
    /// `is_hit` is shown everybody once or more often who has this word of a family name and may match, until there are
    /// enough. `None` if these are all who have the word.
    pub(super) fn first(
        &self,
        connection: &Connection,
        (inactive, family): (bool, &str),
        wanted: usize,
        is_hit: &mut dyn FnMut(&str, i64) -> bool,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let ranges: Option<Vec<_>> = self.0.iter().map(|term| term.pair_ranges(family)).collect();
        let Some(ranges) = ranges else { return Ok(None) };
        let mut hits = Vec::new();
        for (from, to) in ranges.into_iter().flatten() {
            add_first_of_each(connection, inactive, (from, &to), wanted, is_hit, &mut hits)?;
        }
        for term in &self.0 {
            scan(connection, (SearchField::Number, inactive, term), &mut |entry, patient| {
                if Entry::has_family_word(entry, family) && is_hit(entry, patient) {
                    hits.push((entry.to_owned(), patient));
                }
                true
            })?;
        }
        hits.sort_unstable();
        // Behind the wanted ones some of a word may be missing.
        hits.truncate(wanted);
        Ok(Some(hits.into_iter().map(|(_, patient)| patient).collect()))
    }
}

/// Shows everybody whom one of these ways matches to `visit`, and few others; some more often than once. `false` if
/// that would be too many: what was shown then is nothing.
pub(super) fn everybody(
    connection: &Connection,
    ways: &[Vec<&Term>],
    visit: &mut dyn FnMut(bool, &str, i64),
) -> Result<bool, StoreError> {
    for way in ways {
        // Of short beginnings there are too many names.
        if way.iter().any(|term| term.names.iter().any(|name| name.chars().count() < LEAST_TYPED)) {
            return Ok(false);
        }
        if let [only] = way.as_slice() {
            if count(connection, only, SORTABLE)? > SORTABLE {
                return Ok(false);
            }
            show_rows(connection, &SearchField::ALL, only, visit)?;
            continue;
        }
        // A term that a word of the family name matches stands there in a pair with another.
        for term in way {
            let Some(beside) = Beside::of(connection, std::slice::from_ref(way), term)? else { return Ok(false) };
            for inactive in [false, true] {
                let Some(families) = families(connection, inactive, term)? else { return Ok(false) };
                for family in families {
                    let mut show = |entry: &str, patient: i64| {
                        visit(inactive, entry, patient);
                        false
                    };
                    if beside.first(connection, (inactive, &family), usize::MAX, &mut show)?.is_none() {
                        return Ok(false);
                    }
                }
            }
        }
        // Who is left is matched without the family name: by the rarest term there.
        let Some(rarest) = rarest_without_family(connection, way)? else { return Ok(false) };
        show_rows(connection, &WITHOUT_FAMILY, rarest, visit)?;
    }
    Ok(true)
}

/// Shows each row of a term within these fields.
fn show_rows(
    connection: &Connection,
    fields: &[SearchField],
    term: &Term,
    visit: &mut dyn FnMut(bool, &str, i64),
) -> Result<(), StoreError> {
    for &field in fields {
        for inactive in [false, true] {
            scan(connection, (field, inactive, term), &mut |entry, patient| {
                visit(inactive, entry, patient);
                true
            })?;
        }
    }
    Ok(())
}

/// Where a word stands that is none of the family name.
const WITHOUT_FAMILY: [SearchField; 2] = [SearchField::Given, SearchField::Number];

/// Of a name with fewer letters everybody is not looked for by pairs.
const LEAST_TYPED: usize = 3;

/// Nor by more words of family names that begin with what was typed.
const MOST_FAMILIES: usize = 64;

/// The term of a way with the fewest rows that are none of a family name, if these are few enough to be read.
fn rarest_without_family<'a>(connection: &Connection, way: &[&'a Term]) -> Result<Option<&'a Term>, StoreError> {
    for most in [FEW, SORTABLE] {
        for term in way {
            let mut rows = 0;
            for field in WITHOUT_FAMILY {
                rows += count_in(connection, term, field, most)?;
            }
            if rows <= most {
                return Ok(Some(term));
            }
        }
    }
    Ok(None)
}

/// The words of family names that a term matches, if they are not too many.
fn families(connection: &Connection, inactive: bool, term: &Term) -> Result<Option<Vec<String>>, StoreError> {
    let mut next = connection.prepare_cached(
        "SELECT word FROM search_words WHERE field = ?1 AND inactive = ?2 AND word >= ?3 AND word < ?4
         ORDER BY word LIMIT 1",
    )?;
    let mut words = Vec::new();
    for (mut from, to) in term.ranges(SearchField::Family) {
        // Sought one by one: each may be that of very many.
        while let Some(word) = next
            .query_row(params![SearchField::Family.number(), inactive, from, to], |row| row.get::<_, String>(0))
            .optional()?
        {
            if words.len() == MOST_FAMILIES {
                return Ok(None);
            }
            from = format!("{word}\0");
            words.push(word);
        }
    }
    Ok(Some(words))
}

/// Adds of each pair in a range the first `wanted` who are hits: those who come first of all are among them.
fn add_first_of_each(
    connection: &Connection,
    inactive: bool,
    (mut from, to): (String, &str),
    wanted: usize,
    is_hit: &mut dyn FnMut(&str, i64) -> bool,
    hits: &mut Vec<(String, i64)>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT word, entry, patient FROM search_words WHERE field = ?1 AND inactive = ?2 AND word >= ?3 AND word < ?4
         ORDER BY word, entry, patient",
    )?;
    'seek: loop {
        let mut rows = statement.query(params![SearchField::FamilyAndOther.number(), inactive, from, to])?;
        let (mut word, mut of_word) = (String::new(), 0);
        while let Some(row) = rows.next()? {
            let text =
                |column: usize| row.get_ref(column)?.as_str().map_err(|_| StoreError::Damaged { what: "search entry" });
            let (own, entry, patient) = (text(0)?, text(1)?, row.get(2)?);
            if own != word {
                own.clone_into(&mut word);
                of_word = 0;
            }
            if !is_hit(entry, patient) {
                continue;
            }
            hits.push((entry.to_owned(), patient));
            of_word += 1;
            if of_word >= wanted {
                // What follows the word itself, of which there are enough.
                from = format!("{word}\0");
                continue 'seek;
            }
        }
        return Ok(());
    }
}
