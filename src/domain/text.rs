//! Foreign text made harmless at the boundary, and private values that no log can print.
//!
//! Names, serials and labels come from meters, servers, files and keyboards. A control character in one of them
//! could move the cursor, hide a name or reverse its letters, so only [`Clean`] text is stored, drawn or logged.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The longest text kept of a person's name or a meter's label, in terminal cells.
pub const NAME_CELLS: usize = 80;

/// Text without control, escape or bidi characters, in Unicode normal form C, of bounded width.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Clean(String);

impl Clean {
    /// Makes `raw` harmless: control, bidi and tag characters become U+FFFD, white space becomes single spaces,
    /// a combining mark without a base gets a dotted circle, and the text is cut at `max_cells` terminal cells.
    #[must_use]
    pub fn new(raw: &str, max_cells: usize) -> Self {
        // By far most text is: it is taken as it stands, and a short command starts the sooner.
        if raw.len() <= max_cells && is_plain(raw) { Self(raw.to_owned()) } else { Self::of_any(raw, max_cells) }
    }

    /// [`Clean::new`] of all of it; nothing if it does not fit: the beginning of a number is another number.
    #[must_use]
    pub fn whole(raw: &str, max_cells: usize) -> Option<Self> {
        let whole = Self::new(raw, usize::MAX);
        (whole.cells() <= max_cells).then_some(whole)
    }

    /// [`Clean::new`], with an ellipsis where the rest does not fit: nobody shall take the beginning of a name for all
    /// of it.
    #[must_use]
    pub fn with_ellipsis(raw: &str, max_cells: usize) -> Self {
        Self::whole(raw, max_cells).unwrap_or_else(|| {
            let beginning = Self::new(raw, max_cells.saturating_sub(1));
            Self::new(&format!("{}\u{2026}", beginning.0), max_cells)
        })
    }

    /// [`Clean::new`] for any text.
    fn of_any(raw: &str, max_cells: usize) -> Self {
        // White space first: a line break is a control character too, and between two words it has
        // to become a space and not a sign.
        let spaced: String = raw.split_whitespace().collect::<Vec<_>>().join(" ");
        let harmless: String = harmless(&spaced).nfc().collect();
        let mut cells = 0;
        let mut text = String::with_capacity(harmless.len());
        for cluster in harmless.graphemes(true) {
            let lone_mark = cluster.width() == 0;
            let width = if lone_mark { 1 } else { cluster.width() };
            if cells + width > max_cells {
                break;
            }
            cells += width;
            // A mark that opens the text, or stands alone after a space, would sit on a frame or a label. What else has
            // no width is not shown at all; it could not be held by the circle. Nor can a mark that some tables of
            // characters know and others do not, so that it does not join the circle.
            if lone_mark {
                let held = format!("\u{25CC}{cluster}");
                let is_held = cluster.chars().all(is_combining) && held.graphemes(true).count() == 1;
                text.push_str(if is_held { &held } else { "\u{25CC}" });
                continue;
            }
            text.push_str(cluster);
        }
        Self(text.trim_end().nfc().collect())
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left of the text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Width on a terminal, in cells.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.0.width()
    }
}

impl From<String> for Clean {
    fn from(raw: String) -> Self {
        Self::new(&raw, 1000)
    }
}

impl From<&str> for Clean {
    fn from(raw: &str) -> Self {
        Self::new(raw, 1000)
    }
}

impl From<Clean> for String {
    fn from(text: Clean) -> Self {
        text.0
    }
}

impl fmt::Display for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Clean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// A value that `Debug` does not show: names, birth dates, serials, passwords.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Marks a value as private.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the screen or the store. Never for a log.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

/// The text as it stood, with U+FFFD for every control, bidi and tag character: for fields that are kept as a meter or
/// a file wrote them, white space and all.
#[must_use]
pub fn harmless(raw: &str) -> String {
    raw.chars().map(|c| if is_harmful(c) { '\u{FFFD}' } else { c }).collect()
}

/// The text without what an editor or a shell puts before it to say that it is UTF-8.
#[must_use]
pub fn without_byte_order_mark(text: &str) -> &str {
    text.strip_prefix('\u{FEFF}').unwrap_or(text)
}

/// How many characters an error repeats of a foreign value, at most: so much fits into a line.
const REPEATED: usize = 60;

/// A foreign value as an error repeats it: in quotes, and of a long one only the beginning.
#[must_use]
pub fn quoted(value: &str) -> String {
    let beginning = beginning(value, REPEATED);
    if beginning.len() == value.len() { format!("{value:?}") } else { format!("{beginning:?}...") }
}

/// What a library says of a foreign value, in which it may repeat all of it.
#[must_use]
pub fn shortened(said: &str) -> String {
    let beginning = beginning(said, 4 * REPEATED);
    if beginning.len() == said.len() { said.to_owned() } else { format!("{beginning}...") }
}

