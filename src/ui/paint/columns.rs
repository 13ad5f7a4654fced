//! Cells aligned in columns, for lists and tables.
//!
//! Where the columns do not fit, those without any digit give way first: a name may be cut, because it stands in full
//! elsewhere; a number, a date or an identifier never is. If that is not enough, the first column of a list gives way,
//! but for what tells two of a name apart: the end of a serial number, a number, the port. If that is not enough
//! either, a row takes several lines.

use super::rows::Pen;
use crate::ui::cells;

/// Columns between two cells.
const GAP: usize = 2;
/// A cell that may be cut is not cut below this, in columns: what is left of a model or an address can still be told
/// from the others.
const LEAST: usize = 10;
/// The first cell of a row, which names it, is not cut below this.
const LEAST_NAME: usize = 24;
/// A cell of more columns is a sentence.
const LONG: usize = 30;
/// What stands at the end of such a cell and is not cut is no longer than this: ` (serial port ttyUSB10)`.
const END: usize = 26;

/// How the cells of some rows stand.
pub(crate) enum Columns {
    /// One line a row: left edge, width and side of each column.
    Aligned(Vec<Column>),
    /// Several lines a row: so many.
    Stacked(usize),
}

/// One column.
pub(crate) struct Column {
    /// Its first column, from the left edge of the cells.
    pub(crate) left: usize,
    /// Its width.
    pub(crate) width: usize,
    /// Whether a cell of it is wider.
    pub(crate) cuts: bool,
    /// The columns of the widest number before its unit, where its cells are amounts: digits stand under digits.
    pub(crate) numbers: usize,
}

/// Finds columns for these rows in `room` cells. `amounts`: whether the rows are a table with a head, whose amounts
/// are aligned, digit under digit; a word that stands for an amount, as LO, with them. `first`: the first column alone
/// gives way, and is not cut below this.
pub(crate) fn arrange<'a>(
    rows: impl Iterator<Item = &'a [String]> + Clone,
    room: usize,
    (amounts, first): (bool, Option<usize>),
) -> Columns {
    let count = rows.clone().map(<[String]>::len).max().unwrap_or(0);
    // A row of a single cell stands outside the columns of the others.
    let rows = rows.filter(move |row| count == 1 || row.len() != 1);
    let cells_of = |column: usize| rows.clone().filter_map(move |row| row.get(column));
    let mut widths: Vec<usize> =
        (0..count).map(|column| cells_of(column).map(|cell| cells::width(cell)).max().unwrap_or(0)).collect();
    let widest = widths.clone();
    let has_no_digit = |column| cells_of(column).all(|cell| !cell.contains(|c: char| c.is_ascii_digit()));
    // The last column of a table goes on below, so that nothing of it is lost.
    let goes_on = |column| amounts && column + 1 == count && widest.get(column).is_some_and(|width| *width > LONG);
    let gives_way = |column| match first {
        Some(_) => column == 0,
        None => has_no_digit(column) || goes_on(column),
    };
    let may_be_cut: Vec<bool> = (0..count).map(gives_way).collect();
    let least_cell = first.unwrap_or(LEAST);
    let gaps = GAP * count.saturating_sub(1);
    let over = |widths: &[usize]| (widths.iter().sum::<usize>() + gaps).saturating_sub(room);
    // What goes on below is broken within a word only where nothing else has a column left to give.
    let wraps = |column: usize| amounts && column + 1 == count;
    let word = |column: usize| cells_of(column).flat_map(|cell| cell.split(' ')).map(cells::width).max().unwrap_or(0);
    let words: Vec<usize> =
        (0..count).map(|column| if wraps(column) { word(column).max(LEAST) } else { least_cell }).collect();
    // A name that ends with what tells it from others may lose the rest; it is never the first to do so.
    let ends: Vec<Option<usize>> = (0..count)
        .map(|column| {
            let named = || cells_of(column).skip(1).map(|cell| least_name(cell));
            let has_end = amounts && column > 0 && named().next().is_some() && named().all(|least| least > 0);
            has_end.then(|| named().max().unwrap_or(0).max(LEAST))
        })
        .collect();
    while over(&widths) > 0 {
        let cut_to = |least: &dyn Fn(usize) -> Option<usize>, widths: &[usize]| {
            let cuttable = widths.iter().copied().enumerate();
            let cuttable = cuttable.filter(|(column, width)| least(*column).is_some_and(|least| *width > least));
            // The widest gives way, a column at a time: so two long names lose about the same.
            cuttable.max_by_key(|(_, width)| *width).map(|(column, _)| column)
        };
        let may = |column: usize| may_be_cut.get(column).copied().unwrap_or(false);
        let at_words = |column: usize| words.get(column).copied().filter(|_| may(column));
        let at_ends = |column: usize| ends.get(column).copied().flatten();
        let at_all = |column: usize| may(column).then_some(least_cell);
        let found =
            cut_to(&at_words, &widths).or_else(|| cut_to(&at_ends, &widths)).or_else(|| cut_to(&at_all, &widths));
        if let Some(width) = found.and_then(|column| widths.get_mut(column)) {
            *width -= 1;
            continue;
        }
        let lacking = over(&widths);
        let least = || cells_of(0).map(|cell| least_name(cell)).max().unwrap_or(0).max(LEAST_NAME);
        match widths.first_mut().filter(|name| !amounts && count > 1 && **name >= least() + lacking) {
            Some(name) => *name -= lacking,
            None => return Columns::Stacked(rows.map(|row| stack(row, room).len()).max().unwrap_or(1)),
        }
    }
    let mut left = 0;
    let columns = widths.into_iter().zip(widest).enumerate().map(|(column, (width, widest))| {
        let at = left;
        left += width + GAP;
        // Behind the head, which is no amount.
        let cells = || cells_of(column).skip(1);
        let are_amounts = amounts
            && cells().any(|cell| is_amount(cell))
            && cells().all(|cell| is_amount(cell) || !cell.contains(|c: char| c.is_ascii_digit()));
        let numbers = if are_amounts { cells().map(|cell| number_width(cell)).max().unwrap_or(0) } else { 0 };
        Column { left: at, width, cuts: width < widest, numbers }
    });
    Columns::Aligned(columns.collect())
}

