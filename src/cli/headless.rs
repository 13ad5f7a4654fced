//! `glucodock headless`: the same app under a script.

mod register;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::Zoned;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::{Disambiguation, OffsetConflict, TimeZone};

use self::register::ScriptRegister;
use super::demo::demo_clinic;
use super::settings::{AppSettings, SettingsOptions, export_destination};
use super::store::{StoreOptions, for_training_only};
use super::wiring::{CarePlatform, Start, shown, site, toggle};
use super::{CommandError, Exit, Format, input};
use crate::config::ExportSettings;
use crate::domain::calendar::{self, METER_YEARS};
use crate::domain::cause::Cause;
use crate::domain::clinic::Purpose;
use crate::engine::display::in_theme;
use crate::engine::effects::ToggleDemoMeter;
use crate::engine::engine_event::mailbox;
use crate::engine::export::ExportDestination;
use crate::engine::headless::board::SimulatedBoard;
use crate::engine::headless::harness::{OpenBackend, Speed, Surroundings};
use crate::engine::headless::script::{Checks, Person, Script, ScriptStep, Staff};
use crate::engine::headless::{self, output, script};
use crate::engine::running_app::App;
use crate::host::bus::MeterBus;
use crate::host::cables::CableFile;
use crate::host::clock::{Clock, SystemClock, VirtualClock};
use crate::host::real_bus::RealBus;
use crate::host::simulated_bus::{BothBuses, SimulatedBus};
use crate::host::watch::AttachmentIds;
use crate::meters::catalogue::Catalogue;
use crate::store::Store;
use crate::ui::glyphs::GlyphSet;
use crate::ui::theme::{Colours, Theme};
use crate::ui::view::Extent;
use crate::ui::words::Words;

/// Which script, on which data, how fast.
#[derive(Debug, Args)]
pub(super) struct HeadlessOptions {
    /// The script; - reads it from standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Columns and rows of the screen
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "80x24", value_parser = script::size)]
    size: (u16, u16),
    /// Work on a demo clinic that is thrown away, instead of the data folder, whose store must be for training unless
    /// the speed is real and nothing is plugged by the script
    #[arg(long)]
    demo: bool,
    /// Screens for people, or a JSON line for each step
    #[arg(long, value_enum, value_name = "FORM")]
    output: Option<Format>,
    /// fast: time moves only when nothing else can happen; real: as it does, with the meters of this computer
    #[arg(long, value_enum, value_name = "SPEED", default_value = "fast")]
    speed: SpeedName,
    /// Where the clock of a fast run starts: 2026-07-14T12:00 on this computer's clock, or with a zone
    /// 2026-07-14T12:00:00+02:00[Europe/Berlin]; without it, now
    #[arg(long, value_name = "TIME", value_parser = start_time)]
    at: Option<Zoned>,
    /// Draw with colours left out
    #[arg(long)]
    mono: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// The clinic's name, shown on every screen
    #[arg(long, value_name = "NAME", env = "GLUCODOCK_SITE", default_value = "Clinic")]
    site: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SpeedName {
    Fast,
    Real,
}

impl HeadlessOptions {
    /// Whether nothing of the run is kept.
    pub(super) const fn is_demo(&self) -> bool {
        self.demo
    }
}

/// Runs the script.
pub(super) fn run(options: &HeadlessOptions, format: Format, log: Option<&Path>) -> Result<Exit, CommandError> {
    let text = script_text(&options.file)?;
    if options.speed == SpeedName::Real && options.at.is_some() {
        return Err(CommandError::usage("--at is for --speed fast: a real clock cannot be set"));
    }
    let start = options.at.clone().unwrap_or_else(|| SystemClock.now());
    let output = match options.output.unwrap_or(format) {
        Format::Text => output::ReportFormat::Text,
        Format::Json => output::ReportFormat::Json,
    };
    let run =
        |surroundings| headless::run(surroundings, &text, output, &mut io::stdout().lock(), &mut io::stderr().lock());
    let code = if options.demo {
        let clinic = Arc::new(demo_clinic(start.timestamp())?);
        let site = shown(clinic.site().clone(), Purpose::Training);
        let exports = export_destination(ExportSettings::default(), clinic.directory());
        let setup = Start::new(site, start.time_zone().clone())?.with_demo(&clinic).with_exports(&exports);
        let opened = Arc::clone(&clinic);
        let open: OpenBackend = Box::new(move || {
            let store = opened.open().map_err(not_opened)?;
            CarePlatform::Embedded.on(store).map_err(not_opened)
        });
        let cables = CableFile::in_folder(clinic.directory());
        let data = HeadlessData { folder: clinic.directory().to_owned(), cables, exports };
        run(surroundings(options, Purpose::Training, start, setup, open, data, |bus| toggle(bus, &clinic))?)?
    } else {
        let AppSettings { platform, exports, dashboard, lock, scanner } =
            options.settings.of_app(&options.store.folder()?)?;
        let folder = options.store.existing_folder()?;
        // Before a script runs: a store that cannot be opened, or is of another platform, is no fault of the script.
        let store = Store::open(&folder)?;
        let purpose = store.purpose();
        drop(platform.clone().on(store)?);
        // Before the first key, and not where such a step comes: half a script would have been done
        // by then.
        if purpose == Purpose::Patients {
            refuse_pretence(options, &text)?;
        }
        let site = site(&options.site)?;
        let setup = Start::new(shown(site.clone(), purpose), start.time_zone().clone())?;
        let setup = setup
            .with_platform(&platform)
            .with_log(log)
            .with_exports(&exports)
            .with_unit(dashboard.unit)
            .with_lock(lock)
            .with_scanner(scanner);
        let data = HeadlessData { cables: CableFile::in_folder(&folder), folder: folder.clone(), exports };
        let open: OpenBackend =
            Box::new(move || Store::open(&folder).and_then(|store| platform.clone().on(store)).map_err(not_opened));
        run(surroundings(options, purpose, start, setup, open, data, |_| Ok(Arc::new(|_| {})))?)?
    };
    Ok(Exit::Left(code))
}

