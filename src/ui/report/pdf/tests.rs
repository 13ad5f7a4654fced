//! That the pages say what the screen says, number for number, and lose nothing of a name.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

use super::face::with_han;
use super::*;
use crate::domain::clinic::Purpose;
use crate::domain::glucose::{Concentration, Measured};
use crate::domain::patient::{Gender, Identifier, Patient, PatientId, Status};
use crate::domain::reading::{Kind, Meal, Reading};
use crate::domain::record::PatientRecord;
use crate::domain::report::ReportMaker;
use crate::domain::statistics::{Dashboard, LowHighPolicy, MealFilter, Period};
use crate::domain::text::Private;

const LAST: Date = date(2026, 7, 14);

/// A report of so many readings a day over a period, the values of a plain generator.
fn report(period: Period, a_day: u32, family: &str) -> RecordReport {
    let days = period.days();
    let mut readings = Vec::new();
    let mut state: u32 = 12_345;
    for back in 0..days {
        for number in 0..a_day {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let value = 45 + (state >> 16) % 260;
            let hour = i8::try_from(23 - number * 24 / a_day.max(1)).unwrap();
            let minute = i8::try_from((state >> 8) % 60).unwrap();
            readings.push(Reading {
                corrected_from: None,
                index: u32::try_from(readings.len()).unwrap(),
                time: Some(LAST.saturating_sub(jiff::Span::new().days(back)).at(hour, minute, 0, 0)),
                measured: Measured::Value(Concentration::mg_per_dl(value)),
                kind: Kind::Blood,
                meal: (number % 2 == 0).then_some(Meal::Before),
                doubts: Vec::new(),
                raw: BTreeMap::new(),
            });
        }
    }
    let patient = Patient {
        id: PatientId("1".into()),
        family: Private::new(family.into()),
        given: Private::new("Αννα Ива́новна".into()),
        born: Private::new(date(1961, 7, 14)),
        gender: Gender::Female,
        identifiers: vec![Identifier::new("MRN", "M1000001")],
        status: Status::Active,
        devices: Vec::new(),
        last_upload: None,
    };
    let record = PatientRecord::with(patient, readings);
    let at = LAST.at(12, 30, 0, 0).in_tz("Europe/Berlin").unwrap();
    let (user, site, station) = ("Nora Test".into(), "Clinic".into(), String::new());
    let made = ReportMaker { at, user, site, station, version: "1.2.3", purpose: Purpose::Patients };
    RecordReport::of(Dashboard::of(record, period, LAST), Vec::new(), made)
}

fn parts(report: &RecordReport, paper: Paper) -> Vec<SheetPart> {
    parts_with(report, paper, &[])
}

fn parts_with(report: &RecordReport, paper: Paper, fonts: &[FontFile]) -> Vec<SheetPart> {
    let face = PageFace::with(fonts).unwrap();
    set(report, &super::said(report, Words::shared(), &face), Words::shared(), &face, paper)
}

/// All that is written on the pages, one after the other; without blanks, because lines end anywhere.
fn written(parts: &[SheetPart]) -> String {
    let marks = parts.iter().flat_map(|part| &part.marks);
    let words =
        marks.filter_map(|mark| if let SheetMark::Words { text, .. } = mark { Some(text.as_str()) } else { None });
    words.flat_map(|text| text.chars()).filter(|c| *c != ' ').collect()
}

fn has(written: &str, text: &str) -> bool {
    written.contains(&close(text))
}

