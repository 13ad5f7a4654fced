//! What is said of the plugged meters: each by a name of its own, what is true of it, and to the
//! patient it concerns.

use glucodock::app::effect::{Effect, Request, StationTask, Task};
use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::app::panel::SlotState;
use glucodock::app::panel::said::{Said, said};
use glucodock::app::wizard::Step;
use glucodock::domain::association::{Owner, UploadId, Whereabouts};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter::{Access, AttachmentId};
use glucodock::domain::patient::{Patient, PatientId};
use glucodock::domain::problem::{Problem, ProblemCode};
use glucodock::domain::words::key;
use glucodock::ui::scene::{Block, Scene, TrailState};
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use crate::clinic::{Clinic, anna, attachment, cable, carla, download, guides, upload};
use crate::wizard_screens::variants;

fn scene(clinic: &Clinic) -> Scene {
    view(&clinic.model, &Words::english())
}

/// The panel as `name: state`.
fn panel(clinic: &Clinic) -> Vec<String> {
    scene(clinic).panel.entries.iter().map(|entry| format!("{}: {}", entry.name, entry.state)).collect()
}

/// All that the step says, without the panel.
fn step(clinic: &Clinic) -> String {
    serde_json::to_string(&scene(clinic).blocks).unwrap()
}

/// The rows of the list of the step.
fn rows(clinic: &Clinic) -> Vec<Vec<String>> {
    let scene = scene(clinic);
    let blocks = scene.overlay.map_or(scene.blocks, |overlay| overlay.blocks);
    let list = blocks.into_iter().find_map(|block| if let Block::Choices(list) = block { Some(list) } else { None });
    list.unwrap().rows.into_iter().map(|row| row.cells).collect()
}

/// Plugs a meter and has it read.
fn read(clinic: &mut Clinic, id: u64) {
    clinic.event(Event::MeterArrived(attachment(id)));
    let ticket = clinic.read_ticket().unwrap();
    let whole = Box::new(download(Completeness::Complete));
    clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
}

/// Takes a patient of the search for `mul` in hand: Anna (1) or Carla (3).
fn choose(clinic: &mut Clinic, place: usize) {
    clinic.text("mul");
    clinic.keys(vec![Key::Down; place]);
    clinic.keys([Key::Enter]);
}

