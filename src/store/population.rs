//! The clinic's patients as a list, page by page, however many there are.
//!
//! What orders it is kept beside the story by the database itself (`last_seen`, `low_readings`); a page is read from
//! where the last one ended, by the values and the number of its last row, so that no page costs more than another.
//! Some orders have two stretches: those who have what is looked for, and behind them all others.

use jiff::civil::DateTime;
use rusqlite::{Connection, ToSql};

use super::error::StoreError;
use super::subject_set::SubjectSet;
use super::{By, Store, audit, codec, subjects};
use crate::domain::patient::PageCursor;
use crate::domain::population::{
    PopulationFilter, PopulationOrder, PopulationPage, PopulationQuery, PopulationRow, WINDOW_DAYS,
};

/// So many people are on a page: more than a screen shows, so that the next is seldom waited for.
const PAGE: usize = 60;

/// Lows of the days of a query (`:first` to `:last`), by subject.
const LOWS: &str = "lows (subject, low) AS MATERIALIZED (
    SELECT subject, count(*) FROM low_readings WHERE day BETWEEN :first AND :last GROUP BY subject)";

/// Meters that wait, by the subject who has them.
const WAITS: &str = "waits (subject, meters) AS MATERIALIZED (
    SELECT o.subject, count(*) FROM uploads u JOIN ownerships o ON o.meter = u.meter AND o.closed_at IS NULL
    WHERE u.state = 'pending' GROUP BY o.subject)";

/// One part of a sorted list: what is looked at, by what it is ordered, and how the rows behind one are told.
struct Stretch {
    /// Who is in it, besides the filter.
    condition: &'static str,
    /// What orders it, as `:value` of a cursor is compared with it.
    value: &'static str,
    /// Whether the greatest comes first.
    falls: bool,
}

/// The parts of a list.
const fn stretches(order: PopulationOrder) -> &'static [Stretch] {
    const BY_UPLOAD: Stretch = Stretch { condition: "1", value: "l.last_upload", falls: true };
    match order {
        PopulationOrder::LastUpload => &[BY_UPLOAD],
        PopulationOrder::Lows => &[
            Stretch { condition: "lows.low > 0", value: "lows.low", falls: true },
            Stretch { condition: "l.subject NOT IN (SELECT subject FROM lows)", ..BY_UPLOAD },
        ],
        PopulationOrder::DaysWithout => &[
            Stretch { condition: "l.last_reading > ''", value: "l.last_reading", falls: false },
            Stretch { condition: "l.last_reading = ''", ..BY_UPLOAD },
        ],
        PopulationOrder::Waiting => &[
            Stretch { condition: "waits.meters > 0", value: "waits.meters", falls: true },
            Stretch { condition: "l.subject NOT IN (SELECT subject FROM waits)", ..BY_UPLOAD },
        ],
    }
}

/// Where a page begins: behind this row of this stretch.
struct Place {
    stretch: usize,
    behind: Option<(rusqlite::types::Value, i64)>,
}

impl Place {
    /// A cursor is read by whoever gave it alone.
    fn read(cursor: Option<&PageCursor>) -> Result<Self, StoreError> {
        let Some(cursor) = cursor else { return Ok(Self { stretch: 0, behind: None }) };
        let unknown = StoreError::NotFound { what: "the page" };
        let mut parts = cursor.0.splitn(3, ' ');
        let (Some(stretch), Some(subject), Some(value)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(unknown);
        };
        let (Ok(stretch), Ok(subject)) = (stretch.parse(), subject.parse()) else { return Err(unknown) };
        let value = value.parse::<i64>().map_or_else(|_| value.to_owned().into(), Into::into);
        Ok(Self { stretch, behind: Some((value, subject)) })
    }

    fn cursor(stretch: usize, (value, subject): &(rusqlite::types::Value, i64)) -> PageCursor {
        let value = match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        PageCursor(format!("{stretch} {subject} {value}"))
    }
}

