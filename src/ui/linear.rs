//! A scene as lines for a screen reader or a braille display, and typed lines as keys.
//!
//! The first time a step is seen, all of it is said; afterwards only what changed, problems first. Nothing is said by
//! position, colour or drawing. What can be acted on has a number; a line with the number is turned into the keys
//! that a person would press, so there is one path through the program and not two.
//!
//! A field whose value is hidden must not be echoed by the terminal either: that is the engine's to switch off.

mod input;
mod speech;

pub use self::input::keys;
use self::speech::Utterance;
pub(crate) use self::speech::sentences;
use super::scene::Scene;
use super::words::Words;
use crate::domain::words::key;

/// What is to be said now that `next` is on after `previous`, line by line, with the prompt at the end; no line if
/// nothing of importance changed.
#[must_use]
pub fn render(previous: Option<&Scene>, next: &Scene) -> Vec<String> {
    let said = speech::all(next);
    let known = previous.filter(|previous| is_same_step(previous, next)).map(speech::all);
    let mut news: Vec<Utterance> = match known {
        None => said,
        Some(known) => {
            // A number that is said once stays valid; when numbers fall away, all are said again.
            let count = |all: &[Utterance]| all.iter().filter(|said| said.numbered).count();
            let fewer = count(&said) < count(&known);
            let is_new = |said: &Utterance| (fewer && said.numbered) || known.iter().all(|known| known.key != said.key);
            let mut news: Vec<Utterance> = said.into_iter().filter(is_new).collect();
            // The sort is stable: among themselves they stay in the order of the screen.
            news.sort_by_key(|said| !said.urgent);
            news
        }
    };
    if !news.is_empty() {
        news.push(Utterance::plain(prompt(next)));
    }
    news.into_iter().map(|said| said.text).filter(|text| !text.is_empty()).collect()
}

/// What asks for the next line: a question mark, after the name of the focused field if there is one.
#[must_use]
pub fn prompt(scene: &Scene) -> String {
    match scene.focused_field() {
        Some(field) => Words::shared().filled(key::LINEAR_PROMPT_FIELD, &[("label", (&field.label).into())]),
        None => Words::shared().text(key::LINEAR_PROMPT),
    }
}

/// The state of the device panel, for a person who asks for it.
#[must_use]
pub fn panel(scene: &Scene) -> Vec<String> {
    speech::panel(&scene.panel).into_iter().map(|said| said.text).collect()
}

fn is_same_step(one: &Scene, other: &Scene) -> bool {
    one.step == other.step
        // A page or a period with another heading is a screen of its own, of which everything is
        // said.
        && one.heading == other.heading
        && one.overlay.as_ref().map(|overlay| &overlay.title) == other.overlay.as_ref().map(|overlay| &overlay.title)
}
