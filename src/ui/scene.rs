//! A screen as words, roles and numbers: what is said, not where it stands.
//!
//! The painter, the lines for a screen reader and the JSON of the harness all start from this one description, so
//! they cannot disagree. Two equal scenes draw the same cells; the engine draws nothing for an equal scene.

mod charts;
mod focus;
mod role;

use serde::Serialize;

pub use self::charts::{
    Curve, CurveLevel, CurveMark, CurveSlot, Grid, GridCell, GridRow, Share, Strip, StripCell, StripKind, StripRow,
    Tab, Tabs,
};
pub use self::role::TextRole;

/// Everything on one screen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scene {
    /// The clinic's name.
    pub site: String,
    /// The name of the signed-in user, empty before sign-in.
    pub user: String,
    /// The steps of the wizard, empty before sign-in.
    pub trail: Vec<TrailStep>,
    /// Whether the trail gives way: who looks at a record wants its numbers, each time at the same place.
    #[serde(skip)]
    pub is_wide: bool,
    /// Stable name of the step, for tests and the harness: `confirm_device`.
    pub step: &'static str,
    /// The heading: `Step 3 of 6: Confirm the device`.
    pub heading: String,
    /// One sentence what to do.
    pub instruction: String,
    /// The content, from top to bottom.
    pub blocks: Vec<Block>,
    /// The live device panel.
    pub panel: PanelView,
    /// The keys that work now, the most important first.
    pub hints: Vec<Hint>,
    /// The keys that work while not all is seen that must be. Lines have no end, and the harness has its own way to see
    /// that something is cut: neither is told of them.
    #[serde(skip)]
    pub ways_out: Vec<Hint>,
    /// A passing remark above the hints: `no such key here: F1 for help`.
    pub remark: Option<String>,
    /// What lies over the screen and has the focus, if anything.
    pub overlay: Option<OverlayBox>,
}

impl Scene {
    /// Whether nobody is signed in on it.
    #[must_use]
    pub fn is_nobodys(&self) -> bool {
        matches!(self.step, "sign_in" | "sign_in_by_code" | "new_password")
    }
}

/// One step of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrailStep {
    /// Its short name: `Patient`.
    pub name: String,
    /// Done, here, or to come.
    pub state: TrailState,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TrailState {
    /// Behind us.
    Done,
    /// Here.
    Here,
    /// To come.
    Ahead,
}

/// A piece of content. Blocks are drawn one below the other; [`Block::Choices`] and [`Block::Table`] take the rows
/// that are left.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "block")]
pub enum Block {
    /// A paragraph, wrapped.
    Text {
        /// Its role.
        role: TextRole,
        /// The words.
        text: String,
    },
    /// Labelled facts, one a row, labels aligned; with a title above if not empty.
    Facts {
        /// Title of the group.
        title: String,
        /// The facts.
        facts: Vec<Fact>,
    },
    /// A line to type in.
    Field(InputField),
    /// A list to choose from, with at most one row chosen.
    Choices(Choices),
    /// Controls side by side.
    Buttons {
        /// The controls.
        buttons: Vec<Button>,
    },
    /// How far something has come.
    Gauge {
        /// What is counted: `Readings`.
        label: String,
        /// How many so far.
        done: u32,
        /// How many in all, if known.
        of: Option<u32>,
    },
    /// Something went wrong.
    Problem {
        /// What happened and what it means for the data.
        what: String,
        /// What to do next.
        remedy: String,
        /// The code for support.
        code: String,
    },
    /// Something to know: good news, a warning. Drawn with the sign of its role.
    Notice {
        /// `Ok`, `Warning`, `Problem` or `Accent`.
        role: TextRole,
        /// The words.
        text: String,
    },
    /// Rows and columns, which can be scrolled but not chosen from.
    Table(Table),
    /// Shares of a whole with their counts: very low, low, target, high, very high.
    Shares {
        /// The shares, in their order.
        shares: Vec<Share>,
    },
    /// A small chart of numbers and marks, side by side. It is drawn where there is room for it.
    Strip(Strip),
    /// The parts of which one has the room of the screen.
    Tabs(Tabs),
    /// Days with what was measured in each part of theirs, of which one is chosen.
    Grid(Grid),
    /// A chart of curves over a day or day by day. It takes the rows that are left.
    Curve(Curve),
    /// A text for the camera of a phone (ISO/IEC 18004). It is drawn where there is room and colour for it, and says
    /// nothing that is not said without it.
    QrCode {
        /// What it is for.
        caption: String,
        /// The text: an address.
        text: String,
    },
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is: `Serial number`.
    pub label: String,
    /// The value, in full.
    pub value: String,
    /// Its role.
    pub role: TextRole,
}

/// A line to type in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputField {
    /// What to type: `Birth year`.
    pub label: String,
    /// What is in it. For a hidden field: one `*` per character, and nothing of what was typed.
    pub value: String,
    /// Where the cursor stands, in characters of `value`, if the field has the focus.
    pub cursor: Option<usize>,
    /// An example or a hint, shown while empty.
    pub example: String,
    /// What is wrong with what was typed, and what is allowed.
    pub complaint: Option<String>,
    /// Whether what is typed must not be seen: then `value` holds only placeholders.
    pub hidden: bool,
    /// Whether what is typed next takes the place of the whole value.
    pub is_replaced: bool,
}

