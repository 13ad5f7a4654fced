//! `glucodock demo`: the app on a demo clinic that is thrown away at the end.

use std::sync::Arc;

use clap::Args;

use super::screen::{ScreenOptions, pace};
use super::settings::export_destination;
use super::wiring::{CarePlatform, Start, shown, to_open, toggle};
use super::{CommandError, Exit};
use crate::config::ExportSettings;
use crate::domain::clinic::Purpose;
use crate::domain::words::key;
use crate::engine::effects::Outside;
use crate::engine::engine_event::mailbox;
use crate::engine::run;
use crate::engine::running_app::App;
use crate::host::cables::CableFile;
use crate::host::clock::{Clock as _, SystemClock};
use crate::host::simulated_bus::SimulatedBus;
use crate::host::watch::AttachmentIds;
use crate::meters::catalogue::Catalogue;
use crate::platform::embedded::demo::{DemoClinic, DemoError};
use crate::ui::words::Words;

/// How the demonstration is shown.
#[derive(Debug, Args)]
pub(super) struct DemoOptions {
    #[command(flatten)]
    screen: ScreenOptions,
}

/// Runs the demonstration until it is left. Nothing of it survives.
pub(super) fn run(options: &DemoOptions) -> Result<Exit, CommandError> {
    let words = Words::shared();
    let terminal = options.screen.terminal(words, key::BUG_SENTENCE_DEMO)?;
    let now = SystemClock.now();
    let clinic = demo_clinic(now.timestamp())?;
    let site = shown(clinic.site().clone(), Purpose::Training);
    let start = Start::new(site.clone(), now.time_zone().clone())?.with_demo(&clinic);
    let exports = export_destination(ExportSettings::default(), clinic.directory());
    let start = start.with_exports(&exports);
    let open = clinic.opening();
    let (backend, refusal) = to_open(CarePlatform::Embedded, move || Ok::<_, DemoError>((open()?, site)));
    let (put, inbox) = mailbox();
    let ids = Arc::new(AttachmentIds::default());
    let bus = Arc::new(SimulatedBus::new(Catalogue::embedded(), Arc::new(SystemClock), ids, put.bus()));
    let outside = Outside {
        backend,
        toggle: toggle(Arc::clone(&bus), &clinic)?,
        bus,
        now: Arc::new(|| SystemClock.now()),
        pace: pace(),
        cables: Some(CableFile::in_folder(clinic.directory())),
        exports,
    };
    let program = App::new(move |at| start.setup(at), words, terminal.extent());
    refusal.or_left(run::run(terminal, program, outside, put, inbox)?)
}

/// A fresh demo clinic.
pub(super) fn demo_clinic(at: jiff::Timestamp) -> Result<DemoClinic, CommandError> {
    Ok(DemoClinic::create(at)?)
}

impl From<DemoError> for CommandError {
    fn from(error: DemoError) -> Self {
        Self::of(Exit::Failed, error)
    }
}
