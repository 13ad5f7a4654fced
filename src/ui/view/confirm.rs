//! Step 5, confirm the assignment; the hard stop; and step 6, the success message.

use jiff::Timestamp;

use super::person::{identifier_facts, shows_identifiers};
use super::{StepPage, View, earlier_owner};
use crate::app::action::Action;
use crate::app::asked::Asked;
use crate::app::model::Working;
use crate::app::text_field::TextField;
use crate::app::wizard::confirm_assignment::{AssignmentFocus, AssignmentWork, ConfirmAssignment, IdentityNotice};
use crate::app::wizard::done::{Done, DoneFocus, Saying};
use crate::app::wizard::next_meter;
use crate::app::wizard::other_owner::OtherOwner;
use crate::app::wizard::scan::ScanMatch;
use crate::domain::association::{Owner, Relation, Whereabouts};
use crate::domain::delivery::{DeliveryStanding, KeptFromPlatform, WaitsBecause};
use crate::domain::identity_check::{Born, IdentityQuestion, Shared, Who};
use crate::domain::patient::Patient;
use crate::domain::taken_back::TakenBack;
use crate::domain::words::{TextKey, key};
use crate::ui::scene::{Block, Fact, InputField, TextRole};

pub(super) fn assignment(view: &View<'_>, step: &ConfirmAssignment) -> StepPage {
    let upload = &step.upload;
    let device = vec![
        view.fact(key::LABEL_DEVICE, upload.meter.model.to_string(), TextRole::Accent),
        view.serial_fact(&upload.meter, TextRole::Accent),
        view.fact(
            key::LABEL_READINGS,
            view.filled(key::COUNT_READINGS, &[("count", upload.counts.total().into())]),
            TextRole::Text,
        ),
    ];
    let question = step.question();
    let mut blocks = vec![
        Block::Facts { title: String::new(), facts: device },
        Block::Facts { title: String::new(), facts: facts_of_person(view, step, question) },
    ];
    match &step.check {
        Asked::Idle | Asked::Waiting(_) => {}
        Asked::Ready(check) => {
            let others = check.look_alikes.len().saturating_sub(1);
            let warn =
                |other| Block::Notice { role: TextRole::Warning, text: view.look_alike(other, others, question) };
            // One reason for what is asked is enough; who is similar is the one to look at.
            let shared = || shared(question, check.shared).map(|key| view.notice(TextRole::Warning, key));
            blocks.extend(check.look_alikes.first().map(warn).or_else(shared));
        }
        Asked::Failed(_) => blocks.push(view.notice(TextRole::Warning, key::LOOK_ALIKES_UNKNOWN)),
    }
    // Nothing that can be typed is right then. It is said before somebody has tried, and has been
    // counted.
    if question.who == Who::Identifier && step.patient.identifiers.is_empty() {
        blocks.push(view.notice(TextRole::Problem, key::IDENTITY_WITHOUT_IDENTIFIER));
    }
    // One of the two at a time, so that a small window shows all: what stops the way before what is to be known on it.
    let told = step.told.filter(|_| step.scanned != ScanMatch::Mismatch);
    blocks.extend(match step.scanned {
        ScanMatch::Mismatch => Some(view.notice(TextRole::Problem, key::SCAN_WRISTBAND_MISMATCH)),
        ScanMatch::Match if told.is_none() => Some(view.notice(TextRole::Ok, key::SCAN_WRISTBAND_MATCH)),
        ScanMatch::Match | ScanMatch::NotScanned => None,
    });
    match told {
        None => {}
        Some(IdentityNotice::Mismatch) => blocks.push(view.notice(TextRole::Problem, key::IDENTITY_MISMATCH)),
        Some(IdentityNotice::DateNeeded) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_DATE_NEEDED)),
        Some(IdentityNotice::DateUnclear) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_DATE_UNCLEAR)),
        Some(IdentityNotice::YearShort) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_YEAR_SHORT)),
        Some(IdentityNotice::AskedAnew) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_ASKED_ANEW)),
        Some(IdentityNotice::PersonChanged) => {
            blocks.push(view.notice(TextRole::Warning, key::IDENTITY_PERSON_CHANGED));
        }
        Some(IdentityNotice::WasUndone) => blocks.push(match step.upload.taken_back {
            Some(TakenBack::UndoneBut(stay)) => {
                let text = view.filled(key::IDENTITY_WAS_UNDONE_BUT, &[("count", stay.into())]);
                Block::Notice { role: TextRole::Warning, text }
            }
            _ => view.notice(TextRole::Warning, key::IDENTITY_WAS_UNDONE),
        }),
        Some(IdentityNotice::TakenOff) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_TAKEN_OFF)),
        Some(IdentityNotice::EndUndone) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_END_UNDONE)),
        Some(IdentityNotice::OwnerMerged) => blocks.push(view.notice(TextRole::Warning, key::IDENTITY_OWNER_MERGED)),
    }
    blocks.extend(earlier_owner::said(view, upload, &step.patient));
    blocks.extend(fields(view, step, question));
    match &step.work {
        AssignmentWork::Idle | AssignmentWork::Noting(_) => {}
        AssignmentWork::Checking => blocks.push(view.notice(TextRole::Accent, key::LOOKING_FOR_LOOK_ALIKES)),
        AssignmentWork::Assigning(_) => blocks.push(view.notice(TextRole::Accent, key::ASSIGNING)),
        AssignmentWork::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    blocks.push(view.buttons(&[
        (key::BUTTON_CONFIRM_ASSIGNED_DEVICE, step.focus == AssignmentFocus::Confirm),
        (key::BUTTON_BACK, step.focus == AssignmentFocus::Back),
    ]));
    StepPage {
        step: "confirm_assignment",
        number: Some(5),
        heading: view.text(key::HEADING_CONFIRM_ASSIGNMENT),
        instruction: view.text(instruction(question)),
        blocks,
    }
}

