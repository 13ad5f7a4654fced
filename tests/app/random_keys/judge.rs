//! Says of every assignment whether it had its match, its owner and its readings once, and of every download whether it
//! is kept for who began it.

use std::collections::{BTreeMap, BTreeSet};

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::ending_task::{EndingAnswer, EndingTask};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::Model;
use glucodock::app::panel::SlotState;
use glucodock::app::times_task::{TimesAnswer, TimesTask};
use glucodock::app::transfer_task::{TransferReply, TransferTask};
use glucodock::app::wizard::Step;
use glucodock::app::wizard::confirm_assignment::AssignmentWork;
use glucodock::app::wizard::ending::EndingPage;
use glucodock::app::wizard::scan::ScanMatch;
use glucodock::app::wizard::time_correction::{CorrectionFocus, CorrectionPage};
use glucodock::app::wizard::transfer::TransferPage;
use glucodock::app::wizard::undo::UndoFocus;
use glucodock::app::wizard::upload::UploadWork;
use glucodock::domain::association::{Assignment, IdempotencyKey, Owner, Relation, UploadId};
use glucodock::domain::clinic::{Role, Session};
use glucodock::domain::ending::{EndingCounts, EndingOrder, EndingUndoRequest};
use glucodock::domain::identity_check::Verdict;
use glucodock::domain::ownership::OwnershipId;
use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::domain::time_correction::{CorrectionId, CorrectionRequest, CorrectionUndoRequest, TimesMoved};
use glucodock::domain::transfer::{TransferCounts, TransferOrder, TransferPlan};
use glucodock::domain::undo::{UndoRequest, Undone, Withdrawals};
use glucodock::store::{By, Store};
use jiff::civil::{Date, DateTime};

use super::meters::{Meter, meter_at, meter_of};

/// What was seen so far.
#[derive(Default)]
pub(super) struct Judge {
    /// Which meter gave an upload.
    meters: BTreeMap<UploadId, usize>,
    /// To whom an upload was assigned.
    assigned: BTreeMap<UploadId, PatientId>,
    /// Whose a meter is that can be told apart.
    owners: BTreeMap<usize, PatientId>,
    /// Who put which upload into quarantine, in order.
    kept_by: Vec<(String, UploadId)>,
    /// Whom an upload was ever assigned to: what another terminal undid may be shown still.
    ever: BTreeMap<UploadId, BTreeSet<PatientId>>,
    /// Uploads that were undone while another one of their meter waited: their readings go with that.
    gone_with_another: BTreeSet<UploadId>,
    /// Whose a meter that was transferred or ended is since which day of its clock.
    days: BTreeMap<usize, Days>,
    /// These days before an upload made a meter somebody's.
    before: BTreeMap<UploadId, Option<Days>>,
    /// The days of a meter before it became whoever's has it.
    opened: BTreeMap<usize, Option<Days>>,
    /// The meters that are nobody's since they ended, with whose they were and their days until then.
    ended: BTreeMap<OwnershipId, (usize, PatientId, Option<Days>)>,
    /// In whose record a reading of a meter is that can be told apart, and which upload brought it into one.
    held: BTreeMap<DateTime, (PatientId, UploadId)>,
    /// The corrected time of a reading in a record, by the time that its meter told.
    corrected: BTreeMap<(PatientId, DateTime), DateTime>,
    /// What each correction that stands corrected.
    corrections: BTreeMap<CorrectionId, Vec<(PatientId, DateTime)>>,
    /// What was undone, transferred and corrected, by its requests.
    made: BTreeSet<IdempotencyKey>,
    pub(super) transferred: usize,
    pub(super) ownerships_ended: usize,
    pub(super) ends_undone: usize,
    pub(super) times_corrected: usize,
    pub(super) corrections_undone: usize,
    pub(super) undone: usize,
    pub(super) confirmed: usize,
    pub(super) appended: usize,
    pub(super) refused: usize,
}

/// Whose a meter is since which day: nothing stands for the beginning, and nobody for nobody.
type Days = Vec<(Option<Date>, Option<PatientId>)>;