/// Plugs a meter, and pulls it out of the middle of its readings.
fn pull(clinic: &mut Clinic, id: u64) {
    clinic.event(Event::MeterArrived(attachment(id)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.event(Event::ReadProgress { ticket, done: 224, of: Some(300) });
    clinic.event(Event::MeterLeft(AttachmentId(id)));
}

/// Every state of a plug, with nobody in hand, with Anna and with Carla.
#[test]
fn what_is_said_of_a_meter_follows_from_its_state_and_the_patient_in_hand() {
    let guides = guides();
    let mut clinic = Clinic::new();
    clinic.event(Event::MeterArrived(attachment(1)));
    clinic.event(Event::MeterArrived(cable(2, "CABLE-000-1")));
    let [open, cable] = [0, 1].map(|place| clinic.model.panel.slots()[place].clone());
    let with = |state| {
        let mut slot = open.clone();
        slot.state = state;
        slot
    };
    let accessed = |access| {
        let mut slot = open.clone();
        slot.attachment.access = access;
        slot
    };
    let of_cable = |access| {
        let mut slot = cable.clone();
        slot.attachment.access = access;
        slot
    };
    let kept = |owner, record: Option<Patient>| {
        let record = record.map(Box::new);
        with(SlotState::Stored(Box::new(glucodock::domain::association::Upload { record, ..upload(owner) })))
    };
    let of_anna = || Owner::Patient(Box::new(anna()));
    let failed = Problem { done: 224, of: Some(300), ..Problem::new(ProblemCode::LinkGone, "gone") };
    let same = |said| [said; 3];
    let places = |places: [Whereabouts; 3]| places.map(|place| Said::Kept { place, count: 720 });
    let not_read = Said::NotRead { done: 224, code: ProblemCode::LinkGone };
    let table = [
        (open.clone(), same(Said::Recognised)),
        (accessed(Access::Denied), same(Said::Denied)),
        (accessed(Access::Busy), same(Said::Busy)),
        (accessed(Access::NotMounted), same(Said::NotMounted)),
        (accessed(Access::Unsupported), same(Said::Unsupported)),
        (cable.clone(), same(Said::WhichModel)),
        (of_cable(Access::Denied), same(Said::Denied)),
        (of_cable(Access::Busy), same(Said::Busy)),
        (with(SlotState::Stopped), same(Said::Stopped)),
        (with(SlotState::Failed(failed)), same(not_read)),
        (kept(Owner::Nobody, None), places([Whereabouts::Wait; 3])),
        (kept(Owner::Unidentifiable, None), places([Whereabouts::Wait; 3])),
        (
            kept(of_anna(), None),
            places([Whereabouts::WaitForOwner, Whereabouts::WaitForThis, Whereabouts::WaitForAnother]),
        ),
        (
            kept(of_anna(), Some(anna())),
            places([Whereabouts::InARecord, Whereabouts::InThisRecord, Whereabouts::InAnotherRecord]),
        ),
        (
            kept(Owner::Unidentifiable, Some(carla())),
            places([Whereabouts::InARecord, Whereabouts::InAnotherRecord, Whereabouts::InThisRecord]),
        ),
    ];
    let (anna, carla) = (anna().id, carla().id);
    for (slot, expected) in table {
        let to: [Option<&PatientId>; 3] = [None, Some(&anna), Some(&carla)];
        assert_eq!(to.map(|in_hand| said(&slot, &guides, in_hand)), expected, "{:?}", slot.state);
    }
}

/// An upload that was read before its owner was chosen waits, and says so; once it is in the record nothing waits.
#[test]
fn what_was_appended_waits_nowhere() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(anna()));
    read(&mut clinic, 1);
    assert_eq!(panel(&clinic), ["Accu-Chek Guide ..0042: owner known, 720 wait"], "it is not assigned yet");
    assert!(step(&clinic).contains("One meter was read and waits"));
    // The list is not loaded anew by then, and it must not say what is over.
    clinic.holds = |effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList))));
    choose(&mut clinic, 1);
    assert_eq!(clinic.step(), "done");
    assert_eq!(panel(&clinic), ["Accu-Chek Guide ..0042: assigned to this patient"]);
    clinic.keys([Key::Function(7)]);
    assert!(!step(&clinic).contains("waits"), "{}", step(&clinic));
    assert_eq!(panel(&clinic), ["Accu-Chek Guide ..0042: in a patient's record"]);
}

#[test]
fn what_is_assigned_is_quarantined_for_nobody_not_after_signing_out_either() {
    for owner in [Owner::Nobody, Owner::Unidentifiable] {
        let mut clinic = Clinic::signed_in();
        clinic.owner = owner;
        clinic.go_to_confirm_assignment();
        assert!(panel(&clinic)[0].ends_with("quarantined, 720 readings"), "{:?}", panel(&clinic));
        clinic.text("am");
        clinic.keys([Key::Enter]);
        clinic.text("1961");
        clinic.keys([Key::Enter, Key::Enter]);
        assert_eq!(clinic.step(), "done");
        assert!(panel(&clinic)[0].ends_with("assigned to this patient"), "{:?}", panel(&clinic));
        clinic.sign_out();
        assert!(panel(&clinic)[0].ends_with("in a patient's record"), "{:?}", panel(&clinic));
        clinic.sign_in_as("other");
        assert!(!step(&clinic).contains("waits"));
    }
}

/// Another station may assign what this one has read: the list of what waits brings the panel up to it.
#[test]
fn what_another_station_assigned_is_noticed_with_the_list() {
    let mut clinic = Clinic::signed_in();
    read(&mut clinic, 1);
    clinic.records.insert(UploadId("u1".into()), carla());
    clinic.sign_out();
    clinic.sign_in_as("other");
    assert_eq!(panel(&clinic), ["Accu-Chek Guide ..0042: in a patient's record"]);
}

#[test]
fn an_interrupted_read_is_told_with_the_name_of_its_meter_and_to_its_patient_only() {
    let mut clinic = Clinic::signed_in();
    choose(&mut clinic, 1);
    pull(&mut clinic, 1);
    let told = "Accu-Chek Guide: The meter was unplugged after 224 of 300 readings.";
    assert!(step(&clinic).contains(told), "{}", step(&clinic));
    clinic.keys([Key::Escape]);
    assert!(!step(&clinic).contains("unplugged after"), "nobody is in hand");
    choose(&mut clinic, 1);
    assert!(step(&clinic).contains(told), "the same patient");
    clinic.keys([Key::Escape]);
    choose(&mut clinic, 3);
    assert!(!step(&clinic).contains("unplugged after"), "the next patient");
    clinic.keys([Key::Escape]);
    choose(&mut clinic, 1);
    assert!(!step(&clinic).contains("unplugged after"), "it is over");
}

