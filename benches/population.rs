//! What a clinic with very many patients costs: `cargo bench --bench population`.
//!
//! Fills a training store (`GLUCODOCK_BENCH_PATIENTS`, 100,000 by default, and `GLUCODOCK_BENCH_READINGS`, ten times
//! as many), or works on the one in the folder `GLUCODOCK_BENCH_STORE`, which `glucodock store fill` made. Prints how
//! long filling took and how large the store is; then, on the store opened anew: a page of the clinic's patients in
//! each order and filter, a dashboard until it is painted, a search, and what the process holds of memory; and what 90
//! days with six readings each and 100,000 readings of one patient take to be computed. It fails where what is wanted
//! is missed.

use std::io::Write;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use glucodock::app::asked::Asked;
use glucodock::app::key::Key;
use glucodock::app::model::{AppState, Model};
use glucodock::app::wizard::Step;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::made_up::MadeUpClinic;
use glucodock::domain::patient::{Patient, Status};
use glucodock::domain::population::{PopulationFilter, PopulationOrder, PopulationQuery};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::statistics::{Dashboard, Period};
use glucodock::store::{By, DATABASE_FILE, OwnedDownload, RegisteredPatient, Store};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, Zoned};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use clinic::{Clinic, anna, dashboard};

#[path = "../tests/app/clinic.rs"]
#[expect(dead_code, reason = "a measurement needs less of the clinic than the tests")]
mod clinic;

/// Questions of each kind.
const QUESTIONS: u64 = 200;

/// People and readings stored in one transaction.
const PEOPLE: u32 = 20_000;
const READINGS: usize = 50_000;

/// What is wanted, in milliseconds: of a page, of a dashboard, of a search, and of what is computed.
const PAGE_MS: f64 = 200.0;
const DASHBOARD_MS: f64 = 50.0;
const SEARCH_MS: f64 = 10.0;
const QUARTER_MS: f64 = 1.0;
const LIFE_MS: f64 = 20.0;

/// The most that the process may hold, in MB.
const MOST_MB: f64 = 64.0;

/// What was measured beside what is wanted.
struct Verdicts {
    out: std::io::Stdout,
    is_missed: bool,
}

impl Verdicts {
    /// Prints the middle and the 99th of a hundred, and holds the latter to what is wanted.
    fn of_times(&mut self, what: &str, times: &mut [Duration], wanted: f64) -> Result<()> {
        times.sort();
        let at =
            |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default().as_secs_f64() * 1e3;
        self.of(what, &format!("p50 {:8.2} ms  p99 {:8.2} ms", at(50), at(99)), at(99), wanted, "ms")
    }

    fn of(&mut self, what: &str, said: &str, measured: f64, wanted: f64, unit: &str) -> Result<()> {
        let is_missed = measured > wanted;
        self.is_missed |= is_missed;
        let verdict = if is_missed { "MISSED" } else { "ok" };
        let ratio = measured / wanted;
        writeln!(self.out, "{what:<44} {said}  at most {wanted} {unit}: {ratio:.2} of it, {verdict}")?;
        Ok(())
    }
}

