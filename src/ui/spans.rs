//! Spans of time as they are told everywhere, on the screen and on the command line: in the largest
//! unit that says enough.

use super::words::Words;
use crate::domain::meter_clock::ClockReading;
use crate::domain::words::key;

/// `45 s`, `61 min`, `25 h`, `3 days`.
#[must_use]
pub fn span(words: &Words, seconds: u64) -> String {
    let rounded = |unit: u64| seconds.saturating_add(unit / 2) / unit;
    // The smaller unit up to two of the larger: "61 min" says more than "1 h".
    let (amount, unit) = match seconds {
        0..=120 => (seconds, key::UNIT_SECONDS),
        121..=7200 => (rounded(60), key::UNIT_MINUTES),
        7201..=172_800 => (rounded(3600), key::UNIT_HOURS),
        _ => (rounded(86_400), key::UNIT_DAYS),
    };
    words.filled(unit, &[("count", i64::try_from(amount).unwrap_or(i64::MAX).into())])
}

/// How a meter's clock stood to this computer's: `61 min ahead`, `3 s behind`.
#[must_use]
pub fn difference(words: &Words, clock: &ClockReading) -> String {
    let offset = clock.offset_seconds();
    if offset == 0 {
        return words.text(key::CLOCK_EQUAL);
    }
    let amount = span(words, offset.unsigned_abs());
    words.filled(if offset > 0 { key::CLOCK_AHEAD } else { key::CLOCK_BEHIND }, &[("amount", amount.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_unit_that_fits() {
        let words = Words::english();
        let table = [
            (0, "0 s"),
            (120, "120 s"),
            (121, "2 min"),
            (3600, "60 min"),
            (7200, "120 min"),
            (7201, "2 h"),
            (172_800, "48 h"),
            (172_801, "2 days"),
            (86_400 * 400, "400 days"),
        ];
        for (seconds, said) in table {
            assert_eq!(span(&words, seconds), said);
        }
    }
}
