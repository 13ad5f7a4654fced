//! A concentration exactly as the meter sent it, and the one conversion between its units.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Milligrams of glucose per decilitre in one millimole per litre: molar mass 180.1559 g/mol, divided by ten.
/// The constant Tidepool and Nightscout use; 18.0 and 18.0182 are found elsewhere and shift one display digit.
pub const MG_PER_DL_IN_MMOL_PER_L: f64 = 18.015_59;

/// The unit in which a meter measured or shows a concentration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Milligrams per decilitre.
    #[serde(rename = "mg/dL")]
    MgPerDl,
    /// Millimoles per litre.
    #[serde(rename = "mmol/L")]
    MmolPerL,
}

impl Unit {
    /// Glucose of so many mg/dL in this unit, unrounded.
    #[must_use]
    pub fn of_mg_per_dl(self, mg_per_dl: f64) -> f64 {
        match self {
            Self::MgPerDl => mg_per_dl,
            Self::MmolPerL => mg_per_dl / MG_PER_DL_IN_MMOL_PER_L,
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::MgPerDl => Self::MmolPerL,
            Self::MmolPerL => Self::MgPerDl,
        }
    }

    /// Glucose of so many mg/dL as it is shown in this unit: mg/dL without decimals, mmol/L with one, rounded once and
    /// half to even.
    #[must_use]
    pub fn written(self, mg_per_dl: f64) -> String {
        // The formatter rounds, a half to the even digit; `f64::round` takes a half away from zero.
        let value = self.of_mg_per_dl(mg_per_dl);
        match self {
            Self::MgPerDl => format!("{value:.0}"),
            Self::MmolPerL => format!("{value:.1}"),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MgPerDl => "mg/dL",
            Self::MmolPerL => "mmol/L",
        })
    }
}

/// A decimal number with its unit, digit for digit as sent: 57 with one decimal is 5.7.
///
/// Kept as integers, because a binary fraction would change what the meter said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Concentration {
    digits: u32,
    decimals: u8,
    unit: Unit,
}

impl Concentration {
    /// A whole number of mg/dL.
    #[must_use]
    pub const fn mg_per_dl(value: u32) -> Self {
        Self { digits: value, decimals: 0, unit: Unit::MgPerDl }
    }

    /// `digits` divided by ten to the power of `decimals` (at most 6), in `unit`.
    #[must_use]
    pub const fn new(digits: u32, decimals: u8, unit: Unit) -> Self {
        Self { digits, decimals: if decimals > 6 { 6 } else { decimals }, unit }
    }

    /// A number as it stands, digit for digit; `None` for what is none, and for more than 6 decimals.
    #[must_use]
    pub fn from_number(number: &str, unit: Unit) -> Option<Self> {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let digits = format!("{whole}{fraction}");
        // Digit by digit, because `parse` takes a plus sign too.
        let is_number = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let decimals = u8::try_from(fraction.len()).ok().filter(|decimals| *decimals <= 6)?;
        is_number.then(|| digits.parse().ok()).flatten().map(|digits| Self::new(digits, decimals, unit))
    }

    /// The digits without the decimal point.
    #[must_use]
    pub const fn digits(self) -> u32 {
        self.digits
    }

    /// How many of the digits stand behind the decimal point.
    #[must_use]
    pub const fn decimals(self) -> u8 {
        self.decimals
    }

    /// The unit the meter sent.
    #[must_use]
    pub const fn unit(self) -> Unit {
        self.unit
    }

    /// The number in its own unit. For arithmetic and JSON; the digits stay the truth.
    #[must_use]
    pub fn value(self) -> f64 {
        let digits = f64::from(self.digits);
        // Most have no decimals: a division for each of many readings costs as much as all else that is done with them.
        if self.decimals == 0 { digits } else { digits / 10_f64.powi(i32::from(self.decimals)) }
    }

