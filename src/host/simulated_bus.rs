//! Simulated meters on a bus of their own, for demonstrations, scripts and tests: plugged and unplugged by the
//! program, read like any other meter.
//!
//! A meter behind a generic cable shows itself as that cable, as the real one does: somebody must say which meter it
//! is. Unless it is said which cable, such meters share one, the first of the kinds that fit them, in the same socket.
//!
//! A meter with a serial number is the one of that number, whenever it is plugged in. One without is known by its
//! readings, that is by its seed, and only while it is not plugged in already: two such meters side by side are two.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::mpsc::UnboundedSender;

use super::bus::{BusEvent, MeterBus, OpenMeter};
use super::clock::Clock;
use super::links::guarded::GuardedLink;
use super::real_bus::language;
use super::watch::{AttachmentIds, What};
use crate::domain::cable::CableKey;
use crate::domain::cause::Cause;
use crate::domain::meter::{Access, Attachment, AttachmentId, Family};
use crate::domain::text::Clean;
use crate::meters::catalogue::{Cable, Catalogue, Known, Meter};
use crate::meters::link::LinkError;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::memory_link::{MemoryLink, UnplugHandle};

mod again;
mod build;
mod memory;
mod spec;

pub use spec::{SimulatedMeterSpec, SpecError};

use memory::Memory;

/// The socket of a cable of which nothing is said.
const USUAL_PORT: &str = "simulated";

/// A bus on which simulated meters are plugged.
pub struct SimulatedBus {
    catalogue: &'static Catalogue,
    clock: Arc<dyn Clock>,
    ids: Arc<AttachmentIds>,
    events: UnboundedSender<BusEvent>,
    meters: Mutex<PluggedMeters>,
}

#[derive(Default)]
struct PluggedMeters {
    plugged: Vec<Plug>,
    /// Every meter that was plugged in so far.
    kept: Vec<KeptMeter>,
}

/// A meter, plugged in or not.
struct KeptMeter {
    /// What was said of it so far.
    spec: SimulatedMeterSpec,
    memory: Memory,
}

/// One meter that is plugged in.
struct Plug {
    id: AttachmentId,
    spec: SimulatedMeterSpec,
    known: Known<'static>,
    access: Access,
    /// Which of the meters it is, by its place; `None` for one that keeps nothing.
    kept: Option<usize>,
    /// The reading under way: the means to pull its cable, alive as long as its link.
    reading: Weak<UnplugHandle>,
}

impl SimulatedBus {
    /// An empty bus. The meters' clocks follow `clock`; arrivals and departures are sent to `events`.
    #[must_use]
    pub fn new(
        catalogue: &'static Catalogue,
        clock: Arc<dyn Clock>,
        ids: Arc<AttachmentIds>,
        events: UnboundedSender<BusEvent>,
    ) -> Self {
        Self { catalogue, clock, ids, events, meters: Mutex::default() }
    }

    /// Whether there can be such a meter, whatever is plugged in.
    ///
    /// # Errors
    /// [`SpecError`] if there cannot.
    pub fn check(&self, spec: &SimulatedMeterSpec) -> Result<(), SpecError> {
        let known = spec::model(&spec.model).ok_or_else(|| SpecError::unknown_model(&spec.model))?;
        can_be_said(known, spec)?;
        let Known::Meter(meter) = known else { return Ok(()) };
        self.cable_of(meter, spec.cable.as_ref())?;
        can_be(meter, spec)?;
        // Where in a conversation it goes wrong depends on what the meter holds when it is plugged in.
        let sound = SimulatedMeterSpec { fault: None, ..spec.clone() };
        let memory = Memory::new(meter, &sound, &self.clock.now());
        memory.is_on_the_clock(&sound, &self.clock.now()).map_err(Cause::of).map_err(SpecError::impossible)?;
        self.build(meter, &sound, &memory).map_err(SpecError::impossible).map(drop)
    }

    /// Plugs a meter in. A meter that was plugged before (same model and serial number; without one, same model and
    /// seed) has kept its readings, its clock and its unit; if more readings are asked for, it has measured on.
    ///
    /// # Errors
    /// [`SpecError`] if there can be no such meter, or it cannot have become so.
    pub fn plug(&self, mut spec: SimulatedMeterSpec) -> Result<AttachmentId, SpecError> {
        let known = spec::model(&spec.model).ok_or_else(|| SpecError::unknown_model(&spec.model))?;
        can_be_said(known, &spec)?;
        let id = self.ids.next();
        let attachment = self.attachment(id, known, &spec)?;
        let mut meters = self.meters();
        let mut kept = None;
        if let Known::Meter(meter) = known {
            can_be(meter, &spec)?;
            let now = self.clock.now();
            let place = meters.place(&spec);
            let mut memory = match place.and_then(|place| meters.kept.get(place)) {
                Some(kept) => {
                    // A copy: if anything of the line is refused below, the meter stays as it was.
                    let mut memory = kept.memory.clone();
                    spec = again::again(&kept.spec, &mut memory, spec)?;
                    memory
                }
                None => Memory::new(meter, &spec, &now),
            };
            memory.measure_on(meter, &spec, &now);
            memory.is_on_the_clock(&spec, &now).map_err(Cause::of).map_err(SpecError::impossible)?;
            // Made once and dropped, with its fault below: a mistake is told at the plug, not at
            // the reading.
            self.build(meter, &spec, &memory).map_err(SpecError::impossible)?;
            build::wire_fault(meter, &spec, &memory, Arc::clone(&self.clock)).map_err(SpecError::impossible)?;
            kept = Some(meters.keep(place, &spec, memory));
        }
        let access = attachment.access.clone();
        meters.plugged.push(Plug { id, spec, known, access, kept, reading: Weak::new() });
        // Nobody listens: the program is about to end.
        let _ = self.events.send(BusEvent::Arrived(attachment));
        Ok(id)
    }

