//! What may be written down about a patient or a member of staff. The form and the command line ask here: there
//! is one rule for each field, and each refusal names its field. Nothing is made shorter to fit.

mod number;

use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{GeneralSecurityProfile as _, MixedScript as _};

pub use self::number::{behind_label, is_label, mrn};
use self::number::{is_no_number, is_of_a_place, is_place};
use super::calendar;
use super::patient::{Gender, Identifier, NewPatient};
use super::text::{Clean, Private, fold};
use super::typed_date;
use super::words::{TextKey, key};

/// The longest name of a person, in terminal cells. It is shown whole wherever a person is told apart.
pub const LONGEST_NAME: usize = 60;
/// The longest number of the clinic, in characters: no clinic's is longer, and the look-alike check tries all its
/// spellings.
pub const LONGEST_MRN: usize = 25;
/// The longest other identifier, in terminal cells: the number of a European
/// health insurance card has 20, and must stand whole in a row.
pub const LONGEST_IDENTIFIER: usize = 40;
/// The longest label of an identifier, in terminal cells: a word or two before the number, never longer than that.
pub const LONGEST_LABEL: usize = 20;
/// The longest electronic mail address, in terminal cells. RFC 5321 allows 254, which no form has room to show;
/// people's own are far shorter.
pub const LONGEST_EMAIL: usize = 120;
/// The longest telephone number, in terminal cells: fifteen digits (ITU-T E.164), blanks and an extension.
pub const LONGEST_PHONE: usize = 40;
/// The longest reason, in terminal cells: a sentence for the audit trail. A history belongs into the record.
pub const LONGEST_REASON: usize = 200;
/// The longest login name, in terminal cells: it is typed many times a day.
pub const LONGEST_LOGIN: usize = 40;
/// The longest query of a search, in characters: longer than a whole name, a birth date and a number together.
pub const LONGEST_QUERY: usize = 200;
/// What a field to type in holds, in characters: more than any of the limits above, so that a text that was cut there
/// is still too long.
pub const FIELD_HOLDS: usize = 256;

/// The label of the clinic's own number. A patient has one.
pub const MRN: &str = "MRN";

/// So many marks may stand on one letter (Unicode UTS 39, section 5.4: no more than four in a sequence).
const MOST_MARKS: usize = 4;

/// What a login name may hold besides letters and digits.
const LOGIN_SIGNS: &str = " ._-@+'";

/// A field that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Family name.
    Family,
    /// Given names.
    Given,
    /// Date of birth.
    Born,
    /// The clinic's number.
    Mrn,
    /// Administrative gender.
    Gender,
    /// A second identifier.
    OtherIdentifier,
    /// Electronic mail.
    Email,
    /// Telephone.
    Phone,
    /// Why a second record is made for what seems to be the same person.
    Reason,
    /// The name typed at sign-in.
    Login,
    /// The name of a member of staff.
    Name,
    /// A password.
    Password,
    /// What a search looks for.
    Query,
}

impl Field {
    /// The field as it is called on the command line and in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Given => "given",
            Self::Born => "born",
            Self::Mrn => "mrn",
            Self::Gender => "gender",
            Self::OtherIdentifier => "other_identifier",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Reason => "reason",
            Self::Login => "login",
            Self::Name => "name",
            Self::Password => "password",
            Self::Query => "query",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldFault {
    /// There is no letter in it.
    NoLetters,
    /// It has more than so many characters.
    TooLong(usize),
    /// It has fewer than so many characters.
    TooShort(usize),
    /// It has characters that cannot be shown or typed.
    Unprintable,
    /// A letter has more marks on it than any writing has.
    Marks,
    /// A login name has letters of two scripts, or signs that none may have.
    MixedLetters,
    /// It is no date.
    NotADate,
    /// Its year has two digits.
    ShortYear,
    /// The date is to come.
    InFuture,
    /// Nobody who was born then is alive.
    TooEarly,
    /// It is not made of 1 to 25 letters, digits and hyphens.
    NotANumber,
    /// It is the number of a room, a bed or a place in a queue.
    PlaceNumber,
    /// It stands where nobody has a number: zeros, or a word such as `none`.
    NobodysNumber,
    /// It is a second MRN.
    SecondMrn,
    /// Another patient has it.
    Taken,
    /// There is no @ in it.
    NotMail,
    /// It needs a label and a value.
    HalfAnIdentifier,
    /// A password is among those that are tried first.
    EasyPassword,
    /// A new password is the old one.
    SamePassword,
    /// What was typed twice is not the same.
    NotTheSame,
}

impl FieldFault {
    /// The key of what is said of it.
    #[must_use]
    pub const fn words(self) -> TextKey {
        match self {
            Self::NoLetters => key::COMPLAINT_NAME,
            Self::TooLong(_) => key::COMPLAINT_TOO_LONG,
            Self::TooShort(_) => key::COMPLAINT_TOO_SHORT,
            Self::Unprintable => key::COMPLAINT_UNPRINTABLE,
            Self::Marks => key::COMPLAINT_MARKS,
            Self::MixedLetters => key::COMPLAINT_LOGIN,
            Self::NotADate => key::COMPLAINT_BIRTH_DATE,
            Self::ShortYear => key::COMPLAINT_SHORT_YEAR,
            Self::InFuture => key::COMPLAINT_BORN_IN_FUTURE,
            Self::TooEarly => key::COMPLAINT_BORN_TOO_EARLY,
            Self::NotANumber => key::COMPLAINT_MRN,
            Self::PlaceNumber => key::COMPLAINT_PLACE_NUMBER,
            Self::NobodysNumber => key::COMPLAINT_NOBODYS_NUMBER,
            Self::SecondMrn => key::COMPLAINT_SECOND_MRN,
            Self::Taken => key::COMPLAINT_TAKEN,
            Self::NotMail => key::COMPLAINT_EMAIL,
            Self::HalfAnIdentifier => key::COMPLAINT_HALF_IDENTIFIER,
            Self::EasyPassword => key::COMPLAINT_EASY_PASSWORD,
            Self::SamePassword => key::COMPLAINT_SAME_PASSWORD,
            Self::NotTheSame => key::COMPLAINT_NOT_THE_SAME,
        }
    }

