//! What recurs, with the readings behind it: found, not found, or too little to say. Nothing of what to do about it.

use std::collections::BTreeSet;

use super::overview::beyond;
use crate::app::wizard::dashboard::ListPosition;
use crate::domain::calendar;
use crate::domain::statistics::{
    Dashboard, FoundPattern, GlucoseRisk, LEAST_DAYS_WITH, LEAST_FOR_SPREAD, LEAST_READINGS, PatternEvidence,
    PatternKind, PatternReading, PatternState, Range, RiskLevel,
};
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, Strip, StripCell, StripKind, StripRow, Table, TextRole};
use crate::ui::view::wording::Wording;

/// The hours of a part of the day.
const HOURS: i8 = 3;

/// How often was measured, the risk by the readings, and every pattern with whether it is there.
pub(in crate::ui::view) fn list(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Vec<Block> {
    // A level is a verdict, and asks for as much as the pattern that is made of it.
    let says_risk =
        |pattern: &FoundPattern| pattern.kind == PatternKind::RiskOfHighs && pattern.state != PatternState::NotEnough;
    let risk = dashboard.summary.risk.filter(|_| dashboard.patterns.iter().any(says_risk));
    let facts = std::iter::once(measured(view, dashboard))
        .chain(risk.map(|risk| risks(view, risk)))
        .chain(stand_ins(view, dashboard));
    let rows = dashboard.patterns.iter().map(|pattern| row(view, dashboard, pattern)).collect();
    let table = Table {
        title: view.text(key::TITLE_PATTERNS),
        head: [key::HEAD_PATTERN, key::HEAD_STATE, key::HEAD_EVIDENCE].map(|key| view.text(key)).to_vec(),
        rows,
        first: 0,
        total: dashboard.patterns.len(),
        offset: place.top,
        selected: Some(place.row),
        focused: true,
        empty: view.text(key::NONE),
    };
    let mut blocks = vec![Block::Facts { title: String::new(), facts: facts.collect() }, Block::Table(table)];
    let rule = dashboard.patterns.get(place.row).map(|pattern| rule(view, dashboard, pattern.kind));
    blocks.extend(rule.map(|text| Block::Text { role: TextRole::Dim, text }));
    blocks.extend(dashboard.patterns.get(place.row).and_then(|pattern| last_behind(view, dashboard, pattern)));
    blocks
}

/// So many readings behind a pattern stand below the list, where a screen has room for them.
const LAST_BEHIND: usize = 12;

/// The last readings behind the pattern under the cursor. It says nothing that Enter does not lead to; what makes a
/// number is reckoned when somebody asks.
fn last_behind(view: &Wording<'_>, dashboard: &Dashboard, pattern: &FoundPattern) -> Option<Block> {
    let PatternEvidence::Readings(readings) = pattern.evidence()? else { return None };
    let name = StripRow { label: view.text(name(pattern.kind)), cells: Vec::new(), note: String::new() };
    let each = readings.iter().take(LAST_BEHIND).map(|reading| {
        let (role, value) = super::readings::measured(view, reading.measured, dashboard.unit);
        StripRow {
            label: calendar::written_with_time(reading.time),
            cells: vec![StripCell::new(role, value)],
            note: view.text(super::readings::word(reading.range)),
        }
    });
    let rows = std::iter::once(name).chain(each).collect();
    Some(Block::Strip(Strip { kind: StripKind::IfRoom, said: String::new(), rows }))
}

/// The readings behind a pattern, where a number decides each with its share of it.
pub(super) fn evidence(
    view: &Wording<'_>,
    dashboard: &Dashboard,
    pattern: &FoundPattern,
    place: ListPosition,
) -> Vec<Block> {
    let rows = dashboard.evidence(pattern.kind);
    let window = Table::window(place.top, rows.len());
    let made = rows.iter().skip(window.start).take(window.len());
    let share = pattern.number.map(|_| key::HEAD_SHARE);
    let heads = [key::HEAD_TIME, key::HEAD_VALUE, key::HEAD_REMARKS].into_iter().chain(share);
    // Not the table's own: that gives way where rows are short, and nobody would know of what these are.
    let title = Block::Text { role: TextRole::Heading, text: view.text(name(pattern.kind)) };
    let table = Table {
        title: String::new(),
        head: heads.map(|key| view.text(key)).collect(),
        rows: made.map(|reading| evidence_row(view, dashboard, reading)).collect(),
        first: window.start,
        total: rows.len(),
        offset: place.top,
        selected: Some(place.row),
        focused: true,
        empty: view.text(key::NONE),
    };
    let text = rule(view, dashboard, pattern.kind);
    let text = match pattern.number {
        Some(_) => view.filled(key::RULE_WITH_SHARES, &[("rule", text.into())]),
        None => text,
    };
    vec![title, Block::Table(table), Block::Text { role: TextRole::Dim, text }]
}

fn evidence_row(view: &Wording<'_>, dashboard: &Dashboard, reading: &PatternReading) -> (TextRole, Vec<String>) {
    let (role, value) = super::readings::measured(view, reading.measured, dashboard.unit);
    let range = view.text(super::readings::word(reading.range));
    let share = reading.share.map(|share| {
        let told = format!("{share:.1}");
        let key = if told == "0.0" { key::SHARE_UNDER } else { key::SHARE };
        view.filled(key, &[("share", told.into())])
    });
    (role, [calendar::written_with_time(reading.time), value, range].into_iter().chain(share).collect())
}

/// How often was measured.
fn measured(view: &Wording<'_>, dashboard: &Dashboard) -> Fact {
    let frequency = dashboard.summary.frequency;
    let said = match (frequency.a_day, frequency.a_day_with_readings) {
        (Some(a_day), Some(with)) => {
            let mut values = vec![("a_day", format!("{a_day:.1}").into()), ("with", format!("{with:.1}").into())];
            match frequency.longest_gap_minutes {
                Some(minutes) => {
                    values.push(("gap", gap(view, minutes).into()));
                    view.filled(key::MEASURED_AND_GAP, &values)
                }
                None => view.filled(key::MEASURED, &values),
            }
        }
        _ => view.text(key::NONE),
    };
    view.fact(key::LABEL_MEASURED, said, TextRole::Text)
}

/// A time between two readings, in days and hours.
pub(super) fn gap(view: &Wording<'_>, minutes: i64) -> String {
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let values = [
        ("days", days.to_string().into()),
        ("hours", hours.to_string().into()),
        ("minutes", minutes.to_string().into()),
    ];
    view.filled(if days > 0 { key::GAP_DAYS } else { key::GAP_HOURS }, &values)
}

/// How many LO and HI there are, with what stands for them: a few decide whether a number is found too large.
pub(super) fn stand_ins(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Fact> {
    let said = view.words.list(beyond(view, dashboard));
    (!said.is_empty()).then(|| view.fact(key::LABEL_BEYOND, said, TextRole::Text))
}

/// The risk of lows and of highs, each with its level.
fn risks(view: &Wording<'_>, risk: GlucoseRisk) -> Fact {
    let level = |level| {
        view.text(match level {
            RiskLevel::Low => key::RISK_LOW,
            RiskLevel::Moderate => key::RISK_MODERATE,
            RiskLevel::High => key::RISK_HIGH,
        })
    };
    let values = [
        ("lbgi", format!("{:.1}", risk.lbgi).into()),
        ("of_lows", level(risk.of_lows()).into()),
        ("hbgi", format!("{:.1}", risk.hbgi).into()),
        ("of_highs", level(risk.of_highs()).into()),
    ];
    view.fact(key::LABEL_RISK, view.filled(key::RISKS, &values), TextRole::Text)
}

const fn name(kind: PatternKind) -> TextKey {
    match kind {
        PatternKind::VeryLow => key::PATTERN_VERY_LOW,
        PatternKind::LowsAtTime => key::PATTERN_LOWS_AT_TIME,
        PatternKind::VeryHighsAtTime => key::PATTERN_VERY_HIGHS_AT_TIME,
        PatternKind::Variability => key::PATTERN_VARIABILITY,
        PatternKind::RiskOfLows => key::PATTERN_RISK_OF_LOWS,
        PatternKind::RiskOfHighs => key::PATTERN_RISK_OF_HIGHS,
    }
}

/// When a pattern is there.
fn rule(view: &Wording<'_>, dashboard: &Dashboard, kind: PatternKind) -> String {
    // The sentences of the rules say "below" and "above" themselves.
    let edge = |range: Range| range.limits(dashboard.unit).trim_start_matches(['<', '>']).to_owned();
    let (low, _) = Range::target_edges(dashboard.unit);
    let values =
        [("very_low", edge(Range::VeryLow).into()), ("low", low.into()), ("very_high", edge(Range::VeryHigh).into())];
    let rule = match kind {
        PatternKind::VeryLow => key::RULE_VERY_LOW,
        PatternKind::LowsAtTime => key::RULE_LOWS_AT_TIME,
        PatternKind::VeryHighsAtTime => key::RULE_VERY_HIGHS_AT_TIME,
        PatternKind::Variability => key::RULE_VARIABILITY,
        PatternKind::RiskOfLows => key::RULE_RISK_OF_LOWS,
        PatternKind::RiskOfHighs => key::RULE_RISK_OF_HIGHS,
    };
    view.filled(rule, &values)
}

fn row(view: &Wording<'_>, dashboard: &Dashboard, pattern: &FoundPattern) -> (TextRole, Vec<String>) {
    let (role, state) = match (&pattern.state, pattern.kind) {
        (PatternState::Found(_), PatternKind::VeryLow | PatternKind::LowsAtTime | PatternKind::RiskOfLows) => {
            (TextRole::Problem, key::STATE_FOUND)
        }
        (PatternState::Found(_), _) => (TextRole::Warning, key::STATE_FOUND),
        (PatternState::NotFound, _) => (TextRole::Text, key::STATE_NOT_FOUND),
        (PatternState::NotEnough, _) => (TextRole::Dim, key::STATE_NOT_ENOUGH),
    };
    (role, vec![view.text(name(pattern.kind)), view.text(state), detail(view, dashboard, pattern)])
}

/// What was found, or what it would need.
fn detail(view: &Wording<'_>, dashboard: &Dashboard, pattern: &FoundPattern) -> String {
    if pattern.state == PatternState::NotEnough {
        let summary = &dashboard.summary;
        // The nearer of the two goals, where the spread needs more readings than a pattern does.
        let is_of_spread = pattern.kind == PatternKind::Variability && summary.count >= LEAST_READINGS;
        let values = [
            ("readings", if is_of_spread { LEAST_FOR_SPREAD } else { LEAST_READINGS }.into()),
            ("days", LEAST_DAYS_WITH.into()),
        ];
        return view.filled(key::PATTERN_NEEDS, &values);
    }
    let decides = |text: TextKey| {
        let Some(number) = pattern.number else { return String::new() };
        let mut values = vec![("number", format!("{number:.1}").into())];
        let number = view.filled(text, &values);
        let Some(evidence) = pattern.evidence() else { return number };
        values = vec![("number", number.into()), ("count", evidence.count().into())];
        view.filled(key::EVIDENCE_OF_READINGS, &values)
    };
    match pattern.kind {
        PatternKind::Variability => decides(key::EVIDENCE_CV),
        PatternKind::RiskOfLows => decides(key::EVIDENCE_LBGI),
        PatternKind::RiskOfHighs => decides(key::EVIDENCE_HBGI),
        PatternKind::VeryLow | PatternKind::LowsAtTime | PatternKind::VeryHighsAtTime => behind(view, pattern),
    }
}

/// How many readings are behind it, at which times of day, and when the last was.
fn behind(view: &Wording<'_>, pattern: &FoundPattern) -> String {
    let Some(PatternEvidence::Readings(readings)) = pattern.evidence() else { return String::new() };
    // They are newest first.
    let Some(last) = readings.first() else { return String::new() };
    let blocks: BTreeSet<i8> = readings.iter().map(|reading| reading.time.hour() / HOURS).collect();
    // Those that follow one another are one span: eight of them are the whole day.
    let mut spans: Vec<(i8, i8)> = Vec::new();
    for block in blocks {
        match spans.last_mut() {
            Some((_, end)) if *end == block => *end = block + 1,
            _ => spans.push((block, block + 1)),
        }
    }
    let hours = spans.into_iter().map(|(first, end)| format!("{}-{}", first * HOURS, end * HOURS));
    let values = [
        ("count", readings.len().into()),
        ("hours", view.words.list(hours).into()),
        ("last", calendar::written(last.time.date()).into()),
    ];
    view.filled(key::EVIDENCE_READINGS, &values)
}
