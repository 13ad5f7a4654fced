//! The lists of a dashboard: a cursor stands on a day, a reading or a pattern, never on the number of a row.

use jiff::civil::{Date, DateTime};

use crate::app::action::Action;
use crate::app::event::Scrolled;
use crate::app::list::Selection;
use crate::domain::glucose::Measured;
use crate::domain::reading::{Kind, Reading};
use crate::domain::statistics::{Dashboard, PatternKind};

/// Where a list is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPosition {
    /// The first row that is seen.
    pub top: usize,
    /// The row under the cursor, of a list that has one.
    pub row: usize,
}

/// How far down a list is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScrollPosition {
    /// The first row that is seen.
    top: usize,
    /// Where the list stands on the screen, if a screen told: it finds the last page by itself.
    drawn: Option<Scrolled>,
}

impl ScrollPosition {
    /// From this row on.
    const fn from(top: usize) -> Self {
        Self { top, drawn: None }
    }

    /// No further down than this row.
    pub(super) fn at_most(self, last: usize) -> Self {
        Self { top: self.top.min(last), ..self }
    }

    pub(super) const fn position(self) -> ListPosition {
        ListPosition { top: self.top, row: 0 }
    }

    /// The list stands there on the screen: no further down than its last page, which holds what has room.
    pub(super) const fn stands(&mut self, drawn: Scrolled) {
        self.top = drawn.top;
        self.drawn = Some(drawn);
    }

    /// How many rows the page above what is seen has, of `page` that are seen.
    fn above(self, page: usize) -> usize {
        self.drawn.map_or(page, |drawn| drawn.above)
    }

    /// How far a list of so many rows can be moved with `page` of them seen at once. The last page is full: what cannot
    /// be seen to move does not.
    pub(super) const fn last(total: usize, page: usize) -> usize {
        total.saturating_sub(page)
    }

    /// Moves a list of so many rows that has no cursor.
    pub(super) fn scroll(&mut self, action: Action, total: usize, page: usize) {
        // A screen that tells what it shows finds its last page by itself. Counted here it would
        // come too early where rows take several lines.
        let last = Self::last(total, if self.drawn.is_some() { 1 } else { page });
        let top = self.top.min(last);
        self.top = match action {
            Action::Up => top.saturating_sub(1),
            Action::Down => top.saturating_add(1).min(last),
            Action::PageUp => top.saturating_sub(self.above(page)),
            Action::PageDown => top.saturating_add(page).min(last),
            Action::First => 0,
            Action::Last => last,
            _ => top,
        };
    }
}

/// A list whose cursor stands on a thing. Until somebody moves it is on the first: a wrong row of these lists does no
/// harm, Enter shows what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CursorList<Id> {
    selection: Selection<Id>,
    scroll: ScrollPosition,
}

impl<Id> Default for CursorList<Id> {
    fn default() -> Self {
        Self { selection: Selection::default(), scroll: ScrollPosition::default() }
    }
}

impl<Id: Clone + PartialEq> CursorList<Id> {
    /// With the cursor on the thing in this row, which is the first that is seen.
    pub fn on(row: usize, rows: &impl CursorRows<Id = Id>) -> Self {
        let mut list = Self { selection: Selection::default(), scroll: ScrollPosition::from(row) };
        list.select(row, rows);
        list
    }

    fn select(&mut self, row: usize, rows: &impl CursorRows<Id = Id>) {
        self.selection = rows.id_at(row).map_or_else(Selection::default, |id| Selection::at(id, row));
    }

    /// The row under the cursor.
    pub fn row(&self, rows: &impl CursorRows<Id = Id>) -> usize {
        rows.row_of(&self.selection).unwrap_or(0)
    }

    pub(super) fn position(&self, rows: &impl CursorRows<Id = Id>) -> ListPosition {
        ListPosition { row: self.row(rows), ..self.scroll.position() }
    }

    pub(super) const fn stands(&mut self, drawn: Scrolled) {
        self.scroll.stands(drawn);
    }

