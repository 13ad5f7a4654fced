//! The check on the confirm screen: who the readings are for is said by the person and typed again.
//!
//! Re-entering an identity removes 35 to 41 % of wrong-patient errors, a single click 16 % (Adelman 2013,
//! PMC3638184). What is typed must not be a copy of what is shown, and must not be right for anybody else:
//!
//! | who | what is asked |
//! |---|---|
//! | nobody else gives the same answer | initials and year of birth |
//! | somebody else has these initials and this year | initials and birth date |
//! | the birth date is the same too | an identifier in full, and the year of birth |
//! | no letter of the name, somebody similar may be unknown, or two mismatches before | the same |
//!
//! Somebody else is who is similar, whatever their status, and every other person to whom readings can be given,
//! whatever the name: Li and Lee are far apart as names, and one answer is right for both.
//!
//! Initials that are no Latin letters may be typed as they are, as they are transliterated, or an identifier in full
//! may be typed in their place.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use super::patient::{LookAlike, MOST_LOOK_ALIKES, Patient};
use super::text::{Clean, Private, fold, squeeze};
use super::typed_date;

/// What is asked for in the first field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The first letters of given and family name.
    Initials,
    /// The same, or an identifier in full: the name has no Latin letters.
    InitialsOrIdentifier,
    /// An identifier in full.
    Identifier,
}

/// What is asked for in the second field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Born {
    /// The year of birth; the full date is taken too.
    Year,
    /// The full birth date.
    Date,
}

/// What is asked of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityQuestion {
    /// The first field.
    pub who: Who,
    /// The second field.
    pub born: Born,
}

/// What was typed, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAnswer {
    /// In the first field.
    pub who: Private<Clean>,
    /// In the second field.
    pub born: Private<Clean>,
}

/// What is known of people who may be taken for the one in hand.
#[derive(Debug, Clone, Copy)]
pub enum Others<'a> {
    /// These are similar and nobody else is; and whether any person would give the same answer.
    Known(&'a [LookAlike], Shared),
    /// They could not be looked for.
    Unknown,
}

/// What somebody else to whom readings can be given would answer as this person does, whatever the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shared {
    /// Nothing: nobody has these initials and this year of birth.
    Nothing,
    /// Initials and year of birth.
    Year,
    /// Initials and birth date.
    Date,
    /// It is not known who else there is, so it may be all of it.
    Unknown,
}

/// How a typed answer stands to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is this person's, and nobody else's of those who are known.
    Match,
    /// The year is typed where the full date is asked for.
    DateNeeded,
    /// It is not this person's.
    Mismatch,
}

/// How a person stands to an upload after the answers so far. Counted by the store, for all stations together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityStanding {
    /// No answer was wrong.
    Open,
    /// One answer was wrong: a slip of the finger, perhaps.
    OneMoreTry,
    /// Two or more were wrong, and another person was looked at for this upload since: an identifier is asked for.
    IdentifierNeeded,
    /// Two or more were wrong: another person has to be looked for first.
    Blocked,
}

/// What the store tells when the check of a person begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCheck {
    /// How the person stands to the upload.
    pub standing: IdentityStanding,
    /// Who may be taken for this person; usually nobody.
    pub look_alikes: Vec<LookAlike>,
    /// What somebody else, similar or not, would answer as well.
    pub shared: Shared,
}

/// So many wrong answers block a person for an upload: the first may be a slip of the finger, and is tried again
/// (clinic-safety ID-03).
pub const BLOCKED_FROM: u32 = 2;

impl IdentityStanding {
    /// The standing after so many wrong answers. `another_since`: whether another person was looked at for the upload
    /// after the last of them.
    #[must_use]
    pub const fn after(mismatches: u32, another_since: bool) -> Self {
        match (mismatches, another_since) {
            (0, _) => Self::Open,
            (1, _) => Self::OneMoreTry,
            (_, true) => Self::IdentifierNeeded,
            (_, false) => Self::Blocked,
        }
    }
}

