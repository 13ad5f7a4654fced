//! The tabs of a dashboard, and where the lists on them stand.

use crate::app::action::Action;
use crate::app::event::Scrolled;
use crate::domain::report_kind::ReportKind;
use crate::domain::words::{TextKey, key};

/// Where a list of a dashboard stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ListPlace {
    /// The first row that is seen.
    pub top: usize,
    /// The row under the cursor, of a list that has one.
    pub row: usize,
    /// Where the list stands on the screen, if a screen told: it finds the last page by itself.
    drawn: Option<Scrolled>,
}

impl ListPlace {
    /// With the cursor on a row.
    #[must_use]
    pub const fn on(row: usize) -> Self {
        Self { top: row, row, drawn: None }
    }

    /// The list stands there on the screen: no further down than its last page, which holds what has room.
    pub const fn stands(&mut self, drawn: Scrolled) {
        self.top = drawn.top;
        self.drawn = Some(drawn);
    }

    /// How far a list of so many rows can be moved with `page` of them seen at once. The last page is full: what cannot
    /// be seen to move does not.
    #[must_use]
    pub const fn last(total: usize, page: usize) -> usize {
        total.saturating_sub(page)
    }

    /// Moves a list without a cursor.
    fn scroll(&mut self, action: Action, total: usize, page: usize) {
        // A screen that tells what it shows finds its last page by itself. Counted here it would
        // come too early where rows take several lines.
        let last = Self::last(total, if self.drawn.is_some() { 1 } else { page });
        let above = self.drawn.map_or(page, |drawn| drawn.above);
        self.top = self.top.min(last);
        self.top = match action {
            Action::Up => self.top.saturating_sub(1),
            Action::Down => self.top.saturating_add(1).min(last),
            Action::PageUp => self.top.saturating_sub(above),
            Action::PageDown => self.top.saturating_add(page).min(last),
            Action::First => 0,
            Action::Last => last,
            _ => self.top,
        };
    }

    /// Moves the cursor; a page at a time it goes to the first row of the next: rows may take several lines, so that
    /// not every page has as many.
    fn choose(&mut self, action: Action, total: usize, page: usize) {
        let last = total.saturating_sub(1);
        let above = self.drawn.map_or(page, |drawn| drawn.above);
        let (top, row) = (self.top, self.row.min(last));
        (self.top, self.row) = match action {
            Action::Up => (top, row.saturating_sub(1)),
            Action::Down => (top, row.saturating_add(1).min(last)),
            Action::PageUp => (top.saturating_sub(above), top.saturating_sub(above)),
            Action::PageDown => (top.saturating_add(page).min(last), top.saturating_add(page).min(last)),
            Action::First => (0, 0),
            Action::Last => (last, last),
            _ => (top, row),
        };
        // In lines nobody says where the list stands.
        self.top = self.top.clamp((self.row + 1).saturating_sub(page), self.row);
    }
}

/// Which part of a dashboard has the room of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TabKind {
    /// How the person is doing.
    #[default]
    Overview,
    /// All days as one.
    StandardDay,
    /// Day by day.
    Logbook,
    /// What recurs.
    Patterns,
    /// The person's meters.
    Devices,
    /// What was uploaded.
    Uploads,
    /// What is seen, into a file.
    Export,
}

impl TabKind {
    /// All tabs, in their order.
    pub const ALL: [Self; 7] =
        [Self::Overview, Self::StandardDay, Self::Logbook, Self::Patterns, Self::Devices, Self::Uploads, Self::Export];

    /// The key of the tab.
    #[must_use]
    pub const fn action(self) -> Action {
        match self {
            Self::Overview => Action::ShowOverview,
            Self::StandardDay => Action::ShowStandardDay,
            Self::Logbook => Action::ShowLogbook,
            Self::Patterns => Action::ShowPatterns,
            Self::Devices => Action::ShowDevices,
            Self::Uploads => Action::ShowUploads,
            Self::Export => Action::ShowExport,
        }
    }

    /// Its name, as a key of the word files.
    #[must_use]
    pub const fn name(self) -> TextKey {
        match self {
            Self::Overview => key::TAB_OVERVIEW,
            Self::StandardDay => key::TAB_STANDARD_DAY,
            Self::Logbook => key::TAB_LOGBOOK,
            Self::Patterns => key::TAB_PATTERNS,
            Self::Devices => key::TAB_DEVICES,
            Self::Uploads => key::TAB_UPLOADS,
            Self::Export => key::TAB_EXPORT,
        }
    }

    /// The tab so many places further, round and round.
    fn after(self, places: usize) -> Self {
        let here = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL.get((here + places) % Self::ALL.len()).copied().unwrap_or_default()
    }