impl Judge {
    /// An assignment was asked for by this event in this state: the one of a step that may, with its match.
    pub(super) fn asked(before: &Model, event: &Event, assignment: &Assignment, session: &Session) {
        let working = before.working().expect("nothing is assigned while nobody is signed in");
        assert_eq!(working.session, *session, "it is asked for whoever presses the keys");
        match (&working.step, event) {
            (Step::ConfirmAssignment(step), Event::Key(Key::Enter)) => {
                assert_eq!((&step.upload.id, &step.patient.id), (&assignment.upload, &assignment.patient));
                assert_eq!(step.verdict(), Verdict::Match, "assigned without its match");
                assert_ne!(step.scanned, ScanMatch::Mismatch, "assigned beside the wristband of somebody else");
            }
            // The button was pressed before it was known who is similar.
            (
                Step::ConfirmAssignment(step),
                Event::EffectDone { answer: EffectResult::IdentityCheck(Ok(check)), .. },
            ) => {
                assert_eq!((&step.upload.id, &step.patient.id), (&assignment.upload, &assignment.patient));
                let mut known = step.clone();
                known.check = Asked::Ready(check.clone());
                assert_eq!((known.verdict(), &step.work), (Verdict::Match, &AssignmentWork::Checking));
            }
            (Step::Upload(step), Event::EffectDone { answer: EffectResult::Upload(Ok(upload)), ticket }) => {
                assert_eq!(step.work, UploadWork::Checking(*ticket));
                assert_eq!((&upload.id, &step.patient.id), (&assignment.upload, &assignment.patient));
                assert_eq!(upload.owner.relation(&step.patient), Relation::Same, "appended without its owner");
            }
            // Of a platform's patient it says before that it is still so, or does not answer.
            (Step::Upload(step), Event::EffectDone { answer: EffectResult::PlatformCheck(_), ticket }) => {
                let UploadWork::AskingPlatform { ticket: asked, upload } = &step.work else {
                    panic!("{:?}", step.work)
                };
                assert_eq!((asked, &upload.id), (ticket, &assignment.upload));
                assert_eq!(upload.owner.relation(&step.patient), Relation::Same, "appended without its owner");
            }
            (step, event) => panic!("an assignment is asked for at {} by {event:?}", step.name()),
        }
    }

    /// That an assignment is undone was asked for by this event in this state: by Enter on the button for it, of what
    /// is shown.
    pub(super) fn asked_to_undo(before: &Model, event: &Event, request: &UndoRequest) {
        let working = before.working().expect("nothing is undone while nobody is signed in");
        match (&working.step, event) {
            (Step::Undo(step), Event::Key(Key::Enter)) => {
                assert_eq!(step.focus, UndoFocus::Undo);
                assert_eq!(step.offer.ready().map(|offer| offer.seen()), Some(request.seen.clone()));
            }
            (step, event) => panic!("undone at {} by {event:?}", step.name()),
        }
    }

    /// That a meter is transferred was asked for by Enter on the button for it, of what is shown.
    pub(super) fn asked_to_transfer(before: &Model, event: &Event, request: &TransferOrder) {
        let working = before.working().expect("nothing is transferred while nobody is signed in");
        let (Step::Transfer(step), Event::Key(Key::Enter)) = (&working.step, event) else {
            panic!("transferred at {} by {event:?}", working.step.name())
        };
        let TransferPage::Decide(page) = &step.page else { panic!("transferred at {}", step.name()) };
        let offer = &page.settled.offer;
        assert!(page.is_on_transfer);
        assert_eq!((offer.counts, &offer.to.id), (request.seen, &request.plan.to));
        assert_eq!((&step.owner.id, &step.meter.ownership), (&offer.from.id, &request.plan.ownership));
    }

    /// That times are corrected, or that that is undone, was asked for by Enter on the button for it, of what is shown.
    pub(super) fn asked_about_times(before: &Model, event: &Event, task: &TimesTask) {
        let working = before.working().expect("no times are corrected while nobody is signed in");
        let (TimesTask::Correct { .. } | TimesTask::Undo { .. }) = task else { return };
        let (Step::TimeCorrection(step), Event::Key(Key::Enter)) = (&working.step, event) else {
            panic!("times are corrected at {} by {event:?}", working.step.name())
        };
        assert_eq!(step.focus, CorrectionFocus::Act);
        let shown = &step.offer.ready().expect("shown").patient.id;
        match (task, &step.page) {
            (TimesTask::Correct { request }, CorrectionPage::Check { plan, .. }) => {
                assert_eq!((plan.seen(shown), plan.correction), (request.seen.clone(), request.correction));
            }
            (TimesTask::Undo { request }, CorrectionPage::Undo { last, .. }) => {
                assert_eq!(last.id, request.correction);
            }
            (task, page) => panic!("{task:?} at {page:?}"),
        }
    }

