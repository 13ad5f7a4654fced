//! Every text a person reads, by its key, from `assets/words`.
//!
//! Sentences are whole in the asset, with their variables and plurals; no code builds one from pieces. What has any
//! number of things in it is a list, and how things are listed stands there too. A text that is not in the asset does
//! not compile; one whose variable nobody filled comes out as its key in brackets, so that it is seen.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::scene::Block;
use crate::domain::glucose::Unit;
use crate::domain::problem::Problem;
use crate::domain::statistics::Range;
use crate::domain::words::{TextKey, key};

/// The English words.
const ENGLISH: &str = include_str!("../../assets/words/en.ftl");

static SHARED: LazyLock<Words> = LazyLock::new(Words::english);

/// The words of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
}

/// What a variable of a text is filled with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// Words, shown as they are.
    Text(String),
    /// A number, shown with its digits only, by which plurals are chosen.
    Number(i64),
}

impl Words {
    /// The English words.
    #[must_use]
    pub fn english() -> Self {
        // The usual bundle cannot be shared by threads, and the words are one static for all of
        // them.
        let mut bundle = FluentBundle::new_concurrent(vec!["en".parse().unwrap_or_default()]);
        // Isolating marks are invisible characters, which not every terminal leaves out.
        bundle.set_use_isolating(false);
        // What can be parsed is used even where a line is wrong: a missing text is better than no program.
        let resource = FluentResource::try_new(ENGLISH.to_owned()).unwrap_or_else(|(parsed, _)| parsed);
        bundle.add_resource_overriding(resource);
        Self { bundle }
    }

    /// The English words, read once however many ask for them.
    #[must_use]
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// The text under a key, which has no variables.
    #[must_use]
    pub fn text(&self, key: TextKey) -> String {
        self.filled(key, &[])
    }

    /// The text under a key with its variables filled. If one is missing: the key in brackets.
    #[must_use]
    pub fn filled(&self, key: TextKey, values: &[(&str, Filling)]) -> String {
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, FluentValue::from(value));
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .get_message(key.as_str())
            .and_then(|message| message.value())
            .map(|pattern| self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned());
        match text {
            // Fluent would leave the name of a variable in the sentence, where it may be read as a
            // value.
            Some(text) if errors.is_empty() => text,
            Some(_) | None => format!("[{}]", key.as_str()),
        }
    }

    /// Things one after the other, as the language lists them.
    #[must_use]
    pub fn list(&self, things: impl IntoIterator<Item = String>) -> String {
        self.row_of(key::LIST, things)
    }

    /// The same of things that have commas in them.
    #[must_use]
    pub fn list_of_lists(&self, things: impl IntoIterator<Item = String>) -> String {
        self.row_of(key::LIST_OF_LISTS, things)
    }

    /// Whole sentences one after the other.
    #[must_use]
    pub fn sentences(&self, sentences: impl IntoIterator<Item = String>) -> String {
        self.row_of(key::SENTENCES, sentences)
    }

    fn row_of(&self, key: TextKey, things: impl IntoIterator<Item = String>) -> String {
        let row = things
            .into_iter()
            .reduce(|before, next| self.filled(key, &[("before", before.into()), ("next", next.into())]));
        row.unwrap_or_default()
    }

    /// What a range of values is called, with its limits in this unit: `In range 70-180`.
    #[must_use]
    pub fn range(&self, range: Range, unit: Unit) -> String {
        let key = match range {
            Range::VeryLow => key::RANGE_VERY_LOW,
            Range::Low => key::RANGE_LOW,
            Range::Target => key::RANGE_TARGET,
            Range::High => key::RANGE_HIGH,
            Range::VeryHigh => key::RANGE_VERY_HIGH,
        };
        self.filled(key, &[("limit", range.limits(unit).into())])
    }

    /// Whole percent, half to even; what is less than one is said so, since a count that is not zero never reads as
    /// 0 %.
    #[must_use]
    pub fn percent(&self, count: u32, total: u32) -> String {
        let percent = f64::from(count) * 100.0 / f64::from(total.max(1));
        if count > 0 && percent < 1.0 {
            self.text(key::PERCENT_BELOW_ONE)
        } else {
            self.filled(key::PERCENT, &[("percent", format!("{:.0}", percent.round_ties_even()).into())])
        }
    }

    /// Whether there is a text under this key.
    #[must_use]
    pub fn has(&self, key: TextKey) -> bool {
        self.bundle.get_message(key.as_str()).is_some_and(|message| message.value().is_some())
    }

    /// How long is to be waited: in seconds up to two minutes, from then on in whole minutes that are enough.
    fn wait(&self, seconds: u32) -> String {
        match seconds {
            0..=119 => self.filled(key::WAIT_SECONDS, &[("count", seconds.into())]),
            _ => self.filled(key::WAIT_MINUTES, &[("count", seconds.div_ceil(60).into())]),
        }
    }

    /// What a person reads about a problem: what happened, what to do next, and the code for support.
    #[must_use]
    pub fn problem(&self, problem: &Problem) -> Block {
        Block::Problem {
            what: self.what(problem),
            remedy: self.about(problem, problem.code.remedy()),
            code: problem.code.code().to_owned(),
        }
    }

    /// What happened, alone.
    #[must_use]
    pub fn what(&self, problem: &Problem) -> String {
        self.about(problem, problem.code.what())
    }

    /// A text with what is known of a problem.
    fn about(&self, problem: &Problem, key: TextKey) -> String {
        // By this word a text chooses its form; nobody reads it.
        let of = problem.of.map_or_else(|| Filling::from("unknown"), Filling::from);
        let missing = problem.of.map_or(0, |of| of.saturating_sub(problem.done));
        let wait = problem.wait_seconds.map_or_else(String::new, |seconds| self.wait(seconds));
        let values = [
            ("done", Filling::from(problem.done)),
            ("of", of),
            ("missing", Filling::from(missing)),
            ("wait", Filling::from(wait)),
        ];
        self.filled(key, &values)
    }
}

