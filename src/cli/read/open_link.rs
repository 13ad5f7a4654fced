//! A link that was opened and the driver to read over it, wherever the meter is.

use std::path::Path;

use crate::cli::CommandError;
use crate::domain::cable::RememberedCable;
use crate::domain::text::{Clean, quoted};
use crate::meters::drivers::{self, Driver};
use crate::meters::error::MeterError;
use crate::meters::link::{Link, LinkError};

/// An open link and the driver to read over it.
pub(super) struct OpenedMeter {
    pub(super) link: Box<dyn Link>,
    pub(super) driver: &'static dyn Driver,
    /// The name for a meter that does not tell its own; empty where nothing is known of it.
    pub(super) sold_as: Clean,
    /// The cable whose memory said which driver to take, where that is so.
    pub(super) remembered: Option<RememberedCable>,
}

/// The driver of this name among those for a place.
///
/// # Errors
/// Wrong use if none is named, or none of them.
pub(super) fn choose(
    place: &str,
    fitting: &[&'static dyn Driver],
    name: Option<&str>,
) -> Result<&'static dyn Driver, CommandError> {
    let names = fitting.iter().map(|driver| driver.name()).collect::<Vec<_>>().join(", ");
    let Some(name) = name else {
        return Err(CommandError::usage(format!(
            "{place} does not tell which meter is behind it; say so with --model (glucodock meters --supported lists \
             the names) or with --driver ({names})"
        )));
    };
    fitting.iter().find(|driver| driver.name() == name).copied().ok_or_else(|| {
        let why =
            if drivers::by_name(name).is_some() { format!("is not for {place}") } else { "does not exist".to_owned() };
        CommandError::usage(format!("the driver {} {why}; for {place} there are {names}", quoted(name)))
    })
}

/// What the log is told of a link that did not open.
pub(super) fn opening(error: &LinkError) -> String {
    MeterError::Link { during: "opening the meter", cause: error.clone() }.detail()
}

/// A path as a message shows it.
pub(super) fn clean(path: &Path) -> Clean {
    Clean::new(&path.to_string_lossy(), 200)
}
