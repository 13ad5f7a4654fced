//! What a script needs around the program: its data, its meters, its clock, its terminal.

use std::sync::Arc;

use super::super::super::display::Paint;
use super::super::super::effects::{Backend, Now, ToggleDemoMeter};
use super::super::super::engine_event::{Inbox, Mailbox};
use super::super::super::export::ExportDestination;
use super::super::super::running_app::App;
use super::super::script::{Checks, Person, Staff};
use crate::domain::cause::Cause;
use crate::host::bus::MeterBus;
use crate::host::cables::CableFile;
use crate::host::clock::VirtualClock;

/// Where a script plugs simulated meters.
pub trait PlugBoard {
    /// Whether a meter can be plugged as described.
    ///
    /// # Errors
    /// Why not.
    fn check(&self, description: &str) -> Result<(), Cause>;

    /// Plugs a meter.
    ///
    /// # Errors
    /// Why it cannot be plugged.
    fn plug(&self, description: &str) -> Result<(), Cause>;

    /// Unplugs the one meter that is plugged and fits this description: a model, and a serial number if there are
    /// several of it.
    ///
    /// # Errors
    /// If no such meter is plugged, or more than one.
    fn unplug(&self, description: &str) -> Result<(), Cause>;
}

/// Where a script adds people, as the command line does.
pub trait Register {
    /// Whether a member of staff can be added as described.
    ///
    /// # Errors
    /// Why not.
    fn check_user(&self, staff: &Staff) -> Result<(), Cause>;

    /// Adds one.
    ///
    /// # Errors
    /// Why not.
    fn add_user(&self, staff: &Staff) -> Result<(), Cause>;

    /// Whether a patient can be created as described.
    ///
    /// # Errors
    /// Why not.
    fn check_patient(&self, person: &Person) -> Result<(), Cause>;

    /// Creates one.
    ///
    /// # Errors
    /// Why not.
    fn create_patient(&self, person: &Person) -> Result<(), Cause>;
}

/// How time passes.
pub enum Speed {
    /// Only when nothing else can happen, or when the script says so. The clock that `now` shows.
    Fast(Arc<VirtualClock>),
    /// As it does.
    Real,
}

/// Opens what is behind the program, on the data of this run.
pub type OpenBackend = Box<dyn Fn() -> Result<Backend, Cause>>;

/// The app, and everything it needs around it.
pub struct Surroundings {
    /// The app.
    pub app: App,
    /// Opens the data; again after each `restart`.
    pub open: OpenBackend,
    /// The meters, as the program sees them.
    pub bus: Arc<dyn MeterBus>,
    /// The same meters, as the script sees them.
    pub board: Box<dyn PlugBoard>,
    /// Where the script adds people.
    pub register: Box<dyn Register>,
    /// The demo clinic's meters.
    pub toggle: ToggleDemoMeter,
    /// Where it is remembered which meter was behind which cable.
    pub cables: Option<CableFile>,
    /// Where exports go.
    pub exports: ExportDestination,
    /// The clock, in the clinic's zone.
    pub now: Now,
    /// How it moves.
    pub speed: Speed,
    /// Draws a scene.
    pub paint: Paint,
    /// Columns and rows.
    pub size: (u16, u16),
    /// The two ends of the queue; the bus already puts into the first.
    pub queue: (Mailbox, Inbox),
}

impl Checks for Surroundings {
    fn plug(&self, description: &str) -> Result<(), Cause> {
        self.board.check(description)
    }

    fn user(&self, staff: &Staff) -> Result<(), Cause> {
        self.register.check_user(staff)
    }

    fn patient(&self, person: &Person) -> Result<(), Cause> {
        self.register.check_patient(person)
    }
}
