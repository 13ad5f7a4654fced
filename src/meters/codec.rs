//! Pure encoders and decoders of meters' messages. Bad bytes are an error, never a panic. Knows no link and no order of
//! messages.

use jiff::civil::DateTime;

use crate::domain::reading::Doubt;

pub mod agm_4000;
pub mod astm;
pub mod contour_report;
pub mod cp2110;
pub mod freestyle_hid;
pub mod freestyle_serial;
pub mod glucocard_expression;
pub mod glucomen_areo;
pub mod ieee11073;
pub mod isens;
pub mod lifescan_ascii;
pub mod lifescan_frame;
pub mod phdc;
pub mod relion_prime;
pub mod reports;
pub mod sd_codefree;
pub mod taidoc;
pub mod true_metrix;

/// Hexadecimal digits as a number: at least one, and no more than the number has room for, so that no sign, blank or
/// lost digit is taken for a value.
pub(super) fn hexadecimal<N: TryFrom<u32>>(digits: &[u8]) -> Option<N> {
    // `from_str_radix` takes a leading plus sign for part of a number, so the digits are looked at
    // first.
    let is_number = (1..=2 * size_of::<N>()).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit);
    let text = str::from_utf8(digits).ok().filter(|_| is_number)?;
    N::try_from(u32::from_str_radix(text, 16).ok()?).ok()
}

/// The same where a meter has upper-case letters only: another letter is a damaged byte. One changed bit (0x20) makes a
/// small letter of a capital one, and would leave the number as it was.
fn upper_hexadecimal<N: TryFrom<u32>>(digits: &[u8]) -> Option<N> {
    if digits.iter().any(u8::is_ascii_lowercase) { None } else { hexadecimal(digits) }
}

/// The doubt of a record whose stamp no calendar has.
fn time_doubt(time: Option<DateTime>) -> Vec<Doubt> {
    if time.is_none() { vec![Doubt::TimeUncertain] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_are_a_number_and_nothing_else_is() {
        assert_eq!(hexadecimal(b"0A"), Some(0x0A_u8));
        assert_eq!(hexadecimal(b"fF"), Some(0xFF_u16));
        assert_eq!(hexadecimal(b"FFFFFFFF"), Some(u32::MAX));
        assert_eq!(upper_hexadecimal(b"BEEF"), Some(0xBEEF_u16));
        for wrong in [&b""[..], b"+1", b" 1", b"0x1", b"1G", b"\xff1", b"00001"] {
            assert_eq!(hexadecimal::<u16>(wrong), None, "{wrong:?}");
        }
        assert_eq!(hexadecimal::<u8>(b"100"), None, "it has no room for it");
        assert_eq!(upper_hexadecimal::<u16>(b"beef"), None);
    }
}
