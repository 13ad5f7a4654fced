//! How the app meets a person: the options and the environment that decide it.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{CommandError, Exit};
use crate::domain::words::TextKey;
use crate::engine::effects::ProgressPace;
use crate::engine::linear::SaidLines;
use crate::engine::run::{Manner, Terminal};
use crate::ui::glyphs::GlyphSet;
use crate::ui::theme::{Colours, Environment, Theme};
use crate::ui::words::Words;

/// How the app is shown.
#[derive(Debug, Args)]
pub(super) struct ScreenOptions {
    /// Print lines for a screen reader instead of drawing a screen (also $ACCESSIBLE, and TERM=dumb)
    #[arg(long)]
    linear: bool,
    /// Colours of the screen; without it as `TERM` and `NO_COLOR` say
    #[arg(long, value_enum, value_name = "COLOURS")]
    colour: Option<ColourOption>,
    /// Characters that lines and gauges are drawn with; without it as the locale and TERM say
    #[arg(long, value_enum, value_name = "SET")]
    glyphs: Option<GlyphOption>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColourOption {
    /// The terminal's own 16 colours
    #[value(name = "16")]
    Sixteen,
    /// None: bold, underlined and reversed text, and signs
    Mono,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GlyphOption {
    /// Box drawing and blocks
    Unicode,
    /// ASCII only
    Ascii,
}

impl ScreenOptions {
    /// This computer's terminal.
    ///
    /// # Errors
    /// Exit 2 if a screen is to be drawn and there is no terminal.
    pub(super) fn terminal(&self, words: &Words, bug_sentence: TextKey) -> Result<Terminal, CommandError> {
        let term = variable("TERM").unwrap_or_default();
        let linear = self.linear || term == "dumb" || variable("ACCESSIBLE").is_some_and(|value| !value.is_empty());
        let has_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        if !linear && !has_terminal {
            return Err(CommandError::new(
                Exit::Usage,
                "this is not a terminal; use --linear for plain lines, or glucodock headless to run a script",
            ));
        }
        // A printer, a file or a dumb terminal would show the erasing as signs.
        let said = if has_terminal && !matches!(&*term, "" | "dumb") { SaidLines::Erased } else { SaidLines::Stay };
        let manner = if linear { Manner::lines(said) } else { Manner::full_screen(self.theme(&term), term) };
        Ok(Terminal { manner, remote: is_remote(), bug_sentence: words.text(bug_sentence) })
    }

    /// The theme that options and environment ask for.
    pub(super) fn theme(&self, term: &str) -> Theme {
        Theme::choose(&Environment {
            colour: self.colour.map(|colour| match colour {
                ColourOption::Sixteen => Colours::Sixteen,
                ColourOption::Mono => Colours::Mono,
            }),
            glyphs: self.glyphs.map(|glyphs| match glyphs {
                GlyphOption::Unicode => GlyphSet::Unicode,
                GlyphOption::Ascii => GlyphSet::Ascii,
            }),
            no_color: variable("NO_COLOR"),
            term: Some(term.to_owned()),
            lc_all: variable("LC_ALL"),
            lc_ctype: variable("LC_CTYPE"),
            lang: variable("LANG"),
        })
    }
}

/// How often the progress of a read is told: less often over a network.
pub(super) fn pace() -> ProgressPace {
    ProgressPace::Every(Duration::from_millis(if is_remote() { 500 } else { 250 }))
}

fn is_remote() -> bool {
    variable("SSH_CONNECTION").is_some()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
