//! The 64-byte HID reports of Contour meters: `ABC`, the number of bytes that count, and up to 60 of them.
//!
//! A report with fewer than 60 bytes ends a message; one with 60 may or may not. A reader that goes by the length alone
//! waits for ever behind a message of 60, 120 or 180 bytes, as glucometerutils does.

/// How many bytes a report carries at most.
pub const CAPACITY: usize = 60;

/// Length of a report on the wire; there is no report number.
const LENGTH: usize = 64;

/// A report that is not built like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a report that announces more bytes than it has")]
pub struct ReportError;

/// Cuts a message into reports. A message of a multiple of 60 bytes ends with a full report.
#[must_use]
pub fn encode(message: &[u8]) -> Vec<Vec<u8>> {
    message.chunks(CAPACITY).map(report).collect()
}

/// One report with these bytes; what is beyond 60 of them is left out.
#[must_use]
pub fn report(payload: &[u8]) -> Vec<u8> {
    let payload = payload.get(..CAPACITY).unwrap_or(payload);
    let mut report = b"ABC".to_vec();
    report.push(u8::try_from(payload.len()).unwrap_or_default());
    report.extend(payload);
    report.resize(LENGTH, 0);
    report
}

/// The bytes that count. The three letters are not looked at: meters are known to send them, hosts send zeros as well.
///
/// # Errors
/// [`ReportError`] if fewer came than are announced, or more than 60 are.
pub fn decode(report: &[u8]) -> Result<&[u8], ReportError> {
    let (&length, rest) = report.get(3..).and_then(<[u8]>::split_first).ok_or(ReportError)?;
    let length = usize::from(length);
    if length > CAPACITY || report.len() > LENGTH {
        return Err(ReportError);
    }
    rest.get(..length).ok_or(ReportError)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_built_as_published() {
        let ack = report(&[0x06]);
        assert_eq!((ack.len(), &ack[..6]), (64, &[0x41, 0x42, 0x43, 1, 6, 0][..]));
        assert_eq!(decode(&ack), Ok(&[6][..]));
    }

    #[test]
    fn a_message_is_cut_every_60_bytes() {
        let message: Vec<u8> = (0..150).collect();
        let reports = encode(&message);
        assert_eq!(reports.iter().map(|report| report[3]).collect::<Vec<_>>(), [60, 60, 30]);
        let whole: Vec<u8> = reports.iter().flat_map(|report| decode(report).unwrap().to_vec()).collect();
        assert_eq!(whole, message);
        assert_eq!(encode(&message[..120]).len(), 2);
    }

    #[test]
    fn a_wrong_length_is_noticed() {
        for report in [&[][..], b"ABC", b"ABC\x02a", &[61; 64], &[0; 65]] {
            assert_eq!(decode(report), Err(ReportError), "{report:?}");
        }
        assert_eq!(decode(b"ABC\x00"), Ok(&[][..]));
    }
}
