//! What is asked of whom, and that it tells people apart.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::domain::calendar;
use crate::domain::patient::{Gender, Identifier, Likeness, PatientId, Status};

fn patient(family: &str, given: &str, born: Date, identifiers: &[(&str, &str)]) -> Patient {
    let identifier =
        |(label, value): &(&str, &str)| Identifier { label: (*label).into(), value: Private::new((*value).into()) };
    Patient {
        id: PatientId("1".into()),
        family: Private::new(family.into()),
        given: Private::new(given.into()),
        born: Private::new(born),
        gender: Gender::Unknown,
        identifiers: identifiers.iter().map(identifier).collect(),
        status: Status::Active,
        devices: vec![],
        last_upload: None,
    }
}

fn born() -> Date {
    date(1961, 7, 14)
}

fn anna() -> Patient {
    patient("Müller", "Anna", born(), &[("MRN", "M-1001")])
}

fn typed(who: &str, born: &str) -> TypedAnswer {
    TypedAnswer { who: Private::new(who.into()), born: Private::new(born.into()) }
}

fn alike(patient: Patient) -> Vec<LookAlike> {
    vec![LookAlike { patient, likeness: Likeness::NameAndYear }]
}

/// The verdict on what was typed for a person, with the question that is asked of them.
fn answered(patient: &Patient, others: &[LookAlike], who: &str, born: &str) -> Verdict {
    let others = Others::Known(others, Shared::Nothing);
    verdict(question(patient, others, IdentityStanding::Open), patient, others, &typed(who, born))
}

#[test]
fn initials_in_either_order_and_year_or_date_match() {
    for initials in ["AM", "am", "MA", "A.M.", " a m ", "A\u{308}m"] {
        for year in ["1961", " 1961 ", "14-Jul-1961", "14.7.1961"] {
            assert_eq!(answered(&anna(), &[], initials, year), Verdict::Match, "{initials} {year}");
        }
    }
    let spelled_out = patient("Æsir", "ßtine", born(), &[]);
    for initials in ["æß", "as", "sa"] {
        assert_eq!(answered(&spelled_out, &[], initials, "1961"), Verdict::Match, "{initials}");
    }
}

#[test]
fn anything_else_does_not() {
    for (initials, year) in [
        ("", ""),
        ("A", "1961"),
        ("AM", ""),
        ("AM", "61"),
        ("AM", "1962"),
        ("AM", "15-Jul-1961"),
        ("AMX", "1961"),
        ("XX", "1961"),
        ("AA", "1961"),
        ("M-1001", "1961"),
    ] {
        assert_eq!(answered(&anna(), &[], initials, year), Verdict::Mismatch, "{initials} {year}");
    }
}

#[test]
fn each_row_of_the_table_asks_what_it_says() {
    let initials = |born| IdentityQuestion { who: Who::Initials, born };
    let by_identifier = IdentityQuestion { who: Who::Identifier, born: Born::Year };
    let same_year = alike(patient("Möller", "Anne", date(1961, 3, 2), &[("MRN", "M-1002")]));
    let same_day = alike(patient("Müller", "Andrea", born(), &[("MRN", "M-1003")]));
    let other_initials = alike(patient("Müller", "Hanna", born(), &[("MRN", "M-1004")]));
    let crowd = vec![other_initials[0].clone(); MOST_LOOK_ALIKES];
    let nameless = patient("-", "?", born(), &[("MRN", "M-1")]);
    for (who, others, standing, asked) in [
        (anna(), Others::Known(&[], Shared::Nothing), IdentityStanding::Open, initials(Born::Year)),
        (anna(), Others::Known(&other_initials, Shared::Nothing), IdentityStanding::OneMoreTry, initials(Born::Year)),
        (anna(), Others::Known(&same_year, Shared::Nothing), IdentityStanding::Open, initials(Born::Date)),
        (anna(), Others::Known(&same_day, Shared::Nothing), IdentityStanding::Open, by_identifier),
        (anna(), Others::Known(&crowd, Shared::Nothing), IdentityStanding::Open, by_identifier),
        (anna(), Others::Unknown, IdentityStanding::Open, by_identifier),
        (anna(), Others::Known(&[], Shared::Nothing), IdentityStanding::IdentifierNeeded, by_identifier),
        (anna(), Others::Known(&[], Shared::Nothing), IdentityStanding::Blocked, by_identifier),
        (nameless, Others::Known(&[], Shared::Nothing), IdentityStanding::Open, by_identifier),
        (anna(), Others::Known(&[], Shared::Year), IdentityStanding::Open, initials(Born::Date)),
        (anna(), Others::Known(&[], Shared::Unknown), IdentityStanding::Open, by_identifier),
        (anna(), Others::Known(&other_initials, Shared::Year), IdentityStanding::Open, initials(Born::Date)),
        (anna(), Others::Known(&same_day, Shared::Year), IdentityStanding::Open, by_identifier),
        (anna(), Others::Known(&[], Shared::Date), IdentityStanding::Open, by_identifier),
    ] {
        assert_eq!(question(&who, others, standing), asked, "{standing:?} {others:?}");
    }
}

