//! What each role looks like: colour, attributes, and the sign that says the same without either.
//!
//! The looks are in `assets/themes`. Only colours that can be read on a light and on a dark background can be named
//! there at all. The terminal is asked nothing: its abilities come from the environment and the flags.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use super::glyphs::{GlyphSet, Glyphs};
use super::scene::TextRole;

/// The two themes.
const COLOUR16: &str = include_str!("../../assets/themes/colour16.toml");
const MONO: &str = include_str!("../../assets/themes/mono.toml");

/// What is known of the terminal from outside: flags and environment variables, as they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `--colour`, if given.
    pub colour: Option<Colours>,
    /// `--glyphs`, if given.
    pub glyphs: Option<GlyphSet>,
    /// `NO_COLOR`.
    pub no_color: Option<String>,
    /// `TERM`.
    pub term: Option<String>,
    /// `LC_ALL`.
    pub lc_all: Option<String>,
    /// `LC_CTYPE`.
    pub lc_ctype: Option<String>,
    /// `LANG`.
    pub lang: Option<String>,
}

/// Which theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// The terminal's own 16 colours.
    Sixteen,
    /// No colour: attributes and signs.
    Mono,
}

/// How a theme's file can be wrong.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the theme: {0}")]
pub struct ThemeError(#[from] toml::de::Error);

/// The looks of all roles, and the characters to draw with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    looks: Looks,
    glyphs: Glyphs,
}

/// How one role looks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    colour: Option<Colour>,
    attributes: Vec<TextAttribute>,
    sign: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Looks {
    text: Look,
    dim: Look,
    heading: Look,
    accent: Look,
    selected: Look,
    focus: Look,
    ok: Look,
    warning: Look,
    problem: Look,
    very_low: Look,
    low: Look,
    high: Look,
    very_high: Look,
    disabled: Look,
    frame: Look,
    /// Whether there are colours to draw a picture in.
    #[serde(default)]
    pictures: bool,
}

/// The colours that are readable on light and on dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
    Blue,
    Magenta,
    Cyan,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TextAttribute {
    Bold,
    Dim,
    Underline,
    Reverse,
}

impl Theme {
    /// The theme and the glyphs that suit this terminal. Pure.
    ///
    /// A flag wins. Without one, `NO_COLOR` (not empty) and a `TERM` that does not speak of colours give mono, and a
    /// locale without UTF-8 or the Linux console, whose font has few characters, gives ASCII.
    #[must_use]
    pub fn choose(environment: &Environment) -> Self {
        let colours =
            environment.colour.unwrap_or(if environment.has_colours() { Colours::Sixteen } else { Colours::Mono });
        let glyphs =
            environment.glyphs.unwrap_or(if environment.has_unicode() { GlyphSet::Unicode } else { GlyphSet::Ascii });
        Self::new(colours, glyphs)
    }

    /// A built-in theme with these glyphs.
    #[must_use]
    pub fn new(colours: Colours, glyphs: GlyphSet) -> Self {
        let text = match colours {
            Colours::Sixteen => COLOUR16,
            Colours::Mono => MONO,
        };
        // The built-in themes are read by a test; a plain screen is better than none.
        Self::parse(text, glyphs).unwrap_or_else(|_| Self { looks: Looks::default(), glyphs: Glyphs::new(glyphs) })
    }

    /// Reads a theme's file.
    ///
    /// # Errors
    /// If a role is missing or unknown, or has a colour or an attribute that is not offered.
    pub fn parse(text: &str, glyphs: GlyphSet) -> Result<Self, ThemeError> {
        Ok(Self { looks: toml::from_str(text)?, glyphs: Glyphs::new(glyphs) })
    }

    /// How a role looks.
    #[must_use]
    pub const fn look(&self, role: TextRole) -> &Look {
        match role {
            TextRole::Text => &self.looks.text,
            TextRole::Dim => &self.looks.dim,
            TextRole::Heading => &self.looks.heading,
            TextRole::Accent => &self.looks.accent,
            TextRole::Selected => &self.looks.selected,
            TextRole::Focus => &self.looks.focus,
            TextRole::Ok => &self.looks.ok,
            TextRole::Warning => &self.looks.warning,
            TextRole::Problem => &self.looks.problem,
            TextRole::VeryLow => &self.looks.very_low,
            TextRole::Low => &self.looks.low,
            TextRole::High => &self.looks.high,
            TextRole::VeryHigh => &self.looks.very_high,
            TextRole::Disabled => &self.looks.disabled,
            TextRole::Frame => &self.looks.frame,
        }
    }

    /// Colour and attributes of a role.
    #[must_use]
    pub fn style(&self, role: TextRole) -> Style {
        self.look(role).style()
    }

    /// The sign of a role, empty if it has none.
    #[must_use]
    pub fn sign(&self, role: TextRole) -> &str {
        self.look(role).sign()
    }

    /// How a picture is drawn, and with which halves of a cell; nothing where it cannot be. Black on white is named
    /// and not left to the terminal: a camera wants dark on light, and half of all terminals are light on dark.
    #[must_use]
    pub fn picture(&self) -> Option<(Style, [&'static str; 4])> {
        let halves = self.glyphs.halves.filter(|_| self.looks.pictures)?;
        Some((Style::new().fg(Color::Black).bg(Color::White), halves))
    }

    /// The characters to draw with.
    #[must_use]
    pub const fn glyphs(&self) -> &Glyphs {
        &self.glyphs
    }
}

impl Look {
    /// Colour and attributes.
    #[must_use]
    pub fn style(&self) -> Style {
        let style = self.attributes.iter().fold(Style::new(), |style, attribute| {
            style.add_modifier(match attribute {
                TextAttribute::Bold => Modifier::BOLD,
                TextAttribute::Dim => Modifier::DIM,
                TextAttribute::Underline => Modifier::UNDERLINED,
                TextAttribute::Reverse => Modifier::REVERSED,
            })
        });
        match self.colour {
            None => style,
            Some(Colour::Red) => style.fg(Color::Red),
            Some(Colour::Green) => style.fg(Color::Green),
            Some(Colour::Blue) => style.fg(Color::Blue),
            Some(Colour::Magenta) => style.fg(Color::Magenta),
            Some(Colour::Cyan) => style.fg(Color::Cyan),
        }
    }

    /// The sign, empty if there is none.
    #[must_use]
    pub fn sign(&self) -> &str {
        &self.sign
    }
}

impl Environment {
    fn has_colours(&self) -> bool {
        // Colours are written as `38;5;n`, which a terminal that speaks of neither 256 nor colours takes for blink.
        const SPEAKS_OF_COLOURS: [&str; 8] =
            ["color", "256", "direct", "kitty", "alacritty", "foot", "ghostty", "wezterm"];
        let refused = self.no_color.as_ref().is_some_and(|value| !value.is_empty());
        let term = self.term.as_deref().unwrap_or_default();
        !refused && SPEAKS_OF_COLOURS.iter().any(|word| term.contains(word))
    }

    fn has_unicode(&self) -> bool {
        // POSIX, Base Definitions 8.2: the first of these that is set and not empty decides.
        let locale = [&self.lc_all, &self.lc_ctype, &self.lang].into_iter().flatten().find(|value| !value.is_empty());
        let utf8 = locale.is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        });
        utf8 && self.term.as_deref() != Some("linux")
    }
}
