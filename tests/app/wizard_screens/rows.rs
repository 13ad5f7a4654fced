//! Rows of lists: what is known of a meter is said in its row, and nothing is cut for a column that
//! the row does not have.

use glucodock::app::event::{EffectResult, Event};
use glucodock::app::key::Key;
use glucodock::domain::association::{Owner, Upload, UploadId};
use glucodock::domain::download::Completeness;
use glucodock::domain::meter_clock::ClockReading;
use glucodock::domain::text::Private;
use glucodock::ui::json;
use glucodock::ui::paint::drawn;
use glucodock::ui::view::view;
use glucodock::ui::words::Words;

use super::cases::at_upload;
use super::seen::theme;
use crate::clinic::{Clinic, anna, attachment, download, upload};

fn shown(clinic: &Clinic, (columns, rows): (u16, u16)) -> Vec<String> {
    json::rows(&drawn(&view(&clinic.model, &Words::english()), &theme(), columns, rows).0)
}

/// The row of a list with this text.
fn row(clinic: &Clinic, size: (u16, u16), text: &str) -> String {
    let rows = shown(clinic, size);
    rows.iter().find(|row| row.contains(text)).unwrap_or_else(|| panic!("{text}: {}", rows.join("\n"))).clone()
}

/// Uploads that wait, each with whose meter it is and whether its clock is days off.
fn waiting(matters: &[(Owner, bool)]) -> Vec<Upload> {
    let of = |(place, (owner, is_off)): (usize, &(Owner, bool))| {
        let mut upload = upload(owner.clone());
        upload.id = UploadId(format!("w{place}"));
        upload.meter = crate::clinic::identity(&format!("9251234{place:04}"));
        if *is_off {
            let right = upload.clock.unwrap();
            upload.clock = Some(ClockReading { meter: "2012-01-01T00:07:00".parse().unwrap(), ..right });
        }
        upload
    };
    matters.iter().enumerate().map(of).collect()
}

#[test]
fn a_waiting_meter_says_that_its_owner_is_known_and_that_its_clock_is_asked_about() {
    let anna = || Owner::Patient(Box::new(anna()));
    let mut clinic = Clinic::new();
    clinic.waiting =
        waiting(&[(Owner::Nobody, false), (anna(), false), (Owner::Nobody, true), (anna(), true), (anna(), true)]);
    clinic.waiting[4].new_readings = 0;
    clinic.sign_in();
    clinic.keys([Key::Function(3)]);
    for size in [(80, 24), (120, 40)] {
        for (end, tag) in
            [("0001", "owner known"), ("0002", "which clock?"), ("0003", "owner, clock?"), ("0004", "no new, clock?")]
        {
            let row = row(&clinic, size, end);
            let row = row.split('│').next().unwrap().trim_end();
            assert!(
                row.contains("..000")
                    && row.contains("720 readings  14-Jul-2026 10:00")
                    && row.ends_with(&format!("  {tag}")),
                "{row}"
            );
        }
        let plain = row(&clinic, size, "0000");
        assert!(plain.split('│').next().unwrap().trim_end().ends_with("14-Jul-2026 10:00"), "{plain}");
    }
}

/// A long name without a tag has the room that others need for theirs.
#[test]
fn a_name_is_not_cut_for_the_tag_of_another_row() {
    let mut clinic = Clinic::new();
    clinic.waiting = waiting(&[(Owner::Patient(Box::new(anna())), false), (Owner::Unidentifiable, false)]);
    let meter = &mut clinic.waiting[1].meter;
    (meter.model, meter.serial) = ("FreeStyle Freedom Lite no. 1".into(), Private::new("".into()));
    clinic.sign_in();
    clinic.keys([Key::Function(3)]);
    for size in [(80, 24), (120, 40)] {
        let long = row(&clinic, size, "FreeStyle");
        assert!(long.contains("FreeStyle Freedom Lite no. 1, no serial  720 readings  14-Jul-2026 10:00:00"), "{long}");
        assert!(row(&clinic, size, "..0000").contains("owner known"));
    }
}

#[test]
fn a_name_is_not_cut_for_a_column_that_its_row_does_not_have() {
    const LONG: &str = "Accu-Chek Instant (two-button, of the second make)";
    let mut clinic = Clinic::new();
    clinic.waiting = waiting(&[(Owner::Nobody, false), (Owner::Nobody, false)]);
    clinic.sign_in();
    clinic.text("mul");
    clinic.keys([Key::Down, Key::Enter]);
    let mut plug = attachment(7);
    plug.name = LONG.into();
    clinic.event(Event::MeterArrived(plug));
    for size in [(80, 24), (99, 30), (120, 40)] {
        let whole = row(&clinic, size, ">  Accu-Chek Instant");
        assert!(whole.contains(&format!("{LONG}  reading")), "{size:?}: {whole}");
        let other = row(&clinic, size, "..0001");
        assert!(other.contains("quarantined, 720 readings") && other.contains("read 14-Jul-2026"), "{other}");
    }
}

/// Of a meter that is somebody's what waits is what their record does not have, from the first moment on.
#[test]
fn only_new_readings_wait_for_an_owner() {
    let mut clinic = at_upload();
    clinic.owner = Owner::Patient(Box::new(crate::clinic::carla()));
    clinic.event(Event::MeterArrived(attachment(1)));
    let ticket = clinic.read_ticket().unwrap();
    clinic.new_readings = Some(5);
    clinic.event(Event::EffectDone {
        ticket,
        answer: EffectResult::Read(Ok(Box::new(download(Completeness::Complete)))),
    });
    clinic.keys([Key::Escape, Key::Escape]);
    let said = shown(&clinic, (120, 40)).join("\n");
    assert!(said.contains("owner known, 5 wait") && !said.contains("720 wait"), "{said}");
}
