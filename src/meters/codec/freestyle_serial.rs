//! The text that Abbott's older meters (FreeStyle Lite and Freedom Lite, Precision Xtra and Optium) send over their
//! serial cables: a log of everything in one answer, under one check sum.
//!
//! The log is `CR LF serial CR LF version CR LF clock CR LF NNN CR LF`, a line for each record, and `0xSSSS  END CR
//! LF`. `SSSS` is the sum of all bytes before `0x`, modulo 65536. A real Lite sends one more LF behind the count, so
//! empty lines say nothing. STX and ETX may stand around an answer; they belong neither to the text nor to the sum. The
//! fields of a record are in [`entry`], the short answer to `$colq` in [`status`].

pub mod entry;
pub mod status;

use jiff::civil::DateTime;

use super::hexadecimal;

/// In front of an answer, on some meters.
const START_OF_TEXT: u8 = 0x02;

/// Behind an answer, on some meters.
const END_OF_TEXT: u8 = 0x03;

/// Why an answer is not to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeterLogError {
    /// The sum at the end is not that of the text.
    #[error("checksum {sent:#06x}, expected {computed:#06x}")]
    Checksum {
        /// What the end says.
        sent: u16,
        /// What the text gives.
        computed: u16,
    },
    /// The parts of the log are not where they should be.
    #[error("{0}")]
    Form(&'static str),
    /// The meter says `Log Not Found` or `CMD Fail!`.
    #[error("the meter has no log to send")]
    Refused,
}

/// Everything a meter sent in answer to `$mem` or `$xmem`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterLog {
    /// The serial number, seven letters and digits, a hyphen and five more.
    pub serial: String,
    /// The version of the meter's software, as it stands there; its padding varies.
    pub version: String,
    /// The meter's clock; `None` if it shows no time that exists, or nothing that is one.
    pub clock: Option<DateTime>,
    /// How many records the log says that it has.
    pub announced: u32,
    /// The lines of the records, newest first.
    pub lines: Vec<String>,
    /// Whether a check sum vouches for the log. An empty log may end without one.
    pub is_checked: bool,
}

impl MeterLog {
    /// Reads the log from an answer, after its check sum.
    ///
    /// # Errors
    /// [`MeterLogError`] says what is wrong; nothing of such an answer must be used.
    pub fn decode(answer: &[u8]) -> Result<Self, MeterLogError> {
        let answer = without_frame(answer);
        let (body, last) = split_last_line(&answer).ok_or(MeterLogError::Form("there is no last line"))?;
        let is_checked = last.starts_with(b"0x");
        let mut lines = if is_checked {
            let sent = end_sum(last).ok_or(MeterLogError::Form("the end is not 0x, four digits and END"))?;
            let computed = checksum(body);
            if sent != computed {
                return Err(MeterLogError::Checksum { sent, computed });
            }
            text_lines(body)?
        } else {
            text_lines(&answer)?
        }
        .into_iter();
        if !is_checked && last != b"Log Empty END" {
            return Err(if is_refusal(last) { MeterLogError::Refused } else { MeterLogError::Form("there is no end") });
        }
        let mut next = || lines.next().ok_or(MeterLogError::Form("the head is not complete"));
        let (serial, version, clock, count) = (next()?, next()?, next()?, next()?);
        // What the check sum vouches for is kept as it came.
        if !is_checked && serial.contains(' ') {
            return Err(MeterLogError::Form("the serial number holds spaces"));
        }
        let clock = match clock_time(&clock) {
            Ok(clock) => clock,
            // What the check sum vouches for is so in the meter: no reason to lose the records.
            Err(NoStamp) if is_checked => None,
            Err(NoStamp) => return Err(MeterLogError::Form("the clock is not made of its fields")),
        };
        let announced = announced(&count).ok_or(MeterLogError::Form("the number of records is not three digits"))?;
        // Only a log that says it is empty may come without a sum.
        if !is_checked && (announced > 0 || lines.len() > 0) {
            return Err(MeterLogError::Form("a log with records has no checksum"));
        }
        Ok(Self { serial, version, clock, announced, lines: lines.collect(), is_checked })
    }

