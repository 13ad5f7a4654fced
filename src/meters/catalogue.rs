//! Which USB id is which meter, its driver, its family and what to tell a person who plugs it in.
//!
//! The facts are data (`assets/meters.toml`), because clinics name meters and cables their own way; this module gives
//! them types and refuses a file that contradicts itself, naming the line. The program carries the file as tables,
//! which the build makes of it. Knows no bus: a bus asks by USB id.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use super::codec::hexadecimal;
use crate::domain::cable::CableKey;
use crate::domain::meter::{Bridge, Family, MeterGuide};
use crate::domain::text::{Clean, quoted};

mod built;
mod load;

pub use load::CatalogueError;

/// A USB vendor and product id, written as `lsusb` prints it: `173a:21d5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsbId {
    /// Who made it.
    pub vendor: u16,
    /// Which product it is.
    pub product: u16,
}

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04x}:{:04x}", self.vendor, self.product))
    }
}

/// A text that is not four hexadecimal digits, a colon and four hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a USB id such as 173a:21d5", quoted(text))]
pub struct UsbIdError {
    text: String,
}

impl FromStr for UsbId {
    type Err = UsbIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let four = |digits: &str| if digits.len() == 4 { hexadecimal(digits.as_bytes()) } else { None };
        let both = text.split_once(':').and_then(|(vendor, product)| Some((four(vendor)?, four(product)?)));
        match both {
            Some((vendor, product)) => Ok(Self { vendor, product }),
            None => Err(UsbIdError { text: text.to_owned() }),
        }
    }
}

/// Over what a meter is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// USB bulk transfers, through libusb.
    UsbBulk,
    /// HID reports, through libusb.
    UsbHid,
    /// SCSI commands over USB mass storage.
    Scsi,
    /// A folder of a mounted drive.
    Folder,
    /// A serial line, mostly behind a USB serial cable.
    Serial,
}

impl LinkKind {
    /// What a meter is behind that shares its USB id with others on such a link.
    const fn bridge(self) -> Bridge {
        match self {
            Self::UsbHid => Bridge::HidChip,
            Self::UsbBulk | Self::Scsi | Self::Folder | Self::Serial => Bridge::SerialCable,
        }
    }

    /// The name in the catalogue: `usb-bulk`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsbBulk => "usb-bulk",
            Self::UsbHid => "usb-hid",
            Self::Scsi => "scsi",
            Self::Folder => "folder",
            Self::Serial => "serial",
        }
    }
}

/// How well the way in which a meter is read is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Bytes of a real meter are published.
    Captured,
    /// Two independent readers agree.
    TwoSources,
    /// One reader does it.
    OneSource,
}

impl Evidence {
    /// The name in the catalogue: `two-sources`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::TwoSources => "two-sources",
            Self::OneSource => "one-source",
        }
    }
}

/// What a meter is known to tell. What is not set here is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent abilities, each true or not known")]
pub struct Tells {
    /// Its clock.
    pub clock: bool,
    /// The unit in which it shows values.
    pub unit: bool,
    /// Meal markers.
    pub meal: bool,
    /// Which readings are tests with control solution.
    pub control: bool,
}

/// A meter that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meter {
    /// Short name for scripts and the command line: `accu-chek-guide`.
    pub slug: String,
    /// The names it is sold under, at least one.
    names: Vec<Clean>,
    /// Who makes it.
    pub manufacturer: Clean,
    /// Accu-Chek or other.
    pub family: Family,
    /// The driver's name.
    pub driver: String,
    /// Over what it is spoken to.
    pub link: LinkKind,
    /// USB ids that only this meter has; empty for a meter behind a generic cable or chip, or a drive known by its
    /// files alone.
    pub ids: Vec<UsbId>,
    /// Slugs of the generic cables it may be behind; empty for a meter with its own USB id.
    pub cables: Vec<String>,
    /// Which cable to take.
    pub cable_hint: Clean,
    /// What to do, a sentence a step.
    pub instructions: Vec<Clean>,
    /// What it tells.
    pub tells: Tells,
    /// How many readings it keeps, where known.
    pub memory: Option<u32>,
    /// A year before which it was not sold, where known.
    pub sold_since: Option<i16>,
    /// The lowest and highest value it measures, in mg/dL.
    pub range: (u32, u32),
    /// How well it is known.
    pub evidence: Evidence,
}