/// Plugged before a patient is chosen, it is told there, with what to do, and to the patient who is chosen next.
#[test]
fn a_read_that_failed_before_a_patient_was_chosen_has_its_advice_there() {
    for pulled in [true, false] {
        let mut clinic = Clinic::signed_in();
        if pulled {
            pull(&mut clinic, 1);
        } else {
            let problem = Problem { done: 224, of: Some(300), ..Problem::new(ProblemCode::LinkGone, "gone") };
            clinic.plug_and_read(Completeness::Partial(problem));
        }
        for place in ["find_patient", "upload"] {
            assert_eq!(clinic.step(), place);
            let said = step(&clinic);
            assert!(said.contains("Accu-Chek Guide: The meter was unplugged after 224 of 300 readings."), "{said}");
            assert!(said.contains("Plug it in again"), "{said}");
            if place == "find_patient" {
                choose(&mut clinic, 1);
            }
        }
    }
}

#[test]
fn a_meter_of_the_patient_before_does_not_stop_the_next_one() {
    let mut clinic = Clinic::signed_in();
    clinic.serials = vec!["92500000042", "92500000043"];
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    clinic.keys([Key::Function(7)]);
    choose(&mut clinic, 3);
    assert_eq!(clinic.step(), "upload");
    read(&mut clinic, 2);
    let Step::AssociationPending(pending) = &clinic.model.working().unwrap().step else { panic!("{}", clinic.step()) };
    assert_eq!(pending.upload.id, UploadId("u2".into()));
    assert_eq!(
        panel(&clinic),
        ["Accu-Chek Guide ..0043: quarantined, 720 readings", "Accu-Chek Guide ..0042: in another patient's record"]
    );
}

/// Nor does one that is still being read, or failed, for the patient before.
#[test]
fn a_meter_that_came_for_somebody_else_is_not_counted() {
    let mut clinic = Clinic::signed_in();
    choose(&mut clinic, 1);
    let problem = Problem { done: 224, of: Some(300), ..Problem::new(ProblemCode::LinkSilent, "silent") };
    clinic.plug_and_read(Completeness::Partial(problem));
    clinic.keys([Key::Escape]);
    choose(&mut clinic, 3);
    assert!(!step(&clinic).contains("stopped answering"), "its advice is for the patient before");
    let calls = |clinic: &Clinic| scene(clinic).panel.entries[0].role == glucodock::ui::scene::TextRole::Problem;
    assert!(!calls(&clinic), "it is not in red for this one");
    clinic.keys([Key::Escape]);
    assert!(!calls(&clinic), "nor for nobody");
    choose(&mut clinic, 1);
    assert!(calls(&clinic), "but for its own");
    clinic.keys([Key::Escape]);
    choose(&mut clinic, 3);
    read(&mut clinic, 2);
    assert_eq!(clinic.step(), "association_pending");
    // Two that came for this patient are chosen from.
    let mut clinic = Clinic::signed_in();
    choose(&mut clinic, 1);
    clinic.event(Event::MeterArrived(attachment(1)));
    read(&mut clinic, 2);
    assert_eq!(clinic.step(), "upload");
}

/// Nor does one that is in the record already and is still plugged in when somebody else serves the same patient again.
#[test]
fn a_meter_that_is_in_the_record_does_not_stop_another_of_the_same_patient() {
    let mut clinic = Clinic::signed_in();
    clinic.serials = vec!["92500000042", "92500000043"];
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    clinic.sign_out();
    clinic.sign_in_as("other");
    choose(&mut clinic, 1);
    assert_eq!(clinic.step(), "upload");
    read(&mut clinic, 2);
    assert_eq!(clinic.step(), "association_pending");
}

/// A meter that is plugged in when the work for somebody is done may be the next one's.
#[test]
fn a_meter_that_comes_at_the_end_is_the_next_patients() {
    let mut clinic = Clinic::signed_in();
    clinic.serials = vec!["92500000042", "92500000043"];
    clinic.go_to_confirm_assignment();
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "dashboard");
    read(&mut clinic, 2);
    clinic.keys([Key::Function(7)]);
    choose(&mut clinic, 3);
    assert_eq!(clinic.step(), "association_pending");
}