    /// The log as a meter sends it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let clock = self.clock.map(encode_clock).unwrap_or_default();
        let count = if self.announced == 0 { "Log Empty".to_owned() } else { format!("{:03}", self.announced) };
        let mut text = format!("\r\n{}\r\n{}\r\n{clock}\r\n{count}", self.serial, self.version);
        if !self.is_checked {
            text.push_str(" END\r\n");
            return text.into_bytes();
        }
        text.push_str("\r\n");
        for line in &self.lines {
            text.push_str(line);
            text.push_str("\r\n");
        }
        encode(text.into_bytes())
    }
}

/// Puts the check sum and the end behind the text of a log.
#[must_use]
pub fn encode(mut text: Vec<u8>) -> Vec<u8> {
    let end = format!("0x{:04X}  END\r\n", checksum(&text));
    text.extend(end.as_bytes());
    text
}

/// The sum of all bytes, modulo 65536. A log of more than about 39 records exceeds 16 bits.
#[must_use]
pub fn checksum(bytes: &[u8]) -> u16 {
    // glucometerutils does not cut the sum to 16 bits and so fails with every log of some 40 records and more.
    bytes.iter().fold(0, |sum: u16, byte| sum.wrapping_add(u16::from(*byte)))
}

/// Whether the answer to `$mem` or `$xmem` has come to its end. The letters `END` alone are no end: they may stand in a
/// serial number.
#[must_use]
pub fn is_whole_log(answer: &[u8]) -> bool {
    let answer = without_frame(tail(answer));
    let last = split_last_line(&answer).map_or(&[] as &[u8], |(_, last)| last);
    last == b"Log Empty END" || is_refusal(last) || (last.starts_with(b"0x") && last.ends_with(b"END"))
}

/// Enough of the end of an answer to see whether it is the end: this is asked whenever bytes arrive.
fn tail(answer: &[u8]) -> &[u8] {
    // Many times the longest last line, `Log Empty END`: a look costs the same however long the log has grown.
    const LONGEST_END: usize = 256;
    answer.get(answer.len().saturating_sub(LONGEST_END)..).unwrap_or(answer)
}

/// An answer without STX and ETX, wherever they stand. A byte that was damaged into one of them is missed by the sum.
#[must_use]
pub fn without_frame(answer: &[u8]) -> Vec<u8> {
    answer.iter().copied().filter(|byte| !matches!(*byte, START_OF_TEXT | END_OF_TEXT)).collect()
}

fn is_refusal(line: &[u8]) -> bool {
    // `Log Not Found` is known from one source only, without what may follow it on its line.
    line == b"CMD Fail!" || line.starts_with(b"Log Not Found")
}

/// What stands before the last line, and that line without its CR LF. `None` unless the text ends in CR LF.
fn split_last_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_suffix(b"\r\n")?;
    let start = rest.windows(2).rposition(|pair| pair == b"\r\n").map_or(0, |place| place + 2);
    rest.split_at_checked(start)
}

/// The sum in `0xSSSS  END`.
fn end_sum(line: &[u8]) -> Option<u16> {
    let digits = line.strip_prefix(b"0x")?.strip_suffix(b"  END")?;
    if digits.len() == 4 { hexadecimal(digits) } else { None }
}

/// The lines that are not empty.
fn text_lines(body: &[u8]) -> Result<Vec<String>, MeterLogError> {
    let text = str::from_utf8(body).map_err(|_| MeterLogError::Form("it holds characters outside ASCII"))?;
    let lines: Vec<String> =
        text.split(['\r', '\n']).filter(|line| !line.is_empty()).map(|line| line.trim_end().to_owned()).collect();
    let is_printable = |line: &String| line.bytes().all(|byte| (0x20..0x7F).contains(&byte));
    if lines.iter().all(is_printable) { Ok(lines) } else { Err(MeterLogError::Form("it holds control characters")) }
}

