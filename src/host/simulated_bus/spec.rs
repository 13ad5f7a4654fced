//! Which simulated meter to plug, as a script writes it:
//! `accu-chek-guide serial=92500000042 readings=720 fault=drop@300`.

use std::str::FromStr;
use std::time::Duration;

use crate::domain::cable::CableKey;
use crate::domain::cause::Cause;
use crate::domain::meter::Access;
use crate::domain::text::quoted;
use crate::meters::catalogue::{Catalogue, Known};
use crate::meters::simulator::fault::{Fault, FaultError};
use crate::meters::simulator::memory_link::MeterPace;
use crate::meters::simulator::shelf;

/// A month of readings, four a day.
const DEFAULT_READINGS: usize = 120;

/// The readings of a meter of which no seed is said.
const DEFAULT_SEED: u64 = 1;

/// More than any meter keeps; a larger number is a slip of the finger.
const MOST_READINGS: usize = 10_000;

/// A minute for each transfer: more than any program waits for.
const LONGEST_PACE_MS: u64 = 60_000;

/// The longest serial number a meter can be given.
const LONGEST_SERIAL: usize = 32;

/// A simulated meter and what is special about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedMeterSpec {
    /// The slug of the catalogue: `accu-chek-guide`.
    pub model: String,
    /// Its serial number; without one it gets the one of its model, made up, with 000 in it.
    pub serial: Option<String>,
    /// How many readings it has; if that is not said, a month of them, and of a meter that was there
    /// before as many as it has.
    pub readings: Option<usize>,
    /// Which readings, if that is said: the same seed gives the same values.
    pub seed: Option<u64>,
    /// Its clock minus ours, in seconds, if that is said; otherwise it is right, or as it was before.
    pub clock_offset_seconds: Option<i64>,
    /// What goes wrong, at each reading of this plug.
    pub fault: Option<Fault>,
    /// Whether all its readings are tests with control solution.
    pub control_only: bool,
    /// Whether it shows mmol/L. What an Accu-Chek meter sends is mg/dL all the same.
    pub mmol: bool,
    /// Whether its battery ran empty some days ago: its clock and its newest readings are in January 2016.
    pub reset_clock: bool,
    /// An access that is not the model's usual one.
    pub access: Option<Access>,
    /// For a meter behind a generic cable: which cable it hangs on, where that matters.
    pub cable: Option<CableKey>,
    /// How fast it speaks.
    pub pace: MeterPace,
}

impl SimulatedMeterSpec {
    /// A sound meter of this model.
    #[must_use]
    pub fn new(model: &str) -> Self {
        Self {
            model: model.to_owned(),
            serial: None,
            readings: None,
            seed: None,
            clock_offset_seconds: None,
            fault: None,
            control_only: false,
            mmol: false,
            reset_clock: false,
            access: None,
            cable: None,
            pace: MeterPace::Instant,
        }
    }

    /// How many readings it has.
    pub(super) fn holds(&self) -> usize {
        self.readings.unwrap_or(DEFAULT_READINGS)
    }

    /// The seed of its readings.
    pub(super) fn made_from(&self) -> u64 {
        self.seed.unwrap_or(DEFAULT_SEED)
    }

    /// How far its clock is off, in seconds.
    pub(super) fn is_off_by(&self) -> i64 {
        self.clock_offset_seconds.unwrap_or(0)
    }

    /// Whether nothing is said of it but what is seen of a meter from which nothing is read.
    pub(super) fn says_what_is_seen(&self) -> bool {
        let seen = Self { serial: self.serial.clone(), access: self.access.clone(), ..Self::new(&self.model) };
        *self == seen
    }
}

