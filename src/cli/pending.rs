//! `glucodock pending`: the meters that were read and wait for a patient, with what will be asked of each, what was
//! decided here and is not at the care platform, and who was noted as a new patient while that did not answer.

use std::iter;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output::{Side, aligned, print_text};
use super::store::{StoreOptions, now, store_json, store_mark};
use super::{CommandError, Exit, Format, why_waiting};
use crate::domain::association::Upload;
use crate::domain::calendar;
use crate::domain::delivery::{ItemKind, WaitsBecause};
use crate::domain::meter::MeterIdentity;
use crate::domain::meter_clock::ClockReading;
use crate::domain::noted_person::{NotedPerson, NotedStanding, WhyUndecided};
use crate::domain::ownership::EndingReason;
use crate::domain::taken_back::TakenBack;
use crate::domain::work_list::{Undelivered, WorkList};
use crate::ui::spans::span;
use crate::ui::words::Words;

/// Which store.
#[derive(Debug, Args)]
pub(super) struct PendingOptions {
    #[command(flatten)]
    store: StoreOptions,
}

/// Lists all of it, oldest first.
pub(super) fn run(options: &PendingOptions, format: Format) -> Result<Exit, CommandError> {
    let store = options.store.open_existing()?;
    let WorkList { waiting, undelivered, noted } = store.work_list()?;
    let mark = store_mark(store.purpose());
    let now = now();
    match format {
        Format::Json => {
            let pending: Vec<_> = waiting.iter().map(|upload| object(upload, now)).collect();
            let undelivered: Vec<_> = undelivered.iter().map(|item| undelivered_object(item, now)).collect();
            let noted: Vec<_> = noted.iter().map(|person| noted_object(person, now)).collect();
            store_json(store.purpose(), json!({ "pending": pending, "undelivered": undelivered, "noted": noted }))?;
        }
        Format::Text => {
            let mut text =
                if waiting.is_empty() { "No meter waits for a patient.\n".to_owned() } else { table(&waiting, now) };
            if !undelivered.is_empty() {
                text.push_str("\nNot at the care platform yet:\n");
                text.push_str(&undelivered_table(&undelivered, now));
            }
            if undelivered.iter().any(|item| item.because.needs_a_person()) {
                text.push_str("\nAfter a look: glucodock sync --release \"KEY\" --reason \"TEXT\"\n");
            }
            if !noted.is_empty() {
                text.push_str("\nNoted as new patients, not at the care platform yet:\n");
                text.push_str(&noted_table(&noted, now));
            }
            print_text(&format!("{mark}{text}"))?;
        }
    }
    Ok(Exit::Done)
}

fn undelivered_table(undelivered: &[Undelivered], now: Timestamp) -> String {
    let head = ["waits", "meter", "serial number", "what", "state", "key", "why"].map(str::to_owned);
    let rows = undelivered.iter().map(|item| {
        let (state, why) = state(&item.because);
        [
            span(Words::shared(), since(item.since, now)),
            item.meter.model.to_string(),
            serial(&item.meter),
            match item.kind {
                ItemKind::Ownership => "whose it is".to_owned(),
                ItemKind::Readings => format!("{} readings", item.readings),
                ItemKind::Withdrawal => format!("withdrawal of {} readings", item.readings),
                ItemKind::Correction => format!("times of {} readings", item.readings),
            },
            state.to_owned(),
            item.key.0.clone(),
            why.unwrap_or_default(),
        ]
    });
    let left = Side::Left;
    aligned(&[Side::Right, left, left, left, left, left, left], &iter::once(head).chain(rows).collect::<Vec<_>>())
}

/// How it stands, in the words of `glucodock sync`, and why, where that is known.
fn state(because: &WaitsBecause) -> (&'static str, Option<String>) {
    match because {
        WaitsBecause::NotSentYet => ("waiting", Some(why_waiting::NOT_SENT.to_owned())),
        WaitsBecause::UnderWay => ("waiting", Some(why_waiting::UNDER_WAY.to_owned())),
        WaitsBecause::Unanswered(why) => ("waiting", Some(why_waiting::or(why_waiting::UNANSWERED, why))),
        WaitsBecause::PutOff(why) => ("waiting", Some(why_waiting::or(why_waiting::PUT_OFF, why))),
        WaitsBecause::NotAllowed(why) => ("waiting", Some(why_waiting::or(why_waiting::NOT_ALLOWED, why))),
        WaitsBecause::Refused(why) => ("refused", Some(why.to_string())),
        WaitsBecause::Behind(why) => ("behind", Some(why.to_string())),
        WaitsBecause::Misplaced => ("misplaced", Some(why_waiting::MISPLACED.to_owned())),
        WaitsBecause::PerhapsMisplaced => ("misplaced", Some(why_waiting::PERHAPS_MISPLACED.to_owned())),
        WaitsBecause::BehindMisplaced => ("behind", Some(why_waiting::BEHIND_MISPLACED.to_owned())),
    }
}

