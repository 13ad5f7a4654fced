//! With what the tokens of people are renewed who signed in at an authorization server, and who renews them: one of all
//! programs on a store at a time.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, params};

use super::error::StoreError;
use super::{Store, files};
use crate::domain::clinic::Password;

/// The file that whoever renews has locked; nothing is in it. It is a file of its own, because an answer of a server is
/// waited for under it, and nobody else is to wait for that.
const RENEWAL_FILE: &str = "glucodock.renewal";

/// That nobody else renews, for as long as it lives; whoever is killed holds nothing.
#[derive(Debug)]
pub struct RenewalLock(#[expect(dead_code, reason = "held for its drop alone")] File);

/// Who gave out tokens, and to which client: what they are renewed with is shown to nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenIssuer {
    /// The authorization server, as it writes itself.
    pub issuer: String,
    /// What this program is registered as there (RFC 6749 section 2.2).
    pub client: String,
}

/// With what somebody's tokens are renewed. Debug does not show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSignIn {
    /// Its number: another sign-in of the same person has another one.
    pub id: i64,
    /// Who signed in, as in [`crate::domain::clinic::User::id`].
    pub user: String,
    /// The name of the sign-in.
    pub session: String,
    /// With what the next token is got (RFC 6749 section 6).
    pub refresh: Password,
}

