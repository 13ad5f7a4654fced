//! The question which meter is behind a cable: its list, finding a name in it, the steps, and which cable is meant.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::remark::Remark;
use glucodock::app::wizard::Step;
use glucodock::app::wizard::upload::{ModelList, UploadView, find};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::{Attachment, AttachmentId, Bridge};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::text::Clean;
use glucodock::domain::words::key;
use glucodock::meters::catalogue::{Catalogue, Meter};
use glucodock::ui::glyphs::GlyphSet;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::scene::{Block, Choice, Choices, Scene};
use glucodock::ui::theme::{Colours, Theme};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;
use rstest::rstest;

use super::said;
use crate::clinic::{Clinic, cable, download};

const SIZES: [(u16, u16); 3] = [(71, 23), (80, 24), (120, 40)];

fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

fn theme() -> Theme {
    Theme::new(Colours::Mono, GlyphSet::Unicode)
}

fn shown(clinic: &Clinic, (columns, rows): (u16, u16)) -> Vec<String> {
    json::rows(&drawn(&scene(clinic), &theme(), columns, rows).0)
}

/// The list of the step.
fn list(clinic: &Clinic) -> Choices {
    let blocks = scene(clinic).blocks;
    blocks.into_iter().find_map(|block| if let Block::Choices(list) = block { Some(list) } else { None }).unwrap()
}

/// The name in a row.
fn name(choice: &Choice) -> String {
    choice.cells.first().cloned().unwrap()
}

/// The row under the marker.
fn marked(clinic: &Clinic) -> Option<String> {
    list(clinic).chosen().map(name)
}

fn upload_view(clinic: &Clinic) -> &UploadView {
    let Step::Upload(step) = &clinic.model.working().unwrap().step else { panic!("at {}", clinic.step()) };
    &step.view
}

/// For which plug a list of models is open, or the steps of a model of one.
fn asked_for(clinic: &Clinic) -> Option<u64> {
    match upload_view(clinic) {
        UploadView::Models { list: ModelList::BehindCable(id, _), .. }
        | UploadView::Guide { list: ModelList::BehindCable(id, _), .. } => Some(id.0),
        UploadView::Models { .. } | UploadView::Guide { .. } | UploadView::Meters(_) => None,
    }
}

/// At the upload step, with every meter of the catalogue.
fn at_upload() -> Clinic {
    let mut clinic = Clinic::signed_in();
    clinic.model.guides = Catalogue::embedded().meters().iter().map(Meter::guide).collect();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(clinic.step(), "upload");
    clinic
}

/// A cable at a port of its own.
fn at_port(id: u64) -> Attachment {
    Attachment { connection: format!("serial port ttyUSB{id}").as_str().into(), ..cable(id, &format!("CABLE-{id}")) }
}

/// Cables at ports 1, 2 ...
fn with_cables(count: u64) -> Clinic {
    let mut clinic = at_upload();
    for id in 1..=count {
        clinic.event(Event::MeterArrived(at_port(id)));
    }
    clinic
}

