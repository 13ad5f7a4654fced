//! The app with its effects: takes what arrived, moves the state on, starts what the state asks for.

use jiff::Timestamp;

use super::effects::Effects;
use super::engine_event::{EngineEvent, ReadPause};
use super::noted;
use crate::app::effect::{Effect, ToEngine};
use crate::app::event::Event;
use crate::app::model::Model;
use crate::app::setup::AppSetup;
use crate::app::update::update;
use crate::host::bus::BusEvent;
use crate::ui::scene::Scene;
use crate::ui::view::{Extent, view_to};
use crate::ui::words::Words;

/// The app, to be started.
pub struct App {
    setup: Box<dyn Fn(Timestamp) -> AppSetup>,
    words: &'static Words,
    extent: Extent,
}

impl App {
    /// The app with what it is told at each start, for a start at this time. `extent` is how much of
    /// a long list is shown.
    #[must_use]
    pub fn new(setup: impl Fn(Timestamp) -> AppSetup + 'static, words: &'static Words, extent: Extent) -> Self {
        Self { setup: Box::new(setup), words, extent }
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

/// The app while it runs.
pub struct RunningApp {
    app: App,
    /// Empty only while an event is being handled.
    state: Option<Model>,
    effects: Effects,
    /// The deadline that was last told to the state. It is not told twice if the state leaves it as it is.
    told: Option<Timestamp>,
}

impl RunningApp {
    /// Starts the app and its first effects.
    #[must_use]
    pub fn start(app: App, effects: Effects) -> (Self, Handled) {
        let (state, first) = Model::new((app.setup)(effects.now().timestamp()));
        let mut running = Self { app, state: Some(state), effects, told: None };
        let mut outcome = Handled::default();
        running.carry_out(first, &mut outcome);
        (running, outcome)
    }

    /// What is on the screen now.
    #[must_use]
    pub fn scene(&self) -> Option<Scene> {
        self.state.as_ref().map(|state| view_to(state, self.app.words, self.app.extent))
    }

    /// When [`Event::Deadline`] is due, if the state waits for a time.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        self.state.as_ref().and_then(Model::deadline).filter(|deadline| self.told != Some(*deadline))
    }

    /// The state, for the engine's own tests.
    #[cfg(test)]
    pub(super) const fn model(&self) -> Option<&Model> {
        self.state.as_ref()
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

    /// The app again, to start it anew, and its effects, to abandon them.
    #[must_use]
    pub fn take_apart(self) -> (App, Effects) {
        (self.app, self.effects)
    }

    /// Tells the state that its deadline has come, if it has.
    pub fn wake(&mut self) -> Handled {
        match self.deadline() {
            Some(deadline) if deadline <= self.now() => {
                let outcome = self.handle(Event::Deadline);
                // After the event, which forgets it: a state that leaves its deadline where it is
                // would be woken without end.
                self.told = Some(deadline);
                outcome
            }
            _ => Handled::default(),
        }
    }

    /// Handles something that came from a thread. What ends the program is not for the app, nor are
    /// bytes of the terminal.
    pub fn receive(&mut self, engine_event: EngineEvent) -> Handled {
        if let EngineEvent::Bus(event) = &engine_event {
            noted::bus(event);
        }
        match engine_event {
            EngineEvent::Bytes(..) | EngineEvent::TerminalGone | EngineEvent::FrameLeft | EngineEvent::NotOpened => {
                Handled::default()
            }
            EngineEvent::Opened(site) => self.handle(Event::Opened(site)),
            EngineEvent::Bus(BusEvent::Arrived(attachment)) => self.handle(Event::MeterArrived(attachment)),
            EngineEvent::Bus(BusEvent::Changed(attachment)) => self.handle(Event::MeterChanged(attachment)),
            EngineEvent::Bus(BusEvent::Left(id)) => self.handle(Event::MeterLeft(id)),
            EngineEvent::Delivered { patient, is_lost, has_stayed } => {
                self.handle(Event::Delivered { patient, is_lost, has_stayed })
            }
            EngineEvent::OutboxNotKept(problem) => self.handle(Event::OutboxNotKept(problem)),
            EngineEvent::Progress { ticket, done, of, hold } => {
                let mut outcome = self.handle(Event::ReadProgress { ticket, done, of });
                outcome.hold = hold;
                outcome
            }
            EngineEvent::EffectDone { ticket, answer } => {
                let outcome = match answer {
                    Some(answer) => self.handle(Event::EffectDone { ticket, answer }),
                    None => self.handle(Event::GivenUp(ticket)),
                };
                // After the state has asked what follows from it. In between nothing would be under
                // way, and a script would move the clock.
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
            let (state, effects) = update(state, event, self.now());
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
