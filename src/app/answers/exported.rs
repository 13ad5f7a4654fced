//! What came of an export.

use super::{Answered, in_step, told, told_failed, waits};
use crate::app::effect::Ticket;
use crate::app::model::Model;
use crate::domain::problem::Problem;
use crate::domain::report_kind::WrittenExport;
use crate::domain::words::key;

/// The file is there, or why not. A file with somebody's data is told of whoever waits for it.
pub(super) fn exported(model: Model, ticket: Ticket, result: Result<Box<WrittenExport>, Problem>) -> Answered {
    if waits(&model, ticket) {
        return in_step(model, |step, context| step.exported(result, context));
    }
    match result {
        Ok(_) => told(model, key::TOLD_EXPORTED, Vec::new()),
        Err(problem) => told_failed(model, key::TOLD_NOT_EXPORTED, problem),
    }
}
