//! Readings that are odd beside the record of their patient, or hardly one person's, and what was said of who uses the
//! meter. See [`crate::domain::oddity`].

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use super::error::StoreError;
use super::not_theirs::{self, KeptBack};
use super::readings::{self, Stored};
use super::{By, Store, audit, clock_said, codec, meters, quarantine, repeats, subjects, told_clock};
use crate::domain::association::{Owner, Upload, UploadId, UseAnswer};
use crate::domain::glucose::Concentration;
use crate::domain::oddity::{self, Oddity, Sample, TOGETHER, WhoUses};
use crate::domain::patient::PatientId;
use crate::domain::reading::{Kind, Reading};

impl Store {
    /// What is odd about the readings of an upload that waits, if they go into somebody's record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or the database's.
    pub fn oddities(&self, upload: &UploadId, patient: &PatientId) -> Result<Vec<Oddity>, StoreError> {
        let mut reader = self.reader();
        // One transaction: what is shown belongs together even while somebody assigns.
        let reader = reader.transaction()?;
        let subject = subjects::present(&reader, subjects::confirmed(&reader, patient)?)?;
        oddities(&reader, &quarantine::load(&reader, upload)?, subject)
    }

    /// Keeps what a person said who uses the meter of an upload that waits, and writes it into the trail. `read_at` is
    /// when the meter was read last of what the person was shown.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if no such upload waits, [`StoreError::UploadChanged`] if the meter was read again
    /// since or something else is odd about its readings now, or the database's.
    pub fn answer_use(&self, by: By<'_>, answer: &UseAnswer, read_at: Timestamp) -> Result<Upload, StoreError> {
        self.write(|transaction| {
            let upload = quarantine::row(&answer.upload)?;
            let stands = quarantine::load(transaction, &answer.upload)?;
            if stands.record.is_some() {
                return Err(StoreError::NotFound { what: "the waiting upload" });
            }
            let confirmed = subjects::confirmed(transaction, &answer.patient)?;
            let subject = subjects::present(transaction, confirmed)?;
            if stands.read_at != read_at || oddities(transaction, &stands, subject)? != answer.about {
                return Err(StoreError::UploadChanged);
            }
            let word = codec::word(answer.who)?;
            // Whose it stays when a merger is taken back: the meter's owner's, or whoever was confirmed.
            let owner = meters::given_to(transaction, meter(transaction, upload)?)?;
            let owner = owner.filter(|owner| subjects::present(transaction, *owner).is_ok_and(|now| now == subject));
            let own = owner.unwrap_or(confirmed);
            transaction
                .prepare_cached(
                    "INSERT INTO use_answers (upload, last_download, meter, subject, answer, about, user, session, at)
                     SELECT u.id, (SELECT max(d.id) FROM downloads d WHERE d.upload = u.id), u.meter, ?2, ?3, ?4, ?5,
                         ?6, ?7
                     FROM uploads u WHERE u.id = ?1",
                )?
                .execute(params![
                    upload,
                    own,
                    word,
                    codec::json(&answer.about)?,
                    by.user,
                    by.session,
                    codec::nanoseconds(by.at)
                ])?;
            let action = audit::AuditAction::MeterUseSaid;
            audit::append(transaction, by, action, Some(&answer.patient), Some(&answer.upload), &word)?;
            Ok(stands)
        })
    }
}

/// Refuses readings that are odd, before somebody has said who uses the meter: of what is odd now, since the meter was
/// last read. Asked before the meter is theirs.
pub(super) fn must_be_answered(connection: &Connection, stands: &Upload, subject: i64) -> Result<(), StoreError> {
    let odd = oddities(connection, stands, subject)?;
    if odd.is_empty() {
        return Ok(());
    }
    let upload = quarantine::row(&stands.id)?;
    let is_answered = connection
        .prepare_cached(&format!(
            "SELECT 1 FROM use_answers
             -- By its meter: that has an index.
             WHERE meter = ?4 AND upload = ?1 AND subject IN {} AND about = ?3
                 AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?1)",
            subjects::with_merged("?2")
        ))?
        .exists(params![upload, subject, codec::json(&odd)?, meter(connection, upload)?])?;
    if is_answered { Ok(()) } else { Err(StoreError::UseUnanswered) }
}

/// The meter of an upload.
fn meter(connection: &Connection, upload: i64) -> Result<i64, StoreError> {
    Ok(connection.prepare_cached("SELECT meter FROM uploads WHERE id = ?1")?.query_row([upload], |row| row.get(0))?)
}

/// What is odd about the readings of an upload's meter that nobody has, beside the record of a subject.
fn oddities(connection: &Connection, stands: &Upload, subject: i64) -> Result<Vec<Oddity>, StoreError> {
    let upload = quarantine::row(&stands.id)?;
    let meter = meter(connection, upload)?;
    let new = to_be_added(connection, (meter, upload), stands, subject)?;
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut odd = Vec::new();
    if is_used_by_others(connection, (meter, upload), subject)? {
        odd.push(Oddity::OthersUseIt);
    }
    let mut samples: Vec<Sample> = new.iter().filter_map(|new| sample(&new.reading, false)).collect();
    samples.sort_by_key(|sample| sample.time);
    let record = record_around(connection, meter, subject, &samples)?;
    odd.extend(oddity::oddities(&samples, &record));
    Ok(odd)
}

