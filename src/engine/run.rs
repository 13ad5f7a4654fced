//! The loop on a terminal: wait, handle, draw. And the ways out of it.

#[cfg(test)]
mod on_terminal;
mod pacing;
#[cfg(test)]
mod tests;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::pacing::Pacing;
use super::display::{Display, FrameWriter, Paint, Screen, in_theme, takes_brackets};
use super::effects::{Effects, Outside};
use super::engine_event::{EngineEvent, Inbox, Mailbox};
use super::frontend::{Frontend, FullScreen};
use super::guard::Guard;
use super::input::Input;
use super::keys::{Decoder, ESCAPE_WAIT, ESCAPE_WAIT_REMOTE};
use super::linear::{Echo, Hides, LineKeys, Lines, Render, SaidLines, hides_what_is_typed};
use super::panics;
use super::running_app::{App, Handled, RunningApp};
use crate::app::event::Event;
use crate::app::key::Key;
use crate::host::signals::{Signal, Signals};
use crate::ui::linear as speech;
use crate::ui::paint::Sight;
use crate::ui::theme::Theme;
use crate::ui::view::Extent;

/// How long calls of the platform that were asked for may take to finish when the person leaves: a write takes
/// hundredths of a second, and for a server that hangs nobody waits longer at a prompt.
const FINISH_WHEN_ASKED: Duration = Duration::from_secs(5);
/// The same when the system tells the program to end: it has to be gone within 100 ms.
const FINISH_WHEN_TOLD: Duration = Duration::from_millis(40);

/// Why the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitReason {
    /// The person left.
    Asked,
    /// The terminal or the connection is gone.
    HungUp,
    /// The system told the program to end.
    Terminated,
    /// Another signal came that ends programs, by its number.
    Signalled(u8),
    /// The platform could not be opened.
    NotOpened,
    /// A bug. The terminal is as it was, and one sentence was said.
    Bug,
}

impl ExitReason {
    /// The exit code: that of the signal as shells give it, and 70 for a bug (`EX_SOFTWARE` of `sysexits.h`).
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Asked => 0,
            Self::NotOpened => 1,
            Self::Bug => 70,
            Self::HungUp => 129,
            Self::Terminated => 143,
            Self::Signalled(number) => number.saturating_add(128),
        }
    }
}

/// How the person is met.
pub enum Manner {
    /// The whole screen of a terminal.
    FullScreen {
        /// Paints a scene.
        paint: Paint,
        /// The name of the terminal: `TERM`.
        term: String,
    },
    /// Lines.
    Linear {
        /// What is said of a scene.
        render: Render,
        /// What a line means.
        keys: LineKeys,
        /// Whether what is typed must not be seen.
        hides: Hides,
        /// What becomes of what was said, once nobody is signed in any more.
        said: SaidLines,
    },
}

impl Manner {
    /// The whole screen, painted in a theme.
    #[must_use]
    pub fn full_screen(theme: Theme, term: String) -> Self {
        Self::FullScreen { paint: in_theme(theme), term }
    }

    /// Lines for a screen reader.
    #[must_use]
    pub fn lines(said: SaidLines) -> Self {
        Self::Linear {
            render: Box::new(speech::render),
            keys: Box::new(speech::keys),
            hides: Box::new(hides_what_is_typed),
            said,
        }
    }
}

impl Terminal {
    /// How much of a long list is shown: lines have no end.
    #[must_use]
    pub const fn extent(&self) -> Extent {
        match self.manner {
            Manner::FullScreen { .. } => Extent::Seen,
            Manner::Linear { .. } => Extent::Whole,
        }
    }
}

/// This computer's terminal, as the environment describes it.
pub struct Terminal {
    /// How the person is met.
    pub manner: Manner,
    /// The terminal is at the other end of a network: wait longer for the rest of a key, send fewer frames.
    pub remote: bool,
    /// Said when a bug ends the program, before its place in the source.
    pub bug_sentence: String,
}