    /// The limit that the words name, in characters.
    #[must_use]
    pub const fn limit(self) -> Option<usize> {
        if let Self::TooLong(limit) | Self::TooShort(limit) = self { Some(limit) } else { None }
    }
}

/// A field and what is wrong with it; never what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The field.
    pub field: Field,
    /// What is wrong.
    pub fault: FieldFault,
}

/// A new patient as written by a person, nothing checked.
#[derive(Debug, Clone)]
pub struct Written<'a> {
    /// Family name.
    pub family: &'a str,
    /// Given names.
    pub given: &'a str,
    /// Date of birth as [`born`] reads it, or why it is none.
    pub born: Result<Date, FieldFault>,
    /// The clinic's number.
    pub mrn: &'a str,
    /// Administrative gender.
    pub gender: Gender,
    /// Label and value of another identifier.
    pub other_identifier: Option<(&'a str, &'a str)>,
    /// Electronic mail.
    pub email: &'a str,
    /// Telephone.
    pub phone: &'a str,
    /// Why the patient is created although somebody looks the same.
    pub reason: &'a str,
}

impl Written<'_> {
    /// The patient, if every field is sound on this day.
    ///
    /// # Errors
    /// What is wrong, at most one complaint for each field, in their order.
    pub fn check(&self, today: Date) -> Result<NewPatient, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let family = noted(&mut complaints, Field::Family, name(self.family));
        let given = noted(&mut complaints, Field::Given, name(self.given));
        let born = self.born.and_then(|born| birth_date(born, today));
        let born = noted(&mut complaints, Field::Born, born);
        let mrn = noted(&mut complaints, Field::Mrn, mrn(self.mrn));
        let other = self.other_identifier.map(|(label, value)| other_identifier(label, value)).transpose();
        let other = noted(&mut complaints, Field::OtherIdentifier, other);
        let email = noted(&mut complaints, Field::Email, email(self.email));
        let phone = noted(&mut complaints, Field::Phone, whole(self.phone, LONGEST_PHONE));
        let reason = noted(&mut complaints, Field::Reason, whole(self.reason, LONGEST_REASON));
        let (Some(family), Some(given), Some(born), Some(mrn)) = (family, given, born, mrn) else {
            return Err(complaints);
        };
        let (Some(other_identifier), Some(email), Some(phone), Some(reason)) = (other, email, phone, reason) else {
            return Err(complaints);
        };
        let filled = |text: Clean| (!text.is_empty()).then(|| Private::new(text));
        Ok(NewPatient {
            family: Private::new(family),
            given: Private::new(given),
            born: Private::new(born),
            mrn: Private::new(mrn),
            gender: self.gender,
            other_identifier,
            email: filled(email),
            phone: filled(phone),
            reason_despite_look_alike: (!reason.is_empty()).then_some(reason),
        })
    }
}

fn noted<T>(complaints: &mut Vec<Complaint>, field: Field, checked: Result<T, FieldFault>) -> Option<T> {
    checked.map_err(|fault| complaints.push(Complaint { field, fault })).ok()
}