#[test]
fn the_stop_says_where_the_readings_are() {
    // They wait for the owner of the meter.
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(carla()));
    choose(&mut clinic, 1);
    read(&mut clinic, 1);
    assert_eq!(clinic.step(), "other_owner");
    assert!(step(&clinic).contains("wait in quarantine"));
    assert_eq!(panel(&clinic), ["Accu-Chek Guide ..0042: another patient's, 720 wait"]);
    // They are in a record already; of a meter without a number too, which is nobody's.
    for (owner, heading) in [
        (Owner::Patient(Box::new(carla())), "This meter belongs to another patient"),
        (Owner::Unidentifiable, "These readings are another patient's"),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.owner = owner;
        read(&mut clinic, 1);
        clinic.records.insert(UploadId("u1".into()), carla());
        choose(&mut clinic, 1);
        assert_eq!(clinic.step(), "other_owner");
        let scene = scene(&clinic);
        assert!(scene.heading.contains(heading), "{}", scene.heading);
        let said = serde_json::to_string(&scene).unwrap();
        assert!(said.contains("Its readings are in that record already"), "{said}");
        assert!(!said.contains("quarantine"), "{said}");
    }
}

/// Whoever chooses a meter whose readings are in the patient's record already is told so, and nothing is asked for.
#[test]
fn what_is_in_the_record_already_is_not_assigned_again() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Unidentifiable;
    read(&mut clinic, 1);
    clinic.records.insert(UploadId("u1".into()), anna());
    choose(&mut clinic, 1);
    assert_eq!(clinic.step(), "done");
    assert!(step(&clinic).contains("already. Nothing was added."), "{}", step(&clinic));
    assert!(
        !clinic
            .asked
            .iter()
            .any(|effect| matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::Assign { .. })))))
    );
}

/// A meter without a serial number is assigned to nobody, only its readings are.
#[test]
fn of_a_meter_that_nobody_owns_only_the_readings_are_said_to_be_assigned() {
    let all = variants::all();
    for (name, says) in
        [("done__unidentifiable", "are now in the record of"), ("done__were_there", "Nothing was added.")]
    {
        let (_, clinic) = all.iter().find(|(case, _)| case == name).unwrap();
        let said = serde_json::to_string(&scene(clinic)).unwrap();
        assert!(said.contains(says) && !said.contains("is now assigned"), "{name}: {said}");
    }
}

/// Three meters of one model, with serial numbers and without, before and after they are read: no two names are the
/// same, and each list calls a meter by the same one.
#[test]
fn three_meters_of_a_model_are_told_apart_everywhere() {
    let distinct = |mut names: Vec<String>| {
        names.sort();
        names.dedup();
        names.len()
    };
    for (serials, owner, expected) in [
        (["000101", "000102", "000103"], Owner::Nobody, ["..0101", "..0102", "..0103"]),
        (["", "", ""], Owner::Unidentifiable, ["no. 1", "no. 2", "no. 3"]),
    ] {
        let mut clinic = Clinic::signed_in();
        clinic.serials = serials.to_vec();
        clinic.owner = owner;
        for id in 1..=3 {
            clinic.event(Event::MeterArrived(attachment(id)));
        }
        let names =
            |clinic: &Clinic| scene(clinic).panel.entries.into_iter().map(|entry| entry.name).collect::<Vec<_>>();
        assert_eq!(names(&clinic), ["no. 1", "no. 2", "no. 3"].map(|end| format!("Accu-Chek Guide {end}")));
        let tickets: Vec<_> = clinic
            .asked
            .iter()
            .filter_map(|effect| match effect {
                Effect::Ask(ticket, Request::For(_, Task::ReadMeter { .. })) => Some(*ticket),
                _ => None,
            })
            .collect();
        for ticket in tickets {
            let whole = Box::new(download(Completeness::Complete));
            clinic.event(Event::EffectDone { ticket, answer: EffectResult::Read(Ok(whole)) });
        }
        let wanted: Vec<String> = expected.iter().map(|end| format!("Accu-Chek Guide {end}")).collect();
        assert_eq!(names(&clinic), wanted);
        // The waiting list has the whole number.
        clinic.keys([Key::Function(3)]);
        let waiting = rows(&clinic);
        assert_eq!(distinct(waiting.iter().map(|row| row[0].clone()).collect()), 3, "{waiting:?}");
        clinic.keys([Key::Escape]);
        choose(&mut clinic, 1);
        let listed: Vec<String> = rows(&clinic).into_iter().take(3).map(|row| row[0].clone()).collect();
        assert_eq!(listed, wanted);
        // One leaves; its row is still told from the others, and theirs keep their names.
        clinic.event(Event::MeterLeft(AttachmentId(1)));
        let listed: Vec<String> = rows(&clinic).into_iter().take(3).map(|row| row.join(" ")).collect();
        assert_eq!(distinct(listed.clone()), 3, "{listed:?}");
        assert_eq!(names(&clinic)[..2], wanted[1..]);
    }
}

