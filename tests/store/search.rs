//! Who is found by what, in which order, page by page.

use glucodock::domain::patient::{Identifier, Likeness, NewPatient, Status};
use glucodock::domain::text::Private;
use glucodock::store::{RegisteredPatient, Store};
use rstest::{fixture, rstest};
use tempfile::TempDir;

use super::support::{by, person, store};

#[fixture]
fn clinic() -> (TempDir, Store) {
    let (directory, store) = store();
    let people = [
        ("Müller", "Anna Maria", "1961-07-14", "M1234567", Status::Active),
        ("Müller", "Anna", "1961-03-02", "M1234568", Status::Inactive),
        ("Müllerová", "Zuzana", "1980-01-01", "M20", Status::Active),
        ("Adam", "Muller", "1970-01-01", "M21", Status::Active),
        ("van der Berg", "Jan", "1966-03-27", "M22", Status::Active),
        ("Berg", "Åse", "1979-07-07", "M23", Status::Active),
        ("O'Brien", "Siobhán", "1957-01-01", "M24", Status::Deceased),
        ("王", "秀英", "1969-10-01", "M25", Status::Active),
        ("Straße", "Günter", "1944-12-31", "A-98 76", Status::Active),
        ("Smith-Jones", "Łukasz", "1992-02-29", "M27", Status::Active),
    ];
    let registered: Vec<_> = people
        .into_iter()
        .map(|(family, given, born, mrn, status)| RegisteredPatient {
            person: person(family, given, born, mrn),
            status,
            merged_into: None,
        })
        .collect();
    store.import_patients(by(0), &registered).unwrap();
    let nhs = Identifier { label: "NHS No.".into(), value: Private::new("999 123 4560".into()) };
    let second = NewPatient { other_identifier: Some(nhs), ..person("Zorn", "Ida", "1999-09-09", "M30") };
    let registered = RegisteredPatient { person: second, status: Status::Active, merged_into: None };
    store.import_patients(by(0), &[registered]).unwrap();
    (directory, store)
}

fn found(store: &Store, query: &str) -> Vec<String> {
    let page = store.search(query, None, 50).unwrap();
    assert_eq!(page.next, None);
    page.patients.iter().map(|patient| patient.identifiers[0].value.expose().to_string()).collect()
}

#[rstest]
#[case("muller", &["M1234567", "M1234568", "M20", "M21"])] // whole name ACTIVE, whole name inactive, prefix, given
#[case("MÜLLER", &["M1234567", "M1234568", "M20", "M21"])]
#[case("mull", &["M1234567", "M20", "M1234568", "M21"])] // ACTIVE first within the rank
#[case("anna mü", &["M1234567", "M1234568"])]
#[case("mü anna maria", &["M1234567"])]
#[case("müller peter", &[])]
#[case("berg", &["M23", "M22"])]
#[case("van der berg", &["M22"])]
#[case("ase", &["M23"])]
#[case("o'b", &["M24"])]
#[case("obrien", &["M24"])]
#[case("o’brien siobhan", &["M24"])]
#[case("王", &["M25"])]
#[case("王 秀", &["M25"])]
#[case("strasse", &["A-98 76"])]
#[case("jones", &["M27"])]
#[case("smith-jones", &["M27"])]
#[case("lukasz", &["M27"])]
#[case("m123", &["M1234567", "M1234568"])]
#[case("a9876", &["A-98 76"])]
#[case("a-98 76", &["A-98 76"])]
#[case("9991234560", &["M30"])]
#[case("999 123 4560", &["M30"])]
#[case("999 123", &["M30"])]
#[case("14-Jul-1961", &["M1234567"])]
#[case("1961-07-14", &["M1234567"])]
#[case("14.7.1961", &["M1234567"])]
#[case("14071961", &["M1234567"])]
#[case("muller 14.7.1961", &["M1234567"])]
#[case("muller 15.7.1961", &[])]
#[case("29.02.1992", &["M27"])]
#[case("nobody", &[])]
#[case("", &[])]
#[case("  ", &[])]
#[case("%", &[])]
#[case("' OR 1=1 --", &[])]
#[case("*", &[])]
fn a_query_finds_the_right_people_in_order(clinic: (TempDir, Store), #[case] query: &str, #[case] expected: &[&str]) {
    assert_eq!(found(&clinic.1, query), expected, "{query}");
}

