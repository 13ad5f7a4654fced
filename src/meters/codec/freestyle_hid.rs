//! The HID reports of Abbott's meters (`InsuLinx`, Precision Neo, Libre) and the text answers that they carry.
//!
//! A report is 64 bytes: type, length (0 to 62), so many bytes of payload, padding. The padding holds what was left of
//! older messages, so the length decides. A text answer is the payload of one or more reports of the type
//! [`TEXT`]: a message that ends in CR LF, `CKSM:` with the sum of its bytes in eight hexadecimal digits CR LF, and
//! `CMD OK` or `CMD Fail!` CR LF. [`RecordTable`] is a message that lists records; what its rows mean is in [`neo`] and
//! [`libre`].

pub mod libre;
pub mod neo;
pub mod row;

use super::hexadecimal;

/// Bytes of a report.
pub const REPORT_LENGTH: usize = 64;

/// The most a report carries from the meter. Type and length take the other two of its 64 bytes.
pub const LONGEST_PAYLOAD: usize = 62;

/// The most that is sent to a meter in one report: the last eight bytes stay zero, as the encrypted form of the
/// protocol keeps its check there.
const LONGEST_COMMAND: usize = 54;

/// To the meter: begin. Text commands are not heard before it; Abbott's own program sends three other questions in
/// front of it, which no meter needs.
pub const INIT: u8 = 0x01;

/// From the meter: it has begun.
pub const INIT_ANSWER: u8 = 0x71;

/// A text command, and a part of its answer. Abbott's own program sends commands as 0x21, which the meters answer too.
pub const TEXT: u8 = 0x60;

/// A text command as Abbott's own program sends it.
pub const TEXT_COMMAND: u8 = 0x21;

/// From the meter at any time: it is still there. Means nothing. One may lie between any two parts of an answer, so it
/// ends nothing and belongs to nothing.
pub const KEEP_ALIVE: u8 = 0x22;

/// From the meter: a type it does not know (`30 01 85`).
pub const UNKNOWN_TYPE: u8 = 0x30;

/// From the meter: it wants to be spoken to in cipher (`33 01 15`), as the Libre 2 does.
pub const ENCRYPTION_WANTED: u8 = 0x33;

/// One report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidReport {
    /// What it is.
    pub kind: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// Why bytes are no report, or a report cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    /// Not 64 bytes.
    #[error("a report does not have 64 bytes")]
    Size,
    /// The length does not fit.
    #[error("the length in a report does not fit")]
    Length,
}

impl HidReport {
    /// The report for the meter, padded with zeros.
    ///
    /// # Errors
    /// [`ReportError::Length`] for more than 54 bytes.
    pub fn to_meter(kind: u8, payload: &[u8]) -> Result<Vec<u8>, ReportError> {
        if payload.len() > LONGEST_COMMAND {
            return Err(ReportError::Length);
        }
        let mut report = vec![kind, u8::try_from(payload.len()).map_err(|_| ReportError::Length)?];
        report.extend(payload);
        report.resize(REPORT_LENGTH, 0);
        Ok(report)
    }

    /// Reads a report.
    ///
    /// # Errors
    /// [`ReportError`] if it has another size, or a length that does not fit.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReportError> {
        let [kind, length, rest @ ..] = bytes else { return Err(ReportError::Size) };
        if bytes.len() != REPORT_LENGTH {
            return Err(ReportError::Size);
        }
        let payload = rest.get(..usize::from(*length)).ok_or(ReportError::Length)?;
        Ok(Self { kind: *kind, payload: payload.to_vec() })
    }
}

/// Why a text answer is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// The meter refused the command.
    #[error("the meter refused the command")]
    Refused,
    /// A sum is not that of the text.
    #[error("checksum {sent:#010x}, expected {computed:#010x}")]
    Checksum {
        /// What the answer says.
        sent: u32,
        /// What its text gives.
        computed: u32,
    },
    /// The parts are not where they should be.
    #[error("{0}")]
    Form(&'static str),
}

/// How a text answer ends: it has what was asked for, or it is a refusal.
const OK: &[u8] = b"CMD OK\r\n";
const FAIL: &[u8] = b"CMD Fail!\r\n";

/// Whether a text answer has come to its end. The CR LF belongs to it, and may lie in a report of its own.
#[must_use]
pub fn is_whole(answer: &[u8]) -> bool {
    // glucometerutils stops at the letters `CMD OK`. Where the length of an answer modulo 62 is 1 or 2, the CR LF
    // behind them lies in the next report, and that reader fails: with some 3 % of all dumps.
    answer.ends_with(OK) || answer.ends_with(FAIL)
}

/// The plain sum of all bytes.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, byte| sum.wrapping_add(u32::from(*byte)))
}

