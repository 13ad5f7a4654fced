//! The times of a meter whose clock was wrong are corrected from an upload of the record: the span is named, what it
//! does is shown, one key too many changes nothing, and a clinician alone comes to it.

use glucodock::app::asked::Asked;
use glucodock::app::effect::{Effect, Request, Task};
use glucodock::app::key::Key;
use glucodock::app::model::AppState;
use glucodock::app::remark::Remark;
use glucodock::app::times_task::TimesTask;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::time_correction::{
    CorrectionFocus, CorrectionPage, SpanFault, SpanField, TimeCorrectionStep,
};
use glucodock::domain::association::UploadId;
use glucodock::domain::clinic::Role;
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::time_correction::{
    ClockCorrection, CorrectionBasis, CorrectionFault, CorrectionId, CorrectionNotice, CorrectionOffer,
    CorrectionRequest, CorrectionUndoRequest, StandingCorrection, TimedReading, TimesMoved,
};
use glucodock::domain::undo::UndoTerms;
use glucodock::domain::words::{TextKey, key};
use glucodock::ui::linear::{keys, render};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use jiff::civil::date;

use super::said;
use crate::clinic::{Clinic, anna, correction_offer, now};
use crate::wizard_screens::tabs;

/// 1-Jan-2020 to 10-Jul-2026 are 2192 and 190 days; 07:30 to 08:10 are forty minutes.
const SECONDS: i64 = (2192 + 190) * 86_400 + 40 * 60;

/// The dashboard of a record with uploads, for a clinician.
fn at_uploads(clinic: &mut Clinic) {
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    let AppState::Working(working) = &mut clinic.model.state else { panic!("nobody is signed in") };
    working.session.user.role = Role::Clinician;
    let Step::Dashboard(step) = &mut working.step else { panic!("no dashboard") };
    step.content = Asked::Ready(Box::new(tabs::four_weeks()));
    clinic.keys([Key::Char('6'), Key::Down]);
}

/// The form, from the second upload.
pub(crate) fn open(clinic: &mut Clinic) {
    at_uploads(clinic);
    clinic.keys([Key::Char('c')]);
}

/// The span of the reset clock, with when the first reading was measured.
pub(crate) fn describe(clinic: &mut Clinic, last: &str, was: &str) {
    clinic.keys([Key::Tab]);
    clinic.text(last);
    clinic.keys([Key::Enter]);
    clinic.text(was);
    clinic.keys([Key::Enter]);
}

/// The whole way.
pub(crate) fn confirm(clinic: &mut Clinic) {
    describe(clinic, "3-Jan-2020 23:20", "10-Jul-2026 08:10");
    clinic.keys([Key::Tab]);
    clinic.text("the battery was changed");
    clinic.keys([Key::Enter, Key::Enter]);
}

/// What the record has once it was corrected.
pub(crate) fn corrected_offer() -> CorrectionOffer {
    let mut offer = correction_offer();
    let [first, _, last, ..] = *offer.readings.as_slice() else { panic!("too few") };
    let correction = ClockCorrection { first: first.time, last: last.time, seconds: SECONDS };
    for reading in &mut offer.readings {
        reading.shown = correction.corrected(reading.time).unwrap_or(reading.time);
    }
    offer.standing = vec![StandingCorrection {
        id: CorrectionId("1".into()),
        correction,
        readings: 3,
        at: now(),
        by: "Dr. Dana Doctor".into(),
        reason: "the battery was changed".into(),
        terms: UndoTerms::WithReason,
    }];
    offer
}

/// A record with a hundred readings of the reset clock, and others where they go.
pub(crate) fn long_offer() -> CorrectionOffer {
    let mut offer = correction_offer();
    let [first, _, _, other, _] = *offer.readings.as_slice() else { panic!("too few") };
    let at = |reading: TimedReading, time: jiff::civil::DateTime| TimedReading { time, shown: time, ..reading };
    let hour = |hours: i64| date(2020, 1, 1).at(0, 0, 0, 0) + jiff::SignedDuration::from_hours(hours);
    let reset = (0..100).map(hour).chain([date(2020, 1, 5).at(23, 0, 0, 0)]);
    let others = [date(2026, 7, 5).at(9, 10, 0, 0), date(2026, 7, 6).at(12, 0, 0, 0)];
    let missing_at = Some(date(2026, 7, 8).at(9, 0, 0, 0));
    let doubted =
        (10..).zip(reset).map(|(place, time)| TimedReading { place, is_doubted: true, missing_at, ..at(first, time) });
    offer.readings = doubted.chain(others.map(|time| at(other, time))).collect();
    // One of them was corrected before.
    if let Some(corrected) = offer.readings.get_mut(50) {
        corrected.shown = date(2026, 7, 7).at(2, 10, 0, 0);
    }
    let span = (hour(0), date(2020, 1, 5).at(23, 0, 0, 0));
    offer.span = Some(span);
    offer
}

