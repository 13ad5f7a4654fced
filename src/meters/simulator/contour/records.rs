//! The records of a simulated Contour meter's transmission.

use jiff::civil::DateTime;

use super::ContourQuirks;
use crate::domain::glucose::{Concentration, MG_PER_DL_IN_MMOL_PER_L, Measured, Unit};
use crate::domain::reading::{Kind, Meal};
use crate::meters::codec::astm::result::Layout;
use crate::meters::simulator::readings::{ReadingSet, SimulatedReading};

/// Bytes that a frame has besides its text.
const FRAME_BYTES: usize = 8;

/// How a simulated Contour meter is set up.
#[derive(Debug, Clone)]
pub struct ContourConfig {
    /// Which family.
    pub layout: Layout,
    /// The product it reports: `Bayer7390`.
    pub product: String,
    /// Its serial field as sent: `7390-0000001`.
    pub serial: String,
    /// The unit it shows, and sends.
    pub unit: Unit,
    /// Its memory.
    pub memory: ReadingSet,
    /// What its clock shows when it is made.
    pub clock: DateTime,
    /// What is special about it.
    pub quirks: ContourQuirks,
}

impl ContourConfig {
    /// A sound Contour Next USB in mg/dL.
    #[must_use]
    pub fn next_usb(memory: ReadingSet, clock: DateTime) -> Self {
        Self {
            layout: Layout::Hid,
            product: "Bayer7410".to_owned(),
            serial: "7410-0000001".to_owned(),
            unit: Unit::MgPerDl,
            memory,
            clock,
            quirks: ContourQuirks::default(),
        }
    }

    /// The same memory in a meter with a serial cable.
    #[must_use]
    pub fn serial(self) -> Self {
        Self { layout: Layout::Serial, product: "Bayer7150".to_owned(), serial: "7150-0000001".to_owned(), ..self }
    }

    /// Whether its stamps have seconds.
    fn has_seconds(&self) -> bool {
        ["6210", "7800", "7900", "7950"].iter().any(|number| self.product.ends_with(number))
    }

    fn stamp(&self, time: DateTime) -> String {
        let form = if self.has_seconds() { "%Y%m%d%H%M%S" } else { "%Y%m%d%H%M" };
        time.strftime(form).to_string()
    }

    /// Whether it is the Contour USB, older than the others with a plug.
    fn is_first_usb(&self) -> bool {
        self.product.ends_with("7390")
    }

    /// Lowest and highest value, in mg/dL; 10 to 600 on the Contour USB and the Contour Next One.
    fn limits(&self) -> (u32, u32) {
        let is_wide = self.is_first_usb() || self.product.ends_with("7800");
        if is_wide { (10, 600) } else { (20, 600) }
    }
}

/// The whole transmission, from the header to the last record.
pub(super) fn transmission(config: &ContourConfig) -> Vec<String> {
    let quirks = &config.quirks;
    let mut records = vec![header(config, config.clock), "P|1".to_owned()];
    let (mut number, mut orders) = (0, 0);
    let mut next = || {
        number += 1;
        number
    };
    if config.layout == Layout::Serial && !config.memory.readings.is_empty() {
        // The first result of a serial meter is the average, which is nobody's reading.
        records.push(format!("R|{}|^^^GlucoseA|{}|{}^P|0||B||||", next(), average(config), config.unit));
    }
    for (place, reading) in config.memory.readings.iter().enumerate() {
        let number = next();
        if quirks.orders_controls && reading.kind == Kind::Control {
            // Orders are counted by themselves: nothing says that one has the number of its result.
            orders += 1;
            records.push(format!("O|{orders}||||||||||Q"));
        }
        records.push(result(config, number, reading));
        if place == 0 && quirks.has_logbook {
            let stamp = config.stamp(reading.time);
            records.push(format!("R|{}|^^^Insulin|2|1^||||{stamp}", next()));
            records.push(format!("R|{}|^^^Carb|30|1^||||{stamp}", next()));
        }
    }
    if !quirks.has_no_end {
        records.push(format!(
            "L|1|{before}{code}",
            before = if config.layout == Layout::Hid { "|" } else { "" },
            code = if quirks.ends_badly { "E" } else { "N" }
        ));
    }
    records
}

