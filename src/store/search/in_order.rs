//! Hits in the order of the tree, for words that are too frequent for all of their rows to be looked at.

use std::collections::HashSet;

use rusqlite::Connection;

use super::entry::{Entry, Rank};
use super::paired::{Beside, everybody};
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
    if hits.sort_everybody()? {
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
        for &rank in ranks {
            for inactive in [false, true] {
                for term in self.terms.clone() {
                    // In the tree a whole name is one word, and its beginnings are many: the best ranks are read by
                    // themselves.
                    match rank {
                        Rank::WholeFamily => self.read_whole_family(inactive, term)?,
                        Rank::WholeNumber => self.read_rank(rank, inactive, &term.whole())?,
                        Rank::Family | Rank::Given | Rank::Number => self.read_rank(rank, inactive, term)?,
                    }
                    if self.found.len() >= self.wanted {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Adds those under a term whose rank this is, until there are enough.
    fn read_rank(&mut self, rank: Rank, inactive: bool, term: &Term) -> Result<(), StoreError> {
        let Self { connection, ways, wanted, found, seen, worse, .. } = self;
        scan(connection, (rank.field(), inactive, term), &mut |entry, patient| {
            if is_of_rank(rank, (entry, inactive, patient), ways, seen, worse) {
                found.push(patient);
            }
            found.len() < *wanted
        })
    }

    /// Adds those whose whole family name a term is, until there are enough.
    fn read_whole_family(&mut self, inactive: bool, term: &'a Term) -> Result<(), StoreError> {
        let rank = Rank::WholeFamily;
        let beside = Beside::of(self.connection, self.ways, term)?;
        for (exact, name) in term.whole_names().zip(&term.names) {
            if self.found.len() >= self.wanted {
                break;
            }
            let Self { connection, ways, wanted, found, seen, worse, .. } = self;
            let hits = match &beside {
                Some(beside) => {
                    beside.first(connection, (inactive, name), *wanted - found.len(), &mut |entry, patient| {
                        is_of_rank(rank, (entry, inactive, patient), ways, seen, worse)
                    })?
                }
                None => None,
            };
            match hits {
                Some(hits) => found.extend(hits),
                None => self.read_rank(rank, inactive, &exact)?,
            }
        }
        Ok(())
    }

    /// Adds all others, sorted, if they can be found by pairs of words; whether they could.
    fn sort_everybody(&mut self) -> Result<bool, StoreError> {
        let Self { connection, ways, found, seen, .. } = self;
        let mut hits: Vec<Hit> = Vec::new();
        let all_met = everybody(connection, ways, &mut |inactive, entry, patient| {
            if !seen.contains(&patient)
                && let Some(rank) = Entry::rank_in(entry, ways)
            {
                hits.push((rank, inactive, entry.to_owned(), patient));
            }
        })?;
        if all_met {
            hits.sort_unstable();
            hits.dedup();
            found.extend(hits.into_iter().map(|(_, _, _, patient)| patient));
        }
        Ok(all_met)
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

/// Whether somebody was not seen and matches with this rank: who matches better was there before. Who matches worse
/// comes later, and is kept if all of a word was typed.
fn is_of_rank(
    rank: Rank,
    (entry, inactive, patient): (&str, bool, i64),
    ways: &[Vec<&Term>],
    seen: &mut HashSet<i64>,
    worse: &mut Vec<Hit>,
) -> bool {
    match Entry::rank_in(entry, ways) {
        Some(own) if own == rank => seen.insert(patient),
        Some(own) if own > rank && rank.is_whole() => {
            worse.push((own, inactive, entry.to_owned(), patient));
            false
        }
        _ => false,
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
        clinic_of(
            &["Meier", "Meier", "Max", "Meierhof", "van Meier", "Moser", "Maxwell", "Meier"],
            &["Max", "Anna Max", "Eva", "Maximilian", "Meier", "Max Otto", "Max"],
        )
    }

    /// The same, but that many have several names.
    fn clinic_of_many_names() -> Vec<(String, String, String)> {
        clinic_of(
            &["Meier", "Иванов", "Meier-Otto", "Otto Meier", "Ivanov", "Meier", "Ottinger"],
            &["Otto", "Max Otto", "Otto Max", "Max", "Ottilie Olga", "Olga-Otto", "Иван Otto", "Otto", "Eva O."],
        )
    }

    fn clinic_of(families: &[&str], givens: &[&str]) -> Vec<(String, String, String)> {
        let name = |names: &[&str], place: usize| names[place % names.len()].to_owned();
        (0..12_000).map(|n| (name(families, n), name(givens, n / 3), format!("{:05}", n * 7 % 12_000))).collect()
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
    #[case::a_frequent_second_name("otto meier")]
    #[case::the_beginning_of_both_names("meier ot")]
    #[case::one_letter("meier o")]
    #[case::both_names("meier otto max")]
    #[case::a_name_of_several_words("otto meier ma")]
    #[case::in_another_script("иванов otto")]
    fn frequent_names_are_found_as_by_a_look_at_everybody(#[case] query: &str) {
        let people = if query.contains('o') { clinic_of_many_names() } else { clinic() };
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
        for wanted in [1, 2, 7, 20, 33, all.len() / 2] {
            let found = find(&connection, query, wanted).unwrap();
            assert!(found.len() >= wanted.min(all.len()) && all.starts_with(&found), "{wanted}");
        }
    }
}
