//! What a dashboard is told by: tabs, small charts, days in rows, curves.

use serde::Serialize;

use super::{Table, TextRole};

/// The parts of a step, of which one has the room of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tabs {
    /// All of them, in their order.
    pub tabs: Vec<Tab>,
    /// The place of the one that is shown.
    pub here: usize,
}

/// One part of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tab {
    /// The key that leads to it.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// The same where not all have room; empty where it has no other.
    pub short: String,
}

/// Rows of days, the columns parts of a day. Holds only the rows around those that are seen, as a table does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grid {
    /// What it shows, in one sentence.
    pub said: String,
    /// Head of the first column.
    pub corner: String,
    /// Heads of the other columns.
    pub head: Vec<String>,
    /// The rows from [`Grid::first`] on.
    pub rows: Vec<GridRow>,
    /// The number of the first of [`Grid::rows`] among all.
    pub first: usize,
    /// How many rows there are in all.
    pub total: usize,
    /// The first row shown, by its number among all.
    pub offset: usize,
    /// The row under the cursor, by its number among all.
    pub selected: usize,
    /// Whether the grid has the focus.
    pub focused: bool,
    /// The day under the cursor, reading by reading: drawn beside the others where there is room. It says nothing that
    /// Enter does not lead to.
    pub day: Option<Box<Table>>,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridRow {
    /// Which day: `14-Jul Tu`.
    pub label: String,
    /// The day in one sentence, for whoever listens.
    pub said: String,
    /// Of each column what was measured in it, in the order of time.
    pub cells: Vec<Vec<GridCell>>,
}

/// One reading of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridCell {
    /// When: `06:05`. Shown where there is room.
    pub time: String,
    /// The value with its mark: `62L`.
    pub text: String,
    /// Its role.
    pub role: TextRole,
}

/// Curves over a day, from midnight to midnight, or day by day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// What it shows, in one sentence.
    pub said: String,
    /// What the shades mean.
    pub legend: String,
    /// What is drawn, in equal parts of the chart.
    pub slots: Vec<CurveSlot>,
    /// What stands below the chart, from left to right.
    pub marks: Vec<CurveMark>,
    /// The chart is a multiple of so many columns wide, so that its marks stand as far from each other as they should.
    pub parts: usize,
    /// Whether a band goes on from part to part. The values of a day and of the next are two.
    pub is_joined: bool,
    /// Whether it is drawn below the rest only where there is room, and says nothing that is not said elsewhere.
    pub if_room: bool,
    /// The lines across, from the highest to the lowest; the first and the last are the edges of the chart.
    pub levels: Vec<CurveLevel>,
}

/// What stands below a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurveMark {
    /// The part at whose beginning it stands; behind the last for the end.
    pub at: usize,
    /// A time or a day.
    pub label: String,
}

/// One part of the chart. Numbers are in mg/dL, whatever the unit that is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct CurveSlot {
    /// From the 5th to the 95th percentile.
    pub outer: Option<(f64, f64)>,
    /// From the 25th to the 75th.
    pub inner: Option<(f64, f64)>,
    /// The median.
    pub median: Option<f64>,
    /// Single readings, where there are no curves.
    pub points: Vec<f64>,
}

/// A line across a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurveLevel {
    /// Where it is, in mg/dL.
    pub at: f64,
    /// What stands at it.
    pub label: String,
    /// Whether it is an edge of the chart or of the target: such a one is named where several are in one row.
    pub is_named_first: bool,
}

/// A small chart: rows of cells, each cell of a row below the one of the row before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Strip {
    /// What it is.
    pub kind: StripKind,
    /// What it shows, in one sentence: said where it is not seen.
    pub said: String,
    /// The rows.
    pub rows: Vec<StripRow>,
}

/// What a [`Strip`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StripKind {
    /// A picture: what it shows is said above it too, where there is room.
    Chart,
    /// Numbers that are read one by one.
    Numbers,
    /// The same, drawn only where there is room below all others: it says nothing that is not said elsewhere.
    IfRoom,
}

/// One row of a [`Strip`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StripRow {
    /// What its cells are: `Median`.
    pub label: String,
    /// The cells, as many in each row.
    pub cells: Vec<StripCell>,
    /// Said behind the cells.
    pub note: String,
}

/// One cell of a [`Strip`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StripCell {
    /// Its role.
    pub role: TextRole,
    /// A number or a mark.
    pub text: String,
    /// How high a bar is that is drawn in place of the text, in eighths of a row: from 1 to 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u8>,
}

impl StripCell {
    /// A number or a mark.
    #[must_use]
    pub fn new(role: TextRole, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), height: None }
    }
}

/// One share of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// `Below 54`.
    pub label: String,
    /// The same in a word, for where the label has no room: `Low`.
    pub word: String,
    /// How many.
    pub count: u32,
    /// Percent as written: `<1 %`.
    pub percent: String,
    /// Both: `9 % (6)`.
    pub numbers: String,
    /// Share in thousandths, for the bar.
    pub per_mille: u16,
    /// Its role.
    pub role: TextRole,
}
