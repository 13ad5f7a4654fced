//! What lies over the screen and has the focus: help, the menu, the details of what went wrong, the question whether to
//! leave, the demo's meters.

use super::action::Action;
use super::effect::DemoMeterId;
use super::list::Selection;
use crate::domain::problem::Problem;

/// A box over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The screen and its keys explained.
    Help,
    /// What went wrong on the screen, for support; and what a remark told that went with the key.
    Details(Option<Box<Problem>>),
    /// All actions of the screen, and signing out.
    Menu(Selection<MenuRow>),
    /// "Leave the program?" The cursor stands on staying.
    Leave {
        /// Whether the cursor stands on leaving.
        leave: bool,
    },
    /// The simulated meters of the demo clinic.
    DemoMeters(Selection<DemoMeterId>),
}

/// A row of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MenuRow {
    /// An action of the step.
    Do(Action),
    /// Sign out.
    SignOut,
}
