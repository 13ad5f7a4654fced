//! What can be wrong with a line of a script.

use super::{LONGEST_IN_WORDS, UNPLUG};
use crate::domain::cause::Cause;
use crate::domain::text::quoted;

/// Why a line of a script makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptMistake {
    /// The first word is no step.
    #[error("there is no step {}", quoted(verb))]
    UnknownStep {
        /// The word.
        verb: String,
    },
    /// A step with more or fewer words after it than it takes.
    #[error("{verb} with {count} words after it; expected: {expected}")]
    WordCount {
        /// The first word, which is a step.
        verb: String,
        /// How many words stand after it.
        count: usize,
        /// How the step is written.
        expected: &'static str,
    },
    /// A setting of a meter that is of no matter where it is unplugged.
    #[error("{} does not say which plug is pulled: {UNPLUG}", quoted(word))]
    NoPlug {
        /// The setting.
        word: String,
    },
    /// The line ends within a text.
    #[error("a quote is not closed")]
    OpenQuote,
    /// A quoted text and the next word are one.
    #[error("there is no space after a closing quote")]
    NoSpaceAfterQuote,
    /// A backslash before a character that needs none.
    #[error("there is no escape \\{0}")]
    UnknownEscape(char),
    /// `\u` without the number of a character.
    #[error("\\u needs a number such as \\u{{e9}}")]
    NoCharacter,
    /// No key has this name.
    #[error("there is no key {}; names are such as Enter, Esc, Tab, Down, F1, Ctrl-C", quoted(name))]
    UnknownKey {
        /// The name.
        name: String,
    },
    /// `expect-json` without its two words.
    #[error("expected: expect-json /POINTER VALUE")]
    NoValue,
    /// The place in the state is not written as RFC 6901 has it.
    #[error("{} is no JSON pointer: it does not begin with a slash", quoted(pointer))]
    NoPointer {
        /// What stands there.
        pointer: String,
    },
    /// The wanted value cannot be read.
    #[error("the value is no JSON: a text in double quotes, a number, true, false, null, a list or an object")]
    NoJson(#[source] Cause),
    /// No time, or one that is before now.
    #[error("{} is no time; write 250ms, 10s, 5m or 2h", quoted(text))]
    NoTime {
        /// What stands there.
        text: String,
    },
    /// A time that would lead out of the calendar.
    #[error("{} is too long: a script takes at most {LONGEST_IN_WORDS}", quoted(text))]
    TooLong {
        /// What stands there.
        text: String,
    },
    /// Each time is allowed, and all of them are too much.
    #[error("all times up to here together are more than {LONGEST_IN_WORDS}")]
    TooLongTogether,
    /// Not a size between 1x1 and 500x500.
    #[error("{} is no size; write 80x24", quoted(text))]
    NoSize {
        /// What stands there.
        text: String,
    },
    /// The step is well written, and what it asks for cannot be.
    #[error(transparent)]
    Impossible(#[from] Cause),
}
