//! The program under a script: what each step does.

mod outside;
mod steps;

pub use self::outside::{OpenBackend, PlugBoard, Register, Speed, Surroundings};

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use ratatui::layout::{Position, Size};
use serde_json::{Value, json};

use super::super::display::Screen;
use super::super::effects::{BackendSource, Effects, Now, Outside, ProgressPace, ToggleDemoMeter};
use super::super::engine_event::{EngineEvent, Mailbox, ReadPause};
use super::super::export::ExportDestination;
use super::super::running_app::{App, Handled, RunningApp};
use super::queue::Queue;
use crate::app::event::Event;
use crate::domain::cause::Cause;
use crate::domain::meter::Attachment;
use crate::host::bus::{BusEvent, MeterBus};
use crate::host::cables::CableFile;
use crate::ui::scene::Scene;

/// How long calls of the platform may take to finish at the end of a script: as long as when a person leaves.
const FINISH: Duration = Duration::from_secs(5);

/// What happened since the last step.
#[derive(Debug, Clone, Default)]
pub struct StepCounts {
    /// Bytes that a terminal would have got.
    pub bytes: usize,
    /// Frames they came in.
    pub frames: usize,
    /// Names of the effects that were started.
    pub effects: Vec<&'static str>,
}

/// A program under a script.
pub struct Harness {
    /// Empty only while the program starts again.
    app: Option<RunningApp>,
    queue: Queue,
    mailbox: Mailbox,
    open: OpenBackend,
    bus: Arc<dyn MeterBus>,
    board: Box<dyn PlugBoard>,
    register: Box<dyn Register>,
    toggle: ToggleDemoMeter,
    cables: Option<CableFile>,
    exports: ExportDestination,
    now: Now,
    speed: Speed,
    screen: Screen,
    scene: Option<Scene>,
    /// Keeps the reading thread waiting whose progress was handled last.
    hold: Option<ReadPause>,
    /// The meters the program was told of.
    plugged: Vec<Attachment>,
    counts: StepCounts,
    ended: bool,
}

/// What was asked of the platform before the end is done, and the platform is closed.
impl Drop for Harness {
    fn drop(&mut self) {
        if let Some(app) = &mut self.app {
            app.effects_mut().finish(FINISH);
        }
    }
}

impl Harness {
    /// Starts the program and draws its first screen.
    ///
    /// # Errors
    /// Why the platform cannot be opened, or what else is missing.
    pub fn start(surroundings: Surroundings) -> Result<Self, Cause> {
        let Surroundings { app, open, bus, board, register, toggle, cables, exports, now, speed, paint, size, queue } =
            surroundings;
        let (mailbox, inbox) = queue;
        let mut harness = Self {
            app: None,
            queue: Queue::new(inbox).map_err(Cause::of)?,
            mailbox,
            open,
            bus,
            board,
            register,
            toggle,
            cables,
            exports,
            now,
            speed,
            screen: Screen::new(size.0, size.1, paint, true).map_err(Cause::of)?,
            scene: None,
            hold: None,
            plugged: Vec::new(),
            counts: StepCounts::default(),
            ended: false,
        };
        harness.launch(app)?;
        Ok(harness)
    }