/// The header of a transmission that begins when the meter's clock shows `now`.
pub(super) fn header(config: &ContourConfig, now: DateTime) -> String {
    let (product, serial) = (&config.product, &config.serial);
    let clock = config.stamp(now);
    if config.layout == Layout::Serial {
        return format!("H|\\^&||-7880|{product}^1.05\\0.00^{serial}|||||||P|1|{clock}");
    }
    let logbook = if config.quirks.has_logbook && !config.memory.readings.is_empty() { 2 } else { 0 };
    let held = u32::try_from(config.memory.readings.len()).unwrap_or(u32::MAX);
    let count = held.saturating_add(logbook).saturating_add(config.quirks.count_too_high);
    let unit = if config.unit == Unit::MmolPerL { "1" } else { "0" };
    let (low, high) = config.limits();
    if config.is_first_usb() {
        // As captured of a Contour USB: another version of its languages, and no processing id.
        return format!(
            "H|\\^&||7w3LBL|{product}^01.24\\01.04\\09.02.20^{serial}^7403-|A=1^C=63^G=1^I=0200^R=0^S=1^U={unit}\
             ^V={low:02}{high:03}^X=070070070070180130150250^Y=360126090050099050300089^Z=1|{count}||||||1|{clock}"
        );
    }
    let trailing = if config.has_seconds() { "|" } else { "" };
    format!(
        "H|\\^&||7EyQm2|{product}^01.10\\01.05\\10.03^{serial}^0000-|A=1^C=03\
         ^G=en,en\\de\\fr\\it\\nl\\es^I=0200^R=0^S=01^U={unit}^V={low:02}{high:03}^X=054070054054180250154254\
         ^Y=360126099054120054252099^Z=1|{count}|||||P|1|{clock}{trailing}"
    )
}

fn result(config: &ContourConfig, number: u32, reading: &SimulatedReading) -> String {
    let (low, high) = config.limits();
    let limit = |value| Concentration::mg_per_dl(value);
    let (value, flag) = match reading.measured {
        Measured::Value(value) => (shown(config, value), ""),
        // Beyond the range the field holds the limit, and the mark says on which side the reading is.
        Measured::Low => (shown(config, limit(low)), "<"),
        Measured::High => (shown(config, limit(high)), ">"),
        Measured::Unscaled(number) => (number.to_string(), ""),
    };
    let unit = if config.quirks.strange_unit == Some(number) { "g/L".to_owned() } else { config.unit.to_string() };
    let is_control = reading.kind == Kind::Control && !config.quirks.orders_controls;
    let stamp = config.stamp(reading.time);
    let start = format!("R|{number}|^^^Glucose|{value}|{unit}^P");
    if config.layout == Layout::Serial {
        // The published marks of a serial meter are B, A and D: it has none for fasting.
        let (meal, control) = (mark(reading.meal).filter(|mark| *mark != "F"), if is_control { "E" } else { "" });
        return format!("{start}|3|{flag}|{}|{control}|||{stamp}", meal.unwrap_or_default());
    }
    let hours = (config.quirks.three_hours_after == Some(number)).then_some("ZC");
    let control = is_control.then_some("C");
    let flag = Some(flag).filter(|flag| !flag.is_empty());
    // The Contour USB, older than the others, has no marks of its own.
    let own = (!config.is_first_usb()).then_some("M0/T1");
    let marks: Vec<&str> = [flag, control, mark(reading.meal), hours, own].into_iter().flatten().collect();
    let text = format!("{start}||{}||{stamp}", marks.join("/"));
    if config.quirks.fills_reports { filled(&text) } else { text }
}

/// Adds a field so that the frame fills its reports.
fn filled(text: &str) -> String {
    let length = text.len() + FRAME_BYTES + 1;
    let missing = length.next_multiple_of(60) - length;
    format!("{text}|{}", "x".repeat(missing))
}

fn mark(meal: Option<Meal>) -> Option<&'static str> {
    match meal? {
        Meal::Before => Some("B"),
        Meal::After => Some("A"),
        Meal::Fasting => Some("F"),
        Meal::None | Meal::Bedtime | Meal::Casual => None,
    }
}

/// A value of the memory, which is in mg/dL, as the meter shows it.
fn shown(config: &ContourConfig, value: Concentration) -> String {
    match config.unit {
        Unit::MgPerDl => value.to_number(),
        Unit::MmolPerL => format!("{:.1}", f64::from(value.digits()) / MG_PER_DL_IN_MMOL_PER_L),
    }
}

fn average(config: &ContourConfig) -> String {
    let values: Vec<u32> =
        config.memory.readings.iter().filter_map(|reading| Some(reading.measured.concentration()?.digits())).collect();
    let mean = values.iter().sum::<u32>() / u32::try_from(values.len().max(1)).unwrap_or(1);
    shown(config, Concentration::mg_per_dl(mean.max(1)))
}
