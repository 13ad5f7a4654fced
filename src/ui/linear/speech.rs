//! What a scene says, sentence by sentence.

use crate::domain::words::{TextKey, key};
use crate::ui::scene::{
    Block, Choice, Fact, Grid, InputField, PanelView, Scene, StripKind, Tab, Table, Tabs, TextRole,
};
use crate::ui::words::Words;

/// How many rows of a table are said at a time: a person listens to them one after the other.
const ROWS_SAID: usize = 8;

/// One line that is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Utterance {
    /// The line.
    pub(crate) text: String,
    /// What must change for it to be said again.
    pub(crate) key: String,
    /// Whether it goes before everything else.
    pub(crate) urgent: bool,
    /// Whether it gives a number to choose by.
    pub(crate) numbered: bool,
}

impl Utterance {
    /// A line that is said whenever it is new.
    pub(crate) fn plain(text: String) -> Self {
        Self { key: text.clone(), text, urgent: false, numbered: false }
    }

    fn urgent(text: String) -> Self {
        Self { urgent: true, ..Self::plain(text) }
    }
}

/// Everything a scene says, in its order: the step, or the overlay over it; then what has a number; then the keys.
pub(crate) fn all(scene: &Scene) -> Vec<Utterance> {
    let words = Words::shared();
    let mut said: Vec<Utterance> = Vec::new();
    let blocks = scene.active_blocks();
    if let Some(overlay) = &scene.overlay {
        // Not the step below: whoever listens would take it for what the keys act on.
        said.push(Utterance::plain(overlay.title.clone()));
    } else {
        said.push(Utterance::plain(scene.site.clone()));
        said.push(Utterance::plain(scene.heading.clone()));
        said.push(Utterance::plain(scene.instruction.clone()));
    }
    for block in blocks {
        said.extend(read(block));
    }
    said.extend(panel(&scene.panel));
    said.extend(scene.remark.iter().cloned().map(Utterance::urgent));
    let mut number = 0_usize;
    // Counted as `input::moves` counts them, over the same blocks in the same order.
    for what in blocks.iter().flat_map(numbered) {
        number += 1;
        let text = words.filled(key::LINEAR_NUMBERED, &[("number", number.into()), ("what", what.into())]);
        said.push(Utterance { numbered: true, ..Utterance::plain(text) });
    }
    if scene.overlay.is_none() && !scene.hints.is_empty() {
        let usable = scene.hints.iter().filter(|hint| hint.disabled.is_none());
        let keys = words.list(usable.map(|hint| {
            words.filled(key::LINEAR_KEY, &[("key", (&hint.key).into()), ("action", (&hint.action).into())])
        }));
        said.push(Utterance::plain(words.filled(key::LINEAR_KEYS, &[("keys", keys.into())])));
    }
    said.retain(|said| !said.text.is_empty());
    said
}

/// The device panel. Numbers that only count on are not said again: the gauge of the step does that.
pub(crate) fn panel(panel: &PanelView) -> Vec<Utterance> {
    let words = Words::shared();
    if panel.entries.is_empty() {
        let values = [("title", (&panel.title).into()), ("text", (&panel.empty).into())];
        return vec![Utterance::plain(words.filled(key::LINEAR_PANEL_EMPTY, &values))];
    }
    let entries = panel.entries.iter().map(|entry| {
        let state = marked(&entry.state, entry.role);
        let values = [("title", (&panel.title).into()), ("name", (&entry.name).into()), ("state", state.into())];
        let text = words.filled(key::LINEAR_PANEL, &values);
        let without_digits = entry.state.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
        let key = format!("{}\n{without_digits}", entry.name);
        Utterance { key, urgent: entry.role == TextRole::Problem, ..Utterance::plain(text) }
    });
    entries.collect()
}