    /// Moves the cursor; a page at a time it goes to the first row of the next: rows may take several lines, so that
    /// not every page has as many.
    pub(super) fn choose(&mut self, action: Action, rows: &impl CursorRows<Id = Id>, page: usize) {
        let last = rows.count().saturating_sub(1);
        let (top, row) = (self.scroll.top, self.row(rows));
        let above = self.scroll.above(page);
        let (top, row) = match action {
            Action::Up => (top, row.saturating_sub(1)),
            Action::Down => (top, row.saturating_add(1).min(last)),
            Action::PageUp => (top.saturating_sub(above), top.saturating_sub(above)),
            Action::PageDown => (top.saturating_add(page).min(last), top.saturating_add(page).min(last)),
            Action::First => (0, 0),
            Action::Last => (last, last),
            _ => (top, row),
        };
        // In lines nobody says where the list stands.
        self.scroll.top = top.clamp((row + 1).saturating_sub(page), row);
        self.select(row, rows);
    }

    /// The same list among other rows: the cursor stays on its thing, at its height on the screen. `None` if that is
    /// gone.
    pub(super) fn kept(&self, before: &impl CursorRows<Id = Id>, after: &impl CursorRows<Id = Id>) -> Option<Self> {
        if self.selection.is_untouched() {
            return Some(Self::default());
        }
        let height = self.row(before).saturating_sub(self.scroll.top);
        let row = after.row_of(&self.selection)?;
        Some(Self { scroll: ScrollPosition::from(row.saturating_sub(height)), ..Self::on(row, after) })
    }
}

/// The rows of a list with a cursor.
pub trait CursorRows {
    /// What tells one from the others.
    type Id;

    /// How many there are.
    fn count(&self) -> usize;

    /// The row of what is selected, if it is there.
    fn row_of(&self, selection: &Selection<Self::Id>) -> Option<usize>;

    /// What is in this row.
    fn id_at(&self, row: usize) -> Option<Self::Id>;
}

/// The days of a period, the last first.
pub struct DayRows<'a>(pub &'a Dashboard);

impl CursorRows for DayRows<'_> {
    type Id = Date;

    fn count(&self) -> usize {
        usize::try_from(self.0.period.days()).unwrap_or(0)
    }

    fn row_of(&self, selection: &Selection<Date>) -> Option<usize> {
        let back = self.0.until.since(*selection.id()?).ok()?.get_days();
        usize::try_from(back).ok().filter(|row| *row < self.count())
    }

    fn id_at(&self, row: usize) -> Option<Date> {
        let back = jiff::Span::new().try_days(i64::try_from(row).ok()?).ok()?;
        self.0.until.checked_sub(back).ok()
    }
}

/// What tells a reading of a dashboard from the others. Of two that have all of it in common nobody sees which is
/// which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingKey {
    time: Option<DateTime>,
    kind: Kind,
    measured: Measured,
}

impl From<&Reading> for ReadingKey {
    fn from(reading: &Reading) -> Self {
        Self { time: reading.time, kind: reading.kind, measured: reading.measured }
    }
}

/// The readings of a period, the newest first, without those that are filtered out.
pub struct ReadingRows<'a>(pub &'a Dashboard);

impl CursorRows for ReadingRows<'_> {
    type Id = ReadingKey;

    fn count(&self) -> usize {
        self.0.shown_count()
    }

    fn row_of(&self, selection: &Selection<ReadingKey>) -> Option<usize> {
        let is = |reading: &Reading, key: &ReadingKey| ReadingKey::from(reading) == *key;
        if self.0.shown_count() == self.0.readings.len() {
            return selection.place_among(&self.0.readings, is);
        }
        let shown: Vec<&Reading> = self.0.shown().collect();
        selection.place_among(&shown, |reading, key| is(reading, key))
    }

    fn id_at(&self, row: usize) -> Option<ReadingKey> {
        self.0.shown_from(row).next().map(ReadingKey::from)
    }
}

/// What is looked for among the readings of a period.
pub struct PatternRows<'a>(pub &'a Dashboard);

impl CursorRows for PatternRows<'_> {
    type Id = PatternKind;

    fn count(&self) -> usize {
        self.0.patterns.len()
    }

    fn row_of(&self, selection: &Selection<PatternKind>) -> Option<usize> {
        selection.place_among(&self.0.patterns, |pattern, kind| pattern.kind == *kind)
    }

    fn id_at(&self, row: usize) -> Option<PatternKind> {
        self.0.patterns.get(row).map(|pattern| pattern.kind)
    }
}
