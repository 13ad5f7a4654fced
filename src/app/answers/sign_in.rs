//! What came of a sign-in, and the work that begins with it.

use super::{Answered, Fate, Reason, taken};
use crate::app::asked::Asked;
use crate::app::code_sign_in::CodeSignIn;
use crate::app::effect::{Effect, PlatformTask, Request, StationTask, Ticket};
use crate::app::event::EffectResult;
use crate::app::key_intent::KeyIntent;
use crate::app::model::{AppState, Model, PausedWork, Working};
use crate::app::noted_people::NotedPeople;
use crate::app::paused::{self, Before};
use crate::app::reach::Reach;
use crate::app::sign_out;
use crate::app::text_field::Edit;
use crate::app::wizard::find_patient::FindPatient;
use crate::domain::clinic::{Session, SessionId, User};
use crate::domain::permission::Permission;
use crate::domain::problem::{Problem, ProblemCode};
use crate::domain::sign_in::{SignInOutcome, SignInStart, Withheld};

pub(super) fn signed_in(mut model: Model, ticket: Ticket, result: Result<User, Problem>) -> Answered {
    let sign_in = match &mut model.state {
        AppState::SignIn(sign_in) if sign_in.check.waits_for(ticket) => sign_in,
        AppState::SignIn(_) | AppState::SignInByCode(_) | AppState::Working(_) => {
            return (model, Vec::new(), Fate::Dropped(Reason::NoLongerWanted));
        }
    };
    let user = match result {
        Ok(user) => user,
        Err(problem) => {
            sign_in.refused(problem);
            return taken(model, Vec::new());
        }
    };
    if let Err(problem) = admitted(&user) {
        sign_in.refused(problem);
        return taken(model, Vec::new());
    }
    let typed_ahead = sign_in.typed_ahead();
    let session = Session { id: SessionId::of_sign_in(ticket.0), user };
    // A password is checked without a word of what the platform withholds, so that is asked apart;
    // the answer to a code has it already.
    let asking = model.tickets.next();
    let ask = Effect::Ask(asking, Request::of(session.clone(), PlatformTask::LoadWithheld));
    let (model, mut effects, fate) = begin_work(model, session, Asked::Waiting(asking), typed_ahead);
    effects.push(ask);
    (model, effects, fate)
}

/// Whatever a platform admits. Clinic-safety SEC-07: who manages users or reads the audit trail sees no clinical data.
fn admitted(user: &User) -> Result<(), Problem> {
    let problem = || Problem::new(ProblemCode::RoleWithoutPatients, "the role does not work with patients");
    user.role.allows(Permission::WorkInApp).then_some(()).ok_or_else(problem)
}

/// What the platform wants of whoever signs in by a code.
pub(super) fn sign_in_begun(mut model: Model, ticket: Ticket, result: Result<SignInStart, Problem>) -> Answered {
    match &mut model.state {
        AppState::SignInByCode(sign_in) if sign_in.waits_for(ticket) => match result {
            Ok(SignInStart::DeviceCode(code)) => **sign_in = CodeSignIn::show(code, model.at),
            Ok(SignInStart::Password) => model.state = AppState::SignIn(Box::default()),
            Err(problem) => **sign_in = CodeSignIn::Failed(problem),
        },
        AppState::SignIn(_) | AppState::SignInByCode(_) | AppState::Working(_) => {
            return (model, Vec::new(), Fate::Dropped(Reason::NoLongerWanted));
        }
    }
    taken(model, Vec::new())
}

