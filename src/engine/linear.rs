//! The person's end without a screen: lines out, lines in. For screen readers, dumb terminals and `--linear`.
//!
//! What is said of a scene and which keys a line stands for are not decided here. The terminal stays as it is: no
//! raw mode, no cursor moves. Only its echo is switched off while a hidden field has the focus.

mod echo;

use std::io::{self, Write};
use std::time::{Duration, Instant};

pub use self::echo::Echo;
use super::frontend::Frontend;
use super::keys::Decoder;
use crate::app::key::Key;
use crate::host::signals;
use crate::ui::paint::Sight;
use crate::ui::scene::Scene;

/// Says in lines what a scene shows that the one before it did not.
pub type Render = Box<dyn Fn(Option<&Scene>, &Scene) -> Vec<String>>;
/// The keys that a line stands for on a scene.
pub type LineKeys = Box<dyn Fn(&str, &Scene) -> Vec<Key>>;

/// Whether what is typed on a scene must not be seen.
pub type Hides = Box<dyn Fn(&Scene) -> bool>;

/// How a terminal is emptied: the cursor goes home, the screen is erased, and what was scrolled off it (xterm's
/// "CSI 3 J") as far as the terminal keeps it.
const ERASE: &str = "\x1b[H\x1b[2J\x1b[3J";

/// What becomes of the lines that were said, once nobody is signed in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidLines {
    /// They are erased, as far as the terminal can.
    Erased,
    /// They stay: this terminal erases nothing, or it is none.
    Stay,
}

/// Whether the focused field is a hidden one.
#[must_use]
pub fn hides_what_is_typed(scene: &Scene) -> bool {
    scene.focused_field().is_some_and(|field| field.hidden)
}

/// The keys of a line that begins with one that is not a character, such as F1 or an arrow: the terminal makes an
/// escape sequence of it, of which nothing may get into a field.
fn pressed(typed: &[u8], at: Instant) -> impl Iterator<Item = Key> {
    let keys = Decoder::new(Duration::ZERO).feed(typed, at);
    keys.into_iter().filter(|key| !matches!(key, Key::Char(_) | Key::Paste(_)))
}

/// The longest line taken. More is not typed by a person.
const LONGEST: usize = 4096;

/// Lines on a terminal or a pipe.
pub struct Lines<W> {
    output: W,
    render: Render,
    keys: LineKeys,
    hides: Hides,
    echo: Option<Echo>,
    said: SaidLines,
    shown: Option<Scene>,
    typed: Vec<u8>,
}

impl<W: Write> Lines<W> {
    /// Lines to `output`. `echo` is that of the terminal on which lines are typed, if it is one.
    pub const fn new(output: W, render: Render, keys: LineKeys, hides: Hides, echo: Option<Echo>) -> Self {
        Self { output, render, keys, hides, echo, said: SaidLines::Stay, shown: None, typed: Vec::new() }
    }

    /// The same on a terminal that erases what was said, or does not.
    #[must_use]
    pub fn with(mut self, said: SaidLines) -> Self {
        self.said = said;
        self
    }
}

impl<W> Drop for Lines<W> {
    fn drop(&mut self) {
        if let Some(echo) = &self.echo {
            echo.restore();
        }
    }
}

impl<W: Write> Frontend for Lines<W> {
    fn show(&mut self, scene: Scene) -> io::Result<()> {
        if self.shown.as_ref() == Some(&scene) {
            return Ok(());
        }
        if let Some(echo) = &self.echo {
            // Before the scene is said: whoever hears "Password" begins to type at once.
            if (self.hides)(&scene) {
                echo.hide()?;
            } else {
                echo.restore();
            }
        }
        let mut said = String::new();
        // Somebody has signed out, or the station has locked itself: what they looked at is to be gone (SEC-02).
        let is_over = scene.is_nobodys() && self.shown.as_ref().is_some_and(|before| !before.is_nobodys());
        if is_over {
            // Half a line was meant for what is not there any more, and would be read out with the next name.
            self.typed.clear();
            self.echo.iter().for_each(Echo::forget_typed);
            if self.said == SaidLines::Erased {
                said.push_str(ERASE);
            }
        }
        for line in (self.render)(self.shown.as_ref(), &scene) {
            said.push_str(&line);
            said.push('\n');
        }
        self.shown = Some(scene);
        self.output.write_all(said.as_bytes())?;
        self.output.flush()
    }

