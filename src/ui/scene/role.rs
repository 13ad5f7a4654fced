//! What a text is, for whoever draws it or reads it out.

use serde::Serialize;

use crate::domain::statistics::Range;

/// What a piece of text is for; a theme gives each role its look and its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TextRole {
    /// Plain text.
    Text,
    /// Less important text.
    Dim,
    /// The heading of the screen or a block.
    Heading,
    /// Something that stands out.
    Accent,
    /// The chosen row of a list.
    Selected,
    /// The focused control.
    Focus,
    /// Good.
    Ok,
    /// Look twice.
    Warning,
    /// Wrong.
    Problem,
    /// A glucose below 54 mg/dL.
    VeryLow,
    /// One of 54 to 69 mg/dL.
    Low,
    /// One of 181 to 250 mg/dL.
    High,
    /// One above 250 mg/dL.
    VeryHigh,
    /// Cannot act now.
    Disabled,
    /// Lines and borders.
    Frame,
}

impl TextRole {
    /// That of a glucose in this range; one in the target is good, or plain where it needs no praise.
    #[must_use]
    pub const fn of_range(range: Range, in_target: Self) -> Self {
        match range {
            Range::VeryLow => Self::VeryLow,
            Range::Low => Self::Low,
            Range::Target => in_target,
            Range::High => Self::High,
            Range::VeryHigh => Self::VeryHigh,
        }
    }
}
