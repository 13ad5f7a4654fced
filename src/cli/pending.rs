//! `glucodock pending`: the meters that were read and wait for a patient, and what will be asked of each.

use std::iter;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output::{Side, aligned, print_text};
use super::store::{StoreOptions, now, store_json, store_mark};
use super::{CommandError, Exit, Format};
use crate::domain::association::Upload;
use crate::domain::meter_clock::ClockReading;
use crate::ui::spans::span;
use crate::ui::words::Words;

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
    let head = ["waits", "meter", "serial number", "readings", "controls", "remarks"].map(str::to_owned);
    let rows = uploads.iter().map(|upload| {
        let meter = &upload.meter;
        [
            span(Words::shared(), seconds(upload, now)),
            meter.model.to_string(),
            if meter.is_identifiable() { meter.grouped_serial() } else { "no serial number".to_owned() },
            upload.counts.total().to_string(),
            upload.counts.control.to_string(),
            remarks(upload).join(", "),
        ]
    });
    aligned(
        &[Side::Right, Side::Left, Side::Left, Side::Right, Side::Right, Side::Left],
        &iter::once(head).chain(rows).collect::<Vec<_>>(),
    )
}

/// What is asked, and that nothing of it is new.
fn remarks(upload: &Upload) -> Vec<String> {
    let asked = questions(upload).into_iter().map(|question| format!("asks {question}"));
    let taken_back = upload.taken_back.then(|| "another patient's at the care platform, taken back".to_owned());
    asked.chain(upload.adds_nothing().then(|| "its owner has them all".to_owned())).chain(taken_back).collect()
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
        "taken_back": upload.taken_back,
    })
}

/// How long it waits; nothing if this computer's clock was set back meanwhile.
fn seconds(upload: &Upload, now: Timestamp) -> u64 {
    u64::try_from(now.duration_since(upload.read_at).as_secs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::output::{Side, aligned};

    /// However long a name is, and however wide its letters are, the columns stand one under the other.
    #[test]
    fn a_long_name_moves_no_column_of_the_others() {
        let rows =
            [["waits", "meter", "n"], ["3 h", "OneTouch Ultra 2 (the one of 1999)", "12"], ["12 days", "血糖仪", "7"]];
        let rows = rows.map(|row| row.map(str::to_owned));
        let text = aligned(&[Side::Right, Side::Left, Side::Right], &rows);
        assert_eq!(
            text,
            "  waits  meter                                n\n\
             \x20   3 h  OneTouch Ultra 2 (the one of 1999)  12\n\
             12 days  血糖仪                               7\n"
        );
    }
}
