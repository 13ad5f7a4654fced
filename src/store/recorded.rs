//! The readings of a record, each with the first read of its meter that had it: for an export.

use jiff::Zoned;
use rusqlite::{Connection, params};

use super::error::StoreError;
use super::{Store, codec, readings, record_marks, subjects};
use crate::domain::patient::PatientId;
use crate::domain::record::{RecordOrigin, Span};
use crate::domain::report::{FirstRead, RecordReport, RecordedReading, ReportMaker};
use crate::domain::statistics::Dashboard;
use crate::domain::text::Clean;

impl Store {
    /// The export of a dashboard, made by this user at this clinic: each reading with where it is from, as far as this
    /// station knows.
    ///
    /// # Errors
    /// [`StoreError::RecordChanged`] if somebody has changed the record since it was loaded, or the database's.
    pub fn report(
        &self,
        dashboard: Dashboard,
        at: Zoned,
        user: Clean,
        site: Clean,
    ) -> Result<RecordReport, StoreError> {
        let (station, purpose) = (self.terminal()?, self.purpose());
        let made = ReportMaker { at, user, site, station, version: env!("CARGO_PKG_VERSION"), purpose };
        let span = dashboard.period.span(dashboard.until);
        let recorded = {
            let mut reader = self.reader();
            // One transaction: that nobody has changed the record, and where its readings are from, belong together.
            let reader = reader.transaction()?;
            if record_marks::changed_since(&reader, &dashboard.patient.id, dashboard.mark)?.is_some() {
                return Err(StoreError::RecordChanged);
            }
            recorded(&reader, &dashboard.patient.id, span)?
        };
        let report = RecordReport::of(dashboard, recorded, made);
        // Of a record that is here every reading was read here: what is not found is not as it was shown.
        let is_here = report.dashboard.origin == RecordOrigin::Here;
        if is_here && report.readings.iter().any(|reading| reading.source.is_none()) {
            return Err(StoreError::RecordChanged);
        }
        Ok(report)
    }

    /// The readings of a patient's record over a span, in the order of their times. None of somebody of a directory of
    /// whom nothing was read here.
    ///
    /// # Errors
    /// The database's.
    pub fn recorded(&self, patient: &PatientId, span: Span) -> Result<Vec<RecordedReading>, StoreError> {
        let mut reader = self.reader();
        // One transaction: whose it is and where it is from belong together.
        let reader = reader.transaction()?;
        recorded(&reader, patient, span)
    }
}

/// [`Store::recorded`], within a transaction.
fn recorded(reader: &Connection, patient: &PatientId, span: Span) -> Result<Vec<RecordedReading>, StoreError> {
    let row = match subjects::row(reader, patient) {
        Err(StoreError::NotFound { .. }) => return Ok(Vec::new()),
        row => row?,
    };
    let mut statement = reader.prepare_cached(&format!(
        "SELECT {}, r.occurrence, d.identity, d.read_at,
             coalesce((SELECT name FROM users WHERE CAST(id AS TEXT) = d.user), d.user),
             (SELECT min(l.meter_index) FROM download_readings l WHERE l.download = d.id AND l.reading = r.id)
         FROM records x JOIN readings r ON r.id = x.reading
             JOIN downloads d ON d.id = (SELECT min(l.download) FROM download_readings l WHERE l.reading = r.id)
         WHERE x.subject IN {} AND x.time >= ?2 AND x.time < ?3
         ORDER BY x.time, r.meter_index, r.id",
        readings::SHOWN,
        subjects::with_merged("?1")
    ))?;
    let mut rows = statement.query(params![row, span.from.to_string(), span.to.to_string()])?;
    let mut recorded = Vec::new();
    while let Some(row) = rows.next()? {
        recorded.push(RecordedReading {
            reading: readings::shown_from_row(row)?,
            occurrence: row.get(13)?,
            first_read: FirstRead {
                meter: codec::from_json(&row.get::<_, String>(14)?, "meter")?,
                read_at: codec::timestamp(row.get(15)?)?,
                user: Clean::from(row.get::<_, String>(16)?),
                place: row.get(17)?,
            },
        });
    }
    Ok(recorded)
}
