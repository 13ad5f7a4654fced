//! Labelled facts: labels aligned, in two columns where there are many and they fit.

use super::rows::{GUTTER, Pen, Row};
use crate::ui::cells;
use crate::ui::scene::{Fact, TextRole};

/// Columns between a label and its value, and between two columns of facts.
const GAP: usize = 2;
/// From this many facts on, two columns are tried: fewer fit below one another on the least window.
const MANY: usize = 5;
/// From this width on, in columns, no value is broken to spare rows: one column has them whole.
const WIDE: usize = 90;
/// Values are not squeezed into less than this, in columns: a date, `14-Jul-2026`, stands whole in it.
const LEAST_VALUE: usize = 12;

/// One column of facts.
struct FactColumn<'a> {
    facts: &'a [Fact],
    /// Where it starts, and how wide it is.
    left: usize,
    width: usize,
}

/// The rows of a group of facts.
pub(crate) fn rows(pen: &Pen<'_>, title: &str, facts: &[Fact]) -> Vec<Row> {
    let mut rows = pen.title(title, "");
    rows.extend(two_columns(pen, facts).unwrap_or_else(|| one_column(pen, facts)));
    rows
}

fn one_column(pen: &Pen<'_>, facts: &[Fact]) -> Vec<Row> {
    merge(pen, &[FactColumn { facts, left: GUTTER, width: pen.room() }])
}

/// Two columns, if that spares rows and, unless rows are short in a narrow window, breaks no value.
fn two_columns(pen: &Pen<'_>, facts: &[Fact]) -> Option<Vec<Row>> {
    let least = if pen.tight { 2 } else { MANY };
    if facts.len() < least || pen.room() < 56 {
        return None;
    }
    let (left, right) = facts.split_at_checked(facts.len().div_ceil(2))?;
    // The columns get the room in the measure in which they need it.
    let room = pen.room() - 2 * GAP;
    let (wants_left, wants_right) = (natural(pen, left), natural(pen, right));
    let wide = if wants_left + wants_right <= room {
        wants_left.max(room / 2).min(room - wants_right)
    } else if pen.tight && pen.room() < WIDE {
        wants_left.clamp(room * 2 / 5, room * 3 / 5)
    } else {
        return None;
    };
    let columns = [
        FactColumn { facts: left, left: GUTTER, width: wide },
        FactColumn { facts: right, left: GUTTER + wide + 2 * GAP, width: room - wide },
    ];
    let rows = merge(pen, &columns);
    (rows.len() < one_column(pen, facts).len()).then_some(rows)
}

fn label_width(facts: &[Fact]) -> usize {
    facts.iter().map(|fact| cells::width(&fact.label)).max().unwrap_or(0)
}

/// The width at which no value is broken.
fn natural(pen: &Pen<'_>, facts: &[Fact]) -> usize {
    let values = facts.iter().map(|fact| cells::width(&value(pen, fact))).max().unwrap_or(0);
    label_width(facts) + GAP + values
}

/// The value with the sign of its role before it.
fn value(pen: &Pen<'_>, fact: &Fact) -> String {
    match pen.theme.sign(fact.role) {
        "" => fact.value.clone(),
        sign => format!("{sign} {}", fact.value),
    }
}

fn merge(pen: &Pen<'_>, columns: &[FactColumn<'_>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for column in columns {
        let labels = label_width(column.facts).min(column.width.saturating_sub(GAP + LEAST_VALUE));
        let at = labels + GAP;
        let mut next = 0;
        for fact in column.facts {
            let mut label = pen.fit(&fact.label, labels);
            let cut = Pen::cuts(&fact.label, labels);
            for line in cells::wrap(&value(pen, fact), column.width.saturating_sub(at)) {
                if rows.len() <= next {
                    rows.push(Row::default());
                }
                if let Some(row) = rows.get_mut(next) {
                    *row = std::mem::take(row)
                        .with(column.left, std::mem::take(&mut label), pen.style(TextRole::Dim))
                        .with(column.left + at, line, pen.style(fact.role))
                        .cut_if(cut);
                }
                next += 1;
            }
        }
    }
    rows
}
