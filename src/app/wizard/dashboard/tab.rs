//! The tabs of a dashboard, and where the lists on them stand.

use jiff::civil::Date;

use super::lists::{
    CursorList, CursorRows as _, DayRows, DeviceRow, DeviceRows, EvidenceRows, ListPosition, PatternRows, ReadingKey,
    ReadingRows, ScrollPosition, UploadRows,
};
use crate::app::action::Action;
use crate::app::event::Scrolled;
use crate::domain::association::UploadId;
use crate::domain::report_kind::ReportKind;
use crate::domain::statistics::{Dashboard, PatternKind};
use crate::domain::words::{TextKey, key};

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

    /// Whether it shows readings, or numbers of them: which are looked at matters there.
    #[must_use]
    pub const fn has_readings(self) -> bool {
        match self {
            Self::Overview | Self::StandardDay | Self::Logbook | Self::Patterns | Self::Export => true,
            Self::Devices | Self::Uploads => false,
        }
    }

    /// Whether it shows numbers that LO and HI are in, if something stands for them.
    #[must_use]
    pub const fn has_means(self) -> bool {
        self.has_readings() && !matches!(self, Self::Logbook)
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    Devices(CursorList<DeviceRow>),
    /// What was uploaded.
    Uploads(CursorList<UploadId>),
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogbookPage {
    /// A row a day.
    Days(CursorList<Date>),
    /// The readings one by one.
    Readings {
        /// Where the days stand behind them.
        days: CursorList<Date>,
        /// Where they stand.
        list: CursorList<ReadingKey>,
    },
    /// All that is known of the reading under the cursor.
    Reading {
        /// Where the days stand behind it.
        days: CursorList<Date>,
        /// Where the readings stand.
        list: CursorList<ReadingKey>,
    },
}

/// How far somebody went into the patterns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternsPage {
    /// A row a pattern.
    List(CursorList<PatternKind>),
    /// The readings behind the one under the cursor.
    Evidence {
        /// Where the patterns stand behind them.
        list: CursorList<PatternKind>,
        /// Where they stand.
        rows: CursorList<ReadingKey>,
    },
    /// All that is known of the reading under their cursor.
    Reading {
        /// Where the patterns stand behind it.
        list: CursorList<PatternKind>,
        /// Where the readings stand.
        rows: CursorList<ReadingKey>,
    },
    /// The numbers that are nowhere else, and those by meal marker.
    Numbers {
        /// Where the patterns stand behind them.
        list: CursorList<PatternKind>,
        /// Where those by meal marker stand.
        rows: ScrollPosition,
    },
}

/// The rows of the numbers by meal marker: before and after a meal, fasting, at bedtime, not marked.
pub const MEAL_ROWS: usize = 5;

impl DashboardTab {
    /// A tab as it is come to.
    #[must_use]
    pub fn open(kind: TabKind) -> Self {
        match kind {
            TabKind::Overview => Self::Overview,
            TabKind::StandardDay => Self::StandardDay,
            TabKind::Logbook => Self::Logbook(LogbookPage::Days(CursorList::default())),
            TabKind::Patterns => Self::Patterns(PatternsPage::List(CursorList::default())),
            TabKind::Devices => Self::Devices(CursorList::default()),
            TabKind::Uploads => Self::Uploads(CursorList::default()),
            TabKind::Export => Self::Export(None),
        }
    }

