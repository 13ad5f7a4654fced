//! The app with its effects: takes what arrived, moves the state on, starts what the state asks for.

use jiff::Timestamp;

use super::effects::Effects;
use super::engine_event::{EngineEvent, ReadPause};
use super::noted;
use crate::app::effect::{Effect, ToEngine};
use crate::app::event::Event;
use crate::app::model::{AppSetup, Model};
use crate::app::update::update;
use crate::host::bus::BusEvent;
use crate::ui::scene::Scene;
use crate::ui::view::{Extent, view_to};
use crate::ui::words::Words;

/// Says what is on the screen for a state at a time.
pub type ViewOf<M> = Box<dyn Fn(&M, Timestamp) -> Scene>;

/// A pure program: a state, how an event changes it, when it wants to be woken, and what it shows.
///
/// The engine runs [`Model`]; its own tests run a few lines.
pub struct Program<M> {
    /// The state at start with the first effects, for a start at this time.
    pub start: Box<dyn Fn(Timestamp) -> (M, Vec<Effect>)>,
    /// Moves the state on by one event.
    pub update: fn(M, Event, Timestamp) -> (M, Vec<Effect>),
    /// When the state wants to be told that time has passed.
    pub deadline: fn(&M) -> Option<Timestamp>,
    /// What the state shows.
    pub view: ViewOf<M>,
}

impl Program<Model> {
    /// The program this crate is about. `setup` is asked at every start, for a start at this time. `extent` is how much of a
    /// long list is shown.
    #[must_use]
    pub fn glucodock(setup: impl Fn(Timestamp) -> AppSetup + 'static, words: &'static Words, extent: Extent) -> Self {
        Self {
            start: Box::new(move |at| Model::new(setup(at))),
            update,
            deadline: Model::deadline,
            view: Box::new(move |model, _| view_to(model, words, extent)),
        }
    }
}

/// What handling something led to.
#[derive(Debug, Default)]
pub struct Handled {
    /// The program ends.
    pub quit: bool,
    /// The whole screen is to be painted again.
    pub repaint: bool,
    /// Names of the effects that were started.
    pub started: Vec<&'static str>,
    /// Keeps the reading thread waiting whose progress was handled.
    pub hold: Option<ReadPause>,
}

/// A running program.
pub struct Machine<M> {
    program: Program<M>,
    /// Empty only while an event is being handled.
    state: Option<M>,
    effects: Effects,
    /// The deadline that was last told to the state. It is not told twice if the state leaves it as it is.
    told: Option<Timestamp>,
}

impl<M> Machine<M> {
    /// Starts a program and its first effects.
    #[must_use]
    pub fn start(program: Program<M>, effects: Effects) -> (Self, Handled) {
        let (state, first) = (program.start)(effects.now().timestamp());
        let mut machine = Self { program, state: Some(state), effects, told: None };
        let mut outcome = Handled::default();
        machine.carry_out(first, &mut outcome);
        (machine, outcome)
    }

    /// What is on the screen now.
    #[must_use]
    pub fn scene(&self) -> Option<Scene> {
        self.state.as_ref().map(|state| (self.program.view)(state, self.now()))
    }

    /// When [`Event::Deadline`] is due, if the state waits for a time.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.state.as_ref().and_then(self.program.deadline).filter(|deadline| self.told != Some(*deadline))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.effects.now().timestamp()
    }

    /// What is under way.
    #[must_use]
    pub const fn effects(&self) -> &Effects {
        &self.effects
    }

    /// What is under way, to end it.
    pub const fn effects_mut(&mut self) -> &mut Effects {
        &mut self.effects
    }

    /// The program again, to start it anew, and its effects, to abandon them.
    #[must_use]
    pub fn take_apart(self) -> (Program<M>, Effects) {
        (self.program, self.effects)
    }

    /// Tells the state that its deadline has come, if it has.
    pub fn wake(&mut self) -> Handled {
        match self.deadline() {
            Some(deadline) if deadline <= self.now() => {
                let outcome = self.handle(Event::Deadline);
                self.told = Some(deadline);
                outcome
            }
            _ => Handled::default(),
        }
    }

    /// Handles something that came from a thread. What ends the program is not for the machine, nor are bytes of the terminal.
    pub fn arrive(&mut self, arrival: EngineEvent) -> Handled {
        if let EngineEvent::Bus(event) = &arrival {
            noted::bus(event);
        }
        match arrival {
            EngineEvent::Bytes(..) | EngineEvent::TerminalGone | EngineEvent::FrameLeft | EngineEvent::NotOpened => {
                Handled::default()
            }
            EngineEvent::Opened(site) => self.handle(Event::Opened(site)),
            EngineEvent::Bus(BusEvent::Arrived(attachment)) => self.handle(Event::MeterArrived(attachment)),
            EngineEvent::Bus(BusEvent::Changed(attachment)) => self.handle(Event::MeterChanged(attachment)),
            EngineEvent::Bus(BusEvent::Left(id)) => self.handle(Event::MeterLeft(id)),
            EngineEvent::Progress { ticket, done, of, hold } => {
                let mut outcome = self.handle(Event::ReadProgress { ticket, done, of });
                outcome.hold = hold;
                outcome
            }
            EngineEvent::EffectDone { ticket, answer } => {
                let outcome = match answer {
                    Some(answer) => self.handle(Event::EffectDone { ticket, answer }),
                    None => self.handle(Event::Overtaken(ticket)),
                };
                self.effects.settled(ticket);
                outcome
            }
        }
    }

    /// Handles one event that happens now.
    pub fn handle(&mut self, event: Event) -> Handled {
        let mut outcome = Handled::default();
        self.told = None;
        if let Some(state) = self.state.take() {
            let (state, effects) = (self.program.update)(state, event, self.now());
            self.state = Some(state);
            self.carry_out(effects, &mut outcome);
        }
        outcome
    }

    fn carry_out(&mut self, effects: Vec<Effect>, outcome: &mut Handled) {
        for effect in effects {
            outcome.started.push(effect.name());
            match self.effects.start(effect) {
                Some(ToEngine::Quit) => outcome.quit = true,
                Some(ToEngine::Repaint) => outcome.repaint = true,
                None => {}
            }
        }
    }
}