    /// The same number without zeros at its end behind the decimal point: 5 for 5.0. To compare what came by ways that
    /// do not keep them; the digits that the meter sent stay the truth.
    #[must_use]
    pub const fn shortest(self) -> Self {
        let (mut digits, mut decimals) = (self.digits, self.decimals);
        while decimals > 0 && digits.is_multiple_of(10) {
            digits /= 10;
            decimals -= 1;
        }
        Self { digits, decimals, unit: self.unit }
    }

    /// The concentration of glucose in mg/dL, unrounded. Glucose only: a ketone has another molar mass.
    #[must_use]
    pub fn glucose_mg_per_dl(self) -> f64 {
        match self.unit {
            Unit::MgPerDl => self.value(),
            Unit::MmolPerL => self.value() * MG_PER_DL_IN_MMOL_PER_L,
        }
    }

    /// Glucose written in `unit`: mg/dL without, mmol/L with one decimal, rounded once. In the meter's own unit the
    /// digits are shown as they came.
    #[must_use]
    pub fn glucose_in(self, unit: Unit) -> String {
        if unit == self.unit { self.to_number() } else { unit.written(self.glucose_mg_per_dl()) }
    }

    /// The number as text, digit for digit.
    #[must_use]
    pub fn to_number(self) -> String {
        let decimals = usize::from(self.decimals);
        if decimals == 0 {
            return self.digits.to_string();
        }
        let padded = format!("{:0>width$}", self.digits, width = decimals + 1);
        let (whole, fraction) = padded.split_at(padded.len() - decimals);
        format!("{whole}.{fraction}")
    }
}

impl fmt::Display for Concentration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_number(), self.unit)
    }
}

/// What the meter measured: a number, or a word beyond its range. LO and HI are never turned into numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Measured {
    /// A concentration within the meter's range.
    Value(Concentration),
    /// Below the meter's range; the meter shows LO.
    Low,
    /// Above the meter's range; the meter shows HI.
    High,
    /// A number whose scale is not known, as it stands in the meter: it is kept, and it is no value. Never of glucose.
    Unscaled(u16),
}

impl Measured {
    /// The concentration, where there is one.
    #[must_use]
    pub const fn concentration(self) -> Option<Concentration> {
        match self {
            Self::Value(concentration) => Some(concentration),
            Self::Low | Self::High | Self::Unscaled(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_written_as_they_came() {
        assert_eq!(Concentration::new(57, 1, Unit::MmolPerL).to_string(), "5.7 mmol/L");
        assert_eq!(Concentration::new(4, 1, Unit::MmolPerL).to_number(), "0.4");
        assert_eq!(Concentration::new(100, 1, Unit::MmolPerL).to_number(), "10.0");
        assert_eq!(Concentration::mg_per_dl(103).to_string(), "103 mg/dL");
    }

    #[test]
    fn a_number_is_read_digit_for_digit() {
        for number in ["103", "5.7", "10.0", "0.4", "5.123456"] {
            let read = Concentration::from_number(number, Unit::MmolPerL).unwrap();
            assert_eq!(read.to_number(), number);
        }
        for wrong in ["", ".5", "-5", "+5", "1e3", "5.1234567", "99999999999"] {
            assert_eq!(Concentration::from_number(wrong, Unit::MgPerDl), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_shown_is_rounded_once_and_half_to_even() {
        let shown = [201.5, 202.5, 203.49].map(|value| Unit::MgPerDl.written(value));
        assert_eq!(shown, ["202", "202", "203"]);
        assert_eq!(Unit::MmolPerL.written(156.248), "8.7");
    }

    /// 100 mg/dL and 300 mg/dL are where 18.01559 and 18.0182 differ by one display digit.
    #[test]
    fn conversion_uses_the_one_constant() {
        assert_eq!(Concentration::mg_per_dl(100).glucose_in(Unit::MmolPerL), "5.6");
        assert_eq!(Concentration::mg_per_dl(300).glucose_in(Unit::MmolPerL), "16.7");
        assert_eq!(Concentration::new(56, 1, Unit::MmolPerL).glucose_in(Unit::MgPerDl), "101");
    }
}