/// A list to choose from. On a screen it holds only the rows that may be seen with the selected one: a list of 2,000
/// people costs a key no more than one of twenty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choices {
    /// Title above the list: `Recently chosen`.
    pub title: String,
    /// The same rows as a table, drawn where it has room: then the chosen row is told in its own words below them.
    #[serde(skip)]
    pub columns: ListColumns,
    /// The rows from [`Choices::first`] on.
    pub rows: Vec<Choice>,
    /// The number of the first of [`Choices::rows`] among all.
    pub first: usize,
    /// How many rows there are in all.
    pub total: usize,
    /// Whether there are more than these, which come later: then nobody knows how many pages there are.
    #[serde(skip)]
    pub is_part: bool,
    /// The row under the cursor, by its number among all.
    pub selected: Option<usize>,
    /// Whether the list has the focus.
    pub focused: bool,
    /// Said instead of rows when there are none.
    pub empty: String,
    /// Said below the last row: `more: keep typing`.
    pub footer: String,
    /// Whether a row is only marked by its number where lines are typed, and Enter does what it offers: for what is not
    /// to be done by one key too many.
    pub marks_only: bool,
}

impl Choices {
    /// No page of a list has more rows: more are not looked over at once.
    pub const LONGEST_PAGE: usize = 40;

    /// Rows by which the window moves, so that columns stay where they are while the cursor moves within them.
    const STRIDE: usize = 10;

    /// Which of `total` rows may be seen with the selected one on a screen of any size: whatever the length of its
    /// page, the page ends and begins less than [`Choices::LONGEST_PAGE`] rows away.
    #[must_use]
    pub fn window(selected: Option<usize>, total: usize) -> std::ops::Range<usize> {
        let stride = selected.unwrap_or(0).min(total) / Self::STRIDE * Self::STRIDE;
        stride.saturating_sub(Self::LONGEST_PAGE)..total.min(stride + Self::STRIDE + Self::LONGEST_PAGE)
    }

    /// The row under the cursor.
    #[must_use]
    pub fn chosen(&self) -> Option<&Choice> {
        self.rows.get(self.selected?.checked_sub(self.first)?)
    }
}

/// The rows of a list as a table: numbers under heads, in place of the cells that say in words what they are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ListColumns {
    /// The heads of the columns, the most important first; empty for a list that is no table.
    pub heads: Vec<String>,
    /// The cells of each of [`Choices::rows`].
    pub rows: Vec<Vec<String>>,
    /// Without so many columns it is no table; of the others as many are drawn as have room.
    pub least: usize,
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The cells, aligned in columns over all rows; the first is the most important.
    pub cells: Vec<String>,
    /// A word on the row's state: `INACTIVE`. Empty if there is nothing to say.
    pub tag: String,
    /// Why the row cannot be chosen.
    pub disabled: Option<String>,
}

/// A control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Button {
    /// The verb with its object: `Confirm device assignment`.
    pub label: String,
    /// Whether it has the focus.
    pub focused: bool,
    /// Why it cannot act now.
    pub disabled: Option<String>,
}

/// Rows and columns. Holds only the rows around those that are seen: a memory of 10,000 readings costs a key no more
/// than one of ten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Table {
    /// Title above.
    pub title: String,
    /// Column heads.
    pub head: Vec<String>,
    /// Rows of cells, with the role of the row: those from [`Table::first`] on, as many as any screen shows.
    pub rows: Vec<(TextRole, Vec<String>)>,
    /// The number of the first of [`Table::rows`] among all.
    pub first: usize,
    /// How many rows there are in all.
    pub total: usize,
    /// The first row shown, by its number among all.
    pub offset: usize,
    /// The row under the cursor, by its number among all, if there is a cursor.
    pub selected: Option<usize>,
    /// Whether the table has the focus.
    pub focused: bool,
    /// Said instead of rows when there are none.
    pub empty: String,
}

impl Table {
    /// No screen shows more rows of a table at once.
    pub const TALLEST: usize = 200;

    /// No page that is turned back has more rows.
    pub const ABOVE: usize = 60;

    /// Which of `total` rows a table needs that is scrolled to `offset`: all that may be seen on a screen of any size,
    /// and the page before.
    #[must_use]
    pub fn window(offset: usize, total: usize) -> std::ops::Range<usize> {
        // The last page is filled from above: at the end of a list a whole screen of rows stands before the offset.
        let first = offset.saturating_sub(Self::ABOVE).min(total.saturating_sub(Self::TALLEST));
        first..total.min(offset.max(first) + Self::TALLEST)
    }
}

/// The live device panel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PanelView {
    /// Its title: `Devices`.
    pub title: String,
    /// One entry per attached meter, and for a short while per departed one.
    pub entries: Vec<PanelEntry>,
    /// Said when there are none.
    pub empty: String,
}

/// One meter of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PanelEntry {
    /// `Accu-Chek Guide (USB)`.
    pub name: String,
    /// Its state in words: `reading 412 of 720`.
    pub state: String,
    /// The role of the state.
    pub role: TextRole,
    /// Whether it is shown before others where not all fit.
    pub stays: Stays,
}

/// Which meters are shown where not all fit, the first before the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// It is the one that the step is about.
    InHand,
    /// It is being read or asked, or what was read is being put on disk.
    BeingRead,
    /// It is any other.
    IfRoom,
}

/// A key and what it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// The key as written on it: `Enter`, `F2`.
    pub key: String,
    /// What it does: `go on`.
    pub action: String,
    /// Why it cannot act now.
    pub disabled: Option<String>,
}

/// A box over the screen that has the focus.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverlayBox {
    /// Its title.
    pub title: String,
    /// Its content.
    pub blocks: Vec<Block>,
}

#[cfg(test)]
mod tests;
