//! What every way of running the app needs: the state it starts with, the clock, the demo's meters.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{CommandError, Exit};
use crate::app::action::Keymap;
use crate::app::effect::DemoMeterId;
use crate::app::setup::{AppSetup, DemoMeter};
use crate::config::LockSettings;
use crate::domain::clinic::Purpose;
use crate::domain::glucose::Unit;
use crate::domain::meter::{AttachmentId, MeterGuide};
use crate::domain::permission::Permission;
use crate::domain::report_kind::ExportTarget;
use crate::domain::scanned_code::ScannerRules;
use crate::domain::text::{Clean, NAME_CELLS};
use crate::domain::undo::Withdrawals;
use crate::domain::validation;
use crate::domain::words::key;
use crate::engine::effects::{Backend, BackendSource, ToggleDemoMeter};
use crate::engine::export::ExportDestination;
use crate::engine::run::ExitReason;
use crate::host::clock::{self, Clock as _, SystemClock};
use crate::host::simulated_bus::{SimulatedBus, SimulatedMeterSpec, SpecError};
use crate::meters::catalogue::{Catalogue, Meter};
use crate::meters::simulator::memory_link::MeterPace;
use crate::platform::embedded;
use crate::platform::embedded::demo::{DemoClinic, DemoMeterSpec};
use crate::platform::fhir::{self, FhirClient, FhirSurroundings, MeasuringRange};
use crate::station::Station;
use crate::store::{By, DirectoryAddress, Store, StoreError};
use crate::ui::words::Words;

/// How long a simulated meter of the demonstration takes for one transfer, so that its progress can be watched.
const DEMO_TRANSFER: Duration = Duration::from_millis(40);

/// The longest name of a clinic, and the same with what stands before it, in terminal cells.
const SITE: usize = 40;
const SITE_CELLS: usize = 80;

/// The longest path that is shown, in terminal cells: three rows of the smallest screen.
const PATH_CELLS: usize = 200;

/// The clinic's name as it was given.
pub(super) fn site(given: &str) -> Result<Clean, CommandError> {
    validation::whole(given, SITE).map_err(|_| {
        CommandError::usage(format!("--site: a clinic's name has at most {SITE} characters, all of which can be shown"))
    })
}

/// What the app starts with, but for the time and the nonce.
#[derive(Clone)]
pub(super) struct Start {
    site: Clean,
    zone: TimeZone,
    keymap: Keymap,
    guides: Vec<MeterGuide>,
    demo: Vec<DemoMeter>,
    demo_logins: Vec<(Clean, Clean)>,
    has_usb: bool,
    signs_in_by_code: bool,
    log: Option<Clean>,
    exports: ExportTarget,
    unit: Option<Unit>,
    scanner: ScannerRules,
    locks_after: Option<SignedDuration>,
}

impl Start {
    /// For a clinic of this name, as it is shown, in this time zone. The name is empty where the store says how it is
    /// shown, which is opened later.
    pub(super) fn new(site: Clean, zone: TimeZone) -> Result<Self, CommandError> {
        let keymap = Keymap::embedded().map_err(|error| CommandError::of(Exit::Failed, error))?;
        let guides = Catalogue::embedded().meters().iter().map(Meter::guide).collect();
        Ok(Self {
            site,
            zone,
            keymap,
            guides,
            demo: Vec::new(),
            demo_logins: Vec::new(),
            has_usb: true,
            signs_in_by_code: false,
            log: None,
            exports: ExportTarget::default(),
            unit: None,
            scanner: ScannerRules::default(),
            locks_after: LockSettings::default().after,
        })
    }

    /// On a computer that has USB, or has none.
    pub(super) const fn with_usb(mut self, has_usb: bool) -> Self {
        self.has_usb = has_usb;
        self
    }

    /// On this care platform, which says how people sign in.
    pub(super) fn with_platform(mut self, platform: &CarePlatform) -> Self {
        self.signs_in_by_code = platform.signs_in_by_code();
        self
    }

    /// With a log in this folder.
    pub(super) fn with_log(mut self, folder: Option<&Path>) -> Self {
        self.log = folder.map(|folder| Clean::new(&folder.to_string_lossy(), PATH_CELLS));
        self
    }

    /// With exports that go there.
    pub(super) fn with_exports(mut self, to: &ExportDestination) -> Self {
        let folder = Clean::new(&to.folder.path().to_string_lossy(), PATH_CELLS);
        self.exports = ExportTarget { folder, paper: to.paper };
        self
    }

