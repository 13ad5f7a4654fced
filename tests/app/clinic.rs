//! Fictitious people, meters and uploads, and an app whose questions are answered at once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, VecDeque};

use glucodock::app::action::Keymap;
use glucodock::app::effect::{Command, Effect, NotedTask, PlatformTask, Request, StationTask, Task, Ticket, ToEngine};
use glucodock::app::ending_task::{EndingAnswer, EndingTask};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::model::Model;
use glucodock::app::problems;
use glucodock::app::setup::AppSetup;
use glucodock::app::times_task::{TimesAnswer, TimesTask};
use glucodock::app::transfer_task::{TransferReply, TransferTask};
use glucodock::app::update::update;

use glucodock::domain::association::{
    AssignmentResult, Holding, IdempotencyKey, LastResult, Owner, Upload, UploadId, UseAnswer,
};
use glucodock::domain::cable::CableKey;
use glucodock::domain::clinic::{Credentials, Role, User};
use glucodock::domain::delivery::{DeliveryStanding, FollowedDelivery};
use glucodock::domain::download::{Completeness, Counts, Download};
use glucodock::domain::ending::{EndingCounts, EndingOffer, EndingUndoOffer};
use glucodock::domain::glucose::{Concentration, Measured, Unit};
use glucodock::domain::identity_check::{IdentityCheck, IdentityStanding, Shared};
use glucodock::domain::meter::{Access, Attachment, AttachmentId, Bridge, Family, MeterGuide, MeterIdentity};
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::noted_person::{NotedEvent, NotedPerson, NotedStanding};
use glucodock::domain::oddity::Oddity;
use glucodock::domain::ownership::EndingReason;
use glucodock::domain::patient::{
    ComparedPeople, Gender, Identifier, LookAlike, PageCursor, Patient, PatientId, SearchPage, Status,
};
use glucodock::domain::platform_check::PlatformCheck;
use glucodock::domain::population::{PopulationFilter, PopulationPage, PopulationQuery, PopulationRow};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::reading::Kind;
use glucodock::domain::reading_source::ReadingSource;
use glucodock::domain::record::{ChangeMark, RecordExtent, RecordOrigin};
use glucodock::domain::report_kind::{ExportTarget, Paper, WrittenExport};
use glucodock::domain::sign_in::Withheld;
use glucodock::domain::statistics::{Dashboard, LowHighPolicy, MealFilter, Period, Summary};
use glucodock::domain::taken_back::TakenBack;
use glucodock::domain::text::{Private, squeeze};
use glucodock::domain::time_correction::{CorrectionOffer, CorrectionReach, TimedReading, TimesMoved};
use glucodock::domain::transfer::{TransferChecks, TransferCounts, TransferOffer};
use glucodock::domain::undo::{UndoOffer, UndoTerms, Undone};
use glucodock::domain::words::TextKey;
use glucodock::domain::work_list::{Undelivered, WorkList};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};

pub(crate) fn now() -> Timestamp {
    "2026-07-14T08:00:00Z".parse().unwrap()
}

pub(crate) fn patient(id: &str, family: &str, given: &str, year: i16) -> Patient {
    Patient {
        id: PatientId(id.to_owned()),
        family: Private::new(family.into()),
        given: Private::new(given.into()),
        born: Private::new(date(year, 7, 14)),
        gender: Gender::Female,
        identifiers: vec![Identifier { label: "MRN".into(), value: Private::new(format!("M100{id}").as_str().into()) }],
        status: Status::Active,
        devices: vec![],
        last_upload: None,
    }
}

pub(crate) fn anna() -> Patient {
    patient("1", "Müller", "Anna", 1961)
}

pub(crate) fn berta() -> Patient {
    Patient { status: Status::Inactive, ..patient("2", "Muster", "Berta", 1950) }
}

pub(crate) fn carla() -> Patient {
    patient("3", "Müller", "Carla", 1972)
}

pub(crate) fn identity(serial: &str) -> MeterIdentity {
    MeterIdentity {
        manufacturer: "Roche".into(),
        model: "Accu-Chek Guide".into(),
        model_number: Some("925".into()),
        serial: Private::new(serial.into()),
        system_id: None,
        firmware: Some("v1.9.6".into()),
        driver: "accu-chek-usb".into(),
    }
}

pub(crate) fn upload(owner: Owner) -> Upload {
    Upload {
        id: UploadId("u1".into()),
        meter: identity("92500000042"),
        clock: Some(ClockReading {
            meter: date(2026, 7, 14).at(10, 0, 3, 0),
            host: "2026-07-14T10:00:00+02:00[Europe/Berlin]".parse().unwrap(),
        }),
        read_at: now(),
        counts: Counts {
            blood: 712,
            control: 8,
            other: 0,
            low: 6,
            high: 5,
            duplicates: 0,
            doubtful: 0,
            without_time: 0,
            ..Counts::default()
        },
        new_readings: 720,
        first: Some(date(2026, 1, 2).at(7, 40, 0, 0)),
        last: Some(date(2026, 7, 14).at(7, 10, 0, 0)),
        last_results: match owner {
            Owner::Unidentifiable => vec![LastResult {
                kind: Kind::Blood,
                measured: Measured::Value(Concentration::new(58, 1, Unit::MmolPerL)),
            }],
            Owner::Nobody | Owner::Patient(_) => vec![],
        },
        warnings: 0,
        owner,
        clock_verdict: None,
        held: vec![],
        record: None,
        taken_back: None,
        not_theirs: None,
        former_owner: None,
    }
}

