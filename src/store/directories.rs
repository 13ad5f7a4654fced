//! Of which care platform the patients are who have a directory's key. The same key is somebody else at another
//! platform: what waits to be delivered, and who is found offline, would be taken for a stranger there.

use std::fmt;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use super::{By, Store, audit, codec};
use crate::domain::patient::Patient;

/// Where a directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryAddress {
    /// The address of the platform, without a slash at its end.
    pub base: String,
    /// The tenant that is meant there, as the header that says so; empty without one.
    pub tenant: String,
}

impl fmt::Display for DirectoryAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        if self.tenant.is_empty() { Ok(()) } else { write!(f, " ({})", self.tenant) }
    }
}

impl Store {
    /// Where the directory is whose patients are known here, if that was ever said.
    ///
    /// # Errors
    /// The database's. That it was never said is none.
    pub fn directory(&self) -> Result<Option<DirectoryAddress>, StoreError> {
        in_force(&self.reader())
    }

    /// Where the directory was so far for whoever means this one: as it was said, or in a store from before that, a
    /// server that it was used with, if this is none of those.
    ///
    /// # Errors
    /// The database's. That this is another directory is none: who goes on with that decides.
    pub fn directory_so_far(&self, meant: &DirectoryAddress) -> Result<Option<DirectoryAddress>, StoreError> {
        so_far(&self.reader(), meant)
    }

    /// Says for good that the patients known here are of this directory. Changes nothing if it was said.
    ///
    /// # Errors
    /// [`StoreError::OfAnotherDirectory`], or the database's.
    pub fn belong_to(&self, by: By<'_>, directory: &DirectoryAddress) -> Result<(), StoreError> {
        // Looked at before anything is written: this comes with every start, and nothing has to wait for another writer
        // then.
        let said = self.directory()?;
        if said.as_ref() == Some(directory) {
            return Ok(());
        }
        self.write(|transaction| match so_far(transaction, directory)? {
            Some(said) if said == *directory => Ok(()),
            Some(said) => Err(StoreError::OfAnotherDirectory { said: said.to_string() }),
            None => put(transaction, by, directory),
        })
    }

    /// Says that the directory is found at another address from now on. Somebody made sure that it is the same.
    ///
    /// # Errors
    /// [`StoreError::OfAnotherDirectory`] if it was not at `from` so far, because another program said so meanwhile; or
    /// the database's.
    pub fn directory_moved(
        &self,
        by: By<'_>,
        from: &DirectoryAddress,
        to: &DirectoryAddress,
    ) -> Result<(), StoreError> {
        self.write(|transaction| match so_far(transaction, to)? {
            Some(said) if said == *from => {
                put(transaction, by, to)?;
                let detail = format!("from {from} to {to}");
                audit::append(transaction, by, audit::AuditAction::DirectoryMoved, None, None, &detail)
            }
            said => Err(StoreError::OfAnotherDirectory { said: said.unwrap_or_else(|| to.clone()).to_string() }),
        })
    }

    /// Everybody of the directory who is known here, whether or not anything waits to be delivered to their record.
    ///
    /// # Errors
    /// The database's; one copy that cannot be read is one for all, so that nobody is left out unseen.
    pub fn everybody_known(&self) -> Result<Vec<KnownPatient>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT s.copy, EXISTS (
                 SELECT 1 FROM outbox o JOIN assignments a ON a.id = o.assignment
                 WHERE a.subject = s.id AND o.state IN ('queued', 'refused')
             ) FROM subjects s WHERE s.key IS NOT NULL ORDER BY s.id",
        )?;
        let rows = statement.query_map((), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
        rows.map(|row| {
            let (copy, is_waited_for) = row?;
            Ok(KnownPatient { patient: codec::from_json(&copy, "patient")?, is_waited_for })
        })
        .collect()
    }
}

/// Somebody of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPatient {
    /// As the directory knew them last.
    pub patient: Patient,
    /// Whether anything waits to be delivered to their record.
    pub is_waited_for: bool,
}