    /// With values that are shown in this unit at first; without one, in that in which most were sent.
    pub(super) const fn with_unit(mut self, unit: Option<Unit>) -> Self {
        self.unit = unit;
        self
    }

    /// With barcode scanners that are set up so.
    pub(super) fn with_scanner(mut self, scanner: ScannerRules) -> Self {
        self.scanner = scanner;
        self
    }

    /// Locked when nobody has touched it for so long.
    pub(super) const fn with_lock(mut self, lock: LockSettings) -> Self {
        self.locks_after = lock.after;
        self
    }

    /// With the meters and users of the demo clinic.
    pub(super) fn with_demo(mut self, clinic: &DemoClinic) -> Self {
        self.demo = clinic
            .meters()
            .iter()
            .map(|meter| DemoMeter {
                id: id(meter),
                name: Clean::new(&meter.shown(), NAME_CELLS),
                remark: meter.remark.clone(),
                plugged: false,
            })
            .collect();
        self.demo_logins = clinic
            .logins()
            .iter()
            // A login that the sign-in would refuse is of no use on its screen.
            .filter(|login| login.role.allows(Permission::WorkInApp))
            .map(|login| (login.login.clone(), Clean::new(&login.password, NAME_CELLS)))
            .collect();
        self
    }

    /// The app's setup at a start. Each has a nonce of its own, so that no two starts share an idempotency key.
    pub(super) fn setup(&self, at: Timestamp) -> AppSetup {
        AppSetup {
            site: self.site.clone(),
            at,
            zone: self.zone.clone(),
            keymap: self.keymap.clone(),
            nonce: nonce(at),
            guides: self.guides.clone(),
            demo: self.demo.clone(),
            demo_logins: self.demo_logins.clone(),
            has_usb: self.has_usb,
            signs_in_by_code: self.signs_in_by_code,
            version: env!("CARGO_PKG_VERSION"),
            log: self.log.clone(),
            exports: self.exports.clone(),
            unit: self.unit,
            scanner: self.scanner.clone(),
            locks_after: self.locks_after,
        }
    }
}

/// Why a store was not opened, kept for the end of the program.
pub(super) struct Refusal(Arc<OnceLock<CommandError>>);

impl Refusal {
    /// How the app ended, or why it could not go on.
    pub(super) fn or_left(self, leave: ExitReason) -> Result<Exit, CommandError> {
        // The thread that opens has let go of its end by then: it says `NotOpened` after that.
        let refusal = Arc::into_inner(self.0).and_then(OnceLock::into_inner);
        match refusal {
            Some(refusal) if leave == ExitReason::NotOpened => Err(refusal),
            Some(_) | None => Ok(Exit::Left(leave.exit_code())),
        }
    }
}

/// The care platform that the app works on.
#[derive(Clone)]
pub(super) enum CarePlatform {
    /// The store of this computer.
    Embedded,
    /// A server. Staff is the store's, but where people sign in by a code.
    Fhir(FhirClient),
}

impl CarePlatform {
    /// Whether people sign in by a code on another device; else by a name and a password of this computer.
    fn signs_in_by_code(&self) -> bool {
        match self {
            Self::Embedded => false,
            Self::Fhir(client) => client.signs_in_by_code(),
        }
    }

    /// Where its directory is, if that is not the store: what is decided here is delivered there.
    pub(super) fn directory(&self) -> Option<DirectoryAddress> {
        match self {
            Self::Embedded => None,
            Self::Fhir(client) => Some(client.directory()),
        }
    }

    /// Whether it is told to withdraw what was undone here.
    fn withdrawals(&self) -> Withdrawals {
        match self {
            Self::Fhir(client) if client.withdraws() => Withdrawals::Sent,
            Self::Embedded | Self::Fhir(_) => Withdrawals::Refused,
        }
    }