/// What is to be asked and typed.
pub(super) const fn instruction(question: IdentityQuestion) -> TextKey {
    match (question.who, question.born) {
        (Who::Initials, Born::Year) => key::INSTRUCTION_CONFIRM_ASSIGNMENT,
        (Who::Initials, Born::Date) => key::INSTRUCTION_CONFIRM_ASSIGNMENT_DATE,
        (Who::InitialsOrIdentifier, Born::Year) => key::INSTRUCTION_CONFIRM_ASSIGNMENT_EITHER,
        (Who::InitialsOrIdentifier, Born::Date) => key::INSTRUCTION_CONFIRM_ASSIGNMENT_EITHER_DATE,
        (Who::Identifier, _) => key::INSTRUCTION_CONFIRM_ASSIGNMENT_IDENTIFIER,
    }
}

/// Why more is asked than initials and year, where it is because of somebody who is not similar.
pub(super) const fn shared(question: IdentityQuestion, shared: Shared) -> Option<TextKey> {
    match (shared, question.born) {
        (Shared::Year, Born::Date) => Some(key::IDENTITY_YEAR_IS_SHARED),
        (Shared::Date, _) => Some(key::IDENTITY_DATE_IS_SHARED),
        (Shared::Unknown, _) => Some(key::LOOK_ALIKES_UNKNOWN),
        (Shared::Nothing | Shared::Year, _) => None,
    }
}

/// The facts of the person but for those that are asked for: what is typed must not be a copy of the screen.
pub(super) fn asked_facts(view: &View<'_>, patient: &Patient, question: IdentityQuestion) -> Vec<Fact> {
    let asked = |label: String| Fact { label, value: view.text(key::ASKED_BELOW), role: TextRole::Dim };
    let mut facts = vec![
        view.fact(key::LABEL_PATIENT, patient.full_name(), TextRole::Accent),
        asked(view.text(key::LABEL_BORN)),
        view.fact(key::LABEL_GENDER, view.gender(patient.gender), TextRole::Text),
    ];
    if shows_identifiers(question) {
        facts.extend(identifier_facts(patient));
    } else {
        facts.extend(patient.identifiers.iter().map(|identifier| asked(identifier.label.to_string())));
    }
    facts
}

fn facts_of_person(view: &View<'_>, step: &ConfirmAssignment, question: IdentityQuestion) -> Vec<Fact> {
    let patient = &step.patient;
    let mut facts = asked_facts(view, patient, question);
    // Whoever is here is ACTIVE: nobody else can be selected.
    facts.push(if step.is_asking_platform() && patient.devices.is_empty() {
        // A hit of a search says nothing of meters.
        view.fact(key::LABEL_DEVICES, view.text(key::DEVICES_ASKED), TextRole::Dim)
    } else {
        view.devices_fact(patient)
    });
    facts
}

