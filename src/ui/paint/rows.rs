//! Rows of text pieces at fixed columns: what every kind of block is turned into before it is drawn.
//!
//! A piece never moves its neighbours: each has its own column, so foreign text cannot shift a frame.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::event::Page;
use crate::ui::cells;
use crate::ui::scene::TextRole;
use crate::ui::theme::Theme;

/// Columns on the left that are kept free for signs.
pub(crate) const GUTTER: usize = 3;

/// What a block needs to know to become rows.
#[derive(Clone, Copy)]
pub(crate) struct Pen<'a> {
    /// Looks and glyphs.
    pub(crate) theme: &'a Theme,
    /// Columns, with the gutter.
    pub(crate) width: usize,
    /// Whether rows are short, so that blocks should spare them.
    pub(crate) tight: bool,
    /// Whether a table makes do with a single row.
    pub(crate) sparing: bool,
}

/// One row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pieces: Vec<Piece>,
    fill: Option<Style>,
    /// Whether something that must be seen was cut to make this row.
    cut: bool,
}

#[derive(Debug, Clone)]
struct Piece {
    column: usize,
    text: String,
    style: Style,
}

/// Rows, and where in them the focus is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// From top to bottom.
    pub(crate) rows: Vec<Row>,
    /// The row that must be seen.
    pub(crate) focus: Option<usize>,
    /// Where the cursor stands: column and row.
    pub(crate) cursor: Option<(usize, usize)>,
    /// What is seen at once of the list, whether it is focused or the field above it, or of the focused table.
    pub(crate) page: Option<Page>,
    /// Whether a list or a table has more rows than these.
    pub(crate) holds_back: bool,
    /// For how many pictures there was no room.
    pub(crate) leaves_out: usize,
    /// How many charts are not seen: for want of rows or of columns, or because they are drawn only where there is
    /// room.
    pub(crate) unseen: usize,
}

impl Pen<'_> {
    /// Columns beside the gutter.
    pub(crate) const fn room(&self) -> usize {
        self.width.saturating_sub(GUTTER)
    }

    pub(crate) fn style(&self, role: TextRole) -> Style {
        self.theme.style(role)
    }

    /// A paragraph with the sign of its role in the gutter of its first row.
    pub(crate) fn paragraph(&self, sign: &str, role: TextRole, text: &str) -> Vec<Row> {
        let mut sign = sign;
        let style = self.style(role);
        let lines = cells::wrap(text, self.room());
        lines.into_iter().map(|line| Row::new(std::mem::take(&mut sign), style).with(GUTTER, line, style)).collect()
    }

    /// Text of a role without a sign.
    pub(crate) fn plain(&self, role: TextRole, text: &str) -> Vec<Row> {
        self.paragraph("", role, text)
    }

    /// The text, or its start and an ellipsis.
    pub(crate) fn fit(&self, text: &str, room: usize) -> String {
        cells::fit(text, room, self.theme.glyphs().ellipsis)
    }

    /// Whether a text has to be cut to fit.
    pub(crate) fn cuts(text: &str, room: usize) -> bool {
        cells::width(text) > room
    }

    /// A title on the left and a remark on the right; no row if both are empty.
    pub(crate) fn title(&self, title: &str, remark: &str) -> Vec<Row> {
        if title.is_empty() && remark.is_empty() {
            return Vec::new();
        }
        let remark_at = self.width.saturating_sub(cells::width(remark));
        let room = remark_at.saturating_sub(GUTTER + 2);
        let row = Row::default().with(GUTTER, self.fit(title, room), self.style(TextRole::Heading));
        let row = row.cut_if(Self::cuts(title, room));
        vec![row.with(remark_at.max(GUTTER), remark, self.style(TextRole::Dim))]
    }
}

impl Row {
    /// A row with a sign in the gutter.
    pub(crate) fn new(sign: &str, style: Style) -> Self {
        if sign.is_empty() { Self::default() } else { Self::default().with(0, sign, style) }
    }

    /// The row with a piece more.
    pub(crate) fn with(mut self, column: usize, text: impl Into<String>, style: Style) -> Self {
        self.pieces.push(Piece { column, text: text.into(), style });
        self
    }

    /// Notes that something that must be seen was cut to make this row.
    pub(crate) const fn cut_if(mut self, cut: bool) -> Self {
        self.cut |= cut;
        self
    }