/// The list of models for a cable.
fn at_list() -> Clinic {
    let mut clinic = with_cables(1);
    clinic.keys([Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(1));
    clinic
}

/// The read under way ends so.
fn end(clinic: &mut Clinic, result: Result<Completeness, Problem>) {
    let ticket = clinic.read_ticket().unwrap();
    let answer = EffectResult::Read(result.map(|completeness| Box::new(download(completeness))));
    clinic.event(Event::EffectDone { ticket, answer });
}

fn failed(code: ProblemCode) -> Result<Completeness, Problem> {
    Err(Problem::new(code, "staged"))
}

#[test]
fn where_no_model_is_called_so_none_is_marked_and_enter_says_so() {
    for start in [
        // Another model was marked, by moving there or by what was typed before.
        vec![],
        vec![Key::Down, Key::Down],
        vec![Key::Char('s'), Key::Char('d')],
    ] {
        let mut clinic = at_list();
        clinic.keys(start);
        clinic.text("zzz");
        assert_eq!(marked(&clinic), None);
        for size in SIZES {
            assert!(shown(&clinic, size).iter().any(|row| row.contains("zzz (not in this list)")), "{size:?}");
        }
        assert!(scene(&clinic).hints.iter().all(|hint| hint.key != "Enter"), "{:?}", scene(&clinic).hints);
        for _ in 0..2 {
            clinic.keys([Key::Enter]);
            assert!(matches!(upload_view(&clinic), UploadView::Models { .. }), "{:?}", upload_view(&clinic));
            assert_eq!((marked(&clinic), &clinic.model.remark), (None, &Some(Remark::NotNow(key::NO_SUCH_MODEL))));
        }
        // The arrows lead into the list again, and Backspace to what is found.
        let mut arrow = Clinic { model: clinic.model.clone(), ..at_list() };
        arrow.keys([Key::Down]);
        assert_eq!(marked(&arrow).as_deref(), Some("Contour"));
        clinic.keys([Key::Control('u')]);
        clinic.text("sd cz");
        assert_eq!(marked(&clinic), None);
        clinic.keys([Key::Backspace]);
        assert_eq!(marked(&clinic).as_deref(), Some("SD CodeFree"));
    }
}

/// The names that people and the README have for meters, spelled as people spell.
#[rstest]
#[case("ultramini", "OneTouch UltraEasy")]
#[case("ultra mini", "OneTouch UltraEasy")]
#[case("Ultra-Mini", "OneTouch UltraEasy")]
#[case("one touch ultra easy", "OneTouch UltraEasy")]
#[case("ultra easy", "OneTouch UltraEasy")]
#[case("mini", "OneTouch UltraEasy")]
#[case("onetouch-ultra-easy", "OneTouch UltraEasy")]
#[case("ultra2", "OneTouch Ultra 2")]
#[case("ultra 2", "OneTouch Ultra 2")]
#[case("onetouch-ultra2", "OneTouch Ultra 2")]
#[case("fora", "TaiDoc TD-42xx with cable")]
#[case("td42", "TaiDoc TD-42xx with cable")]
#[case("taidoc", "TaiDoc TD-42xx with cable")]
#[case("shine", "ReliOn Premier")]
#[case("Shine XL", "ReliOn Premier")]
#[case("caresens", "ReliOn Premier")]
#[case("freedom", "FreeStyle Lite")]
#[case("free style lite", "FreeStyle Lite")]
#[case("contour link", "Contour")]
#[case("contour-serial", "Contour")]
#[case("Contour Next", "Contour Next EZ")]
#[case("code free", "SD CodeFree")]
#[case("codefree", "SD CodeFree")]
#[case("sd-codefree", "SD CodeFree")]
#[case("areo gk", "GlucoMen areo GK")]
#[case("glucomenareo", "GlucoMen areo")]
#[case("expression", "GLUCOCARD Expression")]
#[case(" prime ", "ReliOn Prime")]
fn a_meter_is_found_as_people_call_it(#[case] typed: &str, #[case] name: &str) {
    let mut clinic = at_list();
    clinic.text(typed);
    assert_eq!(marked(&clinic).as_deref(), Some(name));
    clinic.keys([Key::Enter]);
    assert!(said(&clinic).contains(&format!("\"{name}\"")), "the steps are this meter's: {}", said(&clinic));
}

/// Under which name a meter was found is said, where it is not the one in the list; and its steps have all its names.
#[test]
fn a_meter_found_under_another_name_is_said_to_be_that_too() {
    let mut clinic = at_list();
    clinic.text("ultramini");
    assert!(said(&clinic).contains("Find: ultramini (OneTouch UltraMini)"), "{}", said(&clinic));
    clinic.keys([Key::Enter]);
    assert!(said(&clinic).contains("Also sold as OneTouch UltraMini"), "{}", said(&clinic));
}

/// Every name of every meter in its list, with spaces and hyphens as they are, left out, and one for the other.
#[test]
fn every_name_of_the_catalogue_is_found() {
    let guides: Vec<_> = Catalogue::embedded().meters().iter().map(Meter::guide).collect();
    let mut found = 0;
    for guide in &guides {
        let behind = guide.bridge.map(|bridge| ModelList::BehindCable(AttachmentId(1), bridge));
        for list in behind.into_iter().chain([ModelList::Family(guide.family)]) {
            let names = guide.other_names.iter().chain([&guide.name]).map(ToString::to_string);
            for name in names.chain([guide.slug.clone(), guide.driver.clone()]) {
                for typed in [
                    name.clone(),
                    name.replace([' ', '-'], ""),
                    name.replace(' ', "-"),
                    name.replace('-', " "),
                    name.to_uppercase(),
                ] {
                    let hit = find(&guides, list, &typed).unwrap_or_else(|| panic!("{typed} is not found in {list:?}"));
                    let is_its = |hit: &str| {
                        hit.to_lowercase()
                            .replace([' ', '-'], "")
                            .contains(&name.to_lowercase().replace([' ', '-'], ""))
                    };
                    let hits = hit.guide.other_names.iter().chain([&hit.guide.name]).map(ToString::to_string);
                    let mut hits = hits.chain([hit.guide.slug.clone(), hit.guide.driver.clone()]);
                    assert!(hits.any(|hit| is_its(&hit)), "{typed} leads to {}", hit.guide.name);
                    found += 1;
                }
            }
        }
    }
    assert!(found > 500, "{found}");
}

/// The rows of the list on each page, from the first to the last.
fn pages(clinic: &mut Clinic, size: (u16, u16)) -> Vec<Vec<String>> {
    let names: Vec<String> = list(clinic).rows.iter().map(name).collect();
    let mut pages: Vec<Vec<String>> = Vec::new();
    loop {
        let (buffer, sight) = drawn(&scene(clinic), &theme(), size.0, size.1);
        let rows = json::rows(&buffer);
        let is_row = |row: &String, name: &String| {
            row.get(3..).is_some_and(|text| text == name || text.starts_with(&format!("{name}  ")))
        };
        let page: Vec<String> = names.iter().filter(|name| rows.iter().any(|row| is_row(row, name))).cloned().collect();
        if pages.last() != Some(&page) {
            pages.push(page);
        }
        if marked(clinic).as_ref() == names.last() {
            return pages;
        }
        clinic.event(Event::Page(sight.page.unwrap()));
        clinic.keys([Key::PageDown]);
    }
}

/// Each row is on one page and no other, whatever was typed before the pages are turned.
#[rstest]
#[case("")]
#[case("c")]
#[case("zzz")]
#[case("contour linkx")]
fn no_page_repeats_a_row_of_another(#[case] typed: &str) {
    for size in [(71, 23), (80, 24)] {
        let mut clinic = at_list();
        clinic.text(typed);
        let all: Vec<String> = list(&clinic).rows.iter().map(name).collect();
        let pages = pages(&mut clinic, size);
        assert!(pages.len() > 1, "{pages:?}");
        assert_eq!(pages.concat(), all, "{typed:?} at {size:?}: {pages:?}");
    }
}

/// Which cable is meant is said by the question, by its list and by the steps.
#[test]
fn the_question_names_its_cable() {
    let mut clinic = with_cables(3);
    for id in 1..=3 {
        let name = format!("USB serial cable (FTDI) (serial port ttyUSB{id})");
        clinic.keys([Key::Home]);
        clinic.keys(vec![Key::Down; usize::try_from(id - 1).unwrap()]);
        clinic.keys([Key::Enter]);
        assert_eq!(asked_for(&clinic), Some(id));
        assert!(scene(&clinic).instruction.contains(&name), "{}", scene(&clinic).instruction);
        assert_eq!(list(&clinic).title, format!("Behind {name}"));
        for size in SIZES {
            assert!(shown(&clinic, size).iter().any(|row| row.contains(&format!("Behind {name}"))), "{size:?}");
        }
        clinic.keys([Key::Enter]);
        assert!(said(&clinic).contains(&format!("If this meter hangs on {name}, press Enter")), "{}", said(&clinic));
        clinic.keys([Key::Escape, Key::Escape]);
    }
}

/// A proposal and a read under way name their cable too, where several are plugged in.
#[test]
fn a_proposal_and_a_silent_read_name_their_cable() {
    let mut clinic = Clinic::new();
    for id in 1..=2 {
        let key = at_port(id).cable.unwrap();
        clinic.cables.as_mut().unwrap().insert(key, "onetouch-ultra-2".to_owned());
    }
    clinic.sign_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    for id in 1..=2 {
        clinic.event(Event::MeterArrived(at_port(id)));
    }
    let name = "USB serial cable (FTDI) (serial port ttyUSB2)";
    clinic.keys([Key::Down, Key::Down]);
    let last = format!("Last time OneTouch Ultra 2 was read through {name}.");
    assert!(scene(&clinic).instruction.starts_with(&last), "{}", scene(&clinic).instruction);
    clinic.keys([Key::Enter, Key::Down, Key::Down]);
    let asked = format!("The meter on {name} is spoken to as OneTouch Ultra 2.");
    assert!(scene(&clinic).instruction.starts_with(&asked), "{}", scene(&clinic).instruction);
}

#[test]
fn f9_goes_to_the_cable_under_the_marker_and_walks_through_the_others() {
    let mut clinic = with_cables(3);
    // Nothing is marked: the first that asks; again the next, and round.
    for id in [1, 2, 3, 1] {
        clinic.keys([Key::Function(9)]);
        assert_eq!(asked_for(&clinic), Some(id));
        assert!(scene(&clinic).hints.iter().any(|hint| (&*hint.key, &*hint.action) == ("F9", "next cable")));
    }
    // What was typed for one cable is not looked for at the next.
    clinic.text("zzz");
    clinic.keys([Key::Function(9)]);
    assert!(asked_for(&clinic) == Some(2) && marked(&clinic).is_some());
    // At the steps of a model it is another model for the same cable.
    clinic.keys([Key::Enter, Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(2));
    clinic.keys([Key::Escape, Key::Down, Key::Down, Key::Down, Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(3), "the one under the marker");
    // One that was read is reached too, after those that wait.
    clinic.keys([Key::Enter, Key::Enter]);
    end(&mut clinic, Ok(Completeness::Complete));
    for id in [1, 2, 3] {
        clinic.keys([Key::Function(9)]);
        assert_eq!(asked_for(&clinic), Some(id));
    }
    // Its cable is named, and that it was read.
    let asked = scene(&clinic).instruction;
    assert!(asked.contains("USB serial cable") && asked.contains("read already: "), "{asked}");
    clinic.event(Event::MeterLeft(AttachmentId(3)));
    assert_eq!(list(&clinic).title, "Behind a cable that is not plugged in any more");
    clinic.keys([Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(1));
}

/// However long what is said of them is, the rows of two cables are told apart, on the smallest screen too.
#[test]
fn the_rows_of_two_cables_are_told_apart_at_every_size() {
    let mut clinic = with_cables(3);
    for count in [0, 1] {
        if count > 0 {
            clinic.keys([Key::Home]);
            clinic.keys(vec![Key::Down; count - 1]);
            clinic.keys([Key::Function(9)]);
            clinic.text("expression");
            clinic.keys([Key::Enter, Key::Enter]);
            end(&mut clinic, failed(ProblemCode::LinkSilent));
        }
        for size in SIZES {
            let rows = shown(&clinic, size);
            let is_whole = drawn(&scene(&clinic), &theme(), size.0, size.1).1.is_whole;
            assert!(is_whole, "{count} at {size:?}:\n{}", rows.join("\n"));
            let list = rows.iter().skip_while(|row| !row.starts_with("   Meters"));
            let list = list.take_while(|row| !row.contains("Devices")).filter_map(|row| row.split('│').next());
            let cables: Vec<&str> = list.filter(|row| row.contains("USB ser")).collect();
            assert!(!cables.is_empty(), "{size:?}");
            assert!(cables.iter().all(|row| row.contains("(serial port ttyUSB")), "{size:?}: {cables:#?}");
        }
    }
}

/// With one cable there is no other to walk to.
#[test]
fn with_one_cable_f9_stays_with_it() {
    let mut clinic = at_list();
    clinic.keys([Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(1));
    assert!(scene(&clinic).hints.iter().all(|hint| hint.key != "F9"));
}

/// Reads the meter on port 2 as an Ultra 2.
fn spoken_to_as_ultra_2() -> Clinic {
    let mut clinic = with_cables(2);
    clinic.keys([Key::Function(9), Key::Function(9)]);
    clinic.text("ultra 2");
    clinic.keys([Key::Enter, Key::Enter]);
    clinic
}

const SPOKEN: &str = "The meter on USB serial cable (FTDI) (serial port ttyUSB2) was spoken to as OneTouch Ultra 2.";

/// What is said of the last attempt has a subject, and the panel does not say something else than the problem.
#[rstest]
#[case(ProblemCode::LinkSilent, "stopped answering", "no answer as OneTouch Ultra 2 [E-LINK-3]")]
#[case(ProblemCode::MeterAnswer, "damaged data", "not read as OneTouch Ultra 2 [E-METER-2]")]
#[case(ProblemCode::MeterRefused, "refused", "not read as OneTouch Ultra 2 [E-METER-3]")]
#[case(ProblemCode::MeterAborted, "ended the transfer", "not read as OneTouch Ultra 2 [E-METER-1]")]
fn what_a_meter_was_spoken_to_as_has_a_subject(#[case] code: ProblemCode, #[case] what: &str, #[case] state: &str) {
    let mut clinic = spoken_to_as_ultra_2();
    end(&mut clinic, failed(code));
    assert!(said(&clinic).contains(SPOKEN) && said(&clinic).contains(what), "{}", said(&clinic));
    assert!(scene(&clinic).panel.entries.iter().any(|entry| entry.state == state), "{:?}", scene(&clinic).panel);
    let is_silent = code == ProblemCode::LinkSilent;
    assert_eq!(said(&clinic).contains("no answer as"), is_silent, "{}", said(&clinic));
    clinic.keys([Key::Function(9), Key::Function(9)]);
    let tag = list(&clinic).rows.into_iter().find(|row| name(row) == "OneTouch Ultra 2").unwrap().tag;
    assert_eq!(tag, if is_silent { "no answer as this" } else { "not read as this" });
}

/// It is said of the last attempt only: not while the next is under way, nor once that one has told readings.
#[test]
fn what_a_meter_was_spoken_to_as_belongs_to_the_last_attempt() {
    let mut clinic = spoken_to_as_ultra_2();
    end(&mut clinic, failed(ProblemCode::LinkSilent));
    assert!(said(&clinic).contains(SPOKEN));
    clinic.keys([Key::Function(5)]);
    assert!(!said(&clinic).contains("was spoken to as"), "{}", said(&clinic));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::ReadProgress { ticket, done: 3, of: Some(720) });
    let stopped = {
        let mut clinic = Clinic { model: clinic.model.clone(), ..at_upload() };
        clinic.keys([Key::Function(8)]);
        clinic
    };
    assert!(!said(&stopped).contains("spoken to as"), "it told readings: {}", said(&stopped));
    end(&mut clinic, Err(Problem { done: 3, of: Some(720), ..Problem::new(ProblemCode::LinkSilent, "staged") }));
    assert!(!said(&clinic).contains("spoken to as"), "it told readings: {}", said(&clinic));
    // As another model, in vain again: that one is named.
    clinic.keys([Key::Function(9), Key::Function(9)]);
    clinic.text("codefree");
    clinic.keys([Key::Enter, Key::Enter]);
    end(&mut clinic, failed(ProblemCode::LinkSilent));
    let now = SPOKEN.replace("OneTouch Ultra 2", "SD CodeFree");
    assert!(said(&clinic).contains(&now) && !said(&clinic).contains("as OneTouch Ultra 2"), "{}", said(&clinic));
}

/// The steps for a meter behind a cable end with the key that starts its read, and only then what the
/// meter needs after it.
#[test]
fn the_steps_of_a_meter_behind_a_cable_say_enter_where_enter_is_meant() {
    let mut said = 0;
    for guide in Catalogue::embedded().meters().iter().map(Meter::guide) {
        let steps: Vec<&str> = guide.steps.iter().map(Clean::as_str).collect();
        let enter = steps.iter().position(|step| step.contains("Enter"));
        assert_eq!(enter.is_some(), guide.bridge.is_some(), "{}: {steps:?}", guide.slug);
        assert!(steps.iter().all(|step| !step.starts_with("Choose")), "{}: {steps:?}", guide.slug);
        let Some(enter) = enter else { continue };
        assert!(steps[enter].starts_with("Press Enter here"), "{}: {steps:?}", guide.slug);
        // Enter leaves these steps: what is to be done with the meter stands before it, or with it.
        assert!(steps[enter + 1..].iter().all(|step| step.starts_with("If ")), "{}: {steps:?}", guide.slug);
        said += 1;
    }
    assert!(said > 15, "{said}");
    // The meter offers to talk once it is switched on, and has to be answered promptly.
    let codefree = Catalogue::embedded().by_slug("sd-codefree").unwrap().guide();
    let last = codefree.steps.last().unwrap().as_str();
    assert_eq!(last, "Press Enter here, and only then switch the meter on. It shows PC while it is read.");
}

/// The panel names the key that asks which meter it is, and where that key does it.
#[test]
fn the_panel_names_the_key_that_asks_which_meter_it_is() {
    let state = |clinic: &Clinic| scene(clinic).panel.entries.first().unwrap().state.clone();
    let mut clinic = Clinic::new();
    clinic.event(Event::MeterArrived(at_port(1)));
    assert_eq!(state(&clinic), "step 2 asks which meter it is");
    clinic.sign_in();
    assert_eq!(state(&clinic), "step 2 asks which meter it is");
    for size in SIZES {
        let rows = shown(&clinic, size);
        assert!(rows.iter().any(|row| row.contains("step 2 asks which meter it is")), "{size:?}: {rows:?}");
    }
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    assert_eq!(state(&clinic), "F9: say which meter it is");
    clinic.keys([Key::Function(9)]);
    assert_eq!(asked_for(&clinic), Some(1));
}

/// That no meter waits is known once the list has come. Until then it is being looked up.
#[test]
fn the_list_of_waiting_meters_is_looked_up_until_it_has_come() {
    let mut clinic = Clinic::new();
    clinic.holds = |effect| {
        matches!(
            effect,
            Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList | StationTask::LoadRecents)))
        )
    };
    clinic.sign_in();
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_WAITING_LOOKED_UP)));
    assert!(said(&clinic).contains("are being looked up"), "{}", said(&clinic));
    assert!(said(&clinic).contains("Your recent patients are being looked up."), "{}", said(&clinic));
    assert!(!said(&clinic).contains("No recent patients"), "{}", said(&clinic));
    clinic.keys([Key::Function(1)]);
    assert!(!said(&clinic).contains("No meter is waiting"), "the help says so too: {}", said(&clinic));
    clinic.keys([Key::Escape]);
    clinic.release();
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_NO_WAITING_METERS)));
}

