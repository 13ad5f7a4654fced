//! Hits in the order of the tree, for words that are too frequent for all of their rows to be looked at.

use std::collections::HashSet;

use rusqlite::Connection;

use super::entry::{Entry, Rank};
use super::terms::Term;
use super::{Hit, add_all, count, scan};
use crate::store::error::StoreError;

/// Up to how many rows of the rarest word are all looked at once the whole family names were read. Otherwise all that
/// begins with each of the words is read, mostly for nothing.
const SORTABLE_BEHIND: usize = 20_000;

/// Reads the tree in the order of display until there are `wanted` hits, or all.
pub(super) fn first_in_order(
    connection: &Connection,
    ways: &[Vec<&Term>],
    wanted: usize,
) -> Result<Vec<i64>, StoreError> {
    let mut hits = OrderedHits::of(connection, ways, wanted);
    let (whole, parts): (Vec<Rank>, Vec<Rank>) = Rank::ALL.into_iter().partition(|rank| rank.is_whole());
    if hits.read(&whole)? {
        return Ok(hits.found);
    }
    // A frequent name is often little else: who is called Smith is many, and whose name begins with Smith, or whose
    // given name does, few. Without this all that begins with each of the other words would be read.
    match hits.rarest_behind_whole()? {
        Some(rarest) => hits.sort_all(&rarest)?,
        None => drop(hits.read(&parts)?),
    }
    Ok(hits.found)
}

/// What was found so far.
struct OrderedHits<'a> {
    connection: &'a Connection,
    ways: &'a [Vec<&'a Term>],
    terms: Vec<&'a Term>,
    wanted: usize,
    found: Vec<i64>,
    seen: HashSet<i64>,
    /// Met under a word that was typed whole, and found by a worse rank.
    worse: Vec<Hit>,
}