/// The rows of the table above, the easiest first.
const QUESTIONS: [IdentityQuestion; 2] = [
    IdentityQuestion { who: Who::Initials, born: Born::Year },
    IdentityQuestion { who: Who::Initials, born: Born::Date },
];

/// The last row, which tells everybody apart: no two people have one identifier.
const BY_IDENTIFIER: IdentityQuestion = IdentityQuestion { who: Who::Identifier, born: Born::Year };

/// What is asked of this person: the easiest question whose answer nobody else would give.
#[must_use]
pub fn question(patient: &Patient, others: Others<'_>, standing: IdentityStanding) -> IdentityQuestion {
    // Nobody could be looked for, so anybody may give the same answer: only a number is safe.
    let Others::Known(others, shared) = others else { return BY_IDENTIFIER };
    let own = initials(patient);
    if matches!(standing, IdentityStanding::IdentifierNeeded | IdentityStanding::Blocked)
        // The list ends there. Those who were left out of it were compared with nothing.
        || others.len() >= MOST_LOOK_ALIKES
        || own.is_empty()
    {
        return BY_IDENTIFIER;
    }
    let gives_the_same =
        |question: &IdentityQuestion, other: &Patient| shared_with(patient, other) >= shared_by(question.born);
    // Both are asked: the list has who is similar, whatever their status, and `shared` has
    // everybody else who may be given readings.
    let tells_apart = |question: &&IdentityQuestion| {
        shared < shared_by(question.born) && others.iter().all(|other| !gives_the_same(question, &other.patient))
    };
    let Some(found) = QUESTIONS.iter().find(tells_apart) else { return BY_IDENTIFIER };
    let latin = [&patient.given, &patient.family]
        .iter()
        .all(|name| first_letters(name.expose().as_str()).first().is_some_and(char::is_ascii));
    IdentityQuestion { who: if latin { Who::Initials } else { Who::InitialsOrIdentifier }, ..*found }
}

/// What two people would answer alike.
#[must_use]
pub fn shared_with(patient: &Patient, other: &Patient) -> Shared {
    let (ours, theirs) = (*patient.born.expose(), *other.born.expose());
    if ours.year() != theirs.year() || !initials(other).iter().any(|theirs| initials(patient).contains(theirs)) {
        Shared::Nothing
    } else if ours == theirs {
        Shared::Date
    } else {
        Shared::Year
    }
}

/// What somebody shares whose answer is the same.
const fn shared_by(born: Born) -> Shared {
    match born {
        Born::Year => Shared::Year,
        Born::Date => Shared::Date,
    }
}

/// The initials of one person, to pass over others by their names as [`fold`] gives them, without knowing more of them.
#[derive(Debug)]
pub struct Initials(Vec<[char; 2]>);

impl Initials {
    /// Those of this person.
    #[must_use]
    pub fn of(patient: &Patient) -> Self {
        Self(initials(patient))
    }

    /// Whether somebody whose names are so may have initials in common with this person. A folded name that begins with
    /// a Latin letter begins with that letter only; what another is transliterated to is not known of its folded form.
    #[must_use]
    pub fn may_be_of(&self, folded: [&str; 2]) -> bool {
        let [one, other] = folded.map(|name| name.chars().find(|c| c.is_alphanumeric()));
        match (one, other) {
            (Some(one), Some(other)) if one.is_ascii() && other.is_ascii() => self.0.contains(&in_order([one, other])),
            (_, _) => true,
        }
    }
}

