//! What a key costs, however many readings there are: `cargo bench --bench keys`.
//!
//! The same key, from `update` over the scene to the cells of a screen of 80x24 and of 120x40: on the dashboard of a
//! period with 300, 10,000 and 100,000 readings, in the list of waiting meters that hold so many, and in lists of 100,
//! 500 and 2,000 people found, meters that wait, and meters to choose among. The sizes take turns within one run, and
//! each is told by its fastest turn, which other work on the machine disturbs least. It fails if one costs more than
//! twice as much as another: only what is seen may be built.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use glucodock::app::asked::Asked;
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::model::{AppState, Model, Working};
use glucodock::app::update::update;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::dashboard::{CursorList, DashboardTab, LogbookPage};
use glucodock::app::wizard::waiting_meters::WaitingMeters;
use glucodock::domain::association::{Owner, Upload, UploadId};
use glucodock::domain::download::Counts;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::statistics::Period;
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use clinic::{Clinic, anna, dashboard, now, patient, upload};

#[path = "../tests/app/clinic.rs"]
#[expect(dead_code, reason = "a measurement needs less of the clinic than the tests")]
mod clinic;

const SIZES: [usize; 3] = [300, 10_000, 100_000];

/// Rows of lists: the shortest has more than the screen of any size shows.
const ROWS: [usize; 3] = [100, 500, 2_000];

/// Turns of each size, and keys in a turn.
const TURNS: usize = 15;
const KEYS: u32 = 40;

/// One size may cost so much more than another.
const MOST: f64 = 2.0;

/// A dashboard with so many readings, a quarter of an hour apart, and the keys on its table.
fn with_readings(count: usize) -> Result<Model> {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let mut model = clinic.model;
    let AppState::Working(working) = &mut model.state else { bail!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { bail!("this is {}", working.step.name()) };
    let last = date(2026, 7, 14).at(8, 0, 0, 0);
    let readings: Vec<Reading> = (0..u32::try_from(count)?)
        .map(|index| Reading {
            corrected_from: None,
            index,
            time: last.checked_sub(jiff::SignedDuration::from_mins(15 * i64::from(index))).ok(),
            measured: Measured::Value(Concentration::mg_per_dl(50 + index % 251)),
            kind: Kind::Blood,
            meal: None,
            doubts: vec![],
            raw: std::collections::BTreeMap::new(),
        })
        .collect();
    let mut loaded = dashboard(anna(), Period::Days90);
    loaded.readings = readings;
    loaded.count_by(loaded.low_high, loaded.meals);
    let page = LogbookPage::Readings { days: CursorList::default(), list: CursorList::default() };
    step.tab = DashboardTab::Logbook(page);
    step.content = Asked::Ready(Box::new(loaded));
    Ok(model)
}

/// Somebody's work at this step.
fn at_step(make: impl FnOnce(&mut Working)) -> Result<Model> {
    let mut model = Clinic::signed_in().model;
    let AppState::Working(working) = &mut model.state else { bail!("nobody is signed in") };
    make(working);
    Ok(model)
}

/// Some waiting meters, each with so many readings.
fn waiting(meters: usize, readings: u32) -> Result<Model> {
    at_step(|working| {
        let one = upload(Owner::Nobody);
        let counts = Counts { blood: readings, ..one.counts };
        let meter = |number: usize| Upload { id: UploadId(number.to_string()), counts, ..one.clone() };
        working.waiting = (0..meters).map(meter).collect();
        working.step = Step::WaitingMeters(WaitingMeters::default());
    })
}

/// So many people found.
fn found(people: usize) -> Result<Model> {
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    let mut model = clinic.model;
    let AppState::Working(working) = &mut model.state else { bail!("nobody is signed in") };
    let Step::FindPatient(step) = &mut working.step else { bail!("this is {}", working.step.name()) };
    step.search.page.patients = (0..people).map(|id| patient(&id.to_string(), "Müller", "Anna", 1961)).collect();
    Ok(model)
}

/// Somebody to upload for, and so many meters that wait beside the attached ones.
fn to_upload(meters: usize) -> Result<Model> {
    let mut model = waiting(meters, 300)?;
    let mut clinic = Clinic::signed_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    let (AppState::Working(working), AppState::Working(there)) = (&mut model.state, clinic.model.state) else {
        bail!("nobody is signed in")
    };
    if !matches!(there.step, Step::Upload(_)) {
        bail!("this is {}", there.step.name());
    }
    working.step = there.step;
    Ok(model)
}

type Make = fn(usize) -> Result<Model>;

/// Every list that grows, with so many rows.
const LISTS: [(&str, Make); 3] =
    [("people found", found), ("waiting meters", |meters| waiting(meters, 300)), ("meters to upload", to_upload)];

/// What keys do to some states, in turns: the seconds of one key in each state's fastest turn.
fn measure<const N: usize>(mut models: [Model; N], (columns, rows): (u16, u16)) -> Result<[f64; N]> {
    let words = Words::english();
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows))?;
    let mut fastest = [Duration::MAX; N];
    for turn in 0..TURNS {
        let key = if turn % 2 == 0 { Key::Down } else { Key::PageDown };
        for (model, fastest) in models.iter_mut().zip(&mut fastest) {
            let mut state = model.clone();
            let begun = Instant::now();
            for _ in 0..KEYS {
                (state, _) = update(state, Event::Key(key.clone()), now());
                let scene = view(&state, &words);
                terminal.draw(|frame| paint(frame, &scene, &theme))?;
            }
            *fastest = begun.elapsed().min(*fastest);
            *model = state;
        }
    }
    Ok(fastest.map(|turn| turn.as_secs_f64() / f64::from(KEYS)))
}

fn told(out: &mut impl Write, what: &str, sizes: &[usize], each: &[f64]) -> Result<f64> {
    write!(out, "{what:<34}")?;
    for (size, seconds) in sizes.iter().zip(each) {
        write!(out, " {size:>7}: {:>7.1} us", seconds * 1e6)?;
    }
    let (least, most) = each.iter().fold((f64::MAX, 0.0_f64), |(least, most), &each| (least.min(each), most.max(each)));
    writeln!(out, "   {:.2} times", most / least)?;
    Ok(most / least)
}

fn main() -> Result<ExitCode> {
    let mut out = io::stdout();
    let mut worst = 0.0_f64;
    for size in [(80, 24), (120, 40)] {
        let [few, many, most] = SIZES;
        let dashboards = [with_readings(few)?, with_readings(many)?, with_readings(most)?];
        let what = format!("dashboard {}x{}, readings", size.0, size.1);
        worst = worst.max(told(&mut out, &what, &SIZES, &measure(dashboards, size)?)?);
        let meters = |readings: usize| waiting(5, u32::try_from(readings)?);
        let what = format!("waiting meters {}x{}, readings", size.0, size.1);
        let each = measure([meters(few)?, meters(many)?, meters(most)?], size)?;
        worst = worst.max(told(&mut out, &what, &SIZES, &each)?);
    }
    for size in [(80, 24), (120, 40)] {
        for (list, make) in LISTS {
            let [few, many, most] = ROWS;
            let each = measure([make(few)?, make(many)?, make(most)?], size)?;
            worst = worst.max(told(&mut out, &format!("{list} {}x{}, rows", size.0, size.1), &ROWS, &each)?);
        }
    }
    writeln!(out, "the dearest costs {worst:.2} of the cheapest; at most {MOST} is wanted")?;
    Ok(if worst <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