fn fields(view: &View<'_>, step: &ConfirmAssignment, question: IdentityQuestion) -> [Block; 2] {
    let field =
        |typed, focus| TypedField { typed, has_focus: step.focus == focus, is_missing: step.missing == Some(focus) };
    identity_fields(view, question, [field(&step.who, AssignmentFocus::Who), field(&step.born, AssignmentFocus::Born)])
}

/// A field in which somebody says who they are.
pub(super) struct TypedField<'a> {
    pub(super) typed: &'a TextField,
    pub(super) has_focus: bool,
    /// Whether it was to be acted on and is empty.
    pub(super) is_missing: bool,
}

/// The two fields for what is asked: who, and born when.
pub(super) fn identity_fields(view: &View<'_>, question: IdentityQuestion, fields: [TypedField<'_>; 2]) -> [Block; 2] {
    let missing = view.text(key::COMPLAINT_EMPTY);
    let field = |label: TextKey, example: TextKey, field: TypedField<'_>| {
        Block::Field(InputField {
            label: view.text(label),
            value: field.typed.text().to_owned(),
            cursor: field.has_focus.then(|| field.typed.cursor()),
            example: view.text(example),
            complaint: field.is_missing.then(|| missing.clone()),
            hidden: false,
            is_replaced: false,
        })
    };
    let (who, example_who) = match question.who {
        Who::Initials => (key::LABEL_INITIALS, key::EXAMPLE_INITIALS),
        Who::InitialsOrIdentifier => (key::LABEL_INITIALS_OR_IDENTIFIER, key::EXAMPLE_INITIALS_OR_IDENTIFIER),
        Who::Identifier => (key::LABEL_IDENTIFIER, key::EXAMPLE_IDENTIFIER),
    };
    let (born, example_born) = match question.born {
        Born::Year => (key::LABEL_BIRTH_YEAR, key::EXAMPLE_BIRTH_YEAR),
        Born::Date => (key::LABEL_BIRTH_DATE, key::EXAMPLE_BORN),
    };
    let [of_who, of_born] = fields;
    [field(who, example_who, of_who), field(born, example_born, of_born)]
}