/// The same cable twice: by the port, where there are two.
#[test]
fn two_cables_are_told_apart_by_their_ports() {
    let mut clinic = Clinic::signed_in();
    clinic.event(Event::MeterArrived(cable(1, "A")));
    let mut other = cable(2, "B");
    other.connection = "serial port ttyUSB1".into();
    clinic.event(Event::MeterArrived(other));
    assert_eq!(
        panel(&clinic),
        [
            "USB serial cable (FTDI) (serial port ttyUSB0): step 2 asks which meter it is",
            "USB serial cable (FTDI) (serial port ttyUSB1): step 2 asks which meter it is"
        ]
    );
}

/// What needs a person is on top, then what is ready, whatever was plugged first.
#[test]
fn what_needs_a_person_is_on_top_and_what_is_ready_follows() {
    let mut clinic = Clinic::signed_in();
    let mut denied = attachment(1);
    denied.access = Access::Denied;
    denied.name = "Contour".into();
    clinic.event(Event::MeterArrived(denied));
    let mut reading = attachment(2);
    reading.name = "FreeStyle Lite".into();
    clinic.event(Event::MeterArrived(reading));
    read(&mut clinic, 3);
    let order: Vec<String> = scene(&clinic).panel.entries.into_iter().map(|entry| entry.name).collect();
    assert_eq!(order, ["Contour", "Accu-Chek Guide ..0042", "FreeStyle Lite"]);
}

/// A meter that cannot be opened says at once what helps.
#[test]
fn why_a_meter_cannot_be_opened_is_said_where_it_is_asked() {
    for (access, remedy) in [
        (Access::Denied, key::REASON_NO_PERMISSION),
        (Access::Busy, key::REASON_USED_ELSEWHERE),
        (Access::NotMounted, key::REASON_NOT_MOUNTED),
        (Access::Unsupported, key::REASON_UNSUPPORTED),
    ] {
        let mut clinic = Clinic::signed_in();
        choose(&mut clinic, 1);
        let mut meter = attachment(1);
        meter.access = access;
        clinic.event(Event::MeterArrived(meter));
        clinic.keys([Key::Enter]);
        assert_eq!(clinic.model.remark, Some(glucodock::app::remark::Remark::NotNow(remedy)));
    }
}

/// With one meter the first Enter acts on it; with two nothing is chosen before somebody moves.
#[test]
fn the_first_enter_acts_in_a_list_of_one() {
    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.sign_in();
    clinic.keys([Key::Function(3), Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
    assert!(step(&clinic).contains("For the meter Accu-Chek Guide"));
    // A meter that waits at the upload step after Esc.
    let mut clinic = Clinic::signed_in();
    choose(&mut clinic, 1);
    read(&mut clinic, 1);
    clinic.keys([Key::Escape]);
    assert_eq!(clinic.step(), "upload");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
    // Two: the first Enter marks.
    let mut clinic = Clinic::signed_in();
    clinic.serials = vec!["000101", "000102"];
    read(&mut clinic, 1);
    read(&mut clinic, 2);
    choose(&mut clinic, 1);
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "upload");
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "association_pending");
    // A person is never chosen by an Enter that nobody aimed.
    let mut clinic = Clinic::signed_in();
    clinic.keys([Key::Enter]);
    assert_eq!(clinic.step(), "find_patient");
}