/// The count, or 0 for an empty log.
fn announced(text: &str) -> Option<u32> {
    if text == "Log Empty" || text == "Log Empty END" {
        return Some(0);
    }
    if text.len() == 3 { number(text).map(u32::from) } else { None }
}

/// `Mmm. DD YYYY HH:MM:SS`.
fn clock_time(text: &str) -> Result<Option<DateTime>, NoStamp> {
    let mut words = text.split_ascii_whitespace();
    let mut word = || words.next().ok_or(NoStamp);
    let clock = stamp(word()?, word()?, word()?, word()?, 3)?;
    if words.next().is_some() { Err(NoStamp) } else { Ok(clock) }
}

/// A clock as a meter writes it.
#[must_use]
pub fn encode_clock(time: DateTime) -> String {
    format!("{} {:02}:{:02}:{:02}", encode_date(time), time.hour(), time.minute(), time.second())
}

/// `Mmm. DD YYYY`: four characters for the month, June and July in full.
fn encode_date(time: DateTime) -> String {
    let month = usize::try_from(time.month() - 1).ok().and_then(|month| MONTHS.get(month)).unwrap_or(&"");
    format!("{month:<4} {:02} {:04}", time.day(), time.year())
}

/// The months of the log. `$colq` writes June and July with three letters.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Words that are not a month and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the date or the time is not made of its fields")]
pub struct NoStamp;

/// A stamp from its words; `parts` is 2 for `HH:MM` and 3 for `HH:MM:SS`. `Ok(None)` if there is no such date or time.
fn stamp(month: &str, day: &str, year: &str, time: &str, parts: usize) -> Result<Option<DateTime>, NoStamp> {
    // By three letters too, for `$colq`; the log itself writes `June` and `July`.
    let is_month = |name: &&str| **name == *month || (month.len() == 3 && name.starts_with(month));
    let month = MONTHS.iter().position(is_month).and_then(|place| i8::try_from(place + 1).ok()).ok_or(NoStamp)?;
    let two_digits = |text: &str| {
        number(text).filter(|_| text.len() == 2).and_then(|number| i8::try_from(number).ok()).ok_or(NoStamp)
    };
    let year = number(year).filter(|_| year.len() == 4).and_then(|year| i16::try_from(year).ok()).ok_or(NoStamp)?;
    let clock = time.split(':').map(two_digits).collect::<Result<Vec<i8>, NoStamp>>()?;
    let (hour, minute, second) = match (clock.as_slice(), parts) {
        ([hour, minute], 2) => (*hour, *minute, 0),
        ([hour, minute, second], 3) => (*hour, *minute, *second),
        _ => return Err(NoStamp),
    };
    Ok(DateTime::new(year, month, two_digits(day)?, hour, minute, second, 0).ok())
}