#[test]
fn people_share_what_both_would_answer_whatever_their_names() {
    for (family, given, born, shared) in [
        ("Meier", "Astrid", date(1961, 3, 2), Shared::Year),
        ("Arnold", "Max", date(1961, 3, 2), Shared::Year),
        ("Мельник", "Алла", date(1961, 3, 2), Shared::Year),
        ("Meier", "Astrid", born(), Shared::Date),
        ("Meier", "Berta", born(), Shared::Nothing),
        ("Meier", "Astrid", date(1962, 7, 14), Shared::Nothing),
        ("-", "Astrid", born(), Shared::Nothing),
    ] {
        let other = patient(family, given, born, &[]);
        assert_eq!(shared_with(&anna(), &other), shared, "{given} {family}");
        assert_eq!(shared_with(&other, &anna()), shared, "{given} {family}");
    }
}

/// Nobody is passed over by the folded name who would answer the same: every letter there is, before
/// names and as initials.
#[test]
fn a_folded_name_that_begins_with_a_latin_letter_says_what_its_initial_is() {
    let mut ascii = 0;
    for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric()) {
        let name = c.to_string();
        let letters = first_letters(&name);
        let folded = fold(&name);
        let Some(first) = folded.chars().find(|c| c.is_alphanumeric()).filter(char::is_ascii) else { continue };
        assert_eq!(letters, [first], "{c} is folded to {folded}");
        ascii += 1;
    }
    assert!(ascii > 62, "{ascii}: more than the letters and digits of ASCII");
    let initials = Initials::of(&anna());
    for (folded, may_be) in [
        (["muller", "anna"], true),
        (["alt", "max"], true),
        (["muller", "berta"], false),
        (["mel", "иван"], true),
        (["?", "berta"], true),
    ] {
        assert_eq!(initials.may_be_of(folded), may_be, "{folded:?}");
    }
}

#[test]
fn a_look_alike_of_one_year_is_told_apart_by_the_day_and_one_of_one_day_by_the_identifier() {
    let sister = patient("Müller", "Anna", date(1961, 3, 2), &[("MRN", "M-1002")]);
    let others = alike(sister.clone());
    assert_eq!(
        answered(&anna(), &others, "am", "1961"),
        Verdict::DateNeeded,
        "no mismatch: the date was not asked yet"
    );
    assert_eq!(answered(&anna(), &others, "am", "14-Jul-1961"), Verdict::Match);
    assert_eq!(answered(&anna(), &others, "am", "2-Mar-1961"), Verdict::Mismatch);
    let twin = alike(patient("Müller", "Antonia", born(), &[("MRN", "M-1003")]));
    assert_eq!(answered(&anna(), &twin, "am", "14-Jul-1961"), Verdict::Mismatch);
    assert_eq!(answered(&anna(), &twin, "m 1001", "1961"), Verdict::Match);
    assert_eq!(answered(&anna(), &twin, "m1003", "1961"), Verdict::Mismatch);
    assert_eq!(answered(&anna(), &twin, "m100", "1961"), Verdict::Mismatch, "in full");
}