/// How what was typed stands to the question. An answer that somebody else of `others` would give as well is none.
#[must_use]
pub fn verdict(question: IdentityQuestion, patient: &Patient, others: Others<'_>, typed: &TypedAnswer) -> Verdict {
    let others = match others {
        Others::Known(others, _) => others,
        Others::Unknown => &[],
    };
    let who = typed.who.expose().as_str();
    if !fits_who(question.who, patient, who) {
        return Verdict::Mismatch;
    }
    let born = typed.born.expose().as_str();
    // No mismatch, which would count towards the block: of most people it is the year that is
    // asked. Said only behind the right initials and of the right year, so that who guesses learns
    // nothing.
    if question.born == Born::Date && year(born) == Some(patient.born.expose().year()) {
        return Verdict::DateNeeded;
    }
    let is_also = |other: &LookAlike| {
        fits_who(question.who, &other.patient, who) && fits_born(question.born, &other.patient, born)
    };
    // Looked at again with what was typed: an identifier of one person may be written like that of
    // another sort of somebody else.
    if fits_born(question.born, patient, born) && !others.iter().any(is_also) {
        Verdict::Match
    } else {
        Verdict::Mismatch
    }
}

fn fits_who(who: Who, patient: &Patient, typed: &str) -> bool {
    let identifier = || {
        let typed = squeeze(typed);
        // An identifier of signs alone is nothing once they are taken out, and would be proved by
        // an empty field.
        !typed.is_empty() && patient.identifiers.iter().any(|own| squeeze(own.value.expose().as_str()) == typed)
    };
    let fits_initials = || {
        let letters: Vec<char> = typed.nfc().filter_map(letter).collect();
        <[char; 2]>::try_from(letters).is_ok_and(|letters| initials(patient).contains(&in_order(letters)))
    };
    match who {
        Who::Initials => fits_initials(),
        Who::InitialsOrIdentifier => fits_initials() || identifier(),
        Who::Identifier => identifier(),
    }
}

fn fits_born(born: Born, patient: &Patient, typed: &str) -> bool {
    let own = *patient.born.expose();
    match born {
        Born::Year if year(typed).is_some() => year(typed) == Some(own.year()),
        // Where the year is asked for, the full date says more. A wrong day of the right year is no
        // match: it is somebody else's.
        Born::Year | Born::Date => day(typed) == Some(own),
    }
}

/// A date in any way that means one day.
fn day(typed: &str) -> Option<Date> {
    typed_date::plain(typed).or_else(|| typed_date::only(typed.trim()))
}

fn year(typed: &str) -> Option<i16> {
    typed.trim().parse().ok()
}

/// Every pair of letters that is taken for a person's initials. In either order: people say them so and so.
fn initials(patient: &Patient) -> Vec<[char; 2]> {
    let given = first_letters(patient.given.expose().as_str());
    let family = first_letters(patient.family.expose().as_str());
    given.iter().flat_map(|given| family.iter().map(|family| in_order([*given, *family]))).collect()
}

/// Initials that are a right answer for this person; none where no letter of a name is known.
#[must_use]
pub fn typed_initials(patient: &Patient) -> Option<String> {
    let first = |name: &Private<Clean>| first_letters(name.expose().as_str()).first().copied();
    let letters = [first(&patient.given)?, first(&patient.family)?];
    Some(letters.iter().flat_map(|letter| letter.to_uppercase()).collect())
}

fn in_order([one, other]: [char; 2]) -> [char; 2] {
    [one.min(other), one.max(other)]
}

/// The first letter of a name as it is written, and what it is transliterated to.
fn first_letters(name: &str) -> Vec<char> {
    let Some(written) = name.nfc().find_map(|c| letter(c).map(|letter| (c, letter))) else { return Vec::new() };
    let latin = any_ascii::any_ascii_char(written.0).chars().find(char::is_ascii_alphanumeric);
    let latin = latin.map(|c| c.to_ascii_lowercase()).filter(|latin| *latin != written.1);
    std::iter::once(written.1).chain(latin).collect()
}

/// A letter or digit without case and accents; of one that is spelled out (ß, æ) the first.
fn letter(c: char) -> Option<char> {
    if !c.is_alphanumeric() {
        return None;
    }
    fold(c.encode_utf8(&mut [0; 4])).chars().find(|c| c.is_alphanumeric())
}

#[cfg(test)]
mod tests;
