//! No role is offered what the station or the platform would refuse it, and no key begins it. Over every screen that is
//! known, with whoever could be signed in there, in front of a real station and a real platform.

use std::collections::{BTreeMap, BTreeSet};

use glucodock::app::effect::{Effect, Request, Task};
use glucodock::app::key::Key;
use glucodock::app::model::{AppState, Model};
use glucodock::app::offers::of_state;
use glucodock::app::permitted::is_permitted;
use glucodock::domain::clinic::Role;
use glucodock::domain::permission::Permission;
use glucodock::store::Store;

use super::super::embedded::on;
use super::super::headless::noon;
use super::super::random_keys::carry_out;
use super::keys_told::{keys, press, states};

/// The screens of a signed-in person, each for this role.
fn screens_of(role: Role) -> Vec<(String, Model)> {
    let mut states = states();
    states.retain_mut(|(_, model)| match &mut model.state {
        AppState::Working(working) => {
            working.session.user.role = role;
            true
        }
        AppState::SignIn(_) | AppState::SignInByCode(_) => false,
    });
    states
}

#[test]
fn nothing_is_offered_or_begun_that_would_be_refused() {
    let folder = tempfile::tempdir().unwrap();
    let behind = on(Store::open(folder.path()).unwrap());
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    for role in [Role::Assistant, Role::Clinician, Role::Administrator, Role::Auditor] {
        // What was looked at for this role: the station answers the same to everybody of it.
        let mut known = BTreeSet::new();
        for (name, model) in screens_of(role) {
            // What is typed is no offer.
            for key in keys().into_iter().filter(|key| !matches!(key, Key::Char(_))) {
                for effect in press(&model, &key).1 {
                    let Effect::Ask(_, Request::For(_, task)) = &effect else { continue };
                    *asked.entry(role.name()).or_default() += 1;
                    let is_refused = match task {
                        // What is read goes into the quarantine.
                        Task::ReadMeter { .. } => !role.allows(Permission::KeepReadings),
                        _ if !known.insert(effect.name()) => continue,
                        _ => format!("{:?}", carry_out(&behind, &effect, &noon())).contains("the role does not allow"),
                    };
                    if is_refused {
                        wrong.insert(format!("{role:?} on {name}, {key:?}: {}", effect.name()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked["assistant"] > 100 && asked["clinician"] > 100, "{asked:?}");
}

/// For who may do everything nothing is missing; who may do nothing is offered only to move about and to leave.
#[test]
fn what_is_offered_is_what_the_role_may_do() {
    let mut left_out = 0;
    for (name, model) in screens_of(Role::Auditor) {
        let for_auditor: Vec<_> = of_state(&model).iter().map(|offer| offer.action).collect();
        let mut model = model;
        let AppState::Working(working) = &mut model.state else { continue };
        assert!(for_auditor.iter().all(|action| is_permitted(working, *action)), "{name}: {for_auditor:?}");
        working.session.user.role = Role::Clinician;
        left_out += of_state(&model).len() - for_auditor.len();
    }
    assert!(left_out > 100, "only {left_out}");
}
