//! When a serial number is none.

use crate::domain::text::fold;

/// So many zeros behind letters are no number: a number such as `A100` may end in fewer.
const LEAST_ZEROS: usize = 4;

/// Words that stand where a serial number would.
pub(in super::super) const NO_NUMBER: [&str; 24] = [
    "blank",
    "default",
    "demo",
    "dummy",
    "empty",
    "invalid",
    "na",
    "nil",
    "no",
    "none",
    "not",
    "null",
    "number",
    "sample",
    "serial",
    "serialno",
    "serialnum",
    "serialnumber",
    "set",
    "sn",
    "test",
    "undefined",
    "unknown",
    "unset",
];

/// So many digits that only count up are those of a keyboard: `123` may be the number of an early meter.
const LEAST_COUNTED: usize = 4;

/// Whether a serial number is none: nothing but punctuation; zeros and F, as memory that was never written has them;
/// one digit or letter, alone or repeated; digits that count up from 0 or 1; words such as `No SerialNum`; or nothing
/// of these behind the number of the model or another prefix.
///
/// Such a meter owns nothing and stops nobody, whichever driver read it; the text is kept as the meter told it.
#[must_use]
pub fn is_placeholder(serial: &str, model_number: &str) -> bool {
    let folded = fold(serial);
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said: String = words.iter().copied().filter(|word| !NO_NUMBER.contains(word)).collect();
    let model: String = fold(model_number).chars().filter(|c| c.is_alphanumeric()).collect();
    // Behind the dash stood the number: it was not read, or there is none. What is left is the
    // model.
    let is_prefix_only = folded.trim_end().ends_with('-');
    // Meters such as the Contour put the number of the model before their own (`7390-1163170`):
    // only what is behind it tells one from another.
    let own = said.strip_prefix(model.as_str()).unwrap_or(&said);
    // Zeros behind the letter of a product line (`U00000000`) tell as little as zeros alone.
    let digits = own.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let is_zero = is_many_zeros(digits) || words.last().is_some_and(|last| words.len() > 1 && is_many_zeros(last));
    is_prefix_only || is_zero || is_made_of_words(&words.concat()) || tells_nothing(&said) || tells_nothing(own)
}

fn is_many_zeros(text: &str) -> bool {
    text.len() >= LEAST_ZEROS && text.bytes().all(|byte| byte == b'0')
}

/// Whether a text is nothing but words for no number, such as `noserial`.
fn is_made_of_words(text: &str) -> bool {
    text.is_empty() || NO_NUMBER.iter().any(|word| text.strip_prefix(word).is_some_and(is_made_of_words))
}

/// Whether a text is `1234` and so on, or `0123` and so on, round over the nine as often as it is long.
fn counts_up(text: &str) -> bool {
    let from =
        |first: usize| text.bytes().zip(b"0123456789".iter().cycle().skip(first)).all(|(byte, digit)| byte == *digit);
    text.len() >= LEAST_COUNTED && (from(0) || from(1))
}

/// Whether letters and digits are those of memory that was never written, or one of them repeated.
fn tells_nothing(text: &str) -> bool {
    // Otherwise the x of `0xFFFFFFFF` would make a serial number of erased memory.
    let text = text.strip_prefix("0x").unwrap_or(text);
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return true };
    let is_repeated = characters.all(|c| c == first);
    is_repeated || counts_up(text) || text.chars().all(|c| matches!(c, '0' | 'f'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::empty("", "", true)]
    #[case::spaces("   ", "", true)]
    #[case::punctuation("---/.", "", true)]
    #[case::zeros("000-000", "", true)]
    #[case::nearly_zeros("000-001", "", false)]
    #[case::erased("FFFFFFFFFFFFFFFF", "", true)]
    #[case::erased_in_part("00000000ffffffff", "", true)]
    #[case::hexadecimal("0xFFFFFFFF", "", true)]
    #[case::one_digit_repeated("9999999", "", true)]
    #[case::one_letter_repeated("XXXX-XXXX", "", true)]
    #[case::nearly_repeated("99999998", "", false)]
    #[case::words("No SerialNum", "", true)]
    #[case::zeros_and_words("00000000 (No SerialNum)", "", true)]
    #[case::a_word("UNKNOWN", "", true)]
    #[case::words_without_a_gap("NOSERIAL", "", true)]
    #[case::zeros_behind_a_prefix("7390-0000000", "", true)]
    #[case::a_number_behind_a_prefix_of_zeros("0000-1163170", "", false)]
    #[case::a_word_and_a_number("NO1163170", "", false)]
    #[case::not_available("n/a", "", true)]
    #[case::one_digit("1", "", true)]
    #[case::one_letter("A", "", true)]
    #[case::one_digit_in_zeros("00000001", "", false)]
    #[case::two_digits("17", "", false)]
    #[case::counted("1234567890", "", true)]
    #[case::counted_from_zero("0123-4567", "", true)]
    #[case::nearly_counted("12345679", "", false)]
    #[case::counted_behind_the_model("92512345678", "925", true)]
    #[case::a_test("TEST", "", true)]
    #[case::a_number_behind_a_word("S/N 1163170", "", false)]
    #[case::only_the_model("7390-", "7390", true)]
    #[case::only_a_prefix("7390-", "", true)]
    #[case::zeros_behind_the_model("7390-0000000", "7390", true)]
    #[case::nothing_behind_the_model("7390", "7390", true)]
    #[case::contour("7390-1163170", "7390", false)]
    #[case::guide("92500000042", "925", false)]
    #[case::ultra2("GMF600DCY", "", false)]
    #[case::freestyle("CBMV123-A4567", "", false)]
    #[case::taidoc("4279115010000123", "4279", false)]
    fn a_placeholder_is_known_by_rule(#[case] serial: &str, #[case] model_number: &str, #[case] is: bool) {
        assert_eq!(is_placeholder(serial, model_number), is);
    }

    proptest! {
        #[test]
        fn what_has_nothing_but_one_character_is_a_placeholder(
            c in "[0-9A-Za-z]",
            count in 2_usize..20,
            dash in 0_usize..20,
        ) {
            let mut serial = c.repeat(count);
            serial.insert(dash.min(count), '-');
            prop_assert!(is_placeholder(&serial, ""));
        }

        #[test]
        fn a_number_with_different_digits_is_none(serial in "[2-9][0-9]{3,12}") {
            let is_repeated = serial.chars().all(|c| serial.starts_with(c));
            prop_assert_eq!(is_placeholder(&serial, ""), is_repeated);
        }

        #[test]
        fn no_text_makes_it_panic(serial in ".{0,40}", model in ".{0,10}") {
            let _ = is_placeholder(&serial, &model);
        }
    }
}