    /// Which it is.
    #[must_use]
    pub const fn kind(&self) -> TabKind {
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

    /// How many rows its list has.
    pub(super) fn rows(&self, dashboard: &Dashboard) -> usize {
        match self {
            Self::Overview
            | Self::StandardDay
            | Self::Logbook(LogbookPage::Reading { .. })
            | Self::Patterns(PatternsPage::Reading { .. })
            | Self::Export(_) => 0,
            Self::Logbook(LogbookPage::Days(_)) => DayRows(dashboard).count(),
            Self::Logbook(LogbookPage::Readings { .. }) => ReadingRows(dashboard).count(),
            Self::Patterns(PatternsPage::List(_)) => PatternRows(dashboard).count(),
            Self::Patterns(PatternsPage::Evidence { list, .. }) => evidence(list, dashboard).count(),
            Self::Patterns(PatternsPage::Numbers { .. }) => MEAL_ROWS,
            Self::Devices(_) => DeviceRows(dashboard).count(),
            Self::Uploads(_) => UploadRows(dashboard).count(),
        }
    }

    /// Where its list stands.
    pub(super) fn position(&self, dashboard: &Dashboard) -> ListPosition {
        match self {
            Self::Overview | Self::StandardDay | Self::Export(_) => ListPosition::default(),
            Self::Logbook(LogbookPage::Days(list)) => list.position(&DayRows(dashboard)),
            Self::Logbook(LogbookPage::Readings { list, .. } | LogbookPage::Reading { list, .. }) => {
                list.position(&ReadingRows(dashboard))
            }
            Self::Patterns(PatternsPage::List(list)) => list.position(&PatternRows(dashboard)),
            Self::Uploads(list) => list.position(&UploadRows(dashboard)),
            Self::Devices(list) => list.position(&DeviceRows(dashboard)),
            Self::Patterns(PatternsPage::Evidence { list, rows } | PatternsPage::Reading { list, rows }) => {
                rows.position(&evidence(list, dashboard))
            }
            Self::Patterns(PatternsPage::Numbers { rows: scroll, .. }) => scroll.position(),
        }
    }

    /// Moves in its list, of which `page` rows are seen.
    pub(super) fn go(&mut self, action: Action, dashboard: &Dashboard, page: usize) {
        let total = self.rows(dashboard);
        match self {
            Self::Overview
            | Self::StandardDay
            | Self::Logbook(LogbookPage::Reading { .. })
            | Self::Patterns(PatternsPage::Reading { .. })
            | Self::Export(_) => {}
            Self::Logbook(LogbookPage::Days(list)) => list.choose(action, &DayRows(dashboard), page),
            Self::Logbook(LogbookPage::Readings { list, .. }) => list.choose(action, &ReadingRows(dashboard), page),
            Self::Patterns(PatternsPage::List(list)) => list.choose(action, &PatternRows(dashboard), page),
            Self::Uploads(list) => list.choose(action, &UploadRows(dashboard), page),
            Self::Devices(list) => list.choose(action, &DeviceRows(dashboard), page),
            Self::Patterns(PatternsPage::Evidence { list, rows }) => {
                rows.choose(action, &evidence(list, dashboard), page);
            }
            Self::Patterns(PatternsPage::Numbers { rows: scroll, .. }) => scroll.scroll(action, total, page),
        }
    }

    /// Its list stands there on the screen.
    pub(super) const fn stands(&mut self, drawn: Scrolled) {
        match self {
            Self::Overview
            | Self::StandardDay
            | Self::Logbook(LogbookPage::Reading { .. })
            | Self::Patterns(PatternsPage::Reading { .. })
            | Self::Export(_) => {}
            Self::Logbook(LogbookPage::Days(list)) => list.stands(drawn),
            Self::Logbook(LogbookPage::Readings { list, .. }) => list.stands(drawn),
            Self::Patterns(PatternsPage::List(list)) => list.stands(drawn),
            Self::Uploads(list) => list.stands(drawn),
            Self::Devices(list) => list.stands(drawn),
            Self::Patterns(PatternsPage::Evidence { rows, .. }) => rows.stands(drawn),
            Self::Patterns(PatternsPage::Numbers { rows: scroll, .. }) => scroll.stands(drawn),
        }
    }

    /// Whether the keys move in a list of so many rows, of which `page` are seen.
    #[must_use]
    pub const fn moves(&self, total: usize, page: usize) -> bool {
        match self {
            Self::Overview
            | Self::StandardDay
            | Self::Logbook(LogbookPage::Reading { .. })
            | Self::Patterns(PatternsPage::Reading { .. })
            | Self::Export(_) => false,
            Self::Logbook(_)
            | Self::Patterns(PatternsPage::List(_) | PatternsPage::Evidence { .. })
            | Self::Devices(_)
            | Self::Uploads(_) => total > 1,
            Self::Patterns(PatternsPage::Numbers { .. }) => ScrollPosition::last(total, page) > 0,
        }
    }

    /// The tab as it is when the numbers are others: each cursor stays on its day, its reading, its pattern. Where that
    /// is gone, the page in front of it closes.
    pub(super) fn kept(self, before: &Dashboard, after: &Dashboard) -> Self {
        // After a merger it is another record.
        if before.patient.id != after.patient.id {
            return Self::open(self.kind());
        }
        match self {
            Self::Logbook(LogbookPage::Days(days)) => Self::Logbook(LogbookPage::Days(kept_days(&days, before, after))),
            Self::Logbook(LogbookPage::Readings { days, list }) => {
                let days = kept_days(&days, before, after);
                Self::Logbook(match list.kept(&ReadingRows(before), &ReadingRows(after)) {
                    Some(list) => LogbookPage::Readings { days, list },
                    None => LogbookPage::Days(days),
                })
            }
            Self::Logbook(LogbookPage::Reading { days, list }) => {
                let days = kept_days(&days, before, after);
                Self::Logbook(match list.kept(&ReadingRows(before), &ReadingRows(after)) {
                    Some(list) => LogbookPage::Reading { days, list },
                    None => LogbookPage::Days(days),
                })
            }
            Self::Patterns(PatternsPage::List(list)) => {
                let list = list.kept(&PatternRows(before), &PatternRows(after)).unwrap_or_default();
                Self::Patterns(PatternsPage::List(list))
            }
            Self::Patterns(PatternsPage::Evidence { list, rows }) => {
                let (list, rows) = kept_evidence(&list, &rows, before, after);
                Self::Patterns(match rows {
                    _ if evidence(&list, after).count() == 0 => PatternsPage::List(list),
                    rows => PatternsPage::Evidence { list, rows: rows.unwrap_or_default() },
                })
            }
            Self::Patterns(PatternsPage::Reading { list, rows }) => {
                let (list, rows) = kept_evidence(&list, &rows, before, after);
                Self::Patterns(match rows {
                    Some(rows) => PatternsPage::Reading { list, rows },
                    None => PatternsPage::List(list),
                })
            }
            Self::Patterns(PatternsPage::Numbers { list, rows }) => {
                let list = list.kept(&PatternRows(before), &PatternRows(after)).unwrap_or_default();
                Self::Patterns(PatternsPage::Numbers { list, rows })
            }
            Self::Devices(list) => Self::Devices(list.kept_or_gone(&DeviceRows(before), &DeviceRows(after))),
            Self::Uploads(list) => Self::Uploads(list.kept_or_gone(&UploadRows(before), &UploadRows(after))),
            Self::Overview | Self::StandardDay | Self::Export(_) => self,
        }
    }
}

/// The readings behind the pattern under the cursor.
pub(super) fn evidence<'a>(list: &CursorList<PatternKind>, dashboard: &'a Dashboard) -> EvidenceRows<'a> {
    let kind = PatternRows(dashboard).id_at(list.row(&PatternRows(dashboard)));
    EvidenceRows(dashboard, kind.unwrap_or(PatternKind::VeryLow))
}

/// The cursor on its pattern, and on its reading if that is still behind it.
fn kept_evidence(
    list: &CursorList<PatternKind>,
    rows: &CursorList<ReadingKey>,
    before: &Dashboard,
    after: &Dashboard,
) -> (CursorList<PatternKind>, Option<CursorList<ReadingKey>>) {
    let kept = list.kept(&PatternRows(before), &PatternRows(after)).unwrap_or_default();
    let rows = rows.kept(&evidence(list, before), &evidence(&kept, after));
    (kept, rows)
}

fn kept_days(days: &CursorList<Date>, before: &Dashboard, after: &Dashboard) -> CursorList<Date> {
    days.kept(&DayRows(before), &DayRows(after)).unwrap_or_default()
}