#[rstest]
fn pages_join_without_gap_or_repetition(clinic: (TempDir, Store)) {
    let all: Vec<_> = clinic.1.search("m", None, 50).unwrap().patients;
    assert_eq!(all.len(), 10, "everybody but the one whose number begins with A");
    for size in 1..=10 {
        let mut joined = Vec::new();
        let mut next = None;
        loop {
            let page = clinic.1.search("m", next.as_ref(), size).unwrap();
            assert!(page.patients.len() <= usize::try_from(size).unwrap());
            joined.extend(page.patients);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(joined, all, "pages of {size}");
    }
}

/// More hits than are sorted: the same people come, in the documented order, ACTIVE first, whichever way they are
/// looked up.
#[test]
fn very_many_hits_come_in_order_too() {
    let (_directory, store) = store();
    let registered: Vec<_> = (0..12_000_u32)
        .map(|number| {
            let family = ["Meier", "Maier", "Moser"][number as usize % 3];
            let status = if number % 10 == 0 { Status::Inactive } else { Status::Active };
            let given = format!("Max{}", char::from(b'a' + u8::try_from(number % 26).unwrap()));
            RegisteredPatient {
                person: person(family, &given, "1970-01-01", &format!("{number}")),
                status,
                merged_into: None,
            }
        })
        .collect();
    store.import_patients(by(0), &registered).unwrap();
    for query in ["m", "max m", "max", "meier", "meier max"] {
        let page = store.search(query, None, 5_999).unwrap();
        let mut keys: Vec<_> = page
            .patients
            .iter()
            .map(|patient| {
                let whole = query.contains("meier") && patient.family.expose().as_str() != "Meier";
                (whole, !patient.is_selectable(), patient.family.clone(), patient.given.clone(), patient.id.clone())
            })
            .collect();
        let unsorted: Vec<_> = keys.iter().map(|(a, b, c, d, _)| (*a, *b, c.clone(), d.clone())).collect();
        if query != "max" {
            assert!(unsorted.is_sorted(), "{query}");
        }
        assert!(unsorted.is_sorted_by_key(|(whole, inactive, ..)| (*whole, *inactive)), "{query}");
        let count = keys.len();
        keys.sort_by(|a, b| a.4.cmp(&b.4));
        keys.dedup_by(|a, b| a.4 == b.4);
        assert_eq!(keys.len(), count, "{query}: nobody twice");
        let expected = if query.contains("meier") { 4_000 } else { 5_999.min(count) };
        assert_eq!((count, page.next.is_some()), (expected, !query.contains("meier")), "{query}");
    }
}

/// One person on two documents, one of them without umlauts; an identifier without its letter; dates
/// as people type them.
#[test]
fn people_are_found_however_their_names_and_dates_are_written() {
    let (_directory, store) = store();
    let people = [("Müller", "Björn", "M7654321"), ("Weiß", "Samuel", "AB-998877"), ("Mueller", "Jo", "Q5")];
    let registered = people.map(|(family, given, mrn)| RegisteredPatient {
        person: person(family, given, "1961-07-14", mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    for query in ["mueller", "muell", "muller", "MÜLLER", "müll"] {
        let mut both = found(&store, query);
        both.sort();
        assert_eq!(both, ["M7654321", "Q5"], "{query}");
    }
    for query in ["bjoern", "björn", "bjorn", "7654321", "m7654321", "mueller 7654"] {
        assert_eq!(found(&store, query), ["M7654321"], "{query}");
    }
    for query in ["weiss", "weiß", "998877", "ab998877", "samuel", "samue", "weiss 1961", "weiss 14.7.61"] {
        assert_eq!(found(&store, query), ["AB-998877"], "{query}");
    }
    for query in ["1961", "14/07/1961", "14.7.61", "1961-07-14", "14-Jul-1961", "14071961"] {
        assert_eq!(found(&store, query).len(), 3, "{query}");
    }
    for query in ["14 jul 1961", "14. 7. 1961", "samuel 14 July 1961", "14 Jul 61"] {
        assert_eq!(found(&store, query).len(), if query.contains("samuel") { 1 } else { 3 }, "{query}");
    }
    for query in ["MRN M7654321", "mrn: M7654321", "MRN:m7654321", "ID 7654321", "id: M765", "Björn, MRN M7654321"] {
        assert_eq!(found(&store, query), ["M7654321"], "{query}");
    }
    for query in ["1962", "MRN 1961", "14/08/1961", "mueler", "54321"] {
        assert!(found(&store, query).is_empty(), "{query}");
    }
    // The same birth date and a name on two documents: most likely one person.
    let alike = store.look_alikes(&person("Mueller", "Bjoern", "1961-07-14", "Z1")).unwrap();
    let strongest = alike.first().map(|other| (other.patient.family.expose().as_str(), other.likeness));
    assert_eq!(strongest, Some(("Müller", Likeness::SamePerson)));
}

/// Letters with a ring or a stroke, and as they are written where there are none.
#[test]
fn nordic_names_are_found_in_both_spellings() {
    let (_directory, store) = store();
    let people = [("Ågård", "Søren", "K1"), ("Aagaard", "Soeren", "K2"), ("Ærø", "Åse", "K3"), ("Aaroe", "Aase", "K4")];
    let registered = people.map(|(family, given, mrn)| RegisteredPatient {
        person: person(family, given, "1961-07-14", mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    let both = |query: &str| {
        let mut both = found(&store, query);
        both.sort();
        both
    };
    for query in ["Ågård", "aagaard", "agard", "aaga", "AAG", "søren", "soeren", "sören", "soren", "aagård søren"]
    {
        assert_eq!(both(query), ["K1", "K2"], "{query}");
    }
    for query in ["ærø", "aeroe", "aero", "aroe", "åse", "aase", "ase"] {
        assert_eq!(both(query), ["K3", "K4"], "{query}");
    }
    // The check for look-alikes folds in the same way.
    let alike = store.look_alikes(&person("Ågaard", "Sören", "1961-07-14", "Z1")).unwrap();
    let same: Vec<_> = alike.iter().filter(|other| other.likeness == Likeness::SamePerson).collect();
    assert_eq!(same.len(), 2);
}

/// Id is a name, too: nobody who is named so hides whoever has the number, nor the other way round.
#[test]
fn a_word_for_a_number_hides_nobody() {
    let (_directory, store) = store();
    let people = [("Idris", "Ann", "12345"), ("Berg", "Eva", "123"), ("Mrnak", "Jan", "77"), ("Id", "Ali", "9")];
    let registered = people.map(|(family, given, mrn)| RegisteredPatient {
        person: person(family, given, "1961-07-14", mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    assert_eq!(found(&store, "id 123"), ["123", "12345"]);
    assert_eq!(found(&store, "id 1961"), ["9", "12345"]);
    assert_eq!(found(&store, "mrn 77"), ["77"]);
    assert_eq!(found(&store, "mrn"), ["77"]);
    assert_eq!(found(&store, "id"), ["9", "12345"]);
    for size in 1..=2 {
        let first = store.search("id 123", None, size).unwrap();
        assert_eq!((first.patients.len(), first.next.is_some()), (usize::try_from(size).unwrap(), size == 1));
    }
    let second = store.search("id 123", store.search("id 123", None, 1).unwrap().next.as_ref(), 1).unwrap();
    assert_eq!(second.patients[0].family.expose().as_str(), "Idris");
}

/// Names as they stand in a passport, an earlier letter and a head are written in different ways.
#[rstest]
#[case("O'Neill", &["o neill", "oneill", "o'neill", "O’NEILL", "neill", "o'n", "one"])]
#[case("ONeill", &["o neill", "oneill", "o'neill", "o-neill"])]
#[case("Al-Hussein", &["alhussein", "al hussein", "al-hussein", "al.hussein", "hussein", "al huss", "alh"])]
#[case("Alhussein", &["al hussein", "al-hussein", "alhussein", "al-huss"])]
#[case("Özdemir-Şahin", &["ozdemirsahin", "oezdemir sahin", "özdemir", "sahin", "OEZDEMIR-SAHIN", "ozdemir sah"])]
#[case("van der Berg", &["vanderberg", "van der berg", "vander berg", "derberg", "berg", "van-der-berg"])]
#[case("St. John", &["stjohn", "st john", "st. john", "st.john", "john"])]
#[case("Smith Jones", &["smith-jones", "smithjones", "jones-smith", "Smith,Jones"])]
#[case("Иванов", &["ivanov", "иванов", "Ива", "ivan"])]
#[case("Ivanov", &["Иванов", "иван"])]
#[case("Сергеев", &["sergeev", "сергеев"])]
#[case("Sergey", &["Сергей"])]
#[case("Sergei", &["Сергей"])]
#[case("Παπαδόπουλος", &["papadopoulos", "παπαδοπουλος", "παπα", "papad"])]
#[case("Papadopoulos", &["Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"])]
#[case("陈伟", &["chen", "陈", "陈伟", "wei", "chen wei", "chenwei"])]
#[case("Chen", &["陈"])]
#[case("김", &["gim", "김"])]
#[case("محمد", &["mhmd", "محمد", "محم"])]
#[case("כהן", &["khhn", "כהן", "כה"])]
#[case("राम", &["ram", "राम"])]
fn a_name_is_found_however_it_is_written(#[case] family: &str, #[case] queries: &[&str]) {
    let (_directory, store) = store();
    let people = [(family, "Zoe", "K1"), ("Quill", "Peter", "K2")];
    let registered = people.map(|(family, given, mrn)| RegisteredPatient {
        person: person(family, given, "1961-07-14", mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    for query in queries {
        assert_eq!(found(&store, query), ["K1"], "{family} by {query}");
        assert_eq!(found(&store, &format!("{query} zoe")), ["K1"], "{family} by {query} and the given name");
        assert!(found(&store, &format!("{query} peter")).is_empty(), "{family} by {query} and another's given name");
    }
}

/// Whoever writes a name in another way stands beside the others, and no way hides another.
#[test]
fn names_joined_and_apart_are_found_together() {
    let (_directory, store) = store();
    let people = [
        ("Al-Hussein", "Amal", "K1"),
        ("Alhussein", "Basma", "K2"),
        ("Al Hussein", "Carim", "K3"),
        ("Hussein", "Ali", "K4"),
        ("Al", "Hussein", "K5"),
    ];
    let registered = people.map(|(family, given, mrn)| RegisteredPatient {
        person: person(family, given, "1961-07-14", mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    // The whole family name first, and of it all ways to write it.
    assert_eq!(found(&store, "al hussein"), ["K5", "K1", "K2", "K3", "K4"]);
    assert_eq!(found(&store, "al-hussein"), ["K1", "K2", "K3"]);
    assert_eq!(found(&store, "alhussein basma"), ["K2"]);
    // The check for look-alikes says the same of them.
    let alike = store.look_alikes(&person("AlHussein", "Amal", "1961-07-14", "Z1")).unwrap();
    assert_eq!(alike[0].likeness, Likeness::SamePerson);
}

/// Dates in eight digits, and a month of a year.
#[test]
fn people_are_found_by_other_ways_to_write_a_date() {
    let (_directory, store) = store();
    let people = [
        ("Roe", "Ann", "1985-08-08", "K1"),
        ("Poe", "Eva", "1985-08-31", "K2"),
        ("August", "Ida", "1985-01-02", "K3"),
        ("Coe", "Jo", "1985-07-08", "K4"),
        ("Doe", "Maria", "1985-03-02", "K5"),
    ];
    let registered = people.map(|(family, given, born, mrn)| RegisteredPatient {
        person: person(family, given, born, mrn),
        status: Status::Active,
        merged_into: None,
    });
    store.import_patients(by(0), &registered).unwrap();
    for query in ["19850808", "08081985"] {
        assert_eq!(found(&store, query), ["K1"], "{query}");
    }
    for query in ["aug-1985", "08/1985", "8.1985", "1985-08"] {
        assert_eq!(found(&store, query), ["K2", "K1"], "{query}");
    }
    // August is a name, too, and whoever has it comes first.
    for query in ["august 1985", "aug 1985", "AUG. 1985"] {
        assert_eq!(found(&store, query), ["K3", "K2", "K1"], "{query}");
    }
    assert_eq!(found(&store, "ann august 1985"), ["K1"]);
    assert_eq!(found(&store, "maria 1985"), ["K5"], "and not everybody of March");
    // Two days, as the note above the list says.
    assert_eq!(found(&store, "08071985"), ["K4"]);
    assert_eq!(found(&store, "09/1985"), [""; 0]);
}