/// What is shown of an assignment that its own user made just now.
pub(crate) fn undo_offer() -> UndoOffer {
    UndoOffer {
        upload: UploadId("u1".into()),
        patient: Box::new(anna()),
        meter: identity("92500000042"),
        read_at: now(),
        assigned_at: now(),
        assigned_by: "Nurse Nora".into(),
        readings: 720,
        ends_ownership: true,
        is_at_platform: false,
        terms: UndoTerms::AtOnce,
    }
}

/// What is shown of a meter of Anna's that goes to Carla.
pub(crate) fn transfer_offer() -> TransferOffer {
    TransferOffer {
        from: Box::new(anna()),
        to: Box::new(carla()),
        model: "Accu-Chek Guide".into(),
        serial: Private::new("92500000042".into()),
        first_day: date(2026, 7, 1),
        in_force: Some(date(2026, 7, 1)),
        counts: TransferCounts { moved: 61, stayed: 655, unsure: 4 },
    }
}

/// What is shown of a meter of Anna's that came back.
pub(crate) fn ending_offer() -> EndingOffer {
    EndingOffer {
        patient: Box::new(anna()),
        model: "Accu-Chek Guide".into(),
        serial: Private::new("92500000042".into()),
        why: EndingReason::Returned,
        last_day: Some(date(2026, 7, 13)),
        counts: EndingCounts { in_record: 720, last: Some(date(2026, 7, 12)), kept: 4, free: 61, unsure: 2 },
    }
}

/// What is shown of an end that its own user made just now.
pub(crate) fn ending_undo_offer() -> EndingUndoOffer {
    EndingUndoOffer {
        patient: Box::new(anna()),
        model: "Contour Next".into(),
        serial: Private::new("C7711199".into()),
        why: EndingReason::Lost,
        last_day: Some(date(2026, 7, 1)),
        reason: "left on the bus".into(),
        ended_at: now(),
        ended_by: "Nurse Nora".into(),
        terms: UndoTerms::AtOnce,
    }
}

/// What the record has of a meter whose clock was reset on 10-Jul-2026: three readings of that time, two of before,
/// and one without a time.
pub(crate) fn correction_offer() -> CorrectionOffer {
    let reading = |place: u32, time: DateTime, value: u32| TimedReading {
        time,
        shown: time,
        read_at: date(2026, 7, 14).at(10, 0, 0, 0),
        missing_at: None,
        last_read: 1,
        place,
        clock_run: 0,
        is_doubted: false,
        kind: Kind::Blood,
        measured: Measured::Value(Concentration::mg_per_dl(value)),
    };
    let readings = vec![
        reading(2, date(2020, 1, 1).at(7, 30, 12, 0), 99),
        reading(3, date(2020, 1, 2).at(0, 0, 0, 0), 110),
        reading(4, date(2020, 1, 3).at(23, 20, 0, 0), 120),
        reading(0, date(2026, 7, 9).at(8, 0, 0, 0), 140),
        reading(1, date(2026, 7, 9).at(21, 15, 0, 0), 150),
    ];
    CorrectionOffer {
        upload: UploadId("u13".into()),
        patient: Box::new(anna()),
        meter: identity("92500000042"),
        span: readings.first().zip(readings.last()).map(|(first, last)| (first.time, last.time)),
        readings,
        undated: 1,
        standing: vec![],
        reach: CorrectionReach::Here,
    }
}

/// A page of the clinic's patients: three of them, or nobody whose meter waits. More follow behind the
/// first page of all.
pub(crate) fn population(query: &PopulationQuery) -> PopulationPage {
    let row = |patient: Patient, day: i8, low: u32| PopulationRow {
        patient: Patient { last_upload: Some(now()), ..patient },
        last_reading: Some(date(2026, 7, day).at(7, 10, 0, 0)),
        low,
        very_low: low / 2,
        high: 2 * low,
        waiting: 0,
    };
    let never = PopulationRow { last_reading: None, waiting: 1, ..row(berta(), 1, 0) };
    let never = PopulationRow { patient: Patient { last_upload: None, ..never.patient.clone() }, ..never };
    match (query.filter, &query.from) {
        (PopulationFilter::All, None) => {
            let next = Some(PageCursor("more".to_owned()));
            PopulationPage { rows: vec![row(anna(), 14, 3), row(carla(), 2, 0)], next, known_only: false }
        }
        (PopulationFilter::All, Some(_)) => PopulationPage { rows: vec![never], next: None, known_only: false },
        (PopulationFilter::WithWaiting, _) => PopulationPage::default(),
        _ => PopulationPage { rows: vec![row(anna(), 14, 3)], next: None, known_only: true },
    }
}

