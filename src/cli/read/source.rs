//! Where the meter is, and which driver may read it there.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::store::StoreOptions;
use super::super::usb_choice::UsbChoice;
use super::super::{CommandError, Exit, model_name};
use super::attached::{self, OpenedAttachment};
use super::folder;
use super::open_link::{OpenedMeter, choose, clean, opening};
use crate::host::bus::OpenMeter;
use crate::host::links::serial::SerialLink;
use crate::host::links::socket::SocketLink;
use crate::meters::catalogue::{Catalogue, LinkKind, Meter};
use crate::meters::drivers::{self, Driver};
use crate::meters::link::LinkError;

/// One place where a meter may be.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(super) struct MeterSource {
    /// The serial port that the meter's cable is at, for example /dev/ttyUSB0
    // What is remembered of cables in the data folder is asked of USB only.
    #[arg(long, value_name = "TTY", conflicts_with = "data")]
    port: Option<PathBuf>,
    /// The Unix socket that a simulated USB meter is behind
    #[arg(long, value_name = "PATH", conflicts_with = "data")]
    socket: Option<PathBuf>,
    /// The folder of a meter's drive, or one with a report from it
    #[arg(long, value_name = "DIR", conflicts_with = "data")]
    folder: Option<PathBuf>,
    /// The meter on USB with this id; of several of one model, by serial number or @bus-port, as
    /// glucodock meters prints
    #[arg(long, value_name = "VID:PID[:SERIAL]")]
    usb: Option<UsbChoice>,
    /// The only meter that is plugged in
    #[arg(long)]
    auto: bool,
}

impl OpenedMeter {
    /// Opens the place for the driver of this name, or for this model of the catalogue. Behind a generic cable, what
    /// was read through it last stands in for a driver that is not named.
    ///
    /// # Errors
    /// Wrong use if the driver is not named or not one for this place; otherwise why the place cannot be opened.
    pub(super) fn open(
        place: &MeterSource,
        driver: Option<&str>,
        model: Option<&str>,
        store: &StoreOptions,
    ) -> Result<Self, CommandError> {
        let model = model.map(|name| model_name::one(name, "to read", |_| true)).transpose()?;
        let driver = driver.map(driver_meant).transpose()?;
        let driver = driver.or_else(|| model.map(|model| model.driver.as_str()));
        let sold_as = model.map(Meter::name).unwrap_or_default();
        match (&place.port, &place.socket, &place.folder) {
            (Some(port), ..) => {
                let driver = choose("a serial port", &spoken_over(&[LinkKind::Serial]), driver)?;
                let link =
                    SerialLink::open(port).map_err(|error| port_error(&error, port).with_detail(opening(&error)))?;
                Ok(Self { link: Box::new(link), driver, sold_as, remembered: None })
            }
            (None, Some(socket), _) => {
                let driver =
                    choose("a socket", &spoken_over(&[LinkKind::UsbBulk, LinkKind::UsbHid, LinkKind::Scsi]), driver)?;
                let link = SocketLink::open(socket)
                    .map_err(|error| socket_error(&error, socket).with_detail(opening(&error)))?;
                Ok(Self { link: Box::new(link), driver, sold_as, remembered: None })
            }
            (None, None, Some(path)) => folder::open(path, driver),
            (None, None, None) => {
                let OpenedAttachment { meter, remembered } =
                    attached::open(place.usb.as_ref(), driver, &store.remembered_cables())?;
                let OpenMeter { link, driver, sold_as } = meter;
                Ok(Self { link, driver, sold_as, remembered })
            }
        }
    }
}

/// The driver that is meant by a name: of a driver, or of a meter that it reads.
///
/// # Errors
/// Wrong use, if the name may be that of meters which several drivers read. A name of nothing is refused with the
/// drivers of the place.
fn driver_meant(name: &str) -> Result<&str, CommandError> {
    if drivers::by_name(name).is_some() {
        return Ok(name);
    }
    let meters: Vec<&'static Meter> = Catalogue::embedded().meters().iter().collect();
    let meant = model_name::meant(&meters, name);
    match meant.first() {
        Some(first) if meant.iter().all(|meter| meter.driver == first.driver) => Ok(&first.driver),
        Some(_) => Err(model_name::which(name, &meant)),
        None => Ok(name),
    }
}

/// The drivers of meters that the catalogue has over one of these links.
fn spoken_over(links: &[LinkKind]) -> Vec<&'static dyn Driver> {
    let catalogue = Catalogue::embedded();
    let fits = |driver: &&&dyn Driver| catalogue.by_driver(driver.name()).any(|meter| links.contains(&meter.link));
    drivers::ALL.iter().filter(fits).copied().collect()
}

fn port_error(error: &LinkError, port: &Path) -> CommandError {
    let port = clean(port);
    match error {
        LinkError::Gone => CommandError::new(
            Exit::NoMeter,
            format!("there is no port {port}; plug the cable in and look at /dev for the name it gets"),
        ),
        LinkError::Denied { .. } => CommandError::new(
            Exit::Failed,
            format!("no permission to open {port}; the group that owns it (often dialout) must include you"),
        ),
        LinkError::Busy { .. } => CommandError::new(
            Exit::Failed,
            format!("{port} is in use by another program; end that program and try again"),
        ),
        LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{port} cannot be used as a serial port: {error}"))
        }
    }
}

fn socket_error(error: &LinkError, socket: &Path) -> CommandError {
    let socket = clean(socket);
    match error {
        LinkError::Gone => CommandError::new(
            Exit::NoMeter,
            format!("there is no meter behind {socket}; start one with glucodock simulate METER --socket {socket}"),
        ),
        LinkError::Denied { .. } => CommandError::new(Exit::Failed, format!("no permission to connect to {socket}")),
        LinkError::Busy { .. } | LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{socket} cannot be used as a meter's socket: {error}"))
        }
    }
}