fn main() -> Result<ExitCode> {
    if let Some(folder) = std::env::var_os("GLUCODOCK_BENCH_LOOKS") {
        return looked(std::path::Path::new(&folder));
    }
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u32>()).transpose();
    let mut verdicts = Verdicts { out: std::io::stdout(), is_missed: false };
    let temporary = tempfile::tempdir()?;
    let folder = if let Some(folder) = std::env::var_os("GLUCODOCK_BENCH_STORE") {
        folder.into()
    } else {
        let people = number("GLUCODOCK_BENCH_PATIENTS")?.unwrap_or(100_000);
        let readings = number("GLUCODOCK_BENCH_READINGS")?.unwrap_or(people.saturating_mul(10));
        fill(temporary.path(), people, readings)?;
        temporary.path().to_owned()
    };
    let bytes = std::fs::metadata(folder.join(DATABASE_FILE))?.len();
    writeln!(verdicts.out, "the store takes {} MB", bytes / 1_000_000)?;
    computed(&mut verdicts)?;
    // In a process of its own: what filling left is no cost of looking.
    let looked = std::process::Command::new(std::env::current_exe()?).env("GLUCODOCK_BENCH_LOOKS", &folder).status()?;
    verdicts.is_missed |= !looked.success();
    Ok(if verdicts.is_missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn fill(folder: &std::path::Path, people: u32, readings: u32) -> Result<()> {
    let store = Store::open_for_training(folder)?;
    let clinic = MadeUpClinic::new(1, people, readings, Zoned::now());
    let by = By::command("bench", Timestamp::now());
    let begun = Instant::now();
    for first in (0..people).step_by(usize::try_from(PEOPLE)?) {
        let some: Vec<RegisteredPatient> = (first..people.min(first + PEOPLE))
            .map(|number| {
                let made = clinic.person(number);
                let merged_into = made.merged_into.map(|into| clinic.person(into).person.mrn);
                RegisteredPatient { person: made.person, status: made.status, merged_into }
            })
            .collect();
        store.fill_people(by, &some)?;
    }
    let mut out = std::io::stdout();
    writeln!(out, "{people} patients made in {:.1?}", begun.elapsed())?;
    let begun = Instant::now();
    let (mut some, mut waiting) = (Vec::new(), 0);
    for number in 0..clinic.meters() {
        let made = clinic.meter(number);
        let mut owners = (0..people).map(|further| clinic.person((made.owner + further) % people));
        let owner = owners.find(|made| made.status == Status::Active).context("nobody is active")?;
        waiting += made.download.readings.len();
        some.push(OwnedDownload {
            owner: owner.person.mrn.expose().as_str().to_owned(),
            read_at: made.read_at.timestamp(),
            download: made.download,
            waits: made.waits,
        });
        if waiting >= READINGS || number + 1 == clinic.meters() {
            store.fill_meters(by, &some)?;
            (some, waiting) = (Vec::new(), 0);
        }
    }
    writeln!(out, "{readings} readings of {} meters made in {:.1?}", clinic.meters(), begun.elapsed())?;
    Ok(())
}

/// What is looked for on a store that was opened just now.
fn looked(folder: &std::path::Path) -> Result<ExitCode> {
    let mut verdicts = Verdicts { out: std::io::stdout(), is_missed: false };
    let store = Store::open(folder)?;
    let now = Zoned::now();
    let by = By::command("bench", now.timestamp());
    let mut people: Vec<Patient> = Vec::new();
    for order in PopulationOrder::ALL {
        for filter in PopulationFilter::ALL {
            let (mut times, mut from) = (Vec::new(), None);
            for _ in 0..20 {
                let query = PopulationQuery { order, filter, today: now.date(), from };
                let begun = Instant::now();
                let page = store.population(by, &query)?;
                times.push(begun.elapsed());
                people.extend(page.rows.into_iter().map(|row| row.patient));
                from = page.next;
            }
            verdicts.of_times(&format!("a page by {}, {}", order.name(), filter.name()), &mut times, PAGE_MS)?;
        }
    }
    let with_readings: Vec<&Patient> = people.iter().filter(|patient| patient.last_upload.is_some()).collect();
    let words = Words::english();
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let mut terminal = Terminal::new(TestBackend::new(80, 24))?;
    let mut times = Vec::new();
    for patient in with_readings.iter().cycle().take(usize::try_from(QUESTIONS)?) {
        let mut model = model_at_dashboard();
        let begun = Instant::now();
        let period = Period::default();
        let record = store.record(&patient.id, period.span_with_before(now.date()))?;
        let dashboard = Dashboard::of_meters(record, period, now.date(), |_| None);
        show(&mut model, dashboard)?;
        let scene = view(&model, &words);
        terminal.draw(|frame| paint(frame, &scene, &theme))?;
        times.push(begun.elapsed());
    }
    verdicts.of_times("a dashboard, until it is painted", &mut times, DASHBOARD_MS)?;
    let mut times = Vec::new();
    for patient in people.iter().cycle().take(usize::try_from(QUESTIONS)?) {
        let query = format!("{} {}", patient.family.expose(), patient.given.expose());
        let begun = Instant::now();
        store.search(&query, None, 20)?;
        times.push(begun.elapsed());
    }
    verdicts.of_times("a search by family and given name", &mut times, SEARCH_MS)?;
    let status = std::fs::read_to_string("/proc/self/status")?;
    let held = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no such line")?;
    let held: u32 = held.trim().trim_end_matches("kB").trim().parse()?;
    let held = f64::from(held) * 1024.0 / 1e6;
    verdicts.of("memory, the most at any time", &format!("{held:.1} MB"), held, MOST_MB, "MB")?;
    Ok(if verdicts.is_missed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The app at a dashboard.
fn model_at_dashboard() -> Model {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    clinic.model
}

fn show(model: &mut Model, shown: Dashboard) -> Result<()> {
    let AppState::Working(working) = &mut model.state else { bail!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { bail!("this is {}", working.step.name()) };
    step.content = Asked::Ready(Box::new(shown));
    Ok(())
}

/// The numbers of these readings, counted anew.
fn computed(verdicts: &mut Verdicts) -> Result<()> {
    let last = date(2026, 7, 14).at(8, 0, 0, 0);
    for (what, count, minutes, wanted) in [
        ("90 days with 6 readings each, computed", 540_u32, 240, QUARTER_MS),
        ("100,000 readings of one patient, computed", 100_000, 1, LIFE_MS),
    ] {
        let readings = (0..count).map(|index| Reading {
            corrected_from: None,
            index,
            time: last.checked_sub(SignedDuration::from_mins(minutes * i64::from(index))).ok(),
            measured: Measured::Value(Concentration::mg_per_dl(50 + index % 251)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: std::collections::BTreeMap::new(),
        });
        let mut board = dashboard(anna(), Period::Days90);
        board.readings = readings.collect();
        let mut times = Vec::new();
        for _ in 0..20 {
            let begun = Instant::now();
            board.count_by(board.low_high, board.meals);
            times.push(begun.elapsed());
        }
        verdicts.of_times(what, &mut times, wanted)?;
    }
    Ok(())
}
