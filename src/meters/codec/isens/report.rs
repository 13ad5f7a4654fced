//! HID reports of the two i-SENS meters that have a plug of their own and no bridge (GLUCOCARD Shine Connex and
//! Express): report 1, the number of bytes, the bytes, zeros.
//!
//! Tidepool counts one byte too many for packets, and none too many for the single byte with which it begins; so the
//! number is that of the bytes.

/// The id of every report.
const ID: u8 = 1;

/// A whole report, its id included.
const SIZE: usize = 64;

/// Most bytes of one report.
const MOST: usize = SIZE - 2;

/// The reports that carry these bytes.
#[must_use]
pub fn to_reports(bytes: &[u8]) -> Vec<Vec<u8>> {
    let report = |part: &[u8]| {
        let mut report = vec![ID, u8::try_from(part.len()).unwrap_or(u8::MAX)];
        report.extend_from_slice(part);
        report.resize(SIZE, 0);
        report
    };
    bytes.chunks(MOST).map(report).collect()
}

/// The bytes that a report carries; `None` if it is shorter than it says. A report with a single byte may come without
/// their number (Tidepool).
#[must_use]
pub fn from_report(report: &[u8]) -> Option<&[u8]> {
    let (_, content) = report.split_first()?;
    let (count, rest) = content.split_first()?;
    // A packet ends with 03, so zeros alone behind the first byte mean that it is no number but the
    // content.
    if rest.iter().all(|byte| *byte == 0) {
        return content.get(..1);
    }
    rest.get(..usize::from(*count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_report_says_how_many_bytes_it_carries() {
        let reports = to_reports(&[0x80]);
        assert_eq!((reports.len(), reports[0].len(), &reports[0][..4]), (1, 64, &[1, 1, 0x80, 0][..]));
        assert_eq!(from_report(&reports[0]), Some(&[0x80][..]));
        assert_eq!(from_report(&[1, 0x2E, 0, 0]), Some(&[0x2E][..]));
        assert_eq!(from_report(&[1, 0x2E]), Some(&[0x2E][..]));
        assert_eq!(from_report(&[1, 3, 7, 7]), None);
        assert_eq!(from_report(&[1]), None);
    }

    proptest! {
        #[test]
        fn bytes_survive_the_reports(bytes in prop::collection::vec(1_u8.., 1..200)) {
            let reports = to_reports(&bytes);
            let back: Vec<u8> = reports.iter().flat_map(|report| from_report(report).unwrap().to_vec()).collect();
            prop_assert_eq!(back, bytes);
        }
    }
}
