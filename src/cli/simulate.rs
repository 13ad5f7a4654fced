//! `glucodock simulate`: be a meter until interrupted, on a serial line of software, behind a socket, as a folder or on
//! USB.

mod faults;
mod readings;
mod usb;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use clap::Args;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Zoned};
use serde::Serialize;

use self::readings::Readings;
use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format, model_name};
use crate::domain::calendar::{self, MOMENT_FORM};
use crate::domain::cause::Cause;
use crate::domain::text::Clean;
use crate::host::drive::SimulatedDrive;
use crate::host::pty::Pty;
use crate::host::pty::link_path::LinkPath;
use crate::host::pty::serve::{PtyEnd, PtyServer};
use crate::host::socket_server::{Listener, SocketServer};
use crate::host::stop_signal;
use crate::host::usbip::SimulatedCable;
use crate::meters::catalogue::{LinkKind, Meter};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::{Fault, FaultyWire};
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::shelf;
use crate::meters::simulator::wanted::{MeterClock, Wanted};

/// How long before the meter's present time it measured last, if nothing else is asked for. No round number, so that a
/// mistaken zone or a lost hour shows.
const SINCE_LAST: SignedDuration = SignedDuration::from_mins(37);

/// The readings that are counted, if nothing else is asked for.
const USUAL_SEED: u64 = 1;

/// How often to look whether the folder is to go; a signal ends the sleep early.
const LOOK: Duration = Duration::from_millis(50);

/// Which meter to be.
#[derive(Debug, Args)]
pub(super) struct SimulateOptions {
    /// The meter, by its short name or as its label says: onetouch-ultra2, "OneTouch Ultra 2"
    #[arg(value_name = "METER")]
    meter: String,
    #[command(flatten)]
    place: SimulatorTarget,
    /// How many readings the meter holds, or a file of readings (.toml or .csv)
    #[arg(long, value_name = "N|FILE", default_value = "120")]
    readings: Readings,
    /// Which readings, if they are counted: the same number gives the same values; without it, 1
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Time of the newest reading on the meter's clock, if they are counted, for example 2026-07-14T08:30:12; without
    /// it, 37 minutes ago
    #[arg(long, value_name = "TIME", value_parser = moment)]
    newest: Option<DateTime>,
    /// The meter's serial number; without it, a made-up one with 000 in it
    #[arg(long, value_name = "NUMBER")]
    serial: Option<String>,
    /// The meter's clock minus this computer's, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i32,
    /// The meter shows mmol/L. Those that send what they show (Contour, GlucoMen areo, Accu-Chek Mobile, Smart Pix)
    /// send it so; all others send mg/dL whatever they show
    #[arg(long)]
    mmol: bool,
    /// Speed of the line in bits per second; without it, as fast as this computer can
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["socket", "folder", "usbip", "attach"],
        value_parser = clap::value_parser!(u32).range(300..=4_000_000)
    )]
    baud: Option<u32>,
    /// The serial cable that the meter is behind: cp210x, ftdi, pl2303, ch340 or cdc-acm; without it, the first it is
    /// sold with
    #[arg(long, value_name = "KIND", conflicts_with_all = ["pty", "socket", "folder"])]
    cable: Option<SimulatedCable>,
    /// What goes wrong, and where: drop@300 loses byte 300 from the meter. What can go wrong depends on the meter:
    /// --faults lists it
    #[arg(long, value_name = "KIND[@N]")]
    fault: Option<String>,
}

/// Where the meter can be reached; which one it is depends on the meter.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct SimulatorTarget {
    /// Path of the serial port to make, for a meter with a serial cable; it is removed at the end
    #[arg(long, value_name = "LINK")]
    pty: Option<PathBuf>,
    /// Path of the Unix socket to make, for a meter with a USB plug; it is removed at the end
    #[arg(long, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// Path of the folder to make, for a meter that shows a drive; it is removed at the end
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Offer the meter as a USB device to `usbip attach`, on this computer or at this address
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "127.0.0.1:3240"
    )]
    usbip: Option<SocketAddr>,
    /// Plug the meter into this computer as a USB device; needs root and the kernel's vhci-hcd
    #[arg(long)]
    attach: bool,
    /// Only list what --fault can let go wrong with this meter
    #[arg(long)]
    faults: bool,
}