    /// Pulls the cable; a reading under way loses its link. Says whether the meter was plugged in.
    pub fn unplug(&self, id: AttachmentId) -> bool {
        let mut meters = self.meters();
        let Some(position) = meters.plugged.iter().position(|plug| plug.id == id) else { return false };
        let plug = meters.plugged.remove(position);
        if let Some(cable) = plug.reading.upgrade() {
            cable.unplug();
        }
        let _ = self.events.send(BusEvent::Left(id));
        true
    }

    /// What is plugged in, in the order of plugging: the plug and the model's slug.
    #[must_use]
    pub fn plugged(&self) -> Vec<(AttachmentId, String)> {
        self.meters().plugged.iter().map(|plug| (plug.id, plug.spec.model.clone())).collect()
    }

    /// The plugs of this model, in the order of plugging; of the meter with this serial number and on this cable, as
    /// far as they are given.
    #[must_use]
    pub fn find(&self, wanted: &SimulatedMeterSpec) -> Vec<AttachmentId> {
        let is_wanted = |plug: &&Plug| {
            plug.spec.model == wanted.model
                && (wanted.serial.is_none() || plug.spec.serial == wanted.serial)
                && (wanted.cable.is_none() || plug.spec.cable == wanted.cable)
        };
        self.meters().plugged.iter().filter(is_wanted).map(|plug| plug.id).collect()
    }

    fn attachment(
        &self,
        id: AttachmentId,
        known: Known<'static>,
        spec: &SimulatedMeterSpec,
    ) -> Result<Attachment, SpecError> {
        let behind = |cable: &Cable| Some(cable.bridge());
        let (name, family, usual, cable, bridge) = match known {
            Known::Unreadable(meter) => (meter.name.clone(), meter.family, Access::Unsupported, None, None),
            Known::Cable(cable) => (cable.name.clone(), Family::Other, Access::Open, None, behind(cable)),
            Known::Meter(meter) => match self.cable_of(meter, spec.cable.as_ref())? {
                Some((cable, key)) => (cable.name.clone(), Family::Other, Access::Open, key, behind(cable)),
                None => (meter.name(), meter.family, Access::Open, None, None),
            },
        };
        let access = spec.access.clone().unwrap_or(usual);
        Ok(Attachment { id, name, family, connection: Clean::from("simulated"), access, cable, bridge })
    }

    /// The generic cable that the meter is behind: the wanted one, else the first kind that fits.
    fn cable_of(
        &self,
        meter: &Meter,
        wanted: Option<&CableKey>,
    ) -> Result<Option<(&'static Cable, Option<CableKey>)>, SpecError> {
        let cables = || meter.cables.iter().filter_map(|slug| self.catalogue.cable_by_slug(slug));
        let mut fitting = cables();
        let Some(key) = wanted else {
            let usual = |cable: &Cable| CableKey::new(&cable.ids.first()?.to_string(), None, Some(USUAL_PORT));
            return Ok(fitting.next().map(|cable| (cable, usual(cable))));
        };
        if let Some(cable) = fitting.find(|cable| self.catalogue.cable_of(key) == Some(cable)) {
            return Ok(Some((cable, Some(key.clone()))));
        }
        let ids: Vec<String> = cables().flat_map(|cable| &cable.ids).map(ToString::to_string).collect();
        let instead = if ids.is_empty() {
            "it is behind no cable that another meter has".to_owned()
        } else {
            format!("its cables have the USB ids {}", ids.join(", "))
        };
        let reason = format!("{} is never behind the cable {key}; {instead}", meter.name());
        Err(SpecError::impossible(reason))
    }

    fn build(
        &self,
        meter: &Meter,
        spec: &SimulatedMeterSpec,
        memory: &Memory,
    ) -> Result<Box<dyn SimulatedMeter>, Cause> {
        build::build(meter, spec, memory, Arc::clone(&self.clock))
    }