/// The message of a text answer, with its CR LF, if its sum is right.
///
/// # Errors
/// [`AnswerError`] says what is wrong; such an answer must not be used.
pub fn decode_answer(answer: &[u8]) -> Result<&[u8], AnswerError> {
    // Asked before the sum: a refusal has that of an empty answer, 00000000, and only its last words differ.
    if answer.ends_with(FAIL) {
        return Err(AnswerError::Refused);
    }
    let text = answer.strip_suffix(OK).ok_or(AnswerError::Form("the answer has no end"))?;
    let text = text.strip_suffix(b"\r\n").ok_or(AnswerError::Form("the checksum has no line of its own"))?;
    // Thirteen bytes: `CKSM:` and eight digits.
    let (message, sum) = text.split_last_chunk::<13>().ok_or(AnswerError::Form("there is no checksum"))?;
    let digits = sum.strip_prefix(b"CKSM:").ok_or(AnswerError::Form("there is no checksum of eight digits"))?;
    let sent = sum_in(digits).ok_or(AnswerError::Form("the checksum is not eight digits"))?;
    let computed = checksum(message);
    if sent != computed {
        return Err(AnswerError::Checksum { sent, computed });
    }
    // A zero adds nothing to a sum: padding that was taken for payload would go unnoticed.
    if message.contains(&0) {
        return Err(AnswerError::Form("the message holds zeros"));
    }
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        return Err(AnswerError::Form("the message does not end with its line"));
    }
    Ok(message)
}

/// A text answer with this message, as a meter sends it.
#[must_use]
pub fn encode_answer(message: &[u8]) -> Vec<u8> {
    let mut answer = message.to_vec();
    answer.extend(format!("CKSM:{:08X}\r\n", checksum(message)).as_bytes());
    answer.extend(OK);
    answer
}

/// The refusal of a command, as a meter sends it.
#[must_use]
pub fn refusal() -> Vec<u8> {
    [b"CKSM:00000000\r\n", FAIL].concat()
}

/// The one line of a message, without its CR LF.
///
/// # Errors
/// [`AnswerError::Form`] if there is not exactly one line of printable text.
pub fn one_line(message: &[u8]) -> Result<String, AnswerError> {
    let line = message.strip_suffix(b"\r\n").ok_or(AnswerError::Form("the message is not a line"))?;
    let text = String::from_utf8_lossy(line).into_owned();
    if text.contains(char::is_control) { Err(AnswerError::Form("the message is not one line")) } else { Ok(text) }
}

/// A message that lists records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordTable {
    /// The records, a row each. Text that is no UTF-8, such as a name cut within a character, is replaced.
    pub rows: Vec<String>,
    /// How many records the meter says that these are.
    pub announced: u32,
    /// What the meter says and what the records give, if their own sum is wrong though the answer's is right: then the
    /// memory of the meter is damaged, not what came over the wire.
    pub wrong_sum: Option<(u32, u32)>,
}

impl RecordTable {
    /// Reads `Log Empty`, or rows and a line `COUNT,SUM`, from a message.
    ///
    /// # Errors
    /// [`AnswerError::Form`] if the last line is not that.
    pub fn decode(message: &[u8]) -> Result<Self, AnswerError> {
        // Without a count and a sum: a memory without records is no fault, though Tidepool's driver takes it for one.
        if message == b"Log Empty\r\n" {
            return Ok(Self::default());
        }
        let text = message.strip_suffix(b"\r\n").ok_or(AnswerError::Form("the records do not end with a line"))?;
        let start = text.windows(2).rposition(|pair| pair == b"\r\n").map_or(0, |place| place + 2);
        let (records, last) = text.split_at_checked(start).unwrap_or_default();
        let (count, sum) = str::from_utf8(last)
            .ok()
            .and_then(|last| last.split_once(','))
            .ok_or(AnswerError::Form("the records do not end with their number"))?;
        // Parsing would let a plus sign pass, which no meter writes.
        let is_count = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        let announced = if is_count { count.parse().ok() } else { None };
        let sent = sum_in(sum.as_bytes()).ok_or(AnswerError::Form("the sum of the records is not eight digits"))?;
        let computed = checksum(records);
        // Only after the sum: a name that is cut within a character has other bytes once it is replaced.
        let records = String::from_utf8_lossy(records);
        Ok(Self {
            rows: records
                .strip_suffix("\r\n")
                .map_or_else(Vec::new, |rows| rows.split("\r\n").map(str::to_owned).collect()),
            announced: announced.ok_or(AnswerError::Form("the number of records is not a number"))?,
            wrong_sum: (sent != computed).then_some((sent, computed)),
        })
    }

    /// The message as a meter sends it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        if self.rows.is_empty() && self.announced == 0 {
            return b"Log Empty\r\n".to_vec();
        }
        let mut message: Vec<u8> = self.rows.iter().flat_map(|row| [row.as_bytes(), b"\r\n"].concat()).collect();
        let sum = self.wrong_sum.map_or_else(|| checksum(&message), |(sent, _)| sent);
        message.extend(format!("{},{sum:08X}\r\n", self.announced).as_bytes());
        message
    }
}

/// A sum: eight hexadecimal digits.
fn sum_in(digits: &[u8]) -> Option<u32> {
    if digits.len() == 8 { hexadecimal(digits) } else { None }
}

#[cfg(test)]
mod tests;
