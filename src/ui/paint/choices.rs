//! A list to choose from. It turns pages: the chosen row moves, the others stay where they are until the page is left.

use super::columns::{self, Columns};
use super::rows::{GUTTER, Pen, Row, Sheet};
use crate::app::event::Page;
use crate::domain::words::key;
use crate::ui::cells;
use crate::ui::scene::{Choice, Choices, ListColumns, TextRole};
use crate::ui::words::Words;

/// Rows that a list asks for before anything else gives way.
const LEAST_SHOWN: usize = 3;

/// The names of a table have so many columns at least.
const LEAST_NAME: usize = 18;

/// A list of no more rows is seen whole before rows are left free between the blocks.
const SHORT: usize = 6;

/// How a list stands at a width.
pub(crate) struct ListPlan {
    columns: Columns,
    /// Columns for the cells, without the tag.
    room: usize,
    /// Lines a row.
    height: usize,
    /// Lines kept free below the rows for what is said about the chosen one.
    detail: usize,
    /// How many columns the table has, if the list is drawn as one.
    table: Option<usize>,
}

impl ListPlan {
    /// The room for the cells of every row, and that of this one beside its own tag.
    fn rooms(&self, pen: &Pen<'_>, choice: &Choice) -> (usize, usize) {
        (self.room, room_beside(pen, cells::width(&choice.tag)))
    }
}

/// The room for cells beside a tag of this width.
fn room_beside(pen: &Pen<'_>, tag: usize) -> usize {
    pen.room().saturating_sub(if tag == 0 { 0 } else { tag + 2 }).max(1)
}

/// The fewest rows with which the list is of use, and as many as it can fill.
pub(crate) fn need(pen: &Pen<'_>, choices: &Choices, plan: &ListPlan) -> (usize, usize) {
    let around = around(pen, choices, plan);
    let count = choices.total.min(Choices::LONGEST_PAGE);
    let least = if count <= SHORT && !pen.tight { count } else { count.min(LEAST_SHOWN) };
    (around + least * plan.height, around + count * plan.height)
}

/// The list in `room` rows.
pub(crate) fn rows(pen: &Pen<'_>, choices: &Choices, plan: &ListPlan, room: usize) -> Sheet {
    if choices.rows.is_empty() {
        let mut rows = pen.title(&choices.title, "");
        rows.extend(said(pen, &choices.empty));
        rows.extend(said(pen, &choices.footer));
        return rows.into();
    }
    // Whether there is a row for the page number depends on the number of pages alone.
    let around = around(pen, choices, plan);
    let total = choices.total;
    let page_size = (room.saturating_sub(around) / plan.height).clamp(1, total.clamp(1, Choices::LONGEST_PAGE));
    let pages = total.div_ceil(page_size);
    // By the selected row alone: a list stands the same from whichever side somebody came.
    let page = choices.selected.unwrap_or(0).min(total.saturating_sub(1)) / page_size;
    let remark = if pages > 1 { page_number(page + 1, pages, choices.is_part) } else { String::new() };
    let mut all = Sheet::from(title(pen, &choices.title, &remark));
    all.page = Some(Page { rows: page_size, table: None });
    all.holds_back = pages > 1;
    if let Some(count) = plan.table {
        let heads = choices.columns.heads.get(..count).unwrap_or_default();
        let placed = columns::place(pen, &plan.columns, heads, plan.room);
        all.rows.extend(placed.into_iter().map(|line| {
            line.into_iter()
                .fold(Row::default(), |row, (left, head)| row.with(GUTTER + left, head, pen.style(TextRole::Dim)))
        }));
    }
    let numbered = (choices.first..).zip(&choices.rows);
    for (place, choice) in numbered.skip((page * page_size).saturating_sub(choices.first)).take(page_size) {
        let here = choices.selected == Some(place);
        if here && choices.focused {
            all.focus = Some(all.rows.len());
        }
        let cells = cells_of(choices, place - choices.first, plan.table);
        all.rows.extend(row(pen, plan, (choice, cells), here, choices.focused));
    }
    let mut detail = choices.chosen().map(|choice| detail(pen, plan, choice)).unwrap_or_default();
    // As many rows as the longest needs, used or not: what is below must not move with the cursor.
    detail.resize(plan.detail, Row::default());
    all.rows.extend(detail);
    if choices.title.is_empty() && pages > 1 {
        all.rows.extend(pen.plain(TextRole::Dim, &remark));
    }
    all.rows.extend(said(pen, &choices.footer));
    all
}

