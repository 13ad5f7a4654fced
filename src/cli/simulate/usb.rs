//! Being a meter on USB: offered to other computers' kernels over USB/IP, or plugged into this one.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Mutex;

use super::{SimulateOptions, failed};
use crate::cli::output::print_text;
use crate::cli::{CommandError, Exit, Format};
use crate::host::stop_signal;
use crate::host::usbip::engine::Engine;
use crate::host::usbip::serve::UsbipEnd;
use crate::host::usbip::vhci::Port;
use crate::host::usbip::{self, server};
use crate::meters::catalogue::{Catalogue, Meter};
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::{Fault, FaultyWire};

/// Serves the meter until it is asked to stop or a fault pulls the cable.
pub(super) fn run(
    options: &SimulateOptions,
    model: &Meter,
    meter: Box<dyn SimulatedMeter>,
    fault: Option<Fault>,
    format: Format,
    announce: impl FnOnce(&str) -> io::Result<()>,
) -> Result<Exit, CommandError> {
    let catalogue = Catalogue::embedded();
    let wire = FaultyWire::new(fault);
    let device = usbip::device(catalogue, model, options.cable, meter, wire)
        .map_err(|error| CommandError::of(Exit::Usage, error))?;
    let stop = stop_signal::flag().map_err(failed)?;
    let ended = if let Some(address) = options.place.usbip {
        let listener = TcpListener::bind(address).map_err(|error| in_the_way(address, &error))?;
        // Of port 0 the system makes one that is free: whoever attaches must be told which.
        let address = listener.local_addr().map_err(failed)?;
        announce(&format!("usbip {address} {}", server::BUS_ID))?;
        server::run(&listener, &Mutex::new(Engine::new(device)), &stop).map_err(failed)?
    } else {
        let port = Port::plug(device, stop).map_err(|error| not_plugged(&error))?;
        let place = port.folder().map_err(failed)?;
        let place = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        announce(&format!("usb {place}"))?;
        port.wait().map_err(failed)?
    };
    if ended == UsbipEnd::Unplugged && format == Format::Text {
        print_text("unplugged\n")?;
    }
    Ok(Exit::Done)
}

fn in_the_way(address: SocketAddr, error: &io::Error) -> CommandError {
    CommandError::new(Exit::Failed, format!("cannot listen on {address}: {error}"))
}

fn not_plugged(error: &io::Error) -> CommandError {
    CommandError::new(
        Exit::Failed,
        format!("cannot plug the meter in: {error}; this needs root and the module vhci-hcd (modprobe vhci-hcd)"),
    )
}