    /// Lines are of any length: all is said.
    fn sight(&self, _: &Scene) -> Sight {
        Sight::ALL
    }

    fn frame_left(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.shown = None;
        Ok(())
    }

    /// What was said stays: lines cannot be taken back.
    fn suspend(&mut self) {
        if let Some(echo) = &self.echo {
            echo.restore();
        }
        signals::stop_here();
    }

    fn resume(&mut self) -> io::Result<()> {
        self.repaint()
    }

    fn feed(&mut self, bytes: &[u8], at: Instant) -> Vec<Key> {
        let mut keys = Vec::new();
        for byte in bytes {
            if *byte == b'\n' {
                let typed = std::mem::take(&mut self.typed);
                if typed.starts_with(b"\x1b") {
                    keys.extend(pressed(&typed, at));
                    continue;
                }
                let line: String = typed.utf8_chunks().map(|chunk| chunk.valid()).collect();
                // The terminal edits the line itself. What a pipe or a scanner adds, such as a
                // carriage return, is no part of it.
                let line: String = line.chars().filter(|character| !character.is_control()).collect();
                if let Some(scene) = &self.shown {
                    keys.extend((self.keys)(&line, scene));
                }
            } else if self.typed.len() < LONGEST {
                self.typed.push(*byte);
            }
        }
        keys
    }

    fn deadline(&self) -> Option<Instant> {
        None
    }

    fn expire(&mut self, _at: Instant) -> Vec<Key> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_surroundings::scene;
    use super::*;

    /// What is said at the sign-in of the next one comes on an empty screen, and only there.
    #[test]
    fn what_was_said_is_erased_once_nobody_is_signed_in() {
        let at = |step: &'static str| Scene { step, ..scene(step, &[]) };
        let steps =
            ["sign_in", "find_patient", "confirm_device", "sign_in", "new_password", "find_patient", "sign_in_by_code"];
        for (said, erased) in [(SaidLines::Erased, vec!["sign_in", "sign_in_by_code"]), (SaidLines::Stay, vec![])] {
            let render: Render = Box::new(|_, scene| vec![scene.step.to_owned()]);
            let keys: LineKeys = Box::new(|_, _| vec![]);
            let mut lines = Lines::new(Vec::new(), render, keys, Box::new(|_| false), None).with(said);
            for step in steps {
                lines.show(at(step)).unwrap();
            }
            let all = String::from_utf8(std::mem::take(&mut lines.output)).unwrap();
            let behind: Vec<&str> = all.split(ERASE).skip(1).filter_map(|said| said.lines().next()).collect();
            assert_eq!(behind, erased);
        }
    }

    /// What a terminal in line mode sends for F1 (as an xterm and as a Linux console), F6, an arrow,
    /// and Alt with a letter.
    #[test]
    fn a_key_that_is_no_character_is_that_key_and_nothing_of_it_is_typed() {
        let text = Box::new(|line: &str, _: &Scene| line.chars().map(Key::Char).collect());
        let mut lines = Lines::new(Vec::new(), Box::new(|_, _| vec![]), text, Box::new(|_| false), None);
        lines.show(scene("one", &[])).unwrap();
        for (typed, keys) in [
            (&b"\x1bOP\n"[..], vec![Key::Function(1)]),
            (b"\x1b[[A\n", vec![Key::Function(1)]),
            (b"\x1b[17~\n", vec![Key::Function(6)]),
            (b"\x1b[B\x1b[B\n", vec![Key::Down, Key::Down]),
            (b"\x1bOP", vec![]),
            (b"\n", vec![Key::Function(1)]),
            (b"\x1b[99~x\n", vec![]),
            (b"ab\n", vec![Key::Char('a'), Key::Char('b')]),
        ] {
            assert_eq!(lines.feed(typed, Instant::now()), keys, "{typed:?}");
        }
    }
}
