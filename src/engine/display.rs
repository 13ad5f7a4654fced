//! Scenes to bytes, and bytes to the terminal: one write a frame, never more than one frame under way.
//!
//! A frame is drawn only when the one before it has left, so nothing queues on a slow line and the newest scene wins.
//! An equal scene makes no frame and no byte. The terminal is never asked anything.

mod backend;
#[cfg(test)]
mod tests;
mod writer;

use std::io;

use ratatui::layout::{Position, Rect, Size};
use ratatui::{Frame, Terminal};

pub use self::backend::FrameBackend;
pub use self::writer::{FrameWriter, Sink};
use crate::ui::paint::{Sight, paint_and_see, sight};
use crate::ui::scene::Scene;
use crate::ui::theme::Theme;

/// Paints scenes.
pub trait Painter {
    /// Paints a scene on a frame. Gives what [`Painter::sight`] says of it.
    fn paint(&self, frame: &mut Frame<'_>, scene: &Scene) -> Sight;

    /// What is seen of a scene on a screen of this size.
    fn sight(&self, scene: &Scene, size: Size) -> Sight;
}

/// What paints scenes.
pub type Paint = Box<dyn Painter>;

/// Paints scenes in a theme.
#[must_use]
pub fn in_theme(theme: Theme) -> Paint {
    Box::new(theme)
}

impl Painter for Theme {
    fn paint(&self, frame: &mut Frame<'_>, scene: &Scene) -> Sight {
        paint_and_see(frame, scene, self)
    }

    fn sight(&self, scene: &Scene, size: Size) -> Sight {
        sight(scene, self, size.width, size.height)
    }
}

/// A frame longer than this is bracketed, so that the terminal shows it in one go. A shorter one arrives in one piece,
/// and the brackets would be a good part of what a key costs on a slow line.
const BRACKETED_FROM: usize = 256;
/// Begin and end of a synchronized update: private mode 2026, which terminals that do not know it ignore.
const BRACKETS: (&[u8], &[u8]) = (b"\x1b[?2026h", b"\x1b[?2026l");

/// Whether a terminal of this name may be sent brackets. Old ones may print what they do not know.
#[must_use]
pub fn takes_brackets(term: &str) -> bool {
    !(term.is_empty() || term == "linux" || term == "dumb" || term.starts_with("vt"))
}

/// Scenes to bytes: what the terminal shows, and what has to be sent to change it.
pub struct Screen {
    terminal: Terminal<FrameBackend>,
    paint: Paint,
    brackets: bool,
    /// What is drawn, and what is seen of it.
    drawn: Option<(Scene, Sight)>,
}

impl Screen {
    /// An empty screen of this size.
    ///
    /// # Errors
    /// Never in practice: frames are drawn into memory.
    pub fn new(columns: u16, rows: u16, paint: Paint, brackets: bool) -> io::Result<Self> {
        // Whether there is colour is the theme's to say; crossterm's own NO_COLOR would cancel reverse and bold too.
        crossterm::style::force_color_output(true);
        let terminal = Terminal::new(FrameBackend::new(Size::new(columns, rows)))?;
        Ok(Self { terminal, paint, brackets, drawn: None })
    }

    /// The bytes that change the terminal to show this scene; none if it does.
    ///
    /// # Errors
    /// Never in practice: frames are drawn into memory.
    pub fn draw(&mut self, scene: &Scene) -> io::Result<Vec<u8>> {
        if self.drawn.as_ref().is_some_and(|(drawn, _)| drawn == scene) {
            return Ok(Vec::new());
        }
        let paint = &self.paint;
        let mut sight = Sight::NOTHING;
        self.terminal.draw(|frame| sight = paint.paint(frame, scene))?;
        self.drawn = Some((scene.clone(), sight));
        let frame = self.terminal.backend_mut().take();
        if !self.brackets || frame.len() <= BRACKETED_FROM {
            return Ok(frame);
        }
        Ok([BRACKETS.0, &frame, BRACKETS.1].concat())
    }

    /// Makes the next frame a whole one, for a screen of this size.
    ///
    /// # Errors
    /// Never in practice: frames are drawn into memory.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.terminal.backend_mut().resize(Size::new(columns, rows));
        self.terminal.resize(Rect::new(0, 0, columns, rows))?;
        // What the terminal shows now is not known: a scene that is equal to the last one is drawn
        // all the same.
        self.drawn = None;
        Ok(())
    }

    /// Makes the next frame a whole one.
    ///
    /// # Errors
    /// Never in practice: frames are drawn into memory.
    pub fn repaint(&mut self) -> io::Result<()> {
        let size = self.size();
        self.resize(size.width, size.height)
    }

    /// What is seen of a scene when it is drawn.
    #[must_use]
    pub fn sight(&self, scene: &Scene) -> Sight {
        match &self.drawn {
            Some((drawn, sight)) if drawn == scene => *sight,
            // Not drawn yet: on a slow line the next key may come before the frame does. What it
            // acts on is measured without drawing.
            Some(_) | None => self.paint.sight(scene, self.size()),
        }
    }

    /// Columns and rows.
    #[must_use]
    pub fn size(&self) -> Size {
        self.terminal.backend().area()
    }

    /// The rows as a person sees them.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        self.terminal.backend().rows()
    }

    /// Where the cursor is, if it is shown.
    #[must_use]
    pub fn cursor(&self) -> Option<Position> {
        self.terminal.backend().cursor()
    }
}

/// A screen whose frames go to a terminal through a thread of its own.
pub struct Display {
    screen: Screen,
    writer: FrameWriter,
    under_way: bool,
    waiting: Option<Scene>,
    bytes: u64,
    frames: u64,
}

impl Display {
    /// A display of this screen.
    #[must_use]
    pub const fn new(screen: Screen, writer: FrameWriter) -> Self {
        Self { screen, writer, under_way: false, waiting: None, bytes: 0, frames: 0 }
    }

    /// Shows a scene, at once or when the frame under way has left.
    ///
    /// # Errors
    /// If the terminal takes no more frames.
    pub fn show(&mut self, scene: Scene) -> io::Result<()> {
        if self.under_way {
            // In the place of one that waited already: nobody needs to see what is not so any more.
            self.waiting = Some(scene);
            return Ok(());
        }
        let frame = self.screen.draw(&scene)?;
        if !frame.is_empty() {
            self.bytes += u64::try_from(frame.len()).unwrap_or(u64::MAX);
            self.frames += 1;
            self.under_way = true;
            self.writer.send(frame)?;
        }
        Ok(())
    }

    /// The frame under way has left; shows the newest scene that waited for that.
    ///
    /// # Errors
    /// If the terminal takes no more frames.
    pub fn frame_left(&mut self) -> io::Result<()> {
        self.under_way = false;
        self.waiting.take().map_or(Ok(()), |scene| self.show(scene))
    }

    /// Makes the next frame a whole one, for a screen of this size.
    ///
    /// # Errors
    /// If the frame cannot be drawn.
    pub fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.screen.resize(columns, rows)
    }

    /// What is seen of a scene on a screen of this size. Nothing while the screen that is drawn has another size.
    #[must_use]
    pub fn sight(&self, scene: &Scene, columns: u16, rows: u16) -> Sight {
        if self.screen.size() == Size::new(columns, rows) { self.screen.sight(scene) } else { Sight::NOTHING }
    }

    /// Bytes and frames sent so far.
    #[must_use]
    pub const fn sent(&self) -> (u64, u64) {
        (self.bytes, self.frames)
    }
}