/// A store that cannot be opened is told as every command tells it, with what helps.
fn not_opened(error: impl Into<CommandError>) -> Cause {
    Cause::of(error.into())
}

/// On a store for patients the clock is the computer's and the meters are real: a virtual clock would forge the times
/// of the audit trail and go round the wait after wrong passwords, and a simulated meter would fill a person's record
/// with inventions. Refused before anything starts.
fn refuse_pretence(options: &HeadlessOptions, script: &str) -> Result<(), CommandError> {
    if options.at.is_some() {
        return Err(for_training_only("--at"));
    }
    if options.speed == SpeedName::Fast {
        return Err(for_training_only("--speed fast"));
    }
    // What is wrong with the script is told when it is played.
    let Ok(script) = Script::parse(script, &Anything) else { return Ok(()) };
    let refused = script.lines.iter().find_map(|line| match line.step {
        ScriptStep::Plug(_) => Some("plug"),
        ScriptStep::User(_) => Some("user"),
        ScriptStep::Patient(_) => Some("patient"),
        ScriptStep::Keys(_)
        | ScriptStep::Unplug(_)
        | ScriptStep::Wait { .. }
        | ScriptStep::Expect(_)
        | ScriptStep::Refuse(_)
        | ScriptStep::ExpectJson { .. }
        | ScriptStep::Screen(_)
        | ScriptStep::Resize { .. }
        | ScriptStep::Idle
        | ScriptStep::Advance(_)
        | ScriptStep::Restart => None,
    });
    refused.map_or(Ok(()), |step| Err(for_training_only(step)))
}

/// Checks nothing: for one who only looks which steps there are.
struct Anything;

impl Checks for Anything {
    fn plug(&self, _: &str) -> Result<(), Cause> {
        Ok(())
    }

    fn user(&self, _: &Staff) -> Result<(), Cause> {
        Ok(())
    }

    fn patient(&self, _: &Person) -> Result<(), Cause> {
        Ok(())
    }
}