/// From the form to the end of undoing the last correction.
pub(crate) fn undo(clinic: &mut Clinic) {
    clinic.keys([Key::BackTab, Key::BackTab, Key::Enter, Key::Tab]);
    clinic.text("the wrong day");
    clinic.keys([Key::Enter, Key::Enter]);
}

fn opened(offer: CorrectionOffer) -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.correction_offer = Ok(offer);
    open(&mut clinic);
    assert_eq!(clinic.step(), "time_correction");
    clinic
}

fn step(clinic: &Clinic) -> &TimeCorrectionStep {
    match &clinic.model.working().unwrap().step {
        Step::TimeCorrection(step) => step,
        other => panic!("{}", other.name()),
    }
}

fn asked(clinic: &Clinic) -> Vec<TimesTask> {
    let task = |effect: &Effect| match effect {
        Effect::Ask(_, Request::For(_, Task::AboutTimes(task))) => Some(task.clone()),
        _ => None,
    };
    clinic.asked.iter().filter_map(task).collect()
}

fn corrections(clinic: &Clinic) -> Vec<CorrectionRequest> {
    let request = |task| if let TimesTask::Correct { request } = task { Some(*request) } else { None };
    asked(clinic).into_iter().filter_map(request).collect()
}

fn undoings(clinic: &Clinic) -> Vec<CorrectionUndoRequest> {
    let request = |task| if let TimesTask::Undo { request } = task { Some(*request) } else { None };
    asked(clinic).into_iter().filter_map(request).collect()
}

fn told(clinic: &Clinic) -> Option<TextKey> {
    clinic.model.remark.as_ref().map(Remark::words)
}

