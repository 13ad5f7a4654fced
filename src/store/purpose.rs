//! What the store was made for: patients or training. Decided with the first byte of its file, and
//! kept by the database.

use rusqlite::Connection;

use super::codec;
use super::error::StoreError;
use crate::domain::clinic::Purpose;

/// Says what the store is for, unless that was said before. A file that was there already is for patients: whoever made
/// it did not say training, and a store of an earlier version may hold some.
pub(super) fn say_once(connection: &Connection, new: Purpose, was_there: bool) -> Result<(), StoreError> {
    let purpose = if was_there { Purpose::Patients } else { new };
    connection.execute(
        "INSERT INTO purpose (id, purpose) SELECT 1, ?1 WHERE NOT EXISTS (SELECT 1 FROM purpose)",
        [codec::word(purpose)?],
    )?;
    Ok(())
}

/// What was said.
pub(super) fn of(connection: &Connection) -> Result<Purpose, StoreError> {
    let word: String = connection.query_row("SELECT purpose FROM purpose", (), |row| row.get(0))?;
    codec::from_word(&word, "purpose")
}

/// The same of a store of whatever form: before this could be said, every store was for patients.
pub(super) fn of_form(connection: &Connection) -> Result<Purpose, StoreError> {
    let named = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'purpose'";
    let is_said = connection.query_row(named, (), |row| row.get::<_, i64>(0))? > 0;
    // A copy that is made of a store while its form changes may have the table and nothing in it yet.
    let is_said = is_said && connection.query_row("SELECT count(*) FROM purpose", (), |row| row.get::<_, i64>(0))? > 0;
    if is_said { of(connection) } else { Ok(Purpose::Patients) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn what_a_store_is_for_is_said_when_it_is_made_and_never_changed() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open_for_training(directory.path()).unwrap();
        for statement in [
            "UPDATE purpose SET purpose = 'patients'",
            "DELETE FROM purpose",
            "INSERT INTO purpose (id, purpose) VALUES (1, 'patients')",
            "INSERT OR REPLACE INTO purpose (id, purpose) VALUES (1, 'patients')",
            "INSERT INTO purpose (id, purpose) VALUES (2, 'patients')",
        ] {
            assert!(store.write(|transaction| Ok(transaction.execute(statement, ())?)).is_err(), "{statement}");
        }
        drop(store);
        assert_eq!(Store::open(directory.path()).unwrap().purpose(), Purpose::Training, "looked at without a wish");
        assert_eq!(Store::open_for_training(directory.path()).unwrap().purpose(), Purpose::Training);
    }

    #[test]
    fn a_store_for_patients_does_not_become_one_for_training() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Store::open(directory.path()).unwrap().purpose(), Purpose::Patients);
        assert!(matches!(Store::open_for_training(directory.path()), Err(StoreError::NotForTraining)));
        assert_eq!(Store::open(directory.path()).unwrap().purpose(), Purpose::Patients);
    }

    /// A store of the version before this table: whatever is asked for, it is for patients.
    #[test]
    fn a_store_of_an_earlier_version_is_for_patients() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open_for_training(directory.path()).unwrap();
        let back = "DROP TABLE purpose";
        store.write(|transaction| Ok(transaction.execute_batch(back)?)).unwrap();
        let again = include_str!("../../assets/migrations/0003-purpose.sql").split("-- A patient").next().unwrap();
        store.write(|transaction| Ok(transaction.execute_batch(again)?)).unwrap();
        drop(store);
        assert!(matches!(Store::open_for_training(directory.path()), Err(StoreError::NotForTraining)));
    }

    #[test]
    fn the_database_lets_nobody_have_two_clinic_numbers() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let person =
            "INSERT INTO patients (id, family, given, born, gender, status, family_folded, given_folded, created_by,
            created_at) VALUES (1, 'a', 'b', '2000-01-01', 'other', 'ACTIVE', 'a', 'b', '1', 0)";
        let number = |position: i64, label: &str| {
            let insert = "INSERT INTO identifiers (patient, position, label, value, folded) VALUES (1, ?1, ?2, ?3, ?3)";
            store.write(|transaction| Ok(transaction.execute(insert, (position, label, position.to_string()))?)).is_ok()
        };
        store.write(|transaction| crate::store::subjects::make(transaction)).unwrap();
        store.write(|transaction| Ok(transaction.execute(person, ())?)).unwrap();
        assert_eq!([number(0, "MRN"), number(1, "ID"), number(2, "mrn"), number(3, "MRN")], [true, true, false, false]);
    }
}
