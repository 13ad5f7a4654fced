//! SFLOAT: a decimal number in two bytes, a mantissa of twelve bits and an exponent of four (11073-20601 annex F.7).

use std::fmt;

use crate::domain::glucose::{Concentration, Unit};

/// The two bytes as sent: bits 15 to 12 signed exponent of ten, bits 11 to 0 signed mantissa.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sfloat(pub u16);

/// What an SFLOAT says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SfloatValue {
    /// `mantissa` times ten to the power of `exponent`.
    Finite {
        /// From -2045 to 2045.
        mantissa: i16,
        /// From -8 to 7.
        exponent: i8,
    },
    /// Above the range; a meter shows HI. Accu-Chek meters send the special value and no number: thresholds are not
    /// transmitted.
    PositiveInfinity,
    /// Below the range; a meter shows LO.
    NegativeInfinity,
    /// Not a number.
    NotANumber,
    /// Not at this resolution.
    NotAtThisResolution,
    /// Reserved for future use.
    Reserved,
}

impl Sfloat {
    /// Above the range.
    pub const HIGH: Self = Self(0x07FE);
    /// Below the range.
    pub const LOW: Self = Self(0x0802);

    /// A number, if it fits: mantissa from -2045 to 2045, exponent from -8 to 7.
    #[must_use]
    pub fn finite(mantissa: i16, exponent: i8) -> Option<Self> {
        if !(-2045..=2045).contains(&mantissa) || !(-8..=7).contains(&exponent) {
            return None;
        }
        let exponent_bits = u16::from(exponent.cast_unsigned() & 0x0F) << 12;
        Some(Self(exponent_bits | (mantissa.cast_unsigned() & 0x0FFF)))
    }

    /// What it says. The special values are those with exponent zero; with another exponent the same mantissas are
    /// beyond the range of numbers and count as reserved.
    #[must_use]
    pub const fn decode(self) -> SfloatValue {
        // Shifted up and back as a signed number, so that the sign of the twelve bits is kept.
        let mantissa = (self.0 << 4).cast_signed() >> 4;
        let exponent = self.0.cast_signed() >> 12;
        match (self.0, mantissa) {
            (0x07FE, _) => SfloatValue::PositiveInfinity,
            (0x0802, _) => SfloatValue::NegativeInfinity,
            (0x07FF, _) => SfloatValue::NotANumber,
            (0x0800, _) => SfloatValue::NotAtThisResolution,
            (0x0801, _) | (_, 2046.. | ..=-2046) => SfloatValue::Reserved,
            _ => SfloatValue::Finite { mantissa, exponent: exponent as i8 },
        }
    }
}

impl fmt::Display for Sfloat {
    /// The two bytes in hexadecimal, as for a raw field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl SfloatValue {
    /// The number as a concentration, digit for digit: 57 with exponent -1 is 5.7, 6 with exponent 1 is 60. `None` for
    /// what is no number, is negative, or does not fit into the digits of a concentration.
    #[must_use]
    pub fn concentration(self, unit: Unit) -> Option<Concentration> {
        let Self::Finite { mantissa, exponent } = self else { return None };
        let mut digits = u32::try_from(mantissa).ok()?;
        if let Ok(zeros) = u32::try_from(exponent) {
            digits = digits.checked_mul(10_u32.checked_pow(zeros)?)?;
            return Some(Concentration::new(digits, 0, unit));
        }
        let mut decimals = exponent.unsigned_abs();
        // A concentration has six decimals at most; more are exact only if the last digits are zeros.
        while decimals > 6 && digits.is_multiple_of(10) {
            digits /= 10;
            decimals -= 1;
        }
        (decimals <= 6).then(|| Concentration::new(digits, decimals, unit))
    }

    /// Name of what is no number, for remarks.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finite { mantissa: ..0, .. } => "a negative number",
            Self::Finite { .. } => "a number",
            Self::PositiveInfinity => "+infinity",
            Self::NegativeInfinity => "-infinity",
            Self::NotANumber => "not a number",
            Self::NotAtThisResolution => "not at this resolution",
            Self::Reserved => "a reserved value",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(raw: u16) -> Option<String> {
        Sfloat(raw).decode().concentration(Unit::MgPerDl).map(Concentration::to_number)
    }

    /// The table of section 6.5, and numbers worked out by hand.
    #[test]
    fn numbers_are_read_digit_for_digit() {
        for (raw, number) in [
            (0x0067, "103"),
            (0xF039, "5.7"),
            (0xE4D2, "12.34"),
            (0x1006, "60"),
            (0x0000, "0"),
            (0xF000, "0.0"),
            (0x07FD, "2045"),
            (0x7001, "10000000"),
            (0xA001, "0.000001"),
            (0x900A, "0.000001"),
            (0x8064, "0.000001"),
        ] {
            assert_eq!(written(raw).as_deref(), Some(number), "{raw:04X}");
        }
    }

    #[test]
    fn what_has_no_exact_digits_gives_none() {
        for raw in [0x7FFD_u16, 0x9001, 0x8001, 0x0F9C, 0x07FE, 0x0802, 0x07FF, 0x0800, 0x0801, 0x17FE, 0xF800] {
            assert_eq!(written(raw), None, "{raw:04X}");
        }
    }

    #[test]
    fn special_values_are_told_apart() {
        assert_eq!(Sfloat::HIGH.decode(), SfloatValue::PositiveInfinity);
        assert_eq!(Sfloat::LOW.decode(), SfloatValue::NegativeInfinity);
        assert_eq!(Sfloat(0x07FF).decode(), SfloatValue::NotANumber);
        assert_eq!(Sfloat(0x0800).decode(), SfloatValue::NotAtThisResolution);
        assert_eq!(Sfloat(0x0801).decode(), SfloatValue::Reserved);
        assert_eq!(Sfloat(0x0F9C).decode(), SfloatValue::Finite { mantissa: -100, exponent: 0 });
        assert_eq!(Sfloat(0x8803).decode(), SfloatValue::Finite { mantissa: -2045, exponent: -8 });
    }

    proptest! {
        #[test]
        fn every_number_survives(mantissa in -2045_i16..=2045, exponent in -8_i8..=7) {
            let sfloat = Sfloat::finite(mantissa, exponent).unwrap();
            prop_assert_eq!(sfloat.decode(), SfloatValue::Finite { mantissa, exponent });
        }

        #[test]
        fn any_two_bytes_are_read(raw: u16) {
            if let SfloatValue::Finite { mantissa, exponent } = Sfloat(raw).decode() {
                prop_assert_eq!(Sfloat::finite(mantissa, exponent), Some(Sfloat(raw)));
            }
            if let Some(concentration) = Sfloat(raw).decode().concentration(Unit::MmolPerL) {
                let mantissa = f64::from(raw & 0x0FFF);
                let exponent = i32::from(raw.cast_signed() >> 12);
                let apart = (concentration.value() - mantissa * 10_f64.powi(exponent)).abs();
                prop_assert!(apart <= 1e-9 * concentration.value());
            }
        }
    }
}