impl Store {
    /// One page of the clinic's patients. Looking at a list from its beginning is a line of the trail.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a cursor that no page gave, or the database's.
    pub fn population(&self, by: By<'_>, query: &PopulationQuery) -> Result<PopulationPage, StoreError> {
        if query.from.is_none() {
            let detail = format!("by {}, {}", query.order.name(), query.filter.name());
            self.write(|transaction| {
                audit::append(transaction, by, audit::AuditAction::PopulationViewed, None, None, &detail)
            })?;
        }
        let known_only = self.directory()?.is_some();
        let mut reader = self.reader();
        // One transaction: who is on the page and what is told of them belong together.
        let reader = reader.transaction()?;
        let mut place = Place::read(query.from.as_ref())?;
        let (mut found, mut next) = (Vec::new(), None);
        while let Some(stretch) = stretches(query.order).get(place.stretch) {
            // One more than the page tells whether there is another.
            let wanted = PAGE + 1 - found.len();
            for at in rows_of(&reader, query, by, stretch, place.behind.as_ref(), wanted)? {
                if found.len() == PAGE {
                    next = found.last().map(|(stretch, last)| Place::cursor(*stretch, last));
                    break;
                }
                found.push((place.stretch, at));
            }
            if next.is_some() {
                break;
            }
            place = Place { stretch: place.stretch + 1, behind: None };
        }
        let rows = found.iter().map(|(_, (_, subject))| row(&reader, *subject, query)).collect::<Result<_, _>>()?;
        Ok(PopulationPage { rows, next, known_only })
    }
}

/// The subjects of a stretch behind a place, each with what orders it.
fn rows_of(
    connection: &Connection,
    query: &PopulationQuery,
    by: By<'_>,
    stretch: &Stretch,
    behind: Option<&(rusqlite::types::Value, i64)>,
    wanted: usize,
) -> Result<Vec<(rusqlite::types::Value, i64)>, StoreError> {
    let statement = statement_of(query.filter, stretch, behind.is_some());
    let window = jiff::Span::new().days(WINDOW_DAYS - 1);
    let first = query.today.checked_sub(window).map_or_else(|_| String::new(), |day| day.to_string());
    let last = query.today.to_string();
    let since = codec::nanoseconds(by.at).saturating_sub(WINDOW_DAYS * 24 * 60 * 60 * 1_000_000_000);
    let wanted = i64::try_from(wanted).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&statement)?;
    let mut given: Vec<(&str, &dyn ToSql)> = vec![(":wanted", &wanted)];
    for parameter in [(":first", &first as &dyn ToSql), (":last", &last), (":since", &since)] {
        // A statement that does not name one is not given it.
        if statement.parameter_index(parameter.0)?.is_some() {
            given.push(parameter);
        }
    }
    if let Some((value, subject)) = behind {
        given.extend([(":value", value as &dyn ToSql), (":subject", subject)]);
    }
    let mut rows = statement.query(given.as_slice())?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push((row.get(0)?, row.get(1)?));
    }
    Ok(found)
}

/// What asks for them: from the beginning, or behind `:value` and `:subject`.
fn statement_of(of: PopulationFilter, stretch: &Stretch, is_behind: bool) -> String {
    let Stretch { condition, value, falls } = *stretch;
    // What few have leads, so that nobody else is looked at.
    let from = if value == "lows.low" || of == PopulationFilter::WithLows {
        "lows CROSS JOIN last_seen l ON l.subject = lows.subject LEFT JOIN waits ON waits.subject = l.subject"
    } else if value == "waits.meters" || of == PopulationFilter::WithWaiting {
        "waits CROSS JOIN last_seen l ON l.subject = waits.subject LEFT JOIN lows ON lows.subject = l.subject"
    } else {
        "last_seen l"
    };
    let filter = match of {
        PopulationFilter::All | PopulationFilter::WithLows => "1",
        PopulationFilter::Active => {
            "coalesce((SELECT status FROM patients p WHERE p.id = l.subject),
                 (SELECT s.copy ->> 'status' FROM subjects s WHERE s.id = l.subject)) = 'ACTIVE'"
        }
        PopulationFilter::WithWaiting => "waits.meters IS NOT NULL",
        PopulationFilter::NoUpload => "l.last_upload < :since",
    };
    let filter =
        if of == PopulationFilter::WithWaiting && from.starts_with("lows") { "waits.meters > 0" } else { filter };
    let (sign, direction) = if falls { ("<", "DESC") } else { (">", "ASC") };
    let place = if is_behind { format!("AND ({value}, l.subject) {sign} (:value, :subject)") } else { String::new() };
    format!(
        "WITH {LOWS}, {WAITS}
         SELECT {value}, l.subject FROM {from}
         WHERE {condition} AND {filter} {place}
             AND NOT EXISTS (SELECT 1 FROM merged m WHERE m.subject = l.subject)
         ORDER BY {value} {direction}, l.subject {direction} LIMIT :wanted"
    )
}