    /// That a meter is nobody's, or somebody's again, was asked for by Enter on the button for it, of what is shown.
    pub(super) fn asked_about_ending(before: &Model, event: &Event, task: &EndingTask) {
        let working = before.working().expect("nothing is ended while nobody is signed in");
        let (EndingTask::End { .. } | EndingTask::Undo { .. }) = task else { return };
        let (Step::Ending(step), Event::Key(Key::Enter)) = (&working.step, event) else {
            panic!("ended at {} by {event:?}", working.step.name())
        };
        assert!(working.session.user.role == Role::Clinician);
        match (task, &step.page) {
            (EndingTask::End { request }, EndingPage::Decide(page)) => {
                let offer = &page.settled.offer;
                assert!(page.is_on_end);
                assert_eq!(
                    (offer.counts, offer.why, offer.last_day),
                    (request.seen, request.plan.why, request.plan.last_day)
                );
                assert_eq!((&step.owner.id, &step.meter.ownership), (&offer.patient.id, &request.plan.ownership));
            }
            (EndingTask::Undo { request }, EndingPage::Undo(page)) => {
                assert_eq!(page.focus, UndoFocus::Undo);
                assert_eq!(page.offer.ready().expect("shown").patient.id, step.owner.id);
                assert_eq!(step.meter.ownership, request.ownership);
            }
            (task, page) => panic!("{task:?} at {page:?}"),
        }
    }

    /// What each plug of a desk shows is an upload of the meter that is plugged in there.
    pub(super) fn desk(&self, here: usize, model: &Model, meters: &[Meter]) {
        for slot in model.panel.slots() {
            if let SlotState::Stored(upload) = &slot.state {
                let plugged = meters.iter().position(|meter| meter.plugged == Some((here, slot.attachment.id)));
                assert_eq!(plugged, self.meters.get(&upload.id).copied(), "a plug shows the upload of another meter");
                if let Some(holder) = &upload.record {
                    let ever = self.ever.get(&upload.id).is_some_and(|ever| ever.contains(&holder.id));
                    assert!(ever, "a plug says it is in a record");
                }
            }
        }
    }

