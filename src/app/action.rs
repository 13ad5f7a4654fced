//! What keys do: the actions, and the table that maps keys to them (`assets/keys.toml`).

mod keymap;

use serde::{Deserialize, Serialize};

pub use self::keymap::{Keymap, KeymapError};

/// Something a person can do with one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Act on the focused control.
    GoOn,
    /// One step back, without loss.
    Back,
    /// To the next control.
    NextControl,
    /// To the control before.
    PreviousControl,
    /// Up in a list.
    Up,
    /// Down in a list.
    Down,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Explain the screen and its keys.
    Help,
    /// Create a new patient.
    NewPatient,
    /// The meters that were read and wait for a patient.
    WaitingMeters,
    /// The dashboard of the selected patient.
    OpenDashboard,
    /// Read the meter again.
    ReadAgain,
    /// Plug or unplug the simulated meters of the demo clinic.
    DemoMeters,
    /// Finish here and begin with the next patient.
    NextPatient,
    /// Stop the read under way, or the wait for the care platform.
    StopReading,
    /// Say which meter is behind a generic cable.
    ChooseModel,
    /// To the search field.
    Search,
    /// What the care platform does not take of this patient.
    LookAtDelivery,
    /// The first tab of the dashboard: how the person is doing.
    ShowOverview,
    /// The second tab: all days as one.
    ShowStandardDay,
    /// The third tab: day by day.
    ShowLogbook,
    /// The fourth tab: what recurs.
    ShowPatterns,
    /// The fifth tab: the person's meters.
    ShowDevices,
    /// The sixth tab: what was uploaded for them.
    ShowUploads,
    /// The seventh tab: what is seen, into a file.
    ShowExport,
    /// Show values in the other unit.
    OtherUnit,
    /// Let something else stand for LO and HI in the numbers.
    OtherLowHigh,
    /// Look at the readings of other meals.
    OtherMeals,
    /// Look at other days: from one to another.
    ChooseDays,
    /// Undo an assignment.
    UndoAssignment,
    /// Give a meter to another patient.
    TransferMeter,
    /// End that a meter is a patient's.
    EndOwnership,
    /// Correct the times of a meter whose clock was wrong.
    CorrectTimes,
    /// The clinic's patients as a list.
    ShowPopulation,
    /// List others of the clinic's patients.
    OtherFilter,
    /// Choose another password.
    ChangePassword,
    /// What is known of the problems on this screen, for support.
    Details,
    /// All actions of this screen.
    Menu,
    /// Draw the whole screen again.
    Repaint,
    /// Leave the program.
    Leave,
}

impl Action {
    /// The stable name, as in `assets/keys.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GoOn => "go-on",
            Self::Back => "back",
            Self::NextControl => "next-control",
            Self::PreviousControl => "previous-control",
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::PageUp => "page-up",
            Self::PageDown => "page-down",
            Self::First => "first",
            Self::Last => "last",
            Self::Help => "help",
            Self::NewPatient => "new-patient",
            Self::WaitingMeters => "waiting-meters",
            Self::OpenDashboard => "open-dashboard",
            Self::ReadAgain => "read-again",
            Self::DemoMeters => "demo-meters",
            Self::NextPatient => "next-patient",
            Self::StopReading => "stop-reading",
            Self::ChooseModel => "choose-model",
            Self::Search => "search",
            Self::LookAtDelivery => "look-at-delivery",
            Self::ShowOverview => "show-overview",
            Self::ShowStandardDay => "show-standard-day",
            Self::ShowLogbook => "show-logbook",
            Self::ShowPatterns => "show-patterns",
            Self::ShowDevices => "show-devices",
            Self::ShowUploads => "show-uploads",
            Self::ShowExport => "show-export",
            Self::OtherUnit => "other-unit",
            Self::OtherLowHigh => "other-low-high",
            Self::OtherMeals => "other-meals",
            Self::ChooseDays => "choose-days",
            Self::UndoAssignment => "undo-assignment",
            Self::TransferMeter => "transfer-meter",
            Self::EndOwnership => "end-ownership",
            Self::CorrectTimes => "correct-times",
            Self::ShowPopulation => "show-population",
            Self::OtherFilter => "other-filter",
            Self::ChangePassword => "change-password",
            Self::Details => "details",
            Self::Menu => "menu",
            Self::Repaint => "repaint",
            Self::Leave => "leave",
        }
    }
}