impl From<&Filling> for FluentValue<'_> {
    fn from(filling: &Filling) -> Self {
        match filling {
            Filling::Text(text) => Self::String(text.clone().into()),
            Filling::Number(number) => Self::from(*number),
        }
    }
}

impl From<&str> for Filling {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Filling {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Filling {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<u32> for Filling {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<i64> for Filling {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Filling {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::ProblemCode;

    fn said(problem: &Problem) -> String {
        let Block::Problem { what, .. } = Words::english().problem(problem) else { panic!("not a problem") };
        what
    }

    #[test]
    fn numbers_choose_plurals_and_are_printed_plain() {
        let mut problem = Problem::new(ProblemCode::LinkSilent, "");
        assert_eq!(said(&problem), "The meter stopped answering before it sent a reading. Nothing was assigned.");
        problem.done = 1;
        assert_eq!(said(&problem), "The meter stopped answering after 1 reading. Nothing was assigned.");
        problem.done = 12_412;
        assert_eq!(said(&problem), "The meter stopped answering after 12412 readings. Nothing was assigned.");
        problem.of = Some(1_000_720);
        assert_eq!(
            said(&problem),
            "The meter stopped answering after 12412 of 1000720 readings. Nothing was assigned."
        );
    }

    #[test]
    fn percents_are_rounded_half_to_even_and_never_hide_a_count() {
        let percent = |count, total| Words::shared().percent(count, total);
        assert_eq!(percent(0, 524), "0 %");
        assert_eq!(percent(1, 524), "<1 %");
        assert_eq!(percent(5, 524), "<1 %", "0.95 %");
        assert_eq!(percent(388, 524), "74 %");
        assert_eq!(percent(1, 40), "2 %");
        assert_eq!(percent(3, 40), "8 %");
    }

    #[test]
    fn a_missing_key_or_variable_is_seen() {
        let words = Words::english();
        assert_eq!(words.text(key::PAINT_PAGE), "[paint-page]");
        assert_eq!(
            words.filled(key::PAINT_PAGE, &[("page", 2_u32.into()), ("pages", "many".into())]),
            "PgUp/PgDn: page 2 of many"
        );
    }
}