/// A number of digits only.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The published sample, its sum included.
    const LITE: &[u8] = b"\r\nCMMA123-A4567\r\n0.31  -P\r\nMay  06 2020 07:08:09\r\n003\r\n\
        123  May  06 2020 07:00 19 0x00\r\nLO   June 30 2019 23:59 19 0x00\r\n\
        105  Apr  01 2019 12:00 19 0x01\r\n0x1DCA  END\r\n";

    #[test]
    fn the_published_log_is_read_and_written() {
        let log = MeterLog::decode(LITE).unwrap();
        assert_eq!((log.serial.as_str(), log.version.as_str()), ("CMMA123-A4567", "0.31  -P"));
        assert_eq!((log.clock, log.announced), (Some(date(2020, 5, 6).at(7, 8, 9, 0)), 3));
        assert_eq!(log.lines.first().unwrap(), "123  May  06 2020 07:00 19 0x00");
        assert_eq!((log.lines.len(), log.is_checked), (3, true));
        assert_eq!(log.encode(), LITE);
    }

    /// Without a sum nothing shows that a record is as the meter sent it.
    #[test]
    fn a_log_without_a_sum_may_only_be_empty() {
        let log = |count: &str| format!("\r\nSN\r\n0.31\r\nMay  06 2020 07:08:09\r\n{count}Log Empty END\r\n");
        assert!(MeterLog::decode(log("").as_bytes()).is_ok_and(|log| log.announced == 0 && !log.is_checked));
        for count in ["001\r\n", "001\r\n123  May  06 2020 07:00 19 0x00\r\n", "Log Empty\r\n"] {
            assert!(matches!(MeterLog::decode(log(count).as_bytes()), Err(MeterLogError::Form(_))), "{count:?}");
        }
    }

    /// The extra LF of real meters is part of the sum: 0x1DCA + 0x0A.
    #[test]
    fn frames_and_the_extra_line_feed_change_nothing() {
        let text = String::from_utf8(LITE.to_vec()).unwrap();
        let real = text.replace("003\r\n", "003\r\n\n").replace("0x1DCA", "0x1DD4");
        let framed = format!("\x02{real}\x03");
        assert_eq!(MeterLog::decode(real.as_bytes()), MeterLog::decode(LITE));
        assert!(!is_whole_log(&framed.as_bytes()[..framed.len() - 2]));
        assert!(is_whole_log(framed.as_bytes()));
        assert_eq!(MeterLog::decode(framed.as_bytes()), MeterLog::decode(LITE));
    }

    #[test]
    fn an_empty_log_has_two_forms() {
        let head = b"\r\nCMMA123-A4567\r\n0.31  -P\r\nMay  06 2020 07:08:09\r\nLog Empty".to_vec();
        let without = [head.clone(), b" END\r\n".to_vec()].concat();
        let with = encode([head, b"\r\n".to_vec()].concat());
        for (bytes, is_checked) in [(without, false), (with, true)] {
            assert!(is_whole_log(&bytes));
            let log = MeterLog::decode(&bytes).unwrap();
            assert_eq!((log.announced, log.lines.len(), log.is_checked), (0, 0, is_checked));
            assert_eq!(log.encode(), bytes);
        }
    }

    #[test]
    fn damage_is_named() {
        let mut changed = LITE.to_vec();
        changed[20] ^= 1;
        assert!(matches!(MeterLog::decode(&changed), Err(MeterLogError::Checksum { sent: 0x1DCA, .. })));
        assert!(matches!(MeterLog::decode(b"\r\nCMD Fail!\r\n"), Err(MeterLogError::Refused)));
        assert!(matches!(MeterLog::decode(b"\r\nCM-END\r\n"), Err(MeterLogError::Form(_))));
        assert!(matches!(MeterLog::decode(&encode(b"\r\nA\r\nB\r\n".to_vec())), Err(MeterLogError::Form(_))));
        assert!(!is_whole_log(b"\r\nCM-END\r\n") && !is_whole_log(LITE.strip_suffix(b"\n").unwrap()));
    }

    #[test]
    fn june_and_july_have_four_letters_or_three() {
        let july = date(2026, 7, 4).at(9, 5, 0, 0);
        assert_eq!(encode_clock(july), "July 04 2026 09:05:00");
        for text in ["July 04 2026 09:05:00", "Jul  04 2026 09:05:00"] {
            assert_eq!(clock_time(text), Ok(Some(july)));
        }
        assert_eq!(clock_time("Feb  30 2026 09:05:00"), Ok(None));
        for text in ["Ju   04 2026 09:05:00", "Mayy 04 2026 09:05:00", "May  4 2026 09:05:00", "May  04 2026 09:05"] {
            assert_eq!(clock_time(text), Err(NoStamp), "{text}");
        }
    }
}