/// Why a text does not name a simulated meter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The text is empty.
    #[error("a simulated meter is written MODEL [serial=...] [readings=...], for example accu-chek-guide readings=720")]
    Empty,
    /// The first word is not a meter that can be simulated.
    #[error("there is no simulated meter {}; the models are {models}", quoted(token))]
    UnknownModel {
        /// The word.
        token: String,
        /// What would be right.
        models: String,
    },
    /// A word is no setting.
    #[error(
        "{} is no setting of a simulated meter; the settings are serial, readings, seed, clock-offset, fault, \
         access, cable and pace, each with =, and control-only, mmol and reset-clock",
        quoted(token)
    )]
    UnknownSetting {
        /// The word.
        token: String,
    },
    /// A setting has a value that it cannot have.
    #[error("{}: expected {expected}", quoted(token))]
    BadValue {
        /// The word.
        token: String,
        /// What would be right.
        expected: &'static str,
    },
    /// A fault is written wrongly.
    #[error("{}: {cause}", quoted(token))]
    BadFault {
        /// The word.
        token: String,
        /// What is wrong with it.
        #[source]
        cause: FaultError,
    },
    /// Each setting is right, but no meter of this model can be so.
    #[error("there is no such meter: {reason}")]
    Impossible {
        /// Why.
        #[source]
        reason: Cause,
    },
    /// The meter was plugged in before, and is not what is said of it now. Nothing is below: the reason is found by
    /// comparing the two.
    #[error("this meter was plugged in before: {reason}")]
    Otherwise {
        /// Why.
        reason: String,
    },
    /// A setting stands twice.
    #[error("{} repeats a setting", quoted(token))]
    Repeated {
        /// The second word.
        token: String,
    },
}

impl SpecError {
    /// No meter of the model can be so, for this reason.
    pub(super) fn impossible(reason: impl Into<Cause>) -> Self {
        Self::Impossible { reason: reason.into() }
    }

    /// The error for a model that is not in the catalogue.
    pub(super) fn unknown_model(token: &str) -> Self {
        let catalogue = Catalogue::embedded();
        let meters = catalogue.meters().iter().map(|meter| meter.slug.as_str());
        let models: Vec<&str> = meters.chain(catalogue.unreadable().iter().map(|meter| meter.slug.as_str())).collect();
        Self::UnknownModel { token: token.to_owned(), models: models.join(", ") }
    }
}

/// The meter of this slug, one that cannot be read included.
pub(super) fn model(slug: &str) -> Option<Known<'static>> {
    let catalogue = Catalogue::embedded();
    let unreadable = || catalogue.unreadable().iter().find(|meter| meter.slug == slug).map(Known::Unreadable);
    catalogue.by_slug(slug).map(Known::Meter).or_else(unreadable)
}

impl FromStr for SimulatedMeterSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let mut tokens = text.split_whitespace();
        let slug = tokens.next().ok_or(SpecError::Empty)?;
        // Before its settings: which faults there are depends on the model.
        model(slug).ok_or_else(|| SpecError::unknown_model(slug))?;
        let mut spec = Self::new(slug);
        let mut settings: Vec<&str> = Vec::new();
        for token in tokens {
            let (setting, value) = token.split_once('=').map_or((token, None), |(name, value)| (name, Some(value)));
            // Of two the last would count, and a script would play another meter than its first
            // words say.
            if settings.contains(&setting) {
                return Err(SpecError::Repeated { token: token.to_owned() });
            }
            settings.push(setting);
            spec.set(token, setting, value)?;
        }
        Ok(spec)
    }
}