pub(crate) fn download(completeness: Completeness) -> Download {
    Download {
        meter: identity("92500000042"),
        clock: None,
        announced: Some(720),
        completeness,
        readings: vec![],
        not_taken: Vec::new(),
        warnings: vec![],
        transcript: vec![],
    }
}

pub(crate) fn attachment(id: u64) -> Attachment {
    Attachment {
        id: AttachmentId(id),
        name: "Accu-Chek Guide".into(),
        family: Family::AccuChek,
        connection: "USB".into(),
        access: Access::Open,
        cable: None,
        bridge: None,
    }
}

/// A generic cable with this serial number, behind which any meter may hang.
pub(crate) fn cable(id: u64, serial: &str) -> Attachment {
    Attachment {
        id: AttachmentId(id),
        name: "USB serial cable (FTDI)".into(),
        family: Family::Other,
        connection: "serial port ttyUSB0".into(),
        access: Access::Open,
        cable: CableKey::new("0403:6001", Some(serial), None),
        bridge: Some(Bridge::SerialCable),
    }
}

pub(crate) fn guides() -> Vec<MeterGuide> {
    let guide = |name: &str, family, driver: &str, generic| MeterGuide {
        slug: name.to_lowercase().replace(' ', "-"),
        name: name.into(),
        other_names: vec![],
        family,
        driver: driver.into(),
        cable: "micro-USB cable that carries data".into(),
        steps: vec!["Switch the meter off.".into(), "Plug the cable into the meter, then into this computer.".into()],
        bridge: generic,
    };
    vec![
        guide("Accu-Chek Guide", Family::AccuChek, "accu-chek-usb", None),
        guide("Accu-Chek Instant", Family::AccuChek, "accu-chek-usb", None),
        guide("OneTouch Ultra 2", Family::Other, "onetouch-ultra2", Some(Bridge::SerialCable)),
        guide("SD CodeFree", Family::Other, "sd-codefree", Some(Bridge::SerialCable)),
    ]
}

pub(crate) fn dashboard(patient: Patient, period: Period) -> Dashboard {
    Dashboard {
        patient,
        period,
        until: date(2026, 7, 14),
        unit: glucodock::domain::glucose::Unit::MgPerDl,
        low_high: LowHighPolicy::default(),
        meals: MealFilter::default(),
        summary: Summary::default(),
        curves: None,
        in_curves: 0,
        behind: None,
        trend: vec![],
        patterns: vec![],
        before: Summary::default(),
        total_readings: 720,
        last_reading: None,
        left_out: glucodock::domain::left_out::LeftOut::default(),
        readings: vec![],
        readings_before: vec![],
        limits: vec![],
        stand_ins: [vec![], vec![]],
        uploads: vec![],
        meters: vec![],
        origin: RecordOrigin::Here,
        elsewhere: vec![],
        mark: ChangeMark::default(),
    }
}

/// A line of the store's count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    Begun,
    Mismatch,
}

