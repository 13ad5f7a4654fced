//! From the state to the scene: what each screen says. Pure, and without a word of its own: all come from [`Words`].

mod choose_patient;
mod confirm;
mod create_patient;
mod dashboard;
mod device;
mod earlier_owner;
mod ending;
mod frame;
mod identity;
mod intake;
mod noted_person;
mod overlay;
mod panel;
mod person;
mod population;
mod report;
mod sign_in;
mod time_correction;
mod transfer;
mod undelivered;
mod undo;
mod upload;
mod why_ended;
mod wording;

use std::ops::Deref;

pub use self::report::{SaidReport, known_by_number, said};
use self::wording::Wording;
use super::scene::{Block, Button, Choice, Choices, Fact, InputField, ListColumns, Scene, TextRole};
use super::words::Words;
use crate::app::model::{AppState, Model, Working};
use crate::app::text_field::TextField;
use crate::app::wizard::Step;
use crate::domain::meter::MeterIdentity;
use crate::domain::words::{TextKey, key};

/// How much of a long list is made into rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What may be seen on a screen.
    Seen,
    /// Every row: lines have no end.
    Whole,
}

/// What the screen says now.
#[must_use]
pub fn view(model: &Model, words: &Words) -> Scene {
    view_to(model, words, Extent::Seen)
}

/// The same, with so much of every list to choose from.
#[must_use]
pub fn view_to(model: &Model, words: &Words, extent: Extent) -> Scene {
    let said_with = Wording { words, zone: &model.zone, today: model.today() };
    let view = View { model, wording: said_with, extent };
    let page = match &model.state {
        AppState::SignIn(sign_in) => sign_in::page(&view, sign_in),
        AppState::SignInByCode(sign_in) => sign_in::by_code(&view, sign_in),
        AppState::Working(working) => view.step(working),
    };
    Scene {
        // The first screen is there before the store, which alone knows for whom it is.
        site: if model.site.is_empty() { words.text(key::SITE_OPENING) } else { model.site.to_string() },
        user: view.user(),
        trail: view.trail(),
        is_wide: page.step == "dashboard",
        step: page.step,
        heading: view.heading(page.number, page.heading),
        instruction: page.instruction,
        blocks: page.blocks,
        panel: view.panel(),
        hints: view.hints(),
        ways_out: view.ways_out(),
        remark: view.remark(),
        overlay: view.overlay(),
    }
}

/// The state and the words, from which all parts of a scene are made.
struct View<'a> {
    model: &'a Model,
    wording: Wording<'a>,
    extent: Extent,
}

impl<'a> Deref for View<'a> {
    type Target = Wording<'a>;

    fn deref(&self) -> &Self::Target {
        &self.wording
    }
}

/// What one step says.
struct StepPage {
    /// Its stable name.
    step: &'static str,
    /// Which of the six steps it is, if it is one.
    number: Option<u8>,
    /// The heading, without the number of the step.
    heading: String,
    /// One sentence what to do.
    instruction: String,
    /// The content.
    blocks: Vec<Block>,
}

impl View<'_> {
    fn step(&self, working: &Working) -> StepPage {
        match &working.step {
            Step::FindPatient(step) => choose_patient::find(self, working, step),
            Step::SelectPatient(step) => choose_patient::select(self, working, step),
            Step::CreatePatient(step) => create_patient::page(self, step),
            Step::WaitingMeters(step) => upload::waiting(self, working, step),
            Step::Upload(step) => upload::page(self, working, step),
            Step::IntakeQuestion(step) => intake::page(self, working, step),
            Step::AssociationPending(step) => device::pending(self, step),
            Step::ConfirmDevice(step) => device::confirm(self, step),
            Step::ConfirmAssignment(step) => confirm::assignment(self, step),
            Step::OtherOwner(step) => confirm::other_owner(self, working, step),
            Step::Done(step) => confirm::done(self, working, step),
            Step::Dashboard(step) => dashboard::page(self, step),
            Step::Undelivered(step) => undelivered::page(self, step),
            Step::NotedPerson(step) => noted_person::page(self, step),
            Step::Undo(step) => undo::page(self, step),
            Step::Transfer(step) => transfer::page(self, working, step),
            Step::TimeCorrection(step) => time_correction::page(self, step),
            Step::Ending(step) => ending::page(self, step),
            Step::Population(step) => population::page(self, step),
        }
    }

    /// A meter's serial number as it is compared with a label, or the word for none: what stands in
    /// its place is not one.
    fn serial(&self, meter: &MeterIdentity) -> String {
        let told = meter.serial.expose().as_str();
        if meter.is_identifiable() {
            meter.grouped_serial()
        } else if told.is_empty() {
            self.text(key::NONE)
        } else {
            self.filled(key::SERIAL_IS_NONE, &[("told", told.into())])
        }
    }

    /// The same as a fact, which stands out only if the number tells this meter from others.
    fn serial_fact(&self, meter: &MeterIdentity, role: TextRole) -> Fact {
        self.fact(key::LABEL_SERIAL, self.serial(meter), if meter.is_identifiable() { role } else { TextRole::Dim })
    }

    fn heading(&self, number: Option<u8>, heading: String) -> String {
        match number {
            Some(number) => {
                self.filled(key::HEADING_STEP, &[("number", u32::from(number).into()), ("heading", heading.into())])
            }
            None => heading,
        }
    }

    /// A list of these things that has the focus, with the rows that are wanted of it.
    fn choices<T>(&self, all: &[T], selected: Option<usize>, row: impl Fn(usize, &T) -> Choice) -> Choices {
        let window = match self.extent {
            Extent::Seen => Choices::window(selected, all.len()),
            Extent::Whole => 0..all.len(),
        };
        let wanted = all.iter().enumerate().skip(window.start).take(window.len());
        Choices {
            title: String::new(),
            rows: wanted.map(|(place, thing)| row(place, thing)).collect(),
            first: window.start,
            total: all.len(),
            is_part: false,
            selected,
            focused: true,
            empty: String::new(),
            footer: String::new(),
            marks_only: false,
            columns: ListColumns::default(),
        }
    }

    /// The field for why something is done.
    fn reason_field(&self, reason: &TextField, is_here: bool, example: TextKey) -> Block {
        Block::Field(InputField {
            label: self.text(key::LABEL_REASON),
            value: reason.text().to_owned(),
            cursor: is_here.then(|| reason.cursor()),
            example: self.text(example),
            complaint: None,
            hidden: false,
            is_replaced: false,
        })
    }

    fn buttons(&self, buttons: &[(TextKey, bool)]) -> Block {
        let buttons = buttons
            .iter()
            .map(|(key, focused)| Button { label: self.text(*key), focused: *focused, disabled: None })
            .collect();
        Block::Buttons { buttons }
    }
}