#[test]
fn names_without_latin_letters_are_confirmed_with_what_can_be_typed() {
    for (family, given, transliterated, written) in [
        ("王", "秀英", "wx", "王秀"),
        ("Иванова", "Ольга", "io", "ио"),
        ("Παπαδόπουλος", "Γιώργος", "pg", "πγ"),
        ("כהן", "דוד", "kd", "כד"),
        ("حسن", "مريم", "hm", "حم"),
        ("김", "민준", "gm", "김민"),
        ("Жуков", "Anna", "za", "жa"),
    ] {
        let person = patient(family, given, born(), &[("MRN", "M-7")]);
        let asked = question(&person, Others::Known(&[], Shared::Nothing), IdentityStanding::Open);
        assert_eq!(asked, IdentityQuestion { who: Who::InitialsOrIdentifier, born: Born::Year }, "{family}");
        for who in [transliterated, written, "m7"] {
            assert_eq!(answered(&person, &[], who, "1961"), Verdict::Match, "{family} {who}");
        }
        assert_eq!(answered(&person, &[], "qq", "1961"), Verdict::Mismatch, "{family}");
    }
}

#[test]
fn two_wrong_answers_block_until_another_person_was_looked_at() {
    for (mismatches, another, standing) in [
        (0, false, IdentityStanding::Open),
        (0, true, IdentityStanding::Open),
        (1, false, IdentityStanding::OneMoreTry),
        (1, true, IdentityStanding::OneMoreTry),
        (BLOCKED_FROM, false, IdentityStanding::Blocked),
        (BLOCKED_FROM, true, IdentityStanding::IdentifierNeeded),
        (40, false, IdentityStanding::Blocked),
        (40, true, IdentityStanding::IdentifierNeeded),
    ] {
        assert_eq!(IdentityStanding::after(mismatches, another), standing, "{mismatches} {another}");
    }
}

/// Names from few letters of several scripts, so that two people often share initials.
fn name() -> impl Strategy<Value = String> {
    "[abÄßæЖжOо王ウ' -]{1,3}"
}

/// Somebody of a small clinic: few birth dates and few numbers, under two labels.
fn somebody() -> impl Strategy<Value = Patient> {
    let number = || "[12]{1,2}";
    (name(), name(), 1..=2_i8, 1960..=1961_i16, number(), proptest::option::of(number())).prop_map(
        |(family, given, day, year, mrn, other)| {
            let other = other.as_deref().map(|other| ("NHS No.", other));
            let identifiers: Vec<_> = std::iter::once(("MRN", mrn.as_str())).chain(other).collect();
            patient(&family, &given, date(year, 1, day), &identifiers)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is typed, it is never taken for both of two people who are known to be alike.
    #[test]
    fn what_is_asked_for_tells_two_people_apart(
        one in somebody(), other in somebody(), who in "[abszoжж王12]{1,2}", day in 1..=2_i8, year in 1960..=1961_i16,
        full in any::<bool>(),
    ) {
        let date = date(year, 1, day);
        let born = if full { calendar::written(date) } else { year.to_string() };
        let passes = |one: &Patient, other: &Patient| {
            answered(one, &alike(other.clone()), &who, &born) == Verdict::Match
        };
        prop_assert!(!(passes(&one, &other) && passes(&other, &one)), "{who} {born}");
    }

    /// A person who types what is theirs is let through.
    #[test]
    fn who_types_what_is_asked_is_let_through(one in somebody(), mut other in somebody()) {
        for identifier in &mut other.identifiers {
            identifier.value = Private::new(format!("3{}", identifier.value.expose()).into());
        }
        let others = alike(other);
        let asked = question(&one, Others::Known(&others, Shared::Nothing), IdentityStanding::Open);
        let initials = || {
            let letter = |name: &Private<Clean>| name.expose().as_str().chars().find(|c| c.is_alphanumeric());
            [letter(&one.given), letter(&one.family)].into_iter().flatten().collect::<String>()
        };
        let who = if asked.who == Who::Identifier { one.identifiers[0].value.expose().to_string() } else { initials() };
        let born = if asked.born == Born::Date {
            calendar::written(*one.born.expose())
        } else {
            one.born.expose().year().to_string()
        };
        prop_assert_eq!(answered(&one, &others, &who, &born), Verdict::Match, "{} {}", who, born);
    }
}