/// Why no clock starts at a time as it is written.
#[derive(Debug, thiserror::Error)]
enum StartTimeError {
    /// Neither of the two forms, a second 60, or an offset that the zone does not have then.
    #[error("write 2026-07-14T12:00, or with a zone 2026-07-14T12:00:00+02:00[Europe/Berlin]")]
    Form(#[source] Option<jiff::Error>),
    /// Clocks are changed then.
    #[error("in {zone} there is no such time, or it comes twice; write it with its offset and zone")]
    NotOnce {
        /// The zone of this computer.
        zone: String,
        /// What the calendar says.
        #[source]
        error: jiff::Error,
    },
    /// A year that no meter's clock has.
    #[error("write a year from 2000 to 2099")]
    OtherYear,
}

/// A time with its zone, or on this computer's clock: one that there is, and only once.
fn start_time(text: &str) -> Result<Zoned, StartTimeError> {
    start_time_in(text, &SystemClock.now().time_zone().clone())
}

/// How many characters a day has.
const DAY: usize = "2026-07-14".len();

fn start_time_in(text: &str, ours: &TimeZone) -> Result<Zoned, StartTimeError> {
    let not_once = |error| {
        let zone = ours.iana_name().unwrap_or("this computer's time zone").to_owned();
        StartTimeError::NotOnce { zone, error }
    };
    if let Some(moment) = calendar::parse_moment(text) {
        return ours.to_ambiguous_zoned(moment).unambiguous().map_err(not_once).and_then(in_our_time);
    }
    let parser = DateTimeParser::new().disambiguation(Disambiguation::Reject).offset_conflict(OffsetConflict::Reject);
    let zoned = parser.parse_zoned(text).map_err(|error| StartTimeError::Form(Some(error)))?;
    // What stands before offset and zone; the library would take second 60 of it for 59.
    let before_zone = text.split('[').next().unwrap_or(text);
    // The hyphens of the day are not the sign of an offset.
    let offset = before_zone.match_indices(['+', '-', 'Z']).map(|(at, _)| at).find(|at| *at > DAY);
    let clock = before_zone.get(..offset.unwrap_or(before_zone.len())).unwrap_or_default();
    let is_as_written = calendar::parse_moment(clock) == Some(zoned.datetime());
    if is_as_written { in_our_time(zoned) } else { Err(StartTimeError::Form(None)) }
}

/// A script moves the clock on from there, and meters' clocks have years of their own.
fn in_our_time(start: Zoned) -> Result<Zoned, StartTimeError> {
    if METER_YEARS.contains(&start.year()) { Ok(start) } else { Err(StartTimeError::OtherYear) }
}

fn script_text(file: &Path) -> Result<String, CommandError> {
    if file == Path::new("-") { input::standard_input(input::MOST) } else { input::file(file, "the script") }
}

/// What a run works on.
struct HeadlessData {
    folder: PathBuf,
    cables: CableFile,
    exports: ExportDestination,
}

fn surroundings(
    options: &HeadlessOptions,
    purpose: Purpose,
    start: Zoned,
    setup: Start,
    open: OpenBackend,
    data: HeadlessData,
    toggle: impl FnOnce(Arc<SimulatedBus>) -> Result<ToggleDemoMeter, CommandError>,
) -> Result<Surroundings, CommandError> {
    let (put, inbox) = mailbox();
    let ids = Arc::new(AttachmentIds::default());
    let virtual_clock = Arc::new(VirtualClock::new(start));
    let (clock, speed): (Arc<dyn Clock>, Speed) = match options.speed {
        SpeedName::Fast => (Arc::clone(&virtual_clock) as _, Speed::Fast(virtual_clock)),
        SpeedName::Real => (Arc::new(SystemClock), Speed::Real),
    };
    let simulated = Arc::new(SimulatedBus::new(Catalogue::embedded(), Arc::clone(&clock), Arc::clone(&ids), put.bus()));
    let bus: Arc<dyn MeterBus> = if options.speed == SpeedName::Real && !options.demo {
        let real = RealBus::start(Catalogue::embedded(), Vec::new(), ids, put.bus())?;
        match purpose {
            Purpose::Patients => Arc::new(real),
            Purpose::Training => Arc::new(BothBuses::new(Arc::new(real), Arc::clone(&simulated) as _)),
        }
    } else {
        Arc::clone(&simulated) as _
    };
    let colours = if options.mono { Colours::Mono } else { Colours::Sixteen };
    let glyphs = if options.ascii { GlyphSet::Ascii } else { GlyphSet::Unicode };
    Ok(Surroundings {
        app: App::new(move |at| setup.setup(at), Words::shared(), Extent::Seen),
        open,
        bus,
        toggle: toggle(Arc::clone(&simulated))?,
        cables: Some(data.cables),
        exports: data.exports,
        register: Box::new(ScriptRegister { folder: data.folder, clock: Arc::clone(&clock) }),
        board: Box::new(SimulatedBoard::new(simulated)),
        now: Arc::new(move || clock.now()),
        speed,
        paint: in_theme(Theme::new(colours, glyphs)),
        size: options.size,
        queue: (put, inbox),
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// On this clock there is no 02:30 on 29-Mar-2026, and it comes twice on 25-Oct-2026.
    #[rstest]
    #[case("2026-07-14T12:00", "2026-07-14T12:00:00+02:00[Europe/Berlin]")]
    #[case("2026-07-14 12:00:59", "2026-07-14T12:00:59+02:00[Europe/Berlin]")]
    #[case("2026-07-14T12:00:00-05:00[America/Chicago]", "2026-07-14T12:00:00-05:00[America/Chicago]")]
    #[case("2026-07-14T12:00[America/Chicago]", "2026-07-14T12:00:00-05:00[America/Chicago]")]
    #[case("2026-10-25T02:30:00+01:00[Europe/Berlin]", "2026-10-25T02:30:00+01:00[Europe/Berlin]")]
    #[case("2026-07-14T12:00:60", "write 2026-07-14T12:00")]
    #[case("2026-07-14T12:00:60+02:00[Europe/Berlin]", "write 2026-07-14T12:00")]
    #[case("1999-12-31T23:59", "write a year from 2000 to 2099")]
    #[case("2100-01-01T00:00[Europe/Berlin]", "write a year from 2000 to 2099")]
    #[case("2026-07-14", "write 2026-07-14T12:00")]
    #[case("2026-07-14T12:00:00+02:00", "write 2026-07-14T12:00")]
    #[case("2026-07-14T12:00:00Z", "write 2026-07-14T12:00")]
    #[case("2026-07-14T12:00:00+05:00[Europe/Berlin]", "write 2026-07-14T12:00")]
    #[case("2026-03-29T02:30", "in Europe/Berlin there is no such time")]
    #[case("2026-10-25T02:30", "in Europe/Berlin there is no such time, or it comes twice")]
    #[case("2026-03-29T02:30[Europe/Berlin]", "write 2026-07-14T12:00")]
    fn the_clock_starts_as_it_is_written_or_not_at_all(#[case] written: &str, #[case] starts: &str) {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let started =
            start_time_in(written, &berlin).map_or_else(|refused| refused.to_string(), |start| start.to_string());
        assert!(started.starts_with(starts), "{written}: {started}");
    }
}
