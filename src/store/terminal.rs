//! What this computer is called on a care platform, and what it found out of one's server by trying.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{Store, key};

impl Store {
    /// The UUID of this computer (RFC 9562 section 5.4), made when it is asked for first and the same ever after.
    ///
    /// # Errors
    /// The database's, and [`StoreError::NoRandom`].
    pub fn terminal(&self) -> Result<String, StoreError> {
        // Read first: a write takes the lock of the store, and all but the first call need none.
        let known = said(&self.reader())?;
        if let Some(uuid) = known {
            return Ok(uuid);
        }
        self.write(|transaction| {
            // Another program may have been faster.
            if let Some(uuid) = said(transaction)? {
                return Ok(uuid);
            }
            let uuid = random_uuid()?;
            transaction.execute("INSERT INTO terminal (id, uuid) VALUES (1, ?1)", [&uuid])?;
            Ok(uuid)
        })
    }

    /// What was found out of the server at this address, as [`Store::learn`] was told it last.
    ///
    /// # Errors
    /// The database's. A server that nothing was found out of is none.
    pub fn learnt(&self, base: &str) -> Result<Option<String>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT learnt FROM servers WHERE base = ?1")?;
        Ok(statement.query_row([base], |row| row.get(0)).optional()?)
    }

    /// Keeps what was found out of a server, in the place of what was known.
    ///
    /// # Errors
    /// The database's; then what was known stays.
    pub fn learn(&self, base: &str, learnt: &str) -> Result<(), StoreError> {
        self.write(|transaction| {
            let statement = "INSERT INTO servers (base, learnt) VALUES (?1, ?2)
                             ON CONFLICT (base) DO UPDATE SET learnt = excluded.learnt";
            transaction.execute(statement, [base, learnt])?;
            Ok(())
        })
    }
}

fn said(connection: &Connection) -> Result<Option<String>, StoreError> {
    Ok(connection.query_row("SELECT uuid FROM terminal", (), |row| row.get(0)).optional()?)
}

/// Of random digits all but two: the version, and the variant (RFC 9562 section 4).
fn random_uuid() -> Result<String, StoreError> {
    let digits = key::random_hex()?;
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    Ok(format!("{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_is_called_once_and_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let uuid = store.terminal().unwrap();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!((uuid.get(14..15), uuid.get(19..20)), (Some("4"), Some("8")));
        assert_eq!(store.terminal().unwrap(), uuid);
        for statement in [
            "UPDATE terminal SET uuid = 'x'",
            "DELETE FROM terminal",
            "INSERT INTO terminal (id, uuid) VALUES (2, 'x')",
            "INSERT OR REPLACE INTO terminal (id, uuid) VALUES (1, 'x')",
        ] {
            assert!(store.write(|transaction| Ok(transaction.execute(statement, ())?)).is_err(), "{statement}");
        }
        drop(store);
        assert_eq!(Store::open(directory.path()).unwrap().terminal().unwrap(), uuid);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(Store::open(other.path()).unwrap().terminal().unwrap(), uuid);
    }

    #[test]
    fn what_was_learnt_of_a_server_is_kept_for_that_server() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        assert_eq!(store.learnt("https://a.example").unwrap(), None);
        for learnt in ["{}", "{\"way\":\"batch\"}"] {
            store.learn("https://a.example", learnt).unwrap();
            assert_eq!(store.learnt("https://a.example").unwrap().as_deref(), Some(learnt));
        }
        assert_eq!(store.learnt("https://a.example/r4").unwrap(), None);
    }
}