impl Meter {
    /// What it is behind, if its USB id is that of a cable or a chip and does not tell it.
    #[must_use]
    pub fn bridge(&self) -> Option<Bridge> {
        (!self.cables.is_empty()).then(|| self.link.bridge())
    }

    /// The name for a meter that does not tell its own: the first.
    #[must_use]
    pub fn name(&self) -> Clean {
        self.names.first().cloned().unwrap_or_default()
    }

    /// Every name it is sold under.
    #[must_use]
    pub fn names(&self) -> &[Clean] {
        &self.names
    }

    /// How a person connects it.
    #[must_use]
    pub fn guide(&self) -> MeterGuide {
        MeterGuide {
            slug: self.slug.clone(),
            name: self.name(),
            other_names: self.names.iter().skip(1).cloned().collect(),
            family: self.family,
            driver: self.driver.clone(),
            cable: self.cable_hint.clone(),
            steps: self.instructions.clone(),
            bridge: self.bridge(),
        }
    }
}

/// A cable, or a chip in a plug, that any meter and many other things may be behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cable {
    /// Short name: `ftdi`.
    pub slug: String,
    /// What the device panel shows: `USB serial cable (FTDI)`.
    pub name: Clean,
    /// Over what the meter behind it is spoken to: a serial line, or HID reports.
    pub link: LinkKind,
    /// Its USB ids.
    pub ids: Vec<UsbId>,
}

impl Cable {
    /// What it is to the meter behind it.
    #[must_use]
    pub const fn bridge(&self) -> Bridge {
        self.link.bridge()
    }
}

/// A meter that is recognised and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Short name: `accu-chek-guide-link`. The reason is found under it.
    pub slug: String,
    /// The name it is sold under.
    pub name: Clean,
    /// Who makes it.
    pub manufacturer: Clean,
    /// Accu-Chek or other.
    pub family: Family,
    /// Its USB ids.
    pub ids: Vec<UsbId>,
    /// Why it cannot be read, as one sentence.
    pub reason: Clean,
}