/// A block in sentences, for what is written down and not listened to: no role is said, and nothing has a number.
pub(crate) fn sentences(block: &Block) -> Vec<String> {
    let said = match block {
        Block::Notice { text, .. } => vec![text.clone()],
        Block::Facts { title, facts } => {
            let fact = |fact: &Fact| {
                let values = [("label", (&fact.label).into()), ("value", (&fact.value).into())];
                Words::shared().filled(key::LINEAR_FACT, &values)
            };
            std::iter::once(title.clone()).chain(facts.iter().map(fact)).collect()
        }
        block => read(block).into_iter().map(|said| said.text).collect(),
    };
    said.into_iter().filter(|line| !line.is_empty()).collect()
}

/// What a block says besides what has a number.
fn read(block: &Block) -> Vec<Utterance> {
    let words = Words::shared();
    match block {
        Block::Text { text, .. } => vec![Utterance::plain(text.clone())],
        Block::Facts { title, facts } => {
            let facts = facts.iter().map(|fact| {
                let mut values = vec![("label", (&fact.label).into()), ("value", (&fact.value).into())];
                match mark(fact.role) {
                    Some(mark) => {
                        values.push(("mark", mark.into()));
                        words.filled(key::LINEAR_FACT_MARKED, &values)
                    }
                    None => words.filled(key::LINEAR_FACT, &values),
                }
            });
            std::iter::once(title.clone()).chain(facts).map(Utterance::plain).collect()
        }
        Block::Field(field) => {
            let complaint = field.complaint.iter().map(|complaint| {
                let values = [("label", (&field.label).into()), ("complaint", complaint.into())];
                Utterance::urgent(words.filled(key::LINEAR_COMPLAINT, &values))
            });
            complaint.collect()
        }
        Block::Choices(list) => {
            let empty = if list.rows.is_empty() { list.empty.clone() } else { String::new() };
            // Said at every move: what is chosen next is to be heard before, not behind.
            let place = list.selected.filter(|_| list.focused).and_then(|row| row.checked_sub(list.first));
            let row = place.and_then(|place| list.rows.get(place));
            let marked = row.map_or_else(String::new, |row| {
                Words::shared().filled(key::LINEAR_ROW_MARKED, &[("row", choice_line(row).into())])
            });
            [list.title.clone(), empty, list.footer.clone(), marked].map(Utterance::plain).into()
        }
        // A picture says nothing that is not said without it.
        Block::Buttons { .. } | Block::QrCode { .. } => Vec::new(),
        Block::Gauge { label, done, of } => vec![gauge(label, *done, *of)],
        Block::Problem { what, remedy, code } => {
            let values = [("what", what.into()), ("remedy", remedy.into()), ("code", code.into())];
            vec![Utterance::urgent(words.filled(key::LINEAR_PROBLEM, &values))]
        }
        Block::Notice { role, text } => {
            let values = [("text", text.into())];
            let said = heard(*role).map_or_else(|| text.clone(), |heard| words.filled(heard.notice, &values));
            vec![Utterance { urgent: matches!(role, TextRole::Problem | TextRole::Warning), ..Utterance::plain(said) }]
        }
        // What is drawn only where there is room is said elsewhere.
        Block::Strip(strip) if strip.kind == StripKind::IfRoom => Vec::new(),
        Block::Curve(curve) if curve.if_room => Vec::new(),
        Block::Strip(strip) => vec![Utterance::plain(strip.said.clone())],
        Block::Curve(curve) => vec![Utterance::plain(curve.said.clone())],
        Block::Tabs(tabs) => vec![Utterance::plain(tabs_line(tabs))],
        Block::Grid(grid) => grid_lines(grid),
        Block::Table(table) => table_lines(table),
        Block::Shares { shares } => {
            let share = shares.iter().map(|share| {
                let values = [
                    ("label", (&share.label).into()),
                    ("percent", (&share.percent).into()),
                    ("count", share.count.into()),
                ];
                Utterance::plain(words.filled(key::LINEAR_SHARE, &values))
            });
            share.collect()
        }
    }
}

