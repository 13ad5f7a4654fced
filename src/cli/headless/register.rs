//! People whom a script adds, by the rules of `users add` and `patients create`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum as _;

use super::super::patients;
use super::super::users::{RoleName, staff};
use crate::cli::CommandError;
use crate::domain::cause::Cause;
use crate::domain::patient::{Gender, NewPatient};
use crate::domain::validation::{self, Written};
use crate::engine::headless::harness::Register;
use crate::engine::headless::script::{Person, Staff};
use crate::host::clock::Clock;
use crate::store::{By, NewUser, Store, StoreError};

/// The store of a run.
pub(super) struct ScriptRegister {
    pub(super) folder: PathBuf,
    pub(super) clock: Arc<dyn Clock>,
}

impl ScriptRegister {
    fn write<T>(&self, work: impl FnOnce(&Store, By<'_>) -> Result<T, StoreError>) -> Result<(), Cause> {
        let by = By::command("script", self.clock.now().timestamp());
        let written = Store::open(&self.folder).and_then(|store| work(&store, by));
        written.map(drop).map_err(|error| Cause::of(CommandError::from(error)))
    }

    /// As `patients create` does: whoever has the MRN, or may be the same person, is named, and nobody is created.
    fn refuse_others(&self, new: &NewPatient) -> Result<(), Cause> {
        let told = CommandError::from;
        let failed = |error| Cause::of(told(error));
        let store = Store::open(&self.folder).map_err(failed)?;
        if let Some((holder, _)) = patients::holder(&store, new).map_err(failed)? {
            return Err(format!("{}: {}", told(StoreError::IdentifierTaken), patients::line(&holder)).into());
        }
        if new.reason_despite_look_alike.is_some() {
            return Ok(());
        }
        let found = store.look_alikes(new).map_err(failed)?;
        let names: Vec<String> = found.iter().map(|other| patients::line(&other.patient)).collect();
        if names.is_empty() {
            return Ok(());
        }
        Err(format!(
            "nobody was created: these people may be the same person; if none of them is, write why behind the MRN: {}",
            names.join("; ")
        )
        .into())
    }

    fn new_patient(&self, person: &Person) -> Result<NewPatient, Cause> {
        let written = Written {
            family: &person.family,
            given: &person.given,
            born: validation::born(&person.born),
            mrn: &person.mrn,
            gender: Gender::Unknown,
            other_identifier: None,
            email: "",
            phone: "",
            reason: &person.reason,
        };
        written.check(self.clock.now().date()).map_err(|wrong| Cause::of(super::super::store::complained(&wrong)))
    }
}

fn new_user(described: &Staff) -> Result<NewUser, Cause> {
    let role = RoleName::from_str(&described.role, true)
        .map_err(|_| "the role is none of assistant, clinician, administrator, auditor".to_owned())?;
    staff(&described.login, &described.name, role, &described.password).map_err(Cause::of)
}

impl Register for ScriptRegister {
    fn check_user(&self, staff: &Staff) -> Result<(), Cause> {
        new_user(staff).map(drop)
    }

    fn add_user(&self, staff: &Staff) -> Result<(), Cause> {
        let new = new_user(staff)?;
        self.write(|store, by| store.add_user(by, &new))
    }

    fn check_patient(&self, person: &Person) -> Result<(), Cause> {
        self.new_patient(person).map(drop)
    }

    fn create_patient(&self, person: &Person) -> Result<(), Cause> {
        let new = self.new_patient(person)?;
        self.refuse_others(&new)?;
        let key = Store::fresh_key().map_err(Cause::of)?;
        self.write(|store, by| store.create_patient(by, &new, &key))
    }
}