/// What a USB id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known<'a> {
    /// A meter with an id of its own.
    Meter(&'a Meter),
    /// A generic cable or chip: somebody must say which meter is behind it.
    Cable(&'a Cable),
    /// A meter that cannot be read.
    Unreadable(&'a Unreadable),
}

/// Every known meter and cable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    meters: Vec<Meter>,
    cables: Vec<Cable>,
    unreadable: Vec<Unreadable>,
}

impl Catalogue {
    /// The catalogue that is built into the program.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static BUILT: LazyLock<Catalogue> = LazyLock::new(built::catalogue);
        &BUILT
    }

    /// Reads a catalogue from the text of `file`.
    ///
    /// # Errors
    /// The first mistake, with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, CatalogueError> {
        load::parse(file, text)
    }

    /// Every meter that can be read, in the order of the file.
    #[must_use]
    pub fn meters(&self) -> &[Meter] {
        &self.meters
    }

    /// Every generic cable.
    #[must_use]
    pub fn cables(&self) -> &[Cable] {
        &self.cables
    }

    /// Every meter that is known and cannot be read.
    #[must_use]
    pub fn unreadable(&self) -> &[Unreadable] {
        &self.unreadable
    }

    /// What has this USB id.
    #[must_use]
    pub fn by_usb(&self, id: UsbId) -> Option<Known<'_>> {
        let meter = self.meters.iter().find(|meter| meter.ids.contains(&id)).map(Known::Meter);
        let cable = || self.cables.iter().find(|cable| cable.ids.contains(&id)).map(Known::Cable);
        let unreadable = || self.unreadable.iter().find(|meter| meter.ids.contains(&id)).map(Known::Unreadable);
        meter.or_else(cable).or_else(unreadable)
    }

    /// The meter of this slug.
    #[must_use]
    pub fn by_slug(&self, slug: &str) -> Option<&Meter> {
        self.meters.iter().find(|meter| meter.slug == slug)
    }

    /// A year before which a meter was not sold that its driver reports under this name; `None` for a name that is not
    /// in the catalogue.
    #[must_use]
    pub fn sold_since(&self, driver: &str, name: &Clean) -> Option<i16> {
        self.by_driver(driver).find(|meter| meter.names.contains(name)).and_then(|meter| meter.sold_since)
    }

    /// The lowest and highest value, in mg/dL, that a meter measures which its driver reports under this name; `None`
    /// for a name that is not in the catalogue.
    #[must_use]
    pub fn range_of(&self, driver: &str, name: &Clean) -> Option<(u32, u32)> {
        self.by_driver(driver).find(|meter| meter.names.contains(name)).map(|meter| meter.range)
    }

    /// The same of a meter whose driver is not told: nothing where two of this name measure differently.
    #[must_use]
    pub fn range_of_model(&self, name: &Clean) -> Option<(u32, u32)> {
        let mut ranges = self.meters.iter().filter(|meter| meter.names.contains(name)).map(|meter| meter.range);
        let range = ranges.next()?;
        ranges.all(|other| other == range).then_some(range)
    }

    /// The meters that this driver reads.
    pub fn by_driver(&self, driver: &str) -> impl Iterator<Item = &Meter> {
        self.meters.iter().filter(move |meter| meter.driver == driver)
    }

    /// The meters of one of the two choices of the upload step.
    pub fn by_family(&self, family: Family) -> impl Iterator<Item = &Meter> {
        self.meters.iter().filter(move |meter| meter.family == family)
    }

    /// The generic cable of this slug.
    #[must_use]
    pub fn cable_by_slug(&self, slug: &str) -> Option<&Cable> {
        self.cables.iter().find(|cable| cable.slug == slug)
    }

    /// What kind of cable this one is.
    #[must_use]
    pub fn cable_of(&self, key: &CableKey) -> Option<&Cable> {
        self.cables.iter().find(|cable| cable.ids.iter().any(|id| id.to_string() == key.usb_id()))
    }

    /// The meters that may be behind this cable.
    pub fn behind(&self, cable: &Cable) -> impl Iterator<Item = &Meter> {
        self.meters.iter().filter(move |meter| meter.cables.contains(&cable.slug))
    }

    /// The meter that `driver` reads behind this cable: one that is sold with it, else one that is behind a cable of
    /// the same link, because people put other adapters between.
    #[must_use]
    pub fn read_behind(&self, cable: &Cable, driver: &str) -> Option<&Meter> {
        let fits = |meter: &&Meter| !meter.cables.is_empty() && meter.link == cable.link;
        let sold_with = self.by_driver(driver).find(|meter| meter.cables.contains(&cable.slug));
        sold_with.or_else(|| self.by_driver(driver).find(fits))
    }

    /// The USB ids by which a meter that can be read may show itself, each once.
    #[must_use]
    pub fn readable_ids(&self) -> BTreeSet<UsbId> {
        self.meters.iter().flat_map(|meter| self.ids_of(meter)).collect()
    }

    /// The USB ids of a meter: its own, or those of the cables it may be behind.
    pub fn ids_of<'a>(&'a self, meter: &'a Meter) -> impl Iterator<Item = UsbId> + 'a {
        let behind = self.cables.iter().filter(|cable| meter.cables.contains(&cable.slug));
        meter.ids.iter().copied().chain(behind.flat_map(|cable| cable.ids.iter().copied()))
    }
}

#[cfg(test)]
mod tests;