/// The title with the page number beside it, or below it if the title is too long for that.
fn title(pen: &Pen<'_>, title: &str, remark: &str) -> Vec<Row> {
    if title.is_empty() || is_short(pen, title) {
        return pen.title(title, if title.is_empty() { "" } else { remark });
    }
    let mut rows = pen.plain(TextRole::Heading, title);
    if !remark.is_empty() {
        rows.extend(pen.title("", remark));
    }
    rows
}

/// Which page of how many this is. Of a part there are more.
fn page_number(page: usize, pages: usize, is_part: bool) -> String {
    let numbers = [("page", page.into()), ("pages", pages.into())];
    Words::shared().filled(if is_part { key::PAINT_PAGE_OF_PART } else { key::PAINT_PAGE }, &numbers)
}

/// Whether a page number has room beside a title.
fn is_short(pen: &Pen<'_>, title: &str) -> bool {
    cells::width(title) + cells::width(&page_number(10, 10, true)) + 2 <= pen.room()
}

/// The rows of the title, whether the list has pages or not.
fn title_rows(pen: &Pen<'_>, title: &str) -> usize {
    if title.is_empty() || is_short(pen, title) {
        pen.title(title, "").len()
    } else {
        pen.plain(TextRole::Heading, title).len() + 1
    }
}

fn said(pen: &Pen<'_>, text: &str) -> Vec<Row> {
    if text.is_empty() { Vec::new() } else { pen.plain(TextRole::Dim, text) }
}

/// The cells of one of the rows that are made: those of a table of so many columns, or its own.
fn cells_of(choices: &Choices, row: usize, table: Option<usize>) -> &[String] {
    let of_table = |count: usize| choices.columns.rows.get(row).and_then(|cells| cells.get(..count));
    let own = || choices.rows.get(row).map_or(&[] as &[String], |choice| &choice.cells);
    table.and_then(of_table).unwrap_or_else(own)
}

/// The rows around those of the list: title, page number where there is no title, heads, footer, or what is said of an
/// empty list, and what is said of the chosen row.
fn around(pen: &Pen<'_>, choices: &Choices, plan: &ListPlan) -> usize {
    let empty = if choices.rows.is_empty() { said(pen, &choices.empty).len() } else { 0 };
    // Whether there are pages is known only once the rows were shared out. A list of so few rows
    // never has any.
    let untitled_pages = usize::from(choices.title.is_empty() && choices.total > LEAST_SHOWN);
    let heads = usize::from(plan.table.is_some() && !choices.rows.is_empty());
    title_rows(pen, &choices.title) + empty + untitled_pages + heads + said(pen, &choices.footer).len() + plan.detail
}

/// How the list stands at the pen's width: as a table with as many columns as have room, or each row in its own words.
pub(crate) fn plan(pen: &Pen<'_>, choices: &Choices) -> ListPlan {
    let ListColumns { heads, least, .. } = &choices.columns;
    // One long name must not take a column from everybody: it stands in full below, where the cursor is.
    let is_whole = |plan: &ListPlan| match &plan.columns {
        Columns::Aligned(columns) => match columns.as_slice() {
            [name, others @ ..] => (!name.cuts || name.width >= LEAST_NAME) && others.iter().all(|column| !column.cuts),
            [] => true,
        },
        Columns::Stacked(_) => false,
    };
    let counts = (*least..=heads.len()).rev().filter(|_| !heads.is_empty());
    let table = counts.map(|count| plan_of(pen, choices, Some(count))).find(is_whole);
    table.unwrap_or_else(|| plan_of(pen, choices, None))
}

