//! What a training store begins with, put into it at once.

use std::path::Path;

use super::files::Syncs;
use super::{By, RegisteredPatient, Store, StoreError, meters, patients, users};
use crate::domain::clinic::{Purpose, Role};
use crate::domain::meter::MeterIdentity;
use crate::domain::text::Clean;

/// Staff, patients, and which meter is whose.
#[derive(Debug, Clone, Default)]
pub struct ClinicData {
    /// The staff.
    pub users: Vec<ReadyUser>,
    /// The patients, as [`Store::import_patients`] takes them.
    pub patients: Vec<RegisteredPatient>,
    /// Meters, each with the clinic number of its owner.
    pub owners: Vec<(MeterIdentity, String)>,
}

/// A member of staff whose password is known to everybody, so that its hash could be made before.
#[derive(Debug, Clone)]
pub struct ReadyUser {
    /// The name typed at sign-in.
    pub login: Clean,
    /// The name shown.
    pub name: Clean,
    /// What they may do.
    pub role: Role,
    /// The hash of the password, as the store keeps it.
    pub password_hash: String,
}

impl Store {
    /// Opens a store for training in a folder that is thrown away with the program: nothing waits for the disk, so that
    /// a loss of power may leave nothing of it.
    ///
    /// # Errors
    /// Those of [`Store::open_for_training`].
    pub fn open_to_throw_away(directory: &Path) -> Result<Self, StoreError> {
        Self::open_as(directory, Purpose::Training, Syncs::LeftOut)?.if_for_training()
    }

    /// Fills a store in which nobody can sign in yet, in one transaction: all of it, or nothing. A store with staff is
    /// left as it is.
    ///
    /// # Errors
    /// [`StoreError::NotForTraining`]: a password that everybody knows opens no store with patients. Else those of
    /// [`Store::add_user`], [`Store::import_patients`] and [`Store::register_owner`].
    pub fn fill(&self, by: By<'_>, filling: &ClinicData) -> Result<(), StoreError> {
        if !self.purpose.is_training() {
            return Err(StoreError::NotForTraining);
        }
        self.write(|transaction| {
            // Looked at in the transaction: of two programs that open one training store at once,
            // the second finds it filled.
            if transaction.prepare("SELECT 1 FROM users")?.exists(())? {
                return Ok(());
            }
            for ReadyUser { login, name, role, password_hash } in &filling.users {
                users::insert(transaction, by, (login, name, *role), password_hash)?;
            }
            patients::import(transaction, by, &filling.patients)?;
            for (meter, mrn) in &filling.owners {
                let owner = patients::row_by_mrn(transaction, mrn)?;
                meters::register_owner(transaction, by, meter, owner)?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::BY;

    fn filling(mrn: &str) -> ClinicData {
        let nurse = ReadyUser {
            login: "nurse".into(),
            name: "Nora".into(),
            role: Role::Assistant,
            password_hash: "$argon2id$".to_owned(),
        };
        let meter = crate::store::tests::download().meter;
        ClinicData { users: vec![nurse], patients: Vec::new(), owners: vec![(meter, mrn.to_owned())] }
    }

    #[test]
    fn only_a_training_store_is_filled() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        assert!(matches!(store.fill(BY, &ClinicData::default()), Err(StoreError::NotForTraining)));
        assert_eq!(store.audit_trail().unwrap(), []);
        drop(store);
        assert!(matches!(Store::open_to_throw_away(directory.path()), Err(StoreError::NotForTraining)));
    }

    #[test]
    fn all_of_it_or_nothing_and_once() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open_to_throw_away(directory.path()).unwrap();
        assert!(matches!(store.fill(BY, &filling("M1")), Err(StoreError::NotFound { .. })), "an owner who is nobody");
        assert_eq!(store.staff().unwrap(), []);
        assert_eq!(store.audit_trail().unwrap(), []);
        let filling = ClinicData { owners: Vec::new(), ..filling("M1") };
        store.fill(BY, &filling).unwrap();
        let lines = store.audit_trail().unwrap().len();
        store.fill(BY, &filling).unwrap();
        assert_eq!((store.staff().unwrap().len(), store.audit_trail().unwrap().len()), (1, lines));
    }
}