#[test]
fn a_span_is_described_looked_at_and_corrected() {
    let mut clinic = opened(correction_offer());
    assert_eq!(asked(&clinic), [TimesTask::LoadOffer { upload: UploadId("u13".into()), patient: anna().id }]);
    let shown = said(&clinic);
    for told in ["Anna", "Accu-Chek Guide", "5 readings, from 01-Jan-2020 07:30 to 09-Jul-2026 21:15"] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    describe(&mut clinic, "3-Jan-2020 23:20", "10-Jul-2026 08:10");
    let shown = said(&clinic);
    for told in [
        "3 readings",
        "2382 d 40 min later",
        "01-Jan-2020 07:30 becomes 10-Jul-2026 08:10",
        "03-Jan-2020 23:20 becomes 13-Jul-2026 00:00",
        "10-Jul-2026 08:10:12",
        "11-Jul-2026 00:40:00",
        "1 of this meter has no time",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    assert_eq!((step(&clinic).focus, corrections(&clinic).len()), (CorrectionFocus::Leave, 0));
    clinic.keys([Key::Tab]);
    clinic.text("the battery was changed");
    clinic.keys([Key::Enter]);
    assert_eq!((step(&clinic).focus, corrections(&clinic).len()), (CorrectionFocus::Act, 0));
    clinic.keys([Key::Enter]);
    let [request] = corrections(&clinic).try_into().unwrap();
    let [first, last] = [date(2020, 1, 1).at(7, 30, 12, 0), date(2020, 1, 3).at(23, 20, 0, 0)];
    assert_eq!(request.correction, ClockCorrection { first, last, seconds: SECONDS });
    assert_eq!((request.upload.0.as_str(), request.reason.as_str()), ("u13", "the battery was changed"));
    let times: Vec<_> = correction_offer().readings.iter().take(3).map(|reading| reading.time).collect();
    let seen = CorrectionBasis { patient: anna().id, times, told: CorrectionNotice::default() };
    assert_eq!(request.seen, seen);
    assert_eq!((clinic.step(), told(&clinic)), ("dashboard", Some(key::TOLD_TIMES_CORRECTED)));
}

/// Enter once more than was meant, Esc, and the keys that move: nothing is corrected.
#[test]
fn one_key_too_many_corrects_nothing() {
    for keys in [
        vec![Key::Enter],
        vec![Key::Escape],
        vec![Key::Tab, Key::Enter, Key::Enter],
        vec![Key::Tab, Key::Tab, Key::Enter],
        vec![Key::Up, Key::Enter],
        vec![Key::Up, Key::Up, Key::Up, Key::Enter],
    ] {
        let mut clinic = opened(correction_offer());
        describe(&mut clinic, "3-Jan-2020 23:20", "10-Jul-2026 08:10");
        clinic.keys(keys.clone());
        assert_eq!((clinic.step(), corrections(&clinic).len()), ("time_correction", 0), "{keys:?}");
    }
    let mut clinic = opened(correction_offer());
    clinic.keys([Key::Escape]);
    assert_eq!((clinic.step(), asked(&clinic).len()), ("dashboard", 1));
}

/// What was typed and is no correction is told beside it, and stays to be put right.
#[test]
fn what_is_wrong_is_said_where_it_was_typed() {
    use CorrectionFault::{AfterRead, LastBeforeFirst, NoFirst, NoLast, NoShift};
    let [last, was] = ["3-Jan-2020 23:20", "10-Jul-2026 08:10"];
    let before = date(2020, 1, 3).at(23, 20, 0, 0);
    let ahead =
        AfterRead { before, after: date(2026, 7, 15).at(23, 20, 0, 0), read_at: date(2026, 7, 14).at(10, 0, 0, 0) };
    for (first, last, was, field, fault, told) in [
        ("1-Jan-2020 07:31", last, was, SpanField::First, NoFirst, "Please type the time of one"),
        ("1-Jan-2020 07:30", "3-Jan-2020 23:21", was, SpanField::Last, NoLast, "Please type the time of one"),
        ("2-Jan-2020 00:00", "1-Jan-2020 07:30", was, SpanField::Last, LastBeforeFirst, "before the first reading"),
        ("1-Jan-2020 07:30", last, "1-Jan-2020 07:30", SpanField::Was, NoShift, "there is nothing to correct"),
        ("3-Jan-2020 23:20", last, "15-Jul-2026 23:20", SpanField::Was, ahead, "was read at 14-Jul-2026 10:00"),
    ] {
        let mut clinic = opened(correction_offer());
        clinic.text(first);
        describe(&mut clinic, last, was);
        let complaint = step(&clinic).form.complaint.clone();
        assert_eq!(complaint, Some((field, SpanFault::Correction(fault))), "{first} {last} {was}");
        assert_eq!(step(&clinic).focus, CorrectionFocus::Field(field));
        assert!(said(&clinic).contains(told), "{told}: {}", said(&clinic));
    }
    let mut clinic = opened(correction_offer());
    describe(&mut clinic, "", "07/08/2026 08:10");
    assert!(matches!(step(&clinic).form.complaint, Some((SpanField::Was, SpanFault::Moment(_)))));
    clinic.text("10-Jul-2026 08:10");
    clinic.keys([Key::Enter]);
    // The last is the last of the upload, of before the reset: it would be years ahead.
    assert!(matches!(step(&clinic).form.complaint, Some((SpanField::Was, SpanFault::Correction(AfterRead { .. })))));
}

#[test]
fn what_was_corrected_is_undone_here() {
    let mut clinic = opened(corrected_offer());
    assert!(said(&clinic).contains("3 readings, from 01-Jan-2020 07:30 to 03-Jan-2020 23:20"), "{}", said(&clinic));
    clinic.keys([Key::BackTab, Key::BackTab, Key::Enter]);
    assert!(matches!(step(&clinic).page, CorrectionPage::Undo { .. }));
    for told in ["Dr. Dana Doctor", "the battery was changed", "Nothing is deleted", "Why"] {
        assert!(said(&clinic).contains(told), "{told}: {}", said(&clinic));
    }
    assert_eq!(step(&clinic).focus, CorrectionFocus::Leave);
    // Without a reason it is not done.
    clinic.keys([Key::Up, Key::Enter]);
    assert_eq!((undoings(&clinic).len(), told(&clinic)), (0, Some(key::REASON_SAY_WHY_TIMES)));
    clinic.text("the wrong day");
    clinic.keys([Key::Enter, Key::Enter]);
    let [request] = undoings(&clinic).try_into().unwrap();
    assert_eq!((request.correction.0.as_str(), request.reason), ("1", Some("the wrong day".into())));
    assert_eq!((clinic.step(), told(&clinic)), ("dashboard", Some(key::TOLD_CORRECTION_UNDONE)));

    // One's own of just now without one.
    let mut own = corrected_offer();
    own.standing[0].terms = UndoTerms::AtOnce;
    let mut clinic = opened(own);
    clinic.keys([Key::BackTab, Key::BackTab, Key::Enter]);
    assert!(!said(&clinic).contains("Why it"), "no reason is asked for");
    clinic.keys([Key::Tab, Key::Enter]);
    let [request] = undoings(&clinic).try_into().unwrap();
    assert_eq!(request.reason, None);
}

/// Somebody else was faster: what is there now is looked at, and what was typed stays.
#[test]
fn what_has_changed_meanwhile_is_looked_at_anew() {
    let mut clinic = opened(correction_offer());
    clinic.times_moved = Err(Problem::new(ProblemCode::UploadChanged, "changed"));
    confirm(&mut clinic);
    assert_eq!((asked(&clinic).len(), corrections(&clinic).len()), (3, 1));
    assert!(matches!(step(&clinic).page, CorrectionPage::Span));
    assert!(said(&clinic).contains("E-PLAT-10") && said(&clinic).contains("10-Jul-2026 08:10"), "{}", said(&clinic));
    // What the store cannot write is told where it was asked, and asked again under the same key.
    let mut clinic = opened(correction_offer());
    clinic.times_moved = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
    confirm(&mut clinic);
    assert!(said(&clinic).contains("E-STORE-2"), "{}", said(&clinic));
    clinic.times_moved = Ok(TimesMoved { readings: 3 });
    clinic.keys([Key::Enter]);
    let [first, second] = corrections(&clinic).try_into().unwrap();
    assert_eq!((first, clinic.step()), (second, "dashboard"));
}

#[test]
fn what_cannot_be_corrected_is_said() {
    for (offer, told) in [
        (Err(Problem::new(ProblemCode::TimesToldThere, "told")), "E-TIME-1"),
        (
            Ok(CorrectionOffer { readings: vec![], span: None, ..correction_offer() }),
            "no reading of this meter with a time",
        ),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.correction_offer = offer;
        open(&mut clinic);
        assert!(said(&clinic).contains(told), "{}", said(&clinic));
        clinic.keys([Key::Tab, Key::Tab]);
        assert_eq!(step(&clinic).focus, CorrectionFocus::Leave);
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.step(), "dashboard");
    }
}

