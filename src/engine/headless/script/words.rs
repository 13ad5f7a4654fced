//! A line into words and quoted texts.

use super::ScriptMistake;

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(String);

impl Word {
    /// The word, without its quotes.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The words of a line up to a remark.
///
/// # Errors
/// [`ScriptMistake`] if a quote is not closed, or an escape is not known.
pub(super) fn words(line: &str) -> Result<Vec<Word>, ScriptMistake> {
    let mut words = Vec::new();
    let mut characters = line.chars().peekable();
    loop {
        while characters.next_if(|character| character.is_whitespace()).is_some() {}
        let mut word = String::new();
        match characters.peek() {
            None | Some('#') => return Ok(words),
            Some('"') => {
                characters.next();
                quoted(&mut characters, &mut word)?;
                if characters.peek().is_some_and(|character| !character.is_whitespace()) {
                    return Err(ScriptMistake::NoSpaceAfterQuote);
                }
            }
            Some(_) => {
                while let Some(character) = characters.next_if(|character| !character.is_whitespace()) {
                    word.push(character);
                }
            }
        }
        words.push(Word(word));
    }
}

/// The rest of a quoted text.
fn quoted(characters: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), ScriptMistake> {
    loop {
        match characters.next().ok_or(ScriptMistake::OpenQuote)? {
            '"' => return Ok(()),
            '\\' => word.push(escaped(characters)?),
            character => word.push(character),
        }
    }
}

/// What stands after a backslash.
fn escaped(characters: &mut impl Iterator<Item = char>) -> Result<char, ScriptMistake> {
    match characters.next().ok_or(ScriptMistake::OpenQuote)? {
        '"' => Ok('"'),
        '\\' => Ok('\\'),
        'n' => Ok('\n'),
        'r' => Ok('\r'),
        't' => Ok('\t'),
        'u' => {
            let number: String = characters.take_while(|character| *character != '}').collect();
            // `from_str_radix` takes a leading plus sign for part of a number.
            let digits =
                number.strip_prefix('{').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
            let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
            number.and_then(char::from_u32).ok_or(ScriptMistake::NoCharacter)
        }
        other => Err(ScriptMistake::UnknownEscape(other)),
    }
}
