//! The local store for commands.
//!
//! Such a command acts as the local administrator of this machine: whoever may read the key file could read the data
//! by other means too, so no sign-in is asked for. What it changes is in the audit trail under that name.

mod backup;
mod fill;
mod rekey;
mod verify;

use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::failure::WrongField;
use super::output::{print_json, print_text};
use super::{CommandError, Exit, Format};
use crate::domain::cable::RememberedCable;
use crate::domain::clinic::Purpose;
use crate::domain::problem::with_causes;
use crate::domain::validation::{Complaint, Field};
use crate::domain::words::key;
use crate::host::cables::CableFile;
use crate::host::clock::{Clock as _, SystemClock};
use crate::host::paths::Paths;
use crate::store::{By, Restored, Store, StoreError};
use crate::ui::words::Words;

/// Which store.
#[derive(Debug, Default, Args)]
pub(super) struct StoreOptions {
    #[arg(
        long,
        value_name = "DIR",
        help = "The data folder; without it $GLUCODOCK_DATA, else the folder of this user"
    )]
    data: Option<PathBuf>,
}

impl StoreOptions {
    /// Opens a store that exists already: looking must not make one.
    pub(super) fn open_existing(&self) -> Result<Store, CommandError> {
        Ok(Store::open(&self.existing_folder()?)?)
    }

    /// Opens the store, if there is one.
    pub(super) fn if_there(&self) -> Result<Option<Store>, CommandError> {
        let folder = self.folder()?;
        if Store::is_absent(&folder)? { Ok(None) } else { Ok(Some(Store::open(&folder)?)) }
    }

    /// The data folder, which has a store in it, or what is left of one: opening says what is wrong then.
    pub(super) fn existing_folder(&self) -> Result<PathBuf, CommandError> {
        let folder = self.folder()?;
        if Store::is_absent(&folder)? {
            return Err(CommandError::new(
                Exit::Failed,
                "there is no store in the data folder; name another one with --data, or begin one by adding the first \
                 user: glucodock users add --login LOGIN --name NAME --role administrator",
            ));
        }
        Ok(folder)
    }

    /// Opens the store, and begins one if there is none.
    pub(super) fn open_or_begin(&self) -> Result<Store, CommandError> {
        Ok(Store::open(&self.folder()?)?)
    }

    /// Opens the store for training, and begins one if there is none.
    pub(super) fn begin_for_training(&self) -> Result<Store, CommandError> {
        Ok(Store::open_for_training(&self.folder()?)?)
    }

    /// The same for work that goes on without: nothing where no folder can be named.
    pub(super) fn cables(&self) -> Option<CableFile> {
        self.cable_file().ok()
    }

    /// The memory of cables in the data folder, which need not be there.
    pub(super) fn cable_file(&self) -> Result<CableFile, CommandError> {
        Ok(CableFile::in_folder(&self.folder()?))
    }

    /// What is remembered of cables, for work that goes on without: if it cannot be read, that is said on stderr.
    pub(super) fn remembered_cables(&self) -> Vec<RememberedCable> {
        let Some(file) = self.cables() else { return Vec::new() };
        file.list().unwrap_or_else(|error| {
            // Nobody is left to tell if stderr is closed; the work goes on all the same.
            let _ = writeln!(io::stderr(), "glucodock: {}", CommandError::from(error));
            Vec::new()
        })
    }

    /// The data folder, which need not be there.
    pub(super) fn folder(&self) -> Result<PathBuf, CommandError> {
        if let Some(folder) = &self.data {
            return Ok(folder.clone());
        }
        let paths = Paths::of_this_user().map_err(|error| CommandError::of(Exit::Usage, error))?;
        Ok(paths.data)
    }
}

/// What to do with the store as a whole.
#[derive(Debug, Subcommand)]
pub(super) enum StoreCommand {
    /// Copy everything into one encrypted file, while others work: the key is not in it
    Backup(backup::BackupOptions),
    /// Make the store of a backup, in a data folder that has none
    Restore(backup::RestoreOptions),
    /// Look at everything that is stored, or at a backup: pages, tables, audit trail, records; exit code 1 if anything
    /// is not as it should be
    Verify(verify::VerifyOptions),
    /// Give the store a new key, while no other program has it open
    Rekey(rekey::RekeyOptions),
    /// Accept that the store is older than what was written last, after a backup was restored on purpose
    AcceptRestored(AcceptOptions),
    /// Fill a new training store with made-up patients and readings, as many as are wanted
    Fill(fill::FillOptions),
}

/// Which store.
#[derive(Debug, Args)]
pub(super) struct AcceptOptions {
    #[command(flatten)]
    store: StoreOptions,
}