impl Store {
    /// Takes the renewal; waits for another program for so long.
    ///
    /// # Errors
    /// [`StoreError::File`]; [`StoreError::Busy`] if another program does not come to its end.
    pub fn renewal(&self, patience: Duration) -> Result<RenewalLock, StoreError> {
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true).mode(0o600);
        let file =
            options.open(self.directory.join(RENEWAL_FILE)).map_err(StoreError::file("opening the renewal's file"))?;
        files::lock(&file, patience)?;
        Ok(RenewalLock(file))
    }

    /// Somebody signed in: what their tokens are renewed with takes the place of what there was of them. Without
    /// anything, nothing is kept.
    ///
    /// # Errors
    /// The database's; then nothing was forgotten either.
    pub fn keep_sign_in(
        &self,
        of: &TokenIssuer,
        user: &str,
        session: &str,
        refresh: Option<&Password>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let forget = "DELETE FROM sign_ins WHERE (issuer = ?1 AND client = ?2 AND user = ?3) OR session = ?4";
            transaction.execute(forget, params![of.issuer, of.client, user, session])?;
            if let Some(refresh) = refresh {
                let keep = "INSERT INTO sign_ins (issuer, client, user, session, refresh) VALUES (?1, ?2, ?3, ?4, ?5)";
                transaction.execute(keep, params![of.issuer, of.client, user, session, refresh.expose()])?;
            }
            Ok(())
        })
    }

    /// With what the tokens of this person are renewed; of whoever signed in last, if nobody is named.
    ///
    /// # Errors
    /// The database's. That nobody is kept is none.
    pub fn kept_sign_in(&self, of: &TokenIssuer, user: Option<&str>) -> Result<Option<KeptSignIn>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached(
            "SELECT id, user, session, refresh FROM sign_ins
             WHERE issuer = ?1 AND client = ?2 AND (?3 IS NULL OR user = ?3) ORDER BY id DESC LIMIT 1",
        )?;
        let kept = statement.query_row(params![of.issuer, of.client, user], |row| {
            let refresh = Password::new(row.get(3)?);
            Ok(KeptSignIn { id: row.get(0)?, user: row.get(1)?, session: row.get(2)?, refresh })
        });
        Ok(kept.optional()?)
    }

    /// Another one takes the place of what this sign-in was renewed with. Whether it is still there: it may have ended
    /// meanwhile.
    ///
    /// # Errors
    /// The database's. Unless the server takes the old one again, the person must then sign in anew.
    pub fn renew_sign_in(&self, id: i64, refresh: &Password) -> Result<bool, StoreError> {
        self.write(|transaction| {
            let statement = "UPDATE sign_ins SET refresh = ?2 WHERE id = ?1";
            Ok(transaction.execute(statement, params![id, refresh.expose()])? == 1)
        })
    }

    /// This sign-in is worth nothing any more.
    ///
    /// # Errors
    /// The database's. Dropping what is gone already is none.
    pub fn drop_sign_in(&self, id: i64) -> Result<(), StoreError> {
        self.write(|transaction| Ok(transaction.execute("DELETE FROM sign_ins WHERE id = ?1", [id]).map(drop)?))
    }

    /// With what this sign-in is renewed, whoever it is.
    ///
    /// # Errors
    /// The database's. A sign-in without anything kept is none.
    pub fn refresh_of(&self, session: &str) -> Result<Option<Password>, StoreError> {
        let reader = self.reader();
        let mut statement = reader.prepare_cached("SELECT refresh FROM sign_ins WHERE session = ?1")?;
        Ok(statement.query_row([session], |row| row.get(0)).optional()?.map(Password::new))
    }

    /// Whoever signed in so has left. Gives what they would have been renewed with, if it is still theirs: the same
    /// person may have signed in again.
    ///
    /// # Errors
    /// The database's; then it is still kept.
    pub fn forget_sign_in(&self, session: &str) -> Result<Option<Password>, StoreError> {
        self.write(|transaction| {
            // Read and forgotten in one statement: of two programs only one gives it back to the
            // server.
            let statement = "DELETE FROM sign_ins WHERE session = ?1 RETURNING refresh";
            let refresh = transaction.query_row(statement, [session], |row| row.get(0)).optional()?;
            Ok(refresh.map(Password::new))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(issuer: &str) -> TokenIssuer {
        TokenIssuer { issuer: issuer.to_owned(), client: "glucodock".to_owned() }
    }

    fn secret(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[test]
    fn one_is_kept_of_each_person_and_shown_to_nobody_but_its_issuer() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let (here, there) = (of("https://a.example"), of("https://b.example"));
        store.keep_sign_in(&here, "nora", "one", Some(&secret("first"))).unwrap();
        store.keep_sign_in(&here, "paul", "two", Some(&secret("second"))).unwrap();
        let kept = |user| store.kept_sign_in(&here, user).unwrap().map(|kept| (kept.session, kept.refresh));
        assert_eq!(kept(None), Some(("two".to_owned(), secret("second"))));
        // Who signs in again is the last.
        store.keep_sign_in(&here, "nora", "three", Some(&secret("third"))).unwrap();
        assert_eq!(kept(None), Some(("three".to_owned(), secret("third"))));
        assert_eq!(kept(Some("paul")), Some(("two".to_owned(), secret("second"))));
        assert_eq!(store.kept_sign_in(&there, None).unwrap(), None);
        let client = TokenIssuer { client: "other".to_owned(), ..here.clone() };
        assert_eq!(store.kept_sign_in(&client, Some("nora")).unwrap(), None);
        assert_eq!(store.refresh_of("three").unwrap(), Some(secret("third")));
        // The end of an earlier sign-in is not that of a later one.
        assert_eq!(store.refresh_of("one").unwrap(), None);
        assert_eq!(store.forget_sign_in("one").unwrap(), None);
        assert_eq!(store.forget_sign_in("three").unwrap(), Some(secret("third")));
        assert_eq!(kept(Some("nora")), None);
        // Without anything to renew with, what there was before is of no sign-in any more.
        store.keep_sign_in(&here, "paul", "four", None).unwrap();
        assert_eq!(kept(None), None);
    }

    #[test]
    fn what_a_sign_in_is_renewed_with_is_kept_for_the_next_time_unless_it_has_ended() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let here = of("https://a.example");
        store.keep_sign_in(&here, "nora", "one", Some(&secret("first"))).unwrap();
        let kept = store.kept_sign_in(&here, None).unwrap().unwrap();
        assert!(!format!("{kept:?}").contains("first"), "{kept:?}");
        assert!(store.renew_sign_in(kept.id, &secret("second")).unwrap());
        drop(store);
        let store = Store::open(directory.path()).unwrap();
        let renewed = store.kept_sign_in(&here, Some("nora")).unwrap().unwrap();
        assert_eq!(renewed, KeptSignIn { refresh: secret("second"), ..kept.clone() });
        store.drop_sign_in(kept.id).unwrap();
        assert!(!store.renew_sign_in(kept.id, &secret("third")).unwrap());
        // The number of one that ended is never another's.
        store.keep_sign_in(&here, "nora", "two", Some(&secret("fourth"))).unwrap();
        assert!(!store.renew_sign_in(kept.id, &secret("third")).unwrap());
    }

    #[test]
    fn one_renews_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (Store::open(directory.path()).unwrap(), Store::open(directory.path()).unwrap());
        let held = one.renewal(Duration::ZERO).unwrap();
        assert!(matches!(other.renewal(Duration::ZERO), Err(StoreError::Busy)));
        drop(held);
        assert!(other.renewal(Duration::ZERO).is_ok());
    }
}