/// The app, with every question but reading a meter answered at once by a small clinic.
pub(crate) struct Clinic {
    pub(crate) model: Model,
    pub(crate) owner: Owner,
    /// How many readings of the meter are new, where it is not all.
    pub(crate) new_readings: Option<u32>,
    /// The meter's clock, where it is not nearly right.
    pub(crate) meter_clock: Option<jiff::civil::DateTime>,
    /// Who has the meter's readings already.
    pub(crate) holders: Vec<Holding>,
    /// What becomes of an answer to a question about an upload.
    pub(crate) answered: Result<(), Problem>,
    /// What is odd about the meter's readings.
    pub(crate) oddities: Result<Vec<Oddity>, Problem>,
    /// What was said of who uses it.
    pub(crate) uses_said: Vec<UseAnswer>,
    /// Where a reading is from.
    pub(crate) sources: Result<Vec<ReadingSource>, Problem>,
    /// Up to where somebody has changed the record that is shown, if somebody has.
    pub(crate) changed: Result<Option<ChangeMark>, Problem>,
    /// What becomes of an export.
    pub(crate) exported: Result<(), Problem>,
    pub(crate) look_alikes: Result<Vec<LookAlike>, Problem>,
    /// What somebody who is not similar would answer as well.
    pub(crate) shared: Shared,
    pub(crate) waiting: Vec<Upload>,
    /// Whether a search finds only who is known here, because the care platform does not answer.
    pub(crate) known_only: bool,
    /// What the care platform has not recorded.
    pub(crate) undelivered: Vec<Undelivered>,
    /// Who was noted as a new patient.
    pub(crate) noted_people: Vec<NotedPerson>,
    /// What comes of the question about somebody who was noted.
    pub(crate) about_noted: Result<NotedEvent, Problem>,
    pub(crate) assign: Result<AssignmentResult, Problem>,
    /// What undoing it would do.
    pub(crate) undo_offer: Result<UndoOffer, Problem>,
    /// What comes of undoing it.
    pub(crate) undone: Result<Undone, Problem>,
    /// What transferring a meter would do.
    pub(crate) transfer_offer: Result<TransferOffer, Problem>,
    /// What comes of it.
    pub(crate) transferred: Result<TransferCounts, Problem>,
    /// Wrong answers before a transfer.
    pub(crate) transfer_mismatches: Vec<PatientId>,
    /// What ending that a meter is somebody's would leave.
    pub(crate) ending_offer: Result<EndingOffer, Problem>,
    /// What comes of it.
    pub(crate) ended: Result<EndingCounts, Problem>,
    /// What undoing it would do.
    pub(crate) ending_undo_offer: Result<EndingUndoOffer, Problem>,
    /// What comes of that.
    pub(crate) end_undone: Result<(), Problem>,
    /// How many wrong answers there were before an end.
    pub(crate) ending_mismatches: u32,
    /// What the record has of a meter whose clock was wrong.
    pub(crate) correction_offer: Result<CorrectionOffer, Problem>,
    /// What comes of correcting its times, and of undoing that.
    pub(crate) times_moved: Result<TimesMoved, Problem>,
    /// What becomes of an entry in the audit trail.
    pub(crate) noted: Result<(), Problem>,
    /// What the platform says that it withholds.
    pub(crate) withheld: Result<Vec<Withheld>, Problem>,
    pub(crate) role: Role,
    /// Why nobody is signed in, whatever the password.
    pub(crate) sign_in_problem: Option<ProblemCode>,
    /// What the platform has of whoever is to be confirmed; as selected, and the meter nobody's, where nothing is set.
    pub(crate) at_platform: Option<Result<PlatformCheck, Problem>>,
    /// Whether its patients are of a care platform's directory, which is told what is decided here.
    pub(crate) is_remote: bool,
    /// How that platform takes it.
    pub(crate) delivery: Result<FollowedDelivery, Problem>,
    /// Which model was read last through which cable.
    pub(crate) cables: Result<BTreeMap<CableKey, String>, Problem>,
    /// What is not answered at once but held, see [`Clinic::release`].
    pub(crate) holds: fn(&Effect) -> bool,
    /// What was asked and is held.
    pub(crate) held: Vec<Effect>,
    /// How many downloads were put into quarantine. They get the ids u1, u2 ...
    pub(crate) kept: usize,
    /// The serial numbers of the meters that are read, by the number of their read; the usual one where there is none.
    pub(crate) serials: Vec<&'static str>,
    /// Whose record which upload is in.
    pub(crate) records: BTreeMap<UploadId, Patient>,
    /// Whose answers were wrong, and who was looked at, in order.
    pub(crate) attempts: Vec<(PatientId, Attempt)>,
    /// Everything that was asked, in order.
    pub(crate) asked: Vec<Effect>,
}

impl Clinic {
    pub(crate) fn new() -> Self {
        let (model, effects) = Model::new(AppSetup {
            site: "Demo Clinic".into(),
            at: now(),
            zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
            keymap: Keymap::embedded().unwrap(),
            nonce: "test".into(),
            guides: guides(),
            demo: vec![],
            demo_logins: vec![],
            has_usb: true,
            signs_in_by_code: false,
            version: "0.0.1",
            log: Some("/home/station/.local/state/glucodock/log".into()),
            exports: ExportTarget { folder: "/media/station/exports".into(), paper: Paper::A4 },
            unit: None,
            scanner: glucodock::domain::scanned_code::ScannerRules::default(),
            locks_after: None,
        });
        assert!(effects.is_empty());
        Self {
            model,
            owner: Owner::Nobody,
            new_readings: None,
            meter_clock: None,
            holders: vec![],
            answered: Ok(()),
            oddities: Ok(vec![]),
            uses_said: vec![],
            sources: Ok(vec![]),
            changed: Ok(None),
            exported: Ok(()),
            look_alikes: Ok(vec![]),
            shared: Shared::Nothing,
            waiting: vec![],
            undelivered: vec![],
            noted_people: vec![],
            about_noted: Ok(NotedEvent::Created(anna().id)),
            known_only: false,
            assign: Ok(AssignmentResult { new: 720, already_there: 0 }),
            undo_offer: Ok(undo_offer()),
            undone: Ok(Undone { readings: 720, ended_ownership: true }),
            transfer_offer: Ok(transfer_offer()),
            transferred: Ok(transfer_offer().counts),
            transfer_mismatches: vec![],
            ending_offer: Ok(ending_offer()),
            ended: Ok(ending_offer().counts),
            ending_undo_offer: Ok(ending_undo_offer()),
            end_undone: Ok(()),
            ending_mismatches: 0,
            correction_offer: Ok(correction_offer()),
            times_moved: Ok(TimesMoved { readings: 3 }),
            noted: Ok(()),
            withheld: Ok(Vec::new()),
            sign_in_problem: None,
            role: Role::Assistant,
            at_platform: None,
            is_remote: false,
            delivery: Ok(FollowedDelivery {
                standing: Some(DeliveryStanding::InTheRecord),
                owner: None,
                ..FollowedDelivery::default()
            }),
            cables: Ok(BTreeMap::new()),
            holds: |_| false,
            held: vec![],
            kept: 0,
            serials: vec![],
            records: BTreeMap::new(),
            attempts: vec![],
            asked: vec![],
        }
    }