impl<'a> OrderedHits<'a> {
    fn of(connection: &'a Connection, ways: &'a [Vec<&'a Term>], wanted: usize) -> Self {
        let mut terms: Vec<&Term> = Vec::new();
        for term in ways.iter().flatten() {
            if !terms.contains(term) {
                terms.push(term);
            }
        }
        Self { connection, ways, terms, wanted, found: Vec::new(), seen: HashSet::new(), worse: Vec::new() }
    }

    /// Adds those of these ranks in the order of the tree; whether there are enough.
    fn read(&mut self, ranks: &[Rank]) -> Result<bool, StoreError> {
        let Self { connection, ways, terms, wanted, found, seen, worse } = self;
        for &rank in ranks {
            for inactive in [false, true] {
                for term in terms.iter() {
                    // In the tree a whole name is one word, and its beginnings are many: the best ranks are read by
                    // themselves.
                    let exact = Term::whole(term);
                    let term = if rank.is_whole() { &exact } else { *term };
                    scan(connection, (rank.field(), inactive, term), &mut |entry, patient| {
                        // Of this rank alone: who matches better was there before, and who matches worse comes later.
                        match Entry::rank_in(entry, ways) {
                            Some(own) if own == rank && seen.insert(patient) => found.push(patient),
                            Some(own) if own > rank && rank.is_whole() => {
                                worse.push((own, inactive, entry.to_owned(), patient));
                            }
                            _ => {}
                        }
                        found.len() < *wanted
                    })?;
                    if found.len() >= *wanted {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Of each way the term with the fewest rows that are no whole family name, if none of them has more than can be
    /// sorted.
    fn rarest_behind_whole(&self) -> Result<Option<Vec<Term>>, StoreError> {
        let mut rarest = Vec::new();
        for way in self.ways {
            let (mut least, mut best) = (SORTABLE_BEHIND + 1, None);
            for term in way {
                let behind = term.behind_whole_family();
                let rows = count(self.connection, &behind, least)?;
                if rows < least {
                    (least, best) = (rows, Some(behind));
                }
            }
            match best {
                Some(term) => rarest.push(term),
                None => return Ok(None),
            }
        }
        Ok(Some(rarest))
    }

    /// Adds all others, sorted, of whom each is behind one of these terms or was met under a whole word.
    fn sort_all(&mut self, rarest: &[Term]) -> Result<(), StoreError> {
        let Self { connection, ways, found, seen, worse, .. } = self;
        let mut hits: Vec<Hit> = std::mem::take(worse).into_iter().filter(|hit| seen.insert(hit.3)).collect();
        add_all(connection, ways, &rarest.iter().collect::<Vec<_>>(), seen, &mut hits)?;
        hits.sort_unstable();
        found.extend(hits.into_iter().map(|(_, _, _, patient)| patient));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::super::tests::{add_people, empty_index};
    use super::super::{IndexedPerson, find};
    use super::*;
    use crate::store::search::terms::Query;

    /// Of 12,000 people so many are called Meier or Max that not all rows of either can be sorted.
    fn clinic() -> Vec<(String, String, String)> {
        let families = ["Meier", "Meier", "Max", "Meierhof", "van Meier", "Moser", "Maxwell", "Meier"];
        let givens = ["Max", "Anna Max", "Eva", "Maximilian", "Meier", "Max Otto", "Max"];
        let name = |names: &[&str], place: usize| names[place % names.len()].to_owned();
        (0..12_000).map(|n| (name(&families, n), name(&givens, n / 3), format!("{:05}", n * 7 % 12_000))).collect()
    }

    /// Whoever is found, in the documented order, by a look at everybody.
    fn expected(people: &[(String, String, String)], query: &str) -> Vec<Hit> {
        let query = Query::read(query);
        let meaning = &query.meanings()[0];
        let ways: Vec<Vec<&Term>> =
            meaning.ways.iter().map(|way| way.iter().map(|place| &meaning.terms[*place]).collect()).collect();
        let hit = |(place, (family, given, number)): (usize, &(String, String, String))| {
            let person = IndexedPerson { family, given, born: date(1970, 1, 1), numbers: &[number] };
            let entry = Entry::of(&person).to_text();
            let rank = Entry::rank_in(&entry, &ways)?;
            Some((rank, place % 10 == 0, entry, i64::try_from(place).unwrap()))
        };
        let mut hits: Vec<Hit> = people.iter().enumerate().filter_map(hit).collect();
        hits.sort_unstable();
        hits
    }

    #[rstest]
    #[case::whole_names("max meier")]
    #[case::a_part_of_the_rarer("meier maxi")]
    #[case::one_name("meier")]
    #[case::a_name_behind_another("max meierh")]
    #[case::with_a_year("meier 1970")]
    #[case::with_a_number("meier 00007")]
    #[case::in_the_order_of_the_words("meier max")]
    fn frequent_names_are_found_as_by_a_look_at_everybody(#[case] query: &str) {
        let people = clinic();
        let connection = empty_index();
        let indexed = people.iter().enumerate().map(|(place, (family, given, number))| {
            (i64::try_from(place).unwrap(), (family.as_str(), given.as_str(), number.as_str()), place % 10 == 0)
        });
        add_people(&connection, indexed);
        let mut expected = expected(&people, query);
        assert!(!expected.is_empty());
        if query == "meier max" {
            // Of whole family names those that were typed first come first.
            expected.sort_by_key(|(rank, inactive, entry, _)| {
                (*rank, *inactive, *rank == Rank::WholeFamily && !entry.starts_with("meier"))
            });
        }
        let all: Vec<i64> = expected.into_iter().map(|(_, _, _, patient)| patient).collect();
        assert_eq!(find(&connection, query, usize::MAX).unwrap(), all);
        for wanted in [1, 20, all.len() / 2] {
            let found = find(&connection, query, wanted).unwrap();
            assert!(found.len() >= wanted.min(all.len()) && all.starts_with(&found), "{wanted}");
        }
    }
}