    /// The station on this store, and the platform; not if the store is of another one: what waits to be delivered
    /// would go to whoever has the same keys there.
    pub(super) fn on(self, store: Store) -> Result<Backend, StoreError> {
        // First of all, and written down: of a folder that is another server's nothing is read for
        // this one.
        if let Some(directory) = self.directory() {
            store.belong_to(By::command("glucodock", SystemClock.now().timestamp()), &directory)?;
        }
        let store = Arc::new(store);
        let station = Station::new(Arc::clone(&store)).withdrawing(self.withdrawals());
        let embedded = embedded::on(Arc::clone(&store));
        let platform = match self {
            Self::Embedded => embedded,
            Self::Fhir(client) => {
                // The time is that of the computer even under a virtual clock: by it a server's patience is measured.
                let now = Arc::new(|| SystemClock.now().timestamp());
                let zone = SystemClock.now().time_zone().clone();
                let range: MeasuringRange =
                    Arc::new(|meter| Catalogue::embedded().range_of(meter.driver.as_str(), &meter.model));
                let has_network_time = clock::has_network_time();
                let began = Instant::now();
                let uptime = Arc::new(move || began.elapsed());
                fhir::on(client, FhirSurroundings { zone, now, uptime, has_network_time, range, store }, embedded)
            }
        };
        Ok(Backend { station, platform })
    }
}

/// A store that the app opens behind its first screen.
pub(super) fn to_open<E: Into<CommandError>>(
    platform: CarePlatform,
    open: impl FnOnce() -> Result<(Store, Clean), E> + Send + 'static,
) -> (BackendSource, Refusal) {
    let kept = Arc::new(OnceLock::new());
    let refusal = Refusal(Arc::clone(&kept));
    let open = move || {
        let opened = open().map_err(E::into).and_then(|(store, site)| Ok((platform.on(store)?, site)));
        // Nothing else is ever kept there.
        opened.map_err(|error| drop(kept.set(error))).ok()
    };
    (BackendSource::ToOpen(Box::new(open)), refusal)
}

/// How the name of a clinic is shown on a store for this purpose: training stands before it on every screen.
pub(super) fn shown(site: Clean, purpose: Purpose) -> Clean {
    if purpose.is_training() {
        let filling = [("site", site.as_str().into())];
        Clean::new(&Words::shared().filled(key::SITE_TRAINING, &filling), SITE_CELLS)
    } else {
        site
    }
}

/// Sixteen random hexadecimal digits; where the system has no randomness to give, the time.
fn nonce(at: Timestamp) -> String {
    getrandom::u64().map_or_else(|_| format!("{:x}", at.as_nanosecond()), |random| format!("{random:016x}"))
}

/// By what a meter of the demo clinic is told from the others: no two are of one model with one serial number.
fn id(meter: &DemoMeterSpec) -> DemoMeterId {
    DemoMeterId(format!("{} {}", meter.model, meter.serial))
}

/// Plugs and unplugs the demo clinic's meters.
pub(super) fn toggle(bus: Arc<SimulatedBus>, clinic: &DemoClinic) -> Result<ToggleDemoMeter, CommandError> {
    let meters = specs(clinic)?.into_iter().map(|(id, spec)| (id, spec, None));
    let meters: Mutex<Vec<(DemoMeterId, SimulatedMeterSpec, Option<AttachmentId>)>> = Mutex::new(meters.collect());
    Ok(Arc::new(move |wanted| {
        let mut meters = meters.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, spec, plug)) = meters.iter_mut().find(|(id, ..)| id == wanted) else { return };
        match plug.take() {
            Some(id) => drop(bus.unplug(id)),
            None => *plug = bus.plug(spec.clone()).ok(),
        }
    }))
}

fn specs(clinic: &DemoClinic) -> Result<Vec<(DemoMeterId, SimulatedMeterSpec)>, CommandError> {
    clinic
        .meters()
        .iter()
        .map(|meter| {
            let spec: SimulatedMeterSpec =
                meter.line().parse().map_err(|error: SpecError| CommandError::of(Exit::Failed, error))?;
            Ok((id(meter), SimulatedMeterSpec { pace: MeterPace::Real { per_transfer: DEMO_TRANSFER }, ..spec }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_offers_no_login_that_reaches_nobody() {
        let clinic = DemoClinic::create(Timestamp::UNIX_EPOCH).unwrap();
        let start = Start::new("Demo".into(), TimeZone::UTC).unwrap().with_demo(&clinic);
        let (some, others): (Vec<_>, Vec<_>) =
            clinic.logins().iter().partition(|login| login.role.allows(Permission::WorkInApp));
        let offered: Vec<&Clean> = start.demo_logins.iter().map(|(login, _)| login).collect();
        assert_eq!(offered, some.iter().map(|login| &login.login).collect::<Vec<_>>());
        assert!(!offered.is_empty() && !others.is_empty(), "both kinds are tried");
    }
}