    /// How far the row reaches.
    pub(crate) fn reach(&self) -> usize {
        let said = self.pieces.iter().filter(|piece| !piece.text.is_empty());
        said.map(|piece| piece.column + cells::width(&piece.text)).max().unwrap_or(0)
    }

    /// The row with one look from its start to the end of its last piece. Not further: on a slow line each cell of a
    /// row that is chosen, and of the one that was, costs a byte.
    pub(crate) const fn filled(mut self, style: Style) -> Self {
        self.fill = Some(style);
        self
    }

    /// Draws the row, as far as it lies on the screen.
    pub(crate) fn draw(&self, buffer: &mut Buffer, area: Rect) {
        let area = area.intersection(buffer.area);
        if area.is_empty() {
            return;
        }
        let line = Rect { height: 1, ..area };
        for piece in &self.pieces {
            let column = u16::try_from(piece.column).unwrap_or(u16::MAX);
            if column >= line.width {
                continue;
            }
            let room = usize::from(line.width - column);
            // What lies below shows through neither as colour nor as attribute.
            let style = Style::reset().patch(piece.style);
            buffer.set_stringn(line.x + column, line.y, &piece.text, room, style);
        }
        if let Some(style) = self.fill {
            // After the pieces: the buffer resets the second cell of a wide character, which would show as a gap.
            let width = u16::try_from(self.reach()).unwrap_or(u16::MAX).min(line.width);
            buffer.set_style(Rect { width, ..line }, style);
        }
    }
}

impl Sheet {
    /// The rows with these below.
    pub(crate) fn append(&mut self, below: Self) {
        let height = self.rows.len();
        self.focus = below.focus.map(|row| row + height).or(self.focus);
        self.cursor = below.cursor.map(|(column, row)| (column, row + height)).or(self.cursor);
        self.page = below.page.or(self.page);
        self.holds_back |= below.holds_back;
        self.leaves_out += below.leaves_out;
        self.unseen += below.unseen;
        self.rows.extend(below.rows);
    }

    /// Free rows up to all that it got, if it has more than it shows: where a row of several lines has no room left,
    /// the step would seem to need fewer rows, and stand otherwise than on the page before.
    pub(crate) fn fill(&mut self, room: usize, holds_back: bool) {
        if holds_back && self.rows.len() < room {
            self.rows.resize(room, Row::default());
        }
    }

    /// The rows with these to their right, from `column` on.
    pub(crate) fn beside(mut self, right: Self, column: usize) -> Self {
        self.focus = self.focus.or(right.focus);
        self.cursor = self.cursor.or(right.cursor.map(|(at, row)| (at + column, row)));
        self.rows.resize(self.rows.len().max(right.rows.len()), Row::default());
        for (row, right) in self.rows.iter_mut().zip(right.rows) {
            row.cut |= right.cut;
            let moved = right.pieces.into_iter().map(|piece| Piece { column: piece.column + column, ..piece });
            row.pieces.extend(moved);
        }
        self
    }

    /// Whether all rows can be drawn in full in an area of this size, and nothing was cut to make them.
    pub(crate) fn is_whole_in(&self, width: u16, height: u16) -> bool {
        self.rows.len() <= usize::from(height)
            && self.rows.iter().all(|row| !row.cut && row.reach() <= usize::from(width))
    }

    /// Draws the rows into an area; if they are too many, those around the focus. Returns where the cursor stands.
    pub(crate) fn draw(&self, buffer: &mut Buffer, area: Rect) -> Option<(u16, u16)> {
        let height = usize::from(area.height);
        let last = self.rows.len().saturating_sub(height);
        // Two rows below the focus are kept in sight: what belongs to a control stands under it.
        let skip = self.focus.map_or(0, |focus| (focus + 3).saturating_sub(height).min(focus)).min(last);
        for (row, y) in self.rows.iter().skip(skip).zip(area.top()..area.bottom()) {
            row.draw(buffer, Rect { y, ..area });
        }
        let (column, row) = self.cursor?;
        let x = area.x.checked_add(u16::try_from(column).ok()?)?;
        let y = area.y.checked_add(u16::try_from(row.checked_sub(skip)?).ok()?)?;
        (x < area.right() && y < area.bottom()).then_some((x, y))
    }
}

impl From<Vec<Row>> for Sheet {
    fn from(rows: Vec<Row>) -> Self {
        Self { rows, ..Self::default() }
    }
}
