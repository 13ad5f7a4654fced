//! What was uploaded for a person: when, from which meter, by whom, and how much of it was new.

use crate::app::wizard::dashboard::ListPosition;
use crate::domain::association::PastUpload;
use crate::domain::record::RecordOrigin;
use crate::domain::statistics::Dashboard;
use crate::domain::words::key;
use crate::ui::scene::{Block, Table, TextRole};
use crate::ui::view::wording::Wording;

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
    let heads = [key::HEAD_UPLOADED, key::HEAD_METER, key::HEAD_NEW, key::HEAD_ALREADY_THERE, key::HEAD_BY];
    let table = Block::Table(Table {
        title: view.text(key::TITLE_UPLOADS),
        head: heads.map(|key| view.text(key)).to_vec(),
        rows: made.map(|upload| (TextRole::Text, row(view, upload))).collect(),
        first: window.start,
        total,
        offset: place.top,
        selected: (total > 0).then_some(place.row),
        focused: true,
        empty: view.text(key::NO_UPLOADS),
    });
    let facts = from.map(|from| Block::Facts { title: String::new(), facts: vec![from] });
    facts.into_iter().chain([table]).collect()
}

fn row(view: &Wording<'_>, upload: &PastUpload) -> Vec<String> {
    let end = upload.serial_end.expose().as_str();
    let meter = if end.is_empty() {
        upload.model.to_string()
    } else {
        let values = [("name", upload.model.as_str().into()), ("end", end.into())];
        view.filled(key::METER_SERIAL_END, &values)
    };
    let (new, known) = (upload.new.to_string(), upload.already_there.to_string());
    vec![view.moment(upload.read_at), meter, new, known, upload.user.to_string()]
}
