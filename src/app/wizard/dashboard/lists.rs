//! The lists of a dashboard: a cursor stands on a day, a reading, a pattern, a meter or an upload,
//! never on the number of a row.

use std::borrow::Borrow;

use jiff::civil::{Date, DateTime};

use crate::app::action::Action;
use crate::app::event::Scrolled;
use crate::app::list::Selection;
use crate::domain::association::UploadId;
use crate::domain::glucose::Measured;
use crate::domain::ownership::OwnershipId;
use crate::domain::reading::{Kind, Reading};
use crate::domain::statistics::{Dashboard, FoundPattern, MealFilter, PatternKind, PatternState};
use crate::domain::text::Clean;

/// Where a list is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPosition {
    /// The first row that is seen.
    pub top: usize,
    /// The row under the cursor, of a list that has one.
    pub row: usize,
    /// Whether nothing is under the cursor: what it was on is gone, and no other row takes its place by itself.
    pub is_gone: bool,
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

    pub(super) const fn position(self) -> ListPosition {
        ListPosition { top: self.top, row: 0, is_gone: false }
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

/// A list whose cursor stands on a thing. Until somebody moves it is on the first that is of interest, and stays on it
/// when others come before it: keys are meant for what was seen.
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
        self.selection = rows.id_at(row).map_or_else(Selection::default, Selection::on);
    }

    /// The row under the cursor; of one that is gone, the first that is seen.
    pub fn row(&self, rows: &impl CursorRows<Id = Id>) -> usize {
        let nowhere = if self.selection.is_untouched() { rows.start() } else { self.scroll.top };
        rows.row_of(&self.selection).unwrap_or_else(|| nowhere.min(rows.count().saturating_sub(1)))
    }

    /// The same; nothing where what it was on is gone.
    pub fn under(&self, rows: &impl CursorRows<Id = Id>) -> Option<usize> {
        (!self.selection.is_gone()).then(|| self.row(rows))
    }

    pub(super) fn position(&self, rows: &impl CursorRows<Id = Id>) -> ListPosition {
        ListPosition { row: self.row(rows), is_gone: self.selection.is_gone(), ..self.scroll.position() }
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
            // From nowhere into what is seen.
            Action::Up | Action::Down if self.selection.is_gone() => (top, row),
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
        if self.selection.is_gone() || (self.selection.is_untouched() && before.count() == 0) {
            return Some(self.clone());
        }
        if self.selection.is_untouched() {
            // Nobody has moved. What comes before it is seen above it.
            let row = after.row_of(&before.id_at(self.row(before)).map(Selection::on)?)?;
            let top = ScrollPosition::from(self.scroll.top);
            return Some(if row == after.start() {
                self.clone()
            } else {
                Self { scroll: top, ..Self::on(row, after) }
            });
        }
        let height = self.row(before).saturating_sub(self.scroll.top);
        let row = after.row_of(&self.selection)?;
        Some(Self { scroll: ScrollPosition::from(row.saturating_sub(height)), ..Self::on(row, after) })
    }

    /// The same of a list whose rows keys do something to: where the thing under the cursor is gone nothing is under
    /// it, until somebody moves.
    pub(super) fn kept_or_gone(&self, before: &impl CursorRows<Id = Id>, after: &impl CursorRows<Id = Id>) -> Self {
        self.kept(before, after).unwrap_or_else(|| Self { selection: Selection::gone(), scroll: self.scroll })
    }
}

/// The rows of a list with a cursor.
pub trait CursorRows {
    /// What tells one from the others.
    type Id;

    /// How many there are.
    fn count(&self) -> usize;

    /// The row on which the cursor is until somebody moves.
    fn start(&self) -> usize {
        0
    }

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

/// What tells a reading of a dashboard from the others, whether it is from here or from the care platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingKey {
    time: Option<DateTime>,
    kind: Kind,
    measured: Measured,
    /// How many of the readings before it have all that in common with it: two meters, or one, may show the same twice.
    equal_before: usize,
}

impl ReadingKey {
    /// Of the reading in this row, the newest in the first.
    fn of<Row: Borrow<Reading>>(rows: &[Row], row: usize) -> Option<Self> {
        let Reading { time, kind, measured, .. } = *rows.get(row)?.borrow();
        let key = Self { time, kind, measured, equal_before: 0 };
        let before = rows.get(..row)?.iter().rev().take_while(|reading| (*reading).borrow().time == time);
        let equal_before = before.filter(|reading| key.is_equal((*reading).borrow())).count();
        Some(Self { equal_before, ..key })
    }

    fn is_equal(&self, reading: &Reading) -> bool {
        (reading.time, reading.kind, reading.measured) == (self.time, self.kind, self.measured)
    }

