//! How names are compared and found: one spelling for all the ways to write a name.
//!
//! The search and the look-alike check both go by what is here, so that whoever is told as "registered already" is also
//! found. Case and accents do not matter, nor do ae, oe, ue and aa for letters with dots, a stroke or a ring; other
//! scripts are written in Latin letters; and the parts of a compound name stand joined or apart, with whatever lies
//! between them.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::text::{fold, respell};

/// A name as it is compared with others: folded, respelled, and in Latin letters, so that a letter of another script
/// that looks the same is the same.
#[must_use]
pub fn comparable(name: &str) -> String {
    // Respelled last: what another script is spelled as has an ae or a ue of its own.
    respell(&latin(&fold(name)))
}

/// A comparable name without what lies between its parts: O'Neill, O Neill and Oneill are one.
#[must_use]
pub fn joined(comparable: &str) -> Cow<'_, str> {
    if comparable.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return comparable.into();
    }
    comparable.chars().filter(|c| c.is_alphanumeric()).collect::<String>().into()
}

/// Folded text in Latin letters.
fn latin(folded: &str) -> String {
    if folded.is_ascii() {
        return folded.to_owned();
    }
    let mut latin = String::with_capacity(folded.len());
    let (mut before, mut rest) = (None, folded.chars().peekable());
    while let Some(c) = rest.next() {
        let spelled = greek(before, c, rest.peek().copied()).unwrap_or_else(|| any_ascii::any_ascii_char(c));
        before = Some(c);
        // A letter that nobody has written in Latin ones stays: without it all such names would be the same.
        if spelled.is_empty() { latin.push(c) } else { latin.push_str(spelled) }
    }
    // Folded once more: Chinese syllables are spelled with a capital each.
    fold(&latin)
}

/// Greek letters that are written by what stands beside them, as Greek passports do (ELOT 743, ICAO Doc 9303).
const fn greek(before: Option<char>, c: char, behind: Option<char>) -> Option<&'static str> {
    let is_voiceless =
        !matches!(behind, Some('α'..='ω')) || matches!(behind, Some('θ' | 'κ' | 'ξ' | 'π' | 'ς'..='τ' | 'φ'..='ψ'));
    match (before, c, behind) {
        (Some('ο'), 'υ', _) => Some("u"),
        (Some('α' | 'ε' | 'η'), 'υ', _) => Some(if is_voiceless { "f" } else { "v" }),
        (_, 'γ', Some('γ' | 'ξ' | 'χ')) => Some("n"),
        _ => None,
    }
}

/// What stands between the parts of one name, where somebody else writes nothing or a space.
#[must_use]
pub const fn is_joint(c: char) -> bool {
    matches!(
        c,
        '-' | '.' | '\'' | '`' | '´' | '·' | '’' | '‘' | '‛' | '′'
            | '\u{2B9}'..='\u{2BF}' | '\u{2C8}' | '\u{2010}'..='\u{2015}' | '\u{2212}'
    )
}

/// The parts of a name as they are written, without what lies between them. Each Chinese character and each Korean
/// syllable is a part.
#[must_use]
pub fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_open = false;
    for c in name.nfc() {
        let is_mark = unicode_normalization::char::is_combining_mark(c);
        if is_joint(c) || !(c.is_alphanumeric() || is_mark) {
            is_open = false;
            continue;
        }
        let is_whole = is_syllable(c);
        match parts.last_mut() {
            // A mark goes with what stands before it, even behind a syllable that is whole: of
            // Indian scripts the vowels are marks.
            Some(part) if (is_open && !is_whole) || is_mark => part.push(c),
            _ => parts.push(c.into()),
        }
        is_open = !is_whole;
    }
    // A mark that stood alone is folded to nothing, and nothing is the beginning of every name.
    parts.retain(|part| fold(part).contains(char::is_alphanumeric));
    parts
}

/// Whether a character is a word of its own: Chinese characters and Korean syllables.
pub(crate) const fn is_syllable(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The ways in which a part of a name, or several joined, may be typed, the comparable one first: in other
/// scripts also as it is written, and with the Latin letters of its accented ones (Сергей is Sergej as well as
/// Sergei, राम has vowels).
#[must_use]
pub fn spellings(written: &str) -> Vec<String> {
    let folded = fold(written);
    if folded.is_ascii() {
        return vec![respell(&joined(&folded))];
    }
    // Before it is folded: й without its accent is и, and would be found as an i alone.
    let accented = fold(&any_ascii::any_ascii(&written.nfc().collect::<String>()));
    let mut spellings = vec![respell(&joined(&latin(&folded)))];
    for other in [respell(&joined(&accented)), joined(&folded).into_owned()] {
        if !spellings.contains(&other) {
            spellings.push(other);
        }
    }
    spellings.retain(|spelling| !spelling.is_empty());
    spellings
}

/// Each part of a name joined with those behind it: what is typed of a name begins one of them, however many of its
/// parts are typed as one.
#[must_use]
pub fn beginnings(name: &str) -> Vec<String> {
    let parts = parts(name);
    (0..parts.len()).filter_map(|first| parts.get(first..).map(<[String]>::concat)).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Müller", "muller")]
    #[case("Mueller", "muller")]
    #[case("Aagård", "agard")]
    #[case("Weiß", "weiss")]
    #[case("Иванов", "ivanov")]
    #[case("Παπαδόπουλος", "papadopoulos")]
    #[case("Σταύρος", "stavros")]
    #[case("Ευαγγελία", "evangelia")]
    #[case("Ευτυχία", "eftychia")]
    #[case("Ταυ", "taf")]
    #[case("陈伟", "chenwei")]
    fn a_name_is_compared_in_one_spelling(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(comparable(name), expected);
    }

    /// Egyptian hieroglyphs have no Latin spelling that anybody knows, nor have signs for private use.
    #[test]
    fn letters_that_nobody_spells_stay_apart() {
        assert_ne!(comparable("\u{1E900}\u{1E901}"), "");
        assert_ne!(comparable("\u{10480}"), comparable("\u{10481}"));
    }

    #[rstest]
    #[case("O'Brien-Müller", &["O", "Brien", "Müller"])]
    #[case("van der  Berg", &["van", "der", "Berg"])]
    #[case("St. John", &["St", "John"])]
    #[case("ʻOkina", &["Okina"])]
    #[case("陈伟", &["陈", "伟"])]
    #[case("김민수", &["김", "민", "수"])]
    #[case("राम", &["राम"])]
    #[case(" - ", &[])]
    fn names_fall_into_parts(#[case] name: &str, #[case] expected: &[&str]) {
        assert_eq!(parts(name), expected);
    }

    #[test]
    fn a_name_of_another_script_is_spelled_in_all_ways() {
        assert_eq!(spellings("Сергей"), ["sergei", "sergey", "сергеи"]);
        assert_eq!(spellings("Müller"), ["muller"]);
        assert_eq!(spellings("राम"), ["rm", "ram", "रम"]);
        assert_eq!(beginnings("van der Berg"), ["vanderBerg", "derBerg", "Berg"]);
        assert_eq!(spellings("annaErik"), ["annarik"]);
    }
}