/// The gauge, said again at each quarter; without a known end at each 250.
fn gauge(label: &str, done: u32, of: Option<u32>) -> Utterance {
    let words = Words::shared();
    let (text, part) = if let Some(of) = of {
        let values = [("label", label.into()), ("done", done.into()), ("of", of.into())];
        (words.filled(key::LINEAR_GAUGE, &values), 4 * u64::from(done.min(of)) / u64::from(of.max(1)))
    } else {
        let values = [("label", label.into()), ("done", done.into())];
        (words.filled(key::LINEAR_GAUGE_OPEN, &values), u64::from(done / 250))
    };
    Utterance { key: format!("{label}\n{}\n{part}", of.is_some()), ..Utterance::plain(text) }
}

/// Which part is shown, and the keys of all.
fn tabs_line(tabs: &Tabs) -> String {
    let words = Words::shared();
    let values = |tab: &Tab| [("key", (&tab.key).into()), ("name", (&tab.name).into())];
    // A number alone may be that of a row.
    let all = tabs.tabs.iter().map(|tab| words.filled(key::LINEAR_TAB, &values(tab)));
    let here = tabs.tabs.get(tabs.here).map_or("", |tab| tab.name.as_str());
    words.filled(key::LINEAR_TABS, &[("here", here.into()), ("tabs", words.list(all).into())])
}

/// The rows that are said and have a number: the first of so many that stand from `offset` on, and how many.
pub(crate) fn numbered_rows(offset: usize, total: usize) -> (usize, usize) {
    (offset, total.saturating_sub(offset).min(ROWS_SAID))
}

/// What is said of days besides what has a number: how many there are more.
fn grid_lines(grid: &Grid) -> Vec<Utterance> {
    std::iter::once(grid.said.clone()).chain(more(grid.total, grid.offset)).map(Utterance::plain).collect()
}

/// A row of a table, each cell with the head of its column. The role of a row is in its own words, as in "very high".
fn row_line(table: &Table, cells: &[String]) -> String {
    let words = Words::shared();
    let cells = cells.iter().zip(&table.head).filter(|(cell, _)| !cell.is_empty());
    words.list(
        cells.map(|(cell, head)| words.filled(key::LINEAR_FACT, &[("label", head.into()), ("value", cell.into())])),
    )
}

/// The rows that are said of those that are made from `first` on.
fn rows_said<T>(rows: &[T], first: usize, offset: usize) -> impl Iterator<Item = &T> {
    rows.iter().skip(offset.saturating_sub(first)).take(ROWS_SAID)
}

/// A table; the rows of one with a cursor have numbers and come with them.
fn table_lines(table: &Table) -> Vec<Utterance> {
    let mut lines = vec![table.title.clone()];
    if table.rows.is_empty() {
        lines.push(table.empty.clone());
    }
    if table.selected.is_none() {
        lines.extend(rows_said(&table.rows, table.first, table.offset).map(|(_, cells)| row_line(table, cells)));
    }
    lines.extend(more(table.total, table.offset));
    lines.into_iter().map(Utterance::plain).collect()
}

/// How many rows there are more than those that are said.
fn more(total: usize, offset: usize) -> Option<String> {
    let left = total.saturating_sub(offset + ROWS_SAID);
    (left > 0).then(|| Words::shared().filled(key::LINEAR_ROWS_LEFT, &[("count", left.into())]))
}