/// The width of what stands before the unit.
fn number_width(cell: &str) -> usize {
    cells::width(cell.split(' ').next().unwrap_or_default())
}

/// Whether a cell holds an amount.
fn is_amount(cell: &str) -> bool {
    let amount = cell.split(' ').next().unwrap_or_default();
    // `parse` takes `inf` and `nan` too, which are words here.
    amount.trim_start_matches(['<', '+', '-']).parse::<f64>().is_ok_and(f64::is_finite)
}

/// The cells of a row one after the other in as few lines as they need.
pub(crate) fn stack(row: &[String], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for cell in row.iter().filter(|cell| !cell.is_empty()) {
        match lines.last_mut() {
            Some(line) if cells::width(line) + GAP + cells::width(cell) <= room => {
                line.push_str("  ");
                line.push_str(cell);
            }
            Some(_) | None => lines.extend(cells::wrap(cell, room)),
        }
    }
    lines
}

/// The cells of a row of a list, line by line. One that its column would cut is shown in full where the row has room
/// elsewhere, as one with fewer cells than others or without a tag has: then the cells behind it begin further right.
/// `own`: the room of this row.
pub(crate) fn place_in_list(
    pen: &Pen<'_>,
    columns: &Columns,
    row: &[String],
    (room, own): (usize, usize),
) -> Vec<Vec<(usize, String)>> {
    flowing(columns, row, own).map_or_else(|| place(pen, columns, row, room), |line| vec![line])
}