fn plan_of(pen: &Pen<'_>, choices: &Choices, table: Option<usize>) -> ListPlan {
    let tags = choices.rows.iter().map(|choice| cells::width(&choice.tag)).max().unwrap_or(0);
    let heads = table.and_then(|count| choices.columns.heads.get(..count));
    let rows = || (0..choices.rows.len()).map(|row| cells_of(choices, row, table));
    let arranged = |room| columns::arrange(rows().chain(heads), room, (false, table.map(|_| LEAST_NAME)));
    // Where every tag has room beside its own row, the columns of the others need not give way to it.
    let fits_beside = |columns: &Columns, (choice, cells): (&Choice, &[String])| {
        choice.tag.is_empty()
            || columns::end(columns, cells).is_some_and(|end| end <= room_beside(pen, cells::width(&choice.tag)))
    };
    let room = room_beside(pen, 0);
    let columns = arranged(room);
    let (room, columns) = if choices.rows.iter().zip(rows()).all(|row| fits_beside(&columns, row)) {
        (room, columns)
    } else {
        let room = room_beside(pen, tags);
        (room, arranged(room))
    };
    let height = match columns {
        Columns::Aligned(_) => 1,
        Columns::Stacked(height) => height.max(1),
    };
    let mut plan = ListPlan { columns, room, height, detail: 0, table };
    plan.detail = choices.rows.iter().map(|choice| detail(pen, &plan, choice).len()).max().unwrap_or(0);
    plan
}

/// What is said of the chosen row below the list: its cells in full if one was cut, and why it cannot be chosen.
fn detail(pen: &Pen<'_>, plan: &ListPlan, choice: &Choice) -> Vec<Row> {
    let mut rows = Vec::new();
    // A table says in numbers what stands here in words, apart from its rows.
    if plan.table.is_some() {
        rows.push(Row::default());
    }
    if plan.table.is_some() || !columns::is_whole(&plan.columns, &choice.cells, plan.rooms(pen, choice)) {
        let lines = columns::stack(&choice.cells, pen.room());
        rows.extend(lines.into_iter().map(|line| Row::default().with(GUTTER, line, pen.style(TextRole::Text))));
    }
    if let Some(reason) = &choice.disabled {
        rows.extend(pen.paragraph(pen.theme.sign(TextRole::Warning), TextRole::Warning, reason));
    }
    rows
}

fn row(pen: &Pen<'_>, plan: &ListPlan, (choice, cells): (&Choice, &[String]), here: bool, focused: bool) -> Vec<Row> {
    let role = match (here, focused, &choice.disabled) {
        (true, true, _) => TextRole::Selected,
        // What was chosen stands out, but only what has the focus is pointed at.
        (true, false, _) => TextRole::Accent,
        (false, _, Some(_)) => TextRole::Disabled,
        (false, _, None) => TextRole::Text,
    };
    let style = pen.style(role);
    let mut sign = if role == TextRole::Accent { "" } else { pen.theme.sign(role) };
    let mut tag = choice.tag.as_str();
    let tag_at = pen.width.saturating_sub(cells::width(tag));
    // In a table each cell stands below its head, however long a name is.
    let placed = match plan.table {
        Some(_) => columns::place(pen, &plan.columns, cells, plan.room),
        None => columns::place_in_list(pen, &plan.columns, cells, plan.rooms(pen, choice)),
    };
    let lines = placed.into_iter().map(|line| {
        let mut row = Row::new(std::mem::take(&mut sign), style);
        for (left, text) in line {
            row = row.with(GUTTER + left, text, style);
        }
        row = row.with(tag_at, std::mem::take(&mut tag), style);
        if role == TextRole::Selected { row.filled(style) } else { row }
    });
    lines.collect()
}
