//! A backend of ratatui that draws into memory, knows its own size and asks the terminal nothing.
//!
//! Beside the bytes it keeps what they make the terminal show, so that the harness reads the same frame that a
//! terminal would get.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect, Size};
use ratatui_crossterm::CrosstermBackend;

/// Bytes of a frame. Flushing does nothing: a frame is one write, when it is complete.
#[derive(Debug, Clone, Default)]
struct FrameBytes(Rc<RefCell<Vec<u8>>>);

impl Write for FrameBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The backend.
#[derive(Debug)]
pub struct FrameBackend {
    inner: CrosstermBackend<FrameBytes>,
    bytes: FrameBytes,
    shown: Buffer,
    cursor: Position,
    cursor_shown: bool,
}

impl FrameBackend {
    /// An empty screen of this size.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let bytes = FrameBytes::default();
        let inner = CrosstermBackend::new(bytes.clone());
        let shown = Buffer::empty(Rect::from((Position::ORIGIN, size)));
        Self { inner, bytes, shown, cursor: Position::ORIGIN, cursor_shown: false }
    }

    /// The bytes since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        self.bytes.0.take()
    }

    /// The terminal has another size now; what it shows is unknown.
    pub fn resize(&mut self, size: Size) {
        self.shown = Buffer::empty(Rect::from((Position::ORIGIN, size)));
    }

    /// Columns and rows.
    #[must_use]
    pub fn area(&self) -> Size {
        self.shown.area.as_size()
    }

    /// The rows as a person sees them, without the blanks at their ends.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let Size { width, height } = self.area();
        (0..height).map(|row| self.row(row, width).trim_end().to_owned()).collect()
    }

    /// Where the cursor is, if it is shown.
    #[must_use]
    pub fn cursor(&self) -> Option<Position> {
        self.cursor_shown.then_some(self.cursor)
    }

    fn row(&self, row: u16, width: u16) -> String {
        let mut text = String::new();
        let mut column = 0;
        while column < width {
            let symbol = self.shown.cell((column, row)).map_or(" ", Cell::symbol);
            text.push_str(symbol);
            // A wide character covers the cell after it.
            let cells = unicode_width::UnicodeWidthStr::width(symbol).max(1);
            column = column.saturating_add(u16::try_from(cells).unwrap_or(1));
        }
        text
    }
}

/// Writes a cell as a terminal does. A wide character covers the cell after it, and what is written over one half of it
/// takes the other half away.
fn write_cell(shown: &mut Buffer, (column, row): (u16, u16), cell: &Cell) {
    if let Some(before) = column.checked_sub(1).and_then(|before| shown.cell_mut((before, row)))
        && is_wide(before)
    {
        before.reset();
    }
    if let Some(old) = shown.cell_mut((column, row)) {
        old.clone_from(cell);
    }
    if is_wide(cell)
        && let Some(covered) = shown.cell_mut((column.saturating_add(1), row))
    {
        covered.reset();
    }
}

fn is_wide(cell: &Cell) -> bool {
    unicode_width::UnicodeWidthStr::width(cell.symbol()) > 1
}

impl Backend for FrameBackend {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let shown = &mut self.shown;
        self.inner.draw(content.inspect(|(column, row, cell)| write_cell(shown, (*column, *row), cell)))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor_shown = false;
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor_shown = true;
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        // From our own books. crossterm would ask the terminal and look for the answer among the
        // keys, and on a line that is slow, or to a terminal that says nothing, the keys would be
        // lost.
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        self.inner.set_cursor_position(self.cursor)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        if clear_type == ClearType::All {
            self.shown.reset();
        }
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.area())
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        // The pixels are for images, which nothing here draws; a terminal would have to be asked
        // for them.
        Ok(WindowSize { columns_rows: self.area(), pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