/// The cells of a row one behind the other, each in its column or as near as it can be, if one of them is too wide for
/// its own and all have room together.
fn flowing(columns: &Columns, row: &[String], room: usize) -> Option<Vec<(usize, String)>> {
    let Columns::Aligned(columns) = columns else { return None };
    let cells: Vec<(&Column, &String)> = columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty()).collect();
    if row.len() == 1 || cells.iter().all(|(column, cell)| cells::width(cell) <= column.width) {
        return None;
    }
    // What is needed for a cell and all behind it.
    let mut needed = cells.iter().map(|(_, cell)| cells::width(cell) + GAP).sum::<usize>().saturating_sub(GAP);
    if needed > room {
        return None;
    }
    let mut free = 0;
    let placed = cells.into_iter().map(|(column, cell)| {
        // In its column, or further right behind the cell before it, or so far left that all behind it have room.
        let left = column.left.max(free).min(room.saturating_sub(needed));
        free = left + cells::width(cell) + GAP;
        needed = needed.saturating_sub(cells::width(cell) + GAP);
        (left, cell.clone())
    });
    Some(placed.collect())
}

/// The cells of a row with the column each starts at, line by line.
pub(crate) fn place(pen: &Pen<'_>, columns: &Columns, row: &[String], room: usize) -> Vec<Vec<(usize, String)>> {
    match columns {
        Columns::Aligned(_) if row.len() == 1 => {
            vec![row.iter().map(|cell| (0, pen.fit(cell, room))).collect()]
        }
        Columns::Aligned(columns) => {
            let placed = columns.iter().zip(row).map(|(column, cell)| {
                let text = fit_name(pen, cell, column.width);
                // What is wider than the numbers, the head for one, begins where the column does.
                let free = column.numbers.saturating_sub(number_width(&text));
                let free = free.min(column.width.saturating_sub(cells::width(&text)));
                (column.left + free, text)
            });
            vec![placed.collect()]
        }
        Columns::Stacked(height) => {
            let mut lines: Vec<Vec<(usize, String)>> =
                stack(row, room).into_iter().map(|line| vec![(0, line)]).collect();
            lines.resize(*height, Vec::new());
            lines
        }
    }
}

/// The text cut to the width, but for what tells it from others: `OneTouch Ve… ..0042`, `USB ser…
/// (serial port ttyUSB0)`.
fn fit_name(pen: &Pen<'_>, name: &str, width: usize) -> String {
    let (start, end) = if Pen::cuts(name, width) { parted(name) } else { (name, "") };
    format!("{}{end}", pen.fit(start, width.saturating_sub(cells::width(end))))
}

/// A name, and what behind it tells it from others of the name: ` ..0042`, ` no. 2`, ` (serial port ttyUSB0)`.
fn parted(name: &str) -> (&str, &str) {
    let in_brackets = name.ends_with(')').then(|| name.rfind(" (")).flatten();
    let number = name.rsplit_once(" no. ").filter(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let at = name.rfind(" ..").or(number.map(|(start, _)| start.len())).or(in_brackets);
    name.split_at(at.filter(|at| name.len() - at <= END).unwrap_or(name.len()))
}

/// A name is not cut below this: something of it stands before its end.
fn least_name(name: &str) -> usize {
    match parted(name) {
        (_, "") => 0,
        (start, end) => cells::width(end) + cells::width(start).min(LEAST),
    }
}

/// Where the last cell of a row ends, if all stand whole on one line.
pub(crate) fn end(columns: &Columns, row: &[String]) -> Option<usize> {
    let Columns::Aligned(columns) = columns else { return None };
    if let [only] = row {
        return Some(cells::width(only));
    }
    let mut end = 0;
    for (column, cell) in columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
        if column.cuts {
            return None;
        }
        end = column.left + cells::width(cell);
    }
    Some(end)
}

/// Whether a row of a list is shown in full.
pub(crate) fn is_whole(whole: &Columns, row: &[String], (room, own): (usize, usize)) -> bool {
    match whole {
        Columns::Aligned(_) if row.len() == 1 => row.iter().all(|cell| cells::width(cell) <= room),
        Columns::Aligned(columns) => {
            columns.iter().zip(row).all(|(column, cell)| !column.cuts || cells::width(cell) <= column.width)
                || flowing(whole, row, own).is_some()
        }
        Columns::Stacked(_) => true,
    }
}
