//! The meters that are or were a person's: since when, when each was read last, until when and why until then.

use jiff::Timestamp;

use crate::app::wizard::dashboard::ListPosition;
use crate::domain::association::PastUpload;
use crate::domain::calendar;
use crate::domain::held_meter::{HeldMeter, OwnershipEndReason};
use crate::domain::statistics::Dashboard;
use crate::domain::words::key;
use crate::ui::scene::{Block, Strip, StripCell, StripKind, StripRow, Table, TextRole};
use crate::ui::view::why_ended::why_word;
use crate::ui::view::wording::Wording;

/// Those of this station, then those that only the care platform knows.
pub(super) fn blocks(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Vec<Block> {
    let rows: Vec<(TextRole, Vec<String>)> = dashboard
        .meters
        .iter()
        .map(|meter| row(view, meter))
        .map(|(role, cells)| (role, cells.to_vec()))
        .chain(dashboard.meters_elsewhere().map(|name| {
            let unknown = view.text(key::METER_AT_PLATFORM);
            (TextRole::Text, vec![name.to_string(), String::new(), String::new(), String::new(), unknown])
        }))
        .collect();
    let heads = [key::HEAD_METER, key::HEAD_SINCE, key::HEAD_LAST_UPLOAD, key::HEAD_UNTIL, key::HEAD_REMARKS];
    let total = rows.len();
    let window = Table::window(place.top, total);
    let table = Table {
        title: view.text(key::TITLE_DEVICES),
        head: heads.map(|key| view.text(key)).to_vec(),
        rows: rows.into_iter().skip(window.start).take(window.len()).collect(),
        first: window.start,
        total,
        offset: place.top,
        selected: (total > 0 && !place.is_gone).then_some(place.row),
        focused: true,
        empty: view.text(key::NO_METERS_HELD),
    };
    let here = dashboard.meters.get(place.row).filter(|_| !place.is_gone);
    let told = here.map(|meter| said_of(view, meter)).unwrap_or_default();
    let told = (!told.is_empty()).then(|| Block::Text { role: TextRole::Text, text: view.words.sentences(told) });
    let nobodys = Block::Text { role: TextRole::Dim, text: view.text(key::DEVICES_WITHOUT_SERIAL) };
    let uploads = here.and_then(|meter| uploads_of(view, dashboard, meter));
    std::iter::once(Block::Table(table)).chain(told).chain([nobodys]).chain(uploads).collect()
}

/// So many uploads of a meter stand below the list, where a screen has room for them.
const LAST_UPLOADS: usize = 12;

/// The last uploads of the meter under the cursor, which the next tab has among all.
fn uploads_of(view: &Wording<'_>, dashboard: &Dashboard, meter: &HeldMeter) -> Option<Block> {
    let is_of_it = |upload: &&PastUpload| (&upload.model, &upload.serial_end) == (&meter.model, &meter.serial_end);
    let row = |upload: &PastUpload| {
        let counts = [("new", upload.new.into()), ("known", upload.already_there.into())];
        StripRow {
            label: view.moment(upload.read_at),
            cells: vec![StripCell::new(TextRole::Text, view.filled(key::UPLOAD_COUNTS, &counts))],
            note: upload.user.to_string(),
        }
    };
    let rows: Vec<StripRow> = dashboard.uploads.iter().filter(is_of_it).take(LAST_UPLOADS).map(row).collect();
    let title = view.filled(key::UPLOADS_OF_METER, &[("name", meter.name().into())]);
    (!rows.is_empty()).then(|| below(title, rows))
}

/// The meters of the person in short, for below their uploads where there is room.
pub(super) fn in_short(view: &Wording<'_>, dashboard: &Dashboard) -> Option<Block> {
    let each = dashboard.meters.iter().take(LAST_UPLOADS).map(|meter| {
        let (role, [name, since, _, _, why]) = row(view, meter);
        let since = view.filled(key::METER_SINCE, &[("day", since.into())]);
        StripRow { label: name, cells: vec![StripCell::new(role, since)], note: why }
    });
    let rows: Vec<StripRow> = each.collect();
    (!rows.is_empty()).then(|| below(view.text(key::TITLE_DEVICES), rows))
}

/// Rows below a list, which are drawn where there is room for them.
fn below(title: String, rows: Vec<StripRow>) -> Block {
    let title = StripRow { label: title, cells: Vec::new(), note: String::new() };
    let rows = std::iter::once(title).chain(rows).collect();
    Block::Strip(Strip { kind: StripKind::IfRoom, said: String::new(), rows })
}

fn row(view: &Wording<'_>, meter: &HeldMeter) -> (TextRole, [String; 5]) {
    let day = |at: Timestamp| calendar::written(at.to_zoned(view.zone.clone()).date());
    let last_upload = meter.last_upload.map_or_else(|| view.text(key::NONE), day);
    let (role, until, why) = match &meter.end {
        None => (TextRole::Text, String::new(), key::METER_IS_THEIRS),
        Some(end) => {
            let why = match (end.why, &end.ended) {
                (OwnershipEndReason::Transferred, _) => key::METER_TRANSFERRED,
                (OwnershipEndReason::Undone, _) => key::METER_UNDONE,
                (OwnershipEndReason::Ended, Some(ended)) => why_word(ended.why),
                (OwnershipEndReason::Ended, None) => key::METER_ENDED,
            };
            // The day that was said, not the one on which somebody said it.
            let last_day = end.ended.as_ref().and_then(|ended| ended.last_day);
            (TextRole::Dim, last_day.map_or_else(|| day(end.at), calendar::written), why)
        }
    };
    (role, [meter.name(), day(meter.since), last_upload, until, view.text(why)])
}

/// Of the meter under the cursor: from which day of its own clock on it is theirs, or another patient's, and why; and
/// which of its times were corrected last.
fn said_of(view: &Wording<'_>, meter: &HeldMeter) -> Vec<String> {
    let from = meter.first_day.map(|day| {
        let values = [("name", meter.name().into()), ("day", calendar::written(day).into())];
        view.filled(key::METER_IS_THEIRS_FROM, &values)
    });
    let until = meter.end.as_ref().and_then(|end| end.given_on.as_ref()).map(|given| {
        let day = calendar::written(given.first_day);
        let values = [("name", meter.name().into()), ("day", day.into()), ("reason", given.reason.as_str().into())];
        view.filled(key::METER_TRANSFERRED_ON, &values)
    });
    let ended = meter.end.as_ref().and_then(|end| end.ended.as_ref()).map(|ended| {
        let word = view.text(why_word(ended.why));
        let mut values =
            vec![("name", meter.name().into()), ("why", word.into()), ("reason", ended.reason.as_str().into())];
        match ended.last_day {
            None => view.filled(key::METER_ENDED_IN_ERROR, &values),
            Some(day) => {
                values.push(("day", calendar::written(day).into()));
                view.filled(key::METER_ENDED_ON, &values)
            }
        }
    });
    let corrected = meter.corrections.first().map(|last| {
        let [first, until] = [last.correction.first, last.correction.last].map(calendar::written_with_time);
        let values = [
            ("name", meter.name().into()),
            ("count", last.readings.into()),
            ("first", first.into()),
            ("last", until.into()),
            ("by", view.clock_shift(last.correction).into()),
            ("reason", last.reason.as_str().into()),
        ];
        view.filled(key::METER_TIMES_CORRECTED, &values)
    });
    let more = meter.corrections.len().saturating_sub(1);
    let more = (more > 0).then(|| view.filled(key::METER_TIMES_CORRECTED_BEFORE, &[("count", more.into())]));
    from.into_iter().chain(until).chain(ended).chain(corrected).chain(more).collect()
}