/// Whoever signs out meanwhile leaves it to whoever comes next to hear of it.
#[test]
fn what_came_of_it_is_told_to_whoever_is_there() {
    for (is_done, words) in [(true, key::TOLD_TIMES_CORRECTED), (false, key::TOLD_TIMES_NOT_CORRECTED)] {
        let mut clinic = opened(correction_offer());
        if !is_done {
            clinic.times_moved = Err(Problem::new(ProblemCode::StoreUnwritable, "disk full"));
        }
        clinic.holds =
            |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::AboutTimes(TimesTask::Correct { .. }))));
        confirm(&mut clinic);
        clinic.keys([Key::Enter, Key::Escape]);
        assert_eq!((clinic.step(), corrections(&clinic).len()), ("time_correction", 1), "no key is taken");
        clinic.sign_out();
        clinic.sign_in_as("ida");
        clinic.holds = |_| false;
        clinic.release();
        assert_eq!(told(&clinic), Some(words));
    }
}

/// An assistant is not offered it, and the key does nothing; nor elsewhere on the dashboard.
#[test]
fn a_clinician_alone_comes_to_it() {
    let mut clinic = tabs::at(&[Key::Char('6'), Key::Down, Key::Char('c')]);
    assert_eq!((clinic.step(), asked(&clinic).len()), ("dashboard", 0));
    assert!(!said(&clinic).contains("correct times"), "{}", said(&clinic));
    clinic = Clinic::signed_in();
    at_uploads(&mut clinic);
    assert!(said(&clinic).contains("correct times"), "{}", said(&clinic));
    clinic.keys([Key::Char('5'), Key::Char('c')]);
    assert_eq!((clinic.step(), asked(&clinic).len()), ("dashboard", 0));
}

/// A line of the screen reader's mode, as keys on what is shown.
fn line(clinic: &mut Clinic, line: &str) {
    let pressed = keys(line, &view(&clinic.model, &Words::english()));
    clinic.keys(pressed);
}

/// In lines it is said in the same order, and a number chooses.
#[test]
fn it_is_corrected_in_lines_as_well() {
    let mut clinic = Clinic::signed_in();
    at_uploads(&mut clinic);
    line(&mut clinic, "c");
    for typed in ["1-Jan-2020 7:30", "3-Jan-2020 23:20", "10-Jul-2026 8:10"] {
        line(&mut clinic, typed);
    }
    let told = render(None, &view(&clinic.model, &Words::english()));
    assert!(told.iter().any(|line| line.contains("To correct: 3 readings, 2382 d 40 min later")), "{told:?}");
    let number = |clinic: &Clinic, what: &str| {
        let told = render(None, &view(&clinic.model, &Words::english()));
        told.iter()
            .find_map(|line| line.split_once(": ").filter(|(_, said)| said.starts_with(what)))
            .map(|(number, _)| number.to_owned())
    };
    let reason = number(&clinic, "Reason").unwrap_or_else(|| panic!("{told:?}"));
    line(&mut clinic, &reason);
    line(&mut clinic, "the battery was changed");
    assert!(corrections(&clinic).is_empty());
    let correct = number(&clinic, "Correct the times").unwrap();
    line(&mut clinic, &correct);
    assert_eq!((corrections(&clinic).len(), clinic.step()), (1, "dashboard"));
}
