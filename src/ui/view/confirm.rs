//! Step 5, confirm the assignment; the hard stop; and step 6, the success message.

use super::person::identifier_facts;
use super::{Page, View};
use crate::app::action::Action;
use crate::app::model::Working;
use crate::app::text_field::TextField;
use crate::app::wizard::confirm_assignment::{AssignmentFocus, AssignmentWork, Check, ConfirmAssignment, Told};
use crate::app::wizard::done::{Done, DoneFocus};
use crate::app::wizard::next_meter;
use crate::app::wizard::other_owner::OtherOwner;
use crate::domain::association::{Owner, Whereabouts};
use crate::domain::identity_check::{Born, Question, Shared, Who};
use crate::domain::patient::Patient;
use crate::ui::scene::{Block, Fact, Field, Role};

pub(super) fn assignment(view: &View<'_>, step: &ConfirmAssignment) -> Page {
    let upload = &step.upload;
    let device = vec![
        view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
        view.serial_fact(&upload.meter, Role::Accent),
        view.fact(
            "label-readings",
            view.filled("count-readings", &[("count", upload.counts.total().into())]),
            Role::Text,
        ),
    ];
    let question = step.question();
    let mut blocks = vec![
        Block::Facts { title: String::new(), facts: device },
        Block::Facts { title: String::new(), facts: asked_facts(view, &step.patient, question) },
    ];
    match &step.check {
        Check::Asked(_) => {}
        Check::Known(check) => {
            let warn =
                |other| Block::Notice { role: Role::Warning, text: view.look_alike(&step.patient, other, question) };
            // One reason for what is asked is enough; who is similar is the one to look at.
            let shared = || shared(question, check.shared).map(|key| view.notice(Role::Warning, key));
            blocks.extend(check.look_alikes.first().map(warn).or_else(shared));
        }
        Check::Unknown => blocks.push(view.notice(Role::Warning, "look-alikes-unknown")),
    }
    if question.who == Who::Identifier && step.patient.identifiers.is_empty() {
        blocks.push(view.notice(Role::Problem, "identity-without-identifier"));
    }
    match step.told {
        None => {}
        Some(Told::Mismatch) => blocks.push(view.notice(Role::Problem, "identity-mismatch")),
        Some(Told::DateNeeded) => blocks.push(view.notice(Role::Warning, "identity-date-needed")),
        Some(Told::DateUnclear) => blocks.push(view.notice(Role::Warning, "identity-date-unclear")),
        Some(Told::YearShort) => blocks.push(view.notice(Role::Warning, "identity-year-short")),
        Some(Told::AskedAnew) => blocks.push(view.notice(Role::Warning, "identity-asked-anew")),
    }
    blocks.extend(fields(view, step, question));
    match &step.work {
        AssignmentWork::Idle | AssignmentWork::Noting(_) => {}
        AssignmentWork::Checking => blocks.push(view.notice(Role::Accent, "looking-for-look-alikes")),
        AssignmentWork::Assigning(_) => blocks.push(view.notice(Role::Accent, "assigning")),
        AssignmentWork::Failed(problem) => blocks.push(view.words.problem(problem)),
    }
    blocks.push(view.buttons(&[
        ("button-confirm-assigned-device", step.focus == AssignmentFocus::Confirm),
        ("button-back", step.focus == AssignmentFocus::Back),
    ]));
    Page {
        step: "confirm_assignment",
        number: Some(5),
        heading: "heading-confirm-assignment",
        instruction: view.text(instruction(question)),
        blocks,
    }
}

/// What is to be asked and typed.
pub(super) const fn instruction(question: Question) -> &'static str {
    match (question.who, question.born) {
        (Who::Initials, Born::Year) => "instruction-confirm-assignment",
        (Who::Initials, Born::Date) => "instruction-confirm-assignment-date",
        (Who::InitialsOrIdentifier, Born::Year) => "instruction-confirm-assignment-either",
        (Who::InitialsOrIdentifier, Born::Date) => "instruction-confirm-assignment-either-date",
        (Who::Identifier, _) => "instruction-confirm-assignment-identifier",
    }
}

/// Why more is asked than initials and year, where it is because of somebody who is not similar.
const fn shared(question: Question, shared: Shared) -> Option<&'static str> {
    match (shared, question.born) {
        (Shared::Year, Born::Date) => Some("identity-year-is-shared"),
        (Shared::Date, _) => Some("identity-date-is-shared"),
        (Shared::Unknown, _) => Some("look-alikes-unknown"),
        (Shared::Nothing | Shared::Year, _) => None,
    }
}

/// The facts of the person but for those that are asked for: what is typed must not be a copy of the screen.
fn asked_facts(view: &View<'_>, patient: &Patient, question: Question) -> Vec<Fact> {
    let asked = |label: String| Fact { label, value: view.text("asked-below"), role: Role::Dim };
    let mut facts = vec![
        view.fact("label-patient", patient.full_name(), Role::Accent),
        asked(view.text("label-born")),
        view.fact("label-gender", view.gender(patient.gender), Role::Text),
    ];
    if shows_identifiers(question) {
        facts.extend(identifier_facts(patient));
    } else {
        facts.extend(patient.identifiers.iter().map(|identifier| asked(identifier.label.to_string())));
    }
    // Whoever is here is ACTIVE: nobody else can be selected.
    facts.push(view.devices_fact(patient));
    facts
}

