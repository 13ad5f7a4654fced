//! How a dashboard was come to, and where it leads back.

use crate::app::wizard::Step;
use crate::app::wizard::find_patient::FindPatient;
use crate::app::wizard::in_hand::STEPS;
use crate::app::wizard::population::PopulationStep;

/// How a dashboard was come to.
#[derive(Debug, Clone)]
pub enum CameFrom {
    /// From this search, to look at the person; Esc leads back to it as it was.
    Search(Box<FindPatient>),
    /// From the success message, with the steps that were done.
    Done([bool; STEPS]),
    /// From the list of the clinic's patients; Esc leads back to the same row of it.
    Population(Box<PopulationStep>),
}

impl CameFrom {
    /// Where Esc leads.
    pub(super) fn back(self) -> Step {
        match self {
            Self::Population(list) => Step::Population(list),
            other => Step::FindPatient(other.search()),
        }
    }

    /// The search to go on with: of what is done, a new one.
    pub(super) fn search(self) -> FindPatient {
        match self {
            Self::Search(search) => *search,
            Self::Population(list) => *list.came_from,
            Self::Done(_) => FindPatient::default(),
        }
    }
}
