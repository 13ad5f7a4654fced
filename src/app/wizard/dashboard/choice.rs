//! How somebody wants to see a dashboard.

use super::LogbookColumns;
use crate::domain::glucose::Unit;
use crate::domain::statistics::{Dashboard, LowHighPolicy, MealFilter};

/// What somebody chose to see of a dashboard. It stays when another period is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DashboardChoice {
    /// The unit: that of the settings until somebody asks for the other; without one, that in which most values were
    /// sent.
    pub(super) unit: Option<Unit>,
    pub(super) low_high: LowHighPolicy,
    pub(super) meals: MealFilter,
    pub(super) columns: LogbookColumns,
}

impl DashboardChoice {
    /// Shows a dashboard so.
    pub(super) fn show(self, dashboard: &mut Dashboard) {
        dashboard.unit = self.unit.unwrap_or(dashboard.unit);
        if (self.low_high, self.meals) != (dashboard.low_high, dashboard.meals) {
            dashboard.count_by(self.low_high, self.meals);
        }
    }
}