fn close(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

/// The median of a day stands below the marks of its highs and lows, whatever stands before and behind them.
#[test]
fn the_bar_of_a_day_stands_below_its_marks() {
    let parts = parts(&report(Period::Days14, 4, "Muster"), Paper::A4);
    let marks_of = |text: &str| {
        let is_it = |part: &&SheetPart| matches!(&part.role, PartRole::Figure(said) if said.contains(text));
        &parts.iter().find(is_it).unwrap().marks
    };
    let is_mark = |mark: &SheetMark| match mark {
        SheetMark::Words { at: (x, _), text, .. } if text.len() == 1 => Some(*x),
        _ => None,
    };
    let bar = |mark: &SheetMark| match mark {
        SheetMark::Area { points, .. } => Some((points[0].0, points[1].0)),
        _ => None,
    };
    let days: Vec<f32> = marks_of("days with readings").iter().filter_map(is_mark).collect();
    let bars: Vec<(f32, f32)> = marks_of("The median of a day").iter().filter_map(bar).collect();
    assert_eq!((days.len(), bars.len()), (28, 14));
    for (place, (left, right)) in bars.into_iter().enumerate() {
        for x in [days[place], days[place + 14]] {
            assert!(left - 1.0 <= x && x < right, "day {place}: a mark at {x}, its bar from {left} to {right}");
        }
    }
}

/// A table stands on one page: what goes on over a page is read as two.
#[test]
fn the_patterns_stand_on_one_page() {
    for (period, a_day) in [(Period::Days7, 3), (Period::Days14, 6), (Period::Days30, 5), (Period::Days90, 8)] {
        let parts = parts(&report(period, a_day, "Muster"), Paper::A4);
        let page_of = |text: &str| {
            let has = |mark: &SheetMark| matches!(mark, SheetMark::Words { text: said, .. } if said == text);
            parts.iter().find(|part| part.marks.iter().any(has)).map(|part| part.page)
        };
        assert_eq!(page_of("Patterns"), page_of("Risk of highs"), "{period:?}");
        assert!(page_of("Patterns").is_some());
    }
}

/// Whatever the overview shows stands on the pages: each fact, each share, each cell of each chart.
#[test]
fn the_pages_say_what_the_screen_says() {
    for (period, paper) in [(Period::Days14, Paper::A4), (Period::Days90, Paper::Letter), (Period::Other(3), Paper::A4)]
    {
        let report = report(period, 6, "Müller");
        let (said, written) = (view::said(&report, Words::shared()), written(&parts(&report, paper)));
        let mut checked = 0;
        for block in said.head.iter().chain(&said.overview).chain([&said.standard_day]) {
            let texts: Vec<&str> = match block {
                Block::Text { text, .. } | Block::Notice { text, .. } => vec![text],
                Block::Facts { facts, .. } => {
                    facts.iter().flat_map(|fact| [fact.label.as_str(), fact.value.as_str()]).collect()
                }
                Block::Shares { shares } => {
                    shares.iter().flat_map(|share| [share.label.as_str(), share.numbers.as_str()]).collect()
                }
                Block::Strip(strip) => {
                    // A bar is drawn, and says no number.
                    let cells = |row: &'_ crate::ui::scene::StripRow| {
                        let written = row.cells.iter().filter(|cell| cell.height.is_none());
                        written.map(|cell| cell.text.trim().to_owned()).collect::<String>()
                    };
                    for row in &strip.rows {
                        assert!(has(&written, &cells(row)), "{period:?}: {row:?}");
                    }
                    strip.rows.iter().flat_map(|row| [row.label.as_str(), row.note.as_str()]).collect()
                }
                Block::Curve(curve) => vec![&curve.said, &curve.legend],
                other => panic!("{other:?}"),
            };
            for text in texts {
                assert!(has(&written, text), "{period:?}: {text}");
                checked += 1;
            }
        }
        assert!(checked > 30, "{checked}");
        for count in report.dashboard.summary.ranges.each().map(|(_, count)| count) {
            assert!(has(&written, &format!(" ({count})")), "{count}");
        }
    }
}

#[test]
fn there_are_at_most_two_pages_and_what_has_no_room_is_said() {
    for (period, a_day, pages) in
        [(Period::Days14, 0, 1), (Period::Days14, 4, 2), (Period::Days90, 6, 2), (Period::Other(1000), 20, 2)]
    {
        for paper in [Paper::A4, Paper::Letter] {
            let parts = parts(&report(period, a_day, "Müller"), paper);
            assert_eq!(parts.iter().map(|part| part.page).max().unwrap() + 1, pages, "{period:?} {a_day}");
            let written = written(&parts);
            assert_eq!(has(&written, "have no room here"), a_day > 4, "{period:?} {a_day}");
            assert!(has(&written, &format!("Page 1 of {pages}")), "{written}");
            let feet = written.matches("NoraTest").count();
            assert_eq!(feet, pages, "user, time and version stand on each page");
        }
    }
}

