//! The numbers under which a record is kept: not those of a place, which the next person has tomorrow, and not what
//! stands where nobody has a number.

use super::super::meter::NO_NUMBER;
use super::super::text::{Clean, fold};
use super::{FieldFault, LONGEST_MRN, whole};

/// Words that stand beside the number of a room, a bed, a place in a queue (clinic-safety ID-09), folded; of the three
/// that are named there the letter, too.
pub(super) const PLACES: [&str; 22] = [
    "room", "rm", "r", "bed", "bd", "b", "queue", "q", "bay", "ward", "ticket", "seat", "chair", "desk", "place",
    "cubicle", "booth", "floor", "station", "zimmer", "bett", "platz",
];

/// Words that people type or copy before the number of a record.
const LABELS: [&str; 2] = ["mrn", "id"];

/// What may stand between such a word and its number.
const NUMBER_WORDS: [&str; 4] = ["number", "no", "nr", "num"];

/// A number beside such a word is one of a place if it has so many digits at most; a longer one is a record's.
const MOST_DIGITS_OF_A_PLACE: usize = 4;

/// The same for a number with nothing but the letter of a bed behind it, such as `12a`.
const MOST_DIGITS_OF_A_BED: usize = 3;

/// The number of the clinic.
///
/// # Errors
/// [`FieldFault::PlaceNumber`], [`FieldFault::NobodysNumber`], [`FieldFault::NotANumber`], [`FieldFault::Unprintable`].
pub fn mrn(raw: &str) -> Result<Clean, FieldFault> {
    let mrn = whole(raw, usize::MAX)?;
    // Before the look at its characters: of `Room 12` it is not the blank that is wrong, and
    // whoever is told so types `Room12`.
    if is_of_a_place(mrn.as_str()) {
        return Err(FieldFault::PlaceNumber);
    }
    let is_sound = (1..=LONGEST_MRN).contains(&mrn.as_str().chars().count())
        && mrn.as_str().chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && mrn.as_str().chars().any(|c| c.is_ascii_alphanumeric());
    if !is_sound {
        return Err(FieldFault::NotANumber);
    }
    if is_no_number(mrn.as_str()) { Err(FieldFault::NobodysNumber) } else { Ok(mrn) }
}

/// What stands behind a leading word for the number of a record: `M7000123` of `MRN M7000123` and of `id: M7000123`.
/// Nothing if no such word leads, or nothing with a digit stands behind it.
#[must_use]
pub fn behind_label(text: &str) -> Option<&str> {
    let text = text.trim();
    let word = text.split(|c: char| !c.is_alphanumeric()).next().filter(|word| is_label(word))?;
    let behind = text.strip_prefix(word)?;
    let number = behind.trim_start_matches(|c: char| c.is_whitespace() || is_after_label(c));
    // Only a blank or a sign behind a label parts the two: `MRN-7000` may be a number that begins
    // so.
    (number.len() < behind.len() && number.contains(|c: char| c.is_ascii_digit())).then_some(number)
}

/// Whether a word says that the number of a record follows: `MRN`, `id:`.
#[must_use]
pub fn is_label(word: &str) -> bool {
    let word = word.trim_end_matches(is_after_label);
    LABELS.iter().any(|label| word.eq_ignore_ascii_case(label))
}

const fn is_after_label(c: char) -> bool {
    matches!(c, ':' | '.' | '#')
}

/// Whether a folded word is one for a place.
pub(super) fn is_place(word: &str) -> bool {
    PLACES.contains(&word)
}

/// Zeros, or a word such as `none` and `unknown`: whoever is registered without a number would get it.
pub(super) fn is_no_number(value: &str) -> bool {
    let bare = bare(value);
    !bare.is_empty() && (bare.bytes().all(|byte| byte == b'0') || NO_NUMBER.contains(&bare.as_str()))
}

/// `Room 12`, `BED-3`, `Q7`, `R 12a`, `Bed No. 3`, `12 Room`, `3B`: a word for a place beside a number that is short or
/// missing; or a short number with the letter of a bed.
pub(super) fn is_of_a_place(value: &str) -> bool {
    let bare = bare(value);
    let before = PLACES.iter().filter_map(|word| bare.strip_prefix(word)).any(|rest| {
        let rest = NUMBER_WORDS.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
        // No digit at all is short too: `Ward B` is a place as much as `Ward 3`.
        is_short(rest.strip_suffix(is_letter_of_a_bed).unwrap_or(rest), MOST_DIGITS_OF_A_PLACE)
    });
    let behind = PLACES
        .iter()
        .filter_map(|word| bare.strip_suffix(word))
        .any(|rest| is_short(rest.strip_suffix(is_letter_of_a_bed).unwrap_or(rest), MOST_DIGITS_OF_A_PLACE));
    let bed = bare.strip_suffix(is_letter_of_a_bed);
    before || behind || bed.is_some_and(|digits| !digits.is_empty() && is_short(digits, MOST_DIGITS_OF_A_BED))
}

const fn is_letter_of_a_bed(c: char) -> bool {
    matches!(c, 'a'..='d')
}

fn is_short(digits: &str, most: usize) -> bool {
    digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Letters and digits, folded.
fn bare(value: &str) -> String {
    fold(value).chars().filter(|c| c.is_alphanumeric()).collect()
}