impl SimulatorTarget {
    fn path(&self) -> Result<&Path, CommandError> {
        let path = self.pty.as_deref().or(self.socket.as_deref()).or(self.folder.as_deref());
        path.ok_or_else(|| CommandError::usage("say where the meter is to be, with --pty, --socket or --folder"))
    }

    /// Whether the meter is to be a USB device.
    const fn is_usb(&self) -> bool {
        self.usbip.is_some() || self.attach
    }

    /// Whether a meter of this link can be there.
    const fn fits(&self, link: LinkKind) -> bool {
        if self.faults {
            return true;
        }
        match link {
            LinkKind::Serial => self.pty.is_some() || self.is_usb(),
            LinkKind::UsbBulk | LinkKind::UsbHid | LinkKind::Scsi => self.socket.is_some() || self.is_usb(),
            LinkKind::Folder => self.folder.is_some() || self.is_usb(),
        }
    }

    /// What a meter there is called in a message.
    const fn name(&self) -> &'static str {
        if self.faults {
            return "any place";
        }
        match (&self.pty, &self.socket, self.is_usb()) {
            (Some(_), ..) => "a serial port",
            (None, Some(_), _) => "a socket",
            (None, None, true) => "USB",
            (None, None, false) => "a folder",
        }
    }
}

/// No time of a meter's clock.
#[derive(Debug, thiserror::Error)]
#[error("write {MOMENT_FORM}")]
struct NoMoment;

/// A time on the meter's clock.
fn moment(text: &str) -> Result<DateTime, NoMoment> {
    calendar::parse_moment(text).ok_or(NoMoment)
}

#[derive(Serialize)]
struct Announcement<'a> {
    /// The path at which the meter can be reached, or where on USB it is.
    ready: String,
    meter: &'a str,
    readings: usize,
}

/// Makes the place, says that it is ready, and serves it.
pub(super) fn run(options: &SimulateOptions, format: Format) -> Result<Exit, CommandError> {
    let model = model(&options.meter, &options.place)?;
    if options.place.faults {
        faults::list(model, format)?;
        return Ok(Exit::Done);
    }
    let (memory, clock) = memory(options, model)?;
    let held = memory.readings.len();
    let now = clock();
    // With a clock that stands still: the meter that is rehearsed says the same byte for byte each
    // time.
    let still = |memory| make(options, model, memory, None, Box::new(move || now));
    let is_folder = options.place.folder.is_some();
    let fault =
        options.fault.as_deref().map(|text| faults::chosen(text, model, is_folder, &memory, &still)).transpose()?;
    let mut meter =
        make(options, model, memory, fault, clock).map_err(|reason| CommandError::of(Exit::Usage, reason))?;
    let announce = |ready: &str| announce(ready, model, held, format);
    if options.place.is_usb() {
        return usb::run(options, model, meter, fault, format, announce);
    }
    let stop = stop_signal::flag().map_err(failed)?;
    let path = options.place.path()?;
    let announce = || announce(&path.to_string_lossy());
    let wire = FaultyWire::new(fault);
    let ended = if options.place.pty.is_some() {
        serve_line(path, meter.as_mut(), wire, options.baud, &stop, announce)?
    } else if options.place.socket.is_some() {
        serve_socket(path, meter.as_mut(), wire, &stop, announce)?
    } else {
        serve_folder(path, meter.as_ref(), wire, &stop, announce)?
    };
    if ended == PtyEnd::Unplugged && format == Format::Text {
        print_text("unplugged\n")?;
    }
    Ok(Exit::Done)
}