pub(super) fn other_owner(view: &View<'_>, working: &Working, step: &OtherOwner) -> StepPage {
    let upload = &step.upload;
    if let Some(why) = step.closed {
        let facts = vec![
            view.fact(key::LABEL_DEVICE, upload.meter.model.to_string(), TextRole::Accent),
            view.serial_fact(&upload.meter, TextRole::Accent),
            view.fact(key::LABEL_BELONGS_TO, view.person_line(&step.patient), TextRole::Text),
        ];
        let blocks = vec![
            view.notice(TextRole::Problem, why),
            Block::Facts { title: String::new(), facts },
            Block::Text { role: TextRole::Text, text: view.text(key::RECORD_CLOSED_MEANING) },
            view.buttons(&[(key::BUTTON_BACK_TO_SEARCH, true)]),
        ];
        let (step, number) = ("other_owner", Some(2));
        let instruction = view.text(key::INSTRUCTION_OTHER_OWNER);
        return StepPage { step, number, heading: view.text(key::HEADING_RECORD_CLOSED), instruction, blocks };
    }
    let holder = upload.holder();
    let holder = holder
        .map_or_else(|| view.text(key::OWNER_NOT_TOLD), |holder| view.other_person(holder, working.session.user.role));
    let is_in_a_record = upload.whereabouts(Some(&step.patient.id)) == Whereabouts::InAnotherRecord;
    // A meter without a serial number belongs to nobody: only these readings are somebody's.
    // Theirs by more than a key, which another person may have at a server that was set up anew.
    let is_of_patient = upload.record.is_some() && upload.owner.relation(&step.patient) == Relation::Same;
    let is_the_meter = upload.owner != Owner::Unidentifiable && !is_of_patient;
    let (heading, notice, label) = if is_the_meter {
        (key::HEADING_OTHER_OWNER, key::BELONGS_TO_ANOTHER, key::LABEL_BELONGS_TO)
    } else {
        (key::HEADING_OTHER_RECORD, key::RECORDED_FOR_ANOTHER, key::LABEL_RECORDED_FOR)
    };
    let (instruction, meaning) = match (is_in_a_record, upload.adds_nothing()) {
        _ if upload.taken_back == Some(TakenBack::LostRace) => (key::INSTRUCTION_TAKEN_BACK, key::TAKEN_BACK_MEANING),
        _ if upload.holder().is_none() => (key::INSTRUCTION_OTHER_OWNER, key::OWNER_NOT_SHOWN_MEANING),
        (true, _) if is_of_patient => (key::INSTRUCTION_OTHER_OWNER, key::IN_PARTS_MEANING),
        (true, _) => (key::INSTRUCTION_OTHER_OWNER, key::IN_ANOTHER_RECORD_MEANING),
        (false, true) => (key::INSTRUCTION_OTHER_OWNER, key::NOTHING_NEW_FOR_ANOTHER_MEANING),
        (false, false) => (key::INSTRUCTION_OTHER_OWNER, key::BELONGS_TO_ANOTHER_MEANING),
    };
    let facts = vec![
        view.fact(key::LABEL_DEVICE, upload.meter.model.to_string(), TextRole::Accent),
        view.serial_fact(&upload.meter, TextRole::Accent),
        view.fact(label, holder, TextRole::Problem),
        view.fact(key::LABEL_PATIENT_IN_HAND, view.person_line(&step.patient), TextRole::Text),
    ];
    let mut said = vec![view.text(meaning)];
    if !is_of_patient && upload.taken_back != Some(TakenBack::LostRace) && upload.holder().is_some() {
        // What a care platform has of a meter is moved there.
        let is_here = is_the_meter
            && !step.patient.id.is_of_directory()
            && upload.holder().is_some_and(|it| !it.id.is_of_directory());
        said.push(if is_here {
            let key = view.model.keymap.label(Action::TransferMeter);
            view.filled(key::OTHER_OWNER_TRANSFER, &[("key", key.into())])
        } else {
            view.text(key::OTHER_OWNER_CANNOT_HERE)
        });
    }
    let blocks = vec![
        view.notice(TextRole::Problem, notice),
        Block::Facts { title: String::new(), facts },
        Block::Text { role: TextRole::Text, text: view.words.sentences(said) },
        view.buttons(&[(key::BUTTON_BACK_TO_SEARCH, true)]),
    ];
    StepPage {
        step: "other_owner",
        number: Some(2),
        heading: view.text(heading),
        instruction: view.text(instruction),
        blocks,
    }
}

pub(super) fn done(view: &View<'_>, working: &Working, step: &Done) -> StepPage {
    let more = next_meter::count(&step.patient, &view.model.panel, &working.waiting, &working.handled);
    let focus = step.focus(more > 0);
    let kept = step.delivery.kept();
    let is_all_kept = kept.is_some_and(KeptFromPlatform::is_all);
    // What is new here may be known at the platform: then it is not called new.
    let is_known = matches!(step.delivery.saying(), Saying::Stands(DeliveryStanding::AlreadyThere));
    let readings = if is_known && !is_all_kept {
        view.filled(key::READINGS_ALL_THERE, &[("count", (step.result.new + step.result.already_there).into())])
    } else {
        let values = [("new", step.result.new.into()), ("already", step.result.already_there.into())];
        view.filled(key::READINGS_ADDED, &values)
    };
    let message = match (step.was_known, &step.upload.owner) {
        (_, Owner::Unidentifiable) if step.result.new == 0 => key::READINGS_WERE_THERE,
        (_, Owner::Unidentifiable) => key::READINGS_ASSIGNED,
        (true, _) => key::DEVICE_KNOWN,
        (false, _) => key::DEVICE_ASSIGNED,
    };
    let mut blocks = vec![
        Block::Notice {
            role: TextRole::Ok,
            text: view.filled(
                message,
                &[("model", step.upload.meter.model.as_str().into()), ("person", step.patient.full_name().into())],
            ),
        },
        Block::Facts {
            title: String::new(),
            facts: vec![
                view.fact(key::LABEL_READINGS, readings, TextRole::Accent),
                view.fact(key::LABEL_DEVICE, step.upload.meter.model.to_string(), TextRole::Text),
                view.serial_fact(&step.upload.meter, TextRole::Text),
                view.fact(key::LABEL_PATIENT, view.person_line(&step.patient), TextRole::Text),
            ],
        },
    ];
    blocks.extend(earlier_owner::left_out(view, &step.upload, &step.patient));
    if let Saying::Stands(DeliveryStanding::Waits { since, because }) = step.delivery.saying() {
        blocks.push(why_it_waits(view, *since, because));
    }
    if let Some(KeptFromPlatform { kept, .. }) = kept.filter(|_| !is_all_kept) {
        let text = view.filled(key::DONE_KEPT_SOME, &[("kept", kept.into())]);
        blocks.push(Block::Notice { role: TextRole::Accent, text });
    }
    if view.model.panel.plug_of(&step.upload.id).is_some() {
        blocks.push(Block::Text { role: TextRole::Text, text: view.text(key::UNPLUG_NOW) });
    }
    let mut buttons = vec![
        (key::BUTTON_GO_TO_DASHBOARD, focus == DoneFocus::Dashboard),
        (key::BUTTON_NEXT_PATIENT, focus == DoneFocus::NextPatient),
    ];
    if more > 0 {
        let keymap = &view.model.keymap;
        let values = [
            ("count", more.into()),
            ("key", keymap.label(Action::WaitingMeters).into()),
            ("other", keymap.label(Action::NextPatient).into()),
        ];
        blocks.push(Block::Notice { role: TextRole::Warning, text: view.filled(key::MORE_METERS_WAIT, &values) });
        buttons.push((key::BUTTON_NEXT_METER, focus == DoneFocus::NextMeter));
    }
    blocks.push(view.buttons(&buttons));
    StepPage {
        step: "done",
        number: Some(6),
        heading: view.text(key::HEADING_DONE),
        instruction: view.text(if is_all_kept {
            key::INSTRUCTION_DONE_KEPT_ALL
        } else {
            where_it_is(&step.delivery.saying())
        }),
        blocks,
    }
}