/// Whether identifiers may be shown: not where one is to be typed.
pub(super) const fn shows_identifiers(question: Question) -> bool {
    matches!(question.who, Who::Initials)
}

fn fields(view: &View<'_>, step: &ConfirmAssignment, question: Question) -> [Block; 2] {
    let missing = view.text("complaint-empty");
    let field = |label: &str, example: &str, typed: &TextField, focus: AssignmentFocus| {
        Block::Field(Field {
            label: view.text(label),
            value: typed.text().to_owned(),
            cursor: (step.focus == focus).then(|| typed.cursor()),
            example: view.text(example),
            complaint: (step.missing == Some(focus)).then(|| missing.clone()),
            hidden: false,
        })
    };
    let (who, example_who) = match question.who {
        Who::Initials => ("label-initials", "example-initials"),
        Who::InitialsOrIdentifier => ("label-initials-or-identifier", "example-initials-or-identifier"),
        Who::Identifier => ("label-identifier", "example-identifier"),
    };
    let (born, example_born) = match question.born {
        Born::Year => ("label-birth-year", "example-birth-year"),
        Born::Date => ("label-birth-date", "example-born"),
    };
    [
        field(who, example_who, &step.who, AssignmentFocus::Who),
        field(born, example_born, &step.born, AssignmentFocus::Born),
    ]
}

pub(super) fn other_owner(view: &View<'_>, working: &Working, step: &OtherOwner) -> Page {
    let upload = &step.upload;
    let holder = upload.holder();
    let holder =
        holder.map_or_else(|| view.text("none"), |holder| view.other_person(holder, working.session.user.role));
    let is_in_a_record = upload.whereabouts(Some(&step.patient.id)) == Whereabouts::InAnotherRecord;
    // A meter without a serial number belongs to nobody: only these readings are somebody's.
    let is_the_meter = upload.owner != Owner::Unidentifiable;
    let (heading, notice, label) = if is_the_meter {
        ("heading-other-owner", "belongs-to-another", "label-belongs-to")
    } else {
        ("heading-other-record", "recorded-for-another", "label-recorded-for")
    };
    let meaning = match (is_in_a_record, upload.adds_nothing()) {
        (true, _) => "in-another-record-meaning",
        (false, true) => "nothing-new-for-another-meaning",
        (false, false) => "belongs-to-another-meaning",
    };
    let facts = vec![
        view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
        view.serial_fact(&upload.meter, Role::Accent),
        view.fact(label, holder, Role::Problem),
        view.fact("label-patient-in-hand", view.person_line(&step.patient), Role::Text),
    ];
    let blocks = vec![
        view.notice(Role::Problem, notice),
        Block::Facts { title: String::new(), facts },
        Block::Text { role: Role::Text, text: view.text(meaning) },
        view.buttons(&[("button-back-to-search", true)]),
    ];
    Page { step: "other_owner", number: Some(2), heading, instruction: view.text("instruction-other-owner"), blocks }
}

pub(super) fn done(view: &View<'_>, working: &Working, step: &Done) -> Page {
    let more = next_meter::count(&step.patient, &view.model.panel, &working.waiting, &working.handled);
    let focus = step.focus(more > 0);
    let values = [("new", step.result.new.into()), ("already", step.result.already_there.into())];
    let message = match (step.was_known, &step.upload.owner) {
        (_, Owner::Unidentifiable) if step.result.new == 0 => "readings-were-there",
        (_, Owner::Unidentifiable) => "readings-assigned",
        (true, _) => "device-known",
        (false, _) => "device-assigned",
    };
    let mut blocks = vec![
        Block::Notice {
            role: Role::Ok,
            text: view.filled(
                message,
                &[("model", step.upload.meter.model.as_str().into()), ("person", step.patient.full_name().into())],
            ),
        },
        Block::Facts {
            title: String::new(),
            facts: vec![
                view.fact("label-readings", view.filled("readings-added", &values), Role::Accent),
                view.fact("label-device", step.upload.meter.model.to_string(), Role::Text),
                view.serial_fact(&step.upload.meter, Role::Text),
                view.fact("label-patient", view.person_line(&step.patient), Role::Text),
            ],
        },
    ];
    if view.model.panel.plug_of(&step.upload.id).is_some() {
        blocks.push(Block::Text { role: Role::Text, text: view.text("unplug-now") });
    }
    let mut buttons = vec![("button-go-to-dashboard", focus == DoneFocus::Dashboard)];
    if more > 0 {
        let keymap = &view.model.keymap;
        let values = [
            ("count", more.into()),
            ("key", keymap.label(Action::WaitingMeters).into()),
            ("other", keymap.label(Action::NextPatient).into()),
        ];
        blocks.push(Block::Notice { role: Role::Warning, text: view.filled("more-meters-wait", &values) });
        buttons.push(("button-next-meter", focus == DoneFocus::NextMeter));
    }
    buttons.push(("button-next-patient", focus == DoneFocus::NextPatient));
    blocks.push(view.buttons(&buttons));
    Page { step: "done", number: Some(6), heading: "heading-done", instruction: view.text("instruction-done"), blocks }
}
