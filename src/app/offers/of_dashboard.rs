//! What the tabs of a dashboard offer.

use super::{Offer, in_list, next_meter, offer, offer_if, unless};
use crate::app::action::Action;
use crate::app::model::{Model, Working};
use crate::app::wizard::dashboard::{DashboardStep, DashboardTab, DayField, LogbookColumns, TabKind};
use crate::domain::glucose::Unit;
use crate::domain::held_meter::HeldMeter;
use crate::domain::statistics::LowHighPolicy;
use crate::domain::words::key;

/// The actions of a dashboard, the most important first.
pub(super) fn offers(step: &DashboardStep, model: &Model, working: &Working) -> Vec<Offer> {
    if let Some(form) = &step.days {
        let words = match form.focus {
            DayField::First => key::HINT_NEXT_FIELD,
            DayField::Last => key::HINT_SHOW_DAYS,
        };
        let next = offer(Action::NextControl, key::HINT_NEXT_FIELD).in_help();
        let is_told = form.complaint.as_ref().is_some_and(|(field, _)| *field == form.focus);
        return vec![
            offer_if(!is_told, Action::GoOn, words, key::REASON_DAY_IS_WRONG),
            next,
            offer(Action::Back, key::HINT_BACK),
        ];
    }
    let is_loading = step.content.is_waiting();
    let mut offers = vec![offer_if(!is_loading, Action::Right, key::HINT_PERIOD, key::REASON_LOADING)];
    let days = offer(Action::ChooseDays, key::HINT_CHOOSE_DAYS);
    // Where a list has more keys of its own there is no room for it.
    offers.push(if matches!(step.tab, DashboardTab::Overview | DashboardTab::StandardDay) {
        days
    } else {
        days.in_help()
    });
    if step.leads_on() {
        let words = match step.tab.kind() {
            _ if step.reading().is_some() => key::HINT_OPEN_READING,
            TabKind::Patterns => key::HINT_OPEN_EVIDENCE,
            _ => key::HINT_OPEN_DAY,
        };
        offers.push(offer(Action::GoOn, words));
    }
    if let Some(reason) = step.why_not_behind() {
        offers.push(unless(Some(reason), Action::GoOn, key::HINT_OPEN_EVIDENCE));
    }
    if let DashboardTab::Export(chosen) = step.tab {
        let reason = if step.export.is_waiting() { key::REASON_EXPORTING } else { key::REASON_LOADING };
        let words = in_list(chosen.is_some(), key::HINT_EXPORT);
        offers.push(offer_if(step.can_export(), Action::GoOn, words, reason));
        offers.push(offer(Action::Down, key::HINT_MARK));
    }
    if step.tab.moves(step.rows(), model.page) {
        offers.push(offer(Action::Down, key::HINT_SCROLL));
        let page = offer(Action::PageDown, key::HINT_TURN_PAGE);
        // What is seen whole has no pages.
        offers.push(if step.rows() > model.page { page } else { page.in_help() });
    }
    if step.past_upload().is_some() {
        offers.push(offer(Action::UndoAssignment, key::HINT_UNDO));
        offers.push(offer(Action::CorrectTimes, key::HINT_CORRECT_TIMES));
    }
    if step.held_meter().is_some_and(|meter| meter.end.is_none()) {
        offers.push(offer(Action::TransferMeter, key::HINT_TRANSFER));
        offers.push(offer(Action::EndOwnership, key::HINT_END_OWNERSHIP));
    }
    if step.held_meter().is_some_and(HeldMeter::is_ended_and_nobodys) {
        offers.push(offer(Action::UndoAssignment, key::HINT_UNDO_ENDING));
    }
    if step.has_columns() {
        let words = match step.columns() {
            LogbookColumns::Hours => key::HINT_BY_MEAL,
            LogbookColumns::Meals => key::HINT_BY_TIME,
        };
        offers.push(offer(Action::ShowLogbook, words));
    }
    if step.has_numbers() {
        offers.push(offer(Action::ShowPatterns, key::HINT_NUMBERS));
    }
    offers.extend(of_tabs(step));
    let other_unit = match step.content.ready().map(|dashboard| dashboard.unit) {
        Some(Unit::MgPerDl) => key::HINT_MMOL_PER_L,
        Some(Unit::MmolPerL) => key::HINT_MG_PER_DL,
        None => key::HINT_OTHER_UNIT,
    };
    let is_ready = step.content.ready().is_some();
    offers.push(offer_if(is_ready, Action::OtherUnit, other_unit, key::REASON_LOADING));
    if step.tab.kind().has_readings() {
        offers.push(offer_if(is_ready, Action::OtherMeals, key::HINT_MEALS, key::REASON_LOADING));
    }
    if step.tab.kind().has_means() {
        let reason = if is_loading { key::REASON_LOADING } else { key::REASON_NO_LOW_HIGH };
        let words = match step.content.ready().map(|dashboard| dashboard.low_high.next()) {
            Some(LowHighPolicy::Limits) => key::HINT_LOW_HIGH_LIMITS,
            Some(LowHighPolicy::Exclude) => key::HINT_LOW_HIGH_EXCLUDE,
            Some(LowHighPolicy::Tidepool) => key::HINT_LOW_HIGH_TIDEPOOL,
            None => key::HINT_LOW_HIGH,
        };
        offers.push(offer_if(step.has_low_high(), Action::OtherLowHigh, words, reason));
    } else {
        offers.push(unless(Some(key::REASON_NO_MEANS), Action::OtherLowHigh, key::HINT_LOW_HIGH).in_help());
    }
    if step.refused(&working.undelivered).is_some() {
        // The screen says which key it is.
        offers.push(offer(Action::LookAtDelivery, key::HINT_LOOK_AT_DELIVERY).in_help());
    }
    offers.extend(next_meter(model, working, &step.patient));
    let next = offer(Action::NextPatient, key::HINT_NEXT_PATIENT);
    // A list has more keys of its own: the way back must have room.
    let has_list = step.tab.moves(step.rows(), model.page) || step.behind().is_some();
    offers.push(if has_list { next.in_help() } else { next });
    offers.push(offer(Action::ReadAgain, key::HINT_LOOK_AGAIN).in_help());
    offers.push(offer(Action::Back, key::HINT_BACK));
    offers
}

/// The other tabs: the line on top names their keys.
fn of_tabs(step: &DashboardStep) -> impl Iterator<Item = Offer> {
    let is_elsewhere = |kind: &TabKind| step.tab.kind() != *kind || step.behind().is_some();
    let others = TabKind::ALL.into_iter().filter(is_elsewhere);
    let tabs = others.map(|kind| offer(kind.action(), kind.name()).in_help());
    std::iter::once(offer(Action::NextControl, key::HINT_NEXT_TAB)).chain(tabs)
}