/// Runs the app on standard input and output until it is left.
///
/// `mailbox` and `inbox` belong together; the bus already puts into that mailbox.
///
/// # Errors
/// If the terminal cannot be taken or the system refuses threads or signal handlers.
pub fn run(terminal: Terminal, app: App, outside: Outside, mailbox: Mailbox, inbox: Inbox) -> io::Result<ExitReason> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = catch_unwind(AssertUnwindSafe(|| runtime.block_on(run_here(terminal, app, outside, mailbox, inbox))));
    runtime.shutdown_background();
    // The hook has put the terminal right and said its sentence by now. Only the exit code is left.
    result.unwrap_or(Ok(ExitReason::Bug))
}

async fn run_here(
    terminal: Terminal,
    app: App,
    outside: Outside,
    mailbox: Mailbox,
    mut inbox: Inbox,
) -> io::Result<ExitReason> {
    // Before the terminal is taken: a signal in between would end the program and leave it raw.
    let mut listener = Signals::listen()?;
    let (told, mut signals) = unbounded_channel();
    tokio::spawn(async move { while told.send(listener.next().await).is_ok() {} });

    // Each is a frame on the line. Twice a second shows that a read goes on, and leaves a slow
    // network to the keys.
    let gap = Duration::from_millis(if terminal.remote { 500 } else { 250 });
    let mut frontend: Box<dyn Frontend> = match terminal.manner {
        Manner::FullScreen { paint, term } => {
            let guard = Guard::enter(io::stdin(), io::stdout())?;
            let restorer = guard.restorer();
            panics::install(move || restorer.restore(), terminal.bug_sentence);
            let (columns, rows) = guard.size();
            let screen = Screen::new(columns, rows, paint, takes_brackets(&term))?;
            let display = Display::new(screen, FrameWriter::start(guard.sink(), mailbox.clone())?);
            let wait = if terminal.remote { ESCAPE_WAIT_REMOTE } else { ESCAPE_WAIT };
            Box::new(FullScreen::new(guard, display, Decoder::new(wait)))
        }
        Manner::Linear { render, keys, hides, said } => {
            let echo = Echo::of(io::stdin())?;
            let restorer = echo.clone();
            panics::install(move || restorer.iter().for_each(Echo::restore), terminal.bug_sentence);
            Box::new(Lines::new(io::stdout(), render, keys, hides, echo).with(said))
        }
    };
    let input = Input::start(io::stdin(), mailbox.clone())?;
    let (mut app, first) = RunningApp::start(app, Effects::new(outside, mailbox));
    let leave = drive(&mut app, first, &mut inbox, &mut signals, &mut *frontend, gap).await;
    // The terminal is given back before anything is waited for.
    drop(frontend);
    drop(input);
    let limit = if leave == ExitReason::Asked { FINISH_WHEN_ASKED } else { FINISH_WHEN_TOLD };
    app.effects_mut().finish(limit);
    Ok(leave)
}

/// What ended a wait.
enum Awoken {
    Signalled(Signal),
    Arrived(EngineEvent),
    Time,
}