/// What has a number in a block, in the order of the numbers.
fn numbered(block: &Block) -> Vec<String> {
    match block {
        Block::Field(field) => vec![field_line(field)],
        Block::Choices(list) => list.rows.iter().map(choice_line).collect(),
        Block::Buttons { buttons } => {
            buttons.iter().map(|button| possible(button.label.clone(), button.disabled.as_ref())).collect()
        }
        Block::Table(table) if table.selected.is_some() => {
            rows_said(&table.rows, table.first, table.offset).map(|(_, cells)| row_line(table, cells)).collect()
        }
        Block::Grid(grid) => rows_said(&grid.rows, grid.first, grid.offset).map(|row| row.said.clone()).collect(),
        Block::Table(_)
        | Block::Tabs(_)
        | Block::Curve(_)
        | Block::Text { .. }
        | Block::Facts { .. }
        | Block::Gauge { .. }
        | Block::Problem { .. }
        | Block::Notice { .. }
        | Block::Shares { .. }
        | Block::Strip(_)
        | Block::QrCode { .. } => Vec::new(),
    }
}

fn choice_line(choice: &Choice) -> String {
    let parts = choice.cells.iter().chain([&choice.tag]).filter(|part| !part.is_empty()).cloned();
    possible(Words::shared().list(parts), choice.disabled.as_ref())
}

fn possible(what: String, disabled: Option<&String>) -> String {
    match disabled {
        None => what,
        Some(reason) => {
            Words::shared().filled(key::LINEAR_DISABLED, &[("what", what.into()), ("reason", reason.into())])
        }
    }
}

fn field_line(field: &InputField) -> String {
    let words = Words::shared();
    let label = ("label", (&field.label).into());
    if field.value.is_empty() && field.example.is_empty() {
        words.filled(key::LINEAR_FIELD_EMPTY, &[label])
    } else if field.value.is_empty() {
        words.filled(key::LINEAR_FIELD_EXAMPLE, &[label, ("example", (&field.example).into())])
    } else if field.hidden {
        words.filled(key::LINEAR_FIELD_HIDDEN, &[label, ("count", field.value.chars().count().into())])
    } else {
        words.filled(key::LINEAR_FIELD, &[label, ("value", (&field.value).into())])
    }
}

/// What is said of a role that a colour would show.
struct Heard {
    /// The word behind a value.
    mark: TextKey,
    /// The sentence of a notice.
    notice: TextKey,
}

/// What is said of a role. Nothing of those that only order the screen: a listener has the order of the lines.
const fn heard(role: TextRole) -> Option<Heard> {
    match role {
        TextRole::Ok => Some(Heard { mark: key::LINEAR_MARK_OK, notice: key::LINEAR_NOTICE_OK }),
        TextRole::Warning => Some(Heard { mark: key::LINEAR_MARK_WARNING, notice: key::LINEAR_NOTICE_WARNING }),
        TextRole::Problem => Some(Heard { mark: key::LINEAR_MARK_PROBLEM, notice: key::LINEAR_NOTICE_PROBLEM }),
        // A range: nothing is wrong with what was measured.
        TextRole::VeryLow => Some(Heard { mark: key::LINEAR_MARK_VERY_LOW, notice: key::LINEAR_NOTICE_WARNING }),
        TextRole::Low => Some(Heard { mark: key::LINEAR_MARK_LOW, notice: key::LINEAR_NOTICE_WARNING }),
        TextRole::High => Some(Heard { mark: key::LINEAR_MARK_HIGH, notice: key::LINEAR_NOTICE_WARNING }),
        TextRole::VeryHigh => Some(Heard { mark: key::LINEAR_MARK_VERY_HIGH, notice: key::LINEAR_NOTICE_WARNING }),
        TextRole::Text
        | TextRole::Dim
        | TextRole::Heading
        | TextRole::Accent
        | TextRole::Selected
        | TextRole::Focus
        | TextRole::Disabled
        | TextRole::Frame => None,
    }
}

/// The word that says what a colour would.
fn mark(role: TextRole) -> Option<String> {
    heard(role).map(|heard| Words::shared().text(heard.mark))
}

fn marked(text: &str, role: TextRole) -> String {
    match mark(role) {
        Some(mark) => Words::shared().filled(key::LINEAR_MARKED, &[("text", text.into()), ("mark", mark.into())]),
        None => text.to_owned(),
    }
}
