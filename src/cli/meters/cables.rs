//! `glucodock meters --cables` and `--forget-cable`: which meter was last read through which generic cable.

use serde_json::{Value, json};

use super::super::output::{Side, aligned, print_json, print_text};
use super::super::store::StoreOptions;
use super::super::{CommandError, Exit, Format};
use crate::domain::cable::{CableKey, RememberedCable};
use crate::domain::calendar;
use crate::host::cables::CableFileError;
use crate::host::clock::{Clock as _, SystemClock};
use crate::meters::catalogue::{Catalogue, Meter};

/// Lists every remembered cable. None is a result too.
pub(super) fn list(catalogue: &Catalogue, store: &StoreOptions, format: Format) -> Result<Exit, CommandError> {
    let cables = store.cable_file()?.list()?;
    match format {
        Format::Json => {
            let cables: Vec<Value> = cables.iter().map(|cable| object(catalogue, cable)).collect();
            print_json(&json!({ "cables": cables }))?;
        }
        Format::Text if cables.is_empty() => print_text("No cable is remembered.\n")?,
        Format::Text => print_text(&table(catalogue, &cables))?,
    }
    Ok(Exit::Done)
}

/// Forgets one cable: the next time it is plugged in, somebody is asked which meter it is.
pub(super) fn forget(cable: &CableKey, store: &StoreOptions, format: Format) -> Result<Exit, CommandError> {
    if !store.cable_file()?.forget(cable)? {
        let message = format!("no cable {cable} is remembered; see glucodock meters --cables");
        return Err(CommandError::new(Exit::Failed, message));
    }
    match format {
        Format::Json => print_json(&json!({ "forgotten": cable }))?,
        Format::Text => print_text(&format!("Forgotten: {cable}\n"))?,
    }
    Ok(Exit::Done)
}

/// The meter of a remembered cable, if the catalogue still has it.
fn meter<'a>(catalogue: &'a Catalogue, cable: &RememberedCable) -> Option<&'a Meter> {
    catalogue.by_slug(&cable.model)
}

fn object(catalogue: &Catalogue, cable: &RememberedCable) -> Value {
    let meter = meter(catalogue, cable);
    json!({
        "key": cable.key,
        "cable": catalogue.cable_of(&cable.key).map(|kind| kind.name.clone()),
        "model": cable.model,
        "name": meter.map(Meter::name),
        "driver": meter.map(|meter| meter.driver.clone()),
        "read_at": cable.read_at,
    })
}

fn table(catalogue: &Catalogue, cables: &[RememberedCable]) -> String {
    let zone = SystemClock.now().time_zone().clone();
    let mut rows = vec![["CABLE", "METER READ LAST", "READ"].map(str::to_owned)];
    rows.extend(cables.iter().map(|cable| {
        let name = meter(catalogue, cable).map_or_else(|| cable.model.clone(), |meter| meter.name().to_string());
        let read_at = calendar::written(cable.read_at.to_zoned(zone.clone()).date());
        [cable.key.to_string(), name, read_at]
    }));
    aligned(&[Side::Left; 3], &rows)
}

impl From<CableFileError> for CommandError {
    fn from(error: CableFileError) -> Self {
        let help = match &error {
            CableFileError::Damaged { .. } => {
                "; nothing else depends on it, and the next meter read through a cable puts it aside and begins a new \
                 one"
            }
            CableFileError::File { .. } => "",
        };
        Self::new(Exit::Failed, format!("{error}{help}"))
    }
}