/// Within the margins, whatever the names and however long: a user's has 80 letters at most, a clinic's 40. What stands
/// at the foot on the left ends before the number of the page.
#[test]
fn nothing_stands_outside_of_the_paper() {
    let face = PageFace::with(&[]).unwrap();
    let long = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft";
    for paper in [Paper::A4, Paper::Letter] {
        let (width, height) = paper.size();
        let mut report = report(Period::Days90, 6, long);
        (report.made.user, report.made.site) = ("M".repeat(80).as_str().into(), "M".repeat(40).as_str().into());
        let parts = parts(&report, paper);
        let feet = parts.iter().filter(|part| part.role == PartRole::EveryPage).flat_map(|part| &part.marks);
        let feet: Vec<_> = feet
            .filter_map(|mark| match mark {
                SheetMark::Words { at: (x, _), size, text, .. } => Some((*x, face.width(text, *size), text.as_str())),
                SheetMark::Area { .. } | SheetMark::Line { .. } => None,
            })
            .collect();
        let number = feet.iter().find(|(_, _, text)| text.starts_with("Page 1")).unwrap().0;
        let own = feet.iter().filter(|(_, _, text)| text.contains("MMM"));
        assert!(own.clone().count() > 2 && own.into_iter().all(|(x, width, _)| x + width < number), "{feet:?}");
        for part in parts {
            for mark in &part.marks {
                let points = match mark {
                    SheetMark::Words { at: (x, y), size, text, .. } => {
                        vec![(*x, *y), (x + face.width(text, *size), *y)]
                    }
                    SheetMark::Area { points, .. } | SheetMark::Line { points, .. } => points.clone(),
                };
                for (x, y) in points {
                    let is_in = (20.0..=width - 20.0).contains(&x) && (20.0..=height - 20.0).contains(&y);
                    assert!(is_in, "{paper:?} {x} {y}: {mark:?}");
                }
            }
        }
    }
}

/// Thirty readings, of which one is LO and has no number: the curves lack one, not none.
#[test]
fn what_is_in_no_curve_is_not_counted_for_them() {
    let mut report = report(Period::Other(15), 2, "Müller");
    report.dashboard.readings[0].measured = Measured::Low;
    report.dashboard.count_by(LowHighPolicy::Exclude, MealFilter::All);
    assert_eq!(report.dashboard.summary.count, 30);
    let written = written(&parts(&report, Paper::A4));
    assert!(has(&written, "29 readings are too few for curves, which need 30"), "{written}");
}

/// Nobody is named by what is left of their name: the number and the birth date stay, and why is said.
#[test]
fn a_person_whose_name_no_font_has_is_named_by_their_number() {
    let report = report(Period::Days90, 6, "王");
    let parts = parts(&report, Paper::A4);
    let written = written(&parts);
    let line = "Name in letters that cannot be printed here, born 14-Jul-1961 (65 y), MRN M1000001";
    assert!(has(&written, line), "{written}");
    assert!(has(&written, "No font on this computer has the letters of this person's name"), "{written}");
    assert_eq!(written.matches(&close(line)).count(), 2, "on top of the second page too");
    assert!(!written.contains("U+738B") && !written.contains("Αννα"), "{written}");
    assert_eq!(letters_wanted(&report), BTreeSet::from(['王']));
}

#[test]
fn a_font_that_has_the_letters_draws_the_name() {
    let report = report(Period::Days14, 2, "王");
    let fonts = [with_han('王')];
    let written = written(&parts_with(&report, Paper::A4, &fonts));
    assert!(has(&written, "王, Αννα Ива́новна, born 14-Jul-1961") && !has(&written, "No font on this"), "{written}");
    let pdf = report_pdf(&report, Words::shared(), Paper::A4, &fonts).unwrap();
    let text = String::from_utf8_lossy(&pdf);
    assert_eq!(text.matches("/FontFile2").count(), 2, "both are in it");
    assert!(pdf.len() < 200_000, "with the characters that are used: {}", pdf.len());
}

