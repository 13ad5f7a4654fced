//! The sign-in, with a name and a password or by a code.

use super::{StepPage, View};
use crate::app::code_sign_in::CodeSignIn;
use crate::app::paused;
use crate::app::sign_in::{SignInFocus, SignInForm};
use crate::domain::problem::ProblemCode;
use crate::domain::words::key;
use crate::ui::scene::{Block, Fact, InputField, TextRole};

pub(super) fn page(view: &View<'_>, sign_in: &SignInForm) -> StepPage {
    let missing = |blank: bool| (sign_in.missing && blank).then(|| view.text(key::COMPLAINT_EMPTY));
    let login = InputField {
        label: view.text(key::LABEL_LOGIN),
        value: sign_in.login.text().to_owned(),
        cursor: (sign_in.focus == SignInFocus::Login).then(|| sign_in.login.cursor()),
        example: String::new(),
        complaint: missing(sign_in.login.is_blank()),
        hidden: false,
        is_replaced: false,
    };
    let length = sign_in.password.text().chars().count();
    let password = InputField {
        label: view.text(key::LABEL_PASSWORD),
        // Not even hidden does it hold what was typed: a scene goes to scripts and is read out.
        value: "*".repeat(length),
        cursor: (sign_in.focus == SignInFocus::Password).then(|| sign_in.password.cursor()),
        example: String::new(),
        complaint: missing(length == 0),
        hidden: true,
        is_replaced: false,
    };
    let mut blocks: Vec<Block> = locked(view).into_iter().collect();
    blocks.extend([Block::Field(login), Block::Field(password)]);
    if sign_in.check.is_waiting() {
        blocks.push(view.notice(TextRole::Accent, key::SIGNING_IN));
    }
    if let Some(problem) = sign_in.check.problem() {
        blocks.push(view.words.problem(problem));
    }
    if !view.model.demo_logins.is_empty() {
        let facts = view
            .model
            .demo_logins
            .iter()
            .map(|(login, password)| Fact {
                label: login.to_string(),
                value: view.filled(key::DEMO_PASSWORD, &[("password", password.as_str().into())]),
                role: TextRole::Text,
            })
            .collect();
        blocks.push(Block::Facts { title: view.text(key::DEMO_LOGINS_TITLE), facts });
    }
    StepPage {
        step: "sign_in",
        number: None,
        heading: view.text(key::HEADING_SIGN_IN),
        instruction: view.text(key::INSTRUCTION_SIGN_IN),
        blocks,
    }
}

/// That the station has locked itself, and who goes on. Nothing of their work is said.
fn locked(view: &View<'_>) -> Option<Block> {
    let work = paused::locked(view.model)?;
    let minutes = view.model.idle.after()?.as_mins();
    let values = [("minutes", minutes.into()), ("name", work.session().user.name.as_str().into())];
    Some(Block::Notice { role: TextRole::Accent, text: view.filled(key::STATION_LOCKED, &values) })
}

pub(super) fn by_code(view: &View<'_>, sign_in: &CodeSignIn) -> StepPage {
    let of_sign_in = match sign_in {
        CodeSignIn::Idle => Vec::new(),
        CodeSignIn::Beginning(_) => vec![view.notice(TextRole::Accent, key::GETTING_CODE)],
        CodeSignIn::Shown { code, .. } => {
            let facts = vec![
                view.fact(key::LABEL_CODE_PAGE, code.uri.to_string(), TextRole::Accent),
                view.fact(key::LABEL_CODE, code.user_code.to_string(), TextRole::Accent),
            ];
            let until = view.filled(key::CODE_VALID_UNTIL, &[("until", view.moment(code.expires).into())]);
            let picture = code
                .complete_uri
                .as_ref()
                .map(|uri| Block::QrCode { caption: view.text(key::CODE_PICTURE), text: uri.as_str().to_owned() });
            let mut blocks =
                vec![Block::Facts { title: String::new(), facts }, Block::Text { role: TextRole::Text, text: until }];
            blocks.extend(picture);
            blocks
        }
        CodeSignIn::Failed(problem) => {
            // Nothing can be done here without the platform: whoever stands there is to know it.
            let is_silent = matches!(problem.code, ProblemCode::PlatformUnreachable | ProblemCode::PlatformUnreadable);
            let wait = is_silent.then(|| view.notice(TextRole::Warning, key::NOBODY_WITHOUT_PLATFORM));
            std::iter::once(view.words.problem(problem)).chain(wait).collect()
        }
    };
    let blocks = locked(view).into_iter().chain(of_sign_in).collect();
    StepPage {
        step: "sign_in_by_code",
        number: None,
        heading: view.text(key::HEADING_SIGN_IN),
        instruction: view.text(match sign_in {
            CodeSignIn::Shown { .. } => key::INSTRUCTION_TYPE_CODE,
            CodeSignIn::Idle | CodeSignIn::Beginning(_) | CodeSignIn::Failed(_) => key::INSTRUCTION_GET_CODE,
        }),
        blocks,
    }
}
