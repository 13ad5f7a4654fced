//! A folder as the place of a meter: its drive, or one to which somebody copied its report.

use std::path::Path;

use jiff::Zoned;

use super::open_link::{OpenedMeter, choose, clean, opening};
use crate::cli::{CommandError, Exit};
use crate::domain::text::Clean;
use crate::host::links::folder::FolderLink;
use crate::meters::conversation::{Cancel, Conversation};
use crate::meters::drivers::{self, Driver};
use crate::meters::error::MeterError;
use crate::meters::link::LinkError;

/// Opens the folder for the driver of this name, or without one for the driver that recognises its files.
///
/// # Errors
/// Wrong use if the driver does not read folders, or if several recognise this one; no meter if none does.
pub(super) fn open(path: &Path, name: Option<&str>) -> Result<OpenedMeter, CommandError> {
    let fitting: Vec<&'static dyn Driver> = drivers::FOLDER.iter().map(|driver| *driver as &dyn Driver).collect();
    let named = name.map(|name| choose("a folder", &fitting, Some(name))).transpose()?;
    let mut link = FolderLink::open(path).map_err(|error| folder_error(&error, path).with_detail(opening(&error)))?;
    let driver = match named {
        Some(driver) => driver,
        None => recognised(&mut link, path)?,
    };
    Ok(OpenedMeter { link: Box::new(link), driver, sold_as: Clean::default(), remembered: None })
}

fn recognised(link: &mut FolderLink, path: &Path) -> Result<&'static dyn Driver, CommandError> {
    let mut report = |_| {};
    let mut conversation = Conversation::new(link, Cancel::default(), &mut report, &Zoned::now);
    let mut found: Vec<&'static dyn Driver> = Vec::new();
    // All are asked, not the first that fits: which of two it is must not depend on their order.
    for driver in drivers::FOLDER {
        if driver.recognises(&mut conversation).map_err(|error| look_error(&error, path).with_detail(error.detail()))? {
            found.push(*driver);
        }
    }
    let folder = clean(path);
    match found.as_slice() {
        [driver] => Ok(*driver),
        [] => Err(CommandError::new(
            Exit::NoMeter,
            format!("no report of a meter is in {folder}; choose the drive that the meter shows"),
        )),
        several => {
            let names = several.iter().map(|driver| driver.name()).collect::<Vec<_>>().join(" or ");
            Err(CommandError::usage(format!("{folder} holds reports of several kinds; say which: --driver {names}")))
        }
    }
}

fn look_error(error: &MeterError, path: &Path) -> CommandError {
    match error {
        MeterError::Link { cause: LinkError::Denied { .. }, .. } => {
            CommandError::new(Exit::Failed, format!("no permission to read {}", clean(path)))
        }
        MeterError::Link { cause: LinkError::Failed { reason, .. }, .. } => {
            CommandError::new(Exit::Failed, format!("{} cannot be read: {reason}", clean(path)))
        }
        error => CommandError::new(
            Exit::MeterLost,
            format!("the meter could not be read: {error} [{}]", error.code().code()),
        ),
    }
}

fn folder_error(error: &LinkError, path: &Path) -> CommandError {
    let folder = clean(path);
    match error {
        LinkError::Gone => CommandError::new(
            Exit::NoMeter,
            format!("there is no folder {folder}; plug the meter in and wait until its drive is there"),
        ),
        LinkError::Denied { .. } => CommandError::new(Exit::Failed, format!("no permission to read {folder}")),
        LinkError::Busy { .. } | LinkError::TimedOut | LinkError::Unsupported { .. } | LinkError::Failed { .. } => {
            CommandError::new(Exit::Failed, format!("{folder} cannot be read as the drive of a meter: {error}"))
        }
    }
}
