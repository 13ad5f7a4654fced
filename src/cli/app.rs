//! `glucodock`: the app on this terminal.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::screen::{ScreenOptions, pace};
use super::settings::{AppSettings, SettingsOptions};
use super::store::StoreOptions;
use super::wiring::{Start, shown, site, to_open};
use super::{CommandError, Exit};
use crate::domain::text::Clean;
use crate::domain::words::key;
use crate::engine::effects::Outside;
use crate::engine::engine_event::mailbox;
use crate::engine::run;
use crate::engine::running_app::App;
use crate::host::clock::{Clock as _, SystemClock};
use crate::host::real_bus::RealBus;
use crate::host::watch::AttachmentIds;
use crate::meters::catalogue::Catalogue;
use crate::store::{Store, StoreError};
use crate::ui::words::Words;

/// Where the app works, and how it is shown.
#[derive(Debug, Args)]
pub(super) struct AppOptions {
    #[command(flatten)]
    screen: ScreenOptions,
    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    settings: SettingsOptions,
    /// The clinic's name, shown on every screen
    #[arg(long, value_name = "NAME", env = "GLUCODOCK_SITE", default_value = "Clinic")]
    site: String,
    /// A serial port to watch besides those of known cables, for example /dev/ttyS0; may be given several times
    #[arg(long, value_name = "TTY")]
    port: Vec<std::path::PathBuf>,
}

/// Runs the app until it is left.
pub(super) fn run(options: AppOptions, log: Option<&Path>) -> Result<Exit, CommandError> {
    // All that can be refused is looked at before the terminal is taken: what is said on the
    // alternate screen goes away with it.
    let AppSettings { platform, exports, dashboard, lock, scanner } =
        options.settings.of_app(&options.store.folder()?)?;
    let words = Words::shared();
    let terminal = options.screen.terminal(words, key::BUG_SENTENCE)?;
    let site = site(&options.site)?;
    let folder = options.store.existing_folder()?;
    let zone = SystemClock.now().time_zone().clone();
    let (put, inbox) = mailbox();
    let bus = RealBus::start(Catalogue::embedded(), options.port, Arc::new(AttachmentIds::default()), put.bus())?;
    // Whether training stands before the site is known only once the store is open.
    let start = Start::new(Clean::default(), zone)?.with_platform(&platform).with_usb(bus.has_usb()).with_log(log);
    let start = start.with_exports(&exports).with_unit(dashboard.unit).with_lock(lock).with_scanner(scanner);
    let (backend, refusal) = to_open(platform, move || {
        let store = Store::open(&folder)?;
        let shown = shown(site, store.purpose());
        Ok::<_, StoreError>((store, shown))
    });
    let outside = Outside {
        backend,
        bus: Arc::new(bus),
        now: Arc::new(|| SystemClock.now()),
        pace: pace(),
        // Only a demonstration has meters that are plugged in by a key.
        toggle: Arc::new(|_| {}),
        cables: options.store.cables(),
        exports,
    };
    let program = App::new(move |at| start.setup(at), words, terminal.extent());
    refusal.or_left(run::run(terminal, program, outside, put, inbox)?)
}
