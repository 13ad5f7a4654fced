//! What the care platform is asked: each question beside the others, on the network thread.

use jiff::civil::Date;

use super::super::noted;
use super::calls::CallTag;
use super::remote::Remote;
use super::{follow, platform_check};
use crate::app::effect::PlatformTask;
use crate::app::event::EffectResult;
use crate::domain::clinic::Actor;
use crate::domain::record::BeyondSource;
use crate::domain::statistics::Dashboard;
use crate::meters::catalogue::Catalogue;

/// How many patients one search gives at most: more than a screen shows. Whoever is not among them is found by typing
/// more.
const SEARCH_PAGE: u32 = 20;

/// Asks the care platform for whoever it is, signed in or not by now. `today` is the calendar day at the clinic, with
/// which a dashboard's period ends.
pub(super) fn start(remote: &mut Remote, actor: Actor, call: CallTag, task: PlatformTask, today: Date) {
    match task {
        PlatformTask::SearchPatients { query, from } => {
            remote.ask(call, EffectResult::Found, move |platform| async move {
                platform.directory.search(&actor, &query, from.as_ref(), SEARCH_PAGE).await
            });
        }
        PlatformTask::FindLookAlikes { new } => {
            remote.ask(call, EffectResult::LookAlikes, move |platform| async move {
                platform.directory.look_alikes(&actor, &new).await
            });
        }
        PlatformTask::CreatePatient { new, key } => {
            remote.ask(call, EffectResult::Created, move |platform| async move {
                let patient = platform.directory.create(&actor, &new, &key).await?;
                noted::created(&actor, &patient);
                Ok(Box::new(patient))
            });
        }
        PlatformTask::CheckAtPlatform { patient, meter, owner } => {
            remote.ask(call, EffectResult::PlatformCheck, move |platform| async move {
                platform_check::look(&platform, &actor, &patient, (meter.as_deref(), owner)).await.map(Box::new)
            });
        }
        PlatformTask::LoadDashboard { patient, period, until } => {
            let until = until.unwrap_or(today);
            remote.ask(call, EffectResult::Dashboard, move |platform| async move {
                let record = platform.record.readings(&actor, &patient, period.span_with_before(until)).await?;
                let range = |sent: &BeyondSource| Catalogue::embedded().range_of(sent.driver.as_str(), &sent.model);
                Ok(Box::new(Dashboard::of_meters(record, period, until, range)))
            });
        }
        PlatformTask::LoadWithheld => {
            remote.ask(
                call,
                EffectResult::Withheld,
                move |platform| async move { platform.sign_in.withheld(&actor).await },
            );
        }
        PlatformTask::FollowDelivery { upload } => {
            remote.ask_with_station(call, EffectResult::Followed, move |backend, moved| async move {
                follow::follow(backend, moved, actor, upload).await.map(Box::new)
            });
        }
        PlatformTask::EndSignIn => {
            remote.ask(call, EffectResult::Noted, move |platform| async move { platform.sign_in.end(&actor).await });
        }
    }
}
