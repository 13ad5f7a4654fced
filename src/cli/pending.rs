//! `glucodock pending`: the meters that were read and wait for a patient, and what will be asked of each.

use std::fmt::Write as _;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output::print_text;
use super::store::{StoreOptions, now, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::association::Upload;
use crate::domain::meter_clock::ClockReading;

/// Which store.
#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    store: StoreOptions,
}

/// Lists the uploads, oldest first.
pub(super) fn run(options: &Options, format: Format) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let uploads = store.pending()?;
    let mark = store_mark(store.purpose());
    let now = now();
    match format {
        Format::Json => {
            let pending: Vec<_> = uploads.iter().map(|upload| object(upload, now)).collect();
            store_json(store.purpose(), json!({ "pending": pending }))?;
        }
        Format::Text if uploads.is_empty() => print_text(&format!("{mark}No meter waits for a patient.\n"))?,
        Format::Text => print_text(&format!("{mark}{}", table(&uploads, now)))?,
    }
    Ok(Exit::Done)
}

fn table(uploads: &[Upload], now: Timestamp) -> String {
    let mut text = format!(
        "{:>8}  {:<26} {:<18} {:>8} {:>8}  {}\n",
        "waits", "meter", "serial number", "readings", "controls", "remarks"
    );
    for upload in uploads {
        let row = format!(
            "{:>8}  {:<26} {:<18} {:>8} {:>8}  {}",
            age(seconds(upload, now)),
            upload.meter.model,
            if upload.meter.is_identifiable() { upload.meter.grouped_serial() } else { "no serial number".to_owned() },
            upload.counts.total(),
            upload.counts.control,
            remarks(upload).join(", ")
        );
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text
}

/// What is asked, and that nothing of it is new.
fn remarks(upload: &Upload) -> Vec<String> {
    let asked = questions(upload).into_iter().map(|question| format!("asks {question}"));
    asked.chain(upload.adds_nothing().then(|| "its owner has them all".to_owned())).collect()
}

/// What a person will be asked before it can be assigned.
fn questions(upload: &Upload) -> Vec<&'static str> {
    let clock = upload.asks_for_clock().then_some("which clock is right");
    let holders = (!upload.held.is_empty()).then_some("whose its readings are");
    clock.into_iter().chain(holders).collect()
}

fn object(upload: &Upload, now: Timestamp) -> serde_json::Value {
    json!({
        "id": upload.id,
        "manufacturer": upload.meter.manufacturer,
        "model": upload.meter.model,
        "serial": upload.meter.serial,
        "identifiable": upload.meter.is_identifiable(),
        "read_at": upload.read_at,
        "age_seconds": seconds(upload, now),
        "counts": upload.counts,
        "first": upload.first,
        "last": upload.last,
        "warnings": upload.warnings,
        "clock_offset_seconds": upload.clock.as_ref().map(ClockReading::offset_seconds),
        "asks": questions(upload),
        "adds_nothing": upload.adds_nothing(),
    })
}

/// How long it waits; nothing if this computer's clock was set back meanwhile.
fn seconds(upload: &Upload, now: Timestamp) -> u64 {
    u64::try_from(now.duration_since(upload.read_at).as_secs()).unwrap_or(0)
}

fn age(seconds: u64) -> String {
    match seconds {
        0..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn an_age_is_told_in_the_unit_that_fits() {
        assert_eq!([59, 3599, 3600, 172_799, 172_800].map(age), ["0 min", "59 min", "1 h", "47 h", "2 days"]);
    }
}