fn beginning(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

/// Lower case without diacritics: the form in which names are compared and searched.
///
/// "Müller", "MULLER" and "muller" fold to the same text. Letters that do not decompose (ß, ø, ł, æ) are spelled out
/// the way they are looked up.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Compatibility forms are taken apart too: full-width letters, which keyboards for Chinese and
    // Japanese make, are the same letters.
    for c in text.nfkd().filter(|c| !is_combining(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

/// Folded text with nothing but its letters and digits: names and identifiers that are written with or without spaces
/// and hyphens become one.
#[must_use]
pub fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Folded text with the German and Nordic ways of writing a vowel with dots, a ring or a stroke made one: "müller"
/// folds to "muller", and "mueller" is respelled to it, as "aagaard" and "ågård" are. Two names that are respelled
/// alike may be one name on two documents, one of which was written by a machine without such letters (ICAO Doc 9303,
/// part 3, section 6: AE for Ä and Æ, OE for Ö and Ø, UE for Ü, AA for Å).
#[must_use]
pub fn respell(folded: &str) -> String {
    folded.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a")
}

/// C0, DEL, C1, line and paragraph separators, bidi marks, overrides and isolates, invisible operators, tags, blanks
/// that are no spaces, and the interlinear, object and musical format marks: nothing of it belongs in a name or a
/// serial number.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFC}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether no keyboard has this character: whoever is given a text with it cannot type it again. Joiners and the signs
/// that choose the form of a picture are on some.
pub(super) fn is_untypable(c: char) -> bool {
    c == '\u{FFFD}' || (is_harmful(c) && !matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}'))
}

/// Whether a text is printable ASCII with single spaces between its words: clean as it stands, a cell a byte.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.contains("  ")
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A mark with nothing to stand on gets a circle; a letter without width, such as a lone Hangul vowel, has no shape
    /// that the circle could hold.
    #[test]
    fn what_has_no_width_is_held_by_a_circle_or_left_out() {
        assert_eq!(Clean::new("\u{301}b", 80).as_str(), "\u{25CC}\u{301}b");
        assert_eq!(Clean::new("a\u{D7C1}", 80).as_str(), "a\u{25CC}");
        assert_eq!(Clean::new("\u{5C9}1.9", 80).as_str(), "\u{25CC}1.9");
    }

    /// Every character there is, alone and between others.
    #[test]
    fn no_character_is_cleaned_otherwise_the_second_time() {
        for c in char::MIN..=char::MAX {
            for raw in [c.to_string(), format!("1 {c}1")] {
                let clean = Clean::new(&raw, 80);
                assert_eq!(Clean::new(clean.as_str(), clean.cells().max(1)), clean, "{raw:?}");
            }
        }
    }

    #[test]
    fn what_is_too_long_is_marked_or_left_out() {
        assert_eq!(Clean::with_ellipsis("Wolfeschlegel", 13).as_str(), "Wolfeschlegel");
        assert_eq!(Clean::with_ellipsis("Wolfeschlegels", 13).as_str(), "Wolfeschlege\u{2026}");
        assert_eq!(Clean::with_ellipsis("王王王", 5).as_str(), "王王\u{2026}");
        assert_eq!(Clean::whole("  4711 ", 4).unwrap().as_str(), "4711");
        assert_eq!(Clean::whole("47110", 4), None);
    }

    #[test]
    fn of_a_long_value_an_error_repeats_the_beginning() {
        assert_eq!(quoted("mg\u{1b}/l"), r#""mg\u{1b}/l""#);
        assert_eq!(quoted(&"ü".repeat(60)), format!("\"{}\"", "ü".repeat(60)));
        assert_eq!(quoted(&"ü".repeat(61)), format!("\"{}\"...", "ü".repeat(60)));
        assert_eq!(shortened(&"x".repeat(240)), "x".repeat(240));
        assert_eq!(shortened(&"x".repeat(30_000)), format!("{}...", "x".repeat(240)));
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(raw in "\\PC{0,20}|.{0,20}", cells in 1_usize..30) {
            let clean = Clean::new(&raw, cells);
            prop_assert!(clean.cells() <= cells);
            prop_assert!(!clean.as_str().contains(is_harmful));
            prop_assert_eq!(&Clean::new(clean.as_str(), cells), &clean);
        }

        /// The fast way is no other way.
        #[test]
        fn plain_text_is_cleaned_like_any_other(raw in "[ -~]{0,30}|[a-c ]{0,10}", cells in 1_usize..30) {
            prop_assert_eq!(Clean::new(&raw, cells), Clean::of_any(&raw, cells));
        }
    }
}