/// The steps that are ticked were done: a meter whose owner was known was confirmed by nobody.
#[test]
fn a_step_is_ticked_when_it_was_done() {
    let ticks = |clinic: &Clinic| -> String {
        let trail = scene(clinic).trail;
        let sign = |state| match state {
            TrailState::Done => 'x',
            TrailState::Here => '@',
            TrailState::Ahead => '-',
        };
        trail.iter().map(|step| sign(step.state)).collect()
    };
    let mut clinic = Clinic::signed_in();
    assert_eq!(ticks(&clinic), "@-----");
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Function(4)]);
    assert_eq!((clinic.step(), ticks(&clinic).as_str()), ("dashboard", "x-----"), "only looked at");
    clinic.keys([Key::Function(7)]);
    clinic.go_to_confirm_assignment();
    assert_eq!(ticks(&clinic), "xxxx@-");
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!((clinic.step(), ticks(&clinic).as_str()), ("done", "xxxxx@"));
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), ticks(&clinic).as_str()), ("dashboard", "xxxxxx"));
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(anna()));
    choose(&mut clinic, 1);
    assert_eq!(ticks(&clinic), "x@----");
    read(&mut clinic, 1);
    assert_eq!((clinic.step(), ticks(&clinic).as_str()), ("done", "xx---@"), "nothing was confirmed");
    clinic.keys([Key::Enter]);
    assert_eq!((clinic.step(), ticks(&clinic).as_str()), ("dashboard", "xx---x"));
    // A meter that waits gets its patient: the upload was done.
    let mut clinic = Clinic::new();
    clinic.waiting = vec![upload(Owner::Nobody)];
    clinic.sign_in();
    clinic.keys([Key::Function(3), Key::Enter]);
    assert_eq!(ticks(&clinic), "@x----");
}

/// Two meters were read while somebody was chosen by mistake: for whoever is right the list is not empty, and when one
/// is assigned the other waits still.
#[test]
fn a_meter_read_for_somebody_chosen_by_mistake_is_not_forgotten() {
    let mut clinic = Clinic::signed_in();
    choose(&mut clinic, 3);
    read(&mut clinic, 1);
    clinic.keys([Key::Escape]);
    read(&mut clinic, 2);
    clinic.keys([Key::Escape, Key::Control('u')]);
    choose(&mut clinic, 1);
    assert_eq!(clinic.step(), "upload");
    assert!(!scene(&clinic).instruction.contains("Plug the meter in"), "{}", scene(&clinic).instruction);
    clinic.keys([Key::Down, Key::Enter, Key::Enter, Key::Tab, Key::Enter, Key::Down, Key::Enter]);
    clinic.text("am");
    clinic.keys([Key::Enter]);
    clinic.text("1961");
    clinic.keys([Key::Enter, Key::Enter]);
    assert_eq!(clinic.step(), "done");
    assert!(step(&clinic).contains("One more meter waits"), "{}", step(&clinic));
}

/// A meter whose owner's record has all that it holds is not announced, and the stop before somebody else says so.
#[test]
fn a_meter_with_nothing_new_waits_for_nobody() {
    let mut clinic = Clinic::signed_in();
    clinic.owner = Owner::Patient(Box::new(anna()));
    clinic.new_readings = Some(0);
    read(&mut clinic, 1);
    assert!(!step(&clinic).contains("waits for a patient"), "{}", step(&clinic));
    choose(&mut clinic, 3);
    assert_eq!(clinic.step(), "other_owner");
    let said = step(&clinic);
    assert!(said.contains("nothing waits") && !said.contains("wait in quarantine"), "{said}");
}

/// Another station assigned what is listed here: the stop that says so, and the list itself, look anew.
#[test]
fn a_list_that_another_station_made_old_is_looked_up_anew() {
    let mut clinic = Clinic::signed_in();
    read(&mut clinic, 1);
    let looks = |clinic: &Clinic| {
        let asked = |effect: &&Effect| {
            matches!(effect, Effect::Ask(_, Request::For(_, Task::Station(StationTask::LoadWorkList))))
        };
        clinic.asked.iter().filter(asked).count()
    };
    let before = looks(&clinic);
    clinic.keys([Key::Function(3)]);
    assert_eq!((clinic.step(), looks(&clinic)), ("waiting_meters", before + 1));
    clinic.owner = Owner::Patient(Box::new(anna()));
    clinic.keys([Key::Down, Key::Enter]);
    choose(&mut clinic, 3);
    assert_eq!((clinic.step(), looks(&clinic)), ("other_owner", before + 2));
}
