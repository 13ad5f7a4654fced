//! What can go wrong with a simulated meter, as the command line lists it and takes it.

use std::io;

use serde::Serialize;

use crate::cli::output::{print_json, print_text};
use crate::cli::{CommandError, Format};
use crate::domain::cause::Cause;
use crate::meters::catalogue::Meter;
use crate::meters::simulator::SimulatedMeter;
use crate::meters::simulator::fault::{Fault, FaultDescription, FaultKind};
use crate::meters::simulator::readings::ReadingSet;
use crate::meters::simulator::{rehearsal, shelf};

#[derive(Serialize)]
struct FaultLine {
    /// As it is written, with N for the number.
    fault: String,
    what: &'static str,
}

/// What can go wrong with this meter where `simulate` puts it. A folder stands still: nobody can pull it at a byte, as
/// a drive on USB can be.
fn known(model: &Meter, is_folder: bool) -> Vec<FaultDescription> {
    let mut faults = shelf::faults(model);
    faults.retain(|told| !is_folder || told.name != FaultKind::Unplug.name());
    faults
}

/// Lists what can go wrong with this meter, one fault a line.
pub(super) fn list(model: &Meter, format: Format) -> io::Result<()> {
    let lines: Vec<FaultLine> =
        known(model, false).iter().map(|told| FaultLine { fault: told.written(), what: told.what }).collect();
    if format == Format::Json {
        return print_json(&lines);
    }
    let width = lines.iter().map(|line| line.fault.len()).max().unwrap_or(0);
    let lines: Vec<String> = lines.iter().map(|line| format!("{:width$}  {}\n", line.fault, line.what)).collect();
    print_text(&lines.concat())
}

/// The fault that is asked for. One behind a reading becomes one at a byte: `make` makes the meter to find out which.
///
/// # Errors
/// Wrong use, with what this meter knows, if it has no such fault.
pub(super) fn chosen(
    text: &str,
    model: &Meter,
    is_folder: bool,
    memory: &ReadingSet,
    make: &dyn Fn(ReadingSet) -> Result<Box<dyn SimulatedMeter>, Cause>,
) -> Result<Fault, CommandError> {
    let fault = Fault::among(text, &known(model, is_folder))
        .map_err(|error| CommandError::usage(format!("--fault for {}: {error}", model.slug)))?;
    if fault.kind != FaultKind::UnplugReading {
        return Ok(fault);
    }
    let at = rehearsal::place_behind_reading(model, memory, fault.at, make)
        .map_err(|reason| CommandError::usage(format!("--fault {text}: {reason}")))?;
    Ok(Fault { kind: FaultKind::Unplug, at })
}
