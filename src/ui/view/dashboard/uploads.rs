//! What was uploaded for a person: when, from which meter, over its cable or from its files, by whom, and how much of
//! it was new.

use super::devices;
use crate::app::wizard::dashboard::ListPosition;
use crate::domain::association::PastUpload;
use crate::domain::calendar;
use crate::domain::meter::ReadWay;
use crate::domain::record::RecordOrigin;
use crate::domain::statistics::Dashboard;
use crate::domain::words::key;
use crate::ui::scene::{Block, Fact, Table, TextRole};
use crate::ui::view::wording::Wording;

/// So many of the places are named from which readings are that this station has not: the list of its own needs room.
const MOST_ELSEWHERE: usize = 2;

/// Where the record is from, and the last uploads of this station, the newest first.
pub(super) fn blocks(view: &Wording<'_>, dashboard: &Dashboard, place: ListPosition) -> Vec<Block> {
    let total = dashboard.uploads.len();
    let from = if let RecordOrigin::Platform { elsewhere, at, .. } = dashboard.origin {
        let values = [("count", elsewhere.into()), ("at", view.moment(at).into())];
        Some(view.fact(key::LABEL_FROM, view.filled(key::FROM_PLATFORM, &values), TextRole::Text))
    } else {
        None
    };
    let window = Table::window(place.top, total);
    let made = dashboard.uploads.iter().skip(window.start).take(window.len());
    let heads =
        [key::HEAD_UPLOADED, key::HEAD_METER, key::HEAD_WAY, key::HEAD_NEW, key::HEAD_ALREADY_THERE, key::HEAD_BY];
    let table = Block::Table(Table {
        title: view.text(key::TITLE_UPLOADS),
        head: heads.map(|key| view.text(key)).to_vec(),
        rows: made.map(|upload| (TextRole::Text, row(view, upload))).collect(),
        first: window.start,
        total,
        offset: place.top,
        selected: (total > 0 && !place.is_gone).then_some(place.row),
        focused: true,
        empty: view.text(key::NO_UPLOADS),
    });
    let facts: Vec<Fact> = from.into_iter().chain(elsewhere(view, dashboard)).collect();
    let facts = (!facts.is_empty()).then(|| Block::Facts { title: String::new(), facts });
    facts.into_iter().chain([table]).chain(devices::in_short(view, dashboard)).collect()
}

/// What only the care platform has, by meter and by who told it.
fn elsewhere<'a>(view: &'a Wording<'_>, dashboard: &'a Dashboard) -> impl Iterator<Item = Fact> + 'a {
    let shown = dashboard.elsewhere.iter().take(MOST_ELSEWHERE);
    let facts = shown.map(|source| {
        let meter = source.meter.as_ref().map_or_else(|| view.text(key::METER_NOT_NAMED), ToString::to_string);
        let last = source.last.map_or_else(|| view.text(key::TIME_UNKNOWN), calendar::written_with_time);
        let values = [("count", source.count.into()), ("meter", meter.into()), ("last", last.into())];
        let said = if source.is_of_station { key::ELSEWHERE_STATION } else { key::ELSEWHERE_OTHER };
        view.fact(key::LABEL_ELSEWHERE, view.filled(said, &values), TextRole::Text)
    });
    let left = dashboard.elsewhere.iter().skip(MOST_ELSEWHERE);
    let (sources, count) = left.fold((0_u32, 0_u32), |(sources, count), source| (sources + 1, count + source.count));
    let left = (sources > 0).then(|| {
        let values = [("sources", sources.into()), ("count", count.into())];
        view.fact(key::LABEL_ELSEWHERE, view.filled(key::ELSEWHERE_LEFT, &values), TextRole::Text)
    });
    facts.chain(left)
}

fn row(view: &Wording<'_>, upload: &PastUpload) -> Vec<String> {
    let end = upload.serial_end.expose().as_str();
    let meter = if end.is_empty() {
        upload.model.to_string()
    } else {
        let values = [("name", upload.model.as_str().into()), ("end", end.into())];
        view.filled(key::METER_SERIAL_END, &values)
    };
    let way = view.text(match (upload.is_transferred, upload.way) {
        (true, _) => key::WAY_TRANSFERRED,
        (false, ReadWay::Cable) => key::WAY_CABLE,
        (false, ReadWay::File) => key::WAY_FILE,
    });
    let (new, known) = (upload.new.to_string(), upload.already_there.to_string());
    vec![view.moment(upload.read_at), meter, way, new, known, upload.user.to_string()]
}
