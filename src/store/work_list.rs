//! What is left to be done at this station, as the store has it.

use rusqlite::{Connection, OptionalExtension as _};

use super::error::StoreError;
use super::{Store, codec, outbox, subjects};
use crate::domain::delivery::{DeliveryState, Item, Outbox, WaitsBecause};
use crate::domain::work_list::{Undelivered, WorkList};

impl Store {
    /// The uploads that wait for a patient, what the care platform has not recorded, and who was noted as a new patient
    /// and is none yet, each oldest first.
    ///
    /// # Errors
    /// The database's; one item that cannot be read is one for all, so that none is left out unseen.
    pub fn work_list(&self) -> Result<WorkList, StoreError> {
        let (waiting, noted) = (self.pending()?, self.noted_people()?);
        let reader = self.reader();
        let outbox = Outbox::of(outbox::open_items(&reader)?);
        let told = outbox.waiting().into_iter().map(|(item, because)| undelivered(&reader, item, because));
        Ok(WorkList { waiting, undelivered: told.collect::<Result<_, _>>()?, noted })
    }
}

fn undelivered(connection: &Connection, item: &Item, because: WaitsBecause) -> Result<Undelivered, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT a.subject, u.identity,
                 iif(o.kind = 'correction',
                     (SELECT count(*) FROM corrected_readings WHERE correction = coalesce(
                         (SELECT supersedes FROM time_corrections WHERE id = o.correction), o.correction)),
                     (SELECT count(*) FROM assigned_readings WHERE assignment = a.id AND o.kind <> 'ownership'))
             FROM outbox o JOIN assignments a ON a.id = o.assignment JOIN uploads u ON u.id = a.upload
             WHERE o.key = ?1",
        )?
        .query_row([&item.key.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))
        .optional()?;
    let Some((subject, identity, readings)) = found else {
        return Err(StoreError::NotFound { what: "the item of the outbox" });
    };
    let in_record_of = match &item.state {
        DeliveryState::Misplaced(holder) => {
            Some(Box::new(subjects::load(connection, subjects::row(connection, holder)?)?))
        }
        _ => None,
    };
    Ok(Undelivered {
        key: item.key.clone(),
        kind: item.kind,
        patient: Box::new(subjects::load(connection, subject)?),
        meter: codec::from_json(&identity, "meter")?,
        readings,
        since: item.since,
        because,
        in_record_of,
    })
}
