//! Exports of what somebody sees, on the station's thread: none overtakes the line of the trail that says so.

use std::sync::Arc;

use jiff::Zoned;

use super::super::export::{ExportDestination, ExportFormError, ExportWriteError, FormedExport};
use super::super::noted;
use super::calls::{CallTag, CallThread, QueuedCall};
use crate::app::event::EffectResult;
use crate::domain::clinic::Actor;
use crate::domain::problem::{Problem, ProblemCode, with_causes};
use crate::domain::report::ExportOrder;
use crate::domain::report_kind::WrittenExport;
use crate::host::export_file::ExportFileError;
use crate::station::{Station, StationError};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
enum NotExported {
    /// The station did not let it, or did not note it.
    #[error(transparent)]
    Station(#[from] StationError),
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] ExportFileError),
    /// It could not be put into its form.
    #[error(transparent)]
    Form(#[from] ExportFormError),
}

impl From<ExportWriteError<StationError>> for NotExported {
    fn from(error: ExportWriteError<StationError>) -> Self {
        match error {
            ExportWriteError::NotNoted(error) => error.into(),
            ExportWriteError::File(error) => error.into(),
        }
    }
}

impl NotExported {
    /// The problem as the app tells it. No text of it holds a path.
    fn problem(&self) -> Problem {
        match self {
            Self::Station(error) => error.problem(),
            Self::File(error) => Problem::new(error.code(), &with_causes(error)),
            Self::Form(error) => Problem::new(ProblemCode::ExportUnwritable, &error.to_string()),
        }
    }
}

/// Exports for whoever it is, signed in or not by now.
pub(super) fn start(
    station: &CallThread<Station>,
    actor: Actor,
    call: CallTag,
    order: ExportOrder,
    at: Zoned,
    to: Arc<ExportDestination>,
) {
    let work = move |station: &Station| {
        let written = written(station, &actor, order, at, &to);
        written.map(Box::new).map_err(|error| noted::failed(call.name, error.problem(), &error))
    };
    station.call(QueuedCall::new(call, EffectResult::Exported, work));
}

fn written(
    station: &Station,
    actor: &Actor,
    order: ExportOrder,
    at: Zoned,
    to: &ExportDestination,
) -> Result<WrittenExport, NotExported> {
    let name = order.kind.file_name(&at);
    let report = station.report(actor, order.dashboard, at, order.site)?;
    let formed = FormedExport::of(&report, order.kind, to.paper)?;
    let file = to.folder.file(&name)?;
    let written = formed.write(&file, false, |entry| {
        noted::audited(actor, entry);
        station.audit(actor, entry)
    })?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::super::super::test_surroundings::{TestPlatform, clock, session};
    use super::*;
    use crate::domain::clinic::Role;
    use crate::domain::permission::Permission;
    use crate::domain::report_kind::{Paper, ReportKind};
    use crate::domain::statistics::{Dashboard, Period};
    use crate::host::clock::Clock as _;
    use crate::host::export_file::ExportFolder;

    /// What somebody of this role exports of somebody into this folder.
    fn export(station: &Station, role: Role, folder: ExportFolder) -> Result<WrittenExport, NotExported> {
        let at = clock().now();
        let mut user = session().user;
        user.role = role;
        let actor = Actor { user, session: "s".to_owned(), at: at.timestamp() };
        let patient = station.store().search("a", None, 1).unwrap().patients.remove(0);
        let period = Period::Days14;
        let record = station.store().record(&patient.id, period.span_with_before(at.date())).unwrap();
        let dashboard = Dashboard::of(record, period, at.date());
        let order = ExportOrder { dashboard, kind: ReportKind::Csv, site: "Test clinic".into() };
        written(station, &actor, order, at, &ExportDestination { folder, paper: Paper::A4 })
    }

    /// Who exported, by the trail.
    fn exports(station: &Station) -> Vec<String> {
        let trail = station.store().audit_trail().unwrap().into_iter();
        trail.filter(|line| line.action == "record-exported").map(|line| line.user).collect()
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    #[test]
    fn an_export_is_in_its_file_and_in_the_trail_or_in_neither() {
        let TestPlatform { station, .. } = &TestPlatform::default();
        let root = tempfile::tempdir().unwrap();
        let own = root.path().join("exports");
        let folder = || ExportFolder::Own(own.clone());

        let refused = export(station, Role::Auditor, folder()).unwrap_err();
        assert!(
            matches!(refused, NotExported::Station(StationError::Forbidden(Permission::ExportRecords))),
            "{refused:?}"
        );
        let stick = root.path().join("stick");
        let missing = export(station, Role::Clinician, ExportFolder::Named(stick.clone())).unwrap_err();
        assert_eq!(missing.problem().code, ProblemCode::ExportFolder);
        assert!(!format!("{:?}", missing.problem()).contains("stick"), "no path");
        assert_eq!((files(&own), stick.exists(), exports(station).len()), (0, false, 0));

        let written = export(station, Role::Clinician, folder()).unwrap();
        assert_eq!(written.file.as_str(), "glucodock-20260714-120000.csv");
        let file = own.join(written.file.as_str());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read(&file).unwrap().len(), written.bytes);
        assert_eq!(exports(station), ["1"], "by whoever works here");

        let again = export(station, Role::Clinician, folder()).unwrap();
        assert_eq!(again.file.as_str(), "glucodock-20260714-120000-2.csv", "of the same second");
        assert_eq!((files(&own), exports(station).len()), (2, 2));

        let blocked = root.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let below = ExportFolder::Own(blocked.join("exports"));
        let refused = export(station, Role::Clinician, below).unwrap_err();
        assert_eq!(refused.problem().code, ProblemCode::ExportFolder);
        assert_eq!((files(&own), exports(station).len()), (2, 2));
    }
}