/// Whose readings they are is nobody's business here.
fn undelivered_object(item: &Undelivered, now: Timestamp) -> serde_json::Value {
    let (state, why) = state(&item.because);
    json!({
        "key": item.key,
        "kind": item.kind,
        "model": item.meter.model,
        "serial": item.meter.serial,
        "readings": item.readings,
        "since": item.since,
        "age_seconds": since(item.since, now),
        "state": state,
        "reason": why,
    })
}

fn noted_table(noted: &[NotedPerson], now: Timestamp) -> String {
    let head = ["waits", "state", "key", "why"].map(str::to_owned);
    let rows = noted.iter().map(|person| {
        let (state, why) = noted_state(&person.standing);
        let waits = span(Words::shared(), since(person.since, now));
        [waits, state.to_owned(), person.key.0.clone(), why.to_owned()]
    });
    let left = Side::Left;
    aligned(&[Side::Right, left, left, left], &iter::once(head).chain(rows).collect::<Vec<_>>())
}

/// How it stands with somebody who was noted, and why.
const fn noted_state(standing: &NotedStanding) -> (&'static str, &'static str) {
    match standing {
        NotedStanding::Waiting => ("waiting", "the platform has not said yet whether somebody is alike"),
        NotedStanding::Begun => ("waiting", "whether the platform has created them is not known"),
        NotedStanding::ToDecide(WhyUndecided::Alike) => ("to decide", "somebody at the platform is alike"),
        NotedStanding::ToDecide(WhyUndecided::NotTaken) => ("to decide", "the platform does not take what was typed"),
        // The work list has none of these.
        NotedStanding::Created(_) | NotedStanding::TakenAs(_) | NotedStanding::Dropped => ("settled", ""),
    }
}

/// Who it is, the app shows to whoever may see it.
fn noted_object(person: &NotedPerson, now: Timestamp) -> serde_json::Value {
    let (state, why) = noted_state(&person.standing);
    json!({
        "key": person.key,
        "since": person.since,
        "age_seconds": since(person.since, now),
        "state": state,
        "reason": why,
    })
}

fn table(uploads: &[Upload], now: Timestamp) -> String {
    let head = ["waits", "meter", "serial number", "readings", "controls", "remarks"].map(str::to_owned);
    let rows = uploads.iter().map(|upload| {
        let meter = &upload.meter;
        [
            span(Words::shared(), seconds(upload, now)),
            meter.model.to_string(),
            serial(meter),
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

fn serial(meter: &MeterIdentity) -> String {
    if meter.is_identifiable() { meter.grouped_serial() } else { "no serial number".to_owned() }
}

/// What is asked, and that nothing of it is new.
fn remarks(upload: &Upload) -> Vec<String> {
    let asked = questions(upload).into_iter().map(|question| format!("asks {question}"));
    let taken_back = upload.taken_back.map(|why| match why {
        TakenBack::LostRace => "another patient's at the care platform, taken back".to_owned(),
        TakenBack::Undone => "its assignment was undone".to_owned(),
        TakenBack::UndoneBut(stay) => format!("its assignment was undone, {}", why_waiting::stay(stay)),
    });
    let ended = upload.former_owner.as_ref().map(|former| {
        let (day, lost) = (calendar::written(former.last_day), former.why == EndingReason::Lost);
        format!("another patient's until {day}{}", if lost { ", and lost" } else { "" })
    });
    asked
        .chain(ended)
        .chain(upload.adds_nothing().then(|| "its owner has them all".to_owned()))
        .chain(taken_back)
        .collect()
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
        "taken_back": upload.taken_back == Some(TakenBack::LostRace),
        // Whose it was, the app shows to whoever may see it.
        "ended": upload.former_owner.as_ref().map(|former| json!({"why": former.why, "last_day": former.last_day})),
        "undone": upload.taken_back.is_some_and(TakenBack::is_undone),
        "stayed": match upload.taken_back {
            Some(TakenBack::UndoneBut(stay)) => Some(stay),
            Some(TakenBack::LostRace | TakenBack::Undone) | None => None,
        },
    })
}

/// How long it waits.
fn seconds(upload: &Upload, now: Timestamp) -> u64 {
    since(upload.read_at, now)
}

/// How long ago it was; nothing if this computer's clock was set back meanwhile.
fn since(at: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0)
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
