//! `glucodock simulate`: be a meter on a serial line of software, or on USB, until interrupted.

mod usb;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Zoned};
use serde::Serialize;

use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format};
use crate::domain::text::Clean;
use crate::host::pty::link_path::LinkPath;
use crate::host::pty::serve::{Ended, Station};
use crate::host::pty::{Pty, PtyError};
use crate::host::stop_signal;
use crate::meters::catalogue::{Catalogue, LinkKind, Meter};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::{Fault, FaultyWire};
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::shelf::{self, Wanted};

/// How long before the meter's present time it measured last, if nothing else is asked for.
const SINCE_LAST: SignedDuration = SignedDuration::from_mins(37);

/// Which meter to be.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The meter, for example onetouch-ultra2
    #[arg(value_name = "METER")]
    meter: String,
    /// Path of the serial port to make; it is removed at the end
    #[arg(long, value_name = "LINK", required_unless_present_any = ["usbip", "attach"])]
    pty: Option<PathBuf>,
    /// Offer the meter as a USB device to `usbip attach`, on this address
    #[arg(
        long, value_name = "ADDRESS:PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.0.0.1:3240", conflicts_with_all = ["pty", "attach", "baud"]
    )]
    usbip: Option<SocketAddr>,
    /// Plug the meter into this computer as a USB device; needs root and the kernel's vhci-hcd
    #[arg(long, conflicts_with_all = ["pty", "baud"])]
    attach: bool,
    /// How many readings the meter holds
    #[arg(long, value_name = "N", default_value_t = 120)]
    readings: usize,
    /// Which readings: the same number gives the same values
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Time of the newest reading on the meter's clock, for example 2026-07-14T08:30:12; without it, 37 minutes ago
    #[arg(long, value_name = "TIME")]
    newest: Option<DateTime>,
    /// The meter's serial number; without it, a made-up one that begins with 000
    #[arg(long, value_name = "NUMBER")]
    serial: Option<String>,
    /// The meter's clock minus this computer's, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset: i32,
    /// The meter shows mmol/L
    #[arg(long)]
    mmol: bool,
    /// Speed of the line in bits per second; without it, as fast as this computer can
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(300..=4_000_000))]
    baud: Option<u32>,
    /// What goes wrong, and at which byte from the meter, counted from 0: drop, flip, repeat, stall, unplug or
    /// checksum; count-high@N announces N readings too many
    #[arg(long, value_name = "KIND@N")]
    fault: Option<Fault>,
}

#[derive(Serialize)]
struct Announcement<'a> {
    /// The path at which the port can be opened, or where on USB the meter is.
    ready: String,
    meter: &'a str,
    readings: usize,
}

/// Makes the port or the USB device, says that it is ready, and serves it.
pub(super) fn run(options: &Options, format: Format) -> Result<Exit, CommandError> {
    let Some(pty_link) = &options.pty else { return usb::run(options, format) };
    let model = serial_model(&options.meter)?;
    let mut meter = make(options, model)?;
    let stop = stop_signal::flag().map_err(|error| CommandError::new(Exit::Failed, error.to_string()))?;
    let pty = Pty::open().map_err(|error| failed(&error))?;
    let link = LinkPath::make(pty_link, pty.path()).map_err(|error| failed(&error))?;
    let ready = Clean::new(&pty_link.to_string_lossy(), 1000).to_string();
    announce(ready, options, model, format)?;
    let station = Station::new(pty, link, meter.as_mut(), FaultyWire::new(options.fault), options.baud);
    let ended = station.serve(&stop).map_err(|error| failed(&error))?;
    if ended == Ended::Unplugged && format == Format::Text {
        print_text("unplugged\n")?;
    }
    Ok(Exit::Done)
}

/// Says where the meter can be found, once it can.
fn announce(ready: String, options: &Options, model: &Meter, format: Format) -> Result<(), CommandError> {
    match format {
        Format::Json => print_json(&Announcement { ready, meter: &model.slug, readings: options.readings })?,
        Format::Text => print_text(&format!("ready {ready}\n"))?,
    }
    Ok(())
}

/// The meter of this slug in the catalogue, if it can stand at a serial line.
fn serial_model(name: &str) -> Result<&'static Meter, CommandError> {
    let catalogue = Catalogue::embedded().map_err(|error| CommandError::new(Exit::Failed, error.to_string()))?;
    let serial = |meter: &&Meter| meter.link == LinkKind::Serial;
    catalogue.by_slug(name).filter(serial).ok_or_else(|| {
        let names: Vec<_> = catalogue.meters().iter().filter(serial).map(|meter| meter.slug.as_str()).collect();
        CommandError::usage(format!(
            "there is no simulated meter {name:?} for a serial port; there are {}",
            names.join(", ")
        ))
    })
}

fn make(options: &Options, model: &Meter) -> Result<Box<dyn SimulatedMeter>, CommandError> {
    if let Some(memory) = model.memory
        && u32::try_from(options.readings).is_ok_and(|readings| readings > memory)
    {
        return Err(CommandError::usage(format!("{} holds at most {memory} readings", model.slug)));
    }
    let offset = SignedDuration::from_secs(i64::from(options.clock_offset));
    let clock = move || Zoned::now().datetime().saturating_add(offset);
    let newest = options.newest.unwrap_or_else(|| clock().saturating_sub(SINCE_LAST));
    let wanted = Wanted {
        slug: model.slug.clone(),
        serial: options.serial.clone(),
        memory: ReadingSet::seeded(options.readings, options.seed, newest),
        clock: Box::new(clock),
        fault: options.fault,
        shows_mmol: options.mmol,
        clock_was_adjusted: false,
    };
    shelf::make(&model.driver, wanted).map_err(CommandError::usage)
}

fn failed(error: &PtyError) -> CommandError {
    CommandError::new(Exit::Failed, error.to_string())
}