    /// A call was done, with this answer.
    pub(super) fn done(&mut self, store: &Store, meters: &[Meter], effect: &Effect, answer: &EffectResult) {
        match (effect, answer) {
            (
                Effect::Ask(_, Request::For(session, Task::Station(StationTask::Quarantine { download, .. }))),
                EffectResult::Quarantined(result),
            ) => {
                let upload = result.as_ref().expect("a whole download is kept, whoever is signed in");
                let kept = store.readings_of(&upload.id).unwrap();
                let from: BTreeSet<usize> = kept.iter().map(meter_of).collect();
                assert_eq!(from.len(), 1, "an upload holds readings of one meter");
                let from = from.into_iter().next().unwrap();
                let times: BTreeSet<_> = kept.iter().map(|reading| reading.time).collect();
                assert!(download.readings.iter().all(|reading| times.contains(&reading.time)), "some were lost");
                let before = self.meters.insert(upload.id.clone(), from);
                assert!(before.is_none_or(|before| before == from), "an upload changed its meter");
                self.kept_by.push((session.user.id.clone(), upload.id.clone()));
            }
            (
                Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { assignment, .. }))),
                EffectResult::Assigned(Ok(_)),
            ) => {
                self.assigned(store, meters, assignment);
            }
            (
                Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. }))),
                EffectResult::Assigned(Err(_)),
            ) => self.refused += 1,
            (
                Effect::Ask(_, Request::For(_, Task::Station(StationTask::Undo { request }))),
                EffectResult::Undone(Ok(undone)),
            ) => self.undone(store, meters, request, *undone),
            (
                Effect::Ask(_, Request::For(_, Task::Station(StationTask::Transfer(task)))),
                EffectResult::Transfer(TransferReply::Moved(Ok(counts))),
            ) => {
                if let TransferTask::Move { request } = &**task {
                    self.moved(store, meters, request, *counts);
                }
            }
            (
                Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::Correct { request }))),
                EffectResult::Times(TimesAnswer::Corrected(Ok(moved))),
            ) => self.times_corrected(store, meters, request, *moved),
            (
                Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::Undo { request }))),
                EffectResult::Times(TimesAnswer::Undone(Ok(moved))),
            ) => self.correction_undone(store, meters, request, *moved),
            (Effect::Ask(_, Request::For(_, Task::AboutEnding(task))), EffectResult::Ending(answer)) => {
                match (&**task, answer) {
                    (EndingTask::End { request }, EndingAnswer::Ended(Ok(counts))) => {
                        self.ended(store, meters, request, *counts);
                    }
                    (EndingTask::Undo { request }, EndingAnswer::Undone(Ok(()))) => {
                        self.end_undone(store, meters, request);
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// An assignment was undone: nobody has its readings, and they wait; whose the meter is follows from what is left.
    fn undone(&mut self, store: &Store, meters: &[Meter], request: &UndoRequest, undone: Undone) {
        // Asked once more because the first answer was lost, it is done once.
        if !self.made.insert(request.key.clone()) {
            return;
        }
        let patient = self.assigned.remove(&request.upload).expect("what is undone was assigned");
        assert_eq!(patient, request.seen.patient, "undone is what was shown");
        self.undone += 1;
        let (meter, stands) = (self.meters[&request.upload], store.upload(&request.upload).unwrap());
        assert_eq!(stands.record, None);
        let is_left = |upload: &UploadId| self.meters[upload] == meter;
        if meters[meter].can_be_told_apart() {
            // One that was transferred stays with whoever has it, also without an upload of theirs.
            if !self.days.contains_key(&meter) {
                assert_eq!(undone.ended_ownership, !self.assigned.keys().any(is_left));
            }
            if undone.ended_ownership {
                assert_eq!(stands.owner, Owner::Nobody);
                self.owners.remove(&meter);
                // Whose it was before is what holds again.
                match self.before.get(&request.upload).cloned().flatten() {
                    Some(days) => self.days.insert(meter, days),
                    None => self.days.remove(&meter),
                };
            }
            let left = self.held.len();
            self.held.retain(|_, (_, upload)| *upload != request.upload);
            assert_eq!(left - self.held.len(), usize::try_from(undone.readings).unwrap(), "of this upload");
        }
        if store.pending().unwrap().iter().all(|waiting| waiting.id != request.upload) {
            self.gone_with_another.insert(request.upload.clone());
        }
        self.record(store, meters, &patient);
    }

    fn assigned(&mut self, store: &Store, meters: &[Meter], assignment: &Assignment) {
        let Assignment { upload, patient, .. } = assignment;
        let meter = self.meters[upload];
        self.ever.entry(upload.clone()).or_default().insert(patient.clone());
        if let Some(before) = self.assigned.insert(upload.clone(), patient.clone()) {
            assert_eq!(before, *patient, "one upload in two records");
            return;
        }
        if meters[meter].can_be_told_apart() {
            let known = self.owners.insert(meter, patient.clone());
            assert!(known.as_ref().is_none_or(|owner| owner == patient), "a meter has two owners");
            if known.is_none() {
                self.confirmed += 1;
                self.before.insert(upload.clone(), self.days.get(&meter).cloned());
                self.taken(meter, patient);
            } else {
                self.appended += 1;
            }
            let owner = store.upload(upload).unwrap().owner;
            let Owner::Patient(owner) = owner else { panic!("nobody's") };
            assert_eq!(owner.id, *patient, "the owner is not the person it was assigned to");
            for reading in store.readings_of(upload).unwrap() {
                let time = reading.time.unwrap();
                if self.days.get(&meter).is_none_or(|days| had(days, time.date()) == Some(patient)) {
                    self.held.entry(time).or_insert((patient.clone(), upload.clone()));
                }
            }
        } else {
            self.confirmed += 1;
        }
        self.record(store, meters, patient);
    }

    /// A meter that was nobody's since a day is somebody's since then, and that of whoever had it before as it was.
    fn taken(&mut self, meter: usize, patient: &PatientId) {
        self.opened.insert(meter, self.days.get(&meter).cloned());
        let Some(days) = self.days.get_mut(&meter) else { return };
        let since = match days.last() {
            Some((since, None)) => *since,
            _ => return,
        };
        days.pop();
        if days.last().is_none_or(|(_, last)| last.as_ref() != Some(patient)) {
            days.push((since, Some(patient.clone())));
        }
    }

    /// A meter is nobody's after a day, or never was theirs: their record is as it was.
    fn ended(&mut self, store: &Store, meters: &[Meter], request: &EndingOrder, counts: EndingCounts) {
        if !self.made.insert(request.key.clone()) {
            return;
        }
        self.ownerships_ended += 1;
        let people: BTreeSet<PatientId> = self.owners.values().cloned().collect();
        let ended = people.iter().find_map(|owner| {
            let held = store.record(owner, Span::ALL).unwrap().meters;
            Some((owner, held.into_iter().find(|meter| meter.ownership == request.plan.ownership)?))
        });
        let (owner, held) = ended.expect("somebody had it");
        let meter = meters.iter().position(|meter| meter.has_number(held.serial_end.expose().as_str())).unwrap();
        assert_eq!(self.owners.remove(&meter).as_ref(), Some(owner), "it was theirs");
        let theirs = self.held.iter().filter(|(time, (holder, _))| meter_at(**time) == meter && holder == owner);
        assert_eq!(u32::try_from(theirs.count()).unwrap(), counts.in_record);
        let before = self.days.get(&meter).cloned();
        match request.plan.last_day.map(|day| day.tomorrow().unwrap()) {
            None => {
                assert_eq!(counts.in_record, 0, "in error, and the record has something of it");
                match self.opened.get(&meter).cloned().flatten() {
                    Some(days) => self.days.insert(meter, days),
                    None => self.days.remove(&meter),
                };
            }
            Some(free) => {
                let days = self.days.entry(meter).or_insert_with(|| vec![(None, Some(owner.clone()))]);
                days.retain(|(since, _)| since.is_none_or(|since| since < free));
                days.push((Some(free), None));
            }
        }
        self.ended.insert(request.plan.ownership.clone(), (meter, owner.clone(), before));
        self.record(store, meters, owner);
    }

    /// It is theirs again, as it was.
    fn end_undone(&mut self, store: &Store, meters: &[Meter], request: &EndingUndoRequest) {
        if !self.made.insert(request.key.clone()) {
            return;
        }
        self.ends_undone += 1;
        let (meter, owner, before) = self.ended.remove(&request.ownership).expect("nobody has had it since");
        assert_eq!(self.owners.insert(meter, owner.clone()), None, "it was nobody's");
        match before {
            Some(days) => self.days.insert(meter, days),
            None => self.days.remove(&meter),
        };
        self.record(store, meters, &owner);
    }

    /// A meter went to somebody else: with it what its owner had of that day on, and nothing of which the time was
    /// corrected.
    fn moved(&mut self, store: &Store, meters: &[Meter], request: &TransferOrder, counts: TransferCounts) {
        if !self.made.insert(request.key.clone()) {
            return;
        }
        self.transferred += 1;
        let TransferPlan { ownership, to, first_day } = &request.plan;
        let people: BTreeSet<PatientId> = self.owners.values().cloned().collect();
        let ended = people.iter().find_map(|from| {
            let held = store.record(from, Span::ALL).unwrap().meters;
            Some((from, held.into_iter().find(|meter| meter.ownership == *ownership)?))
        });
        let (from, held) = ended.expect("somebody had it");
        let meter = meters.iter().position(|meter| meter.has_number(held.serial_end.expose().as_str())).unwrap();
        assert_eq!(self.owners.insert(meter, to.clone()).as_ref(), Some(from), "it was theirs");
        let days = self.days.entry(meter).or_insert_with(|| vec![(None, Some(from.clone()))]);
        days.retain(|(since, _)| since.is_none_or(|since| since < *first_day));
        if days.last().is_none_or(|(_, last)| last.as_ref() != Some(to)) {
            days.push((Some(*first_day), Some(to.clone())));
        }
        let mut moved = 0;
        for (time, (holder, _)) in &mut self.held {
            if meter_at(*time) == meter && *holder == *from {
                assert!(!self.corrected.contains_key(&(from.clone(), *time)), "a corrected time left its record");
                if time.date() >= *first_day {
                    *holder = to.clone();
                    moved += 1;
                }
            }
        }
        assert_eq!(moved, counts.moved);
        for upload in self.meters.iter().filter(|(_, of)| **of == meter).map(|(upload, _)| upload) {
            self.ever.entry(upload.clone()).or_default().insert(to.clone());
        }
        self.record(store, meters, from);
        self.record(store, meters, to);
    }

    /// Times were corrected: those that were shown, in the record that was shown.
    fn times_corrected(&mut self, store: &Store, meters: &[Meter], request: &CorrectionRequest, moved: TimesMoved) {
        if !self.made.insert(request.key.clone()) {
            return;
        }
        self.times_corrected += 1;
        let patient = &request.seen.patient;
        assert_eq!(usize::try_from(moved.readings).unwrap(), request.seen.times.len());
        let by = By::command("test", jiff::Timestamp::UNIX_EPOCH);
        let zone = jiff::tz::TimeZone::UTC;
        let standing = store
            .correction_offer(by, Role::Clinician, &request.upload, patient, &zone, Withdrawals::Refused)
            .unwrap()
            .standing;
        let mut of_it = Vec::new();
        for time in &request.seen.times {
            let corrected = request.correction.corrected(*time).expect("of the span");
            let before = self.corrected.insert((patient.clone(), *time), corrected);
            assert_eq!(before, None, "corrected twice");
            of_it.push((patient.clone(), *time));
        }
        assert_eq!(standing[0].correction, request.correction);
        self.corrections.insert(standing[0].id.clone(), of_it);
        self.record(store, meters, patient);
    }

    fn correction_undone(
        &mut self,
        store: &Store,
        meters: &[Meter],
        request: &CorrectionUndoRequest,
        moved: TimesMoved,
    ) {
        if !self.made.insert(request.key.clone()) {
            return;
        }
        self.corrections_undone += 1;
        let of_it = self.corrections.remove(&request.correction).expect("it stood");
        assert_eq!(usize::try_from(moved.readings).unwrap(), of_it.len());
        for reading in &of_it {
            assert!(self.corrected.remove(reading).is_some());
        }
        self.record(store, meters, &of_it[0].0);
    }

    /// What a person's record holds: of a meter that can be told apart what the judge knows to be theirs, else all
    /// readings of the uploads assigned to them, each once, by the meter's time or the corrected one.
    fn record(&self, store: &Store, meters: &[Meter], patient: &PatientId) {
        let record = store.record(patient, Span::ALL).unwrap();
        let mut there = BTreeMap::new();
        for reading in &record.readings {
            let told = reading.meter_time().unwrap();
            *there.entry(told).or_insert(0) += 1;
            let corrected = self.corrected.get(&(patient.clone(), told)).copied();
            assert_eq!(reading.time.unwrap(), corrected.unwrap_or(told), "by another time than was said");
        }
        let mut expected = BTreeSet::new();
        for upload in self.assigned.iter().filter(|(_, to)| *to == patient).map(|(upload, _)| upload) {
            if !meters[self.meters[upload]].can_be_told_apart() {
                for reading in store.readings_of(upload).unwrap() {
                    expected.insert(reading.time.unwrap());
                }
            }
        }
        expected.extend(self.held.iter().filter(|(_, (holder, _))| holder == patient).map(|(time, _)| *time));
        assert_eq!(there.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "lost, or somebody else's");
        for (time, count) in there {
            assert_eq!(count, 1, "the reading of {time} is there {count} times");
        }
    }

    /// At the end: every record, every upload, and who is in the audit trail with what.
    pub(super) fn end(&self, store: &Store, meters: &[Meter]) {
        for patient in self.ever.values().flatten().collect::<BTreeSet<_>>() {
            self.record(store, meters, patient);
        }
        let soundness = store.soundness().unwrap();
        assert!(soundness.is_sound(), "{soundness:?}");
        let pending: BTreeSet<UploadId> = store.pending().unwrap().into_iter().map(|upload| upload.id).collect();
        let expected: BTreeSet<UploadId> =
            self.meters.keys().filter(|id| !self.assigned.contains_key(id)).cloned().collect();
        let expected: BTreeSet<UploadId> = expected.difference(&self.gone_with_another).cloned().collect();
        assert_eq!(pending, expected, "what was kept waits or was assigned");
        let trail = store.audit_trail().unwrap();
        let kept: Vec<_> = trail
            .iter()
            .filter(|line| line.action == "quarantined")
            .map(|line| (line.user.clone(), UploadId(line.upload.clone())))
            .collect();
        assert_eq!(kept, self.kept_by, "kept under the name of who began the read");
    }
}

/// Whose a meter was on a day.
fn had(days: &Days, day: Date) -> Option<&PatientId> {
    let (_, who) = days.iter().rev().find(|(since, _)| since.is_none_or(|since| since <= day)).unwrap();
    who.as_ref()
}