/// Whether a code was typed on another device, and by whom.
pub(super) fn code_asked(mut model: Model, ticket: Ticket, result: Result<SignInOutcome, Problem>) -> Answered {
    let sign_in = match &mut model.state {
        AppState::SignInByCode(sign_in) if sign_in.waits_for(ticket) => sign_in,
        AppState::SignIn(_) | AppState::SignInByCode(_) | AppState::Working(_) => {
            let left = if let Ok(SignInOutcome::SignedIn(user, _)) = result {
                leave(&mut model, Session { id: SessionId::of_sign_in(ticket.0), user })
            } else {
                Vec::new()
            };
            return (model, left, Fate::Dropped(Reason::NoLongerWanted));
        }
    };
    match result {
        Ok(SignInOutcome::SignedIn(user, withheld)) => {
            let session = Session { id: SessionId::of_sign_in(ticket.0), user };
            match admitted(&session.user) {
                Ok(()) => return begin_work(model, session, Asked::Ready(withheld), None),
                Err(problem) => {
                    **sign_in = CodeSignIn::Failed(problem);
                    let left = leave(&mut model, session);
                    return taken(model, left);
                }
            }
        }
        Ok(SignInOutcome::NotYet(code)) => **sign_in = CodeSignIn::show(code, model.at),
        Err(problem) => sign_in.not_known(problem, model.at),
    }
    taken(model, Vec::new())
}

/// Nobody works in a sign-in that was given up meanwhile, or that is not let in: the platform is not to hold it open.
fn leave(model: &mut Model, session: Session) -> Vec<Effect> {
    sign_out::effects(&mut model.tickets, session).to_vec()
}

/// Somebody is signed in: their lists are loaded, and meters that wait are read for them. Work of theirs that stood
/// still goes on.
fn begin_work(
    mut model: Model,
    session: Session,
    withheld: Asked<Vec<Withheld>>,
    typed_ahead: Option<String>,
) -> Answered {
    model.idle.begin(model.at);
    let before = paused::of(&mut model, &session.user);
    // Whoever comes instead signs them out.
    let mut over = paused::take_locked(&mut model);
    match before {
        Before::GoesOn(work) => {
            let (mut before, mut came) = are_over(&mut model, over);
            let (effects, of_theirs) = paused::go_on(&mut model, *work, &session, withheld);
            before.extend(effects);
            came.extend(of_theirs);
            return tell(model, before, came);
        }
        // Their role is another now: what stands on the screen of before was allowed to the old
        // one.
        Before::IsOver(work) => over.push(*work),
        Before::Nothing => {}
    }
    over.extend(paused::too_much(&mut model));
    let (mut before, came) = are_over(&mut model, over);
    let (loading_recents, loading_waiting) = (model.tickets.next(), model.tickets.next());
    before.extend([
        Effect::Ask(loading_recents, Request::of(session.clone(), StationTask::LoadRecents)),
        Effect::Ask(loading_waiting, Request::of(session.clone(), StationTask::LoadWorkList)),
    ]);
    let mut effects = before;
    effects.extend(model.panel.read_waiting(&session, &mut model.tickets));
    model.state = AppState::Working(Box::new(Working {
        session,
        withheld,
        recents: Vec::new(),
        waiting: Vec::new(),
        undelivered: Vec::new(),
        noted: NotedPeople::default(),
        recents_asked: Asked::Waiting(loading_recents),
        waiting_asked: Asked::Waiting(loading_waiting),
        is_stale: false,
        reach: Reach::default(),
        handled: Vec::new(),
        step: FindPatient::fresh(),
    }));
    if let Some(text) = typed_ahead {
        let (model, more) = model.with_step(|step, context| step.press(&KeyIntent::Edit(Edit::Insert(text)), context));
        effects.extend(more);
        return tell(model, effects, came);
    }
    tell(model, effects, came)
}

/// Work that nobody goes on with, as if they had signed out: what is asked for, and what came for it meanwhile.
fn are_over(model: &mut Model, over: Vec<PausedWork>) -> (Vec<Effect>, Vec<(Ticket, EffectResult)>) {
    let (mut effects, mut came) = (Vec::new(), Vec::new());
    for work in over {
        effects.extend(leave(model, work.session().clone()));
        came.extend(work.came);
    }
    (effects, came)
}

/// Tells what came for work that stood still.
fn tell(mut model: Model, mut effects: Vec<Effect>, came: Vec<(Ticket, EffectResult)>) -> Answered {
    for (ticket, answer) in came {
        let (next, more, _) = super::take(model, ticket, answer);
        model = next;
        effects.extend(more);
    }
    taken(model, effects)
}