    /// The tab that a key leads to from this one.
    pub(super) fn reached(self, action: Action) -> Option<Self> {
        match action {
            Action::NextControl => Some(self.after(1)),
            Action::PreviousControl => Some(self.after(Self::ALL.len() - 1)),
            action => Self::ALL.into_iter().find(|tab| tab.action() == action),
        }
    }
}

/// A tab, with where its lists stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DashboardTab {
    /// How the person is doing.
    #[default]
    Overview,
    /// All days as one.
    StandardDay,
    /// Day by day.
    Logbook(LogbookPage),
    /// What recurs.
    Patterns(PatternsPage),
    /// The person's meters.
    Devices(ListPlace),
    /// What was uploaded.
    Uploads(ListPlace),
    /// What is seen, into a file of the form under the cursor. None is chosen until somebody moves there: a file with
    /// somebody's data is not to be made by one key too many.
    Export(Option<ReportKind>),
}

/// What a column of the logbook holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogbookColumns {
    /// What was measured within three hours of the day.
    #[default]
    Hours,
    /// What was marked with one meal marker.
    Meals,
}

impl LogbookColumns {
    /// The other.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Hours => Self::Meals,
            Self::Meals => Self::Hours,
        }
    }
}

/// How far somebody went into the logbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogbookPage {
    /// A row a day.
    Days(ListPlace),
    /// The readings one by one.
    Readings {
        /// Where the days stand behind them.
        days: ListPlace,
        /// Where they stand.
        list: ListPlace,
    },
    /// All that is known of the reading under the cursor.
    Reading {
        /// Where the days stand behind it.
        days: ListPlace,
        /// Where the readings stand.
        list: ListPlace,
    },
}

/// How far somebody went into the patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternsPage {
    /// A row a pattern.
    List(ListPlace),
    /// The readings behind the one under the cursor.
    Evidence {
        /// Where the patterns stand behind them.
        list: ListPlace,
        /// Where they stand.
        rows: ListPlace,
    },
}

/// How the keys move the list of a tab.
enum Moving<'a> {
    Cursor(&'a mut ListPlace),
    Scroll(&'a mut ListPlace),
}

impl DashboardTab {
    /// A tab as it is come to.
    #[must_use]
    pub fn open(kind: TabKind) -> Self {
        match kind {
            TabKind::Overview => Self::Overview,
            TabKind::StandardDay => Self::StandardDay,
            TabKind::Logbook => Self::Logbook(LogbookPage::Days(ListPlace::default())),
            TabKind::Patterns => Self::Patterns(PatternsPage::List(ListPlace::default())),
            TabKind::Devices => Self::Devices(ListPlace::default()),
            TabKind::Uploads => Self::Uploads(ListPlace::default()),
            TabKind::Export => Self::Export(None),
        }
    }

    /// Which it is.
    #[must_use]
    pub const fn kind(self) -> TabKind {
        match self {
            Self::Overview => TabKind::Overview,
            Self::StandardDay => TabKind::StandardDay,
            Self::Logbook(_) => TabKind::Logbook,
            Self::Patterns(_) => TabKind::Patterns,
            Self::Devices(_) => TabKind::Devices,
            Self::Uploads(_) => TabKind::Uploads,
            Self::Export(_) => TabKind::Export,
        }
    }

    const fn moving(&mut self) -> Option<Moving<'_>> {
        match self {
            Self::Logbook(LogbookPage::Days(place) | LogbookPage::Readings { list: place, .. })
            | Self::Patterns(PatternsPage::List(place)) => Some(Moving::Cursor(place)),
            Self::Patterns(PatternsPage::Evidence { rows: place, .. })
            | Self::Devices(place)
            | Self::Uploads(place) => Some(Moving::Scroll(place)),
            Self::Overview | Self::StandardDay | Self::Logbook(LogbookPage::Reading { .. }) | Self::Export(_) => None,
        }
    }

    /// Moves in its list of so many rows.
    pub(super) fn go(&mut self, action: Action, total: usize, page: usize) {
        match self.moving() {
            Some(Moving::Cursor(place)) => place.choose(action, total, page),
            Some(Moving::Scroll(place)) => place.scroll(action, total, page),
            None => {}
        }
    }

    /// Its list stands there on the screen.
    pub(super) const fn stands(&mut self, drawn: Scrolled) {
        match self.moving() {
            Some(Moving::Cursor(place) | Moving::Scroll(place)) => place.stands(drawn),
            None => {}
        }
    }

    /// Whether the keys move in a list of so many rows, of which `page` are seen.
    #[must_use]
    pub const fn moves(mut self, total: usize, page: usize) -> bool {
        match self.moving() {
            Some(Moving::Cursor(_)) => total > 1,
            Some(Moving::Scroll(_)) => ListPlace::last(total, page) > 0,
            None => false,
        }
    }
}
