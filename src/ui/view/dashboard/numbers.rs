//! The numbers that the other tabs have no room for: percentiles, the daily risk range, how often was measured, and
//! what the values were by meal marker. Those of `glucodock stats`.

use super::patterns::{gap, stand_ins};
use crate::app::wizard::dashboard::{ListPosition, MEAL_ROWS};
use crate::domain::statistics::{Dashboard, GlucoseRisk, LEAST_A_DAY, PartNumbers, Range, TooFew};
use crate::domain::words::{TextKey, key};
use crate::ui::numbers::part_row;
use crate::ui::scene::{Block, Fact, Table, TextRole};
use crate::ui::view::wording::Wording;

/// All of it.
pub(in crate::ui::view) fn blocks(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Vec<Block> {
    let facts = [percentiles(view, dashboard), daily_risk(view, dashboard.summary.risk)];
    let facts = facts.into_iter().chain(measured(view, dashboard)).chain(stand_ins(view, dashboard)).collect();
    vec![Block::Facts { title: String::new(), facts }, Block::Table(by_meal(view, dashboard, place))]
}

fn percentiles(view: &Wording<'_>, dashboard: &Dashboard) -> Fact {
    let unit = dashboard.unit;
    let said = dashboard.summary.distribution.map_or_else(
        || view.text(key::NO_NUMBER),
        |numbers| {
            let values = [
                ("p05", unit.written(numbers.p05).into()),
                ("p25", unit.written(numbers.p25).into()),
                ("median", unit.written(numbers.median).into()),
                ("p75", unit.written(numbers.p75).into()),
                ("p95", unit.written(numbers.p95).into()),
                ("unit", unit.to_string().into()),
            ];
            view.filled(key::PERCENTILES, &values)
        },
    );
    view.fact(key::LABEL_PERCENTILES, said, TextRole::Text)
}

/// The average daily risk range, or from how many days on it would be shown.
fn daily_risk(view: &Wording<'_>, risk: Option<GlucoseRisk>) -> Fact {
    let least = ("least", LEAST_A_DAY.into());
    let said = match risk.map(|risk| (risk.adrr_to_show(), risk.adrr_days)) {
        None => view.text(key::NO_NUMBER),
        Some((Ok(adrr), days)) => {
            view.filled(key::ADRR, &[("adrr", format!("{adrr:.1}").into()), ("days", days.into()), least])
        }
        Some((Err(TooFew::Days { have, need } | TooFew::Readings { have, need }), _)) => {
            view.filled(key::ADRR_TOO_FEW, &[("have", have.into()), ("need", need.into()), least])
        }
    };
    view.fact(key::LABEL_ADRR, said, TextRole::Text)
}

/// How often was measured over all days and over those with readings, on how many days not at all, and the longest time
/// without a reading.
fn measured(view: &Wording<'_>, dashboard: &Dashboard) -> Vec<Fact> {
    let frequency = dashboard.summary.frequency;
    let a_day = match (frequency.a_day, frequency.a_day_with_readings) {
        (Some(a_day), Some(with)) => {
            let values = [
                ("a_day", format!("{a_day:.1}").into()),
                ("window", frequency.window_days.into()),
                ("with", format!("{with:.1}").into()),
                ("days", frequency.days_with_readings.into()),
            ];
            view.filled(key::A_DAY, &values)
        }
        _ => view.text(key::NONE),
    };
    let without = ("days", frequency.days_without().into());
    let without = match frequency.longest_gap_minutes {
        Some(minutes) => view.filled(key::WITHOUT_AND_GAP, &[without, ("gap", gap(view, minutes).into())]),
        None => view.filled(key::WITHOUT, &[without]),
    };
    vec![view.fact(key::LABEL_A_DAY, a_day, TextRole::Text), view.fact(key::LABEL_WITHOUT, without, TextRole::Text)]
}

/// A row for each meal marker. What is of too few readings has a hyphen: the number of them stands beside it.
fn by_meal(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Table {
    let meals = &dashboard.summary.meals;
    let rows: [(TextKey, &PartNumbers); MEAL_ROWS] = [
        (key::MEAL_FASTING, &meals.fasting),
        (key::MEAL_BEFORE, &meals.before),
        (key::MEAL_AFTER, &meals.after),
        (key::MEAL_BEDTIME, &meals.bedtime),
        (key::MEAL_UNMARKED, &meals.unmarked),
    ];
    let (low, high) = Range::target_edges(dashboard.unit);
    let head = [
        view.text(key::HEAD_MEAL),
        view.text(key::LABEL_READINGS),
        format!("<{low}"),
        format!(">{high}"),
        view.text(key::LABEL_MEAN),
        view.text(key::STRIP_MEDIAN),
        view.text(key::HEAD_QUARTILES),
    ];
    let row = |(name, part)| (TextRole::Text, part_row(view.text(name), part, dashboard.unit, "-").to_vec());
    Table {
        title: view.text(key::TITLE_BY_MEAL),
        head: head.to_vec(),
        rows: rows.map(row).to_vec(),
        first: 0,
        total: MEAL_ROWS,
        offset: place.top,
        selected: None,
        focused: true,
        empty: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::super::patterns;
    use super::*;
    use crate::domain::glucose::{Concentration, Measured, Unit};
    use crate::domain::patient::{Gender, Patient, PatientId, Status};
    use crate::domain::reading::{Doubt, Kind, Meal, Reading};
    use crate::domain::record::PatientRecord;
    use crate::domain::statistics::{LowHighPolicy, MealFilter, Period};
    use crate::domain::text::Private;
    use crate::ui::words::Words;

    /// Anything that a record may hold: in either unit, LO and HI, control tests, doubted times.
    fn any_reading() -> impl Strategy<Value = Reading> {
        let value = prop_oneof![
            6 => (20_u32..=600).prop_map(|value| Measured::Value(Concentration::mg_per_dl(value))),
            6 => (11_u32..=333).prop_map(|value| Measured::Value(Concentration::new(value, 1, Unit::MmolPerL))),
            1 => Just(Measured::Low),
            1 => Just(Measured::High),
        ];
        let kind = prop_oneof![9 => Just(Kind::Blood), 1 => Just(Kind::Control)];
        let doubt = prop_oneof![9 => Just(None), 1 => Just(Some(Doubt::ClockWrong))];
        let meal = prop::sample::select(vec![Meal::None, Meal::Before, Meal::After, Meal::Fasting, Meal::Bedtime]);
        (value, kind, doubt, meal, 0_i64..14 * 24 * 60).prop_map(|(measured, kind, doubt, meal, minute)| Reading {
            corrected_from: None,
            index: 0,
            time: Some(date(2026, 7, 1).at(0, 0, 0, 0).saturating_add(jiff::Span::new().minutes(minute))),
            measured,
            kind,
            meal: Some(meal),
            doubts: doubt.into_iter().collect(),
            raw: BTreeMap::new(),
        })
    }

    fn board(mut readings: Vec<Reading>) -> Dashboard {
        readings.sort_by_key(|reading| std::cmp::Reverse(reading.time));
        let patient = Patient {
            id: PatientId("1".into()),
            family: Private::new("Muster".into()),
            given: Private::new("Maria".into()),
            born: Private::new(date(1961, 7, 14)),
            gender: Gender::Unknown,
            identifiers: vec![],
            status: Status::Active,
            devices: vec![],
            last_upload: None,
        };
        Dashboard::of(PatientRecord::with(patient, readings), Period::Days14, date(2026, 7, 14))
    }

    /// What is counted there: by meal marker, of each pattern, and behind each.
    fn counted(view: &Wording<'_>, board: &Dashboard) -> Vec<Vec<String>> {
        let place = ListPosition::default();
        let by_meal = by_meal(view, board, place).rows.into_iter().map(|(_, cells)| cells[..4].to_vec());
        let evidence = board.patterns.iter().flat_map(|pattern| {
            let mut board = board.clone();
            board.look_behind(pattern.kind);
            patterns::evidence(view, &board, pattern, place)
        });
        let tables = patterns::list(view, board, place).into_iter().chain(evidence);
        let rows = tables.filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
        let rows = rows.flat_map(|table| {
            let total = vec![table.total.to_string()];
            let is_evidence = table.head.contains(&view.text(key::HEAD_TIME));
            table
                .rows
                .into_iter()
                .map(move |(_, mut cells)| {
                    if is_evidence {
                        // The value is written in the unit; where it lies and what it makes is not.
                        cells.remove(1);
                    }
                    cells
                })
                .chain([total])
        });
        by_meal.chain(rows).collect()
    }

    proptest! {
        /// The unit is how numbers are written. What does not count is in none of them.
        #[test]
        fn the_unit_changes_no_count_and_what_does_not_count_is_in_none(
            readings in prop::collection::vec(any_reading(), 0..60),
            policy in prop::sample::select(LowHighPolicy::ALL.to_vec()),
        ) {
            let zone = TimeZone::UTC;
            let view = &Wording { words: Words::shared(), zone: &zone, today: date(2026, 7, 14) };
            let in_numbers = readings.iter().filter(|reading| reading.is_in_numbers()).cloned().collect();
            let (mut all, mut counting) = (board(readings), board(in_numbers));
            for board in [&mut all, &mut counting] {
                board.count_by(policy, MealFilter::All);
                board.unit = Unit::MgPerDl;
            }
            let said = counted(view, &all);
            prop_assert_eq!(&said, &counted(view, &counting));
            all.unit = Unit::MmolPerL;
            prop_assert_eq!(&said, &counted(view, &all));
        }
    }
}