    /// Its row. Looked for by its time: a key must not cost more with more readings.
    fn row<Row: Borrow<Reading>>(&self, rows: &[Row]) -> Option<usize> {
        let first = rows.partition_point(|reading| reading.borrow().time > self.time);
        let at_once = rows.get(first..)?.iter().take_while(|reading| (*reading).borrow().time == self.time);
        let mut equal = at_once.enumerate().filter(|(_, reading)| self.is_equal((*reading).borrow()));
        equal.nth(self.equal_before).map(|(place, _)| first + place)
    }
}

/// The readings of a period, the newest first, without those that are filtered out.
pub struct ReadingRows<'a>(pub &'a Dashboard);

impl ReadingRows<'_> {
    /// Those that are shown, if not all are.
    fn filtered(&self) -> Option<Vec<&Reading>> {
        (self.0.meals != MealFilter::All).then(|| self.0.shown().collect())
    }
}

impl CursorRows for ReadingRows<'_> {
    type Id = ReadingKey;

    fn count(&self) -> usize {
        self.0.shown_count()
    }

    fn row_of(&self, selection: &Selection<ReadingKey>) -> Option<usize> {
        let key = selection.id()?;
        match self.filtered() {
            None => key.row(&self.0.readings),
            Some(shown) => key.row(&shown),
        }
    }

    fn id_at(&self, row: usize) -> Option<ReadingKey> {
        match self.filtered() {
            None => ReadingKey::of(&self.0.readings, row),
            Some(shown) => ReadingKey::of(&shown, row),
        }
    }
}

/// What is looked for among the readings of a period.
pub struct PatternRows<'a>(pub &'a Dashboard);

impl CursorRows for PatternRows<'_> {
    type Id = PatternKind;

    fn count(&self) -> usize {
        self.0.patterns.len()
    }

    fn start(&self) -> usize {
        // What is found is what somebody comes for.
        let is_found = |pattern: &FoundPattern| matches!(pattern.state, PatternState::Found(_));
        self.0.patterns.iter().position(is_found).unwrap_or(0)
    }

    fn row_of(&self, selection: &Selection<PatternKind>) -> Option<usize> {
        selection.place_among(&self.0.patterns, |pattern, kind| pattern.kind == *kind)
    }

    fn id_at(&self, row: usize) -> Option<PatternKind> {
        self.0.patterns.get(row).map(|pattern| pattern.kind)
    }
}

/// The readings behind a pattern that somebody looks at.
pub struct EvidenceRows<'a>(pub &'a Dashboard, pub PatternKind);

impl EvidenceRows<'_> {
    /// The place of the reading in this row among all of the period.
    #[must_use]
    pub fn place_at(&self, row: usize) -> Option<usize> {
        self.0.evidence(self.1).get(row).and_then(|reading| usize::try_from(reading.place).ok())
    }
}

impl CursorRows for EvidenceRows<'_> {
    type Id = ReadingKey;

    fn count(&self) -> usize {
        self.0.evidence(self.1).len()
    }

    fn row_of(&self, selection: &Selection<ReadingKey>) -> Option<usize> {
        let place = selection.id()?.row(&self.0.readings)?;
        let place = u32::try_from(place).ok()?;
        self.0.evidence(self.1).iter().position(|reading| reading.place == place)
    }

    fn id_at(&self, row: usize) -> Option<ReadingKey> {
        ReadingKey::of(&self.0.readings, self.place_at(row)?)
    }
}

/// The uploads of a record, the newest first.
pub struct UploadRows<'a>(pub &'a Dashboard);

impl CursorRows for UploadRows<'_> {
    type Id = UploadId;

    fn count(&self) -> usize {
        self.0.uploads.len()
    }

    fn row_of(&self, selection: &Selection<UploadId>) -> Option<usize> {
        selection.place_among(&self.0.uploads, |past, upload| past.upload == *upload)
    }

    fn id_at(&self, row: usize) -> Option<UploadId> {
        self.0.uploads.get(row).map(|past| past.upload.clone())
    }
}

/// A row of a person's meters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceRow {
    /// One that is or was theirs at this station.
    Held(OwnershipId),
    /// One that only the care platform knows, by its name.
    Elsewhere(Clean),
}

/// A person's meters: those of this station, then those that only the care platform knows.
pub struct DeviceRows<'a>(pub &'a Dashboard);

impl CursorRows for DeviceRows<'_> {
    type Id = DeviceRow;

    fn count(&self) -> usize {
        self.0.meters.len() + self.0.meters_elsewhere().count()
    }

    fn row_of(&self, selection: &Selection<DeviceRow>) -> Option<usize> {
        let selected = selection.id()?;
        (0..self.count()).find(|row| self.id_at(*row).as_ref() == Some(selected))
    }

    fn id_at(&self, row: usize) -> Option<DeviceRow> {
        let held = self.0.meters.get(row).map(|meter| DeviceRow::Held(meter.ownership.clone()));
        let behind = || self.0.meters_elsewhere().nth(row.checked_sub(self.0.meters.len())?);
        held.or_else(|| behind().cloned().map(DeviceRow::Elsewhere))
    }
}