/// Refuses to know anybody of a directory before it is said where that is.
pub(super) fn must_be_said(connection: &Connection) -> Result<(), StoreError> {
    in_force(connection)?.map(drop).ok_or(StoreError::NotFound { what: "the directory of this patient" })
}

fn in_force(connection: &Connection) -> Result<Option<DirectoryAddress>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT base, tenant FROM directories ORDER BY id DESC LIMIT 1")?
        .query_row((), |row| Ok(DirectoryAddress { base: row.get(0)?, tenant: row.get(1)? }))
        .optional()?)
}

fn so_far(connection: &Connection, meant: &DirectoryAddress) -> Result<Option<DirectoryAddress>, StoreError> {
    match in_force(connection)? {
        Some(said) => Ok(Some(said)),
        None => used_before(connection, meant),
    }
}

/// In a store from before this was said: a server that it was used with, if this one is none of those and patients of
/// one are known.
fn used_before(connection: &Connection, directory: &DirectoryAddress) -> Result<Option<DirectoryAddress>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT base FROM servers
             WHERE EXISTS (SELECT 1 FROM subjects WHERE key IS NOT NULL)
                 AND NOT EXISTS (SELECT 1 FROM servers WHERE base = ?1)
             ORDER BY base LIMIT 1",
        )?
        .query_row([&directory.base], |row| Ok(DirectoryAddress { base: row.get(0)?, tenant: String::new() }))
        .optional()?)
}

fn put(connection: &Connection, by: By<'_>, directory: &DirectoryAddress) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO directories (base, tenant, user, session, at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![directory.base, directory.tenant, by.user, by.session, codec::nanoseconds(by.at)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::BY;

    fn address(base: &str, tenant: &str) -> DirectoryAddress {
        DirectoryAddress { base: base.to_owned(), tenant: tenant.to_owned() }
    }

    #[test]
    fn a_store_is_of_one_directory_until_somebody_says_that_it_moved() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let (here, there) = (address("https://a.example/r4", ""), address("https://b.example/r4", "x-tenant: one"));
        assert_eq!(store.directory().unwrap(), None);
        store.belong_to(BY, &here).unwrap();
        store.belong_to(BY, &here).unwrap();
        for other in [&there, &address("https://a.example/r4", "x-tenant: one"), &address("https://a.example", "")] {
            let refused = store.belong_to(BY, other).unwrap_err();
            assert!(matches!(&refused, StoreError::OfAnotherDirectory { said } if said == "https://a.example/r4"));
        }
        store.directory_moved(BY, &there, &here).unwrap_err();
        store.directory_moved(BY, &here, &there).unwrap();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.directory().unwrap(), Some(there.clone()));
        store.belong_to(BY, &there).unwrap();
        let refused = store.belong_to(BY, &here).unwrap_err();
        assert!(refused.to_string().contains("https://b.example/r4 (x-tenant: one)"), "{refused}");
        let said: Vec<String> = store.audit_trail().unwrap().into_iter().map(|line| line.action).collect();
        assert_eq!(said, ["directory-moved"]);
    }

    /// What an earlier version left: it found out how a server takes readings, and knew patients of it.
    #[test]
    fn a_store_from_before_this_was_said_goes_to_no_server_that_it_was_not_used_with() {
        let (used, other) = (address("https://a.example/r4", ""), address("https://b.example/r4", ""));
        for (knows, is_refused) in [(true, true), (false, false)] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).unwrap();
            store.learn(&used.base, "{}").unwrap();
            if knows {
                let known = "INSERT INTO subjects (key, copy) VALUES ('Patient/1', '{}')";
                store.write(|transaction| Ok(transaction.execute(known, ())?)).unwrap();
            }
            let said = store.belong_to(BY, &other);
            assert_eq!(matches!(said, Err(StoreError::OfAnotherDirectory { .. })), is_refused);
            // And it can be shown that the server is the same at another address.
            assert_eq!(store.directory_so_far(&other).unwrap().as_ref() == Some(&used), is_refused);
            if knows {
                store.directory_moved(BY, &used, &other).unwrap();
            }
            assert!(store.belong_to(BY, &other).is_ok() && store.belong_to(BY, &used).is_err(), "the first stays");
        }
    }
}