/// The loop itself, with every end given from outside. `gap` is the least time between two frames that show nothing
/// but the progress of a read.
pub async fn drive(
    app: &mut RunningApp,
    first: Handled,
    inbox: &mut Inbox,
    signals: &mut UnboundedReceiver<Signal>,
    frontend: &mut dyn Frontend,
    gap: Duration,
) -> ExitReason {
    let mut pacing = Pacing::new(gap);
    if first.quit {
        return ExitReason::Asked;
    }
    loop {
        if pacing.draws(Instant::now())
            && let Some(scene) = app.scene()
            && frontend.show(scene).is_err()
        {
            return ExitReason::HungUp;
        }

        let wake = [pacing.wake(), frontend.deadline(), app_deadline(app)].into_iter().flatten().min();
        let time = async {
            match wake {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        // Signals first: the program has to be gone soon after a hang-up, whatever else is waiting. Then the queue,
        // and time last, so that the rest of a key that has already arrived comes before its time is over.
        let cause = tokio::select! {
            biased;
            Some(signal) = signals.recv() => Awoken::Signalled(signal),
            engine_event = inbox.next() => Awoken::Arrived(engine_event),
            () = time => Awoken::Time,
        };

        let handled = match cause {
            Awoken::Signalled(Signal::Terminate) => return ExitReason::Terminated,
            Awoken::Signalled(Signal::Ending(number)) => {
                return ExitReason::Signalled(u8::try_from(number).unwrap_or(u8::MAX));
            }
            Awoken::Signalled(Signal::Stopped) => {
                frontend.suspend();
                Ok(())
            }
            Awoken::Signalled(Signal::Hangup) | Awoken::Arrived(EngineEvent::TerminalGone) => {
                return ExitReason::HungUp;
            }
            // In raw mode Ctrl-C is a byte, so a signal comes from lines or from another program.
            // Either asks as the key does: a read may be under way.
            Awoken::Signalled(Signal::Interrupt) => press(app, vec![Key::Control('c')], frontend, &mut pacing),
            Awoken::Signalled(Signal::Resized) => {
                pacing.resized(Instant::now());
                Ok(())
            }
            Awoken::Signalled(Signal::Continued) => {
                frontend.resume().map_err(|_| ExitReason::HungUp).inspect(|()| pacing.now())
            }
            Awoken::Arrived(EngineEvent::NotOpened) => return ExitReason::NotOpened,
            Awoken::Arrived(EngineEvent::FrameLeft) => frontend.frame_left().map_err(|_| ExitReason::HungUp),
            Awoken::Arrived(EngineEvent::Bytes(bytes, at)) => {
                let keys = frontend.feed(&bytes, at);
                press(app, keys, frontend, &mut pacing)
            }
            Awoken::Arrived(engine_event @ EngineEvent::Progress { .. }) => {
                let outcome = app.receive(engine_event);
                pacing.progress(Instant::now());
                follow(&outcome, frontend)
            }
            Awoken::Arrived(
                engine_event @ (EngineEvent::Bus(_)
                | EngineEvent::EffectDone { .. }
                | EngineEvent::Delivered { .. }
                | EngineEvent::OutboxNotKept(_)
                | EngineEvent::Opened(_)),
            ) => {
                let outcome = app.receive(engine_event);
                pacing.now();
                follow(&outcome, frontend)
            }
            Awoken::Time => pass(app, frontend, &mut pacing),
        };
        if let Err(leave) = handled {
            return leave;
        }
    }
}

/// When the app's deadline is due by the engine's own clock. Looked at again after half a minute at the latest: the
/// time of day may have been set, or the computer have slept.
fn app_deadline(app: &RunningApp) -> Option<Instant> {
    let left = app.deadline()?.duration_since(app.now());
    let left = Duration::try_from(left).unwrap_or_default();
    Some(Instant::now() + left.min(Duration::from_secs(30)))
}

/// Hands keys to the app, one after the other, each with whether what it acts on can be seen.
fn press(app: &mut RunningApp, keys: Vec<Key>, frontend: &dyn Frontend, pacing: &mut Pacing) -> Result<(), ExitReason> {
    for key in keys {
        pacing.now();
        // Looked at for each key: the one before it may have led to a screen that is not whole.
        let sight = app.scene().map_or(Sight::ALL, |scene| frontend.sight(&scene));
        if let Some(page) = sight.page {
            app.handle(Event::Page(page));
        }
        let seen = sight.is_whole;
        if !seen {
            // The window may have got another size without a word.
            pacing.repaint();
        }
        let outcome = app.handle(if seen { Event::Key(key) } else { Event::KeyUnseen(key) });
        if outcome.repaint {
            pacing.repaint();
        }
        if outcome.quit {
            return Err(ExitReason::Asked);
        }
    }
    Ok(())
}

/// Does what an outcome asks of the person's end.
fn follow(outcome: &Handled, frontend: &mut dyn Frontend) -> Result<(), ExitReason> {
    if outcome.repaint {
        frontend.repaint().map_err(|_| ExitReason::HungUp)?;
    }
    if outcome.quit { Err(ExitReason::Asked) } else { Ok(()) }
}

/// Time has passed: for a key, for the app, or for the size of the window.
fn pass(app: &mut RunningApp, frontend: &mut dyn Frontend, pacing: &mut Pacing) -> Result<(), ExitReason> {
    let at = Instant::now();
    let keys = frontend.expire(at);
    press(app, keys, frontend, pacing)?;
    if pacing.repaints(at) {
        frontend.repaint().map_err(|_| ExitReason::HungUp)?;
    }
    if app.deadline().is_some_and(|deadline| deadline <= app.now()) {
        let outcome = app.wake();
        pacing.now();
        follow(&outcome, frontend)?;
    }
    Ok(())
}