    /// The rows of the screen, without the blanks at their ends.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        self.screen.rows()
    }

    /// Where the cursor is, if it is shown.
    #[must_use]
    pub fn cursor(&self) -> Option<Position> {
        self.screen.cursor()
    }

    /// The scene that is drawn.
    #[must_use]
    pub const fn scene(&self) -> Option<&Scene> {
        self.scene.as_ref()
    }

    /// What happened since [`Harness::start_counting`].
    #[must_use]
    pub const fn counts(&self) -> &StepCounts {
        &self.counts
    }

    /// Counts anew.
    pub fn start_counting(&mut self) {
        self.counts = StepCounts::default();
    }

    /// The state that scripts and agents look at: what is on the screen, in words and rows, and how the program is
    /// doing. Never a password: a hidden field has bullets in the scene already.
    #[must_use]
    pub fn state(&self) -> Value {
        let Size { width, height } = self.screen.size();
        json!({
            "wizard": { "step": self.scene.as_ref().map(|scene| scene.step) },
            "scene": self.scene,
            "rows": self.rows(),
            "cursor": self.cursor().map(|cursor| [cursor.x, cursor.y]),
            "size": [width, height],
            "at": (self.now)().timestamp().to_string(),
            "busy": self.app.as_ref().map_or(0, |app| app.effects().busy()),
            "ended": self.ended,
        })
    }

    /// Starts the program on the data as it is.
    fn launch(&mut self, app: App) -> Result<(), Cause> {
        let outside = Outside {
            backend: BackendSource::Open((self.open)()?),
            bus: Arc::clone(&self.bus),
            now: Arc::clone(&self.now),
            pace: match self.speed {
                Speed::Fast(_) => ProgressPace::Stepped,
                Speed::Real => ProgressPace::Every(Duration::from_millis(250)),
            },
            toggle: Arc::clone(&self.toggle),
            cables: self.cables.clone(),
            exports: self.exports.clone(),
        };
        let (app, first) = RunningApp::start(app, Effects::new(outside, self.mailbox.clone()));
        self.app = Some(app);
        self.ended = false;
        self.follow(first)
    }

    /// Kills the program without a word to it and starts it again on the same data. Meters that are plugged arrive
    /// again, as they do when a computer starts.
    fn restart(&mut self) -> Result<(), Cause> {
        let running = self.app.take().ok_or("the program did not start")?;
        let (app, mut effects) = running.take_apart();
        effects.abandon();
        self.hold = None;
        // Threads that were in the middle of something end, so that the data can be opened again.
        let patience = Instant::now() + Duration::from_mins(1);
        loop {
            for engine_event in self.queue.drain() {
                self.note_plug(&engine_event);
            }
            if effects.are_gone(Duration::from_millis(5)) {
                break;
            }
            if Instant::now() > patience {
                return Err("something is still under way a minute after the program was killed".into());
            }
        }
        for engine_event in self.queue.drain() {
            self.note_plug(&engine_event);
        }
        drop(effects);
        self.screen.repaint().map_err(Cause::of)?;
        self.launch(app)?;
        for attachment in self.plugged.clone() {
            self.handle(EngineEvent::Bus(BusEvent::Arrived(attachment)))?;
        }
        Ok(())
    }

    /// Lets the next thing happen, up to `limit`; false if nothing more can happen until then.
    fn pass(&mut self, limit: Timestamp) -> Result<bool, Cause> {
        // Now the read goes on whose step was shown last, and not sooner: a script can pull a plug
        // at an exact count.
        self.hold = None;
        let Some(app) = self.app.as_ref().filter(|_| !self.ended) else { return Ok(false) };
        let deadline = app.deadline().filter(|deadline| *deadline <= limit);
        // Everything that is under way comes first. Time moves only when nothing else can happen,
        // and then at once to what is due.
        if let Speed::Fast(clock) = &self.speed {
            if let Some(engine_event) = self.queue.next(app.effects())? {
                return self.handle(engine_event).map(|()| true);
            }
            let Some(deadline) = deadline else { return Ok(false) };
            if deadline > app.now() {
                clock.set(deadline.to_zoned((self.now)().time_zone().clone()));
            }
            return self.wake().map(|()| true);
        }
        let now = app.now();
        if deadline.is_some_and(|deadline| deadline <= now) {
            return self.wake().map(|()| true);
        }
        let left = Duration::try_from(deadline.unwrap_or(limit).duration_since(now)).unwrap_or_default();
        match self.queue.receive(left) {
            Some(engine_event) => self.handle(engine_event).map(|()| true),
            None => Ok(deadline.is_some()),
        }
    }

    /// Lets everything happen that is under way, without moving the clock.
    fn settle(&mut self) -> Result<(), Cause> {
        loop {
            self.hold = None;
            let Some(app) = self.app.as_ref().filter(|_| !self.ended) else { return Ok(()) };
            let engine_event = match self.speed {
                Speed::Fast(_) => self.queue.next(app.effects())?,
                Speed::Real if app.effects().busy() == 0 => self.queue.receive(Duration::ZERO),
                Speed::Real => self.queue.receive(Duration::from_mins(1)),
            };
            match engine_event {
                Some(engine_event) => self.handle(engine_event)?,
                None if app.effects().busy() == 0 => return Ok(()),
                None => return Err("something has been under way for a minute".into()),
            }
        }
    }

    fn handle(&mut self, engine_event: EngineEvent) -> Result<(), Cause> {
        self.note_plug(&engine_event);
        let outcome = self.app.as_mut().map(|app| app.receive(engine_event)).unwrap_or_default();
        self.follow(outcome)
    }

    fn event(&mut self, event: Event) -> Result<(), Cause> {
        let outcome = self.app.as_mut().map(|app| app.handle(event)).unwrap_or_default();
        self.follow(outcome)
    }

    fn wake(&mut self) -> Result<(), Cause> {
        let outcome = self.app.as_mut().map(RunningApp::wake).unwrap_or_default();
        self.follow(outcome)
    }

    /// Draws what an outcome changed, as a terminal would get it.
    fn follow(&mut self, outcome: Handled) -> Result<(), Cause> {
        self.counts.effects.extend(outcome.started);
        self.hold = outcome.hold;
        if outcome.repaint {
            self.screen.repaint().map_err(Cause::of)?;
        }
        self.draw()?;
        if outcome.quit {
            self.ended = true;
            if let Some(app) = &mut self.app {
                app.effects_mut().finish(Duration::from_mins(1));
            }
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), Cause> {
        if let Some(scene) = self.app.as_ref().and_then(RunningApp::scene) {
            let frame = self.screen.draw(&scene).map_err(Cause::of)?;
            self.counts.bytes += frame.len();
            self.counts.frames += usize::from(!frame.is_empty());
            self.scene = Some(scene);
        }
        Ok(())
    }

    /// Remembers which meters are plugged, for a restart.
    fn note_plug(&mut self, engine_event: &EngineEvent) {
        let EngineEvent::Bus(event) = engine_event else { return };
        let id = match event {
            BusEvent::Arrived(attachment) | BusEvent::Changed(attachment) => attachment.id,
            BusEvent::Left(id) => *id,
        };
        let place = self.plugged.iter().position(|attachment| attachment.id == id);
        match (event, place.and_then(|place| self.plugged.get_mut(place))) {
            (BusEvent::Arrived(attachment) | BusEvent::Changed(attachment), Some(known)) => {
                known.clone_from(attachment);
            }
            (BusEvent::Arrived(attachment) | BusEvent::Changed(attachment), None) => {
                self.plugged.push(attachment.clone());
            }
            (BusEvent::Left(_), _) => self.plugged.retain(|attachment| attachment.id != id),
        }
    }
}