/// What is told of somebody, with whoever was merged into them.
fn row(connection: &Connection, subject: i64, query: &PopulationQuery) -> Result<PopulationRow, StoreError> {
    let people = subjects::all_of(connection, subject)?;
    let theirs = SubjectSet::LISTED;
    let window = jiff::Span::new().days(WINDOW_DAYS - 1);
    let first = query.today.checked_sub(window).map_or_else(|_| String::new(), |day| day.to_string());
    let (low, very_low) = connection
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(sum(very_low), 0) FROM low_readings
             WHERE subject IN {theirs} AND day BETWEEN ?2 AND ?3"
        ))?
        .query_row((&people, &first, query.today.to_string()), |row| Ok((row.get(0)?, row.get(1)?)))?;
    // Counted here, of whoever is on the page alone: the list is in no order of them. Beyond what its meter measures a
    // number is very low, or it is very high, as domain::statistics::Range::of_reading says.
    let behind = query.today.tomorrow().map_or_else(|_| String::new(), |day| day.to_string());
    let high = connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM counted_records c
             WHERE subject IN {theirs} AND time >= ?2 AND time < ?3
                 AND (range = 'high' OR (range <> 'low' AND (round(mg_per_dl) > 180 OR (mg_per_dl >= 150.0
                     AND (instr(doubts, '\"outside-meter-range\"') OR EXISTS (SELECT 1 FROM reading_doubts d
                         WHERE d.reading = c.reading AND d.doubt = 'outside-meter-range'))
                     AND NOT EXISTS (SELECT 1 FROM withdrawn_doubts w
                         WHERE w.reading = c.reading AND w.doubt = 'outside-meter-range')))))"
        ))?
        .query_row((&people, &first, behind), |row| row.get(0))?;
    let waiting = connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM ownerships o JOIN uploads u ON u.meter = o.meter AND u.state = 'pending'
             WHERE o.subject IN {theirs} AND o.closed_at IS NULL"
        ))?
        .query_row([&people], |row| row.get(0))?;
    Ok(PopulationRow {
        patient: subjects::load(connection, subject)?,
        last_reading: last_reading(connection, &people)?,
        low,
        very_low,
        high,
        waiting,
    })
}

/// When the last reading of these subjects was that the numbers use, by the meter's clock.
pub(super) fn last_reading(connection: &Connection, people: &SubjectSet) -> Result<Option<DateTime>, StoreError> {
    let theirs = SubjectSet::LISTED;
    let last: String = connection
        .prepare_cached(&format!("SELECT coalesce(max(last_reading), '') FROM last_seen WHERE subject IN {theirs}"))?
        .query_row([people], |row| row.get(0))?;
    let last = (!last.is_empty()).then(|| last.parse()).transpose();
    last.map_err(|_| StoreError::Damaged { what: "time" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::migrate::empty_database;

    /// A page is read where it begins: nobody else is looked at to find who comes first.
    #[test]
    fn nobody_is_sorted_for_a_page() {
        let connection = empty_database();
        let mut looked = 0;
        for order in PopulationOrder::ALL {
            // What few have is sorted by how often they have it.
            let stored = stretches(order).iter().filter(|stretch| stretch.value.starts_with("l."));
            for (stretch, is_behind) in stored.flat_map(|stretch| [(stretch, false), (stretch, true)]) {
                let statement =
                    format!("EXPLAIN QUERY PLAN {}", statement_of(PopulationFilter::All, stretch, is_behind));
                let mut steps = connection.prepare(&statement).unwrap();
                // How it would be looked for does not depend on what is asked.
                let steps = steps.raw_query().mapped(|row| row.get::<_, String>("detail"));
                let steps: Vec<String> = steps.map(Result::unwrap).collect();
                assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER")), "{statement}: {steps:#?}");
                looked += 1;
            }
        }
        assert_eq!(looked, 10);
    }
}