/// A text that may be empty, whole: nothing of it is taken out or replaced but for white space,
/// which becomes one space.
///
/// # Errors
/// [`FieldFault::TooLong`], [`FieldFault::Unprintable`], [`FieldFault::Marks`].
pub fn whole(raw: &str, most_cells: usize) -> Result<Clean, FieldFault> {
    let text = Clean::new(raw, usize::MAX);
    if text.cells() > most_cells {
        return Err(FieldFault::TooLong(most_cells));
    }
    let as_written: String = raw.split_whitespace().collect::<Vec<_>>().join(" ").nfc().collect();
    // A line break or a tab is white space to `Clean`, and gone in it; in one field it comes from a
    // pasted table or list, of which the wrong cell may stand here.
    if raw.chars().any(char::is_control) || text.as_str().contains('\u{FFFD}') || text.as_str() != as_written {
        return Err(FieldFault::Unprintable);
    }
    let mut marks = 0;
    // Taken apart first: a composed letter has marks of its own, and a pile of them may begin with
    // it.
    for c in text.as_str().nfd() {
        marks = if unicode_normalization::char::is_combining_mark(c) { marks + 1 } else { 0 };
        if marks > MOST_MARKS {
            return Err(FieldFault::Marks);
        }
    }
    Ok(text)
}

/// A name of a person.
///
/// # Errors
/// [`FieldFault::TooLong`], [`FieldFault::Unprintable`], [`FieldFault::NoLetters`].
pub fn name(raw: &str) -> Result<Clean, FieldFault> {
    let name = whole(raw, LONGEST_NAME)?;
    if name.as_str().chars().any(char::is_alphabetic) { Ok(name) } else { Err(FieldFault::NoLetters) }
}

/// A login name: typable at the sign-in, and of letters that can be told from others.
///
/// # Errors
/// [`FieldFault::TooLong`], [`FieldFault::Unprintable`], [`FieldFault::Marks`], [`FieldFault::NoLetters`],
/// [`FieldFault::MixedLetters`].
pub fn login(raw: &str) -> Result<Clean, FieldFault> {
    let login = whole(raw, LONGEST_LOGIN)?;
    if !login.as_str().chars().any(char::is_alphabetic) {
        return Err(FieldFault::NoLetters);
    }
    let is_plain = |c: char| c.identifier_allowed() || LOGIN_SIGNS.contains(c);
    if login.as_str().chars().all(is_plain) && login.as_str().is_single_script() {
        Ok(login)
    } else {
        Err(FieldFault::MixedLetters)
    }
}

/// What a login name looks like: two that give the same text are taken for each other (Unicode UTS 39, section 4).
#[must_use]
pub fn looks(login: &str) -> String {
    // Folded before and behind: the skeleton tells capitals from small letters, and what it puts
    // for a character may be a capital, as the O for a zero.
    fold(&unicode_security::skeleton(&fold(login)).collect::<String>())
}

/// What a search looks for.
///
/// # Errors
/// [`FieldFault::TooLong`].
pub fn query(raw: &str) -> Result<&str, FieldFault> {
    if raw.chars().count() > LONGEST_QUERY { Err(FieldFault::TooLong(LONGEST_QUERY)) } else { Ok(raw) }
}

/// A birth date as it is written down: in one of the ways that have one meaning.
///
/// # Errors
/// [`FieldFault::ShortYear`], [`FieldFault::NotADate`].
pub fn born(raw: &str) -> Result<Date, FieldFault> {
    typed_date::plain(raw).ok_or(if typed_date::lacks_century(raw) {
        FieldFault::ShortYear
    } else {
        FieldFault::NotADate
    })
}

/// A date on which a living person can have been born.
fn birth_date(born: Date, today: Date) -> Result<Date, FieldFault> {
    if born > today {
        Err(FieldFault::InFuture)
    } else if born < calendar::EARLIEST_BIRTH {
        Err(FieldFault::TooEarly)
    } else {
        Ok(born)
    }
}

fn other_identifier(label: &str, value: &str) -> Result<Identifier, FieldFault> {
    let (label, value) = (whole(label, LONGEST_LABEL)?, whole(value, LONGEST_IDENTIFIER)?);
    let bare = |text: &str| fold(text).chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    // Without its signs: `M.R.N.` would be a second number of the clinic under another name.
    if bare(label.as_str()) == fold(MRN) {
        return Err(FieldFault::SecondMrn);
    }
    let first_word = fold(label.as_str()).split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    if is_place(&first_word) || is_of_a_place(value.as_str()) {
        return Err(FieldFault::PlaceNumber);
    }
    if bare(label.as_str()).is_empty() || bare(value.as_str()).is_empty() {
        return Err(FieldFault::HalfAnIdentifier);
    }
    if is_no_number(value.as_str()) {
        return Err(FieldFault::NobodysNumber);
    }
    Ok(Identifier { label, value: Private::new(value) })
}

fn email(raw: &str) -> Result<Clean, FieldFault> {
    let email = whole(raw, LONGEST_EMAIL)?;
    // No more than the sign is looked for: what may stand around it (RFC 5321, 4.1.2) is wider than
    // any short rule, and this program writes to nobody.
    if email.is_empty() || email.as_str().contains('@') { Ok(email) } else { Err(FieldFault::NotMail) }
}

#[cfg(test)]
mod tests;