impl SimulatedMeterSpec {
    fn set(&mut self, token: &str, setting: &str, value: Option<&str>) -> Result<(), SpecError> {
        let bad = |expected| SpecError::BadValue { token: token.to_owned(), expected };
        match (setting, value) {
            ("serial", Some(serial)) => {
                let is_right = (1..=LONGEST_SERIAL).contains(&serial.len())
                    && serial.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                self.serial =
                    Some(if is_right { Ok(serial.to_owned()) } else { Err(bad("1 to 32 letters, digits, -")) }?);
            }
            ("readings", Some(count)) => {
                let count = count.parse().ok().filter(|count| *count <= MOST_READINGS);
                self.readings = Some(count.ok_or_else(|| bad("a whole number from 0 to 10000"))?);
            }
            ("seed", Some(seed)) => {
                self.seed = Some(seed.parse().map_err(|_| bad("a whole number from 0"))?);
            }
            ("clock-offset", Some(seconds)) => {
                self.clock_offset_seconds = Some(seconds.parse().map_err(|_| bad("a whole number of seconds"))?);
            }
            ("fault", Some(fault)) => {
                let bad = |cause| SpecError::BadFault { token: token.to_owned(), cause };
                self.fault = Some(match model(&self.model) {
                    Some(Known::Meter(meter)) => shelf::fault(meter, fault).map_err(bad)?,
                    // Nothing is ever read from it.
                    Some(Known::Cable(_) | Known::Unreadable(_)) | None => fault.parse().map_err(bad)?,
                });
            }
            ("access", Some(word)) => {
                self.access = Some(match word {
                    "open" => Access::Open,
                    "denied" => Access::Denied,
                    "busy" => Access::Busy,
                    "not-mounted" => Access::NotMounted,
                    _ => return Err(bad("open, denied, busy or not-mounted")),
                });
            }
            ("cable", Some(key)) => {
                let key = key.parse().map_err(|_| bad("a cable such as 0403:6001:CABLE-000-1 or 067b:2303@1-2"))?;
                self.cable = Some(key);
            }
            ("pace", Some(pace)) => {
                let expected = "milliseconds per transfer, such as 20ms, at most 60000ms";
                let number = pace.strip_suffix("ms").and_then(|number| number.parse().ok());
                let number = number.filter(|number| *number <= LONGEST_PACE_MS);
                let per_transfer = Duration::from_millis(number.ok_or_else(|| bad(expected))?);
                self.pace = MeterPace::Real { per_transfer };
            }
            ("control-only", None) => self.control_only = true,
            ("mmol", None) => self.mmol = true,
            ("reset-clock", None) => self.reset_clock = true,
            _ => return Err(SpecError::UnknownSetting { token: token.to_owned() }),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn a_line_of_a_script_becomes_a_meter() {
        let line = "accu-chek-guide serial=92500000042 readings=720 seed=7 clock-offset=-3600 fault=drop@300 \
                    control-only mmol reset-clock access=busy cable=0403:6001:000CAB1 pace=20ms";
        let spec: SimulatedMeterSpec = line.parse().unwrap();
        assert_eq!(
            spec,
            SimulatedMeterSpec {
                model: "accu-chek-guide".to_owned(),
                serial: Some("92500000042".to_owned()),
                readings: Some(720),
                seed: Some(7),
                clock_offset_seconds: Some(-3600),
                fault: Some("drop@300".parse().unwrap()),
                control_only: true,
                mmol: true,
                reset_clock: true,
                access: Some(Access::Busy),
                cable: Some("0403:6001:000CAB1".parse().unwrap()),
                pace: MeterPace::Real { per_transfer: Duration::from_millis(20) },
            }
        );
        assert_eq!("  onetouch-ultra2  ".parse(), Ok(SimulatedMeterSpec::new("onetouch-ultra2")));
    }

    #[rstest]
    #[case("", "is written MODEL")]
    #[case("accu-check-guide", "no simulated meter \"accu-check-guide\"; the models are accu-chek-guide, ")]
    #[case("accu-chek-guide reading=3", "\"reading=3\" is no setting")]
    #[case("accu-chek-guide mmol=yes", "\"mmol=yes\" is no setting")]
    #[case("accu-chek-guide serial", "\"serial\" is no setting")]
    #[case("accu-chek-guide readings=-1", "\"readings=-1\": expected a whole number from 0 to 10000")]
    #[case("accu-chek-guide readings=10001", "\"readings=10001\": expected")]
    #[case("accu-chek-guide serial=", "\"serial=\": expected")]
    #[case("accu-chek-guide serial=\u{1b}[2J", "expected 1 to 32 letters")]
    #[case("accu-chek-guide seed=x", "\"seed=x\"")]
    #[case("accu-chek-guide clock-offset=1h", "\"clock-offset=1h\": expected a whole number of seconds")]
    #[case("accu-chek-guide fault=burn@3", "\"fault=burn@3\": no fault of kind")]
    #[case("accu-chek-guide access=unsupported", "\"access=unsupported\": expected open")]
    #[case("onetouch-ultra2 access=ask-model", "\"access=ask-model\": expected open, denied, busy or not-mounted")]
    #[case("onetouch-ultra2 cable=ftdi", "\"cable=ftdi\": expected a cable such as")]
    #[case("accu-chek-guide pace=60001ms", "such as 20ms, at most 60000ms")]
    #[case("accu-chek-guide pace=20", "\"pace=20\": expected milliseconds")]
    #[case("accu-chek-guide readings=1 readings=2", "\"readings=2\" repeats")]
    fn a_mistake_is_named_by_its_word(#[case] line: &str, #[case] says: &str) {
        let error = line.parse::<SimulatedMeterSpec>().unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