impl Action {
    /// Whether it is a command with a key of its own, of which a screen knows some; the others move and
    /// act on every screen.
    #[must_use]
    pub const fn is_command(self) -> bool {
        match self {
            Self::Help
            | Self::NewPatient
            | Self::WaitingMeters
            | Self::OpenDashboard
            | Self::ReadAgain
            | Self::DemoMeters
            | Self::NextPatient
            | Self::StopReading
            | Self::ChooseModel
            | Self::Search
            | Self::LookAtDelivery
            | Self::ShowOverview
            | Self::ShowStandardDay
            | Self::ShowLogbook
            | Self::ShowPatterns
            | Self::ShowDevices
            | Self::ShowUploads
            | Self::ShowExport
            | Self::OtherUnit
            | Self::OtherLowHigh
            | Self::OtherMeals
            | Self::ChooseDays
            | Self::UndoAssignment
            | Self::TransferMeter
            | Self::EndOwnership
            | Self::CorrectTimes
            | Self::ShowPopulation
            | Self::OtherFilter
            | Self::ChangePassword
            | Self::Details
            | Self::Menu => true,
            Self::GoOn
            | Self::Back
            | Self::NextControl
            | Self::PreviousControl
            | Self::Up
            | Self::Down
            | Self::Left
            | Self::Right
            | Self::PageUp
            | Self::PageDown
            | Self::First
            | Self::Last
            | Self::Repaint
            | Self::Leave => false,
        }
    }

    /// Whether its key is a letter or a digit that belongs into a search field while a list below one has the focus.
    #[must_use]
    pub const fn yields_to_text(self) -> bool {
        matches!(
            self,
            Self::ShowOverview
                | Self::ShowStandardDay
                | Self::ShowLogbook
                | Self::ShowPatterns
                | Self::ShowDevices
                | Self::ShowUploads
                | Self::ShowExport
                | Self::OtherUnit
                | Self::OtherLowHigh
                | Self::OtherMeals
                | Self::ChooseDays
                | Self::UndoAssignment
                | Self::TransferMeter
                | Self::EndOwnership
                | Self::CorrectTimes
                | Self::OtherFilter
        )
    }

    /// The action that does the same the other way round, where there are two directions.
    #[must_use]
    pub const fn other_way(self) -> Option<Self> {
        match self {
            Self::Left => Some(Self::Right),
            Self::Right => Some(Self::Left),
            Self::Up => Some(Self::Down),
            Self::Down => Some(Self::Up),
            Self::PageUp => Some(Self::PageDown),
            Self::PageDown => Some(Self::PageUp),
            Self::GoOn
            | Self::Back
            | Self::NextControl
            | Self::PreviousControl
            | Self::First
            | Self::Last
            | Self::Help
            | Self::NewPatient
            | Self::WaitingMeters
            | Self::OpenDashboard
            | Self::ReadAgain
            | Self::DemoMeters
            | Self::NextPatient
            | Self::StopReading
            | Self::ChooseModel
            | Self::Search
            | Self::LookAtDelivery
            | Self::ShowOverview
            | Self::ShowStandardDay
            | Self::ShowLogbook
            | Self::ShowPatterns
            | Self::ShowDevices
            | Self::ShowUploads
            | Self::ShowExport
            | Self::OtherUnit
            | Self::OtherLowHigh
            | Self::OtherMeals
            | Self::ChooseDays
            | Self::UndoAssignment
            | Self::TransferMeter
            | Self::EndOwnership
            | Self::CorrectTimes
            | Self::ShowPopulation
            | Self::OtherFilter
            | Self::ChangePassword
            | Self::Details
            | Self::Menu
            | Self::Repaint
            | Self::Leave => None,
        }
    }
}
