//! One step of a script after the other.

use jiff::SignedDuration;
use serde_json::Value;

use super::super::script::ScriptStep;
use super::{Harness, Speed};
use crate::app::event::Event;
use crate::app::key::Key;
use crate::domain::cause::Cause;
use crate::domain::text::{quoted, shortened};
use crate::ui::paint::Sight;

/// More events than any sane script causes in one step: two effects that ask for each other would go on for ever.
const MOST_EVENTS: u32 = 1_000_000;

/// A script is refused before that; only a clock that is far in the future already gets there.
const BEYOND_THE_CALENDAR: &str = "the clock would be behind the year 9999";

impl Harness {
    /// Does one step.
    ///
    /// # Errors
    /// The reason why it failed.
    pub fn step(&mut self, step: &ScriptStep) -> Result<(), Cause> {
        match step {
            ScriptStep::Keys(keys) => self.press(keys),
            ScriptStep::Plug(description) => self.board.plug(description),
            ScriptStep::Unplug(name) => self.board.unplug(name),
            ScriptStep::Wait { text, limit } => self.wait(text, *limit),
            ScriptStep::Expect(text) if self.shows(text) => Ok(()),
            ScriptStep::Expect(text) => Err(format!("the screen does not show {}", quoted(text)).into()),
            ScriptStep::Refuse(text) if self.shows(text) => Err(format!("the screen shows {}", quoted(text)).into()),
            ScriptStep::Refuse(_) | ScriptStep::Screen(_) => Ok(()),
            ScriptStep::ExpectJson { pointer, value } => self.expect_json(pointer, value),
            ScriptStep::Resize { columns, rows } => {
                self.screen.resize(*columns, *rows).map_err(Cause::of)?;
                self.draw()
            }
            ScriptStep::Idle => self.settle(),
            ScriptStep::Advance(by) => self.advance(*by),
            ScriptStep::User(staff) => self.register.add_user(staff),
            ScriptStep::Patient(person) => self.register.create_patient(person),
            ScriptStep::Restart => self.restart(),
        }
    }

    /// Whether the screen shows this text: in one row, or wrapped over several.
    #[must_use]
    pub fn shows(&self, text: &str) -> bool {
        let rows = self.rows();
        rows.iter().any(|row| row.contains(text)) || flat(&rows.join(" ")).contains(&flat(text))
    }

    fn press(&mut self, keys: &[Key]) -> Result<(), Cause> {
        for key in keys {
            if self.ended {
                return Err("the program has ended".into());
            }
            let sight = self.scene.as_ref().map_or(Sight::ALL, |scene| self.screen.sight(scene));
            if let (Some(page), Some(app)) = (sight.page, &mut self.app) {
                // Nothing is drawn for it, and no read goes on meanwhile.
                app.handle(Event::Page(page));
            }
            let key = key.clone();
            self.event(if sight.is_whole { Event::Key(key) } else { Event::KeyUnseen(key) })?;
        }
        Ok(())
    }

    fn wait(&mut self, text: &str, limit: SignedDuration) -> Result<(), Cause> {
        let from = (self.now)().timestamp();
        let until = from.checked_add(limit).map_err(|_| BEYOND_THE_CALENDAR)?;
        for _ in 0..MOST_EVENTS {
            if self.shows(text) {
                return Ok(());
            }
            if !self.pass(until)? {
                return Err(format!("the screen did not show {} within {limit:#}", quoted(text)).into());
            }
        }
        Err(format!("{MOST_EVENTS} events passed without {}", quoted(text)).into())
    }

    fn advance(&mut self, by: SignedDuration) -> Result<(), Cause> {
        let until = (self.now)().checked_add(by).map_err(|_| BEYOND_THE_CALENDAR)?;
        for _ in 0..MOST_EVENTS {
            // What is due on the way happens on the way, each at its own time.
            if self.pass(until.timestamp())? {
                continue;
            }
            if let Speed::Fast(clock) = &self.speed {
                clock.set(until);
            }
            return self.draw();
        }
        Err(format!("{MOST_EVENTS} events passed within {by:#}").into())
    }

    fn expect_json(&self, pointer: &str, value: &Value) -> Result<(), Cause> {
        let state = self.state();
        match state.pointer(pointer) {
            Some(found) if found == value => Ok(()),
            Some(found) => {
                Err(format!("{pointer} is {}, not {}", shortened(&found.to_string()), shortened(&value.to_string()))
                    .into())
            }
            None => Err(format!("the state has no {}", shortened(pointer)).into()),
        }
    }
}

/// Text without the lines of boxes and with single spaces, so that a sentence is found where it is wrapped.
fn flat(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|character| if matches!(character, '\u{2500}'..='\u{259F}' | '|') { ' ' } else { character })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