    /// Signed in, at the first step.
    pub(crate) fn signed_in() -> Self {
        let mut clinic = Self::new();
        clinic.sign_in();
        clinic
    }

    pub(crate) fn sign_in(&mut self) {
        self.sign_in_as("nurse");
    }

    pub(crate) fn sign_out(&mut self) {
        self.keys([Key::Function(10), Key::End, Key::Up, Key::Enter]);
        assert_eq!(self.step(), "sign_in");
    }

    pub(crate) fn sign_in_as(&mut self, login: &str) {
        self.text(login);
        self.keys([Key::Enter]);
        self.text("secret");
        self.keys([Key::Enter]);
        assert_eq!(self.step(), "find_patient");
    }

    pub(crate) fn event(&mut self, event: Event) {
        // Time goes on after what a test let happen later.
        self.event_at(event, self.model.at.max(now()));
    }

    pub(crate) fn event_at(&mut self, event: Event, at: Timestamp) {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            let (model, effects) = update(self.model.clone(), event, at);
            self.model = model;
            for effect in effects {
                if (self.holds)(&effect) {
                    self.held.push(effect.clone());
                } else {
                    events.extend(self.answer(&effect));
                }
                self.asked.push(effect);
            }
        }
    }

    /// Answers what was held, as the clinic is now.
    pub(crate) fn release(&mut self) {
        for effect in std::mem::take(&mut self.held) {
            if let Some(event) = self.answer(&effect) {
                self.event(event);
            }
        }
    }

    pub(crate) fn keys(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.event(Event::Key(key));
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.keys(text.chars().map(Key::Char));
    }

    /// Plugs a meter in and answers its read.
    pub(crate) fn plug_and_read(&mut self, completeness: Completeness) {
        self.event(Event::MeterArrived(attachment(1)));
        let ticket = self.read_ticket().expect("a meter that arrives is read");
        self.event(Event::ReadProgress { ticket, done: 720, of: Some(720) });
        self.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(Box::new(download(completeness)))) });
    }

    /// The ticket of the last read that was asked for.
    pub(crate) fn read_ticket(&self) -> Option<Ticket> {
        self.asked.iter().rev().find_map(|effect| match effect {
            Effect::Ask(ticket, Request::For(_, Task::ReadMeter { .. })) => Some(*ticket),
            _ => None,
        })
    }

    /// What a remark says that something went wrong, whose reason the details tell.
    pub(crate) fn told_wrong(&self) -> Option<TextKey> {
        let remark = self.model.remark.as_ref()?;
        let problem = remark.problem()?;
        assert!(problems::shown(&self.model).contains(&problem), "{remark:?}");
        Some(remark.words())
    }

    pub(crate) fn step(&self) -> &'static str {
        self.model.working().map_or("sign_in", |working| working.step.name())
    }

    /// Goes on to the confirm screen for Anna's meter.
    pub(crate) fn go_to_confirm_assignment(&mut self) {
        self.text("mul");
        self.keys([Key::Down, Key::Enter]);
        self.plug_and_read(Completeness::Complete);
        self.keys([Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
        assert_eq!(self.step(), "confirm_assignment");
    }

    /// Goes back to the search and on to the selection of the patient of Anna's meter.
    pub(crate) fn go_to_select(&mut self) {
        self.keys([Key::Control('u')]);
        self.text("mul");
        self.keys([Key::Down, Key::Enter]);
        self.plug_and_read(Completeness::Complete);
        self.keys([Key::Enter, Key::Tab, Key::Enter]);
        assert_eq!(self.step(), "select_patient");
    }

    fn upload(&self, id: &str) -> Upload {
        let mut upload = upload(self.owner.clone());
        if let (Some(meter), Some(clock)) = (self.meter_clock, &mut upload.clock) {
            clock.meter = meter;
        }
        let number = id.strip_prefix('u').and_then(|number| number.parse::<usize>().ok());
        if let Some(serial) = number.and_then(|number| self.serials.get(number - 1)) {
            upload.meter = identity(serial);
        }
        let id = UploadId(id.to_owned());
        let record = self.records.get(&id).cloned().map(Box::new);
        if let (Some(patient), Owner::Nobody) = (&record, &upload.owner) {
            upload.owner = Owner::Patient(patient.clone());
        }
        let new_readings = self.new_readings.unwrap_or(upload.new_readings);
        Upload { id, held: self.holders.clone(), record, new_readings, ..upload }
    }

    /// What waits: what was waiting from the start, and what was read since and is in no record.
    fn pending(&self) -> Vec<Upload> {
        let read = (1..=self.kept).map(|number| self.upload(&format!("u{number}")));
        let read = read.filter(|upload| self.waiting.iter().all(|waiting| waiting.id != upload.id));
        self.waiting.iter().cloned().chain(read).filter(|upload| !self.records.contains_key(&upload.id)).collect()
    }

    /// Whether something is odd of which nobody has said anything.
    fn asks_who_uses(&self) -> bool {
        self.oddities.as_ref().is_ok_and(|odd| !odd.is_empty() && self.uses_said.iter().all(|said| said.about != *odd))
    }

    /// How a person stands to the one upload.
    fn standing(&self, patient: &PatientId) -> IdentityStanding {
        let is_mismatch = |(who, what): &&(PatientId, Attempt)| who == patient && *what == Attempt::Mismatch;
        let count = self.attempts.iter().filter(is_mismatch).count();
        let since = self.attempts.iter().rev().take_while(|line| !is_mismatch(line));
        IdentityStanding::after(u32::try_from(count).unwrap(), since.into_iter().any(|(who, _)| who != patient))
    }

    /// Everybody whom a search finds.
    fn people(&self) -> [Patient; 3] {
        let mut people = [anna(), berta(), carla()];
        for patient in people.iter_mut().filter(|_| self.is_remote) {
            patient.id = PatientId(format!("Patient/{}", patient.id.0));
        }
        people
    }

    /// Notes somebody, or what happens to them.
    fn about(&mut self, key: IdempotencyKey, what: NotedTask) -> EffectResult {
        let event = match what {
            NotedTask::Note(new) => {
                let person = NotedPerson { key, new, since: now(), standing: NotedStanding::Waiting };
                self.noted_people.push(person.clone());
                return EffectResult::NotedPerson(self.noted.clone().map(|()| Box::new(person)));
            }
            NotedTask::Ask if self.known_only => {
                return EffectResult::NotedPerson(Err(Problem::new(ProblemCode::PlatformUnreachable, "silent")));
            }
            NotedTask::Ask => {
                let told = self.about_noted.clone().map(|event| Box::new(self.happened(&key, event)));
                return EffectResult::NotedPerson(told);
            }
            NotedTask::Create(_) => {
                self.happened(&key, NotedEvent::Created(anna().id));
                return EffectResult::Created(Ok(Box::new(anna())));
            }
            NotedTask::TakeAs(patient) => NotedEvent::TakeAs(patient),
            NotedTask::Drop => NotedEvent::Drop,
        };
        self.happened(&key, event);
        EffectResult::Noted(self.noted.clone())
    }

    fn happened(&mut self, key: &IdempotencyKey, event: NotedEvent) -> NotedPerson {
        let person = self.noted_people.iter_mut().find(|person| person.key == *key).unwrap();
        person.standing = person.standing.after(event).unwrap();
        let now = person.clone();
        self.noted_people.retain(|person| person.standing.is_open());
        now
    }

    /// It is delivered at once; whether it was not.
    fn send_again(&mut self, key: &IdempotencyKey) -> bool {
        let before = self.undelivered.len();
        self.undelivered.retain(|item| item.key != *key);
        self.undelivered.len() < before
    }

    fn answer(&mut self, effect: &Effect) -> Option<Event> {
        let (ticket, answer) = match effect {
            Effect::Ask(ticket, Request::For(_, Task::Station(task))) => (ticket, self.answer_of_station(task)),
            Effect::Ask(ticket, Request::For(_, Task::Platform(task))) => (ticket, self.answer_of_platform(task)),
            Effect::Ask(ticket, Request::For(_, Task::AboutTimes(task))) => {
                (ticket, EffectResult::Times(self.about_times(task)))
            }
            Effect::Ask(ticket, Request::For(_, Task::AboutEnding(task))) => {
                (ticket, EffectResult::Ending(self.about_ending(task)))
            }
            Effect::Ask(ticket, Request::SignIn { credentials }) => (ticket, self.signed_in_as(credentials)),
            Effect::Ask(ticket, Request::For(_, Task::AboutNoted { key, what })) => {
                (ticket, self.about(key.clone(), what.clone()))
            }
            Effect::Ask(ticket, Request::For(_, Task::Export(order))) => {
                let written = |()| {
                    let file = format!("glucodock-20260714-100000.{}", order.kind.extension());
                    let readings = u32::try_from(order.dashboard.shown_count()).unwrap();
                    Box::new(WrittenExport { file: file.as_str().into(), kind: order.kind, readings, bytes: 4096 })
                };
                (ticket, EffectResult::Exported(self.exported.clone().map(written)))
            }
            Effect::Ask(ticket, Request::RecallCable { cable }) => {
                (ticket, EffectResult::Recalled(self.cables.clone().map(|cables| cables.get(cable).cloned())))
            }
            Effect::Ask(ticket, Request::RememberCable { cable, model }) => {
                let noted = self.cables.as_mut().map(|cables| drop(cables.insert(cable.clone(), model.clone())));
                (ticket, EffectResult::Noted(noted.map_err(|problem| problem.clone())))
            }
            Effect::Ask(_, Request::BeginSignIn | Request::SignInByCode { .. }) => panic!("this site has passwords"),
            Effect::Ask(_, Request::For(_, Task::ReadMeter { .. }))
            | Effect::Do(
                Command::CancelRead { .. }
                | Command::GiveUp { .. }
                | Command::HurryDelivery
                | Command::ToggleDemoMeter { .. },
            )
            | Effect::Engine(ToEngine::Repaint | ToEngine::Quit) => return None,
        };
        Some(Event::EffectDone { ticket: *ticket, answer })
    }

    fn about_times(&self, task: &TimesTask) -> TimesAnswer {
        match task {
            TimesTask::LoadOffer { .. } => TimesAnswer::Offer(self.correction_offer.clone().map(Box::new)),
            TimesTask::Correct { .. } => TimesAnswer::Corrected(self.times_moved.clone()),
            TimesTask::Undo { .. } => TimesAnswer::Undone(self.times_moved.clone()),
        }
    }

    fn about_ending(&mut self, task: &EndingTask) -> EndingAnswer {
        match task {
            EndingTask::LoadOffer { plan } => {
                let offer = |offer| Box::new(EndingOffer { why: plan.why, last_day: plan.last_day, ..offer });
                EndingAnswer::Offer(self.ending_offer.clone().map(offer))
            }
            EndingTask::BeginCheck { .. } => {
                let standing = IdentityStanding::after(self.ending_mismatches, false);
                let check = |look_alikes| Box::new(IdentityCheck { standing, look_alikes, shared: self.shared });
                EndingAnswer::Check(self.look_alikes.clone().map(check))
            }
            EndingTask::NoteMismatch { .. } => EndingAnswer::Standing(self.noted.clone().map(|()| {
                self.ending_mismatches += 1;
                IdentityStanding::after(self.ending_mismatches, false)
            })),
            EndingTask::End { .. } => EndingAnswer::Ended(self.ended.clone()),
            EndingTask::LoadUndoOffer { .. } => EndingAnswer::UndoOffer(self.ending_undo_offer.clone().map(Box::new)),
            EndingTask::Undo { .. } => EndingAnswer::Undone(self.end_undone.clone()),
        }
    }

    fn answer_of_platform(&mut self, task: &PlatformTask) -> EffectResult {
        match task {
            PlatformTask::SearchPatients { query, .. } => {
                let has_it = |patient: &Patient| {
                    patient.identifiers.iter().any(|number| squeeze(number.value.expose().as_str()) == squeeze(query))
                };
                let hits = self
                    .people()
                    .into_iter()
                    .filter(|own| query.starts_with("mu") || (!self.known_only && has_it(own)))
                    .collect();
                let page = SearchPage { patients: hits, next: None, known_only: self.known_only };
                EffectResult::Found(Ok(page))
            }
            PlatformTask::LoadWithheld => EffectResult::Withheld(self.withheld.clone()),
            PlatformTask::FindLookAlikes { .. } => {
                let known_only = self.known_only;
                let found = self.look_alikes.clone().map(|alike| ComparedPeople { alike, known_only });
                EffectResult::LookAlikes(found)
            }
            PlatformTask::CreatePatient { new, .. } => {
                let mut created = anna();
                created.family = new.family.clone();
                EffectResult::Created(Ok(Box::new(created)))
            }
            PlatformTask::CheckAtPlatform { patient, .. } => {
                let there = self.people().into_iter().find(|known| known.id == *patient);
                let as_selected = Ok(PlatformCheck { patient: there, owner: None });
                let check = self.at_platform.clone().unwrap_or(as_selected);
                EffectResult::PlatformCheck(check.map(Box::new))
            }
            PlatformTask::FollowDelivery { .. } => self.followed(),
            PlatformTask::LoadDashboard { period, until, .. } => {
                let mut shown = dashboard(anna(), *period);
                shown.until = until.unwrap_or(shown.until);
                if self.known_only {
                    shown.origin = RecordOrigin::WithoutPlatform;
                } else if self.is_remote {
                    shown.origin =
                        RecordOrigin::Platform { elsewhere: 0, unconfirmed: 0, extent: RecordExtent::Whole, at: now() };
                }
                EffectResult::Dashboard(Ok(Box::new(shown)))
            }
            PlatformTask::EndSignIn => EffectResult::Noted(self.noted.clone()),
        }
    }

    fn answer_of_station(&mut self, task: &StationTask) -> EffectResult {
        match task {
            StationTask::LoadRecents => EffectResult::Recents(Ok(vec![carla()])),
            StationTask::LoadWorkList => self.work_list(),
            StationTask::Release { key, .. } => {
                EffectResult::Released(self.noted.clone().map(|()| self.send_again(key)))
            }
            StationTask::Quarantine { .. } => {
                self.kept += 1;
                EffectResult::Quarantined(Ok(Box::new(self.upload(&format!("u{}", self.kept)))))
            }
            StationTask::LoadUpload { upload, .. } => EffectResult::Upload(Ok(Box::new(self.upload(&upload.0)))),
            StationTask::BeginIdentityCheck { patient, .. } => {
                self.attempts.push((patient.clone(), Attempt::Begun));
                let standing = self.standing(patient);
                let check = |look_alikes| Box::new(IdentityCheck { standing, look_alikes, shared: self.shared });
                let check = self.look_alikes.clone().map(check);
                EffectResult::IdentityCheck(check)
            }
            StationTask::NoteMismatch { patient, .. } => {
                let noted = self.noted.clone().map(|()| {
                    self.attempts.push((patient.clone(), Attempt::Mismatch));
                    self.standing(patient)
                });
                EffectResult::Standing(noted)
            }
            StationTask::AnswerIntake { upload, .. } => {
                EffectResult::Upload(self.answered.clone().map(|()| Box::new(self.upload(&upload.0))))
            }
            StationTask::LookAtUse { .. } => EffectResult::Oddities(self.oddities.clone()),
            StationTask::AnswerUse { answer, .. } => {
                let kept = self.answered.clone().map(|()| Box::new(self.upload(&answer.upload.0)));
                if kept.is_ok() {
                    self.uses_said.push((**answer).clone());
                }
                EffectResult::Upload(kept)
            }
            StationTask::Assign { .. } if self.asks_who_uses() => {
                EffectResult::Assigned(Err(Problem::new(ProblemCode::UseUnanswered, "unanswered")))
            }
            StationTask::Assign { assignment, .. } => {
                if self.assign.is_ok() {
                    let patient = self.people().into_iter().find(|patient| patient.id == assignment.patient).unwrap();
                    self.records.insert(assignment.upload.clone(), patient);
                }
                EffectResult::Assigned(self.assign.clone())
            }
            StationTask::LoadSources { .. } => EffectResult::Sources(self.sources.clone()),
            StationTask::LookForChange { .. } => EffectResult::LookedForChange(self.changed.clone()),
            StationTask::LoadPopulation { query } => EffectResult::Population(Ok(Box::new(population(query)))),
            StationTask::LoadUndoOffer { .. } => EffectResult::UndoOffer(self.undo_offer.clone().map(Box::new)),
            StationTask::Undo { request } => {
                if self.undone.is_ok() {
                    self.records.remove(&request.upload);
                    self.waiting.push(Upload { taken_back: Some(TakenBack::Undone), ..upload(Owner::Nobody) });
                }
                EffectResult::Undone(self.undone.clone())
            }
            StationTask::Transfer(task) => EffectResult::Transfer(self.answer_of_transfer(task)),
            StationTask::Remember { .. } | StationTask::SignOut | StationTask::Audit { .. } => {
                EffectResult::Noted(self.noted.clone())
            }
        }
    }

    fn answer_of_transfer(&mut self, task: &TransferTask) -> TransferReply {
        let standing = |mismatches: &[PatientId], id: &PatientId| {
            let wrong = mismatches.iter().filter(|wrong| *wrong == id).count();
            IdentityStanding::after(u32::try_from(wrong).unwrap(), false)
        };
        match task {
            TransferTask::LoadOffer { plan } => {
                let offer = |offer| {
                    Box::new(TransferOffer { first_day: plan.first_day, in_force: Some(plan.first_day), ..offer })
                };
                TransferReply::Offer(self.transfer_offer.clone().map(offer))
            }
            TransferTask::BeginChecks { to, .. } => {
                let check = |id| {
                    let standing = standing(&self.transfer_mismatches, id);
                    let look_alikes = self.look_alikes.clone();
                    look_alikes.map(|look_alikes| IdentityCheck { standing, look_alikes, shared: self.shared })
                };
                let checks = check(&anna().id).and_then(|from| Ok(TransferChecks { from, to: check(to)? }));
                TransferReply::Checks(checks.map(Box::new))
            }
            TransferTask::NoteMismatch { patient, .. } => TransferReply::Standing(self.noted.clone().map(|()| {
                self.transfer_mismatches.push(patient.clone());
                standing(&self.transfer_mismatches, patient)
            })),
            TransferTask::Move { .. } => TransferReply::Moved(self.transferred.clone()),
        }
    }

    fn signed_in_as(&self, credentials: &Credentials) -> EffectResult {
        let (id, name) = match credentials.login.expose().as_str() {
            "nurse" => ("1", "Nurse Nora"),
            _ => ("2", "Otto Other"),
        };
        let login = credentials.login.expose().clone();
        let user = User { id: id.into(), login, name: name.into(), role: self.role };
        if let Some(code) = self.sign_in_problem {
            return EffectResult::SignedIn(Err(Problem::new(code, "refused")));
        }
        let is_right = credentials.password.expose() == "secret";
        EffectResult::SignedIn(is_right.then_some(user).ok_or(Problem::new(ProblemCode::SignInRefused, "refused")))
    }

    fn work_list(&self) -> EffectResult {
        let (waiting, undelivered) = (self.pending(), self.undelivered.clone());
        EffectResult::WorkList(Ok(Box::new(WorkList { waiting, undelivered, noted: self.noted_people.clone() })))
    }

    fn followed(&mut self) -> EffectResult {
        let standing = self.delivery.as_ref().ok().and_then(|delivery| delivery.standing.as_ref());
        if matches!(standing, Some(DeliveryStanding::OwnedBy(_))) {
            // What was decided is taken back.
            self.records.clear();
        }
        EffectResult::Followed(self.delivery.clone().map(Box::new))
    }
}
