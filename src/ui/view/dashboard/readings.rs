//! The readings one by one, and all that is known of one.

use jiff::civil::Date;

use crate::app::asked::Asked;
use crate::app::wizard::dashboard::ListPosition;
use crate::domain::calendar;
use crate::domain::glucose::{Measured, Unit};
use crate::domain::reading::{Doubt, Kind, Meal, Reading};
use crate::domain::reading_source::ReadingSource;
use crate::domain::statistics::{Dashboard, Range};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Table, TextRole};
use crate::ui::view::device::doubt_words;
use crate::ui::view::wording::Wording;

/// The readings of the period from the newest on, with a cursor.
pub(super) fn list(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Block {
    let total = dashboard.shown_count();
    let window = Table::window(place.top, total);
    let made = dashboard.shown_from(window.start).take(window.len());
    Block::Table(Table {
        title: view.text(key::TITLE_READINGS),
        head: [key::HEAD_TIME, key::HEAD_VALUE, key::HEAD_MEAL, key::HEAD_REMARKS].map(|key| view.text(key)).to_vec(),
        rows: made.map(|reading| row(view, reading, dashboard.unit)).collect(),
        first: window.start,
        total,
        offset: place.top,
        selected: Some(place.row),
        focused: true,
        empty: view.text(key::NO_READINGS_IN_PERIOD),
    })
}

/// The readings of a day from the morning on, for beside the days.
pub(super) fn of_day(view: &Wording<'_>, dashboard: &Dashboard, day: Date) -> Table {
    let mut readings: Vec<&Reading> = dashboard.of_day(day).collect();
    readings.reverse();
    let clock = |reading: &Reading| {
        reading.time.map_or_else(String::new, |time| format!("{:02}:{:02}", time.hour(), time.minute()))
    };
    let row = |reading: &&Reading| {
        let (role, value) = value(view, reading, dashboard.unit);
        (role, vec![clock(reading), value, meal(view, reading.meal), notes(view, reading)])
    };
    let rows: Vec<_> = readings.iter().take(Table::TALLEST).map(row).collect();
    Table {
        title: view.filled(key::TITLE_READINGS_OF_DAY, &[("day", calendar::written(day).into())]),
        head: [key::HEAD_TIME, key::HEAD_VALUE, key::HEAD_MEAL, key::HEAD_REMARKS].map(|key| view.text(key)).to_vec(),
        rows,
        first: 0,
        total: readings.len(),
        offset: 0,
        selected: None,
        focused: false,
        empty: view.text(key::LOGBOOK_NOTHING),
    }
}

/// All that is known of a reading: what the meter said, and what follows from it here.
pub(super) fn all_of(view: &Wording<'_>, dashboard: &Dashboard, reading: &Reading) -> Block {
    let (role, value) = value(view, reading, dashboard.unit);
    let mut facts = vec![
        view.fact(key::LABEL_TIME, time(view, reading), TextRole::Accent),
        view.fact(key::LABEL_VALUE, value, role),
    ];
    if let Some(own) = reading.corrected_from {
        let doubts = reading.doubts.iter().filter(|doubt| doubt.is_of_time());
        let doubts = view.words.list(doubts.map(|doubt| view.text(doubt_words(*doubt))));
        let own = calendar::written_to_the_second(own);
        let values = [("time", own.as_str().into()), ("which", doubts.as_str().into())];
        let said = if doubts.is_empty() { own.clone() } else { view.filled(key::METER_TIME_DOUBTED, &values) };
        facts.push(view.fact(key::LABEL_METER_TIME, said, TextRole::Warning));
    }
    // What is converted is not what the meter showed.
    if let Some(sent) = reading.measured.concentration().filter(|sent| sent.unit() != dashboard.unit) {
        facts.push(view.fact(key::LABEL_AS_SENT, sent.to_string(), TextRole::Text));
    }
    let said = meal(view, reading.meal);
    let said = match reading.meal {
        None => view.text(key::MEAL_NOT_TOLD),
        Some(_) if said.is_empty() => view.text(key::NONE),
        Some(_) => said,
    };
    facts.push(view.fact(key::LABEL_MEAL, said, TextRole::Text));
    facts.push(view.fact(key::LABEL_NOTES, notes(view, reading), TextRole::Text));
    let counts = if reading.is_in_numbers() { key::READING_COUNTS } else { key::READING_COUNTS_NOT };
    facts.push(view.fact(key::LABEL_IN_NUMBERS, view.text(counts), TextRole::Text));
    let raw = reading.raw.iter().map(|(field, sent)| {
        view.filled(key::RAW_FIELD, &[("field", field.as_str().into()), ("sent", sent.as_str().into())])
    });
    let raw = view.words.list(raw);
    let raw = if raw.is_empty() { view.text(key::RAW_NOT_KEPT) } else { raw };
    facts.push(view.fact(key::LABEL_RAW, raw, TextRole::Dim));
    Block::Facts { title: view.text(key::TITLE_READING), facts }
}

fn row(view: &Wording<'_>, reading: &Reading, shown_in: Unit) -> (TextRole, Vec<String>) {
    let (role, value) = value(view, reading, shown_in);
    (role, vec![time(view, reading), value, meal(view, reading.meal), notes(view, reading)])
}

pub(super) fn time(view: &Wording<'_>, reading: &Reading) -> String {
    reading.time.map_or_else(|| view.text(key::TIME_UNKNOWN), calendar::written_with_time)
}

/// Which reads of which meter had it.
pub(super) fn sources(view: &Wording<'_>, sources: &Asked<Vec<ReadingSource>>) -> Block {
    let sources = match sources {
        Asked::Idle | Asked::Waiting(_) => return view.notice(TextRole::Accent, key::LOADING_SOURCES),
        Asked::Failed(problem) => return view.words.problem(problem),
        Asked::Ready(sources) => sources,
    };
    let row = |source: &ReadingSource| {
        let end = source.serial_end.expose().as_str();
        let named = [("name", source.model.as_str().into()), ("end", end.into())];
        let meter = if end.is_empty() { source.model.to_string() } else { view.filled(key::METER_SERIAL_END, &named) };
        // The meter counts from 0, people from 1.
        let place = view.filled(key::READING_PLACE, &[("place", (source.place + 1).into())]);
        (TextRole::Text, vec![view.moment(source.read_at), meter, place, source.user.to_string()])
    };
    Block::Table(Table {
        title: view.text(key::TITLE_SOURCES),
        head: [key::HEAD_READ, key::HEAD_METER, key::HEAD_PLACE, key::HEAD_BY].map(|key| view.text(key)).to_vec(),
        rows: sources.iter().map(row).collect(),
        first: 0,
        total: sources.len(),
        offset: 0,
        selected: None,
        focused: false,
        empty: view.text(key::SOURCES_ELSEWHERE),
    })
}

/// What was measured, in the role of its range.
pub(super) fn value(view: &Wording<'_>, reading: &Reading, shown_in: Unit) -> (TextRole, String) {
    let (role, value) = measured(view, reading.measured, shown_in);
    match (reading.kind, reading.measured) {
        (Kind::Blood, _) | (Kind::Sensor, Measured::Value(_)) => (role, value),
        // A control solution and a ketone are shown as the meter does, whatever the unit of glucose.
        (Kind::Control | Kind::Ketone | Kind::Other, Measured::Value(value)) => (TextRole::Dim, value.to_string()),
        _ => (TextRole::Dim, value),
    }
}

/// A glucose in this unit, in the role of its range.
pub(super) fn measured(view: &Wording<'_>, measured: Measured, shown_in: Unit) -> (TextRole, String) {
    match measured {
        Measured::Low => (TextRole::VeryLow, view.text(key::VALUE_LO)),
        Measured::High => (TextRole::VeryHigh, view.text(key::VALUE_HI)),
        Measured::Unscaled(number) => {
            (TextRole::Dim, view.filled(key::VALUE_UNSCALED, &[("number", number.to_string().into())]))
        }
        Measured::Value(value) => {
            let range = Range::of_mg_per_dl(value.glucose_mg_per_dl());
            let role = TextRole::of_range(range, TextRole::Text);
            let values = [("value", value.glucose_in(shown_in).into()), ("unit", shown_in.to_string().into())];
            (role, view.filled(key::VALUE_WITH_UNIT, &values))
        }
    }
}

/// The word of a range.
pub(super) const fn word(range: Range) -> TextKey {
    match range {
        Range::VeryLow => key::WORD_VERY_LOW,
        Range::Low => key::WORD_LOW,
        Range::Target => key::WORD_IN_RANGE,
        Range::High => key::WORD_HIGH,
        Range::VeryHigh => key::WORD_VERY_HIGH,
    }
}

/// What is to be said of a reading: where it lies or what it is, and for one with a doubt, which, and
/// whether numbers use it.
pub(super) fn notes(view: &Wording<'_>, reading: &Reading) -> String {
    let range = Range::of(reading.measured).map(word);
    let (what, kind) = match reading.kind {
        Kind::Blood => (range, None),
        Kind::Sensor => (range, Some(key::DOUBT_SENSOR)),
        Kind::Control => (None, Some(key::DOUBT_CONTROL)),
        Kind::Ketone => (None, Some(key::DOUBT_KETONE)),
        Kind::Other => (None, Some(key::DOUBT_OTHER)),
    };
    let is_plain = reading.doubts.is_empty() && reading.has_sure_time() && reading.corrected_from.is_none();
    match reading.kind {
        Kind::Control if is_plain => return view.text(key::KIND_CONTROL),
        Kind::Ketone if is_plain => return view.text(key::KIND_KETONE),
        Kind::Other if is_plain => return view.text(key::KIND_OTHER),
        _ => {}
    }
    let has_number = !matches!(reading.measured, Measured::Unscaled(_));
    let no_number = (reading.kind == Kind::Blood && !has_number).then_some(key::DOUBT_NO_SCALE);
    let no_time = reading.time.is_none().then_some(key::DOUBT_NO_TIME);
    // What decides comes first; what no time is doubted for, is that there is none.
    let (deciding, others): (Vec<_>, Vec<_>) = reading
        .doubts
        .iter()
        .filter(|doubt| reading.time.is_some() || **doubt != Doubt::TimeUncertain)
        // What was doubted of the meter's time is not doubted of the corrected one.
        .filter(|doubt| reading.corrected_from.is_none() || !doubt.is_of_time())
        .partition(|doubt| reading.is_taken_out_by(**doubt));
    let doubts = deciding.into_iter().chain(others).map(|doubt: &Doubt| doubt_words(*doubt));
    let reasons = kind.into_iter().chain(no_number).chain(no_time).chain(doubts);
    let reasons = view.words.list(reasons.map(|key| view.text(key)));
    let key = if reading.is_in_numbers() { key::DOUBTS_COUNTED } else { key::DOUBTS_LEFT_OUT };
    let doubts = (!reasons.is_empty()).then(|| view.filled(key, &[("which", reasons.into())]));
    let corrected = reading.corrected_from.map(|_| view.text(key::TIME_CORRECTED));
    view.words.list(what.map(|key| view.text(key)).into_iter().chain(doubts).chain(corrected))
}

pub(super) fn meal(view: &Wording<'_>, meal: Option<Meal>) -> String {
    match meal {
        None | Some(Meal::None) => String::new(),
        Some(Meal::Before) => view.text(key::MEAL_BEFORE),
        Some(Meal::After) => view.text(key::MEAL_AFTER),
        Some(Meal::Fasting) => view.text(key::MEAL_FASTING),
        Some(Meal::Bedtime) => view.text(key::MEAL_BEDTIME),
        Some(Meal::Casual) => view.text(key::MEAL_CASUAL),
    }
}