/// Says where the meter is, once it is there.
fn announce(ready: &str, model: &Meter, held: usize, format: Format) -> io::Result<()> {
    let ready = Clean::new(ready, 1000).to_string();
    match format {
        Format::Json => print_json(&Announcement { ready, meter: &model.slug, readings: held }),
        Format::Text => print_text(&format!("ready {ready}\n")),
    }
}

fn serve_line(
    path: &Path,
    meter: &mut dyn SimulatedMeter,
    wire: FaultyWire,
    baud: Option<u32>,
    stop: &AtomicBool,
    announce: impl FnOnce() -> io::Result<()>,
) -> Result<PtyEnd, CommandError> {
    let pty = Pty::open().map_err(failed)?;
    let link = LinkPath::make(path, pty.path()).map_err(failed)?;
    // Not before it can be reached: a script waits for this line and begins to read.
    announce()?;
    PtyServer::new(pty, link, meter, wire, baud).serve(stop).map_err(failed)
}

fn serve_socket(
    path: &Path,
    meter: &mut dyn SimulatedMeter,
    wire: FaultyWire,
    stop: &AtomicBool,
    announce: impl FnOnce() -> io::Result<()>,
) -> Result<PtyEnd, CommandError> {
    let listener = Listener::bind(path).map_err(failed)?;
    announce()?;
    SocketServer::new(listener, meter, wire).serve(stop).map_err(failed)
}

fn serve_folder(
    path: &Path,
    meter: &dyn SimulatedMeter,
    wire: FaultyWire,
    stop: &AtomicBool,
    announce: impl FnOnce() -> io::Result<()>,
) -> Result<PtyEnd, CommandError> {
    let files = meter.drive().unwrap_or_default();
    // It takes the folder away when it goes. A plain `_` would let it go here.
    let _drive = SimulatedDrive::make(path, files, wire).map_err(failed)?;
    announce()?;
    while !stop.load(Ordering::Acquire) {
        thread::sleep(LOOK);
    }
    Ok(PtyEnd::Stopped)
}

/// The meter of this name, if it can stand there.
fn model(name: &str, place: &SimulatorTarget) -> Result<&'static Meter, CommandError> {
    model_name::one(name, &format!("to simulate for {}", place.name()), |meter| place.fits(meter.link))
}

/// The readings that the meter is to hold, and its clock.
fn memory(options: &SimulateOptions, model: &Meter) -> Result<(ReadingSet, MeterClock), CommandError> {
    let offset = SignedDuration::from_secs(i64::from(options.clock_offset));
    let clock = move || Zoned::now().datetime().saturating_add(offset);
    let newest = options.newest.unwrap_or_else(|| clock().saturating_sub(SINCE_LAST));
    if matches!(options.readings, Readings::File(_)) && (options.seed.is_some() || options.newest.is_some()) {
        let message = "--seed and --newest are for readings that are counted; those of a file are as they are written";
        return Err(CommandError::usage(message));
    }
    let set = options.readings.set(model, options.seed.unwrap_or(USUAL_SEED), newest)?;
    if let Some(memory) = model.memory
        && u32::try_from(set.readings.len()).is_ok_and(|held| held > memory)
    {
        return Err(CommandError::usage(format!("{} holds at most {memory} readings", model.slug)));
    }
    set.is_on_the_clock(clock()).map_err(|error| CommandError::of(Exit::Usage, error))?;
    Ok((set, Box::new(clock)))
}

/// The meter, or in words why there can be none like it.
fn make(
    options: &SimulateOptions,
    model: &Meter,
    memory: ReadingSet,
    fault: Option<Fault>,
    clock: MeterClock,
) -> Result<Box<dyn SimulatedMeter>, Cause> {
    let wanted = Wanted {
        slug: model.slug.clone(),
        serial: options.serial.clone(),
        memory,
        clock,
        fault,
        shows_mmol: options.mmol,
        // What a file says is blood is blood.
        wears_sensor: matches!(options.readings, Readings::Counted(_)),
        clock_was_adjusted: false,
    };
    shelf::make(&model.driver, wanted)
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::of(Exit::Failed, error)
}