/// Does what was asked.
pub(super) fn run(command: &StoreCommand, format: Format) -> Result<Exit, CommandError> {
    match command {
        StoreCommand::Backup(options) => backup::back_up(options, format),
        StoreCommand::Restore(options) => backup::restore(options, format),
        StoreCommand::Verify(options) => verify::run(options, format),
        StoreCommand::Rekey(options) => rekey::run(options, format),
        StoreCommand::AcceptRestored(options) => accept_restored(options, format),
        StoreCommand::Fill(options) => fill::run(options, format),
    }
}

fn accept_restored(options: &AcceptOptions, format: Format) -> Result<Exit, CommandError> {
    let folder = options.store.existing_folder()?;
    let accepted = Store::accept_restored(&folder, local_administrator())?;
    // Not before: a store that went back in time is not opened until that is accepted.
    let purpose = Store::open(&folder)?.purpose();
    match format {
        Format::Json => {
            let result = json!({
                "accepted": accepted.is_some(),
                "noted": accepted.and_then(|restored| restored.noted),
                "last": accepted.map(|restored| restored.last),
            });
            store_json(purpose, result)?;
        }
        Format::Text => print_text(
            &(store_mark(purpose)
                + &match accepted {
                    None => "The store has not gone back in time: there is nothing to accept.\n".to_owned(),
                    Some(Restored { last, .. }) => format!(
                        "Accepted: the store goes on after line {last} of its audit trail, and the trail says so. What \
                         was stored \
                 after that line is not in this copy: read those meters again.\n"
                    ),
                }),
        )?,
    }
    Ok(Exit::Done)
}

/// The time of this computer.
pub(super) fn now() -> jiff::Timestamp {
    SystemClock.now().timestamp()
}

/// The local administrator, now.
pub(super) fn local_administrator() -> By<'static> {
    By::command("local administrator", now())
}

/// A store's result in JSON, which says what the store is for.
pub(super) fn store_json(purpose: Purpose, mut result: Value) -> Result<(), CommandError> {
    if let Some(object) = result.as_object_mut() {
        object.insert("training".to_owned(), purpose.is_training().into());
    }
    Ok(print_json(&result)?)
}

/// What stands above a store's result in text: nothing, or that it is about no patients.
pub(super) fn store_mark(purpose: Purpose) -> String {
    if purpose.is_training() { format!("{}\n", Words::shared().text(key::STORE_TRAINING)) } else { String::new() }
}

/// What is wrong with what was written down, field by field, without a word of it.
pub(super) fn complained(complaints: &[Complaint]) -> CommandError {
    CommandError::of_fields(wrong_fields(complaints))
}

/// The same as fields with their sentences.
pub(super) fn wrong_fields(complaints: &[Complaint]) -> Vec<WrongField> {
    let words = Words::shared();
    let wrong = complaints.iter().map(|Complaint { field, fault }| {
        let limit = fault.limit().map(|limit| ("limit", limit.into()));
        WrongField { field: field.name().to_owned(), message: words.filled(fault.words(), limit.as_slice()) }
    });
    wrong.collect()
}

/// What is asked for on a store for patients, and is only for training.
pub(super) fn for_training_only(what: &str) -> CommandError {
    let filling = [("what", what.into())];
    CommandError::usage(Words::shared().filled(key::REFUSED_ON_PATIENTS, &filling))
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::NotForTraining) {
            return Self::usage(Words::shared().text(key::REFUSED_AS_TRAINING));
        }
        // The store stands in for the care platform here: what it refuses ends with the code of a
        // platform's refusal, not with that of a store that is broken.
        let refused = matches!(
            error,
            StoreError::IdentifierTaken
                | StoreError::SamePerson
                | StoreError::LoginTaken
                | StoreError::LastAdministrator
                | StoreError::NoAdministrator
                | StoreError::SignInRefused
                | StoreError::StaffDisabled
                | StoreError::RoleRefused
                | StoreError::PasswordGiven
                | StoreError::PasswordUnfit
                | StoreError::Throttled { .. }
                | StoreError::NotFound { .. }
        );
        let exit = if refused { Exit::Platform } else { Exit::Failed };
        let remedy = error.remedy().map_or_else(String::new, |remedy| format!(". {remedy}"));
        let code = error.problem().code;
        let told = Self::new(exit, format!("{error}{remedy}"));
        let told = if matches!(error, StoreError::LoginTaken) { told.because_of(Field::Login.name()) } else { told };
        told.with_code(code).with_detail(with_causes(&error))
    }
}