/// The readings of a meter that nobody has and that would go into the record, as their times stand once it is theirs.
fn to_be_added(
    connection: &Connection,
    (meter, upload): (i64, i64),
    stands: &Upload,
    subject: i64,
) -> Result<Vec<Stored>, StoreError> {
    let condition =
        "r.meter = ?1 AND x.subject IS NULL AND NOT EXISTS (SELECT 1 FROM kept_out q WHERE q.reading = r.id)";
    let mut new = readings::stored(connection, condition, [meter])?;
    let mut left: BTreeSet<i64> = BTreeSet::new();
    if stands.owner == Owner::Unidentifiable {
        // The record has them already.
        left.extend(repeats::repeated(connection, meter, subject)?.into_iter().map(|(reading, _)| reading));
    }
    let verdict = stands.clock_verdict.filter(|_| stands.asks_for_clock());
    let is_back = stands.former_owner.as_ref().map(|former| subjects::confirmed(connection, &former.patient.id));
    // Who had it last gets all of it again; of anybody else what is not theirs stays out.
    if is_back.transpose()? != Some(subject) {
        let kept = not_theirs::kept_back(connection, meter, upload, verdict)?;
        left.extend(kept.iter().flat_map(KeptBack::rows));
    }
    let told = told_clock::told_clocks(connection, upload)?;
    new.retain(|new| !left.contains(&new.id));
    for stored in &mut new {
        clock_said::foresee(stored, &told, verdict);
    }
    Ok(new)
}

/// A blood glucose reading with a sure time.
fn sample(reading: &Reading, is_of_another_meter: bool) -> Option<Sample> {
    let time = reading.time.filter(|_| reading.kind == Kind::Blood && reading.is_in_numbers())?;
    // A number beyond what the meter measures is no value, as in all numbers.
    let value = reading.measured.concentration().filter(|_| reading.beyond().is_none());
    let mg_per_dl = value.map(Concentration::glucose_mg_per_dl);
    Some(Sample { time, mg_per_dl, is_of_another_meter })
}

/// What the record of a subject has from some time before the first new reading to the last, by the times by which the
/// record has it. Of meters of one model without a serial number nobody knows which are another.
fn record_around(connection: &Connection, meter: i64, subject: i64, new: &[Sample]) -> Result<Vec<Sample>, StoreError> {
    let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok(Vec::new()) };
    let since = oddity::compared_since(first.time);
    // To the end of the day: of the last one, too, all tests are counted.
    let until = last.time.saturating_add(TOGETHER).date().tomorrow().unwrap_or(Date::MAX);
    let statement = format!(
        "SELECT {}, r.meter <> ?1 AND (m.identifiable OR m.model <> (SELECT model FROM meters WHERE id = ?1))
         FROM records x JOIN readings r ON r.id = x.reading JOIN meters m ON m.id = r.meter
         WHERE x.subject IN {} AND x.time >= ?3 AND x.time < ?4 AND r.kind = 'blood' ORDER BY x.time",
        readings::SHOWN,
        subjects::with_merged("?2")
    );
    let mut statement = connection.prepare_cached(&statement)?;
    let mut rows = statement.query(params![meter, subject, since.to_string(), until.to_string()])?;
    let mut samples = Vec::new();
    while let Some(row) = rows.next()? {
        samples.extend(sample(&readings::shown_from_row(row)?, row.get(13)?));
    }
    samples.sort_by_key(|sample| sample.time);
    Ok(samples)
}

/// Whether it was said last of this meter and subject that others use it, before this read of it; that nobody can say
/// is no word against it. Of a meter without a serial number, of those of its model that were read for the subject:
/// each read has a row of its own.
fn is_used_by_others(connection: &Connection, (meter, upload): (i64, i64), subject: i64) -> Result<bool, StoreError> {
    let meters = if meters::is_identifiable(connection, meter)? {
        "(?1)"
    } else {
        "(SELECT id FROM meters WHERE id IN (SELECT meter FROM use_answers) AND NOT identifiable
              AND model = (SELECT model FROM meters WHERE id = ?1))"
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT answer FROM use_answers
         WHERE meter IN {meters} AND subject IN {} AND answer <> 'not-known'
             AND NOT (upload = ?3 AND last_download = (SELECT max(id) FROM downloads WHERE upload = ?3))
         ORDER BY id DESC LIMIT 1",
        subjects::with_merged("?2")
    ))?;
    let mut rows = statement.query(params![meter, subject, upload])?;
    let last: Option<String> = rows.next()?.map(|row| row.get(0)).transpose()?;
    let last = last.map(|answer| codec::from_word::<WhoUses>(&answer, "answer")).transpose()?;
    Ok(last == Some(WhoUses::MorePeople))
}