/// A font for want of others has every letter, and draws nothing: a name in it would be blank.
#[test]
fn a_font_that_draws_nothing_draws_no_name() {
    let FontFile { data, index } = with_han('王');
    let mut data = data.to_vec();
    let entry = data.windows(4).position(|tag| tag == b"loca").unwrap();
    let number = |at: usize| usize::try_from(u32::from_be_bytes(data[at..at + 4].try_into().unwrap())).unwrap();
    let (at, length) = (number(entry + 8), number(entry + 12));
    // Each outline begins where the next one begins.
    data[at..at + length].fill(0);
    let blank = [FontFile { data: data.into(), index }];
    let written = written(&parts_with(&report(Period::Days14, 2, "王"), Paper::A4, &blank));
    assert!(has(&written, "Name in letters that cannot be printed here") && !written.contains('王'), "{written}");
}

/// A font of the computer may be damaged: the record is printed all the same, and who it is stands on it.
#[test]
fn a_damaged_font_keeps_no_record_from_being_printed() {
    let report = report(Period::Days14, 1, "王");
    let FontFile { data, index } = with_han('王');
    let last = data.len() - 64;
    for part in 0..=16 {
        let mut damaged = data.to_vec();
        let at = last * part / 16;
        damaged[at..at + 64].fill(0xff);
        let pdf = report_pdf_anyway(&report, Words::shared(), Paper::A4, &[FontFile { data: damaged.into(), index }]);
        assert!(pdf.unwrap().starts_with(b"%PDF-"), "{part}");
    }
    for cut in [0, 3, 100, data.len() / 2, data.len() - 1] {
        let fonts = [FontFile { data: data[..cut].to_vec().into(), index }];
        let pdf = report_pdf_anyway(&report, Words::shared(), Paper::A4, &fonts).unwrap();
        assert!(pdf.starts_with(b"%PDF-"), "{cut}");
    }
}

#[test]
fn what_fails_with_fonts_is_made_without_them_and_once_only_where_there_are_none() {
    let tried = std::cell::RefCell::new(Vec::new());
    let make = |fonts: &[FontFile]| {
        tried.borrow_mut().push(fonts.len());
        if fonts.is_empty() { Ok("pages") } else { Err(ReportPdfError) }
    };
    assert_eq!(or_without(&[with_han('王')], make).unwrap(), "pages");
    assert_eq!(tried.take(), [1, 0]);
    assert!(or_without(&[], |_| Err::<(), _>(ReportPdfError)).is_err());
    assert_eq!(or_without(&[], make).unwrap(), "pages");
    assert_eq!(tried.take(), [0]);
}

/// Whoever has no number would be nobody without what can be written of the name.
#[test]
fn a_person_without_a_number_keeps_what_can_be_drawn_of_their_name() {
    let mut report = report(Period::Days14, 2, "王");
    report.dashboard.patient.identifiers.clear();
    let written = written(&parts(&report, Paper::A4));
    assert!(has(&written, "[U+738B], Αννα Ива́новна, born 14-Jul-1961"), "{written}");
    assert!(has(&written, "written as its code point") && !has(&written, "No font on this"), "{written}");
}

/// Whoever made it, and where, has no number by which they are known: what cannot be drawn of that is named sign by
/// sign.
#[test]
fn what_cannot_be_drawn_of_other_names_is_named_by_its_code_point() {
    let mut report = report(Period::Days14, 2, "Müller");
    assert_eq!(letters_wanted(&report), BTreeSet::new());
    report.made.user = "王 Nora".into();
    let written = written(&parts(&report, Paper::A4));
    assert!(has(&written, "by [U+738B] Nora") && has(&written, "written as its code point"), "{written}");
    assert!(!has(&written, "letters of this person's name"));
    assert_eq!(letters_wanted(&report), BTreeSet::from(['王']));
}

#[test]
fn the_file_is_tagged_and_says_nothing_of_the_person_where_lists_show_it() {
    let report = report(Period::Days14, 6, "Müller");
    let pdf = report_pdf(&report, Words::shared(), Paper::A4, &[]).unwrap();
    assert_eq!(pdf, report_pdf(&report, Words::shared(), Paper::A4, &[]).unwrap(), "the same each time");
    let text = String::from_utf8_lossy(&pdf);
    for says in ["%PDF-1.7", "/MarkInfo", "/StructTreeRoot", "/Lang", "Glucose readings by meter", "/FontFile"] {
        assert!(text.contains(says), "{says}");
    }
    for hidden in ["Müller", "M1000001"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    assert!(pdf.len() < 200_000, "only the characters that are used are embedded: {}", pdf.len());
}
