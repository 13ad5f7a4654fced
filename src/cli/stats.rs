//! `glucodock stats`: the numbers of the dashboard for a file of readings.

mod csv_readings;
mod page;
mod read_readings;

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::{Date, DateTime, Time};

use super::counting_options::{LowHighOption, UnitOption};
use super::output::{print_json, print_text};
use super::settings::SettingsOptions;
use super::store::StoreOptions;
use super::{CommandError, Exit, Format, input};
use crate::domain::glucose::Unit;
use crate::domain::reading::{Beyond, Reading};
use crate::domain::record::{RecordTotals, Span};
use crate::domain::statistics::{ComputedNumbers, Counting, MeterLimits, Period, summarise_each};
use crate::domain::text::Clean;
use crate::ui::numbers::numbers_object;

/// What `stats` reads.
const FORMS: &str = "\
The file is the JSON that glucodock read --json prints, or that of glucodock export --as json, or
the CSV of glucodock export --as csv, or CSV with the columns
  local   the meter's clock: 2026-07-14T08:30 or 2026-07-14T08:30:12
  mgdl    a whole number of mg/dL; empty for LO and HI
  flag    LO, HI, or CTRL for a test with control solution; may be left out, as those below
  meal    before_breakfast, before_lunch, before_dinner, after_..., fasting, bedtime, casual
  seq     the place of the reading in the meter
  utc     the same moment in UTC; nothing is computed with it";

/// Which numbers.
#[derive(Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct StatsOptions {
    /// The file of readings; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// The unit of mean, standard deviation and percentiles: without it, that of the settings, else that of most
    /// values. It changes no count
    #[arg(long, value_enum, value_name = "UNIT", ignore_case = true)]
    unit: Option<UnitOption>,
    /// What stands for LO and HI where a number is needed
    #[arg(long, value_enum, value_name = "POLICY", default_value_t)]
    lo_hi: LowHighOption,
    /// Counts the readings of so many days up to the last of the file only, and tells readings a day over them.
    /// Without it, from the first day of the file
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=Period::LONGEST))]
    window_days: Option<i64>,
}

/// The readings of a file.
struct ReadingsOfFile {
    /// Each with what its meter can measure.
    readings: Vec<(Reading, MeterLimits)>,
    /// The first and the last day that the file says it is of.
    days: Option<(Date, Date)>,
    /// Why they are a part of the readings there are, if it is known that they are.
    part: Option<&'static str>,
}

/// Prints the numbers.
pub(super) fn run(options: &StatsOptions, format: Format) -> Result<Exit, CommandError> {
    let unit = unit(options)?;
    let file = readings(&options.file)?;
    if let Some(told) = file.part {
        // In JSON it is `complete`.
        let _ = writeln!(io::stderr(), "glucodock: {told}");
    }
    let computed = computed(options, unit, file);
    match format {
        Format::Json => print_json(&numbers_object(&computed))?,
        Format::Text => print_text(&page::page(&computed))?,
    }
    Ok(Exit::Done)
}

/// The unit that was typed or set.
fn unit(options: &StatsOptions) -> Result<Option<Unit>, CommandError> {
    match (options.unit, options.store.folder()) {
        // A computer that names no folder of this user has no settings of theirs; nothing is stored.
        (None, Err(_)) if !options.settings.are_named() => Ok(None),
        (typed, folder) => options.settings.unit(typed, &folder.unwrap_or_default()),
    }
}

fn readings(path: &Path) -> Result<ReadingsOfFile, CommandError> {
    let (name, text) = if path == Path::new("-") {
        (Clean::from(input::STANDARD_INPUT), input::standard_input(input::MOST)?)
    } else {
        (Clean::new(&path.to_string_lossy(), 200), input::file(path, "the file of readings")?)
    };
    // No column is called so: a table never begins with a brace or a bracket.
    if text.trim_start().starts_with(['{', '[']) {
        read_readings::parse(&text, name.as_str())
    } else {
        csv_readings::parse(&text, name.as_str())
    }
}

fn computed(options: &StatsOptions, unit: Option<Unit>, file: ReadingsOfFile) -> ComputedNumbers {
    let ReadingsOfFile { readings, days, part } = file;
    let (readings, limits): (Vec<Reading>, Vec<MeterLimits>) = readings.into_iter().unzip();
    let unit = unit.unwrap_or_else(|| RecordTotals::of(&readings).units.usual());
    let policy = options.lo_hi.policy();
    // Days are those of readings that count: one of a wrong clock would move them.
    let counted = || readings.iter().filter(|reading| reading.is_in_numbers());
    let dates = || counted().filter_map(|reading| reading.time).map(DateTime::date);
    let last = dates().max();
    let days = match (last, options.window_days) {
        // One day less: the last one counts too.
        (Some(last), Some(days)) => Some((last.saturating_sub(jiff::Span::new().days(days - 1)), last)),
        // What a file says of its days is as true without a reading.
        _ => days.or_else(|| dates().min().zip(last)),
    };
    let span = days.map(|(first, last)| Span {
        from: first.to_datetime(Time::MIN),
        to: last.saturating_add(jiff::Span::new().days(1)).to_datetime(Time::MIN),
    });
    // What no number uses has no window: a time of a wrong clock says nothing of where it lies. It is counted as what
    // it is.
    let is_before = |reading: &Reading| {
        reading.is_in_numbers() && reading.time.zip(span).is_some_and(|(time, span)| time < span.from)
    };
    let looked_at = || readings.iter().zip(limits.iter().copied()).filter(|(reading, _)| !is_before(reading));
    // Of all readings in the file: those of a window may have none beyond what their meter measures.
    let usual = limits.first().filter(|first| limits.iter().all(|limits| limits == *first)).copied();
    let counting = Counting { policy, limits: usual.unwrap_or_default(), span };
    let stand_ins = [Beyond::Below, Beyond::Above].map(|beyond| {
        let theirs = looked_at().filter(|(reading, _)| reading.is_in_numbers() && reading.beyond() == Some(beyond));
        let numbers: BTreeSet<Option<u32>> = theirs.map(|(_, limits)| policy.number(beyond, limits)).collect();
        match numbers.len() {
            1 => numbers.into_iter().next().flatten(),
            _ => None,
        }
    });
    ComputedNumbers {
        summary: summarise_each(looked_at(), policy, span),
        counting,
        stand_ins,
        unit,
        days,
        outside_window: readings.iter().filter(|reading| is_before(reading)).count(),
        is_whole: part.is_none(),
    }
}

#[cfg(test)]
mod tests;
