//! Meters and who owns them.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{StoreError, is_unique_violation};
use super::meter_days::MeterDays;
use super::{By, Store, audit, codec, key, patient_rows, subjects};
use crate::domain::association::Owner;
use crate::domain::meter::MeterIdentity;
use crate::domain::patient::PatientId;
use crate::domain::platform_check::{Ownership, OwnershipVersion};

/// The row of a meter; a meter that was never seen gets one. A meter that cannot be told from others gets a new row
/// each time, so that what belongs to one upload never mixes with another.
pub(super) fn row(connection: &Connection, meter: &MeterIdentity) -> Result<i64, StoreError> {
    let identifiable = meter.is_identifiable();
    // No key of a meter begins with a question mark: its parts are squeezed, and a slash is between
    // them.
    let key = if identifiable { meter.key().as_str().to_owned() } else { format!("?{}", key::random_hex()?) };
    let there = connection
        .prepare_cached("SELECT id FROM meters WHERE key = ?1")?
        .query_row([&key], |row| row.get(0))
        .optional()?;
    if let Some(id) = there {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO meters (key, identifiable, model, serial) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![key, identifiable, meter.model.as_str(), meter.serial.expose().as_str()])?;
    Ok(connection.last_insert_rowid())
}

/// To whom a meter was given, whoever took their place.
pub(super) fn given_to(connection: &Connection, meter: i64) -> Result<Option<i64>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT subject FROM ownerships WHERE meter = ?1 AND closed_at IS NULL")?
        .query_row([meter], |row| row.get(0))
        .optional()?)
}

/// Who has the open ownership of a meter: whoever it was given to, or who took their place.
fn owner_row(connection: &Connection, meter: i64) -> Result<Option<i64>, StoreError> {
    given_to(connection, meter)?.map(|subject| subjects::present(connection, subject)).transpose()
}

pub(super) fn is_identifiable(connection: &Connection, meter: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT identifiable FROM meters WHERE id = ?1")?
        .query_row([meter], |row| row.get(0))?)
}

/// Who owns a meter now.
pub(super) fn owner(connection: &Connection, meter: i64) -> Result<Owner, StoreError> {
    if !is_identifiable(connection, meter)? {
        return Ok(Owner::Unidentifiable);
    }
    Ok(match owner_row(connection, meter)? {
        None => Owner::Nobody,
        Some(subject) => Owner::Patient(Box::new(subjects::load(connection, subject)?)),
    })
}

/// Makes somebody the owner; of a meter that is nobody's since a day, from then on. The unique index over open
/// ownerships decides between two who try at once.
pub(super) fn open_ownership(connection: &Connection, by: By<'_>, meter: i64, subject: i64) -> Result<(), StoreError> {
    let mut days = MeterDays::of(connection, meter)?.unwrap_or_default();
    days.take(subject);
    connection
        .prepare_cached(
            "INSERT INTO ownerships (meter, subject, opened_at, opened_by, opened_session, first_day)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            meter,
            subject,
            codec::nanoseconds(by.at),
            by.user,
            by.session,
            days.since().map(|day| day.to_string())
        ])
        .map_err(|error| if is_unique_violation(&error) { StoreError::OwnedByAnother } else { error.into() })?;
    Ok(())
}

impl Store {
    /// Whose a meter is, and which state of that it is: the states are counted.
    ///
    /// # Errors
    /// The database's.
    pub fn ownership(&self, meter: &MeterIdentity) -> Result<Ownership, StoreError> {
        let unheard_of = Ownership::default();
        if !meter.is_identifiable() {
            return Ok(unheard_of);
        }
        let reader = self.reader();
        // Openings and closings are both counted: a meter that went to somebody and came back is
        // not in the state in which it was.
        let states = reader
            .prepare_cached(
                "SELECT m.id, (SELECT count(*) + count(closed_at) FROM ownerships WHERE meter = m.id)
                 FROM meters m WHERE m.key = ?1",
            )?
            .query_row([meter.key().as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        let Some((row, states)) = states else { return Ok(unheard_of) };
        let owner = owner_row(&reader, row)?.map(|subject| subjects::load(&reader, subject)).transpose()?;
        let version = Some(OwnershipVersion(states.to_string()));
        Ok(Ownership { owner: owner.map(|patient| patient.id), version, is_taken_off: false })
    }

    /// Notes that a meter belongs to a patient already, without any reading: for data taken over from elsewhere.
    ///
    /// # Errors
    /// [`StoreError::OwnedByAnother`] if it has an owner, [`StoreError::NotFound`] without such a patient or for a
    /// meter that cannot be told from others.
    pub fn register_owner(&self, by: By<'_>, meter: &MeterIdentity, patient: &PatientId) -> Result<(), StoreError> {
        self.write(|transaction| {
            let owner = patient_rows::row(transaction, patient)?;
            register_owner(transaction, by, meter, owner)
        })
    }
}

/// Makes a patient the owner of a meter of which nothing was read.
pub(super) fn register_owner(
    connection: &Connection,
    by: By<'_>,
    meter: &MeterIdentity,
    owner: i64,
) -> Result<(), StoreError> {
    if !meter.is_identifiable() {
        return Err(StoreError::NotFound { what: "the meter's serial number" });
    }
    let meter = row(connection, meter)?;
    open_ownership(connection, by, meter, owner)?;
    let patient = PatientId(owner.to_string());
    audit::append(connection, by, audit::AuditAction::OwnerRegistered, Some(&patient), None, "")
}
