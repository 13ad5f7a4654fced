//! What an answer tells of the care platform besides what was asked: whether it answers.

use super::{Answered, Fate};
use crate::app::effect::{Command, Effect};
use crate::app::event::EffectResult;
use crate::app::model::AppState;
use crate::app::reach::Reach;
use crate::domain::delivery::DeliveryStanding;
use crate::domain::problem::ProblemCode;
use crate::domain::record::RecordOrigin;

/// What an answer tells of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReachNews {
    /// It answered.
    Answered,
    /// It did not: this computer told what it knows itself.
    Silent,
    /// A search came to nothing, for whatever reason.
    SearchFailed,
}

/// What it tells; nothing where this computer may have answered alone.
pub(super) fn told(answer: &EffectResult) -> Option<ReachNews> {
    match answer {
        EffectResult::Found(Ok(page)) => Some(if page.known_only { ReachNews::Silent } else { ReachNews::Answered }),
        EffectResult::Found(Err(_)) => Some(ReachNews::SearchFailed),
        EffectResult::LookAlikes(Ok(found)) => {
            Some(if found.known_only { ReachNews::Silent } else { ReachNews::Answered })
        }
        EffectResult::PlatformCheck(Ok(_)) => Some(ReachNews::Answered),
        // Nobody is known of whom it was not asked.
        EffectResult::NotedPerson(Ok(person)) => person.standing.question().is_none().then_some(ReachNews::Answered),
        EffectResult::NotedPerson(Err(problem)) => {
            (problem.code == ProblemCode::PlatformUnreachable).then_some(ReachNews::Silent)
        }
        EffectResult::Dashboard(Ok(dashboard)) => match dashboard.origin {
            RecordOrigin::Platform { .. } => Some(ReachNews::Answered),
            RecordOrigin::WithoutPlatform => Some(ReachNews::Silent),
            RecordOrigin::Here => None,
        },
        // It was decided just now, and the platform has said how it takes it.
        EffectResult::Followed(Ok(followed)) => match followed.standing {
            Some(DeliveryStanding::InTheRecord | DeliveryStanding::AlreadyThere | DeliveryStanding::OwnedBy(_)) => {
                Some(ReachNews::Answered)
            }
            Some(DeliveryStanding::Waits { .. } | DeliveryStanding::Undone) | None => None,
        },
        _ => None,
    }
}

/// Takes note of it. What is dropped or kept for later changes nothing, and so it does not here.
pub(super) fn heard((mut model, mut effects, fate): Answered, told: Option<ReachNews>) -> Answered {
    let at = model.at;
    if let (Some(told), Fate::Taken, AppState::Working(working)) = (told, fate, &mut model.state) {
        let before = working.reach;
        working.reach = match told {
            ReachNews::Answered => working.reach.answered(at),
            ReachNews::Silent => working.reach.after_search(Some(true), at),
            ReachNews::SearchFailed => working.reach.after_search(None, at),
        };
        // Only at the turn from silence to an answer. At every answer it would ask about the same
        // people over and over, of whom the platform has said all it has to say.
        if working.reach != before && matches!(working.reach, Reach::Back(_)) {
            working.noted.ask_anew();
            effects.push(Effect::Do(Command::HurryDelivery));
        }
    }
    (model, effects, fate)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::delivery::{FollowedDelivery, WaitsBecause};
    use crate::domain::patient::PatientId;

    /// Only what the platform itself has said of a delivery tells that it answers: that it waits is this computer's own
    /// knowledge.
    #[test]
    fn a_delivery_that_came_through_tells_that_the_platform_answers() {
        let news = |standing| {
            told(&EffectResult::Followed(Ok(Box::new(FollowedDelivery {
                standing,
                owner: None,
                ..FollowedDelivery::default()
            }))))
        };
        let waits = |because| DeliveryStanding::Waits { since: Timestamp::UNIX_EPOCH, because };
        for standing in [
            DeliveryStanding::InTheRecord,
            DeliveryStanding::AlreadyThere,
            DeliveryStanding::OwnedBy(PatientId("Patient/1".to_owned())),
        ] {
            assert_eq!(news(Some(standing)), Some(ReachNews::Answered));
        }
        assert_eq!(news(Some(waits(WaitsBecause::Unanswered("silent".into())))), None);
        assert_eq!(news(None), None);
    }
}
