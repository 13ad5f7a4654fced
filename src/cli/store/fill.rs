//! `glucodock store fill`: a training store with as many made-up people and readings as are wanted.

use std::io::Write as _;

use clap::Args;
use serde_json::json;

use super::{StoreOptions, local_administrator, store_json, store_mark};
use crate::cli::output::print_text;
use crate::cli::progress::ProgressLine;
use crate::cli::{CommandError, Exit, Format};
use crate::domain::made_up::{MOST_PEOPLE, MOST_READINGS, MadeUpClinic, MadeUpPerson};
use crate::domain::patient::Status;
use crate::host::clock::{Clock as _, SystemClock};
use crate::store::{DATABASE_FILE, OwnedDownload, RegisteredPatient, Store};

/// So many people, and so many readings, are stored at once: enough that the work of a write does not count.
const PEOPLE: u32 = 20_000;
const READINGS: usize = 50_000;

/// What is made, and how it can be told from people.
const ABOUT: &str = "\
Nobody is meant. Names are as common as in life, some are of other scripts, some people are
easily taken for each other; every serial number begins with 000-. The same seed on the same
day makes the same. What was stored when it is interrupted (Ctrl-C) is whole: begin anew in
another folder. Staff is added with glucodock users add. Sizes and times: docs/performance.md.";

/// What to make.
#[derive(Debug, Args)]
#[command(after_help = ABOUT)]
pub(in crate::cli) struct FillOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// How many patients
    #[arg(long, value_name = "N", default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PEOPLE)))]
    patients: u32,
    /// How many readings, of meters with 20 to 200 each that were read within the last 120 days
    #[arg(long, value_name = "N", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(0..=i64::from(MOST_READINGS)))]
    readings: u32,
    /// What all chance begins with
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
}

/// Fills the store, and says how large it is then.
pub(super) fn run(options: &FillOptions, format: Format) -> Result<Exit, CommandError> {
    let folder = options.store.folder()?;
    let store = options.store.begin_for_training()?;
    if store.has_patients()? {
        let said = "there are patients in this store, and made-up ones are put into an empty one only: begin one in a \
                    folder of its own with --data DIR";
        return Err(CommandError::usage(said).because_of("data"));
    }
    let clinic = MadeUpClinic::new(options.seed, options.patients, options.readings, SystemClock.now());
    people(&store, &clinic)?;
    let (meters, readings) = meters(&store, &clinic, options.readings)?;
    let patients = clinic.people();
    let bytes = std::fs::metadata(folder.join(DATABASE_FILE)).map_or(0, |facts| facts.len());
    match format {
        Format::Json => {
            let made = json!({
                "patients": patients, "meters": meters, "readings": readings, "seed": options.seed, "bytes": bytes,
            });
            store_json(store.purpose(), made)?;
        }
        Format::Text => {
            let size = bytes.div_ceil(1_000_000);
            let said = format!(
                "Made {patients} patients and {readings} readings of {meters} meters. The store takes {size} MB.\n"
            );
            print_text(&(store_mark(store.purpose()) + &said))?;
        }
    }
    if store.staff()?.is_empty() {
        // Nobody is left to tell if stderr is closed.
        let _ = writeln!(std::io::stderr(), "glucodock: nobody can sign in yet: add staff with glucodock users add");
    }
    Ok(Exit::Done)
}

fn people(store: &Store, clinic: &MadeUpClinic) -> Result<(), CommandError> {
    let all = clinic.people();
    let mut progress = ProgressLine::on_stderr("patients", all.into());
    let mut done = 0;
    while done < all {
        let next = all.min(done.saturating_add(PEOPLE));
        let some: Vec<RegisteredPatient> = (done..next).map(|number| registered(clinic, number)).collect();
        store.fill_people(local_administrator(), &some)?;
        done = next;
        progress.at(done.into());
    }
    Ok(())
}

fn registered(clinic: &MadeUpClinic, number: u32) -> RegisteredPatient {
    let MadeUpPerson { person, status, merged_into } = clinic.person(number);
    RegisteredPatient { person, status, merged_into: merged_into.map(|into| clinic.person(into).person.mrn) }
}

/// Stores the meters; how many, and how many readings they have.
fn meters(store: &Store, clinic: &MadeUpClinic, wanted: u32) -> Result<(u32, u64), CommandError> {
    let mut progress = ProgressLine::on_stderr("readings", wanted.into());
    let (mut some, mut waiting, mut done) = (Vec::new(), 0, 0);
    let (mut meters, mut readings) = (0, 0_u64);
    while done < clinic.meters() {
        let made = clinic.meter(done);
        done += 1;
        if let Some(owner) = owner(clinic, made.owner) {
            waiting += made.download.readings.len();
            meters += 1;
            some.push(OwnedDownload {
                owner,
                read_at: made.read_at.timestamp(),
                download: made.download,
                waits: made.waits,
            });
        }
        if waiting >= READINGS || done == clinic.meters() {
            store.fill_meters(local_administrator(), &some)?;
            readings += waiting as u64;
            progress.at(readings);
            (waiting, some) = (0, Vec::new());
        }
    }
    Ok((meters, readings))
}

/// The number of whoever has a meter: of this person, or the next who may receive readings.
fn owner(clinic: &MadeUpClinic, first: u32) -> Option<String> {
    let all = clinic.people();
    let whom = (0..all).map(|further| (first + further) % all).map(|number| clinic.person(number));
    let active = whom.into_iter().find(|made| made.status == Status::Active)?;
    Some(active.person.mrn.expose().as_str().to_owned())
}
