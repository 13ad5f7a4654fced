//! The characters that lines, gauges and marks are drawn with: Unicode, or ASCII for terminals without.

/// Which characters lines and gauges are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlyphSet {
    /// Box drawing and blocks.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// The characters to draw with. Each is one cell wide, except the ellipsis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// A level line.
    pub horizontal: &'static str,
    /// An upright line.
    pub vertical: &'static str,
    /// The corners of a box: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// The part of a bar that is reached.
    pub full: &'static str,
    /// The part of a bar that is still to come.
    pub empty: &'static str,
    /// Stands for a hidden character.
    pub bullet: &'static str,
    /// Stands for what was left out.
    pub ellipsis: &'static str,
    /// There is more above.
    pub up: &'static str,
    /// There is more below.
    pub down: &'static str,
    /// A step behind us.
    pub done: &'static str,
    /// The step where we are.
    pub here: &'static str,
    /// A step to come.
    pub ahead: &'static str,
    /// What a bar of five ranges is made of, from very low to very high: without colour each is told by its own.
    pub shades: [&'static str; 5],
    /// The band about a curve.
    pub band: &'static str,
    /// Bars in a cell, from one eighth of it to all.
    pub bars: [&'static str; 8],
    /// Whether there are Braille patterns, eight dots in a cell.
    pub has_dots: bool,
    /// Two points of a picture in one cell: neither, the upper, the lower, both; none where they cannot be drawn.
    pub halves: Option<[&'static str; 4]>,
}

impl Glyphs {
    /// The characters of a set.
    #[must_use]
    pub const fn new(set: GlyphSet) -> Self {
        match set {
            GlyphSet::Unicode => Self {
                horizontal: "─",
                vertical: "│",
                corners: ["┌", "┐", "└", "┘"],
                full: "█",
                empty: "░",
                bullet: "•",
                ellipsis: "…",
                up: "↑",
                down: "↓",
                done: "✓",
                here: "●",
                ahead: "·",
                shades: ["▚", "▒", "█", "░", "▓"],
                band: "▒",
                bars: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
                has_dots: true,
                halves: Some([" ", "▀", "▄", "█"]),
            },
            GlyphSet::Ascii => Self {
                horizontal: "-",
                vertical: "|",
                corners: ["+", "+", "+", "+"],
                full: "#",
                empty: ".",
                bullet: "*",
                ellipsis: "...",
                up: "^",
                down: "v",
                done: "+",
                here: "@",
                ahead: "-",
                shades: ["!", "-", "#", "+", "*"],
                band: "+",
                bars: ["_", "_", ".", ".", "-", "-", "'", "'"],
                has_dots: false,
                halves: None,
            },
        }
    }
}
