//! Step 5, confirm the assignment; the hard stop; and step 6, the success message.

use super::{Page, View};
use crate::app::model::Working;
use crate::app::wizard::confirm_assignment::{AssignmentFocus, AssignmentWork, ConfirmAssignment, LookAlikes};
use crate::app::wizard::done::Done;
use crate::app::wizard::other_owner::OtherOwner;
use crate::domain::association::Owner;
use crate::ui::scene::{Block, Field, Role};

pub(super) fn assignment(view: &View<'_>, step: &ConfirmAssignment) -> Page {
    let upload = &step.upload;
    let device = vec![
        view.fact("label-device", upload.meter.model.to_string(), Role::Accent),
        view.fact("label-serial", upload.meter.grouped_serial(), Role::Accent),
        view.fact(
            "label-readings",
            view.filled("count-readings", &[("count", upload.counts.total().into())]),
            Role::Text,
        ),
    ];
    let mut blocks = vec![
        Block::Facts { title: view.text("title-device"), facts: device },
        Block::Facts { title: view.text("title-patient"), facts: view.person_facts(&step.patient) },
    ];
    match &step.look_alikes {
        LookAlikes::Asked(_) => {}
        LookAlikes::Known(others) => {
            let warn = |other| Block::Notice { role: Role::Warning, text: view.look_alike(other) };
            blocks.extend(others.first().map(warn));
        }
        LookAlikes::Unknown => blocks.push(view.notice(Role::Warning, "look-alikes-unknown")),
    }
    if step.mismatched {
        blocks.push(view.notice(Role::Problem, "identity-mismatch"));
    }
    blocks.push(Block::Field(Field {
        label: view.text("label-initials"),
        value: step.initials.text().to_owned(),
        cursor: (step.focus == AssignmentFocus::Initials).then(|| step.initials.cursor()),
        example: view.text("example-initials"),
        complaint: None,
        hidden: false,
    }));
    blocks.push(Block::Field(Field {
        label: view.text("label-birth-year"),
        value: step.birth_year.text().to_owned(),
        cursor: (step.focus == AssignmentFocus::BirthYear).then(|| step.birth_year.cursor()),
        example: view.text("example-birth-year"),
        complaint: None,
        hidden: false,
    }));
    match &step.work {
        AssignmentWork::Idle => {}
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
        instruction: view.text("instruction-confirm-assignment"),
        blocks,
    }
}

pub(super) fn other_owner(view: &View<'_>, working: &Working, step: &OtherOwner) -> Page {
    let owner = match &step.upload.owner {
        Owner::Patient(owner) => view.other_person(owner, working.session.user.role),
        Owner::Nobody | Owner::Unidentifiable => view.text("none"),
    };
    let facts = vec![
        view.fact("label-device", step.upload.meter.model.to_string(), Role::Accent),
        view.fact("label-serial", step.upload.meter.grouped_serial(), Role::Accent),
        view.fact("label-belongs-to", owner, Role::Problem),
        view.fact("label-patient-in-hand", view.person_line(&step.patient), Role::Text),
    ];
    let blocks = vec![
        view.notice(Role::Problem, "belongs-to-another"),
        Block::Facts { title: String::new(), facts },
        Block::Text { role: Role::Text, text: view.text("belongs-to-another-meaning") },
        view.buttons(&[("button-back-to-search", true)]),
    ];
    Page {
        step: "other_owner",
        number: Some(2),
        heading: "heading-other-owner",
        instruction: view.text("instruction-other-owner"),
        blocks,
    }
}

pub(super) fn done(view: &View<'_>, step: &Done) -> Page {
    let values = [("new", step.result.new.into()), ("already", step.result.already_there.into())];
    let message = if step.was_known { "device-known" } else { "device-assigned" };
    let blocks = vec![
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
                view.fact("label-serial", step.upload.meter.grouped_serial(), Role::Text),
                view.fact("label-patient", view.person_line(&step.patient), Role::Text),
            ],
        },
        Block::Text { role: Role::Text, text: view.text("unplug-now") },
        view.buttons(&[("button-go-to-dashboard", step.to_dashboard), ("button-next-patient", !step.to_dashboard)]),
    ];
    Page { step: "done", number: Some(6), heading: "heading-done", instruction: view.text("instruction-done"), blocks }
}