/// Nor is it known where the list could not be loaded.
#[test]
fn a_list_that_could_not_be_loaded_does_not_say_that_no_meter_waits() {
    let mut clinic = Clinic::new();
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList))));
    clinic.sign_in();
    let Some(Effect::Ask(ticket, Request::For(_, Task::Station(StationTask::LoadWorkList)))) = clinic.held.pop() else {
        panic!("{:?}", clinic.held)
    };
    let problem = Problem::new(ProblemCode::PlatformUnreachable, "staged");
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::WorkList(Err(problem)) });
    clinic.keys([Key::Function(3)]);
    assert_eq!(clinic.model.remark, Some(Remark::NotNow(key::REASON_WAITING_NOT_LOADED)));
}

/// Who is not found in step 4 is created in step 1: the way there and the key are said, and lead there.
#[test]
fn who_is_not_found_in_step_4_is_created_with_the_key_that_is_named() {
    let mut clinic = Clinic::signed_in();
    clinic.text("xyz");
    assert!(said(&clinic).contains("press F2 to create a new patient"), "{}", said(&clinic));
    clinic.go_to_select();
    clinic.text("xyz");
    let told = "press F2 to create a new patient for this meter; its readings wait.";
    assert!(said(&clinic).contains(told), "{}", said(&clinic));
    for size in SIZES {
        assert!(drawn(&scene(&clinic), &theme(), size.0, size.1).1.is_whole, "{size:?}");
    }
    let mut presses = 0;
    while clinic.step() != "find_patient" {
        clinic.keys([Key::Escape]);
        presses += 1;
        assert!(presses < 10, "Esc does not lead back: {}", clinic.step());
    }
    assert_eq!(clinic.model.working().unwrap().waiting.len(), 1, "the readings wait");
    clinic.keys([Key::Function(2)]);
    assert!(matches!(clinic.model.working().unwrap().step, Step::CreatePatient(_)), "{}", clinic.step());
}

/// A chip is called by its name, not a cable.
#[test]
fn a_chip_is_named_as_it_is_called() {
    let mut clinic = at_upload();
    let chip = Attachment { name: "HID chip (CP2110)".into(), bridge: Some(Bridge::HidChip), ..cable(1, "CHIP-1") };
    clinic.event(Event::MeterArrived(chip));
    clinic.keys([Key::Function(9)]);
    assert_eq!(list(&clinic).title, "Behind HID chip (CP2110)");
}