    fn meters(&self) -> MutexGuard<'_, PluggedMeters> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the meter holds so many readings, and tells tests with control solution, where it is to have no others.
fn can_be(meter: &Meter, spec: &SimulatedMeterSpec) -> Result<(), SpecError> {
    let asked = spec.readings.and_then(|readings| u32::try_from(readings).ok());
    let reason = if let Some(memory) = meter.memory.filter(|memory| asked.is_some_and(|asked| asked > *memory)) {
        format!("{} holds at most {memory} readings", meter.name())
    } else if spec.control_only && !meter.tells.control {
        format!("{} does not tell tests with control solution from a patient's", meter.name())
    } else {
        return Ok(());
    };
    Err(SpecError::impossible(reason))
}

/// Of a meter from which nothing is read nothing can be said but what is seen of it.
fn can_be_said(known: Known<'_>, spec: &SimulatedMeterSpec) -> Result<(), SpecError> {
    match known {
        Known::Unreadable(meter) if !spec.says_what_is_seen() => {
            let reason =
                format!("nothing is read from a simulated {}: only serial= and access= can be said", meter.name);
            Err(SpecError::impossible(reason))
        }
        Known::Meter(_) | Known::Cable(_) | Known::Unreadable(_) => Ok(()),
    }
}

impl PluggedMeters {
    /// Where the meter of this description is kept, if it was plugged in before.
    fn place(&self, spec: &SimulatedMeterSpec) -> Option<usize> {
        let is_in_use = |place| self.plugged.iter().any(|plug| plug.kept == Some(place));
        self.kept.iter().enumerate().position(|(place, kept)| {
            let was = &kept.spec;
            // A number cannot be plugged in twice as two meters. Two without one can, so that a
            // second plug beside the first is another meter.
            let is_one = was.serial.is_some() || (was.made_from() == spec.made_from() && !is_in_use(place));
            was.model == spec.model && was.serial == spec.serial && is_one
        })
    }

    /// Keeps a meter at its place, or at a new one; gives the place.
    fn keep(&mut self, place: Option<usize>, spec: &SimulatedMeterSpec, memory: Memory) -> usize {
        if let Some((place, kept)) = place.and_then(|place| Some((place, self.kept.get_mut(place)?))) {
            *kept = KeptMeter { spec: spec.clone(), memory };
            return place;
        }
        self.kept.push(KeptMeter { spec: spec.clone(), memory });
        self.kept.len() - 1
    }
}

impl MeterBus for SimulatedBus {
    fn open(&self, id: AttachmentId, driver: Option<&str>) -> Result<OpenMeter, LinkError> {
        let mut meters = self.meters();
        let PluggedMeters { plugged, kept } = &mut *meters;
        let plug = plugged.iter_mut().find(|plug| plug.id == id).ok_or(LinkError::Gone)?;
        let what = || "the simulated meter".to_owned();
        match plug.access {
            Access::Denied => return Err(LinkError::Denied { what: what() }),
            Access::Busy => return Err(LinkError::Busy { what: what() }),
            Access::NotMounted => {
                let reason = "its drive is not mounted".to_owned();
                return Err(LinkError::Failed { operation: "opening the drive", reason: reason.into() });
            }
            Access::Open | Access::Unsupported => {}
        }
        // A cable carries one conversation: two readers would each get a part of the answers.
        if plug.reading.upgrade().is_some() {
            return Err(LinkError::Busy { what: what() });
        }
        let Known::Meter(meter) = plug.known else {
            return Err(LinkError::Unsupported { operation: "readable data" });
        };
        let behind = self.catalogue.cables().iter().find(|cable| meter.cables.first() == Some(&cable.slug));
        let what = What::Known(behind.map_or(plug.known, Known::Cable));
        let (driver, sold_as) = language(self.catalogue, what, driver)?;
        let memory = plug.kept.and_then(|place| kept.get(place)).map(|kept| &kept.memory).ok_or(LinkError::Gone)?;
        let simulated = self
            .build(meter, &plug.spec, memory)
            .map_err(|reason| LinkError::Failed { operation: "simulating", reason })?;
        let fault = build::wire_fault(meter, &plug.spec, memory, Arc::clone(&self.clock))
            .map_err(|reason| LinkError::Failed { operation: "simulating", reason })?;
        let link = MemoryLink::new(simulated, fault).with_pace(plug.spec.pace);
        let cable = Arc::new(link.unplug_handle());
        // Weak, so that the end of the link is the end of the reading, whoever closes it.
        plug.reading = Arc::downgrade(&cable);
        Ok(OpenMeter { link: Box::new(GuardedLink::new(Box::new(link), cable)), driver, sold_as })
    }
}

/// Two buses as one: a plug is on the one that knows it.
pub struct BothBuses {
    first: Arc<dyn MeterBus>,
    second: Arc<dyn MeterBus>,
}

impl BothBuses {
    /// Both must number their plugs from the same [`AttachmentIds`].
    #[must_use]
    pub fn new(first: Arc<dyn MeterBus>, second: Arc<dyn MeterBus>) -> Self {
        Self { first, second }
    }
}

impl MeterBus for BothBuses {
    fn open(&self, id: AttachmentId, driver: Option<&str>) -> Result<OpenMeter, LinkError> {
        match self.first.open(id, driver) {
            // Not plugged in there, now or ever.
            Err(LinkError::Gone) => self.second.open(id, driver),
            outcome => outcome,
        }
    }
}

#[cfg(test)]
mod tests;