/// Where the readings are: one of four things, or that it is not known yet.
const fn where_it_is(saying: &Saying<'_>) -> TextKey {
    match saying {
        Saying::InRecordHere => key::INSTRUCTION_DONE,
        Saying::Telling => key::INSTRUCTION_DONE_TELLING,
        Saying::SafeHere => key::INSTRUCTION_DONE_HERE,
        Saying::Stands(DeliveryStanding::InTheRecord) => key::INSTRUCTION_DONE_AT_PLATFORM,
        Saying::Stands(DeliveryStanding::AlreadyThere) => key::INSTRUCTION_DONE_WAS_THERE,
        Saying::Stands(DeliveryStanding::Waits { .. }) => key::INSTRUCTION_DONE_WAITS,
        Saying::Stands(DeliveryStanding::OwnedBy(_)) => key::INSTRUCTION_TAKEN_BACK,
        Saying::Stands(DeliveryStanding::Undone) => key::INSTRUCTION_DONE_UNDONE,
    }
}

/// Why it is not at the care platform yet.
pub(super) fn why_it_waits(view: &View<'_>, since: Timestamp, because: &WaitsBecause) -> Block {
    let since = ("since", view.moment(since).into());
    let (role, text) = match because {
        WaitsBecause::NotSentYet | WaitsBecause::UnderWay => {
            (TextRole::Accent, view.filled(key::WAITS_FOR_ITS_TURN, &[since]))
        }
        WaitsBecause::Unanswered(_) => (TextRole::Warning, view.filled(key::WAITS_UNANSWERED, &[since])),
        WaitsBecause::PutOff(_) => (TextRole::Warning, view.filled(key::WAITS_PUT_OFF, &[since])),
        WaitsBecause::NotAllowed(why) => {
            (TextRole::Warning, view.filled(key::WAITS_NOT_ALLOWED, &[since, ("why", why.as_str().into())]))
        }
        WaitsBecause::Refused(why) | WaitsBecause::Behind(why) => {
            let values = [since, ("why", why.as_str().into())];
            let is_own = matches!(because, WaitsBecause::Refused(_));
            let key = if is_own { key::WAITS_REFUSED } else { key::WAITS_BEHIND };
            (TextRole::Problem, view.filled(key, &values))
        }
        WaitsBecause::Misplaced => (TextRole::Problem, view.filled(key::WAITS_MISPLACED, &[since])),
        WaitsBecause::PerhapsMisplaced => (TextRole::Problem, view.filled(key::WAITS_PERHAPS_MISPLACED, &[since])),
        WaitsBecause::BehindMisplaced => (TextRole::Problem, view.filled(key::WAITS_BEHIND_MISPLACED, &[since])),
    };
    Block::Notice { role, text }
}
