//! The answer of a Precision Xtra or Optium to `$colq`: who it is, in lines of `name TAB field TAB field`.
//!
//! It has no check sum. What is taken from it is checked against the log, which has one.

use jiff::civil::DateTime;

use super::{MeterLogError, NoStamp, number, stamp, tail, without_frame};

/// What a meter says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeterStatus {
    /// The serial number.
    pub serial: String,
    /// The version of the meter's software.
    pub version: String,
    /// Whether the display shows mmol/L. The log is in mg/dL nevertheless.
    pub shows_mmol: bool,
    /// The clock; `None` if it shows no time that exists, or cannot be read.
    pub clock: Option<DateTime>,
    /// How many results the meter holds, if it says so.
    pub results: Option<u32>,
}

impl MeterStatus {
    /// Reads the answer.
    ///
    /// # Errors
    /// [`MeterLogError`] if serial number or version is missing, or the end is not `CMD OK`.
    pub fn decode(answer: &[u8]) -> Result<Self, MeterLogError> {
        let bytes = without_frame(answer);
        let text = str::from_utf8(&bytes).map_err(|_| MeterLogError::Form("it holds characters outside ASCII"))?;
        let lines: Vec<&str> = text.split(['\r', '\n']).filter(|line| !line.is_empty()).collect();
        match lines.last() {
            Some(&"CMD OK") => {}
            Some(&"CMD Fail!") => return Err(MeterLogError::Refused),
            Some(_) | None => return Err(MeterLogError::Form("there is no end")),
        }
        let field = |name: &str, place: usize| {
            let line = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"))?;
            line.split('\t').nth(place).filter(|field| !field.is_empty())
        };
        let serial = field("S/N", 0).filter(|serial| serial.bytes().all(|byte| byte.is_ascii_graphic()));
        let clock = lines.iter().find(|line| line.starts_with("Clock:"));
        Ok(Self {
            serial: serial.ok_or(MeterLogError::Form("there is no serial number"))?.to_owned(),
            // The log has it once more, and no reading depends on it.
            version: field("Ver", 0).unwrap_or_default().to_owned(),
            // Only the word of a mmol/L meter has been published. A wrong guess harms nobody: the log is in mg/dL on
            // both.
            shows_mmol: field("Ver", 1) == Some("MMOL"),
            clock: clock.and_then(|line| parse_clock(line).ok()).flatten(),
            results: field("Usage", 0).and_then(number).map(u32::from),
        })
    }

    /// The answer as a meter sends it. The sources do not tell the unit of a mg/dL meter; any other word than `MMOL`
    /// means it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let clock = self.clock.map(encode_clock).unwrap_or_default();
        format!(
            "S/N:\t{}\r\nVer:\t{}\t{}\r\n{clock}\r\nMarket:\t1\t1\r\nROM:\t1\t1\t1\t1\r\nUsage:\t{}\r\nCMD OK\r\n",
            self.serial,
            self.version,
            if self.shows_mmol { "MMOL" } else { "MGDL" },
            self.results.unwrap_or(0),
        )
        .into_bytes()
    }
}

/// Whether the answer to `$colq` has come to its end.
#[must_use]
pub fn is_whole_status(answer: &[u8]) -> bool {
    let answer = without_frame(tail(answer));
    answer.ends_with(b"CMD OK\r\n") || answer.ends_with(b"CMD Fail!\r\n")
}

/// The clock in `Clock: TAB Mmm SP SP DD SP YYYY TAB HH:MM:SS`; `None` if there is no such date or time.
///
/// # Errors
/// [`NoStamp`] if that is not what the line is made of.
pub fn parse_clock(line: &str) -> Result<Option<DateTime>, NoStamp> {
    let (day, time) = line.strip_prefix("Clock:\t").and_then(|rest| rest.split_once('\t')).ok_or(NoStamp)?;
    let (month, day) = day.split_once("  ").ok_or(NoStamp)?;
    let (day, year) = day.split_once(' ').ok_or(NoStamp)?;
    stamp(month, day, year, time, 3)
}

fn encode_clock(time: DateTime) -> String {
    format!("Clock:\t{}\t{}", time.strftime("%b  %d %Y"), time.strftime("%H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// The published lines, with the published serial number and clock.
    const ANSWER: &str = "S/N:\tXCMA123-B4567\r\nVer:\t1.21\tMMOL\r\nClock:\tApr  22 2014\t02:14:37\r\n\
        Market:\t1\t1\r\nROM:\t1\t1\t1\t1\r\nUsage:\t17\r\nCMD OK\r\n";

    #[test]
    fn the_status_is_read_and_written() {
        let status = MeterStatus::decode(ANSWER.as_bytes()).unwrap();
        assert_eq!((status.serial.as_str(), status.version.as_str()), ("XCMA123-B4567", "1.21"));
        assert_eq!(status.clock, Some(date(2014, 4, 22).at(2, 14, 37, 0)));
        assert_eq!((status.shows_mmol, status.results), (true, Some(17)));
        assert_eq!(status.encode(), ANSWER.as_bytes());
    }

    #[test]
    fn a_status_without_its_end_or_its_serial_number_is_refused() {
        assert!(is_whole_status(ANSWER.as_bytes()) && !is_whole_status(b"S/N:\tX\r\nCMD OK"));
        assert_eq!(MeterStatus::decode(b"CMD Fail!\r\n"), Err(MeterLogError::Refused));
        for wrong in [ANSWER.replace("CMD OK", "CMD"), ANSWER.replace("S/N:\t", "S/N:")] {
            assert!(matches!(MeterStatus::decode(wrong.as_bytes()), Err(MeterLogError::Form(_))), "{wrong}");
        }
        let without = ANSWER.replace("Ver:\t1.21\tMMOL\r\n", "");
        assert_eq!(MeterStatus::decode(without.as_bytes()).unwrap().version, "");
        // A clock that cannot be read is unknown.
        assert_eq!(MeterStatus::decode(ANSWER.replace("Apr", "Apx").as_bytes()).unwrap().clock, None);
    }
}
