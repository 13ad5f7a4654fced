//! What a key costs on a dashboard, however many readings it has: `cargo bench --bench keys`.
//!
//! The same key, from `update` over the scene to the cells of an 80x24 screen, with 300, 10,000 and 100,000 readings in
//! the period. The sizes take turns within one run, and each is told by its fastest turn, which other work on the machine
//! disturbs least. It fails if one costs more than twice as much as another: only what is seen may be built.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use clinic::{Clinic, anna, dashboard, now};
use glucodock::app::dashboard::DashboardContent;
use glucodock::app::event::Event;
use glucodock::app::key::Key;
use glucodock::app::model::{Model, Place};
use glucodock::app::update::update;
use glucodock::app::wizard::Step;
use glucodock::domain::glucose::{Concentration, Measured};
use glucodock::domain::reading::{Kind, Reading};
use glucodock::domain::statistics::{Period, summarise};
use glucodock::ui::paint::paint;
use glucodock::ui::theme::{Colours, GlyphSet, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

#[path = "../tests/app/clinic.rs"]
#[expect(dead_code, reason = "a measurement needs less of the clinic than the tests")]
mod clinic;

const SIZES: [usize; 3] = [300, 10_000, 100_000];

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
    let Place::Working(working) = &mut model.place else { bail!("nobody is signed in") };
    let Step::Dashboard(step) = &mut working.step else { bail!("this is {}", working.step.name()) };
    let last = date(2026, 7, 14).at(8, 0, 0, 0);
    let readings: Vec<Reading> = (0..u32::try_from(count)?)
        .map(|index| Reading {
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
    loaded.summary = summarise(&readings);
    loaded.readings = readings;
    step.content = DashboardContent::Loaded(Box::new(loaded));
    Ok(model)
}

fn main() -> Result<ExitCode> {
    let words = Words::english();
    let theme = Theme::new(Colours::Sixteen, GlyphSet::Unicode);
    let mut terminal = Terminal::new(TestBackend::new(80, 24))?;
    let mut models = SIZES.map(|size| with_readings(size).map(Some));
    let mut fastest = [Duration::MAX; SIZES.len()];
    for turn in 0..TURNS {
        let key = if turn % 2 == 0 { Key::Down } else { Key::PageDown };
        for (model, fastest) in models.iter_mut().zip(&mut fastest) {
            let model = model.as_mut().map_err(|error| anyhow::anyhow!("{error}"))?;
            let begun = Instant::now();
            for _ in 0..KEYS {
                let (moved, _) = update(model.take().context("no state")?, Event::Key(key.clone()), now());
                let scene = view(&moved, &words);
                terminal.draw(|frame| paint(frame, &scene, &theme))?;
                *model = Some(moved);
            }
            *fastest = begun.elapsed().min(*fastest);
        }
    }
    let mut out = io::stdout();
    let each = fastest.map(|turn| turn.as_secs_f64() / f64::from(KEYS));
    for (size, seconds) in SIZES.iter().zip(each) {
        writeln!(out, "{size:>7} readings: {:>8.1} us a key", seconds * 1e6)?;
    }
    let (least, most) = each.iter().fold((f64::MAX, 0.0_f64), |(least, most), &each| (least.min(each), most.max(each)));
    writeln!(out, "the dearest costs {:.2} of the cheapest; at most {MOST} is wanted", most / least)?;
    Ok(if most / least <= MOST { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
