//! What is said of a meter that was another patient's before, and of what it holds of their days.

use super::View;
use super::why_ended::why_word;
use crate::domain::association::Upload;
use crate::domain::calendar;
use crate::domain::ownership::{EndingReason, FormerOwner};
use crate::domain::patient::Patient;
use crate::domain::words::key;
use crate::ui::scene::{Block, TextRole};

/// Whether it is this patient who had the meter last: what is of their days is theirs again.
fn was_theirs(upload: &Upload, patient: &Patient) -> bool {
    upload.former_owner.as_ref().is_some_and(|former| former.patient.id == patient.id)
}

/// Before it is confirmed for a patient: whose it was, and what of it is not theirs.
pub(super) fn said(view: &View<'_>, upload: &Upload, patient: &Patient) -> Option<Block> {
    let Some(former) = &upload.former_owner else { return left_out(view, upload, patient) };
    if was_theirs(upload, patient) && former.why != EndingReason::Lost {
        let values = [
            ("day", calendar::written(former.last_day).into()),
            ("why", view.text(why_word(former.why)).into()),
            ("count", upload.new_readings.into()),
        ];
        return Some(Block::Notice { role: TextRole::Warning, text: view.filled(key::WAS_THIS_PATIENTS, &values) });
    }
    // Who it was is said before anybody is chosen; here there is room for what follows.
    let kept = upload.not_theirs.filter(|_| former.why != EndingReason::Lost);
    let values = [
        ("day", calendar::written(former.last_day).into()),
        ("why", view.text(why_word(former.why)).into()),
        ("earlier", kept.map_or(0, |kept| kept.earlier).into()),
        ("unsure", kept.map_or(0, |kept| kept.unsure).into()),
    ];
    let key = match (former.why, kept) {
        (EndingReason::Lost, _) => key::LOST_IS_NOBODYS,
        (_, Some(_)) => key::WAS_ANOTHERS_AND_KEPT,
        (_, None) => key::WAS_ANOTHERS_BEFORE,
    };
    Some(Block::Notice { role: role(former), text: view.filled(key, &values) })
}

/// Before anybody is chosen: who had it last, if it is nobody's since.
pub(super) fn warning(view: &View<'_>, upload: &Upload) -> Option<Block> {
    let former = upload.former_owner.as_ref()?;
    Some(Block::Notice { role: role(former), text: of_former_owner(view, former) })
}

/// What of an upload is not this patient's, because the meter was another one's before.
pub(super) fn left_out(view: &View<'_>, upload: &Upload, patient: &Patient) -> Option<Block> {
    let text = if was_theirs(upload, patient) { None } else { not_theirs(view, upload) };
    text.map(|text| Block::Notice { role: TextRole::Warning, text })
}

const fn role(former: &FormerOwner) -> TextRole {
    match former.why {
        EndingReason::Lost => TextRole::Problem,
        EndingReason::Replaced | EndingReason::Returned | EndingReason::Error => TextRole::Warning,
    }
}

/// Who had a meter last that is nobody's, as far as the role is told.
fn of_former_owner(view: &View<'_>, former: &FormerOwner) -> String {
    let role = view.model.working().map(|working| working.session.user.role);
    let person = role.map_or_else(String::new, |role| view.other_person(&former.patient, role));
    let values = [
        ("person", person.into()),
        ("day", calendar::written(former.last_day).into()),
        ("why", view.text(why_word(former.why)).into()),
    ];
    let key = if former.why == EndingReason::Lost { key::WAS_ANOTHERS_LOST } else { key::WAS_ANOTHERS };
    view.filled(key, &values)
}

fn not_theirs(view: &View<'_>, upload: &Upload) -> Option<String> {
    let kept = upload.not_theirs?;
    let values = [
        ("earlier", kept.earlier.into()),
        ("unsure", kept.unsure.into()),
        ("day", calendar::written(kept.first_day).into()),
    ];
    let key = match (kept.earlier, kept.unsure) {
        (_, 0) => key::NOT_THEIRS_EARLIER,
        (0, _) => key::NOT_THEIRS_UNSURE,
        (_, _) => key::NOT_THEIRS_BOTH,
    };
    Some(view.filled(key, &values))
}
