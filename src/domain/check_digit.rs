//! Check digits of numbers that are scanned or typed.

/// Whether ten digits are an NHS number of the United Kingdom: modulus 11, with the weights 10 to 2 (NHS Data Model and
/// Dictionary, NHS NUMBER). A remainder for which there is no digit is never given out.
#[must_use]
pub fn is_nhs_number(digits: &str) -> bool {
    let Some(digits) = all_digits(digits).filter(|digits| digits.len() == 10) else { return false };
    let sum: u32 = digits.iter().zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    // With its own weight of 1 the check digit makes the sum a multiple of 11.
    sum.is_multiple_of(11)
}

/// Whether the last of these digits is right by modulus 10 with the weights 3 and 1 from the right (GS1 General
/// Specifications, 7.9.1): GTIN, SSCC and GSRN end so.
#[must_use]
pub fn has_gs1_check_digit(digits: &str) -> bool {
    let Some(digits) = all_digits(digits).filter(|digits| digits.len() > 1) else { return false };
    let sum: u32 = digits.iter().rev().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10)
}

/// The digits; nothing where anything else stands.
fn all_digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|character| character.to_digit(10)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 943 476 5919 is the example of the dictionary: 9*10+4*9+3*8+4*7+7*6+6*5+5*4+9*3+1*2 = 299, and 299 + 9 = 28*11.
    #[test]
    fn an_nhs_number_ends_with_its_check_digit() {
        assert!(is_nhs_number("9434765919"));
        for wrong in ["9434765918", "9434756919", "943476591", "94347659190", "943 476 5919", "943476591x", ""] {
            assert!(!is_nhs_number(wrong), "{wrong}");
        }
    }

    /// 6291041500213 is the example of GS1's page on check digits.
    #[test]
    fn a_number_of_gs1_ends_with_its_check_digit() {
        assert!(has_gs1_check_digit("6291041500213"));
        assert!(!has_gs1_check_digit("6291041500214"));
        // By hand: 0*3+... of 0 0000 0000 0017 is 7*1 + 1*3 = 10.
        assert!(has_gs1_check_digit("00000000000017"));
        for wrong in ["", "0", "62910415002x3"] {
            assert!(!has_gs1_check_digit(wrong), "{wrong}");
        }
    }

    proptest! {
        /// One digit read wrong is always found: no weight shares a divisor with the modulus.
        #[test]
        fn one_wrong_digit_is_found(
            digits in proptest::collection::vec(0_u32..10, 9..=9),
            place in 0_usize..9,
            by in 1_u32..10,
        ) {
            let written = |digits: &[u32]| digits.iter().map(u32::to_string).collect::<String>();
            let mut wrong = digits.clone();
            wrong[place] = (wrong[place] + by) % 10;
            for last in 0..10 {
                let [right, wrong] = [&digits, &wrong].map(|digits| format!("{}{last}", written(digits)));
                prop_assert!(!(is_nhs_number(&right) && is_nhs_number(&wrong)));
                prop_assert!(!(has_gs1_check_digit(&right) && has_gs1_check_digit(&wrong)));
            }
        }
    }
}
