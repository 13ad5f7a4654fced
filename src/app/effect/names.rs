//! What the harness and the log call the effects. No name says anything of what is in one.

use super::{Command, Effect, NotedTask, PlatformTask, Request, StationTask, Task, ToEngine};

impl Effect {
    /// The name, for the harness. Says nothing of what is in it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ask(_, request) => request.name(),
            Self::Do(Command::CancelRead { .. }) => "cancel_read",
            Self::Do(Command::GiveUp { .. }) => "give_up",
            Self::Do(Command::HurryDelivery) => "hurry_delivery",
            Self::Do(Command::ToggleDemoMeter { .. }) => "toggle_demo_meter",
            Self::Engine(ToEngine::Repaint) => "repaint",
            Self::Engine(ToEngine::Quit) => "quit",
        }
    }
}

impl Request {
    /// The name, for the harness and the log. Says nothing of what is in it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignIn { .. } => "sign_in",
            Self::BeginSignIn => "begin_sign_in",
            Self::SignInByCode { .. } => "sign_in_by_code",
            Self::RecallCable { .. } => "recall_cable",
            Self::RememberCable { .. } => "remember_cable",
            Self::For(_, task) => task.name(),
        }
    }
}

impl Task {
    const fn name(&self) -> &'static str {
        match self {
            Self::Station(task) => task.name(),
            Self::AboutTimes(task) => task.name(),
            Self::AboutEnding(task) => task.name(),
            Self::Platform(task) => task.name(),
            Self::AboutNoted { what, .. } => what.name(),
            Self::Export(_) => "export",
            Self::ReadMeter { .. } => "read_meter",
        }
    }
}

impl StationTask {
    const fn name(&self) -> &'static str {
        match self {
            Self::LoadRecents => "load_recents",
            Self::Remember { .. } => "remember",
            Self::LoadWorkList => "load_work_list",
            Self::Release { .. } => "release",
            Self::Quarantine { .. } => "quarantine",
            Self::LoadUpload { .. } => "load_upload",
            Self::BeginIdentityCheck { .. } => "begin_identity_check",
            Self::NoteMismatch { .. } => "note_mismatch",
            Self::AnswerIntake { .. } => "answer_intake",
            Self::LookAtUse { .. } => "look_at_use",
            Self::AnswerUse { .. } => "answer_use",
            Self::Assign { .. } => "assign",
            Self::LoadUndoOffer { .. } => "load_undo_offer",
            Self::Undo { .. } => "undo",
            Self::Transfer(task) => task.name(),
            Self::LoadSources { .. } => "load_sources",
            Self::LookForChange { .. } => "look_for_change",
            Self::LoadPopulation { .. } => "load_population",
            Self::SignOut => "sign_out",
            Self::Audit { .. } => "audit",
        }
    }
}

impl PlatformTask {
    const fn name(&self) -> &'static str {
        match self {
            Self::SearchPatients { .. } => "search_patients",
            Self::LoadWithheld => "load_withheld",
            Self::FindLookAlikes { .. } => "find_look_alikes",
            Self::CreatePatient { .. } => "create_patient",
            Self::CheckAtPlatform { .. } => "check_at_platform",
            Self::FollowDelivery { .. } => "follow_delivery",
            Self::LoadDashboard { .. } => "load_dashboard",
            Self::EndSignIn => "end_sign_in",
        }
    }
}

impl NotedTask {
    const fn name(&self) -> &'static str {
        match self {
            Self::Note(_) => "note_person",
            Self::Ask => "ask_about_noted",
            Self::Create(_) => "create_noted",
            Self::TakeAs(_) => "take_noted_as",
            Self::Drop => "drop_noted",
        }
    }
}
