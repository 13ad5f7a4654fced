//! Says of every assignment whether it had its match, its owner and its readings once, and of every download whether it
//! is kept for who began it.

use std::collections::{BTreeMap, BTreeSet};

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::Model;
use glucodock::app::panel::SlotState;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::confirm_assignment::AssignmentWork;
use glucodock::app::wizard::undo::UndoFocus;
use glucodock::app::wizard::upload::UploadWork;
use glucodock::domain::association::{Assignment, IdempotencyKey, Owner, Relation, UploadId};
use glucodock::domain::clinic::Session;
use glucodock::domain::identity_check::Verdict;
use glucodock::domain::patient::PatientId;
use glucodock::domain::record::Span;
use glucodock::domain::undo::UndoRequest;
use glucodock::store::Store;

use super::meters::{Meter, meter_of};

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
    /// What was undone, by its requests.
    undoings: BTreeSet<IdempotencyKey>,
    pub(super) undone: usize,
    pub(super) confirmed: usize,
    pub(super) appended: usize,
    pub(super) refused: usize,
}

impl Judge {
    /// An assignment was asked for by this event in this state: the one of a step that may, with its match.
    pub(super) fn asked(before: &Model, event: &Event, assignment: &Assignment, session: &Session) {
        let working = before.working().expect("nothing is assigned while nobody is signed in");
        assert_eq!(working.session, *session, "it is asked for whoever presses the keys");
        match (&working.step, event) {
            (Step::ConfirmAssignment(step), Event::Key(Key::Enter)) => {
                assert_eq!((&step.upload.id, &step.patient.id), (&assignment.upload, &assignment.patient));
                assert_eq!(step.verdict(), Verdict::Match, "assigned without its match");
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
                EffectResult::Undone(Ok(_)),
            ) => self.undone(store, meters, request),
            _ => {}
        }
    }

    /// An assignment was undone: nobody has its readings, and they wait; whose the meter is follows from what is left.
    fn undone(&mut self, store: &Store, meters: &[Meter], request: &UndoRequest) {
        // Asked once more because the first answer was lost, it is done once.
        if !self.undoings.insert(request.key.clone()) {
            return;
        }
        let patient = self.assigned.remove(&request.upload).expect("what is undone was assigned");
        assert_eq!(patient, request.seen.patient, "undone is what was shown");
        self.undone += 1;
        let (meter, stands) = (self.meters[&request.upload], store.upload(&request.upload).unwrap());
        assert_eq!(stands.record, None);
        let is_left = |upload: &UploadId| self.meters[upload] == meter;
        if meters[meter].can_be_told_apart() && !self.assigned.keys().any(is_left) {
            assert_eq!(stands.owner, Owner::Nobody);
            self.owners.remove(&meter);
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
            } else {
                self.appended += 1;
            }
            let owner = store.upload(upload).unwrap().owner;
            let Owner::Patient(owner) = owner else { panic!("nobody's") };
            assert_eq!(owner.id, *patient, "the owner is not the person it was assigned to");
        } else {
            self.confirmed += 1;
        }
        self.record(store, meters, patient);
    }

    /// What a person's record holds: all readings of the uploads assigned to them, each once, and
    /// none of anybody else's.
    fn record(&self, store: &Store, meters: &[Meter], patient: &PatientId) {
        let record = store.record(patient, Span::ALL).unwrap();
        let mut there = BTreeMap::new();
        for reading in &record.readings {
            *there.entry(reading.time.unwrap()).or_insert(0) += 1;
            let meter = meter_of(reading);
            if meters[meter].can_be_told_apart() {
                assert_eq!(self.owners.get(&meter), Some(patient), "a reading of somebody else's meter");
            }
        }
        let mut expected = BTreeSet::new();
        for upload in self.assigned.iter().filter(|(_, to)| *to == patient).map(|(upload, _)| upload) {
            for reading in store.readings_of(upload).unwrap() {
                expected.insert(reading.time.unwrap());
            }
        }
        assert_eq!(there.keys().collect::<Vec<_>>(), expected.iter().collect::<Vec<_>>(), "lost, or somebody else's");
        for (time, count) in there {
            assert_eq!(count, 1, "the reading of {time} is there {count} times");
        }
    }

    /// At the end: every record, every upload, and who is in the audit trail with what.
    pub(super) fn end(&self, store: &Store, meters: &[Meter]) {
        for patient in self.assigned.values().collect::<BTreeSet<_>>() {
            self.record(store, meters, patient);
        }
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
